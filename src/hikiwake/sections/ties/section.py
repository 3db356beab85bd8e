"""Assembles the section on economic ties."""

from __future__ import annotations

from hikiwake.core.document import AnyBlock, Caveat, Paragraph, Prose, Section
from hikiwake.measures.flows import TOTAL
from hikiwake.measures.ties.levels import Flow, PairLevels, covered, flows_of, is_whole
from hikiwake.sections import Context
from hikiwake.sections.ties import background, dependence, exchange, flow, fuels, intermediate, keyfigures
from hikiwake.sections.wording import economy, prose, scope_label, year

ID = "ties"
NEEDS = ("baci_flows", "baci_flags")


def section(context: Context) -> Section:
    """Return the section on economic ties; where nothing is recorded it says so instead."""
    levels = PairLevels(flows_of(context.say, context.a.id, context.b.id), context.say)
    followed = flow.directions(context, levels)
    pair = {"a": economy(context.a.id), "b": economy(context.b.id)}
    deliveries, delivered = _intermediate(context)
    if not followed:
        whole = "_whole" if is_whole(context.say) else ""
        nothing = prose(f"ties.nothing{whole}", scope=scope_label(covered(context.say)), **pair)
        empty = Caveat("no data", nothing, glance=True)
        box = keyfigures.box(context, levels, followed) if delivered else []
        known = (*box, *background.blocks(context), empty, *deliveries)
        recorded = prose("ties.finding_nothing", scope=scope_label(covered(context.say)), **pair)
        finding = delivered[0] if delivered else recorded
        return Section(ID, prose("ties.title"), finding, known, tuple(delivered) or (nothing,))
    blocks: list[AnyBlock] = [
        *keyfigures.box(context, levels, followed),
        *background.blocks(context),
        *flow.blocks(context, levels, followed),
    ]
    active = [(d.exporter, d.importer) for d in followed if d.by_year[context.year].value is not None]
    balance = levels.balance(Flow(context.a.id, context.b.id, covered(context.say), context.year))
    if balance is not None:
        key = "ties.surplus" if (balance.value or 0.0) >= 0 else "ties.deficit"
        key += "_whole" if is_whole(context.say) else ""
        sentence = prose(key, {"balance": balance}, scope=scope_label(covered(context.say)), **pair)
        blocks.append(Paragraph((sentence,)))
    summary: list[Prose] = [flow.level_sentence(context, levels, followed[0])]
    weighty = [(d.exporter, d.importer) for d in flow.weighty(followed, context.year)]
    for exporter, importer in weighty:
        ties = fuels.fuel_ties(context, levels, exporter, importer)
        blocks += fuels.blocks(context, levels, exporter, importer, ties)
    by_product = levels.flows.products != (TOTAL,)
    if active and by_product:
        blocks += exchange.composition(context, levels, active)
    for exporter, importer in weighty:
        blocks += exchange.partner_ranking(context, levels, exporter, importer)
        rows = dependence.dependences(context, levels, exporter, importer) if by_product else ()
        blocks += dependence.blocks(exporter, importer, rows)
    blocks += deliveries
    summary += delivered
    return Section(
        ID, prose("ties.title"), _finding(context, levels, followed), tuple(blocks), tuple(summary)
    )


def _intermediate(context: Context) -> tuple[list[AnyBlock], list[Prose]]:
    if not context.say.tables.has("icio_flows"):
        return [], []
    return intermediate.blocks(context)


def _finding(context: Context, levels: PairLevels, followed: tuple[flow.Direction, ...]) -> Prose:
    main = followed[0]
    now = main.by_year[context.year]
    labels = {**main.labels, "scope": scope_label(covered(context.say))}
    if now.value is None and (side := flow.silent(context, levels, main)):
        return prose(f"ties.finding_silent_{side}", year=year(context.year), **labels)
    if now.value is None:
        return prose("ties.finding_stopped", {"peak": main.peak}, year=year(context.year), **labels)
    peak = main.peak
    if now.value < 0.5 * (peak.value or 0.0):
        return prose("ties.finding_below_peak", {"value": now, "peak": peak}, **labels)
    if now is peak and main.is_record:
        return prose("ties.finding_record", {"value": now}, **labels)
    return prose("ties.finding_level", {"value": now}, **labels)
