"""What a two-way Poisson gravity model of one year expects of each pair, estimated anew without the pair.

`left_out` takes one Newton step for all pairs at once; here each pair's model is followed to its optimum.
The steps after the first hold the matrix of the first, that of the whole model with the pair taken out of it
(Pregibon, 1981, Ann. Statist. 9:705), so that a step costs one pass over the flows and no inverse. Where a
pair decides so much that this does not settle, its model is estimated from the beginning.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput, NotConverged
from hikiwake.gravity import estimate
from hikiwake.gravity.left_out import LeftOut, blocks, case_deletion, inverse_of, left_out
from hikiwake.gravity.newton import Solver
from hikiwake.gravity.parallel import cores, each, spans
from hikiwake.gravity.twoway import TwoWay

Array = NDArray[np.float64]
Pairs = NDArray[np.intp]

MOST_STEPS = 25
# Change of the logarithm of an expectation, and of all effects, that counts as none.
STILL = 1e-9
# An effect that moves as far in one step is on its way to infinity, or the held matrix does not fit.
FAR = 5.0


class _Whole(NamedTuple):
    """The model of all flows: (N, N), regressors (K, N, N), inverse information, and its 2 x 2 blocks."""

    flows: Array
    mean: Array
    regressors: Array
    inverse: Array
    own: Array
    cross: Array


def leave_one_out(flows: Array, mean: Array, regressors: Array) -> LeftOut:
    """Return the expectations of each pair from the model of all other pairs, estimated to its optimum.

    Parameters
    ----------
    flows : (N, N) from exporter (row) to importer; cells with mean 0 are outside the sample.
    mean : (N, N) fitted flows of the model with exporter and importer effects; 0 outside the sample.
    regressors : (K, N, N).

    Returns
    -------
    As `left_out`; `expected` is NaN where nothing is left that tells it: an economy that trades with nobody
    else, or a regressor that varies nowhere else. Errors and leverages are those of the whole model.
    """
    with cores():
        first = left_out(flows, mean, regressors)
        size = len(mean)
        inside = mean > 0.0
        inverse = inverse_of(blocks(mean, regressors, mean), size)
        own, cross = case_deletion(inverse, regressors)
        flows = np.where(inside, flows, 0.0)
        whole = _Whole(flows, mean, regressors, inverse, own, cross)
        pairs = np.argwhere(np.triu(inside | inside.T, 1))
        expected = np.zeros_like(mean)

        def of_batch(batch: slice) -> None:
            some = pairs[batch]
            found, settled = _followed(whole, some)
            for number in np.flatnonzero(~settled):
                found[number] = _anew(whole, some[number])
            i, j = some.T
            expected[i, j], expected[j, i] = found.T

        each(of_batch, spans(len(pairs), mean.size))
        expected[~inside] = 0.0
        return LeftOut(expected, first.error, first.leverage)


def _followed(whole: _Whole, pairs: Pairs) -> tuple[Array, NDArray[np.bool_]]:
    """Return the expectations (B, 2) of both flows of pairs (B, 2), and whether each has settled."""
    size, count, (i, j) = len(whole.mean), len(pairs), pairs.T
    flat = whole.regressors.reshape(len(whole.regressors), -1)
    rows = np.arange(count)
    moved = np.zeros((count, len(whole.inverse)))
    # Each pair's two rows of the design, as the places of their effects and their regressors.
    forth, back = (i, size + j, whole.regressors[:, i, j].T), (j, size + i, whole.regressors[:, j, i].T)
    given = np.stack([_along(whole.inverse, one) for one in (forth, back)], axis=1)  # (B, 2, M)
    correction = _correction(whole, i, j)
    settled, change = np.zeros(count, dtype=bool), np.full(count, np.inf)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for _ in range(MOST_STEPS):
            cells = np.exp(moved[:, 2 * size :] @ flat).reshape(count, size, size)
            cells *= whole.mean
            cells *= np.exp(moved[:, :size])[:, :, None]
            cells *= np.exp(moved[:, size : 2 * size])[:, None, :]
            np.subtract(whole.flows, cells, out=cells)
            cells[rows, i, j] = cells[rows, j, i] = 0.0
            score = np.concatenate(
                [cells.sum(axis=2), cells.sum(axis=1), cells.reshape(count, -1) @ flat.T], axis=1
            )
            step = score @ whole.inverse
            seen = np.stack([_at(step, rows, one) for one in (forth, back)], axis=1)  # (B, 2)
            step += np.einsum("bi,bim->bm", np.einsum("bij,bj->bi", correction, seen), given)
            moved += step
            before, change = change, np.abs(step).max(axis=1)
            settled = change < STILL
            lost = ~np.isfinite(change) | (change > FAR) | ((change > before) & (change > STILL))
            moved[lost] = np.nan
            if (settled | np.isnan(moved[:, 0])).all():
                break
        log_ratio = np.stack([_at(moved, rows, one) for one in (forth, back)], axis=1)
        means = np.stack([whole.mean[i, j], whole.mean[j, i]], axis=1)
        return means * np.exp(log_ratio), settled


def _correction(whole: _Whole, i: Pairs, j: Pairs) -> Array:
    """Return (I - W C)^-1 W (B, 2, 2): what takes a pair out of the inverse, C its block, W its means."""
    block = np.empty((len(i), 2, 2))
    block[:, 0, 0], block[:, 1, 1] = whole.own[i, j], whole.own[j, i]
    block[:, 0, 1] = block[:, 1, 0] = whole.cross[i, j]
    weights = np.stack([whole.mean[i, j], whole.mean[j, i]], axis=1)
    left = np.eye(2) - weights[:, :, None] * block
    determinant = np.linalg.det(left)
    left[np.abs(determinant) < 1e-12] = np.nan
    out = np.empty_like(left)
    out[:, 0, 0], out[:, 1, 1] = left[:, 1, 1], left[:, 0, 0]
    out[:, 0, 1], out[:, 1, 0] = -left[:, 0, 1], -left[:, 1, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Array = out / determinant[:, None, None] * weights[:, None, :]
    return found


def _along(inverse: Array, row: tuple[Pairs, Pairs, Array]) -> Array:
    """Return the products (B, M) of the inverse with rows of the design."""
    exporter, importer, x = row
    out: Array = inverse[exporter] + inverse[importer] + x @ inverse[len(inverse) - x.shape[1] :]
    return out


def _at(values: Array, rows: Pairs, row: tuple[Pairs, Pairs, Array]) -> Array:
    """Return rows of the design times values (B, M)."""
    exporter, importer, x = row
    out: Array = values[rows, exporter] + values[rows, importer]
    out += np.einsum("bk,bk->b", x, values[:, values.shape[1] - x.shape[1] :])
    return out


def _anew(whole: _Whole, pair: Pairs) -> Array:
    """Return the two expectations of a pair by an estimate from the beginning; NaN where there is none."""
    i, j = pair
    base = (whole.mean > 0.0).astype(np.float64)
    base[i, j] = base[j, i] = 0.0
    effects = TwoWay((1, *base.shape))
    names = tuple(str(k) for k in range(len(whole.regressors)))
    target = np.where(base > 0.0, whole.flows, 0.0)
    cells = estimate.Cells(target[None], base[None], whole.regressors[:, None], names, effects, False)
    try:
        found = estimate.poisson(cells, Solver())
    except (BadInput, NotConverged):
        return np.full(2, np.nan)
    kept = list(found.kept)
    log = found.levels[0][0][:, None] + found.levels[1][0][None, :]
    log = log + np.tensordot(found.slopes, whole.regressors[kept], axes=1)
    used = found.base[0] > 0.0
    told = used.any(axis=1)[:, None] & used.any(axis=0)[None, :]
    expected = np.where(told, np.exp(log), np.nan)
    return np.array([expected[i, j], expected[j, i]])
