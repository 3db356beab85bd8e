"""Trade within the same products."""

from __future__ import annotations

import numpy as np

from hikiwake.indices.shares import Array


def grubel_lloyd(exports: Array, imports: Array) -> Array:
    """Share of trade that is matched within products, 1 - sum|x_k - m_k| / sum(x_k + m_k), in [0, 1].

    Over the last axis; NaN where there is no trade. Falls with the detail of the products.

    References
    ----------
    Grubel & Lloyd (1975), Intra-Industry Trade, chapter 2.

    Examples
    --------
    >>> round(float(grubel_lloyd(np.array([10.0, 0.0, 5.0]), np.array([5.0, 5.0, 5.0]))), 9)
    0.666666667
    """
    out, back = np.asarray(exports, dtype=np.float64), np.asarray(imports, dtype=np.float64)
    total = (out + back).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(total > 0, 1.0 - np.abs(out - back).sum(axis=-1) / total, np.nan))
