"""Damage to the store: each damaged file is named, and no number is taken from one."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import releases
from tests.commands import hikiwake
from tests.turns import in_turn

from hikiwake.api import PairView
from hikiwake.core.country import Pair, country
from hikiwake.core.errors import DamagedStore
from hikiwake.sources.imports.run import Wish, add
from hikiwake.store.catalogue import SHIPPED, Vintage
from hikiwake.store.library import Library
from hikiwake.store.tables import Tables


def damaged_copies(folder: Path, count: int = 0, part: int = 0, parts: int = 1) -> Iterator[tuple[str, Path]]:
    """Yield vintages with one flipped bit or a cut file each, restored after use.

    So many over all files, every eleventh a cut; without a number, one of each file that is read from where
    the vintage lies, or of a part of them.
    """
    package = folder / "package"
    shutil.copytree(SHIPPED.parent, package, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    dice = random.Random(7)
    catalogue = json.loads((package / "data" / "catalogue.json").read_bytes())
    files = [table["file"] for entry in catalogue["datasets"] for table in entry["tables"]]
    if not count:
        files = [file for file in files if not file.startswith("..")][part::parts]
        count = len(files)
    for n in range(count):
        path = package / "data" / files[n % len(files)]
        good = path.read_bytes()
        if n % 11 == 10:
            path.write_bytes(good[: dice.randrange(len(good))])
        else:
            at = dice.randrange(len(good))
            path.write_bytes(good[:at] + bytes([good[at] ^ (1 << dice.randrange(8))]) + good[at + 1 :])
        yield files[n % len(files)], package / "data"
        path.write_bytes(good)


def test_two_hundred_flipped_bits_and_twenty_cuts_are_all_named(tmp_path: Path) -> None:
    for file, vintage in damaged_copies(tmp_path, 220):
        done = hikiwake("--data", vintage, "doctor")
        assert done.returncode == 1
        named = [line for line in done.stdout.decode().splitlines() if line.startswith("damaged: ")]
        assert len(named) == 1
        assert f"/{Path(file).name}: " in named[0]


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "hikiwake", *arguments],
        cwd=cwd,
        env={**os.environ, "XDG_CACHE_HOME": str(cwd), **environment},
        capture_output=True,
        check=False,
        timeout=600,
    )


def with_one_flipped_bit(folder: Path, file: str) -> Path:
    package = folder / "package"
    shutil.copytree(SHIPPED.parent, package, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    path = package / "data" / file
    good = path.read_bytes()
    at = len(good) // 2
    path.write_bytes(good[:at] + bytes([good[at] ^ 4]) + good[at + 1 :])
    return package / "data"


@pytest.mark.parametrize("file", ["baci_flows.parquet", "baci_flags.parquet"])
def test_no_command_prints_a_number_from_a_damaged_file(file: str, tmp_path: Path) -> None:
    healthy = run("ties", "JPN", "RUS", "--year", "2014", "--product", "270900", "--json", cwd=tmp_path)
    identity = json.loads(healthy.stdout)["facts"][0]["id"]
    vintage = str(with_one_flipped_bit(tmp_path, file))
    commands: list[tuple[str, ...]] = [("brief", "JPN", "RUS"), ("ties", "JPN", "RUS")]
    commands.append(("complementarity", "JPN", "RUS") if "flows" in file else ("data", "quality", "JPN"))
    commands += [("why", identity)] if "flows" in file else []
    for command in commands:
        done = run("--data", vintage, *command, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (4, b""), command
        assert file.encode() in done.stderr
    assert not list(tmp_path.glob("brief*"))
    done = run("--data", vintage, "doctor", cwd=tmp_path)
    assert done.returncode == 1
    named = [line for line in done.stdout.decode().splitlines() if line.startswith("damaged: ")]
    assert len(named) == 1
    assert file in named[0]


@pytest.mark.slow
@pytest.mark.parametrize("part", in_turn(range(4)))
def test_a_brief_takes_nothing_from_a_damaged_file(part: int, tmp_path: Path) -> None:
    check_briefs(damaged_copies(tmp_path, 0, part, 4), 2)


@pytest.mark.slow
@pytest.mark.nightly
def test_a_brief_takes_nothing_from_any_of_many_damaged_files(tmp_path: Path) -> None:
    check_briefs(damaged_copies(tmp_path, 220), 10)


def check_briefs(copies: Iterator[tuple[str, Path]], least: int) -> None:
    """Each is refused by the file's name, or not read at all; at least so many are refused."""

    def brief(folder: Path) -> bytes:
        view = PairView(Pair(country("JPN"), country("RUS")), Tables(Vintage(folder)))
        return view.brief().render(".json")

    whole = brief(SHIPPED)
    refused = 0
    for file, vintage in copies:
        try:
            made, said = brief(vintage), ""
        except DamagedStore as fault:
            made, said = b"", str(fault)
        assert Path(file).name in said if said else made == whole, file
        refused += bool(said)
    assert refused >= least


def imported(folder: Path) -> Path:
    library = Library(folder / "library")
    held = add(Wish(files=(releases.release(folder / "a.zip"),)), library, lambda what, part: None).held
    return library.path(held)


@pytest.mark.parametrize("where", ["shipped", "imported"])
def test_a_flipped_bit_of_the_catalogue_is_found(where: str, tmp_path: Path) -> None:
    """It says of which years, in which unit and how provisional the files are: that ends in numbers."""
    path = (SHIPPED if where == "shipped" else imported(tmp_path)) / "catalogue.json"
    good = path.read_bytes()
    Vintage(path.parent)
    copy = tmp_path / "copy"
    copy.mkdir()
    dice = random.Random(5)
    whole, missed = json.loads(good), 0
    for n in range(220):
        at = dice.randrange(len(good) - 1)
        flipped = good[:at] + bytes([good[at] ^ (1 << dice.randrange(8))]) + good[at + 1 :]
        changed = good[:at] if n % 11 == 10 else flipped
        (copy / "catalogue.json").write_bytes(changed)
        said = refused(copy)
        if said:
            assert "catalogue.json" in said
            continue
        # Only the name of the checksum itself, and white space around it, can hide a change.
        missed += 1
        held = json.loads(changed)
        assert (held["vintage"], held["datasets"]) == (whole["vintage"], whole["datasets"])
    assert missed <= 2


def refused(folder: Path) -> str:
    try:
        Vintage(folder)
    except DamagedStore as fault:
        return str(fault)
    return ""


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b'{"vintage": "x", "datasets": [{}]}', b"\xff\xfe", b"[" * 9999]
)
def test_a_broken_catalogue_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "catalogue.json").write_bytes(content)
    for command, code in ((("ties", "JPN", "RUS"), 4), (("--version",), 4), (("doctor",), 1)):
        done = run("--data", str(tmp_path), *command, cwd=tmp_path)
        assert done.returncode == code, done.stderr
        assert b"catalogue.json" in done.stderr + done.stdout
        assert b"Traceback" not in done.stderr
