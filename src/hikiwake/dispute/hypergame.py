"""Misperception: a decision maker that does not see some states neither moves from them nor to them.

Each sees its own game (a simple hypergame; Bennett 1977; Wang, Hipel & Fraser 1988). The dispute as it is has
the moves that are left; each decision maker's own view moreover lacks everybody's moves through what it does
not see.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec
import numpy as np

from hikiwake.dispute.arcs import Arcs, Flags
from hikiwake.dispute.game import Game
from hikiwake.dispute.stability import CONCEPTS, Concept, Solution, solve, stable_states


class Hypergame(msgspec.Struct, frozen=True, eq=False):
    """What is stable when somebody does not see everything.

    actual : the dispute without the moves of those who do not see where they lead or begin.
    perceived : for each concept (decision makers, states) bool: stable in each one's own view. What a
        decision maker does not see it cannot judge; it is counted as stable for it, since it does not move.
    hidden : (decision makers, states) bool: what somebody does not see.
    """

    actual: Solution
    perceived: dict[Concept, Flags]
    hidden: Flags

    def equilibria(self, concept: Concept) -> tuple[int, ...]:
        """Return the states that everybody finds stable in its own view."""
        return tuple(np.flatnonzero(self.perceived[concept].all(axis=0)).tolist())

    def view(self, who: str) -> Game:
        """Return the dispute as a decision maker sees it: without moves through what it does not see."""
        hidden = self.hidden[self.actual.game.maker(who)]
        moves = tuple(_without(own, hidden) for own in self.actual.game.arcs)
        return msgspec.structs.replace(self.actual.game, arcs=moves)


def hypergame(game: Game, unseen: Mapping[str, Collection[int]]) -> Hypergame:
    """Analyse a dispute in which some do not see some states.

    Parameters
    ----------
    unseen : for each decision maker the states that it does not see.

    Raises
    ------
    BadInput
        If a decision maker or a state does not exist.
    """
    hidden = np.zeros((len(game.who), game.states), dtype=bool)
    for who, states in unseen.items():
        game.need(*states)
        hidden[game.maker(who), list(states)] = True
    moves = tuple(_without(own, row) for own, row in zip(game.arcs, hidden, strict=True))
    actual = solve(msgspec.structs.replace(game, arcs=moves))
    perceived: dict[Concept, list[Flags]] = {concept: [] for concept in CONCEPTS}
    for i in range(len(game.who)):
        view = stable_states([_without(own, hidden[i]) for own in moves], game.ranks, set(CONCEPTS))
        for concept, rows in view.items():
            perceived[concept].append(rows[i])
    return Hypergame(actual, {concept: np.array(rows) for concept, rows in perceived.items()}, hidden)


def _without(own: Arcs, hidden: Flags) -> Arcs:
    return own.keep(~hidden[own.sources] & ~hidden[own.targets])
