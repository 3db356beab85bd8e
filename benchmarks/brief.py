"""How long the commands take as whole processes, and a second brief in the same process.

python benchmarks/brief.py [--runs 5] [--out benchmarks/results/brief.json]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from schema import OWN, Machine, Result, Spread, this_machine, write

import hikiwake as hw

COMMANDS: dict[str, list[str]] = {
    "hikiwake --help": ["--help"],
    "hikiwake ties JPN RUS --json": ["ties", "JPN", "RUS", "--json"],
    "hikiwake brief JPN RUS (HTML and PDF)": ["brief", "JPN", "RUS"],
    "hikiwake brief JPN RUS --length glance": ["brief", "JPN", "RUS", "--length", "glance"],
}
SECOND = "a second brief in the same process, of another pair (HTML and PDF)"
AGAIN = "the same brief again in the same process (HTML and PDF)"
PAIRS = [("JPN", "RUS"), ("DEU", "POL"), ("USA", "MEX"), ("AUS", "CHN"), ("IND", "SAU"), ("KOR", "QAT")]
EVERY = "complementarity of all pairs, all years of the shipped flows"


def main() -> None:
    """Time the commands and the second brief in one process, print the table, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "brief.json")
    options = parser.parse_args()
    machine = this_machine()
    results = [process(name, arguments, options.runs, machine) for name, arguments in COMMANDS.items()]
    results += second_brief(options.runs, machine)
    results.append(every_pair(options.runs, machine))
    write(options.out, results)
    for result in results:
        assert result.seconds is not None
        memory = f"{(result.peak_memory or 0) / 2**20:6.0f} MiB" if result.peak_memory else ""
        times = f"{result.seconds.min:.3f} {result.seconds.median:.3f} {result.seconds.max:.3f} s"
        processor = f"{result.cpu_seconds.median:.3f} s of processor time" if result.cpu_seconds else ""
        print(f"{result.name:<70} {times} {memory} {processor}")


def process(name: str, arguments: list[str], runs: int, machine: Machine) -> Result:
    """Time a command from its start to its end; the first run, which fills the caches, is not counted.

    Modules are compiled once, as they are where a wheel is installed, whatever this process was told.
    """
    times, processor, memory = [], [], []
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        for run in range(runs + 1):
            start = time.perf_counter()
            child = subprocess.Popen(
                [sys.executable, "-m", "hikiwake", *arguments],
                cwd=folder,
                env=kept,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode:
                raise SystemExit(f"{name}: exit {child.returncode}")
            if run:
                times.append(time.perf_counter() - start)
                processor.append(used.ru_utime + used.ru_stime)
                memory.append(used.ru_maxrss * 1024)
    return result(name, times, machine, max(memory), processor)


def second_brief(runs: int, machine: Machine) -> list[Result]:
    """Time composing and rendering when libraries, data and fonts are open: another pair, and the same."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        hw.pair(*PAIRS[0]).brief().save(f"{folder}/first.html", f"{folder}/first.pdf")
        for name, pairs in ((SECOND, PAIRS[1 : runs + 1]), (AGAIN, PAIRS[:1] * runs)):
            times, processor = [], []
            for names in pairs:
                start, used = time.perf_counter(), sum(os.times()[:4])
                hw.pair(*names).brief().save(f"{folder}/next.html", f"{folder}/next.pdf")
                times.append(time.perf_counter() - start)
                processor.append(sum(os.times()[:4]) - used)
            found.append(result(name, times, machine, None, processor))
    return found


def every_pair(runs: int, machine: Machine) -> Result:
    """Time the index of every exporter with every importer in each year, from the store to the matrices."""
    import narwhals as nw
    import numpy as np

    from hikiwake.indices import trade_complementarity
    from hikiwake.measures.flows import FLOWS
    from hikiwake.store.tables import open_tables

    tables = open_tables()
    times = []
    for run in range(runs + 1):
        start = time.perf_counter()
        flows = tables.frame(FLOWS)
        sides = {}
        for side in ("exporter", "importer"):
            sums = flows.group_by("year", side, "product").agg(nw.col("value").sum())
            sides[side] = tables.collect(sums)
        years = np.unique(sides["exporter"]["year"])
        economies, products = (
            np.unique(np.concatenate([rows[name].astype(str) for rows, name in keys]))
            for keys in (
                [(sides["exporter"], "exporter"), (sides["importer"], "importer")],
                [(sides["exporter"], "product"), (sides["importer"], "product")],
            )
        )
        for year in years:
            values = {}
            for side, rows in sides.items():
                at = rows["year"] == year
                matrix = np.zeros((len(economies), len(products)))
                row = np.searchsorted(economies, rows[side][at].astype(str))
                column = np.searchsorted(products, rows["product"][at].astype(str))
                matrix[row, column] = rows["value"][at]
                values[side] = matrix
            trade_complementarity(values["exporter"], values["importer"])
        if run:
            times.append(time.perf_counter() - start)
    return result(EVERY, times, machine, None)


def result(
    name: str, times: list[float], machine: Machine, memory: int | None, processor: list[float] | None = None
) -> Result:
    """Return times and processor times in seconds, and the peak of memory in bytes, as a result of ours."""
    return Result(
        name=name,
        tool=OWN,
        version=hw.__version__,
        size="shipped data",
        runs=len(times),
        seconds=spread(times),
        cpu_seconds=spread(processor) if processor else None,
        peak_memory=memory,
        ratio=None,
        difference=None,
        failure="",
        busy=None,
        machine=machine,
    )


def spread(values: list[float]) -> Spread:
    """Return least, middle and greatest."""
    return Spread(min(values), median(values), max(values))


if __name__ == "__main__":
    main()
