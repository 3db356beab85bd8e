"""Ctrl-C and other requests to end: noticed whatever libraries make of them, and obeyed in time.

The interrupt becomes an exception where Python runs next. That may be seconds away: a library sorts, writes
or waits for its threads, or turns the exception into one of its own. So a thread listens beside the work.
Where the work has not ended a moment later, this thread removes what is temporary and ends the process, which
no file minds: each is put in its place at once (`hikiwake.store`).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.machinery import ExtensionFileLoader
from types import FrameType
from typing import NoReturn

from hikiwake.store import temporary

AGAIN = 0.02
"""Seconds after which an interrupt that was held back comes again."""
GRACE = 0.4
"""Seconds that the work has to end by itself."""
SAID = "interrupted; nothing was left half-written"
_BY_SIGNAL = 128
"""What shells add to the number of a signal that ended a command."""


def exit_code(noticed: list[int]) -> int:
    """Return the exit code of a command that was asked to end: 130 after Ctrl-C."""
    return _BY_SIGNAL + (noticed[0] if noticed else signal.SIGINT)


@contextmanager
def noticing_interrupts() -> Iterator[list[int]]:
    """Give a list that is no longer empty once somebody has pressed Ctrl-C or asked the process to end.

    Libraries may turn the interrupt into an error of their own (the database: "Query interrupted"), so the
    exception that arrives does not tell. Of what is asked again, nothing comes: what tidies up is not
    interrupted. Where such signals are ignored (in the background) or in other hands, they stay so.
    """
    noticed: list[int] = []
    raised: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        noticed.append(number)
        if raised:
            return
        if _loading(frame):
            _once_more(number)
        else:
            raised.append(number)
            raise KeyboardInterrupt

    usual = {number: signal.getsignal(number) for number in _numbers()}
    ours = [number for number, now in usual.items() if now in (signal.default_int_handler, signal.SIG_DFL)]
    if not ours or threading.current_thread() is not threading.main_thread():
        yield noticed
        return
    with _heard(frozenset(ours)):
        for number in ours:
            signal.signal(number, note)
        try:
            yield noticed
        finally:
            for number in ours:
                signal.signal(number, usual[number])


def _numbers() -> list[signal.Signals]:
    """Return the signals that ask for the end: Ctrl-C, a polite kill, and a terminal that is closed."""
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


@contextmanager
def _heard(numbers: frozenset[int]) -> Iterator[None]:
    """Let a thread hear of signals at once, wherever Python is, and end the process if nothing else does."""
    ears, mouth = os.pipe()
    os.set_blocking(mouth, False)
    over = threading.Event()

    def listen() -> None:
        with os.fdopen(ears, "rb", buffering=0) as heard:
            while said := heard.read(1):
                if said[0] in numbers and not over.wait(GRACE):
                    _end(said[0])

    before = signal.set_wakeup_fd(mouth, warn_on_full_buffer=False)
    threading.Thread(target=listen, daemon=True).start()
    try:
        yield
    finally:
        over.set()
        signal.set_wakeup_fd(before)
        os.close(mouth)


def _end(number: int) -> NoReturn:
    temporary.remove_all()
    with suppress(OSError):
        # What stands in the line, such as a bar, stays; nobody may hold the lock of the stream meanwhile.
        os.write(2, f"{chr(10) * sys.stderr.isatty()}{SAID}\n".encode())
    os._exit(exit_code([number]))


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

    later = threading.Timer(AGAIN, _thread.interrupt_main, (number,))
    later.daemon = True
    later.start()
