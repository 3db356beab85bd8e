"""Trade intensity: trade between two economies against what their sizes alone would give."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from hikiwake.indices.arrays import Array, amounts, same_shape, square


class Decomposition(NamedTuple):
    """Trade intensity as commodity complementarity times bias; each (n, n), exporters by importers."""

    intensity: Array
    complementarity: Array
    bias: Array


def trade_intensity(flows: ArrayLike) -> Array:
    """Trade intensity of each exporter with each importer, simple form.

    I_ij = (x_ij / X_i) / (M_j / M_W)

    Parameters
    ----------
    flows : (n, n) float, exports of row i to column j in any one currency. The diagonal is left out.

    Returns
    -------
    (n, n) float in [0, inf), no unit: 1 is the importer's weight in the world. NaN on the diagonal, where the
    exporter exports nothing and where the importer imports nothing.

    Raises
    ------
    ValueError
        If `flows` is not square or a value is negative or infinite.

    References
    ----------
    Brown (1949), Applied Economics; as used by the World Bank's WITS.

    Examples
    --------
    >>> trade_intensity([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0]])[0]
    array([nan, 1.5, 1.5])
    """
    between = _between(flows)
    imports = between.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Array = between / between.sum(axis=1, keepdims=True) / (imports / imports.sum())
    return _without_self(result)


def refined_trade_intensity(flows: ArrayLike) -> Array:
    """Trade intensity of each exporter with each importer, in the imports that the exporter can serve.

    I_ij = (x_ij / X_i) / (M_j / (M_W - M_i)), since i cannot sell to itself.

    Parameters
    ----------
    flows : (n, n) float, exports of row i to column j in any one currency. The diagonal is left out.

    Returns
    -------
    (n, n) float in [0, inf), no unit: 1 is the importer's weight in the world without i. NaN where the simple
    form is.

    Raises
    ------
    ValueError
        If `flows` is not square or a value is negative or infinite.

    References
    ----------
    Kojima (1964), The pattern of international trade among advanced countries; Drysdale & Garnaut (1982).

    Examples
    --------
    >>> refined_trade_intensity([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0]])[0]
    array([nan,  1.,  1.])
    """
    between = _between(flows)
    expected = _expected(between.sum(axis=1), between.sum(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Array = between / expected
    return _without_self(result)


def intensity_decomposition(flows: ArrayLike, exports: ArrayLike, imports: ArrayLike) -> Decomposition:
    """Split the refined trade intensity into commodity complementarity and bias: I = C x B.

    With xbar_ijk = x_ik m_jk / (M_Wk - M_ik), what i would sell to j if each of its products went to the
    other economies by their imports:

    C_ij = sum_k xbar_ijk / [X_i M_j / (M_W - M_i)]
    B_ij = x_ij / sum_k xbar_ijk

    This C is centred on 1 and has no upper bound: it is not the complementarity index of 0 to 100. A product
    which nobody but i imports adds nothing to xbar.

    Parameters
    ----------
    flows : (n, n) float, exports of row i to column j over all products. The diagonal is left out.
    exports : (n, n_products) float, each economy's exports by product, same economies and currency.
    imports : (n, n_products) float, each economy's imports by product.

    Returns
    -------
    Decomposition of (n, n) float arrays in [0, inf), no unit. NaN on the diagonal and where X_i or M_j is
    zero; the bias is NaN too where no product of i is imported by j.

    Raises
    ------
    ValueError
        If the shapes do not fit or a value is negative or infinite.

    References
    ----------
    Drysdale & Garnaut (1982), Trade intensities and the analysis of bilateral trade flows in a many-country
    world, Hitotsubashi Journal of Economics 22.

    Examples
    --------
    >>> goods = [[2.0, 0.0], [0.0, 2.0], [1.0, 1.0]]
    >>> parts = intensity_decomposition(
    ...     [[0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0]], goods, goods[::-1]
    ... )
    >>> [round(float(part[0, 2]), 4) for part in parts]
    [1.0, 2.0, 0.5]
    """
    between = _between(flows)
    sold, bought = amounts("exports", exports, 2), amounts("imports", imports, 2)
    same_shape(("exports", sold), ("imports", bought))
    if sold.shape[0] != between.shape[0]:
        raise ValueError(f"flows has {between.shape[0]} economies and exports has {sold.shape[0]}")
    expected = _expected(sold.sum(axis=1), bought.sum(axis=1))
    others = _all_but_own(bought)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_products = np.where(others > 0.0, sold / others, 0.0) @ bought.T
        parts = (between / expected, by_products / expected, between / by_products)
    return Decomposition(*(_without_self(part) for part in parts))


def _between(flows: ArrayLike) -> Array:
    between = amounts("flows", flows, 2).copy()
    square("flows", between)
    np.fill_diagonal(between, 0.0)
    return between


def _all_but_own(imports: Array) -> Array:
    """Return the imports of all others, exactly 0 where there are none: a difference would leave errors."""
    others = imports.sum(axis=0) - imports
    alone = (imports > 0.0).sum(axis=0) - (imports > 0.0) == 0
    return np.where(alone, 0.0, others)


def _expected(exports: Array, imports: Array) -> Array:
    """X_i M_j / (M_W - M_i), what sizes alone would give."""
    others = _all_but_own(imports[:, None])[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Array = (exports / others)[:, None] * imports
    return result


def _without_self(values: Array) -> Array:
    np.fill_diagonal(values, np.nan)
    return values
