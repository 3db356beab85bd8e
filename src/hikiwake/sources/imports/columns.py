"""The accepted rows of a part as arrays, some years at a time: what is computed on them is cut by years."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    from numpy.typing import NDArray

AT_ONCE = 1 << 24
"""Rows that are held as arrays at once, if there is more than one year."""
BLOCK = 1 << 16
"""Rows that are worked on at once where arrays of all would only pass: these stay near the processor."""
BITS = {"exporter": 10, "importer": 10, "economy": 10, "product": 20, "year": 8}
"""What codes, and years since `FIRST_YEAR`, take at most."""
FIRST_YEAR = 1900
FLOW = ("exporter", "importer", "product", "year")


class Span(msgspec.Struct, frozen=True):
    """Years that follow each other among those that a table holds, and their rows."""

    years: tuple[int, ...]
    rows: int

    @property
    def selection(self) -> str:
        """The condition that chooses their rows."""
        return f"year between {self.years[0]} and {self.years[-1]}"


class Columns(msgspec.Struct, frozen=True):
    """Rows as arrays: number of the row, year, codes of the two economies and the product, USD, kg.

    Codes count from 0 in the order of the texts; kg are -1 where they are not known.
    """

    row: NDArray[Any]
    year: NDArray[Any]
    exporter: NDArray[Any]
    importer: NDArray[Any]
    product: NDArray[Any]
    value: NDArray[Any]
    quantity: NDArray[Any]

    def of(self, *names: str) -> dict[str, NDArray[Any]]:
        """Return some columns by name."""
        return {name: getattr(self, name) for name in names}


def spans(connection: duckdb.DuckDBPyConnection) -> Iterator[Span]:
    """Yield the years of the accepted rows, as many together as can be held at once."""
    counted = connection.execute(
        "select year, count(*) from judged where reason = 0 group by year order by year"
    ).fetchall()
    years: list[int] = []
    held = 0
    for year, rows in counted:
        if years and held + rows > AT_ONCE:
            yield Span(tuple(years), held)
            years, held = [], 0
        years.append(int(year))
        held += int(rows)
    if years:
        yield Span(tuple(years), held)


def read(connection: duckdb.DuckDBPyConnection, source: str, span: Span) -> Columns:
    """Return the rows of some years of a source, which has the columns of `Columns`."""
    codes = ", ".join(f"enum_code({name}) as {name}" for name in ("exporter", "importer", "product"))
    found = connection.execute(
        f"select row, year, {codes}, value, coalesce(quantity, -1) as quantity from {source}"
        f" where {span.selection}"
    ).fetchnumpy()
    return Columns(**found)


def names(connection: duckdb.DuckDBPyConnection, kind: str) -> list[str]:
    """Return the texts of an enumerated type, in the order of their codes."""
    ((found,),) = connection.execute(f"select enum_range(null::{kind})").fetchall()
    return [str(text) for text in found]


def kind_of(name: str) -> str:
    """Return of what kind the codes of a column are: economy or product; nothing where it holds none."""
    if name == "product":
        return name
    return "economy" if name in ("economy", "exporter", "importer") else ""


def packed(columns: Mapping[str, NDArray[Any]], *order: str) -> NDArray[np.uint64]:
    """Return a number for each row, by which rows are in the order of some columns, the first before all."""
    found = np.zeros(len(columns[order[0]]), dtype=np.uint64)
    for name in order:
        column = columns[name]
        found <<= np.uint64(BITS[name])
        found |= (column - FIRST_YEAR if name == "year" else column).astype(np.uint64)
    return found


def keyed(*digits: tuple[NDArray[Any], int]) -> NDArray[np.int64]:
    """Return a number for each row, whose digits are columns, each below its base; the first stands first."""
    (first, _), *others = digits
    found = first.astype(np.int64)
    for column, base in others:
        found *= base
        found += column
    return found


class Sorted(NamedTuple):
    """Rows in the order of some columns: their numbers, and these columns themselves, in order.

    `same` tells whether each row has the same in them as the next. Rows with the same stay as they are.
    """

    rows: NDArray[np.int64]
    columns: dict[str, NDArray[Any]]
    same: NDArray[np.bool_]


def sorting(columns: Mapping[str, NDArray[Any]], *order: str) -> Sorted:
    """Return how to put rows in the order of some columns, the first before all."""
    count = len(columns[order[0]])
    ranges = {name: (int(columns[name].min()), int(columns[name].max())) for name in order if count}
    bits = {name: (high - low).bit_length() for name, (low, high) in ranges.items()}
    place = max(count - 1, 0).bit_length()
    if place + sum(bits.values()) > 64:
        number = packed(columns, *order)
        rows = np.argsort(number, kind="stable")
        number = number[rows]
        return Sorted(rows, {name: columns[name][rows] for name in order}, number[1:] == number[:-1])
    # With its place behind it a row is a number of its own: sorting numbers takes a quarter of the time.
    number = np.zeros(count, dtype=np.uint64)
    for begin in range(0, count, BLOCK):
        block = number[begin : begin + BLOCK]
        for name, (low, _) in ranges.items():
            block <<= np.uint64(bits[name])
            block |= (columns[name][begin : begin + BLOCK] - low).astype(np.uint64)
        block <<= np.uint64(place)
        block |= np.arange(begin, begin + len(block), dtype=np.uint64)
    number.sort()
    same = np.empty(max(count - 1, 0), dtype=np.bool_)
    # What columns hold is taken from the sorted numbers as they stand, and not from all over the columns.
    found = {name: np.empty(count, dtype=columns[name].dtype) for name in order}
    for begin in range(0, count, BLOCK):
        flow = number[begin : begin + BLOCK + 1] >> np.uint64(place)
        same[begin : begin + BLOCK] = flow[1:] == flow[:-1]
        flow = flow[:BLOCK]
        for name, (low, _) in reversed(ranges.items()):
            held = flow & np.uint64((1 << bits[name]) - 1)
            found[name][begin : begin + BLOCK] = held.astype(np.int64) + low
            flow >>= np.uint64(bits[name])
    number &= np.uint64((1 << place) - 1)
    return Sorted(number.view(np.int64), found, same)


def in_order(columns: Mapping[str, NDArray[Any]], *order: str) -> dict[str, NDArray[Any]]:
    """Return the rows in the order of some columns."""
    rows, found, _ = sorting(columns, *order)
    return {name: found[name] if name in found else column[rows] for name, column in columns.items()}
