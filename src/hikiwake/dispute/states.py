"""From options and conditions to the feasible states, each a row of bits, and to the moves between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput
from hikiwake.dispute.arcs import Arcs, arcs_in_order, within_groups
from hikiwake.dispute.form import Irreversible, Option
from hikiwake.dispute.logic import (
    Count,
    Expression,
    Meaning,
    Misread,
    Name,
    Not,
    Truth,
    comparisons,
    evaluate,
    names,
    parse,
)

Codes = NDArray[np.int64]
"""(states,): bit k says whether option k is taken."""

MOST_OPTIONS = 60
MOST_STATES = 1 << 18
MOST_CANDIDATES = 1 << 21
MOST_ARCS = 24_000_000


class Vocabulary:
    """The names that a condition may use: options, and definitions made of them.

    Parameters
    ----------
    options : their ids, in the order of the bits.
    definitions : name and expression, in any order.

    Raises
    ------
    Misread
        If definitions speak of one another in a circle or of names that do not exist.
    """

    def __init__(self, options: Sequence[str], definitions: Mapping[str, Expression]) -> None:
        self.bits = {name: bit for bit, name in enumerate(options)}
        self.uses: dict[str, int] = {name: 1 << bit for name, bit in self.bits.items()}
        self.definitions: dict[str, Expression] = {}
        self.unsettled = dict(definitions)
        while ready := [name for name, e in self.unsettled.items() if names(e) <= self.uses.keys()]:
            for name in ready:
                expression = self.unsettled.pop(name)
                self.definitions[name] = expression
                self.uses[name] = self.options_of(expression)

    def options_of(self, expression: Expression) -> int:
        """Return the bits of the options on which an expression depends."""
        bits = 0
        for name in names(expression):
            bits |= self.uses[name]
        return bits

    def read(self, text: str, quantities: Mapping[str, Sequence[str]] | None = None) -> Expression:
        """Parse a condition, or a pattern of Y, N and - such as `Y-N`, and look every name up.

        Raises
        ------
        Misread
            With the names that were probably meant.
        """
        compact = text.strip()
        if len(compact) == len(self.bits) and not set(compact) - set("YN-") and compact not in self.uses:
            return pattern(compact, tuple(self.bits))
        expression = parse(text)
        for name in sorted(names(expression)):
            if name not in self.uses:
                raise Misread(f"{name!r} is no option and no definition", suggestion(name, list(self.uses)))
        for part in comparisons(expression):
            known = quantities or {}
            if part.quantity not in known:
                raise Misread(
                    f"{part.quantity!r} is no quantity that can be used here",
                    suggestion(part.quantity, list(known)),
                )
            if part.of not in known[part.quantity]:
                raise Misread(
                    f"{part.quantity} has no values of {part.of!r}",
                    suggestion(part.of, list(known[part.quantity])),
                )
        return expression

    def meaning(self, codes: Codes, wanted: Sequence[Expression] | None = None) -> Meaning:
        """Return what the names mean in some states; each definition is worked out once.

        Parameters
        ----------
        wanted : work out only what these need; by default all definitions.
        """
        known: dict[str, Truth] = {}

        def truth(name: str) -> Truth:
            if name in self.bits:
                taken: Truth = (codes >> self.bits[name]) & 1 == 1
                return taken
            return known[name]

        def amount(quantity: str, of: str) -> NDArray[np.float64]:
            raise KeyError(quantity, of)

        meaning = Meaning(len(codes), truth, amount)
        needed = set(self.definitions) if wanted is None else self._needed(wanted)
        for name, expression in self.definitions.items():
            if name in needed:
                known[name] = evaluate(expression, meaning)
        return meaning

    def _needed(self, wanted: Sequence[Expression]) -> set[str]:
        """Return the definitions on which expressions rest, directly or through others."""
        needed: set[str] = set()
        waiting = [name for expression in wanted for name in names(expression)]
        while waiting:
            name = waiting.pop()
            if name in self.definitions and name not in needed:
                needed.add(name)
                waiting.extend(names(self.definitions[name]))
        return needed


def pattern(text: str, options: Sequence[str]) -> Expression:
    """Return the condition that a pattern of Y (taken), N (not taken) and - (either) stands for."""
    parts: list[Expression] = [
        Name(name) if sign == "Y" else Not(Name(name))
        for sign, name in zip(text, options, strict=True)
        if sign != "-"
    ]
    return Count(tuple(parts), len(parts), len(parts))


def suggestion(name: str, known: Sequence[str]) -> str:
    """Return which of the known names was probably meant, as a sentence."""
    near = get_close_matches(name, known, n=2, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return f"Known are {', '.join(known[:20])}." if known else "None is known here."


def feasible(vocabulary: Vocabulary, options: Sequence[Option], conditions: Sequence[Expression]) -> Codes:
    """Return all states that fulfil every condition, in ascending order of their bits.

    Options are added one by one and a condition is applied as soon as all its options are there, so that
    the raw states need never exist at once.

    Raises
    ------
    BadInput
        If there are none, or more than can be worked with.
    """
    codes = np.zeros(1, dtype=np.int64)
    waiting = [(vocabulary.options_of(condition), condition) for condition in conditions]
    for bit in range(len(options) + 1):
        known = (1 << bit) - 1
        ready = [condition for uses, condition in waiting if not uses & ~known]
        waiting = [(uses, condition) for uses, condition in waiting if uses & ~known]
        if ready:
            meaning = vocabulary.meaning(codes, ready)
            codes = codes[np.logical_and.reduce([evaluate(condition, meaning) for condition in ready])]
        last = bit == len(options)
        if len(codes) > (MOST_STATES if last else MOST_CANDIDATES // 2):
            raise _too_many(len(codes), options[: bit or 1], options)
        if not last:
            codes = np.concatenate([codes, codes | (1 << bit)])
    return codes


def _too_many(found: int, among: Sequence[Option], options: Sequence[Option]) -> BadInput:
    owners = [option.owner for option in among]
    most = max(owners, key=owners.count)
    one, other = ([option.id for option in among if option.owner == most] * 2)[:2]
    return BadInput(
        where="dispute.infeasible",
        why=f"{found:,} states are feasible by the first {len(among)} of {len(options)} options; "
        f"at most {MOST_STATES:,} can be analysed",
        remedy=f"Add patterns that cannot be, such as {f'{one} & {other}'!r} (each of this kind removes a "
        f"quarter), beginning with {most}, who has {owners.count(most)} of these options; "
        "put options that exclude one another next to one another.",
    )


def label(code: int, options: int) -> str:
    """Return a state as Y and N in the order of the options."""
    return "".join("Y" if code >> bit & 1 else "N" for bit in range(options))


def moves_of(
    who: Sequence[str],
    codes: Codes,
    options: Sequence[Option],
    rules: Sequence[tuple[Irreversible, Truth, Truth]],
) -> Arcs:
    """Return the moves of a decision maker: changes of its own options that no rule forbids.

    Several options may change in one move. With several decision makers: what they do in one jump together,
    which every rule that binds one of them forbids.

    Parameters
    ----------
    who : whose options change.
    rules : each with the states where its `before` holds and those where its `after` does.

    Raises
    ------
    BadInput
        If there are too many.
    """
    own = _bits(options, lambda option: option.owner in who)
    keys = codes & ~own
    _, sizes = np.unique(keys, return_counts=True)
    if (number := int((sizes * (sizes - 1)).sum())) > MOST_ARCS:
        mine = [option.id for option in options if option.owner in who]
        raise BadInput(
            where="dispute.options",
            why=f"{' and '.join(who)} can make {number:,} moves; at most {MOST_ARCS:,} can be analysed",
            remedy=f"Add infeasible patterns over these options, such as {' & '.join(mine[:2])!r}.",
        )
    sources, targets = within_groups(keys)
    possible = np.ones(len(sources), dtype=bool)
    if forward := own & _bits(options, lambda option: option.direction == "forward"):
        possible &= (codes[sources] & ~codes[targets] & forward) == 0
    if backward := own & _bits(options, lambda option: option.direction == "backward"):
        possible &= (codes[targets] & ~codes[sources] & backward) == 0
    for rule, before, after in rules:
        if not rule.who or set(who) & set(rule.who):
            possible &= ~(before[sources] & after[targets])
    return arcs_in_order(len(codes), sources[possible], targets[possible])


def _bits(options: Sequence[Option], chosen: Callable[[Option], bool]) -> int:
    return sum(1 << bit for bit, option in enumerate(options) if chosen(option))
