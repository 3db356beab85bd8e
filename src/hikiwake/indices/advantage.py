"""Revealed comparative advantage: Balassa's index, its symmetric and its normalised form."""

from __future__ import annotations

import numpy as np

from hikiwake.indices.shares import Array, matrix


def rca(exports: Array) -> Array:
    """Revealed comparative advantage of each economy in each product.

    RCA_ik = (x_ik / X_i) / (X_k / X), where the world includes economy i.

    Parameters
    ----------
    exports : (n_economies, n_products) float, not negative.

    Returns
    -------
    (n_economies, n_products) float in [0, inf); NaN where an economy exports nothing or nobody exports k.

    References
    ----------
    Balassa (1965), The Manchester School 33:99.

    Examples
    --------
    >>> rca(np.array([[1.0, 1.0], [0.0, 2.0]]))
    array([[2.        , 0.66666667],
           [0.        , 1.33333333]])
    """
    values = matrix(exports, "exports")
    own, product = values.sum(axis=1), values.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        # Two outer factors: one multiplication a cell instead of three divisions.
        by_economy = np.where(own > 0, values.sum() / own, np.nan)
        by_product = np.where(product > 0, 1.0 / product, np.nan)
    out = values * by_economy[:, None]
    out *= by_product
    return out


def symmetric_rca(exports: Array) -> Array:
    """Symmetric revealed comparative advantage, (RCA - 1) / (RCA + 1), in [-1, 1].

    References
    ----------
    Dalum, Laursen & Villumsen (1998), International Review of Applied Economics 12:423.

    Examples
    --------
    >>> symmetric_rca(np.array([[1.0, 1.0], [0.0, 2.0]]))[1]
    array([-1.        ,  0.14285714])
    """
    advantage = rca(exports)
    return (advantage - 1.0) / (advantage + 1.0)


def normalised_rca(exports: Array) -> Array:
    """Normalised revealed comparative advantage, x_ik / X - X_i X_k / X^2, in [-1/4, 1/4].

    Sums to zero over the products of each economy and over the economies of each product; NaN everywhere
    when there is no trade at all.

    References
    ----------
    Yu, Cai & Leung (2009), Annals of Regional Science 43:267, equation 3.

    Examples
    --------
    >>> float(normalised_rca(np.array([[1.0, 1.0], [0.0, 2.0]])).sum())
    0.0
    """
    values = matrix(exports, "exports")
    total = values.sum()
    if total <= 0:
        return np.full_like(values, np.nan)
    expected = np.outer(values.sum(axis=1), values.sum(axis=0)) / total**2
    return np.asarray(values / total - expected, dtype=np.float64)
