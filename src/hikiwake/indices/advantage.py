"""Revealed comparative advantage: what an economy exports more of than the world does."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hikiwake.indices.arrays import Array, amounts

# Rows worked on at once: small enough that the second step finds the first one's result in the cache.
ROWS = 8


def rca(exports: ArrayLike, world: ArrayLike | None = None) -> Array:
    """Revealed comparative advantage (Balassa index) of each exporter in each product.

    RCA_ik = (x_ik / X_i) / (X_Wk / X_W), with X_i = sum_k x_ik.

    On a covered subset of products it is the advantage within that subset.

    Parameters
    ----------
    exports : (n_exporters, n_products) float, any one currency.
    world : (n_products,) float, the world's exports of each product in the same currency. By default the
        sum over the exporters given, so that the world includes the exporter itself.

    Returns
    -------
    (n_exporters, n_products) float in [0, inf), no unit: above 1 means an advantage. NaN in rows of exporters
    that export nothing and in columns of products that the world does not export.

    Raises
    ------
    ValueError
        If the shapes do not fit or a value is negative or infinite.

    References
    ----------
    Balassa (1965), Trade liberalisation and "revealed" comparative advantage, Manchester School 33.

    Examples
    --------
    >>> rca([[1.0, 1.0], [0.0, 2.0]])
    array([[2.        , 0.66666667],
           [0.        , 1.33333333]])
    """
    flows, of_world = _with_world(exports, world)
    result = np.empty_like(flows, order="C")
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        weight = of_world.sum() / of_world  # infinite for a product nobody exports, and 0 * inf is NaN
        totals = flows.sum(axis=1, keepdims=True)
        for start in range(0, len(flows), ROWS):
            rows = slice(start, start + ROWS)
            np.divide(flows[rows], totals[rows], out=result[rows])
            result[rows] *= weight
    return result


def symmetric_rca(exports: ArrayLike, world: ArrayLike | None = None) -> Array:
    """Symmetric revealed comparative advantage of each exporter in each product.

    SRCA_ik = (RCA_ik - 1) / (RCA_ik + 1)

    Parameters
    ----------
    exports, world : as in `rca`.

    Returns
    -------
    (n_exporters, n_products) float in [-1, 1), no unit: above 0 means an advantage. NaN where `rca` is.

    Raises
    ------
    ValueError
        If the shapes do not fit or a value is negative or infinite.

    References
    ----------
    Dalum, Laursen & Villumsen (1998), Structural change in OECD export specialisation patterns.

    Examples
    --------
    >>> symmetric_rca([[1.0, 1.0], [0.0, 2.0]])[:, 0]
    array([ 0.33333333, -1.        ])
    """
    advantage = rca(exports, world)
    result: Array = (advantage - 1.0) / (advantage + 1.0)
    return result


def normalised_rca(exports: ArrayLike, world: ArrayLike | None = None) -> Array:
    """Normalised revealed comparative advantage of each exporter in each product.

    NRCA_ik = x_ik / X_W - X_i X_Wk / X_W^2

    Sums to zero over the products of each exporter, and over the exporters of each product when they are
    the whole world.

    Parameters
    ----------
    exports, world : as in `rca`.

    Returns
    -------
    (n_exporters, n_products) float in [-1/4, 1/4], a share of the world's exports: above 0 means an
    advantage. NaN when the world exports nothing; 0 for exporters or products without trade.

    Raises
    ------
    ValueError
        If the shapes do not fit or a value is negative or infinite.

    References
    ----------
    Yu, Cai & Leung (2009), The normalized revealed comparative advantage index, Annals of Regional
    Science 43.

    Examples
    --------
    >>> normalised_rca([[1.0, 1.0], [0.0, 2.0]])
    array([[ 0.125, -0.125],
           [-0.125,  0.125]])
    """
    flows, of_world = _with_world(exports, world)
    with np.errstate(invalid="ignore"):
        in_world = flows / of_world.sum()
        result: Array = in_world - in_world.sum(axis=1, keepdims=True) * (of_world / of_world.sum())
    return result


def _with_world(exports: ArrayLike, world: ArrayLike | None) -> tuple[Array, Array]:
    flows = amounts("exports", exports, 2)
    if world is None:
        return flows, flows.sum(axis=0)
    of_world = amounts("world", world, 1)
    if of_world.shape[0] != flows.shape[1]:
        raise ValueError(f"world has {of_world.shape[0]} products and exports has {flows.shape[1]}")
    return flows, of_world
