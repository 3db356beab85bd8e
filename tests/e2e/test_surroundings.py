"""Other surroundings: no home, other locales, closed streams, full disks, readers that leave, interrupts."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


def read_only(folder: Path) -> dict[str, str]:
    """Return a home that nobody can write into, whoever runs the test: a file stands where it should be."""
    (folder / "home").write_bytes(b"")
    return {"HOME": str(folder / "home"), "XDG_CACHE_HOME": str(folder / "home" / "cache")}


@pytest.mark.parametrize(
    ("environment", "options"),
    [
        ({"HOME": "/nowhere", "XDG_CACHE_HOME": "/nowhere"}, ()),
        ({"HOME": "READ ONLY"}, ()),
        ({"HOME": ""}, ()),
        ({"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0"}, ()),
        ({"PYTHONIOENCODING": "latin-1"}, ()),
        ({"PYTHONOPTIMIZE": "1"}, ()),
        ({"COLUMNS": "80", "TERM": "dumb", "NO_COLOR": "1"}, ()),
        ({}, ("-O",)),
        ({}, ("-I",)),
    ],
)
def test_odd_surroundings(environment: dict[str, str], options: tuple[str, ...], tmp_path: Path) -> None:
    added = read_only(tmp_path) if environment.get("HOME") == "READ ONLY" else environment
    done = subprocess.run(
        [sys.executable, *options, "-m", "hikiwake", "ties", "JPN", "RUS", "--year", "2014"],
        cwd=tmp_path,
        env={**os.environ, **added},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "Russia → Japan" in done.stdout.decode("utf-8")
    assert done.stderr == b""


def test_no_environment_at_all(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hikiwake", "brief", "JPN", "RUS", "-o", "b.html"]
    done = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"wrote b.html\n")


@pytest.mark.skipif(sys.platform == "win32", reason="streams are closed with the shell's >&-")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(closed: str, tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m hikiwake brief JPN RUS -o b.md {closed}'
    done = subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, check=False, timeout=60)
    assert done.returncode == 0
    # What is printed with the number of a closed stream must not land in a file of ours.
    assert (tmp_path / "b.md").read_bytes().startswith(b"# Japan and Russia")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the machine has no /dev/full")
@pytest.mark.parametrize(
    "arguments", [("methods",), ("methods", "--json"), ("ties", "JPN", "RUS"), ("--help",)]
)
def test_a_full_disk_behind_standard_output(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "hikiwake", *arguments], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 4
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_reader_that_has_seen_enough(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "hikiwake",
        "ties",
        "JPN",
        "RUS",
        "--from",
        "2000",
        "--to",
        "2005",
        "--json",
    ]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.read(100)
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


def interrupted(after: float, folder: Path) -> tuple[int, bytes]:
    """Interrupt a brief after some seconds; return its exit code and what it said. A hang fails the test."""
    outputs = ("-o", "b.html", "-o", "b.pdf", "-o", "b.docx")
    command = [sys.executable, "-m", "hikiwake", "brief", "JPN", "RUS", *outputs]
    running = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE)
    time.sleep(after)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    return running.returncode, said


def check_interrupts(delays: list[float], folder: Path) -> None:
    for after in delays:
        code, said = interrupted(after, folder)
        # Before our first line runs, Python itself reports the interrupt and dies of it.
        begun = b"Could not import runpy module" not in said
        assert code in ((0, 130, -signal.SIGINT) if begun else (1,)), said
        assert b"Traceback" not in said or after < 0.2
        assert not list(folder.glob(".*"))
        for path in folder.iterdir():
            assert path.stat().st_size > 10_000, path  # whole: the smallest of the three is larger
            path.unlink()


def test_interrupts_at_a_few_moments(tmp_path: Path) -> None:
    check_interrupts([0.05, 0.4, 1.2], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [25, 26])
def test_interrupts_at_fifty_moments(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    # Up to about the time that the brief takes: later than its end, there is nothing to interrupt.
    check_interrupts([dice.uniform(0.02, 3) for _ in range(25)], tmp_path)
