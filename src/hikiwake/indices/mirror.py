"""Mirror gaps: the same trade as its importer and its exporter report it."""

from __future__ import annotations

from numpy.typing import ArrayLike

from hikiwake.indices.arrays import Array, amounts
from hikiwake.indices.growth import log_change, midpoint_change


def mirror_gap(reported_exports: ArrayLike, reported_imports: ArrayLike) -> Array:
    """Log ratio of what the importer reports to what the exporter reports.

    g = ln(M / X)

    Imports hold the freight and insurance that exports do not (CIF against FOB, by convention 6 to 10
    percent), so a gap of about 0.06 to 0.10 is no disagreement. Reconciled data show no gap.

    Parameters
    ----------
    reported_exports : float array, exports of i to j as i reports them.
    reported_imports : float array that broadcasts with it, the same trade as j reports it, in the same unit.

    Returns
    -------
    float array in (-inf, inf), log points: above 0 where the importer reports more. NaN where either reports
    nothing.

    Raises
    ------
    ValueError
        If a value is negative or infinite.

    References
    ----------
    Yeats (1990), On the accuracy of economic observations, World Bank Economic Review 4.

    Examples
    --------
    >>> round(float(mirror_gap([100.0], [110.0])[0]), 6)
    0.09531
    """
    return log_change(*_reports(reported_exports, reported_imports))


def mirror_gap_midpoint(reported_exports: ArrayLike, reported_imports: ArrayLike) -> Array:
    """Difference of the two reports relative to their mean, for trade that only one side reports.

    g = 2 (M - X) / (M + X)

    Parameters
    ----------
    reported_exports, reported_imports : as in `mirror_gap`.

    Returns
    -------
    float array in [-2, 2], no unit: 2 where only the importer reports trade. NaN where neither does.

    Raises
    ------
    ValueError
        If a value is negative or infinite.

    References
    ----------
    As `mirror_gap`.

    Examples
    --------
    >>> mirror_gap_midpoint([0.0, 90.0], [5.0, 110.0])
    array([2. , 0.2])
    """
    return midpoint_change(*_reports(reported_exports, reported_imports))


def _reports(exports: ArrayLike, imports: ArrayLike) -> tuple[Array, Array]:
    return amounts("reported_exports", exports), amounts("reported_imports", imports)
