"""Energy: what part of one side's fuels comes from the other, by value and by quantity, year by year."""

from __future__ import annotations

from typing import NamedTuple

from hikiwake.core.document import AnyBlock, Caveat, Chart, Mark, Paragraph, Series, Table
from hikiwake.core.products import group
from hikiwake.core.provenance import Fact
from hikiwake.measures.statement import Scope
from hikiwake.measures.ties.levels import Flow, PairLevels, covered, is_among_some
from hikiwake.measures.ties.suppliers import Partners
from hikiwake.sections import Context
from hikiwake.sections.wording import cell, economy, prose, scope_label, year, years_of

# What a reader means by a fuel; a scope without any trade in the pair is left out.
FUELS = (
    Scope("product", "270900", "crude oil"),
    Scope("product", "271111", "liquefied natural gas"),
    Scope("product", "271121", "pipeline gas"),
    Scope("group", "coal", group("coal").name, group("coal").prefixes),
    Scope("product", "261210", "uranium ore"),
)


# A fuel is worth a sentence from this share on, and a row or a line from this part of the largest fuel on.
SLIGHT = 0.01
TRIFLE = 0.001
# Below this part of all that flows in the direction, the shares that fuels have in a year are noise.
NOTHING = 0.001
FEWEST_YEARS = 5
# A chart's title speaks of the year's largest fuel if its best share reaches this part of the best of all.
WORTH_A_TITLE = 0.5
# The columns of the table, and whose names their headings hold.
COLUMNS: dict[str, tuple[str, ...]] = {
    "product": (),
    "value": (),
    "quantity": (),
    "share": ("importer",),
    "share_quantity": (),
    "rank": ("exporter",),
    "sold": ("exporter",),
}
LINES = 4


class FuelTie(NamedTuple):
    """One fuel in one direction in the brief's year."""

    scope: Scope
    value: Fact
    quantity: Fact
    share: Fact
    share_quantity: Fact
    rank: Fact
    sold: Fact


def fuel_ties(context: Context, levels: PairLevels, exporter: str, importer: str) -> tuple[FuelTie, ...]:
    """State every fuel that flows in this direction in the brief's year, largest value first."""
    sellers = Partners(context.say, importer, "importer", context.year)
    ties = []
    for scope in FUELS:
        flow = Flow(exporter, importer, scope, context.year)
        value = levels.value(flow)
        if value.value is not None:
            ties.append(
                FuelTie(
                    scope,
                    value,
                    levels.quantity(flow),
                    levels.share_of_imports(flow),
                    levels.share_of_imports_quantity(flow),
                    sellers.rank(exporter, scope),
                    levels.share_of_exports(flow),
                )
            )
    least = TRIFLE * max((tie.value.value or 0.0 for tie in ties), default=0.0)
    weighty = [tie for tie in ties if (tie.value.value or 0.0) >= least]
    return tuple(sorted(weighty, key=lambda tie: (-(tie.value.value or 0.0), tie.scope.id)))


def blocks(
    context: Context, levels: PairLevels, exporter: str, importer: str, ties: tuple[FuelTie, ...]
) -> list[AnyBlock]:
    """Write the energy block of one direction; empty when no fuel flowed in the brief's year."""
    if not ties:
        return []
    written: list[AnyBlock] = []
    flow = levels.value(Flow(exporter, importer, covered(context.say), context.year))
    if sum(tie.value.value or 0.0 for tie in ties) >= NOTHING * (flow.value or 0.0):
        written += [_paragraph(ties, exporter, importer), _table(ties, exporter, importer)]
    chart, flagged = _chart(context, levels, exporter, importer, ties[0].scope)
    if chart:
        written.append(chart)
    if flagged:
        written.append(
            Caveat(
                "not comparable",
                prose(
                    "ties.fuel_years_flagged",
                    importer=economy(importer),
                    years=years_of(flagged),
                ),
                affects=tuple(fact.id for fact in flagged),
            )
        )
    return written


def _paragraph(ties: tuple[FuelTie, ...], exporter: str, importer: str) -> Paragraph:
    sentences = []
    for tie in ties[:3]:
        if tie is not ties[0] and (tie.share.value or 0.0) < SLIGHT:
            continue
        labels = {
            "exporter": economy(exporter),
            "importer": economy(importer),
            "product": scope_label(tie.scope),
        }
        if tie.share.status == "flagged":
            sentences.append(prose("ties.fuel_flagged", {"value": tie.value}, **labels))
        elif tie.share_quantity.value is None:
            sentences.append(prose("ties.fuel_value_only", {"share": tie.share}, **labels))
        else:
            facts = {"share": tie.share, "share_quantity": tie.share_quantity}
            sentences.append(prose("ties.fuel", facts, **labels))
    return Paragraph(tuple(sentences))


def _table(ties: tuple[FuelTie, ...], exporter: str, importer: str) -> Table:
    labels = {"exporter": economy(exporter), "importer": economy(importer)}
    top = ties[0]
    return Table(
        id=f"fuels-{exporter}-{importer}",
        title=prose(
            "ties.fuel_table",
            {"share": top.share},
            product=scope_label(top.scope),
            **labels,
        ),
        columns=tuple(
            prose(f"ties.fuel_column_{name}", **{side: labels[side] for side in sides})
            for name, sides in COLUMNS.items()
        ),
        rows=tuple(
            (
                cell(scope_label(tie.scope)),
                cell(tie.value),
                cell(tie.quantity),
                cell(tie.share),
                cell(tie.share_quantity),
                cell(tie.rank),
                cell(tie.sold),
            )
            for tie in ties
        ),
        note=prose("ties.fuel_table_note"),
        glance=True,
    )


def _chart(
    context: Context, levels: PairLevels, exporter: str, importer: str, leading: Scope
) -> tuple[Chart | None, list[Fact]]:
    series, flagged = [], []
    peaks: dict[Scope, Fact] = {}
    for scope in _drawn(context, levels, exporter, importer):
        facts = {
            y: levels.share_of_imports(Flow(exporter, importer, scope, y))
            for y in levels.flows.years
            if y <= context.year
        }
        sound = [fact for fact in facts.values() if fact.value is not None and fact.status != "flagged"]
        if len(sound) < FEWEST_YEARS:
            continue
        flagged += [fact for fact in facts.values() if fact.status == "flagged"]
        marks = tuple(
            Mark(year(y), fact.id, doubtful=fact.status in ("flagged", "provisional"))
            for y, fact in facts.items()
        )
        series.append(Series(prose("render.name", name=scope_label(scope)), marks))
        peaks[scope] = max(sound, key=lambda fact: (fact.value or 0.0, -fact.period.first))
    if not peaks:
        return None, []
    best = max(peaks, key=lambda scope: peaks[scope].value or 0.0)
    told = leading if leading in peaks and _matters(peaks[leading], peaks[best]) else best
    labels = {"exporter": economy(exporter), "importer": economy(importer)}
    axis = "ties.fuel_axis_some" if is_among_some(context.say) else "ties.fuel_axis"
    chart = Chart(
        id=f"fuel-shares-{exporter}-{importer}",
        kind="lines",
        title=prose("ties.fuel_chart", {"peak": peaks[told]}, product=scope_label(told), **labels),
        axis=prose(axis, exporter=labels["exporter"], importer=labels["importer"]),
        series=tuple(series),
        alt=prose("ties.fuel_chart_alt", {"peak": peaks[best]}, product=scope_label(best), **labels),
        note=prose("ties.fuel_chart_note") if flagged else None,
    )
    return chart, flagged


def _matters(peak: Fact, highest: Fact) -> bool:
    """Tell whether a line reaches high enough in the chart for the title to speak of it."""
    return (peak.value or 0.0) >= WORTH_A_TITLE * (highest.value or 0.0)


def _drawn(context: Context, levels: PairLevels, exporter: str, importer: str) -> list[Scope]:
    """Return the fuels worth a line: those whose best year is no trifle beside the best of all."""
    best = {}
    for scope in FUELS:
        values = [
            levels.value(Flow(exporter, importer, scope, y)).value or 0.0
            for y in levels.flows.years
            if y <= context.year
        ]
        best[scope.id] = max(values)
    least = SLIGHT * max(best.values())
    return [scope for scope in FUELS if best[scope.id] > least][:LINES]
