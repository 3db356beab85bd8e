"""Monte Carlo: intervals of 95 % cover the truth in 94 to 96 % of draws where theory says that they should.

Two-way Poisson models of 80 or 100 economies in two years, correctly specified: flows that are Poisson, and
flows whose errors are in proportion and common in part to both years of a pair, for which errors are
clustered. The factor on the covariance counts the parameters (K / n is 2 to 2.5 %): without it, intervals
cover 0.2 to 0.3 points less. In small designs, and where a few flows rule, intervals cover too little: with
40 economies of very unlike size it was 89 %.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.turns import in_turn

from hikiwake.gravity import Errors, fit

Array = NDArray[np.float64]
Draw = Callable[[np.random.Generator, Array, int], Array]
YEARS, TRUTH = 2, -0.7


def counts(random: np.random.Generator, mean: Array, pairs: int) -> Array:
    """Draw flows that are Poisson, of about twenty."""
    del pairs
    drawn: Array = random.poisson(mean * np.exp(2.0)).astype(float)
    return drawn


def in_proportion(random: np.random.Generator, mean: Array, pairs: int) -> Array:
    """Draw flows with errors in proportion to the mean, half of whose variance both years of a pair share."""
    own = random.gamma(8.0, 0.125, len(mean))
    return mean * own * np.tile(random.gamma(8.0, 0.125, pairs), YEARS)


DESIGNS: dict[str, tuple[Draw, int, int]] = {"counts": (counts, 80, 41), "pairs": (in_proportion, 100, 42)}


def rate(name: str, draws: int) -> float:
    """Return how often the interval of a design holds the true slope."""
    draw, size, seed = DESIGNS[name]
    random = np.random.default_rng(seed)
    year, i, j = (index.ravel() for index in np.indices((YEARS, size, size)))
    x = random.normal(0.0, 0.4, (size, size))[i, j]
    sells, buys = random.normal(0.0, 0.2, (2, YEARS, size))
    mean = np.exp(1.0 + sells[year, i] + buys[year, j] + TRUTH * x)
    inside = 0
    for _ in range(draws):
        data = {"y": draw(random, mean, size * size), "x": x, "exporter": i, "importer": j, "year": year}
        errors = Errors("pair", small_sample="parameters")
        found = fit("y ~ x | exporter^year + importer^year", data, errors=errors)
        bounds = found.confidence_interval()
        inside += bool(bounds.low[0] <= TRUTH <= bounds.high[0])
    return inside / draws


@pytest.mark.slow
@pytest.mark.parametrize("name", in_turn(list(DESIGNS)))
def test_intervals_cover_about_what_they_promise(name: str) -> None:
    """1,500 draws know a rate of 95 % to 0.56 points: three of these are allowed, and no less can be said."""
    assert 0.933 <= rate(name, 1_500) <= 0.967


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.parametrize("name", DESIGNS)
def test_intervals_cover_what_they_promise(name: str) -> None:
    """8,000 draws know it to 0.24 points: a true rate of 95 % is outside once in 30,000 (4.1 errors)."""
    assert 0.94 <= rate(name, 8_000) <= 0.96
