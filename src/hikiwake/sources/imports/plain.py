"""Lines that say at once what they mean, read by a compiled loop; the query judges all others.

Nearly every line of a producer's table is so: codes that are known, a year, a number. A line is taken here
only where the query would take it with the same numbers (`checking.judgement`), which a test compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hikiwake import kernels
from hikiwake.sources.imports.checking import FIRST_YEAR, LAST_YEAR
from hikiwake.sources.imports.columns import Columns
from hikiwake.sources.imports.comtrade_areas import AGGREGATE
from hikiwake.sources.imports.mapping import FACTORS, Mapping
from hikiwake.sources.imports.quoting import quoted
from hikiwake.sources.imports.streams import Layout

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

ROWS, OTHERS = 1 << 18, 1 << 15
"""Lines of either kind that one call of the loop reads, at most."""
LONGEST = 1 << 21
"""Bytes of a line, at most; the query reads a table that has a longer one."""
ALWAYS, SHARE, MOST = 1 << 20, 16, 1 << 26
"""Bytes of other lines: so many are always held, then one part in so many, and so many at most. What comes
after too many is the query's."""
COLUMNS = ("row", "year", "exporter", "importer", "product", "value", "quantity")
_INSERT = """insert into judged by name
  select p.row, p.year, e.economy as exporter, i.economy as importer, e.number as exporter_code,
    i.number as importer_code, g.product, 0 as spelt, p.value, nullif(p.quantity, -1) as quantity,
    0 as reason
  from plain_rows p join plain_codes e on e.word = p.exporter join plain_codes i on i.word = p.importer
    join plain_products g on g.word = p.product"""


class Words(NamedTuple):
    """Words one after the other, where each begins (and the last ends), and a table of them by hash."""

    text: bytes
    starts: Numbers
    slots: Numbers


class Quick(NamedTuple):
    """What plain lines are read with: the loop, known economies and products, and the years that count.

    `meanings` has the code of the economy that each word stands for, `numbers` its number in the table
    `codes`, `goods` the code of each word of products.
    """

    loop: ModuleType
    mapping: Mapping
    economies: Words
    meanings: Numbers
    products: Words
    years: tuple[int, int]
    numbers: Numbers
    goods: Numbers


class Taken(NamedTuple):
    """What was read of a table: how many lines after its header, which are not plain, and what is left.

    Others are numbered from 0, after the header. `rest` begins with the header; without it all was read.
    """

    lines: int
    header: bytes
    others: list[tuple[int, bytes]]
    rest: Iterator[bytes] | None


class Early(NamedTuple):
    """A table that was read beforehand: how it is written, where its columns stand, what was taken of it."""

    found: Layout
    places: dict[str, int]
    taken: Taken


class Held:
    """The plain lines of a part: as arrays if they are of one year, else, or when asked to, in `judged`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, quick: Quick, *, one_year: bool) -> None:
        self.quick = quick
        self.lines = self.next = 0
        self.read: Early | None = None
        self._connection, self.as_arrays = connection, one_year
        self._blocks: list[dict[str, NDArray[Any]]] = []
        kinds = (np.int64, np.int16, np.uint16, np.uint16, np.int32, np.int64, np.int64)
        self._kinds = dict(zip(COLUMNS, kinds, strict=True))

    def add(self, columns: dict[str, Numbers]) -> None:
        """Take lines, whose codes are numbers of words; their arrays are the caller's to use again."""
        if self.as_arrays:
            self._blocks.append({name: columns[name].astype(kind) for name, kind in self._kinds.items()})
            self.lines += len(columns["row"])
            self.next = int(columns["row"][-1]) + 1
        else:
            self._insert(columns)

    def hand_over(self) -> None:
        """Put all lines into `judged`."""
        for columns in self._blocks:
            self._insert(columns)
        self._blocks, self.lines, self.as_arrays = [], 0, False

    def used(self) -> list[int]:
        """Return the numbers of the codes of economies that occur."""
        met = np.zeros(len(self.quick.numbers), dtype=np.bool_)
        for columns in self._blocks:
            met[columns["exporter"]] = met[columns["importer"]] = True
        return [int(number) for number in self.quick.numbers[met]]

    def worth(self) -> int:
        """Return the USD of all lines."""
        return sum(int(columns["value"].sum()) for columns in self._blocks)

    def rows(self, others: Columns) -> Columns:
        """Return all lines, with other rows after them."""
        codes = {
            "exporter": self.quick.meanings,
            "importer": self.quick.meanings,
            "product": self.quick.goods,
        }
        short = {"exporter": np.uint16, "importer": np.uint16, "product": np.int32}

        def whole(name: str) -> NDArray[Any]:
            beside = getattr(others, name)
            known = codes[name].astype(short[name]) if name in codes else None
            kinds = [
                known.dtype if known is not None else self._kinds[name],
                *([beside.dtype] * bool(len(beside))),
            ]
            found = np.empty(self.lines + len(beside), dtype=np.result_type(*kinds))
            at = 0
            for columns in self._blocks:
                block = columns[name] if known is None else known[columns[name]]
                found[at : at + len(block)] = block
                at += len(block)
            found[at:] = beside
            return found

        return Columns(*map(whole, COLUMNS))

    def _insert(self, columns: dict[str, NDArray[Any]]) -> None:
        self._connection.register("plain_rows", columns)
        self._connection.execute(_INSERT)
        self._connection.unregister("plain_rows")


def begin(
    connection: duckdb.DuckDBPyConnection, mapping: Mapping, products: dict[str, str], year: int | None
) -> Quick | None:
    """Return what plain lines of a part are read with; None where the query must read all of them.

    Codes may be added between one part and the next: those that were there keep their numbers.
    """
    loop = kernels.compiled()
    years = (FIRST_YEAR, LAST_YEAR) if year is None else (year, year)
    if isinstance(mapping.year, int):
        years = (max(mapping.year, years[0]), min(mapping.year, years[1]))
    listed = bool(products) or not mapping.product
    simple = mapping.decimal == "." and not mapping.thousands and not mapping.only
    if loop is None or not listed or not simple or years[0] > years[1]:
        return None
    connection.execute(
        "create or replace temp table plain_codes as"
        " select row_number() over (order by number) - 1 as word, *"
        f" from codes where economy <> {quoted(AGGREGATE)}"
    )
    # Five digits are six that lost a zero, which the query counts.
    connection.execute(
        "create or replace temp table plain_products as"
        " select row_number() over (order by product) - 1 as word, *"
        " from (select unnest(enum_range(null::product))::product as product)"
        + (" where length(trim(product)) <> 5" if mapping.product else "")
    )
    codes = connection.execute(
        "select code, enum_code(economy), number from plain_codes order by word"
    ).fetchall()
    goods = connection.execute(
        "select product::varchar, enum_code(product) from plain_products order by word"
    ).fetchall()
    return Quick(
        loop,
        mapping,
        _words(loop, [str(code) for code, _, _ in codes]),
        np.array([economy for _, economy, _ in codes], dtype=np.int64),
        _words(loop, [str(code) for code, _ in goods]),
        years,
        np.array([number for _, _, number in codes], dtype=np.int64),
        np.array([product for _, product in goods], dtype=np.int64),
    )


def _words(loop: ModuleType, words: list[str]) -> Words:
    encoded = [word.encode("utf-8") for word in words]
    starts = np.zeros(len(words) + 1, dtype=np.int64)
    np.cumsum([len(word) for word in encoded], out=starts[1:])
    slots = np.zeros(1 << (2 * len(words) + 1).bit_length(), dtype=np.int64)
    text = b"".join(encoded)
    loop.index_words(text, starts, slots)
    return Words(text, starts, slots)


def take(
    parts: Iterator[bytes],
    found: Layout,
    places: dict[str, int],
    held: Held,
    first: int,
) -> Taken:
    """Add the plain lines of a table to those that are held; rows are numbered from `first` by their lines.

    Reading ends with the table, or before a line from which on lines cannot be told from each other at sight,
    or where too many are not plain.
    """
    text = b""
    for part in parts:
        text += part
        if b"\n" in text or len(text) > LONGEST:
            break
    header, text = text[: text.find(b"\n") + 1], text[text.find(b"\n") + 1 :]
    if not header or header.count(b'"') % 2 or b"\r" in header[:-2]:
        return Taken(0, b"", [], chain([header + text], parts))
    reading = _Reading(found, places, held, first)
    ended = False
    while not ended:
        whole = text.rfind(b"\n") + 1
        if not reading.through(memoryview(text)[:whole]):
            return Taken(reading.lines, header, reading.others, chain([header + text[reading.at :]], parts))
        text = text[whole:]
        part = b"" if len(text) > LONGEST else next(parts, b"")
        ended = not part
        text += part
    if text and (len(text) > LONGEST or not reading.through(memoryview(text + b"\n"))):
        return Taken(reading.lines, header, reading.others, chain([header + text[reading.at :]], parts))
    return Taken(reading.lines, header, reading.others, None)


class _Reading:
    """Plain lines on their way into the table, and what was met beside them."""

    def __init__(
        self,
        found: Layout,
        places: dict[str, int],
        held: Held,
        first: int,
    ) -> None:
        self.lines = self.at = 0
        self.others: list[tuple[int, bytes]] = []
        self._bytes = self._other_bytes = 0
        quick = held.quick
        self._held, self._quick, self._first = held, quick, first
        order = ("exporter", "importer", "year", "product", "value", "quantity")
        self._places = np.array([places.get(role, -1) for role in order], dtype=np.int64)
        powers = (FACTORS[quick.mapping.value_unit], FACTORS[quick.mapping.quantity_unit])
        self._numbers = np.array(
            [found.fields, ord(found.delimiter), *quick.years, *powers, 0], dtype=np.int64
        )
        self._rows = np.empty((len(COLUMNS), ROWS), dtype=np.int64)
        self._found = np.zeros(5, dtype=np.int64)
        self._beside = np.empty((3, OTHERS), dtype=np.int64)

    def through(self, text: memoryview) -> bool:
        """Read whole lines; False where reading must end before the line at `at`."""
        quick, self.at = self._quick, 0
        while self.at < len(text):
            block = text[self.at :]
            self._numbers[-1] = self._first + self.lines
            quick.loop.plain(
                block, self._places, self._numbers, *quick.economies, quick.meanings, *quick.products,
                self._rows, self._beside, self._found,
            )  # fmt: skip
            rows, others, lines, size, stopped = self._found.tolist()
            if rows:
                self._held.add(dict(zip(COLUMNS, self._rows[:, :rows], strict=True)))
            for number, begin, end in self._beside[:, :others].T.tolist():
                self.others.append((number - self._first, bytes(block[begin:end])))
                self._other_bytes += end - begin
            self.lines += lines
            self.at += size
            self._bytes += size
            if stopped or self._other_bytes > max(ALWAYS, min(self._bytes // SHARE, MOST)):
                return False
        return True
