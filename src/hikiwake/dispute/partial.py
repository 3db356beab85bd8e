"""What a form says of preferences beyond an order, read and checked: unknown, strong, what is not seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import permutations, product
from math import factorial, prod

import numpy as np
from numpy.typing import NDArray

from hikiwake.dispute.arcs import Indices
from hikiwake.dispute.form import Form, Preference, Problem, StateName, Strong, Unknown
from hikiwake.dispute.logic import Misread, evaluate
from hikiwake.dispute.ordering import Ordering, Setting, ranks_of_orders
from hikiwake.dispute.states import suggestion

Relation = NDArray[np.bool_]
"""(states, states): whether the first is so to the second."""
MOST_POSSIBLE = 1000
"""Orders of one decision maker's statements that may all be possible."""


def misjudged(
    form: Form, who: Sequence[str], orderings: Sequence[Ordering], setting: Setting
) -> list[Problem]:
    """Return what is wrong with the parts `unknown`, `strong` and `unaware` of a form."""
    problems: list[Problem] = []
    for name, order in zip(who, orderings, strict=True):
        preference = form.preferences[name]
        path = ("preferences", name)
        for number, unknown in enumerate(preference.unknown):
            with _noted(problems, (*path, "unknown", number)):
                _check_unknown(unknown, order, setting)
        for number, strong in enumerate(preference.strong):
            with _noted(problems, (*path, "strong", number)):
                _check_strong(strong, name, order, setting)
        if not problems and (number_of := _possibilities(preference)) > MOST_POSSIBLE:
            told = (
                f"{number_of:,} orders of statements are possible; at most {MOST_POSSIBLE:,} can be compared"
            )
            problems.append(Problem((*path, "unknown"), told, "Leave some of the order known."))
    for name, states in form.unaware.items():
        if name not in who:
            told = f"{name!r} is no decision maker"
            problems.append(Problem(("unaware", name), told, suggestion(name, who)))
        for number, state in enumerate(states):
            with _noted(problems, ("unaware", name, number)):
                meant(setting, state)
    return problems


@contextmanager
def _noted(problems: list[Problem], path: tuple[str | int, ...]) -> Iterator[None]:
    try:
        yield
    except Misread as fault:
        problems.append(Problem(path, fault.reason, fault.remedy))


def meant(setting: Setting, name: StateName) -> Indices:
    """Return the states of a label, a number or a condition."""
    if isinstance(name, int) or name in setting.labels:
        return setting.find(name)
    found = np.flatnonzero(evaluate(setting.read(name), setting.meaning)).astype(np.int32)
    if not found.size:
        raise Misread(f"no state fulfils {name!r}", "Name a state that is possible, or another condition.")
    return found


def _check_unknown(entry: Unknown, order: Ordering, setting: Setting) -> None:
    _one_of("whether, order or between", bool(entry.whether), bool(entry.order), entry.between is not None)
    for statement in (entry.whether, *entry.order):
        if statement:
            _place(order, statement)
    if len(set(entry.order)) < len(entry.order) or len(entry.order) == 1:
        raise Misread("an order needs two different statements or more", "Write order: [ID, ID].")
    for name in entry.between or ():
        setting.find(name)


def _check_strong(entry: Strong, who: str, order: Ordering, setting: Setting) -> None:
    _one_of("down_to, between or by", bool(entry.down_to), entry.between is not None, bool(entry.by))
    if entry.down_to:
        _place(order, entry.down_to)
    if entry.between is not None:
        one, other = (setting.find(name) for name in entry.between)
        if len(one) != 1 or len(other) != 1:
            raise Misread("a strong preference is between two single states", "Name one state each.")
        if order.ranks[one[0]] <= order.ranks[other[0]]:
            raise Misread(
                f"{entry.between[0]} is not preferred to {entry.between[1]}", "Name the better state first."
            )
    if entry.by:
        if entry.by not in setting.quantities:
            raise Misread(f"{entry.by!r} is no quantity", suggestion(entry.by, list(setting.quantities)))
        setting.meaning.amount(entry.by, who)
        if not (np.isfinite(entry.least) and entry.least > 0):
            raise Misread(f"{entry.least} is not above zero", "Say from which difference on, as least: 0.5.")
    elif entry.least:
        raise Misread("`least` belongs to a quantity", "Name the quantity with `by`.")


def _one_of(names: str, *given: bool) -> None:
    if sum(given) != 1:
        raise Misread(f"exactly one of {names} is needed", "Keep one." if any(given) else "Add one.")


def _place(order: Ordering, statement: str) -> int:
    """Return the position of a statement by its id."""
    ids = [held.id for held in order.statements]
    if statement not in ids:
        remedy = suggestion(statement, ids) if ids else "Give the preference by statements."
        raise Misread(f"{statement!r} is no statement of this preference", remedy)
    return ids.index(statement)


def _possibilities(preference: Preference) -> int:
    return prod(
        factorial(len(entry.order)) if entry.order else 2 if entry.whether else 1
        for entry in preference.unknown
    )


def possible(order: Ordering, entries: Sequence[Unknown]) -> Iterator[NDArray[np.int32]]:
    """Yield the ranks of every order of the statements that is possible."""
    shuffled = [[_place(order, name) for name in entry.order] for entry in entries if entry.order]
    doubted = [_place(order, entry.whether) for entry in entries if entry.whether]
    if not shuffled and not doubted:
        yield order.ranks
        return
    for arranged in product(*(permutations(places) for places in shuffled)):
        rows = list(range(len(order.statements)))
        for places, chosen in zip(shuffled, arranged, strict=True):
            here = [rows[place] for place in chosen]
            for place, row in zip(places, here, strict=True):
                rows[place] = row
        for counts in product((True, False), repeat=len(doubted)):
            left_out = {row for row, counted in zip(doubted, counts, strict=True) if not counted}
            kept = [row for row in rows if row not in left_out]
            yield ranks_of_orders(order.truth, [kept], order.then_by)[0]


def strong_relation(who: str, entry: Strong, order: Ordering, setting: Setting) -> Relation:
    """Return where the first state is much better than the second by one entry."""
    found: Relation
    if entry.down_to:
        last = _place(order, entry.down_to)
        top = ranks_of_orders(order.truth, [range(last + 1)], None)[0]
        found = top[:, None] > top[None, :]
    elif entry.between is not None:
        good, bad = (int(setting.find(name)[0]) for name in entry.between)
        found = (order.ranks >= order.ranks[good])[:, None] & (order.ranks <= order.ranks[bad])[None, :]
    else:
        amounts = setting.meaning.amount(entry.by, who)
        more = amounts[:, None] - amounts[None, :] >= entry.least
        found = more & (order.ranks[:, None] > order.ranks[None, :])
    return found
