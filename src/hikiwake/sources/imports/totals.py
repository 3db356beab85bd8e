"""Sums that are asked of every brief, made once: what economies, pairs and the world trade in all years.

The totals of an economy stand together, in files of some economies each, so that of a full release little is
read, and compared with its checksum, for two of them; those of a year stand together once more.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hikiwake.sources.imports.by_pair import portions
from hikiwake.sources.imports.columns import in_order
from hikiwake.sources.imports.left import ORDER, WEIGHED, of
from hikiwake.sources.imports.writing import Writer
from hikiwake.sources.quality import SIDES, Side

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

    Arrays = dict[str, NDArray[Any]]

MOST_ROWS = 2_000_000
"""Rows of a file of totals, about; those of one economy stand in one file."""
PAIRS = "pair_totals.parquet"
AMOUNTS = ("value", *WEIGHED)
KEY = ("economy", "product", "year")


class Made(NamedTuple):
    """A file of a table, with the part whose years it holds, or the first and the last of its economies."""

    table: str
    path: Path
    part: str = ""
    economies: tuple[str, str] | None = None


def write(
    connection: duckdb.DuckDBPyConnection, writer: Writer, folder: Path, parts: list[str]
) -> list[Made]:
    """Write the totals of economies and of the world by product and year, and those of pairs by year.

    What a brief asks of all partners, it then asks of a part of the rows. What the parts have left must have
    been gathered (`left.gather`).
    """
    made = []
    for side in SIDES:
        made += _of_economies(connection, writer, folder, side)
        if len(parts) > 1:
            made += _of_years(connection, writer, folder, parts, side)
    sums = ", ".join(f"sum({amount})::bigint as {amount}" for amount in AMOUNTS)
    made.append(Made("baci_world_totals", folder / "world_totals.parquet"))
    world = _asked(connection, f"select product, year, {sums} from left_exporter group by product, year")
    writer.write(in_order(world, "product", "year"), made[-1].path)
    made.append(Made("baci_pair_totals", folder / PAIRS))
    pairs = _asked(connection, "select exporter, importer, year, value from left_pairs")
    writer.write(in_order(pairs, *ORDER["pairs"]), made[-1].path)
    writer.wait()
    return made


def _of_economies(
    connection: duckdb.DuckDBPyConnection, writer: Writer, folder: Path, side: Side
) -> list[Made]:
    """Write what each economy trades with all others by year and product, some economies to a file."""
    counted = connection.execute(
        f"select l.economy, any_value(text)::varchar, count(*) from left_{side} l join economy_codes"
        " on code = l.economy group by 1 order by 1"
    ).fetchall()
    codes = {str(economy): int(code) for code, economy, _ in counted}
    held = [(str(economy), int(rows)) for _, economy, rows in counted]
    made = []
    for number, some in enumerate(portions(held, MOST_ROWS)):
        first, last = some[0], some[-1]
        rows = _asked(
            connection,
            f"select {', '.join((*KEY, *AMOUNTS))} from left_{side}"
            f" where economy between {codes[first]} and {codes[last]}",
        )
        path = folder / f"{side}_totals-{number:03}.parquet"
        writer.write(in_order(rows, *ORDER[side]), path)
        made.append(Made(f"baci_{side}_totals", path, economies=(first, last)))
    return made


def _of_years(
    connection: duckdb.DuckDBPyConnection, writer: Writer, folder: Path, parts: list[str], side: Side
) -> list[Made]:
    """Write the values alone of a part's totals."""
    made = []
    for part in parts:
        rows = _asked(connection, f"select {', '.join(KEY)}, value from {of(folder, [part], side)}")
        made.append(Made(f"baci_{side}_totals_by_year", folder / f"{part}-{side}_totals.parquet", part=part))
        writer.write(in_order(rows, *ORDER[side]), made[-1].path)
    return made


def _asked(connection: duckdb.DuckDBPyConnection, query: str) -> Arrays:
    return connection.execute(query).fetchnumpy()
