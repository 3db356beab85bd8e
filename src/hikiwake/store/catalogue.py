"""A vintage of the data: an immutable folder of Parquet files with a catalogue of what they are.

Parquet does not detect its own damage (single flipped bits gave silently wrong sums), so each file's
SHA-256 is compared with the catalogue before its first use in a process; a damaged file is never read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from hikiwake.core.errors import DamagedStore, NoData
from hikiwake.core.provenance import Dataset

CATALOGUE = "catalogue.json"
CORRECTIONS = "corrections"
SHIPPED = Path(__file__).resolve().parent.parent / "data"


class Package(msgspec.Struct, frozen=True):
    """The package that carried a dataset to us, pinned."""

    name: str
    version: str
    filename: str
    sha256: str


class TableFile(msgspec.Struct, frozen=True):
    """One Parquet file: what it must hold, to the byte, and its columns as (name, type, unit, meaning)."""

    name: str
    file: str
    rows: int
    bytes: int
    sha256: str
    columns: list[dict[str, str]] = []


class Coverage(msgspec.Struct, frozen=True):
    """What a dataset covers, in words and in figures."""

    text: str
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


class Catalogue(msgspec.Struct, frozen=True):
    """All datasets of one vintage."""

    vintage: str
    datasets: list[Entry]


class Vintage:
    """An open vintage: catalogue entries, and paths of files whose checksum has been verified."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = folder / CATALOGUE
        try:
            raw = path.read_bytes()
            self.catalogue = msgspec.json.decode(raw, type=Catalogue)
        except (OSError, msgspec.DecodeError) as fault:
            raise DamagedStore(
                where=str(path),
                why=f"the catalogue cannot be read ({fault})",
                remedy="Reinstall the package, or restore the folder from its source.",
            ) from fault
        self._entries = {entry.id: entry for entry in self.catalogue.datasets}
        self._files = {
            table.name: (entry, table) for entry in self.catalogue.datasets for table in entry.tables
        }
        self._verified: set[str] = set()

    @property
    def name(self) -> str:
        """The name of the vintage."""
        return self.catalogue.vintage

    def entries(self) -> tuple[Entry, ...]:
        """Return all datasets, in the catalogue's order."""
        return tuple(self.catalogue.datasets)

    def has(self, table: str) -> bool:
        """Tell whether this vintage holds a table."""
        return table in self._files

    def dataset(self, identity: str) -> Dataset:
        """Return one dataset's record; `NoData` names those there are."""
        entry = self._entries.get(identity)
        if entry is None:
            raise NoData(
                where=f"dataset {identity!r}",
                why=f"vintage {self.name} does not hold it",
                remedy=f"It holds: {', '.join(sorted(self._entries))}.",
            )
        return entry.dataset()

    def dataset_of(self, table: str) -> Dataset:
        """Return the dataset a table belongs to."""
        self._require(table)
        return self._files[table][0].dataset()

    def path(self, table: str) -> Path:
        """Return the path of a table's file after its checksum has been compared, once per process."""
        self._require(table)
        file = self._files[table][1]
        path = self.folder / file.file
        if table not in self._verified:
            fault = _fault(path, file)
            if fault:
                raise DamagedStore(
                    where=str(path),
                    why=fault,
                    remedy="Run `hikiwake doctor` for the whole list, then reinstall the package.",
                )
            self._verified.add(table)
        return path

    def corrections(self) -> tuple[Correction, ...]:
        """Return the faults of the data that were looked at and confirmed by hand; none where none ship."""
        if not self.has(CORRECTIONS):
            return ()
        return tuple(msgspec.json.decode(self.path(CORRECTIONS).read_bytes(), type=list[Correction]))

    def faults(self) -> Iterator[tuple[Path, str]]:
        """Yield each damaged file with what is wrong with it, reading every byte of the vintage."""
        for _, file in self._files.values():
            path = self.folder / file.file
            fault = _fault(path, file)
            if fault:
                yield path, fault

    def tables(self) -> tuple[TableFile, ...]:
        """Return every table file."""
        return tuple(file for _, file in self._files.values())

    def _require(self, table: str) -> None:
        if table not in self._files:
            raise NoData(
                where=f"table {table!r}",
                why=f"vintage {self.name} does not hold it",
                remedy=f"It holds: {', '.join(sorted(self._files))}.",
            )


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
def open_vintage(folder: Path = SHIPPED) -> Vintage:
    """Open a vintage folder; by default the one that ships with the package."""
    return Vintage(folder)


def to_json(value: Any) -> bytes:
    """Encode a catalogue value, keys in the order of their types."""
    return msgspec.json.encode(value)
