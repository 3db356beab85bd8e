"""Any fixed effects over rows: sums by level as counted sums, the largest effect eliminated.

For irregular panels, effects that are no exporter-time, importer-time or pair, and rows that share a cell.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hikiwake.gravity.effects import ROUNDING, Accuracy, Array, Equations, Levels, Margins, reciprocal
from hikiwake.gravity.parallel import each

MAX_ROUNDS = 20_000


class Sparse:
    """Effects given as level numbers of each row."""

    def __init__(self, codes: Sequence[NDArray[np.intp]], sizes: Sequence[int], rows: int) -> None:
        self.codes = codes
        self.shape: tuple[int, ...] = (rows,)
        self.blocks: Sequence[slice] = (slice(0, rows),)
        self.levels: Sequence[tuple[int, ...]] = tuple((size,) for size in sizes)
        self.local: Sequence[bool] = (False,) * len(sizes)
        self.tensor = False

    def sums(self, which: int, cells: Array) -> Array:
        """Return the sums by level of all rows."""
        codes, size = self.codes[which], self.levels[which][0]
        return np.stack(each(lambda column: sums_by_level(codes, column, size), list(cells)))

    def spread(self, which: int, values: Levels, block: slice) -> Levels:
        """Return the value of each row's level."""
        return np.take(values, self.codes[which][block], axis=-1)

    def equations(self, weights: Array, near: Equations | None = None) -> Equations:
        """Eliminate the effect with most levels, whose equations separate."""
        del near
        return _Eliminated(self, weights)


class _Eliminated:
    def __init__(self, effects: Sparse, weights: Array) -> None:
        self.effects = effects
        self.weights = weights
        self.diagonals = [
            sums_by_level(codes, weights, size)
            for codes, (size,) in zip(effects.codes, effects.levels, strict=True)
        ]
        self.whole = float(np.sqrt(weights.sum()))
        sizes = [size for (size,) in effects.levels]
        self.first = int(np.argmax(sizes)) if sizes else 0
        self.rest = [which for which in range(len(sizes)) if which != self.first]

    def solve(self, right: Margins, start: Margins | None, accuracy: Accuracy) -> Margins:
        """Solve each column by conjugate gradients on the effects that were not eliminated."""
        if not right:
            return []
        columns = range(len(right[0]))

        def of_column(column: int) -> list[Array]:
            """Solve for one right side; one array for each set of effects."""
            begin = None if start is None else [start[which][column] for which in self.rest]
            least = ROUNDING * float(accuracy.size[column]) * self.whole
            return self._column([part[column] for part in right], begin, (accuracy.relative, least))

        solved = each(of_column, columns)
        return [np.stack([column[which] for column in solved]) for which in range(len(right))]

    def _column(
        self, right: list[Array], start: list[Array] | None, accuracy: tuple[float, float]
    ) -> list[Array]:
        scale = reciprocal(self.diagonals[self.first])
        base = right[self.first] * scale
        through = self.weights * base[self.effects.codes[self.first]]
        target = [right[which] - self._count(which, through) for which in self.rest]
        given = [right[which] for which in self.rest]
        scales = [reciprocal(self.diagonals[which]) for which in self.rest]
        wanted = max(accuracy[0] ** 2 * _dot(given, _times(scales, given)), accuracy[1] ** 2)
        rest = self._iterate(target, start, wanted, scales)
        taken = self._count(self.first, self.weights * self._at_rows(rest))
        out = [base - taken * scale if which == self.first else base for which in range(len(right))]
        for which, values in zip(self.rest, rest, strict=True):
            out[which] = values
        return out

    def _count(self, which: int, rows: Array) -> Array:
        size = self.effects.levels[which][0]
        return sums_by_level(self.effects.codes[which], rows, size)

    def _at_rows(self, values: list[Array]) -> Array:
        rows = np.zeros(len(self.weights))
        for which, value in zip(self.rest, values, strict=True):
            rows += value[self.effects.codes[which]]
        return rows

    def _apply(self, values: list[Array]) -> list[Array]:
        rows = self._at_rows(values)
        means = self._count(self.first, self.weights * rows) * reciprocal(self.diagonals[self.first])
        rows -= means[self.effects.codes[self.first]]
        rows *= self.weights
        return [self._count(which, rows) for which in self.rest]

    def _iterate(
        self, right: list[Array], start: list[Array] | None, target: float, scales: list[Array]
    ) -> list[Array]:
        x = [np.zeros_like(part) for part in right] if start is None else [part.copy() for part in start]
        applied = self._apply(x) if start is not None else x
        r = [one - two for one, two in zip(right, applied, strict=True)]
        z = _times(scales, r)
        p, rz = z, _dot(r, z)
        for _ in range(MAX_ROUNDS):
            if rz <= target or rz == 0.0:
                break
            q = self._apply(p)
            curvature = _dot(p, q)
            if curvature <= 0.0:
                break
            step = rz / curvature
            x = [one + step * two for one, two in zip(x, p, strict=True)]
            r = [one - step * two for one, two in zip(r, q, strict=True)]
            z = _times(scales, r)
            before, rz = rz, _dot(r, z)
            p = [one + rz / before * two for one, two in zip(z, p, strict=True)]
        return x


def sums_by_level(codes: NDArray[np.intp], weights: Array, minlength: int) -> Array:
    """Return the sums of weights by level."""
    out: Array = np.bincount(codes, weights=weights, minlength=minlength).astype(np.float64, copy=False)
    return out


def _dot(one: list[Array], two: list[Array]) -> float:
    return float(sum(float(a @ b) for a, b in zip(one, two, strict=True)))


def _times(one: list[Array], two: list[Array]) -> list[Array]:
    out: list[Array] = [a * b for a, b in zip(one, two, strict=True)]
    return out
