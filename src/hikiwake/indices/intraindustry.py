"""Intra-industry trade: how far two economies trade the same products in both directions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hikiwake.indices.arrays import Array, matched


def grubel_lloyd(exports: ArrayLike, imports: ArrayLike) -> Array:
    """Grubel-Lloyd index of intra-industry trade over the products of each row.

    GL = 1 - sum_k |x_k - m_k| / sum_k (x_k + m_k)

    It falls with the detail of the products and is biased down where trade is unbalanced.

    Parameters
    ----------
    exports : (..., n_products) float, exports of one economy to another, any one currency.
    imports : (..., n_products) float, imports from it, same products in the same order.

    Returns
    -------
    (...) float in [0, 1], no unit: 1 where all trade goes both ways. NaN where nothing is traded.

    Raises
    ------
    ValueError
        If the shapes differ or a value is negative or infinite.

    References
    ----------
    Grubel & Lloyd (1975), Intra-Industry Trade.

    Examples
    --------
    >>> round(float(grubel_lloyd([10.0, 0.0, 5.0], [5.0, 5.0, 5.0])), 6)
    0.666667
    """
    sold, bought = matched(exports, imports)
    total = (sold + bought).sum(axis=-1)
    with np.errstate(invalid="ignore"):
        return np.asarray(2.0 * np.minimum(sold, bought).sum(axis=-1) / total)


def grubel_lloyd_by_product(exports: ArrayLike, imports: ArrayLike) -> Array:
    """Grubel-Lloyd index of each product by itself.

    GL_k = 1 - |x_k - m_k| / (x_k + m_k)

    Parameters
    ----------
    exports, imports : as in `grubel_lloyd`.

    Returns
    -------
    (..., n_products) float in [0, 1], no unit; NaN for products that are not traded.

    Raises
    ------
    ValueError
        If the shapes differ or a value is negative or infinite.

    References
    ----------
    As `grubel_lloyd`.

    Examples
    --------
    >>> grubel_lloyd_by_product([10.0, 0.0, 5.0], [10.0, 5.0, 0.0])
    array([1., 0., 0.])
    """
    sold, bought = matched(exports, imports)
    with np.errstate(invalid="ignore"):
        result: Array = 2.0 * np.minimum(sold, bought) / (sold + bought)
    return result
