"""Which rows an estimate can use, and why it cannot use the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hikiwake.gravity.cells import Sums
from hikiwake.gravity.effects import Array, Effects
from hikiwake.gravity.parallel import each
from hikiwake.gravity.passes import passes

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]

NOT_CHOSEN = "outside the rows asked for"
MISSING = "missing value"
ZERO_FLOW = "zero flow (no logarithm)"
ALL_ZERO = "all flows of a fixed effect are zero"
SINGLETON = "only row of a fixed effect"
SEPARATED = "separated by regressors"
NO_WEIGHT = "weight zero"


@dataclass(frozen=True)
class Drops(Mapping[str, Rows]):
    """Rows that were left out, by reason: `drops[reason]` are positions in the data as given."""

    by_reason: dict[str, Rows] = field(default_factory=dict)

    def __getitem__(self, reason: str) -> Rows:
        return self.by_reason[reason]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_reason)

    def __len__(self) -> int:
        return len(self.by_reason)

    @property
    def total(self) -> int:
        """Number of rows left out."""
        return sum(len(rows) for rows in self.by_reason.values())

    def __str__(self) -> str:
        return "; ".join(f"{len(rows):,} {reason}" for reason, rows in self.items()) or "none"


class Pruned(NamedTuple):
    """Cells that pruning took away, as all zero and as singletons, and the sums of those that stayed."""

    none: Mask
    single: Mask
    sums: Sums


def prune(effects: Effects, target: Array, base: Array, regressors: Array, *, zeros: bool) -> Pruned:
    """Take away cells that cannot inform: levels whose flows are all zero, and levels with one cell.

    Taking away either may make more of both; they are followed until nothing is left to take.

    Parameters
    ----------
    target : cells, weight times flow.
    base : cells, above 0 where there is a row; set to 0 where one is taken, in place.
    regressors : (K, *cells).
    zeros : whether a level without any flow is to go (Poisson: its effect would be minus infinity).
    """
    none, single = np.zeros(base.shape, dtype=bool), np.zeros(base.shape, dtype=bool)
    over, nothing = passes(effects), np.empty((0, *base.shape))
    sums = over.sums(regressors, target, base)
    while effects.levels:
        counts = sums.margins
        found = zeros and _mark(effects, [(one[0] > 0.0) & (one[1] == 0.0) for one in counts], base, none)
        lost = _mark(effects, [one[0] == 1.0 for one in counts], base, single)
        if not (found or lost):
            break
        # Of regressors times flows, what is zero takes nothing away.
        again = over.sums(regressors if lost else nothing, target, base)
        sums = again if lost else Sums(again.margins, sums.scores)
    return Pruned(none, single, sums)


def live(sums: Sums) -> list[int]:
    """Return of each effect the number of levels that have a cell."""
    return [int(np.count_nonzero(one[0])) for one in sums.margins]


def _mark(effects: Effects, levels: list[Mask], base: Array, out: Mask) -> bool:
    """Move the cells of marked levels out of `base`, in place; return whether there were any."""
    marked = [which for which, one in enumerate(levels) if one.any()]
    if not marked:
        return False

    def of_block(block: slice) -> bool:
        hit = np.zeros(base[block].shape, dtype=bool)
        for which in marked:
            hit |= effects.spread(which, levels[which][None], block)[0]
        hit &= base[block] > 0.0
        out[block] |= hit
        np.copyto(base[block], 0.0, where=hit)
        return bool(hit.any())

    return any(each(of_block, effects.blocks))
