"""Shares over the last axis, and checks of shape, which every index needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def matrix(values: Array, name: str) -> Array:
    """Return a two-dimensional float64 array; `ValueError` names the argument that is not one."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 2:
        msg = f"{name} must have two dimensions (economies, products), not {array.ndim}"
        raise ValueError(msg)
    return array


def same_products(one: Array, other: Array) -> None:
    """Raise `ValueError` unless both have the same number of columns."""
    if one.shape[-1] != other.shape[-1]:
        msg = f"the products differ: {one.shape[-1]} columns against {other.shape[-1]}"
        raise ValueError(msg)


def shares(values: Array) -> Array:
    """Return each row divided by its sum; a row that sums to zero becomes NaN."""
    total = values.sum(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, values / total, np.nan)
