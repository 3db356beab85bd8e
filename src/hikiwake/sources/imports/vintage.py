"""From finished parts to a vintage: flags, products, the report and the catalogue."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hikiwake.core.products import WHOLE
from hikiwake.sources.imports import by_pair, detecting, left, plausible, totals
from hikiwake.sources.imports.checking import TOTAL
from hikiwake.sources.imports.mapping import Mapping
from hikiwake.sources.imports.matrix import MATRIX, path_of
from hikiwake.sources.imports.parquet import copy
from hikiwake.sources.imports.parts import Written
from hikiwake.sources.imports.quoting import quoted
from hikiwake.sources.imports.report import Report
from hikiwake.sources.imports.streams import Part
from hikiwake.sources.imports.totals import PAIRS
from hikiwake.sources.imports.writing import Writer
from hikiwake.store import disk, seal
from hikiwake.store.catalogue import CATALOGUE, Catalogue, Coverage, Entry, Package, TableFile

if TYPE_CHECKING:
    import duckdb

FLOWS, PRODUCTS, REPORT = "baci_flows", "hs92_products", "import_report"
BY_PAIR = "baci_flows_by_pair"
SORTING = 0.6
"""The part of the time that sorting by pair takes of what is done once all parts are there."""
UNITS = {
    "": "current USD",
    "FOB": "current USD, free on board",
    "CIF": "current USD, cost, insurance and freight included",
}
COLUMNS = [
    {"name": "year", "type": "INT16", "unit": "", "meaning": "calendar year"},
    {"name": "exporter", "type": "STRING", "unit": "", "meaning": "economy that exports"},
    {"name": "importer", "type": "STRING", "unit": "", "meaning": "economy that imports"},
    {"name": "product", "type": "STRING", "unit": "", "meaning": "product by its code, or TOTAL"},
    {"name": "value", "type": "INT64", "unit": "USD", "meaning": "value at current prices"},
    {"name": "quantity", "type": "INT64", "unit": "kg", "meaning": "quantity; missing where none is given"},
    {"name": "outlier", "type": "BOOL", "unit": "", "meaning": "whether the quantity cannot be believed"},
]


class Identity(msgspec.Struct, frozen=True):
    """How a vintage is called and what it was made from."""

    name: str
    version: str
    source: str
    sha256: str


class Plan(msgspec.Struct, frozen=True):
    """What is to be made of which parts: its identity, what its columns mean, and its products by code."""

    identity: Identity
    mapping: Mapping
    products: dict[str, str]
    parts: tuple[Part, ...]


def finish(
    connection: duckdb.DuckDBPyConnection,
    writer: Writer,
    folder: Path,
    plan: Plan,
    parts: list[Written],
    progress: Callable[[str, float], None],
) -> str:
    """Write what a vintage has beside its flows, then its catalogue; return the catalogue's SHA-256."""
    identity, mapping, products = plan.identity, plan.mapping, plan.products
    report = Report(identity.source, identity.sha256, [part.report for part in parts])
    names = [part.report.name for part in parts]
    flows = [_flows(part) for part in parts]
    left.gather(connection, writer, folder, names)
    seen = detecting.Seen(connection) if len(parts) > 1 else None
    if seen:
        tell: Callable[[float], None] = lambda part: progress("sorting by pair", SORTING * part)  # noqa: E731
        sorting = by_pair.write(connection, writer, folder, names, seen.look, tell)
        flows += [_by_pair(folder, connection, *made) for made in sorting]
    progress("looking for holes and outliers", SORTING)
    weighed = any(part.report.with_quantity for part in parts)
    years = len({year for part in parts for year in part.report.years})
    found = detecting.flags(connection, folder, identity.name, seen or names, weighed=weighed, years=years)
    listed = _products(connection, folder, products, parts)
    others = [_recorded(folder, table, path.name, connection) for table, path in found.items()]
    spans = {file.file.removesuffix(".parquet"): file.years for file in flows}
    summed = totals.write(connection, writer, folder, names)
    others += [_total(folder, connection, spans, made) for made in summed]
    marks = detecting.counted(connection, found["baci_flags"])
    remark = plausible.remark(connection, folder / PAIRS, mapping.value_unit, whole=_is_whole(mapping, parts))
    report = msgspec.structs.replace(report, marks=marks, notes=remark)
    matrices = _matrices(connection, folder, names)
    files = [*flows, *matrices, *others, listed, report_file(folder, report)]
    return sealed(folder, identity, _entry(identity, mapping, report, files))


def _is_whole(mapping: Mapping, parts: list[Written]) -> bool:
    """Tell whether a table gives totals, and does not say that they are of some goods alone."""
    of_totals = all(part.report.products == [TOTAL] for part in parts)
    return of_totals and mapping.scope in ("", *WHOLE)


def _flows(part: Written) -> TableFile:
    of = part.report
    assert of.first_year is not None and of.last_year is not None  # noqa: PT018, S101  (it has flows)
    years = (of.first_year, of.last_year)
    return TableFile(FLOWS, part.file, of.flows, part.bytes, part.sha256, COLUMNS, years=years)


def _by_pair(
    folder: Path, connection: duckdb.DuckDBPyConnection, path: Path, exporters: tuple[str, str]
) -> TableFile:
    recorded = _recorded(folder, BY_PAIR, path.name, connection)
    return msgspec.structs.replace(recorded, columns=COLUMNS, exporters=exporters)


def _total(
    folder: Path,
    connection: duckdb.DuckDBPyConnection,
    spans: dict[str, tuple[int, int] | msgspec.UnsetType],
    made: totals.Made,
) -> TableFile:
    recorded = _recorded(folder, made.table, made.path.name, connection)
    return msgspec.structs.replace(
        recorded, years=spans.get(made.part, msgspec.UNSET), economies=made.economies or msgspec.UNSET
    )


def _matrices(connection: duckdb.DuckDBPyConnection, folder: Path, names: list[str]) -> Iterator[TableFile]:
    for name in names:
        path = path_of(folder, name)
        if path.exists():
            yield _recorded(folder, MATRIX, path.name, connection)


def report_file(folder: Path, report: Report) -> TableFile:
    """Write the report of an import; return its record for the catalogue."""
    disk.write(folder / "report.json", msgspec.json.encode(report))
    return _recorded(folder, REPORT, "report.json")


def sealed(folder: Path, identity: Identity, entry: Entry) -> str:
    """Write the catalogue of a vintage, its last file; return the catalogue's SHA-256."""
    content = msgspec.json.format(
        msgspec.json.encode(Catalogue(f"{identity.name}@{identity.version}", [entry], over_shipped=True)),
        indent=1,
    )
    catalogue = seal.sealed(content)
    disk.write(folder / CATALOGUE, catalogue)
    return hashlib.sha256(catalogue).hexdigest()


def _entry(identity: Identity, mapping: Mapping, report: Report, files: list[TableFile]) -> Entry:
    years = tuple(sorted({year for part in report.parts for year in part.years}))
    lines = {code for part in report.parts for code in part.products}
    economies = {economy for part in report.parts for economy in part.codes.values() if economy != "total"}
    gaps = years if len(years) <= years[-1] - years[0] else ()
    span = f"{years[0]}-{years[-1]}" if len(years) > 1 else str(years[0])
    span = f"{len(gaps)} of the years {span}" if gaps else span
    detail = (
        f"totals of {mapping.scope or 'goods'}"
        if lines == {TOTAL}
        else f"{len(lines)} products ({mapping.classification})"
    )
    return Entry(
        id=identity.name,
        version=identity.version,
        title=mapping.title,
        producer=mapping.producer or mapping.title,
        licence=mapping.licence,
        licence_id="",
        citation=mapping.citation or ", ".join(filter(None, (mapping.producer, mapping.title))),
        note=f"{report.summary()} Values in whole USD.",
        unit=UNITS[mapping.valuation],
        coverage=Coverage(
            text=f"{detail} between {len(economies)} economies, {span}",
            scope=mapping.scope or ("goods" if lines == {TOTAL} else "the products of the table"),
            years=gaps,
            first_year=years[0],
            last_year=years[-1],
            economies=len(economies),
            products=len(lines),
            provisional_from=mapping.provisional_from,
        ),
        packages=[Package(identity.source, identity.version, identity.source, identity.sha256)],
        tables=files,
    )


def _products(
    connection: duckdb.DuckDBPyConnection, folder: Path, products: dict[str, str], parts: list[Written]
) -> TableFile:
    covered = {code for part in parts for code in part.report.products}
    known = {**{code: "" for code in covered}, **products}
    connection.execute(
        "create or replace table products (code varchar, description varchar, covered boolean)"
    )
    codes = sorted(known)
    connection.execute(
        "insert into products select unnest(?), unnest(?), unnest(?)",
        [codes, [known[code] for code in codes], [code in covered for code in codes]],
    )
    copy(connection, "select * from products order by code", folder / "products.parquet")
    return _recorded(folder, PRODUCTS, "products.parquet", connection)


def _recorded(
    folder: Path, name: str, file: str, connection: duckdb.DuckDBPyConnection | None = None
) -> TableFile:
    path = folder / file
    rows, columns = 0, []
    if connection is not None:
        table = f"read_parquet({quoted(path)})"
        ((rows,),) = connection.execute(f"select count(*) from {table}").fetchall()
        described = connection.execute(f"describe select * from {table}").fetchall()
        columns = [{"name": str(row[0]), "type": str(row[1]), "unit": "", "meaning": ""} for row in described]
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return TableFile(name, file, int(rows), path.stat().st_size, digest, columns)
