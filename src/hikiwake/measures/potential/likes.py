"""The comparable flows of every flow at once: those nearest in log expectation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hikiwake.measures.potential.expected import FEWEST, NEAREST, SPAN, TAILS

Array = NDArray[np.float64]


class Likes(NamedTuple):
    """Where each flow stands among its comparable ones; all (n,), NaN where there are too few of them.

    place : share whose ratio is lower, equal ones counting half. low, high : the quantiles of their ratios.
    """

    place: Array
    low: Array
    high: Array


def likes(expected: Array, ratio: Array, chosen: NDArray[np.intp]) -> Likes:
    """Compare the chosen flows each with the flows nearest in log expectation, itself left out.

    Parameters
    ----------
    expected, ratio : (n,) expectation above 0, and actual over expected, of all flows of a year.
    chosen : positions of those that are asked about.

    Notes
    -----
    The brief does the same for one flow, and leaves its way back out as well: one flow of two hundred.
    """
    order = np.argsort(expected, kind="stable")
    sizes, ratios = np.log(expected[order]), ratio[order]
    at = np.empty(len(order), dtype=np.intp)
    at[order] = np.arange(len(order))
    out = Likes(*(np.full(len(chosen), np.nan) for _ in range(3)))
    begins, ends = _windows(sizes, at[chosen])
    whole = ends - begins == NEAREST + 1
    near = np.arange(NEAREST + 1)
    for part in np.array_split(np.flatnonzero(whole), max(1, int(whole.sum()) // 2000)):
        if len(part):
            own = at[chosen[part]]
            windows = ratios[begins[part, None] + near]
            others = windows[near != (own - begins[part])[:, None]].reshape(len(part), NEAREST)
            _compare(out, part, others, ratios[own])
    for n in np.flatnonzero(~whole & (ends - begins > FEWEST)):
        own = at[chosen[n]]
        others = np.delete(ratios[begins[n] : ends[n]], own - begins[n])
        _compare(out, np.array([n]), others[None], ratios[own : own + 1])
    return out


def _windows(sizes: Array, places: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return first and last-but-one position of the nearest sizes around each place, itself included."""
    count = len(sizes)
    low, high = np.maximum(places - NEAREST, 0), np.minimum(places, max(count - NEAREST - 1, 0))
    high = np.maximum(high, low)
    # The window of the nearest begins where its two ends are equally far: a search on a rising difference.
    while (low < high).any():
        middle = (low + high) // 2
        right = np.minimum(middle + NEAREST + 1, count - 1)
        later = (sizes[places] - sizes[middle] > sizes[right] - sizes[places]) & (low < high)
        low = np.where(later, middle + 1, low)
        high = np.where(later, high, middle)
    begins = np.maximum(low, np.searchsorted(sizes, sizes[places] - SPAN))
    ends = np.minimum(low + NEAREST + 1, np.searchsorted(sizes, sizes[places] + SPAN, side="right"))
    return begins, np.minimum(ends, count)


def _compare(out: Likes, where: NDArray[np.intp], others: Array, own: Array) -> None:
    """Write place and quantiles of rows of comparable ratios into `out`."""
    lower = (others < own[:, None]).mean(axis=1)
    out.place[where] = lower + 0.5 * (others == own[:, None]).mean(axis=1)
    out.low[where], out.high[where] = np.quantile(others, TAILS, axis=1)
