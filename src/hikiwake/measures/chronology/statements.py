"""States the chronology's numbers: each with the dossier's entries or the rows that it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np

from hikiwake.core.dossier import Event
from hikiwake.core.provenance import Dataset, Fact, Formula
from hikiwake.dossier.identity import selector
from hikiwake.measures.chronology import formulas
from hikiwake.measures.chronology.contacts import Run, Spell, when
from hikiwake.measures.chronology.spread import spread
from hikiwake.measures.chronology.windows import Window, change, sound_window, window
from hikiwake.measures.flows import FLOWS, Side
from hikiwake.measures.statement import Statements
from hikiwake.measures.ties.levels import Flow, PairLevels

HOLE = "not comparable: in one of the years a total or the flow itself is not sound"


def counted(
    say: Statements, source: Dataset, formula: Formula, subject: dict[str, str], events: Iterable[Event]
) -> Fact:
    """State how many events there are; the period is that of the events."""
    named = tuple(events)
    years = [year for event in named for year in when(event).years()] or [0]
    inputs = (selector(source, "events", (event.id for event in named)),)
    span = (min(years), max(years))
    return say.told(formula, subject, span, len(named), source=source, inputs=inputs)


def unanswered(say: Statements, source: Dataset, run: Run) -> Fact:
    """State how many visits in a row went one way."""
    subject = {"guest": run.visits[0].guest, "host": run.visits[0].host}
    named = [visit.event for visit in run.visits]
    return counted(say, source, formulas.UNANSWERED, subject, named)


def spell(say: Statements, source: Dataset, between: Spell) -> Fact:
    """State the time between two contacts."""
    return say.told(
        formulas.SPELL,
        {"earlier": between.earlier.id, "later": between.later.id},
        (when(between.earlier).first.year, when(between.later).last.year),
        between.years,
        source=source,
        inputs=(selector(source, "events", (between.earlier.id, between.later.id)),),
    )


def in_force(say: Statements, source: Dataset, kind: str, day: date, events: tuple[Event, ...]) -> Fact:
    """State how many treaties, declarations, laws or sanctions are in force at a day."""
    return say.told(
        formulas.IN_FORCE,
        {"kind": kind, "day": day.isoformat()},
        (day.year, day.year),
        len(events),
        source=source,
        inputs=(selector(source, "events", (event.id for event in events)),),
    )


def around(
    say: Statements, levels: PairLevels, exporter: str, importer: str, compared: Window
) -> dict[str, Fact]:
    """State the change of a flow around an event, that of the two comparison groups, and how far apart.

    Returns facts under `pair`, `suppliers`, `customers`, `apart`; those that are not defined, or compare
    with a total that has a hole in one of the years, have no value. Where there are enough other suppliers
    also those of `spread.spread`.
    """
    flows = levels.flows
    own = flows.flow[exporter, importer].value.sum(axis=1)
    series = {
        "pair": (formulas.AROUND, own, {"exporter": exporter, "importer": importer}),
        "suppliers": (
            formulas.OTHER_SUPPLIERS,
            flows.imports[importer].value.sum(axis=1) - own,
            {"exporter": f"!{exporter}", "importer": importer},
        ),
        "customers": (
            formulas.OTHER_CUSTOMERS,
            flows.exports[exporter].value.sum(axis=1) - own,
            {"exporter": exporter, "importer": f"!{importer}"},
        ),
    }
    years = ",".join(map(str, compared.years))
    subject = {"exporter": exporter, "importer": importer, **levels.covered.subject}
    changes = {
        name: change(np.maximum(values, 0.0), flows.years, compared)
        for name, (_, values, _) in series.items()
    }
    sides: tuple[tuple[str, Side], ...] = (("suppliers", "importer"), ("customers", "exporter"))
    flow_years = [Flow(exporter, importer, levels.covered, year) for year in compared.years]
    holes = {name for name, side in sides if any(levels.doubtful(flow, side) for flow in flow_years)}
    if any(levels.wrong(flow) for flow in flow_years):
        holes |= set(series)
    changes |= dict.fromkeys(holes, np.nan)
    stated = {
        name: say.fact(
            formula,
            subject,
            compared.span,
            changes[name],
            table=FLOWS,
            where={**where, "year": years},
            note=HOLE if name in holes else "",
        )
        for name, (formula, _, where) in series.items()
    }
    stated["apart"] = say.fact(
        formulas.APART,
        subject,
        compared.span,
        100.0 * (changes["pair"] - changes["suppliers"]),
        table=FLOWS,
        where={"importer": importer, "year": years},
        note=HOLE if holes & {"pair", "suppliers"} else "",
    )
    if "suppliers" not in holes:
        stated |= spread(say, exporter, importer, compared, float(changes["pair"]))
    return stated


def compared_years(
    levels: PairLevels, exporter: str, importer: str, year: int, years: tuple[int, ...]
) -> tuple[Window, bool] | None:
    """Return the years to compare around an event, and whether holes moved them; None without enough.

    The years are the nearest in which the flow and the importer's total are sound; where there are not
    enough of these, the two years on each side, in which what is not sound has no value.
    """

    def sound(at: int) -> bool:
        flow = Flow(exporter, importer, levels.covered, at)
        return not levels.doubtful(flow, "importer") and not levels.wrong(flow)

    nearest = window(year, years)
    if nearest is None:
        return None
    found = sound_window(year, years, sound) or nearest
    return found, found != nearest
