"""Sources that are no flows by product: their own tables, checked and counted alike, as a vintage."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports.parquet import copy
from hikiwake.sources.imports.parts import tolerate
from hikiwake.sources.imports.quoting import quoted
from hikiwake.sources.imports.report import PartReport, Report
from hikiwake.sources.imports.vintage import Identity, report_file, sealed
from hikiwake.store.catalogue import Coverage, Entry, Package, TableFile

if TYPE_CHECKING:
    import duckdb


class Column(msgspec.Struct, frozen=True):
    """A column of a table: its name, unit and meaning; its type is the database's."""

    name: str
    meaning: str
    unit: str = ""


class Output(msgspec.Struct, frozen=True):
    """A table to write: its name, the query that makes it in order, and its columns."""

    name: str
    query: str
    columns: tuple[Column, ...]


class About(msgspec.Struct, frozen=True):
    """What a reader must know of a source."""

    title: str
    producer: str
    licence: str
    citation: str
    unit: str
    coverage: Coverage
    note: str = ""


class Work(msgspec.Struct, frozen=True):
    """Where a source is read: the database, the folder, and who is told how many bytes went through."""

    connection: duckdb.DuckDBPyConnection
    folder: Path
    tick: Callable[[int], None]

    def written(self, output: Output, stem: str = "") -> TableFile:
        """Write a table, or one file of it under another name."""
        path = self.folder / f"{stem or output.name}.parquet"
        copy(self.connection, output.query, path)
        table = f"read_parquet({quoted(path)})"
        ((rows,),) = self.connection.execute(f"select count(*) from {table}").fetchall()
        types = {
            str(row[0]): str(row[1])
            for row in self.connection.execute(f"describe select * from {table}").fetchall()
        }
        columns = [
            {"name": one.name, "type": types[one.name], "unit": one.unit, "meaning": one.meaning}
            for one in output.columns
        ]
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return TableFile(output.name, path.name, int(rows), path.stat().st_size, digest, columns)


class Made(msgspec.Struct, frozen=True):
    """What came of reading a source."""

    about: About
    tables: list[TableFile]
    parts: list[PartReport]


class SetPlan(msgspec.Struct, frozen=True):
    """A source that was recognised: what it will be called, and what reads it and writes its tables."""

    identity: Identity
    size: int
    read: Callable[[Work], Made]


def make(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    plan: SetPlan,
    progress: Callable[[str, float], None],
    *,
    allow_rejects: bool,
) -> str:
    """Write the tables of a source, its report and its catalogue; return the catalogue's SHA-256."""
    through = [0]

    def tick(count: int) -> None:
        through[0] += count
        progress(f"reading {plan.identity.name}", min(through[0] / max(plan.size, 1), 1.0))

    made = plan.read(Work(connection, folder, tick))
    if not allow_rejects:
        for part in made.parts:
            tolerate(part)
    if not any(part.flows for part in made.parts):
        raise BadInput(
            where=plan.identity.source,
            why="no row of it can be taken",
            remedy="Compare its columns with those that the producer describes.",
        )
    report = Report(plan.identity.source, plan.identity.sha256, made.parts, unit="")
    return sealed(folder, plan.identity, _entry(plan.identity, made, report, report_file(folder, report)))


def _entry(identity: Identity, made: Made, report: Report, told: TableFile) -> Entry:
    about = made.about
    return Entry(
        id=identity.name,
        version=identity.version,
        title=about.title,
        producer=about.producer,
        licence=about.licence,
        licence_id="",
        citation=about.citation,
        note=" ".join(filter(None, (report.summary(), about.note))),
        unit=about.unit,
        coverage=about.coverage,
        packages=[Package(identity.source, identity.version, identity.source, identity.sha256)],
        tables=[*made.tables, told],
    )
