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
    if loaded.source is None or not (counted.keys() - loaded.spoilt.keys() or loaded.malformed):
        return counted, as_counted
    stream, found = loaded.source
    name = Stream(stream.path, stream.member).name if isinstance(stream, LongStream) else stream.name
    first, plain = loaded.first_row, loaded.plain
    at: dict[int, int] = {}
    lost = [line for line in loaded.malformed if line <= plain + 1]
    unread: list[int] = []
    # Rows of the first lines are numbered by their lines; those that come after them, one after the other.
    number = first + plain
    try:
        for line, is_row in records(stream, found, plain):
            if not is_row:
                unread.append(line)
                continue
            if number in counted:
                at[number] = line
            number += 1
    except csv.Error:
        return counted, as_counted
    if len(lost) + len(unread) != len(loaded.malformed):
        return counted, as_counted
    early = {row: row - first + 2 + found.before for row in counted if row < first + plain}
    own = {row: (name, line) for row, line in {**early, **at}.items() if row - first not in loaded.spoilt}
    return counted | own, [(name, line) for line in (*(line + found.before for line in lost), *unread)]
