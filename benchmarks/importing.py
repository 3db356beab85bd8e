"""Imports of BACI-shaped data against plain DuckDB, polars and pandas, and a pair's profile from the result.

    python benchmarks/importing.py [--rows 11000000] [--json results/importing.json]

The data are synthetic, with a release's cardinalities and skew: 226 economies and 5,000 products whose
weights fall as a power, so that a few pairs hold most rows; log-normal values; 3 % of quantities missing.
Every engine reads the same zip or, where it cannot read a zip, the CSV inside, unpacked beforehand and not
counted. Only this program checks, counts and reports each row and looks for faults.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
YEAR = 2014
MEMBER = f"BACI_HS92_Y{YEAR}_V202601.csv"
COLUMNS = "{'t':'SMALLINT','i':'INTEGER','j':'INTEGER','k':'VARCHAR','v':'DECIMAL(18,3)','q':'VARCHAR'}"

DUCKDB = """
import duckdb, sys
c = duckdb.connect(config={"memory_limit": "2500MB", "threads": "2"})
c.execute("copy (select * from read_csv('%(csv)s', auto_detect=false, header=true, delim=',', quote='\\"',"
          " columns=%(columns)s) order by i, j, k) to '%(out)s' (format parquet, compression zstd)")
"""
POLARS = """
import polars as pl
schema = {"t": pl.Int16, "i": pl.Int32, "j": pl.Int32, "k": pl.String, "v": pl.Float64, "q": pl.String}
pl.read_csv('%(csv)s', schema=schema).sort("i", "j", "k").write_parquet('%(out)s', compression="zstd")
"""
PANDAS = """
import pandas as pd
types = {"t": "int16", "i": "int32", "j": "int32", "k": "string", "v": "float64", "q": "string"}
frame = pd.read_csv('%(csv)s', dtype=types, engine="pyarrow").sort_values(["i", "j", "k"])
frame.to_parquet('%(out)s', compression="zstd", row_group_size=122880)
"""
OWN = """
import sys
sys.path.insert(0, '%(root)s/src')
from pathlib import Path
from hikiwake.sources.imports.run import Wish, add
from hikiwake.store.library import Library
add(Wish(files=(Path('%(zip)s'),)), Library(Path('%(library)s')), lambda what, part: None)
"""


def codes() -> tuple[np.ndarray, list[str]]:
    """Return the producer's numbers of economies valid in the year, and the product codes."""
    sys.path.insert(0, str(ROOT / "src"))
    from hikiwake.sources.baci_codes import baci_codes
    from hikiwake.store.tables import open_tables

    listed = open_tables().frame("hs92_products").to_native().fetchnumpy()["code"]
    valid = [code for code, row in baci_codes().items() if YEAR <= (row.last or YEAR)]
    return np.array(sorted(valid)), [str(code) for code in listed]


def generate(folder: Path, rows: int) -> tuple[Path, Path]:
    """Write one year: distinct (i, j, k) drawn by weight, as text with three decimals."""
    import duckdb

    economies, products = codes()
    chance = np.random.default_rng(1)
    weight = 1.0 / np.arange(1, len(economies) + 1) ** 0.9
    shuffled = chance.permutation(economies)
    product_weight = 1.0 / np.arange(1, len(products) + 1) ** 0.35
    keys = np.empty(0, dtype=np.int64)
    while len(keys) < rows:
        draw = int((rows - len(keys)) * 1.6) + 1000
        i = chance.choice(len(economies), draw, p=weight / weight.sum())
        j = chance.choice(len(economies), draw, p=weight / weight.sum())
        k = chance.choice(len(products), draw, p=product_weight / product_weight.sum())
        new = (i * len(economies) + j) * len(products) + k
        keys = np.unique(np.concatenate([keys, new[i != j]]))
    keys = chance.permutation(keys)[:rows]
    pairs, k = np.divmod(keys, len(products))
    i, j = np.divmod(pairs, len(economies))
    value = np.maximum(np.exp(chance.normal(2.5, 2.8, rows)), 0.001)
    quantity = value / np.exp(chance.normal(1.0, 1.2, rows))
    frame = {
        "i": shuffled[i].astype(np.int32),
        "j": shuffled[j].astype(np.int32),
        "k": k.astype(np.int32),
        "v": value,
        "q": quantity,
        "gone": chance.random(rows) < 0.03,
    }
    csv, archive = folder / MEMBER, folder / "BACI_HS92_V202601.zip"
    names = {"code": np.array(products, dtype=object), "k": np.arange(len(products), dtype=np.int32)}
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        connection.register("names", names)
        connection.execute(
            f"copy (select {YEAR} as t, i, j, code as k, printf('%.3f', v) as v, case when gone then"
            f" '          NA' else printf('%.3f', q) end as q from frame join names using (k)) to '{csv}'"
            " (format csv, header, quote '')"
        )
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as out:
        out.write(csv, MEMBER)
        listed = "".join(f"{code},x\n" for code in products)
        out.writestr("product_codes_HS92_V202601.csv", "code,description\n" + listed)
        listed = "".join(f"{code},x,,\n" for code in economies)
        out.writestr(
            "country_codes_V202601.csv", "country_code,country_name,country_iso2,country_iso3\n" + listed
        )
    return csv, archive


def measured(program: str) -> dict[str, float]:
    """Run a program in a process of its own; return seconds and the peak of its memory in MB."""
    begin, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    script = program + (
        "\nimport resource, sys\n"
        "sys.stderr.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "seconds": round(time.perf_counter() - begin, 2),
        "cpu_seconds": round(cpu, 2),
        "memory_mb": round(float(run.stderr.split()[-1])),
    }


def profile(library: Path) -> dict[str, float]:
    """Time what one pair traded by product: the first question of a process, and its median afterwards."""
    from hikiwake.measures.flows import FLOWS, between
    from hikiwake.store.library import Library
    from hikiwake.store.tables import open_tables

    store = Library(library)
    begin = time.perf_counter()
    tables = open_tables(store.path(store.held()[0]))
    ask = lambda: tables.collect(between(tables.frame(FLOWS), "JPN", "RUS"))  # noqa: E731
    ask()
    cold = time.perf_counter() - begin
    times = []
    for _ in range(15):
        begin = time.perf_counter()
        ask()
        times.append(time.perf_counter() - begin)
    return {"first_ms": round(cold * 1000, 1), "warm_ms": round(float(np.median(times)) * 1000, 1)}


def main() -> None:
    """Time imports of a made release beside other engines; print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=11_000_000)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        csv, archive = generate(folder, chosen.rows)
        library = folder / "library"
        fill = {"csv": csv, "zip": archive, "columns": COLUMNS, "root": ROOT, "library": library}
        engines = {
            "duckdb": DUCKDB % {**fill, "out": folder / "duckdb.parquet"},
            "polars": POLARS % {**fill, "out": folder / "polars.parquet"},
            "pandas": PANDAS % {**fill, "out": folder / "pandas.parquet"},
            "hikiwake": OWN % fill,
        }
        results: dict[str, dict[str, float]] = {}
        for engine, program in engines.items():
            results[engine] = measured(program)
            file = folder / f"{engine}.parquet"
            files = [file] if file.exists() else list(library.glob(f"v*/{YEAR}.parquet"))
            results[engine]["parquet_mb"] = round(sum(f.stat().st_size for f in files) / 1e6, 1)
        results["hikiwake"].update(profile(library))
        report = {
            "rows": chosen.rows,
            "csv_mb": round(csv.stat().st_size / 1e6),
            "zip_mb": round(archive.stat().st_size / 1e6),
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "load_before": round(load, 1),
            "engines": results,
            "times_of_duckdb": round(results["hikiwake"]["seconds"] / results["duckdb"]["seconds"], 2),
            "cpu_times_of_duckdb": round(
                results["hikiwake"]["cpu_seconds"] / results["duckdb"]["cpu_seconds"], 2
            ),
        }
    text = json.dumps(report, indent=1) + "\n"
    print(text, end="")
    if chosen.json:
        chosen.json.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
