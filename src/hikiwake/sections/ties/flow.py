"""The covered trade of a pair over time: its level, weight, change and record."""

from __future__ import annotations

import math
from typing import NamedTuple

from hikiwake.core.document import Annotation, AnyBlock, Caveat, Chart, Label, Mark, Paragraph, Prose, Series
from hikiwake.core.provenance import Fact
from hikiwake.measures.flows import FLOWS, SIDES, Side
from hikiwake.measures.ties.levels import Flow, PairLevels, covered, is_among_some, is_whole
from hikiwake.measures.ties.suppliers import Partners
from hikiwake.sections import Context
from hikiwake.sections.ties import irregular
from hikiwake.sections.wording import economy, prose, scope_label, year, years_of

# Within this band of its base year a flow is called unchanged: reconciliation moves values by more.
UNCHANGED = 0.02
# From here on (three times as much) a rise is told as a factor: nobody reads 2,400 % more.
MANIFOLD = 2.0
# A one-year fall is worth an annotation from this size on (log points; about a third).
ANNOTATED_FALL = 0.4
BASE_DISTANCE = 10
# Below this part of the other direction a flow gets a paragraph, but no tables and figures of its own.
TRICKLE = 0.01
# Of fewer years nobody would call one a record.
FEWEST_OF_A_RECORD = 3


class Direction(NamedTuple):
    """One direction of the covered trade, as a reader follows it."""

    exporter: str
    importer: str
    by_year: dict[int, Fact]

    @property
    def known(self) -> dict[int, Fact]:
        """The years in which a flow is recorded and sound."""
        return {
            y: fact for y, fact in self.by_year.items() if fact.value is not None and fact.status != "flagged"
        }

    @property
    def flagged(self) -> list[Fact]:
        """The years whose flow is not sound."""
        return [fact for fact in self.by_year.values() if fact.status == "flagged"]

    @property
    def peak(self) -> Fact:
        """The record: the largest value, the earlier year on a tie."""
        return max(self.known.values(), key=lambda fact: (_value(fact), -fact.period.first))

    @property
    def whole_since_first(self) -> bool:
        """Whether the data hold each year since the first flow; else a peak is no record of all years."""
        held = [y for y in self.by_year if y >= min(self.known)]
        return len(held) > max(held) - min(held)

    @property
    def is_record(self) -> bool:
        """Whether the peak is a record: no year is missing, and there are enough of them."""
        return len(self.known) >= FEWEST_OF_A_RECORD and self.whole_since_first

    @property
    def labels(self) -> dict[str, Label]:
        """The two names every sentence needs."""
        return {"exporter": economy(self.exporter), "importer": economy(self.importer)}


def directions(context: Context, levels: PairLevels) -> tuple[Direction, ...]:
    """Follow both directions up to the brief's year, the larger in that year (else over all years) first."""
    years = [y for y in levels.flows.years if y <= context.year]
    followed = [
        Direction(
            exporter,
            importer,
            {y: levels.value(Flow(exporter, importer, covered(context.say), y)) for y in years},
        )
        for exporter, importer in context.directions
        if levels.has(exporter, importer)
    ]
    alive = [d for d in followed if d.known]
    return tuple(sorted(alive, key=lambda d: (-_size(d, context.year), d.exporter)))


def weighty(followed: tuple[Direction, ...], at: int) -> tuple[Direction, ...]:
    """Return the directions that deserve more than a paragraph: those that are not a trickle of the other."""
    least = TRICKLE * max((_value(d.by_year[at]) for d in followed), default=0.0)
    return tuple(d for d in followed if _value(d.by_year[at]) > least)


def blocks(context: Context, levels: PairLevels, followed: tuple[Direction, ...]) -> list[AnyBlock]:
    """Write the paragraphs and the figure on levels over time."""
    written: list[AnyBlock] = [_paragraph(context, levels, d) for d in followed]
    recorded = {(d.exporter, d.importer) for d in followed}
    written += [
        Caveat(
            "one-sided",
            prose(
                _not_covered(context, levels, exporter, importer),
                exporter=economy(exporter),
                importer=economy(importer),
                scope=scope_label(covered(context.say)),
            ),
            glance=True,
        )
        for exporter, importer in context.directions
        if (exporter, importer) not in recorded and followed
    ]
    charted = [d for d in followed if len(d.known) > 1]
    if charted:
        written.append(_chart(context, charted))
        written += [_not_comparable(d) for d in charted if d.flagged]
    for d in followed:
        unsound = frozenset(fact.period.first for fact in d.flagged)
        written += irregular.caveats(context, levels, d.exporter, d.importer, unsound=unsound)
    return written


def _not_covered(context: Context, levels: PairLevels, exporter: str, importer: str) -> str:
    """Return the template that says why a direction is empty in all years."""
    if not levels.flows.exports[exporter].value.any():
        return "ties.direction_silent_exporter"
    if not levels.flows.imports[importer].value.any():
        return "ties.direction_silent_importer"
    return "ties.direction_not_covered" + ("_whole" if is_whole(context.say) else "")


def _not_comparable(direction: Direction) -> Caveat:
    return Caveat(
        "not comparable",
        prose("ties.years_flagged", years=years_of(direction.flagged), **direction.labels),
        affects=tuple(fact.id for fact in direction.flagged),
    )


def _paragraph(context: Context, levels: PairLevels, direction: Direction) -> Paragraph:
    sentences = [level_sentence(context, levels, direction)]
    now = direction.by_year[context.year]
    if now.value is not None:
        sentences += _rank(context, levels, direction)
        sentences += _change(context, levels, direction)
    sentences += _record(context, direction)
    return Paragraph(tuple(sentences), glance=True)


def level_sentence(context: Context, levels: PairLevels, direction: Direction) -> Prose:
    """Say the level and weight of one direction in one sentence."""
    labels, scope = direction.labels, scope_label(covered(context.say))
    now = direction.by_year[context.year]
    if now.value is None:
        return _none(context, levels, direction)
    flow = Flow(direction.exporter, direction.importer, covered(context.say), context.year)
    bought, sold = levels.share_of_imports(flow), levels.share_of_exports(flow)
    if now.status == "flagged":
        return prose("ties.level_missing", {"value": now}, scope=scope, **labels)
    if "flagged" in (bought.status, sold.status):
        if bought.status == sold.status:
            return prose("ties.level_flagged", {"value": now}, scope=scope, **labels)
        side, sound = ("imports", sold) if bought.status == "flagged" else ("exports", bought)
        return prose(f"ties.level_flagged_{side}", {"value": now, "share": sound}, scope=scope, **labels)
    key = "ties.level_whole" if is_whole(context.say) else "ties.level"
    key = "ties.level_some" if is_among_some(context.say) else key
    return prose(key, {"value": now, "bought": bought, "sold": sold}, scope=scope, **labels)


def silent(context: Context, levels: PairLevels, direction: Direction) -> Side | None:
    """Return which end of a flow trades with nobody at all in the brief's year, if one does."""
    flow = Flow(direction.exporter, direction.importer, covered(context.say), context.year)
    return next((side for side in SIDES if levels.silent(flow, side)), None)


def _none(context: Context, levels: PairLevels, direction: Direction) -> Prose:
    """Say that nothing is recorded, and whether that may be for want of a report."""
    flow = Flow(direction.exporter, direction.importer, covered(context.say), context.year)
    last = {"last": direction.known[max(direction.known)]}
    labels = {**direction.labels, "year": year(context.year), "scope": scope_label(flow.scope)}
    if side := silent(context, levels, direction):
        return prose(f"ties.level_none_silent_{side}", last, **labels)
    holed = next((side for side in SIDES if levels.doubtful(flow, side)), None)
    if holed:
        return prose("ties.level_none_hole", last, holed=economy(getattr(flow, holed)), **labels)
    return prose("ties.level_none_now", last, **labels)


def _rank(context: Context, levels: PairLevels, direction: Direction) -> list[Prose]:
    flow = Flow(direction.exporter, direction.importer, covered(context.say), context.year)
    if levels.doubtful(flow, "importer"):
        return []
    sellers = Partners(context.say, direction.importer, "importer", context.year)
    facts = {
        "rank": sellers.rank(direction.exporter, covered(context.say)),
        "count": sellers.count(covered(context.say)),
    }
    first = facts["rank"].value == 1
    key = ("ties.rank_first" if first else "ties.rank") + ("_whole" if is_whole(context.say) else "")
    return [prose(key, facts, **direction.labels)]


def _change(context: Context, levels: PairLevels, direction: Direction) -> list[Prose]:
    base = context.year - BASE_DISTANCE
    if base not in direction.known:
        return []
    flow = Flow(direction.exporter, direction.importer, covered(context.say), context.year)
    change = levels.change(flow, base)
    if change is None or change.value is None:
        return []
    since = {"change": change}
    if abs(change.value) < UNCHANGED:
        key = "ties.unchanged"
    elif change.value >= MANIFOLD and (factor := levels.factor(flow, base)) is not None:
        key, since = "ties.rose_times", {"factor": factor}
    else:
        key = "ties.rose" if change.value > 0 else "ties.fell"
    return [prose(key, {**since, "base": direction.known[base]}), *_trend(levels, flow, base)]


def _trend(levels: PairLevels, flow: Flow, base: int) -> list[Prose]:
    trend = levels.trend_growth(flow, base)
    if trend is None or trend.value is None or trend.interval is None:
        return []
    if trend.interval.low <= 0 <= trend.interval.high:
        return [prose("ties.trend_none", {"trend": trend})]
    return [prose("ties.trend_up" if trend.value > 0 else "ties.trend_down", {"trend": trend})]


def _record(context: Context, direction: Direction) -> list[Prose]:
    if len(direction.known) < FEWEST_OF_A_RECORD:
        return []
    first, last = direction.known[min(direction.known)], direction.by_year[context.year]
    scope_years = {"since": year(first.period.first)}
    some = "" if direction.whole_since_first else "_of_some"
    if last.value is not None and last is direction.peak:
        return [prose(f"ties.record_now{some}", **scope_years)]
    if direction.peak == first:
        return [prose(f"ties.record_first{some}", {"peak": direction.peak})]
    return [prose(f"ties.record{some}", {"peak": direction.peak}, **scope_years)]


def _chart(context: Context, charted: list[Direction]) -> Chart:
    main = charted[0]
    series = tuple(
        Series(
            prose("ties.series_exports", exporter=economy(d.exporter), importer=economy(d.importer)),
            tuple(
                Mark(year(y), fact.id, doubtful=fact.status in ("flagged", "provisional"))
                for y, fact in d.by_year.items()
            ),
        )
        for d in charted
    )
    known = list(main.known.values())
    first, last, peak = known[0], known[-1], main.peak
    labels = {**main.labels, "scope": scope_label(covered(context.say))}
    at_peak = last.id == peak.id
    return Chart(
        id="trade-over-time",
        kind="lines",
        title=prose(
            "ties.chart_levels_at_peak" if at_peak else "ties.chart_levels",
            {"last": last} if at_peak else {"last": last, "peak": peak},
            **labels,
        ),
        axis=prose("ties.axis_exports", scope=scope_label(covered(context.say))),
        series=series,
        alt=prose("ties.chart_levels_alt", {"first": first, "peak": peak, "last": last}, **labels),
        annotations=tuple(_annotations(main)),
        note=prose("ties.chart_levels_note" if _reconciled(context) else "ties.chart_levels_note_own"),
        glance=True,
    )


def _reconciled(context: Context) -> bool:
    """Tell whether the flows are BACI's, which makes one figure of what both sides report."""
    return context.say.tables.dataset_of(FLOWS).title.startswith("BACI")


def _annotations(direction: Direction) -> list[Annotation]:
    peak = direction.peak
    notes = [Annotation(year(peak.period.first), prose("ties.annotation_peak", {"peak": peak}))]
    falls = [
        (math.log(_value(direction.known[y]) / _value(direction.known[y - 1])), y)
        for y in direction.known
        if y - 1 in direction.known
    ]
    # A fall only matters where it was a fall of something: from at least a tenth of the record.
    falls = [(size, y) for size, y in falls if _value(direction.known[y - 1]) > 0.1 * _value(peak)]
    if falls and min(falls)[0] < -ANNOTATED_FALL:
        fell = direction.known[min(falls)[1]]
        notes.append(Annotation(year(fell.period.first), prose("ties.annotation_fall", {"value": fell})))
    return notes


def _value(fact: Fact) -> float:
    return fact.value if fact.value is not None else 0.0


def _size(direction: Direction, at: int) -> float:
    now = direction.by_year[at].value
    return now if now is not None else _value(direction.peak) * 1e-9
