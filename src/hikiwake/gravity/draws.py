"""Draws of a three-way regression whose weights go with exporter and importer, many at a time.

A draw weighs all times of a pair alike. So its sums by exporter and time and by importer and time, its
products of regressors, and the blocks of its equations are sums over pairs of what no draw changes, times the
weights of pairs (I, J, D); and the sums by pair, which are zero at the estimate, stay so.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hikiwake import kernels
from hikiwake.gravity.columns import Codes
from hikiwake.gravity.effects import Array, reciprocal
from hikiwake.gravity.estimate import LITTLE, Cells
from hikiwake.gravity.parallel import each
from hikiwake.gravity.threeway import inverses

TOGETHER = 16
"""Draws at a time: enough for products of matrices, few enough for memory."""
MOST = 0.5
"""Part of a regressor's square that must be left as its own, for a solution that is nearly right."""


class ByPair:
    """One Newton step for each of many draws, from an estimate that the cells are a departure from.

    Parameters
    ----------
    cells : a regression (I, T, J) with exporter-time, importer-time and pair effects, whose base are the
        fitted flows.
    """

    def __init__(self, cells: Cells) -> None:
        mean, x = cells.base, cells.regressors
        gap = cells.target - mean
        columns = np.concatenate([gap[None], x * mean])
        count, exporters, times, importers = columns.shape
        self.shape = count, times
        by_exporter = np.ascontiguousarray(mean.transpose(0, 2, 1))
        self.weights = by_exporter, np.ascontiguousarray(by_exporter.transpose(1, 0, 2))
        self.columns = (
            np.ascontiguousarray(columns.transpose(1, 0, 2, 3)).reshape(exporters, count * times, importers),
            np.ascontiguousarray(columns.transpose(3, 0, 2, 1)).reshape(importers, count * times, exporters),
        )
        self.gram = np.einsum("kitj,litj->klij", x, columns[1:]).reshape(-1, exporters * importers)
        self.scores = np.einsum("kitj,itj->kij", x, gap).reshape(-1, exporters * importers)

    def slopes(self, times_drawn: NDArray[np.int32], cluster: Codes) -> Array:
        """Return slopes (D, K) for how often clusters are drawn (D, G); `cluster` (I, J) is each pair's.

        NaN where this does not tell them: they may still be told by exact solutions.
        """
        turned = np.ascontiguousarray(cluster.T)

        def of_batch(start: int) -> Array:
            some = times_drawn[start : start + TOGETHER].T.astype(np.float64)
            return self._batch((np.take(some, cluster, axis=0), np.take(some, turned, axis=0)))

        return np.concatenate(each(of_batch, range(0, len(times_drawn), TOGETHER)))

    def _batch(self, drawn: tuple[Array, Array]) -> Array:
        """Return slopes (D, K) under weights of pairs, (I, J, D) and turned round (J, I, D)."""
        (count, times), draws = self.shape, drawn[0].shape[2]
        exporters, importers = (
            np.matmul(part, weights).reshape(-1, count, times, draws)
            for part, weights in zip(self.columns, drawn, strict=True)
        )
        taken = nearly(tried(self.weights, drawn, (exporters, importers)))
        pairs = drawn[0].reshape(-1, draws)
        grams = (self.gram @ pairs).T.reshape(draws, count - 1, count - 1)
        return _solved(grams, grams - taken[:, 1:, 1:], (self.scores @ pairs).T - taken[:, 1:, 0])


class Tried(NamedTuple):
    """What tells r'A^-1 r nearly, (R, R, D) each.

    Of exporters it is exact. What their elimination leaves of the importers' equations is A, and of right
    sides r; of directions Z = Cr, with C the inverse of importers' own matrices, they are Z'AZ and Z'r.
    """

    exact: Array
    inner: Array
    along: Array


def tried(weights: tuple[Array, Array], drawn: tuple[Array, Array], right: tuple[Array, Array]) -> Tried:
    """Return what tells r'(D'WD)^-1 r nearly of three-way effects D.

    Parameters
    ----------
    weights : of cells, (I, J, T), and the same by importer, (J, I, T).
    drawn : of pairs, (I, J, D) and (J, I, D); W are the weights of cells times these.
    right : sides by exporter and time (I, R, T, D) and by importer and time (J, R, T, D). Those by pair are
        0, and the sums of these over times as well.
    """
    count, draws = right[0].shape[1], right[0].shape[3]
    found = kernels.compiled()
    if found is not None:
        out = Tried(*(np.empty((count, count, draws)) for _ in range(3)))
        found.draws(*weights, *drawn, *right, *out, 0, draws)
        return out
    exporters, exact = _one_side(weights[0], drawn[0], right[0], None)
    importers, along = _one_side(weights[1], drawn[1], right[1], exporters)
    taken = _one_side(weights[0], drawn[0], np.zeros_like(right[0]), importers)[1]
    # Z'C^-1 Z is Z'r.
    return Tried(exact, along - taken, along)


def _one_side(weights: Array, drawn: Array, right: Array, other: Array | None) -> tuple[Array, Array]:
    """Return the levels (X, R, T, D) of one side, given the other's (Y, R, T, D) or none; and their product.

    Pairs are concentrated out: each is Q = diag(w) - w w' / sum w. The product (R, R, D) is of what is asked
    of the levels and what they are.
    """
    out, product = np.empty_like(right), 0.0
    for at, (w, m) in enumerate(zip(weights, drawn, strict=True)):
        pairs = reciprocal(w.sum(axis=1))
        share = m * pairs[:, None]
        asked = right[at]
        if other is not None:
            through = share[:, None] * np.einsum("yt,yrtd->yrd", w, other)
            asked = asked - np.einsum("yt,yrtd->rtd", w, m[:, None, None] * other - through[:, :, None])
        cells = np.ascontiguousarray((w[:, :, None] * m[:, None]).transpose(2, 1, 0))
        own = inverses(cells, reciprocal(cells.sum(axis=1)))[1]
        out[at] = np.einsum("dts,rsd->rtd", own, asked)
        product = product + np.einsum("rtd,ltd->rld", asked, out[at])
    return out, np.asarray(product)


def nearly(of: Tried) -> Array:
    """Return r'A^-1 r (D, R, R) nearly: the greatest that any combinations of the directions reach.

    r'Z (Z'AZ)^-1 Z'r is Galerkin's projection: its error is of the square of what the directions miss.
    """
    exact, inner, along = (np.ascontiguousarray(np.moveaxis(part, 2, 0)) for part in of)
    inner = 0.5 * (inner + inner.swapaxes(1, 2))
    scale = np.sqrt(np.maximum(np.einsum("drr->dr", inner), np.finfo(float).tiny))[:, :, None]
    # A column of zeros, or two that are the same, span less.
    solved = np.linalg.pinv(inner / (scale * scale.swapaxes(1, 2)), rcond=1e-12, hermitian=True)
    scaled = along / scale
    out: Array = exact + scaled.swapaxes(1, 2) @ solved @ scaled
    return out


def _solved(grams: Array, own: Array, scores: Array) -> Array:
    """Return slopes (D, K) of what is a regressor's own; NaN where too little of one is.

    At the estimate all of it is its own. How much is left is known only nearly.
    """
    diagonal = np.einsum("dkk->dk", own)
    told = (diagonal > MOST * np.einsum("dkk->dk", grams)).all(axis=1)
    size = np.sqrt(np.where(told[:, None], diagonal, 1.0))
    scaled = own / (size[:, :, None] * size[:, None, :])
    left = scaled.copy()
    for at in range(scores.shape[1]):
        told &= left[:, at, at] > LITTLE
        pivot = np.where(told, left[:, at, at], 1.0)[:, None, None]
        left -= left[:, :, at, None] * left[:, None, at, :] / pivot
    out = np.full(scores.shape, np.nan)
    solved = np.linalg.solve(scaled[told], (scores[told] / size[told])[:, :, None])
    out[told] = solved[:, :, 0] / size[told]
    return out
