"""Draws of the slopes by reweighting clusters, without estimating again."""

from __future__ import annotations

import numpy as np

from hikiwake.core.errors import BadInput
from hikiwake.gravity.columns import combine
from hikiwake.gravity.covariance import ROBUST
from hikiwake.gravity.effects import Array
from hikiwake.gravity.formula import effects_of
from hikiwake.gravity.results import GravityFit


def score_bootstrap(found: GravityFit, draws: int, *, seed: int) -> Array:
    """Return slopes (draws, K) of the score bootstrap over the clusters of the fit.

    b* = b + B sum_g (m_g - 1) s_g, with B the bread, s_g the score of cluster g and m_g how often g was drawn
    when G clusters are drawn with replacement. This is one Newton step from the estimate with the Hessian
    held: all draws are one matrix product. It is exact to first order, and its covariance is the clustered
    one without a small-sample factor; it does not move the fixed effects.

    Raises
    ------
    BadInput
        If the errors of the fit are not clustered in exactly one way, or there is no draw.

    References
    ----------
    Kline & Santos (2012), Journal of Econometric Methods 1(1): 23-41.
    """
    by = found.covariance.by
    ways = () if by == ROBUST else effects_of(by, by)
    if len(ways) != 1 or draws < 1:
        raise BadInput(
            where="score bootstrap",
            why="it draws clusters of one kind, at least once",
            remedy="Use with_errors('exporter^importer') first, and a number of draws above zero.",
        )
    parts = found.sandwich
    keys = [parts.keys[name] for name in ways[0].columns]
    codes, _ = combine(keys, unordered=ways[0].unordered)
    _, cluster = np.unique(codes, return_inverse=True)
    sums = np.stack([np.bincount(cluster, weights=row) for row in parts.scores])
    count = sums.shape[1]
    random = np.random.default_rng(seed)
    times_drawn = random.multinomial(count, np.full(count, 1.0 / count), size=draws)
    out: Array = found.coefficients + (times_drawn - 1.0) @ sums.T @ parts.bread
    return out
