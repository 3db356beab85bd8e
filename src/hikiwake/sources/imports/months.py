"""Comtrade's months summed to years, where its reporters' annual rows are not there.

A year is summed only of all its twelve months. What a reporter states for a whole year is taken as it is: it
holds the corrections that came after the months. Amounts that are no numbers, and months that stand twice
with different amounts, are handed on as such, so that the row of the year is rejected for them; what spoils
it is told where it stands.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports.loading import Loaded, piped, text_columns, unread
from hikiwake.sources.imports.mapping import Mapping
from hikiwake.sources.imports.parquet import copy
from hikiwake.sources.imports.quoting import named, quoted
from hikiwake.sources.imports.streams import Layout, Stream, Sums
from hikiwake.store.tables import without_bar

if TYPE_CHECKING:
    import duckdb

MONTHLY = "M"
AMOUNTS = ("primaryValue", "netWgt")
WHOLE = 12
TOLD = 12
"""Years without all their months that are named; the others are counted."""
TABLE = 1 << 40
"""What the number of a table is multiplied with, so that one number says the table and the row in it."""
SPOILT = 1_000
"""Sums whose faults are told where they stand, at most: as many as a report lists."""


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
        texts = ", ".join(f"{named(name)} varchar" for name in columns)
        connection.execute(f"create table told ({texts}, place bigint)")
        read = [
            _take(connection, stream, found, mapping, number * TABLE)
            for number, (stream, found) in enumerate(tables)
        ]
        years = _years(connection, mapping)
        whole = [year for year in years if year[3] == WHOLE]
        if not whole:
            _refuse_months_alone(connection, years, tables[0][0])
            return None
        path = folder / "sums of months.parquet"
        connection.execute(f"create table sums as {_sums(connection, mapping, columns)}")
        told = ", ".join(
            f"replace({name}, '.', '{mapping.decimal}') as {name}" for name in AMOUNTS if name in columns
        )
        copy(connection, f"select * exclude place replace ({told}) from sums", path)
        ((months, sums),) = connection.execute(
            f"select (select count(*) from of_whole_years), count(*) from read_parquet({quoted(path)})"
        ).fetchall()
        spoilt = {
            int(row): _line(read, int(place))
            for row, place in connection.execute(
                "select row, place from (select row_number() over () - 1 as row, place from sums)"
                f" where place is not null order by row limit {SPOILT}"
            ).fetchall()
        }
    notes = [f"{months:,} rows of months were added up to {sums:,} of {len(whole):,} reporters' years"]
    lacking = [f"{reporter} in {year} ({n} of {WHOLE})" for reporter, year, _, n in years if n != WHOLE]
    if lacking:
        more = f" and {len(lacking) - TOLD:,} others" if len(lacking) > TOLD else ""
        notes.append(f"left out, since months are missing: reporter {', '.join(lacking[:TOLD])}{more}")
    return Summed(Sums(path, spoilt=spoilt), tuple(notes))


def _columns(mapping: Mapping) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*mapping.columns.values(), "freqCode", "period"]))


def _take(
    connection: duckdb.DuckDBPyConnection,
    stream: Stream,
    found: Layout,
    mapping: Mapping,
    first: int,
) -> Loaded:
    """Take a table as it stands, amounts with decimal points; its rows are numbered from `first`."""
    columns = _columns(mapping)
    at = {name: f"trim(c{found.header.index(name)})" for name in columns if name in found.header}
    if "freqCode" not in at and "period" in at:
        at["freqCode"] = (
            f"case when regexp_full_match({at['period']}, '[0-9]{{6}}') then '{MONTHLY}' else 'A' end"
        )
    if mapping.decimal == ",":
        at |= {name: f"replace({at[name]}, ',', '.')" for name in AMOUNTS if name in at}
    chosen = ", ".join(at.get(name, "null") for name in columns)
    with piped(stream, found, lambda _: None) as pipe:
        place = f"row_number() over () - 1 + {first}"
        connection.execute(f"insert into told select {chosen}, {place} from {text_columns(pipe, found)}")
    # The import reads the file again, and tells of lines that cannot be read.
    return Loaded(stream.name, first, 0, [line for line, _ in unread(connection)])


def _line(read: list[Loaded], place: int) -> tuple[str, int]:
    return read[place // TABLE].place(place)


def _years(connection: duckdb.DuckDBPyConnection, mapping: Mapping) -> list[tuple[str, str, str, int]]:
    """Return reporter, year, flow and number of months of each year that is known by months alone."""
    tests = [f"{named('freqCode')} = {quoted(MONTHLY)}"]
    for column, wanted in mapping.only.items():
        if column not in ("freqCode", "period"):
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
    # The same row again counts once; another amount of the same month spoils the year.
    once = (
        f"select *, count(*) over (partition by {keys}, period) as stated from (select {keys}, period,"
        f" {', '.join(map(named, amounts))}, min(place) as place from of_whole_years group by all)"
    )
    sound = _sound("primaryValue")
    value = _sum("primaryValue", f"max(primaryValue) filter (not {sound})")
    weight = f", {_sum('netWgt', 'null')} as netWgt" if "netWgt" in amounts else ""
    year = "" if mapping.year == "period" else f", period[:4] as {named(str(mapping.year))}"
    return (
        f"select {keys}, period[:4] as period{year}, 'A' as freqCode,"
        " case when max(stated) > 1 then 'two amounts of one month'"
        f" else {value} end as primaryValue{weight},"
        f" coalesce(max(place) filter (stated > 1), min(place) filter (not {sound})) as place"
        f" from ({once}) group by {keys}, period[:4] order by all"
    )


def _sound(column: str) -> str:
    return f"coalesce(try_cast({column} as decimal(38, 6)) >= 0, false)"


def _sum(column: str, otherwise: str) -> str:
    total = f"cast(sum(try_cast({column} as decimal(38, 6))) as varchar)"
    return f"case when bool_and({_sound(column)}) then {total} else {otherwise} end"


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
