"""Stability against moves that several decision makers agree on.

Definitions (Kilgour, Hipel, Fang & Peng 2001; Inohara & Hipel 2008). A coalition H moves by legal sequences
of its members' moves; a coalition improvement leads to a state that all members prefer. A state s is stable
for H under

- CR (here `cnash`) if H has no coalition improvement from s;
- CGMR if after each the others can reach, by a legal sequence, a state that is not better than s for some
  member;
- CSMR if moreover H cannot move from there to anything that all members prefer to s;
- CSEQ if the others reach such a state by coalition improvements of groups among them, no group twice
  running.

A state is coalitionally stable if it is so for every group, single decision makers included.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput
from hikiwake.dispute.arcs import Arcs, Flags, Ranks
from hikiwake.dispute.form import OptionForm
from hikiwake.dispute.game import Game
from hikiwake.dispute.options import option_arcs
from hikiwake.dispute.reach import (
    Bits,
    meets,
    members,
    pack,
    packed,
    reached,
    singletons,
    union_of_ends,
    unpack,
    worst_reached,
)
from hikiwake.dispute.stability import unless

CoalitionConcept = Literal["cnash", "cgmr", "csmr", "cseq"]
COALITION_CONCEPTS: tuple[CoalitionConcept, ...] = ("cnash", "cgmr", "csmr", "cseq")
MOST_BYTES = 1 << 31
"""Memory of the sets that all coalitions reach, above which the analysis is refused."""

Group = tuple[int, ...]
"""Positions of decision makers, ascending."""


class CoalitionSolution(msgspec.Struct, frozen=True, eq=False):
    """Which coalitions find which state stable.

    groups : the coalitions, single decision makers first, as ids.
    stable : for each concept (groups, states) bool.
    improvements : for each group, as arcs, its coalition improvements.
    simultaneous : whether a coalition moves in one jump instead of a sequence.
    """

    game: Game
    groups: tuple[tuple[str, ...], ...]
    stable: dict[CoalitionConcept, Flags]
    improvements: tuple[Arcs, ...]
    simultaneous: bool

    def equilibria(self, concept: CoalitionConcept) -> tuple[int, ...]:
        """Return the states that are stable for every coalition, from 0."""
        return tuple(np.flatnonzero(self.stable[concept].all(axis=0)).tolist())

    def labels(self, concept: CoalitionConcept) -> tuple[str, ...]:
        """Return the labels of those states."""
        return tuple(self.game.labels[state] for state in self.equilibria(concept))

    def position(self, *members: str) -> int:
        """Return the position of the coalition of these members, in any order.

        Raises
        ------
        BadInput
            If there is none.
        """
        for number, group in enumerate(self.groups):
            if set(group) == set(members):
                return number
        raise BadInput(
            where="coalition",
            why=f"{' and '.join(members)} are no coalition",
            remedy=f"Decision makers are {', '.join(self.game.who)}.",
        )

    def joint_improvements(self, state: int, *members: str) -> tuple[int, ...]:
        """Return the states to which a coalition can move from one so that all members gain."""
        return tuple(self.improvements[self.position(*members)].ends(state).tolist())


def solve_coalitions(game: Game, *, simultaneous: bool = False) -> CoalitionSolution:
    """Find the coalitionally stable states.

    Parameters
    ----------
    simultaneous : a coalition changes all its options in one jump, which may lead past infeasible states.
        Those who sanction by GMR or SMR still move in legal sequences. Needs options.

    Raises
    ------
    BadInput
        If there are too many states and decision makers for the memory, or no options for jumps.
    """
    groups = all_groups(len(game.who))
    needed = len(groups) * game.states * game.states // 8
    if needed > MOST_BYTES:
        raise BadInput(
            where="dispute",
            why=f"{len(groups)} coalitions over {game.states:,} states need {needed / 2**30:.1f} GiB",
            remedy="Add infeasible patterns, or merge decision makers that act as one.",
        )
    sequences = {group: reached([game.arcs[i] for i in group], game.states) for group in groups}
    reach = _jumps(game, groups) if simultaneous else sequences
    better = preferred(game.ranks)
    liked = {group: np.bitwise_and.reduce([better[i] for i in group]) for group in groups}
    improvements = {group: members(reach[group] & liked[group], game.states) for group in groups}
    found: dict[CoalitionConcept, list[Flags]] = {concept: [] for concept in COALITION_CONCEPTS}
    for group in groups:
        rest = tuple(j for j in range(len(game.who)) if j not in group)
        own = improvements[group]
        found["cnash"].append(unless(own, np.ones(len(own.sources), dtype=bool)))
        found["cgmr"].append(_deterred(game, group, own, [game.arcs[j] for j in rest]))
        sanctions = sequences.get(rest, np.zeros_like(liked[group]))
        sets = (reach[group], liked[group], sanctions)
        found["csmr"].append(_symmetric(found["cgmr"][-1], own, sets))
        credible = [improvements[camp] for camp in groups if set(camp) <= set(rest)]
        found["cseq"].append(_deterred(game, group, own, credible))
    return CoalitionSolution(
        game,
        tuple(tuple(game.who[i] for i in group) for group in groups),
        {concept: np.array(rows) for concept, rows in found.items()},
        tuple(improvements[group] for group in groups),
        simultaneous,
    )


def all_groups(makers: int) -> list[Group]:
    """Return all non-empty groups, small ones first."""
    return [group for size in range(1, makers + 1) for group in combinations(range(makers), size)]


def preferred(ranks: NDArray[np.int32]) -> list[Bits]:
    """Return for each decision maker and state the set of states that it likes better."""
    return [_better(row) for row in ranks]


def _better(row: Ranks) -> Bits:
    return packed(len(row), lambda part: row[None, :] > row[part, None])


def _jumps(game: Game, groups: Sequence[Group]) -> dict[Group, Bits]:
    if not isinstance(game.form, OptionForm):
        raise BadInput(
            where="simultaneous",
            why="a graph does not say where moves made at the same time lead",
            remedy="Write the dispute by its options, or let coalitions move in sequences.",
        )
    who = [tuple(game.who[i] for i in group) for group in groups]
    moves, _ = option_arcs(game.form, who, game.setting, game.codes)
    single = singletons(game.states)
    return {group: union_of_ends(own, single) for group, own in zip(groups, moves, strict=True)}


def _deterred(game: Game, group: Group, own: Arcs, sanctioners: Sequence[Arcs]) -> Flags:
    """Stable because after each improvement the sanctioners can harm some member."""
    undeterred = np.ones(len(own.sources), dtype=bool)
    for i in group:
        row = game.orderings[i].ranks
        worst = worst_reached(sanctioners, row)
        undeterred &= worst[own.targets] > row[own.sources]
    return unless(own, undeterred)


def _symmetric(cgmr: Flags, own: Arcs, sets: tuple[Bits, Bits, Bits]) -> Flags:
    """CSMR of the states that are CGMR-stable: some sanction must also be without a way out.

    sets : for each state what the group can reach, what all its members like better, and what the others
        can reach.
    """
    reach, liked, sanctions = sets
    here = reach | singletons(len(cgmr))
    stable = cgmr.copy()
    for state in np.intersect1d(own.rows, np.flatnonzero(cgmr)).tolist():
        after = sanctions[own.ends(state)]
        among = np.flatnonzero(unpack(np.bitwise_or.reduce(after)[None], len(cgmr))[0])
        # Neither there nor one move of the group later is it better off.
        lasting = np.zeros((1, len(cgmr)), dtype=bool)
        lasting[0, among] = ~meets(here[among], liked[state])
        stable[state] = bool(meets(after, pack(lasting)).all())
    return stable
