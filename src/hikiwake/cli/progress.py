"""How far a long command is, on standard error."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType

import click

from hikiwake.cli.app import Options

PATIENCE = 2.0
"""Seconds that need no explanation."""
_CLEAR = "\r\x1b[K"


class Progress:
    """Called with what is being done and the part that is over; a context that clears its line at the end.

    With `-v` each step is a line with its time. Else one changing line, on a terminal only, once the work has
    taken more than two seconds.
    """

    def __init__(self, options: Options) -> None:
        self._begin = time.monotonic()
        self._lines = options.verbose
        # "dumb" is what a terminal that cannot move its cursor calls itself.
        able = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._line = able and not options.quiet and not options.verbose
        self._drawn = False

    def __call__(self, what: str, part: float) -> None:
        """Take note of a step."""
        seconds = time.monotonic() - self._begin
        if self._lines:
            click.echo(f"{seconds:7.2f} s  {what}", err=True)
        elif self._line and seconds > PATIENCE:
            left = f", about {seconds * (1 - part) / part:.0f} s left" if part > 0 else ""
            click.echo(f"{_CLEAR}{what} ({part:.0%}{left})", err=True, nl=False)
            self._drawn = True

    def clear(self) -> None:
        """Take the changing line away, before something else is said."""
        if self._drawn:
            click.echo(_CLEAR, err=True, nl=False)
            self._drawn = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()
