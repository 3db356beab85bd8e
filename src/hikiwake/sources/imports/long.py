"""Wide tables as streams of long ones: a line for each economy, partner, series and year that has a value."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import islice
from typing import BinaryIO, cast

from hikiwake.sources.imports.mapping import Mapping
from hikiwake.sources.imports.streams import Layout, Stream, blocks, layout
from hikiwake.sources.imports.wide import years_of

YEAR, VALUE = "year", "value"
_NUMBER = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,2})?")


class LongStream(Stream, frozen=True):
    """A wide table, read as the long one that says the same.

    `kept` are the columns that stay; `year` and `value` come after them. Empty cells give no line. Lines are
    counted in the long table, and its name says so. With `scale`, values are multiplied as that column says.
    """

    kept: tuple[str, ...] = ()
    wanted: frozenset[str] = frozenset()
    scale: str = ""
    powers: tuple[tuple[str, int], ...] = ()

    @property
    def name(self) -> str:
        """How it is called in a report."""
        return f"{Stream(self.path, self.member).name}, made long"

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open the long table."""
        wide = Stream(self.path, self.member)
        lines = _lengthened(wide, layout(wide, self.wanted), self)
        yield cast(BinaryIO, io.BufferedReader(_Lines(lines)))


class ScaledStream(Stream, frozen=True):
    """A table whose rows each say what their amount is to be multiplied by: it is, line by line.

    `powers` are the powers of ten by what the column `scale` says, in small letters.
    """

    value: str = ""
    scale: str = ""
    powers: tuple[tuple[str, int], ...] = ()

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open the table with the amounts in one unit."""
        plain = Stream(self.path, self.member)
        yield cast(BinaryIO, io.BufferedReader(_Lines(_scaled(plain, layout(plain), self))))


def _scaled(plain: Stream, found: Layout, asked: ScaledStream) -> Iterator[bytes]:
    value, scale = found.header.index(asked.value), found.header.index(asked.scale)
    yield _written([list(found.header)])
    for row in rows_of(plain, found):
        if len(row) > max(value, scale):
            row[value] = multiplied(row[value], row[scale], dict(asked.powers))
        yield _written([row]) if row else b"\n"


def multiplied(amount: str, scale: str, powers: dict[str, int]) -> str:
    """Return an amount multiplied by the power of ten that a scale says; what is no number stays none.

    Examples
    --------
    >>> multiplied("1.25", "Millions", {"millions": 6}), multiplied("..", "6", {"6": 6})
    ('1250000', '..')
    >>> multiplied("5", "9", {"6": 6})
    '5 (scale 9)'
    """
    text = amount.strip()
    if not any(map(str.isdigit, text)):
        return text
    power = powers.get(scale.strip().lower())
    if power is None or not _NUMBER.fullmatch(text):
        return f"{text} (scale {scale.strip()})"
    return f"{Decimal(text).scaleb(power).normalize():f}"


class _Lines(io.RawIOBase):
    """Bytes from an iterator of them."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts, self._rest = parts, b""

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Give the next bytes."""
        while not self._rest:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._rest = part
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def _lengthened(wide: Stream, found: Layout, asked: LongStream) -> Iterator[bytes]:
    kept = asked.kept
    places = [found.header.index(name) for name in kept]
    scale = found.header.index(asked.scale) if asked.scale else None
    powers = dict(asked.powers)
    years = years_of(found)
    yield _written([[*kept, YEAR, VALUE]])
    for row in rows_of(wide, found):
        if len(row) not in (len(found.header), found.fields):
            if any(cell.strip() for cell in row):
                yield _written([row])  # as it is: too few fields, which the import counts
            continue
        ends = [row[place] for place in places]
        for place in years if scale is not None else ():
            row[place] = multiplied(row[place], row[scale or 0], powers)
        lines = [[*ends, str(year), row[place]] for place, year in years.items() if row[place].strip()]
        if lines:
            yield _written(lines)


def lengthened(stream: Stream, mapping: Mapping) -> Stream:
    """Return the long form of a table that has a column for each year where a mapping asks for its cells."""
    if (mapping.year, mapping.value) != (YEAR, VALUE) or stream.is_parquet:
        return stream
    kept = tuple(name for role, name in mapping.columns.items() if role not in ("year", "value"))
    found = layout(stream, frozenset(kept))
    if {YEAR, VALUE} & set(found.header) or not years_of(found) or not set(kept) <= set(found.header):
        return stream
    return LongStream(stream.path, stream.member, kept=kept, wanted=frozenset(kept))


def records(stream: Stream, found: Layout, skipped: int = 0) -> Iterator[tuple[int, bool]]:
    """Yield, for each record below a header and some lines more, its line and whether it is a row.

    The line is that of its file: of a long table the line of the wide one that says the same.
    """
    if not isinstance(stream, LongStream):
        # The database takes a blank cell more at the end of a line for none.
        yield from (
            (line, len(row) == found.fields or (len(row) == found.fields + 1 and not row[-1]))
            for line, row in _numbered(stream, found, skipped)
        )
        return
    wide = Stream(stream.path, stream.member)
    how = layout(wide, stream.wanted)
    years = years_of(how)
    for line, row in _numbered(wide, how, 0):
        if len(row) in (len(how.header), how.fields):
            yield from ((line, True) for place in years if row[place].strip())
        elif any(cell.strip() for cell in row):
            yield line, len(row) == found.fields


def rows_of(stream: Stream, found: Layout) -> Iterator[list[str]]:
    """Yield the rows below a table's header, as text."""
    rows = csv.reader(text_lines(blocks(stream, found.encoding, found.before)), delimiter=found.delimiter)
    next(rows, None)
    yield from rows


def _numbered(stream: Stream, found: Layout, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the records that are not blank with the lines that they begin in."""
    lines = text_lines(blocks(stream, found.encoding, found.before))
    above = found.before + 1 + skipped
    rows = csv.reader(islice(lines, 1 + skipped, None), delimiter=found.delimiter)
    read = 0
    for row in rows:
        if row:
            yield above + read + 1, row
        read = rows.line_num


def text_lines(parts: Iterator[bytes]) -> Iterator[str]:
    """Yield the lines of a text that comes in blocks of UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    rest = ""
    for part in parts:
        lines = (rest + decoder.decode(part)).split("\n")
        rest = lines.pop()
        yield from (line + "\n" for line in lines)
    if rest:
        yield rest


def _written(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8")
