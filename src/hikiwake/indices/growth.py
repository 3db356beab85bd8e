"""Growth of a value over years, in the four ways in which it is told."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from hikiwake.indices.arrays import Array, amounts
from hikiwake.indices.student import two_sided_quantile


class Trend(NamedTuple):
    """Slope of the log of a value on the year, its standard error and interval, and the years it rests on."""

    slope: Array
    standard_error: Array
    low: Array
    high: Array
    observations: Array


def compound_growth(start: ArrayLike, end: ArrayLike, years: ArrayLike) -> Array:
    """Compound rate of growth.

    g = (x_t / x_0)^(1/n) - 1

    Parameters
    ----------
    start, end : float arrays that broadcast, values of the first and the last year in one unit.
    years : float, years between them.

    Returns
    -------
    float array in [-1, inf), per year; NaN where `start` is zero, a value is negative, or `years` is not
    above 0.

    Examples
    --------
    >>> round(float(compound_growth(100.0, 121.0, 2)), 12)
    0.1
    """
    first, last, span = (np.asarray(value, dtype=np.float64) for value in (start, end, years))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        rate = (last / first) ** (1.0 / span) - 1.0
    return np.where((first > 0.0) & (last >= 0.0) & (span > 0.0), rate, np.nan)


def log_change(start: ArrayLike, end: ArrayLike) -> Array:
    """Change of the logarithm.

    d = ln(x_t / x_0)

    Parameters
    ----------
    start, end : float arrays that broadcast, values of the first and the last year in one unit.

    Returns
    -------
    float array in (-inf, inf), log points; opposite when the years are swapped. NaN where either value is not
    above zero.

    References
    ----------
    Tornqvist, Vartia & Vartia (1985), How should relative changes be measured?, American Statistician 39.

    Examples
    --------
    >>> round(float(log_change(1.0, 2.0)), 6)
    0.693147
    """
    first, last = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.log(last) - np.log(first)
    return np.where((first > 0.0) & (last > 0.0), change, np.nan)


def midpoint_change(start: ArrayLike, end: ArrayLike) -> Array:
    """Change relative to the mean of both years, for values of which one may be zero.

    d = 2 (x_t - x_0) / (x_t + x_0)

    Parameters
    ----------
    start, end : float arrays that broadcast, values of the first and the last year in one unit.

    Returns
    -------
    float array in [-2, 2], no unit: 2 for what is new, -2 for what ended. NaN where both are zero or one is
    negative.

    References
    ----------
    Tornqvist, Vartia & Vartia (1985); Davis & Haltiwanger (1992), Quarterly Journal of Economics 107.

    Examples
    --------
    >>> midpoint_change([0.0, 2.0, 0.0], [5.0, 0.0, 0.0])
    array([ 2., -2., nan])
    """
    first, last = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = 2.0 * (last - first) / (last + first)
    return np.where((first >= 0.0) & (last >= 0.0), change, np.nan)


def trend_growth(values: ArrayLike, years: ArrayLike, confidence: float = 0.95) -> Trend:
    """Trend growth: slope of the least-squares line of the log value on the year, with its interval.

    ln x_t = a + b t + e_t; se(b)^2 = [sum e^2 / (n - 2)] / sum (t - mean t)^2; interval b -+ t(n - 2) se(b).

    The interval takes the errors as independent between years. Where they are not, it is too narrow.

    Parameters
    ----------
    values : (..., n_years) float; NaN is a year without a value and is left out.
    years : (n_years,) float.
    confidence : float in (0, 1), the probability of the interval.

    Returns
    -------
    Trend of (...) float arrays, log points per year; `observations` is the number of years. The slope is NaN
    with fewer than 2 years, or where a value is zero: its log does not exist, and leaving it out would hide
    the fall. Error and interval are NaN with fewer than 3 years.

    Raises
    ------
    ValueError
        If `years` does not fit, a value is negative or infinite, or `confidence` is out of range.

    References
    ----------
    Ordinary least squares with a constant, in any textbook of econometrics.

    Examples
    --------
    >>> trend = trend_growth([1.0, 2.0, 4.0], [2000.0, 2001.0, 2002.0])
    >>> round(float(trend.slope), 6), int(trend.observations)
    (0.693147, 3)
    """
    array = amounts("values", values)
    time = np.asarray(years, dtype=np.float64)
    if time.shape != array.shape[-1:]:
        raise ValueError(f"years has shape {time.shape} and values has {array.shape[-1]} years")
    known = ~np.isnan(array)
    count = known.sum(axis=-1).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log(array)  # minus infinity for a zero, which makes the sums below NaN
        moment = np.where(known, time - _mean(time, known, count), 0.0)
        spread = (moment**2).sum(axis=-1)
        slope = (moment * np.where(known, log, 0.0)).sum(axis=-1) / spread
        level = log - _mean(log, known, count) - slope[..., None] * moment
        residual = (np.where(known, level, 0.0) ** 2).sum(axis=-1)
        slope = np.where(np.isfinite(slope) & np.isfinite(residual), slope, np.nan)
        error = np.sqrt(np.where(count > 2, residual, np.nan) / (count - 2) / spread) + 0.0 * slope
    width = _quantiles(count - 2, confidence) * error
    return Trend(slope, error, slope - width, slope + width, count)


def _mean(values: Array, known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], count: Array) -> Array:
    result: Array = (np.where(known, values, 0.0).sum(axis=-1) / count)[..., None]
    return result


def _quantiles(freedom: Array, confidence: float) -> Array:
    wanted, position = np.unique(freedom, return_inverse=True)
    # One degree of freedom stands in where there is none: the standard error is NaN there.
    each = np.array([two_sided_quantile(confidence, max(1, int(nu))) for nu in wanted])
    return each[position].reshape(freedom.shape)
