"""Imports of other producers' files: the OECD's ICIO, the World Bank's WDI, CEPII's Gravity.

    python -m benchmarks.producers [FOLDER] [--only icio wdi gravity] [--json results/producers.json]

The files are made, in the producers' forms and of their sizes: of ICIO one year of 81 economies by 50
industries, with four decimals and a quarter of the cells empty; of WDI 220 economies and groups by 1,496
indicators by 65 years, a third of them known; of Gravity 252 by 252 economies in `--gravity-years`
years, with 30 columns. Beside each import the same file, unpacked, is only read, by DuckDB and by
pandas: what reading alone costs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.importing import ROOT, measured

FINAL = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")
WORLD_VALUE_ADDED = 9e7
"""Million USD."""

OWN = """
import sys
sys.path.insert(0, '%(root)s/src')
from pathlib import Path
from hikiwake.sources.imports.run import Wish, add
from hikiwake.store.library import Library
add(Wish(files=(Path('%(zip)s'),)), Library(Path('%(library)s')), lambda what, part: None)
"""
DUCKDB = """
import duckdb
c = duckdb.connect(config={"threads": "2"})
c.execute("create table t as from read_csv('%(csv)s', header=true, all_varchar=true, max_line_size=4194304)")
"""
PANDAS = """
import pandas as pd
pd.read_csv('%(csv)s', engine='c', low_memory=False)
"""


def _names() -> tuple[list[str], list[str]]:
    """Return the economies and industries of the shipped intermediate trade."""
    sys.path.insert(0, str(ROOT / "src"))
    from hikiwake.store.tables import open_tables

    tables = open_tables()
    rows = tables.collect(tables.frame("icio_totals").select("economy").unique())
    industries = tables.collect(tables.frame("icio_industries").sort("position").select("code"))
    return [*sorted(map(str, rows["economy"])), "ROW"], list(map(str, industries["code"]))


def icio(csv: Path, year: int) -> None:
    """Write a table of a year."""
    economies, industries = _names()
    chance = np.random.default_rng(year)
    sellers = [f"{e}_{k}" for e in economies for k in industries]
    users = sellers + [f"{e}_{f}" for e in economies for f in FINAL]
    size = np.exp(chance.normal(0, 1.5, len(economies)))
    of_seller = np.repeat(size, len(industries)) * np.exp(chance.normal(0, 1.2, len(sellers)))
    of_user = np.concatenate([of_seller, np.repeat(size, len(FINAL)) * 30])
    values = of_seller[:, None] * of_user[None, :] * np.exp(chance.normal(-6, 2, (len(sellers), len(users))))
    values[chance.random(values.shape) < 0.25] = 0.0
    values *= WORLD_VALUE_ADDED / values[:, len(sellers) :].sum()
    values = np.round(values, 4)
    output = values.sum(axis=1)
    added = output - values[:, : len(sellers)].sum(axis=0)

    def line(label: str, row: np.ndarray) -> str:
        return ",".join([label, *(f"{value:.4f}" for value in row.tolist())]) + "\n"

    rest = np.zeros(len(users) - len(sellers) + 1)
    with csv.open("w", encoding="utf-8") as stream:
        stream.write(",".join(["V1", *users, "OUT"]) + "\n")
        for label, row, total in zip(sellers, values, output, strict=True):
            stream.write(line(label, np.append(row, total)))
        stream.write(line("TLS", np.zeros(len(users) + 1)))
        stream.write(line("VA", np.append(added, rest)))
        stream.write(line("OUT", np.append(output, rest)))


def wdi(csv: Path, indicators: int = 1_496, years: int = 65) -> None:
    """Write the bulk file: a line for an economy and an indicator, a column for each year."""
    sys.path.insert(0, str(ROOT / "src"))
    from hikiwake.core.country import all_countries

    chance = np.random.default_rng(2)
    places = [(one.name, one.id) for one in all_countries() if one.iso2][:217]
    places += [("Arab World", "ARB"), ("World", "WLD"), ("Euro area", "EMU")]
    codes = [
        "NY.GDP.MKTP.CD",
        "SP.POP.TOTL",
        "NE.EXP.GNFS.CD",
        *(f"XX.{n:04}.ZS" for n in range(indicators - 3)),
    ]
    header = ["Country Name", "Country Code", "Indicator Name", "Indicator Code"]
    with csv.open("w", encoding="utf-8") as stream:
        stream.write(",".join(f'"{name}"' for name in (*header, *range(1960, 1960 + years))) + ",\n")
        for name, code in places:
            known = chance.random((len(codes), years)) < 0.34
            values = np.exp(chance.normal(3, 4, (len(codes), years)))
            for n, indicator in enumerate(codes):
                cells = [f'"{v!r}"' if k else '""' for v, k in zip(values[n].tolist(), known[n], strict=True)]
                stream.write(f'"{name}","{code}","Indicator {n}","{indicator}",{",".join(cells)},\n')


def gravity(csv: Path, years: int) -> None:
    """Write CEPII's table, with 30 of its columns."""
    sys.path.insert(0, str(ROOT / "src"))
    import duckdb

    from hikiwake.core.country import all_countries

    codes = [one.id for one in all_countries()][:252]
    number = "round(exp(10 * (hash(o.c, d.c, y, {}) % 1000003) / 1000003.0), 3)"
    flag = "hash(o.c, d.c, {}) % 20 = 0"
    wanted = {
        **{name: number.format(n) for n, name in enumerate(
            ("distw_harmonic", "distw_arithmetic", "dist", "distcap", "pop_o", "pop_d", "gdp_o", "gdp_d",
             "gdpcap_o", "gdpcap_d", "gdp_ppp_o", "gdp_ppp_d", "tradeflow_baci", "tradeflow_imf_o"))},
        **{name: f"cast({flag.format(n)} as integer)" for n, name in enumerate(
            ("contig", "comlang_off", "comlang_ethno", "comcol", "col45", "gatt_o", "wto_o", "eu_o", "rta"))},
    }  # fmt: skip
    columns = ", ".join(f"{expression} as {name}" for name, expression in wanted.items())
    with duckdb.connect(config={"threads": "2"}) as connection:
        connection.execute("create table codes as select unnest(?) as c", [codes])
        connection.execute(
            f"""copy (select y as year, o.c as country_id_o, d.c as country_id_d, o.c as iso3_o,
              d.c as iso3_d, 1 as country_exists_o,
              cast(hash(d.c, y) % 50 <> 0 as integer) as country_exists_d, {columns}
              from codes o, codes d, range({2022 - years}, 2022) years(y) order by y, o.c, d.c)
              to '{csv}' (format csv, header)"""
        )


def packed(csv: Path, archive: Path, member: str) -> None:
    """Put a table into a zip file."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        out.write(csv, member)


def main() -> None:
    """Make other producers' files, time their imports, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--only", nargs="*", default=["icio", "wdi", "gravity"])
    parser.add_argument("--gravity-years", type=int, default=20)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    made: dict[str, tuple[str, Callable[[Path], None]]] = {
        "icio": ("2022_SML.csv", lambda csv: icio(csv, 2022)),
        "wdi": ("WDICSV.csv", wdi),
        "gravity": ("Gravity_V202211.csv", lambda csv: gravity(csv, chosen.gravity_years)),
    }
    report: dict[str, Any] = {"load_before": round(os.getloadavg()[0], 1)}
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        for what in chosen.only:
            member, write = made[what]
            csv, archive = Path(name) / member, Path(name) / f"{what}.zip"
            write(csv)
            packed(csv, archive, member)
            fill = {"csv": csv, "zip": archive, "root": ROOT, "library": Path(name) / what}
            results = {
                "reading by DuckDB": measured(DUCKDB % fill),
                "reading by pandas": measured(PANDAS % fill),
                "import": measured(OWN % fill),
            }
            tables = (Path(name) / what).glob("v*/*.parquet")
            report[what] = {
                "csv_mb": round(csv.stat().st_size / 1e6),
                "parquet_mb": round(sum(path.stat().st_size for path in tables) / 1e6, 1),
                **results,
            }
            print(json.dumps({what: report[what]}, indent=1), flush=True)
            csv.unlink()
    if chosen.json:
        chosen.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
