"""Which layout a design gets: a dense tensor for panels of exporters and importers, rows for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hikiwake import kernels
from hikiwake.core.errors import BadInput
from hikiwake.gravity.columns import Codes, Key, combine
from hikiwake.gravity.effects import Array, Effects
from hikiwake.gravity.formula import Effect
from hikiwake.gravity.parallel import each
from hikiwake.gravity.sparse import Sparse
from hikiwake.gravity.threeway import ThreeWay
from hikiwake.gravity.twoway import TwoWay

# Down to this part of filled cells a tensor is faster than rows, if it is small; a large one would not fit.
LEAST_FILL, FEW_CELLS = 0.02, 5_000_000
LEAST_FILL_OF_LARGE = 0.15
# A change that comes soon is found without looking at all rows.
FEW_ROWS = 4_000
Rows = NDArray[np.intp]

TIMES = frozenset({"year", "quarter", "month", "date", "period", "time", "t"})
"""Columns by these names are times, and no side of trade."""


@dataclass(frozen=True)
class Sides:
    """The columns that play exporter, importer and time in a two-way or three-way design.

    `order` says which effect of the formula is the exporter's, the importer's and the pair's.
    """

    exporter: str
    importer: str
    time: tuple[str, ...]
    order: tuple[int, ...]

    @property
    def pairs(self) -> bool:
        """Whether they are two sides of trade: with the effects `exporter + year` one of them is a time."""
        return TIMES.isdisjoint({self.exporter.casefold(), self.importer.casefold()})

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that name a cell."""
        return (self.exporter, self.importer, *self.time)


@dataclass(frozen=True)
class Layout:
    """Where each row goes.

    `at` is the flat cell of each row; None where the rows are all cells, in the order of a tensor whose axes
    are `axes` of the cells'. `order` gives for each effect of `effects` its number in the formula, `turned`
    which of them people know with their axes the other way round; `name` is what people are told. `named` are
    the columns whose codes are the axes of the cells, where that is so.
    """

    effects: Effects
    at: NDArray[np.intp] | None
    axes: tuple[int, ...]
    order: tuple[int, ...]
    turned: tuple[bool, ...]
    name: str
    named: tuple[str | None, ...] = ()

    def cells(self, *columns: Array) -> Array:
        """Return columns of rows as cells (columns, *shape), 0 where there is no row."""
        shape = self.effects.shape
        if self.at is None and len(columns) == 1 and self.axes == tuple(range(len(shape))):
            return np.ascontiguousarray(columns[0]).reshape(1, *shape)
        at = self.at
        out = np.empty((len(columns), *shape)) if at is None else np.zeros((len(columns), *shape))

        def of_column(number: int) -> None:
            """Put one column's values in their cells, in its part of `out`."""
            if at is None:
                self._as_rows(out[number])[...] = columns[number].reshape(self._row_shape)
            else:
                out[number].reshape(-1)[at] = columns[number]

        each(of_column, range(len(columns)))
        return out

    def rows(self, cells: NDArray[Any]) -> NDArray[Any]:
        """Return cells of *shape as values of rows (n,)."""
        if self.at is not None:
            return np.take(cells.reshape(-1), self.at)
        return self._as_rows(cells).reshape(-1)

    def ones(self) -> Array:
        """Return cells, 1 where there is a row and 0 elsewhere."""
        if self.at is None:
            return np.ones(self.effects.shape)
        out = np.zeros(self.effects.shape)
        out.reshape(-1)[self.at] = 1.0
        return out

    def write_rows(self, cells: Array, base: Array, kept: Rows, out: Array) -> None:
        """Write the cells of the rows kept, those with a base, to `out`."""
        compiled = kernels.compiled() if self.effects.tensor and self.at is None else None
        if compiled is not None:
            compiled.rows(cells, base, np.array(self.axes, dtype=np.int64), out, 0, 1)
        elif self.at is not None:
            np.take(cells.reshape(-1), self.at[kept], out=out, mode="clip")
        else:
            np.take(self._as_rows(cells).reshape(-1), kept, out=out, mode="clip")

    def codes(self, name: str) -> Codes | None:
        """Return the codes of a column at all rows; None where the cells do not tell them."""
        if name not in self.named:
            return None
        axis, shape = self.named.index(name), self.effects.shape
        if self.at is not None:
            return self.at // int(np.prod(shape[axis + 1 :])) % shape[axis]
        along = np.arange(shape[axis]).reshape([-1 if at == axis else 1 for at in range(len(shape))])
        return np.ascontiguousarray(np.broadcast_to(along, shape).transpose(self.axes)).reshape(-1)

    def known(self, levels: Sequence[Array]) -> list[Array]:
        """Return the levels of each effect with time first, as people know them."""
        return [value.T if turn else value for value, turn in zip(levels, self.turned, strict=True)]

    def _as_rows(self, cells: NDArray[Any]) -> NDArray[Any]:
        return cells.transpose(self.axes)

    @property
    def _row_shape(self) -> tuple[int, ...]:
        return tuple(self.effects.shape[axis] for axis in self.axes)


def sides(effects: Sequence[Effect]) -> Sides | None:
    """Recognise exporter-time and importer-time effects, with or without pairs; None if they are not."""
    if len(effects) not in {2, 3} or any(effect.unordered for effect in effects):
        return None
    sets = [frozenset(effect.columns) for effect in effects]
    for order in permutations(range(len(effects))):
        if order[0] > order[1]:  # the exporter's effect is the one named first
            continue
        one, two = sets[order[0]], sets[order[1]]
        own, other, shared = one - two, two - one, one & two
        if len(own) != 1 or len(other) != 1:
            continue
        if len(order) == 3 and sets[order[2]] != own | other:
            continue
        time = tuple(name for name in effects[order[0]].columns if name in shared)
        return Sides(next(iter(own)), next(iter(other)), time, order)
    return None


def lay_out(
    effects: Sequence[Effect],
    keys: dict[str, Key],
    found: Sides | None,
    rows: int,
    *,
    single: bool,
) -> Layout:
    """Choose the layout; `single` says that no two rows share a cell."""
    if found is not None and single:
        codes, sizes = _sides_of(keys, found)
        cells = int(np.prod(sizes))
        if rows >= (LEAST_FILL if cells <= FEW_CELLS else LEAST_FILL_OF_LARGE) * cells:
            return _dense((codes, sizes), found, effects, complete_order(codes, sizes))
    coded = [combine([keys[name] for name in one.columns], unordered=one.unordered) for one in effects]
    form = Sparse([codes for codes, _ in coded], [size for _, size in coded], rows)
    plain = (False,) * len(effects)
    return Layout(form, None, (0,), tuple(range(len(effects))), plain, f"sparse, {rows:,} rows")


def lay_out_complete(effects: Sequence[Effect], keys: dict[str, Key], found: Sides) -> Layout | None:
    """Return the layout of rows that are all cells of a tensor in order, of which no two share a cell."""
    codes, sizes = _sides_of(keys, found)
    order = complete_order(codes, sizes)
    return None if order is None else _dense((codes, sizes), found, effects, order)


def _dense(
    coded: tuple[Sequence[Codes], Sequence[int]],
    found: Sides,
    effects: Sequence[Effect],
    order: tuple[int, ...] | None,
) -> Layout:
    """Lay rows out on a tensor; `order` says that they are all its cells, see `complete_order`."""
    codes, sizes = coded
    # Exporter, importer, time: two-way cells lie by time, three-way ones by exporter, then time.
    pairs = len(effects) == 3
    turned: tuple[bool, ...]
    mine, turned = ((0, 2, 1), (True, False, False)) if pairs else ((2, 0, 1), (False, False))
    shape = (sizes[mine[0]], sizes[mine[1]], sizes[mine[2]])
    form: Effects = ThreeWay(shape) if pairs else TwoWay(shape)
    rows, total = len(codes[0]), int(np.prod(sizes))
    filled = f"{rows / total:.0%} filled" if rows < total else "complete"
    name = f"dense, {sizes[2]} x {sizes[0]} x {sizes[1]}, {filled}"
    columns = (found.exporter, found.importer, found.time[0] if len(found.time) == 1 else None)
    named = tuple(columns[axis] for axis in mine)
    if order is not None:
        axes = tuple(mine.index(axis) for axis in order)
        return Layout(form, None, axes, found.order, turned, name, named)
    one, two, three = (codes[axis] for axis in mine)
    at = (one * sizes[mine[1]] + two) * sizes[mine[2]] + three
    return Layout(form, at, mine, found.order, turned, name, named)


def _sides_of(keys: dict[str, Key], found: Sides) -> tuple[tuple[Codes, ...], tuple[int, ...]]:
    """Return codes and numbers of exporters, importers and times."""
    exporter, importer = keys[found.exporter], keys[found.importer]
    if found.time:
        time, times = combine([keys[name] for name in found.time])
    else:
        time, times = np.zeros(len(exporter.codes), dtype=np.intp), 1
    return (exporter.codes, importer.codes, time), (len(exporter.labels), len(importer.labels), times)


def complete_order(codes: Sequence[Codes], sizes: Sequence[int]) -> tuple[int, ...] | None:
    """Return the axes, slowest first, of a tensor whose cells the rows are in their order; None if not."""
    rows = len(codes[0])
    if rows != int(np.prod(sizes)):
        return None
    # An axis of one level never changes; it may stand anywhere.
    strides = each(_first_change, codes)
    order = tuple(int(axis) for axis in np.argsort([-stride for stride in strides], kind="stable"))
    shape = [sizes[axis] for axis in order]

    def stepwise(place: int) -> bool:
        axis = order[place]
        steps = np.arange(sizes[axis]).reshape([-1 if at == place else 1 for at in range(len(order))])
        return bool((codes[axis].reshape(shape) == steps).all())

    return order if all(each(stepwise, range(len(order)))) else None


def _first_change(codes: Codes) -> int:
    """Return the first row that differs from the one before all; the number of rows if none does."""
    for end in (FEW_ROWS, len(codes)):
        changed = codes[:end] != codes[0]
        if changed.any():
            return int(np.argmax(changed))
    return len(codes)


def check_single(keys: dict[str, Key], names: tuple[str, ...], rows: Sequence[int] | Codes) -> None:
    """Raise BadInput if two rows have the same keys.

    Raises
    ------
    BadInput
        Naming the first such cell and the rows.
    """
    first = repeated(keys, names)
    if not first.size:
        return
    cell = ", ".join(f"{name} {keys[name].labels[keys[name].codes[first[0]]]}" for name in names)
    raise BadInput(
        where=f"rows {', '.join(str(rows[row]) for row in first[:3])}",
        why=f"they have the same keys: {cell}",
        remedy=(
            "Sum or remove the duplicates, or name all columns that tell rows apart: "
            "Columns(keys=...) in Python, --keys on the command line."
        ),
    )


def repeated(keys: dict[str, Key], names: tuple[str, ...]) -> Codes:
    """Return the rows of the first cell that occurs more than once; none if no cell does."""
    codes, size = combine([keys[name] for name in names])
    counts = np.bincount(codes, minlength=size)
    if counts.max(initial=0) <= 1:
        return np.zeros(0, dtype=np.intp)
    return np.flatnonzero(codes == counts.argmax())
