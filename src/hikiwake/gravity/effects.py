"""Fixed effects as linear maps: sums of cells by level, levels spread over cells, and the equations between.

Cells lie in a *layout*: a tensor (time, exporter, importer), or rows. Everything that comes in several (the
residual and the regressors) has a leading axis of columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from hikiwake.gravity.parallel import each

Array = NDArray[np.float64]
Margins = list[Array]  # one array (columns, *levels) for each fixed effect


class Accuracy(NamedTuple):
    """When the solution of normal equations is good enough.

    `relative` is the residual over the right side; `size` (columns) is the usual size of a column at a cell:
    below rounding of it there is nothing to solve, however small the right side.
    """

    relative: float
    size: Array


ROUNDING = 1e-14


class Equations(Protocol):
    """The normal equations D'WD a = r of the effects D under weights W."""

    def solve(self, right: Margins, start: Margins | None, accuracy: Accuracy) -> Margins:
        """Return a solution; where levels are not identified, any one."""


class Effects(Protocol):
    """The fixed effects of one design, in one layout."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of an array of cells."""

    @property
    def blocks(self) -> Sequence[slice]:
        """Blocks of the first axis of cells, to be worked on in turn."""

    @property
    def levels(self) -> Sequence[tuple[int, ...]]:
        """Shape of the levels of each effect."""

    def sums(self, which: int, cells: Array, block: slice, out: Array) -> None:
        """Add the sums by level of the cells (columns, block, ...) to `out` (columns, *levels)."""

    def spread(self, which: int, values: Array, block: slice) -> Array:
        """Return levels (columns, *levels) as something that broadcasts to cells (columns, block, ...)."""

    def equations(self, weights: Array) -> Equations:
        """Prepare the normal equations under weights."""


def margins(effects: Effects, cells: Array) -> Margins:
    """Return the sums by level of each effect of cells (columns, *shape)."""

    def of_block(block: slice) -> Margins:
        total = zeros(effects, len(cells))
        add_sums(effects, cells[:, block], block, total)
        return total

    return gather(each(of_block, effects.blocks))


def add_sums(effects: Effects, cells: Array, block: slice, out: Margins) -> None:
    """Add the sums of a block to margins."""
    for which, total in enumerate(out):
        effects.sums(which, cells, block, total)


def gather(parts: Sequence[Margins]) -> Margins:
    """Add the margins of blocks, in their order, so that the last digit never depends on the threads."""
    total = parts[0]
    for part in parts[1:]:
        for whole, more in zip(total, part, strict=True):
            np.add(whole, more, out=whole)
    return total


def zeros(effects: Effects, columns: int) -> Margins:
    """Return empty margins."""
    return [np.zeros((columns, *levels)) for levels in effects.levels]


def expand(effects: Effects, values: Margins, block: slice) -> Array | float:
    """Return the sum of the effects at the cells of a block."""
    total: Array | float = 0.0
    for which, each_value in enumerate(values):
        total = total + effects.spread(which, each_value, block)
    return total


def reciprocal(values: Array) -> Array:
    """Return 1/x, and 0 where x is 0: a level without weight has no effect."""
    out: Array = np.divide(1.0, values, out=np.zeros_like(values), where=values != 0.0)
    return out
