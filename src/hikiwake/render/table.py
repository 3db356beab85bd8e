"""The facts of a brief as CSV, one line a fact; text that a spreadsheet would run as a formula is defused."""

from __future__ import annotations

import csv
import io
from typing import Any

from hikiwake.core.document import Brief
from hikiwake.core.factset import FactSet

SUFFIX = ".csv"
_RUN = ("=", "+", "-", "@", "\t", "\r")


def render(brief: Brief, *, lang: str = "en") -> bytes:
    """Return all facts of the brief as UTF-8 CSV."""
    del lang
    return csv_of(FactSet(brief.ledger))


def csv_of(facts: FactSet) -> bytes:
    """Return facts as UTF-8 CSV with a header; a missing value is an empty field."""
    records = facts.to_dicts()
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    if records:
        writer.writerow(records[0])
        writer.writerows([_safe(value) for value in record.values()] for record in records)
    return stream.getvalue().encode("utf-8")


def _safe(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_RUN):
        return f"'{value}"
    return "" if value is None else value
