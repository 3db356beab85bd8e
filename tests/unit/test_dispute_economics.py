"""Welfare beside rankings: the published numbers, and by hand."""

from __future__ import annotations

from math import inf, sqrt
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.disputes import random_game

from hikiwake.core.errors import BadInput
from hikiwake.dispute import (
    GraphForm,
    Preference,
    bargain,
    bargain_on_frontier,
    break_even,
    build,
    region_of_agreement,
    solve,
    welfare_needed,
    with_ranks,
    zone_of_agreement,
)

AMOUNT = st.integers(-40, 40).map(lambda n: n / 4)
GAME = build(
    GraphForm(
        decision_makers=("A", "B"),
        states=("deal", "cheat", "fight"),
        moves={"A": (("deal", "cheat"),), "B": (("cheat", "fight"), ("deal", "fight"))},
        preferences={"A": Preference(payoffs=(2, 3, 1)), "B": Preference(payoffs=(3, 1, 2))},
    )
)


def test_zone_and_its_even_split() -> None:
    zone = zone_of_agreement((3, 4, 2), (5, 6, 1))
    assert (zone.low, zone.high, zone.surplus, zone.even) == (2, 5, 3, 3.5)
    assert (zone.high - 3.5, 3.5 - zone.low) == (1.5, 1.5)
    none = zone_of_agreement((3, 1, 2), (1, 6, 1))
    assert (none.surplus, none.even) == (-4, None)


@given(AMOUNT, AMOUNT, AMOUNT, AMOUNT, AMOUNT, AMOUNT)
def test_a_zone_exists_where_the_region_says(
    w1: float, w2: float, x0: float, x1: float, y0: float, y1: float
) -> None:
    gain, loss = sorted((x0, x1)), sorted((y0, y1))
    region = region_of_agreement((w1, w2), (gain[0], gain[1]), (loss[0], loss[1]))
    corners = [zone_of_agreement((w1, x, 0), (w2, y, 0)).even is not None for x in gain for y in loss]
    assert region.verdict == ("always" if all(corners) else "depends" if any(corners) else "never")
    assert 0 <= region.share <= 1
    for x, y in region.corners:
        assert y <= x + region.intercept + 1e-9


def test_share_of_the_region_by_counting() -> None:
    region = region_of_agreement((0.5, -0.25), (0, 2), (1, 3))
    x, y = np.meshgrid((np.arange(1000) + 0.5) / 500, 1 + (np.arange(1000) + 0.5) / 500)
    # A grid of a million points is off by at most those that the line cuts, about one in a thousand.
    assert region.share == pytest.approx(float(np.mean(y <= x + 0.25)), abs=2e-3)
    with pytest.raises(BadInput, match="no range"):
        region_of_agreement((0, 0), (1, 0), (0, 1))


@pytest.mark.parametrize(
    ("second", "nash", "kalai"),
    [
        (0.0, (1 / sqrt(3), 2 / 3), ((sqrt(5) - 1) / 2, (sqrt(5) - 1) / 2)),
        (0.25, (0.5, 0.75), (0.535233, 0.713525)),
    ],
)
def test_bargaining_on_a_frontier(
    second: float, nash: tuple[float, float], kalai: tuple[float, float]
) -> None:
    points = bargain_on_frontier(lambda u: 1 - u * u, (0.0, second), 1.0)
    # The product is flat at its top: thirds find its place to about the root of double precision.
    assert points["nash"] == pytest.approx(nash, abs=1e-7)
    assert points["kalai-smorodinsky"] == pytest.approx(kalai, abs=1e-6)
    equal = points["egalitarian"]
    assert equal[0] == pytest.approx(equal[1] - second, abs=1e-12)
    assert points["utilitarian"] == pytest.approx((0.5, 0.75), abs=1e-7)
    with pytest.raises(BadInput, match="no outcome"):
        bargain_on_frontier(lambda u: 1 - u * u, (0.0, 2.0), 1.0)


def test_with_transferable_utility_three_rules_agree() -> None:
    zone = zone_of_agreement((3, 4, 2), (5, 6, 1))
    points = bargain_on_frontier(lambda u: zone.surplus - u, (0.0, 0.0), zone.surplus)
    for rule in ("nash", "kalai-smorodinsky", "egalitarian"):
        assert points[rule] == pytest.approx((1.5, 1.5), abs=1e-6)


def test_bargaining_over_states_says_what_would_hold() -> None:
    solution = solve(GAME)
    points = bargain(solution, [[4, 6, 0], [5, 1, 2]], [1, 1])
    chosen = {point.rule: (GAME.labels[point.state], point.equilibrium) for point in points}
    # The deal is Nash's choice, but A would cheat: only the fear of a fight holds it.
    assert chosen["nash"] == ("deal", ("gmr", "smr", "seq"))
    assert chosen["utilitarian"][0] == "deal"
    assert bargain(solution, [[0, 0, 0], [0, 0, 0]], [1, 1]) == ()
    strong = bargain(solution, np.array([[4, 9, 0], [4, 1.5, 2]]), [1, 1], power=[9, 1])
    assert next(GAME.labels[p.state] for p in strong if p.rule == "nash") == "cheat"
    tied = bargain(solution, [[2, 2, 0], [3, 3, 0]], [1, 1])
    assert [p.state for p in tied if p.rule == "nash"] == [0, 1]
    # Among equal least gains that with the greater sum counts.
    equal = bargain(solution, [[2, 2, 0], [2, 5, 0]], [1, 1])
    assert [p.state for p in equal if p.rule == "egalitarian"] == [1]
    with pytest.raises(BadInput):
        bargain(solution, [[1, 2, 3]], [0, 0])


def test_break_even_by_hand() -> None:
    political, welfare = np.array([2.0, 5.0, 1.0]), np.array([1.5, 0.5, 0.0])
    found = break_even(GAME, "A", 0, political, welfare)
    assert (found.low, found.high) == (3.0, inf)
    (threshold,) = found.thresholds
    assert (threshold.exit, threshold.holds, threshold.weight) == (1, "from", 3.0)
    assert welfare_needed(GAME, "A", 0, political, welfare, weight=2.0) == pytest.approx(0.5)
    assert welfare_needed(GAME, "A", 2, political, welfare, weight=2.0) == -inf
    worse = break_even(GAME, "A", 0, political, -welfare)
    assert (worse.low, worse.high, worse.thresholds[0].holds) == (None, None, "never")
    with pytest.raises(BadInput, match="not one finite number"):
        break_even(GAME, "A", 0, political[:2], welfare)
    with pytest.raises(BadInput, match="not above zero"):
        welfare_needed(GAME, "A", 0, political, welfare, weight=0.0)


def test_break_even_is_where_nash_stability_turns() -> None:
    chance, turned = Random(31), 0
    for _ in range(25):
        game = random_game(chance, options=3)
        political = np.array([chance.randint(-4, 4) for _ in range(game.states)], dtype=float)
        welfare = np.array([chance.randint(-4, 4) for _ in range(game.states)], dtype=float)
        who = game.who[0]
        for state in range(game.states):
            found = break_even(game, who, state, political, welfare)
            for weight in (0.0, 0.3, 0.77, 1.9, 7.3):
                total = with_ranks(game, {who: (political + weight * welfare).tolist()})
                stable = bool(solve(total, ("nash",)).stable["nash"][0, state])
                inside = (
                    found.low is not None and found.high is not None and found.low <= weight <= found.high
                )
                assert stable == inside
            turned += found.low is not None and 0 < found.low < inf
    assert turned > 10
