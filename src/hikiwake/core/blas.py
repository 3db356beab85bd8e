"""NumPy's linear algebra on one thread, for those who share the cores out themselves.

A BLAS that starts threads of its own for products of a few hundred rows waits for them longer than it
multiplies, and two callers at once wait for each other: 8 times slower, measured on two cores.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController


def workers() -> int:
    """Return the number of cores that this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep BLAS to one thread."""
    with _controller().limit(limits=1):
        yield


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()
