"""Assembles the chronology of a pair."""

from __future__ import annotations

from hikiwake.core.document import AnyBlock, Caveat, Label, Paragraph, Prose, Section
from hikiwake.core.dossier import Dossier, Event
from hikiwake.core.provenance import Fact
from hikiwake.measures.chronology import formulas
from hikiwake.measures.chronology.contacts import Run, in_order, unanswered, visits, when
from hikiwake.measures.chronology.statements import counted
from hikiwake.measures.chronology.statements import unanswered as stated_run
from hikiwake.sections import Context
from hikiwake.sections.chronology import around, events, meetings, standing, timeline
from hikiwake.sections.wording import day, economy, prose, text

ID = "chronology"
NEEDS = ()
LATEST = 12
"""Events that the section lists; all of them are in the annex."""


def section(context: Context) -> Section:
    """Return the chronology; a pair without a dossier is told how to add one."""
    title = prose("chronology.title")
    dossier, source = context.dossier, context.source
    if dossier is None or source is None:
        pair = f"{context.a.id} {context.b.id}"
        told = prose(
            "chronology.no_dossier",
            new=text(f"hikiwake dossier new {pair} -o FILE"),
            dispute=text("hikiwake dispute new"),
            brief=text(f"{context.program} brief {pair} --dossier FILE"),
        )
        heading = prose("chronology.no_dossier_heading", **_pair(context))
        return Section(ID, title, heading, (Caveat("no data", told, glance=True),))
    if not dossier.events:
        told = prose("chronology.no_events", **_pair(context))
        return Section(ID, title, told, (Caveat("no data", told, glance=True),))
    recorded = counted(context.say, source, formulas.RECORDED, {"dossier": source.id}, dossier.events)
    made = visits(dossier.events, context.a.id, context.b.id)
    run = unanswered(made)
    ordered = in_order(dossier.events)
    span, heading = (
        _span(key, recorded, ordered) for key in ("chronology.events", "chronology.events_heading")
    )
    found, summary = _run(context, run) if run is not None and len(run.visits) > 1 else (heading, span)
    blocks: list[AnyBlock] = [
        Paragraph((span, prose("chronology.not_complete"), *_no_dispute(dossier))),
        *meetings.blocks(context, made),
        *timeline.blocks(context, ordered),
        events.table(
            context,
            "chronology",
            prose("chronology.table", {"count": recorded}, **_pair(context)),
            ordered,
            shown=-LATEST,
        ),
        *standing.blocks(context),
        *around.blocks(context),
    ]
    return Section(ID, title, found, tuple(blocks), (summary,))


def _span(key: str, recorded: Fact, ordered: tuple[Event, ...]) -> Prose:
    """Say how many events there are and from when to when; one event has one date."""
    first, last = day(when(ordered[0]).text), day(when(ordered[-1]).text)
    if len(ordered) == 1:
        return prose(f"{key}_one", {"count": recorded}, first=first)
    return prose(key, {"count": recorded}, first=first, last=last)


def _pair(context: Context) -> dict[str, Label]:
    return {"a": economy(context.a.id), "b": economy(context.b.id)}


def _run(context: Context, run: Run) -> tuple[Prose, Prose]:
    """Return the heading and the sentence that say how many visits in a row went one way."""
    assert context.source is not None  # noqa: S101  (section() has looked)
    labels = {"guest": economy(run.visits[0].guest), "host": economy(run.visits[0].host)}
    number = {"count": stated_run(context.say, context.source, run)}
    if run.before is None:
        return (
            prose("chronology.one_way_heading", number, **labels),
            prose("chronology.one_way", number, **labels),
        )
    before = day(when(run.before.event).text)
    return (
        prose("chronology.unanswered_heading", number, **labels),
        prose("chronology.unanswered", number, before=before, **labels),
    )


def _no_dispute(dossier: Dossier) -> list[Prose]:
    """Say how to add a model of the dispute where the dossier has none."""
    if dossier.dispute is not None:
        return []
    return [prose("chronology.no_dispute", command=text("hikiwake dispute new"))]
