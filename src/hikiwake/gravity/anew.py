"""What a two-way Poisson gravity model of one year expects of pairs, estimated anew without each.

`left_out` takes one Newton step for all pairs at once; here a pair's model is followed to its optimum.
The steps after the first hold the matrix of the first, that of the whole model with the pair taken out of it
(Pregibon, 1981, Ann. Statist. 9:705), so that a step costs one pass over the flows and no inverse. Where a
pair decides so much that this does not settle, its model is estimated from the beginning.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput, NotConverged
from hikiwake.gravity.left_out import LeftOut, Whole, left_out, whole_of
from hikiwake.gravity.one_year import poisson
from hikiwake.gravity.parallel import cores, each, spans

Array = NDArray[np.float64]
Pairs = NDArray[np.intp]

MOST_STEPS = 25
# Steps after which the next shrink as the last did.
SEEN = 3
# Change of the logarithm of an expectation, and of all effects, that counts as none.
STILL = 1e-10
# An effect that moves as far in one step is on its way to infinity, or the held matrix does not fit.
FAR = 5.0


class Apart(NamedTuple):
    """What is expected of pairs from models without them.

    expected : (B, 2) of the flow ij and of the flow ji; NaN where nothing is left that tells it.
    slopes : (B, K) of the regressors, without the pair.
    """

    expected: Array
    slopes: Array


def leave_one_out(flows: Array, mean: Array, regressors: Array) -> LeftOut:
    """Return the expectations of each pair from the model of all other pairs, estimated to its optimum.

    Takes and returns what `left_out` does. `expected` is NaN where nothing is left that tells it: an economy
    that trades with nobody else, or a regressor that varies nowhere else. Errors and leverages are those of
    the whole model.
    """
    with cores():
        first = left_out(flows, mean, regressors)
        inside = mean > 0.0
        pairs = np.argwhere(np.triu(inside | inside.T, 1))
        found = apart(whole_of(flows, mean, regressors), np.zeros(len(regressors)), pairs).expected
        expected = np.zeros_like(mean)
        i, j = pairs.T
        expected[i, j], expected[j, i] = found.T
        expected[~inside] = 0.0
        return LeftOut(expected, first.error, first.leverage)


def apart(whole: Whole, slopes: Array, pairs: Pairs) -> Apart:
    """Estimate anew without each of some pairs (B, 2); `slopes` (K,) are those of the whole model."""
    expected = np.empty((len(pairs), 2))
    moved = np.empty((len(pairs), len(slopes)))

    def of_batch(batch: slice) -> None:
        some = pairs[batch]
        expected[batch], moved[batch], settled = _followed(whole, some)
        moved[batch] += slopes
        for number in np.flatnonzero(~settled):
            at = batch.start + int(number)
            expected[at], moved[at] = _anew(whole, pairs[at])

    with cores():
        each(of_batch, spans(len(pairs), whole.mean.size))
    return Apart(expected, moved)


def _followed(whole: Whole, pairs: Pairs) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return expectations (B, 2) of pairs, how far the slopes moved (B, K), and whether each has settled."""
    size, count, (i, j) = len(whole.mean), len(pairs), pairs.T
    flat = whole.regressors.reshape(len(whole.regressors), -1)
    rows = np.arange(count)
    moved = np.zeros((count, len(whole.inverse)))
    # Each pair's two rows of the design, as the places of their effects and their regressors.
    forth, back = (i, size + j, whole.regressors[:, i, j].T), (j, size + i, whole.regressors[:, j, i].T)
    given = np.stack([_along(whole.inverse, one) for one in (forth, back)], axis=1)  # (B, 2, M)
    means = np.stack([whole.mean[i, j], whole.mean[j, i]], axis=1)
    block = np.stack([[_at(given[:, at], rows, one) for one in (forth, back)] for at in (0, 1)])
    correction = _correction(block.transpose(2, 0, 1), means)
    settled, change = np.zeros(count, dtype=bool), np.full(count, np.inf)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for number in range(MOST_STEPS):
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
            if number >= SEEN:
                # What shrinks by the same part each step, and too slowly, will not have settled at the last.
                lost |= ~settled & (change * (change / before) ** (MOST_STEPS - 1 - number) > STILL)
            moved[lost] = np.nan
            if (settled | np.isnan(moved[:, 0])).all():
                break
        log_ratio = np.stack([_at(moved, rows, one) for one in (forth, back)], axis=1)
        return means * np.exp(log_ratio), moved[:, 2 * size :], settled


def _correction(block: Array, weights: Array) -> Array:
    """Return (I - W C)^-1 W (B, 2, 2): what takes a pair out of the inverse, C its block, W its means."""
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


def _anew(whole: Whole, pair: Pairs) -> tuple[Array, Array]:
    """Return both expectations of a pair and the slopes by an estimate from the beginning; NaN for none."""
    i, j = pair
    cells = whole.mean > 0.0
    cells[i, j] = cells[j, i] = False
    slopes = np.full(len(whole.regressors), np.nan)
    try:
        found = poisson(whole.flows, cells, whole.regressors)
    except (BadInput, NotConverged):
        return np.full(2, np.nan), slopes
    slopes[list(found.kept)] = found.slopes
    return np.exp(np.array([found.predictor[i, j], found.predictor[j, i]])), slopes
