"""What one side's leading products weigh for both: shares, other suppliers, the largest alternative."""

from __future__ import annotations

from typing import NamedTuple

from hikiwake.core.document import AnyBlock, Chart, Label, Mark, Paragraph, Series, Table
from hikiwake.core.provenance import Fact
from hikiwake.measures.product_names import product_names
from hikiwake.measures.statement import Scope
from hikiwake.measures.ties.levels import Flow, PairLevels
from hikiwake.measures.ties.suppliers import Partners, Ranked
from hikiwake.sections import Context
from hikiwake.sections.wording import cell, economy, product, prose

SHOWN = 8
# Of these the table in the section shows so many; all are in the annex.
LEADING = 5
# A product is worth a sentence from this part of the shown products' value on; a supplier from this share on.
WORTHY = 0.05
SLIGHT = 0.01
# The columns of the table, and whose names their headings hold.
COLUMNS: dict[str, tuple[str, ...]] = {
    "product": (),
    "value": (),
    "bought": ("importer",),
    "sold": ("exporter",),
    "world": ("exporter",),
    "concentration": ("importer",),
    "alternative": (),
    "alternative_share": (),
}


class Dependence(NamedTuple):
    """One product in one direction: its weight for both sides, and who else sells it."""

    code: str
    name: str
    value: Fact
    bought: Fact
    sold: Fact
    world: Fact
    concentration: Fact
    alternative: Ranked | None


def dependences(context: Context, levels: PairLevels, exporter: str, importer: str) -> tuple[Dependence, ...]:
    """State the largest products of one direction in the brief's year."""
    codes = levels.largest_products(exporter, importer, context.year, context.most(SHOWN))
    if not codes:
        return ()
    sellers = Partners(context.say, importer, "importer", context.year)
    rows = []
    name = product_names(context.say.tables)
    for code in codes:
        scope = Scope("product", code, code)
        flow = Flow(exporter, importer, scope, context.year)
        rows.append(
            Dependence(
                code,
                name(code),
                levels.value(flow),
                levels.share_of_imports(flow),
                levels.share_of_exports(flow),
                levels.share_of_world_exports(exporter, scope, context.year),
                sellers.concentration(scope),
                sellers.alternative(exporter, scope),
            )
        )
    return tuple(rows)


def blocks(exporter: str, importer: str, rows: tuple[Dependence, ...]) -> list[AnyBlock]:
    """Write the dependence block of one direction."""
    if not rows:
        return []
    labels = {"exporter": economy(exporter), "importer": economy(importer)}
    needed = _needed(rows)
    facts = {"bought": needed.bought, "sold": needed.sold}
    written: list[AnyBlock] = []
    if needed.alternative and (needed.alternative.share.value or 0.0) >= SLIGHT:
        sentence = prose(
            "ties.dependence_alternative",
            {"bought": needed.bought, "other": needed.alternative.share},
            alternative=economy(needed.alternative.partner),
            product=product(needed.code, needed.name),
            **labels,
        )
    else:
        named = product(needed.code, needed.name)
        sentence = prose("ties.dependence_sole", {"bought": needed.bought}, product=named, **labels)
    written.append(Paragraph((sentence,)))
    if len(rows) > 1:
        written.append(_dumbbell(labels, rows, needed, facts, f"{exporter}-{importer}"))
    written.append(_table(labels, rows, f"{exporter}-{importer}"))
    return written


def _needed(rows: tuple[Dependence, ...]) -> Dependence:
    """Return the product for which the importer leans most on the exporter, among those of some weight."""
    total = sum(row.value.value or 0.0 for row in rows)
    worthy = [row for row in rows if (row.value.value or 0.0) >= WORTHY * total]
    return max(worthy, key=lambda row: (row.bought.value or 0.0, row.value.value or 0.0))


def _dumbbell(
    labels: dict[str, Label],
    rows: tuple[Dependence, ...],
    needed: Dependence,
    facts: dict[str, Fact],
    tail: str,
) -> Chart:
    def marks(which: str) -> tuple[Mark, ...]:
        return tuple(
            Mark(
                product(row.code, row.name),
                getattr(row, which).id,
                emphasis=row is needed,
                doubtful=getattr(row, which).status == "flagged",
            )
            for row in rows
        )

    return Chart(
        id=f"dependence-{tail}",
        kind="dumbbell",
        title=prose("ties.dependence_chart", facts, product=product(needed.code, needed.name), **labels),
        axis=prose("ties.dependence_axis"),
        series=(
            Series(prose("ties.series_bought", importer=labels["importer"]), marks("bought")),
            Series(prose("ties.series_sold", exporter=labels["exporter"]), marks("sold")),
        ),
        alt=prose("ties.dependence_alt", facts, product=product(needed.code, needed.name), **labels),
        glance=False,
    )


def _table(labels: dict[str, Label], rows: tuple[Dependence, ...], tail: str) -> Table:
    return Table(
        id=f"dependence-table-{tail}",
        title=prose("ties.dependence_table", **labels),
        columns=tuple(
            prose(f"ties.dependence_column_{name}", **{side: labels[side] for side in sides})
            for name, sides in COLUMNS.items()
        ),
        rows=tuple(
            (
                cell(product(row.code, row.name)),
                cell(row.value),
                cell(row.bought),
                cell(row.sold),
                cell(row.world),
                cell(row.concentration),
                cell(economy(row.alternative.partner) if row.alternative else None),
                cell(row.alternative.share if row.alternative else None),
            )
            for row in rows
        ),
        note=prose("ties.dependence_note"),
        shown=LEADING,
    )
