"""Is the model of the mean adequate, and is the Poisson weighting? RESET, Park and Gauss-Newton tests."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from hikiwake.core.errors import BadInput
from hikiwake.gravity.covariance import Errors
from hikiwake.gravity.effects import Array
from hikiwake.gravity.formula import INTERCEPT
from hikiwake.gravity.model import Columns, fit
from hikiwake.gravity.results import GravityFit


class HypothesisTest(NamedTuple):
    """One test: the hypothesis, the coefficient that it is about, its standard error and the p-value.

    The statistic is (coefficient - null) / error, held against the normal distribution, both sides.
    """

    hypothesis: str
    coefficient: float
    error: float
    null: float
    p: float

    @property
    def statistic(self) -> float:
        """How many standard errors the coefficient lies from the hypothesis."""
        return (self.coefficient - self.null) / self.error

    def __str__(self) -> str:
        return (
            f"{self.hypothesis}: coefficient {self.coefficient:.4g} ({self.error:.4g}), "
            f"z {self.statistic:.2f}, p {self.p:.4f}"
        )


def reset(found: GravityFit) -> HypothesisTest:
    """Test whether the square of the linear predictor has a part in the mean (Ramsey's RESET).

    The regression is estimated again with that square as a further regressor, under the same effects and
    standard errors. No data are needed: the regressors without what the effects explain, beside the old
    predictor as an offset, span the same model.

    References
    ----------
    Ramsey (1969), J. Roy. Statist. Soc. B 31:350; Santos Silva & Tenreyro (2006), Review of Economics
    and Statistics 88:641; Yotov et al. (2016), An Advanced Guide to Trade Policy Analysis, chapter 1.
    """
    parts = found.sandwich
    own = [at for at, name in enumerate(found.names) if name != INTERCEPT]
    data: dict[str, object] = {f"part_{at}": parts.projected[at] for at in own}
    squared = found.predictor**2
    # Its scale is of no matter to the test, and a column near one is well conditioned.
    data |= {"flow": found.dependent, "predictor": found.predictor, "square": squared / squared.mean()}
    data |= {name: np.asarray(key.labels)[key.codes] for name, key in parts.keys.items()}
    if found.weights is not None:
        data["weight"] = found.weights
    effects = " + ".join(map(str, parts.effects))
    formula = f"flow ~ {' + '.join([*(f'part_{at}' for at in own), 'square'])}"
    more = fit(
        f"{formula} | {effects}" if effects else formula,
        data,
        estimator="ols" if found.estimator == "ols" else "ppml",
        errors=Errors(found.covariance.by, found.covariance.small_sample),
        columns=Columns(
            weights="weight" if found.weights is not None else None,
            offset="predictor",
            keys=tuple(parts.keys) or None,
        ),
    )
    return _test(
        "RESET, the mean is well specified", more.coefficient("square"), more.standard_error("square"), 0.0
    )


def park(found: GravityFit, power: float = 1.0) -> HypothesisTest:
    """Test whether the variance goes with a power of the mean: 1 for Poisson's, 2 for least squares of logs.

    The logarithm of the squared residual (of flows) is regressed on that of the mean, robust errors.

    References
    ----------
    Park (1966), Econometrica 34:888; Manning & Mullahy (2001), J. Health Econ. 20:461.

    Notes
    -----
    It is itself a regression of logarithms, and biased for the reason that it looks for (Santos Silva &
    Tenreyro 2006): the Gauss-Newton test is the one to trust.
    """
    mean, squared = _squares(found)
    kept = squared > 0.0
    slope, error = _slope(np.log(squared[kept]), np.log(mean[kept]), np.ones(int(kept.sum())))
    return _test(f"Park, variance as the mean to the power {power:g}", slope, error, power)


def gauss_newton(found: GravityFit) -> HypothesisTest:
    """Test whether the variance is proportional to the mean, as Poisson's weights take it to be.

    (y - mu)^2 / sqrt(mu) = l0 sqrt(mu) + l0 (l1 - 1) log(mu) sqrt(mu) + e; l1 = 1 is a second coefficient of
    nothing. Robust errors. The estimates stay consistent where it fails: only their precision suffers. With
    few rows for each fixed effect residuals are too small, and the test refuses too often.

    References
    ----------
    Santos Silva & Tenreyro (2006), Review of Economics and Statistics 88:641, test of proportional variance.
    """
    mean, squared = _squares(found)
    root = np.sqrt(mean)
    slope, error = _slope(squared / root, np.log(mean) * root, root)
    return _test("Gauss-Newton, variance proportional to the mean", slope, error, 0.0)


def _squares(found: GravityFit) -> tuple[Array, Array]:
    """Return the mean and the squared residual in levels."""
    if found.estimator == "ols":
        # The mean of a model of logarithms: their exponential, in proportion to the flows.
        mean = np.exp(found.predictor)
        mean = mean * (found.dependent.sum() / mean.sum())
    else:
        mean = found.fitted
    if not (mean > 0.0).all():
        raise BadInput(
            where="the test of the variance",
            why="an expectation is zero",
            remedy="Look for fixed effects that are almost separated.",
        )
    return mean, (found.dependent - mean) ** 2


def _slope(y: Array, x: Array, other: Array) -> tuple[float, float]:
    """Return the coefficient of `x` beside `other` by least squares, and its robust error (HC1)."""
    design = np.stack([other, x], axis=1)
    scale = np.sqrt((design**2).sum(axis=0))
    design = design / scale
    bread = np.linalg.inv(design.T @ design)
    coefficients = bread @ (design.T @ y)
    scores = design * (y - design @ coefficients)[:, None]
    variance = bread @ (scores.T @ scores) @ bread * (len(y) / (len(y) - 2))
    return float(coefficients[1] / scale[1]), float(np.sqrt(variance[1, 1]) / scale[1])


def _test(hypothesis: str, coefficient: float, error: float, null: float) -> HypothesisTest:
    p = math.erfc(abs(coefficient - null) / error / math.sqrt(2.0))
    return HypothesisTest(hypothesis, coefficient, error, null, p)
