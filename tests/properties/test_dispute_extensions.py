"""Coalitions, foresight, unknown and strong preferences, reasons and ways: against their definitions."""

from __future__ import annotations

from itertools import product
from random import Random

import msgspec
import numpy as np
import pytest
from tests.disputes import random_game, random_graph, slow_model
from tests.reference import dispute as slow
from tests.turns import in_turn

from hikiwake.dispute import (
    COALITION_CONCEPTS,
    CONCEPTS,
    Game,
    Move,
    OptionForm,
    build,
    explain,
    hypergame,
    limited_moves,
    paths,
    solve,
    solve_coalitions,
    solve_strength,
    solve_uncertain,
    solve_unknown,
)
from hikiwake.dispute.coalitions import all_groups
from hikiwake.dispute.relations import EXTENSIONS
from hikiwake.dispute.routes import NEVER, Routes


def games(number: int, seed: int, makers: int | None = None, options: int | None = None) -> list[Game]:
    chance = Random(seed)
    return [random_game(chance, makers, options or chance.randint(2, 4)) for _ in range(number)]


def graphs(number: int, seed: int, makers: int | None = None) -> list[Game]:
    chance = Random(seed)
    return [random_graph(chance, makers) for _ in range(number)]


def coalitions_agree(game: Game) -> None:
    model = slow_model(game)
    solution = solve_coalitions(game)
    for number, group in enumerate(all_groups(len(game.who))):
        for concept in COALITION_CONCEPTS:
            expected = [slow.coalition_stable(model, concept, group, s) for s in model.states]
            assert solution.stable[concept][number].tolist() == expected, (concept, group)
        for s in model.states:
            members = [game.who[i] for i in group]
            found = set(solution.joint_improvements(s, *members))
            assert found == slow.coalition_improvements(model, group, s)


def test_coalitions_are_their_definitions() -> None:
    for game in [*games(20, 11, options=4), *graphs(30, 31)]:
        coalitions_agree(game)


@pytest.mark.slow
@pytest.mark.parametrize("part", in_turn(range(3)))
def test_coalitions_are_their_definitions_in_many_disputes(part: int) -> None:
    for game in [*games(300, 12), *graphs(300, 32)][part::3]:
        coalitions_agree(game)


def test_single_decision_makers_are_coalitions_and_everybody_has_no_sanction() -> None:
    for game in games(100, 13):
        alone, together = solve(game), solve_coalitions(game)
        for concept, of_group in zip(CONCEPTS[:3], COALITION_CONCEPTS[:3], strict=True):
            assert np.array_equal(alone.stable[concept], together.stable[of_group][: len(game.who)])
            assert set(together.equilibria(of_group)) <= set(alone.equilibria(concept))
        everybody = together.position(*game.who)
        for rows in together.stable.values():
            assert np.array_equal(rows[everybody], together.stable["cnash"][everybody])


def unhindered(game: Game) -> Game:
    """Return the dispute with every state feasible and every option free to change both ways."""
    assert isinstance(game.form, OptionForm)
    free = tuple(msgspec.structs.replace(option, direction="both") for option in game.form.options)
    return build(msgspec.structs.replace(game.form, options=free, infeasible=(), irreversible=()))


def test_jumps_differ_from_sequences_only_where_something_is_in_the_way() -> None:
    def same(game: Game) -> bool:
        one, other = solve_coalitions(game), solve_coalitions(game, simultaneous=True)
        return all(np.array_equal(one.stable[name], other.stable[name]) for name in COALITION_CONCEPTS)

    hindered = games(40, 14, options=4)
    assert not all(same(game) for game in hindered)
    assert all(same(unhindered(game)) for game in hindered)


def test_limited_moves_are_their_definition_and_begin_with_nash() -> None:
    oscillating = 0
    for game in [*games(30, 15, makers=2), *graphs(60, 33, makers=2)]:
        model, found = slow_model(game), limited_moves(game, 4)
        assert np.array_equal(found.stable[0], solve(game).stable["nash"])
        for horizon in range(1, 5):
            for i, s in product(model.makers, model.states):
                expected = slow.farsighted(model, horizon, i, s) == s
                assert found.stable[horizon - 1, i, s] == expected
        oscillating += found.oscillates
        far = limited_moves(game, found.settled_from + 3 * found.period)
        for horizon in range(1, len(far.stable) + 1):
            assert found.equilibria(horizon) == far.equilibria(horizon)
    assert oscillating


def relation_of(better: np.ndarray, unsure: np.ndarray) -> np.ndarray:
    return np.where(unsure, "?", np.where(better, ">", np.where(better.T, "<", "=")))


def test_unknown_preferences_are_their_definition() -> None:
    chance = np.random.default_rng(16)
    for game in [*games(15, 17), *graphs(20, 34)]:
        better, unsure = [], []
        for row in game.ranks:
            open_ = np.triu(chance.random((game.states, game.states)) < 0.3, 1)
            unsure.append(open_ | open_.T)
            better.append((row[:, None] > row[None, :]) & ~unsure[-1])
        model, found = slow_model(game), solve_unknown(game, better, unsure)
        relation = [relation_of(b, u) for b, u in zip(better, unsure, strict=True)]
        for extension, concept in product(EXTENSIONS, CONCEPTS):
            rows = found.stable[extension][concept]  # type: ignore[index]
            for i, s in product(model.makers, model.states):
                assert rows[i, s] == slow.uncertain_stable(model, relation, extension, concept, i, s)
        for concept in CONCEPTS:
            a, b, c, d = (found.stable[extension][concept] for extension in EXTENSIONS)  # type: ignore[index]
            assert not (a & ~b).any()
            assert not (a & ~c).any()
            assert not ((b | c) & ~d).any()


def test_what_is_known_leaves_nothing_uncertain() -> None:
    for game in games(40, 18):
        plain = solve(game)
        found = solve_uncertain(game, {game.who[0]: [game.ranks[0], 3 * game.ranks[0] + 1]})
        assert set(found.unknown.values()) == {0}
        for extension, concept in product(EXTENSIONS, CONCEPTS):
            assert np.array_equal(found.stable[extension][concept], plain.stable[concept])  # type: ignore[index]


def test_strength_splits_what_is_deterred() -> None:
    chance = np.random.default_rng(19)
    seen = set()
    for game in [*games(20, 20), *graphs(30, 35)]:
        ranks = game.ranks
        strong = [
            (row[:, None] > row[None, :]) & (chance.random((game.states, game.states)) < 0.5) for row in ranks
        ]
        found = solve_strength(game, dict(zip(game.who, strong, strict=True)))
        model, plain = slow_model(game), solve(game)
        for concept in CONCEPTS[1:]:
            rows = found.strong[concept]  # type: ignore[index]
            for i, s in product(model.makers, model.states):
                assert rows[i, s] == slow.strongly_stable(model, strong, concept, i, s)
            both = rows | found.weak[concept]  # type: ignore[index]
            assert np.array_equal(both, plain.stable[concept])
            assert not (rows & found.weak[concept]).any()  # type: ignore[index]
            seen |= {bool(rows.any()), bool(found.weak[concept].any())}  # type: ignore[index]
    assert seen == {True, False}


def follows(game: Game, moves: tuple[Move, ...], start: int, credible: bool) -> int:
    """Check a legal sequence move by move, and return where it ends."""
    last = ""
    for move in moves:
        i = game.maker(move.who)
        assert (move.start, move.who != last) == (start, True)
        assert move.end in game.arcs[i].ends(start)
        if credible:
            assert game.ranks[i, move.end] > game.ranks[i, start]
        start, last = move.end, move.who
    return start


def test_reasons_are_those_of_the_definitions() -> None:
    kinds = set()
    for game in [*games(15, 21), *graphs(20, 36)]:
        solution = solve(game)
        for concept, (i, who), s in product(CONCEPTS, enumerate(game.who), range(game.states)):
            row = game.ranks[i]
            reason = explain(game, concept, who, s)
            assert reason.stable == solution.stable[concept][i, s]
            if concept == "seq":
                assert reason.weak == solution.weakly_deterred[i, s]
            kinds.add(reason.kind)
            expected = {t for t in game.arcs[i].ends(s).tolist() if row[t] > row[s]}
            assert {exit_.to for exit_ in reason.exits} == expected
            for exit_ in reason.exits:
                if exit_.sanction is not None:
                    end = follows(game, exit_.sanction.moves, exit_.to, concept == "seq")
                    assert end == exit_.sanction.end
                    assert row[end] <= row[s]
                    assert exit_.sanction.equal == (row[end] == row[s])
                    assert who not in {move.who for move in exit_.sanction.moves}
                    if concept == "smr":
                        assert all(row[v] <= row[s] for v in game.arcs[i].ends(end))
                elif exit_.escape:
                    *before, out = exit_.escape
                    end = follows(game, tuple(before), exit_.to, False)
                    assert row[end] <= row[s] < row[out.end]
                    assert (out.who, out.start) == (who, end)
                elif exit_.worst:
                    end = follows(game, exit_.worst, exit_.to, concept == "seq")
                    assert row[s] < row[end] < row[exit_.to]
    assert kinds == {"no moves", "no improvement", "deterred", "unstable"}


def all_ways(game: Game, start: int, most: int) -> dict[int, tuple[int, set[tuple[tuple[str, int], ...]]]]:
    """List every legal sequence of at most so many moves, and keep the shortest to each state."""
    found: dict[int, tuple[int, set[tuple[tuple[str, int], ...]]]] = {}
    ways: list[tuple[tuple[str, int], ...]] = [()]
    for length in range(1, most + 1):
        longer = []
        for way in ways:
            at, last = (way[-1][1], way[-1][0]) if way else (start, "")
            for who, own in zip(game.who, game.arcs, strict=True):
                if who != last:
                    longer += [(*way, (who, t)) for t in own.ends(at).tolist()]
        for way in longer:
            known = found.setdefault(way[-1][1], (length, set()))
            if known[0] == length:
                known[1].add(way)
        ways = longer
    return found


def test_ways_are_all_the_shortest_ones() -> None:
    for game in [*games(15, 22, options=3), *graphs(15, 37)]:
        for start in range(game.states):
            routes = Routes(dict(zip(game.who, game.arcs, strict=True)), start, game.states)
            expected = all_ways(game, start, 4)
            for state in range(game.states):
                if routes.distance(state) > 4:
                    assert state not in expected
                    continue
                length, ways = expected[state]
                found = [tuple((m.who, m.end) for m in way) for way in routes.ways(state)]
                assert routes.distance(state) == length
                assert len(found) == len(set(found)) == routes.number(state)
                assert set(found) == ways
                follows(game, routes.way(state), start, False)


def test_status_quo_analysis_is_made_of_ways() -> None:
    for game in [*games(20, 23), *graphs(20, 38)]:
        with_today = msgspec.structs.replace(game, status_quo=0)
        found = paths(with_today, range(game.states), solve_coalitions(game))
        for reach in found.reaches:
            if reach.target == 0:
                assert reach.length == 0
            assert (reach.length is None) == (not reach.ways)
            for way in reach.ways:
                assert len(way.moves) == reach.length
                if reach.mode != "moves":
                    assert not way.against
                for move, inner in zip(way.moves, way.steps, strict=True):
                    if inner:
                        assert follows(game, inner, move.start, False) == move.end
        assert set(found.reachable["improvements"]) <= set(found.reachable["joint"])
        assert set(found.reachable["joint"]) <= set(found.reachable["moves"])


def test_nobody_stays_for_a_state_it_does_not_see() -> None:
    for game in games(40, 24):
        nothing = hypergame(game, {})
        assert all(np.array_equal(nothing.perceived[c], solve(game).stable[c]) for c in CONCEPTS)
        blind = hypergame(game, {who: range(game.states) for who in game.who})
        assert all(rows.all() for rows in blind.perceived.values())
        part = hypergame(game, {game.who[0]: [0]})
        assert part.actual.stable["nash"][0, 0]
        assert np.array_equal(part.perceived["nash"], part.actual.stable["nash"]) or len(game.who) > 1


def test_unreached_states_are_never() -> None:
    (game,) = games(1, 25)
    routes = Routes({}, 0, game.states)
    assert routes.distance(0) == NEVER
    assert routes.number(0) == 0
    assert list(routes.ways(0)) == []
