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
from hikiwake.sources.imports import comtrade, doubts, guessing, unread, workbooks
from hikiwake.sources.imports.checking import ABSENT
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

_FLOW = frozenset(
    "flow flowcode flowdesc flowname tradeflow tradeflowname tradeflowcode flujo flux fluss fluxo flusso"
    " richtung verkehrsrichtung direction type tradetype sens movement exportimport importexport"
    " impexp expimp tipo"
    " направление поток".split()
)
_EXPORTS = re.compile(
    r"x|e|exp|(total|gross)?exports?(fob)?|exportacion(es)?|exportations?|ausfuhr(en)?|exportac(ao|oes)"
    r"|esportazion[ie]|экспорт|出口|輸出"
)
_IMPORTS = re.compile(
    r"m|i|imp|(total|gross)?imports?(cif)?|importacion(es)?|importations?|einfuhr(en)?|importac(ao|oes)"
    r"|importazion[ie]|импорт|进口|輸入"
)
_NUMBERED = {"2": "1", "6": "5"}
"""Exports and imports as Eurostat and the United Nations number them, and as the World Bank does."""
_OF_ONE_YEAR = re.compile(r"constant|deflat|chained|real terms|(?<![a-z])ppp(?![a-z])", re.IGNORECASE)
"""What the name of a column says whose amounts are in prices of one year."""
_IN = re.compile(r"\b(?:in|en)\b(?! euro ?(?:area|zone))[^;,]{0,30}", re.IGNORECASE)
_REVISION = re.compile(r"hs(?:19|20)?(92|96|02|07|12|17|22)")
TOP = 20


class Table(NamedTuple):
    """The beginning of a table: its header, first rows and delimiter, and the years that name columns.

    `above` is what stands above the header.
    """

    header: tuple[str, ...]
    rows: Rows
    delimiter: str
    years: tuple[int, ...]
    above: str = ""


class Settled(NamedTuple):
    """What is settled beside the columns: rows that count, units told elsewhere, what remains to be told."""

    only: doubts.Only
    unit: str
    mass: str
    product: str
    differing: str
    levels: str
    chosen: bool
    """Whether rows are chosen by more than their direction."""


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
    unread.refuse_broken((path,))
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
    try:
        doubts.times(table.header, table.rows, found)
        settled = _settled(path, table, found, reporting)
    except BadInput as fault:
        fault.where = f"{path}, {fault.where}"
        raise
    if not guessing.amounts(_values(table, found)):
        raise BadInput(
            where=f"{path}, column {found['value']!r}",
            why="its first rows hold no amounts",
            remedy="Write the mapping by hand, with the column that holds the value.",
        )
    return _mapping(path, table, found, settled)


def _settled(path: Path, table: Table, found: dict[str, str], reporting: doubts.Only) -> Settled:
    """Settle what the form of a table leaves open; `BadInput` where amounts are no US dollars."""
    value = found["value"]
    money = guessing.other_money(value) or guessing.other_money(" ".join(_IN.findall(table.above)))
    if money:
        raise BadInput(
            where=f"column {value!r}",
            why=f"its amounts are in {money}, and amounts here are US dollars",
            remedy=doubts.DOLLARS,
        )
    if guessing.of_quantity(value) or _OF_ONE_YEAR.search(value):
        raise BadInput(
            where=f"column {value!r}",
            why="its amounts are no US dollars of the year that they are of",
            remedy="Map a column of values in current US dollars.",
        )
    product = doubts.products(table.header, table.rows, found)
    dollars, unit, mass = doubts.units(table.header, table.rows, found)
    only = reporting | dollars
    totals, differing = doubts.parting(table.header, table.rows, found, only)
    if any(map(guessing.billions, (value, unit, table.above))):
        raise BadInput(
            where=f"column {value!r}",
            why="its amounts seem to be in billions, and are read in dollars, thousands or millions of them",
            remedy="Multiply them by a thousand, and call the column million USD.",
        )
    levels = doubts.levels(table.header, table.rows, found)
    return Settled(only | totals, unit, mass, product, differing, levels, bool(dollars or totals))


def _values(table: Table, found: dict[str, str]) -> list[str]:
    """Return the amounts of the first rows: of a wide table, those of its years."""
    if found["value"] in table.header:
        return guessing.column(table.header, table.rows, found["value"])
    places = [place for place, name in enumerate(table.header) if year_of(name)]
    return [row[place].strip() for row in table.rows for place in places if place < len(row)]


def _mapping(
    path: Path, table: Table, found: dict[str, str], settled: Settled
) -> tuple[Mapping, dict[str, str]]:
    values = _values(table, found)
    ends = [guessing.column(table.header, table.rows, found[role]) for role in ("exporter", "importer")]
    domestic: Literal["reject", "leave out"] = (
        "leave out" if any(a == b and meaning(a).economy for a, b in zip(*ends, strict=True)) else "reject"
    )
    # What the signs are in one column, they are in the other.
    weights = guessing.column(table.header, table.rows, found["quantity"]) if "quantity" in found else []
    signs = guessing.numbers([*values, *weights], table.delimiter)
    product = found.get("product", "")
    revision = _REVISION.search(guessing.plain(product))
    told = next((value for value in values if value and not guessing.amounts([value])), "")
    missing: Literal["reject", "leave out"] = (
        "leave out" if any(value.upper() in ABSENT for value in values) else "reject"
    )
    unit = guessing.unit(f"{found['value']} {told} {settled.unit}".strip())
    mass = settled.mass or guessing.mass(found.get("quantity", ""))
    mapping = Mapping(
        title=path.name.split(".")[0],
        exporter=found["exporter"],
        importer=found["importer"],
        year=found.get("year", 0),
        value=found["value"],
        value_unit=guessing.unit(table.above) if unit == "USD" else unit,
        product=product,
        valuation=guessing.valuation(found["value"]),
        quantity="" if mass == "other" else found.get("quantity", ""),
        quantity_unit="t" if mass == "t" else "kg",
        classification=(f"HS{revision[1]}" if revision else "HS") if product else "",
        only=settled.only,
        domestic=domestic,
        missing=missing,
        decimal=signs.decimal,
        thousands=signs.thousands,
        scope="all products" if product else settled.product or "goods",
    )
    return mapping, _remarks(table, found, mapping, ends, told, signs.unsure) | _of_settled(
        found, settled, mass
    )


def _of_settled(found: dict[str, str], settled: Settled, mass: str) -> dict[str, str]:
    """Return remarks on what the form of a table leaves open."""
    remarks = {}
    if settled.differing:
        remarks["value"] = settled.differing
    if settled.levels:
        remarks["product"] = settled.levels
    if settled.chosen:
        remarks["only"] = "rows in other money, of the other direction and parts of these flows are left out"
    if mass == "other" and "quantity" in found:
        remarks["quantity"] = (
            f"{found['quantity']!r} is neither in kg nor in t, so that quantities are left out"
        )
    elif not mass and "quantity" in found:
        remarks["quantity_unit"] = "kg or t; look it up"
    return remarks


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
    if told and told.upper() not in ABSENT:
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
        wanted, above = _header(stream)
        found = layout(stream, wanted)
        rows = [row for row in found.sample if len(row) == found.fields]
        return Table(found.header, rows, found.delimiter, tuple(years_of(found).values()), above)
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


def _header(stream: Stream) -> tuple[frozenset[str], str]:
    """Return the names of the header where lines on the data stand above it, and these; else none."""
    found = layout(stream)
    lines = [[name.strip() for name in line] for line in (found.header, *found.sample[:TOP])]
    filled = [sum(map(bool, line)) for line in lines]
    for place, line in enumerate(lines):
        # Of a sheet of a workbook all rows are as wide, and the first columns may be empty.
        if filled[place] >= max(3, max(filled) - 1) and len(line) == max(map(len, lines)):
            above = "; ".join(name for before in lines[:place] for name in before if name)
            return (frozenset(filter(None, line)) if place else frozenset()), above
    return frozenset(), ""


def _reporting(header: Sequence[str], rows: Rows, found: dict[str, str]) -> dict[str, str | list[str]]:
    """Where rows say whether they are exports or imports of a reporter, keep exports."""
    column = next(
        (name for name in header if guessing.plain(name) in _FLOW and name != found.get("year")), ""
    )
    words = set(filter(None, guessing.column(header, rows, column))) if column else set()
    exports = sorted(word for word in words if _EXPORTS.fullmatch(guessing.plain(word)))
    imports = sorted(word for word in words if _IMPORTS.fullmatch(guessing.plain(word)))
    others = [name for name in guessing.named(header, "value") if name != column]
    for out, back in _NUMBERED.items():
        if words and words <= {out, back} and others:
            exports, imports = sorted(words & {out}), sorted(words & {back})
    if not exports and not imports:
        return {}
    if found.get("value") == column:
        found.update(value=others[0]) if others else found.pop("value")
    if exports:
        return {column: exports[-1]}
    found["exporter"], found["importer"] = found["importer"], found["exporter"]
    return {column: imports[-1]}
