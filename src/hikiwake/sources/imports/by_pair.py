"""The flows of all years once more, in the order of their pairs: what a pair traded stands in two places.

A file a year is right for what is asked of a year, but a pair would be looked up in every one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports.ahead import ahead
from hikiwake.sources.imports.columns import FLOW, in_order, kind_of
from hikiwake.sources.imports.quoting import quoted

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

    from hikiwake.sources.imports.writing import Writer

    Arrays = dict[str, NDArray[Any]]

MOST_ROWS = 6_000_000
"""Rows of a file, about: what can be sorted in memory; the flows of one exporter stand in one file."""
COLUMNS = ", ".join(
    (
        "year",
        *(f"enum_code({name}::{kind_of(name)}) as {name}" for name in ("exporter", "importer", "product")),
        "value, coalesce(quantity, -1) as quantity, outlier",
    )
)


def write(
    connection: duckdb.DuckDBPyConnection,
    writer: Writer,
    folder: Path,
    names: list[str],
    look: Callable[[Arrays], None],
    progress: Callable[[float], None],
) -> list[tuple[Path, tuple[str, str]]]:
    """Write the flows of the parts by exporter, importer, product and year; return files with exporters.

    The rows of each file, with codes, are shown to `look`. A file that an earlier try has finished stays.
    What the parts have left must have been gathered (`left.gather`). Raises `BadInput` where counts or sums
    differ from those of the parts, which would be a fault of this program.
    """
    connection.execute("set parquet_metadata_cache = true")  # each file is asked for each portion
    years = _all(folder / f"{name}.parquet" for name in names)
    counted = connection.execute(
        f"select exporter, count(*), sum(value) from {years} group by exporter order by exporter"
    ).fetchall()
    held = {str(exporter): (int(rows), int(usd)) for exporter, rows, usd in counted}
    done, whole = 0, sum(rows for rows, _ in held.values())
    sizes = [(exporter, rows) for exporter, (rows, _) in held.items()]
    made = {}

    def asked() -> Iterator[tuple[Path, bool, Arrays]]:
        for number, some in enumerate(portions(sizes, MOST_ROWS)):
            path = folder / f"by-pair-{number:03}.parquet"
            first, last = some[0], some[-1]
            wanted = (sum(held[one][0] for one in some), sum(held[one][1] for one in some))
            made[path] = (first, last), wanted
            finished = path.exists() and _held(connection, path) == wanted
            source = f"read_parquet({quoted(path)})" if finished else years
            these = f"exporter between {quoted(first)} and {quoted(last)}"
            rows = connection.execute(f"select {COLUMNS} from {source} where {these}")
            yield path, finished, rows.fetchnumpy()

    with ahead(asked(), connection.interrupt) as portioned:
        for path, finished, unsorted in portioned:
            progress(done / whole)
            rows = in_order(unsorted, *FLOW)
            if not finished:
                writer.write(rows, path)
            look(rows)
            done += len(rows["value"])
    writer.wait()
    for path, (_, wanted) in made.items():
        if _held(connection, path) != wanted:
            raise BadInput(
                where=path.name,
                why=f"the counts do not add up: {_held(connection, path)} against {wanted}",
                remedy="Please report it; nothing was stored.",
            )
    return [(path, exporters) for path, (exporters, _) in made.items()]


def portions(held: Iterable[tuple[str, int]], most: int) -> Iterator[list[str]]:
    """Yield economies, given with their rows, that stand together and have not too many rows."""
    some: list[str] = []
    sized = 0
    for economy, rows in held:
        if some and sized + rows > most:
            yield some
            some, sized = [], 0
        some.append(economy)
        sized += rows
    if some:
        yield some


def _all(paths: Iterator[Path]) -> str:
    return f"read_parquet([{', '.join(map(quoted, paths))}])"


def _held(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[int, int]:
    table = f"read_parquet({quoted(path)})"
    ((rows, usd),) = connection.execute(f"select count(*), sum(value) from {table}").fetchall()
    return int(rows), int(usd or 0)
