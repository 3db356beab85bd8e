"""The box of key figures: what a reader takes away at a glance."""

from __future__ import annotations

from hikiwake.core.document import KeyFigure, KeyFigures
from hikiwake.core.provenance import Fact
from hikiwake.measures import background
from hikiwake.measures.intermediate.coverage import Absence, intermediate
from hikiwake.measures.intermediate.levels import IntermediateTrade
from hikiwake.measures.ties.levels import Flow, PairLevels, covered, is_among_some
from hikiwake.sections import Context
from hikiwake.sections.ties.flow import Direction
from hikiwake.sections.ties.fuels import fuel_ties
from hikiwake.sections.wording import economy, prose, scope_label

# A fuel is a key figure from this part of the flow on: of a few kilograms somebody may be the only seller.
TELLING = 0.01


def box(context: Context, levels: PairLevels, followed: tuple[Direction, ...]) -> list[KeyFigures]:
    """Return the box, or nothing when no figure can be given."""
    items = [*_flows(context, levels, followed), *_deliveries(context), *_distance(context)]
    if not items:
        return []
    return [KeyFigures(prose("ties.key_figures"), tuple(items))]


def _flows(context: Context, levels: PairLevels, followed: tuple[Direction, ...]) -> list[KeyFigure]:
    items: list[KeyFigure] = []
    for direction in followed[:1]:
        now = direction.by_year[context.year]
        if now.value is None:
            continue
        labels = {**direction.labels, "scope": scope_label(covered(context.say))}
        items.append(KeyFigure(prose("ties.key_value", **labels), now.id))
        flow = Flow(direction.exporter, direction.importer, covered(context.say), context.year)
        some = "_some" if is_among_some(context.say) else ""
        for key, side, share in (
            ("ties.key_bought", "importer", levels.share_of_imports(flow)),
            ("ties.key_sold", "exporter", levels.share_of_exports(flow)),
        ):
            if _sound(share):
                named = {side: labels[side], "scope": labels["scope"]}
                items.append(KeyFigure(prose(f"{key}{some}", **named), share.id))
        fuels = [
            tie
            for tie in fuel_ties(context, levels, direction.exporter, direction.importer)
            if _sound(tie.share) and (tie.value.value or 0.0) >= TELLING * now.value
        ]
        if fuels:
            top = max(fuels, key=lambda tie: tie.share.value or 0.0)
            label = prose("ties.key_fuel", product=scope_label(top.scope), **direction.labels)
            items.append(KeyFigure(label, top.share.id))
    return items


def _deliveries(context: Context) -> list[KeyFigure]:
    if not context.say.tables.has("icio_flows"):
        return []
    found = intermediate(context.say, context.a.id, context.b.id, context.last_year)
    if isinstance(found, Absence):
        return []
    trade = IntermediateTrade(found, context.say)
    items = []
    for exporter, importer in context.directions:
        value = trade.value(exporter, importer)
        if _sound(value):
            label = prose("ties.key_delivered", exporter=economy(exporter), importer=economy(importer))
            items.append(KeyFigure(label, value.id))
    return items


def _distance(context: Context) -> list[KeyFigure]:
    tables = context.say.tables
    if not (tables.has(background.DISTANCES) and tables.has(background.BORDERS)):
        return []
    distance = background.neighbourhood(context.say, context.a.id, context.b.id).distance
    return [KeyFigure(prose("ties.key_distance"), distance.id)] if _sound(distance) else []


def _sound(fact: Fact) -> bool:
    return fact.value is not None and fact.status != "flagged"
