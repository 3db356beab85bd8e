"""Intermediate trade: what each side's industries deliver to the other's for use in production."""

from __future__ import annotations

from hikiwake.core.document import (
    AnyBlock,
    Caveat,
    Chart,
    Label,
    Mark,
    Paragraph,
    Prose,
    Series,
    Table,
)
from hikiwake.measures.intermediate.coverage import Absence, intermediate
from hikiwake.measures.intermediate.exposure import Exposure, Exposures
from hikiwake.measures.intermediate.levels import IntermediateTrade, Line
from hikiwake.measures.intermediate.table import Industry
from hikiwake.sections import Context
from hikiwake.sections.wording import cell, economy, prose, year

INDUSTRIES_SHOWN = 10
SUPPLIERS_SHOWN = 10
EXPOSED_SHOWN = 6
# Below this part of the other direction a flow gets its paragraph, but no table and figure of its own.
TRICKLE = 0.01
# So it is below this part of what the importer takes from abroad.
TRIFLE = 0.0005

Direction = tuple[str, str]


def blocks(context: Context) -> tuple[list[AnyBlock], list[Prose]]:
    """Write what is known of the pair's intermediate trade, and its sentences for the summary.

    Where it cannot be known, the one block says why, and the summary gets nothing.
    """
    found = intermediate(context.say, context.a.id, context.b.id, context.last_year)
    if isinstance(found, Absence):
        return [Caveat("no data", absence(found))], []
    trade = IntermediateTrade(found, context.say)
    exposures = Exposures(found, context.say)
    values = {d: trade.value(*d).value or 0.0 for d in context.directions}
    followed = sorted(context.directions, key=lambda d: (-values[d], d))
    if not values[followed[0]]:
        return [Caveat("no data", _nothing(context, found.year))], []
    alive = [d for d in followed if values[d] > 0]
    weighty = [d for d in alive if values[d] >= TRICKLE * values[alive[0]] and _matters(trade, d)]
    written: list[AnyBlock] = [
        Paragraph(_sentences(trade, d, first=d == followed[0]) if d in alive else (_none(d, found.year),))
        for d in followed
    ]
    written.append(Paragraph((_balance(context, trade),)))
    written.append(Caveat("concept", prose("intermediate.concept", {"count": trade.economies()})))
    written.append(_composition({d: trade.lines(*d) for d in alive}, context.most(INDUSTRIES_SHOWN)))
    for direction in weighty:
        written += _suppliers(trade, direction, context.most(SUPPLIERS_SHOWN))
        written += _exposed(exposures, direction, context.most(EXPOSED_SHOWN))
    return written, [_level(trade, alive[0])]


def absence(found: Absence) -> Prose:
    """Say why intermediate trade is not told."""
    if found.reason == "later" and found.year is not None:
        return prose("intermediate.absent_later", measured=year(found.year))
    if found.reason == "outside" and found.economies is not None:
        names = {"economy": economy(found.outside[0])}
        if len(found.outside) > 1:
            other = economy(found.outside[1])
            return prose("intermediate.absent_both", {"count": found.economies}, **names, other=other)
        return prose("intermediate.absent_one", {"count": found.economies}, **names)
    return prose("intermediate.absent_table")


def _matters(trade: IntermediateTrade, direction: Direction) -> bool:
    return (trade.share_of_imports(*direction).value or 0.0) >= TRIFLE


def _labels(direction: Direction) -> dict[str, Label]:
    return {"exporter": economy(direction[0]), "importer": economy(direction[1])}


def _industry(industry: Industry) -> Label:
    return Label("industry", industry.code, industry.name)


def _nothing(context: Context, at: int) -> Prose:
    return prose("intermediate.nothing", a=economy(context.a.id), b=economy(context.b.id), year=year(at))


def _none(direction: Direction, at: int) -> Prose:
    return prose("intermediate.none", year=year(at), **_labels(direction))


def _level(trade: IntermediateTrade, direction: Direction, *, first: bool = True) -> Prose:
    """Say how much flows; what intermediate trade is, only the first sentence says."""
    facts = {
        "value": trade.value(*direction),
        "bought": trade.share_of_imports(*direction),
        "sold": trade.share_of_exports(*direction),
    }
    return prose("intermediate.level" if first else "intermediate.level_back", facts, **_labels(direction))


def _sentences(trade: IntermediateTrade, direction: Direction, *, first: bool) -> tuple[Prose, ...]:
    ranks = {
        "supplier": trade.supplier_rank(*direction),
        "customer": trade.customer_rank(*direction),
        "count": trade.partners(),
    }
    leading = trade.lines(*direction)[0]
    composed = {"goods": trade.goods_share(*direction), "share": leading.share}
    return (
        _level(trade, direction, first=first),
        prose("intermediate.rank", ranks, **_labels(direction)),
        prose("intermediate.composed", composed, industry=_industry(leading.industry)),
    )


def _balance(context: Context, trade: IntermediateTrade) -> Prose:
    balance = trade.balance(context.a.id, context.b.id)
    key = "intermediate.surplus" if (balance.value or 0.0) >= 0 else "intermediate.deficit"
    return prose(key, {"balance": balance}, a=economy(context.a.id), b=economy(context.b.id))


def _composition(lines: dict[Direction, tuple[Line, ...]], most: int) -> Chart:
    """Draw both directions by selling industry, the industries with the largest sums first.

    The industry that the title names is among them.
    """
    main = next(iter(lines))
    leading = lines[main][0]
    weight: dict[str, float] = {}
    for sold in lines.values():
        for line in sold:
            weight[line.industry.code] = weight.get(line.industry.code, 0.0) + (line.value.value or 0.0)
    ranked = sorted(weight, key=lambda code: (-weight[code], code))
    order = ranked[:most]
    if leading.industry.code not in order:
        order[-1] = leading.industry.code
    series = []
    for direction, sold in lines.items():
        by_code = {line.industry.code: line for line in sold}
        marks = tuple(
            Mark(_industry(by_code[code].industry), by_code[code].value.id)
            for code in order
            if code in by_code
        )
        series.append(Series(prose("intermediate.series", **_labels(direction)), marks))
    labels = {**_labels(main), "industry": _industry(leading.industry)}
    facts = {"share": leading.share}
    return Chart(
        id="intermediate-composition",
        kind="diverging" if len(series) > 1 else "bars",
        title=prose("intermediate.composition_chart", facts, **labels),
        axis=prose("intermediate.composition_axis", {"value": leading.value}),
        series=tuple(series),
        alt=prose("intermediate.composition_alt", facts, **labels),
        note=prose("intermediate.composition_note"),
    )


def _suppliers(trade: IntermediateTrade, direction: Direction, most: int) -> list[AnyBlock]:
    exporter, importer = direction
    rows = trade.suppliers(importer, most, also=exporter)
    if len(rows) < 2:
        return []
    labels = _labels(direction)
    own = next(row.share for row in rows if row.economy == exporter)
    rank = trade.supplier_rank(*direction)
    first = rank.value == 1
    return [
        Chart(
            id=f"intermediate-suppliers-{importer}",
            kind="bars",
            title=prose(
                "intermediate.suppliers_chart_first" if first else "intermediate.suppliers_chart",
                {"share": own} if first else {"share": own, "rank": rank},
                **labels,
            ),
            axis=prose("intermediate.suppliers_axis", {"share": own}, importer=labels["importer"]),
            series=(
                Series(
                    prose("intermediate.suppliers_series", importer=labels["importer"]),
                    tuple(
                        Mark(economy(row.economy), row.share.id, emphasis=row.economy == exporter)
                        for row in rows
                    ),
                ),
            ),
            alt=prose(
                "intermediate.suppliers_alt",
                {"share": own, "top": rows[0].share},
                leader=economy(rows[0].economy),
                **labels,
            ),
        )
    ]


def _exposed(exposures: Exposures, direction: Direction, most: int) -> list[AnyBlock]:
    rows = exposures.most_exposed(*direction, most)
    if not rows:
        return []
    labels = _labels(direction)
    of_all, of_foreign = exposures.whole(*direction)
    facts = {"share": rows[0].of_all, "foreign": rows[0].of_foreign}
    sentences = (
        prose("intermediate.exposure", {"share": of_all, "foreign": of_foreign}, **labels),
        prose("intermediate.most_exposed", facts, industry=_industry(rows[0].industry), **labels),
    )
    return [Paragraph(sentences), _exposure_table(rows, labels, f"{direction[0]}-{direction[1]}")]


def _exposure_table(rows: tuple[Exposure, ...], labels: dict[str, Label], tail: str) -> Table:
    by_exporter = {"exporter": labels["exporter"]}
    return Table(
        id=f"intermediate-exposure-{tail}",
        title=prose(
            "intermediate.exposure_table",
            {"share": rows[0].of_all},
            industry=_industry(rows[0].industry),
            **labels,
        ),
        columns=(
            prose("intermediate.exposure_column_industry", importer=labels["importer"]),
            prose("intermediate.exposure_column_all", **by_exporter),
            prose("intermediate.exposure_column_foreign", **by_exporter),
            prose("intermediate.exposure_column_inputs", **by_exporter),
            prose("intermediate.exposure_column_output"),
        ),
        rows=tuple(
            (
                cell(_industry(row.industry)),
                cell(row.of_all),
                cell(row.of_foreign),
                cell(row.inputs),
                cell(row.output),
            )
            for row in rows
        ),
        note=prose("intermediate.exposure_note"),
        annex=True,
    )
