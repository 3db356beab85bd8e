"""How robust the equilibria are: every edit of one statement, and what is still stable after it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from hikiwake.dispute.arcs import Flags
from hikiwake.dispute.edits import Edit, equilibria_of, single_edits
from hikiwake.dispute.game import Game
from hikiwake.dispute.stability import CONCEPTS, Concept


class Sensitivity(msgspec.Struct, frozen=True, eq=False):
    """What is stable after each edit.

    edits : all edits of one statement (or of two neighbouring places of a ranking).
    baseline : for each concept (states,) bool: equilibrium as the dispute is written.
    after : for each concept (edits, states) bool: equilibrium after the edit.
    """

    game: Game
    edits: tuple[Edit, ...]
    baseline: dict[Concept, Flags]
    after: dict[Concept, Flags]

    def survives(self, state: int, concept: Concept) -> int:
        """Return after how many edits a state is an equilibrium."""
        return int(self.after[concept][:, state].sum())

    def dislodging(self, state: int, concept: Concept) -> tuple[Edit, ...]:
        """Return the edits after which a state is no equilibrium."""
        return tuple(self.edits[n] for n in np.flatnonzero(~self.after[concept][:, state]).tolist())

    def establishing(self, state: int, concept: Concept) -> tuple[Edit, ...]:
        """Return the edits after which a state is an equilibrium."""
        return tuple(self.edits[n] for n in np.flatnonzero(self.after[concept][:, state]).tolist())

    def equilibria_after(self, edit: int, concept: Concept) -> tuple[int, ...]:
        """Return the equilibria after one of the edits."""
        return tuple(np.flatnonzero(self.after[concept][edit]).tolist())


def sensitivity(game: Game, concepts: Sequence[Concept] = CONCEPTS) -> Sensitivity:
    """Solve a dispute again after every edit of one statement of one decision maker."""
    edits, ranks = single_edits(game)
    both = equilibria_of(game, np.concatenate([game.ranks[None], ranks]), concepts)
    return Sensitivity(
        game,
        edits,
        {concept: rows[0] for concept, rows in both.items()},
        {concept: rows[1:] for concept, rows in both.items()},
    )
