"""What Newton's method asks of cells: a regression laid out, a point, and the passes that it makes over them.

The passes exist twice, in NumPy for every layout and compiled for tensors; both keep to `Passes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from hikiwake.gravity.effects import Array, Effects, Margins

# Beyond it a trial is hopeless, and rows that play no part must not overflow.
MAX_EXPONENT = 600.0
SWEEPS = 4


@dataclass(frozen=True)
class Design:
    """A regression in the layout of its effects.

    Parameters
    ----------
    target : cells; weight times flow, 0 where there is no cell.
    base : cells; weight times exp(offset), 0 where there is no cell.
    regressors : (K, *cells).
    effects : the fixed effects.
    intercept : whether the first regressor is the constant (then there are no effects).
    """

    target: Array
    base: Array
    regressors: Array
    effects: Effects
    intercept: bool


@dataclass(frozen=True)
class Point:
    """Where Newton's method stands: slopes (K,) and levels, one array for each effect."""

    slopes: Array
    levels: Margins

    def along(self, length: float, step: Point) -> Point:
        """Return the point `length` of a step away."""
        levels = [level + length * part for level, part in zip(self.levels, step.levels, strict=True)]
        return Point(self.slopes + length * step.slopes, levels)


class Ended(NamedTuple):
    """The cells of an estimate.

    Above 0 where a row was used; weight times flow; the linear predictor, without an offset; regressors (K,
    *cells) without what the effects explain.
    """

    base: Array
    target: Array
    predictor: Array
    projected: Array


class Sums(NamedTuple):
    """Of all cells: their number and their flows by level, as two columns; flows times each regressor."""

    margins: Margins
    scores: Array


class Sweep(NamedTuple):
    """What one pass yields at a point.

    `mean` at cells; `sums` by level of flow less mean, and of each regressor times mean; `gram` (K, K) and
    `scores` (K,) of the regressors with these two; `whole`, the sum of the mean.
    """

    mean: Array
    sums: Margins
    gram: Array
    scores: Array
    whole: float


class Change(NamedTuple):
    """How far a step moves the linear predictor.

    The most where there is trade; the least (0 or below) and the most (0 or above) at cells without.
    """

    at_trade: float
    least: float
    most: float


class Magnitudes(NamedTuple):
    """Squares (2, K) of regressors under weights and under those given; sums by level of |x| times weight."""

    squares: Array
    margins: Margins


class Projected(NamedTuple):
    """X'WX (K, K) of regressors without some levels, and their sums by level, weighted."""

    gram: Array
    margins: Margins


class Passes(Protocol):
    """Passes over all cells of a layout, each on all cores there are."""

    def predict(self, design: Design, point: Point, out: Array) -> None:
        """Write the linear predictor, without an offset, to `out`."""

    def sums(self, regressors: Array, target: Array, base: Array) -> Sums:
        """Return the sums over cells with a base."""

    def begin(self, base: Array, flows: Margins) -> Margins:
        """Return levels that nearly fit the flows by level, by proportional fitting."""

    def sweep(self, design: Design, point: Point, mean: Array) -> Sweep:
        """Write the mean at a point to `mean`; return all sums that Newton's step needs."""

    def change(self, design: Design, step: Point) -> Change:
        """Return how far a step moves the linear predictor."""

    def magnitudes(self, regressors: Array, weights: Array, given: Array) -> Magnitudes:
        """Return the sizes of regressors."""

    def project(self, regressors: Array, weights: Array, levels: Margins | None, out: Array) -> Projected:
        """Write regressors (K, *cells) less levels (K, *levels) to `out`, which they may be themselves."""

    def scores(self, at: Ended, along: int) -> Array:
        """Return sums along the first or the second axis of a tensor, (K + 1, *others).

        Of each projected regressor times target less mean, and last the number of cells with a base.
        """
