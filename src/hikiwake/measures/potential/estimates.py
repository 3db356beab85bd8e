"""A model of one year's flows, and what it expects of each without its own pair; money in USD."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput, NoSolution, NotConverged
from hikiwake.gravity import fit
from hikiwake.gravity.anew import apart
from hikiwake.gravity.left_out import Whole, error_at, one_step, whole_of
from hikiwake.measures.potential.square import Array, Square

Cells = NDArray[np.bool_]
Pairs = NDArray[np.intp]
NO_ESTIMATE = (BadInput, NoSolution, NotConverged)
"""What the data may not allow. A damaged file is another matter, and no number comes of it."""
DOUBT = 1.0
"""Where leaving its pair out moves the logarithm of an expectation farther, one step is not relied on."""
MILLION = 1e6
"""Money in millions keeps the numbers of the estimate near one."""


class Estimated(msgspec.Struct, frozen=True):
    """A model of one year.

    names, slopes : of the covariates that it tells apart. whole : its arrays, in millions of USD.
    expected : (N, N) USD, each without its own pair by one step; NaN or 0 where nothing tells it.
    """

    names: tuple[str, ...]
    slopes: Array
    whole: Whole
    expected: Array

    @property
    def doubtful(self) -> Cells:
        """(N, N): flows whose expectation one step may give badly."""
        with np.errstate(divide="ignore", invalid="ignore"):
            moved = np.abs(np.log(self.expected / MILLION / self.whole.mean))
        far: Cells = (self.whole.mean > 0.0) & ~(np.maximum(moved, moved.T) <= DOUBT)
        return far

    def anew(self, pairs: Pairs) -> tuple[Array, Array]:
        """Return expectations (B, 2) without each of some pairs (B, 2), USD, and the slopes (B, K)."""
        found = apart(self.whole, self.slopes, pairs)
        return found.expected * MILLION, found.slopes

    def error(self, i: int, j: int) -> float:
        """Return the standard error of the logarithm of an expectation, clustered by pair."""
        return error_at(self.whole, i, j)


def inside(flows: Array, square: Square) -> Cells:
    """Return the cells that a model can hold: between economies that sell and buy, covariates known."""
    sells, buys = flows.sum(axis=1) > 0.0, flows.sum(axis=0) > 0.0
    known: Cells = np.isfinite(square.covariates).all(axis=0) & sells[:, None] & buys[None, :]
    np.fill_diagonal(known, val=False)
    return known


def without_each(flows: Array, square: Square, cells: Cells, names: Sequence[str]) -> Estimated:
    """Estimate the model of all flows by Poisson, and the expectation of each without its pair.

    Raises
    ------
    BadInput, NotConverged
        If the flows allow no estimate.
    """
    i, j = np.nonzero(cells)
    data: dict[str, NDArray[np.generic]] = {"flow": flows[i, j] / MILLION, "exporter": i, "importer": j}
    data |= {name: square.covariate(name)[i, j] for name in names}
    found = fit(f"flow ~ {' + '.join(names)} | exporter + importer", data, errors="robust")
    mean = np.zeros(flows.shape)
    mean[i[found.rows], j[found.rows]] = found.fitted
    columns = np.stack([square.covariate(name) for name in found.names])
    whole = whole_of(flows / MILLION, mean, np.where(np.isfinite(columns), columns, 0.0))
    return Estimated(found.names, found.coefficients, whole, one_step(whole) * MILLION)
