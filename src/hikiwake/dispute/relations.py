"""Stability when preferences are more than a ranking: unknown between some states, or strong and weak.

Here a preference is a relation between states, so that stability is worked out from sets: what a decision
maker leaves for, what deters it, and what the others can reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput
from hikiwake.dispute.arcs import Arcs, Flags
from hikiwake.dispute.game import Game
from hikiwake.dispute.partial import Relation
from hikiwake.dispute.reach import Bits, meets, pack, reached
from hikiwake.dispute.stability import unless

Extension = Literal["a", "b", "c", "d"]
EXTENSIONS: tuple[Extension, ...] = ("a", "b", "c", "d")
RelationConcept = Literal["nash", "gmr", "smr", "seq"]
RELATION_CONCEPTS: tuple[RelationConcept, ...] = ("nash", "gmr", "smr", "seq")
MOST_STATES = 4096


class UncertainSolution(msgspec.Struct, frozen=True, eq=False):
    """Stability with unknown preferences (Li, Hipel, Kilgour & Fang 2004, IEEE SMC-C 34).

    The extensions differ in whether a decision maker leaves for a state of which it is not known whether it
    likes it better, and whether such a state deters it:

    a : leaves for certain and uncertain gains, is deterred by certain harm only;
    b : leaves for certain gains only, is deterred by certain harm only;
    c : leaves for certain and uncertain gains, is deterred by certain and uncertain harm;
    d : leaves for certain gains only, is deterred by certain and uncertain harm.

    stable : by extension and concept (decision makers, states) bool.
    unknown : how many pairs of states each decision maker's comparison leaves open.
    """

    game: Game
    stable: dict[Extension, dict[RelationConcept, Flags]]
    unknown: dict[str, int]

    def equilibria(self, extension: Extension, concept: RelationConcept) -> tuple[int, ...]:
        """Return the states that are stable for all."""
        return tuple(np.flatnonzero(self.stable[extension][concept].all(axis=0)).tolist())


class StrengthSolution(msgspec.Struct, frozen=True, eq=False):
    """Strong and weak stability (Hamouda, Kilgour & Hipel 2004; Xu, Hipel & Kilgour 2009).

    A state that is stable by deterrence is strongly so if each improvement can be sanctioned by something
    much worse than the state (under SMR with nothing but much worse ways out), else weakly. A state without
    improvement is strongly stable under all; Nash does not split.

    strong, weak : for each of GMR, SMR and SEQ (decision makers, states) bool.
    """

    game: Game
    strong: dict[RelationConcept, Flags]
    weak: dict[RelationConcept, Flags]

    def equilibria(self, concept: RelationConcept) -> tuple[int, ...]:
        """Return the states that are strongly stable for all."""
        return tuple(np.flatnonzero(self.strong[concept].all(axis=0)).tolist())


def solve_uncertain(
    game: Game, possible: Mapping[str, Sequence[NDArray[np.integer] | NDArray[np.float64]]]
) -> UncertainSolution:
    """Find what is stable when some preferences are unknown.

    Parameters
    ----------
    possible : for each decision maker that is not sure the payoffs it may have, each (states,). How it
        compares two states is known where all agree, and unknown where they do not. Others keep theirs.

    Raises
    ------
    BadInput
        If there are too many states, or payoffs are not of all states of a decision maker that exists.
    """
    _bounded(game)
    for who, payoffs in possible.items():
        game.maker(who)
        if not payoffs or any(np.shape(row) != (game.states,) for row in payoffs):
            raise BadInput(
                where=f"possible preferences of {who}",
                why=f"they are not of one number for each of {game.states} states",
                remedy="Give at least one, with a payoff for every state.",
            )
    better: list[Relation] = []
    unsure: list[Relation] = []
    for who, order in zip(game.who, game.orderings, strict=True):
        certain, open_ = known_of(possible.get(who, [order.ranks]))
        better.append(certain)
        unsure.append(open_)
    return solve_unknown(game, better, unsure)


def known_of(possible: Iterable[NDArray[np.integer] | NDArray[np.float64]]) -> tuple[Relation, Relation]:
    """Return which state is better in all possible preferences, and between which they do not agree.

    Parameters
    ----------
    possible : payoffs, each (states,), of which there is at least one.
    """
    first, *others = (np.asarray(row) for row in possible)
    sign = np.sign(first[:, None] - first[None, :])
    known = np.ones(sign.shape, dtype=bool)
    for row in others:
        known &= np.sign(row[:, None] - row[None, :]) == sign
    return known & (sign > 0), ~known


def solve_unknown(game: Game, better: Sequence[Relation], unsure: Sequence[Relation]) -> UncertainSolution:
    """Find what is stable when preferences are given as relations.

    Parameters
    ----------
    better, unsure : for each decision maker (states, states) bool: the first state is preferred to the
        second; which of the two is preferred is unknown. Neither, either way, means equally good.

    Raises
    ------
    BadInput
        If there are too many states.
    """
    _bounded(game)
    certain = [_leaving(own, b) for own, b in zip(game.arcs, better, strict=True)]
    eager = [_leaving(own, b | u) for own, b, u in zip(game.arcs, better, unsure, strict=True)]
    free_reach = _of_others(game.arcs, game.states)
    credible_reach = _of_others(eager, game.states)
    stable: dict[Extension, dict[RelationConcept, Flags]] = {}
    for extension in EXTENSIONS:
        leaves = eager if extension in "ac" else certain
        # What is certainly not better, and where it is unknown for the careful.
        harms = [~b.T & (~u | (extension in "cd")) for b, u in zip(better, unsure, strict=True)]
        stable[extension] = {
            "nash": np.array([unless(own, np.ones(len(own.sources), dtype=bool)) for own in leaves]),
            **_deterred(game, leaves, harms, (free_reach, credible_reach)),
        }
    unknown = {who: int(u.sum()) // 2 for who, u in zip(game.who, unsure, strict=True)}
    return UncertainSolution(game, stable, unknown)


def solve_strength(game: Game, much_better: Mapping[str, Relation]) -> StrengthSolution:
    """Split stability by deterrence into strong and weak.

    Parameters
    ----------
    much_better : for each decision maker (states, states) bool: the first state is greatly preferred to the
        second. Decision makers left out greatly prefer nothing.

    Raises
    ------
    BadInput
        If there are too many states, or something is greatly preferred that is not preferred.
    """
    _bounded(game)
    ranks = game.ranks
    for who, relation in much_better.items():
        row = ranks[game.maker(who)]
        if (relation & ~(row[:, None] > row[None, :])).any():
            raise BadInput(
                where=f"strength of {who}",
                why="a state is greatly preferred to one that is as good or better",
                remedy="Make the strong preference a part of the plain one.",
            )
    nothing = np.zeros((game.states, game.states), dtype=bool)
    plain = [row[:, None] >= row[None, :] for row in ranks]
    strong = [much_better.get(who, nothing) for who in game.who]
    improving = [own.improving(row) for own, row in zip(game.arcs, ranks, strict=True)]
    reach = (_of_others(game.arcs, game.states), _of_others(improving, game.states))
    deterred = _deterred(game, improving, plain, reach)
    strongly = _deterred(game, improving, strong, reach)
    return StrengthSolution(
        game, strongly, {concept: rows & ~strongly[concept] for concept, rows in deterred.items()}
    )


def much_better(payoffs: NDArray[np.float64], threshold: float) -> Relation:
    """Return where the first state is worth at least so much more than the second.

    Parameters
    ----------
    payoffs : (states,), such as changes of welfare.
    threshold : in the same unit, above zero.
    """
    if not threshold > 0:
        raise BadInput(where="threshold", why=f"{threshold} is not above zero", remedy="Give a positive one.")
    found: Relation = payoffs[:, None] - payoffs[None, :] >= threshold
    return found


def _bounded(game: Game) -> None:
    if game.states > MOST_STATES:
        raise BadInput(
            where="dispute",
            why=f"relations between {game.states:,} states are too many; {MOST_STATES:,} states are allowed",
            remedy="Add infeasible patterns.",
        )


def _leaving(own: Arcs, better: Relation) -> Arcs:
    return own.keep(better[own.targets, own.sources])


def _of_others(arcs: Sequence[Arcs], states: int) -> list[Bits]:
    return [reached([own for j, own in enumerate(arcs) if j != i], states) for i in range(len(arcs))]


def _deterred(
    game: Game, leaves: Sequence[Arcs], harms: Sequence[Relation], reach: tuple[list[Bits], list[Bits]]
) -> dict[RelationConcept, Flags]:
    """GMR, SMR and SEQ. `harms[i][s, t]`: having t instead of s deters i."""
    out: dict[RelationConcept, list[Flags]] = {"gmr": [], "smr": [], "seq": []}
    for i, (own, harm) in enumerate(zip(leaves, harms, strict=True)):
        harmful = pack(harm)
        lasting = pack(harm & ~_way_out(game.arcs[i], harm))
        free, credible = reach[0][i], reach[1][i]
        sanctions: dict[RelationConcept, tuple[Bits, Bits]] = {
            "gmr": (free, harmful), "smr": (free, lasting), "seq": (credible, harmful),
        }  # fmt: skip
        for concept, (after, sought) in sanctions.items():
            met = meets(after[own.targets], sought[own.sources])
            out[concept].append(unless(own, ~met))
    return {concept: np.array(rows) for concept, rows in out.items()}


def _way_out(own: Arcs, harm: Relation) -> Relation:
    """(s, t): from t a move leads to something that does not deter from leaving s."""
    out = np.zeros_like(harm)
    if len(own.rows):
        moves = np.zeros((own.states, own.states), dtype=np.float32)
        moves[own.sources, own.targets] = 1.0
        out = (~harm).astype(np.float32) @ moves.T > 0.5
    return out
