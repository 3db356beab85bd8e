"""An import from its file to the user's library: resumable, and all or nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection
from contextlib import ExitStack
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hikiwake import __version__
from hikiwake.core.errors import BadInput, BadUsage, Environment
from hikiwake.sources.imports import (
    baci_release,
    checking,
    comtrade,
    dyads,
    icio,
    imts,
    months,
    parts,
    table_sets,
    unread,
    vintage,
    wdi,
    workbooks,
)
from hikiwake.sources.imports.long import lengthened
from hikiwake.sources.imports.mapping import Mapping
from hikiwake.sources.imports.parts import Task
from hikiwake.sources.imports.reading import Reader
from hikiwake.sources.imports.report import Report
from hikiwake.sources.imports.streams import Part, Stream, table_of
from hikiwake.sources.imports.table_sets import SetPlan
from hikiwake.sources.imports.vintage import Plan
from hikiwake.sources.imports.writing import Writer
from hikiwake.store import disk
from hikiwake.store.catalogue import CATALOGUE, Catalogue
from hikiwake.store.database import understood
from hikiwake.store.library import STAGING, Held, Library, checked_name
from hikiwake.store.tables import without_bar
from hikiwake.store.temporary import PART, passing

if TYPE_CHECKING:
    import duckdb

Progress = Callable[[str, float], None]
MEMORY = "1500MB"
SPILL = "spill"
"""The folder of what does not fit into that memory."""
# The parts are most of the work; the rest of the bar is the search for faults.
PARTS = 0.8


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a user asks for: files, what columns mean, the vintage's name, whether rejects are allowed.

    `report` is whose report is taken where the files hold both, `unit` what values are in where a file of
    the IMF's does not say.
    """

    files: tuple[Path, ...]
    mapping: Mapping | None = None
    name: str = ""
    allow_rejects: bool = False
    report: comtrade.Side = "exports"
    unit: str = ""


class Added(msgspec.Struct, frozen=True):
    """What came of it: the vintage, its report, and whether it was there before."""

    held: Held
    report: Report
    known: bool


def add(wish: Wish, library: Library, progress: Progress) -> Added:
    """Bring files into the library as one vintage.

    Raises `BadInput` for what cannot be read or taken, `Environment` where the machine refuses; the library
    is then as it was, and finished parts wait for the next try of the same import.
    """
    with workbooks.called_as_given(library.folder), ExitStack() as opened:

        def scratch() -> Path:
            return opened.enter_context(library.scratch())

        with understood(", ".join(path.name for path in wish.files)), disk.refusals():
            tables = workbooks.as_tables(wish.files, scratch)
            plan = _plan(msgspec.structs.replace(wish, files=tables), scratch)
        return bring(plan, library, progress, allow_rejects=wish.allow_rejects)


def bring(plan: Plan | SetPlan, library: Library, progress: Progress, *, allow_rejects: bool) -> Added:
    """Bring what a plan names into the library, as `add` does."""
    library.sweep()
    there = next((one for one in library.held() if one.reference == _reference(plan)), None)
    if there is not None and there.source == plan.identity.sha256:
        return Added(there, report_of(library.path(there)), known=True)
    meant = plan.mapping if isinstance(plan, Plan) else None
    known_by = msgspec.json.encode([__version__, plan.identity, meant, allow_rejects])
    key = hashlib.sha256(known_by).hexdigest()[:16]
    waiting = partial(progress, "waiting for the same import in another process", 0.0)
    with library.lock(key, waiting), passing(library.folder / STAGING / key / SPILL):
        staging = library.staging(key)
        try:
            _clear(staging)
            made = (
                _make(plan, staging, progress, allow_rejects=allow_rejects)
                if isinstance(plan, Plan)
                else _set(plan, staging, progress, allow_rejects=allow_rejects)
            )
            held = Held(
                plan.identity.name,
                plan.identity.version,
                f"v{made[:16]}",
                made,
                sum(path.stat().st_size for path in staging.iterdir() if path.is_file()),
                plan.identity.sha256,
            )
            report = report_of(staging)
            return Added(library.publish(staging, held), report, known=False)
        except OSError as fault:
            raise Environment(
                where=str(fault.filename or staging),
                why=f"the machine refuses ({fault.strerror or fault})",
                remedy="Make room or permission there, then give the command again; it goes on.",
            ) from fault


def report_of(folder: Path) -> Report:
    """Return the report of an imported vintage."""
    return msgspec.json.decode((folder / "report.json").read_bytes(), type=Report)


def _make(plan: Plan, staging: Path, progress: Progress, *, allow_rejects: bool) -> str:
    finished = {part.name: there for part in plan.parts if (there := parts.finished(staging, part))}
    todo = [part for part in plan.parts if part.name not in finished]
    ticks = _ticks(plan.parts, finished, progress)
    with (
        connected(staging) as connection,
        Reader(connection, plan.mapping, plan.products) as reader,
        Writer() as writer,
    ):
        checking.begin(connection, plan.mapping, plan.products)
        task = Task(plan.mapping, plan.products, staging, reader, writer, allow_rejects)
        coming = {}
        for part, after in zip_longest(todo, todo[1:]):
            go_on = partial(reader.begin, after, ticks[after.name]) if after else lambda: None
            with understood(part.name):
                coming[part.name] = parts.write(connection, part, task, ticks[part.name], go_on)
        made = [finished.get(part.name) or coming[part.name].result() for part in plan.parts]
        if not any(part.report.flows for part in made):
            told = "; ".join(parts.reasons(part.report) for part in made)
            raise BadInput(
                where=plan.identity.source,
                why="no row of it can be taken" + (f" ({told[:300]})" if told else ""),
                remedy="Look at the mapping: `hikiwake data map FILE` shows what the columns seem to be.",
            )
        with understood(plan.identity.source):
            digest = vintage.finish(
                connection,
                writer,
                staging,
                plan,
                [part for part in made if part.report.flows],
                lambda what, part: progress(what, PARTS + (1 - PARTS) * part),
            )
    _clean(staging)
    return digest


def _ticks(
    plan: tuple[Part, ...], finished: Collection[str], progress: Progress
) -> dict[str, Callable[[int], None]]:
    """Return, for each part, what is to be told how many bytes of it were read."""
    sizes = {part.name: sum(stream.size for stream in part.streams) for part in plan}
    whole = max(sum(sizes.values()), 1)
    through = [sum(sizes[name] for name in finished)]

    def tick(name: str, count: int) -> None:
        through[0] += count
        progress(f"reading {name}", PARTS * min(through[0], whole) / whole)

    return {name: partial(tick, name) for name in sizes}


def _set(plan: SetPlan, staging: Path, progress: Progress, *, allow_rejects: bool) -> str:
    with connected(staging) as connection, understood(plan.identity.source):
        digest = table_sets.make(connection, staging, plan, progress, allow_rejects=allow_rejects)
    _clean(staging)
    return digest


def connected(staging: Path) -> duckdb.DuckDBPyConnection:
    """Open the database that an import works in, with little memory and no way out."""
    import duckdb

    connection = duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "temp_directory": str(staging / SPILL),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )
    without_bar(connection)
    return connection


def _clear(staging: Path) -> None:
    """Remove what a try that was killed had not finished; what it had stays."""
    for path in [*staging.rglob(f"*{PART}"), staging / SPILL]:
        if path.exists():
            disk.remove(path)


def _clean(staging: Path) -> None:
    """Leave in the folder only what its catalogue names.

    The marks of finished parts go first: an import that is stopped here begins anew, and does not miss what
    a part that is marked has left.
    """
    catalogue = msgspec.json.decode((staging / CATALOGUE).read_bytes(), type=Catalogue)
    named = {CATALOGUE, *(table.file for entry in catalogue.datasets for table in entry.tables)}
    for path in sorted(staging.iterdir(), key=lambda path: (path.suffix != ".json", path.name)):
        if path.name not in named:
            disk.remove(path)


def _digest(files: tuple[Path, ...]) -> str:
    """Return the SHA-256 of files."""
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def _plan(wish: Wish, scratch: Callable[[], Path]) -> Plan | SetPlan:
    unread.refuse(wish.files)
    sha256 = _digest(wish.files)
    source = ", ".join(path.name for path in wish.files)
    name, version = checked_name(wish.name) if wish.name else ("", "")
    identity = vintage.Identity(name, version, source, sha256)
    release = None
    if wish.mapping is None:
        known = _known_set(wish.files, identity)
        if known is not None:
            return known
        release = baci_release.recognise(wish.files)
    read = (
        imts.recognise(wish.files[0], wish.report, wish.unit) if _is_one(wish) and release is None else None
    )
    mapping = wish.mapping or (read.mapping if read else None)
    un = comtrade.recognise(wish.files, wish.report) if mapping is None and release is None else None
    mapping = un.mapping if un else mapping
    if mapping is None:
        if release is None:
            unread.refuse_broken(wish.files)
            raise BadUsage(
                where=source,
                why="it is no release that is known by its form, so its columns must be explained",
                remedy=f"`hikiwake data map {wish.files[0].name}` proposes a mapping; then add --map FILE.",
            )
        identity = vintage.Identity(
            name or f"baci-hs{release.revision}", version or release.release.lower(), source, sha256
        )
        return Plan(identity, release.mapping, release.products, release.parts)
    if read is not None:
        streams: tuple[Stream, ...] = (read.stream,)
    else:
        streams = (
            tuple(stream for stream, _ in un.tables)
            if un
            else tuple(lengthened(table_of(path), mapping) for path in wish.files)
        )
    stem = re.sub(r"[^a-z0-9._-]+", "-", wish.files[0].name.split(".")[0].lower()).strip("-._") or "own"
    side = "" if wish.report == "exports" else f"-{wish.report}"
    called = name or ("imts" if read else stem[:40]) + side
    identity = vintage.Identity(called, version or sha256[:8], source, sha256)
    return Plan(identity, mapping, {}, (_with_months(un, streams, scratch),))


def _with_months(un: comtrade.Known | None, streams: tuple[Stream, ...], scratch: Callable[[], Path]) -> Part:
    """Return the streams as one part, with the sums of Comtrade's months where those make years."""
    sums = months.summed(un.tables, un.mapping, scratch()) if un and un.monthly else None
    notes = un.notes if un else ()
    if sums is None:
        return Part("flows", streams, notes=notes)
    return Part("flows", (*streams, sums.stream), notes=(*notes, *sums.notes))


def _known_set(files: tuple[Path, ...], identity: vintage.Identity) -> SetPlan | None:
    """Return how to read a source that is no table of flows, if the files are of one that is known."""
    for recognise in (wdi.recognise, icio.recognise, dyads.recognise):
        found = recognise(files, identity)
        if found is not None:
            return found
    return None


def _is_one(wish: Wish) -> bool:
    return wish.mapping is None and len(wish.files) == 1


def _reference(plan: Plan | SetPlan) -> str:
    return f"{plan.identity.name}@{plan.identity.version}"
