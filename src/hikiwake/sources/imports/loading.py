"""From a stream of text to judged rows in the database, with the line of every row."""

from __future__ import annotations

import csv
import os
import re
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING

import msgspec

from hikiwake.core.country import english_names
from hikiwake.core.errors import BadInput, HikiwakeError
from hikiwake.sources.imports.ahead import ahead
from hikiwake.sources.imports.checking import texts
from hikiwake.sources.imports.economies import meaning
from hikiwake.sources.imports.mapping import Mapping
from hikiwake.sources.imports.plain import Early, Held, Taken, take
from hikiwake.sources.imports.quoting import named, quoted
from hikiwake.sources.imports.streams import Layout, Stream, Sums, blocks, layout
from hikiwake.store.database import said

if TYPE_CHECKING:
    import duckdb


AT_ONCE = 1 << 23
"""Bytes that are handed on at once."""


class Loaded(msgspec.Struct, frozen=True):
    """What was loaded of one stream: its rows in the table, and the lines that could not be read.

    `source` is what they were read from, where lines can be counted in it again. Of the lines that could not
    be read, `remarks` are words on the data.
    """

    stream: str
    first_row: int
    rows: int
    malformed: list[int]
    remarks: frozenset[int] = frozenset()
    plain: int = 0
    spoilt: dict[int, tuple[str, int]] = {}
    source: tuple[Stream, Layout] | None = None

    def place(self, row: int) -> tuple[str, int]:
        """Return the table and the line that are to be looked at for a row: of a sum, what spoils it."""
        return self.spoilt.get(row - self.first_row, (self.stream, self.line(row)))

    def line(self, row: int) -> int:
        """Return the line of a row of the table: after the header, and the lines that are not in it.

        Rows of the first lines, `plain` in number, are counted by lines in the first place.
        """
        line = first = row - self.first_row + 2
        before = bisect_right(self.malformed, self.plain + 1)
        while line > self.plain + 1 and (to := first + bisect_right(self.malformed, line) - before) != line:
            line = to
        return line


def early(stream: Stream, mapping: Mapping, tick: Callable[[int], None], held: Held) -> bool:
    """Read a part's only table beforehand, into `held`; tell whether nothing is left but other lines."""
    found, places = _laid_out(stream, mapping)
    with ahead(_told(stream, found, tick)) as parts:
        taken = take(parts, found, places, held, 0)
    held.read = Early(found, places, taken) if taken.rest is None else None
    return held.read is not None


def load(
    connection: duckdb.DuckDBPyConnection,
    stream: Stream,
    mapping: Mapping,
    judged: Callable[[str], str],
    tick: Callable[[int], None],
    held: Held | None = None,
) -> Loaded:
    """Append a stream's rows to the table `judged`; `tick` is told how many bytes went through.

    `judged` returns the query that judges a source, whose columns are `row` and those of `checking.texts`;
    with `held`, plain lines go there and past it. Raises `BadInput` for columns that are missing or stand
    twice, and for a file that is not whole.
    """
    read = held.read if held else None
    first, before = 0, 0
    if read is None:
        first, before = max(_next_row(connection), held.next if held else 0), _count(connection, held)
    if stream.is_parquet:
        _parquet(connection, stream, mapping, judged, first)
        spoilt = stream.spoilt if isinstance(stream, Sums) else {}
        return Loaded(stream.name, first, _count(connection, held) - before, [], spoilt=spoilt)
    found, places = (read.found, read.places) if read else _laid_out(stream, mapping)
    wanted = ", ".join(
        f"c{places[role]} as {role}" if role in places else f"null as {role}" for role in texts(mapping)
    )

    def insert(parts: Iterator[bytes], row: str, *, numbered: bool = False) -> list[tuple[int, str]]:
        with fed(parts) as pipe:
            table = text_columns(pipe, found, numbered=numbered)
            _insert(connection, judged(f"select {row} as row, {wanted} from {table}"))
        return unread(connection)

    bad: list[tuple[int, str]] = []
    with ahead(iter(()) if read else _told(stream, found, tick)) as parts:
        fresh = take(parts, found, places, held, first) if held and not read else Taken(0, b"", [], parts)
        taken = read.taken if read else fresh
        if taken.others:
            left = insert(_numbered(taken, found), f"line::bigint + {first}", numbered=True)
            bad += [
                (taken.others[line - 2][0] + 2, said.partition(found.delimiter)[2]) for line, said in left
            ]
        if taken.rest is not None:
            left = insert(taken.rest, f"row_number() over () - 1 + {first + taken.lines}")
            bad += [(taken.lines + line, said) for line, said in left]
    rows = _count(connection, held) - before
    remarks = frozenset(line for line, said in bad if _is_remark(said, found))
    malformed = [line for line, _ in bad]
    return Loaded(stream.name, first, rows, malformed, remarks, taken.lines, source=(stream, found))


def _is_remark(line: str, found: Layout) -> bool:
    """Tell whether a line is words on the data, such as a source below the table, and no row that was cut."""
    try:
        (said, *others) = next(csv.reader([line.strip("\r\n")], delimiter=found.delimiter), [""])
    except csv.Error:
        return False
    words = re.fullmatch(r".*[^\W\d].*[\s:].*", said.strip(), re.DOTALL)
    if words is None or any(map(str.strip, others)) or meaning(said).economy:
        return False
    return not any(name.startswith(said.strip()) for name in english_names())


def _laid_out(stream: Stream, mapping: Mapping) -> tuple[Layout, dict[str, int]]:
    """Return how a table is written, and where the columns that are asked for stand in it."""
    found = layout(stream, frozenset(mapping.columns.values()))
    return found, {role: _place(found, column, stream) for role, column in mapping.columns.items()}


def _told(stream: Stream, found: Layout, tick: Callable[[int], None]) -> Iterator[bytes]:
    some: list[bytes] = []
    size = 0
    for block in blocks(stream, found.encoding, found.before):
        some.append(block)
        size += len(block)
        if size >= AT_ONCE:
            tick(size)
            yield b"".join(some)
            some, size = [], 0
    tick(size)
    if some:
        yield b"".join(some)


def _numbered(taken: Taken, found: Layout) -> Iterator[bytes]:
    """Yield the lines that are not plain, each with its number in a column before the others."""
    sign = found.delimiter.encode()
    yield b"line" + sign + taken.header
    for number, line in taken.others:
        yield str(number).encode() + sign + line


def text_columns(pipe: str, found: Layout, *, numbered: bool = False) -> str:
    """Return the function of SQL that reads a table from a pipe: columns c0, c1, ... as they stand.

    Where lines are `numbered`, a column `line` comes before them. Lines with more or fewer fields are left
    out; `unread` tells them.
    """
    names = [*(["line"] if numbered else []), *(f"c{n}" for n in range(found.fields))]
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    return (
        f"read_csv({quoted(pipe)}, auto_detect=false, header=true, delim={quoted(found.delimiter)},"
        f" quote='\"', escape='\"', columns={{{columns}}}, store_rejects=true, rejects_limit=0,"
        " null_padding=false, max_line_size=2097152)"
    )


def unread(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str]]:
    """Return number and text of the lines that the last table read had left out, and forget them."""
    bad = connection.execute(
        "select line, min(csv_line) from reject_errors group by line order by line"
    ).fetchall()
    connection.execute("drop table if exists reject_errors")
    connection.execute("drop table if exists reject_scans")
    return [(int(line), str(text)) for line, text in bad]


def _insert(connection: duckdb.DuckDBPyConnection, judged: str) -> None:
    # A pipe tells nobody how many rows it holds: left to itself, the database takes them for few, and keeps
    # all of them in memory to look the codes up there. A list of words that stand for "missing" it would look
    # up for every row, where hardly any needs it.
    connection.execute("set disabled_optimizers = 'join_order,build_side_probe_side,in_clause'")
    try:
        connection.execute(f"insert into judged by name {judged}")
    finally:
        connection.execute("reset disabled_optimizers")


def _next_row(connection: duckdb.DuckDBPyConnection) -> int:
    (row,) = connection.execute("select coalesce(max(row) + 1, 0) from judged").fetchall()
    return int(row[0])


def _count(connection: duckdb.DuckDBPyConnection, held: Held | None) -> int:
    (row,) = connection.execute("select count(*) from judged").fetchall()
    return int(row[0]) + (held.lines if held else 0)


def _place(found: Layout, column: str, stream: Stream) -> int:
    places = [n for n, name in enumerate(found.header) if name == column]
    if len(places) == 1:
        return places[0]
    close = get_close_matches(column, found.header, n=1, cutoff=0.6)
    hint = f"Did you mean {close[0]!r}? " if close and not places else ""
    raise BadInput(
        where=f"{stream.name}, line {found.before + 1}",
        why=f"column {column!r} stands {len(places)} times in the header"
        if places
        else f"there is no column {column!r}",
        remedy=f"{hint}The header has: {', '.join(found.header)[:300]}.",
    )


def _parquet(
    connection: duckdb.DuckDBPyConnection,
    stream: Stream,
    mapping: Mapping,
    judged: Callable[[str], str],
    first: int,
) -> None:
    source = f"read_parquet({quoted(stream.path)})"
    try:
        described = connection.execute(f"describe select * from {source}").fetchall()
        header = tuple(str(row[0]) for row in described)
        found = Layout("", "", header, len(header), ())
        for column in mapping.columns.values():
            _place(found, column, stream)
        columns = mapping.columns
        wanted = ", ".join(
            f"cast({named(columns[role])} as varchar) as {role}" if role in columns else f"null as {role}"
            for role in texts(mapping)
        )
        _insert(
            connection, judged(f"select row_number() over () - 1 + {first} as row, {wanted} from {source}")
        )
    except HikiwakeError:
        raise
    except Exception as fault:
        raise BadInput(
            where=str(stream.path),
            why=f"it is no Parquet file that can be read ({said(fault)})",
            remedy="Get the file again, or give the table as CSV.",
        ) from fault


@contextmanager
def piped(stream: Stream, found: Layout, tick: Callable[[int], None]) -> Iterator[str]:
    """Feed a stream through a named pipe, from which the database reads it as a file."""
    with fed(_told(stream, found, tick)) as pipe:
        yield pipe


@contextmanager
def fed(parts: Iterator[bytes]) -> Iterator[str]:
    """Feed the parts of a table through a pipe, from which the database reads them as a file.

    The pipe has no name of its own: it goes with the process, whatever ends it.
    """
    faults: list[BaseException] = []
    ours, theirs = os.pipe()

    def feed() -> None:
        try:
            with os.fdopen(theirs, "wb") as out:
                for part in parts:
                    out.write(part)
        except BrokenPipeError:
            pass  # the database has stopped, and says why
        except BaseException as fault:
            faults.append(fault)

    feeder = threading.Thread(target=feed, daemon=True)
    feeder.start()
    try:
        yield f"/dev/fd/{ours}"
    finally:
        # Whoever waits for a reader is let go, and finds that there is none.
        os.close(ours)
        feeder.join()
        if faults:
            raise faults[0]
