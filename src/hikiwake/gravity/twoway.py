"""Exporter-time and importer-time effects on a dense tensor: the years separate.

Within a year the normal equations are [diag(e), W; W', diag(m)] with e, m the row and column sums of the
weights W. Exporters are eliminated; what stays is one matrix of importers a year, solved directly.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

import numpy as np

from hikiwake import kernels
from hikiwake.gravity.effects import Accuracy, Array, Equations, Levels, Margins, reciprocal
from hikiwake.gravity.parallel import each, scratch, spans

# A year may fall apart into groups that do not trade with each other; each has a free level.
RIDGE = 1e-12


class TwoWay:
    """Exporter-time and importer-time effects over cells (T, I, J)."""

    def __init__(self, shape: tuple[int, int, int]) -> None:
        times, exporters, importers = shape
        self.shape: tuple[int, ...] = shape
        self.blocks: Sequence[slice] = spans(times, exporters * importers)
        self.levels: Sequence[tuple[int, ...]] = ((times, exporters), (times, importers))
        self.local: Sequence[bool] = (True, True)
        self.tensor = True

    def sums(self, which: int, cells: Array) -> Array:
        """Return the sums of the block's years."""
        # Products with ones: half the time of sums.
        if which == 0:
            return np.asarray(np.matmul(cells, np.ones(cells.shape[-1])))
        return np.asarray(np.matmul(np.ones(cells.shape[-2]), cells))

    def spread(self, which: int, values: Levels, block: slice) -> Levels:
        """Return levels with the missing axis."""
        part = values[:, block]
        return part[:, :, :, None] if which == 0 else part[:, :, None, :]

    def equations(self, weights: Array, near: Equations | None = None) -> Equations:
        """Prepare the equations of each year, which are solved directly."""
        del near
        found = kernels.compiled()
        return _Years(self, weights) if found is None else _Compiled(self, weights, found)


class _Compiled:
    """The years' equations, compiled."""

    def __init__(self, effects: TwoWay, weights: Array, found: ModuleType) -> None:
        self.kernels = found
        self.blocks = effects.blocks
        self.weights = weights

    def solve(self, right: Margins, start: Margins | None, accuracy: Accuracy) -> Margins:
        """Solve directly: no start is needed, and the accuracy is that of the machine."""
        del start, accuracy
        asked = [np.ascontiguousarray(part) for part in right]
        out = [np.empty_like(part) for part in asked]
        each(
            lambda block: self.kernels.years(self.weights, *asked, *out, block.start, block.stop), self.blocks
        )
        return out


class _Years:
    def __init__(self, effects: TwoWay, weights: Array) -> None:
        self.effects = effects
        self.weights = weights

    def solve(self, right: Margins, start: Margins | None, accuracy: Accuracy) -> Margins:
        """Solve directly: no start is needed, and the accuracy is that of the machine."""
        del start, accuracy
        out = [np.empty_like(part) for part in right]
        each(lambda block: self._block(right, block, out), self.effects.blocks)
        return out

    def _block(self, right: Margins, block: slice, out: Margins) -> None:
        weights = self.weights[block]
        exporters, importers = self.effects.sums(0, weights), self.effects.sums(1, weights)
        inverse = reciprocal(exporters)
        root = np.multiply(weights, np.sqrt(inverse)[:, :, None], out=scratch("root", weights.shape))
        # The product of a matrix with its own transpose takes half the operations.
        reduced = np.stack([year.T @ year for year in root])
        np.negative(reduced, out=reduced)
        diagonal = np.einsum("tjj->tj", reduced)
        diagonal += importers * (1.0 + RIDGE) + (importers == 0.0)
        years = np.arange(len(weights))
        largest = importers.argmax(axis=1)
        diagonal[years, largest] += importers[years, largest]
        of_exporters = np.moveaxis(right[0][:, block], 0, -1)
        of_importers = np.moveaxis(right[1][:, block], 0, -1)
        scaled = of_exporters * inverse[:, :, None]
        b = np.linalg.solve(reduced, of_importers - weights.transpose(0, 2, 1) @ scaled)
        a = scaled - inverse[:, :, None] * (weights @ b)
        out[0][:, block] = np.moveaxis(a, -1, 0)
        out[1][:, block] = np.moveaxis(b, -1, 0)
