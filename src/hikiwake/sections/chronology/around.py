"""Trade around treaties, wars and sanctions, beside trade with everybody else."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hikiwake.core.document import AnyBlock, Caveat, Cell, Prose, Table
from hikiwake.core.provenance import Fact
from hikiwake.measures.chronology.contacts import when
from hikiwake.measures.chronology.statements import around, compared_years
from hikiwake.measures.chronology.windows import Window
from hikiwake.measures.flows import PairFlows
from hikiwake.measures.ties.levels import PairLevels, covered, flows_of
from hikiwake.sections import Context
from hikiwake.sections.wording import cell, economy, prose, scope_label, text
from hikiwake.sections.wording import year as year_label

TYPES = ("treaty", "war", "sanction")
TRICKLE = 0.01
"""A direction below this part of the other is left out: its percentages say nothing."""


class Found(NamedTuple):
    """One flow around the events of a year: the years compared, whether holes moved them, and the facts."""

    year: int
    exporter: str
    importer: str
    window: Window
    moved: bool
    facts: dict[str, Fact]


def blocks(context: Context) -> list[AnyBlock]:
    """Write the comparison for each year with such an event that the data surround."""
    assert context.dossier is not None  # noqa: S101  (the section has looked)
    if not context.say.tables.has("baci_flows"):
        return []
    levels = PairLevels(flows_of(context.say, context.a.id, context.b.id), context.say)
    years = tuple(y for y in levels.flows.years if context.last_year is None or y <= context.last_year)
    happened = {y for event in context.dossier.events if event.type in TYPES for y in when(event).years()}
    found: list[Found] = []
    for year in sorted(happened):
        for exporter, importer in context.directions:
            chosen = compared_years(levels, exporter, importer, year, years)
            if chosen is None or not _weighty(levels.flows, exporter, importer, chosen[0]):
                continue
            stated = around(context.say, levels, exporter, importer, chosen[0])
            if stated["pair"].value is not None:
                found.append(Found(year, exporter, importer, *chosen, stated))
    if not found:
        return []
    return [
        _table(context, found),
        Caveat("concept", prose("chronology.around_caveat", scope=scope_label(covered(context.say)))),
    ]


def _weighty(flows: PairFlows, exporter: str, importer: str, span: Window) -> bool:
    before = [place for place, year in enumerate(flows.years) if year in span.before]
    mine, other = (
        float(np.sum(flows.flow[pair].value[before])) for pair in ((exporter, importer), (importer, exporter))
    )
    return mine > 0 and mine >= TRICKLE * other


def _table(context: Context, found: list[Found]) -> Table:
    return Table(
        id="around-events",
        title=_title(context, max(found, key=lambda one: abs(one.facts["apart"].value or 0.0))),
        columns=tuple(
            prose(f"chronology.column_{name}")
            for name in ("event_year", "compared", "change", "suppliers", "apart", "spread", "customers")
        ),
        rows=tuple(
            (
                cell(text(f"{one.year}, {one.exporter}\u00a0→\u00a0{one.importer}")),
                Cell(said=_years(one)),
                *(cell(one.facts[name]) for name in ("pair", "suppliers")),
                _apart(one),
                _place(one),
                cell(one.facts["customers"]),
            )
            for one in found
        ),
        note=prose("chronology.around_note"),
    )


def _title(context: Context, one: Found) -> Prose:
    """Say the greatest difference, where the flow stands among other suppliers, and what is provisional."""
    facts = {"pair": one.facts["pair"]}
    key = "chronology.around_alone"
    if one.facts["suppliers"].value is not None:
        key, facts = "chronology.around", {**facts, "suppliers": one.facts["suppliers"]}
    if "below" in one.facts:
        key = "chronology.around_among"
        facts = {**facts, "below": one.facts["below"], "members": one.facts["members"]}
    if any(fact.status == "provisional" for fact in facts.values()):
        key += "_provisional"
    labels = {"exporter": economy(one.exporter), "importer": economy(one.importer)}
    return prose(key, facts, year=year_label(one.year), scope=scope_label(covered(context.say)), **labels)


def _years(one: Found) -> Prose:
    sides = (one.window.before, one.window.after)
    before, after = (text(f"{side[0]}–{side[-1] % 100:02d}") for side in sides)
    key = "chronology.compared_moved" if one.moved else "chronology.compared"
    return prose(key, before=before, after=after)


def _apart(one: Found) -> Cell:
    apart = one.facts["apart"]
    return cell(apart) if apart.value is None else Cell(said=prose("chronology.apart", {"apart": apart}))


def _place(one: Found) -> Cell:
    """Return the spread of the other suppliers' changes, and how many changed by less than the flow."""
    if "below" not in one.facts:
        return Cell()
    facts = {name: one.facts[name] for name in ("low", "high", "below", "members")}
    return Cell(said=prose("chronology.spread", facts))
