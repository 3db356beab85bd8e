"""What the indices accept: float64 arrays without negative or infinite values."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
INFINITY = np.array(np.inf).view(np.uint64)[()]


def amounts(name: str, values: ArrayLike, dimensions: int | None = None) -> Array:
    """Return trade values as a float64 array of at least one dimension.

    NaN passes: it makes NaN whatever depends on it. A negative or infinite value is no trade value.

    Raises
    ------
    ValueError
        If the number of dimensions differs from `dimensions`, or a value is negative or infinite.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0 or (dimensions is not None and array.ndim != dimensions):
        wanted = "at least 1" if dimensions is None else str(dimensions)
        raise ValueError(f"{name} must have {wanted} dimension(s), not {array.ndim}")
    # The bits of a finite value without a sign, read as a whole number, lie below those of infinity: one pass
    # tells that all are sound. Only where it does not (NaN, minus zero, a fault) is there more to look at.
    if np.maximum.reduce(array.view(np.uint64), axis=None, initial=0) < INFINITY:
        return array
    # fmin and fmax look past NaN, which min and max would return instead of the offending value.
    if np.fmin.reduce(array, axis=None, initial=0.0) < 0.0:
        raise ValueError(f"{name} must not hold negative values")
    if np.fmax.reduce(array, axis=None, initial=0.0) == np.inf:
        raise ValueError(f"{name} must not hold infinite values")
    return array


def same_products(first: tuple[str, Array], second: tuple[str, Array]) -> None:
    """Raise ValueError unless both arrays have equally many products, the last axis."""
    (name, one), (other_name, other) = first, second
    if one.shape[-1] != other.shape[-1]:
        raise ValueError(
            f"{name} has {one.shape[-1]} products and {other_name} has {other.shape[-1]}: "
            "both need the same products in the same order"
        )


def same_shape(first: tuple[str, Array], second: tuple[str, Array]) -> None:
    """Raise ValueError unless both arrays have the same shape."""
    (name, one), (other_name, other) = first, second
    if one.shape != other.shape:
        raise ValueError(f"{name} has shape {one.shape} and {other_name} has shape {other.shape}")


def matched(exports: ArrayLike, imports: ArrayLike) -> tuple[Array, Array]:
    """Return exports and imports as arrays of one shape; a ValueError names what is wrong with them."""
    sold, bought = amounts("exports", exports), amounts("imports", imports)
    same_shape(("exports", sold), ("imports", bought))
    return sold, bought


def square(name: str, flows: Array) -> None:
    """Raise ValueError unless a matrix of flows has as many importers as exporters."""
    if flows.shape[0] != flows.shape[1]:
        raise ValueError(f"{name} must be square, exporters by importers, not {flows.shape}")


def shares(values: ArrayLike) -> Array:
    """Shares of each value in the total of its row, the last axis.

    s_ik = x_ik / sum_k x_ik

    Parameters
    ----------
    values : (..., n) float, any one currency or quantity.

    Returns
    -------
    (..., n) float in [0, 1], each row summing to one; NaN in rows that sum to zero.

    Raises
    ------
    ValueError
        If a value is negative or infinite.

    Examples
    --------
    >>> shares([[1.0, 3.0]])
    array([[0.25, 0.75]])
    """
    array = amounts("values", values)
    with np.errstate(invalid="ignore"):
        result: Array = array / array.sum(axis=-1, keepdims=True)
    return result
