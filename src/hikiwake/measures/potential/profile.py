"""All that is said of the potential of pairs, at one go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hikiwake.core.country import country
from hikiwake.measures.potential.expected import Expectation, Universe
from hikiwake.measures.potential.stated import (
    NAMES,
    Sector,
    added,
    adjusting,
    found,
    found_in,
    sectors,
    spreads,
    stated,
    year_of,
)

if TYPE_CHECKING:
    from hikiwake.measures.statement import Statements

UNIVERSES: tuple[Universe, ...] = ("intermediate", "covered")


def profile(
    say: Statements, pairs: Iterable[tuple[str, str]], year: int, *, by_sector: bool, full: bool
) -> tuple[str, ...]:
    """State what is expected of pairs in each universe; return of which flows nothing can be said, and why.

    Parameters
    ----------
    year : of the covered goods; intermediate trade is of the year of its table.
    by_sector : each sector too. full : ratios under all combinations of specifications.
    """
    silent: list[str] = []
    for a, b in pairs:
        for universe in UNIVERSES:
            at = year_of(say, universe, year, None)
            pair = None if at is None else found(say, universe, a, b, at)
            if pair is None or at is None:
                continue
            silent += _told(say, universe, pair, at, full=full)
            for sector in sectors(say, universe, at) if by_sector else ():
                _stated(say, universe, found_in(say, universe, a, b, at, sector), at, sector)
    return tuple(silent)


def _told(
    say: Statements, universe: Universe, pair: tuple[Expectation, Expectation], year: int, *, full: bool
) -> list[str]:
    silent = []
    for one in pair:
        if one.absent:
            ends = f"{country(one.exporter).name} → {country(one.importer).name}"
            silent.append(f"{ends}, {NAMES[universe]}, {year}: {one.absent}")
    _stated(say, universe, pair, year, None)
    if not all(one.absent for one in pair):
        added(say, universe, year)
    adjusting(say, universe, pair, year)
    spreads(say, universe, pair, year, full=full)
    return silent


def _stated(
    say: Statements,
    universe: Universe,
    pair: tuple[Expectation, Expectation],
    year: int,
    sector: Sector | None,
) -> None:
    for one in pair:
        if not one.absent:
            stated(say, universe, one, year, sector)
