"""Vintages compared with their checksums, whole."""

from __future__ import annotations

from pathlib import Path

import msgspec

from hikiwake.core.errors import DamagedStore
from hikiwake.store.catalogue import Vintage
from hikiwake.store.library import Held, Library


class Checked(msgspec.Struct, frozen=True):
    """How many files a vintage has, and what is wrong with which; no file where its catalogue is damaged."""

    reference: str
    folder: str
    files: int
    faults: tuple[str, ...]

    @property
    def whole(self) -> int:
        """How many files are as the catalogue says."""
        return self.files - len(self.faults)


def checked(folder: Path, reference: str = "") -> Checked:
    """Compare every byte of a vintage with its catalogue; call it `reference`, else by its own name."""
    try:
        vintage = Vintage(folder)
        faults = tuple(f"{path}: {why}" for path, why in vintage.faults())
    except DamagedStore as fault:
        return Checked(reference or str(folder), str(folder), 0, (f"{fault.where}: {fault.why}",))
    return Checked(reference or vintage.name, str(folder), len(vintage.tables()), faults)


def checked_own(library: Library, held: Held) -> Checked:
    """Compare one of the user's own vintages with its catalogue."""
    return checked(library.path(held), held.reference)
