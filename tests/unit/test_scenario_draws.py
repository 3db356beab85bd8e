"""How uncertainty is drawn: evenly, as the distributions say, and to the ends that quantiles have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hikiwake.measures.scenario.chance import Chance
from hikiwake.measures.scenario.elasticities import Own, elasticities, others, sets
from hikiwake.measures.scenario.levels import Level
from hikiwake.measures.scenario.sampling import covering, normal
from hikiwake.measures.scenario.stated import ends_of

MANY = 20_000


@given(st.integers(2, 200), st.integers(1, 5), st.integers(0, 1000))
def test_a_covering_sample_has_one_in_each_part(count: int, columns: int, seed: int) -> None:
    drawn = covering(count, columns, seed)
    for column in drawn.T:
        np.testing.assert_array_equal(np.sort((column * count).astype(int)), np.arange(count))
    np.testing.assert_array_equal(drawn, covering(count, columns, seed))


def test_few_covering_draws_know_the_spread() -> None:
    """Of thirty covering draws the standard deviation is right to a fifth, for any seed."""
    spreads = [float(normal(covering(30, 1, seed)).std()) for seed in range(50)]
    assert min(spreads) > 0.85
    assert max(spreads) < 1.2


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_ends_are_those_of_quantiles(values: list[float]) -> None:
    drawn = np.array(values)
    np.testing.assert_allclose(ends_of(drawn), np.quantile(drawn, (0.05, 0.95)), rtol=1e-12, atol=1e-9)


def test_distributions_are_what_they_are_called() -> None:
    uniform = covering(MANY, 2, 1)
    even = Chance("uniform", "effect", 0.1, low=0.0, high=0.4).at(uniform)
    assert (even.min(), even.max()) == pytest.approx((0.0, 0.4), abs=1e-4)
    assert even.std() == pytest.approx(0.4 / np.sqrt(12.0), rel=1e-3)
    peaked = Chance("triangular", "cost", 0.9, low=0.8, high=0.95).at(uniform)
    assert peaked.mean() == pytest.approx((0.8 + 0.9 + 0.95) / 3.0, rel=1e-4)
    assert (peaked < 0.9).mean() == pytest.approx((0.9 - 0.8) / 0.15, abs=1e-3)
    bell = np.log(Chance("normal", "cost", 0.9, error=0.05).at(uniform))
    assert (bell.mean(), bell.std()) == pytest.approx((np.log(0.9), 0.05), rel=1e-2)
    low, high = Chance("normal", "cost", 0.9, error=0.05).ends()
    assert (low, high) == pytest.approx((0.9 * np.exp(-0.05 * 1.645), 0.9 * np.exp(0.05 * 1.645)), rel=1e-2)


def test_the_level_of_comparable_pairs_has_the_spread_of_its_parts() -> None:
    """Its median is the level; its spread that of the expectation and, by bootstrap, of the median."""
    rng = np.random.default_rng(2)
    ratios = tuple(np.sort(rng.lognormal(-0.2, 0.8, 200)).tolist())
    held = Level("JPN", "RUS", actual=4.0, expected=8.0, error=0.1, ratios=ratios, year=2022)
    assert held.ratio == pytest.approx(2.0 * np.median(ratios))
    drawn = held.drawn(covering(MANY, 2, 3))
    assert np.median(drawn) == pytest.approx(held.ratio, rel=0.02)
    again = rng.choice(ratios, (4_000, 200))
    bootstrap = np.log(np.median(again, axis=1)).std()
    assert np.log(drawn).std() == pytest.approx(np.hypot(0.1, bootstrap), rel=0.15)
    above = Level("JPN", "RUS", actual=40.0, expected=8.0, error=0.1, ratios=ratios, year=2022)
    assert (above.closing(covering(MANY, 2, 3)) == 1.0).all()  # what lies above its level stays there


def test_sets_of_elasticities() -> None:
    codes = ["A01", "B06", "C19", "C29", "K"]
    estimated = elasticities(codes)
    assert estimated.central.tolist() == [8.11, 15.72, 20.0, 1.01, 5.0]
    assert elasticities(codes, "fontagne").central.tolist() == [1.91, 2.41, 2.67, 7.92, 5.0]
    assert elasticities(codes, "lashkaripour").central.tolist() == [6.227, 6.227, 1.0, 2.805, 5.0]
    assert elasticities(codes, "short-run").central.tolist() == [0.76] * 5
    assert set(others(estimated, codes)) == set(sets()) - {"estimated"}
    own = elasticities(codes, own=(Own(("B06",), 12.6, 2.0),))
    assert own.central.tolist() == [8.11, 12.6, 20.0, 1.01, 5.0]
    assert own.scaled(0.5).central.tolist() == [4.055, 6.3, 10.0, 0.505, 2.5]
    assert elasticities(["ALL"]).central.tolist() == [4.0]
