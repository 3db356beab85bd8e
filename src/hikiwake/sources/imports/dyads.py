"""CEPII's Gravity and its ancestor GeoDist: what lies between two economies, by pair and (in Gravity) year.

Codes of letters are no key in Gravity: Germany has a row before 1990 and one after, the Soviet Union stands
beside Russia. Only rows count whose two territories existed in the year.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports.archive import base, is_zip, members, opened
from hikiwake.sources.imports.checking import MISSING
from hikiwake.sources.imports.economies import meaning
from hikiwake.sources.imports.loading import Loaded, piped, text_columns, unread
from hikiwake.sources.imports.quoting import named, quoted
from hikiwake.sources.imports.report import REASONS, Bad, PartReport, Tally, notes_of
from hikiwake.sources.imports.streams import Layout, Stream, layout
from hikiwake.sources.imports.table_sets import About, Column, Made, Output, SetPlan, Work
from hikiwake.sources.imports.vintage import Identity
from hikiwake.store.catalogue import Coverage

if TYPE_CHECKING:
    import duckdb

DYADS = "dyads"
SHOWN = 1_000
_MEMBER = re.compile(r"Gravity_V(\w{4,12})\.csv|dist_cepii\.csv", re.IGNORECASE)
_VERSION = re.compile(r"V(\d{6}\w?)", re.IGNORECASE)
_GRAVITY = frozenset({"year", "iso3_o", "iso3_d", "country_exists_o", "country_exists_d"})
_GEODIST = frozenset({"iso_o", "iso_d", "dist", "distcap"})
_SIDED = (
    "iso3num gmt_offset_2020 pop gdp gdpcap gdp_ppp gdpcap_ppp pop_pwt gdp_ppp_pwt heg gatt wto eu entry_cost"
    " entry_proc entry_time entry_tp tradeflow_comtrade tradeflow_imf"
)
_DYADIC = (
    "distw_harmonic distw_arithmetic distw_harmonic_jh distw_arithmetic_jh dist distcap contig"
    " diplo_disagreement scaled_sci_2021 comlang_off comlang_ethno comcol col45 comleg_pretrans"
    " comleg_posttrans"
    " transition_legalchange comrelig col_dep_ever col_dep col_dep_end_year col_dep_end_conflict sibling_ever"
    " sibling sever_year sib_conflict fta_wto fta_wto_raw rta_coverage rta_type tradeflow_baci"
    " manuf_tradeflow_baci distw distwces colony curcol smctry comcur"
)
NUMBERS = frozenset(_DYADIC.split()) | {f"{name}_{side}" for name in _SIDED.split() for side in "od"}
"""Columns that hold numbers; all others are kept as text."""
_UNITS = {"dist": "km", "pop": "thousand persons", "gdp": "thousand current USD", "tradeflow": "thousand USD"}


class Form(msgspec.Struct, frozen=True):
    """Which of the two it is, by the names of its columns."""

    exporter: str
    importer: str
    year: str
    exists: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that are not kept under their own names."""
        return tuple(filter(None, (self.exporter, self.importer, self.year, *self.exists)))


GRAVITY = Form("iso3_o", "iso3_d", "year", ("country_exists_o", "country_exists_d"))
GEODIST = Form("iso_o", "iso_d", "", ())


def recognise(files: tuple[Path, ...], identity: Identity) -> SetPlan | None:
    """Return how to read Gravity or GeoDist; None where the file is something else."""
    if len(files) > 1:
        return None
    (path,) = files
    stream = _table(path)
    if stream is None:
        return None
    try:
        found = layout(stream)
    except BadInput:
        return None
    header = set(found.header)
    form = GRAVITY if header >= _GRAVITY else GEODIST if header >= _GEODIST else None
    if form is None:
        return None
    version = _VERSION.search(PurePosixPath(stream.name).name) or _VERSION.search(path.name)
    known = Identity(
        identity.name or ("gravity" if form is GRAVITY else "geodist"),
        identity.version or (version[1].lower() if version else identity.sha256[:8]),
        identity.source,
        identity.sha256,
    )
    return SetPlan(known, stream.size, lambda work: _read(work, stream, found, form, known))


def _table(path: Path) -> Stream | None:
    if not is_zip(path):
        return None if path.suffix in (".parquet", ".pq") else Stream(path)
    with opened(path) as archive:
        tables = [name for name in members(archive) if _MEMBER.fullmatch(base(name))]
    return Stream(path, tables[0]) if len(tables) == 1 else None


def _read(work: Work, stream: Stream, found: Layout, form: Form, identity: Identity) -> Made:
    connection = work.connection
    kept = tuple(name for name in found.header if name and name not in form.keys)
    loaded = _load(work, stream, found, form, kept)
    part = _judge(connection, stream, loaded)
    year = "year, " if form.year else ""
    columns = ", ".join(map(named, kept))
    output = Output(
        DYADS,
        f"select {year}exporter, importer, {columns} from dyads join judged using (row)"
        f" where reason = 'accepted' order by {year}exporter, importer",
        (
            *((Column("year", "calendar year"),) if form.year else ()),
            Column("exporter", "economy of origin"),
            Column("importer", "economy of destination; may be the same"),
            *(Column(name, "as the producer calls it", _unit(name)) for name in kept),
        ),
    )
    table = work.written(output)
    connection.execute("drop view dyads; detach scratch")
    return Made(_about(form, part, identity, len(kept)), [table], [part])


def _load(work: Work, stream: Stream, found: Layout, form: Form, kept: tuple[str, ...]) -> Loaded:
    """Load the table into a database on the disk: a gigabyte of text is too much for the memory."""
    connection = work.connection
    for left in work.folder.glob("scratch.duckdb*"):
        left.unlink()  # of a try that was stopped
    connection.execute(f"attach {quoted(work.folder / 'scratch.duckdb')} as scratch")
    place = {name: f"trim(c{found.header.index(name)})" for name in (*form.keys, *kept)}
    missing = ", ".join(map(quoted, MISSING))

    def gone(name: str) -> str:
        return f"coalesce(upper({place[name]}), '') in ({missing})"

    def cell(name: str) -> str:
        if name in NUMBERS:
            number = f"try_cast({place[name]} as double)"
            return f"case when isfinite({number}) then {number} end"
        return f"case when not {gone(name)} then {place[name]} end"

    odd = [f"(not {gone(n)} and {cell(n)} is null)" for n in kept if n in NUMBERS]
    exists = " and ".join(f"coalesce(try_cast({place[n]} as double), 1) <> 0" for n in form.exists) or "true"
    year = f"try_cast({place[form.year]} as smallint)" if form.year else "cast(null as smallint)"
    with piped(stream, found, work.tick) as pipe:
        connection.execute(
            f"create or replace table scratch.dyads as select row_number() over () - 1 as row,"
            f" {place[form.exporter]} as code_o, {place[form.importer]} as code_d, {year} as year,"
            f" {'false' if not form.year else year + ' is null'} as no_year, {exists} as existed,"
            f" {' or '.join(odd) or 'false'} as odd, {', '.join(f'{cell(n)} as {named(n)}' for n in kept)}"
            f" from {text_columns(pipe, found)}"
        )
    malformed = [line for line, _ in unread(connection)]
    ((rows,),) = connection.execute("select count(*) from scratch.dyads").fetchall()
    return Loaded(stream.name, 0, int(rows), malformed)


def _judge(connection: duckdb.DuckDBPyConnection, stream: Stream, loaded: Loaded) -> PartReport:
    found = connection.execute(
        "select distinct code_o from scratch.dyads where existed"
        " union select distinct code_d from scratch.dyads where existed"
    ).fetchall()
    meanings = sorted((meaning(str(code)) for (code,) in found if code), key=lambda one: one.code)
    connection.execute("create or replace table codes (code varchar, economy varchar)")
    rows = [(one.code, one.economy) for one in meanings if one.economy]
    if rows:
        connection.executemany("insert into codes values (?, ?)", rows)
    connection.execute(
        """create or replace table judged as
        select row, exporter, importer, case
          when not existed then 'not_there'
          when no_year then 'no_year'
          when exporter = 'total' or importer = 'total' then 'aggregate'
          when exporter is null then 'unknown_exporter'
          when importer is null then 'unknown_importer'
          when odd then 'not_a_number'
          when count(*) over (partition by exporter, importer, year, existed) > 1 then 'conflicting'
          else 'accepted' end as reason
        from (select row, o.economy as exporter, d.economy as importer, year, no_year, existed, odd
          from scratch.dyads left join codes o on o.code = code_o left join codes d on d.code = code_d)"""
    )
    connection.execute("create or replace view dyads as select * from scratch.dyads")
    counted = connection.execute("select reason, count(*) from judged group by 1 order by 1").fetchall()
    tallies = [Tally(str(reason), int(rows), 0) for reason, rows in counted]
    if loaded.malformed:
        tallies.append(Tally("malformed", len(loaded.malformed), 0))
    listed = ", ".join(quoted(reason) for reason, (fate, _, _) in REASONS.items() if fate == "rejected")
    rejected = connection.execute(
        "select row, reason, code_o, code_d from judged join scratch.dyads using (row)"
        f" where reason in ({listed}) order by row limit {SHOWN}"
    ).fetchall()
    bad = [
        Bad(stream.name, loaded.line(int(row)), REASONS[reason][1], str(reason), f"{o}, {d}")
        for row, reason, o, d in rejected
    ] + [Bad(stream.name, line, "", "malformed", "") for line in loaded.malformed[:SHOWN]]
    years = [
        int(y)
        for (y,) in connection.execute(
            "select distinct year from judged join scratch.dyads using (row) where reason = 'accepted'"
            " and year is not null order by 1"
        ).fetchall()
    ]
    return PartReport(
        name="pairs",
        read=loaded.rows + len(loaded.malformed),
        tallies=tallies,
        bad=sorted(bad, key=lambda one: one.line)[:SHOWN],
        notes=notes_of((one.code, one.economy, one.note) for one in meanings),
        codes={one.code: one.economy for one in meanings if one.economy},
        flows=sum(tally.rows for tally in tallies if tally.reason == "accepted"),
        first_year=min(years, default=None),
        last_year=max(years, default=None),
        years=years,
        products=[],
        with_quantity=0,
    )


def _unit(name: str) -> str:
    return next((unit for begin, unit in _UNITS.items() if name.startswith(begin) and "ppp" not in name), "")


def _about(form: Form, part: PartReport, identity: Identity, columns: int) -> About:
    economies = len({economy for economy in part.codes.values() if economy != "total"})
    years = f", {part.first_year}-{part.last_year}" if part.years else ""
    of_gravity = form is GRAVITY
    return About(
        title="Gravity: covariates of pairs of economies" if of_gravity else "GeoDist: distances of pairs",
        producer="CEPII",
        licence="Etalab Open Licence 2.0",
        citation=(
            f"CEPII, Gravity, version {identity.version}; Conte, M., Cotterlaz, P. and Mayer, T. (2022), The"
            " CEPII Gravity Database, CEPII Working Paper 2022-05"
            if of_gravity
            else "CEPII, GeoDist; Mayer, T. and Zignago, S. (2011), Notes on CEPII's distances measures,"
            " CEPII Working Paper 2011-25"
        ),
        unit="see each column",
        coverage=Coverage(
            text=f"{columns} columns on pairs of {economies} economies{years}",
            first_year=part.first_year,
            last_year=part.last_year,
            economies=economies,
        ),
    )
