"""The cores at hand: blocks of one array on threads of ours, with BLAS kept to one thread each.

NumPy lets go of the interpreter's lock inside its loops, so plain threads use all cores.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from itertools import count
from math import prod
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hikiwake.core.blas import one_thread, workers

Item = TypeVar("Item")
Out = TypeVar("Out")

CELLS_IN_CACHE = 80_000
_pool: ContextVar[ThreadPoolExecutor | None] = ContextVar("pool", default=None)
_inside: ContextVar[bool] = ContextVar("inside", default=False)
_buffers = threading.local()


@contextmanager
def cores(threads: int | None = None) -> Iterator[None]:
    """Give the calls inside one pool of threads, and BLAS one thread; `threads` is the most to use."""
    if _inside.get():
        yield
        return
    helpers = (workers() if threads is None else threads) - 1  # the calling thread works too
    with one_thread(), ThreadPoolExecutor(max(1, helpers)) as pool:
        tokens = _pool.set(pool if helpers else None), _inside.set(True)
        try:
            yield
        finally:
            _pool.reset(tokens[0])
            _inside.reset(tokens[1])
            _buffers.__dict__.clear()


def each(call: Callable[[Item], Out], items: Sequence[Item]) -> list[Out]:
    """Call for each item, on the threads of `cores` if there are any; results in the order of the items.

    Whoever is free takes the next item. Handing over one task for a thread and not one for an item matters:
    there are thousands of items, of some ten microseconds each.
    """
    pool, helpers = _pool.get(), min(workers(), len(items)) - 1
    if pool is None or helpers < 1:
        return [call(item) for item in items]
    out: list[Out | None] = [None] * len(items)
    numbers, halted = count(), threading.Event()

    def work() -> None:
        try:
            while (at := next(numbers)) < len(items) and not halted.is_set():
                out[at] = call(items[at])
        except BaseException:
            halted.set()  # an error, or Ctrl-C: nobody begins another item
            raise

    def alone() -> None:
        """Work without threads of one's own: what is inside an item runs on its thread."""
        token = _pool.set(None)
        try:
            work()
        finally:
            _pool.reset(token)

    # The caller's context holds what NumPy does about overflow, too.
    others = [pool.submit(copy_context().run, alone) for _ in range(helpers)]
    try:
        alone()
    finally:
        # An error here must not leave threads behind that still write.
        faults = [other.exception() for other in others]
    for fault in faults:
        if fault is not None:
            raise fault
    return out  # type: ignore[return-value]  # every place is filled


def scratch(name: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return an array of this thread to write to, the same memory for each call with this name.

    Fresh memory for each block costs more than the arithmetic on it: the system hands it out page by page.
    """
    size = prod(shape)
    held: NDArray[np.float64] | None = getattr(_buffers, name, None)
    if held is None or len(held) < size:
        held = np.empty(size)
        setattr(_buffers, name, held)
    return held[:size].reshape(shape)


def spans(length: int, cells_each: int, multiple: int = 1) -> list[slice]:
    """Cut an axis into blocks that fit the processor's cache: the same blocks on every machine.

    But for the last, each is as long as a `multiple`.
    """
    step = max(1, CELLS_IN_CACHE // max(cells_each, 1) // multiple) * multiple
    return [slice(start, min(start + step, length)) for start in range(0, length, step)]
