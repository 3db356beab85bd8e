"""Where rows stand in their files, for those that are told: rejected ones, and lines that cannot be read.

Rows are numbered as they are read, which takes no blank line, and a cell of several lines as one. The file is
read again for its own line numbers, but only where something of it is told.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable

from hikiwake.sources.imports.loading import Loaded
from hikiwake.sources.imports.long import LongStream, records
from hikiwake.sources.imports.streams import Stream

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
    lost = [line + found.before for line in loaded.malformed if line <= plain + 1]
    at = {row: row - first + 2 + found.before for row in counted if row < first + plain}
    later = {row for row in counted if row >= first + plain}
    to_come = len(loaded.malformed) - len(lost)
    unread: list[int] = []
    number = first + plain
    try:
        for line, is_row in records(stream, found, plain) if later or to_come else ():
            if not is_row:
                unread.append(line)
            elif number in later:
                at[number] = line
            number += is_row
    except csv.Error:
        return counted, as_counted
    if len(unread) != to_come or len(at) != len(counted):
        return counted, as_counted
    return {row: (name, line) for row, line in at.items()}, [(name, line) for line in (*lost, *unread)]
