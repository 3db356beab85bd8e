"""Bias of three-way Poisson regressions, and errors that allow for it (Weidner & Zylkin 2021).

In pair-level vectors over time: lambda the means, S = y - lambda, x~ the projected regressors, and
H = diag(lambda) - lambda lambda' / sum lambda. With H_i = sum_j H_ij and pseudo-inverses H_i^+, the part of
exporters in the bias of slope k is

    B_k = 1/N sum_i { -tr[(sum_j H x~_k S') H_i^+] + 1/2 tr[H_i^+ G_ik H_i^+ sum_j S S'] },
    G_ik = -sum_j (H_ij diag(x~_k) + diag(x~_k) H_ij),

that of importers, D_k, is its mirror, and the bias is W^-1 N/(N-1) (B + D) N/n, with
n W = sum x~' diag(lambda) x~ over the n pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hikiwake.core.errors import BadInput
from hikiwake.gravity.columns import combine
from hikiwake.gravity.effects import Array, reciprocal
from hikiwake.gravity.layout import Sides, sides
from hikiwake.gravity.results import GravityFit

# The corrected errors need a dense matrix over all exporter-times and importer-times.
MOST_LEVELS = 6_000
NO_CURVATURE = 1e-10


@dataclass(frozen=True, eq=False)
class BiasCorrection:
    """Slopes without their bias, and errors that allow for estimated effects.

    `bias` is what was subtracted; `standard_errors` are clustered by directed pair, factor G/(G-1).
    """

    names: tuple[str, ...]
    coefficients: Array
    bias: Array
    standard_errors: Array


@dataclass(frozen=True)
class _Pairs:
    """A three-way panel by pair: means, residuals (I, J, T) and regressors (K, I, J, T)."""

    mean: Array
    residual: Array
    x: Array
    bread: Array
    count: int


def bias_correction(found: GravityFit) -> BiasCorrection:
    """Return bias-corrected slopes and errors of a three-way Poisson regression.

    Raises
    ------
    BadInput
        If the regression is not Poisson with exporter-time, importer-time and directed pair effects, has
        weights, or has too many exporter-times and importer-times for the errors.

    References
    ----------
    Weidner & Zylkin (2021), Journal of International Economics 132: 103513.
    """
    which = sides(found.sandwich.effects)
    if (
        which is None
        or len(found.sandwich.effects) != 3
        or found.estimator != "ppml"
        or found.weights is not None
    ):
        raise BadInput(
            where="bias correction",
            why="it is for unweighted Poisson regressions with exporter-time, importer-time and pair effects",
            remedy="Fit `trade ~ ... | exporter^year + importer^year + exporter^importer`.",
        )
    pairs = _by_pair(found, which)
    exporters = int((pairs.mean.sum(axis=(1, 2)) > 0.0).sum())
    parts = _one_side(pairs) + _one_side(_mirror(pairs))
    bias = pairs.bread @ parts * exporters / (exporters - 1)
    errors = np.sqrt(np.diag(_variance(pairs)))
    return BiasCorrection(found.names, found.coefficients - bias, bias, errors)


def _by_pair(found: GravityFit, which: Sides) -> _Pairs:
    keys = found.sandwich.keys
    exporter, importer = keys[which.exporter], keys[which.importer]
    time, times = combine([keys[name] for name in which.time])
    shape = (len(exporter.labels), len(importer.labels), times)
    levels = (shape[0] + shape[1]) * times
    if levels > MOST_LEVELS:
        raise BadInput(
            where="bias correction",
            why=f"{levels:,} exporter-times and importer-times are above {MOST_LEVELS:,}",
            remedy="Use fewer years: every fourth is usual for such panels.",
        )
    at = (exporter.codes * shape[1] + importer.codes) * times + time
    columns = np.zeros((2 + len(found.names), shape[0] * shape[1] * times))
    columns[:, at] = np.concatenate([[found.fitted, found.sandwich.residual], found.sandwich.projected])
    cells = columns.reshape(-1, *shape)
    count = int((cells[0].sum(axis=2) > 0.0).sum())
    return _Pairs(cells[0], cells[1], cells[2:], found.sandwich.bread, count)


def _mirror(pairs: _Pairs) -> _Pairs:
    """Swap exporters and importers."""
    return _Pairs(
        pairs.mean.swapaxes(0, 1),
        pairs.residual.swapaxes(0, 1),
        pairs.x.swapaxes(1, 2),
        pairs.bread,
        pairs.count,
    )


def _hessians(mean: Array, totals: Array) -> Array:
    """Return sum_j H_ij (I, T, T) of means (I, J, T) with the reciprocals of their sums (I, J, 1)."""
    times = mean.shape[2]
    out: Array = -(mean * totals).swapaxes(1, 2) @ mean
    out[:, np.arange(times), np.arange(times)] += mean.sum(axis=1)
    return out


def _one_side(pairs: _Pairs) -> Array:
    """Return n W bias of one side (K,): the sums over exporters, before the factor N/(N-1)."""
    mean, residual = pairs.mean, pairs.residual
    totals = reciprocal(mean.sum(axis=2))[:, :, None]
    # One direction has no curvature: the same in all years, which the pair effects hold. Rounding must not
    # pass for it, as it now and then does under NumPy's own bound.
    inverse = np.linalg.pinv(_hessians(mean, totals), rcond=NO_CURVATURE, hermitian=True)
    squares = residual.swapaxes(1, 2) @ residual
    times = np.arange(mean.shape[2])
    out = np.zeros(len(pairs.x))
    for k, x in enumerate(pairs.x):
        weighted = mean * x
        through = weighted - mean * (weighted.sum(axis=2, keepdims=True) * totals)
        first = through.swapaxes(1, 2) @ residual
        cross = (mean * totals).swapaxes(1, 2) @ weighted
        curvature = cross + cross.swapaxes(1, 2)
        curvature[:, times, times] -= 2.0 * weighted.sum(axis=1)
        second = inverse @ curvature @ inverse
        out[k] = 0.5 * np.einsum("itu,iut->", second, squares) - np.einsum("itu,iut->", first, inverse)
    return out


def _variance(pairs: _Pairs) -> Array:
    """Return the sandwich with (I - H (d V d' + x~ (n W)^-1 x~'))^-1 S S' in the place of each S S'."""
    mean = pairs.mean
    exporters, importers, times = mean.shape
    totals = reciprocal(mean.sum(axis=2))
    size = exporters * times
    hessian = np.zeros((size + importers * times,) * 2)
    own = _hessians(mean, totals[:, :, None])
    other = _hessians(mean.swapaxes(0, 1), totals.T[:, :, None])
    of_pairs = -(mean[:, :, :, None] * mean[:, :, None, :]) * totals[:, :, None, None]
    of_pairs[:, :, np.arange(times), np.arange(times)] += mean
    for i in range(exporters):
        hessian[i * times : (i + 1) * times, i * times : (i + 1) * times] = own[i]
        hessian[i * times : (i + 1) * times, size:] = of_pairs[i].transpose(1, 0, 2).reshape(times, -1)
    for j in range(importers):
        at = slice(size + j * times, size + (j + 1) * times)
        hessian[at, at] = other[j]
    hessian[size:, :size] = hessian[:size, size:].T
    inverse = np.linalg.pinv(hessian, rcond=NO_CURVATURE, hermitian=True)
    blocks = inverse.reshape(exporters + importers, times, exporters + importers, times)
    meat = np.zeros((len(pairs.x),) * 2)
    for i in range(exporters):
        x = pairs.x[:, i]  # (K, J, T)
        held = blocks[i, :, i] + np.stack([blocks[exporters + j, :, exporters + j] for j in range(importers)])
        between = blocks[i, :, exporters:].transpose(1, 0, 2)
        held = held + between + between.swapaxes(1, 2)
        held = held + np.einsum("kjt,kl,lju->jtu", x, pairs.bread, x)
        grown = np.linalg.solve(np.eye(times) - of_pairs[i] @ held, pairs.residual[i][:, :, None])[:, :, 0]
        meat += np.einsum("kjt,jt->kj", x, grown) @ np.einsum("kjt,jt->kj", x, pairs.residual[i]).T
    out: Array = pairs.bread @ (0.5 * (meat + meat.T)) @ pairs.bread * pairs.count / (pairs.count - 1)
    return out
