"""From what a decision maker prefers, as written, to one rank for each state."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import msgspec
import numpy as np
from numpy.typing import NDArray

from hikiwake.dispute.arcs import Indices, Ranks
from hikiwake.dispute.form import Preference, Problem, Statement, StateName
from hikiwake.dispute.logic import Expression, Meaning, Misread, Truth, evaluate
from hikiwake.dispute.states import suggestion

Path = tuple[str | int, ...]
SHOWN = 5
"""States that a message names."""
MOST_TRUTHS = 1 << 28
"""Statements times states of one decision maker."""
EXACT_BITS = 60
"""Statements whose truth fits into one integer; more are folded into ranks on the way."""


class Ordering(msgspec.Struct, frozen=True, eq=False):
    """A decision maker's preference over all states.

    ranks : (states,), higher is better, equal is as good.
    statements, truth : what it rests on and where each holds, (statements, states); empty if it was not
        given by statements.
    then_by : (states,) the quantity that decides between equals, or None.
    """

    ranks: Ranks
    statements: tuple[Statement, ...] = ()
    truth: Truth = np.zeros((0, 0), dtype=bool)
    then_by: NDArray[np.float64] | None = None


class Setting(msgspec.Struct, frozen=True, eq=False):
    """What preferences are about: the states, how they are named, and what conditions mean in them."""

    labels: tuple[str, ...]
    find: Callable[[StateName], Indices]
    read: Callable[[str], Expression]
    meaning: Meaning
    options: Mapping[str, Truth]
    quantities: Sequence[str]


def ordering(
    who: str, preference: Preference, setting: Setting, path: Path
) -> tuple[Ordering | None, list[Problem]]:
    """Work out one decision maker's ranks, or return None with all that is wrong.

    Warnings come with a result: a statement that holds in every state or in none, or that never decides.
    """
    given = [
        name
        for name in ("statements", "ranking", "weights", "payoffs")
        if getattr(preference, name) is not None
    ]
    if len(given) != 1:
        return None, [
            Problem(
                path,
                f"{who} has {' and '.join(given) or 'no preference'}; exactly one of statements, ranking, "
                "weights and payoffs is needed",
                "Keep one of them." if given else "Add one of them.",
            )
        ]
    inner = (*path, given[0])
    problems: list[Problem] = []
    found: Ordering | None
    if preference.statements is not None:
        found = _by_statements(who, preference.statements, setting, (problems, inner))
    else:
        scores: NDArray[np.float64] | None
        if preference.ranking is not None:
            scores = _by_ranking(preference.ranking, setting, (problems, inner))
        elif preference.weights is not None:
            scores = _by_weights(preference.weights, setting, (problems, inner))
        else:
            scores = _by_payoffs(preference.payoffs or (), setting, (problems, inner))
        found = None if scores is None else Ordering(dense(scores))
    if found is not None and preference.then_by:
        found = _then_by(who, preference.then_by, found, setting, (problems, (*path, "then_by")))
    return found, problems


def dense(*scores: NDArray[np.float64] | NDArray[np.integer]) -> Ranks:
    """Return ranks from 0 by the first scores, among equals by the second, and so on.

    Examples
    --------
    >>> dense(np.array([3.0, 1.0, 3.0, 2.0]))
    array([2, 0, 2, 1], dtype=int32)
    """
    order = np.lexsort(scores[::-1])
    new = np.zeros(len(order), dtype=bool)
    for score in scores:
        new[1:] |= score[order][1:] != score[order][:-1]
    out = np.empty(len(order), dtype=np.int32)
    out[order] = np.cumsum(new)
    return out


def ranks_of_orders(
    truth: Truth, orders: Sequence[Sequence[int]], then_by: NDArray[np.float64] | None
) -> NDArray[np.int32]:
    """Return the ranks that statements give in several orders of importance.

    A state that fulfils a statement is better than one that does not, if they agree on all before it.

    Parameters
    ----------
    truth : (statements, states) bool.
    orders : each a list of rows of `truth`, most important first; rows may be left out.
    then_by : (states,) decides between equals.

    Returns
    -------
    (orders, states) int32.
    """
    out = np.empty((len(orders), truth.shape[1]), dtype=np.int32)
    bits = truth.astype(np.int64)
    for number, order in enumerate(orders):
        score = np.zeros(truth.shape[1], dtype=np.int64)
        width = 0
        for row in order:
            if width == EXACT_BITS:
                score, width = dense(score).astype(np.int64), 20  # ranks of at most 2^18 states
            score = 2 * score + bits[row]
            width += 1
        out[number] = dense(score, then_by) if then_by is not None else score if width < 31 else dense(score)
    return out


def _by_statements(
    who: str, written: Sequence[Statement | str], setting: Setting, report: tuple[list[Problem], Path]
) -> Ordering | None:
    problems, path = report
    if len(written) * len(setting.labels) > MOST_TRUTHS:
        told = f"{len(written):,} statements over {len(setting.labels):,} states are too many"
        problems.append(Problem(path, told, "Leave out statements that never decide."))
        return None
    statements: list[Statement] = []
    rows: list[Truth] = []
    for number, entry in enumerate(written):
        statement = entry if isinstance(entry, Statement) else Statement(holds=entry)
        if not statement.id:
            statement = msgspec.structs.replace(statement, id=f"{who}{number + 1}")
        statements.append(statement)
        try:
            rows.append(evaluate(setting.read(statement.holds), setting.meaning))
        except Misread as fault:
            problems.append(Problem((*path, number), fault.reason, fault.remedy))
    repeated = _repeated([statement.id for statement in statements])
    for number in repeated:
        problems.append(
            Problem(
                (*path, number),
                f"the id {statements[number].id!r} is used twice",
                "Give every statement an id of its own.",
            )
        )
    if problems:
        return None
    truth = np.array(rows).reshape(len(rows), len(setting.labels))
    problems.extend(_idle(truth, statements, path))
    ranks = dense(ranks_of_orders(truth, [range(len(rows))], None)[0])
    return Ordering(ranks, tuple(statements), truth)


def _idle(truth: Truth, statements: Sequence[Statement], path: Path) -> list[Problem]:
    """Warnings about statements that say nothing (inert) or never decide (redundant)."""
    found = []
    so_far = np.zeros(truth.shape[1], dtype=np.int32)
    for number, (row, statement) in enumerate(zip(truth, statements, strict=True)):
        refined = dense(so_far, row.astype(np.int32))
        if row.all() or not row.any():
            told = f"{statement.id} ({statement.holds}) {'holds' if row.all() else 'fails'} in every state"
            remedy = "It says nothing: take it out, or look for a mistake in it."
        elif refined.max(initial=0) == so_far.max(initial=0):
            told = (
                f"{statement.id} ({statement.holds}) never decides: the statements above it leave no two "
                "states for it to tell apart"
            )
            remedy = "Take it out, or move it up if it matters more."
        else:
            so_far = refined
            continue
        found.append(Problem((*path, number), told, remedy, error=False))
    return found


def _by_ranking(
    tiers: Sequence[object], setting: Setting, report: tuple[list[Problem], Path]
) -> NDArray[np.float64] | None:
    problems, path = report
    place = np.full(len(setting.labels), -1)
    for number, tier in enumerate(tiers):
        for name in tier if isinstance(tier, tuple | list) else (tier,):
            try:
                states = setting.find(name)
            except Misread as fault:
                problems.append(Problem((*path, number), fault.reason, fault.remedy))
                continue
            if (again := states[place[states] >= 0]).size:
                problems.append(
                    Problem(
                        (*path, number),
                        f"{some(again, setting.labels)} is ranked twice, first as {place[again[0]] + 1}",
                        "Name every state once.",
                    )
                )
            place[states] = number
    if (missing := np.flatnonzero(place < 0)).size and not problems:
        problems.append(
            Problem(
                path,
                f"{some(missing, setting.labels)} {'is' if missing.size == 1 else 'are'} not ranked",
                "Name every feasible state once; equally good ones go into one list.",
            )
        )
    return None if problems else -place.astype(np.float64)


def _by_weights(
    weights: Mapping[str, float], setting: Setting, report: tuple[list[Problem], Path]
) -> NDArray[np.float64] | None:
    problems, path = report
    np.zeros(len(setting.labels))
    for name, weight in weights.items():
        if name not in setting.options:
            problems.append(
                Problem((*path, name), f"{name!r} is no option", suggestion(name, list(setting.options)))
            )
        elif not np.isfinite(weight):
            problems.append(Problem((*path, name), "the weight is not a finite number", "Write a number."))
    return None if problems else _weighted(weights, setting)


def _weighted(weights: Mapping[str, float], setting: Setting) -> NDArray[np.float64]:
    """Sum weights as they are written, so that 0.1 + 0.2 and 0.3 tie."""
    written = {name: Fraction(repr(float(weight))) for name, weight in weights.items()}
    whole = math.lcm(*(weight.denominator for weight in written.values()))
    points = {name: int(weight * whole) for name, weight in written.items()}
    small = sum(map(abs, points.values())) < 1 << 62
    scores = np.zeros(len(setting.labels), dtype=np.int64 if small else object)
    for name, number in points.items():
        scores = scores + number * setting.options[name].astype(scores.dtype)
    return np.unique(scores, return_inverse=True)[1].reshape(-1).astype(np.float64)


def _by_payoffs(
    payoffs: Sequence[float], setting: Setting, report: tuple[list[Problem], Path]
) -> NDArray[np.float64] | None:
    problems, path = report
    if len(payoffs) != len(setting.labels):
        problems.append(
            Problem(
                path,
                f"{len(payoffs)} payoffs are given for {len(setting.labels)} states",
                "Write one number for each state, in the order of the states.",
            )
        )
        return None
    scores = np.array(payoffs, dtype=np.float64)
    for number in np.flatnonzero(~np.isfinite(scores))[:SHOWN].tolist():
        problems.append(Problem((*path, number), "the payoff is not a finite number", "Write a number."))
    return None if problems else scores


def _then_by(
    who: str, quantity: str, found: Ordering, setting: Setting, report: tuple[list[Problem], Path]
) -> Ordering | None:
    problems, path = report
    if quantity not in setting.quantities:
        problems.append(
            Problem(path, f"{quantity!r} is no quantity", suggestion(quantity, list(setting.quantities)))
        )
        return None
    try:
        amounts = setting.meaning.amount(quantity, who)
    except Misread as fault:
        problems.append(Problem(path, fault.reason, fault.remedy))
        return None
    return Ordering(dense(found.ranks, amounts), found.statements, found.truth, amounts)


def _repeated(ids: Sequence[str]) -> list[int]:
    return [number for number, name in enumerate(ids) if name in ids[:number]]


def some(states: NDArray[np.integer], labels: Sequence[str]) -> str:
    """Name the first few of some states."""
    named = ", ".join(labels[state] for state in states[:SHOWN])
    return named + (f" and {len(states) - SHOWN} more" if len(states) > SHOWN else "")
