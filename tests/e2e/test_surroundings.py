"""Other surroundings: no home, other locales, closed streams, full disks, readers that leave, interrupts."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.turns import in_turn


def read_only(folder: Path) -> dict[str, str]:
    """Return a home that nobody can write into, whoever runs the test: a file stands where it should be."""
    (folder / "home").write_bytes(b"")
    return {"HOME": str(folder / "home"), "XDG_CACHE_HOME": str(folder / "home" / "cache")}


ODD: list[tuple[dict[str, str], tuple[str, ...]]] = [
    ({"HOME": "/nowhere", "XDG_CACHE_HOME": "/nowhere"}, ()),
    ({"HOME": "READ ONLY"}, ()),
    ({"HOME": ""}, ()),
    ({"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0"}, ()),
    ({"LC_ALL": "xx_YY.UTF-16"}, ()),
    ({"PYTHONIOENCODING": "latin-1"}, ()),
    ({"PYTHONOPTIMIZE": "1"}, ()),
    ({"COLUMNS": "80", "TERM": "dumb", "NO_COLOR": "1"}, ()),
    ({"COLUMNS": "1", "LINES": "1"}, ()),
    ({"TZ": "Nowhere/Else"}, ()),
    ({"TZ": "XXX+25:61:61"}, ()),
    ({"TMPDIR": "/nowhere"}, ()),
    ({"FONTCONFIG_FILE": "/dev/null", "FONTCONFIG_PATH": "/nowhere"}, ()),
    ({}, ("-O",)),
    ({}, ("-I",)),
]


@pytest.mark.parametrize(("environment", "options"), ODD)
def test_odd_surroundings(environment: dict[str, str], options: tuple[str, ...], tmp_path: Path) -> None:
    added = read_only(tmp_path) if environment.get("HOME") == "READ ONLY" else environment
    done = subprocess.run(
        [sys.executable, *options, "-m", "hikiwake", "ties", "JPN", "RUS", "--year", "2014"],
        cwd=tmp_path,
        env={**os.environ, **added},
        capture_output=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    assert "Russia → Japan" in done.stdout.decode("utf-8")
    assert done.stderr == b""


# Where people work: spaces, quotes, other scripts, emoji, what looks like an option or a variable.
FOLDERS = [
    "plain",
    "two words",
    "it's $HOME",
    "\U0001f98a été",
    "国際関係",
    "-o",
    "x" * 200,
    "line\nbreak",
    "a;b&c|d",
]


@pytest.mark.slow
@pytest.mark.parametrize("part", in_turn(range(5)))
def test_a_brief_is_the_same_bytes_in_odd_surroundings(part: int, tmp_path: Path) -> None:
    """HTML and PDF: neither the machine's fonts nor its folders, languages and clocks have a part in them."""
    made = set()
    for number, (environment, options) in enumerate([({}, ()), *ODD[part::5]]):
        folder = tmp_path / str(number) / FOLDERS[(number + 4 * part) % len(FOLDERS)]
        folder.mkdir(parents=True)
        added = read_only(folder) if environment.get("HOME") == "READ ONLY" else environment
        words = ("brief", "TUV", "NRU", "-o", "b.html", "-o", "b.pdf")
        done = subprocess.run(
            [sys.executable, *options, "-m", "hikiwake", *words],
            cwd=folder,
            env={**os.environ, **added},
            capture_output=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == 0, (environment, done.stderr)
        assert done.stderr == b"wrote b.html\nwrote b.pdf\n", environment
        made.add(((folder / "b.html").read_bytes(), (folder / "b.pdf").read_bytes()))
    assert len(made) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize("size", [(1, 1), (4, 12), (24, 80)])
def test_a_terminal_of_any_size(size: tuple[int, int], tmp_path: Path) -> None:
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    command = [sys.executable, "-m", "hikiwake", "brief", "TUV", "NRU", "-o", "b.md"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, stderr=theirs, check=False, timeout=600)
    os.close(theirs)
    said = b""
    with contextlib.suppress(OSError):  # Linux ends what was written to a terminal with an error
        while piece := os.read(ours, 4096):
            said += piece
    os.close(ours)
    assert done.returncode == 0
    assert said.replace(b"\r", b"\n").strip().endswith(b"wrote b.md")
    assert b"Traceback" not in said


def test_a_folder_that_is_gone_and_one_that_cannot_be_written(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    script = f'mkdir "{gone}" && cd "{gone}" && rmdir "{gone}" && "{sys.executable}" -I -m hikiwake'
    done = subprocess.run(
        ["/bin/sh", "-c", f"{script} brief TUV NRU -o b.md"], capture_output=True, check=False, timeout=600
    )
    assert done.returncode == 4
    assert done.stderr.startswith(b"hikiwake: b.md: the folder does not exist\n")
    file = tmp_path / "file"
    file.write_bytes(b"")
    done = subprocess.run(
        [sys.executable, "-m", "hikiwake", "brief", "TUV", "NRU", "-o", str(file / "b.md")],
        capture_output=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 4
    assert done.stderr.endswith(b"Make the folder, or choose another place with -o.\n")


def test_no_environment_at_all(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hikiwake", "brief", "WSM", "NZL", "-o", "b.html"]
    done = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, check=False, timeout=600)
    assert (done.returncode, done.stderr) == (0, b"wrote b.html\n")


@pytest.mark.skipif(sys.platform == "win32", reason="streams are closed with the shell's >&-")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(closed: str, tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m hikiwake brief WSM NZL --length glance -o b.md {closed}'
    done = subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, check=False, timeout=600)
    assert done.returncode == 0
    # What is printed with the number of a closed stream must not land in a file of ours.
    assert (tmp_path / "b.md").read_bytes().startswith(b"# Samoa and New Zealand")


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


def spent(process: int) -> float:
    """Return the seconds of processor time of a process so far; 0 where the system does not tell."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def interrupted(after: float, folder: Path) -> tuple[int, bytes, float]:
    """Interrupt a brief after some seconds; return its exit code, what it said, and how long it went on.

    By the clock, or in processor time where that is less: on a busy machine it waits for its turn.
    """
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    outputs = ("-o", "b.html", "-o", "b.pdf", "-o", "b.docx")
    command = [sys.executable, "-m", "hikiwake", "brief", "JPN", "RUS", *outputs]
    running = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE)
    time.sleep(after)
    before, begun = spent(running.pid), time.monotonic()
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=600)
    lasted, ended = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = ended.ru_utime + ended.ru_stime - children.ru_utime - children.ru_stime - before
    return running.returncode, said, min(lasted, worked)


def check_interrupts(delays: list[float], folder: Path) -> None:
    lasted = []
    for after in delays:
        code, said, seconds = interrupted(after, folder)
        lasted.append(seconds)
        # Before our first line runs, Python itself reports the interrupt and dies of it.
        begun = b"Could not import runpy module" not in said and b"Fatal Python error: init" not in said
        assert code in ((0, 130, -signal.SIGINT) if begun else (1,)), said
        assert b"Traceback" not in said or after < 0.2
        assert not list(folder.glob(".*"))
        for path in folder.iterdir():
            assert path.stat().st_size > 10_000, path  # whole: the smallest of the three is larger
            path.unlink()
    # Within a second; one in ten may be later, while something large is loaded.
    assert sum(seconds >= 1.0 for seconds in lasted) <= len(lasted) // 10, lasted
    assert max(lasted) < 5.0


# While the database's compiled module makes its enumerations: its C++ has nobody to hand an exception to, so
# the process died of SIGABRT.
INTERRUPTED_WHILE_LOADING = """
import enum, os, signal
from hikiwake.cli import app
usual = enum.EnumType.__setattr__
def interrupted(cls, name, value):
    if cls.__module__.startswith("_duckdb"):
        enum.EnumType.__setattr__ = usual
        signal.raise_signal(signal.SIGINT)
    usual(cls, name, value)
enum.EnumType.__setattr__ = interrupted
code = app.run(["ties", "JPN", "RUS"])
os._exit(code if enum.EnumType.__setattr__ is usual else 99)
"""


def test_an_interrupt_waits_until_a_compiled_module_is_there(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_WHILE_LOADING], cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (130, b"")
    assert done.stderr.strip() == b"interrupted; nothing was left half-written"


def test_interrupts_at_a_few_moments(tmp_path: Path) -> None:
    check_interrupts([0.05, 0.4, 1.2], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", in_turn(range(25, 30)))
def test_interrupts_at_fifty_moments(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    # Up to about the time that the brief takes: later than its end, there is nothing to interrupt.
    check_interrupts([dice.uniform(0.02, 3) for _ in range(10)], tmp_path)
