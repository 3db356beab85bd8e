"""Text of tables as streams of UTF-8: from files, gzip and members of zip files, whatever their encoding."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports.archive import Counter, is_zip, members, opened

SAMPLE = 65_536
ABOVE = 20
"""Lines in which a header is looked for."""
BLOCK = 1 << 20
DELIMITERS = (",", ";", "\t", "|")
FAULTS = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class Stream(msgspec.Struct, frozen=True):
    """A text table: a file, or a member of a zip file.

    `called` is what columns are called that the file calls otherwise, by the file's names.
    """

    path: Path
    member: str = ""
    called: dict[str, str] = {}

    @property
    def name(self) -> str:
        """How it is called in a report."""
        return self.member or self.path.name

    @property
    def is_parquet(self) -> bool:
        """Whether it is no text at all, but a table of Parquet's."""
        return self.path.suffix in (".parquet", ".pq")

    @property
    def size(self) -> int:
        """Bytes that it has: unpacked, where it is in a zip file."""
        if not self.member:
            return self.path.stat().st_size
        with opened(self.path) as archive:
            return archive.getinfo(self.member).file_size

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open it for reading bytes; what it unpacks to is counted."""
        try:
            if self.member:
                with opened(self.path) as archive, archive.open(self.member) as stream:
                    counter = Counter(self.path, archive.getinfo(self.member))
                    yield cast(BinaryIO, _Counted(cast(BinaryIO, stream), counter))
            elif self.path.suffix.lower() == ".gz":
                with gzip.open(self.path) as stream:
                    packed = zipfile.ZipInfo(self.path.name)
                    packed.compress_size = self.path.stat().st_size
                    yield cast(BinaryIO, _Counted(cast(BinaryIO, stream), Counter(self.path, packed)))
            else:
                with self.path.open("rb") as stream:
                    yield stream
        except FAULTS as fault:
            raise BadInput(
                where=f"{self.path}" + (f", {self.member}" if self.member else ""),
                why=f"it cannot be read to its end ({fault})",
                remedy="Get the file again from its producer, and compare its size.",
            ) from fault


class Sums(Stream, frozen=True):
    """A table of sums: for some of its rows, counted from 0, the table and the line that spoil the sum."""

    spoilt: dict[int, tuple[str, int]] = {}


class Part(msgspec.Struct, frozen=True):
    """Streams that are checked against each other, and the one year they must be of (if they must).

    `notes` is what a reader must know of the streams.
    """

    name: str
    streams: tuple[Stream, ...]
    year: int | None = None
    notes: tuple[str, ...] = ()


def table_of(path: Path) -> Stream:
    """Return the table in a file: the file itself, or the one table of a zip file."""
    if not is_zip(path):
        return Stream(path)
    with opened(path) as archive:
        tables = [name for name in members(archive) if name.lower().endswith((".csv", ".tsv", ".txt"))]
    if len(tables) != 1:
        raise BadInput(
            where=str(path),
            why=f"it holds {len(tables)} tables, and one is needed",
            remedy="Give the tables themselves, or a zip of one table.",
        )
    return Stream(path, tables[0])


class Layout(msgspec.Struct, frozen=True):
    """How a text table is written: its encoding, delimiter, header, and how many fields its rows have.

    `before` counts the lines that stand above the header.
    """

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    fields: int
    sample: tuple[tuple[str, ...], ...]
    before: int = 0


class _Counted(io.RawIOBase):
    """A stream whose bytes are counted as they are read."""

    def __init__(self, stream: BinaryIO, counter: Counter) -> None:
        self._stream, self._counter = stream, counter

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self._counter.add(len(block))
        return block


def layout(stream: Stream, wanted: frozenset[str] = frozenset()) -> Layout:
    """Look at the beginning of a table; `BadInput` where there is no header.

    Services write a few lines on the data above the header; it is then the first of the first lines that has
    all `wanted` columns, if one has.
    """
    with stream.opened() as binary:
        begin = binary.read(SAMPLE)
    encoding = next((name for bom, name in _BOMS.items() if begin.startswith(bom)), "")
    whole = len(begin) < SAMPLE
    if not encoding:
        encoding = "utf-8" if _is_utf8(begin) else "latin-1"
    text = codecs.getincrementaldecoder(encoding)("replace").decode(begin)
    lines = text.splitlines()
    complete = lines if whole or not lines else lines[:-1]
    blank = next((number for number, line in enumerate(complete[:ABOVE]) if line.strip()), 0)
    before = _above(complete, wanted) or blank
    complete = complete[before:]
    if not complete or not complete[0].strip():
        raise BadInput(
            where=stream.name,
            why="it is empty" if not text.strip() else "its first line is no header",
            remedy="The first line must name the columns.",
        )
    delimiter = max(DELIMITERS, key=lambda sign: len(_split(complete[:1], sign)[0]))
    rows = _split(complete, delimiter)
    header = tuple(stream.called.get(name.strip(), name.strip()) for name in rows[0])
    lengths = [len(row) for row in rows[1:] if row]
    # Some services end every row, but not the header, with a delimiter.
    longer = bool(lengths) and min(lengths) == max(lengths) == len(header) + 1
    surplus = longer and not any(row[-1].strip() for row in rows[1:] if row)
    sample = tuple(tuple(row) for row in rows[1:200] if row)
    return Layout(encoding, delimiter, header, len(header) + surplus, sample, before)


def _above(lines: list[str], wanted: frozenset[str]) -> int:
    """Return how many lines stand above the header: none where no line has the wanted columns."""
    if not wanted:
        return 0
    for number, line in enumerate(lines[:ABOVE]):
        for sign in DELIMITERS:
            if wanted <= {name.strip() for name in _split([line], sign)[0]}:
                return number
    return 0


def blocks(stream: Stream, encoding: str, before: int = 0) -> Iterator[bytes]:
    """Yield a table's text in blocks of UTF-8, without the lines before its header."""
    with stream.opened() as binary:
        if encoding == "utf-8":
            for _ in range(before):
                binary.readline()
            while block := binary.read(BLOCK):
                yield block
            return
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        while block := binary.read(BLOCK):
            text = decoder.decode(block)
            while before and text:
                # A header stands near the top: its lines are all in the first block.
                _, _, text = text.partition("\n")
                before -= 1
            yield text.encode("utf-8")
        yield decoder.decode(b"", final=True).encode("utf-8")


def _is_utf8(begin: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(begin)
    except UnicodeDecodeError:
        return False
    return True


def _split(lines: list[str], delimiter: str) -> list[list[str]]:
    csv.field_size_limit(max(SAMPLE, csv.field_size_limit()))
    return list(csv.reader(lines, delimiter=delimiter)) or [[]]
