"""Fixed effects as linear maps: sums of cells by level, levels spread over cells, and the equations between.

Cells lie in a *layout*: a tensor of exporters, importers and times, or rows. Everything that comes in several
(the residual and the regressors) has a leading axis of columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from hikiwake.gravity.parallel import each

Array = NDArray[np.float64]
Levels = NDArray[Any]  # numbers, or which levels are marked
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

    @property
    def tensor(self) -> bool:
        """Whether cells have three axes, and levels two: the first, (the last,) and the outer ones."""

    @property
    def local(self) -> Sequence[bool]:
        """Whether the levels of an effect have the first axis of cells as their own first axis."""

    def sums(self, which: int, cells: Array) -> Array:
        """Return the sums by level of the cells (columns, block, ...): of the block's levels, or of all."""

    def spread(self, which: int, values: Levels, block: slice) -> Levels:
        """Return levels (columns, *levels) as something that broadcasts to cells (columns, block, ...)."""

    def equations(self, weights: Array, near: Equations | None = None) -> Equations:
        """Prepare the normal equations under weights.

        Those of weights that are `near`, where there are some, may lend what only makes a solution faster.
        """


class Totals:
    """Sums by level that are gathered block by block, on any thread, with the same last digit always."""

    def __init__(self, effects: Effects, columns: int) -> None:
        self.effects = effects
        self.margins = zeros(effects, columns)
        self.shared = [which for which, local in enumerate(effects.local) if not local]

    def room(self) -> Margins:
        """Return where a block puts its part of the levels that blocks share."""
        return [np.empty_like(self.margins[which]) for which in self.shared]

    def take(self, cells: Array, block: slice, room: Margins, first: int = 0) -> None:
        """Put the sums of cells (columns, block, ...), the columns from `first` on, in their place."""
        columns, shared = slice(first, first + len(cells)), iter(room)
        for which, whole in enumerate(self.margins):
            found = self.effects.sums(which, cells)
            if self.effects.local[which]:
                whole[columns, block] = found
            else:
                next(shared)[columns] = found

    def close(self, parts: Sequence[Margins]) -> Margins:
        """Add the levels that blocks share, in the order of the blocks."""
        for at, which in enumerate(self.shared):
            for part in parts:
                np.add(self.margins[which], part[at], out=self.margins[which])
        return self.margins


def margins(effects: Effects, columns: int, cells: Callable[[slice], Array]) -> Margins:
    """Return the sums by level of each effect, of cells (columns, block, ...) made block by block."""
    totals = Totals(effects, columns)

    def of_block(block: slice) -> Margins:
        room = totals.room()
        totals.take(cells(block), block, room)
        return room

    return totals.close(each(of_block, effects.blocks))


def zeros(effects: Effects, columns: int) -> Margins:
    """Return empty margins."""
    return [np.zeros((columns, *levels)) for levels in effects.levels]


def add_levels(effects: Effects, values: Margins, block: slice, out: Array) -> None:
    """Add the effects `values` (columns, *levels) at the cells of a block to `out` (columns, block, ...)."""
    for which, value in enumerate(values):
        np.add(out, effects.spread(which, value, block), out=out)


def flat(columns: Array) -> Array:
    """Return columns (n, ...) as (n, all), also where there are none."""
    return columns.reshape(len(columns), prod(columns.shape[1:]))


def reciprocal(values: Array) -> Array:
    """Return 1/x, and 0 where x is 0: a level without weight has no effect."""
    out: Array = np.divide(1.0, values, out=np.zeros_like(values), where=values != 0.0)
    return out


def added(parts: Sequence[Array]) -> Array:
    """Add in the order of the blocks, so that the last digit never depends on the threads."""
    out = parts[0]
    for part in parts[1:]:
        np.add(out, part, out=out)
    return out
