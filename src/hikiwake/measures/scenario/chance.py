"""How sure a change is: what it is worth at given probabilities."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from hikiwake.measures.intermediate.table import Array
from hikiwake.measures.scenario.levels import Level
from hikiwake.measures.scenario.sampling import covering, normal

COLUMNS = 2
"""Uniform numbers that one shock's change is drawn from."""
ENDS = (0.05, 0.95)
"""Probabilities at the ends of every interval of a scenario."""
ENOUGH = 1_000


class Chance(NamedTuple):
    """The distribution of what a move changes, its cost or its effect, around its `middle`.

    `kind` normal: in logs, with standard error `error`; uniform and triangular: between the ends `low` and
    `high`; level: of what comparable pairs trade, see `Level`.
    """

    kind: Literal["normal", "uniform", "triangular", "level"]
    of: Literal["cost", "effect"]
    middle: float
    error: float = 0.0
    low: float = 0.0
    high: float = 0.0
    level: Level | None = None

    def at(self, uniform: Array) -> Array:
        """Return the change at probabilities (m, COLUMNS), (m,)."""
        first = uniform[:, 0]
        match self.kind:
            case "normal":
                return np.asarray(self.middle * np.exp(self.error * normal(first)))
            case "uniform":
                return np.asarray(self.low + (self.high - self.low) * first)
            case "triangular":
                return self._triangular(first)
            case "level":
                assert self.level is not None  # noqa: S101  (a level's chance is made with it)
                return self.level.closing(uniform)

    def ends(self) -> tuple[float, float]:
        """Return the change at the ends of the interval."""
        low, high = np.quantile(self.at(covering(ENOUGH, COLUMNS, 0)), ENDS)
        return float(low), float(high)

    def _triangular(self, at: Array) -> Array:
        width, rise = self.high - self.low, self.middle - self.low
        below = self.low + np.sqrt(at * width * rise)
        above = self.high - np.sqrt((1.0 - at) * width * (self.high - self.middle))
        return np.where(at * width < rise, below, above)
