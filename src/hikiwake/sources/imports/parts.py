"""One part of an import (a year's file, a whole table): loaded, judged, merged, sorted, written, counted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports import checking, loading
from hikiwake.sources.imports.mapping import Mapping
from hikiwake.sources.imports.parquet import copy
from hikiwake.sources.imports.quoting import quoted
from hikiwake.sources.imports.report import KEYS, REASONS, Bad, PartReport, Tally, notes_of, told
from hikiwake.sources.imports.streams import Stream
from hikiwake.store import disk

if TYPE_CHECKING:
    import duckdb

SHOWN = 1_000
"""Rejected rows that are listed in the report; all are counted."""
TOLERATED = 0.01
KEY = "exporter, importer, product, year"


class Part(msgspec.Struct, frozen=True):
    """Streams that are checked against each other, and the one year they must be of (if they must)."""

    name: str
    streams: tuple[Stream, ...]
    year: int | None = None


class Written(msgspec.Struct, frozen=True):
    """A finished part: its file, and what became of its rows."""

    file: str
    bytes: int
    sha256: str
    report: PartReport


class Task(msgspec.Struct, frozen=True):
    """What all parts of an import share."""

    mapping: Mapping
    products: dict[str, str]
    folder: Path
    allow_rejects: bool
    tick: Callable[[int], None]


def finished(folder: Path, part: Part) -> Written | None:
    """Return what an earlier try has finished of this part."""
    try:
        found = msgspec.json.decode((folder / f"{part.name}.json").read_bytes(), type=Written)
        return found if (folder / found.file).stat().st_size == found.bytes else None
    except (OSError, msgspec.DecodeError):
        return None


def write(connection: duckdb.DuckDBPyConnection, part: Part, task: Task) -> Written:
    """Bring a part into the folder; a finished part is marked by the file that holds its report."""
    loading.create(connection, task.mapping)
    loaded = [loading.load(connection, stream, task.mapping, task.tick) for stream in part.streams]
    meanings = checking.judge(connection, task.mapping, task.products, part.year)
    path = task.folder / f"{part.name}.parquet"
    added = _sorted(connection, path)
    report = _report(connection, part, loaded, path, added)
    notes = notes_of((one.code, one.economy, one.note) for one in meanings)
    unknown = sorted(one.code for one in meanings if not one.economy and one.code.strip())
    if unknown:
        notes.append(f"codes that no economy answers to: {', '.join(unknown)[:400]}")
    codes = {one.code: one.economy for one in meanings if one.economy}
    report = msgspec.structs.replace(report, notes=[*report.notes, *notes], codes=codes)
    if not task.allow_rejects:
        tolerate(report)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    made = Written(path.name, path.stat().st_size, digest, report)
    disk.write(task.folder / f"{part.name}.json", msgspec.json.encode(made))
    for table in ("raw", "judged"):
        connection.execute(f"drop table {table}")
    return made


def _sorted(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Write the accepted rows in order; return how many were added to another row of the same flow."""
    columns = "year, exporter, importer, product, value, quantity"
    good = f"select {columns} from judged where reason = 0 order by {KEY}"
    copy(connection, good, path)
    flows = f"read_parquet({quoted(path)})"
    same = " and ".join(f"{column} = lag({column}) over ()" for column in KEY.split(", "))
    # Rows of one key stand beside each other in a sorted file.
    connection.execute(
        f"create or replace temp table again as select distinct {KEY} from"
        f" (select {KEY}, {same} as same from {flows}) where same"
    )
    ((count,),) = connection.execute("select count(*) from again").fetchall()
    if not count:
        return 0
    return _merged(connection, path)


def _merged(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Merge rows of one flow.

    Rows with the same codes and amounts are the same row again: one counts. Rows with the same codes and
    other amounts contradict each other: none counts. Rows whose codes differ are parts of one economy
    (Germany's 276 and 280): they are added.
    """
    connection.execute(
        f"""create or replace temp table twice as
        select j.row, count(distinct (j.value, j.quantity)) over same as amounts,
          min(j.row) over same as first
        from judged j join again using ({KEY}) join raw r on r.rowid = j.row where j.reason = 0
        window same as (partition by r.exporter, r.importer, j.product, j.year)"""
    )
    for reason, test in (("conflicting", "amounts > 1"), ("repeated", "amounts = 1 and row <> first")):
        connection.execute(
            f"update judged set reason = {KEYS.index(reason)}"
            f" where row in (select row from twice where {test})"
        )
    flows = (
        f"select year, exporter, importer, product, cast(sum(value) as bigint) as value,"
        f" cast(case when count(quantity) = count(*) then sum(quantity) end as bigint) as quantity"
        f" from judged where reason = 0 group by {KEY} order by {KEY}"
    )
    copy(connection, flows, path)
    ((added,),) = connection.execute(
        f"select coalesce(sum(n - 1), 0) from (select count(*) as n from judged join again using ({KEY})"
        f" where reason = 0 group by {KEY})"
    ).fetchall()
    return int(added)


def _report(
    connection: duckdb.DuckDBPyConnection, part: Part, loaded: list[loading.Loaded], path: Path, added: int
) -> PartReport:
    counted = connection.execute(
        "select reason, count(*), coalesce(sum(value), 0) from judged group by reason order by reason"
    ).fetchall()
    tallies = [Tally(KEYS[reason], int(rows), int(usd)) for reason, rows, usd in counted]
    lost = sum(len(one.malformed) for one in loaded)
    if lost:
        tallies.append(Tally("malformed", lost, 0))
    flows = f"read_parquet({quoted(path)})"
    ((count, usd, weighed),) = connection.execute(
        f"select count(*), coalesce(sum(value), 0), count(quantity) from {flows}"
    ).fetchall()
    years = [
        int(y) for (y,) in connection.execute(f"select distinct year from {flows} order by 1").fetchall()
    ]
    products = [
        str(k) for (k,) in connection.execute(f"select distinct product from {flows} order by 1").fetchall()
    ]
    ((zeros,),) = connection.execute(
        "select count(*) from judged j join raw r on r.rowid = j.row"
        " where j.reason = 0 and length(trim(r.product)) = 5"
    ).fetchall()
    made = PartReport(
        name=part.name,
        read=sum(one.rows + len(one.malformed) for one in loaded),
        tallies=tallies,
        bad=_bad(connection, loaded),
        notes=[f"{zeros:,} product codes of five digits got their leading zero back"] if zeros else [],
        codes={},
        flows=int(count),
        first_year=min(years, default=None),
        last_year=max(years, default=None),
        years=years,
        products=products,
        with_quantity=int(weighed),
        lost_zeros=int(zeros),
        added=added,
    )
    sums = (made.rows("accepted") - added, made.usd("accepted"), made.read)
    if sums != (made.flows, int(usd), sum(tally.rows for tally in tallies)):
        # A fault of this program; nothing may be told from such data.
        raise BadInput(
            where=part.name,
            why=f"the counts do not add up: {sums} against {(made.flows, int(usd))}",
            remedy="Please report it; nothing was stored.",
        )
    return made


def _bad(connection: duckdb.DuckDBPyConnection, loaded: list[loading.Loaded]) -> list[Bad]:
    rejected = [n for n, reason in enumerate(KEYS) if REASONS[reason][0] == "rejected"]
    rows = connection.execute(
        f"select j.reason, j.row, r.* from judged j join raw r on r.rowid = j.row where j.reason in"
        f" ({', '.join(map(str, rejected))}) order by j.row limit {SHOWN}"
    ).fetchall()
    found = []
    for reason, row, *texts in rows:
        source = next(one for one in reversed(loaded) if one.first_row <= row)
        column = REASONS[KEYS[reason]][1]
        text = str(texts[loading.ROLES.index(column)] or "")[:200] if column else ""
        found.append(Bad(source.stream, source.line(row), column, KEYS[reason], text))
    lost = [Bad(one.stream, line, "", "malformed", "") for one in loaded for line in one.malformed[:SHOWN]]
    return sorted([*found, *lost], key=lambda bad: (bad.source, bad.line))[:SHOWN]


def tolerate(report: PartReport) -> None:
    """Refuse a part of which more than `TOLERATED` cannot be taken, with the reasons."""
    if report.rows("rejected") <= TOLERATED * report.read:
        return
    reasons = sorted(
        (t for t in report.tallies if REASONS[t.reason][0] == "rejected"), key=lambda tally: -tally.rows
    )
    said = "; ".join(f"{t.rows:,} rows: {REASONS[t.reason][2]}" for t in reasons[:4])
    first = told(report.bad[0]).strip() if report.bad else ""
    raise BadInput(
        where=report.name,
        why=f"{report.rows('rejected'):,} of {report.read:,} rows cannot be taken ({said}); first: {first}",
        remedy="Mend the table or its mapping; --allow-rejects goes on without these rows, and says so.",
    )
