"""A regression as text, as HTML, and for the library rich."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib import import_module
from typing import Any, NamedTuple

NO_REGRESSOR = "No regressor: the fixed effects alone."
HEADS = ("", "coefficient", "std. error", "z", "p", "lower 95 %", "upper 95 %")

Pairs = Sequence[tuple[str, str]]


class Report(NamedTuple):
    """What is printed of a regression.

    `left` and `right` are facts by their name, side by side above the coefficients; `rows` are one for each
    coefficient; `notes` stand below: what was left out, by reason, and how it was solved.
    """

    title: str
    formula: str
    left: Pairs
    right: Pairs
    rows: Sequence[tuple[str, ...]]
    notes: Pairs


def plain(report: Report) -> str:
    """Return head, coefficient table and notes in plain text."""
    rows = _columns([HEADS, *report.rows])
    if not report.rows:
        rows.append(NO_REGRESSOR)
    head = _side_by_side(report.left, report.right, len(rows[0]))
    notes = [f"{name}: {value}" for name, value in report.notes]
    rule = max(len(line) for line in (*rows, *head))
    return "\n".join(
        [
            f"{report.title:^{rule}}".rstrip(),
            report.formula,
            "=" * rule,
            *head,
            "-" * rule,
            rows[0],
            "-" * rule,
            *rows[1:],
            "=" * rule,
            *notes,
        ]
    )


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Set rows in columns, the first to the left and the others to the right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADS))]
    return [
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _side_by_side(left: Pairs, right: Pairs, room: int) -> list[str]:
    """Set two lists of facts beside each other, names to the left and values to the right."""
    count = max(len(left), len(right))
    sides = [[*side, *[("", "")] * (count - len(side))] for side in (left, right)]
    names = [max(len(name) for name, _ in side) for side in sides]
    values = [max(len(value) for _, value in side) for side in sides]
    gap = max(3, room - sum(names) - sum(values) - 4)
    wide = values[0] + (gap - 3) // 2, values[1] + (gap - 3) - (gap - 3) // 2
    return [
        (f"{a[0]:<{names[0]}}  {a[1]:>{wide[0]}}   {b[0]:<{names[1]}}  {b[1]:>{wide[1]}}").rstrip()
        for a, b in zip(*sides, strict=True)
    ]


def html(report: Report) -> str:
    """Return the same as HTML tables."""
    head = "".join(f"<th>{escape(one)}</th>" for one in HEADS)
    body = "".join(
        f"<tr><th>{escape(row[0])}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in row[1:])}</tr>"
        for row in report.rows
    )
    if not report.rows:
        body = f'<tr><td colspan="{len(HEADS)}">{escape(NO_REGRESSOR)}</td></tr>'
    facts = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>"
        for name, value in (*report.left, *report.right)
    )
    notes = "<br>".join(f"{escape(name)}: {escape(value)}" for name, value in report.notes)
    caption = f"{escape(report.title)}<br><code>{escape(report.formula)}</code>"
    return (
        f"<table><caption>{caption}</caption><tbody>{facts}</tbody></table>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{notes}</p>"
    )


def rich(report: Report) -> list[object]:
    """Return the same as what the library rich prints: a table of facts, one of coefficients, and notes.

    Only rich itself asks for it, so it is there.
    """
    table: Any = import_module("rich.table").Table
    plain_text: Any = import_module("rich.text").Text
    facts = table(title=plain_text(report.title), caption=plain_text(report.formula), show_header=False)
    for justify in ("left", "right", "left", "right"):
        facts.add_column(justify=justify)
    count = max(len(report.left), len(report.right))
    for at in range(count):
        pairs = [side[at] if at < len(side) else ("", "") for side in (report.left, report.right)]
        facts.add_row(*(plain_text(cell) for pair in pairs for cell in pair))
    slopes = table(padding=(0, 0), pad_edge=False)
    for at, head in enumerate(HEADS):
        slopes.add_column(plain_text(head), justify="right" if at else "left", no_wrap=True)
    for row in report.rows:
        slopes.add_row(*(plain_text(cell) for cell in row))
    if not report.rows:
        return [
            facts,
            plain_text(NO_REGRESSOR),
            *(plain_text(f"{name}: {value}") for name, value in report.notes),
        ]
    return [facts, slopes, *(plain_text(f"{name}: {value}") for name, value in report.notes)]
