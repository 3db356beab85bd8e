"""Runs commands in the process of the tests, which spares each one loading packages and tables anew.

Streams, exit codes and files are those of the command line. What only a process of its own can show (signals,
closed streams, surroundings, what is imported) is tested by process in `tests/e2e`.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hikiwake.cli import app


def hikiwake(
    *arguments: str | Path, cwd: Path | None = None, given: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command line on what is given to its standard input; return exit code and both streams."""
    written = {"stdout": io.BytesIO(), "stderr": io.BytesIO()}
    with pytest.MonkeyPatch.context() as patch:
        if cwd is not None:
            patch.chdir(cwd)
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
        for name, stream in written.items():
            text = io.TextIOWrapper(stream, encoding="utf-8", errors="backslashreplace", write_through=True)
            patch.setattr(sys, name, text)
        code = app.run([str(argument) for argument in arguments])
        sys.stdout.flush()
        sys.stderr.flush()
        # The wrapper would close what it wraps when it goes.
        found = [stream.getvalue() for stream in written.values()]
    return subprocess.CompletedProcess(arguments, code, *found)


def by_process(
    *arguments: str | Path, cwd: Path | None = None, given: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "hikiwake", *map(str, arguments)],
        input=given,
        capture_output=True,
        cwd=cwd,
        env={**os.environ, **environment},
        timeout=600,
        check=False,
    )
