"""Concentration of values over categories: suppliers, customers, products."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hikiwake.indices.arrays import Array, amounts, shares

Categories = Literal["possible", "present"]


class TheilParts(NamedTuple):
    """Theil's index split into differences between groups and within them; they add up to the index."""

    between: Array
    within: Array


def hhi(values: ArrayLike) -> Array:
    """Herfindahl-Hirschman index of each row.

    H = sum_k s_k^2, with s the shares of the row.

    Parameters
    ----------
    values : (..., n) float, values of n categories in the last axis.

    Returns
    -------
    (...) float in [1/n, 1], no unit (elsewhere given times 10,000); NaN where a row sums to zero.

    Raises
    ------
    ValueError
        If a value is negative or infinite.

    References
    ----------
    Hirschman (1964), The paternity of an index, American Economic Review 54.

    Examples
    --------
    >>> float(hhi([2.0, 2.0, 4.0]))
    0.375
    """
    parts = shares(amounts("values", values))
    return np.asarray(np.einsum("...k,...k->...", parts, parts))


def normalised_hhi(values: ArrayLike, categories: Categories = "possible") -> Array:
    """Herfindahl-Hirschman index of each row, scaled to run from 0 to 1 for any number of categories.

    H* = (H - 1/n) / (1 - 1/n)

    Parameters
    ----------
    values : (..., n) float, values of n categories in the last axis.
    categories : n counts all categories given ("possible") or those above zero ("present").

    Returns
    -------
    (...) float in [0, 1], no unit; NaN where a row sums to zero or n is 1.

    Raises
    ------
    ValueError
        If a value is negative or infinite.

    References
    ----------
    As `hhi`. UNCTAD's concentration index scales the square root of H in the same way.

    Examples
    --------
    >>> float(normalised_hhi([1.0, 1.0, 0.0])), float(normalised_hhi([1.0, 1.0, 0.0], "present"))
    (0.25, 0.0)
    """
    array = amounts("values", values)
    present = np.count_nonzero(array > 0.0, axis=-1)
    n = np.asarray(present if categories == "present" else np.full_like(present, array.shape[-1]), float)
    with np.errstate(divide="ignore", invalid="ignore"):
        result = np.asarray((hhi(array) - 1.0 / n) / (1.0 - 1.0 / n))
    # Equal shares may fall below 1/n by a rounding error. With n = 1 the quotient is 0/0.
    return np.where(n > 1.0, np.clip(result, 0.0, 1.0), np.nan)


def effective_number(values: ArrayLike) -> Array:
    """Effective number of categories of each row: how many of equal size would be as concentrated.

    N = 1 / H

    Parameters
    ----------
    values : (..., n) float, values of n categories in the last axis.

    Returns
    -------
    (...) float in [1, n], a number of categories; NaN where a row sums to zero.

    Raises
    ------
    ValueError
        If a value is negative or infinite.

    References
    ----------
    Laakso & Taagepera (1979), "Effective" number of parties, Comparative Political Studies 12.

    Examples
    --------
    >>> float(effective_number([1.0, 1.0, 0.0]))
    2.0
    """
    return np.asarray(1.0 / hhi(values))


def theil(values: ArrayLike) -> Array:
    """Theil's index of each row.

    T = (1/n) sum_k (x_k / mean) ln(x_k / mean) = sum_k s_k ln(n s_k), with 0 ln 0 = 0.

    Parameters
    ----------
    values : (..., n) float, values of n categories in the last axis; zeros count as categories.

    Returns
    -------
    (...) float in [0, ln n], nats; NaN where a row sums to zero.

    Raises
    ------
    ValueError
        If a value is negative or infinite.

    References
    ----------
    Theil (1967), Economics and Information Theory; Cadot, Carrere & Strauss-Kahn (2011).

    Examples
    --------
    >>> float(theil([1.0, 1.0])), round(float(theil([1.0, 0.0])), 6)
    (0.0, 0.693147)
    """
    parts = shares(amounts("values", values))
    return np.asarray(_relative_entropy(parts, np.asarray(1.0 / max(1, parts.shape[-1]))).sum(axis=-1))


def theil_parts(values: ArrayLike, groups: NDArray[np.integer] | NDArray[np.bool_]) -> TheilParts:
    """Split Theil's index of each row into the parts between and within groups of categories.

    between = sum_g S_g ln(S_g / (n_g / n)), within = sum_g S_g T_g,
    with S_g the group's share in the row, n_g its number of categories and T_g its own index.

    With the groups "traded" and "not traded" the part between is the margin of new products, the part within
    the concentration among those traded.

    Parameters
    ----------
    values : (..., n) float, values of n categories in the last axis.
    groups : (n,) or (..., n) integer or boolean labels of the categories' groups.

    Returns
    -------
    TheilParts of (...) float in [0, ln n], nats; NaN where a row sums to zero.

    Raises
    ------
    ValueError
        If the labels do not fit the values or a value is negative or infinite.

    References
    ----------
    Cadot, Carrere & Strauss-Kahn (2011), Export diversification: what's behind the hump?, Review of Economics
    and Statistics 93.

    Examples
    --------
    >>> parts = theil_parts([3.0, 1.0, 0.0, 0.0], np.array([True, True, False, False]))
    >>> round(float(parts.between), 6), round(float(parts.within), 6)
    (0.693147, 0.130812)
    """
    parts = shares(amounts("values", values))
    labels = np.asarray(groups)
    if labels.shape not in (parts.shape, parts.shape[-1:]):
        raise ValueError(f"groups has shape {labels.shape} and values has shape {parts.shape}")
    labels = np.broadcast_to(labels, parts.shape)
    n = parts.shape[-1]
    between = np.zeros(parts.shape[:-1])
    within = np.zeros(parts.shape[:-1])
    for label in np.unique(labels):
        member = labels == label
        size = np.count_nonzero(member, axis=-1)
        own = np.where(member, parts, 0.0).sum(axis=-1)
        # Rows of undefined shares stay undefined, whatever their groups.
        own = np.where(np.isnan(parts).any(axis=-1), np.nan, own)
        between += _relative_entropy(own, size / n)
        with np.errstate(divide="ignore", invalid="ignore"):
            equal = np.where(size > 0, own / size, 0.0)[..., None]
        within += np.where(member, _relative_entropy(parts, equal), 0.0).sum(axis=-1)
    return TheilParts(np.asarray(between), np.asarray(within))


def _relative_entropy(part: Array, reference: Array) -> Array:
    """Return part ln(part / reference), which is 0 where the part is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = part * np.log(part / reference)
    return np.where(part == 0.0, 0.0, terms)
