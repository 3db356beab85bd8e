"""The detectors of faults at work in an import: what compares years, once all parts are there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from hikiwake.sources import gaps
from hikiwake.sources.imports import left
from hikiwake.sources.imports.columns import names, packed
from hikiwake.sources.imports.parquet import copy
from hikiwake.sources.imports.quoting import quoted
from hikiwake.sources.quality import (
    AMOUNTS,
    COLUMNS,
    SIDES,
    Limits,
    Side,
    flags_over_years,
    least_flow,
    least_line,
    named,
)

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

    from hikiwake.store.tables import Frame

    Arrays = dict[str, NDArray[Any]]

LARGE_FLOWS = "large_flows"
"""The table of flows that are large in some year, in all their years, as the detectors call it."""
FEWEST_YEARS = 3
"""With fewer, no year has a neighbour on either side: no detector that compares years can find a thing."""
LIMITS = Limits()


class Seen:
    """Of flows that are looked at some exporters at a time, those that can show a fault over years.

    They are, as `flags_over_years` asks for them, the flows that are large in some year, with all their
    years, and those of large lines in the years in which they count as there.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Begin with none; what the parts have left must have been gathered (`left.gather`)."""
        self._large = np.zeros([len(names(connection, kind)) for kind in left.KINDS], dtype=np.bool_)
        found = connection.execute(
            f"select distinct economy, product from left_importer where value >= {least_line(LIMITS)}"
        ).fetchnumpy()
        self._large[found["economy"], found["product"]] = True
        self._seen: list[Arrays] = []

    def look(self, rows: Arrays) -> None:
        """Look at all years of some flows, which are in the order of `columns.FLOW`."""
        flow = packed(rows, "exporter", "importer", "product")
        begin = np.flatnonzero(np.concatenate([[True], flow[1:] != flow[:-1]]))
        most = np.maximum.reduceat(rows["value"], begin)
        large = np.repeat(most >= least_flow(LIMITS), np.diff(begin, append=len(flow)))
        there = (rows["value"] >= gaps.least()) & self._large[rows["importer"], rows["product"]]
        chosen = np.flatnonzero(large | there)
        self._seen.append({name: column[chosen] for name, column in rows.items()})

    def table(self, connection: duckdb.DuckDBPyConnection) -> str:
        """Make a table of the flows, with texts; return how it is called."""
        columns = {name: np.concatenate([one[name] for one in self._seen]) for name in self._seen[0]}
        connection.register("arrays", columns)
        connection.execute(
            "create or replace temp table seen as"
            f" select * replace ({left.spelt()}, nullif(quantity, -1) as quantity) from arrays"
        )
        connection.unregister("arrays")
        return "seen"


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
    flows: Seen | list[str],
    *,
    weighed: bool,
    years: int,
) -> dict[str, Path]:
    """Write the flags of all detectors over so many years; return files by table.

    `flows` are those seen, or names of parts, whose flows are all read again.
    Where years are compared, a file of the flows that are large in some year comes with it, in all their
    years: whoever asks what stops or returns need not read the rest. Where no flow has a quantity (not
    `weighed`), a value is its own volume: holes in value are found. What the parts have left must have been
    gathered (`left.gather`).
    """

    def view(name: str, query: str) -> Frame:
        connection.execute(f"create or replace temp view {name} as {query}")
        return nw.from_native(connection.view(name))

    keep = _keeper(connection)
    found = [view("outliers", "from left_outliers")]
    if years >= FEWEST_YEARS:
        compared = view("flows", f"from {_flows(connection, folder, flows)}")
        traded = keep("traded", view("traded_years", _traded()))
        lines: dict[Side, Frame] = {
            side: keep(f"{side}_large", view(f"{side}_totals", _large(side, weighed=weighed)))
            for side in SIDES
        }
        found.append(flags_over_years(compared, lines, traded=traded, limits=LIMITS, keep=keep))
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
    of_sides = (f"{side}_{what}" for side in SIDES for what in ("lines", "large"))
    for table in ("flags", LARGE_FLOWS, "traded", "seen", *of_sides):
        connection.execute(f"drop table if exists {table}")
    return made


def _flows(connection: duckdb.DuckDBPyConnection, folder: Path, flows: Seen | list[str]) -> str:
    if isinstance(flows, Seen):
        return flows.table(connection)
    return f"read_parquet([{', '.join(quoted(folder / f'{name}.parquet') for name in flows)}])"


def _traded() -> str:
    """Return the query of the years in which anybody trades a product, with texts."""
    # Texts, since a step of an expression takes long to be bound to a type of thousands of products.
    return left.named("(select distinct product, year from left_importer)", "year", "product")


def _large(side: Side, *, weighed: bool) -> str:
    """Return the query of the lines of a side that are large in some year, in all years, with texts."""
    columns = ", ".join(
        ("year", *(AMOUNTS if weighed else ("value", "value as quantity", "value as volume")))
    )
    large = f"select economy, product from left_{side} where value >= {least_line(LIMITS)}"
    return left.named(
        f"(from left_{side} semi join (select distinct * from ({large})) using (economy, product))",
        columns,
        "economy",
        "product",
    )
