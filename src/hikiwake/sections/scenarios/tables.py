"""Tables of scenarios: what changes for both, who replaces whom, and which industries feel it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hikiwake.core.document import Cell, Label, Table
from hikiwake.core.provenance import Fact
from hikiwake.sections.scenarios.figures import name_of
from hikiwake.sections.wording import cell, economy, prose, text

if TYPE_CHECKING:
    from hikiwake.measures.intermediate.table import Industry
    from hikiwake.measures.scenario.stated import Answers

RIGID = "short-run"
OTHERS = 5
SECTORS = 4


def incomes(found: Sequence[Answers], a: str, b: str) -> Table:
    """Return what each scenario changes of both real incomes, in the long run and in the short one."""
    rows = []
    for told in found:
        cells = [cell(name_of(told, a, b))]
        for member in (a, b):
            cells += [spanned(told.welfare[member]), spanned(told.alternatives.get((RIGID, member)))]
        rows.append(tuple(cells))
    heads = [prose("scenarios.column_scenario")]
    for member in (a, b):
        heads += [prose(f"scenarios.column_{name}", whom=economy(member)) for name in ("income", "rigid")]
    return Table(
        id="scenarios",
        title=prose("scenarios.table"),
        columns=tuple(heads),
        rows=tuple(rows),
        note=prose("scenarios.table_note"),
    )


def sales(found: Sequence[Answers], a: str, b: str) -> Table:
    """Return what scenarios that leave trade change of sales: in full, at first, and of the potential."""
    rows = []
    for told in found:
        for (x, m), fact in told.trade.items():
            part = told.realised.get((x, m))
            shown = part if part is not None and (part.value or 0.0) > 0.0 else None
            way = text(f"{economy(x).text} → {economy(m).text}")
            rows.append(
                (
                    cell(name_of(told, a, b)),
                    cell(way),
                    spanned(fact),
                    spanned(told.first_round[x, m]),
                    spanned(shown, "scenarios.spanned_part"),
                )
            )
    return Table(
        id="scenario-sales",
        title=prose("scenarios.sales"),
        columns=tuple(
            prose(f"scenarios.column_{name}") for name in ("scenario", "way", "trade", "first", "part")
        ),
        rows=tuple(rows),
        note=prose("scenarios.sales_note"),
        annex=True,
    )


def diversion(told: Answers, a: str, b: str, most: int) -> Table:
    """Return whose trade with each of the two would change most, and what each would sell at home."""
    sums: dict[str, float] = {}
    for (x, m), fact in told.diversion.items():
        other = x if m in (a, b) else m
        if x != m:
            sums[other] = sums.get(other, 0.0) + abs(fact.value or 0.0)
    chosen = sorted(sums, key=lambda code: (-sums[code], code))[:most]
    rows: list[tuple[Cell, ...]] = [
        (Cell(said=prose("scenarios.home")), spanned(told.diversion[a, a]), spanned(told.diversion[b, b]),
         Cell(), Cell()),
    ]  # fmt: skip
    for other in chosen:
        ways = ((other, a), (other, b), (a, other), (b, other))
        rows.append((cell(economy(other)), *(spanned(told.diversion.get(way)) for way in ways)))
    return Table(
        id="diversion",
        title=prose("scenarios.diversion", a=economy(a), b=economy(b)),
        columns=(
            prose("scenarios.diversion_whom"),
            *(prose("scenarios.diversion_to", whom=economy(member)) for member in (a, b)),
            *(prose("scenarios.diversion_from", whom=economy(member)) for member in (a, b)),
        ),
        rows=tuple(rows),
        note=prose("scenarios.diversion_note"),
        annex=True,
    )


def sectors(told: Answers, industries: Sequence[Industry], pair: tuple[str, str], most: int) -> Table:
    """Return the industries of both whose output would rise and fall most, with their prices."""
    names = {industry.code: industry.name for industry in industries}
    rows = []
    for member in pair:
        output = [fact for (who, _), fact in told.output.items() if who == member]
        ranked = sorted(output, key=lambda fact: -(fact.value or 0.0))
        chosen = ranked if len(ranked) <= 2 * most else [*ranked[:most], *ranked[-most:]]
        for fact in chosen:
            code = fact.subject["industry"]
            rows.append(
                (
                    cell(economy(member)),
                    cell(Label("industry", code, names[code])),
                    spanned(fact),
                    spanned(told.prices.get((member, code))),
                )
            )
    return Table(
        id="sectors",
        title=prose("scenarios.sectors"),
        columns=tuple(
            prose(f"scenarios.sectors_{name}") for name in ("economy", "industry", "output", "price")
        ),
        rows=tuple(rows),
        note=prose("scenarios.sectors_note", scenario=name_of(told, *pair)),
        annex=True,
    )


def spanned(fact: Fact | None, template: str = "scenarios.spanned") -> Cell:
    """Make a cell of a change and its range, or by another template of a part and its range."""
    return Cell() if fact is None else Cell(said=prose(template, {"value": fact}))
