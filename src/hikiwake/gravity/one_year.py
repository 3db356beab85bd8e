"""A gravity model of one year between all economies, as squares: by Poisson, by Gamma, or in logarithms.

Three estimators of E[y_ij] = exp(alpha_i + gamma_j + x_ij'b) that differ in which flows count for more.
Poisson weighs the errors of flows in levels, Gamma their relative errors, least squares the errors of
logarithms, of positive flows alone (Santos Silva & Tenreyro, 2006, Rev. Econ. Stat. 88:641; Head & Mayer,
2014, Handbook of International Economics 4:131).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput, NotConverged
from hikiwake.gravity import estimate
from hikiwake.gravity.left_out import blocks, free_of
from hikiwake.gravity.newton import Solver
from hikiwake.gravity.parallel import cores
from hikiwake.gravity.twoway import TwoWay

Array = NDArray[np.float64]
Cells = NDArray[np.bool_]

MOST_STEPS = 100
SCORING = 10
"""Steps that hold the information of the expectation; after them that of the flows, and few are left."""
STILL = 1e-5
"""Change of the logarithm of an expectation after which a step of Newton's leaves none (its square)."""
LONGEST = 3.0
"""The logarithm of an expectation moves no farther in one step."""


class OneYear(NamedTuple):
    """A model of one year.

    predictor : (N, N) logarithm of what is expected of each cell, those outside the sample too; NaN where the
        exporter or the importer has no effect.
    used : (N, N) the cells that it was estimated from.
    slopes : of the regressors that stayed, whose numbers are `kept`.
    """

    predictor: Array
    used: Cells
    slopes: Array
    kept: tuple[int, ...]


def poisson(flows: Array, cells: Cells, regressors: Array) -> OneYear:
    """Estimate by Poisson pseudo-maximum likelihood.

    Parameters
    ----------
    flows : (N, N) from exporter (row) to importer, zero or more.
    cells : (N, N) those that are in the sample.
    regressors : (K, N, N), finite.

    Raises
    ------
    BadInput, NotConverged
        As `fit`.
    """
    effects = TwoWay((1, *flows.shape))
    names = tuple(str(k) for k in range(len(regressors)))
    target, base = np.where(cells, flows, 0.0), cells.astype(np.float64)
    with cores():
        found = estimate.poisson(
            estimate.Cells(target[None], base[None], regressors[:, None], names, effects, False), Solver()
        )
    kept = list(found.kept)
    log = found.levels[0][0][:, None] + found.levels[1][0][None, :]
    log = log + np.tensordot(found.slopes, regressors[kept], axes=1)
    used = found.base[0] > 0.0
    return OneYear(_told(log, used), used, found.slopes, found.kept)


def logarithms(flows: Array, cells: Cells, regressors: Array) -> OneYear:
    """Estimate by least squares of the logarithm, and bring it back to levels.

    Back by Duan's smearing (1983, J. Am. Stat. Assoc. 78:605): expectations are multiplied by the mean of
    exp(residual). That assumes errors of one distribution for all flows, whatever their size, and that flows
    of zero tell nothing: what is expected is expected of a flow that exists.

    Takes and returns what `poisson` does.
    """
    used, weight = _used(flows, cells)
    value = _logs(flows, used)
    with cores():
        level, slopes = _solved(_Information(weight, regressors), value)
    predictor = _predicted(level, slopes, regressors)
    smearing = np.log(np.exp((value - predictor)[used]).mean())
    return OneYear(_told(predictor + smearing, used), used, slopes, tuple(range(len(slopes))))


def gamma(flows: Array, cells: Cells, regressors: Array) -> OneYear:
    """Estimate by Gamma pseudo-maximum likelihood of positive flows: sum of (y / mu - 1) d = 0.

    Of positive flows alone, because with zeros there often is no optimum: an exporter with one buyer is
    brought down without end while that buyer is raised. Errors are then in proportion to what is expected.

    By some of Fisher's steps, whose information is the same each time, and then Newton's, each shortened
    until sum(y / mu + log mu), which is convex, falls.

    Takes and returns what `poisson` does.
    """
    used, weight = _used(flows, cells)
    with cores():
        information = _Information(weight, regressors, held=True)
        level, slopes = _solved(information, _logs(flows, used))
        predictor = _predicted(level, slopes, regressors)
        predictor += np.log(np.mean(flows[used] * np.exp(-predictor[used])))
        least = _loss(flows, predictor, used)
        for number in range(MOST_STEPS):
            ratio = np.where(used, flows * np.exp(-predictor), 0.0)
            if number >= SCORING:
                information = _Information(ratio, regressors)
            moved, moved_slopes = _solved(information, np.where(used, ratio - 1.0, 0.0))
            step = _predicted(moved, moved_slopes, regressors)
            far = float(np.abs(step[used]).max())
            part = min(1.0, LONGEST / far)
            while (loss := _loss(flows, predictor + part * step, used)) > least + 1e-12 * abs(least):
                part /= 2.0
            predictor, slopes, least = predictor + part * step, slopes + part * moved_slopes, loss
            if far < STILL and number >= SCORING:
                return OneYear(_told(predictor, used), used, slopes, tuple(range(len(slopes))))
    raise NotConverged(
        where="Gamma pseudo-maximum likelihood",
        why=f"no optimum after {MOST_STEPS} steps",
        remedy="Use Poisson pseudo-maximum likelihood.",
    )


def _loss(flows: Array, predictor: Array, used: Cells) -> float:
    with np.errstate(over="ignore"):
        return float((flows[used] * np.exp(-predictor[used]) + predictor[used]).sum())


def _used(flows: Array, cells: Cells) -> tuple[Cells, Array]:
    """Return the cells with trade between economies that are linked by trade, also as weights.

    Where some trade in a circle of their own, nothing tells the level of the one circle beside the other. The
    circle with the most flows stays.
    """
    positive = cells & (flows > 0.0)
    used, left = np.zeros_like(positive), positive.copy()
    while left.any():
        exporters: Cells = np.zeros(len(flows), dtype=bool)
        exporters[left.sum(axis=1).argmax()] = True
        while True:
            buyers = positive[exporters].sum(axis=0) > 0
            wider = positive[:, buyers].sum(axis=1) > 0
            if (wider == exporters).all():
                break
            exporters = wider
        if positive[exporters].sum() > used.sum():
            used = positive & exporters[:, None]
        left[exporters] = False
    if not used.any():
        raise BadInput(
            where="the sample",
            why="no flow is left in it",
            remedy="Use fewer conditions on the sample.",
        )
    return used, used.astype(np.float64)


def _logs(flows: Array, used: Cells) -> Array:
    return np.log(flows, out=np.zeros_like(flows), where=used)


class _Information:
    """D'WD of cells with weights, to be solved once, or `held` for several times."""

    def __init__(self, weight: Array, regressors: Array, *, held: bool = False) -> None:
        whole = blocks(weight, regressors, weight)
        self.regressors = regressors
        self._size = len(whole)
        self._free = free_of(whole, len(weight))
        self._inner = whole[np.ix_(self._free, self._free)]
        self._inverse = np.linalg.inv(self._inner) if held else None

    def solve(self, score: Array) -> Array:
        """Return its inverse times a score (2N + K,), 0 where there is no effect."""
        out = np.zeros(self._size)
        right = score[self._free]
        out[self._free] = (
            np.linalg.solve(self._inner, right) if self._inverse is None else self._inverse @ right
        )
        return out


def _solved(information: _Information, values: Array) -> tuple[tuple[Array, Array], Array]:
    """Return effects of exporters and importers (N,) each, and slopes, of the inverse times D' values."""
    size, regressors = len(values), information.regressors
    flat = regressors.reshape(len(regressors), -1)
    score = np.concatenate([values.sum(axis=1), values.sum(axis=0), flat @ values.ravel()])
    found = information.solve(score)
    return (found[:size], found[size : 2 * size]), found[2 * size :]


def _predicted(level: tuple[Array, Array], slopes: Array, regressors: Array) -> Array:
    out: Array = level[0][:, None] + level[1][None, :] + np.tensordot(slopes, regressors, axes=1)
    return out


def _told(predictor: Array, used: Cells) -> Array:
    """Return the predictor where both economies have an effect, NaN elsewhere."""
    sells, buys = used.sum(axis=1) > 0, used.sum(axis=0) > 0
    return np.where(sells[:, None] & buys[None, :], predictor, np.nan)
