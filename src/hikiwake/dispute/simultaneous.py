"""SIM: improvements of several at the same time. It needs options, since moves are combined bit by bit."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np

from hikiwake.core.errors import BadInput
from hikiwake.dispute.arcs import Arcs, Flags
from hikiwake.dispute.form import OptionForm
from hikiwake.dispute.game import Game
from hikiwake.dispute.routes import Move
from hikiwake.dispute.states import Codes

MOST_TOGETHER = 2_000_000
"""Combinations worked on at once."""
MOST_LISTED = 200_000
"""Combinations that are listed to explain one move."""
MOST_OF_ONE = 50_000_000
"""Combinations of the moves of all others with one improvement that are still worked out."""


def sim_stable(game: Game) -> Flags:
    """Return (decision makers, states) bool: stable under simultaneous stability.

    A combination of moves that leads to an infeasible state deters nobody.

    Raises
    ------
    BadInput
        If the dispute is in graph form, or there are too many combinations.
    """
    masks = _own_bits(game)
    improving = [own.improving(row) for own, row in zip(game.arcs, game.ranks, strict=True)]
    return np.array([_stable_for(game, i, improving, masks) for i in range(len(game.who))])


class Together(NamedTuple):
    """Moves of others made at the same time as one decision maker's: where all lead, and if each is best."""

    moves: tuple[Move, ...]
    end: int
    best: bool


def moves_together(game: Game, i: int, state: int, to: int) -> list[Together]:
    """Return what the others could do for their own good while one decision maker moves to a state.

    Combinations that lead to an infeasible state are left out, as is that nobody moves.

    Raises
    ------
    BadInput
        If the dispute is in graph form, or there are too many combinations.
    """
    masks = _own_bits(game)
    choices: list[list[tuple[Move | None, bool]]] = []
    for j, (who, own, order) in enumerate(zip(game.who, game.arcs, game.orderings, strict=True)):
        ends = own.ends(state) if j != i else np.zeros(0, dtype=np.int32)
        better = ends[order.ranks[ends] > order.ranks[state]]
        top = order.ranks[better].max(initial=0)
        choices.append([(None, True)])
        choices[-1] += [(Move(who, state, int(end)), bool(order.ranks[end] == top)) for end in better]
    if (number := prod(map(len, choices))) > MOST_LISTED:
        raise BadInput(
            where="concept",
            why=f"SIM would have to list {number:,} combinations of moves of the others",
            remedy="Ask under another concept, or merge options.",
        )
    out = []
    for chosen in product(*choices):
        code = int(game.codes[to])
        for mask, (move, _) in zip(masks, chosen, strict=True):
            if move is not None:
                code = code & ~mask | int(game.codes[move.end]) & mask
        at = int(np.searchsorted(game.codes, code))
        moves = tuple(move for move, _ in chosen if move is not None)
        if moves and at < game.states and int(game.codes[at]) == code:
            out.append(Together(moves, at, all(best for _, best in chosen)))
    return out


def _own_bits(game: Game) -> list[int]:
    """Return the bits of each decision maker's options."""
    if not isinstance(game.form, OptionForm):
        raise BadInput(
            where="concept",
            why="SIM combines moves made at the same time, and a graph does not say where those lead",
            remedy="Write the dispute by its options, or leave SIM out.",
        )
    owners = [option.owner for option in game.form.options]
    return [sum(1 << bit for bit, owner in enumerate(owners) if owner == who) for who in game.who]


def _stable_for(game: Game, i: int, improving: list[Arcs], masks: list[int]) -> Flags:
    row = game.orderings[i].ranks
    better = improving[i]
    choices = np.ones(len(better.sources), dtype=np.float64)
    counts = []
    for own in improving:
        number = np.zeros(game.states, dtype=np.int64)
        number[own.rows] = np.diff(np.r_[own.starts, len(own.sources)])
        counts.append(number)
    for j, number in enumerate(counts):
        if j != i:
            choices *= 1.0 + number[better.sources]
    if choices.max(initial=0.0) > MOST_OF_ONE:
        raise BadInput(
            where="concept",
            why=f"SIM would have to combine {choices.max():,.0f} moves of the others in one state",
            remedy="Leave SIM out, or merge options.",
        )
    stable = np.ones(game.states, dtype=bool)
    start = 0
    ends = np.cumsum(choices)
    while start < len(choices):
        done = ends[start - 1] if start else 0.0
        stop = max(start + 1, int(np.searchsorted(ends, done + MOST_TOGETHER)))
        chunk = np.arange(start, stop)
        codes, arc = _combined(game, chunk, i, improving, masks, counts)
        at = np.searchsorted(game.codes, codes)
        at[at == game.states] = 0
        deters = (game.codes[at] == codes) & (row[at] <= row[better.sources[arc]])
        sanctioned = np.zeros(stop, dtype=bool)
        sanctioned[arc[deters]] = True
        stable[better.sources[chunk[~sanctioned[chunk]]]] = False
        start = stop
    return stable


def _combined(
    game: Game, chunk: Codes, i: int, improving: list[Arcs], masks: list[int], counts: list[Codes]
) -> tuple[Codes, Codes]:
    """All joint outcomes of some improvements of i with any choice of the others' improvements."""
    better = improving[i]
    arc = chunk
    codes = game.codes[better.targets[chunk]]
    for j, own in enumerate(improving):
        if j == i or not len(own.sources):
            continue
        first = np.zeros(game.states, dtype=np.int64)
        first[own.rows] = own.starts
        here = better.sources[arc]
        number = counts[j][here]
        again = np.repeat(np.arange(len(arc)), number)
        step = np.arange(len(again)) - np.repeat(np.r_[0, np.cumsum(number)[:-1]], number)
        theirs = game.codes[own.targets[first[here[again]] + step]]
        moved = codes[again] & ~masks[j] | theirs & masks[j]
        codes, arc = np.r_[codes, moved], np.r_[arc, arc[again]]
    return codes, arc
