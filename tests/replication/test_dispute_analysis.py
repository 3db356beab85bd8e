"""What follows from stability in the published disputes: coalitions, ways, least changes, robustness."""

from __future__ import annotations

import msgspec
import pytest
from tests.disputes import CASES, RUNS, case, graph, japan_russia, published

from hikiwake.dispute import (
    COALITION_CONCEPTS,
    CONCEPTS,
    Concept,
    Preference,
    build,
    cut_moves,
    explain,
    inverse,
    limited_moves,
    paths,
    reversible,
    sensitivity,
    solve,
    solve_coalitions,
)

DRAW = "!four & coop & two"


@pytest.mark.parametrize("name", CASES)
def test_coalitions(name: str) -> None:
    told = case(name)["expected"]
    game = build(graph(case(name)))
    solution = solve_coalitions(game)
    for concept in COALITION_CONCEPTS:
        found = [state + 1 for state in solution.equilibria(concept)]
        assert found == told["coalition_equilibria"][concept]
        for group, stable in told["coalition_stable"].items():
            row = solution.stable[concept][solution.position(*group.split("+"))]
            assert [s + 1 for s in range(game.states) if row[s]] == stable[concept]
    for group, gains in told["coalition_improvements"].items():
        for state in range(game.states):
            found = [s + 1 for s in solution.joint_improvements(state, *group.split("+"))]
            assert found == gains.get(str(state + 1), [])


@pytest.mark.parametrize("name", ["prisoners_dilemma", "chicken", "euphrates_1975"])
def test_limited_moves(name: str) -> None:
    found = limited_moves(build(graph(case(name))))
    for horizon, states in case(name)["expected"]["limited_move_equilibria"].items():
        assert [state + 1 for state in found.equilibria(int(horizon))] == states
    assert found.oscillates == (name == "euphrates_1975")
    settled = {"prisoners_dilemma": [0, 3], "chicken": [0], "euphrates_1975": []}[name]
    assert list(found.non_myopic_equilibria()) == settled


def test_ways_from_the_status_quo_of_elmira() -> None:
    told = case("elmira")["expected"]["status_quo_paths"]
    game = build(graph(case("elmira")))
    found = paths(game, [4, 7, 8], solve_coalitions(game))
    for key, expected in told.items():
        target = int(key.removeprefix("to_")) - 1
        moves = [(a - 1, b - 1, who) for a, b, who in expected["moves"]]
        free = found.reach(target, "moves")
        assert free.length == len(moves)
        assert moves in [[(m.start, m.end, m.who) for m in way.moves] for way in free.ways]
        assert (found.reach(target, "improvements").length is not None) == expected["improvements_only"]
    # Government and firm together, after the insistence of the locals: what happened in 1991.
    joint = found.reach(7, "joint")
    assert [move.who for move in joint.ways[0].moves] == ["LG", "MoE+UR"]


@pytest.mark.parametrize("run", RUNS)
def test_japan_russia(run: str) -> None:
    told = published("dispute_japan_russia_2016.json")["expected"][run]
    game = build(japan_russia(run))
    coalitions = solve_coalitions(game)
    for concept in COALITION_CONCEPTS:
        assert list(coalitions.labels(concept)) == told[concept]
    found = paths(game, [], coalitions)
    names = [game.labels[state] for state in found.reachable["improvements"]]
    assert names == told["reach_by_improvements_from_status_quo"]
    assert game.status_quo is not None
    joint = coalitions.joint_improvements(game.status_quo, "J", "R")
    assert [game.labels[state] for state in joint] == told["joint_improvements_JR_from_status_quo"]


def test_only_a_joint_move_leads_to_the_draw() -> None:
    game = build(japan_russia("C_both"))
    draw = game.state("NYYYNNY")
    found = paths(game, [draw], solve_coalitions(game))
    free = found.reach(draw, "moves")
    assert (free.length, free.number) == (2, 2)
    ways = {tuple((m.who, game.labels[m.end]) for m in way.moves) for way in free.ways}
    assert (("J", "NYYNNYY"), ("R", "NYYYNNY")) in ways
    assert set(free.first_against) == {"J", "R"}
    assert found.reach(draw, "improvements").length is None
    joint = found.reach(draw, "joint")
    assert joint.length == 1
    assert joint.ways[0].moves[0].who == "J+R"


def test_the_deterrent_against_taking_the_islands_back_is_weak() -> None:
    game = build(japan_russia("D_both_russia_values_cooperation_only"))
    reason = explain(game, "seq", "R", game.state("NYYYNNY"))
    assert (reason.kind, reason.weak) == ("deterred", True)
    for exit_ in reason.exits:
        assert game.labels[exit_.to][3] == "N"
        assert exit_.sanction is not None
        (move,) = exit_.sanction.moves
        # Japan restores its claim and withdraws its cooperation.
        assert (move.who, game.labels[move.end][:2]) == ("J", "YN")
        assert not exit_.sanction.best_reply
        assert not exit_.sanction.against
    nash = explain(game, "nash", "R", game.state("NYYYNNY"))
    assert not nash.stable


@pytest.mark.parametrize(("concept", "pairs"), [("nash", 64), ("gmr", 204), ("smr", 174), ("seq", 174)])
def test_the_draw_needs_one_change_on_each_side(concept: Concept, pairs: int) -> None:
    game = build(japan_russia())
    found = inverse(game, game.where(DRAW), concept)
    assert found.number == 2
    assert len(found.changes) == pairs
    assert all(sorted(edit.who for edit in change.edits) == ["J", "R"] for change in found.changes)
    assert sum(number for _, number in found.causes) == pairs
    if concept == "nash":
        (((japan, russia), number),) = found.causes
        assert number == 64
        assert (japan.above, japan.below) == ("J4", "J6")
        assert (russia.above, russia.below) == ("R3", "R5")
        assert {change.states for change in found.changes} == {(game.state("NYYYNNY"),)}
        assert len({change.edits[0] for change in found.changes}) == 8
        assert len({change.edits[1] for change in found.changes}) == 8
    else:
        japan_flips = {flip.below for cause, _ in found.causes for flip in cause if flip.who == "J"}
        # These also accept that Japan ranks demilitarisation above "no two-island settlement".
        assert japan_flips == {"J6", "J8"}


def test_robustness() -> None:
    game = build(japan_russia())
    found = sensitivity(game)
    by = [sum(edit.who == who for edit in found.edits) for who in game.who]
    assert by == [57, 57, 13]
    today = game.status_quo
    assert today is not None
    survives = {concept: found.survives(today, concept) for concept in CONCEPTS}
    assert survives == {"nash": 121, "gmr": 126, "smr": 126, "seq": 121}
    for state in game.where(DRAW).tolist():
        assert not any(found.establishing(state, concept) for concept in CONCEPTS)
    dislodging = found.dislodging(today, "nash")
    assert len(dislodging) == 6
    assert {edit.who for edit in dislodging} == {"R"}
    cession = game.state("YYYNYNY")
    after = [found.equilibria_after(found.edits.index(edit), "nash") for edit in dislodging]
    assert all(cession in states for states in after)


def test_one_change_is_not_enough() -> None:
    game = build(japan_russia())
    found = inverse(game, game.where(DRAW), "gmr", most=1)
    assert (found.number, found.searched, found.changes) == (None, 1, ())
    already = inverse(game, [game.status_quo or 0], "nash")
    assert (already.number, len(already.changes), already.changes[0].edits) == (0, 1, ())


def test_an_irreversible_treaty_is_stable_because_nobody_can_leave_it() -> None:
    game = build(japan_russia("I_settlement_irreversible_baseline"))
    draw = game.state("NYYYNNY")
    assert draw in solve(game).equilibria("nash")
    free = reversible(game)
    assert free.states == game.states
    assert solve(free).labels("nash") == ("YYYNNYY",)
    cut = cut_moves(game, draw)
    settled = game.truth("settled")
    assert cut
    assert not any(settled[move.end] for move in cut)
    # Among them are those that Russia would like: it takes the islands back.
    russia = game.ranks[game.maker("R")]
    assert any(move.who == "R" and russia[move.end] > russia[draw] for move in cut)
    assert cut_moves(free, draw) == ()


def test_a_binding_threat_costs_the_offer_of_cooperation() -> None:
    form = japan_russia("D_both_russia_values_cooperation_only")
    japan = list(form.preferences["J"].statements or ())
    japan.insert(japan.index("coop"), "coop -> two | four_r")
    preferences = {**form.preferences, "J": Preference(statements=tuple(japan))}
    assert solve(build(msgspec.structs.replace(form, preferences=preferences))).labels("nash") == ("YNYNNYN",)


def test_after_the_summit_the_united_states_stops_pressing() -> None:
    game = build(japan_russia("G_C_and_us_disengages"))
    coalitions = solve_coalitions(game)
    draw, quiet = game.state("NYYYNNY"), game.state("NYYYNNN")
    assert game.status_quo is not None
    assert draw in coalitions.joint_improvements(game.status_quo, "J", "R")
    assert quiet in coalitions.joint_improvements(draw, "US")
    # All three at once would need one agreement only.
    assert quiet in coalitions.joint_improvements(game.status_quo, "J", "R", "US")
    assert paths(game, [quiet], coalitions).reach(quiet, "joint").length == 1
    assert paths(game, [quiet]).reach(quiet, "improvements").length is None
