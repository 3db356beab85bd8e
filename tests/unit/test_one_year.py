"""One year's gravity by Poisson, Gamma and in logarithms, and case deletion by steps in the exponentials."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize  # type: ignore[import-untyped]

from hikiwake.core.errors import BadInput
from hikiwake.gravity import fit
from hikiwake.gravity.anew import apart
from hikiwake.gravity.effects import Array
from hikiwake.gravity.left_out import error_at, left_out, one_step, whole_of
from hikiwake.gravity.one_year import OneYear, gamma, logarithms, poisson

SIZE = 12


def world(seed: int, size: int = SIZE) -> tuple[Array, Array]:
    """Return flows with zeros, and two regressors."""
    random = np.random.default_rng(seed)
    distance = random.normal(size=(size, size))
    both = np.stack([(distance + distance.T) / 2, (random.random((size, size)) < 0.3).astype(float)])
    sizes = random.normal(size=(2, size))
    mean = np.exp(sizes[0][:, None] + sizes[1][None, :] - 0.8 * both[0] + 0.4 * both[1])
    flows = mean * random.gamma(1.0, 1.0, size=mean.shape) * (random.random(mean.shape) < 0.8)
    np.fill_diagonal(flows, 0.0)
    return flows, both


def cells(size: int = SIZE) -> np.ndarray:
    return ~np.eye(size, dtype=bool)


def regression(flows: Array, both: Array, chosen: np.ndarray, estimator: str) -> Array:
    i, j = np.nonzero(chosen)
    data = {"y": flows[i, j], "d": both[0][i, j], "l": both[1][i, j], "x": i, "m": j}
    return fit("y ~ d + l | x + m", data, estimator="ols" if estimator == "ols" else "ppml").coefficients


@pytest.mark.parametrize("seed", range(3))
def test_poisson_and_logarithms_are_those_of_the_regressions(seed: int) -> None:
    flows, both = world(seed)
    found = poisson(flows, cells(), both)
    assert found.slopes == pytest.approx(regression(flows, both, cells(), "ppml"), rel=1e-8)
    # First-order conditions: fitted sums are actual ones.
    mean = np.where(found.used, np.exp(found.predictor), 0.0)
    assert mean.sum(axis=1) == pytest.approx(flows.sum(axis=1), rel=1e-8)
    logs = logarithms(flows, cells(), both)
    assert logs.slopes == pytest.approx(regression(flows, both, flows > 0.0, "ols"), rel=1e-8)
    # Smearing: levels are right on average in proportion to what is expected.
    used = flows > 0.0
    residual = np.log(flows[used]) - logs.predictor[used]
    assert np.mean(np.exp(residual)) == pytest.approx(1.0, rel=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_gamma_solves_its_conditions_and_is_the_least_of_its_loss(seed: int) -> None:
    flows, both = world(seed)
    found = gamma(flows, cells(), both)
    used = flows > 0.0
    gap = np.where(used, flows / np.where(used, np.exp(found.predictor), 1.0) - 1.0, 0.0)
    for score in (gap.sum(axis=0), gap.sum(axis=1), (gap * both).sum(axis=(1, 2))):
        assert score == pytest.approx(0.0, abs=1e-8)

    # Another way to the same place: minimise with no knowledge of the model's structure.
    i, j = np.nonzero(used)
    design = np.zeros((len(i), 2 * SIZE + 2))
    design[np.arange(len(i)), i] = design[np.arange(len(i)), SIZE + j] = 1.0
    design[:, 2 * SIZE :] = both[:, i, j].T

    def loss(at: Array) -> tuple[float, Array]:
        eta = design @ at
        ratio = flows[i, j] * np.exp(-eta)
        return float((ratio + eta).sum()), design.T @ (1.0 - ratio)

    least = minimize(loss, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B",
                     options={"maxiter": 20000, "maxfun": 40000, "ftol": 1e-15, "gtol": 1e-9})  # fmt: skip
    assert found.slopes == pytest.approx(least.x[2 * SIZE :], abs=1e-5)


def test_gamma_recovers_slopes_where_errors_are_in_proportion() -> None:
    random = np.random.default_rng(5)
    size = 40
    distance = random.normal(size=(size, size))
    mean = np.exp(random.normal(size=(size, 1)) + random.normal(size=(1, size)) - 0.8 * distance)
    flows = mean * random.gamma(4.0, 0.25, size=mean.shape)
    np.fill_diagonal(flows, 0.0)
    found = gamma(flows, cells(size), distance[None])
    # 1,560 flows with a coefficient of variation of one half: an error of about 0.013.
    assert found.slopes[0] == pytest.approx(-0.8, abs=0.05)


def test_circles_that_do_not_trade_with_each_other_are_not_told_beside_each_other() -> None:
    flows, both = world(1)
    flows[:4, 4:] = flows[4:, :4] = 0.0
    for estimator in (gamma, logarithms):
        found: OneYear = estimator(flows, cells(), both)
        assert np.isnan(found.predictor[0, 1])
        assert np.isnan(found.predictor[0, 6])
        assert np.isfinite(found.predictor[5, 6])
    with pytest.raises(BadInput, match="no flow is left"):
        gamma(np.zeros((3, 3)), cells(3), np.zeros((1, 3, 3)))


@pytest.mark.parametrize("seed", range(3))
def test_a_step_in_the_exponentials_is_nearer_to_the_estimate_anew(seed: int) -> None:
    """The step of an economy's own effect is exact where all else stands still, so little is left."""
    flows, both = world(seed, 20)
    fitted = poisson(flows, cells(20), both)
    mean = np.where(fitted.used, np.exp(fitted.predictor), 0.0)
    held = whole_of(flows, mean, both)
    pairs = np.argwhere(np.triu(fitted.used, 1))
    exact = apart(held, fitted.slopes, pairs).expected
    step = one_step(held)
    i, j = pairs.T
    moved = np.abs(np.log(exact[:, 0] / mean[i, j]))
    error = np.abs(np.log(step[i, j] / exact[:, 0]))
    some = moved > 0.02
    # A step in the logarithms leaves half of the square of the move; this one leaves a fraction of that.
    assert np.median(error[some] / (0.5 * moved[some] ** 2)) < 0.4
    assert np.median(error) < 2e-3


def test_the_error_of_one_flow_is_that_of_all() -> None:
    flows, both = world(2)
    fitted = poisson(flows, cells(), both)
    mean = np.where(fitted.used, np.exp(fitted.predictor), 0.0)
    found = left_out(flows, mean, both)
    for pair in [(0, 1), (5, 3), (11, 2)]:
        assert error_at(whole_of(flows, mean, both), *pair) == pytest.approx(found.error[pair], rel=1e-8)
