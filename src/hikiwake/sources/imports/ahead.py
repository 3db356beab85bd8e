"""What is asked for next is fetched while what came before it is at work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def ahead(parts: Iterator[T], stop: Callable[[], None] = lambda: None) -> Iterator[Iterator[T]]:
    """Give parts, of which the next is fetched, on a thread, while one is at work.

    Where the work on one fails, `stop` is called: it ends what is being fetched.
    """
    with ThreadPoolExecutor(1) as fetcher:

        def each() -> Iterator[T]:
            coming = fetcher.submit(next, parts, None)
            while (part := coming.result()) is not None:
                coming = fetcher.submit(next, parts, None)
                yield part

        try:
            yield each()
        except BaseException:
            stop()
            raise
