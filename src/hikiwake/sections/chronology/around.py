"""Trade around treaties, wars and sanctions, beside trade with everybody else."""

from __future__ import annotations

import numpy as np

from hikiwake.core.document import AnyBlock, Caveat, Table
from hikiwake.core.provenance import Fact
from hikiwake.measures.chronology.contacts import when
from hikiwake.measures.chronology.statements import around
from hikiwake.measures.chronology.windows import Window, window
from hikiwake.measures.flows import PairFlows
from hikiwake.measures.ties.levels import COVERED, PairLevels, flows_of
from hikiwake.sections import Context
from hikiwake.sections.wording import cell, economy, prose, scope_label, text
from hikiwake.sections.wording import year as year_label

TYPES = ("treaty", "war", "sanction")
TRICKLE = 0.01
"""A direction below this part of the other is left out: its percentages say nothing."""


def blocks(context: Context) -> list[AnyBlock]:
    """Write the comparison for each year with such an event that the data surround."""
    assert context.dossier is not None  # noqa: S101  (the section has looked)
    if not context.say.tables.has("baci_flows"):
        return []
    levels = PairLevels(flows_of(context.say, context.a.id, context.b.id), context.say)
    flows = levels.flows
    years = tuple(year for year in flows.years if context.last_year is None or year <= context.last_year)
    happened = {
        year for event in context.dossier.events if event.type in TYPES for year in when(event).years()
    }
    found: list[tuple[int, str, str, dict[str, Fact]]] = []
    for year in sorted(happened):
        span = window(year, years)
        if span is None:
            continue
        for exporter, importer in context.directions:
            if _weighty(flows, exporter, importer, span):
                stated = around(context.say, levels, exporter, importer, span)
                if stated["pair"].value is not None:
                    found.append((year, exporter, importer, stated))
    if not found:
        return []
    return [_table(found), Caveat("concept", prose("chronology.around_caveat", scope=scope_label(COVERED)))]


def _weighty(flows: PairFlows, exporter: str, importer: str, span: Window) -> bool:
    before = [place for place, year in enumerate(flows.years) if year in span.before]
    mine, other = (
        float(np.sum(flows.flow[pair].value[before])) for pair in ((exporter, importer), (importer, exporter))
    )
    return mine > 0 and mine >= TRICKLE * other


def _table(found: list[tuple[int, str, str, dict[str, Fact]]]) -> Table:
    year, exporter, importer, stated = max(found, key=lambda row: abs(row[3]["apart"].value or 0.0))
    compared = stated["suppliers"].value is not None
    shown = ("pair", "suppliers") if compared else ("pair",)
    return Table(
        id="around-events",
        title=prose(
            "chronology.around" if compared else "chronology.around_alone",
            {name: stated[name] for name in shown},
            year=year_label(year),
            exporter=economy(exporter),
            importer=economy(importer),
            scope=scope_label(COVERED),
        ),
        columns=(
            prose("chronology.column_event_year"),
            prose("chronology.column_change"),
            prose("chronology.column_suppliers"),
            prose("chronology.column_customers"),
            prose("chronology.column_apart"),
        ),
        rows=tuple(
            (
                cell(text(f"{at}, {sold}\u00a0→\u00a0{bought}")),
                *(cell(facts[name]) for name in ("pair", "suppliers", "customers", "apart")),
            )
            for at, sold, bought, facts in found
        ),
        note=prose("chronology.around_note"),
    )
