"""The events as figures: over the covered trade of the years that the data have, and before them."""

from __future__ import annotations

from collections.abc import Sequence

from hikiwake.core.dates import PartialDate
from hikiwake.core.document import AnyBlock, Chart, Label, Mark, Moment, Moments, Series
from hikiwake.core.dossier import Event
from hikiwake.core.provenance import Fact
from hikiwake.measures.chronology import formulas
from hikiwake.measures.chronology.contacts import identity, when
from hikiwake.measures.chronology.statements import counted
from hikiwake.measures.ties.levels import Flow, PairLevels, covered, flows_of
from hikiwake.sections import Context
from hikiwake.sections.chronology.around import TRICKLE
from hikiwake.sections.wording import day, economy, prose, scope_label, text, year

ROWS = {
    "agreements": ("treaty", "declaration", "law"),
    "meetings": ("visit", "meeting", "summit"),
    "sanctions": ("sanction",),
    "forces": ("war", "deployment"),
    "bodies": ("resolution", "ruling", "vote"),
    "projects": ("project",),
    "other": ("claim", "other"),
}
FEWEST = 3
"""Fewer events need no figure of their own, and fewer years of trade no line: tables tell as much."""
BUSY = 10
"""Years within which the most events are counted for a title."""
Numbered = tuple[int, Event]


def blocks(context: Context, ordered: Sequence[Event]) -> list[AnyBlock]:
    """Draw the events in their order, numbered as in the table; nothing where there is none to draw."""
    numbered = list(enumerate(ordered, start=1))
    lines, years = _trade(context)
    if not lines or len(years) < FEWEST:
        return _alone(context, "timeline", numbered)
    during = [(number, event) for number, event in numbered if when(event).last.year >= years[0]]
    before = [(number, event) for number, event in numbered if when(event).last.year < years[0]]
    drawn: list[AnyBlock] = []
    if during:
        drawn.append(_over_trade(context, during, before, lines))
    return [*drawn, *_alone(context, "timeline-before", before)]


def _trade(context: Context) -> tuple[list[list[Fact]], tuple[int, ...]]:
    """State the covered flow of each year, for each direction that is not a trickle beside the other."""
    if not context.say.tables.has("baci_flows"):
        return [], ()
    levels = PairLevels(flows_of(context.say, context.a.id, context.b.id), context.say)
    years = tuple(y for y in levels.flows.years if context.last_year is None or y <= context.last_year)
    weight = {pair: float(levels.flows.flow[pair].value.sum()) for pair in context.directions}
    heavy = sorted(
        (pair for pair, value in weight.items() if value > 0 and value >= TRICKLE * max(weight.values())),
        key=lambda pair: -weight[pair],
    )
    return [[levels.value(Flow(*pair, covered(context.say), at)) for at in years] for pair in heavy], years


def _over_trade(
    context: Context, during: list[Numbered], before: list[Numbered], lines: list[list[Fact]]
) -> Chart:
    assert context.source is not None  # noqa: S101  (section() has looked)
    main = lines[0]
    sound = [fact for fact in main if fact.value is not None and fact.status == "observed"]
    known = sound or [fact for fact in main if fact.value is not None]
    peak = max(known, key=lambda fact: fact.value or 0.0)
    labels = {**_ends(main[0]), "scope": scope_label(covered(context.say))}
    count = _counted(context, [event for _, event in during])
    key = "chronology.timeline_record" if known[-1] is peak else "chronology.timeline"
    key = f"{key}_one" if len(during) == 1 else key
    facts = {"count": count, "peak": peak, **({} if known[-1] is peak else {"last": known[-1]})}
    return Chart(
        id="timeline",
        kind="timeline",
        title=prose(key, facts, **labels),
        axis=prose("chronology.timeline_axis", scope=labels["scope"]),
        series=tuple(
            Series(prose("chronology.timeline_series", **_ends(line[0])), tuple(map(_mark, line)))
            for line in lines
        ),
        alt=prose("chronology.timeline_alt", {"count": count, "peak": peak}, **labels),
        events=_moments(context, during),
        note=prose("chronology.timeline_note_before", {"before": _counted(context, [e for _, e in before])})
        if before
        else prose("chronology.timeline_note"),
    )


def _alone(context: Context, name: str, numbered: list[Numbered]) -> list[AnyBlock]:
    """Draw events without trade; the title names the ten years with the most of them."""
    if len(numbered) < FEWEST:
        return []
    events = [event for _, event in numbered]
    count = _counted(context, events)
    busiest = max(
        (_within(events, first.first.year) for first in map(when, events)),
        key=lambda found: (len(found), -when(found[0]).first.year),
    )
    labels = {"a": economy(context.a.id), "b": economy(context.b.id)}
    first, last = when(events[0]).first.year, max(when(event).last.year for event in events)
    whole = len(busiest) == len(events)
    facts = {"count": count} if whole else {"count": count, "busy": _counted(context, busiest)}
    chart = Chart(
        id=name,
        kind="timeline",
        title=prose(
            "chronology.timeline_alone_whole" if whole else "chronology.timeline_alone", facts, **labels
        ),
        axis=prose("chronology.timeline_years"),
        series=(),
        alt=prose(
            "chronology.timeline_alone_alt", {"count": count}, first=year(first), last=year(last), **labels
        ),
        events=_moments(context, numbered),
        note=prose("chronology.timeline_note_alone"),
    )
    return [chart]


def _within(events: list[Event], first: int) -> list[Event]:
    """Return the events that begin within so many years from one on, at least one."""
    return [event for event in events if first <= when(event).first.year < first + BUSY]


def _counted(context: Context, events: list[Event]) -> Fact:
    assert context.source is not None  # noqa: S101  (section() has looked)
    span = PartialDate.parse(f"{when(events[0]).first.year}/{max(when(e).last.year for e in events)}")
    subject = {"dossier": context.source.id, "years": span.text}
    return counted(context.say, context.source, formulas.RECORDED, subject, events)


def _moments(context: Context, numbered: list[Numbered]) -> Moments:
    kinds = [name for name, types in ROWS.items() if any(event.type in types for _, event in numbered)]
    rows = {kind: place for place, name in enumerate(kinds) for kind in ROWS[name]}
    return Moments(
        rows=tuple(prose(f"chronology.row_{name}") for name in kinds),
        parties=(
            prose("chronology.by", party=economy(context.a.id)),
            prose("chronology.by", party=economy(context.b.id)),
            prose("chronology.by_others"),
        ),
        marks=tuple(
            Moment(day(event.date), text(event.title), number, rows[event.type], _whose(event, context))
            for number, event in numbered
        ),
    )


def _whose(event: Event, context: Context) -> int:
    """Return whose doing an event is: 0 and 1 for one of the two alone, 2 for both and for others."""
    actors = set(map(identity, event.actors))
    sides = [side for side in (context.a.id, context.b.id) if side in actors]
    return (context.a.id, context.b.id).index(sides[0]) if len(sides) == 1 and len(actors) == 1 else 2


def _ends(fact: Fact) -> dict[str, Label]:
    return {side: economy(fact.subject[side]) for side in ("exporter", "importer")}


def _mark(fact: Fact) -> Mark:
    return Mark(
        year(fact.period.first), fact.id, doubtful=fact.status != "observed" and fact.value is not None
    )
