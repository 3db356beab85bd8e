"""Where one side's advantage meets the other's imports: who could sell more of what, and who sells it now."""

from __future__ import annotations

import math

from hikiwake.core.document import AnyBlock, Cell, Label, Paragraph, Prose, Table
from hikiwake.measures.complementarity.advantage import Opening, Strength
from hikiwake.sections import Context
from hikiwake.sections.complementarity.parts import Direction, Part, line_label, names
from hikiwake.sections.wording import cell, economy, prose

SHOWN = 8
LEADING = 5
"""Rows in the section; all are in the annex."""
STRENGTHS_SHOWN = 8
# Where what an importer buys in the exporter's lines of advantage is below this part of the other
# direction's, a table would be about trifles.
TRIFLE = 0.01


def blocks(context: Context, part: Part) -> list[AnyBlock]:
    """Write both sides' advantages, then each direction's openings."""
    written = strengths(context, part)
    told = [d for d in context.directions if not part.doubtful(d)]
    found = {d: part.advantages.openings(*d, context.most(SHOWN)) for d in told}
    weight = {d: sum(row.need.value or 0.0 for row in rows) for d, rows in found.items()}
    most = max(weight.values(), default=0.0)
    for direction in sorted(found, key=lambda d: (-weight[d], d)):
        written += _direction(part, direction, found[direction], tables=weight[direction] >= TRIFLE * most)
    return written


def strengths(context: Context, part: Part) -> list[AnyBlock]:
    """Write the revealed advantage of both in the lines that weigh most in their exports."""
    rows = part.advantages.strengths(context.a.id, context.b.id, context.most(STRENGTHS_SHOWN))
    sides = [n for n in (0, 1) if any(row.ratio[n].value is not None for row in rows)]
    if len(sides) < 2:
        return []
    labels = {"a": economy(context.a.id), "b": economy(context.b.id)}
    return [
        Table(
            id=f"complementarity-advantage-{part.trade.universe.id}",
            title=_greatest(rows, (labels["a"], labels["b"]), part.scope),
            columns=(
                prose(part.worded("column_line")),
                prose("complementarity.column_ratio", exporter=labels["a"]),
                prose("complementarity.column_symmetric", exporter=labels["a"]),
                prose("complementarity.column_ratio", exporter=labels["b"]),
                prose("complementarity.column_symmetric", exporter=labels["b"]),
            ),
            rows=tuple(_strength(row) for row in rows),
            note=prose(part.worded("strengths_note"), scope=part.scope),
            annex=True,
        )
    ]


def _greatest(rows: tuple[Strength, ...], members: tuple[Label, Label], scope: Label) -> Prose:
    """Say where each side's advantage is greatest; a ratio of one or less is none.

    Ratios that rest on a total with a hole are shown, and nothing is said of them.
    """
    top = [_strongest(rows, side) for side in (0, 1)]
    if any(top[side].ratio[side].status == "flagged" for side in (0, 1)):
        return prose("complementarity.strengths_plain", a=members[0], b=members[1], scope=scope)
    having = [side for side in (0, 1) if (top[side].ratio[side].value or 0.0) > 1.0]
    if not having:
        return prose("complementarity.strengths_neither", a=members[0], b=members[1], scope=scope)
    side = having[0]
    facts = {"ratio": top[side].ratio[side]}
    labels = {"a": members[side], "b": members[1 - side], "line": line_label(top[side].line), "scope": scope}
    if len(having) == 1:
        return prose("complementarity.strengths_one", facts, **labels)
    facts["other"] = top[1].ratio[1]
    return prose("complementarity.strengths", facts, other_line=line_label(top[1].line), **labels)


def _strongest(rows: tuple[Strength, ...], side: int) -> Strength:
    return max(rows, key=lambda row: row.ratio[side].value or 0.0)


def _strength(row: Strength) -> tuple[Cell, ...]:
    return (
        cell(line_label(row.line)),
        *(cell(fact) for n in (0, 1) for fact in (row.ratio[n], row.symmetric[n])),
    )


def _direction(
    part: Part, direction: Direction, rows: tuple[Opening, ...], *, tables: bool
) -> list[AnyBlock]:
    labels = {**names(direction), "scope": part.scope}
    count, met = part.advantages.count(direction[0]), part.advantages.met(*direction)
    if count.value is None or met.value is None:
        return []
    if not rows:
        return [Paragraph((prose("complementarity.no_opening", **labels),))]
    number = "advantages" if count.value > 1 else "advantage"
    sentences = [prose(part.worded(number), {"count": count, "met": met}, **labels)]
    if tables:
        sentences.append(_gap(direction, rows))
    written: list[AnyBlock] = [Paragraph(tuple(sentences))]
    if tables:
        written.append(_table(part, direction, rows, labels))
    return written


def _gap(direction: Direction, rows: tuple[Opening, ...]) -> Prose:
    labels = names(direction)
    open_rows = [row for row in rows if not math.isnan(row.gap) and row.gap > 0]
    if not open_rows:
        return prose("complementarity.no_gap", **labels)
    widest = max(open_rows, key=lambda row: row.gap)
    sold = bool(widest.supplied.value)
    facts = {"elsewhere": widest.elsewhere, **({"supplied": widest.supplied} if sold else {})}
    labels["line"] = line_label(widest.line)
    key = "complementarity.gap" if sold else "complementarity.gap_none"
    if widest.rival is None:
        return prose(f"{key}_alone", facts, **labels)
    facts["rival_share"] = widest.rival.share
    return prose(key, facts, rival=economy(widest.rival.economy), **labels)


def _table(part: Part, direction: Direction, rows: tuple[Opening, ...], labels: dict[str, Label]) -> Table:
    exporter, importer = {"exporter": labels["exporter"]}, {"importer": labels["importer"]}
    first = rows[0]
    key, facts = "openings_table", {"supplied": first.supplied, "need": first.need}
    if first.supplied.value == 0.0:
        key, facts = "openings_table_none", {"need": first.need}
    return Table(
        id=f"complementarity-openings-{part.trade.universe.id}-{direction[0]}-{direction[1]}",
        title=prose(
            f"complementarity.{key}",
            facts,
            line=line_label(first.line),
            **exporter,
            **importer,
        ),
        columns=(
            prose(part.worded("column_line")),
            prose("complementarity.column_ratio", **exporter),
            prose("complementarity.column_need", **importer),
            prose("complementarity.column_need_share", **importer),
            prose("complementarity.column_supplied", **exporter),
            prose("complementarity.column_elsewhere", **exporter),
            prose("complementarity.column_rival"),
            prose("complementarity.column_rival_share"),
        ),
        rows=tuple(
            (
                cell(line_label(row.line)),
                cell(row.advantage),
                cell(row.need),
                cell(row.need_share),
                cell(row.supplied),
                cell(row.elsewhere),
                cell(economy(row.rival.economy) if row.rival else None),
                cell(row.rival.share if row.rival else None),
            )
            for row in rows
        ),
        note=prose("complementarity.openings_note", scope=part.scope, **exporter, **importer),
        shown=LEADING,
    )
