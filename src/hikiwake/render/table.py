"""Numbers as CSV: all facts of a brief, or the data of one table or figure.

Text that a spreadsheet would run as a formula is defused.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from hikiwake.core.document import AnyBlock, Brief, Cell, Chart, Table
from hikiwake.core.factset import FactSet
from hikiwake.render.outline import Words

SUFFIX = ".csv"
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that a spreadsheet takes for a formula."""


def render(brief: Brief, *, lang: str = "en") -> bytes:
    """Return all facts of the brief as UTF-8 CSV."""
    del lang
    return csv_of(FactSet(brief.ledger))


def csv_of(facts: FactSet) -> bytes:
    """Return facts as UTF-8 CSV with a header; a missing value is an empty field."""
    records = facts.to_dicts()
    return _written([list(records[0]), *(list(record.values()) for record in records)] if records else [])


def csv_of_block(block: AnyBlock, words: Words) -> bytes:
    """Return the data of a table (as it is printed) or figure (one line a number), with exact values."""
    if isinstance(block, Table):
        head = [words.text(column) for column in block.columns]
        return _written([head, *([content_of(cell, words) for cell in row] for row in block.rows)])
    if not isinstance(block, Chart):
        return b""
    keys = ("item", "series", "value", "unit", "period", "status", "identifier")
    lines: list[list[Any]] = [[words.word(f"{key}_column") for key in keys]]
    for series in block.series:
        name = words.text(series.label)
        for mark in series.marks:
            fact = words.ledger[mark.fact]
            status = words.doubt(mark) or fact.status
            what = (words.language.label(mark.at, "cap"), name)
            lines.append([*what, fact.value, fact.unit.symbol, str(fact.period), status, mark.fact])
    if block.events:
        rows = [words.text(row) for row in block.events.rows]
        for moment in block.events.marks:
            number = words.filled("event_number", number=str(moment.number))
            what = (words.language.label(moment.what), rows[moment.row])
            lines.append([*what, None, "", moment.at.id, "", number])
    return _written(lines)


def content_of(cell: Cell, words: Words) -> Any:
    """Return what a cell holds: its exact number, its words, its name, or None."""
    if cell.fact:
        return words.ledger[cell.fact].value
    if cell.said:
        return words.text(cell.said)
    return words.language.label(cell.label, "cap") if cell.label else None


def _written(lines: Iterable[list[Any]]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerows([_safe(value) for value in line] for line in lines)
    return stream.getvalue().encode("utf-8")


def _safe(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(RISKY):
        return f"'{value}"
    return "" if value is None else value
