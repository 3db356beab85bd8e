"""A mapping proposed from a table's header and its first rows; a person must look at it."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports import comtrade, guessing, unread, workbooks
from hikiwake.sources.imports.checking import MISSING
from hikiwake.sources.imports.comtrade_areas import AGGREGATE
from hikiwake.sources.imports.economies import meaning
from hikiwake.sources.imports.guessing import Rows
from hikiwake.sources.imports.long import VALUE, YEAR
from hikiwake.sources.imports.mapping import FACTORS, Mapping
from hikiwake.sources.imports.streams import Stream, layout, table_of
from hikiwake.sources.imports.wide import year_of, years_of
from hikiwake.store import disk
from hikiwake.store.database import said
from hikiwake.store.temporary import OURS, passing

_FLOW = ("flow", "flowcode", "flowdesc", "tradeflow", "tradeflowname")
_EXPORTS = re.compile(r"x|e|exports?", re.IGNORECASE)
_IMPORTS = re.compile(r"m|i|imports?", re.IGNORECASE)
_REVISION = re.compile(r"hs(?:19|20)?(92|96|02|07|12|17|22)")
TOP = 20


class Table(NamedTuple):
    """The beginning of a table: its header, first rows and delimiter, and the years that name columns."""

    header: tuple[str, ...]
    rows: Rows
    delimiter: str
    years: tuple[int, ...]


def propose(path: Path) -> tuple[Mapping, dict[str, str]]:
    """Return a mapping for a table and a remark on each entry that a person should look at.

    Raises `BadInput` where the columns that a table of flows needs cannot be told, `Environment` where a
    workbook is given and the package that reads it is not installed.
    """
    if workbooks.parted(path) is None:
        return _proposed(path)
    with passing(Path(tempfile.gettempdir()) / f"{OURS}{os.getpid()}-{secrets.token_hex(4)}") as folder:
        with workbooks.called_as_given(folder), disk.refusals():
            (table,) = workbooks.as_tables((path,), lambda: folder)
            return _proposed(table)


def _proposed(path: Path) -> tuple[Mapping, dict[str, str]]:
    unread.refuse((path,))
    known = comtrade.recognise((path,))
    if known is not None:
        return known.mapping, {"only": "exports as reported; totals of partners, procedures and transport"}
    table = _beginning(path)
    found = guessing.roles(table.header, table.rows)
    if table.years and "value" not in found and "year" not in found:
        # Each year has a column, which the import makes long.
        found |= {"year": YEAR, "value": VALUE}
    reporting = _reporting(table.header, table.rows, found)
    missing = [role for role in ("exporter", "importer", "value") if role not in found]
    if missing:
        raise BadInput(
            where=str(path),
            why=f"no column looks like the {' or the '.join(missing)}",
            remedy=f"Write the mapping by hand; the header has: {', '.join(table.header)[:300]}.",
        )
    money = guessing.other_money(found["value"])
    if money:
        raise BadInput(
            where=f"{path}, column {found['value']!r}",
            why=f"its amounts are in {money}, and amounts here are US dollars",
            remedy="Add a column in US dollars, at the average rate of each year, and map that.",
        )
    if not guessing.amounts(_values(table, found)):
        raise BadInput(
            where=f"{path}, column {found['value']!r}",
            why="its first rows hold no amounts",
            remedy="Write the mapping by hand, with the column that holds the value.",
        )
    return _mapping(path, table, found, reporting)


def _values(table: Table, found: dict[str, str]) -> list[str]:
    """Return the amounts of the first rows: of a wide table, those of its years."""
    if found["value"] in table.header:
        return guessing.column(table.header, table.rows, found["value"])
    places = [place for place, name in enumerate(table.header) if year_of(name)]
    return [row[place].strip() for row in table.rows for place in places if place < len(row)]


def _mapping(
    path: Path, table: Table, found: dict[str, str], only: dict[str, str | list[str]]
) -> tuple[Mapping, dict[str, str]]:
    values = _values(table, found)
    ends = [guessing.column(table.header, table.rows, found[role]) for role in ("exporter", "importer")]
    domestic: Literal["reject", "leave out"] = (
        "leave out" if any(a == b and meaning(a).economy for a, b in zip(*ends, strict=True)) else "reject"
    )
    signs = guessing.numbers(values, table.delimiter)
    product = found.get("product", "")
    revision = _REVISION.search(guessing.plain(product))
    told = next((value for value in values if value and not guessing.amounts([value])), "")
    missing: Literal["reject", "leave out"] = (
        "leave out" if any(value.upper() in MISSING for value in values) else "reject"
    )
    mapping = Mapping(
        title=path.name.split(".")[0],
        exporter=found["exporter"],
        importer=found["importer"],
        year=found.get("year", 0),
        value=found["value"],
        value_unit=guessing.unit(f"{found['value']} {told}".strip()),
        product=product,
        quantity=found.get("quantity", ""),
        quantity_unit="t" if found.get("quantity", "").lower() in ("q", "tonnes") else "kg",
        classification=(f"HS{revision[1]}" if revision else "HS") if product else "",
        only=only,
        domestic=domestic,
        missing=missing,
        decimal=signs.decimal,
        thousands=signs.thousands,
        scope="all products" if product else "goods",
    )
    return mapping, _remarks(table, found, mapping, ends, told, signs.unsure)


def _remarks(
    table: Table,
    found: dict[str, str],
    mapping: Mapping,
    ends: list[list[str]],
    told: str,
    unsure: str,
) -> dict[str, str]:
    codes = {code for end in ends for code in end}
    unknown = sorted(code for code in codes if not meaning(code).economy)
    aggregates = sorted(code for code in codes if meaning(code).economy == AGGREGATE)
    remarks = {
        "title": "what readers are told the data are; say producer, licence and citation too",
        "value_unit": f"one of: {', '.join(unit for unit in FACTORS if 'USD' in unit)}; look it up",
        "scope": "what the flows are of, as a sentence says it: all products, goods, goods and services, ...",
        "exporter": f"first rows: {', '.join(ends[0][:3])}",
        "importer": f"first rows: {', '.join(ends[1][:3])}",
    }
    if unknown:
        remarks["importer"] += f"; nobody is called: {', '.join(unknown)[:80]}"
    if aggregates:
        remarks["exporter"] += f"; totals that are left out: {', '.join(aggregates)[:80]}"
    if found.get("year") == YEAR and YEAR not in table.header:
        remarks["year"] = f"each year from {min(table.years)} to {max(table.years)} has a column of its own"
    elif not found.get("year"):
        remarks["year"] = "no column looks like the year: write the one year of the table here"
    if told and told.upper() not in MISSING:
        remarks["value"] = f"{told[:40]!r} among its first rows is no amount: take that line out of the table"
    if mapping.only:
        remarks["only"] = "rows of the other direction are another report of the same trade"
    if mapping.domestic == "leave out":
        remarks["domestic"] = 'the first rows hold sales within an economy; "keep" has them for scenarios'
    if unsure:
        remarks["decimal"] = unsure
    return remarks


def _beginning(path: Path) -> Table:
    if path.suffix not in (".parquet", ".pq"):
        stream = table_of(path)
        found = layout(stream, _header(stream))
        rows = [row for row in found.sample if len(row) == found.fields]
        return Table(found.header, rows, found.delimiter, tuple(years_of(found).values()))
    import duckdb

    try:
        with duckdb.connect() as connection:
            relation = connection.read_parquet(str(path)).limit(200)
            cells = [["" if cell is None else str(cell) for cell in row] for row in relation.fetchall()]
            return Table(tuple(relation.columns), cells, "", ())
    except duckdb.Error as fault:
        raise BadInput(
            where=str(path),
            why=f"it is no Parquet file that can be read ({said(fault)})",
            remedy="Get the file again, or give the table as CSV.",
        ) from fault


def _header(stream: Stream) -> frozenset[str]:
    """Return the names of the header where lines on the data stand above it, else none."""
    found = layout(stream)
    lines = [[name.strip() for name in line] for line in (found.header, *found.sample[:TOP])]
    filled = [sum(map(bool, line)) for line in lines]
    for place, line in enumerate(lines):
        # Of a sheet of a workbook all rows are as wide, and the first columns may be empty.
        if filled[place] >= max(3, max(filled) - 1) and len(line) == max(map(len, lines)):
            return frozenset(filter(None, line)) if place else frozenset()
    return frozenset()


def _reporting(header: Sequence[str], rows: Rows, found: dict[str, str]) -> dict[str, str | list[str]]:
    """Where rows say whether they are exports or imports of a reporter, keep exports."""
    column = next(
        (name for name in header if guessing.plain(name) in _FLOW and name != found.get("year")), ""
    )
    words = set(guessing.column(header, rows, column)) if column else set()
    exports = sorted(word for word in words if _EXPORTS.fullmatch(word))
    if not exports and not any(_IMPORTS.fullmatch(word) for word in words):
        return {}
    if found.get("value") == column:
        rest = [c for c in header if guessing.plain(c).startswith("value") and c != column]
        found.update(value=rest[0]) if rest else found.pop("value")
    if exports:
        return {column: exports[0]}
    found["exporter"], found["importer"] = found["importer"], found["exporter"]
    return {column: sorted(word for word in words if _IMPORTS.fullmatch(word))[0]}
