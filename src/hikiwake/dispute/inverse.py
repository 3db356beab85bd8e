"""What would have to change for a wanted state to be an equilibrium: least edits of statements.

Under Nash, GMR and SMR a decision maker's stability depends on its own preference alone, so that the edits
of each can be tried apart and combined. Under SEQ it also depends on what the others would gain by a
sanction; but what is SEQ-stable is GMR-stable, so only combinations that work under GMR are tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

import msgspec
import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput
from hikiwake.dispute.arcs import Flags
from hikiwake.dispute.edits import (
    MOST_NODES,
    Edit,
    Order,
    bounded,
    equilibria_of,
    named,
    orders_one_edit_away,
    ranks_of,
)
from hikiwake.dispute.game import Game
from hikiwake.dispute.stability import Concept, stable_alone

MOST_ORDERS = 60_000
"""Orders of one decision maker's statements that are tried."""
MOST_CHANGES = 20_000
"""Combinations that are listed."""


class Flip(msgspec.Struct, frozen=True, order=True):
    """A statement that loses its place above another one; `below` is empty if it is simply dropped."""

    who: str
    above: str
    below: str


class Change(msgspec.Struct, frozen=True):
    """Edits, of one decision maker or several, that make wanted states equilibria.

    cause : what the edits have in common with all others that work for the same reason.
    """

    edits: tuple[Edit, ...]
    states: tuple[int, ...]
    cause: tuple[Flip, ...]


class Inverse(msgspec.Struct, frozen=True):
    """The least edits that make one of the wanted states an equilibrium.

    number : of edits, over all decision makers; 0 if one is an equilibrium already; None if `searched` edits
        are not enough.
    changes : all combinations of so many edits that work, none twice.
    causes : the different causes, with the number of changes of each, the most frequent first.
    """

    concept: Concept
    targets: tuple[int, ...]
    number: int | None
    searched: int
    changes: tuple[Change, ...]
    causes: tuple[tuple[tuple[Flip, ...], int], ...]


class _Variant(msgspec.Struct, frozen=True):
    """An order of one decision maker's statements and the edits that lead to it."""

    order: Order
    edits: tuple[Edit, ...]


class _Variants:
    """The orders of one decision maker's statements by their least number of edits, made when asked for."""

    def __init__(self, game: Game, i: int, targets: Sequence[int], concept: Concept) -> None:
        self.game, self.i, self.targets = game, i, list(targets)
        self.concept: Concept = "gmr" if concept == "seq" else concept
        self.ordering = game.orderings[i]
        written = tuple(range(len(self.ordering.statements)))
        self.levels: list[list[_Variant]] = [[_Variant(written, ())]]
        self.seen = {written}
        self.stable: list[Flags] = []

    def level(self, edits: int) -> list[_Variant]:
        while len(self.levels) <= edits:
            following: list[_Variant] = []
            for variant in self.levels[-1]:
                for order, edit in orders_one_edit_away(variant.order).items():
                    if order not in self.seen:
                        self.seen.add(order)
                        edit_named = named(self.game.who[self.i], self.ordering, edit)
                        following.append(_Variant(order, (*variant.edits, edit_named)))
                if len(self.seen) > MOST_ORDERS:
                    raise BadInput(
                        where="edits",
                        why=f"{len(self.levels)} edits of {self.game.who[self.i]} make more than "
                        f"{MOST_ORDERS:,} orders of its statements",
                        remedy="Search for fewer edits.",
                    )
            bounded(len(following) * self.game.states, f"{len(following):,} orders of statements")
            self.levels.append(following)
        return self.levels[edits]

    def ranks(self, edits: int) -> NDArray[np.int32]:
        """Return (variants, states)."""
        if not self.ordering.statements:
            return self.ordering.ranks[None][: len(self.level(edits))]
        return ranks_of(self.ordering, [variant.order for variant in self.level(edits)])

    def works(self, edits: int) -> Flags:
        """Return (variants, targets) bool: stable for this decision maker (under SEQ: if it can be)."""
        while len(self.stable) <= edits:
            number = len(self.stable)
            ranks = self.ranks(number)
            states = self.game.states
            at_once = max(1, MOST_NODES // states)
            parts = [np.zeros((0, len(self.targets)), dtype=bool)]
            for first in range(0, len(ranks), at_once):
                part = ranks[first : first + at_once]
                arcs = [own.copies(len(part)) for own in self.game.arcs]
                found = stable_alone(arcs, self.i, part.reshape(-1), self.concept)
                parts.append(found.reshape(len(part), states)[:, self.targets])
            self.stable.append(np.concatenate(parts))
        return self.stable[edits]


def inverse(game: Game, targets: Iterable[int], concept: Concept = "nash", most: int = 2) -> Inverse:
    """Find the least edits of statements that make one of some states an equilibrium.

    Parameters
    ----------
    targets : the wanted states.
    most : the number of edits up to which to search, over all decision makers.

    Raises
    ------
    BadInput
        If no state is wanted, the concept is none of the four, or there are too many orders to try.
    """
    wanted = tuple(dict.fromkeys(int(state) for state in targets))
    if not wanted or concept not in {"nash", "gmr", "smr", "seq"}:
        raise BadInput(
            where="inverse",
            why="no state is wanted" if not wanted else f"{concept!r} has no inverse",
            remedy="Name at least one feasible state, and one of nash, gmr, smr and seq.",
        )
    game.need(*wanted)
    variants = [_Variants(game, i, wanted, concept) for i in range(len(game.who))]
    for number in range(most + 1):
        found: dict[tuple[Order, ...], tuple[tuple[_Variant, ...], tuple[int, ...]]] = {}
        for costs in _splits(number, len(variants)):
            for combination, states in _combinations(game, variants, costs, concept):
                found[tuple(variant.order for variant in combination)] = (combination, states)
        if found:
            return _told(game, variants, list(found.values()), (concept, wanted, number))
    return Inverse(concept, wanted, None, most, (), ())


def _splits(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        yield (total,)
        return
    for first in range(total, -1, -1):
        for rest in _splits(total - first, parts - 1):
            yield (first, *rest)


def _combinations(
    game: Game, variants: Sequence[_Variants], costs: Sequence[int], concept: Concept
) -> list[tuple[tuple[_Variant, ...], tuple[int, ...]]]:
    """All combinations of so many edits of each that work, with the wanted states that become equilibria."""
    possible = np.ones(len(variants[0].targets), dtype=bool)
    # Those who change least first: where one of them never finds a wanted state stable, the rest is spared.
    for each, cost in sorted(zip(variants, costs, strict=True), key=lambda pair: pair[1]):
        possible &= each.works(cost).any(axis=0)
        if not possible.any():
            return []
    candidates: dict[tuple[int, ...], list[int]] = {}
    for target in np.flatnonzero(possible).tolist():
        choices = [np.flatnonzero(v.works(c)[:, target]) for v, c in zip(variants, costs, strict=True)]
        if np.prod([float(len(choice)) for choice in choices]) > MOST_CHANGES:
            raise BadInput(
                where="inverse",
                why=f"more than {MOST_CHANGES:,} combinations of edits make "
                f"{game.labels[variants[0].targets[target]]} stable",
                remedy="Ask for fewer states or fewer edits.",
            )
        for chosen in product(*(choice.tolist() for choice in choices)):
            candidates.setdefault(chosen, []).append(target)
    if concept == "seq":
        candidates = _sequential(game, variants, costs, candidates)
    return [
        (
            tuple(v.level(c)[n] for v, c, n in zip(variants, costs, chosen, strict=True)),
            tuple(variants[0].targets[target] for target in found),
        )
        for chosen, found in candidates.items()
    ]


def _sequential(
    game: Game,
    variants: Sequence[_Variants],
    costs: Sequence[int],
    candidates: dict[tuple[int, ...], list[int]],
) -> dict[tuple[int, ...], list[int]]:
    """Keep what is an equilibrium under SEQ too."""
    chosen = list(candidates)
    if not chosen:
        return {}
    bounded(len(chosen) * len(variants) * game.states, f"{len(chosen):,} combinations of edits")
    ranks = np.empty((len(chosen), len(variants), game.states), dtype=np.int32)
    for i, (each, cost) in enumerate(zip(variants, costs, strict=True)):
        ranks[:, i] = each.ranks(cost)[[choice[i] for choice in chosen]]
    stable = equilibria_of(game, ranks, ("seq",))["seq"]
    targets = variants[0].targets
    kept = {}
    for number, choice in enumerate(chosen):
        left = [target for target in candidates[choice] if stable[number, targets[target]]]
        if left:
            kept[choice] = left
    return kept


def _told(
    game: Game,
    variants: Sequence[_Variants],
    found: Sequence[tuple[tuple[_Variant, ...], tuple[int, ...]]],
    asked: tuple[Concept, tuple[int, ...], int],
) -> Inverse:
    concept, wanted, number = asked
    causes = [
        _causes(game, each, {combination[i] for combination, _ in found}) for i, each in enumerate(variants)
    ]
    changes = []
    counted: dict[tuple[Flip, ...], int] = {}
    for combination, states in found:
        cause = tuple(flip for i, variant in enumerate(combination) for flip in causes[i][variant.order])
        edits = tuple(edit for variant in combination for edit in variant.edits)
        changes.append(Change(edits, states, cause))
        counted[cause] = counted.get(cause, 0) + 1
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return Inverse(concept, wanted, number, number, tuple(changes), tuple(ordered))


def _causes(game: Game, variants: _Variants, working: set[_Variant]) -> dict[Order, tuple[Flip, ...]]:
    """Say for each order that works which lost precedence makes it work.

    A lost precedence is a cause if every order of as many edits that loses it works.
    """
    statements = variants.ordering.statements
    lost = {variant.order: _lost(variant.order, len(statements)) for variant in working}
    orders = set(lost)
    shared: dict[tuple[int, int], set[Order]] = {}
    for cost in {len(variant.edits) for variant in working} - {0}:
        for variant in variants.level(cost):
            for pair in _lost(variant.order, len(statements)):
                shared.setdefault(pair, set()).add(variant.order)
    causes = {pair: among for pair, among in shared.items() if among <= orders}
    out: dict[Order, tuple[Flip, ...]] = {}
    for order, pairs in lost.items():
        own = [pair for pair in pairs if pair in causes]
        chosen = (
            [max(own, key=lambda pair: (len(causes[pair]), -pair[0], -pair[1]))] if own else sorted(pairs)
        )
        out[order] = tuple(
            Flip(
                game.who[variants.i],
                statements[above].id,
                statements[below].id if below >= 0 else "",
            )
            for above, below in chosen
        )
    return out


def _lost(order: Order, written: int) -> set[tuple[int, int]]:
    """Pairs (a, b), a written above b, of which a is no longer above b; b is -1 where a is dropped."""
    place = {statement: at for at, statement in enumerate(order)}
    out = set()
    for a in range(written):
        if a not in place:
            out.add((a, -1))
        for b in range(a + 1, written):
            if b in place and place[b] < place.get(a, written):
                out.add((a, b))
    return out
