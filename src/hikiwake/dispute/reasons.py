"""Why a state is stable for somebody, or why not: the moves themselves, as data to make sentences of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from hikiwake.core.errors import BadInput
from hikiwake.dispute.arcs import Arcs
from hikiwake.dispute.game import Game
from hikiwake.dispute.routes import Move, Routes
from hikiwake.dispute.stability import CONCEPTS, Concept, best_replies


class Sanction(msgspec.Struct, frozen=True):
    """What the others can do after an improvement so that it was not worth it.

    moves : theirs, in order, a shortest way.
    end : where it leads, a state not better than the one that was left; `equal` if just as good.
    against : the positions in `moves` that whoever makes them likes less than staying.
    best_reply : every mover makes the best of its moves. If not, no way of best replies leads to a
        sanction, and the deterrent is doubtful.
    """

    moves: tuple[Move, ...]
    end: int
    equal: bool
    against: tuple[int, ...]
    best_reply: bool


class Exit(msgspec.Struct, frozen=True):
    """An improvement that a decision maker has from the state in question.

    to : where it leads.
    sanction : what deters from it, or None if nothing does.
    worst : if nothing does, the way to the worst for the decision maker that the others can bring about
        (by improvements of their own under SEQ); empty if they can do nothing, or nothing worse than `to`.
    escape : under SMR, if the others could sanction were it not for a further move: that sanction's ways and
        the move out of it.
    """

    to: int
    sanction: Sanction | None
    worst: tuple[Move, ...] = ()
    escape: tuple[Move, ...] = ()


class Reason(msgspec.Struct, frozen=True):
    """Why a state is stable for a decision maker under a concept, or why it is not.

    kind : `no moves` (it cannot leave), `no improvement` (nothing it can do is better), `deterred` (each
        improvement can be sanctioned) or `unstable` (one cannot).
    exits : all improvements, those without sanction first, the best first.
    weak : deterred, but of some improvement only by a reply that is not the best one.
    """

    who: str
    state: int
    concept: Concept
    kind: str
    exits: tuple[Exit, ...]
    weak: bool

    @property
    def stable(self) -> bool:
        """Whether the state is stable."""
        return self.kind != "unstable"


def explain(game: Game, concept: Concept, who: str, state: int) -> Reason:
    """Say why a state is stable for a decision maker, or why not.

    Raises
    ------
    BadInput
        If the concept is none of Nash, GMR, SMR, SEQ, or the decision maker or the state does not exist.
    """
    if concept not in CONCEPTS:
        raise BadInput(
            where="concept", why=f"{concept!r} has no reasons", remedy=f"Choose from {', '.join(CONCEPTS)}."
        )
    game.need(state)
    i = game.maker(who)
    row = game.orderings[i].ranks
    ends = game.arcs[i].ends(state)
    improvements = ends[row[ends] > row[state]]
    if not len(improvements):
        kind = "no improvement" if len(ends) else "no moves"
        return Reason(who, state, concept, kind, (), weak=False)
    deterrents = _Deterrents(game, concept, i, state)
    order = sorted(improvements.tolist(), key=lambda to: (-int(row[to]), to))
    exits = [deterrents.of(to) for to in order]
    exits.sort(key=lambda found: found.sanction is not None)
    stable = all(found.sanction is not None for found in exits)
    weak = stable and any(found.sanction is not None and not found.sanction.best_reply for found in exits)
    return Reason(who, state, concept, "deterred" if stable else "unstable", tuple(exits), weak)


class _Deterrents:
    """What the others can do after one decision maker has left one state."""

    def __init__(self, game: Game, concept: Concept, i: int, state: int) -> None:
        self.game, self.concept, self.i, self.state = game, concept, i, state
        self.row = game.orderings[i].ranks
        self.others = [j for j in range(len(game.who)) if j != i]
        allowed: Callable[[Arcs, np.ndarray], Arcs] = (
            (lambda own, row: own.improving(row)) if concept == "seq" else (lambda own, row: own)
        )
        self.movers = self._of_others(allowed)
        self.repliers = self._of_others(best_replies)

    def _of_others(self, chosen: Callable[[Arcs, np.ndarray], Arcs]) -> dict[str, Arcs]:
        return {
            self.game.who[j]: chosen(self.game.arcs[j], self.game.orderings[j].ranks) for j in self.others
        }

    def of(self, to: int) -> Exit:
        if self.concept == "nash":
            return Exit(to, None)
        routes = Routes(self.movers, to, self.game.states)
        reached = routes.reached()
        low = reached[self.row[reached] <= self.row[self.state]]
        held = low if self.concept != "smr" else low[self._at_best(low) <= self.row[self.state]]
        if len(held):
            replies = Routes(self.repliers, to, self.game.states)
            credible = [end for end in held.tolist() if replies.reaches(end)]
            best, ways = (credible, replies) if credible else (held.tolist(), routes)
            end = min(best, key=lambda s: (ways.distance(s), self.row[s], s))
            return Exit(to, self._sanction(ways.way(end), end, bool(credible)))
        if len(low):  # only under SMR: sanctions exist, but there is a way out of each
            end = min(
                low.tolist(), key=lambda s: (int(self._at_best(np.array([s]))[0]), routes.distance(s), s)
            )
            ends = self.game.arcs[self.i].ends(end)
            out = int(ends[np.argmax(self.row[ends])])
            return Exit(to, None, escape=(*routes.way(end), Move(self.game.who[self.i], end, out)))
        below = [s for s in reached.tolist() if self.row[s] < self.row[to]]
        if not below:
            return Exit(to, None)
        return Exit(to, None, routes.way(min(below, key=lambda s: (self.row[s], routes.distance(s), s))))

    def _sanction(self, moves: Sequence[Move], end: int, best_reply: bool) -> Sanction:
        against = [n for n, move in enumerate(moves) if self._dislikes(move)]
        equal = bool(self.row[end] == self.row[self.state])
        return Sanction(tuple(moves), end, equal, tuple(against), best_reply)

    def _dislikes(self, move: Move) -> bool:
        row = self.game.orderings[self.game.maker(move.who)].ranks
        return bool(row[move.end] < row[move.start])

    def _at_best(self, states: np.ndarray) -> np.ndarray:
        own = self.game.arcs[self.i]
        return np.array([max([self.row[s], *self.row[own.ends(s)]]) for s in states.tolist()])
