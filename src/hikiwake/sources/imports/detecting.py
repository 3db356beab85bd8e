"""The detectors of faults at work in an import: what compares years, once all parts are there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import narwhals as nw

from hikiwake.sources.imports import left
from hikiwake.sources.imports.parquet import copy
from hikiwake.sources.imports.quoting import quoted
from hikiwake.sources.quality import AMOUNTS, COLUMNS, SIDES, Side, flags_over_years, named

if TYPE_CHECKING:
    import duckdb

    from hikiwake.store.tables import Frame

LARGE_FLOWS = "large_flows"
"""The table of flows that are large in some year, in all their years, as the detectors call it."""
FEWEST_YEARS = 3
"""With fewer, no year has a neighbour on either side: no detector that compares years can find a thing."""


def _keeper(connection: duckdb.DuckDBPyConnection) -> Callable[[str, Frame], Frame]:
    def keep(name: str, frame: Frame) -> Frame:
        connection.execute(f"drop table if exists {name}")
        frame.to_native().create(name)
        return nw.from_native(connection.table(name))

    return keep


def counted(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, int]:
    """Return how many marks a file of flags holds, by kind."""
    counts = connection.execute(
        f"select kind, count(*) from read_parquet({quoted(path)}) group by kind order by kind"
    ).fetchall()
    return {str(kind): int(marks) for kind, marks in counts}


def flags(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    dataset: str,
    parts: Iterable[str],
    *,
    weighed: bool,
    years: int,
) -> dict[str, Path]:
    """Write the flags of all detectors, given names of parts and how many years; return files by table.

    Where years are compared, a file of the flows that are large in some year comes with it, in all their
    years: whoever asks what stops or returns need not read the rest. Where no flow has a quantity (not
    `weighed`), a value is its own volume: holes in value are found. What the parts have left must have been
    gathered (`left.gather`).
    """
    # Texts, since a step of an expression takes long to be bound to a type of thousands of products.
    columns = ", ".join(
        ("year", *(AMOUNTS if weighed else ("value", "value as quantity", "value as volume")))
    )

    def view(name: str, query: str) -> Frame:
        connection.execute(f"create or replace temp view {name} as {query}")
        return nw.from_native(connection.view(name))

    keep = _keeper(connection)
    lines: dict[Side, Frame] = {
        side: view(
            f"{side}_totals",
            f"select * replace (product::varchar as product) from"
            f" ({left.named(f'left_{side}', columns, 'economy', 'product')})",
        )
        for side in SIDES
    }
    files = ", ".join(quoted(folder / f"{name}.parquet") for name in parts)
    found = [view("outliers", "from left_outliers")]
    if years >= FEWEST_YEARS:
        flows = view("flows", f"from read_parquet([{files}])")
        found.append(flags_over_years(flows, lines, keep=keep))
    keep("flags", named(nw.concat(found, how="vertical"), dataset))
    order = "kind, side, product, exporter, importer, year"
    severity = "cast(printf('%.3e', severity) as double) as severity"
    made = {"baci_flags": folder / "flags.parquet"}
    copy(
        connection,
        f"select {', '.join(COLUMNS)} from (select * replace ({severity}) from flags) order by {order}",
        made["baci_flags"],
    )
    if years >= FEWEST_YEARS:
        made["baci_large_flows"] = folder / "large_flows.parquet"
        copy(
            connection,
            "select year, exporter, importer, product, value::bigint as value, quantity, outlier"
            f" from {LARGE_FLOWS} order by exporter, importer, product, year",
            made["baci_large_flows"],
        )
    for table in ("flags", LARGE_FLOWS, *(f"{side}_lines" for side in SIDES)):
        connection.execute(f"drop table if exists {table}")
    return made
