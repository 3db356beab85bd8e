"""States what is expected of a pair's trade, with intervals, and where the pair stands among like pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import narwhals as nw
import numpy as np

from hikiwake.core.provenance import Fact, Formula, Interval
from hikiwake.measures.covariates import DYADS
from hikiwake.measures.flows import FLOWS as TRADE
from hikiwake.measures.flows import traded
from hikiwake.measures.intermediate.formulas import FLOWS as DELIVERIES
from hikiwake.measures.intermediate.table import industries, latest_year
from hikiwake.measures.potential import formulas, goods
from hikiwake.measures.potential.adjusted import adjusted
from hikiwake.measures.potential.estimates import NO_ESTIMATE
from hikiwake.measures.potential.expected import (
    NORMAL,
    TAILS,
    Expectation,
    Model,
    Universe,
    expectations,
    model,
)
from hikiwake.measures.potential.specifications import SPANS, Ratios, Specification, ground, ratios

if TYPE_CHECKING:
    from hikiwake.measures.statement import Statements

TABLES: dict[Universe, str] = {"intermediate": DELIVERIES, "covered": TRADE}
Stated = tuple[Formula, float, Interval | None]
LEVEL = 0.95
NAMES: dict[Universe, str] = {"intermediate": "intermediate trade", "covered": "covered goods"}


class Sector(NamedTuple):
    """A part of a universe: its group, its name, and how its rows are selected."""

    id: str
    name: str
    where: dict[str, str]


def found(
    say: Statements, universe: Universe, a: str, b: str, year: int
) -> tuple[Expectation, Expectation] | None:
    """Return the expectations of both directions of a year; None where the data hold no such table.

    Expectations that cannot be made say why in `absent`.
    """
    if not all(say.tables.has(table) for table in (TABLES[universe], *formulas.READS[2:])):
        return None
    try:
        held = model(say.tables, universe, year)
    except NO_ESTIMATE as fault:
        return Expectation(a, b, 0.0, absent=fault.why), Expectation(b, a, 0.0, absent=fault.why)
    forth, back = (_recorded(say, universe, one) for one in expectations(held, a, b))
    return forth, back


def _recorded(say: Statements, universe: Universe, one: Expectation) -> Expectation:
    """Say nothing of a flow that was never recorded: a barrier looks like goods that are not made there."""
    if one.absent or one.actual > 0.0:
        return one
    rows = say.tables.collect_lately(
        ("ever recorded", universe, one.exporter, one.importer),
        lambda: (
            (traded(say.tables) if universe == "covered" else say.tables.frame(DELIVERIES))
            .filter((nw.col("exporter") == one.exporter) & (nw.col("importer") == one.importer))
            .select(nw.col("value").sum())
        ),
    )
    if float(np.nan_to_num(rows["value"].astype(np.float64)).sum()) > 0.0:
        return one
    return msgspec.structs.replace(one, absent="no such trade is recorded in any year that the data hold")


def added(say: Statements, universe: Universe, year: int) -> tuple[Fact, tuple[str, ...]] | None:
    """State the part of trade between pairs whose added covariates are known; return their names too.

    None where the reader brought none in. Asked where `found` has found something.
    """
    held = model(say.tables, universe, year).square.added
    if held is None:
        return None
    year = year if held.year is None else held.year
    where = {} if held.year is None else {"year": str(year)}
    fact = say.fact(
        formulas.ADDED_KNOWN,
        {"group": NAMES[universe]},
        year,
        held.known,
        table=DYADS,
        where=where,
        status="estimated",
    )
    return fact, tuple(formulas.PARTS[name].id.removeprefix("potential_part_") for name in held.names)


def below(say: Statements, universe: Universe, year: int) -> Fact:
    """State how many of all flows lie below their expectation; asked where `found` has found something."""
    share = model(say.tables, universe, year).below
    return say.fact(
        formulas.BELOW,
        {"group": NAMES[universe]},
        year,
        share,
        table=TABLES[universe],
        where={"year": str(year)},
        status="estimated",
    )


def year_of(say: Statements, universe: Universe, year: int, last: int | None) -> int | None:
    """Return the year that a universe can be asked about: the brief's, or the table's latest one."""
    if not say.tables.has(TABLES[universe]):
        return None
    return year if universe == "covered" else latest_year(say.tables, last)


def stated(
    say: Statements, universe: Universe, one: Expectation, year: int, sector: Sector | None = None
) -> dict[str, Fact]:
    """State one direction's numbers by name, of all goods or of a sector.

    They are `expected`, `ratio`, `place`, `low`, `high`, `median`, `gap`, `compared`; `ratio_low`,
    `ratio_lower`, `ratio_upper`, `ratio_high`, the spread of comparable ratios; what carries the expectation
    (`size`, and each covariate by its name); and `intensity`, `ease`, `at_one` and `at_usual`.
    """
    subject = {"exporter": one.exporter, "importer": one.importer}
    subject["group"] = sector.name if sector else NAMES[universe]
    where = {"year": str(year), **(sector.where if sector else {})}
    return {
        name: say.fact(
            formula,
            subject,
            year,
            value,
            table=TABLES[universe],
            where=where,
            status="estimated",
            interval=interval,
        )
        for name, (formula, value, interval) in {**_main(one), **_further(one)}.items()
    }


class Spread(NamedTuple):
    """A flow's ratio over the specifications.

    facts : `least`, `most`, `lower` and `upper` (quartiles), and `tried`, how many there are beside the main
        one.
    under : the ratio under each other specification. lowest, highest : which give the ends, in words.
    """

    facts: dict[str, Fact]
    under: dict[Specification, Fact]
    lowest: str
    highest: str


def spreads(
    say: Statements,
    universe: Universe,
    pair: tuple[Expectation, Expectation],
    year: int,
    *,
    full: bool = False,
) -> tuple[Spread | None, Spread | None]:
    """State both directions' ratios under other specifications; None where nothing is said of one."""
    if all(one.absent for one in pair):
        return None, None
    held = model(say.tables, universe, year)
    made = ratios(held, ground(say.tables, universe, year), (pair[0].exporter, pair[0].importer), full=full)
    forth, back = (
        None if one.absent or not found.found else _spread(say, universe, one, year, found)
        for one, found in zip(pair, made, strict=True)
    )
    return forth, back


def _spread(say: Statements, universe: Universe, one: Expectation, year: int, found: Ratios) -> Spread:
    all_of_them = {Specification(): one.ratio, **found.found}
    ends = [pick(all_of_them, key=lambda which: all_of_them[which]).name for pick in (min, max)]
    values = list(all_of_them.values())
    lower, upper = np.quantile(values, (0.25, 0.75))
    subject = {"exporter": one.exporter, "importer": one.importer, "group": NAMES[universe]}

    def fact(formula: Formula, value: float, note: str = "", which: Specification | None = None) -> Fact:
        span = SPANS.get(which.years, 1) if which else 1
        return say.fact(
            formula,
            subject | ({"specification": which.name} if which else {}),
            year,
            value,
            table=TABLES[universe],
            where={"year": str(year) if span == 1 else f"{year - span + 1}..{year}"},
            status="estimated",
            note=note,
        )

    facts = {
        "least": fact(formulas.LEAST, min(values), ends[0]),
        "most": fact(formulas.MOST, max(values), ends[1]),
        "lower": fact(formulas.MIDDLE["lower"], float(lower)),
        "upper": fact(formulas.MIDDLE["upper"], float(upper)),
        "tried": fact(formulas.TRIED, float(len(found.found))),
    }
    under = {which: fact(formulas.UNDER, ratio, "", which) for which, ratio in found.found.items()}
    return Spread(facts, under, *ends)


def adjusting(
    say: Statements, universe: Universe, pair: tuple[Expectation, Expectation], year: int
) -> tuple[Fact | None, Fact | None]:
    """State what each flow comes to at the median of comparable ones once resistances adjust."""
    if all(one.absent for one in pair):
        return None, None
    forth, back = (
        None
        if not np.isfinite(value) or one.expected * one.quantile(0.5) <= one.actual
        else say.fact(
            formulas.ADJUSTED,
            {"exporter": one.exporter, "importer": one.importer, "group": NAMES[universe]},
            year,
            value,
            table=TABLES[universe],
            where={"year": str(year)},
            status="estimated",
        )
        for one, value in zip(pair, adjusted(model(say.tables, universe, year), pair), strict=True)
    )
    return forth, back


def _main(one: Expectation) -> dict[str, Stated]:
    median, low, high = (one.quantile(part) for part in (0.5, *TAILS))
    spread = float(np.exp(NORMAL * one.error))
    expected = Interval(one.expected / spread, one.expected * spread, LEVEL, "confidence")
    ratio = Interval(one.ratio / spread, one.ratio * spread, LEVEL, "confidence")
    return {
        "expected": (formulas.EXPECTED, one.expected, expected),
        "ratio": (formulas.RATIO_TO, one.ratio, ratio),
        "place": (formulas.LEVEL, one.place, None),
        "low": (formulas.USUAL_LOW, one.expected * low, None),
        "high": (formulas.USUAL_HIGH, one.expected * high, None),
        "median": (formulas.MEDIAN, median, None),
        "gap": (formulas.GAP, one.expected * median - one.actual, None),
        "compared": (formulas.COMPARED, float(len(one.ratios)), None),
    }


def _further(one: Expectation) -> dict[str, Stated]:
    quarters = zip(formulas.SPREAD.items(), (TAILS[0], 0.25, 0.75, TAILS[1]), strict=True)
    spread: dict[str, Stated] = {
        f"ratio_{name}": (formula, one.quantile(part), None) for (name, formula), part in quarters
    }
    parts: dict[str, Stated] = {
        name: (formulas.PARTS[name], value, None) for name, value in one.parts.items()
    }
    beside: dict[str, Stated] = {
        name: (formulas.BESIDE[name], value, None) for name, value in one.beside.items()
    }
    return spread | parts | beside


def sectors(say: Statements, universe: Universe, year: int) -> tuple[Sector, ...]:
    """Return the sectors of a universe: chapters or sections of products, or groups of selling industries."""
    try:
        groups = tuple(model(say.tables, universe, year).sectors)
    except NO_ESTIMATE:
        return ()
    if universe == "covered":
        return tuple(
            Sector(group, goods.name_of(group), {"product": goods.selected(group)}) for group in groups
        )
    known = industries(say.tables)
    return tuple(
        Sector(
            group,
            next(one.group_name for one in known if one.group == group),
            {"industry": ",".join(one.code for one in known if one.group == group)},
        )
        for group in groups
    )


def summed(
    say: Statements, universe: Universe, year: int, pair: tuple[str, str], made: Sequence[Expectation]
) -> Fact:
    """State the sum of what is expected of a flow in sectors, of those of which something can be said."""
    return say.fact(
        formulas.SUMMED,
        {"exporter": pair[0], "importer": pair[1], "group": NAMES[universe]},
        year,
        sum(one.expected for one in made if not one.absent),
        table=TABLES[universe],
        where={"year": str(year)},
        status="estimated",
    )


def found_in(
    say: Statements, universe: Universe, a: str, b: str, year: int, sector: Sector
) -> tuple[Expectation, Expectation]:
    """Return the expectations of both directions in one sector, from a model of that sector alone."""
    held = model(say.tables, universe, year).sectors[sector.id]
    if isinstance(held, Model):
        return expectations(held, a, b)
    return Expectation(a, b, 0.0, absent=held), Expectation(b, a, 0.0, absent=held)
