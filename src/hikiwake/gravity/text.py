"""A regression as text and as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

HEADS = ("", "coefficient", "std. error", "z", "p", "95 % interval")


class Report(NamedTuple):
    """What is printed: the estimator, the formula, a row for each coefficient, and facts by their name."""

    title: str
    formula: str
    rows: Sequence[tuple[str, ...]]
    facts: Sequence[tuple[str, str]]


def plain(report: Report) -> str:
    """Return head, coefficient table and facts in plain text."""
    rows = [HEADS, *report.rows]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADS))]
    lines = [
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    rule = "-" * max(map(len, lines))
    facts = [f"{name}: {value}" for name, value in report.facts]
    return "\n".join([report.title, report.formula, rule, lines[0], rule, *lines[1:], rule, *facts])


def html(report: Report) -> str:
    """Return the same as an HTML table."""
    head = "".join(f"<th>{escape(one)}</th>" for one in HEADS)
    body = "".join(
        f"<tr><th>{escape(row[0])}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in row[1:])}</tr>"
        for row in report.rows
    )
    notes = "<br>".join(f"{escape(name)}: {escape(value)}" for name, value in report.facts)
    caption = f"{escape(report.title)}<br><code>{escape(report.formula)}</code>"
    return (
        f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"<p>{notes}</p>"
    )
