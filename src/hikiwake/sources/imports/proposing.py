"""A mapping proposed from a table's header and its first rows; a person must look at it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports import comtrade
from hikiwake.sources.imports.comtrade_areas import AGGREGATE
from hikiwake.sources.imports.economies import meaning
from hikiwake.sources.imports.mapping import FACTORS, Mapping, QuantityUnit, ValueUnit
from hikiwake.sources.imports.streams import layout, table_of

if TYPE_CHECKING:
    from typing import Literal

Rows = Sequence[Sequence[str]]

# What columns are called, the likeliest name first; compared without case and signs.
NAMES: dict[str, tuple[str, ...]] = {
    "exporter": (
        "exporter",
        "iso_o",
        "iso3_o",
        "isoexp",
        "origin",
        "i",
        "exp",
        "from",
        "reporteriso",
        "reporter",
    ),
    "importer": (
        "importer",
        "iso_d",
        "iso3_d",
        "isoimp",
        "destination",
        "j",
        "imp",
        "to",
        "partneriso",
        "partner",
    ),
    "year": ("year", "t", "period", "refyear", "time"),
    "product": ("product", "k", "hs6", "cmdcode", "hscode", "hs", "commoditycode", "commodity"),
    "value": (
        "value",
        "v",
        "exportsusd",
        "tradevalue",
        "primaryvalue",
        "valuekusd",
        "flow",
        "exports",
        "trade",
    ),
    "quantity": ("quantity", "q", "netwgt", "netweight", "weight", "qty", "kg", "tonnes"),
}
_THOUSANDS = re.compile(r"k_?usd|thousand|1000|kusd", re.IGNORECASE)
_MILLIONS = re.compile(r"m_?usd|million|mln", re.IGNORECASE)
_FLOW = ("flow", "flowcode", "flowdesc", "tradeflow")
_EXPORTS = re.compile(r"x|e|exports?", re.IGNORECASE)
_IMPORTS = re.compile(r"m|i|imports?", re.IGNORECASE)


def propose(path: Path) -> tuple[Mapping, dict[str, str]]:
    """Return a mapping for a table and a remark on each entry that a person should look at.

    Raises `BadInput` where the columns that a table of flows needs cannot be told.
    """
    known = comtrade.recognise((path,))
    if known is not None:
        return known.mapping, {"only": "exports as reported; totals of partners, procedures and transport"}
    header, rows = _beginning(path)
    found: dict[str, str] = {}
    for role, names in NAMES.items():
        name = next(
            (
                c
                for wanted in names
                for c in header
                if _plain(c) == _plain(wanted) and c not in found.values()
            ),
            "",
        )
        if name:
            found[role] = name
    reporting = _reporting(header, rows, found)
    missing = [role for role in ("exporter", "importer", "value") if role not in found]
    if missing:
        raise BadInput(
            where=str(path),
            why=f"no column looks like the {' or the '.join(missing)}",
            remedy=f"Write the mapping by hand; the header has: {', '.join(header)[:300]}.",
        )
    values = {role: _column(header, rows, column) for role, column in found.items()}
    if not _amounts(values["value"]):
        raise BadInput(
            where=f"{path}, column {found['value']!r}",
            why="its first rows hold no amounts",
            remedy="Write the mapping by hand, with the column that holds the value.",
        )
    return _mapping(path, header, rows, found, reporting)


def _mapping(
    path: Path, header: Sequence[str], rows: Rows, found: dict[str, str], only: dict[str, str | list[str]]
) -> tuple[Mapping, dict[str, str]]:
    values = {role: _column(header, rows, column) for role, column in found.items()}
    unit, quantity_unit = _units(found)
    pairs = list(zip(values["exporter"], values["importer"], strict=True))
    domestic: Literal["reject", "leave out"] = "leave out" if any(a == b for a, b in pairs) else "reject"
    decimal: Literal[".", ","] = "," if _decimal_commas(values["value"]) else "."
    mapping = Mapping(
        title=path.name.split(".")[0],
        exporter=found["exporter"],
        importer=found["importer"],
        year=found.get("year", 0),
        value=found["value"],
        value_unit=unit,
        product=found.get("product", ""),
        quantity=found.get("quantity", ""),
        quantity_unit=quantity_unit,
        classification="HS" if found.get("product") else "",
        only=only,
        domestic=domestic,
        decimal=decimal,
        scope="all products" if found.get("product") else "goods",
    )
    codes = {code for role in ("exporter", "importer") for code in values[role]}
    unknown = sorted(code for code in codes if not meaning(code).economy)
    aggregates = sorted(code for code in codes if meaning(code).economy == AGGREGATE)
    remarks = {
        "title": "what readers are told the data are; say producer, licence and citation too",
        "value_unit": f"one of: {', '.join(unit for unit in FACTORS if 'USD' in unit)}; look it up",
        "scope": "what the flows are of, as a sentence says it: all products, goods, goods and services, ...",
        "exporter": f"first rows: {', '.join(values['exporter'][:3])}",
        "importer": f"first rows: {', '.join(values['importer'][:3])}",
    }
    if unknown:
        remarks["importer"] += f"; nobody is called: {', '.join(unknown)[:80]}"
    if aggregates:
        remarks["exporter"] += f"; totals that are left out: {', '.join(aggregates)[:80]}"
    if not found.get("year"):
        remarks["year"] = "no column looks like the year: write the one year of the table here"
    if only:
        remarks["only"] = "rows of the other direction are another report of the same trade"
    if domestic == "leave out":
        remarks["domestic"] = 'the first rows hold sales within an economy; "keep" has them for scenarios'
    return mapping, remarks


def _beginning(path: Path) -> tuple[tuple[str, ...], Rows]:
    if path.suffix not in (".parquet", ".pq"):
        found = layout(table_of(path))
        return found.header, [row for row in found.sample if len(row) == found.fields]
    import duckdb

    try:
        with duckdb.connect() as connection:
            relation = connection.read_parquet(str(path)).limit(200)
            rows = [["" if cell is None else str(cell) for cell in row] for row in relation.fetchall()]
            return tuple(relation.columns), rows
    except duckdb.Error as fault:
        raise BadInput(
            where=str(path),
            why=f"it is no Parquet file that can be read ({str(fault).splitlines()[0][:120]})",
            remedy="Get the file again, or give the table as CSV.",
        ) from fault


def _reporting(header: Sequence[str], rows: Rows, found: dict[str, str]) -> dict[str, str | list[str]]:
    """Where rows say whether they are exports or imports of a reporter, keep exports."""
    column = next((name for name in header if _plain(name) in _FLOW and name != found.get("year")), "")
    words = set(_column(header, rows, column)) if column else set()
    exports = sorted(word for word in words if _EXPORTS.fullmatch(word))
    if not exports and not any(_IMPORTS.fullmatch(word) for word in words):
        return {}
    if found.get("value") == column:
        rest = [c for c in header if _plain(c).startswith("value") and c != column]
        found.update(value=rest[0]) if rest else found.pop("value")
    if exports:
        return {column: exports[0]}
    found["exporter"], found["importer"] = found["importer"], found["exporter"]
    return {column: sorted(word for word in words if _IMPORTS.fullmatch(word))[0]}


def _units(found: dict[str, str]) -> tuple[ValueUnit, QuantityUnit]:
    value = found["value"]
    unit: ValueUnit = "USD"
    if _THOUSANDS.search(value) or value == "v":
        unit = "thousand USD"
    elif _MILLIONS.search(value):
        unit = "million USD"
    return unit, "t" if found.get("quantity") in ("q", "tonnes") else "kg"


def _column(header: Sequence[str], rows: Rows, name: str) -> list[str]:
    place = list(header).index(name)
    return [row[place].strip() for row in rows if place < len(row)]


def _amounts(values: list[str]) -> bool:
    return any(re.fullmatch(r"-?[0-9.,' ]+([eE][+-]?\d+)?", value) for value in values)


def _decimal_commas(values: list[str]) -> bool:
    return any(re.fullmatch(r"\d+,\d{1,2}|\d+,\d{4,}", value) for value in values)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
