"""Replies of Comtrade's service that were saved as JSON, read as tables.

A reply is believed whole or not at all: with an error in it, with fewer rows than it counts, or with as many
as the service sends at most, it is refused.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports.streams import Stream

MOST = (500, 100_000, 250_000)
"""Rows at which the public preview and the service with a key cut their replies."""
LARGEST = 512 * 2**20
KEY = "reporterCode"


class Reply(Stream, frozen=True):
    """A reply as the table that says the same, with a line for each of its rows."""

    @property
    def name(self) -> str:
        """How it is called in a report."""
        return f"{self.path.name}, its rows as lines"

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open the table."""
        found = rows_of(self.path)
        columns = list(dict.fromkeys(name for row in found for name in row))
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(columns)
        for row in found:
            cells = (row.get(name) for name in columns)
            table.writerow(["" if cell is None else cell for cell in cells])
        yield io.BytesIO(text.getvalue().encode("utf-8"))


def is_json(path: Path) -> bool:
    """Tell whether a file is called JSON."""
    return path.name.lower().endswith((".json", ".json.gz"))


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a reply; `BadInput` says what makes it none, or unbelievable."""
    with Stream(path).opened() as binary:
        content = binary.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise _wrong(path, f"it has more than {LARGEST} bytes", "Save it as CSV, or take the bulk file.")
    try:
        reply = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise _wrong(
            path, f"it is no JSON ({str(fault)[:80]})", "Ask again; the reply may have been cut."
        ) from None
    told: dict[str, Any] = reply if isinstance(reply, dict) else {"data": reply}
    rows = told.get("data")
    if told.get("error"):
        raise _wrong(path, f"it tells an error: {str(told['error'])[:120]}", "Ask again.")
    if not isinstance(rows, list) or not all(isinstance(row, dict) and KEY in row for row in rows):
        raise _wrong(path, "it is no reply of a service that is known", "Ask for CSV, and map its columns.")
    if not rows:
        raise _wrong(path, "it holds no rows", "Ask for a reporter and a year that the service has.")
    if told.get("count", len(rows)) != len(rows):
        raise _wrong(path, f"it counts {told['count']} rows and holds {len(rows)}", "Ask again.")
    if len(rows) in MOST:
        raise _wrong(
            path,
            f"it holds {len(rows):,} rows, as many as the service sends at most, so there may be more",
            "Ask for fewer partners or products at once, or take the bulk file.",
        )
    return rows


def _wrong(path: Path, why: str, remedy: str) -> BadInput:
    return BadInput(where=str(path), why=why, remedy=remedy)
