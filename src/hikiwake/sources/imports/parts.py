"""One part of an import (a year's file, a whole table): judged, merged, priced, sorted, written, counted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports import checking, left, lines, loading, matrix, merging, summary
from hikiwake.sources.imports.economies import out_of_time
from hikiwake.sources.imports.mapping import Mapping
from hikiwake.sources.imports.parquet import copy
from hikiwake.sources.imports.quoting import quoted
from hikiwake.sources.imports.reading import Reader
from hikiwake.sources.imports.report import KEYS, REASONS, Bad, PartReport, Tally, notes_of, told
from hikiwake.sources.imports.streams import Part
from hikiwake.sources.imports.writing import Writer
from hikiwake.store import disk
from hikiwake.store.database import understood

if TYPE_CHECKING:
    import duckdb

SHOWN = 1_000
"""Rejected rows that are listed in the report; all are counted."""
TOLERATED = 0.01


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
    reader: Reader
    writer: Writer
    allow_rejects: bool


def finished(folder: Path, part: Part) -> Written | None:
    """Return what an earlier try has finished of this part."""
    try:
        found = msgspec.json.decode((folder / f"{part.name}.json").read_bytes(), type=Written)
        whole = _digest(folder / found.file) == found.sha256
        return found if whole and (not found.report.flows or left.stands(folder, part.name)) else None
    except (OSError, msgspec.DecodeError):
        return None


def write(
    connection: duckdb.DuckDBPyConnection,
    part: Part,
    task: Task,
    tick: Callable[[int], None],
    go_on: Callable[[], None],
) -> Future[Written]:
    """Bring a part into the folder; a finished part is marked by the file that holds its report.

    `tick` is told how many bytes were read; `go_on` is called when all are. What is returned waits for the
    files, which are written beside the next part.
    """

    def judged(source: str) -> str:
        return checking.judgement(task.mapping, task.products, part.year, source)

    checking.prepare(connection, task.mapping, task.products)
    held = task.reader.of(part)
    loaded = [loading.load(connection, stream, task.mapping, judged, tick, held) for stream in part.streams]
    used = held.used() if held else []
    meanings = checking.settle(connection, task.mapping, task.products, part.year, used)
    go_on()
    merged = merging.merge(connection, held)
    found = summary.of_rows(connection, merged.only) if merged.only else summary.of_table(connection)
    beside = (held.lines, held.worth()) if held else (0, 0)
    del held
    found = found._replace(added=merged.added, beside=beside)
    report = _report(connection, part, task.mapping, loaded, found)
    notes = notes_of((one.code, one.economy, one.note) for one in meanings)
    unknown = sorted(one.code for one in meanings if not one.economy and one.code.strip())
    if unknown:
        notes.append(f"codes that no economy answers to: {', '.join(unknown)[:400]}")
    notes += out_of_time(found.economies)
    codes = {one.code: one.economy for one in meanings if one.economy}
    report = msgspec.structs.replace(report, notes=[*part.notes, *report.notes, *notes], codes=codes)
    if not task.allow_rejects:
        tolerate(report)
    outliers = left.leave(connection, task.writer, task.folder, part.name, merged)
    path = task.folder / f"{part.name}.parquet"
    if merged.only and outliers is not None:
        flows = merged.only.of("year", "exporter", "importer", "product", "value", "quantity")
        task.writer.write({**flows, "outlier": outliers}, path)
    else:
        _sorted(connection, path)
    matrix.leave(connection, task.folder, part.name, task.mapping)
    connection.execute("drop view flows")
    connection.execute("drop table judged")

    def marked(beside: duckdb.DuckDBPyConnection) -> Written:
        with understood(part.name):
            _compared(beside, path, report)
        made = Written(path.name, path.stat().st_size, _digest(path), report)
        disk.write(task.folder / f"{part.name}.json", msgspec.json.encode(made))
        return made

    return task.writer.then(marked)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sorted(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write flows that cannot all be held at once, in order, as text."""
    # They become text once they are sorted, which is done with small numbers. Lists of words are not written
    # to the same bytes again by several threads.
    columns = "year, exporter, importer, product, value, quantity"
    rows = f"select {columns}, row in (select row from {left.OUTLIERS}) as outlier from flows"
    text = ", ".join(f"{name}::varchar as {name}" for name in ("exporter", "importer", "product"))
    copy(connection, f"select * replace ({text}) from ({rows} order by {merging.KEY})", path)


def _compared(connection: duckdb.DuckDBPyConnection, path: Path, report: PartReport) -> None:
    """Compare what was written with what was read."""
    ((flows, usd, weighed),) = connection.execute(
        f"select count(*), coalesce(sum(value), 0), count(quantity) from read_parquet({quoted(path)})"
    ).fetchall()
    written = (int(flows) + report.added, int(usd), int(flows), int(weighed))
    stated = (report.rows("accepted"), report.usd("accepted"), report.flows, report.with_quantity)
    if written != stated or report.read != sum(tally.rows for tally in report.tallies):
        # A fault of this program; nothing may be told from such data.
        raise BadInput(
            where=report.name,
            why=f"the counts do not add up: {written} against {stated}",
            remedy="Please report it; nothing was stored.",
        )


def _report(
    connection: duckdb.DuckDBPyConnection,
    part: Part,
    mapping: Mapping,
    loaded: list[loading.Loaded],
    found: summary.Summary,
) -> PartReport:
    counted = connection.execute(
        "select reason, count(*), coalesce(sum(value), 0) from judged group by reason order by reason"
    ).fetchall()
    sums = {int(reason): (int(rows), int(usd)) for reason, rows, usd in counted}
    if found.beside[0]:
        rows, usd = sums.get(0, (0, 0))
        sums[0] = rows + found.beside[0], usd + found.beside[1]
    remarks = sum(len(one.remarks) for one in loaded)
    unread = {"remark": remarks, "malformed": sum(len(one.malformed) for one in loaded) - remarks}
    for reason, count in unread.items():
        rows, usd = sums.get(KEYS.index(reason), (0, 0))
        sums |= {KEYS.index(reason): (rows + count, usd)} if count else {}
    tallies = [Tally(KEYS[reason], *sums[reason]) for reason in sorted(sums)]
    ((zeros,),) = connection.execute(
        f"select count(*) from judged where reason = 0 and spelt = {checking.PADDED}"
    ).fetchall()
    return PartReport(
        name=part.name,
        read=sum(one.rows + len(one.malformed) for one in loaded),
        tallies=tallies,
        bad=_bad(connection, mapping, loaded),
        notes=[f"{zeros:,} product codes of five digits got their leading zero back"] if zeros else [],
        codes={},
        flows=found.flows,
        first_year=min(found.years, default=None),
        last_year=max(found.years, default=None),
        years=found.years,
        products=found.products,
        with_quantity=found.weighed,
        lost_zeros=int(zeros),
        added=found.added,
    )


def _bad(connection: duckdb.DuckDBPyConnection, mapping: Mapping, loaded: list[loading.Loaded]) -> list[Bad]:
    rows = connection.execute(
        f"select reason, row, text, value from judged where reason >= {checking.REJECTED}"
        f" order by row limit {SHOWN}"
    ).fetchall()
    sources = [next(one for one in reversed(loaded) if one.first_row <= row) for _, row, _, _ in rows]
    places: dict[int, lines.Place] = {}
    lost: list[Bad] = []
    for one in loaded:
        own, unread = lines.told(
            one, [row for source, (_, row, _, _) in zip(sources, rows, strict=True) if source is one]
        )
        places |= own
        faulty = [place for place, line in zip(unread, one.malformed, strict=True) if line not in one.remarks]
        lost += [Bad(*place, "", "malformed", "") for place in faulty[:SHOWN]]
    cells = {
        row: lines.cell(one, mapping, REASONS[KEYS[reason]][1], places[row][1])
        for one, (reason, row, _, _) in zip(sources, rows, strict=True)
    }
    found = []
    for reason, row, kept, value in rows:
        column = REASONS[KEYS[reason]][1]
        # Rows that contradict each other were sound when they were read: their amount is told in USD.
        text = f"{value} USD" if kept is None else checking.kept(mapping, kept, column) if column else ""
        found.append(Bad(*places[row], column, KEYS[reason], text[:200], cells[row]))
    return sorted([*found, *lost], key=lambda bad: (bad.source, bad.line))[:SHOWN]


def reasons(report: PartReport) -> str:
    """Return why most of the rejected rows of a part are."""
    rejected = (tally for tally in report.tallies if REASONS[tally.reason][0] == "rejected")
    often = sorted(rejected, key=lambda tally: -tally.rows)[:4]
    return "; ".join(f"{tally.rows:,} rows: {REASONS[tally.reason][2]}" for tally in often)


def tolerate(report: PartReport) -> None:
    """Refuse a part of which more than `TOLERATED` cannot be taken, with the reasons."""
    if report.rows("rejected") <= TOLERATED * report.read:
        return
    said = reasons(report)
    first = told(report.bad[0]).strip() if report.bad else ""
    raise BadInput(
        where=report.name,
        why=f"{report.rows('rejected'):,} of {report.read:,} rows cannot be taken ({said}); first: {first}",
        remedy="Mend the table or its mapping; --allow-rejects goes on without these rows, and says so.",
    )
