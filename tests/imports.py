"""What tests of imports share: a library, a table, and what became of rows."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

from hikiwake.sources.imports.mapping import Mapping
from hikiwake.sources.imports.report import FATES, Report
from hikiwake.sources.imports.run import Added, Wish, add
from hikiwake.store.library import Library
from hikiwake.store.tables import Tables

PLAIN = Mapping(title="Flows of a ministry", exporter="from", importer="to", year="year", value="usd")


def quiet(what: str, part: float) -> None:
    assert what
    assert 0 <= part <= 1


def rows(tables: Tables) -> list[tuple[object, ...]]:
    native = tables.frame("baci_flows").to_native()
    return sorted(tuple(row[:6]) for row in native.fetchall())


def reasons(report: Report) -> Counter[str]:
    found: Counter[str] = Counter()
    for part in report.parts:
        for tally in part.tallies:
            found[tally.reason] += tally.rows
    return found


def adds_up(report: Report) -> None:
    assert sum(map(report.rows, FATES)) == report.read
    for part in report.parts:
        assert part.rows("accepted") - part.added == part.flows


def brought(library: Library, path: Path, **wish: object) -> Added:
    made = add(Wish(files=(path,), **wish), library, quiet)  # type: ignore[arg-type]
    adds_up(made.report)
    return made


def table(tmp_path: Path, text: str | bytes, name: str = "t.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


PLAIN_TEXT = "from,to,year,usd\nJPN,RUS,2014,1234\nRussia,Japan,2014,5000\nNA,JPN,2014,7\n"
FORMS = (".csv", ".tsv", "v.gz")
LATIN = "from,to,year,usd,Größe\nJPN,RUS,2014,1234,x\nRussia,Japan,2014,5000,é\nNA,JPN,2014,7,\n"
WANTED = [
    (2014, "JPN", "RUS", "TOTAL", 1234, None),
    (2014, "NAM", "JPN", "TOTAL", 7, None),
    (2014, "RUS", "JPN", "TOTAL", 5000, None),
]


def command(library: Library, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hikiwake", *words],
        env={"PATH": "/usr/bin:/bin", "HIKIWAKE_LIBRARY": str(library.folder)},
        capture_output=True,
        text=True,
        check=False,
    )
