"""What several decision makers can bring about together, by the rule of legal sequences.

In a legal sequence of moves nobody moves twice in succession; somebody may move again later (Fang, Hipel &
Kilgour 1993, Interactive Decision Making). Instead of listing what can be reached from each
state, a property of what can be reached is carried backwards along the arcs until nothing changes. For
each state t and last mover k, what follows t is what a mover other than k can do there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from hikiwake.dispute.arcs import TOP, Arcs, Ranks, arcs_in_order

Bits = NDArray[np.uint64]
"""(states, words): a set of states for each state, 64 to the word, the first in the lowest bit."""

WORD = 64
ROWS = 1024
"""Rows of bools that exist at once."""


def worst_reached(movers: Sequence[Arcs], ranks: Ranks) -> Ranks:
    """Return for each state the lowest rank among the states that legal sequences reach from it.

    Parameters
    ----------
    movers : the arcs of each who may move.
    ranks : (states,).

    Returns
    -------
    (states,) int32, TOP where nothing can be reached.
    """
    after = [np.full(len(ranks), TOP, dtype=np.int32) for _ in movers]
    changed = True
    while changed:
        changed = False
        for mover, own in enumerate(movers):
            # At the end of a move of this mover: stay there, or somebody else goes on.
            outcome = ranks
            for other, theirs in enumerate(after):
                if other != mover:
                    outcome = np.minimum(outcome, theirs)
            found = own.least(outcome)
            if not np.array_equal(found, after[mover]):
                after[mover] = found
                changed = len(movers) > 1
    return np.minimum.reduce(after) if after else np.full(len(ranks), TOP, dtype=np.int32)


def reached(movers: Sequence[Arcs], states: int) -> Bits:
    """Return for each state the set of states that legal sequences reach from it.

    The state itself belongs to the set only if it can be left and entered again.
    """
    single = singletons(states)
    after = [np.zeros_like(single) for _ in movers]
    changed = True
    while changed:
        changed = False
        for mover, own in enumerate(movers):
            outcome = single.copy()
            for other, theirs in enumerate(after):
                if other != mover:
                    outcome |= theirs
            found = union_of_ends(own, outcome)
            if not np.array_equal(found, after[mover]):
                after[mover] = found
                changed = len(movers) > 1
    return np.bitwise_or.reduce(after) if after else np.zeros_like(single)


def union_of_ends(own: Arcs, sets: Bits) -> Bits:
    """Return for each state the union of the sets at the ends of its arcs."""
    out = np.zeros_like(sets)
    if len(own.rows):
        out[own.rows] = np.bitwise_or.reduceat(sets[own.targets], own.starts, axis=0)
    return out


def singletons(states: int) -> Bits:
    """Return for each state the set that holds it alone."""
    every = np.arange(states)
    out = np.zeros((states, -(-states // WORD)), dtype=np.uint64)
    out[every, every // WORD] = np.uint64(1) << (every % WORD).astype(np.uint64)
    return out


def packed(states: int, rows: Callable[[slice], NDArray[np.bool_]]) -> Bits:
    """Return the sets whose rows of bools a function gives, for a slice of states at a time."""
    parts = [pack(rows(slice(first, first + ROWS))) for first in range(0, states, ROWS)]
    return np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.uint64)


def members(sets: Bits, states: int) -> Arcs:
    """Return sets as arcs from each state to the members of its set."""
    sources, targets = [], []
    for first in range(0, states, ROWS):
        source, target = np.nonzero(unpack(sets[first : first + ROWS], states))
        sources.append((source + first).astype(np.int32))
        targets.append(target.astype(np.int32))
    return arcs_in_order(states, np.concatenate(sources), np.concatenate(targets))


def pack(matrix: NDArray[np.bool_]) -> Bits:
    """Return rows of (rows, states) bool as sets."""
    rows, states = matrix.shape
    padded = np.zeros((rows, -(-states // WORD) * WORD), dtype=bool)
    padded[:, :states] = matrix
    return np.packbits(padded, axis=1, bitorder="little").view("<u8").astype(np.uint64)


def unpack(sets: Bits, states: int) -> NDArray[np.bool_]:
    """Return sets as rows of (rows, states) bool."""
    octets = np.ascontiguousarray(sets.astype("<u8")).view(np.uint8)
    return np.unpackbits(octets, axis=1, bitorder="little")[:, :states].astype(bool)


def meets(one: Bits, other: Bits) -> NDArray[np.bool_]:
    """Say for each row whether two sets have a state in common."""
    met: NDArray[np.bool_] = np.any(one & other, axis=-1)
    return met
