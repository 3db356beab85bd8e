"""Imports onto a disk that is full for real, and readers of the library meanwhile."""

from __future__ import annotations

import hashlib
import multiprocessing
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests import releases

from hikiwake.sources.imports.run import Wish, add
from hikiwake.store.catalogue import Vintage
from hikiwake.store.library import Library

FORK = multiprocessing.get_context("fork")


def mounted(size: int, path: Path, place: Path) -> subprocess.CompletedProcess[str]:
    """Add a release to a library on a disk of so many bytes; list what is left there."""
    script = (
        f"mount -t tmpfs -o size={size} none {place} && cd {place} || exit 99\n"
        f"HIKIWAKE_LIBRARY={place}/library {sys.executable} -m hikiwake data add {path}\n"
        "code=$?\n"
        f"echo LEFT $(find {place} -name '*.part')"
        f" $(cat {place}/library/index.json 2>/dev/null | tr -d '[:space:]')\n"
        "exit $code\n"
    )
    return subprocess.run(
        ["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, check=False, timeout=300
    )


@pytest.mark.slow
def test_a_disk_that_is_full_for_real(tmp_path: Path) -> None:
    """Disks twice as large each time, until the import fits: before that one clear error, and no stump."""
    path = releases.release(tmp_path / "a.zip")
    place = tmp_path / "disk"
    place.mkdir()
    refused = 0
    for size in (2**n for n in range(14, 24)):
        run = mounted(size, path, place)
        if run.returncode in (1, 99) and ("unshare" in run.stderr or "mount" in run.stderr):
            pytest.skip(f"no disk can be mounted here: {run.stderr.strip()[:100]}")
        left = run.stdout.partition("LEFT ")[2].strip()
        assert ".part" not in left
        if run.returncode == 0:
            assert '"baci-hs92"' in left
            break
        refused += 1
        assert run.returncode == 4, run.stderr
        assert "Traceback" not in run.stderr
        assert run.stderr.count("hikiwake: ") == 1
        assert "baci-hs92" not in left
    assert refused >= 2
    assert run.returncode == 0


def read_on(library: Path, stop: Any, counts: Any) -> None:
    reads = 0
    while not stop.is_set():
        held = Library(library).held()
        for one in held:
            # What is read is always whole: the catalogue is the one that the index names.
            content = (library / one.folder / "catalogue.json").read_bytes()
            assert hashlib.sha256(content).hexdigest() == one.sha256
            reads += 1
    counts.put(reads)


@pytest.mark.slow
def test_four_readers_during_three_imports(tmp_path: Path) -> None:
    library = tmp_path / "library"
    add(Wish(files=(releases.release(tmp_path / "0.zip"),)), Library(library), lambda what, part: None)
    stop, counts = FORK.Event(), FORK.Queue()
    readers = [FORK.Process(target=read_on, args=(library, stop, counts)) for _ in range(4)]
    for reader in readers:
        reader.start()
    for n in (1, 2, 3):
        path = releases.release(tmp_path / f"{n}.zip", version=f"20270{n}")
        run = subprocess.run(
            [sys.executable, "-m", "hikiwake", "data", "add", str(path)],
            env={"PATH": "/usr/bin:/bin", "HIKIWAKE_LIBRARY": str(library)},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert run.returncode == 0, run.stderr
    stop.set()
    reads = sum(counts.get(timeout=60) for _ in readers)
    for reader in readers:
        reader.join(60)
        assert reader.exitcode == 0
    assert reads >= 10_000
    held = Library(library).held()
    assert len(held) == 4
    assert not [fault for one in held for fault in Vintage(library / one.folder).faults()]
