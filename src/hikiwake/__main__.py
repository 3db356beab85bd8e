"""`python -m hikiwake`, and the `hikiwake` command."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    from hikiwake.cli.app import run

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Names and signs are not ASCII; a pipe or a C locale must not break on them.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = code or 0
    # At a normal exit the database's bindings print a page of "leaked instances" (nanobind's check runs
    # while other modules still hold its type objects); all files are closed and flushed by now.
    os._exit(code)


if __name__ == "__main__":
    main()
