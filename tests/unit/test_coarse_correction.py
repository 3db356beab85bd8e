"""The coarse correction of rounds: Newton's step where economies have one sector, else fewer rounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hikiwake.equilibrium import Closure, Move, Sectors, SectorShock, sectors
from hikiwake.equilibrium.closure import spending
from hikiwake.equilibrium.many_sectors import draws_of
from hikiwake.equilibrium.rounds import Model
from hikiwake.equilibrium.settling import settle

SHOCK = SectorShock((Move((0,), (1,), cost=1.3), Move((1,), (2,), effect=0.2)))


def world(seed: int, k: int) -> Sectors:
    numbers = np.random.default_rng(seed)
    flows = numbers.uniform(0.1, 2.0, (k, 5, 5))
    flows[:, np.arange(5), np.arange(5)] += 8.0
    inputs = numbers.uniform(0.1, 1.0, (5, k, k)) / k * flows.sum(axis=2).T[:, :, None] * 0.7
    return sectors(flows, np.minimum(inputs, 0.9 * flows.sum(axis=1).T[:, None, :] / k))


def model_of(base: Sectors, closure: Closure) -> Model:
    return Model(base, SHOCK.moves, spending(base.earned, base.deficit, closure, np.zeros(5), None))


@pytest.mark.parametrize("closure", ["additive", "multiplicative", "share of world output"])
@given(st.integers(0, 10**6), st.floats(0.5, 9.0))
@settings(max_examples=15, deadline=None)
def test_with_one_sector_it_is_the_step_of_newton(closure: Closure, seed: int, theta: float) -> None:
    """An error next to the solution is gone after one corrected round, but for its square."""
    model = model_of(world(seed, 1), closure)
    draws = draws_of(model, np.array([[theta]]), SHOCK)
    solution = settle(model, draws, model.start(1), 1e-13).last
    error = 1e-5 * np.random.default_rng(seed).uniform(-1.0, 1.0, (3, 5))
    wrong = solution.state._replace(
        prices=solution.state.prices + error[0],
        spending=solution.state.spending + error[1],
        wages=solution.state.wages + error[2],
    )
    ends = [
        np.concatenate([np.ravel(part) for part in (state.prices, state.spending, state.wages)])[None]
        for state in (solution.state, wrong, model.round(wrong, draws).state)
    ]
    mended = ends[1] + model.corrected(solution, np.array([theta])).applied(ends[2] - ends[1])
    assert np.abs(mended - ends[0]).max() < 1e-8
    assert np.abs(ends[2] - ends[0]).max() > 1e-7  # without it most is left


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_many_sectors_settle_in_fewer_rounds_where_they_would_anyway(seed: int) -> None:
    theta = np.random.default_rng(seed).uniform(3.0, 6.0, (6, 1)) * np.linspace(0.9, 1.1, 7)
    model = model_of(world(seed, 6), "share of world output")
    middle = draws_of(model, theta.mean(axis=1)[:, None], SHOCK)
    began = settle(model, middle, model.start(1), 1e-6).last
    draws, start = draws_of(model, theta, SHOCK), began.state.repeated(7)
    corrected = model.corrected(began, middle.theta[:, 0, 0])
    plain, fewer = (settle(model, draws, start, 1e-12, one) for one in (None, corrected))
    assert fewer.rounds < 0.8 * plain.rounds
    assert np.abs(plain.last.state.prices - fewer.last.state.prices).max() < 1e-11
