"""Assembles the chronology of a pair."""

from __future__ import annotations

from hikiwake.core.document import AnyBlock, Caveat, Label, Paragraph, Prose, Section
from hikiwake.measures.chronology import formulas
from hikiwake.measures.chronology.contacts import Run, unanswered, visits, when
from hikiwake.measures.chronology.statements import counted
from hikiwake.measures.chronology.statements import unanswered as stated_run
from hikiwake.sections import Context
from hikiwake.sections.chronology import around, events, meetings, standing
from hikiwake.sections.wording import day, economy, prose, text

ID = "chronology"
NEEDS = ()


def section(context: Context) -> Section:
    """Return the chronology; a pair without a dossier is told how to add one."""
    title = prose("chronology.title")
    dossier, source = context.dossier, context.source
    if dossier is None or source is None:
        command = text(f"hikiwake dossier new {context.a.id} {context.b.id}")
        told = prose("chronology.no_dossier", command=command, **_pair(context))
        return Section(ID, title, told, (Caveat("no data", told, glance=True),))
    if not dossier.events:
        told = prose("chronology.no_events", **_pair(context))
        return Section(ID, title, told, (Caveat("no data", told, glance=True),))
    recorded = counted(context.say, source, formulas.RECORDED, {"dossier": source.id}, dossier.events)
    made = visits(dossier.events, context.a.id, context.b.id)
    run = unanswered(made)
    first, last = (events.in_order(dossier)[place] for place in (0, -1))
    span = prose(
        "chronology.events", {"count": recorded}, first=day(when(first).text), last=day(when(last).text)
    )
    found = _finding(context, run) if run is not None and len(run.visits) > 1 else span
    blocks: list[AnyBlock] = [
        Paragraph((span, prose("chronology.not_complete"))),
        *meetings.blocks(context, made),
        *events.blocks(context),
        *standing.blocks(context),
        *around.blocks(context),
    ]
    return Section(ID, title, found, tuple(blocks), (found,))


def _pair(context: Context) -> dict[str, Label]:
    return {"a": economy(context.a.id), "b": economy(context.b.id)}


def _finding(context: Context, run: Run) -> Prose:
    assert context.source is not None  # noqa: S101  (section() has looked)
    labels = {"guest": economy(run.visits[0].guest), "host": economy(run.visits[0].host)}
    number = {"count": stated_run(context.say, context.source, run)}
    if run.before is None:
        return prose("chronology.one_way", number, **labels)
    return prose("chronology.unanswered", number, before=day(when(run.before.event).text), **labels)
