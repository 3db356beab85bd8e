"""The part that two distributions share, for all pairs of rows."""

from __future__ import annotations

import numpy as np

from hikiwake.indices.arrays import Array
from hikiwake.indices.threads import for_each

# Elements compared in one step: few enough to stay in a near cache, and enough that threads, which take turns
# between steps, seldom wait for each other.
TILE = 240_000
# Rows of the first argument that one task works on: few, so that all threads end at about the same time.
BLOCK = 5


def overlap(left: Array, right: Array) -> Array:
    """Sum of the smaller of two shares, for each row of `left` with each row of `right`.

    O_ij = sum_k min(l_ik, r_jk) = 1 - sum_k |l_ik - r_jk| / 2 for rows that sum to one.

    Every share is compared with every other, with no rounding but that of the sum. The result is the same for
    any number of threads.

    Parameters
    ----------
    left : (n, n_products) float, rows of shares.
    right : (m, n_products) float, rows of shares.

    Returns
    -------
    (n, m) float in [0, 1], or above by a rounding error; NaN where either row holds NaN.
    """
    result = np.empty((left.shape[0], right.shape[0]))

    def fill(start: int) -> None:
        rows = slice(start, start + BLOCK)
        _compare(left[rows], right, result[rows])

    for_each(fill, range(0, left.shape[0], BLOCK), left.size * right.shape[0])
    return result


def _compare(left: Array, right: Array, result: Array) -> None:
    height = max(1, TILE // max(1, right.shape[1]))
    smaller = np.empty((min(height, right.shape[0]), right.shape[1]))
    for start in range(0, right.shape[0], height):
        others = right[start : start + height]
        tile = smaller[: len(others)]
        for row, own in enumerate(left):
            np.minimum(others, own, out=tile)
            # Unlike sum, einsum adds along rows without a stop every 128 elements: a third faster.
            np.einsum("jk->j", tile, out=result[row, start : start + height])
