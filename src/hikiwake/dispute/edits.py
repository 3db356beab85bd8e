"""Small changes of preferences: a statement moved, a statement dropped, two places of a ranking swapped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput
from hikiwake.dispute.arcs import Flags
from hikiwake.dispute.game import Game
from hikiwake.dispute.ordering import Ordering, ranks_of_orders
from hikiwake.dispute.stability import Concept, stable_states

MOST_SWAPS = 300
"""Places of a ranking up to which neighbours are swapped one pair at a time."""
MOST_NODES = 1 << 21
"""States of all variants together that are solved at once."""

MOST_NUMBERS = 1 << 27
"""Ranks that exist at once: variants times decision makers times states."""

Order = tuple[int, ...]
"""Positions of statements as written, most important first."""


class Edit(msgspec.Struct, frozen=True):
    """One change of one decision maker's preference.

    kind : `move` (a statement goes to another place), `drop` (it is left out), `swap` (two neighbouring
        places of a ranking are exchanged).
    statement : its id; for a swap the label of a state of the higher place.
    place : where it goes, counted from 1; for a swap the higher place.
    """

    who: str
    kind: Literal["move", "drop", "swap"]
    statement: str
    place: int


def orders_one_edit_away(order: Order) -> dict[Order, tuple[str, int, int]]:
    """Return every different order that one edit makes, with the edit: kind, statement and place.

    Moving a statement down by one is the same as moving its neighbour up, and is named once.
    """
    out: dict[Order, tuple[str, int, int]] = {}
    for at, statement in enumerate(order):
        without = order[:at] + order[at + 1 :]
        for to in range(len(order)):
            if to != at:
                out.setdefault((*without[:to], statement, *without[to:]), ("move", statement, to + 1))
        out.setdefault(without, ("drop", statement, at + 1))
    out.pop(order, None)
    return out


def single_edits(game: Game) -> tuple[tuple[Edit, ...], NDArray[np.int32]]:
    """Return every edit of one statement of one decision maker, and the ranks it makes.

    A decision maker without statements has the swaps of neighbouring places of its ranking instead.

    Returns
    -------
    edits : all different ones.
    ranks : (edits, decision makers, states).

    Raises
    ------
    BadInput
        If there are too many.
    """
    counts = [len(ordering.statements) for ordering in game.orderings]
    number = sum((count - 1) ** 2 + count for count in counts if count)
    bounded(number * len(game.who) * game.states, f"{number:,} edits of single statements")
    edits: list[Edit] = []
    rows: list[tuple[int, NDArray[np.int32]]] = []
    for i, (who, ordering) in enumerate(zip(game.who, game.orderings, strict=True)):
        if ordering.statements:
            found = orders_one_edit_away(tuple(range(len(ordering.statements))))
            edits += [named(who, ordering, edit) for edit in found.values()]
            rows += [(i, row) for row in ranks_of(ordering, list(found))]
        else:
            for edit, row in _swaps(game, who, ordering):
                edits.append(edit)
                rows.append((i, row))
    ranks = np.repeat(game.ranks[None], len(rows), axis=0)
    for number, (i, row) in enumerate(rows):
        ranks[number, i] = row
    return tuple(edits), ranks


def bounded(numbers: int, what: str) -> None:
    """Refuse what would need too much memory.

    Raises
    ------
    BadInput
        If there are more ranks than can exist at once.
    """
    if numbers > MOST_NUMBERS:
        raise BadInput(
            where="dispute",
            why=f"{what} in all states are {numbers:,} ranks; {MOST_NUMBERS:,} can be worked with",
            remedy="Leave out statements that never decide, add infeasible patterns, or ask for less.",
        )


def ranks_of(ordering: Ordering, orders: Sequence[Order]) -> NDArray[np.int32]:
    """Return the ranks of a decision maker's statements in other orders, (orders, states)."""
    return ranks_of_orders(ordering.truth, orders, ordering.then_by)


def named(who: str, ordering: Ordering, edit: tuple[str, int, int]) -> Edit:
    """Return an edit with the id of its statement."""
    kind, statement, place = edit
    return Edit(who, "drop" if kind == "drop" else "move", ordering.statements[statement].id, place)


def equilibria_of(game: Game, ranks: NDArray[np.int32], concepts: Sequence[Concept]) -> dict[Concept, Flags]:
    """Solve one graph under many preferences at once.

    The variants are laid side by side as one large graph.

    Parameters
    ----------
    ranks : (variants, decision makers, states).

    Returns
    -------
    For each concept (variants, states) bool: stable for all.
    """
    out: dict[Concept, list[Flags]] = {concept: [] for concept in concepts}
    at_once = max(1, MOST_NODES // max(1, game.states))
    for first in range(0, len(ranks), at_once):
        part = ranks[first : first + at_once]
        arcs = [own.copies(len(part)) for own in game.arcs]
        side_by_side = part.transpose(1, 0, 2).reshape(len(game.who), -1)
        for concept, rows in stable_states(arcs, side_by_side, set(concepts)).items():
            out[concept].append(rows.all(axis=0).reshape(len(part), game.states))
    none = np.zeros((0, game.states), dtype=bool)
    return {concept: np.concatenate([none, *parts]) for concept, parts in out.items()}


def _swaps(game: Game, who: str, ordering: Ordering) -> list[tuple[Edit, NDArray[np.int32]]]:
    top = int(ordering.ranks.max(initial=0))
    if not 0 < top < MOST_SWAPS:
        return []
    out = []
    for place in range(1, top + 1):
        high, low = top + 1 - place, top - place
        row = ordering.ranks.copy()
        row[ordering.ranks == high], row[ordering.ranks == low] = low, high
        label = game.labels[int(np.argmax(ordering.ranks == high))]
        out.append((Edit(who, "swap", label, place), row))
    return out
