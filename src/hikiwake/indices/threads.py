"""Work on parts of an array in as many threads as there are cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")

# Elementary steps from which on starting threads costs less than it saves.
ENOUGH = 5_000_000


def for_each(work: Callable[[Part], Result], parts: Iterable[Part], steps: int) -> list[Result]:
    """Do the work on every part, in threads where its number of elementary steps is worth it.

    NumPy lets other threads run while it works on an array, so each call of its should be long enough
    (some 10 microseconds) that the threads seldom wait for each other. The parts must not overlap where they
    are written to.
    """
    if steps < ENOUGH:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, parts))
