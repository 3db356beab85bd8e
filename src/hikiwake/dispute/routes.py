"""Shortest ways through a dispute by legal sequences: nobody moves twice in succession."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
import numpy as np

from hikiwake.dispute.arcs import Arcs, Indices

NEVER = np.iinfo(np.int32).max


class Move(msgspec.Struct, frozen=True):
    """One step: who (for a joint step the members' ids joined by +), from where, to where."""

    who: str
    start: int
    end: int


_Rest = tuple[Move, "_Rest"] | None
"""Moves that follow, each with those after it: ways that end alike share their ends."""


class Routes:
    """All shortest ways from one state.

    Parameters
    ----------
    movers : the arcs of each who may move; coalitions may be movers too.
    start : the state where it begins.
    states : how many there are.
    """

    def __init__(self, movers: Mapping[str, Arcs], start: int, states: int) -> None:
        self.names = list(movers)
        self.arcs = list(movers.values())
        self.start = start
        # after[k, t]: least moves after which the state is t and k moved last; ways_to: how many ways.
        self.after = np.full((len(self.arcs), states), NEVER, dtype=np.int32)
        self.ways_to = np.zeros((len(self.arcs), states))
        self._search(states)

    def _search(self, states: int) -> None:
        here = np.zeros((len(self.arcs) + 1, states))
        here[-1, self.start] = 1.0  # nobody has moved yet
        number = 0
        while here.any():
            number += 1
            all_here = here.sum(axis=0)
            following = np.zeros_like(here)
            for mover, own in enumerate(self.arcs):
                free = all_here - here[mover]  # ways on which somebody else moved last
                begun = free[own.sources] > 0
                np.add.at(following[mover], own.targets[begun], free[own.sources[begun]])
                following[mover, self.after[mover] < NEVER] = 0.0
                new = following[mover] > 0
                self.after[mover, new] = number
                self.ways_to[mover, new] = following[mover, new]
            here = following

    def reached(self) -> Indices:
        """Return the states reached by at least one move, in ascending order."""
        return np.flatnonzero((self.after < NEVER).any(axis=0)).astype(np.int32)

    def reaches(self, state: int) -> bool:
        """Whether a state is reached by at least one move."""
        return self.distance(state) < NEVER

    def distance(self, state: int) -> int:
        """Return the least number of moves to a state, NEVER if there is no way."""
        return int(self.after[:, state].min(initial=NEVER))

    def way(self, state: int) -> tuple[Move, ...]:
        """Return one shortest way to a state, the first by the order of movers and states."""
        return next(self.ways(state))

    def ways(self, state: int) -> Iterator[tuple[Move, ...]]:
        """Yield all shortest ways to a state."""
        length = self.distance(state)
        lasts = np.flatnonzero(self.after[:, state] == length).tolist() if length < NEVER else []
        # From the end back to the start; each entry holds what follows it, the next move first.
        todo: list[tuple[int, int, int, _Rest]] = [(state, m, length, None) for m in reversed(lasts)]
        while todo:
            at, mover, number, rest = todo.pop()
            if number == 1:
                yield _listed((Move(self.names[mover], self.start, at), rest))
            else:
                for source, last in reversed(self._before(at, mover, number)):
                    todo.append((source, last, number - 1, (Move(self.names[mover], source, at), rest)))

    def number(self, state: int) -> int:
        """Return how many shortest ways lead to a state (exact up to 2^53)."""
        length = self.distance(state)
        return int(self.ways_to[self.after[:, state] == length, state].sum()) if length < NEVER else 0

    def _before(self, state: int, mover: int, number: int) -> list[tuple[int, int]]:
        """States and last movers one move before the move of this number."""
        own = self.arcs[mover]
        return [
            (source, last)
            for source in own.sources[own.targets == state].tolist()
            for last in np.flatnonzero(self.after[:, source] == number - 1).tolist()
            if last != mover
        ]


def _listed(rest: _Rest) -> tuple[Move, ...]:
    moves = []
    while rest is not None:
        move, rest = rest
        moves.append(move)
    return tuple(moves)
