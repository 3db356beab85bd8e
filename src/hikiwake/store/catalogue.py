"""A vintage of the data: an immutable folder of Parquet files with a catalogue of what they are.

Parquet does not detect its own damage (single flipped bits gave silently wrong sums), so each file's
SHA-256 is compared with the catalogue before its first use in a process; a damaged file is never read.
"""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from hikiwake.core.errors import BadUsage, DamagedStore, NoData
from hikiwake.core.provenance import Dataset
from hikiwake.store.seal import broken

CATALOGUE = "catalogue.json"
CORRECTIONS = "corrections"
SHIPPED = Path(__file__).resolve().parent.parent / "data"

Key = TypeVar("Key", int, str)
Place = Path | tuple[Path, ...]
"""Where a vintage is: its folder, or several folders of which the first lies over the others."""


class Package(msgspec.Struct, frozen=True):
    """The package that carried a dataset to us, pinned."""

    name: str
    version: str
    filename: str
    sha256: str


class TableFile(msgspec.Struct, frozen=True):
    """One Parquet file: what it must hold, to the byte, and its columns as (name, type, unit, meaning).

    `years`, `exporters` (of flows) and `economies` (of totals) are, where a table is in several files, the
    first and the last of this one.
    """

    name: str
    file: str
    rows: int
    bytes: int
    sha256: str
    columns: list[dict[str, str]] = []
    years: tuple[int, int] | msgspec.UnsetType = msgspec.UNSET
    exporters: tuple[str, str] | msgspec.UnsetType = msgspec.UNSET
    economies: tuple[str, str] | msgspec.UnsetType = msgspec.UNSET

    def may_hold(self, years: Collection[int], economies: Collection[str]) -> bool:
        """Tell whether rows of one of the years and of one of the economies can be in it (empty: of any)."""
        return _meets(self.years, years) and all(
            _meets(span, economies) for span in (self.exporters, self.economies)
        )


class Coverage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a dataset covers, in words and in figures.

    `scope` says in a sentence's words what flows are of; `years` names them where some between the first
    and the last are missing.
    """

    text: str
    scope: str = ""
    years: tuple[int, ...] = ()
    first_year: int | None = None
    last_year: int | None = None
    economies: int | None = None
    products: int | None = None
    provisional_from: int | None = None


class Entry(msgspec.Struct, frozen=True):
    """One dataset of the catalogue with the files that hold it."""

    id: str
    version: str
    title: str
    producer: str
    licence: str
    licence_id: str
    citation: str
    note: str
    unit: str
    coverage: Coverage
    packages: list[Package]
    tables: list[TableFile]

    def dataset(self) -> Dataset:
        """Return what a reader must know of it."""
        return Dataset(
            id=self.id,
            version=self.version,
            title=self.title,
            producer=self.producer,
            licence=self.licence,
            citation=self.citation,
            coverage=self.coverage.text,
            unit=self.unit,
            note=self.note,
            scope=self.coverage.scope,
            first_year=self.coverage.first_year,
            last_year=self.coverage.last_year,
            provisional_from=self.coverage.provisional_from,
        )


class Correction(msgspec.Struct, frozen=True):
    """A confirmed fault: where it is, what was seen, and the amount that tells it is still there."""

    dataset: str
    kind: str
    side: str
    product: str
    years: list[int]
    seen: str
    expect: dict[str, str | float]
    exporter: str = ""
    importer: str = ""


class Catalogue(msgspec.Struct, frozen=True, omit_defaults=True):
    """All datasets of one vintage.

    A table may be in several files (flows by year), which then share its name. `over_shipped` tells that the
    vintage brings flows of its own and takes everything else (background, names, distances) from the data
    that ship with the package.
    """

    vintage: str
    datasets: list[Entry]
    over_shipped: bool = False


class Vintage:
    """An open vintage: catalogue entries, and paths of files whose checksum has been verified.

    What lies beneath it (the vintages of `beneath`, then the shipped data) gives the tables that it lacks.
    """

    def __init__(self, folder: Path, beneath: tuple[Path, ...] = ()) -> None:
        self.folder = folder
        path = folder / CATALOGUE
        try:
            raw = path.read_bytes()
            self.catalogue = msgspec.json.decode(raw, type=Catalogue)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as fault:
            raise _unreadable(path, f"the catalogue cannot be read ({fault})") from fault
        if broken(raw):
            raise _unreadable(path, "the catalogue is not what was written (its checksum differs)")
        self.shipped = not self.catalogue.over_shipped
        self.base = None if self.shipped else open_vintage(beneath or SHIPPED)
        self._own = {entry.id: entry for entry in self.catalogue.datasets}
        self._refuse_what_stands_twice(beneath)
        held = self.base.entries() if self.base else ()
        # What brings its own flows replaces the shipped flows whole: nothing may be told from both.
        self._beneath = tuple(entry for entry in held if not _shared((entry,), self._own.values()))
        self._entries = {**{entry.id: entry for entry in self._beneath}, **self._own}
        self._files: dict[str, tuple[Entry, list[TableFile]]] = {}
        for entry in self._own.values():
            for table in entry.tables:
                self._files.setdefault(table.name, (entry, []))[1].append(table)
        self._verified: set[str] = set()

    def _refuse_what_stands_twice(self, beneath: tuple[Path, ...]) -> None:
        if self.shipped and beneath:
            raise BadUsage(
                where=f"vintage {self.catalogue.vintage}",
                why="it is whole in itself, so nothing can lie beneath it",
                remedy="Name it alone.",
            )
        for other in self.base.owned if self.base else ():
            both = _shared(other.catalogue.datasets, self._own.values())
            if both:
                raise BadUsage(
                    where=f"vintages {self.catalogue.vintage} and {other.catalogue.vintage}",
                    why=f"both bring {', '.join(both)}, and no number may be told from two sources",
                    remedy="Name one of them.",
                )

    @property
    def owned(self) -> tuple[Vintage, ...]:
        """The vintages of the user's own in this one, the uppermost first; none where it is shipped."""
        return () if self.shipped else (self, *(self.base.owned if self.base else ()))

    @property
    def name(self) -> str:
        """The name of the vintage; of several, their names with commas."""
        return ",".join(one.catalogue.vintage for one in self.owned) or self.catalogue.vintage

    @property
    def option(self) -> str:
        """What a command says to ask this vintage; nothing for the shipped one."""
        return "" if self.shipped else f" --data {shlex.quote(self.name)}"

    def entries(self) -> tuple[Entry, ...]:
        """Return all datasets, in the catalogue's order, then those taken from what lies beneath."""
        return (*self.catalogue.datasets, *self._beneath)

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that files of this vintage are in."""
        return (self.folder, *(self.base.folders if self.base else ()))

    def has(self, table: str) -> bool:
        """Tell whether this vintage holds a table."""
        return table in self._files or (self.base is not None and self._is_beneath(table))

    def dataset(self, identity: str, others: Iterable[str] = ()) -> Dataset:
        """Return one dataset's record; `NoData` names what is near (of `others` too), or those there are."""
        entry = self._entries.get(identity)
        if entry is None:
            close = get_close_matches(identity, [*self._entries, *others], n=1)
            raise NoData(
                where=f"dataset {identity!r}",
                why=f"vintage {self.name} does not hold it",
                remedy=f"Did you mean {close[0]!r}?"
                if close
                else f"It holds: {', '.join(sorted(self._entries))}.",
            )
        return entry.dataset()

    def dataset_of(self, table: str) -> Dataset:
        """Return the dataset a table belongs to."""
        self._require(table)
        if self.base and table not in self._files:
            return self.base.dataset_of(table)
        return self._files[table][0].dataset()

    def name_of(self, table: str) -> str:
        """Return the name of the vintage that a table comes from: this one, or the shipped one beneath it."""
        self._require(table)
        if self.base and table not in self._files:
            return self.base.name_of(table)
        return self.catalogue.vintage

    def is_own(self, table: str) -> bool:
        """Tell whether a table is one that the user brought in."""
        return any(table in one._files for one in self.owned)

    def years_of(self, table: str) -> tuple[int, ...]:
        """Return the years that a table's dataset holds: those its catalogue names, else all of its span."""
        self._require(table)
        if self.base and table not in self._files:
            return self.base.years_of(table)
        of = self._files[table][0].coverage
        return of.years or tuple(range(of.first_year or 0, (of.last_year or 0) + 1))

    def economies_of(self, table: str) -> int | None:
        """Return how many economies a table's dataset holds; None where its catalogue does not say."""
        self._require(table)
        if self.base and table not in self._files:
            return self.base.economies_of(table)
        return self._files[table][0].coverage.economies

    def path(self, table: str) -> Path:
        """Return the path of a table that is one file; see `paths`."""
        (path,) = self.paths(table)
        return path

    def paths(
        self, table: str, *, years: Collection[int] = (), economies: Collection[str] = ()
    ) -> tuple[Path, ...]:
        """Return the paths of a table's files after their checksums have been compared, once per process.

        Files that hold nothing of the years or economies asked for are left out; at least one is returned.
        """
        self._require(table)
        if self.base and table not in self._files:
            return self.base.paths(table, years=years, economies=economies)
        files = self._files[table][1]
        chosen = [file for file in files if file.may_hold(years, economies)] or files[:1]
        for file in chosen:
            if file.file not in self._verified:
                self._compare(file)
                self._verified.add(file.file)
        return tuple(self.folder / file.file for file in chosen)

    def bytes_of(self, table: str) -> int:
        """Return how large all files of a table are together."""
        self._require(table)
        if self.base and table not in self._files:
            return self.base.bytes_of(table)
        return sum(file.bytes for file in self._files[table][1])

    def _compare(self, file: TableFile) -> None:
        path = self.folder / file.file
        fault = _fault(path, file)
        if fault:
            again = "reinstall the package" if self.shipped else "import the data again"
            raise DamagedStore(
                where=str(path), why=fault, remedy=f"Run `hikiwake doctor` for the whole list, then {again}."
            )

    def corrections(self) -> tuple[Correction, ...]:
        """Return the faults of the data that were looked at and confirmed by hand; none where none ship."""
        if CORRECTIONS not in self._files:
            return self.base.corrections() if self.base and self._is_beneath(CORRECTIONS) else ()
        return tuple(msgspec.json.decode(self.path(CORRECTIONS).read_bytes(), type=list[Correction]))

    def faults(self) -> Iterator[tuple[Path, str]]:
        """Yield each damaged file with what is wrong with it, reading every byte of the vintage."""
        for file in self.tables():
            path = self.folder / file.file
            fault = _fault(path, file)
            if fault:
                yield path, fault

    def tables(self) -> tuple[TableFile, ...]:
        """Return every table file."""
        return tuple(file for _, files in self._files.values() for file in files)

    def _is_beneath(self, table: str) -> bool:
        return any(table in _names(entry) for entry in self._beneath)

    def _require(self, table: str) -> None:
        if not self.has(table):
            raise NoData(
                where=f"table {table!r}",
                why=f"vintage {self.name} does not hold it",
                remedy=f"It holds: {', '.join(sorted(self._files))}.",
            )


def _unreadable(path: Path, why: str) -> DamagedStore:
    return DamagedStore(
        where=str(path), why=why, remedy="Reinstall the package, or restore the folder from its source."
    )


def _meets(span: tuple[Key, Key] | msgspec.UnsetType, wanted: Collection[Key]) -> bool:
    if span is msgspec.UNSET or not wanted:
        return True
    first, last = span
    return any(first <= one <= last for one in wanted)


def _names(*entries: Entry) -> set[str]:
    return {table.name for entry in entries for table in entry.tables}


def _shared(some: Iterable[Entry], others: Iterable[Entry]) -> list[str]:
    """Return the tables that datasets on both sides hold; reports and other documents are no tables."""
    first, second = (
        {table.name for entry in entries for table in entry.tables if table.file.endswith(".parquet")}
        for entries in (some, others)
    )
    return sorted(first & second)


def _fault(path: Path, file: TableFile) -> str:
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as fault:
        return f"the file cannot be read ({fault.strerror})"
    if digest != file.sha256:
        return "the file is not the one in the catalogue (its checksum differs)"
    return ""


@lru_cache(maxsize=4)
def open_vintage(place: Place = SHIPPED) -> Vintage:
    """Open a vintage, or several over each other; by default the one that ships with the package."""
    folder, *beneath = folders_of(place)
    return Vintage(folder, tuple(beneath))


def folders_of(place: Place) -> tuple[Path, ...]:
    """Return the folders of a place, the uppermost first."""
    return (place,) if isinstance(place, Path) else place


def to_json(value: Any) -> bytes:
    """Encode a catalogue value, keys in the order of their types."""
    return msgspec.json.encode(value)
