"""Draws of the slopes by reweighting clusters: estimated again, one step of that, or the scores alone."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput, NotConverged
from hikiwake.gravity import estimate
from hikiwake.gravity.columns import Codes, combine
from hikiwake.gravity.covariance import ROBUST, cluster_sums
from hikiwake.gravity.draws import ByPair
from hikiwake.gravity.effects import Array
from hikiwake.gravity.formula import effects_of
from hikiwake.gravity.layout import lay_out, repeated, sides
from hikiwake.gravity.newton import Solver
from hikiwake.gravity.parallel import cores, each
from hikiwake.gravity.results import GravityFit
from hikiwake.gravity.threeway import ThreeWay

Counts = NDArray[np.int32]
Until = Literal["optimum", "one step", "quick step"]
# A draw's slopes are then right to about 1e-8: far below what differs between draws.
ENOUGH = Solver(tolerance=1e-5)


def score_bootstrap(found: GravityFit, draws: int, *, seed: int) -> Array:
    """Return slopes (draws, K) of the score bootstrap over the clusters of the fit.

    b* = b + B sum_g (m_g - 1) s_g, with B the bread, s_g the score of cluster g and m_g how often g was drawn
    when G clusters are drawn with replacement. This is one Newton step from the estimate with the Hessian
    held: all draws are one matrix product. It is exact to first order, and its covariance is the clustered
    one without a small-sample factor; it does not move the fixed effects. `bootstrap` does.

    Raises
    ------
    BadInput
        If the errors of the fit are not clustered in exactly one way, or there is no draw.

    References
    ----------
    Kline & Santos (2012), Journal of Econometric Methods 1(1): 23-41.
    """
    cluster, times_drawn = _drawn(found, draws, seed)
    sums = cluster_sums(found.sandwich, cluster, times_drawn.shape[1])
    out: Array = found.coefficients + (times_drawn - 1.0) @ sums.T @ found.sandwich.bread
    return out


def bootstrap(found: GravityFit, draws: int, *, seed: int, until: Until = "quick step") -> Array:
    """Return slopes (draws, K), each draw a regression on clusters drawn with replacement.

    A cluster that is drawn m times has weight m. With the design shared the draws are one call that starts
    from the estimate. A draw in which a slope cannot be told (a regressor without variation, no optimum) is a
    row of NaN.

    Parameters
    ----------
    found : a Poisson regression with errors clustered in exactly one way: by pair, the usual choice.
    draws : how many.
    seed : of the random numbers; the same seed gives the same draws, and those of `score_bootstrap`.
    until : "quick step", a single Newton step of slopes and effects with the draw's own Hessian (Davidson &
        MacKinnon 1999, International Economic Review 40(2): 487-508). Its standard deviations lay 1 to 4 %
        below those of "optimum" on a three-way panel of 120 economies and 12 years, and its draws agreed with
        those to a correlation of 0.997. "one step", the same from where the effects alone fit the clusters
        drawn: standard deviations within 0.2 %, and five times as long. "optimum", each draw estimated as
        `fit` would, some fifteen times as long.

    Notes
    -----
    Of three-way models whose clusters are exporters, importers or pairs the equations of quick steps are not
    solved: of what is left for importers once exporters and pairs are eliminated, the best combination of the
    columns conditioned is taken (`draws.nearly`), whose error is of second order. Where little of a
    regressor would be left, the draw is solved.

    Raises
    ------
    BadInput
        If the errors are not clustered in exactly one way, the regression is least squares, there is no draw,
        or `until` is none of these.
    """
    _check(found, until)
    cluster, times_drawn = _drawn(found, draws, seed)
    with cores():
        cells, of_cluster = _around(found, cluster)

        def draw(number: int) -> Array:
            """Return the slopes of one sample of clusters, NaN where it has no estimate."""
            weight = times_drawn[number].astype(float)[of_cluster]
            drawn = estimate.Cells(
                cells.target * weight,
                cells.base * weight,
                cells.regressors,
                cells.names,
                cells.effects,
                False,
            )
            try:
                if until == "optimum":
                    return estimate.slopes(drawn, ENOUGH)
                return estimate.one_step(drawn, effects_first=until == "one step")
            except (BadInput, NotConverged):
                return np.full(len(found.names), np.nan)

        together = _together(found, cells) if until == "quick step" else None
        if together is None:
            return found.coefficients + np.stack(each(draw, range(draws)))
        # Cells without a row have the first cluster.
        slopes = together.slopes(times_drawn, of_cluster.max(axis=1))
        exactly = np.flatnonzero(np.isnan(slopes).any(axis=1))
        for number, one in zip(exactly, each(draw, exactly.tolist()), strict=True):
            slopes[number] = one
        return found.coefficients + slopes


def _check(found: GravityFit, until: str) -> None:
    """Refuse what cannot be drawn."""
    if until not in {"optimum", "one step", "quick step"}:
        why = f"there is no {until!r} to follow a draw to"
        raise BadInput(where="bootstrap", why=why, remedy="Use 'quick step', 'one step' or 'optimum'.")
    if found.estimator != "ppml":
        raise BadInput(
            where="bootstrap",
            why="it draws Poisson regressions, and this one is least squares",
            remedy="Use the standard errors of the fit, or fit(..., estimator='ppml').",
        )


def _together(found: GravityFit, cells: estimate.Cells) -> ByPair | None:
    """Return what draws many at a time, where all times of a pair belong to one cluster; None elsewhere."""
    known = sides(found.sandwich.effects)
    ends = set() if known is None else {known.exporter, known.importer}
    inside = all(set(way.columns) <= ends for way in effects_of(found.covariance.by, found.covariance.by))
    return ByPair(cells) if inside and isinstance(cells.effects, ThreeWay) else None


def _drawn(found: GravityFit, draws: int, seed: int) -> tuple[Codes, Counts]:
    """Return the cluster of each row, and how often each is drawn (draws, G)."""
    by = found.covariance.by
    ways = () if by == ROBUST else effects_of(by, by)
    if len(ways) != 1 or draws < 1:
        raise BadInput(
            where="bootstrap",
            why="it draws clusters of one kind, at least once",
            remedy="Use with_errors('exporter^importer') first, and a number of draws above zero.",
        )
    codes, _ = combine([found.sandwich.keys[name] for name in ways[0].columns], unordered=ways[0].unordered)
    _, cluster = np.unique(codes, return_inverse=True)
    count = int(cluster.max()) + 1
    random = np.random.default_rng(seed)
    drawn = np.empty((draws, count), dtype=np.int32)
    for number in range(draws):
        # Counting which were drawn: a tenth of the time of a multinomial distribution's numbers.
        drawn[number] = np.bincount(random.integers(count, size=count), minlength=count)
    return cluster, drawn


def _around(found: GravityFit, cluster: Codes) -> tuple[estimate.Cells, Codes]:
    """Return the regression as a departure from its estimate, and the cluster of each cell.

    The fitted flows are its weights and its start is zero. The regressors with their effects taken out span
    the same as those given, with the same slopes, and have no correlation with the effects left.
    """
    keys, effects = found.sandwich.keys, found.sandwich.effects
    known = sides(effects)
    single = known is not None and not repeated(dict(keys), known.keys).size
    layout = lay_out(effects, dict(keys), known, len(found.rows), single=single)
    weights = np.ones(len(found.rows)) if found.weights is None else found.weights
    target, base = layout.cells(found.dependent * weights, found.fitted * weights)
    regressors = layout.cells(*found.sandwich.projected)
    # Cells without a row belong to the first cluster: they weigh nothing.
    of_cluster = layout.cells(cluster.astype(np.float64))[0].astype(np.intp)
    cells = estimate.Cells(target, base, regressors, found.names, layout.effects, False)
    return cells, of_cluster
