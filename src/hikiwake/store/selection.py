"""Selecting the rows behind a number again: `dataset@version#table?column=value&...`.

A value is one code, a list `a,b`, a prefix `2701*`, all but one code `!JPN`, or a range of numbers
`1995..2014`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from hikiwake.core.errors import BadInput, NoData
from hikiwake.store.tables import Tables

if TYPE_CHECKING:
    import narwhals as nw

    from hikiwake.store.tables import Frame

LONGEST = 4_000
ORDERED = "_by_pair"
"""What is added to the name of a table of flows for that of the same rows in the order of their pairs."""
_YEAR = re.compile(r"[0-9]{4}")
# Eighteen digits fit the database's integers; int() would also take blanks, underscores and other scripts.
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")


class Selection(msgspec.Struct, frozen=True):
    """A parsed selector: where the rows are, and what each column must be."""

    dataset: str
    version: str
    table: str
    conditions: tuple[tuple[str, str], ...]


class Rows(msgspec.Struct, frozen=True):
    """Selected rows: their columns, at most as many as were asked for, and how many there are."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: int


def parse(selector: str) -> Selection:
    """Take a selector apart; `BadInput` says what is wrong with one that is none."""
    head, separator, tail = selector.partition("#")
    dataset, at, version = head.partition("@")
    table, _, query = tail.partition("?")
    pairs = tuple(tuple(part.split("=", 1)) for part in query.split("&") if part)
    sound = separator and at and dataset and table and all(len(pair) == 2 for pair in pairs)
    if not sound or len(selector) > LONGEST:
        raise BadInput(
            where=f"selector {selector[:80]!r}",
            why="it is not of the form dataset@version#table?column=value&...",
            remedy="Copy it whole from the brief or from `hikiwake why`.",
        )
    return Selection(dataset, version, table, tuple((pair[0], pair[1]) for pair in pairs))


def rows(tables: Tables, selector: str, limit: int = 20) -> Rows:
    """Return the rows a selector names.

    Raises `BadInput` for a malformed selector or a column that the table does not have, `NoData` when the
    vintage at hand is not the one the selector was made from.
    """
    selection = parse(selector)
    dataset = tables.dataset_of(selection.table)
    if (dataset.id, dataset.version) != (selection.dataset, selection.version):
        raise NoData(
            where=f"{selection.dataset}@{selection.version}",
            why=f"this vintage holds {dataset.id}@{dataset.version}",
            remedy="Open the vintage the number was made from with --data.",
        )
    frame = _holding(tables, selection)
    schema = frame.collect_schema()
    for column, value in selection.conditions:
        if column not in schema:
            raise BadInput(
                where=f"column {column!r}",
                why=f"table {selection.table} has no such column",
                remedy=f"It has: {', '.join(schema.names())}.",
            )
        frame = frame.filter(_condition(column, value, numeric=schema[column].is_numeric()))
    return _taken(tables, frame, limit)


def _holding(tables: Tables, selection: Selection) -> Frame:
    """Return the table, without the files in which none of the rows can be."""
    asked = dict(selection.conditions)
    exporters, importers = (_codes(asked.get(side, "")) for side in ("exporter", "importer"))
    ordered = selection.table + ORDERED
    if exporters and importers and tables.has(ordered):
        return tables.frame(ordered, economies=exporters)
    first, _, last = asked.get("year", "").partition("..")
    of_years = _YEAR.fullmatch(first) and _YEAR.fullmatch(last or first)
    return tables.frame(selection.table, years=range(int(first), int(last or first) + 1) if of_years else ())


def _codes(value: str) -> list[str]:
    """Return the codes that a value lists; none where it tells them in another way."""
    parts = value.split(",")
    return [] if any(not part or part[0] == "!" or part[-1] == "*" for part in parts) else parts


def _taken(tables: Tables, frame: Frame, limit: int) -> Rows:
    import narwhals as nw

    schema = frame.collect_schema()
    names = tuple(schema.names())
    # The largest first, where there is an amount: they are what a number is made of.
    order = "value" if "value" in names else names[0]
    head = frame.sort(
        order, *(n for n in names if n != order), descending=[True, *[False] * (len(names) - 1)]
    )
    columns = tables.collect(head.head(limit))
    found = len(columns[names[0]])
    # Only where the limit may have cut some off is there anything to count.
    total = found if found < limit else int(tables.collect(frame.select(n=nw.len()))["n"][0])
    values = [_plain(columns[name].tolist(), whole=schema[name].is_integer()) for name in names]
    return Rows(names, tuple(zip(*values, strict=True)), total)


def _plain(column: list[Any], *, whole: bool) -> list[Any]:
    """Give back what arrays of floats took away: missing numbers as None, whole ones as whole."""
    missing = (value is None or value != value for value in column)  # noqa: PLR0124  (only NaN differs from itself)
    return [
        None if gone else int(value) if whole else value for gone, value in zip(missing, column, strict=True)
    ]


def _condition(column: str, value: str, *, numeric: bool) -> nw.Expr:
    import narwhals as nw

    of = nw.col(column)
    if numeric:
        first, dots, last = value.partition("..")
        parts = [first, last] if dots else value.split(",")
        if not all(_WHOLE_NUMBER.fullmatch(part) for part in parts):
            raise BadInput(
                where=f"{column}={value[:40]!r}",
                why="it is neither a number, a list of numbers nor a range such as 1995..2014",
                remedy="Copy the selector whole.",
            )
        if dots:
            return (of >= int(first)) & (of <= int(last))
        return of.is_in([int(part) for part in parts])
    found: nw.Expr | None = None
    for part in value.split(","):
        one = _one_of_text(of, part)
        found = one if found is None else found | one
    assert found is not None  # noqa: S101  (split never returns an empty list)
    return found


def _one_of_text(of: nw.Expr, part: str) -> nw.Expr:
    if part.startswith("!"):
        return of != part[1:]
    return of.str.starts_with(part[:-1]) if part.endswith("*") else of == part
