"""Where rows stand in their files, for those that are told: rejected ones, and lines that cannot be read.

Rows are numbered as they are read, which takes no blank line, and a cell of several lines as one. The file is
read again for its own line numbers, but only where something of it is told.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable

from hikiwake.sources.imports import workbooks
from hikiwake.sources.imports.loading import Loaded
from hikiwake.sources.imports.long import LongStream, records
from hikiwake.sources.imports.mapping import Mapping
from hikiwake.sources.imports.streams import Stream, layout

Place = tuple[str, int]


def told(loaded: Loaded, rows: Iterable[int]) -> tuple[dict[int, Place], list[Place]]:
    """Return the table and the line of rows, and of what could not be read.

    Where the file cannot be read again as it was, lines are counted as if each held one row.
    """
    counted = {row: loaded.place(row) for row in rows}
    as_counted = [(loaded.stream, line) for line in loaded.malformed]
    if loaded.source is None:
        return counted, as_counted
    stream, found = loaded.source
    name = Stream(stream.path, stream.member).name if isinstance(stream, LongStream) else stream.name
    first, plain = loaded.first_row, loaded.plain
    # Rows of the first lines are numbered by their lines; those that come after them, one after the other.
    by_line = first + plain
    at: dict[int, int] = {}
    unread: list[int] = []
    number, skipped = first, 0
    if not isinstance(stream, LongStream):
        # A line of these is a row, so that they need not be read again.
        unread = [line + found.before for line in loaded.malformed if line <= plain + 1]
        at = {row: row - first + 2 + found.before for row in counted if row < by_line}
        number, skipped = by_line, plain
    try:
        again = len(at) < len(counted) or len(unread) < len(loaded.malformed)
        for line, is_row in records(stream, found, skipped) if again else ():
            counts = is_row or number < by_line
            if not is_row:
                unread.append(line)
            elif number in counted:
                at[number] = line
            number += counts
    except csv.Error:
        return counted, as_counted
    if len(unread) != len(loaded.malformed) or len(at) != len(counted):
        return counted, as_counted
    return {row: (name, line) for row, line in at.items()}, [(name, line) for line in unread]


def cell(loaded: Loaded, mapping: Mapping, role: str, line: int) -> str:
    """Return what a sheet of a workbook calls the cell at fault; empty for other tables.

    It is empty too where a value is at fault and each year has a column.
    """
    if loaded.source is None:
        return ""
    stream, found = loaded.source
    if isinstance(stream, LongStream):
        found = layout(Stream(stream.path, stream.member), stream.wanted)
    column = mapping.columns.get(role)
    return (
        workbooks.cell(stream.path.name, found.header.index(column), line) if column in found.header else ""
    )
