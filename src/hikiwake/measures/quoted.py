"""Figures that a dossier quotes: what is printed, what it was recomputed to, how claims were judged."""

from __future__ import annotations

import math

from hikiwake.core.claim import printed
from hikiwake.core.claim.kinds import Value
from hikiwake.core.claim.printed import Measure
from hikiwake.core.dates import PartialDate
from hikiwake.core.dossier import CitedFact
from hikiwake.core.provenance import (
    COUNT,
    KM,
    PERSONS,
    RANK,
    RATIO,
    SHARE,
    TONNE,
    USD,
    YEAR,
    YEARS,
    Dataset,
    Fact,
    Formula,
    Interval,
    Period,
    Unit,
)
from hikiwake.dossier.identity import selector
from hikiwake.measures.statement import Statements

OWN = Unit("that of the figure", "ratio")
"""What a formula says whose numbers have the units of the figures they are about."""
UNITS: dict[Measure, Unit] = {
    "share": SHARE,
    "USD": USD,
    "t": TONNE,
    "multiple": RATIO,
    "rank": RANK,
    "count": COUNT,
    "years": YEARS,
    "year": YEAR,
    "km": KM,
    "persons": PERSONS,
    "km2": Unit("km²", "amount"),
    "m3": Unit("m³", "amount"),
    "barrels": Unit("barrels", "amount"),
    "days": Unit("days", "amount"),
    "JPY": Unit("yen", "amount"),
    "EUR": Unit("euros", "amount"),
}
CITED = Formula(
    id="cited_figure",
    name="Cited figure",
    expression="the figure as its source prints it",
    unit=OWN,
    range="(-inf, inf)",
    source="the source that the dossier names",
    reads=("facts", "projects"),
    caution="Quoted, not computed here; the range is that of its rounding.",
)
AUDITED = Formula(
    id="audited_figure",
    name="Figure of a claim, recomputed",
    expression="the quantity that the claim is about, from the rows and figures named, or a bound of it",
    unit=OWN,
    range="(-inf, inf)",
    source="the claim's operands, as the reference of claims defines them",
    reads=("baci_flows", "factbook", "factbook_partners", "facts", "events"),
    caution="As the claim is written. `hikiwake audit` shows each step.",
)
JUDGED = Formula(
    id="claims_judged",
    name="Claims with a verdict",
    expression="number of the claims that the audit judges so",
    unit=COUNT,
    range="0, 1, 2, ...",
    source="the verdicts of the audit, as the reference of claims defines them",
    reads=("claims",),
    caution="Counts what the author of the dossier entered of a text, not all that it says.",
)
FORMULAS = (CITED, AUDITED, JUDGED)


def cited(say: Statements, source: Dataset, fact: CitedFact, year: int) -> Fact:
    """State a cited figure; without a period of its own it is of `year`, and says so."""
    when = PartialDate.parse(fact.in_) if fact.in_ != "" else None
    years = (when.first.year, when.last.year) if when else (year, year)
    note = "" if when else "the dossier names no period; the year is that of this brief"
    inputs = (selector(source, "facts", (fact.id,)),)
    return _quoted(say, source, {"fact": fact.id, "what": fact.what}, years, fact.value, inputs, note)


def stake(say: Statements, source: Dataset, project: str, who: str, share: Value, year: int) -> Fact:
    """State a partner's share in a project, as the dossier quotes it."""
    inputs = (selector(source, "projects", (project,)),)
    return _quoted(say, source, {"project": project, "partner": who}, (year, year), share, inputs, "")


def _quoted(  # noqa: PLR0913, PLR0917  (one argument for each part of the fact)
    say: Statements,
    source: Dataset,
    subject: dict[str, str],
    years: tuple[int, int],
    value: Value,
    inputs: tuple[str, ...],
    note: str,
) -> Fact:
    read = printed.parse(value)
    exact = read.relation == "equals" and math.isfinite(read.low) and math.isfinite(read.high)
    fact = Fact(
        formula=CITED.id,
        subject=subject,
        period=Period(*years),
        value=read.number if exact else None,
        unit=UNITS.get(read.measure or "multiple", RATIO),
        inputs=inputs,
        interval=Interval(read.low, read.high, 1.0, "rounding") if exact else None,
        status="quoted",
        note="; ".join(part for part in (note, "" if exact else f"printed as {read.text}") if part),
    )
    say.ledger.state(fact, CITED, (source,))
    return fact
