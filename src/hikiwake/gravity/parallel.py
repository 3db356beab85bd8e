"""The cores at hand: blocks of one array on threads of ours, with BLAS kept to one thread each.

NumPy lets go of the interpreter's lock inside its loops, so plain threads use all cores. A BLAS that starts
threads of its own at the same time makes both slow (8 times, measured), hence the limit.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TypeVar

from threadpoolctl import ThreadpoolController

Item = TypeVar("Item")
Out = TypeVar("Out")

CELLS_IN_CACHE = 60_000
_pool: ContextVar[ThreadPoolExecutor | None] = ContextVar("pool", default=None)


def workers() -> int:
    """Return the number of cores that this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()


@contextmanager
def cores() -> Iterator[None]:
    """Give the calls inside one pool of threads, and BLAS one thread."""
    if _pool.get() is not None:
        yield
        return
    with _controller().limit(limits=1), ThreadPoolExecutor(workers()) as pool:
        token = _pool.set(pool)
        try:
            yield
        finally:
            _pool.reset(token)


def each(call: Callable[[Item], Out], items: Sequence[Item]) -> list[Out]:
    """Call for each item, on the threads of `cores` if there are any; results in the order of the items."""
    pool = _pool.get()
    if pool is None or len(items) == 1:
        return [call(item) for item in items]
    return list(pool.map(call, items))


def spans(length: int, cells_each: int) -> list[slice]:
    """Cut an axis into blocks that fit the processor's cache: the same blocks on every machine."""
    step = max(1, CELLS_IN_CACHE // max(cells_each, 1))
    return [slice(start, min(start + step, length)) for start in range(0, length, step)]
