"""Which rows an estimate can use, and why it cannot use the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hikiwake.gravity.effects import Array, Effects, add_levels, margins
from hikiwake.gravity.parallel import each, scratch

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]

NOT_CHOSEN = "outside the rows asked for"
MISSING = "missing value"
ZERO_FLOW = "zero flow (no logarithm)"
ALL_ZERO = "all flows of a fixed effect are zero"
SINGLETON = "only row of a fixed effect"
SEPARATED = "separated by regressors"
NO_WEIGHT = "weight zero"
LARGEST_RISE = 0.01


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


def prune(effects: Effects, target: Array, base: Array, *, zeros: bool) -> tuple[Mask, Mask]:
    """Find cells that cannot inform: levels whose flows are all zero, and levels with one cell.

    Parameters
    ----------
    target : cells, weight times flow.
    base : cells, above 0 where there is a row.
    zeros : whether a level without any flow is to go (Poisson: its effect would be minus infinity).

    Returns
    -------
    Two boolean arrays of cells: all zero, singleton. Taking away either may make more of both; they are
    followed until nothing is left to take.
    """
    here: Mask = base > 0.0
    none, single = np.zeros_like(here), np.zeros_like(here)

    def of_block(block: slice) -> Array:
        part = scratch("pruned", (2, *here[block].shape))
        part[0] = here[block]
        np.multiply(part[0], target[block], out=part[1])
        return part

    while effects.levels:
        counts = margins(effects, 2, of_block)
        found = zeros and _mark(effects, [(one[0] > 0.0) & (one[1] == 0.0) for one in counts], here, none)
        found |= _mark(effects, [one[0] == 1.0 for one in counts], here, single)
        if not found:
            break
    return none, single


def _mark(effects: Effects, levels: list[Mask], here: Mask, out: Mask) -> bool:
    """Move the cells of marked levels from `here` to `out`, in place; return whether there were any."""
    if not any(one.any() for one in levels):
        return False
    as_numbers = [one[None].astype(np.float64) for one in levels]

    def of_block(block: slice) -> bool:
        hits = scratch("hits", (1, *here[block].shape))
        hits[...] = 0.0
        add_levels(effects, as_numbers, block, hits)
        hit = (hits[0] > 0.0) & here[block]
        out[block] |= hit
        here[block] &= ~hit
        return bool(hit.any())

    return any(each(of_block, effects.blocks))


def separated(target: Array, base: Array, moving: Array) -> Mask:
    """Find cells that a combination of regressors and effects separates.

    Where the optimum lies at infinity, Newton's step tends to the direction in which it lies: the linear
    predictor of separated cells falls by one each step, and that of cells with trade stands still. The step
    is by construction a combination z of regressors and effects, so it is the certificate of Correia,
    Guimaraes & Zylkin (2019): z = 0 where there is trade, z <= 0 elsewhere, z < 0 somewhere.
    """
    without = (target == 0.0) & (base > 0.0)
    out: Mask = without & (moving < -0.5)
    if np.max(moving, initial=0.0, where=without) > LARGEST_RISE:
        out[...] = False
    return out
