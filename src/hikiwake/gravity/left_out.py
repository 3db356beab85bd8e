"""What a two-way Poisson gravity model of one year expects of each pair when that pair is left out.

A pair's own trade pulls its expectation towards itself. Leaving both of its flows out and estimating again is
exact; for all pairs at once this module takes one Newton step from the estimate with all of them (case
deletion as in Pregibon, 1981, Ann. Statist. 9:705, for the 2 x 2 block of a pair).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hikiwake.gravity.parallel import cores

Array = NDArray[np.float64]


class LeftOut(NamedTuple):
    """For each flow of a square of economies.

    expected : (N, N) expectation with the pair left out, by one Newton step.
    error : (N, N) standard error of the logarithm of the expectation, clustered by pair.
    leverage : (N, N) how much of its own fit a flow decides, in [0, 1].
    """

    expected: Array
    error: Array
    leverage: Array


def left_out(flows: Array, mean: Array, regressors: Array) -> LeftOut:
    """Return the expectations without each pair's own flows, from one estimate with all flows.

    Parameters
    ----------
    flows : (N, N) from exporter (row) to importer; cells with mean 0 are outside the sample.
    mean : (N, N) fitted flows of the model with exporter and importer effects; 0 outside the sample.
    regressors : (K, N, N).

    Notes
    -----
    With d_ij the design's row (exporter, importer, regressors) and A = sum mu d d', B its inverse, the score
    of a pair p is D_p' u_p with u = y - mu. Without the pair, one step gives eta - C (I - W C)^-1 u, where
    C = D_p B D_p' and W = diag(mu_p). The covariance of eta is D B (sum_p s_p s_p') B D' times G/(G-1).
    """
    # One BLAS thread: sums in another order would change the last digits, and so the bytes of a brief.
    with cores():
        return _left_out(flows, mean, regressors)


def _left_out(flows: Array, mean: Array, regressors: Array) -> LeftOut:
    size, kinds = flows.shape[0], len(regressors)
    gap: Array = np.where(mean > 0.0, flows - mean, 0.0)
    information = blocks(mean, regressors, mean)
    inverse = inverse_of(information, size)
    own, cross = case_deletion(inverse, regressors)
    # Where a pair is all that an economy trades, the step has no bound: nothing can then be told without it.
    with np.errstate(over="ignore", invalid="ignore"):
        expected = mean * np.exp(-_step(own, cross, mean, gap))
    meat, pairs = _meat(gap, regressors, mean > 0.0)
    covariance: Array = inverse @ meat @ inverse * (pairs / max(1, pairs - 1))
    error = np.sqrt(np.maximum(_quadratic(covariance, regressors, size, kinds), 0.0))
    outside = mean <= 0.0
    for out in (expected, error, own):
        out[outside] = 0.0
    return LeftOut(expected, error, own * mean)


def case_deletion(inverse: Array, regressors: Array) -> tuple[Array, Array]:
    """Return d_ij' B d_ij and d_ij' B d_ji, (N, N) each, of the inverse information B: a pair's block."""
    size, kinds = regressors.shape[1], len(regressors)
    return _quadratic(inverse, regressors, size, kinds), _cross(inverse, regressors, size, kinds)


def inverse_of(information: Array, size: int) -> Array:
    """Invert on the effects that are there, one importer's set to zero: no prediction depends on which."""
    held = np.flatnonzero(np.diag(information) > 0.0)
    importers = held[(held >= size) & (held < 2 * size)]
    free = held[held != importers[-1]] if len(importers) else held
    inner = information[np.ix_(free, free)]
    out = np.zeros_like(information)
    try:
        found = np.linalg.inv(inner)
    except np.linalg.LinAlgError:
        found = np.linalg.pinv(inner, hermitian=True)  # economies that trade in separate circles
    out[np.ix_(free, free)] = found
    return out


def blocks(weight: Array, regressors: Array, sums: Array) -> Array:
    """Return sum over flows of weight d d', (2N + K, 2N + K): exporters, importers, regressors."""
    size, kinds = weight.shape[0], len(regressors)
    out = np.zeros((2 * size + kinds, 2 * size + kinds))
    out[:size, :size] = np.diag(sums.sum(axis=1))
    out[size : 2 * size, size : 2 * size] = np.diag(sums.sum(axis=0))
    out[:size, size : 2 * size] = weight
    out[size : 2 * size, :size] = weight.T
    weighted = weight * regressors
    for k in range(kinds):
        out[2 * size + k, :size] = out[:size, 2 * size + k] = weighted[k].sum(axis=1)
        out[2 * size + k, size : 2 * size] = out[size : 2 * size, 2 * size + k] = weighted[k].sum(axis=0)
        for other in range(k, kinds):
            value = float((weighted[k] * regressors[other]).sum())
            out[2 * size + k, 2 * size + other] = out[2 * size + other, 2 * size + k] = value
    return out


def _quadratic(matrix: Array, regressors: Array, size: int, kinds: int) -> Array:
    """Return d_ij' matrix d_ij for every flow, (N, N)."""
    ee, ii = np.diag(matrix)[:size], np.diag(matrix)[size : 2 * size]
    out: Array = ee[:, None] + ii[None, :] + 2.0 * matrix[:size, size : 2 * size]
    for k in range(kinds):
        sides = matrix[:size, 2 * size + k][:, None] + matrix[size : 2 * size, 2 * size + k][None, :]
        out += 2.0 * regressors[k] * sides
        for other in range(kinds):
            out += regressors[k] * regressors[other] * matrix[2 * size + k, 2 * size + other]
    return out


def _cross(matrix: Array, regressors: Array, size: int, kinds: int) -> Array:
    """Return d_ij' matrix d_ji for every pair, (N, N), symmetric."""
    between = np.diag(matrix[:size, size : 2 * size])
    out: Array = matrix[:size, :size] + matrix[size : 2 * size, size : 2 * size]
    out = out + between[:, None] + between[None, :]
    for k in range(kinds):
        e, i = matrix[:size, 2 * size + k], matrix[size : 2 * size, 2 * size + k]
        # d_ij has exporter i and importer j; d_ji the other way round.
        out += regressors[k].T * (e[:, None] + i[None, :]) + regressors[k] * (e[None, :] + i[:, None])
        for other in range(kinds):
            out += regressors[k] * regressors[other].T * matrix[2 * size + k, 2 * size + other]
    return out


def _step(own: Array, cross: Array, mean: Array, gap: Array) -> Array:
    """Return C (I - W C)^-1 u for the first flow of each pair, by hand for 2 x 2 blocks."""
    a, b, c = own, own.T, cross
    w, v = mean, mean.T
    u, t = gap, gap.T
    # M = I - W C; x = M^-1 (u, t); the step is a x1 + c x2.
    m11, m12, m21, m22 = 1.0 - w * a, -w * c, -v * c, 1.0 - v * b
    determinant = m11 * m22 - m12 * m21
    safe = np.where(np.abs(determinant) > 1e-9, determinant, np.nan)
    first, second = (m22 * u - m12 * t) / safe, (m11 * t - m21 * u) / safe
    found: Array = a * first + c * second
    # A flow that alone decides its own fit has no expectation without itself.
    return found


def _meat(gap: Array, regressors: Array, inside: NDArray[np.bool_]) -> tuple[Array, int]:
    """Return the sum over pairs of s_p s_p' and the number of pairs with a flow in the sample."""
    size, kinds = gap.shape[0], len(regressors)
    square, both = gap * gap, gap * gap.T
    out = blocks(square, regressors, square)
    # The two flows of a pair share a cluster: their products enter as well.
    out[:size, :size] += both
    out[size : 2 * size, size : 2 * size] += both
    out[:size, size : 2 * size] += np.diag(both.sum(axis=1))
    out[size : 2 * size, :size] += np.diag(both.sum(axis=1))
    for k in range(kinds):
        mirrored = both * regressors[k].T
        out[2 * size + k, :size] += mirrored.sum(axis=1)
        out[:size, 2 * size + k] += mirrored.sum(axis=1)
        out[2 * size + k, size : 2 * size] += mirrored.sum(axis=0)
        out[size : 2 * size, 2 * size + k] += mirrored.sum(axis=0)
        for other in range(kinds):
            out[2 * size + k, 2 * size + other] += float((both * regressors[k] * regressors[other].T).sum())
    pairs = int(np.triu(inside | inside.T, 1).sum())
    return out, pairs
