"""From the OECD's inter-country tables to a vintage: all uses in full, and the sums that sections ask for.

The sums are the tables of the data that ship (deliveries to industries, by destination or by user), among the
economies that are named. All uses, of the rest of the world too, are in `intercountry_flows`.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hikiwake.sources.imports.checking import enumerate_as
from hikiwake.sources.imports.icio_release import (
    FINAL,
    ROW,
    Square,
    industries_of,
    read,
    streams_of,
    sums_to,
)
from hikiwake.sources.imports.report import PartReport, Tally
from hikiwake.sources.imports.table_sets import About, Column, Made, Output, SetPlan, Work
from hikiwake.sources.imports.vintage import Identity
from hikiwake.store.catalogue import Coverage, TableFile

if TYPE_CHECKING:
    import duckdb

    from hikiwake.sources.imports.streams import Stream

EDITIONS = {50: "2025-edition", 45: "2023-edition"}
"""Editions by their number of industries; that of 2021 has as many as 2023, but its last column is TOTAL."""
USD = 1e6
Labels = tuple[tuple[str, str], ...]
YEAR, VALUE = Column("year", "calendar year"), Column("value", "value at basic and current prices", "USD")
EXPORTER = Column("exporter", "economy of the selling industry")
IMPORTER = Column("importer", "economy of the user; may be the exporter itself")
ALL_USES = (
    YEAR,
    EXPORTER,
    Column("industry", "industry that sells"),
    IMPORTER,
    Column("user", f"industry that uses, or category of final use: {', '.join(FINAL)}"),
    VALUE,
)
FLOWS = (YEAR, EXPORTER, IMPORTER, Column("industry", "industry that sells"), VALUE)
INPUT_USE = (YEAR, EXPORTER, IMPORTER, Column("industry", "importer's using industry"), VALUE)
_PAIR = (Column("selling_industry", "industry that sells"), Column("using_industry", "industry that uses"))
DOMESTIC_USE = (YEAR, Column("economy", "economy"), *_PAIR, VALUE)
USE_BY_INPUT = (YEAR, IMPORTER, *_PAIR, VALUE)
TOTALS = (
    YEAR,
    Column("economy", "economy"),
    Column("industry", "industry"),
    Column("output", "gross output", "USD"),
    Column("intermediate_sales", "sales to industries of the named economies", "USD"),
    Column("inputs", "purchases from industries of the named economies", "USD"),
    Column("final_and_outside_sales", "output less intermediate sales", "USD"),
)
INDUSTRIES = (
    Column("code", "industry"),
    Column("position", "place in the producer's order"),
    Column("name", "the producer's name"),
    Column("short_name", "short English name"),
    Column("goods", "agriculture, mining or manufacturing"),
    Column("group_code", "group for a coarser level"),
    Column("group_name", "English name of the group"),
)


def recognise(files: tuple[Path, ...], identity: Identity) -> SetPlan | None:
    """Return how to read tables of some years; None where the files are something else."""
    if any(path.suffix.lower() not in (".zip", ".csv") for path in files):
        return None
    streams = streams_of(files)
    if streams is None:
        return None
    version = identity.version or _edition(streams) or identity.sha256[:8]
    found = Identity(identity.name or "icio", version, identity.source, identity.sha256)
    return SetPlan(found, sum(stream.size for stream in streams.values()), lambda w: _read(w, streams, found))


def _edition(streams: dict[int, Stream]) -> str:
    first = next(iter(streams.values()))
    edition = EDITIONS.get(len(industries_of(first)), "")
    return "2021-edition" if edition == "2023-edition" and sums_to(first) == "TOTAL" else edition


def _read(work: Work, streams: dict[int, Stream], identity: Identity) -> Made:
    connection = work.connection
    for name in ("deliveries", "outputs"):
        connection.execute(f"drop table if exists {name}")
    files: list[TableFile] = []
    parts: list[PartReport] = []
    industries: tuple[str, ...] = ()
    economies: set[str] = set()
    for year, stream in streams.items():
        table = read(stream, year, work.tick)
        files.append(_all_uses(work, table))
        parts.append(_report(connection, stream, table))
        _summed(connection, year)
        industries = tuple(dict.fromkeys((*industries, *(code for _, code in table.rows))))
        economies |= {economy for economy, _ in table.rows} - {ROW}
    files += [work.written(output) for output in _outputs(connection, industries)]
    return Made(_about(identity, tuple(streams), len(economies), len(industries)), files, parts)


def _all_uses(work: Work, table: Square) -> TableFile:
    """Write all cells that are not empty, in whole USD; the parts of an economy are added."""
    sellers, users = sorted(set(table.rows)), sorted(set(table.columns))
    usd = np.rint(table.values * USD).astype(np.int64)
    whole = _added(_added(usd, table.rows, sellers).T, table.columns, users).T
    seller, user = np.nonzero(whole)
    abroad = np.array([economy != ROW for economy, _ in sellers])
    industry = np.array([economy != ROW and code not in FINAL for economy, code in users])
    cells = {
        "seller": seller.astype(np.int32),
        "use": user.astype(np.int32),
        "named": abroad[seller] & industry[user],
        "value": whole[seller, user],
    }
    output = np.rint(np.nan_to_num(table.output, nan=0.0) * USD).astype(np.int64)
    outputs = {"seller": np.arange(len(sellers)), "output": _added(output, table.rows, sellers)}
    connection = work.connection
    connection.execute("drop table if exists uses; drop table if exists sellers; drop table if exists users")
    # Held as small numbers, which are quick to sort and to sum by.
    for kind, at in (("economy_of_year", 0), ("code_of_year", 1)):
        enumerate_as(connection, kind, sorted({label[at] for label in (*sellers, *users)}))
    for name, labels in (("sellers", sellers), ("users", users)):
        connection.execute(f"create table {name} (id integer, economy economy_of_year, code code_of_year)")
        connection.execute(
            f"insert into {name} select unnest(?), unnest(?), unnest(?)",
            [list(range(len(labels))), *(list(part) for part in zip(*labels, strict=True))],
        )
    connection.register("cells", cells)
    connection.register("outputs_of_rows", outputs)
    connection.execute(
        f"""create table uses as
        select cast({table.year} as smallint) as year, s.economy as exporter, s.code as industry,
          u.economy as importer, u.code as user, c.value, c.named
        from cells c join sellers s on s.id = c.seller join users u on u.id = c.use"""
    )
    connection.execute(
        f"""create or replace table produced as
        select cast({table.year} as smallint) as year, s.economy::varchar as economy,
          s.code::varchar as industry, o.output
        from outputs_of_rows o join sellers s on s.id = o.seller"""
    )
    for name in ("cells", "outputs_of_rows"):
        connection.unregister(name)
    # They become text once they are sorted.
    names = ", ".join(f"{name}::varchar as {name}" for name in ("exporter", "industry", "importer", "user"))
    query = f"select year, {names}, value from (from uses order by exporter, industry, importer, user)"
    return work.written(Output("intercountry_flows", query, ALL_USES), f"intercountry_flows-{table.year}")


def _added(rows: NDArray[np.int64], labels: Labels, wanted: list[tuple[str, str]]) -> NDArray[np.int64]:
    """Return rows in the order of the labels wanted; those of the same label are added."""
    place = {label: n for n, label in enumerate(wanted)}
    at = np.array([place[label] for label in labels])
    order = np.argsort(at, kind="stable")
    if len(wanted) == len(labels):
        return rows[order]
    return np.add.reduceat(rows[order], np.searchsorted(at[order], np.arange(len(wanted))), axis=0)


def _summed(connection: duckdb.DuckDBPyConnection, year: int) -> None:
    """Keep of a year what the small tables are made from."""
    for name, keys in (
        ("by_seller", {"exporter": "exporter", "importer": "importer", "industry": "industry"}),
        ("by_user", {"exporter": "exporter", "importer": "importer", "user": "industry"}),
        ("at_home", {"exporter": "economy", "industry": "selling_industry", "user": "using_industry"}),
        ("by_input", {"importer": "importer", "industry": "selling_industry", "user": "using_industry"}),
    ):
        home = " and exporter = importer" if name == "at_home" else ""
        summed = f"select {', '.join(keys)}, sum(value) as value from uses where named{home} group by all"
        told = ", ".join(f"{key}::varchar as {called}" for key, called in keys.items())
        query = f"select cast({year} as smallint) as year, {told}, value::bigint as value from ({summed})"
        _append(connection, name, query)
    _append(
        connection,
        "totals",
        f"""select p.year, p.economy, p.industry, p.output, coalesce(s.value, 0) as intermediate_sales,
          coalesce(i.value, 0) as inputs, p.output - coalesce(s.value, 0) as final_and_outside_sales
        from produced p
        left join (select exporter, industry, cast(sum(value) as bigint) as value from by_seller
          where year = {year} group by all) s on s.exporter = p.economy and s.industry = p.industry
        left join (select importer, industry, cast(sum(value) as bigint) as value from by_user
          where year = {year} group by all) i on i.importer = p.economy and i.industry = p.industry
        where p.economy <> '{ROW}' and (p.output <> 0 or s.value is not null or i.value is not null)""",
    )


def _append(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
    connection.execute(f"create table if not exists {name} as {query} limit 0")
    connection.execute(f"insert into {name} {query}")


def _outputs(connection: duckdb.DuckDBPyConnection, industries: tuple[str, ...]) -> list[Output]:
    connection.execute(
        "create or replace table industries (code varchar, position smallint, name varchar,"
        " short_name varchar, goods boolean, group_code varchar, group_name varchar)"
    )
    connection.executemany("insert into industries values (?, ?, ?, ?, ?, ?, ?)", _described(industries))
    return [
        Output(name, f"select {', '.join(c.name for c in columns)} from {source} order by {order}", columns)
        for name, source, order, columns in (
            ("icio_flows", "by_seller", "exporter, importer, industry, year", FLOWS),
            ("icio_input_use", "by_user", "exporter, importer, industry, year", INPUT_USE),
            ("icio_domestic_use", "at_home", "economy, selling_industry, using_industry, year", DOMESTIC_USE),
            (
                "icio_use_by_input",
                "by_input",
                "importer, selling_industry, using_industry, year",
                USE_BY_INPUT,
            ),
            ("icio_totals", "totals", "economy, industry, year", TOTALS),
            ("icio_industries", "industries", "position", INDUSTRIES),
        )
    ]


def _described(industries: tuple[str, ...]) -> list[tuple[object, ...]]:
    with Path(__file__).with_name("icio.toml").open("rb") as stream:
        words = tomllib.load(stream)
    rows: list[tuple[object, ...]] = []
    for position, code in enumerate(industries, 1):
        name, short, group = words["industries"].get(code, (code, code, "OTH"))
        rows.append((code, position, name, short, code[0] in "ABC", group, words["groups"][group]))
    return rows


def _report(connection: duckdb.DuckDBPyConnection, stream: Stream, table: Square) -> PartReport:
    ((rows,),) = connection.execute("select count(*) from uses").fetchall()
    filled = int(np.count_nonzero(table.values))
    notes = [
        f"{table.year}: the world's value added is {table.value_added:,.0f} million USD; {table.open_rows:,}"
        f" of {len(table.rows):,} rows do not add up to their output"
    ]
    return PartReport(
        name=stream.name,
        read=table.values.size,
        tallies=[Tally("accepted", filled, 0), Tally("zero", table.values.size - filled, 0)],
        bad=[],
        notes=notes,
        codes={},
        flows=int(rows),
        first_year=table.year,
        last_year=table.year,
        years=[table.year],
        products=[],
        with_quantity=0,
        added=filled - int(rows),
    )


def _about(identity: Identity, years: tuple[int, ...], economies: int, industries: int) -> About:
    span = f"{years[0]}-{years[-1]}" if len(years) > 1 else str(years[0])
    known = identity.version != identity.sha256[:8]
    edition = f" ({identity.version.removesuffix('-edition')})" if known else ""
    return About(
        title="Inter-Country Input-Output tables",
        producer="OECD",
        licence="OECD Terms and Conditions, section 3 (Data)",
        citation=f"OECD{edition}, Inter-Country Input-Output tables, {span}",
        unit="current USD, basic prices",
        coverage=Coverage(
            text=f"goods and services that industries deliver to users abroad and at home, "
            f"to industries and to final use, {economies} economies and the rest of the world, {industries} "
            f"industries, {span}",
            years=years if len(years) <= years[-1] - years[0] else (),
            first_year=years[0],
            last_year=years[-1],
            economies=economies,
            products=industries,
        ),
        note="Sums by partner leave out the rest of the world; intercountry_flows holds all uses, of it too.",
    )
