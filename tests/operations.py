"""A process in which the n-th operation on a library's files is refused, or is the last (`faults.c`).

The operations are those of the C library, so they are all there are: Python's, and the database's on its own
threads. Each try is a fork of one process that has everything loaded.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import msgspec
import pytest

SOURCE = Path(__file__).with_name("faults.c")


class Try(msgspec.Struct, frozen=True):
    """A command line, the folder whose files count, the operation that is met, and with which error."""

    words: tuple[str, ...]
    folder: str
    number: int
    error: int
    """0 kills the process."""


class Outcome(msgspec.Struct, frozen=True):
    """How it ended (a signal as a negative number), what it said, and whether the operation was met."""

    code: int
    said: str
    met: bool
    operations: int


class Operations:
    """The process; to be closed."""

    def __init__(self, folder: Path) -> None:
        compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
        if compiler is None or sys.platform != "linux":
            pytest.skip("no C compiler, or no way to be loaded before the C library")
        loaded = folder / "faults.so"
        subprocess.run(
            [compiler, "-O1", "-shared", "-fPIC", "-o", str(loaded), str(SOURCE), "-ldl"], check=True
        )
        self._said = folder / "said"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.operations", str(loaded), str(self._said)],
            env={**os.environ, "LD_PRELOAD": str(loaded)},
            cwd=SOURCE.parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __call__(self, wanted: Try) -> Outcome:
        """Give a command line; return how it ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(wanted) + b"\n")
        self._process.stdin.flush()
        return msgspec.json.decode(self._process.stdout.readline(), type=Outcome)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.communicate()
        self._process.wait()


def _serve(loaded: str, said: Path) -> None:
    # All that a command needs, so that each fork has it: loading the database takes a third of an import.
    for name in (
        "duckdb",
        "email.message",
        "html.entities",
        "importlib.metadata",
        "narwhals._duckdb.dataframe",
        "numpy.ma",
        "platformdirs",
        "hikiwake.cli.data",
        "hikiwake.sources.imports.run",
    ):
        import_module(name)
    app = import_module("hikiwake.cli.app")
    library = ctypes.CDLL(loaded)
    replies, faults = os.pipe()
    os.set_inheritable(faults, True)
    for line in sys.stdin.buffer:
        wanted = msgspec.json.decode(line, type=Try)
        child = os.fork()
        if child == 0:
            to = os.open(said, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
            os.dup2(to, 1)
            os.dup2(to, 2)
            os.environ["HIKIWAKE_LIBRARY"] = wanted.folder
            library.arm(wanted.folder.encode(), ctypes.c_long(wanted.number), wanted.error)
            code = app.run(wanted.words)
            met, fired = library.count_met(), library.count_fired()
            library.arm(b"", ctypes.c_long(0), 0)
            sys.stdout.flush()
            sys.stderr.flush()
            os.write(faults, f"{met} {fired}\n".encode())
            os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        met, fired = map(int, os.read(replies, 100).split()) if code >= 0 else (wanted.number, 1)
        outcome = Outcome(code, said.read_text("utf-8", "replace"), bool(fired), met)
        sys.stdout.buffer.write(msgspec.json.encode(outcome) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve(sys.argv[1], Path(sys.argv[2]))
