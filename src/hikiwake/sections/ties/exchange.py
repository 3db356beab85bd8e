"""What each side sends the other by group of products, and where the partner stands among all partners."""

from __future__ import annotations

from hikiwake.core.document import AnyBlock, Chart, Label, Mark, Paragraph, Prose, Series
from hikiwake.core.products import Partition, partition_for
from hikiwake.core.provenance import Fact
from hikiwake.measures.ties.levels import Flow, PairLevels, covered, is_among_some, is_whole
from hikiwake.measures.ties.suppliers import Partners
from hikiwake.sections import Context
from hikiwake.sections.wording import economy, group, prose, scope_label, year

BASE_DISTANCE = 10
SUPPLIERS_SHOWN = 10
MUCH = 0.1
"""The part of a flow from which a move between groups is a change of its composition."""


def composition(context: Context, levels: PairLevels, directions: list[tuple[str, str]]) -> list[AnyBlock]:
    """Write what each sends the other in the brief's year, by group; `directions` are those with a flow.

    Of a flow that lacks a part, or cannot be, nothing is said: its groups would be those of the rest.
    """
    parts = partition_for(levels.flows.products)
    written: list[AnyBlock] = []
    flows = {way: Flow(*way, covered(context.say), context.year) for way in directions}
    stated = {way: levels.composition(flow, parts) for way, flow in flows.items() if not levels.wrong(flow)}
    for (exporter, importer), shares in stated.items():
        leading = next(iter(shares))
        labels = {"exporter": economy(exporter), "importer": economy(importer)}
        facts = {"share": shares[leading][1]}
        key = f"ties.composition{_whole(context)}"
        sentences = [prose(key, facts, group=group(leading, parts.groups[leading].name), **labels)]
        base = context.year - BASE_DISTANCE
        if base in levels.flows.years:
            moved = levels.composition_change(flows[exporter, importer], parts, base)
            if moved is not None:
                sentences.append(_change(moved, base))
        written.append(Paragraph(tuple(sentences)))
    if stated:
        written.append(_chart(context, parts, stated))
    return written


def _change(moved: Fact, base: int) -> Prose:
    if not moved.value:
        return prose("ties.composition_same", base=year(base))
    key = "ties.composition_moved" if moved.value >= MUCH else "ties.composition_stable"
    return prose(key, {"moved": moved}, base=year(base))


def _chart(
    context: Context, parts: Partition, stated: dict[tuple[str, str], dict[str, tuple[Fact, Fact]]]
) -> Chart:
    weight: dict[str, float] = {}
    for shares in stated.values():
        for identity, (value, _) in shares.items():
            weight[identity] = weight.get(identity, 0.0) + (value.value or 0.0)
    order = sorted(weight, key=lambda g: (-weight[g], g))
    series = tuple(
        Series(
            prose("ties.series_exports", exporter=economy(exporter), importer=economy(importer)),
            tuple(
                Mark(_named(identity, parts.groups[identity].name), shares[identity][0].id)
                for identity in order
                if identity in shares
            ),
        )
        for (exporter, importer), shares in stated.items()
    )
    exporter, importer = next(iter(stated))
    leading = next(iter(stated[exporter, importer]))
    labels = {
        "exporter": economy(exporter),
        "importer": economy(importer),
        "group": _named(leading, parts.groups[leading].name),
    }
    facts = {"share": stated[exporter, importer][leading][1]}
    return Chart(
        id="composition",
        kind="diverging" if len(series) > 1 else "bars",
        title=prose(f"ties.composition_chart{_whole(context)}", facts, **labels),
        axis=prose("ties.composition_axis", year=year(context.year)),
        series=series,
        alt=prose(f"ties.composition_alt{_whole(context)}", facts, **labels),
    )


def _whole(context: Context) -> str:
    """Return the ending of the sentences that hold where no goods are left out."""
    return "_whole" if is_whole(context.say) else ""


def _named(identity: str, name: str) -> Label:
    return group(identity, name)


def partner_ranking(context: Context, levels: PairLevels, exporter: str, importer: str) -> list[AnyBlock]:
    """Write the importer's largest suppliers of the covered products with the exporter marked."""
    if levels.doubtful(Flow(exporter, importer, covered(context.say), context.year), "importer"):
        return []
    sellers = Partners(context.say, importer, "importer", context.year)
    rows = sellers.largest(covered(context.say), context.most(SUPPLIERS_SHOWN), also=exporter)
    rank = sellers.rank(exporter, covered(context.say))
    if len(rows) < 2 or rank.value is None:
        return []
    labels = {
        "exporter": economy(exporter),
        "importer": economy(importer),
        "scope": scope_label(covered(context.say)),
    }
    axis = "ties.suppliers_axis_some" if is_among_some(context.say) else "ties.suppliers_axis"
    first = rank.value == 1
    facts = {"share": next(row.share for row in rows if row.partner == exporter)}
    return [
        Chart(
            id=f"suppliers-{importer}",
            kind="bars",
            title=prose(
                "ties.suppliers_chart_first" if first else "ties.suppliers_chart",
                facts if first else {**facts, "rank": rank},
                **labels,
            ),
            axis=prose(axis, importer=labels["importer"], scope=labels["scope"]),
            series=(
                Series(
                    prose("ties.suppliers_series", importer=labels["importer"]),
                    tuple(
                        Mark(economy(row.partner), row.share.id, emphasis=row.partner == exporter)
                        for row in rows
                    ),
                ),
            ),
            alt=prose(
                "ties.suppliers_alt",
                {"share": facts["share"], "top": rows[0].share},
                leader=economy(rows[0].partner),
                exporter=labels["exporter"],
                importer=labels["importer"],
            ),
        )
    ]
