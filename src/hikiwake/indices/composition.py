"""Change of composition between two years."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hikiwake.indices.arrays import Array, amounts, same_shape, shares


def composition_change(before: ArrayLike, after: ArrayLike) -> Array:
    """Share of trade that changed its product between two years.

    D = sum_k |s_k,t - s_k,0| / 2

    It grows with the detail of the products.

    Parameters
    ----------
    before, after : (..., n_products) float, values by product in the first and the last year.

    Returns
    -------
    (...) float in [0, 1], a share of trade: 0 for the same composition, 1 for none in common. NaN where
    either year sums to zero.

    Raises
    ------
    ValueError
        If the shapes differ or a value is negative or infinite.

    References
    ----------
    Krugman (1991), Geography and Trade: between regions, and twice this one.

    Examples
    --------
    >>> float(composition_change([1.0, 1.0, 0.0], [0.0, 1.0, 1.0]))
    0.5
    """
    first, last = amounts("before", before), amounts("after", after)
    same_shape(("before", first), ("after", last))
    # Shares that sum to one but for the last digit must not give more than 1.
    return np.asarray(np.minimum(np.abs(shares(last) - shares(first)).sum(axis=-1) / 2.0, 1.0))
