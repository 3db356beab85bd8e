"""Other measures of a potential: trade intensity, and supply, demand and ease."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hikiwake.indices import trade_intensity

Array = NDArray[np.float64]


class Ease(NamedTuple):
    """Each (N, N), from exporter to importer; NaN where it is not defined.

    intensity : share of the importer in the exporter's sales over its share in the world's purchases.
    supported : what supply and demand alone would give, USD. ease : actual trade over it.
    """

    intensity: Array
    supported: Array
    ease: Array


def ease_of(flows: Array) -> Ease:
    """Return intensity, what supply and demand support, and ease, of flows (G, N, N) by group.

    supported_ij = sum_k x_ik / (X_Wk - x_jk) * M_jk: the exporter's share of what all but the importer sell
    of a group, times what the importer buys of it: the logic of the Export Potential Indicator (Decreux &
    Spies 2016) in one year, without projections.
    """
    total = flows.sum(axis=0)
    exports, imports = flows.sum(axis=2), flows.sum(axis=1)  # (G, N)
    rivals = exports.sum(axis=1, keepdims=True) - exports
    share = np.divide(imports, rivals, out=np.zeros_like(imports), where=rivals > 0.0)
    supported: Array = exports.T @ share
    nothing = np.full_like(total, np.nan)
    ease: Array = np.divide(total, supported, out=nothing, where=supported > 0.0)
    for out in (supported, ease):
        np.fill_diagonal(out, np.nan)
    return Ease(trade_intensity(total), supported, ease)
