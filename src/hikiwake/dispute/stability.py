"""Which states are stable for whom, under Nash, GMR, SMR, SEQ and SIM.

Definitions (Fang, Hipel & Kilgour 1993; Xu, Hipel, Kilgour & Fang 2018, chapter 4). A state s is stable for
i under

- Nash if i has no unilateral improvement from s;
- GMR (general metarationality) if after each improvement u the others can reach, by a legal sequence, a
  state t that is not better than s for i;
- SMR (symmetric metarationality) if moreover i cannot move from that t to anything better than s;
- SEQ (sequential stability) if the others reach such a t by improvements of whoever moves;
- SIM (simultaneous stability) if improvements of the others from s, made at the same time as i's move,
  lead to such a t.

Whether a sanction exists depends only on the worst that the others can reach from u, so one pass of
`worst_reached` answers for all states; no path is listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput
from hikiwake.dispute.arcs import Arcs, Flags, Ranks
from hikiwake.dispute.game import Game
from hikiwake.dispute.reach import worst_reached
from hikiwake.dispute.simultaneous import sim_stable

Concept = Literal["nash", "gmr", "smr", "seq", "sim"]
CONCEPTS: tuple[Concept, ...] = ("nash", "gmr", "smr", "seq")
"""The concepts that every form of dispute has; SIM needs options."""


class Solution(msgspec.Struct, frozen=True, eq=False):
    """Who finds which state stable.

    stable : for each concept (decision makers, states) bool.
    weakly_deterred : (decision makers, states) bool: SEQ-stable only through a reply that is not the best
        reply of whoever makes it. Such a deterrent is doubtful.
    """

    game: Game
    stable: dict[Concept, Flags]
    weakly_deterred: Flags

    def equilibria(self, concept: Concept) -> tuple[int, ...]:
        """Return the states that are stable for all, from 0."""
        return tuple(np.flatnonzero(self.stable[concept].all(axis=0)).tolist())

    def labels(self, concept: Concept) -> tuple[str, ...]:
        """Return the labels of the equilibria."""
        return tuple(self.game.labels[state] for state in self.equilibria(concept))

    def individual(self, concept: Concept, who: str) -> tuple[int, ...]:
        """Return the states that are stable for one decision maker, from 0."""
        return tuple(np.flatnonzero(self.stable[concept][self.game.maker(who)]).tolist())


def solve(game: Game, concepts: Sequence[Concept] = CONCEPTS) -> Solution:
    """Find the stable states of every decision maker.

    Raises
    ------
    BadInput
        If a concept is unknown, or is SIM and the dispute has no options.
    """
    for concept in concepts:
        if concept not in {*CONCEPTS, "sim"}:
            raise BadInput(
                where="concept",
                why=f"{concept!r} is unknown",
                remedy=f"Choose from {', '.join((*CONCEPTS, 'sim'))}.",
            )
    ranks = game.ranks
    wanted: set[str] = {*concepts, "seq"}
    found = stable_states(game.arcs, ranks, wanted)
    if "sim" in wanted:
        found["sim"] = sim_stable(game)
    weak = found["seq"] & ~best_reply_stable(game.arcs, ranks)
    return Solution(game, {concept: found[concept] for concept in concepts}, weak)


def stable_states(arcs: Sequence[Arcs], ranks: NDArray[np.int32], concepts: set[str]) -> dict[Concept, Flags]:
    """Return for each of Nash, GMR, SMR and SEQ that is wanted (decision makers, states) bool.

    Parameters
    ----------
    arcs : each decision maker's moves.
    ranks : (decision makers, states).
    """
    improving = [own.improving(row) for own, row in zip(arcs, ranks, strict=True)]
    out: dict[Concept, Flags] = {}
    for concept in CONCEPTS:
        if concept in concepts:
            rows = [
                _seq(improving, i, row) if concept == "seq" else stable_alone(arcs, i, row, concept)
                for i, row in enumerate(ranks)
            ]
            out[concept] = np.array(rows).reshape(ranks.shape)
    return out


def stable_alone(arcs: Sequence[Arcs], i: int, row: Ranks, concept: Concept) -> Flags:
    """Return (states,) bool: stable for one decision maker under Nash, GMR or SMR.

    These depend on nobody else's preference: whether the others would gain by a sanction does not matter.
    """
    better = arcs[i].improving(row)
    if concept == "nash":
        return unless(better, np.ones(len(better.sources), dtype=bool))
    others = [own for j, own in enumerate(arcs) if j != i]
    harm = row if concept == "gmr" else np.maximum(row, arcs[i].greatest(row))
    return _deterred(better, row, worst_reached(others, harm))


def _seq(improving: Sequence[Arcs], i: int, row: Ranks) -> Flags:
    credible = [own for j, own in enumerate(improving) if j != i]
    return _deterred(improving[i], row, worst_reached(credible, row))


def best_reply_stable(arcs: Sequence[Arcs], ranks: NDArray[np.int32]) -> Flags:
    """Return (decision makers, states) bool: SEQ-stable even if everybody replies with a best reply.

    As SEQ, but a decision maker that replies moves to what it likes best of all it can move to.
    """
    replies = [best_replies(own, row) for own, row in zip(arcs, ranks, strict=True)]
    out = [
        _deterred(own.improving(row), row, worst_reached([r for j, r in enumerate(replies) if j != i], row))
        for i, (own, row) in enumerate(zip(arcs, ranks, strict=True))
    ]
    return np.array(out).reshape(ranks.shape)


def best_replies(own: Arcs, row: Ranks) -> Arcs:
    """Return the improvements than which none from the same state is better."""
    reached = row[own.targets]
    best = own.greatest(row)[own.sources]
    return own.keep((reached == best) & (reached > row[own.sources]))


def unless(better: Arcs, undeterred: Flags) -> Flags:
    """Return (states,) bool: false where one of the arcs chosen begins."""
    stable = np.ones(better.states, dtype=bool)
    stable[better.sources[undeterred]] = False
    return stable


def _deterred(better: Arcs, row: Ranks, worst: Ranks) -> Flags:
    return unless(better, worst[better.targets] > row[better.sources])
