"""Trade around an event, beside trade with everybody else: arrays in, numbers out."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
WIDTH = 2
"""Years before and years after; more years bring in other events, one year is at the mercy of a price."""


REACH = 4
"""Years that can't be compared are replaced by the nearest that can, so far away at most."""


class Window(NamedTuple):
    """The years before and after an event; its own year is part of neither, for it holds both."""

    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def years(self) -> tuple[int, ...]:
        """All years compared."""
        return (*self.before, *self.after)

    @property
    def span(self) -> tuple[int, int]:
        """First and last year."""
        return self.before[0], self.after[-1]


def window(year: int, years: tuple[int, ...], width: int = WIDTH) -> Window | None:
    """Return the window around a year; None where the data do not have `width` years on both sides."""
    before, after = tuple(range(year - width, year)), tuple(range(year + 1, year + width + 1))
    return Window(before, after) if {*before, *after} <= set(years) else None


def sound_window(
    year: int, years: tuple[int, ...], sound: Callable[[int], bool], width: int = WIDTH
) -> Window | None:
    """Return the years nearest to an event, `width` on each side, that can be compared; None without them.

    Only for years that the data surround as `window` asks: the end of the data moves no window.
    """
    if window(year, years, width) is None:
        return None
    before = [at for at in range(year - 1, year - 1 - REACH, -1) if at in years and sound(at)][:width]
    after = [at for at in range(year + 1, year + 1 + REACH) if at in years and sound(at)][:width]
    return Window(tuple(sorted(before)), tuple(after)) if len(before) == len(after) == width else None


def change(series: Array, years: tuple[int, ...], around: Window) -> float:
    """Return the mean after relative to the mean before, less one; NaN where there was nothing before.

    Parameters
    ----------
    series : shape (years,), values not negative.
    years : the year of each value.
    around : the years compared; all among `years`.
    """
    position = {year: place for place, year in enumerate(years)}
    before = float(np.mean(series[[position[year] for year in around.before]]))
    after = float(np.mean(series[[position[year] for year in around.after]]))
    return after / before - 1.0 if before > 0 else float("nan")
