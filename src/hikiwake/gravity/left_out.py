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


class Whole(NamedTuple):
    """An estimate with all flows: flows and their mean (N, N), regressors (K, N, N), inverse information."""

    flows: Array
    mean: Array
    regressors: Array
    inverse: Array


class Seen(NamedTuple):
    """The effects that a pair moves, by one of its rows d of the design and B the inverse information.

    exporter, importer : (N, N) of B d, the exporter's and the importer's effect of the flow ij.
    slopes : (K, N, N) of B d, the regressors'.
    """

    exporter: Array
    importer: Array
    slopes: Array

    def along(self, regressors: Array) -> Array:
        """Return d_ij' B d, (N, N)."""
        out: Array = self.exporter + self.importer + (regressors * self.slopes).sum(axis=0)
        return out


class LeftOut(NamedTuple):
    """For each flow of a square of economies.

    expected : (N, N) expectation with the pair left out; 0 outside the sample, NaN where nothing tells it.
    error : (N, N) standard error of the logarithm of the expectation, clustered by pair.
    leverage : (N, N) how much of its own fit a flow decides, in [0, 1].
    """

    expected: Array
    error: Array
    leverage: Array


def whole_of(flows: Array, mean: Array, regressors: Array) -> Whole:
    """Put an estimate together.

    Parameters
    ----------
    flows : (N, N) from exporter (row) to importer; cells with mean 0 are outside the sample.
    mean : (N, N) fitted flows of the model with exporter and importer effects; 0 outside the sample.
    regressors : (K, N, N).
    """
    # One BLAS thread: sums in another order would change the last digits, and so the bytes of a brief.
    with cores():
        inverse = inverse_of(blocks(mean, regressors, mean), len(mean))
        return Whole(np.where(mean > 0.0, flows, 0.0), mean, regressors, inverse)


def left_out(flows: Array, mean: Array, regressors: Array) -> LeftOut:
    """Return the expectations without each pair's own flows, from one estimate with all flows (`whole_of`).

    The covariance of the linear predictor is D B (sum_p s_p s_p') B D' times G/(G-1), with s_p = D_p' u_p the
    score of pair p and u = y - mu.
    """
    with cores():
        held = whole_of(flows, mean, regressors)
        inside = mean > 0.0
        gap: Array = np.where(inside, flows - mean, 0.0)
        meat, pairs = _meat(gap, regressors, inside)
        covariance: Array = held.inverse @ meat @ held.inverse * (pairs / max(1, pairs - 1))
        size, kinds = len(mean), len(regressors)
        error = np.sqrt(np.maximum(_quadratic(covariance, regressors, size, kinds), 0.0))
        own = _quadratic(held.inverse, regressors, size, kinds)
        return LeftOut(one_step(held), np.where(inside, error, 0.0), np.where(inside, own * mean, 0.0))


def one_step(held: Whole) -> Array:
    """Return the expectation of each flow without its pair (N, N) by one Newton step for each pair.

    With d_ij the design's row (exporter, importer, regressors), A = sum mu d d', B its inverse, C = D_p B
    D_p' and W = diag(mu_p), the step without pair p is -B D_p' (I - W C)^-1 u_p. The condition of an effect
    is linear in its exponential, so that the step of the pair's own effects is taken there: an exporter's own
    factor becomes 1 + step, which is exact where all else stands still. NaN where no factor is left: such an
    economy trades with nobody else.
    """
    mean, x = held.mean, held.regressors
    forth, back = seen(held)
    own, cross = forth.along(x), back.along(x)
    gap: Array = held.flows - mean
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        first, second = _scores(own, cross, mean, gap)
        exporter, importer = (-(getattr(forth, side) * first + getattr(back, side) * second)
                              for side in ("exporter", "importer"))  # fmt: skip
        # Of the two kinds of effects a constant may go from one to the other: the importers' mean stays.
        weights = np.zeros(len(held.inverse))
        weights[len(mean) : 2 * len(mean)] = mean.sum(axis=0) / mean.sum()
        common = _row(held.inverse @ weights, x)
        shift = -(common * first + common.T * second)
        slopes = -(forth.slopes * first + back.slopes * second)
        moved = np.log1p(exporter + shift) + np.log1p(importer - shift) + (x * slopes).sum(axis=0)
        expected: Array = mean * np.exp(moved)
    expected[mean <= 0.0] = 0.0
    return expected


def error_at(held: Whole, i: int, j: int) -> float:
    """Return the standard error of the log of one expectation, clustered by pair, as `left_out` does."""
    size = len(held.mean)
    effect = held.inverse[i] + held.inverse[size + j] + held.regressors[:, i, j] @ held.inverse[2 * size :]
    scores = np.where(held.mean > 0.0, (held.flows - held.mean) * _row(effect, held.regressors), 0.0)
    inside = held.mean > 0.0
    pairs = int(np.triu(inside | inside.T, 1).sum())
    both = np.triu(scores + scores.T, 1)
    return float(np.sqrt((both**2).sum() * (pairs / max(1, pairs - 1))))


def seen(held: Whole) -> tuple[Seen, Seen]:
    """Return what B d_ij and B d_ji are at the effects of the flow ij, for every flow."""
    inverse, x, size = held.inverse, held.regressors, len(held.mean)
    e, m = slice(0, size), slice(size, 2 * size)
    of_exporter, of_importer = inverse[e, 2 * size :].T, inverse[m, 2 * size :].T  # (K, N)
    ee, em, mm, slopes = inverse[e, e], inverse[e, m], inverse[m, m], inverse[2 * size :, 2 * size :]
    turned = x.transpose(0, 2, 1)
    forth = Seen(
        np.diag(ee)[:, None] + em + _along(of_exporter[:, :, None], x),
        em + np.diag(mm)[None, :] + _along(of_importer[:, None, :], x),
        of_exporter[:, :, None] + of_importer[:, None, :] + np.tensordot(slopes, x, axes=1),
    )
    # The flow back has exporter j and importer i.
    back = Seen(
        ee + np.diag(em)[:, None] + _along(of_exporter[:, :, None], turned),
        np.diag(em)[None, :] + mm.T + _along(of_importer[:, None, :], turned),
        of_exporter[:, None, :] + of_importer[:, :, None] + np.tensordot(slopes, turned, axes=1),
    )
    return forth, back


def _along(effects: Array, regressors: Array) -> Array:
    out: Array = (effects * regressors).sum(axis=0)
    return out


def _row(vector: Array, regressors: Array) -> Array:
    """Return d_ij' vector for every flow, (N, N)."""
    size = regressors.shape[1]
    out: Array = vector[:size, None] + vector[None, size : 2 * size]
    return out + np.tensordot(vector[2 * size :], regressors, axes=1)


def free_of(information: Array, size: int) -> NDArray[np.intp]:
    """Return the effects and slopes that are there, without one importer, whose effect is 0."""
    held = np.flatnonzero(np.diag(information) > 0.0)
    importers = held[(held >= size) & (held < 2 * size)]
    return held[held != importers[-1]] if len(importers) else held


def inverse_of(information: Array, size: int) -> Array:
    """Invert on the effects that are there, one importer's set to zero: no prediction depends on which."""
    free = free_of(information, size)
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


def _scores(own: Array, cross: Array, mean: Array, gap: Array) -> tuple[Array, Array]:
    """Return (I - W C)^-1 u of each pair, of the flow ij and of the flow ji, by hand for 2 x 2 blocks."""
    m11, m12 = 1.0 - mean * own, -mean * cross
    m21, m22 = -mean.T * cross, 1.0 - mean.T * own.T
    determinant = m11 * m22 - m12 * m21
    # A flow that alone decides its own fit has no expectation without itself.
    safe = np.where(np.abs(determinant) > 1e-9, determinant, np.nan)
    return (m22 * gap - m12 * gap.T) / safe, (m11 * gap.T - m21 * gap) / safe


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
