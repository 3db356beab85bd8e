"""Waiting for another program's answer without being bound to wait for ever.

Libraries that ask a cluster block until it answers. Here a thread of its own asks, so that whoever waits can
look at what goes on meanwhile, be interrupted, or give up: the thread is left behind then, and ends with the
process.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

Answer = TypeVar("Answer")
LOOKS = 0.5
"""Seconds between two looks at what goes on."""


class Asker:
    """A thread that asks one thing after another."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = SimpleQueue()
        Thread(target=self._serve, name="hikiwake-asker", daemon=True).start()

    def _serve(self) -> None:
        while True:
            ask, answer = self._asked.get()
            try:
                answer.set_result(ask())
            except BaseException as fault:
                answer.set_exception(fault)
            del ask, answer

    def answer(self, ask: Callable[[], Answer], look: Callable[[], None] = lambda: None) -> Answer:
        """Return the answer; `look` is called meanwhile, and what it raises ends the waiting."""
        answer: Future[Answer] = Future()
        self._asked.put((ask, answer))
        while not wait([answer], LOOKS).done:
            look()
        return answer.result()


def at_most(seconds: float, ask: Callable[[], Answer]) -> Answer:
    """Return an answer that comes in time; raises `TimeoutError` otherwise."""
    from time import monotonic

    end = monotonic() + seconds

    def look() -> None:
        if monotonic() > end:
            raise TimeoutError

    return Asker().answer(ask, look)
