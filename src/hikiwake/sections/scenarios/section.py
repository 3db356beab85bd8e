"""Assembles the section on scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hikiwake.core.document import Caveat, Label, Paragraph, Prose, Section, Table
from hikiwake.core.provenance import Fact
from hikiwake.sections import Context
from hikiwake.sections.wording import cell, economy, prose, text, year

if TYPE_CHECKING:
    from hikiwake.measures.scenario.short import Short

ID = "scenarios"
NEEDS = ()


def section(context: Context) -> Section | None:
    """Return the section; None where the table of industries does not hold both economies."""
    # The engine is loaded only where it is asked.
    from hikiwake.measures.scenario.short import CHEAPER, NOTHING, short

    found = short(context.say, context.a.id, context.b.id, context.last_year)
    if found is None:
        return None
    names = {"a": economy(context.a.id), "b": economy(context.b.id)}
    nothing, cheaper = found[NOTHING], found[CHEAPER]
    income = {"wa": nothing.welfare[context.a.id], "wb": nothing.welfare[context.b.id]}
    finding = prose("scenarios.finding", income, **names)
    sentences = [
        prose("scenarios.nothing", income, **names),
        _others(nothing),
        prose(
            "scenarios.cheaper",
            {"wa": cheaper.welfare[context.a.id], "wb": cheaper.welfare[context.b.id]},
            **names,
        ),
        *_trade(cheaper),
        _others(cheaper),
    ]
    command = text(f"hikiwake scenario run {context.a.id} {context.b.id}")
    at = year(income["wa"].period.first)
    blocks = (
        Paragraph(tuple(sentences), glance=True),
        _table(context, {"nothing": nothing, "cheaper": cheaper}),
        Caveat("concept", prose("scenarios.concept", year=at, command=command), glance=False),
    )
    summary = prose("scenarios.summary", income, **names)
    return Section(ID, prose("scenarios.title"), finding, blocks, (summary,))


def _trade(told: Short) -> list[Prose]:
    return [
        prose("scenarios.trade", {"change": fact}, exporter=economy(x), importer=economy(m))
        for (x, m), fact in told.trade.items()
    ]


def _others(told: Short) -> Prose:
    facts = {"gain": told.gains, "loss": told.loses}
    return prose("scenarios.others", facts, most=_economy(told.gains), least=_economy(told.loses))


def _economy(fact: Fact) -> Label:
    return economy(fact.subject["economy"])


def _table(context: Context, found: dict[str, Short]) -> Table:
    pair = (context.a.id, context.b.id)
    rows = []
    for name, told in found.items():
        what = Label("text", name, "they trade nothing" if name == "nothing" else "trade costs a tenth lower")
        for member in pair:
            rows.append((cell(what), cell(economy(member)), cell(told.welfare[member]), cell(None)))
        for (x, m), fact in told.trade.items():
            rows.append((cell(what), cell(text(f"{x} → {m}")), cell(None), cell(fact)))
    return Table(
        id="scenarios",
        title=prose("scenarios.table"),
        columns=tuple(prose(f"scenarios.column_{name}") for name in ("scenario", "whom", "income", "trade")),
        rows=tuple(rows),
        note=prose("scenarios.table_note"),
    )
