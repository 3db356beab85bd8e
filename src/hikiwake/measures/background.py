"""What a reader must know of the two economies: size, openness, investment stocks, stability, distance."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import narwhals as nw
import numpy as np

from hikiwake.core.provenance import KM, PERSONS, SCORE, SHARE, USD, Fact, Formula, Interval
from hikiwake.measures.statement import Statements

if TYPE_CHECKING:
    from hikiwake.store.tables import Columns

PWT, STABILITY, FACTBOOK, PARTNERS = "pwt", "political_stability", "factbook", "factbook_partners"
DISTANCES, BORDERS = "distances", "borders"
INDICATORS = "wdi"
NOT_REPORTED = "the source gives no figure for this economy"
MILLION = 1e6
NEAREST = "the figure reported for the year nearest to the brief's"

_FACTBOOK_SOURCE = "CIA World Factbook, as reported there for the year named"


def _reported(identity: str, name: str, caution: str = "") -> Formula:
    return Formula(
        id=identity,
        name=name,
        expression=NEAREST,
        unit=USD,
        range="(-inf, inf)",
        source=_FACTBOOK_SOURCE,
        reads=(FACTBOOK,),
        caution=caution,
    )


GDP = _reported("gdp", "Gross domestic product at exchange rates")
EXPORTS = _reported(
    "total_exports", "Total exports", "Goods and services, or goods alone in the older edition."
)
IMPORTS = _reported(
    "total_imports", "Total imports", "Goods and services, or goods alone in the older edition."
)
FDI_IN = _reported("fdi_stock_in", "Stock of foreign direct investment from all economies", "Of all origins.")
FDI_OUT = _reported("fdi_stock_out", "Stock of direct investment in all economies", "In all destinations.")
POPULATION = Formula(
    id="population",
    name="Population",
    expression=NEAREST,
    unit=PERSONS,
    range="[0, inf)",
    source="Feenstra, Inklaar & Timmer (2015), American Economic Review 105:3150; Penn World Table 9.1",
    reads=(PWT,),
    caution="The series ends in 2017.",
)
POLITICAL_STABILITY = Formula(
    id="political_stability",
    name="Political stability and absence of violence",
    expression=f"{NEAREST}; world mean 0, deviation 1",
    unit=SCORE,
    range="about [-2.5, 2.5]",
    source="Kaufmann, Kraay & Mastruzzi (2011), Hague Journal on the Rule of Law 3:220",
    reads=(STABILITY,),
    caution="An estimate from perceptions; the interval is one standard error to each side.",
)
DISTANCE = Formula(
    id="weighted_distance",
    name="Distance between the populations of two economies",
    expression="sum over cities c of i, d of j of (pop_c / pop_i) (pop_d / pop_j) distance_cd",
    unit=KM,
    range="[0, 20016]",
    source="Mayer & Zignago (2011), CEPII WP 2011-25, weighted distance, theta 1",
    reads=(DISTANCES,),
    caution="Great circles between the 25 largest cities of each.",
)
PARTNER_SHARE = Formula(
    id="reported_partner_share",
    name="Share of a named main partner in all exports or imports",
    expression="the share reported for the partner among the main ones",
    unit=SHARE,
    range="[0, 1]",
    source=_FACTBOOK_SOURCE,
    reads=(PARTNERS,),
    caution="Only main partners are named; an absent one has a smaller share, not none.",
)


def _indicator(of: Formula, code: str, caution: str = "") -> Formula:
    return Formula(
        id=f"{of.id}_wdi",
        name=of.name,
        expression=f"{NEAREST}; indicator {code}",
        unit=of.unit,
        range=of.range,
        source="World Bank, World Development Indicators, as the reader brought them in",
        reads=(INDICATORS,),
        caution=caution,
    )


# A figure, and the indicator of the World Bank that stands in its place where the reader has brought it in.
BROUGHT: dict[str, tuple[Formula, str]] = {
    formula.id: (_indicator(formula, code, caution), code)
    for formula, code, caution in (
        (GDP, "NY.GDP.MKTP.CD", ""),
        (EXPORTS, "NE.EXP.GNFS.CD", "Goods and services."),
        (IMPORTS, "NE.IMP.GNFS.CD", "Goods and services."),
        (POPULATION, "SP.POP.TOTL", ""),
    )
}
FORMULAS = (
    *(formula for formula, _ in BROUGHT.values()),
    GDP,
    EXPORTS,
    IMPORTS,
    FDI_IN,
    FDI_OUT,
    POPULATION,
    POLITICAL_STABILITY,
    DISTANCE,
    PARTNER_SHARE,
)

# Each figure with the names it has in the two editions of the Factbook, newer first.
REPORTED: tuple[tuple[Formula, tuple[str, ...]], ...] = (
    (GDP, ("gdp",)),
    (EXPORTS, ("exports_goods_services", "exports_goods")),
    (IMPORTS, ("imports_goods_services", "imports_goods")),
    (FDI_IN, ("fdi_stock_in",)),
    (FDI_OUT, ("fdi_stock_out",)),
)


class Neighbourhood(NamedTuple):
    """How two economies lie to each other: a `land` or `sea` border or none, and their distance."""

    border: str
    distance: Fact


class When(NamedTuple):
    """The year figures should be near to, and the last year they may be of (None: any)."""

    year: int
    last: int | None

    def nearest(self, years: list[int]) -> int | None:
        """Return the allowed year nearest to the wanted one, the earlier on a tie; None without any."""
        allowed = [year for year in years if self.last is None or year <= self.last]
        return min(allowed, key=lambda year: (abs(year - self.year), year), default=None)


def figures(say: Statements, economy: str, when: When) -> dict[str, Fact]:
    """State the size, openness, investment stocks and stability of one economy, near a year.

    Indicators that the reader brought in come first; what they lack is as the shipped data have it.
    """
    brought = _brought(say, economy, when)
    stated = {
        formula.id: brought.get(formula.id) or _factbook(say, formula, names, economy, when)
        for formula, names in REPORTED
    }
    population = brought.get(POPULATION.id) or _yearly(say, POPULATION, (PWT, "pop", ""), economy, when)
    stated[POPULATION.id] = population
    stated[POLITICAL_STABILITY.id] = _yearly(
        say, POLITICAL_STABILITY, (STABILITY, "estimate", "standard_error"), economy, when
    )
    return stated


def neighbourhood(say: Statements, a: str, b: str) -> Neighbourhood:
    """State the distance of two economies and tell whether they share a border."""
    first, second = sorted((a, b))
    where = {"economy": first, "partner": second}
    rows = say.tables.collect(
        say.tables.frame(DISTANCES).filter((nw.col("economy") == first) & (nw.col("partner") == second))
    )
    kilometres = float(rows["weighted_km"][0]) if len(rows["weighted_km"]) else np.nan
    # A distance has no year; the fact is dated by the vintage of its dataset's coverage.
    distance = say.fact(
        DISTANCE,
        {"economy": first, "partner": second},
        _last_year(say, DISTANCES),
        kilometres,
        table=DISTANCES,
        where=where,
        note="" if np.isfinite(kilometres) else "no city of one of the economies is in the source",
    )
    borders = say.tables.collect(
        say.tables.frame(BORDERS).filter((nw.col("economy") == a) & (nw.col("neighbour") == b))
    )
    kinds = [str(kind) for kind in borders["kind"]]
    return Neighbourhood("land" if "land" in kinds else "sea" if "sea" in kinds else "", distance)


def partner_shares(say: Statements, a: str, b: str, year: int) -> list[Fact]:
    """State the shares with which each names the other among its main partners, newest edition first."""
    rows = say.tables.collect(
        say.tables.frame(PARTNERS).filter(
            ((nw.col("economy") == a) & (nw.col("partner") == b))
            | ((nw.col("economy") == b) & (nw.col("partner") == a)),
            nw.col("year") <= year,
        )
    )
    facts = []
    order = sorted(range(len(rows["year"])), key=lambda n: (-int(rows["year"][n]), str(rows["economy"][n])))
    for n in order:
        economy, partner, flow = (str(rows[key][n]) for key in ("economy", "partner", "flow"))
        at = int(rows["year"][n])
        facts.append(
            say.fact(
                PARTNER_SHARE,
                {"economy": economy, "partner": partner, "flow": flow},
                at,
                float(rows["share"][n]),
                table=PARTNERS,
                where={"economy": economy, "partner": partner, "flow": flow, "year": str(at)},
            )
        )
    return facts


def names_partners(say: Statements, economy: str, year: int) -> bool:
    """Tell whether the source names main partners of an economy by a year at all."""
    rows = say.tables.collect(
        say.tables.frame(PARTNERS).filter((nw.col("economy") == economy) & (nw.col("year") <= year)).head(1)
    )
    return bool(len(rows["year"]))


def _brought(say: Statements, economy: str, when: When) -> dict[str, Fact]:
    """State the figures of one economy that the World Bank's indicators hold, if there are such."""
    if not say.tables.has(INDICATORS):
        return {}
    codes = [code for _, code in BROUGHT.values()]
    of = (nw.col("economy") == economy) & nw.col("indicator").is_in(codes)
    rows = say.tables.collect(say.tables.frame(INDICATORS).filter(of))
    stated = {}
    for identity, (formula, code) in BROUGHT.items():
        mine = np.flatnonzero(rows["indicator"] == code)
        at = when.nearest([int(year) for year in rows["year"][mine]])
        if at is None:
            continue
        n = next(n for n in mine if int(rows["year"][n]) == at)
        where = {"indicator": code, "economy": economy, "year": str(at)}
        value = float(rows["value"][n])
        stated[identity] = say.fact(formula, {"economy": economy}, at, value, table=INDICATORS, where=where)
    return stated


def _factbook(say: Statements, formula: Formula, names: tuple[str, ...], economy: str, when: When) -> Fact:
    of_all = say.once((FACTBOOK, economy), lambda: _in_factbook(say, economy))
    mine = np.isin(of_all["measure"].astype(str), names)
    rows = {name: column[mine] for name, column in of_all.items()}
    years = [int(year) for year in rows["year"]]
    at = when.nearest(years)
    if at is None:
        where = {"economy": economy, "measure": ",".join(names)}
        return _missing(say, formula, FACTBOOK, economy, when, where)
    # Of several statements on one year: goods and services before goods alone, the newer edition first.
    n = min(
        (n for n, year in enumerate(years) if year == at),
        key=lambda n: (names.index(str(rows["measure"][n])), -int(str(rows["vintage"][n])[:4])),
    )
    where = {
        "vintage": str(rows["vintage"][n]),
        "economy": economy,
        "measure": str(rows["measure"][n]),
        "year": str(at),
    }
    return say.fact(formula, {"economy": economy}, at, float(rows["value"][n]), table=FACTBOOK, where=where)


def _in_factbook(say: Statements, economy: str) -> Columns:
    """Collect what the Factbook says of an economy in all figures."""
    measures = [name for _, names in REPORTED for name in names]
    of = (nw.col("economy") == economy) & nw.col("measure").is_in(measures)
    return say.tables.collect(say.tables.frame(FACTBOOK).filter(of))


def _yearly(
    say: Statements, formula: Formula, source: tuple[str, str, str], economy: str, when: When
) -> Fact:
    """State a yearly column near a year (table, column, column of its standard error)."""
    table, column, error = source
    frame = say.tables.frame(table).filter((nw.col("economy") == economy) & ~nw.col(column).is_null())
    rows = say.tables.collect(frame)
    at = when.nearest([int(year) for year in rows["year"]])
    if at is None:
        return _missing(say, formula, table, economy, when, {"economy": economy})
    n = int(np.flatnonzero(rows["year"] == at)[0])
    value = float(rows[column][n])
    interval = None
    if error and np.isfinite(spread := float(rows[error][n])):
        interval = Interval(value - spread, value + spread, 0.68, "standard error")
    return say.fact(
        formula,
        {"economy": economy},
        at,
        value * MILLION if table == PWT else value,
        table=table,
        where={"economy": economy, "year": str(at)},
        interval=interval,
    )


def _missing(
    say: Statements, formula: Formula, table: str, economy: str, when: When, where: dict[str, str]
) -> Fact:
    return say.fact(
        formula, {"economy": economy}, when.year, np.nan, table=table, where=where, note=NOT_REPORTED
    )


def _last_year(say: Statements, table: str) -> int:
    dataset = say.tables.dataset_of(table)
    return dataset.last_year or int(say.tables.vintage.name_of(table)[:4])
