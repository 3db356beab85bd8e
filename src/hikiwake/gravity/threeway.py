"""Exporter-time, importer-time and pair effects on a dense tensor.

The pair effects are concentrated out of the normal equations exactly. Then the exporters separate, each with
one (T, T) block H_i = sum_j (diag(w_ij) - w_ij w_ij' / sum w_ij), the H of Weidner & Zylkin (2021); they are
eliminated too. The importers' equations that stay are solved by conjugate gradients, preconditioned with
their own blocks.

Cells lie by exporter, so that one pass over an exporter's weights, which fit the cache, does all that a round
needs: what importers' effects give it, its own effects, and what these give back.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import NamedTuple

import numpy as np

from hikiwake import kernels
from hikiwake.gravity.conjugate import conjugate, dots, enough
from hikiwake.gravity.effects import Accuracy, Array, Equations, Levels, Margins, added, reciprocal
from hikiwake.gravity.parallel import each, scratch, spans

LANES = 8
"""Importers that are worked on at once, at most."""


class ThreeWay:
    """Exporter-time, importer-time and directed pair effects over cells (I, T, J).

    Levels are (I, T), (T, J) and (I, J).
    """

    def __init__(self, shape: tuple[int, int, int]) -> None:
        exporters, times, importers = shape
        self.shape: tuple[int, ...] = shape
        self.blocks: Sequence[slice] = spans(exporters, times * importers)
        self.levels: Sequence[tuple[int, ...]] = (
            (exporters, times),
            (times, importers),
            (exporters, importers),
        )
        self.local: Sequence[bool] = (True, False, True)
        self.tensor = True

    def sums(self, which: int, cells: Array) -> Array:
        """Return the sums of the block's exporters, or of all importers."""
        # Products with ones: half the time of sums.
        if which == 0:
            return np.asarray(np.matmul(cells, np.ones(cells.shape[3])))
        if which == 2:
            return np.asarray(np.matmul(np.ones(cells.shape[2]), cells))
        flat = cells.reshape(*cells.shape[:2], -1)
        out: Array = np.matmul(np.ones(cells.shape[1]), flat)
        return out.reshape(len(cells), *cells.shape[2:])

    def spread(self, which: int, values: Levels, block: slice) -> Levels:
        """Return levels with the missing axis."""
        if which == 1:
            return values[:, None]
        part = values[:, block]
        return part[:, :, :, None] if which == 0 else part[:, :, None, :]

    def equations(self, weights: Array, near: Equations | None = None) -> Equations:
        """Concentrate the pairs out and invert the blocks of exporters and importers."""
        found = kernels.compiled()
        if found is None:
            return _Concentrated(self, weights)
        return _Compiled(self, weights, found, near if isinstance(near, _Compiled) else None)


class _Compiled:
    """The equations with compiled passes.

    Given the importers' effects, each exporter and its pairs are solved exactly; what all effects give the
    importers' own equations is added up in the same reading of the weights.
    """

    def __init__(
        self,
        effects: ThreeWay,
        weights: Array,
        found: ModuleType,
        near: _Compiled | None = None,
    ) -> None:
        exporters, times, importers = weights.shape
        self.kernels = found
        self.blocks = effects.blocks
        self.weights = weights
        pairs, inverse = np.empty((exporters, importers)), np.empty((exporters, times, times))

        def of_block(block: slice) -> Array:
            sums = np.empty((times, importers))
            found.pairs(weights, pairs, inverse, sums, block.start, block.stop)
            return sums

        self.sums = added(each(of_block, self.blocks))
        self.whole = float(np.sqrt(self.sums.sum()))
        self.parts = weights, pairs, inverse
        # What conditions the equations need not be exact, and it is a third of what there is to prepare.
        self.preconditioner: Array = (
            np.empty((times, times, importers)) if near is None else near.preconditioner
        )
        if near is None:
            each(
                lambda block: found.importers(weights, pairs, self.preconditioner, block.start, block.stop),
                spans(importers, exporters * times, LANES),
            )

    def solve(self, right: Margins, start: Margins | None, accuracy: Accuracy) -> Margins:
        """Eliminate pairs and exporters, iterate on importers until the residual has fallen enough."""
        asked = [np.ascontiguousarray(part) for part in right]
        given = self._exporters(None, (asked[0], asked[2]))
        reduced = asked[1] - given.back
        target = enough((asked[1], reduced), self._conditioned, accuracy, self.whole)
        begin = None if start is None else start[1]
        b = conjugate((self._apply, self._conditioned), reduced, begin, target)
        found = self._exporters(b, (asked[0], asked[2]), wanted=False)
        return [found.exporters, b, found.pairs]

    def _conditioned(self, r: Array) -> Array:
        out = np.empty_like(r)
        self.kernels.by_importer(self.preconditioner, r, out, 0, r.shape[2])
        return out

    def _apply(self, b: Array) -> tuple[Array, Array]:
        return self._exporters(b, (None, None)).back, dots(b, self.sums * b)

    def _exporters(
        self, b: Array | None, right: tuple[Array | None, Array | None], *, wanted: bool = True
    ) -> _Given:
        """Solve the exporters and their pairs for right sides (or 0), given importers' effects b (or 0).

        Where it is `wanted`, `back` is what all effects together give the importers' equations.
        """
        columns = len(b if b is not None else right[0])  # type: ignore[arg-type]  # never both
        exporters, times, importers = self.weights.shape
        a, pairs = np.empty((columns, exporters, times)), np.empty((columns, exporters, importers))

        def of_block(block: slice) -> Array | None:
            back = np.empty((columns, times, importers)) if wanted else None
            self.kernels.exporters(*self.parts, b, *right, a, pairs, back, block.start, block.stop)
            return back

        backs = [back for back in each(of_block, self.blocks) if back is not None]
        return _Given(a, pairs, added(backs) if backs else a)


class _Given(NamedTuple):
    """Effects of exporters and pairs, and what they give back to importers."""

    exporters: Array
    pairs: Array
    back: Array


class _Concentrated:
    """The same in NumPy."""

    def __init__(self, effects: ThreeWay, weights: Array) -> None:
        exporters, times, importers = weights.shape
        self.blocks = effects.blocks
        self.weights = weights
        self.sums = weights.sum(axis=0)
        self.whole = float(np.sqrt(self.sums.sum()))
        self.pairs = np.empty((exporters, importers))
        self.inverse = np.empty((exporters, times, times))

        def of_exporters(block: slice) -> None:
            part = weights[block]
            self.pairs[block] = reciprocal(part.sum(axis=1))
            self.inverse[block] = inverses(part, self.pairs[block])[1]

        each(of_exporters, self.blocks)
        self.block = np.empty((importers, times, times))
        self.preconditioner = np.empty_like(self.block)

        def of_importers(block: slice) -> None:
            turned = scratch("turned", (block.stop - block.start, times, exporters))
            turned[...] = weights[:, :, block].transpose(2, 1, 0)
            pairs = np.ascontiguousarray(self.pairs[:, block].T)
            self.block[block], self.preconditioner[block] = inverses(turned, pairs)

        each(of_importers, spans(importers, exporters * times))

    def _to_exporters(self, block: slice, b: Array) -> Array:
        """Return C b (n, T) of a block for b (T, J): what importers' effects give, pairs taken out."""
        w = self.weights[block]
        through = np.einsum("itj,tj->ij", w, b, out=scratch("through", (len(w), w.shape[2])))
        through *= self.pairs[block]
        out: Array = np.matmul(w.transpose(1, 0, 2), b[:, :, None])[:, :, 0].T  # (n, T)
        out -= np.matmul(w, through[:, :, None])[:, :, 0]
        return out

    def _to_importers(self, block: slice, a: Array, more: Array | None = None) -> Array:
        """Return a block's part of C' a (T, J) for a (n, T); `more` (n, J) are pair effects besides."""
        w = self.weights[block]
        of_pairs = np.matmul(a[:, None, :], w)[:, 0]
        of_pairs *= self.pairs[block]
        if more is not None:
            of_pairs -= more
        plain = np.ascontiguousarray(a.T)[:, None, :]
        out: Array = np.matmul(plain, w.transpose(1, 0, 2))[:, 0]
        out -= np.einsum("itj,ij->tj", w, of_pairs)
        return out

    def _own(self, block: slice, right: Array) -> Array:
        """Return the exporters' effects (n, T) that a right side asks for."""
        out: Array = np.matmul(self.inverse[block], right[:, :, None])[:, :, 0]
        return out

    def solve(self, right: Margins, start: Margins | None, accuracy: Accuracy) -> Margins:
        """Eliminate pairs and exporters, iterate on importers until the residual has fallen enough."""
        columns = range(len(right[0]))
        asked = np.empty_like(right[0])

        def eliminate(block: slice) -> Array:
            out = np.empty_like(right[1])
            for k in columns:
                of_pairs = right[2][k, block] * self.pairs[block]
                part = np.matmul(self.weights[block], of_pairs[:, :, None])[:, :, 0]
                asked[k, block] = right[0][k, block] - part
                out[k] = self._to_importers(block, self._own(block, asked[k, block]), of_pairs)
            return out

        reduced = right[1] - added(each(eliminate, self.blocks))
        target = enough((right[1], reduced), self._conditioned, accuracy, self.whole)
        b = conjugate((self._apply, self._conditioned), reduced, None if start is None else start[1], target)
        a, pairs = np.empty_like(right[0]), np.empty_like(right[2])

        def insert(block: slice) -> None:
            w = self.weights[block]
            for k in columns:
                a[k, block] = self._own(block, asked[k, block] - self._to_exporters(block, b[k]))
                taken = np.matmul(a[k, block][:, None, :], w)[:, 0] + np.einsum("itj,tj->ij", w, b[k])
                pairs[k, block] = (right[2][k, block] - taken) * self.pairs[block]

        each(insert, self.blocks)
        return [a, b, pairs]

    def _conditioned(self, r: Array) -> Array:
        return _by_importer(self.preconditioner, r)

    def _apply(self, b: Array) -> tuple[Array, Array]:
        own = _by_importer(self.block, b)

        def of_block(block: slice) -> Array:
            out = np.empty_like(b)
            for k, column in enumerate(b):
                out[k] = self._to_importers(block, self._own(block, self._to_exporters(block, column)))
            return out

        return own - added(each(of_block, self.blocks)), dots(b, self.sums * b)


def _by_importer(matrices: Array, values: Array) -> Array:
    """Return matrices (J, T, T) times values (R, T, J)."""
    turned = np.ascontiguousarray(values.transpose(0, 2, 1))[..., None]
    return np.ascontiguousarray(np.matmul(matrices, turned)[..., 0].transpose(0, 2, 1))


def inverses(weights: Array, pairs: Array) -> tuple[Array, Array]:
    """Return H_i (n, T, T) of weights (n, T, m) and an inverse of it.

    H_i is singular along a level that is the same in all years (the pair effects hold it): a constant is
    added there, which changes no effect's value at any cell.
    """
    times = weights.shape[1]
    sums = weights.sum(axis=2)
    scaled = np.multiply(weights, pairs[:, None, :], out=scratch("scaled", weights.shape))
    matrix = np.matmul(scaled, weights.transpose(0, 2, 1))
    np.negative(matrix, out=matrix)
    diagonal = np.einsum("ntt->nt", matrix)
    diagonal += sums
    kept = matrix.copy()
    diagonal += (sums == 0.0) + 1e-12 * sums
    matrix += (sums.mean(axis=1) / times + (sums.sum(axis=1) == 0.0))[:, None, None]
    return kept, np.linalg.inv(matrix)
