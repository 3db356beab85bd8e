"""What must hold of stability in any dispute, and that the fast engine and the definitions agree."""

from __future__ import annotations

from random import Random

import msgspec
import numpy as np
import pytest
from tests.disputes import random_game, random_graph, random_options, slow_model
from tests.reference import dispute as slow
from tests.turns import in_turn

from hikiwake.dispute import (
    CONCEPTS,
    Concept,
    Game,
    GraphForm,
    OptionForm,
    Preference,
    build,
    check,
    solve,
    with_ranks,
)
from hikiwake.dispute.form import StateName

ALL: tuple[Concept, ...] = ("nash", "gmr", "smr", "seq", "sim")
MODELS = 1000
COMPARED = 100


def games(number: int, seed: int) -> list[Game]:
    chance = Random(seed)
    return [random_game(chance) for _ in range(number)]


def test_inclusions_hold_in_a_thousand_random_disputes() -> None:
    inclusions: list[tuple[Concept, Concept]] = [
        ("nash", "smr"), ("smr", "gmr"), ("nash", "seq"), ("seq", "gmr"),
    ]  # fmt: skip
    proper = dict.fromkeys(inclusions, False)
    for game in games(MODELS, 1):
        stable = solve(game, ALL).stable
        for pair in inclusions:
            stronger, weaker = (stable[name] for name in pair)
            assert not (stronger & ~weaker).any()
            proper[pair] |= bool((weaker & ~stronger).any())
        assert not (stable["nash"] & ~stable["sim"]).any()
        still = np.ones(game.states, dtype=bool)
        for own in game.arcs:
            still[own.rows] = False
        assert all(rows[:, still].all() for rows in stable.values())
    # The disputes drawn are rich enough to tell the concepts apart.
    assert all(proper.values())


def agrees_with_definitions(game: Game) -> None:
    model = slow_model(game)
    concepts = ALL if isinstance(game.form, OptionForm) else CONCEPTS
    solution = solve(game, concepts)
    for concept in concepts:
        expected = [[slow.stable(model, concept, i, s) for s in model.states] for i in model.makers]
        assert solution.stable[concept].tolist() == expected, concept
    for i in model.makers:
        for s in model.states:
            weak = solution.stable["seq"][i, s] and not slow.best_reply_stable(model, i, s)
            assert solution.weakly_deterred[i, s] == weak


def test_the_fast_engine_is_the_definitions() -> None:
    chance = Random(9)
    for game in [*games(COMPARED, 2), *(random_graph(chance) for _ in range(2 * COMPARED))]:
        agrees_with_definitions(game)


@pytest.mark.slow
@pytest.mark.parametrize("part", in_turn(range(10)))
def test_the_fast_engine_is_the_definitions_in_many_disputes(part: int) -> None:
    chance = Random(10)
    for game in [*games(MODELS, 3), *(random_graph(chance) for _ in range(MODELS))][part::10]:
        agrees_with_definitions(game)


def test_nobody_moves_twice_in_succession_but_somebody_may_move_again() -> None:
    # Only the second of A's two moves in a row would deter B; with C's move between them it may.
    moves: dict[str, tuple[tuple[StateName, StateName], ...]] = {
        "A": ((2, 3), (3, 4), (5, 4)),
        "B": ((1, 2),),
        "C": (),
    }
    payoffs = {"A": (0, 0, 1, 2, 1.5), "B": (1, 2, 2, 0, 2), "C": (0, 0, 0, 0, 1)}
    form = GraphForm(
        decision_makers=("A", "B", "C"),
        states=("s1", "s2", "s3", "s4", "s5"),
        moves=moves,
        preferences={who: Preference(payoffs=row) for who, row in payoffs.items()},
    )
    for concept in ("gmr", "seq"):
        assert 0 not in solve(build(form)).individual(concept, "B")
        between = msgspec.structs.replace(form, moves={**moves, "C": ((3, 5),)})
        assert 0 in solve(build(between)).individual(concept, "B")


def arcs_by_definition(form: OptionForm, game: Game) -> list[set[tuple[str, str]]]:
    """Moves between labels: only own options differ, each in its direction, and no rule forbids it."""
    out = []
    held = {rule: (game.truth(rule.before), game.truth(rule.after)) for rule in form.irreversible}
    for who in game.who:
        pairs = set()
        for a, one in enumerate(game.labels):
            for b, other in enumerate(game.labels):
                changed = [o for o, x, y in zip(form.options, one, other, strict=True) if x != y]
                fine = bool(changed) and all(o.owner == who for o in changed)
                for option, sign in zip(form.options, other, strict=True):
                    wrong = {"forward": "N", "backward": "Y", "both": ""}[option.direction]
                    if option in changed and sign == wrong:
                        fine = False
                for rule, (before, after) in held.items():
                    if (not rule.who or who in rule.who) and before[a] and after[b]:
                        fine = False
                if fine:
                    pairs.add((one, other))
        out.append(pairs)
    return out


def test_moves_are_those_of_the_definition() -> None:
    for game in games(150, 4):
        assert isinstance(game.form, OptionForm)
        for own, expected in zip(game.arcs, arcs_by_definition(game.form, game), strict=True):
            found = {(game.labels[a], game.labels[b]) for a, b in zip(own.sources, own.targets, strict=True)}
            assert found == expected
            assert len(own.sources) == len(expected)


def renamed(form: OptionForm, chance: Random) -> tuple[OptionForm, list[int]]:
    """Return the form with other names of options and decision makers, in another order, and that order."""
    order = list(range(len(form.options)))
    chance.shuffle(order)
    text = msgspec.json.encode(msgspec.structs.replace(form, options=tuple(form.options[n] for n in order)))
    for n in range(len(form.options)):
        text = text.replace(f"o{n}".encode(), f"option_{7 * n % 11}_".encode())
    for n in range(len(form.decision_makers)):
        text = text.replace(f'"D{n}"'.encode(), f'"maker {9 - n}"'.encode())
    new = msgspec.json.decode(text, type=OptionForm)
    return msgspec.structs.replace(new, decision_makers=new.decision_makers[::-1]), order


def names_orders_and_increasing_maps_change_nothing(number: int, seed: int) -> None:
    chance = Random(5)
    for game in games(number, seed):
        assert isinstance(game.form, OptionForm)
        form, order = renamed(game.form, chance)
        other = build(form)
        here = solve(game, ALL)
        there = solve(other, ALL)
        mapped = with_ranks(
            game, {who: np.exp(row / 7.0) - 3.0 for who, row in zip(game.who, game.ranks, strict=True)}
        )
        for concept in ALL:
            labels = {"".join(label[n] for n in order) for label in here.labels(concept)}
            assert labels == set(there.labels(concept))
            assert np.array_equal(here.stable[concept], solve(mapped, ALL).stable[concept])


def test_names_orders_and_increasing_maps_change_nothing() -> None:
    names_orders_and_increasing_maps_change_nothing(100, 6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", in_turn([26, 27, 28, 29]))
def test_names_orders_and_increasing_maps_change_nothing_in_a_thousand_disputes(seed: int) -> None:
    names_orders_and_increasing_maps_change_nothing(MODELS // 4, seed)


def test_a_decision_maker_without_options_changes_nothing() -> None:
    for game in games(100, 7):
        assert isinstance(game.form, OptionForm)
        idle = msgspec.structs.replace(
            game.form,
            decision_makers=(*game.form.decision_makers, "bystander"),
            preferences={**game.form.preferences, "bystander": game.form.preferences["D0"]},
        )
        other, problems = check(idle)
        assert other is not None
        assert any("bystander owns no option" in problem.reason for problem in problems)
        here, there = solve(game), solve(other)
        for concept, rows in here.stable.items():
            assert np.array_equal(rows, there.stable[concept][:-1])
            assert there.stable[concept][-1].all()


def test_random_forms_survive_being_written_and_read() -> None:
    chance = Random(8)
    for _ in range(50):
        form = random_options(chance)
        assert msgspec.json.decode(msgspec.json.encode(form), type=OptionForm) == form
