"""Does the potential foretell trade? Expectations with data up to a year, held against what came.

Nothing of a later year enters what is said of year t: the model is of that year alone, and the naive rules
look back five years from it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput, NoData
from hikiwake.measures.flows import FLOWS
from hikiwake.measures.potential.estimates import NO_ESTIMATE, inside, without_each
from hikiwake.measures.potential.expected import LEAST_EXPECTED
from hikiwake.measures.potential.likes import likes
from hikiwake.measures.potential.scores import Score, beyond, midpoint_growth, score, standard_ranks
from hikiwake.measures.potential.square import Square, trades

if TYPE_CHECKING:
    from hikiwake.store.tables import Tables

Array = NDArray[np.float64]
Progress = Callable[[str, float], None]
HORIZONS = (5, 10)
BACK = 5
"""Years that the naive rules look back."""
FEWEST = 50
"""Fewer flows of a group and year are left out: their ranks say nothing."""
ALL = "all"
RULES = {
    "gap": "expected over actual trade",
    "place": "place among comparable flows, lowest first",
    "persistence": "growth of the last five years goes on",
    "partners": "growth of both partners' trade with all in the last five years",
    "reversion": "mean of the last five years over the present, mean reversion alone",
    "size": "small flows first",
}
NAIVE = ("persistence", "partners", "reversion", "size")


class Result(msgspec.Struct, frozen=True):
    """What one rule was worth in one group at one horizon (years); see `scores.Score`.

    added : the rank correlation that is left when the naive rules' part is taken out; None for these.
    """

    group: str
    horizon: int
    rule: str
    flows: int
    first: int
    last: int
    correlation: float
    error: float
    hits: float
    added: float | None = None
    added_error: float | None = None


class Held(msgspec.Struct, frozen=True):
    """Share of flows that lay within the interval of their year, `horizon` years later (0: in that year).

    `bounded` is the same of flows whose interval does not begin at nothing, so that both of its ends count;
    None where they are fewer than fifty.
    """

    group: str
    horizon: int
    flows: int
    first: int
    last: int
    within: float
    bounded: float | None


class Backtest(msgspec.Struct, frozen=True):
    """All that the test found."""

    results: tuple[Result, ...]
    held: tuple[Held, ...]

    def only(self, groups: Collection[str]) -> Backtest:
        """Return what was found of some groups; of all where none is named.

        Raises
        ------
        BadInput
            If a group was not tested.
        """
        known = {one.group for one in self.results}
        check_groups(groups, known)
        chosen = set(groups) or known
        return Backtest(
            tuple(one for one in self.results if one.group in chosen),
            tuple(one for one in self.held if one.group in chosen),
        )


class _Cell(NamedTuple):
    """The flows of a group in a base year: rules as standard ranks (n,), pairs, and what was held later."""

    year: int
    pairs: NDArray[np.intp]
    ranks: dict[str, Array]
    growth: dict[int, Array]
    within: dict[int, NDArray[np.bool_]]
    bounded: NDArray[np.bool_]


def check_groups(groups: Collection[str], known: Collection[str]) -> None:
    """Raise BadInput if a group is not among those known."""
    unknown = [group for group in groups if group not in known]
    if unknown:
        raise BadInput(
            where=f"group {unknown[0]!r}",
            why="the data hold no such group",
            remedy=f"Choose from: {', '.join(sorted(known))}.",
        )


def backtest(tables: Tables, groups: Collection[str] = (), progress: Progress | None = None) -> Backtest:
    """Test the potential on all pairs and years of the covered trade, by product group and of all together.

    Provisional years are left out. Tested are flows that exist in year t and whose expectation is a million
    dollars or more, as the brief speaks of no smaller ones.

    Parameters
    ----------
    groups : chapters, of all goods sections (or `ALL`), to be tested; empty for all of them.
    progress : told what is being done, and the part that is over.

    Raises
    ------
    NoData
        If the data hold too few years or flows.
    """
    years = _years(tables)
    squares = trades(tables, years)
    known = (*squares[years[0]].groups, ALL)
    check_groups(groups, known)
    chosen = tuple(group for group in known if not groups or group in groups)
    results: list[Result] = []
    held: list[Held] = []
    for number, group in enumerate(chosen):
        cells = []
        for step, (year, found) in enumerate(_cells(squares, group)):
            if progress:
                done = (number + step / max(1, len(years) - 2 * BACK)) / len(chosen)
                progress(f"group {group}, {year}", min(done, 1.0))
            cells += [found] if found else []
        for horizon in HORIZONS:
            results += _results(group, horizon, cells)
        held += [one for horizon in (0, *HORIZONS) for one in _held(group, horizon, cells)]
    if not results:
        raise NoData(
            where="the backtest",
            why="the data hold too few years or flows for it",
            remedy=f"It takes {BACK + HORIZONS[0] + 1} years, and {FEWEST} flows of a million dollars.",
        )
    return Backtest(tuple(results), tuple(held))


def _years(tables: Tables) -> tuple[int, ...]:
    """Return the years that are not provisional."""
    provisional = tables.dataset_of(FLOWS).provisional_from
    years = tables.vintage.years_of(FLOWS)
    return tuple(year for year in years if provisional is None or year < provisional)


def _of(square: Square, group: str) -> Array:
    return square.total if group == ALL else square.flows[square.groups.index(group)]


def _cells(squares: dict[int, Square], group: str) -> Iterator[tuple[int, _Cell | None]]:
    flows = {year: _of(square, group) for year, square in squares.items()}
    for year, square in squares.items():
        if year - BACK in flows and year + HORIZONS[0] in flows:
            yield year, _cell(square, flows, year)


def _cell(square: Square, flows: dict[int, Array], year: int) -> _Cell | None:
    """Return the rules of a year and what came; None where the year allows no estimate or has few flows."""
    now = flows[year]
    known = inside(now, square)
    try:
        expected = without_each(now, square, known, square.main).expected
    except NO_ESTIMATE:
        return None
    modelled = known & np.isfinite(expected) & (expected > 0.0)
    # The product speaks of flows of nothing as well, and so do its intervals; growth needs a beginning.
    spoken = expected[modelled] >= LEAST_EXPECTED
    among = likes(expected[modelled], now[modelled] / expected[modelled], np.flatnonzero(spoken))
    asked = np.zeros_like(modelled)
    asked[modelled] = spoken
    later = {h: flows[year + h] for h in HORIZONS if year + h in flows}
    told = np.isfinite(among.place)
    within = {
        h: ((what[asked] >= among.low * expected[asked]) & (what[asked] <= among.high * expected[asked]))[
            told
        ]
        for h, what in {0: now, **later}.items()
    }
    grown = (now[asked] > 0.0) & told
    i, j = (side[grown] for side in np.nonzero(asked))
    if len(i) < FEWEST:
        return None
    place = among.place[grown]
    rules = _rules(flows, year, (i, j), expected, place)
    return _Cell(
        year,
        np.minimum(i, j) * len(now) + np.maximum(i, j),
        {name: standard_ranks(values) for name, values in rules.items()},
        {h: standard_ranks(midpoint_growth(now[i, j], what[i, j])) for h, what in later.items()},
        within,
        among.low[told] > 0.0,
    )


def _rules(
    flows: dict[int, Array],
    year: int,
    at: tuple[NDArray[np.intp], NDArray[np.intp]],
    expected: Array,
    place: Array,
) -> dict[str, Array]:
    """Return what each rule says of flows: the higher, the more growth."""
    now, before = flows[year], flows[year - BACK]
    i, j = at
    recent = np.mean([flows[one][i, j] for one in range(year - BACK + 1, year + 1) if one in flows], axis=0)
    sales, purchases = (midpoint_growth(before.sum(axis=side), now.sum(axis=side)) for side in (1, 0))
    return {
        "gap": np.log(expected[i, j] / now[i, j]),
        "place": -place,
        "persistence": midpoint_growth(before[i, j], now[i, j]),
        "partners": sales[i] + purchases[j],
        "reversion": np.log(recent / now[i, j]),
        "size": -now[i, j],
    }


def _results(group: str, horizon: int, cells: list[_Cell]) -> list[Result]:
    used = [cell for cell in cells if horizon in cell.growth]
    if not used:
        return []
    pairs = np.concatenate([cell.pairs for cell in used])
    growth = np.concatenate([cell.growth[horizon] for cell in used])
    ranks = {rule: np.concatenate([cell.ranks[rule] for cell in used]) for rule in RULES}
    naive = [ranks[rule] for rule in NAIVE]
    out = []
    for rule in RULES:
        found = score(ranks[rule], growth, pairs)
        more: Score | None = None if rule in NAIVE else beyond(ranks[rule], growth, naive, pairs)
        out.append(
            Result(
                group,
                horizon,
                rule,
                len(pairs),
                used[0].year,
                used[-1].year + horizon,
                *found,
                *((more.correlation, more.error) if more else ()),
            )
        )
    return out


def _held(group: str, horizon: int, cells: list[_Cell]) -> list[Held]:
    used = [cell for cell in cells if horizon in cell.within]
    if not used:
        return []
    within = np.concatenate([cell.within[horizon] for cell in used])
    both = within[np.concatenate([cell.bounded for cell in used])]
    bounded = float(both.mean()) if len(both) >= FEWEST else None
    first, last = used[0].year, used[-1].year + horizon
    return [Held(group, horizon, len(within), first, last, float(within.mean()), bounded)]
