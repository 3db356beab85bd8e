"""`python -m hikiwake`, and the `hikiwake` command."""

from __future__ import annotations

import os
import sys

FULL, INTERRUPTED = 4, 130


def main() -> None:
    """Run the command line and end the process with its exit code."""
    # Linear algebra here is of small systems: on a busy machine threads that wait for each other cost more
    # than they bring, by far. What is large brings threads of its own.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        code = _delivered(_run())
    except KeyboardInterrupt:
        # Between the lines of ours that catch it: while modules are loaded, or results flushed.
        code = INTERRUPTED
    # At a normal exit the database's bindings print a page of "leaked instances" (nanobind's check runs
    # while other modules still hold its type objects); all files are closed and flushed by now.
    os._exit(code)


def _run() -> int:
    _open_what_is_closed()
    from hikiwake.cli.app import run

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Names and signs are not ASCII; a pipe or a C locale must not break on them.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return run(sys.argv[1:])


def _open_what_is_closed() -> None:
    """Give a stream that was closed on the way here (`>&-`) a place to go to.

    Before any other file is opened: it would get the number of the closed one, and what is printed with it.
    """
    for number, stream in enumerate((sys.stdin, sys.stdout, sys.stderr)):
        if stream is None:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one's
            if number:
                opened = os.fdopen(number, "w", encoding="utf-8")
                setattr(sys, ("stdin", "stdout", "stderr")[number], opened)


def _delivered(code: int) -> int:
    """Flush what was printed; a reader that has seen enough is no fault, a full disk is one."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        return code
    except OSError as fault:
        if not code:
            os.write(2, f"hikiwake: the results cannot be written ({fault.strerror})\n".encode())
        return code or FULL
    return code


if __name__ == "__main__":
    main()
