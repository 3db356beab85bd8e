"""Which layout a design gets: a dense tensor for panels of exporters and importers, rows for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput
from hikiwake.gravity.columns import Codes, Key, combine
from hikiwake.gravity.effects import Array, Effects
from hikiwake.gravity.formula import Effect
from hikiwake.gravity.sparse import Sparse
from hikiwake.gravity.threeway import ThreeWay
from hikiwake.gravity.twoway import TwoWay

# Below this part of filled cells, rows are faster than the tensor.
LEAST_FILL = 0.15


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
    def keys(self) -> tuple[str, ...]:
        """The columns that name a cell."""
        return (self.exporter, self.importer, *self.time)


@dataclass(frozen=True)
class Layout:
    """Where each row goes.

    `at` is the flat cell of each row, None where rows are cells in their order; `order` gives for each
    effect of `effects` its number in the formula; `name` is what people are told.
    """

    effects: Effects
    at: NDArray[np.intp] | None
    order: tuple[int, ...]
    name: str

    def cells(self, rows: Array) -> Array:
        """Return values of rows (..., n) as cells (..., *shape), 0 where there is no row."""
        shape = (*rows.shape[:-1], *self.effects.shape)
        if self.at is None:
            return rows.reshape(shape)
        out = np.zeros((*rows.shape[:-1], int(np.prod(self.effects.shape))))
        for source, target in zip(np.atleast_2d(rows), np.atleast_2d(out), strict=True):
            target[self.at] = source
        return out.reshape(shape)

    def rows(self, cells: Array) -> Array:
        """Return cells (..., *shape) as values of rows (..., n)."""
        flat = cells.reshape(*cells.shape[: cells.ndim - len(self.effects.shape)], -1)
        return flat if self.at is None else np.take(flat, self.at, axis=-1)


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
    effects: Sequence[Effect], keys: dict[str, Key], found: Sides | None, rows: int, *, single: bool
) -> Layout:
    """Choose the layout; `single` says that no two rows share a cell."""
    if found is not None and single:
        dense = _dense(effects, keys, found, rows)
        if dense is not None:
            return dense
    coded = [combine([keys[name] for name in each.columns], unordered=each.unordered) for each in effects]
    form = Sparse([codes for codes, _ in coded], [size for _, size in coded], rows)
    return Layout(form, None, tuple(range(len(effects))), f"sparse, {rows:,} rows")


def _dense(effects: Sequence[Effect], keys: dict[str, Key], found: Sides, rows: int) -> Layout | None:
    exporter, importer = keys[found.exporter], keys[found.importer]
    time, times = combine([keys[name] for name in found.time]) if found.time else (0, 1)
    shape = (times, len(exporter.labels), len(importer.labels))
    total = shape[0] * shape[1] * shape[2]
    if rows < LEAST_FILL * total:
        return None
    at = (time * shape[1] + exporter.codes) * shape[2] + importer.codes
    in_order = rows == total and bool((at[1:] > at[:-1]).all())
    form: Effects = TwoWay(shape) if len(effects) == 2 else ThreeWay(shape)
    filled = f"{rows / total:.0%} filled" if rows < total else "complete"
    name = f"dense, {shape[0]} x {shape[1]} x {shape[2]}, {filled}"
    return Layout(form, None if in_order else at, found.order, name)


def check_single(keys: dict[str, Key], names: tuple[str, ...], rows: Codes) -> None:
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
        remedy="Sum or remove the duplicates, or name the column that tells them apart in Columns(keys=...).",
    )


def repeated(keys: dict[str, Key], names: tuple[str, ...]) -> Codes:
    """Return the rows of the first cell that occurs more than once; none if no cell does."""
    codes, size = combine([keys[name] for name in names])
    counts = np.bincount(codes, minlength=size)
    if counts.max(initial=0) <= 1:
        return np.zeros(0, dtype=np.intp)
    return np.flatnonzero(codes == counts.argmax())
