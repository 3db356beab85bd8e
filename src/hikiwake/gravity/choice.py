"""Chooses rows by conditions: `year >= 1990`, `exporter != importer`, `year in 1986, 1990`.

Nothing is evaluated: a condition is a column, a comparison, and a column or values.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput
from hikiwake.gravity.columns import names, raw

Mask = NDArray[np.bool_]

_CONDITION = re.compile(r"\s*(.+?)\s*(==|!=|<=|>=|=|<|>|\snot\s+in\s|\sin\s)\s*(.+?)\s*")
_QUOTES = "'\""
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
EXAMPLES = "Write it like 'year >= 1990', 'exporter != importer' or 'year in 1986, 1990'."


class Chosen(Mapping[str, NDArray[np.generic]]):
    """The chosen rows of any table, column by column."""

    def __init__(self, data: object, chosen: Mask) -> None:
        self._data = data
        self._chosen = chosen

    def __getitem__(self, name: str) -> NDArray[np.generic]:
        return raw(self._data, name)[self._chosen]

    def __iter__(self) -> Iterator[str]:
        return iter(names(self._data))

    def __len__(self) -> int:
        return len(names(self._data))


def meeting(data: object, conditions: Sequence[str]) -> Mask:
    """Tell which rows meet all conditions; a missing value meets none.

    Raises
    ------
    BadInput
        If a condition cannot be read, names no column, compares unlike things, or no row meets them all.
    """
    masks = [_mask(data, condition) for condition in conditions]
    found: Mask = np.logical_and.reduce(masks)
    if not found.any():
        raise BadInput(
            where=f"the rows where {' and '.join(conditions)}",
            why="there are none",
            remedy="Choose rows that the table holds.",
        )
    return found


def _mask(data: object, condition: str) -> Mask:
    found = _CONDITION.fullmatch(condition)
    if found is None:
        raise BadInput(where=f"condition {condition!r}", why="it compares nothing", remedy=EXAMPLES)
    name, sign, right = found[1].strip("`"), " ".join(found[2].split()), found[3]
    left = raw(data, name)
    held = _held(left)
    number = left.dtype.kind in "iufb"
    if right in names(data):
        other = raw(data, right)
        held &= _held(other)
        return held & _compared(condition, left, sign, other, ordered=number and other.dtype.kind in "iufb")
    texts = [text.strip() for text in right.split(",")] if sign.endswith("in") else [right]
    values = [_value(condition, name, text, number=number) for text in texts]
    if sign.endswith("in"):
        inside = np.isin(left, np.array(values, dtype=left.dtype if not number else np.float64))
        return held & (~inside if sign == "not in" else inside)
    return held & _compared(condition, left, sign, values[0], ordered=number)


def _held(column: NDArray[np.generic]) -> Mask:
    if column.dtype.kind in "iub":
        return np.ones(len(column), dtype=bool)
    if column.dtype.kind == "f":
        held: Mask = ~np.isnan(np.asarray(column, dtype=np.float64))
        return held
    # NaN differs from itself, and pandas' NA gives no answer at all.
    told = (value is not None and (value == value) is True for value in column.tolist())  # noqa: PLR0124
    return np.fromiter(told, bool, len(column))


def _value(condition: str, name: str, text: str, *, number: bool) -> float | str:
    bare = text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in _QUOTES else text
    if not number:
        return bare
    try:
        return float(bare)
    except ValueError:
        raise BadInput(
            where=f"condition {condition!r}",
            why=f"column {name!r} holds numbers, and {text!r} is neither a number nor a column",
            remedy=EXAMPLES,
        ) from None


def _compared(condition: str, left: NDArray[np.generic], sign: str, right: object, *, ordered: bool) -> Mask:
    if sign in _COMPARE:
        if not ordered:
            raise BadInput(
                where=f"condition {condition!r}",
                why="only numbers are larger or smaller",
                remedy="Compare texts with ==, != or in.",
            )
        return np.asarray(_COMPARE[sign](left, right), dtype=bool)
    same: Mask = np.asarray(left == right, dtype=bool)
    return ~same if sign == "!=" else same
