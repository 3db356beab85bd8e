"""Tables with a column for each year: their cells, each of them a row of a long table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from hikiwake.sources.imports.loading import Loaded, piped, text_columns, unread
from hikiwake.sources.imports.streams import Layout, Stream

if TYPE_CHECKING:
    import duckdb

# "1960", or "1960 [YR1960]" as the World Bank's DataBank has it; "1960Q1" and "1960M1" are no years.
# R writes X before a year, and Stata's users often y.
_YEAR = re.compile(r"(?:X|[Yy](?:ea)?r?_?)?((?:1[89]|20)\d\d)(?: \[YR\d{4}\])?")


class Cells(msgspec.Struct, frozen=True):
    """What a wide table had: its rows, the years of its columns, and the lines that are none of the table's.

    `malformed` are lines that could not be read, `below` remarks that stand after the last row.
    """

    loaded: Loaded
    before: int
    years: tuple[int, ...]
    malformed: tuple[int, ...]
    below: tuple[int, ...]

    def line(self, row: int) -> int:
        """Return the line of a row in the file."""
        return self.loaded.line(row) + self.before

    @property
    def all(self) -> int:
        """Cells of all rows, empty ones too."""
        return self.loaded.rows * len(self.years)


def year_of(name: str) -> int | None:
    """Return the year that a column is called by."""
    found = _YEAR.fullmatch(name)
    return int(found[1]) if found else None


def years_of(found: Layout) -> dict[int, int]:
    """Return the years that columns are called by, by their place."""
    named = {place: year_of(name) for place, name in enumerate(found.header)}
    return {place: year for place, year in named.items() if year is not None}


def make_cells(connection: duckdb.DuckDBPyConnection, columns: Iterable[str]) -> None:
    """Make the tables `cells` (row, year, value) and `lines` (row, other columns) for wide tables, empty."""
    texts = ", ".join(f"{name} varchar" for name in columns)
    connection.execute("create or replace table cells (row bigint, year smallint, value varchar)")
    connection.execute(f"create or replace table lines (row bigint, {texts})")


def load_cells(
    connection: duckdb.DuckDBPyConnection,
    stream: Stream,
    found: Layout,
    columns: dict[str, str],
    tick: Callable[[int], None],
    first: int = 0,
) -> Cells:
    """Add a wide table to the tables `cells` and `lines` that `make_cells` has made.

    Parameters
    ----------
    columns : what a column is called in the table, by its new name; each must be in the header.
    tick : is told how many bytes went through.
    first : the number of its first row: how many those before it had.

    Empty cells are not in `cells`; all columns but `row` and `year` are text.
    """
    years = years_of(found)
    kept = {name: f"c{found.header.index(column)}" for name, column in columns.items()}
    chosen = [f"{place} as {name}" for name, place in kept.items()]
    chosen += [f"nullif(trim(c{place}), '') as y{year}" for place, year in years.items()]
    with piped(stream, found, tick) as pipe:
        connection.execute(
            f"create or replace table wide as select {', '.join(chosen)} from {text_columns(pipe, found)}"
        )
    bad = unread(connection)
    listed = ", ".join(f"y{year}" for year in years.values())
    numbers = ", ".join(map(str, years.values()))
    connection.execute(
        f"insert into cells select row, year, value from (select rowid + {first} as row,"
        f" unnest([{numbers}]::smallint[]) as year, unnest([{listed}]) as value from wide)"
        " where value is not null"
    )
    connection.execute(
        f"insert into lines by name select rowid + {first} as row, {', '.join(kept)} from wide"
    )
    ((rows,),) = connection.execute("select count(*) from wide").fetchall()
    connection.execute("drop table wide")
    loaded = Loaded(stream.name, first, int(rows), [line for line, _ in bad])
    last = loaded.line(first + loaded.rows - 1)
    below = tuple(line for line, text in bad if line > last and found.delimiter not in text)
    malformed = tuple(line + found.before for line, _ in bad if line not in below)
    return Cells(
        loaded, found.before, tuple(years.values()), malformed, tuple(line + found.before for line in below)
    )
