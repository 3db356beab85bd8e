"""The rows that an estimate used, each array written when somebody asks for it.

An estimate ends in cells. Slopes and their errors need no rows, and writing all that belongs to rows takes as
long as a fifth of a large estimate.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hikiwake.gravity.cells import Ended
from hikiwake.gravity.columns import Key
from hikiwake.gravity.effects import Array
from hikiwake.gravity.formula import Effect
from hikiwake.gravity.layout import Layout
from hikiwake.gravity.parallel import cores, each, spans
from hikiwake.gravity.passes import passes

Rows = NDArray[np.intp]


class Given(NamedTuple):
    """The rows that were laid out, (m,) each.

    positions : in the data; None where they are all rows of it.
    dependent : flows; None where they are the target of the estimate.
    weights, offset : None where there are none.
    keys : columns that name rows. Codes that the layout knows may be missing: they are then empty.
    """

    positions: Rows | None
    dependent: Array | None
    weights: Array | None
    offset: Array | None
    keys: dict[str, Key]


@dataclass(frozen=True, eq=False)
class Used:
    """The rows that were used, (n,) each, in their order.

    Parameters
    ----------
    count : n.
    poisson : whether means are exponentials.
    layout, given, cells : what they are made from.
    """

    count: int
    poisson: bool
    layout: Layout
    given: Given
    cells: Ended

    @cached_property
    def rows(self) -> Rows:
        """Positions in the data."""
        kept = self._kept
        return kept if self.given.positions is None else self.given.positions[kept]

    @cached_property
    def dependent(self) -> Array:
        """Flows."""
        if self.given.dependent is None:
            return self._written(self.cells.target)
        return self._of_rows(self.given.dependent)

    @cached_property
    def predictor(self) -> Array:
        """The linear predictor, the offset included."""
        out = self._written(self.cells.predictor)
        if self.given.offset is not None:
            out += self._of_rows(self.given.offset)
        return out

    @cached_property
    def weights(self) -> Array | None:
        """Weights, if there are some."""
        return None if self.given.weights is None else self._of_rows(self.given.weights)

    @cached_property
    def projected(self) -> Array:
        """Regressors (K, n), what the effects explain taken out."""
        out = np.empty((len(self.cells.projected), self.count))
        with cores():
            each(lambda k: self._write(self.cells.projected[k], out[k]), range(len(out)))
        return out

    @cached_property
    def residual(self) -> Array:
        """Weight times what is left of the dependent value: of its logarithm for least squares."""
        y, predictor, out = self.dependent, self.predictor, np.empty(self.count)

        def of_span(rows: slice) -> None:
            fitted = np.exp(predictor[rows]) if self.poisson else predictor[rows]
            np.subtract(y[rows] if self.poisson else np.log(y[rows]), fitted, out=out[rows])
            if self.weights is not None:
                out[rows] *= self.weights[rows]

        with cores():
            each(of_span, spans(self.count, 1))
        return out

    @cached_property
    def keys(self) -> dict[str, Key]:
        """The columns that name rows."""

        def of_key(item: tuple[str, Key]) -> tuple[str, Key]:
            name, key = item
            known = self.layout.codes(name)
            return name, Key(self._of_rows(key.codes if known is None else known), key.labels)

        with cores():
            return dict(each(of_key, list(self.given.keys.items())))

    def within(self, positions: Rows) -> Used:
        """Return the same rows, counted in a table of which these data are the rows at `positions`."""
        own = self.given.positions
        at = positions if own is None else positions[own]
        return replace(self, given=self.given._replace(positions=at))

    def sums(self, way: Effect) -> tuple[Array, int] | None:
        """Return the sums of scores (K, m) by cluster and how many clusters have a row, out of the cells.

        None where the cells do not tell them: the clusters must be two of the three axes.
        """
        if (
            not self.poisson
            or way.unordered
            or len(way.columns) != 2
            or not set(way.columns) <= set(self.layout.named)
        ):
            return None
        along = ({0, 1, 2} - {self.layout.named.index(name) for name in way.columns}).pop()
        if along == 2:
            return None
        with cores():
            found = passes(self.layout.effects).scores(self.cells, along)
        found = found.reshape(len(found), -1)
        return found[:-1], int(np.count_nonzero(found[-1]))

    @cached_property
    def _kept(self) -> Rows:
        """Which of the rows that were laid out were used."""
        return np.flatnonzero(self.layout.rows(self.cells.base > 0.0))

    def _of_rows(self, column: NDArray[Any]) -> NDArray[Any]:
        return np.take(column, self._kept)

    def _written(self, cells: Array) -> Array:
        out = np.empty(self.count)
        self._write(cells, out)
        return out

    def _write(self, cells: Array, out: Array) -> None:
        self.layout.write_rows(cells, self.cells.base, self._kept, out)
