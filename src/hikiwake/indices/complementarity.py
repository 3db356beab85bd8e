"""How well what one economy exports fits what another imports, or exports."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hikiwake.indices.arrays import Array, amounts, matched, same_products, shares
from hikiwake.indices.overlap import overlap
from hikiwake.indices.threads import for_each


def trade_complementarity(exports: ArrayLike, imports: ArrayLike) -> Array:
    """Trade complementarity index of each exporter with each importer.

    C_ij = 100 (1 - sum_k |m_jk - s_ik| / 2) = 100 sum_k min(m_jk, s_ik),
    with s and m the shares of product k in i's exports and in j's imports.

    It falls with the detail of the products, so that levels of detail cannot be compared. The two
    directions of a pair are two numbers.

    Parameters
    ----------
    exports : (n_exporters, n_products) float, any one currency; rows need not be normalised.
    imports : (n_importers, n_products) float, same products in the same order.

    Returns
    -------
    (n_exporters, n_importers) float in [0, 100], no unit; NaN where a row sums to zero.

    Raises
    ------
    ValueError
        If the products differ or a value is negative or infinite.

    References
    ----------
    Michaely (1996), Trade preferential agreements in Latin America; as used by the World Bank's WITS.

    Examples
    --------
    >>> trade_complementarity([[0.5, 0.3, 0.2]], [[0.2, 0.3, 0.5]]).round(12)
    array([[70.]])
    """
    sold, bought = _pair(exports, imports)
    supply, demand = for_each(shares, (sold, bought), sold.size * len(bought))
    # Shares that sum to one but for the last digit must not give more than 100.
    return np.minimum(100.0 * overlap(supply, demand), 100.0)


def complementarity_by_product(exports: ArrayLike, imports: ArrayLike) -> Array:
    """Points that each product adds to the trade complementarity of a pair.

    c_k = 100 min(m_k, s_k); sums to `trade_complementarity` over the products.

    Parameters
    ----------
    exports : (..., n_products) float, one exporter's exports per row.
    imports : (..., n_products) float, the paired importer's imports, same shape.

    Returns
    -------
    (..., n_products) float in [0, 100], points of the index; NaN in rows where either side sums to zero.

    Raises
    ------
    ValueError
        If the shapes differ or a value is negative or infinite.

    References
    ----------
    As `trade_complementarity`.

    Examples
    --------
    >>> complementarity_by_product([0.5, 0.3, 0.2], [0.2, 0.3, 0.5])
    array([20., 30., 20.])
    """
    sold, bought = matched(exports, imports)
    return 100.0 * np.minimum(shares(sold), shares(bought))


def cosine_similarity(exports: ArrayLike, imports: ArrayLike, *, centred: bool = False) -> Array:
    """Cosine of the angle between each exporter's exports and each importer's imports.

    cos_ij = s_i . m_j / (|s_i| |m_j|); centred: the same of deviations from the row's mean, which is
    Pearson's correlation. Large products decide it; tiny ones hardly count.

    Parameters
    ----------
    exports : (n_exporters, n_products) float, any one currency.
    imports : (n_importers, n_products) float, same products in the same order.
    centred : take each row's mean off first.

    Returns
    -------
    (n_exporters, n_importers) float in [0, 1], or [-1, 1] when centred; NaN where a row sums to zero, and
    when centred also where all values of a row are equal.

    Raises
    ------
    ValueError
        If the products differ or a value is negative or infinite.

    References
    ----------
    Linnemann & van Beers (1988), Measures of export-import similarity, Weltwirtschaftliches Archiv 124.

    Examples
    --------
    >>> cosine_similarity([[0.5, 0.3, 0.2]], [[0.2, 0.3, 0.5]]).round(4)
    array([[0.7632]])
    """
    sold, bought = _pair(exports, imports)
    low = -1.0 if centred else 0.0
    result: Array = np.clip(_directions(sold, centred) @ _directions(bought, centred).T, low, 1.0)
    return result


def export_similarity(exports: ArrayLike) -> Array:
    """Export similarity index of each pair of exporters.

    S_ij = 100 sum_k min(s_ik, s_jk). For similarity in one market, give the exports to that market.

    Parameters
    ----------
    exports : (n_exporters, n_products) float, any one currency.

    Returns
    -------
    (n_exporters, n_exporters) float in [0, 100], symmetric, 100 on the diagonal; NaN for exporters whose row
    sums to zero.

    Raises
    ------
    ValueError
        If `exports` is not a matrix or a value is negative or infinite.

    References
    ----------
    Finger & Kreinin (1979), A measure of "export similarity" and its possible uses, Economic Journal 89.

    Examples
    --------
    >>> export_similarity([[0.5, 0.5], [0.25, 0.75]])
    array([[100.,  75.],
           [ 75., 100.]])
    """
    own = shares(amounts("exports", exports, 2))
    both = np.minimum(100.0 * overlap(own, own), 100.0)
    # The order of the sums may differ between (i, j) and (j, i): take one of them for both.
    upper = np.triu(both, 1)
    diagonal = np.where(np.isnan(own).any(axis=1), np.nan, 100.0)
    result: Array = upper + upper.T + np.diag(diagonal)
    return result


def _pair(exports: ArrayLike, imports: ArrayLike) -> tuple[Array, Array]:
    sold, bought = amounts("exports", exports, 2), amounts("imports", imports, 2)
    same_products(("exports", sold), ("imports", bought))
    return sold, bought


def _directions(values: Array, centred: bool) -> Array:
    """Rows of length one; NaN in rows without a direction."""
    rows = shares(values)
    if centred:
        # Equal values leave rounding errors as deviations, which would pass for a direction.
        flat = np.ptp(values, axis=1, keepdims=True) == 0.0
        rows = np.where(flat, np.nan, rows - rows.mean(axis=1, keepdims=True))
    with np.errstate(invalid="ignore"):
        result: Array = rows / np.sqrt(np.einsum("ik,ik->i", rows, rows))[:, None]
    return result
