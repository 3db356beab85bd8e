"""Columns of any frame as arrays: a dict of arrays, or a pandas, Polars or PyArrow table."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput
from hikiwake.gravity.effects import Array

Codes = NDArray[np.intp]
MISSING = -1
# A table of this many times the rows finds whole numbers faster than sorting them.
ROOM = 4
# Texts as short as this, of plain letters, are whole numbers that such a table holds.
LETTERS, ASCII = 3, 128


class Columns(Protocol):
    """Anything that gives a column by its name."""

    def __getitem__(self, name: str, /) -> object: ...


class Key(NamedTuple):
    """A column of names or numbers: the position in `labels` of each row, -1 where it is missing."""

    codes: Codes
    labels: NDArray[np.generic]


def names(data: object) -> list[str]:
    """Return the names of the columns."""
    if isinstance(data, Mapping):
        return [str(name) for name in data]
    if hasattr(data, "collect") and not hasattr(data, "to_numpy"):
        raise BadInput(
            where=f"data of type {type(data).__name__}",
            why="it is a plan of a table, whose rows are not there yet",
            remedy="Give what .collect() returns.",
        )
    for attribute in ("column_names", "columns"):
        found = getattr(data, attribute, None)
        if isinstance(found, Iterable):
            listed = [str(name) for name in found]
            if attribute == "column_names" or hasattr(data, "__getitem__"):
                return listed
    raise BadInput(
        where=f"data of type {type(data).__name__}",
        why="it has no named columns",
        remedy="Give a dict of arrays, or a pandas, Polars or PyArrow table.",
    )


def raw(data: object, name: str) -> NDArray[np.generic]:
    """Return a column as an array of one dimension.

    Raises
    ------
    BadInput
        If there is no such column; the remedy holds the nearest name.
    """
    known = names(data)
    if name not in known:
        alike = {one.casefold(): one for one in known}
        close = [alike[one] for one in difflib.get_close_matches(name.casefold(), alike, n=1)]
        hint = f"Did you mean {close[0]!r}?" if close else f"The columns are {', '.join(known[:12])}."
        raise BadInput(where=f"column {name!r}", why="the data have no such column", remedy=hint)
    column = data[name]  # type: ignore[index]  # `names` has made sure that it can be asked
    convert = getattr(column, "to_numpy", None)
    array = np.asarray(convert() if convert is not None else column)
    if array.ndim != 1:
        why = f"it has {array.ndim} dimensions"
        raise BadInput(where=f"column {name!r}", why=why, remedy="A column has one value for each row.")
    return array


def numbers(data: object, name: str) -> Array:
    """Return a column as float64, NaN where it is missing."""
    array = raw(data, name)
    if array.dtype.kind == "c":
        why = "it holds complex numbers"
        raise BadInput(where=f"column {name!r}", why=why, remedy="Use a column of real numbers.")
    try:
        return np.ascontiguousarray(array, dtype=np.float64)
    except (TypeError, ValueError):
        found = next((value for value in array.tolist() if not _is_number(value)), None)
        raise BadInput(
            where=f"column {name!r}",
            why=f"it holds {found!r}, which is no number",
            remedy="Use a column of numbers, or C() in the formula for categories.",
        ) from None


def _is_number(value: object) -> bool:
    try:
        float(value)  # type: ignore[arg-type]  # that is the question
    except (TypeError, ValueError):
        return value is None
    return True


def key(data: object, name: str) -> Key:
    """Return a column as positions in its sorted labels."""
    return coded(raw(data, name))


def coded(array: NDArray[np.generic]) -> Key:
    """Return values as positions in their sorted labels."""
    if array.dtype.kind in "iub" and array.size:
        return _whole(array.astype(np.int64, copy=False))
    if array.dtype.kind == "f":
        missing = np.isnan(array)
        labels, found = np.unique(array[~missing], return_inverse=True)
        codes = np.full(len(array), MISSING, dtype=np.intp)
        codes[~missing] = found
        return Key(codes, _without_fraction(labels))
    short = _short(array) if array.dtype.kind == "U" and array.size else None
    if short is not None:
        return short
    values = array.tolist()
    labels_of = sorted({str(value) for value in set(values) if not _blank(value)})
    position = {label: at for at, label in enumerate(labels_of)}
    of_value = {value: MISSING if _blank(value) else position[str(value)] for value in set(values)}
    codes = np.fromiter(map(of_value.__getitem__, values), dtype=np.intp, count=len(values))
    return Key(codes, np.array(labels_of, dtype=object))


def _short(array: NDArray[np.generic]) -> Key | None:
    """Return the key of short texts, codes of economies for one, read as whole numbers; None of others."""
    width = array.dtype.itemsize // 4
    if width > LETTERS or not array.dtype.isnative:
        return None
    letters = np.ascontiguousarray(array).view(np.uint32).reshape(len(array), width)
    if int(letters.max()) >= ASCII:
        return None
    packed = letters[:, 0].astype(np.int64)
    for at in range(1, width):
        packed *= ASCII
        packed += letters[:, at]
    codes, numbers_of = _whole(packed)
    labels = ["".join(chr(n // ASCII**at % ASCII) for at in range(width)[::-1]) for n in numbers_of.tolist()]
    labels = [label.rstrip("\0") for label in labels]
    if labels[0] == "":
        codes, labels = codes - 1, labels[1:]
    return Key(codes, np.array(labels, dtype=object))


def _whole(array: NDArray[np.int64]) -> Key:
    low, high = int(array.min()), int(array.max())
    if high - low > ROOM * len(array):
        labels, found = np.unique(array, return_inverse=True)
        return Key(found.astype(np.intp, copy=False), labels)
    shifted = array - low if low else array
    present = np.zeros(high - low + 1, dtype=bool)
    present[shifted] = True
    if present.all():
        return Key(shifted.astype(np.intp, copy=False), np.arange(low, high + 1))
    position = np.cumsum(present, dtype=np.intp) - 1
    return Key(position[shifted], np.flatnonzero(present) + low)


def _without_fraction(labels: NDArray[np.generic]) -> NDArray[np.generic]:
    whole = labels.astype(np.int64)
    return whole if np.array_equal(whole, labels) else labels


def _blank(value: object) -> bool:
    # NaN differs from itself, and pandas' NA gives no answer at all.
    return value is None or (value == value) is not True or value == ""  # noqa: PLR0124


def combine(keys: list[Key], *, unordered: bool = False) -> tuple[Codes, int]:
    """Return one number for each combination of keys, in 0 ... size-1; not all need occur."""
    if unordered:
        labels = np.unique(np.concatenate([np.asarray(one.labels).astype(str) for one in keys]))
        ends = [np.searchsorted(labels, np.asarray(one.labels).astype(str))[one.codes] for one in keys]
        low, high = np.minimum(*ends), np.maximum(*ends)
        return _compressed(low * len(labels) + high, len(labels) ** 2)
    codes, size = keys[0].codes, len(keys[0].labels)
    for one in keys[1:]:
        codes, size = codes * len(one.labels), size * len(one.labels)
        codes += one.codes
        codes, size = _compressed(codes, size)
    return codes, size


def _compressed(codes: Codes, size: int) -> tuple[Codes, int]:
    if size <= ROOM * max(len(codes), 1):
        return codes, size
    labels, found = np.unique(codes, return_inverse=True)
    return found.astype(np.intp, copy=False), len(labels)
