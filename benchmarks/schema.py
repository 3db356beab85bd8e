"""One shape for the results of all benchmarks, and the one way in which they are taken."""

from __future__ import annotations

import os
import platform
import time
import tracemalloc
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import NamedTuple

import msgspec

OWN = "hikiwake"


class Spread(msgspec.Struct, frozen=True):
    """Least, middle and greatest of the runs."""

    min: float
    median: float
    max: float


class Machine(msgspec.Struct, frozen=True):
    """What a time depends on besides the code."""

    processor: str
    cores: int
    system: str
    python: str
    numpy: str
    load_before: float | None


class Result(msgspec.Struct, frozen=True):
    """One tool doing one thing on one size.

    `ratio` is the tool's median over ours from the same run: above 1, we are faster. `peak_memory` is what
    the first run, which is not timed, allocated beyond its inputs, in bytes, as far as Python's tracing sees
    it (NumPy and pandas yes, Polars no). `difference` is the largest absolute difference from our result.
    `failure` says why a tool gave no result; then there are no times. `busy` is the number of cores that the
    whole machine used on average while the tools were timed: near `cores`, other work disturbed the times.
    """

    name: str
    tool: str
    version: str
    size: str
    runs: int
    seconds: Spread | None
    cpu_seconds: Spread | None
    peak_memory: int | None
    ratio: float | None
    difference: float | None
    failure: str
    machine: Machine
    busy: float | None = None


class Entrant(NamedTuple):
    """A tool to be measured, ours first: `most_runs` bounds what is slow, `distance` compares results.

    `prepare` makes the tool's own kind of table beforehand: neither its time nor its memory counts.
    """

    tool: str
    package: str
    call: Callable[[], object]
    most_runs: int = 99
    distance: Callable[[object, object], float] | None = None
    prepare: Callable[[], object] | None = None


def compare(name: str, size: str, entrants: Sequence[Entrant], runs: int, machine: Machine) -> list[Result]:
    """Run the entrants in turn, A B C A B C ..., after one run each that is not timed."""
    first: dict[str, object] = {}
    failures: dict[str, str] = {}
    peaks: dict[str, int] = {}
    for entrant in entrants:
        try:
            if entrant.prepare is not None:
                entrant.prepare()
            tracemalloc.start()
            first[entrant.tool] = entrant.call()
            peaks[entrant.tool] = tracemalloc.get_traced_memory()[1]
        except Exception as error:  # a peer may fail in any way, and that is a result
            failures[entrant.tool] = f"{type(error).__name__}: {error}".splitlines()[0]
        tracemalloc.stop()
    times: dict[str, list[tuple[float, float]]] = {tool: [] for tool in first}
    before = _processor_time()
    for run in range(runs):
        for entrant in entrants:
            if entrant.tool in times and run < entrant.most_runs:
                times[entrant.tool].append(_timed(entrant.call))
    busy = _cores_used(before, _processor_time(), machine.cores)
    ours = median(wall for wall, _ in times[entrants[0].tool])
    results = []
    for entrant in entrants:
        taken = times.get(entrant.tool, [])
        compared = entrant.distance is not None and entrant.tool in first
        results.append(
            Result(
                name=name,
                tool=entrant.tool,
                version=_version(entrant.package),
                size=size,
                runs=len(taken),
                seconds=_spread([wall for wall, _ in taken]),
                cpu_seconds=_spread([cpu for _, cpu in taken]),
                peak_memory=peaks.get(entrant.tool),
                ratio=median(wall for wall, _ in taken) / ours if taken else None,
                difference=entrant.distance(first[entrants[0].tool], first[entrant.tool])
                if compared and entrant.distance is not None
                else None,
                failure=failures.get(entrant.tool, ""),
                busy=busy,
                machine=machine,
            )
        )
    return results


def this_machine() -> Machine:
    """Describe the machine without its name."""
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        system=platform.system(),
        python=platform.python_version(),
        numpy=version("numpy"),
        load_before=round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    )


def write(path: Path, results: Sequence[Result]) -> None:
    """Write results as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")


def table(results: Sequence[Result]) -> str:
    """Return results as a Markdown table, in milliseconds."""
    lines = [
        "| what | tool | version | ms (min / median / max) | runs | MB | times ours | largest difference |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for r in results:
        ms = (
            " / ".join(f"{1e3 * x:.1f}" for x in msgspec.structs.astuple(r.seconds))
            if r.seconds
            else r.failure
        )
        memory = f"{r.peak_memory / 1e6:.0f}" if r.peak_memory is not None else ""
        ratio = f"{r.ratio:.1f}" if r.ratio is not None and r.tool != OWN else ""
        difference = f"{r.difference:.0e}" if r.difference is not None else ""
        cells = (r.name, r.tool, r.version, ms, str(r.runs), memory, ratio, difference)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _timed(call: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - wall, time.process_time() - cpu


def _processor_time() -> tuple[int, int] | None:
    """Busy and whole time of all cores since the start of the system, where the system tells."""
    told = Path("/proc/stat")
    if not told.exists():
        return None
    ticks = [int(number) for number in told.read_text(encoding="utf-8").splitlines()[0].split()[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def _cores_used(before: tuple[int, int] | None, after: tuple[int, int] | None, cores: int) -> float | None:
    if before is None or after is None or after[1] == before[1]:
        return None
    return round(cores * (after[0] - before[0]) / (after[1] - before[1]), 2)


def _spread(values: Sequence[float]) -> Spread | None:
    return Spread(min(values), median(values), max(values)) if values else None


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.exists():
        for line in described.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
