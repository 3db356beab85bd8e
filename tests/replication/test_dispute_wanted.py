"""Which rankings make a wanted state an equilibrium.

Euphrates 1975 (Hipel, Kilgour & Kinsara 2014): over the 720 strict rankings of Syria, with Iraq's fixed,
releasing the water (state 2) is an equilibrium in 240 under Nash, 384 under GMR, 300 under SMR and 384
under SEQ. The handbook of a well-known program prints 420 for SEQ. Proof of 384: Syria can move from state 2
to 1 or 3; after each Iraq has one reply, 4 or 6, an improvement for it. So 2 must be above 1 or above 4, and
above 3 or above 6. It is below both of a pair in 1/3 of the orders, for each pair, and below all four in 1/5:
720 (1 - (1/3 + 1/3 - 1/5)) = 384.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations, product

import msgspec
import pytest
from tests.disputes import japan_russia, slow_model
from tests.reference import dispute as slow

from hikiwake.core.errors import BadInput
from hikiwake.dispute import (
    CONCEPTS,
    Concept,
    Game,
    Option,
    OptionForm,
    Preference,
    build,
    conditions,
    count_rankings,
    places_to_raise,
    solve,
    with_ranks,
)

EUPHRATES = OptionForm(
    decision_makers=("Syria", "Iraq"),
    options=(
        Option(id="release", owner="Syria"),
        Option(id="escalate", owner="Syria"),
        Option(id="attack", owner="Iraq"),
    ),
    infeasible=("release & escalate",),
    preferences={
        "Syria": Preference(ranking=(1, 3, 6, 2, 4, 5)),
        "Iraq": Preference(ranking=(2, 4, 6, 1, 5, 3)),
    },
)
COUNTS = {"nash": 240, "gmr": 384, "smr": 300, "seq": 384}


@pytest.mark.parametrize("concept", CONCEPTS)
def test_euphrates(concept: Concept) -> None:
    game = build(EUPHRATES)
    assert game.labels == ("NNN", "YNN", "NYN", "NNY", "YNY", "NYY")
    found = count_rankings(game, 1, concept, {"Syria": range(6)})
    assert (found.total, found.working) == (720, COUNTS[concept])
    forward = sum(
        1 in solve(with_ranks(game, {"Syria": order}), (concept,)).equilibria(concept)
        for order in permutations(range(6))
    )
    assert forward == COUNTS[concept]


def test_384_follows_by_inclusion_and_exclusion() -> None:
    below_both, below_all = Fraction(1, 3), Fraction(1, 5)
    assert 720 * (1 - (below_both + below_both - below_all)) == COUNTS["seq"] != 420


@pytest.mark.parametrize("concept", CONCEPTS)
def test_both_rankings_open_is_the_definition(concept: Concept) -> None:
    game = build(EUPHRATES)
    movable = {"Syria": [0, 1, 2], "Iraq": [1, 3, 4]}
    expected = 0
    base = game.ranks.tolist()
    for orders in product(permutations(range(3)), repeat=2):
        value = [list(row) for row in base]
        for row, states, order in zip(value, movable.values(), orders, strict=True):
            kept = [row[s] for s in states]
            for state, place in zip(states, order, strict=True):
                row[state] = kept[place]
        model = slow_model(game)._replace(value=value)
        expected += all(slow.stable(model, concept, i, 1) for i in model.makers)
    found = count_rankings(game, 1, concept, movable)
    assert (found.total, found.working) == (36, expected)


def with_a_bystander() -> Game:
    """Return the dispute with an option of a third party that nothing depends on."""
    form = msgspec.structs.replace(
        EUPHRATES,
        decision_makers=("Syria", "Iraq", "third"),
        options=(*EUPHRATES.options, Option(id="other", owner="third")),
        preferences={
            "Syria": Preference(payoffs=tuple(range(12))),
            "Iraq": Preference(payoffs=tuple(range(12))),
            "third": Preference(weights={"other": -1}),
        },
    )
    return build(form)


def test_all_rankings_of_both_and_a_sample_agree() -> None:
    game = build(EUPHRATES)
    both = {"Syria": range(6), "Iraq": range(6)}
    exact = count_rankings(game, 1, "seq", both)
    assert exact.total == 720 * 720
    assert exact.working is not None
    assert exact.low == exact.share == exact.high == exact.working / exact.total
    sampled = count_rankings(with_a_bystander(), 1, "nash", {"Syria": range(12), "Iraq": range(12)})
    assert sampled.working is None
    assert sampled.low < sampled.share < sampled.high
    # Nash: the best of three states for Syria, of two for Iraq.
    assert sampled.low < 1 / 3 * 1 / 2 < sampled.high


def test_ties_and_mistakes() -> None:
    game = build(EUPHRATES)
    tied = with_ranks(game, {"Syria": [1, 1, 1, 2, 2, 3]})
    assert count_rankings(tied, 1, "nash", {"Syria": range(6)}).total == 720 // (6 * 2)
    for movable in ({}, {"Syria": [9]}, {"Sirya": [1]}):
        with pytest.raises(BadInput):
            count_rankings(game, 1, "nash", movable)


def test_conditions_in_words_of_euphrates() -> None:
    game = build(EUPHRATES)
    found = conditions(game, 1, "seq")
    told = [(c.who, c.exit + 1, [a.end + 1 for a in c.alternatives]) for c in found]
    assert told == [("Syria", 1, [4]), ("Syria", 3, [6]), ("Iraq", 5, [4, 6])]
    assert [(c.better, c.met) for c in found] == [(True, True), (True, False), (False, True)]
    symmetric = conditions(game, 1, "smr")
    assert [a.counters for a in symmetric[0].alternatives] == [(4, 5)]


@pytest.mark.parametrize("concept", CONCEPTS)
def test_conditions_are_met_exactly_by_equilibria(concept: Concept) -> None:
    game = build(japan_russia("C_both"))
    stable = solve(game, (concept,)).equilibria(concept)
    for state in range(game.states):
        assert all(c.met for c in conditions(game, state, concept)) == (state in stable)


def test_places_to_raise_the_draw() -> None:
    game = build(japan_russia())
    found = {label: places_to_raise(game, game.state(label)) for label in ("NYYYNNY", "NYYYNYY")}
    assert found["NYYYNNY"] == {"J": 24, "R": 27, "US": 0}
    assert sum(found["NYYYNYY"].values()) == 51
    every = [sum(places_to_raise(game, s).values()) for s in game.where("!four & coop & two").tolist()]
    assert min(every) == 51
