"""States what is expected of a pair's trade, with intervals, and where the pair stands among like pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import narwhals as nw
import numpy as np

from hikiwake.core.provenance import Fact, Formula, Interval
from hikiwake.measures.flows import FLOWS as TRADE
from hikiwake.measures.intermediate.formulas import FLOWS as DELIVERIES
from hikiwake.measures.intermediate.table import latest_year
from hikiwake.measures.potential import formulas
from hikiwake.measures.potential.expected import (
    NO_ESTIMATE,
    NORMAL,
    TAILS,
    Expectation,
    Universe,
    expectations,
    model,
)

if TYPE_CHECKING:
    from hikiwake.measures.statement import Statements

TABLES: dict[Universe, str] = {"intermediate": DELIVERIES, "covered": TRADE}
LEVEL = 0.95
NAMES: dict[Universe, str] = {"intermediate": "intermediate trade", "covered": "covered goods"}


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
            say.tables.frame(TABLES[universe])
            .filter((nw.col("exporter") == one.exporter) & (nw.col("importer") == one.importer))
            .select(nw.col("value").sum())
        ),
    )
    if float(np.nan_to_num(rows["value"].astype(np.float64)).sum()) > 0.0:
        return one
    return msgspec.structs.replace(one, absent="no such trade is recorded in any year that the data hold")


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


def stated(say: Statements, universe: Universe, one: Expectation, year: int) -> dict[str, Fact]:
    """State one direction's numbers by name.

    They are `expected`, `ratio`, `place`, `low`, `high`, `median`, `gap`, `compared`, and `least` and `most`,
    the range of the ratio over all specifications.
    """
    median, low, high = (one.quantile(part) for part in (0.5, *TAILS))
    spread = float(np.exp(NORMAL * one.error))
    ratios = [one.ratio, *one.others.values()]
    values: dict[str, tuple[Formula, float, Interval | None]] = {
        "expected": (
            formulas.EXPECTED,
            one.expected,
            Interval(one.expected / spread, one.expected * spread, LEVEL, "confidence"),
        ),
        "ratio": (
            formulas.RATIO_TO,
            one.ratio,
            Interval(one.ratio / spread, one.ratio * spread, LEVEL, "confidence"),
        ),
        "place": (formulas.LEVEL, one.place, None),
        "low": (formulas.USUAL_LOW, one.expected * low, None),
        "high": (formulas.USUAL_HIGH, one.expected * high, None),
        "median": (formulas.MEDIAN, median, None),
        "gap": (formulas.GAP, one.expected * median - one.actual, None),
        "compared": (formulas.COMPARED, float(len(one.ratios)), None),
        "least": (formulas.LEAST, min(ratios), None),
        "most": (formulas.MOST, max(ratios), None),
    }
    subject = {"exporter": one.exporter, "importer": one.importer, "group": NAMES[universe]}
    return {
        name: say.fact(
            formula,
            subject,
            year,
            value,
            table=TABLES[universe],
            where={"year": str(year)},
            status="estimated",
            interval=interval,
        )
        for name, (formula, value, interval) in values.items()
    }
