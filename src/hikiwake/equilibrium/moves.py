"""Shocks to a world of many sectors, as moves: which cells change, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput
from hikiwake.equilibrium import checks
from hikiwake.equilibrium.checks import Array
from hikiwake.equilibrium.sectors import Sectors

Cells = NDArray[np.bool_]
Places = NDArray[np.int64]


class Move(msgspec.Struct, frozen=True):
    """One change of trade from some origins to some destinations in some sectors, never of sales at home.

    An empty tuple means all. `cost` is the ratio of new to old iceberg costs (inf: embargo), `effect` a
    factor on trade at given prices (exp(beta); 0: embargo; 0.05: an embargo of which five per cent leak),
    `tariff` the new rate of duty (None: the old one stays). `limit` is what the quantity of this trade, by
    sector over all its cells, may come to at most as a ratio to the old (None: anything): a diversion limit,
    such as a pipeline's or a port's capacity. Where it binds, the trade costs more until it fits; what that
    costs is used up, as by queues and detours, and is nobody's income.
    """

    origins: tuple[int, ...] = ()
    destinations: tuple[int, ...] = ()
    sectors: tuple[int, ...] = ()
    cost: float = 1.0
    effect: float = 1.0
    tariff: float | None = None
    limit: float | None = None

    def __post_init__(self) -> None:
        """Refuse what is no change of trade."""
        if self.limit is not None and not 0.0 < self.limit < np.inf:
            raise BadInput(
                where=f"move with limit {self.limit:g}",
                why="the most that trade may come to, as a ratio to the old, is above zero and finite",
                remedy="Write limit=1.2 for a fifth more at most; for an embargo write effect=0.",
            )
        wrong = not self.cost > 0.0 or not 0.0 <= self.effect < np.inf
        if wrong or not (self.tariff is None or 0.0 <= self.tariff < np.inf):
            raise BadInput(
                where=f"move with cost {self.cost:g}, effect {self.effect:g}, tariff {self.tariff}",
                why="a ratio of costs is above zero; factors on trade and rates of duty are not negative",
                remedy="For a tenth less write cost=0.9, for an embargo effect=0, for a duty tariff=0.1.",
            )


class SectorShock(msgspec.Struct, frozen=True, eq=False):
    """Moves of trade, `productivity` ratios (k, n) or None, and `transfer` received (n,) or None."""

    moves: tuple[Move, ...] = ()
    productivity: Array | None = None
    transfer: Array | None = None

    def __post_init__(self) -> None:
        """Keep arrays of its own."""
        for name in ("productivity", "transfer"):
            values = getattr(self, name)
            if values is not None:
                msgspec.structs.force_setattr(self, name, checks.held(values))


class Part(NamedTuple):
    """Cells that change by the same moves: which rows and columns hold them, and their shares.

    `paid` (k, r, c) are shares, duty included, zero in other cells; `net` the same over one plus the new
    rate; `moves` the places of the moves; `duty` the ratio of new to old (1 + rate), not yet in the shares.
    """

    rows: Places
    columns: Places
    paid: Array
    net: Array
    moves: tuple[int, ...]
    duty: float


class Cut(NamedTuple):
    """The shares of a world cut into those that stay, duty included and before duty (k, n, n), and parts."""

    paid: Array
    net: Array
    parts: tuple[Part, ...]
    dutied: bool


MOST_PARTS = 256


def cut(world: Sectors, moves: Sequence[Move]) -> Cut:
    """Cut the shares by which moves touch them and by how much (1 + duty) changes.

    Cells touched by several moves at once make parts of their own.

    Raises
    ------
    BadInput
        If a move names a place that is not there, or the parts are too many to be solved well.
    """
    shares = world.shares
    old = np.zeros(()) if world.tariffs is None else world.tariffs
    marks = np.zeros(shares.shape, dtype=np.int64)
    rates = old
    for number, move in enumerate(moves):
        chosen = cells(shares.shape, move) & (shares > 0.0)
        marks += chosen.astype(np.int64) << number
        if move.tariff is not None:
            rates = np.where(chosen, move.tariff, rates)
    net = shares if rates is old and world.tariffs is None else shares / (1.0 + rates)
    duty = np.broadcast_to((1.0 + rates) / (1.0 + old), shares.shape)
    touched = marks > 0
    kinds = sorted(set(zip(marks[touched].tolist(), duty[touched].tolist(), strict=True)))
    if len(kinds) > MOST_PARTS:
        raise BadInput(
            where=f"{len(moves)} moves",
            why=f"they change trade in {len(kinds)} different ways, and {MOST_PARTS} can be solved together",
            remedy="Use fewer moves, or duties that change by fewer different ratios.",
        )
    parts = []
    for mark, ratio in kinds:
        chosen = (marks == mark) & (duty == ratio)
        rows, columns = np.flatnonzero(chosen.any(axis=(0, 2))), np.flatnonzero(chosen.any(axis=(0, 1)))
        at = np.ix_(np.arange(len(shares)), rows, columns)
        touching = tuple(number for number in range(len(moves)) if mark >> number & 1)
        paid, before_duty = (np.where(chosen[at], values[at], 0.0) for values in (shares, net))
        parts.append(Part(rows, columns, paid, before_duty, touching, ratio))
    stay = np.where(touched, 0.0, shares)
    return Cut(stay, stay if net is shares else np.where(touched, 0.0, net), tuple(parts), net is not shares)


def cells(shape: tuple[int, ...], move: Move) -> Cells:
    """Return which cells a move touches, (k, n, n): never those at home."""
    chosen = np.zeros(shape, dtype=bool)
    whole = [np.arange(size) for size in shape]
    places = (move.sectors, move.origins, move.destinations)
    picked = [np.asarray(p, dtype=np.int64) if p else w for p, w in zip(places, whole, strict=True)]
    for axis, (label, place) in enumerate(zip(("sector", "origin", "destination"), picked, strict=True)):
        if place.min() < 0 or place.max() >= shape[axis]:
            raise BadInput(
                where=f"{label} {int(place.max())} of a move",
                why=f"the world has {shape[axis]} of them, counted from 0",
                remedy="Find places by name, with `place`.",
            )
    chosen[np.ix_(*picked)] = True
    chosen[:, np.arange(shape[1]), np.arange(shape[1])] = False
    return chosen
