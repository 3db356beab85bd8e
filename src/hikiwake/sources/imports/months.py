"""Comtrade's months summed to years, where its reporters' annual rows are not there.

A year is summed only of all its twelve months. What a reporter states for a whole year is taken as it is: it
holds the corrections that came after the months. Amounts that are no numbers, and months that stand twice
with different amounts, are handed on as such, so that the row of the year is rejected for them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports.loading import piped, text_columns, unread
from hikiwake.sources.imports.mapping import Mapping
from hikiwake.sources.imports.parquet import copy
from hikiwake.sources.imports.quoting import named, quoted
from hikiwake.sources.imports.streams import Layout, Stream
from hikiwake.store.tables import without_bar

if TYPE_CHECKING:
    import duckdb

MONTHLY = "M"
AMOUNTS = ("primaryValue", "netWgt")
WHOLE = 12
TOLD = 12
"""Years without all their months that are named; the others are counted."""


class Summed(msgspec.Struct, frozen=True):
    """The rows of years that months add up to, and what a reader must know of them."""

    stream: Stream
    notes: tuple[str, ...]


def summed(tables: tuple[tuple[Stream, Layout], ...], mapping: Mapping, folder: Path) -> Summed | None:
    """Write the sums of months as a table of years; None where no year is known by its months alone.

    `mapping` says which rows count but for their frequency. Raises `BadInput` where there are months alone
    and no year has all of them.
    """
    import duckdb

    with duckdb.connect() as connection:
        without_bar(connection)
        connection.execute(f"set temp_directory = {quoted(folder / 'spill')}; set memory_limit = '1500MB'")
        columns = _columns(mapping)
        connection.execute(f"create table told ({', '.join(f'{named(name)} varchar' for name in columns)})")
        for stream, found in tables:
            _take(connection, stream, found, columns)
        years = _years(connection, mapping)
        whole = [year for year in years if year[3] == WHOLE]
        if not whole:
            _refuse_months_alone(connection, years, tables[0][0])
            return None
        path = folder / "sums of months.parquet"
        copy(connection, _sums(connection, mapping, columns), path)
        ((months, sums),) = connection.execute(
            f"select (select count(*) from of_whole_years), count(*) from read_parquet({quoted(path)})"
        ).fetchall()
    notes = [f"{months:,} rows of months were added up to {sums:,} of {len(whole):,} reporters' years"]
    lacking = [f"{reporter} in {year} ({n} of {WHOLE})" for reporter, year, _, n in years if n != WHOLE]
    if lacking:
        more = f" and {len(lacking) - TOLD:,} others" if len(lacking) > TOLD else ""
        notes.append(f"left out, since months are missing: reporter {', '.join(lacking[:TOLD])}{more}")
    return Summed(Stream(path), tuple(notes))


def _columns(mapping: Mapping) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*mapping.columns.values(), "freqCode", "period"]))


def _take(
    connection: duckdb.DuckDBPyConnection, stream: Stream, found: Layout, columns: tuple[str, ...]
) -> None:
    place = {name: f"trim(c{found.header.index(name)})" for name in columns if name in found.header}
    chosen = ", ".join(place.get(name, "null") for name in columns)
    with piped(stream, found, lambda _: None) as pipe:
        connection.execute(f"insert into told select {chosen} from {text_columns(pipe, found)}")
    unread(connection)  # the import reads the file again, and tells of them


def _years(connection: duckdb.DuckDBPyConnection, mapping: Mapping) -> list[tuple[str, str, str, int]]:
    """Return reporter, year, flow and number of months of each year that is known by months alone."""
    tests = [f"{named('freqCode')} = {quoted(MONTHLY)}"]
    for column, wanted in mapping.only.items():
        if column != "freqCode":
            values = [wanted] if isinstance(wanted, str) else wanted
            tests.append(f"coalesce({named(column)}, '') in ({', '.join(map(quoted, values))})")
    wanted = " and ".join(tests[1:]) or "true"
    connection.execute(
        f"""create table monthly as select * from told m where {" and ".join(tests)}
        and regexp_full_match(period, '[0-9]{{4}}(0[1-9]|1[0-2])')
        and not exists (from told a where coalesce(a.freqCode, '') in ('A', '') and {wanted}
          and a.reporterCode = m.reporterCode and a.flowCode = m.flowCode and a.period = m.period[:4])"""
    )
    found = connection.execute(
        "select reporterCode, period[:4], flowCode, count(distinct period) from monthly"
        " group by all order by all"
    ).fetchall()
    return [(str(reporter), str(year), str(flow), int(n)) for reporter, year, flow, n in found]


def _sums(connection: duckdb.DuckDBPyConnection, mapping: Mapping, columns: tuple[str, ...]) -> str:
    """Return the query of the sums, each with the columns that the mapping reads."""
    amounts = [name for name in AMOUNTS if name in columns]
    kept = [name for name in columns if name not in (*AMOUNTS, "period", "freqCode", mapping.year)]
    connection.execute(
        "create view of_whole_years as from monthly where (reporterCode, period[:4], flowCode) in"
        f" (select (reporterCode, period[:4], flowCode) from monthly group by all"
        f" having count(distinct period) = {WHOLE})"
    )
    keys = ", ".join(map(named, kept))
    once = f"select distinct {keys}, period, {', '.join(map(named, amounts))} from of_whole_years"
    value = _sum(
        "primaryValue", "max(primaryValue) filter (try_cast(primaryValue as decimal(38, 6)) is null)"
    )
    weight = f", {_sum('netWgt', 'null')} as netWgt" if "netWgt" in amounts else ""
    year = "" if mapping.year == "period" else f", period[:4] as {named(str(mapping.year))}"
    return (
        f"select {keys}, period[:4] as period{year}, 'A' as freqCode,"
        " case when count(*) > count(distinct period) then 'two amounts of one month'"
        f" else {value} end as primaryValue{weight}"
        f" from ({once}) group by {keys}, period[:4] order by all"
    )


def _sum(column: str, otherwise: str) -> str:
    number = f"try_cast({column} as decimal(38, 6))"
    return f"case when count(*) = count({number}) then cast(sum({number}) as varchar) else {otherwise} end"


def _refuse_months_alone(
    connection: duckdb.DuckDBPyConnection, years: list[tuple[str, str, str, int]], stream: Stream
) -> None:
    ((annual,),) = connection.execute(
        "select count(*) from told where coalesce(freqCode, '') in ('A', '')"
    ).fetchall()
    if annual:
        return
    best = max(years, key=lambda year: year[3], default=None)
    held = f"; reporter {best[0]} has {best[3]} of {best[1]}" if best else ""
    raise BadInput(
        where=str(stream.path),
        why=f"it holds months alone, and a year is told only where all its months are there{held}",
        remedy="Give the files of all twelve months at once, or ask Comtrade for annual data (freqCode A).",
    )
