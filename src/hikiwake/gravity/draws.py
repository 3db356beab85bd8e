"""Draws of a three-way regression whose weights go with exporter and importer, many at a time.

A draw weighs all times of a pair alike. So its sums by exporter and time and by importer and time, and its
products of regressors, are products of matrices with the weights of pairs (D, I, J); and the sums by pair,
which are zero at the estimate, stay so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hikiwake.gravity.columns import Codes
from hikiwake.gravity.conjugate import nearly
from hikiwake.gravity.effects import Array
from hikiwake.gravity.estimate import LITTLE, Cells
from hikiwake.gravity.parallel import each
from hikiwake.gravity.threeway import ThreeWay

TOGETHER = 16
"""Draws at a time: their weights stay near."""
MOST = 0.5
"""Part of a regressor's square that must be left as its own, for a solution that is nearly right."""


class ByPair:
    """One Newton step for each of many draws, from an estimate that the cells are a departure from.

    Parameters
    ----------
    cells : a regression (I, T, J) whose base are the fitted flows.
    effects : its effects, exporter-time, importer-time and pair.
    """

    def __init__(self, cells: Cells, effects: ThreeWay) -> None:
        mean, x = cells.base, cells.regressors
        gap = cells.target - mean
        columns = np.concatenate([gap[None], x * mean])
        count, exporters, times, importers = columns.shape
        self.effects, self.mean = effects, mean
        self.shape = count, times
        self.by_exporter = columns.transpose(1, 3, 0, 2).reshape(exporters, importers, count * times)
        self.by_importer = columns.transpose(3, 1, 0, 2).reshape(importers, exporters, count * times)
        self.gram = np.einsum("kitj,litj->ijkl", x, columns[1:]).reshape(exporters * importers, -1)
        self.scores = np.einsum("kitj,itj->ijk", x, gap).reshape(exporters * importers, -1)

    def slopes(self, times_drawn: NDArray[np.int32], cluster: Codes) -> Array:
        """Return slopes (D, K) for how often clusters are drawn (D, G); `cluster` (I, J) is each pair's.

        NaN where this does not tell them: they may still be told by exact solutions.
        """
        starts = range(0, len(times_drawn), TOGETHER)

        def of_batch(start: int) -> Array:
            some = times_drawn[start : start + TOGETHER].astype(np.float64)
            return self._batch(np.take(some, cluster, axis=1))

        return np.concatenate(each(of_batch, starts))

    def _batch(self, weights: Array) -> Array:
        """Return slopes (D, K) under weights of pairs (D, I, J)."""
        draws, (count, times) = len(weights), self.shape
        given = [
            np.matmul(weights.transpose(*axes), columns).reshape(-1, draws, count, times)
            for axes, columns in (((1, 0, 2), self.by_exporter), ((2, 0, 1), self.by_importer))
        ]
        exporters, importers = given[0].transpose(1, 2, 0, 3), given[1].transpose(1, 2, 3, 0)
        pairs = weights.reshape(draws, -1)
        grams, scores = (pairs @ self.gram).reshape(draws, count - 1, count - 1), pairs @ self.scores
        found = [
            self.effects.tried(self.mean, weights[at], (exporters[at], importers[at])) for at in range(draws)
        ]
        taken = nearly(*(np.stack(part) for part in zip(*found, strict=True)))
        return _solved(grams, grams - taken[:, 1:, 1:], scores - taken[:, 1:, 0])


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
