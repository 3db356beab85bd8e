"""Sums that are asked of every brief, made once: what economies, pairs and the world trade in all years.

The totals of an economy stand together, in files of some economies each, so that of a full release little is
read, and compared with its checksum, for two of them; those of a year stand together once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hikiwake.sources.imports.by_pair import portions
from hikiwake.sources.imports.left import ORDER, WEIGHED, named, of
from hikiwake.sources.imports.parquet import copy
from hikiwake.sources.quality import SIDES, Side

if TYPE_CHECKING:
    import duckdb

MOST_ROWS = 2_000_000
"""Rows of a file of totals, about; those of one economy stand in one file."""
PAIRS = "pair_totals.parquet"
AMOUNTS = ("value", *WEIGHED)
COLUMNS = ", ".join(("year", *AMOUNTS))


class Made(NamedTuple):
    """A file of a table, with the part whose years it holds, or the first and the last of its economies."""

    table: str
    path: Path
    part: str = ""
    economies: tuple[str, str] | None = None


def write(connection: duckdb.DuckDBPyConnection, folder: Path, parts: list[str]) -> Iterator[Made]:
    """Write the totals of economies and of the world by product and year, and those of pairs by year.

    What a brief asks of all partners, it then asks of a part of the rows. What the parts have left must have
    been gathered (`left.gather`).
    """
    for side in SIDES:
        yield from _of_economies(connection, folder, side)
        if len(parts) > 1:
            yield from _of_years(connection, folder, parts, side)
    sums = ", ".join(f"sum({amount})::bigint as {amount}" for amount in AMOUNTS)
    yield _copied(
        connection,
        named(f"(select product, year, {sums} from left_exporter group by product, year)", COLUMNS, "product")
        + " order by l.product, year",
        Made("baci_world_totals", folder / "world_totals.parquet"),
    )
    yield _copied(
        connection,
        named("left_pairs", "year, value", "exporter", "importer") + f" order by {ORDER['pairs']}",
        Made("baci_pair_totals", folder / PAIRS),
    )


def _of_economies(connection: duckdb.DuckDBPyConnection, folder: Path, side: Side) -> Iterator[Made]:
    """Write what each economy trades with all others by year and product, some economies to a file."""
    counted = connection.execute(
        f"select l.economy, any_value(text)::varchar, count(*) from left_{side} l join economy_codes"
        " on code = l.economy group by 1 order by 1"
    ).fetchall()
    codes = {str(economy): int(code) for code, economy, _ in counted}
    held = [(str(economy), int(rows)) for _, economy, rows in counted]
    for number, some in enumerate(portions(held, MOST_ROWS)):
        first, last = some[0], some[-1]
        yield _copied(
            connection,
            named(f"left_{side}", COLUMNS, "economy", "product")
            + f" where l.economy between {codes[first]} and {codes[last]} order by {ORDER[side]}",
            Made(
                f"baci_{side}_totals",
                folder / f"{side}_totals-{number:03}.parquet",
                economies=(first, last),
            ),
        )


def _of_years(
    connection: duckdb.DuckDBPyConnection, folder: Path, parts: list[str], side: Side
) -> Iterator[Made]:
    """Write the values alone of a part's totals."""
    for part in parts:
        yield _copied(
            connection,
            named(of(folder, [part], side), "year, value", "economy", "product") + f" order by {ORDER[side]}",
            Made(f"baci_{side}_totals_by_year", folder / f"{part}-{side}_totals.parquet", part=part),
        )


def _copied(connection: duckdb.DuckDBPyConnection, query: str, made: Made) -> Made:
    copy(connection, query, made.path)
    return made
