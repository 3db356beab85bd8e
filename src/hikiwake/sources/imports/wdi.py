"""The World Bank's indicators: the bulk file, the tables that its site saves, the replies of its service.

Tables are wide: a line for an economy and an indicator, a column for each year, "" or ".." where nothing is
known. The site writes lines on the data above the header, and below the table. A reply has an item for each
figure. Several files become one vintage; a figure that two of them have counts once, or not at all where
they differ.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports import wdi_replies
from hikiwake.sources.imports.archive import base, is_zip, members, opened
from hikiwake.sources.imports.checking import MISSING
from hikiwake.sources.imports.economies import Meaning, meaning
from hikiwake.sources.imports.loading import Loaded
from hikiwake.sources.imports.quoting import quoted
from hikiwake.sources.imports.report import KEYS, Bad, PartReport, Tally, notes_of
from hikiwake.sources.imports.streams import Layout, Stream, layout
from hikiwake.sources.imports.table_sets import About, Column, Made, Output, SetPlan, Work
from hikiwake.sources.imports.vintage import Identity
from hikiwake.sources.imports.wdi_replies import Reply
from hikiwake.sources.imports.wide import Cells, load_cells, make_cells, years_of
from hikiwake.store.catalogue import Coverage

if TYPE_CHECKING:
    import duckdb

SERIES, INDICATORS = "wdi", "wdi_indicators"
_TABLE = re.compile(r"WDI_?(CSV|Data)\.csv|API_.+\.csv|P_Data_.+\.csv|.+_Data\.csv", re.IGNORECASE)
_OTHER = re.compile(r"metadata_.*|.*_(series_metadata|definition.*)", re.IGNORECASE)
_CODES = (("Indicator Name", "Indicator Code"), ("Series Name", "Series Code"))
SHOWN = 1_000
ACCEPTED = KEYS.index("accepted")
REJECTED = ("unknown_economy", "not_a_number", "conflicting")
PARTNER = "Counterpart Country Code"
COLUMNS = (
    Column("indicator", "code of the indicator"),
    Column("economy", "economy that it is of"),
    Column("year", "calendar year"),
    Column("value", "value in the indicator's unit", "see the indicator's name"),
)


class Source(msgspec.Struct, frozen=True):
    """A file of the World Bank's: a wide table, or (without a layout) a reply of its service."""

    stream: Stream
    layout: Layout | None = None


def recognise(files: tuple[Path, ...], identity: Identity) -> SetPlan | None:
    """Return how to read files of the World Bank's; None where one of them is something else."""
    sources = [_source(path) for path in files]
    if not sources or any(source is None for source in sources):
        return None
    found = [source for source in sources if source is not None]
    replies = [
        (source.stream.path, wdi_replies.read(source.stream.path)) for source in found if not source.layout
    ]
    wdi_replies.whole(replies)
    dates = [reply.about.lastupdated or "" for _, reply in replies]
    dates += [_date(source.stream) for source in found if source.stream.member]
    version = identity.version or max(dates, default="") or identity.sha256[:8]
    named = Identity(identity.name or "wdi", version, identity.source, identity.sha256)
    pages = {path: reply for path, reply in replies}
    size = sum(source.stream.size for source in found)
    return SetPlan(named, size, lambda work: _read(work, found, pages, named))


def _source(path: Path) -> Source | None:
    if wdi_replies.is_reply(path):
        return Source(Stream(path))
    stream = _table(path)
    found = _layout(stream) if stream is not None else None
    return Source(stream, found) if stream is not None and found is not None else None


def _table(path: Path) -> Stream | None:
    if path.suffix in (".parquet", ".pq"):
        return None
    if not is_zip(path):
        return Stream(path)
    with opened(path) as archive:
        names = [name for name in members(archive) if _TABLE.fullmatch(base(name))]
    tables = [name for name in names if not _OTHER.fullmatch(PurePosixPath(base(name)).stem)]
    return Stream(path, tables[0]) if len(tables) == 1 else None


def _layout(stream: Stream) -> Layout | None:
    for names in _CODES:
        wanted = frozenset(("Country Code", *names))
        try:
            found = layout(stream, wanted)
        except BadInput:
            return None
        # The IMF's tables of trade have these columns too, and a partner.
        if wanted <= set(found.header) and PARTNER not in found.header and years_of(found):
            return found
    return None


def _date(stream: Stream) -> str:
    """Return the day on which a member of a zip file was written; zip files begin with 1980, for none."""
    with opened(stream.path) as archive:
        year, month, day = archive.getinfo(stream.member).date_time[:3]
    return f"{year}-{month:02}-{day:02}" if year > 1980 else ""


def _read(work: Work, sources: list[Source], replies: dict[Path, Reply], identity: Identity) -> Made:
    make_cells(work.connection, ("economy_code", "indicator_name", "indicator_code"))
    taken: list[Cells] = []
    for source in sources:
        first = sum(cells.loaded.rows for cells in taken)
        if source.layout is None:
            taken.append(_observed(work, source.stream, replies[source.stream.path], first))
            continue
        name, code = next(pair for pair in _CODES if pair[1] in source.layout.header)
        columns = {"economy_code": "Country Code", "indicator_name": name, "indicator_code": code}
        taken.append(load_cells(work.connection, source.stream, source.layout, columns, work.tick, first))
    part = _judged(work.connection, taken)
    tables = [
        work.written(
            Output(
                SERIES,
                "select indicator_code as indicator, economy, year, value from judged join lines using (row)"
                f" where reason = {ACCEPTED} order by judged.series, year",
                COLUMNS,
            )
        ),
        work.written(
            Output(
                INDICATORS,
                "select indicator_code as indicator, min(indicator_name) as name from lines where row in"
                f" (select row from judged where reason = {ACCEPTED}) group by all order by 1",
                (Column("indicator", "code"), Column("name", "name and unit")),
            )
        ),
    ]
    return Made(_about(work.connection, part, identity), tables, [part])


def _observed(work: Work, stream: Stream, reply: Reply, first: int) -> Cells:
    """Add a reply's observations to the cells; as lines, they are counted from 1."""
    try:
        wdi_replies.take(work.connection, reply, first)
    except ValueError as fault:
        raise BadInput(
            where=str(stream.path),
            why=str(fault),
            remedy="Ask for years, such as date=2000:2024.",
        ) from fault
    work.tick(stream.size)
    loaded = Loaded(f"{stream.name} (its observations as lines)", first, len(reply.observations), [])
    return Cells(loaded, -1, (0,), (), ())


def _judged(connection: duckdb.DuckDBPyConnection, taken: list[Cells]) -> PartReport:
    codes = [str(c) for (c,) in connection.execute("select distinct economy_code from lines").fetchall() if c]
    meanings = [meaning(code) for code in sorted(codes)]
    _judge(connection, meanings)
    counted = connection.execute("select reason, count(*) from judged group by 1 order by 1").fetchall()
    tallies = {KEYS[int(reason)]: int(rows) for reason, rows in counted}
    # Empty cells are not among the cells, and remarks below the table hold none.
    every = sum(cells.all for cells in taken)
    malformed = [(cells.loaded.stream, line) for cells in taken for line in cells.malformed]
    remarks = sum(len(cells.below) for cells in taken)
    tallies["blank"] = tallies.get("blank", 0) + every - sum(tallies.values())
    tallies |= {"malformed": len(malformed), "remark": remarks}
    rejected = connection.execute(
        "select row, reason, economy_code, text from judged join lines using (row) where reason in"
        f" ({', '.join(str(KEYS.index(reason)) for reason in REJECTED)}) order by row, year limit {SHOWN}"
    ).fetchall()
    bad = []
    for row, reason, code, text in rejected:
        fault = KEYS[int(reason)]
        column, said = ("Country Code", code) if fault == "unknown_economy" else ("value", text)
        of = next(cells for cells in reversed(taken) if cells.loaded.first_row <= int(row))
        bad.append(Bad(of.loaded.stream, of.line(int(row)), column, fault, str(said or "")[:200]))
    bad += [Bad(name, line, "", "malformed", "") for name, line in malformed[:SHOWN]]
    order = [cells.loaded.stream for cells in taken]
    years = [
        int(y)
        for (y,) in connection.execute(
            f"select distinct year from judged where reason = {ACCEPTED} order by 1"
        ).fetchall()
    ]
    return PartReport(
        name="indicators",
        read=every + len(malformed) + remarks,
        tallies=[Tally(reason, rows, 0) for reason, rows in tallies.items() if rows],
        bad=sorted(bad, key=lambda one: (order.index(one.source), one.line))[:SHOWN],
        notes=notes_of((one.code, one.economy, one.note) for one in meanings),
        codes={one.code: one.economy for one in meanings if one.economy},
        flows=tallies.get("accepted", 0),
        first_year=min(years, default=None),
        last_year=max(years, default=None),
        years=years,
        products=[],
        with_quantity=0,
    )


def _judge(connection: duckdb.DuckDBPyConnection, meanings: list[Meaning]) -> None:
    """Make the table `judged` of the cells, and give each line its economy and its place among the series.

    What is the same in all cells of a line is looked at once for the line. `series` counts economies by
    indicator; lines of the same have the same one, and their cells are compared with each other.
    """
    connection.execute("create or replace table codes (code varchar, economy varchar)")
    if meanings:
        connection.executemany("insert into codes values (?, ?)", [(m.code, m.economy) for m in meanings])
    connection.execute(
        """create or replace table lines as
        select *, dense_rank() over (order by indicator_code, economy) as series,
          count(*) over (partition by indicator_code, economy) > 1 as several
        from (select row, trim(indicator_code) as indicator_code, trim(indicator_name) as indicator_name,
            economy_code, economy from lines left join codes on code = economy_code)
        where indicator_code <> ''"""
    )
    missing = ", ".join(map(quoted, MISSING))
    reasons = {
        "unknown_economy": "economy is null or economy = ''",
        "aggregate": "economy = 'total'",
        "blank": f"number is null and upper(text) in ({missing})",
        "not_a_number": "number is null",
    }
    first = min(KEYS.index(reason) for reason in REJECTED)
    cases = " ".join(f"when {test} then {KEYS.index(reason)}" for reason, test in reasons.items())
    connection.execute(
        f"""create or replace table judged as
        select row, year, series, number as value, reason,
          case when reason >= {first} or several then text end as text
        from (select *, cast(case {cases} else {ACCEPTED} end as utinyint) as reason
          from (select row, year, series, several, economy, value as text,
              case when isfinite(try_cast(value as double)) then try_cast(value as double) end as number
            from cells join lines using (row)))"""
    )
    if connection.execute("select 1 from lines where several limit 1").fetchall():
        connection.execute(
            f"""update judged set reason = case when conflict then {KEYS.index("conflicting")}
                else {KEYS.index("repeated")} end
            from (select row, year, conflict, row > first as again from (
                select row, year, min(value) over same < max(value) over same as conflict,
                  min(row) over same as first
                from judged where reason = {ACCEPTED} and row in (select row from lines where several)
                window same as (partition by series, year))) as found
            where judged.row = found.row and judged.year = found.year and (conflict or again)"""
        )


def _about(connection: duckdb.DuckDBPyConnection, part: PartReport, identity: Identity) -> About:
    ((series, economies),) = connection.execute(
        "select count(distinct indicator_code), count(distinct economy) from lines where row in"
        f" (select row from judged where reason = {ACCEPTED})"
    ).fetchall()
    return About(
        title="World Development Indicators",
        producer="World Bank",
        licence="CC BY 4.0",
        citation=f"World Bank, World Development Indicators, as of {identity.version}",
        unit="see each indicator's name",
        coverage=Coverage(
            text=f"{series} indicators of {economies} economies, {part.first_year}-{part.last_year}",
            first_year=part.first_year,
            last_year=part.last_year,
            economies=int(economies),
        ),
        note="Groups of economies are left out; Taiwan is not in it.",
    )
