"""The moves of one decision maker as arcs between states, and what can be asked of them all at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ranks = NDArray[np.int32]
"""(states,): a number for each state of which only the order means something, higher is better."""
Indices = NDArray[np.int32]
"""Positions of states, from 0."""
Flags = NDArray[np.bool_]

TOP = np.iinfo(np.int32).max
"""Above every rank: the least of nothing."""
BOTTOM = np.iinfo(np.int32).min
"""Below every rank: the greatest of nothing."""


class Arcs(NamedTuple):
    """Arcs in the order of their sources, then of their targets.

    `rows` are the states with at least one arc and `starts` where theirs begin.
    """

    states: int
    sources: Indices
    targets: Indices
    rows: Indices
    starts: NDArray[np.int64]

    def least(self, ranks: Ranks) -> Ranks:
        """Return for each state the least rank among the ends of its arcs, TOP where it has none."""
        out = np.full(self.states, TOP, dtype=np.int32)
        if len(self.rows):
            out[self.rows] = np.minimum.reduceat(ranks[self.targets], self.starts)
        return out

    def greatest(self, ranks: Ranks) -> Ranks:
        """Return for each state the greatest rank among the ends of its arcs, BOTTOM where it has none."""
        out = np.full(self.states, BOTTOM, dtype=np.int32)
        if len(self.rows):
            out[self.rows] = np.maximum.reduceat(ranks[self.targets], self.starts)
        return out

    def keep(self, chosen: Flags) -> Arcs:
        """Return the arcs that are chosen, (arcs,) bool."""
        return arcs_in_order(self.states, self.sources[chosen], self.targets[chosen])

    def improving(self, ranks: Ranks) -> Arcs:
        """Return the arcs that lead to a higher rank: unilateral improvements."""
        return self.keep(ranks[self.targets] > ranks[self.sources])

    def copies(self, number: int) -> Arcs:
        """Return the arcs of a graph that is this one so many times over, side by side."""
        if number == 1:
            return self
        shift = np.repeat(np.arange(number, dtype=np.int32) * np.int32(self.states), len(self.sources))
        return arcs_in_order(
            self.states * number, np.tile(self.sources, number) + shift, np.tile(self.targets, number) + shift
        )

    def ends(self, state: int) -> Indices:
        """Return the states that one state's arcs lead to, in ascending order."""
        first, last = np.searchsorted(self.sources, [state, state + 1])
        return self.targets[first:last]


def arcs(states: int, sources: NDArray[np.integer], targets: NDArray[np.integer]) -> Arcs:
    """Make arcs from pairs of states in any order; repeated pairs and loops are dropped."""
    apart = sources != targets
    pairs = np.unique(sources[apart].astype(np.int64) * states + targets[apart])
    return arcs_in_order(states, (pairs // states).astype(np.int32), (pairs % states).astype(np.int32))


def within_groups(keys: NDArray[np.int64]) -> tuple[Indices, Indices]:
    """Return all ordered pairs of different states that share a key, by source and then by target."""
    states = len(keys)
    order = np.argsort(keys, kind="stable").astype(np.int32)
    first = np.flatnonzero(np.r_[True, np.diff(keys[order]) != 0]) if states else np.zeros(0, dtype=np.int64)
    sizes = np.diff(np.r_[first, states])
    # Each state gets a block with all members of its group; blocks stand in the order of the states.
    begins = np.empty(states, dtype=np.int64)
    begins[order] = np.repeat(first, sizes)
    counts = np.empty(states, dtype=np.int64)
    counts[order] = np.repeat(sizes, sizes)
    sources = np.repeat(np.arange(states, dtype=np.int32), counts)
    block = np.repeat(begins - np.r_[0, np.cumsum(counts)[:-1]], counts) if states else begins
    targets = order[block + np.arange(len(sources))]
    apart = sources != targets
    return sources[apart], targets[apart]


def arcs_in_order(states: int, sources: Indices, targets: Indices) -> Arcs:
    """Make arcs from different pairs that are sorted by source and then by target already."""
    new = np.ones(len(sources), dtype=bool)
    new[1:] = sources[1:] != sources[:-1]
    starts = np.flatnonzero(new)
    return Arcs(states, sources, targets, sources[starts], starts)
