"""Why a state is stable for somebody, or why not: the moves themselves, as data to make sentences of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec
import numpy as np

from hikiwake.core.errors import BadInput
from hikiwake.dispute.arcs import Arcs, Flags
from hikiwake.dispute.coalitions import (
    COALITION_CONCEPTS,
    CoalitionConcept,
    CoalitionSolution,
    solve_coalitions,
)
from hikiwake.dispute.game import Game
from hikiwake.dispute.routes import Move, Routes
from hikiwake.dispute.simultaneous import moves_together
from hikiwake.dispute.stability import CONCEPTS, Concept, best_replies

_ALIKE: dict[str, str] = {"cnash": "nash", "cgmr": "gmr", "csmr": "smr", "cseq": "seq"}


class Sanction(msgspec.Struct, frozen=True):
    """What the others can do after an improvement (under SIM: at the same time) so that it was not worth it.

    moves : theirs, in order, a shortest way; under SIM each begins in the state that is explained.
    end : where it leads, a state not better than the one that was left; `equal` if just as good.
    harmed : for whom: of a coalition the member who loses most.
    against : the positions in `moves` that whoever makes them likes less than staying.
    best_reply : every mover makes the best of its moves. If not, no way of best replies leads to a
        sanction, and the deterrent is doubtful. Not judged under CSEQ, where groups reply.
    """

    moves: tuple[Move, ...]
    end: int
    harmed: str
    equal: bool
    against: tuple[int, ...]
    best_reply: bool


class Exit(msgspec.Struct, frozen=True):
    """An improvement that a decision maker, or a coalition, has from the state in question.

    to : where it leads.
    sanction : what deters from it, or None if nothing does.
    worst : if nothing does, the way to the worst for the decision maker that the others can bring about
        (by improvements of their own under SEQ and SIM); empty if they can do nothing, or nothing worse than
        `to`, and for coalitions.
    escape : under SMR, if the others could sanction were it not for a further move: that sanction's ways and
        the move out of it.
    """

    to: int
    sanction: Sanction | None
    worst: tuple[Move, ...] = ()
    escape: tuple[Move, ...] = ()


class Reason(msgspec.Struct, frozen=True):
    """Why a state is stable for a decision maker or a coalition under a concept, or why it is not.

    who : a coalition as its members' ids joined by +.
    kind : `no moves` (it cannot leave), `no improvement` (nothing it can do is better), `deterred` (each
        improvement can be sanctioned) or `unstable` (one cannot).
    exits : all improvements, those without sanction first, the best first.
    weak : deterred, but of some improvement only by a reply that is not the best one.
    """

    who: str
    state: int
    concept: Concept | CoalitionConcept
    kind: str
    exits: tuple[Exit, ...]
    weak: bool

    @property
    def stable(self) -> bool:
        """Whether the state is stable."""
        return self.kind != "unstable"


def explain(
    game: Game,
    concept: Concept | CoalitionConcept,
    who: str,
    state: int,
    coalitions: CoalitionSolution | None = None,
) -> Reason:
    """Say why a state is stable for a decision maker or a coalition, or why not.

    Parameters
    ----------
    who : an id; under the concepts of coalitions also several, joined by + in any order.
    coalitions : what `solve_coalitions` found, if it is there already; CSEQ needs it.

    Raises
    ------
    BadInput
        If the concept is unknown, or the decision maker or the state does not exist; under SIM also if the
        dispute is in graph form.
    """
    if concept not in {*CONCEPTS, "sim", *COALITION_CONCEPTS}:
        known = ", ".join((*CONCEPTS, "sim", *COALITION_CONCEPTS))
        raise BadInput(where="concept", why=f"{concept!r} is unknown", remedy=f"Choose from {known}.")
    game.need(state)
    together = concept in COALITION_CONCEPTS
    group = sorted({game.maker(name) for name in (who.split("+") if together else [who])})
    if concept == "cseq" and coalitions is None:
        coalitions = solve_coalitions(game)
    side = _Side(game, concept, group, state, coalitions)
    improvements, movable = side.improvements()
    if not improvements:
        kind = "no improvement" if movable else "no moves"
        return Reason(side.name, state, concept, kind, (), weak=False)
    exits = (
        side.together_from_here(improvements) if concept == "sim" else [side.of(to) for to in improvements]
    )
    exits.sort(key=lambda found: found.sanction is not None)
    stable = all(found.sanction is not None for found in exits)
    weak = stable and any(found.sanction is not None and not found.sanction.best_reply for found in exits)
    return Reason(side.name, state, concept, "deterred" if stable else "unstable", tuple(exits), weak)


class _Side:
    """Whoever may leave a state, alone or together, and what the others can do then."""

    def __init__(
        self,
        game: Game,
        concept: Concept | CoalitionConcept,
        group: Sequence[int],
        state: int,
        coalitions: CoalitionSolution | None,
    ) -> None:
        self.game, self.group, self.state = game, group, state
        self.concept = _ALIKE.get(concept, concept)
        self.camps = concept == "cseq"
        self.name = "+".join(game.who[i] for i in group)
        self.rows = game.ranks[list(group)]
        self.reach: dict[int, np.ndarray] = {}
        self.members = {game.who[i]: game.arcs[i] for i in group}
        others = [j for j in range(len(game.who)) if j not in group]
        self.repliers = self._of(others, best_replies)
        if self.camps:
            assert coalitions is not None  # noqa: S101  (worked out where it was not given)
            names = {game.who[j] for j in others}
            self.movers = {
                "+".join(camp): own
                for camp, own in zip(coalitions.groups, coalitions.improvements, strict=True)
                if names.issuperset(camp)
            }
        elif self.concept == "seq":
            self.movers = self._of(others, Arcs.improving)
        else:
            self.movers = self._of(others, lambda own, _: own)

    def _of(self, others: Iterable[int], chosen: Callable[[Arcs, np.ndarray], Arcs]) -> dict[str, Arcs]:
        return {self.game.who[j]: chosen(self.game.arcs[j], self.game.orderings[j].ranks) for j in others}

    def improvements(self) -> tuple[list[int], bool]:
        """Return where it could go and gain, the best first, and whether it can go anywhere at all."""
        ends = self._ends(self.state)
        better = ends[~self._deters(ends)].tolist()
        return sorted(better, key=lambda to: (-self._worth(to), to)), bool(len(ends))

    def together_from_here(self, improvements: Sequence[int]) -> list[Exit]:
        """Return the exits under SIM, where the others move at the same time."""
        i, row = self.group[0], self.rows[0]
        out = []
        for to in improvements:
            found = moves_together(self.game, i, self.state, to)
            held = [one for one in found if row[one.end] <= row[self.state]]
            if held:
                best = min(held, key=lambda one: (not one.best, len(one.moves), row[one.end], one.end))
                equal = bool(row[best.end] == row[self.state])
                out.append(Exit(to, Sanction(best.moves, best.end, self.name, equal, (), best.best)))
                continue
            below = [one for one in found if row[one.end] < row[to]]
            worst = min(below, key=lambda one: (row[one.end], len(one.moves)), default=None)
            out.append(Exit(to, None, worst.moves if worst else ()))
        return out

    def of(self, to: int) -> Exit:
        """Return an exit with what the others can do after it."""
        if self.concept == "nash":
            return Exit(to, None)
        routes = Routes(self.movers, to, self.game.states)
        reached = routes.reached()
        low = reached[self._deters(reached)]
        held = low if self.concept != "smr" else low[[not self._outs(end) for end in low.tolist()]]
        if len(held):
            return Exit(to, self._sanction(routes, to, held.tolist()))
        if len(low):  # only under SMR: sanctions exist, but there is a way out of each
            end = min(
                low.tolist(), key=lambda s: (max(map(self._worth, self._outs(s))), routes.distance(s), s)
            )
            out = max(self._outs(end), key=self._worth)
            return Exit(to, None, escape=(*routes.way(end), Move(self.name, end, out)))
        below = [s for s in reached.tolist() if self._worth(s) < self._worth(to)]
        if len(self.group) > 1 or not below:
            return Exit(to, None)
        return Exit(to, None, routes.way(min(below, key=lambda s: (self._worth(s), routes.distance(s), s))))

    def _sanction(self, routes: Routes, to: int, held: list[int]) -> Sanction:
        replies = Routes(self.repliers, to, self.game.states)
        credible = [] if self.camps else [end for end in held if replies.reaches(end)]
        best, ways = (credible, replies) if credible else (held, routes)
        end = min(best, key=lambda s: (ways.distance(s), self._worth(s), s))
        moves = ways.way(end)
        against = tuple(n for n, move in enumerate(moves) if not self.camps and self._dislikes(move))
        change = self.rows[:, end] - self.rows[:, self.state]
        loser = int(np.argmin(change))
        return Sanction(
            moves, end, self.game.who[self.group[loser]], bool(change[loser] == 0), against,
            self.camps or bool(credible),
        )  # fmt: skip

    def _ends(self, state: int) -> np.ndarray:
        """Return where the members can go from a state, by legal sequences if there are several."""
        if len(self.group) == 1:
            return self.game.arcs[self.group[0]].ends(state)
        if state not in self.reach:
            found = Routes(self.members, state, self.game.states).reached()
            self.reach[state] = found[found != state]
        return self.reach[state]

    def _deters(self, states: np.ndarray) -> Flags:
        """Whether some member does not like a state better than the one that is explained."""
        worse: Flags = np.any(self.rows[:, states] <= self.rows[:, [self.state]], axis=0)
        return worse

    def _outs(self, state: int) -> list[int]:
        """Return where the members could go on to and all be better off than in the state explained."""
        ends = self._ends(state)
        out: list[int] = ends[~self._deters(ends)].tolist()
        return out

    def _worth(self, state: int) -> int:
        return int(self.rows[:, state].sum())

    def _dislikes(self, move: Move) -> bool:
        row = self.game.orderings[self.game.maker(move.who)].ranks
        return bool(row[move.end] < row[move.start])
