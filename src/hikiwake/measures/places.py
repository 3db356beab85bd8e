"""Places of rows on a grid: long tables of codes as small arrays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray


def positions(column: NDArray[Any], names: Iterable[Any]) -> NDArray[np.int64]:
    """Return, for each value of a column, its place among the names; `KeyError` for one that is none of them.

    Of text a look-up for each row takes a third of the time that sorting takes; numbers are compared.
    """
    if column.dtype.kind in "iu":
        known = np.array(list(names))
        ascending = np.argsort(known)
        at = ascending[np.minimum(np.searchsorted(known, column, sorter=ascending), len(known) - 1)]
        if (known[at] != column).any():
            raise KeyError(column[known[at] != column][0])
        return at
    place = {name: n for n, name in enumerate(names)}
    return np.fromiter(map(place.__getitem__, column.tolist()), np.int64, len(column))


def distinct(*columns: NDArray[Any]) -> tuple[str, ...]:
    """Return the codes that stand in some columns, in order."""
    return tuple(sorted({str(code) for column in columns for code in set(column.tolist())}))
