"""The detectors of faults at work in an import: a part at a time what can be, then what compares years."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import narwhals as nw

from hikiwake.sources.imports.parquet import copy
from hikiwake.sources.imports.quoting import quoted
from hikiwake.sources.quality import (
    AMOUNTS,
    COLUMNS,
    SIDES,
    Side,
    flags_over_years,
    line_totals,
    named,
    priced_flows,
    unit_value_outliers,
)
from hikiwake.store import disk

if TYPE_CHECKING:
    import duckdb

    from hikiwake.store.tables import Frame

FEWEST_YEARS = 3
"""With fewer, no year has a neighbour on either side: no detector that compares years can find a thing."""
WEIGHED = ("weighed", "weighed_value")
"""The quantities (kg) that can be believed, and the values they stand for."""
BETWEEN = "between"
"""The folder of what the parts leave for the detectors that compare years; it goes when they have run."""


class Recipe(msgspec.Struct, frozen=True):
    """The detectors that look at one part, as queries.

    `pricing` makes tables, the last of which is `priced`, from the view `flows`; `left` are what is left of a
    part for the whole, by name, from the view `weighed`.
    """

    pricing: tuple[tuple[str, str], ...]
    left: dict[str, str]


ORDER: dict[str, tuple[str, ...]] = {
    "pairs": ("exporter", "importer", "year"),
    **{side: ("economy", "year", "product") for side in SIDES},
}
"""The order in which totals are written."""
LARGE_FLOWS = "large_flows"
"""The table of flows that are large in some year, in all their years, as the detectors call it."""
WEIGHING = (
    "select *, if(believed, quantity, 0) as weighed, if(believed, value, 0) as weighed_value"
    " from (select *, not outlier and coalesce(quantity, 0) > 0 as believed from priced)"
)


@cache
def recipe() -> Recipe:
    """Return the queries, put together once on empty tables.

    Each step of an expression is bound when it is made. Of types that list five thousand products that takes
    ten milliseconds a step, more than a second a part; the queries are the same for all.
    """
    import duckdb

    with duckdb.connect() as empty:
        empty.execute(
            "create table flows (year smallint, exporter varchar, importer varchar, product varchar,"
            " value bigint, quantity bigint)"
        )
        pricing: list[tuple[str, str]] = []

        def kept(name: str, frame: Frame) -> Frame:
            pricing.append((name, frame.to_native().sql_query()))
            frame.to_native().create(name)
            return nw.from_native(empty.table(name))

        kept("priced", priced_flows(nw.from_native(empty.table("flows")), keep=kept))
        empty.execute(f"create table weighed as {WEIGHING}")
        weighed = nw.from_native(empty.table("weighed"))
        left: dict[str, Frame] = {side: line_totals(weighed, side, (*AMOUNTS, *WEIGHED)) for side in SIDES}
        left["pairs"] = weighed.group_by("exporter", "importer", "year").agg(nw.col("value").sum())
        left["outliers"] = unit_value_outliers(weighed)
        # In order already: they are put together for all parts in the order of their keys.
        ordered = {what: frame.sort(*ORDER[what]) if what in ORDER else frame for what, frame in left.items()}
        return Recipe(
            tuple(pricing), {what: frame.to_native().sql_query() for what, frame in ordered.items()}
        )


def price(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table `priced` from the view `flows`: each flow with what is to be thought of its quantity."""
    for name, query in recipe().pricing:
        connection.execute(f"create or replace table {name} as {query}")
    connection.execute("drop table usual")


def _keeper(connection: duckdb.DuckDBPyConnection) -> Callable[[str, Frame], Frame]:
    def keep(name: str, frame: Frame) -> Frame:
        connection.execute(f"drop table if exists {name}")
        frame.to_native().create(name)
        return nw.from_native(connection.table(name))

    return keep


def leave(connection: duckdb.DuckDBPyConnection, folder: Path, part: str) -> None:
    """Write, from the table `priced` of a part, its outliers and the totals of its lines and pairs."""
    between = folder / BETWEEN
    disk.make_folder(between)
    connection.execute(f"create or replace temp view weighed as {WEIGHING}")
    for what, query in recipe().left.items():
        copy(connection, query, between / f"{part}-{what}.parquet")
    connection.execute("drop view weighed")


def left(folder: Path, names: Iterable[str], what: str) -> str:
    """Return, as a table of a query, what the parts have left of a kind."""
    files = ", ".join(quoted(folder / BETWEEN / f"{name}-{what}.parquet") for name in names)
    return f"read_parquet([{files}])"


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
    `weighed`), a value is its own volume: holes in value are found.
    """
    names = list(parts)
    amounts = ", ".join(AMOUNTS if weighed else ("value", "value as quantity", "value as volume"))

    def view(name: str, query: str) -> Frame:
        connection.execute(f"create or replace temp view {name} as {query}")
        return nw.from_native(connection.view(name))

    keep = _keeper(connection)
    lines: dict[Side, Frame] = {
        side: view(
            f"{side}_totals", f"select economy, product, year, {amounts} from {left(folder, names, side)}"
        )
        for side in SIDES
    }
    files = ", ".join(quoted(folder / f"{name}.parquet") for name in names)
    found = [view("outliers", f"from {left(folder, names, 'outliers')}")]
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
