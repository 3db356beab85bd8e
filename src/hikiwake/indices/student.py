"""Student's t distribution with a whole number of degrees of freedom."""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, sin, sqrt, tan


@lru_cache(maxsize=256)
def two_sided_quantile(confidence: float, freedom: int) -> float:
    """Return the t that |T| stays below with probability `confidence`.

    Solves A(t | nu) = confidence for t, with A in its finite sum of trigonometric terms in
    theta = arctan(t / sqrt(nu)). A rises with theta, so halving its interval [0, pi/2] cannot fail.

    Parameters
    ----------
    confidence : float in (0, 1).
    freedom : degrees of freedom nu, at least 1.

    Returns
    -------
    float above 0, in standard errors.

    Raises
    ------
    ValueError
        If `confidence` or `freedom` is out of range.

    References
    ----------
    Abramowitz & Stegun (1964), Handbook of Mathematical Functions, equations 26.7.3 and 26.7.4.

    Examples
    --------
    >>> round(two_sided_quantile(0.95, 10), 6)
    2.228139
    """
    if not 0.0 < confidence < 1.0 or freedom < 1:
        raise ValueError("confidence must lie between 0 and 1, and freedom be at least 1")
    low, high = 0.0, pi / 2.0
    while low < (middle := (low + high) / 2.0) < high:
        low, high = (middle, high) if _inside(middle, freedom) < confidence else (low, middle)
    return sqrt(freedom) * tan(low)


def _inside(theta: float, freedom: int) -> float:
    """Return the probability that |T| < sqrt(nu) tan(theta)."""
    square = cos(theta) ** 2
    odd = freedom % 2
    term = cos(theta) if odd else 1.0
    total = term if freedom > 1 else 0.0
    for power in range(2 + odd, freedom - 1, 2):
        term *= square * (power - 1) / power
        total += term
    return 2.0 / pi * (theta + sin(theta) * total) if odd else sin(theta) * total
