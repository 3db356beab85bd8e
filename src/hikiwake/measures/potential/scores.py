"""How well one column foretells another: rank correlations with errors by pair, and hits. Arrays only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.intp]


class Score(NamedTuple):
    """How well a rule ranked what came.

    correlation : Spearman's, the mean over cells of a cell's correlation weighted by its rows, in [-1, 1].
    error : its standard error, clustered by pair: one pair's flows of many years are not independent.
    hits : share of rows on the side of the median that the rule said; one on the median counts half.
    """

    correlation: float
    error: float
    hits: float


def standard_ranks(values: Array) -> Array:
    """Return ranks (equal values share their mean rank) with mean 0 and variance 1; zeros if all are equal.

    The mean of the product of two such columns is Spearman's rank correlation.
    """
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Array = (last - (counts - 1) / 2.0)[place]
    ranks -= ranks.mean()
    spread = ranks.std()
    return ranks / spread if spread > 0.0 else ranks


def midpoint_growth(before: Array, after: Array) -> Array:
    """Return 2 (after - before) / (after + before), in [-2, 2]; 0 where both are 0.

    It ranks as the logarithm of the ratio does, and holds flows that ended (-2). Davis & Haltiwanger (1992),
    Quarterly Journal of Economics 107:819.
    """
    total = before + after
    out: Array = np.divide(2.0 * (after - before), total, out=np.zeros_like(total), where=total > 0.0)
    return out


def score(rule: Array, growth: Array, pairs: Codes) -> Score:
    """Score a rule, both given as standard ranks within their cells; `pairs` names each row's cluster."""
    product = rule * growth
    mean = float(product.mean())
    sums = np.bincount(pairs, weights=product - mean)
    error = float(np.sqrt((sums**2).sum())) / len(product)
    return Score(mean, error, float(np.where(product == 0.0, 0.5, product > 0.0).mean()))


def beyond(rule: Array, growth: Array, held: Sequence[Array], pairs: Codes) -> Score:
    """Score what a rule tells that others do not: both ranks without the others' linear part."""
    columns = np.stack(list(held), axis=1)

    def rest(values: Array) -> Array:
        left: Array = values - columns @ np.linalg.lstsq(columns, values, rcond=None)[0]
        out: Array = left / left.std()
        return out

    return score(rest(rule), rest(growth), pairs)
