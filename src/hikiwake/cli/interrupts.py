"""Ctrl-C: noticed whatever libraries make of it, and held back where it would kill the process."""

from __future__ import annotations

import signal
from importlib.machinery import ExtensionFileLoader
from types import FrameType

AGAIN = 0.02
"""Seconds after which an interrupt that was held back comes again."""


def notice_interrupts() -> list[int]:
    """Return a list that is no longer empty once somebody has pressed Ctrl-C.

    Libraries may turn the interrupt into an error of their own (the database: "Query interrupted"), so the
    exception that arrives does not tell. Where interrupts are ignored (in the background), they stay so.
    """
    noticed: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        noticed.append(number)
        if _loading(frame):
            _once_more(number)
        else:
            signal.default_int_handler(number, frame)

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, note)
    return noticed


def _loading(frame: FrameType | None) -> bool:
    """Tell whether a compiled module is setting itself up; interrupted then, it may abort the process.

    The database's does (its C++ has nobody there to hand an exception to), and NumPy's calls it a broken
    installation.
    """
    while frame is not None:
        if isinstance(frame.f_locals.get("self"), ExtensionFileLoader):
            return True
        frame = frame.f_back
    return False


def _once_more(number: int) -> None:
    import _thread
    import threading

    later = threading.Timer(AGAIN, _thread.interrupt_main, (number,))
    later.daemon = True
    later.start()
