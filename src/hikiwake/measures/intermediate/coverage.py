"""Whether intermediate trade can be told of a pair, and if not, why."""

from __future__ import annotations

from typing import Literal, NamedTuple

from hikiwake.core.provenance import Fact
from hikiwake.measures.intermediate import formulas
from hikiwake.measures.intermediate.formulas import FLOWS, INDUSTRIES, TOTALS, USE
from hikiwake.measures.intermediate.table import PairDeliveries, economies_in, latest_year, pair_deliveries
from hikiwake.measures.statement import Statements

NEEDS = (FLOWS, USE, TOTALS, INDUSTRIES)


class Absence(NamedTuple):
    """Why nothing can be told: no table, measured after the as-of date, or economies it does not hold.

    `year` is the year that is measured, `outside` the economies of the pair that are missing, `economies`
    the number of those the table holds.
    """

    reason: Literal["no table", "later", "outside"]
    year: int | None = None
    outside: tuple[str, ...] = ()
    economies: Fact | None = None


def intermediate(say: Statements, a: str, b: str, last_year: int | None) -> PairDeliveries | Absence:
    """Return the pair's deliveries in the latest year a reader may see, or why there are none."""
    return say.once(("intermediate", a, b, last_year), lambda: _collected(say, a, b, last_year))


def _collected(say: Statements, a: str, b: str, last_year: int | None) -> PairDeliveries | Absence:
    tables = say.tables
    if not all(tables.has(name) for name in NEEDS):
        return Absence("no table")
    year = latest_year(tables, last_year)
    if year is None:
        return Absence("later", latest_year(tables, None))
    held = economies_in(tables, year)
    outside = tuple(economy for economy in (a, b) if economy not in held)
    if outside:
        count = say.fact(formulas.ECONOMIES, {}, year, len(held), table=TOTALS, where={"year": str(year)})
        return Absence("outside", year, outside, count)
    return pair_deliveries(tables, a, b, year)
