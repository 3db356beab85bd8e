"""How well what some sell fits what others buy, for all pairs at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from hikiwake.indices.shares import Array, matrix, same_products, shares

BLOCK = 32
"""Importers a thread handles at a time: the work array (block x products) stays in the second-level cache."""
THREADS = 2


def trade_complementarity(exports: Array, imports: Array) -> Array:
    """Trade complementarity index of each exporter with each importer.

    C_ij = 100 (1 - sum_k |m_jk - s_ik| / 2) with export shares s and import shares m over the same products,
    which equals 100 sum_k min(m_jk, s_ik).

    Parameters
    ----------
    exports : (n_exporters, n_products) float, any one currency; rows need not be normalised.
    imports : (n_importers, n_products) float, same products in the same order.

    Returns
    -------
    (n_exporters, n_importers) float in [0, 100]; NaN where a row sums to zero.

    References
    ----------
    Michaely (1996), Trade Preferential Agreements in Latin America, World Bank WPS 1583; WITS glossary.

    Examples
    --------
    >>> trade_complementarity(np.array([[0.5, 0.3, 0.2]]), np.array([[0.2, 0.3, 0.5]])).round(9)
    array([[70.]])
    """
    sold, bought = matrix(exports, "exports"), matrix(imports, "imports")
    same_products(sold, bought)
    return _overlap(shares(sold), shares(bought))


def export_similarity(exports: Array) -> Array:
    """Export similarity index of each two economies, 100 sum_k min(s_ik, s_jk), in [0, 100].

    References
    ----------
    Finger & Kreinin (1979), Economic Journal 89:905.

    Examples
    --------
    >>> export_similarity(np.array([[1.0, 0.0], [1.0, 1.0]]))
    array([[100.,  50.],
           [ 50., 100.]])
    """
    of = shares(matrix(exports, "exports"))
    return _overlap(of, of)


def cosine_complementarity(exports: Array, imports: Array) -> Array:
    """Cosine of each exporter's with each importer's shares, in [0, 1]; NaN where a row sums to zero.

    Insensitive to small lines, unlike the complementarity index.

    Examples
    --------
    >>> cosine_complementarity(np.array([[0.5, 0.3, 0.2]]), np.array([[0.2, 0.3, 0.5]])).round(4)
    array([[0.7632]])
    """
    sold, bought = matrix(exports, "exports"), matrix(imports, "imports")
    same_products(sold, bought)
    with np.errstate(invalid="ignore", divide="ignore"):
        one = sold / np.linalg.norm(sold, axis=1, keepdims=True)
        other = bought / np.linalg.norm(bought, axis=1, keepdims=True)
    return np.asarray(one @ other.T, dtype=np.float64)


def _overlap(sold: Array, bought: Array) -> Array:
    """Return 100 sum_k min(sold_ik, bought_jk), in blocks of exporters on a few threads."""
    out = np.empty((len(sold), len(bought)))

    def fill(start: int) -> None:
        work = np.empty_like(bought)
        for i in range(start, min(start + BLOCK, len(sold))):
            np.minimum(bought, sold[i], out=work)
            np.sum(work, axis=1, out=out[i])

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(fill, range(0, len(sold), BLOCK)))
    # Two rows of shares that sum to one overlap by at most one; rounding may leave a last bit above it.
    return np.minimum(out, 1.0) * 100.0
