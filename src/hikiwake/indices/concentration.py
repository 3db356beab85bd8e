"""How concentrated a distribution is."""

from __future__ import annotations

import numpy as np

from hikiwake.indices.shares import Array, shares


def hhi(values: Array) -> Array:
    """Hirschman-Herfindahl index over the last axis, sum of squared shares, in [1/n, 1]; NaN without a total.

    References
    ----------
    Hirschman (1964), American Economic Review 54:761.

    Examples
    --------
    >>> float(hhi(np.array([3.0, 1.0])))
    0.625
    """
    return np.asarray((shares(np.asarray(values, dtype=np.float64)) ** 2).sum(axis=-1))


def normalised_hhi(values: Array) -> Array:
    """Concentration between 0 (equal shares of all n categories) and 1: (H - 1/n) / (1 - 1/n).

    Examples
    --------
    >>> float(normalised_hhi(np.array([3.0, 1.0])))
    0.25
    """
    n = np.asarray(values).shape[-1]
    if n < 2:
        return np.full(np.asarray(values).shape[:-1], np.nan)
    return np.asarray((hhi(values) - 1.0 / n) / (1.0 - 1.0 / n), dtype=np.float64)


def effective_number(values: Array) -> Array:
    """Return the number of equal categories that would be as concentrated, 1/H, in [1, n].

    Examples
    --------
    >>> float(effective_number(np.array([3.0, 1.0])))
    1.6
    """
    return np.asarray(1.0 / hhi(values))
