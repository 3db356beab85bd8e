"""Imports that are killed, interrupted, refused by the machine or run side by side: all or nothing."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from tests import releases
from tests.turns import in_turn

from hikiwake.core.errors import Environment
from hikiwake.sources.imports.run import Wish, add
from hikiwake.store import disk
from hikiwake.store.catalogue import Vintage
from hikiwake.store.library import Library

OPERATIONS = ("make_folder", "_write", "sync_file", "rename", "remove")
ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EMFILE)
STRIDE = 4
LEAST = 10
"""Operations that are met of each so-manieth."""
MOST = 400
"""More operations than any import here takes: a loop that gets so far has met none that ends it."""
FORK = multiprocessing.get_context("fork")


def quiet(what: str, part: float) -> None:
    del what, part


def bring(path: Path, library: Path) -> str:
    return add(Wish(files=(path,)), Library(library), quiet).held.reference


def sound(library: Path) -> list[str]:
    """Return the vintages after every byte of every one has been compared."""
    held = Library(library).held()
    for one in held:
        assert list(Vintage(library / one.folder).faults()) == []
    return [one.reference for one in held]


def counting(then: Callable[[int], None]) -> dict[str, Callable[..., Any]]:
    """Return the operations of the store, which count and call `then` before each one."""
    count = [0]

    def wrapped(real: Callable[..., Any]) -> Callable[..., Any]:
        def operation(*given: Any) -> Any:
            count[0] += 1
            then(count[0])
            return real(*given)

        return operation

    return {name: wrapped(getattr(disk, name)) for name in OPERATIONS}


def child(path: Path, library: Path, last: int) -> None:
    """Import until the operation of that number, and die there as if the power failed."""

    def die(number: int) -> None:
        if number == last:
            os.kill(os.getpid(), signal.SIGKILL)

    for name, operation in counting(die).items():
        setattr(disk, name, operation)
    bring(path, library)
    os._exit(0)


def run_child(path: Path, library: Path, last: int) -> int | None:
    process = FORK.Process(target=child, args=(path, library, last))
    process.start()
    process.join(600)
    return process.exitcode


def of_years(path: Path, years: tuple[int, ...], version: str = "202601") -> Path:
    return releases.release(path, {year: releases.ROWS[year] for year in years}, version=version)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return of_years(tmp_path / "a.zip", (2014,))


# An import of three years also puts the flows in the order of pairs; it takes twice as many operations.
YEARS = [
    pytest.param((2014,), id="one"),
    pytest.param((2013, 2014, 2015), id="three", marks=pytest.mark.nightly),
]


def test_a_killed_import_goes_on_at_the_last_finished_year(tmp_path: Path) -> None:
    path, library = releases.release(tmp_path / "a.zip"), tmp_path / "library"
    # Each year takes a flush and a rename for its flows, its outliers, its totals and its report.
    assert run_child(path, library, 30) == -signal.SIGKILL
    left = sorted(p.name for p in (library / "unfinished").rglob("20*.json"))
    assert left
    before = {p: p.stat().st_mtime_ns for p in (library / "unfinished").rglob("2013.parquet")}
    seen: list[str] = []
    add(Wish(files=(path,)), Library(library), lambda what, part: seen.append(what))
    assert "reading 2013" not in seen
    assert "reading 2015" in seen
    assert before
    assert sound(library) == ["baci-hs92@202601"]


@pytest.mark.parametrize("other", ["file", "program", "bits"])
def test_what_a_killed_import_left_is_not_mixed_with_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    """Another file of the same name, another version of the program, a part that has changed on the disk."""
    path, library = releases.release(tmp_path / "a.zip"), tmp_path / "library"
    assert run_child(path, library, 30) == -signal.SIGKILL
    (left,) = (library / "unfinished").rglob("2013.parquet")
    rows = dict(releases.ROWS)
    if other == "file":
        rows[2013] = [(2013, 643, 392, "270900", "1.000", "2.000")]
        releases.release(path, rows)
    elif other == "program":
        monkeypatch.setattr("hikiwake.sources.imports.run.__version__", "999")
    else:
        content = bytearray(left.read_bytes())
        content[len(content) // 2] ^= 1
        left.write_bytes(content)
    read: list[str] = []
    add(Wish(files=(path,)), Library(library), lambda what, part: read.append(what))
    assert "reading 2013" in read
    assert sound(library) == ["baci-hs92@202601"]
    bring(path, tmp_path / "afresh")
    assert Library(library).held() == Library(tmp_path / "afresh").held()


@pytest.mark.slow
@pytest.mark.parametrize("part", in_turn(list(product(range(1, 1 + STRIDE), (False, True)))))
@pytest.mark.parametrize("years", YEARS)
def test_killed_at_every_operation(
    tmp_path: Path, small: Path, years: tuple[int, ...], part: tuple[int, bool]
) -> None:
    """Every so-manieth operation, from one of the first on."""
    first, update = part
    larger = of_years(tmp_path / "b.zip", years, "202701")
    killed = 0
    for last in range(first, MOST, STRIDE):
        library = tmp_path / f"library{last}"
        if update:
            bring(small, library)
        code = run_child(larger, library, last)
        here = sound(library)
        assert here in (["baci-hs92@202601"] * update, ["baci-hs92@202601"] * update + ["baci-hs92@202701"])
        if code == 0:
            break
        killed += 1
        assert bring(larger, library) == "baci-hs92@202701"
        assert sound(library) == ["baci-hs92@202601"] * update + ["baci-hs92@202701"]
    assert code == 0  # the last of them was met
    assert killed >= LEAST


def fails_at(number: int, code: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    fired: list[int] = []

    def refuse(count: int) -> None:
        if count == number:
            fired.append(count)
            raise OSError(code, os.strerror(code), "a file")

    for name, operation in counting(refuse).items():
        monkeypatch.setattr(disk, name, operation)
    return fired


def refused_everywhere(tmp_path: Path, path: Path, code: int, numbers: range) -> int:
    """Refuse operations, of an import each; return how many were refused."""
    seen = 0
    for number in numbers:
        library = tmp_path / f"library{number}"
        if not refused(path, library, number, code):
            return seen
        seen += 1
        bring(path, library)
        assert sound(library) == ["baci-hs92@202601"]
    raise AssertionError("there were more operations than any import takes")


def refused(path: Path, library: Path, number: int, code: int) -> bool:
    """Import with one operation refused; the library is as before, or whole. Tell whether it was met.

    An import that goes on after a refusal begins with what the last one has finished, so that it is another
    operation that is the number's. Each begins anew here.
    """
    shutil.rmtree(library, ignore_errors=True)
    told: Environment | None = None
    with pytest.MonkeyPatch.context() as patch:
        fired = fails_at(number, code, patch)
        try:
            bring(path, library)
        except Environment as fault:
            told = fault
    if told:
        assert fired
        assert (told.exit_code, os.strerror(code) in told.why) == (4, True), str(told)
    else:
        # None was met, or one of the last, which tidy up what is already published.
        assert sound(library) == ["baci-hs92@202601"]
    assert not list(library.rglob("*.part"))
    assert sound(library) in ([], ["baci-hs92@202601"])
    return bool(fired)


def test_a_full_disk_at_some_operations(tmp_path: Path, small: Path) -> None:
    assert refused_everywhere(tmp_path, small, errno.ENOSPC, range(1, MOST, 9)) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("years", YEARS)
@pytest.mark.parametrize("part", in_turn(list(product(range(1, 1 + STRIDE), ERRORS))))
def test_every_operation_refused_with_four_errors(
    tmp_path: Path, years: tuple[int, ...], part: tuple[int, int]
) -> None:
    first, code = part
    path = of_years(tmp_path / "a.zip", years)
    assert refused_everywhere(tmp_path, path, code, range(first, MOST, STRIDE)) >= LEAST


def command(library: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "hikiwake", *words],
        env={"PATH": "/usr/bin:/bin", "HIKIWAKE_LIBRARY": str(library)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def many_rows(path: Path, count: int) -> Path:
    chance = random.Random(1)
    codes = (643, 392, 156, 842, 251, 276, 579, 699, 757)
    products = ("010110", "270900", "271111", "440320", "870323", "870899")
    rows = [
        (2014, *pair, product, f"{chance.random() * 1000:.3f}", f"{chance.random() * 100:.3f}")
        for pair in ((i, j) for i in codes for j in codes if i != j)
        for product in products
    ]
    text = releases.csv_text(rows)
    return releases.release(
        path,
        {2014: []},
        texts={
            f"BACI_HS92_Y{2014 - n}_V202601.csv": text.replace("2014,", f"{2014 - n},") for n in range(count)
        },
    )


@pytest.mark.slow
@pytest.mark.parametrize("moments", [40, pytest.param(200, marks=pytest.mark.nightly)])
def test_interrupted_and_killed_at_random_moments(tmp_path: Path, moments: int) -> None:
    """Two in three are killed, the third interrupted."""
    path = many_rows(tmp_path / "a.zip", 6)
    chance = random.Random(7)
    library = tmp_path / "library"
    codes = []
    for number in range(moments * 3 // 2):
        process = command(library, "data", "add", str(path))
        time.sleep(chance.uniform(0.1, 1.2))
        interrupt = number % 3 == 0
        process.send_signal(signal.SIGINT if interrupt else signal.SIGKILL)
        _, said = process.communicate(timeout=600)
        codes.append(process.returncode)
        # An interrupt may come before Python has begun, which then says so itself, or after the end.
        unborn = "Could not import runpy module" in said or "Fatal Python error: init" in said
        fine = (0, 130, 1 if unborn else 130, -signal.SIGINT) if interrupt else (0, -signal.SIGKILL)
        assert process.returncode in fine, said
        assert "Traceback" not in said or process.returncode in (1, -signal.SIGINT)
        assert sound(library) in ([], ["baci-hs92@202601"])
        if sound(library):
            process = command(library, "data", "remove", "baci-hs92@202601")
            process.communicate(timeout=600)
    assert -signal.SIGKILL in codes
    process = command(library, "data", "add", str(path))
    process.communicate(timeout=600)
    assert process.returncode == 0
    assert sound(library) == ["baci-hs92@202601"]


@pytest.mark.slow
def test_imports_side_by_side_and_readers_meanwhile(tmp_path: Path) -> None:
    """Eight imports of two vintages; a reader compares every checksum all the while."""
    library = tmp_path / "library"
    paths = [
        releases.release(tmp_path / f"{n}.zip", {2014: releases.ROWS[2014]}, version=f"20260{n}")
        for n in (1, 2)
    ]
    running = [command(library, "data", "add", str(paths[n % 2])) for n in range(8)]
    reads = 0
    while any(process.poll() is None for process in running):
        sound(library)
        reads += 1
    for process in running:
        said, faults = process.communicate(timeout=600)
        assert process.returncode == 0, faults
        assert "added" in said or "was there already" in said
    assert sorted(sound(library)) == ["baci-hs92@202601", "baci-hs92@202602"]
    assert reads > 10


def test_an_import_that_stops_while_it_tidies_up_begins_anew(tmp_path: Path) -> None:
    """While a part is marked as finished, all that it has left for the others must still be there."""
    path = of_years(tmp_path / "a.zip", (2013, 2014))
    marks = {"2013.json", "2014.json"}
    staged: dict[str, list[str]] = {}
    stops = 0
    remove = disk.remove

    def stopping(last: int) -> Callable[[Path], None]:
        count = [0]

        def refuse(gone: Path) -> None:
            staged.setdefault("first", sorted(p.name for p in gone.parent.iterdir()))
            count[0] += 1
            if count[0] == last:
                raise OSError(errno.EIO, os.strerror(errno.EIO), str(gone))
            remove(gone)

        return refuse

    def bring_until(library: Path, last: int) -> bool:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(disk, "remove", stopping(last))
            try:
                bring(path, library)
            except Environment:
                return True
        return False

    while bring_until(library := tmp_path / f"library{stops}", stops + 1):
        (folder,) = (library / "unfinished").iterdir()
        here = sorted(p.name for p in folder.iterdir())
        assert {*marks, "between"} < set(staged["first"])
        assert not marks & set(here) or set(staged["first"]) - set(here) <= marks
        stops += 1
    assert stops >= 3  # the marks, and what they left
    # One mark is gone, and the other part is still taken as finished.
    assert bring(path, tmp_path / "library1") == "baci-hs92@202601"
    assert sound(tmp_path / "library1") == ["baci-hs92@202601"]
    assert Library(tmp_path / "library1").held() == Library(tmp_path / f"library{stops}").held()


def test_leftovers_are_swept_and_work_at_hand_is_not(tmp_path: Path, small: Path) -> None:
    library = Library(tmp_path / "library")
    bring(small, library.folder)
    left = library.staging("0123456789abcdef")
    (left / "2014.parquet").write_bytes(b"half")
    orphan = library.folder / "v0123456789abcdef"
    orphan.mkdir()
    others = [
        library.folder / "my report.docx",
        library.folder / "v2",
        library.folder / "unfinished" / "novel",
    ]
    for other in others:
        other.mkdir()
        os.utime(other, (0, 0))
    assert library.sweep() == []  # not a day old, or not ours
    with library.lock(left.name):
        assert library.sweep(0.0) == [orphan]
    assert library.sweep(0.0) == [left]
    assert all(other.is_dir() for other in others)
    assert [path.name for path in library.folder.glob(".*")] == [".library.lock"]
    assert sound(library.folder) == ["baci-hs92@202601"]
