"""Imports onto a disk that is full for real, and readers of the library meanwhile."""

from __future__ import annotations

import hashlib
import multiprocessing
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import narwhals as nw
import pytest
from tests import releases
from tests.turns import in_turn

from hikiwake.sources.baci_codes import baci_codes
from hikiwake.sources.imports.run import Wish, add
from hikiwake.store.catalogue import Vintage
from hikiwake.store.library import Library
from hikiwake.store.tables import Tables

FORK = multiprocessing.get_context("fork")


def mounted(size: int, place: Path, words: str, before: str = ":") -> subprocess.CompletedProcess[str]:
    """Give a command with library, cache and temporary files on a disk of such a size; list what is left."""
    script = (
        f"mount -t tmpfs -o size={size} none {place} && cd {place} && mkdir tmp || exit 99\n"
        f"export HIKIWAKE_LIBRARY={place}/library XDG_CACHE_HOME={place}/cache TMPDIR={place}/tmp\n"
        f"{before}\n{sys.executable} -m hikiwake {words}\n"
        "code=$?\n"
        f"echo LEFT $(find {place} -type f -name '*.part' -o -name 'brief*' -o -path '{place}/tmp/*')"
        f" $(cat {place}/library/index.json 2>/dev/null | tr -d '[:space:]')\n"
        "exit $code\n"
    )
    run = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, check=False, timeout=600
    )
    if run.returncode in (1, 99) and ("unshare" in run.stderr or "mount" in run.stderr):
        pytest.skip(f"no disk can be mounted here: {run.stderr.strip()[:100]}")
    return run


def left(run: subprocess.CompletedProcess[str]) -> str:
    return run.stdout.partition("LEFT ")[2].strip()


def refused_for_room(run: subprocess.CompletedProcess[str]) -> None:
    assert run.returncode == 4, run.stderr
    assert "Traceback" not in run.stderr
    assert run.stderr.count("hikiwake: ") == 1
    assert left(run) == ""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made = tmp_path / "disk"
    made.mkdir()
    return made


@pytest.mark.slow
def test_a_disk_that_is_full_for_real(tmp_path: Path, place: Path) -> None:
    """Disks twice as large each time, until the import fits: before that one clear error, and no stump."""
    path = releases.release(tmp_path / "a.zip")
    for refused, size in enumerate(2**n for n in range(14, 24)):
        run = mounted(size, place, f"data add {path}")
        if run.returncode == 0:
            assert '"baci-hs92"' in left(run)
            assert refused >= 2
            return
        refused_for_room(run)
    raise AssertionError("it never fitted")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    years = {f"BACI_HS92_Y{year}_V202601.csv": many_rows(year) for year in range(2009, 2015)}
    return releases.release(tmp_path_factory.mktemp("large") / "a.zip", {}, texts=years)


# The first of two fills up with years, the other while flows are sorted by pair and faults are looked for.
@pytest.mark.slow
@pytest.mark.parametrize("sizes", in_turn([(2**20, 24 * 2**20), (2**22, 40 * 2**20), (2**24, 40 * 2**20)]))
def test_a_disk_that_a_large_import_fills(large: Path, place: Path, sizes: tuple[int, ...]) -> None:
    for size in sizes:
        refused_for_room(mounted(size, place, f"data add {large}"))


def many_rows(year: int) -> str:
    """Write rows whose amounts do not pack well."""
    chance = random.Random(year)
    codes = [one.code for one in baci_codes().values() if one.first is None and one.last is None][:200]
    rows = (
        (year, i, j, product, f"{chance.random() * 1e8:.3f}", f"{chance.random() * 1e8:.3f}")
        for i in codes
        for j in codes
        if i != j
        for product in ("270900", "271111", "440320", "870323", "870899", "010110")
    )
    return releases.csv_text(rows)


@pytest.mark.slow
@pytest.mark.parametrize("name", in_turn(["brief.html", "brief.pdf"]))
def test_a_brief_that_finds_no_room(place: Path, name: str) -> None:
    refused_for_room(mounted(2**15, place, f"brief JPN RUS -o {name}"))


@pytest.mark.slow
@pytest.mark.parametrize("disk", in_turn([(2**20, False), (2**22, True), (2**24, True)]))
def test_a_brief_and_what_it_keeps_on_a_small_disk(place: Path, disk: tuple[int, bool]) -> None:
    """The page is whole or not there; an answer that there is no room to remember is given all the same."""
    size, fits = disk
    run = mounted(size, place, "brief JPN RUS -o brief.html")
    if fits:
        assert (run.returncode, left(run)) == (0, f"{place}/brief.html"), run.stderr
    else:
        refused_for_room(run)
    told = mounted(size // 64, place, "ties JPN RUS")
    assert (told.returncode, left(told)) == (0, "")
    assert "Russia → Japan" in told.stdout


@pytest.mark.slow
def test_a_brief_has_the_room_of_what_is_kept(place: Path) -> None:
    """The page is written where answers of before leave no room for it, and the one warning says why."""
    kept = f"{place}/cache/hikiwake/ledgers"
    fill = f"mkdir -p {kept} && head -c 3000000 /dev/zero > {kept}/old.json"
    run = mounted(2**22, place, "brief JPN RUS -o brief.html", fill)
    assert (run.returncode, left(run)) == (0, f"{place}/brief.html"), run.stderr
    assert run.stderr.count("no room") == 1


USD = {f"2026{n:02}": 10_000_000_000 + n * 1_000 for n in range(1, 100)}
"""What Russia sold to Japan of crude oil in 2014, by the version of a release."""


def of_version(path: Path, version: str) -> Path:
    rows = [row for row in releases.ROWS[2014] if row[1:4] != (643, 392, "270900")]
    oil = (2014, 643, 392, "270900", f"{USD[version] / 1000:.3f}", "1")
    return releases.release(path, {**releases.ROWS, 2014: [oil, *rows]}, version=version)


def read_on(library: Path, stop: Any, counts: Any) -> None:
    """Read until told to stop: catalogues, and of each vintage a number, which must be its own."""
    reads = asked = 0
    opened: dict[str, Tables] = {}
    while not stop.is_set():
        held = Library(library).held()
        for one in held:
            # What is read is always whole: the catalogue is the one that the index names.
            content = (library / one.folder / "catalogue.json").read_bytes()
            assert hashlib.sha256(content).hexdigest() == one.sha256
            reads += 1
        one = held[asked % len(held)]
        if one.version not in opened:
            opened[one.version] = Tables(Vintage(library / one.folder))
        tables = opened[one.version]
        flows = tables.frame("baci_flows").filter(
            nw.col("exporter") == "RUS",
            nw.col("importer") == "JPN",
            nw.col("product") == "270900",
            nw.col("year") == 2014,
        )
        assert tables.collect(flows)["value"].tolist() == [USD[one.version]]
        asked += 1
    counts.put((reads, asked))


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.0, pytest.param(30.0, marks=pytest.mark.nightly)])
def test_four_readers_during_imports(tmp_path: Path, seconds: float) -> None:
    """Three imports, and more until the time is over; a number differs from one to the next."""
    library = tmp_path / "library"
    add(Wish(files=(of_version(tmp_path / "0.zip", "202601"),)), Library(library), lambda what, part: None)
    stop, counts = FORK.Event(), FORK.Queue()
    readers = [FORK.Process(target=read_on, args=(library, stop, counts)) for _ in range(4)]
    for reader in readers:
        reader.start()
    begun, imports = time.monotonic(), 0
    while imports < 3 or time.monotonic() - begun < seconds:
        imports += 1
        path = of_version(tmp_path / f"{imports}.zip", f"2026{imports + 1:02}")
        run = subprocess.run(
            [sys.executable, "-m", "hikiwake", "data", "add", str(path)],
            env={"PATH": "/usr/bin:/bin", "HIKIWAKE_LIBRARY": str(library)},
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert run.returncode == 0, run.stderr
    stop.set()
    reads, asked = (sum(of) for of in zip(*(counts.get(timeout=600) for _ in readers), strict=True))
    for reader in readers:
        reader.join(600)
        assert reader.exitcode == 0
    assert asked > 100
    assert reads >= (10_000 if seconds else 100)
    held = Library(library).held()
    assert len(held) == 1 + imports
    assert not [fault for one in held for fault in Vintage(library / one.folder).faults()]
