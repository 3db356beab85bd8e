"""Exporter-time, importer-time and pair effects on a dense tensor.

The pair effects are concentrated out of the normal equations exactly. Then the exporters separate, each with
one (T, T) block H_i = sum_j (diag(w_ij) - w_ij w_ij' / sum w_ij), the H of Weidner & Zylkin (2021); they are
eliminated too. The importers' equations that stay are solved by conjugate gradients, preconditioned with
their own blocks.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hikiwake.gravity.effects import ROUNDING, Accuracy, Array, Margins, reciprocal
from hikiwake.gravity.parallel import each, spans

MAX_ROUNDS = 2_000
NO_CURVATURE = 1e-13


class ThreeWay:
    """Exporter-time, importer-time and directed pair effects over cells (T, I, J)."""

    def __init__(self, shape: tuple[int, int, int]) -> None:
        times, exporters, importers = shape
        self.shape: tuple[int, ...] = shape
        self.blocks: Sequence[slice] = spans(times, exporters * importers)
        self.levels: Sequence[tuple[int, ...]] = (
            (times, exporters),
            (times, importers),
            (exporters, importers),
        )

    def sums(self, which: int, cells: Array, block: slice, out: Array) -> None:
        """Add to `out` in place."""
        if which == 2:
            out += cells.sum(axis=1)
        else:
            out[:, block] += cells.sum(axis=-1 if which == 0 else -2)

    def spread(self, which: int, values: Array, block: slice) -> Array:
        """Return levels with the missing axis."""
        if which == 2:
            return values[:, None]
        part = values[:, block]
        return part[:, :, :, None] if which == 0 else part[:, :, None, :]

    def equations(self, weights: Array) -> _Concentrated:
        """Concentrate the pairs out and invert the blocks of exporters and importers."""
        return _Concentrated(self, weights)


class _Concentrated:
    """Weights in three orders, (t, i, j), (i, t, j) and (j, t, i), so that every sum is a matrix product."""

    def __init__(self, effects: ThreeWay, weights: Array) -> None:
        times, exporters, importers = weights.shape
        self.by_time = weights
        self.by_exporter = _turned(weights, (1, 0, 2))
        self.by_importer = _turned(weights, (2, 0, 1))
        self.pairs = reciprocal(weights.sum(axis=0))
        self.whole = float(np.sqrt(weights.sum()))
        self.over_time = effects.blocks
        self.over_exporters = spans(exporters, times * importers)
        self.over_importers = spans(importers, times * exporters)
        self.inverse = _inverses(self.by_exporter, self.pairs, self.over_exporters)[1]
        self.block, self.preconditioner = _inverses(self.by_importer, self.pairs.T, self.over_importers)

    def to_exporters(self, b: Array) -> Array:
        """Return C b (I, T, R) for b (J, T, R): what importers' effects give exporters, pairs taken out."""
        through_pairs = np.empty((len(self.by_exporter), len(b), b.shape[2]))
        plain = np.empty((len(self.by_time), *through_pairs.shape[::2]))
        b_by_time = np.ascontiguousarray(b.transpose(1, 0, 2))

        def pairs(block: slice) -> None:
            # (j, i, R): each exporter's sum over time of w b.
            product = self.by_importer[block].transpose(0, 2, 1) @ b[block]
            through_pairs[:, block] = product.transpose(1, 0, 2) * self.pairs[:, block, None]

        def times(block: slice) -> None:
            np.matmul(self.by_time[block], b_by_time[block], out=plain[block])

        each(pairs, self.over_importers)
        each(times, self.over_time)
        out = np.ascontiguousarray(plain.transpose(1, 0, 2))

        def exporters(block: slice) -> None:
            out[block] -= self.by_exporter[block] @ through_pairs[block]

        each(exporters, self.over_exporters)
        return out

    def to_importers(self, a: Array) -> Array:
        """Return C' a (J, T, R) for a (I, T, R)."""
        through_pairs = np.empty((len(self.by_importer), len(a), a.shape[2]))
        plain = np.empty((len(self.by_time), *through_pairs.shape[::2]))
        a_by_time = np.ascontiguousarray(a.transpose(1, 0, 2))

        def pairs(block: slice) -> None:
            product = self.by_exporter[block].transpose(0, 2, 1) @ a[block]
            through_pairs[:, block] = product.transpose(1, 0, 2) * self.pairs.T[:, block, None]

        def times(block: slice) -> None:
            np.matmul(self.by_time[block].transpose(0, 2, 1), a_by_time[block], out=plain[block])

        each(pairs, self.over_exporters)
        each(times, self.over_time)
        out = np.ascontiguousarray(plain.transpose(1, 0, 2))

        def importers(block: slice) -> None:
            out[block] -= self.by_importer[block] @ through_pairs[block]

        each(importers, self.over_importers)
        return out

    def solve(self, right: Margins, start: Margins | None, accuracy: Accuracy) -> Margins:
        """Eliminate pairs and exporters, iterate on importers until the residual has fallen enough."""
        of_pairs = right[2] * self.pairs  # (R, I, J)
        r_a = right[0].transpose(2, 1, 0) - self.by_exporter @ of_pairs.transpose(1, 2, 0)
        r_b = right[1].transpose(2, 1, 0) - self.by_importer @ of_pairs.transpose(2, 1, 0)
        reduced = r_b - self.to_importers(self.inverse @ r_a)
        given = right[1].transpose(2, 1, 0)
        # Relative to what was asked, not to what is left of it: the pairs may hold a regressor wholly.
        wanted = accuracy.relative * np.sqrt(_dots(given, self.preconditioner @ given))
        target = np.maximum(wanted, ROUNDING * accuracy.size * self.whole)
        first = None if start is None else np.ascontiguousarray(start[1].transpose(2, 1, 0))
        b = self._iterate(reduced, first, target)
        a = self.inverse @ (r_a - self.to_exporters(b))
        taken = self.by_exporter.transpose(0, 2, 1) @ a  # (I, J, R)
        taken += (self.by_importer.transpose(0, 2, 1) @ b).transpose(1, 0, 2)
        pair = (right[2] - taken.transpose(2, 0, 1)) * self.pairs
        return [a.transpose(2, 1, 0), b.transpose(2, 1, 0), pair]

    def _apply(self, b: Array) -> tuple[Array, Array]:
        own = self.block @ b
        return own - self.to_importers(self.inverse @ self.to_exporters(b)), own

    def _iterate(self, right: Array, start: Array | None, target: Array) -> Array:
        """Conjugate gradients, a column of its own step each; a column that has converged is left out."""
        b = np.zeros_like(right) if start is None else start.copy()
        residual = right.copy() if start is None else right - self._apply(b)[0]
        live = np.flatnonzero(np.sqrt(_dots(residual, self.preconditioner @ residual)) > target)
        if not live.size:
            return b
        r = residual[:, :, live]
        z = self.preconditioner @ r
        p, rz = z.copy(), _dots(r, z)
        for _ in range(MAX_ROUNDS):
            q, own = self._apply(p)
            curvature = _dots(p, q)
            # What rounding leaves along the effects that are not identified has no curvature.
            curved = curvature > NO_CURVATURE * _dots(p, own)
            step = np.divide(rz, curvature, out=np.zeros_like(rz), where=curved)
            b[:, :, live] += step * p
            r -= step * q
            z = self.preconditioner @ r
            before, rz = rz, _dots(r, z)
            going = (np.sqrt(rz) > target[live]) & curved
            if not going.any():
                break
            p = z + np.divide(rz, before, out=np.zeros_like(rz), where=before > 0.0) * p
            if not going.all():
                live, r, p, rz = live[going], r[:, :, going], p[:, :, going], rz[going]
        return b


def _dots(one: Array, two: Array) -> Array:
    out: Array = np.maximum(np.einsum("jtr,jtr->r", one, two), 0.0)
    return out


def _turned(weights: Array, order: tuple[int, int, int]) -> Array:
    out = np.empty([weights.shape[axis] for axis in order])
    turned = weights.transpose(order)
    blocks = spans(len(out), out[0].size)

    def copy(block: slice) -> None:
        out[block] = turned[block]

    each(copy, blocks)
    return out


def _inverses(weights: Array, pairs: Array, blocks: Sequence[slice]) -> tuple[Array, Array]:
    """Return H_i (n, T, T) of weights (n, T, m) and an inverse of it.

    H_i is singular along a level that is the same in all years (the pair effects hold it): a constant is
    added there, which changes no effect's value at any cell.
    """
    times = weights.shape[1]
    matrices = np.empty((len(weights), times, times))
    inverses = np.empty_like(matrices)

    def block_of(block: slice) -> None:
        part = weights[block]
        sums = part.sum(axis=2)
        matrix = -((part * pairs[block, None, :]) @ part.transpose(0, 2, 1))
        diagonal = np.einsum("ntt->nt", matrix)
        diagonal += sums
        matrices[block] = matrix
        diagonal += (sums == 0.0) + 1e-12 * sums
        matrix += (sums.mean(axis=1) / times + (sums.sum(axis=1) == 0.0))[:, None, None]
        inverses[block] = np.linalg.inv(matrix)

    each(block_of, blocks)
    return matrices, inverses
