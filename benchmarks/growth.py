"""How thirty years of flows grow: import, a pair by product, and a brief, beside DuckDB, polars and pandas.

    python -m benchmarks.growth FOLDER [--rows 150000 400000 1500000] [--json results/growth.json]

For each number of rows of the largest year a release is made (see `release`; one that the folder holds
is taken), and unpacked for the others, which cannot read it in its zip. They write a sorted Parquet file
for each year, and check nothing; a pair is then asked of all their files, the way each does it best.
Every step has a process of its own; processor time is that of all its threads.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

from benchmarks.importing import COLUMNS, OWN, ROOT, measured

PAIR = {"a": 392, "b": 643}
WARM = """
import json, statistics, time
def timed(ask, runs=15):
    clock, cpu = [], []
    for run in range(runs + 1):
        begin, before = time.perf_counter(), time.process_time()
        ask()
        clock.append(1e3 * (time.perf_counter() - begin))
        cpu.append(1e3 * (time.process_time() - before))
    found = {"first_ms": clock[0], "least_ms": min(clock[1:]), "warm_ms": statistics.median(clock[1:])}
    found["cpu_ms"] = statistics.median(cpu[1:])
    print(json.dumps({name: round(value, 1) for name, value in found.items()}))
"""
IMPORTS = {
    "duckdb": """
import duckdb
c = duckdb.connect(config={"memory_limit": "2500MB", "threads": "2"})
c.execute("set enable_progress_bar = false")
for csv, out in %(files)s:
    c.execute(f"copy (select * from read_csv('{csv}', auto_detect=false, header=true, delim=',', quote='\\"',"
              " columns=%(columns)s) order by i, j, k)" f" to '{out}' (format parquet, compression zstd)")
""",
    "polars": """
import polars as pl
schema = {"t": pl.Int16, "i": pl.Int32, "j": pl.Int32, "k": pl.String, "v": pl.Float64, "q": pl.String}
for csv, out in %(files)s:
    pl.read_csv(csv, schema=schema).sort("i", "j", "k").write_parquet(out, compression="zstd")
""",
    "pandas": """
import pandas as pd
types = {"t": "int16", "i": "int32", "j": "int32", "k": "string", "v": "float64", "q": "string"}
for csv, out in %(files)s:
    frame = pd.read_csv(csv, dtype=types, engine="pyarrow").sort_values(["i", "j", "k"])
    frame.to_parquet(out, compression="zstd", row_group_size=122880)
""",
}
PROFILES = {
    "duckdb": """
import duckdb
c = duckdb.connect(config={"threads": "2"})
c.execute("set parquet_metadata_cache = true")
timed(lambda: c.execute("select * from read_parquet(%(out)s) where (i = %(a)s and j = %(b)s)"
                        " or (i = %(b)s and j = %(a)s)").fetchnumpy())
""",
    "polars": """
import polars as pl
both = pl.col("i").is_in([%(a)s, %(b)s]) & pl.col("j").is_in([%(a)s, %(b)s])
timed(lambda: pl.scan_parquet(%(out)s).filter(both).collect())
""",
    "pandas": """
import pandas as pd
both = [("i", "in", [%(a)s, %(b)s]), ("j", "in", [%(a)s, %(b)s])]
timed(lambda: [pd.read_parquet(path, filters=both) for path in %(out)s], runs=5)
""",
    "hikiwake": """
import sys
sys.path.insert(0, '%(root)s/src')
from pathlib import Path
from hikiwake.measures.flows import between, of_exporters
from hikiwake.store.library import Library
from hikiwake.store.tables import open_tables
store = Library(Path('%(library)s'))
tables = open_tables(store.path(store.held()[0]))
timed(lambda: tables.collect(between(of_exporters(tables, "JPN", "RUS"), "JPN", "RUS")))
""",
}


def released(folder: Path, rows: int) -> Path:
    """Return the release of a size, made if it is not there."""
    place = folder / str(rows)
    archive = place / "BACI_HS92_V202601.zip"
    if not archive.exists():
        subprocess.run(
            [sys.executable, "-m", "benchmarks.release", str(place), "--rows", str(rows)], check=True
        )
    return archive


def unpacked(archive: Path) -> list[tuple[str, str]]:
    """Unpack the tables of the years; return each with the name of the file that is made of it."""
    with zipfile.ZipFile(archive) as zipped:
        names = [name for name in zipped.namelist() if "_Y" in name]
        zipped.extractall(archive.parent, names)
    return [(str(archive.parent / name), str(archive.parent / f"{name}.parquet")) for name in names]


def profile(engine: str, fill: dict[str, Any]) -> dict[str, float]:
    """Return what one pair takes, first and again, in milliseconds."""
    run = subprocess.run(
        [sys.executable, "-c", WARM + PROFILES[engine] % fill], capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return found


def brief(archive: Path, library: Path) -> dict[str, float]:
    """Write a brief in a process of its own; return seconds and the peak of its memory in MB."""
    begin = time.perf_counter()
    files = [word for kind in ("html", "pdf") for word in ("-o", str(archive.with_name(f"brief.{kind}")))]
    process = subprocess.Popen(
        [sys.executable, "-m", "hikiwake", "--data", "baci-hs92", "-q", "brief", "JPN", "RUS", *files],
        env={**os.environ, "HIKIWAKE_LIBRARY": str(library), "PYTHONPATH": str(ROOT / "src")},
    )
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"the brief ended with {status}")
    return {
        "seconds": round(time.perf_counter() - begin, 2),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
        "memory_mb": round(used.ru_maxrss / 1024),
    }


def size(archive: Path, engines: list[str]) -> dict[str, Any]:
    """Measure one release."""
    library = archive.parent / "library"
    shutil.rmtree(library, ignore_errors=True)  # what an earlier run has finished would not count
    years = unpacked(archive)
    fill: dict[str, Any] = {
        **PAIR,
        "root": ROOT,
        "zip": archive,
        "library": library,
        "columns": COLUMNS,
    }
    report: dict[str, Any] = {"zip_mb": round(archive.stat().st_size / 1e6)}
    for engine in (*engines, "hikiwake"):
        made = [out.replace(".csv.", f".{engine}.") for _, out in years]
        fill |= {"files": [(csv, out) for (csv, _), out in zip(years, made, strict=True)], "out": made}
        if engine == "hikiwake":
            report[engine] = measured(OWN % fill)
            found = list(library.glob("v*/*.parquet"))
            report["rows"] = json.loads(next(library.glob("v*/report.json")).read_bytes())["parts"]
            report["rows"] = sum(part["flows"] for part in report["rows"])
        else:
            report[engine] = measured(IMPORTS[engine] % fill)
            found = [Path(out) for out in made]
        report[engine]["parquet_mb"] = round(sum(path.stat().st_size for path in found) / 1e6, 1)
        report[engine]["pair"] = profile(engine, fill)
        print(json.dumps({engine: report[engine]}), flush=True)
    report["brief"] = brief(archive, library)
    for csv, _ in years:
        Path(csv).unlink()
    return report


def main() -> None:
    """Make releases of several sizes, time all tools on each, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, nargs="+", default=[150_000, 400_000, 1_500_000])
    parser.add_argument("--beside", nargs="*", default=["duckdb", "polars", "pandas"])
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    report: dict[str, Any] = {"load_before": round(os.getloadavg()[0], 1)}
    for rows in chosen.rows:
        found = size(released(chosen.folder, rows), chosen.beside)
        report[str(found["rows"])] = found
        print(json.dumps(found, indent=1), flush=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
