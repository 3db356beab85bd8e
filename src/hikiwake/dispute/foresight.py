"""Limited-move and non-myopic stability of two decision makers: how far ahead each looks.

A play of at most h moves from s, the first by i, the next by j, and so on, ends in G_h(i, s) (Zagare 1984;
Kilgour 1985; Fang, Hipel & Kilgour 1993):

    G_0(i, s) = s;  G_h(i, s) = s if i has no move from s;  otherwise let m be the move t of i for which it
    likes G_{h-1}(j, t) best;  G_h(i, s) = G_{h-1}(j, m) if i prefers that to s, else s.

A state is L_h-stable for i if G_h(i, s) = s. L_1 is Nash. **Tie rule:** of moves whose ends i likes equally
the one to the first state counts; the definition leaves this open, and what the other does may depend on it.
For more than two decision makers there are competing definitions, and none is offered.
"""

from __future__ import annotations

import msgspec
import numpy as np

from hikiwake.core.errors import BadInput
from hikiwake.dispute.arcs import Arcs, Flags, Indices, Ranks
from hikiwake.dispute.game import Game
from hikiwake.dispute.routes import Move

MOST_ROUNDS = 5000
"""Horizons that are worked out in search of the one from which on everything repeats."""


class Foresight(msgspec.Struct, frozen=True, eq=False):
    """Stability by horizon.

    stable : (horizons, 2, states) bool; the first row is of horizon 1.
    settled_from, period : from this horizon on results repeat with this period. A period of 1 means that
        they have settled; otherwise they oscillate.
    non_myopic : (2, states) bool: L_h-stable for all horizons from `settled_from` on.
    """

    game: Game
    stable: Flags
    settled_from: int
    period: int
    non_myopic: Flags

    @property
    def oscillates(self) -> bool:
        """Whether stability depends on the horizon however long it is."""
        return self.period > 1

    def equilibria(self, horizon: int) -> tuple[int, ...]:
        """Return the states that are L_h-stable for both, at any horizon from 1.

        Raises
        ------
        BadInput
            If the horizon is below 1.
        """
        if horizon < 1:
            raise BadInput(where="horizon", why=f"{horizon} moves are no play", remedy="Give 1 or more.")
        known = len(self.stable)
        row = horizon
        if row > known:
            row = self.settled_from + (horizon - self.settled_from) % self.period
        return tuple(np.flatnonzero(self.stable[row - 1].all(axis=0)).tolist())

    def non_myopic_equilibria(self) -> tuple[int, ...]:
        """Return the states that are stable for both at all long horizons."""
        return tuple(np.flatnonzero(self.non_myopic.all(axis=0)).tolist())


def limited_moves(game: Game, horizons: int = 8) -> Foresight:
    """Work out limited-move stability until it repeats, and at least up to some horizon.

    Raises
    ------
    BadInput
        If there are not two decision makers, or nothing repeats within 5,000 horizons.
    """
    _two(game)
    every = np.arange(game.states, dtype=np.int32)
    ends = (every, every)
    seen: dict[bytes, int] = {}
    rows: list[Flags] = []
    repeated: tuple[int, int] | None = None
    for horizon in range(1, MOST_ROUNDS + 1):
        ends = _next(game, ends)
        rows.append(np.array([ends[0] == every, ends[1] == every]))
        key = ends[0].tobytes() + ends[1].tobytes()
        if repeated is None and key in seen:
            repeated = (seen[key], horizon - seen[key])
        seen.setdefault(key, horizon)
        if repeated is not None and horizon >= horizons:
            break
    if repeated is None:
        raise BadInput(
            where="dispute",
            why=f"nothing repeats within {MOST_ROUNDS} horizons",
            remedy="Use a smaller dispute.",
        )
    first, period = repeated
    lasting: Flags = np.logical_and.reduce(rows[first - 1 : first - 1 + period])
    return Foresight(game, np.array(rows), first, period, lasting)


class Play(msgspec.Struct, frozen=True):
    """Why a decision maker stays or leaves when it looks some moves ahead.

    kind : `no moves`, `stays` or `leaves`.
    moves : the play that it expects if it leaves by the move that is best for it; the other goes on as long
        as that is better for it, and so on. Empty without moves.
    """

    who: str
    state: int
    horizon: int
    kind: str
    moves: tuple[Move, ...]


def foresee(game: Game, horizon: int, who: str, state: int) -> Play:
    """Say why a state is L_h-stable for one of two decision makers, or why not.

    Raises
    ------
    BadInput
        If there are not two decision makers, the horizon is not 1 to 5,000, or the state does not exist.
    """
    _two(game)
    game.need(state)
    if not 1 <= horizon <= MOST_ROUNDS:
        raise BadInput(
            where="horizon", why=f"{horizon} is no number of moves", remedy=f"Give 1 to {MOST_ROUNDS:,}."
        )
    mover = game.maker(who)
    every = np.arange(game.states, dtype=np.int32)
    rounds = [(every, every)]
    for _ in range(horizon - 1):
        rounds.append(_next(game, rounds[-1]))
    moves: list[Move] = []
    at, leaves = state, False
    for left in range(horizon, 0, -1):
        ends = game.arcs[mover].ends(at)
        row, ahead = game.orderings[mover].ranks, rounds[left - 1][1 - mover]
        if not len(ends):
            break
        best = int(ends[np.argmax(row[ahead[ends]])])
        gains = bool(row[ahead[best]] > row[at])
        if not moves:
            leaves = gains
        elif not gains:
            break
        moves.append(Move(game.who[mover], at, best))
        at, mover = best, 1 - mover
    kind = "leaves" if leaves else "stays" if moves else "no moves"
    return Play(who, state, horizon, kind, tuple(moves))


def _two(game: Game) -> None:
    if len(game.who) != 2:
        raise BadInput(
            where="dispute.decision_makers",
            why=f"limited moves are defined for two decision makers, not for {len(game.who)}",
            remedy="Use Nash, GMR, SMR or SEQ, or merge decision makers.",
        )


def _next(game: Game, ends: tuple[Indices, Indices]) -> tuple[Indices, Indices]:
    """Return where plays end that are one move longer, for whoever begins."""
    return (
        _anticipated(game.arcs[0], game.orderings[0].ranks, ends[1]),
        _anticipated(game.arcs[1], game.orderings[1].ranks, ends[0]),
    )


def _anticipated(own: Arcs, row: Ranks, ends: Indices) -> Indices:
    """G_h of one decision maker from G_{h-1} of the other."""
    out = np.arange(own.states, dtype=np.int32)
    if not len(own.rows):
        return out
    best = own.greatest(row[ends])
    found = ends[own.targets]
    chosen = row[found] == best[own.sources]
    first = np.flatnonzero(chosen)
    # The first of the best in each row: arcs are sorted by source, then by target.
    sources, where = np.unique(own.sources[first], return_index=True)
    ahead = found[first[where]]
    gains = row[ahead] > row[sources]
    out[sources[gains]] = ahead[gains]
    return out
