"""The user's own vintages: immutable folders, and one index that says which of them count.

The index is replaced at once, after everything it names is on the disk; so a reader, who needs no lock,
sees the vintages before a change or after it. A folder that the index does not name is a leftover.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO

import msgspec

from hikiwake.core.errors import BadInput, BadUsage, DamagedStore, NoData
from hikiwake.store import disk
from hikiwake.store.catalogue import CATALOGUE, Place
from hikiwake.store.temporary import PART, passing

INDEX = "index.json"
STAGING = "unfinished"
LIBRARY = "library"
SCRATCH = "scratch-"
PLACE = "HIKIWAKE_LIBRARY"
DAY = 86_400.0
PAUSE = 0.1
"""Seconds between two looks at a lock that another holds."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_LEFT = re.compile(rf"v[0-9a-f]{{16}}|{re.escape(INDEX)}\.\d+{re.escape(PART)}")
_UNFINISHED = re.compile(rf"[0-9a-f]{{16}}|{SCRATCH}.+")


class Held(msgspec.Struct, frozen=True):
    """One vintage of the index; `sha256` is that of its catalogue, `source` that of what it was made from."""

    name: str
    version: str
    folder: str
    sha256: str
    bytes: int
    source: str

    @property
    def reference(self) -> str:
        """How the vintage is asked for: NAME@VERSION."""
        return f"{self.name}@{self.version}"


class _Index(msgspec.Struct, frozen=True):
    vintages: tuple[Held, ...] = ()


class Library:
    """The folder of a user's vintages."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or place()

    def held(self) -> tuple[Held, ...]:
        """Return the vintages, in the order in which they were added."""
        path = self.folder / INDEX
        try:
            return msgspec.json.decode(path.read_bytes(), type=_Index).vintages
        except FileNotFoundError:
            return ()
        except msgspec.DecodeError as fault:
            raise DamagedStore(
                where=str(path),
                why=f"the list of your vintages cannot be read ({fault})",
                remedy="Restore the file from a backup, or remove it and add your data again.",
            ) from fault

    def find(self, reference: str) -> Held:
        """Return the vintage of NAME@VERSION; of NAME alone, the one that was added last."""
        name, _, version = reference.partition("@")
        held = self.held()
        fitting = [one for one in held if one.name == name and version in ("", one.version)]
        if not fitting:
            known = [one.reference for one in held]
            close = get_close_matches(reference, [*known, *(one.name for one in held)], n=1)
            raise NoData(
                where=f"data {reference!r}",
                why="it is neither a folder with a catalogue nor one of your vintages",
                remedy=f"Did you mean {close[0]!r}?"
                if close
                else f"You have: {', '.join(known) or 'none'}; `hikiwake data add FILE` adds one.",
            )
        return fitting[-1]

    def path(self, held: Held) -> Path:
        """Return the folder of a vintage."""
        return self.folder / held.folder

    @contextmanager
    def lock(self, name: str = LIBRARY, waiting: Callable[[], object] | None = None) -> Iterator[None]:
        """Hold a lock for writers; a second writer waits for the first, and is told so again and again.

        Its file stays where it is the library's, and goes with the work where it is that of a folder.
        """
        path = self._lock_file(name)
        with disk.refusals():
            self.folder.mkdir(parents=True, exist_ok=True)
            # None also where whoever held it has removed it: there is another one by now.
            while (stream := _locked(path, wait=waiting is None)) is None:
                if waiting is not None:
                    waiting()
                    time.sleep(PAUSE)
        with stream:
            try:
                yield
            finally:
                if name != LIBRARY:
                    with suppress(OSError):
                        path.unlink()

    def staging(self, key: str) -> Path:
        """Return the folder in which an import works; a later try of the same import finds what it left."""
        path = self.folder / STAGING / key
        with disk.refusals():
            disk.make_folder(path)
        return path

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give a folder for what goes with the work; of a killed process, the next import removes it."""
        name = f"{SCRATCH}{os.getpid()}-{secrets.token_hex(4)}"
        with self.lock(name), passing(self.folder / STAGING / name):
            yield self.staging(name)

    def publish(self, staged: Path, held: Held) -> Held:
        """Make a finished folder a vintage, at once; return what the index holds.

        A vintage never changes: the same content under the same name is told to be there already, another
        content is refused.
        """
        with self.lock(), disk.refusals():
            there = next((one for one in self.held() if one.reference == held.reference), None)
            if there is not None:
                if there.sha256 != held.sha256:
                    raise BadInput(
                        where=f"vintage {held.reference}",
                        why="it exists with other content, and a vintage never changes",
                        remedy=f"Choose another version: --as {held.name}@VERSION.",
                    )
                disk.remove(staged)
                return there
            target = self.path(held)
            if target.exists():
                # Left by a try that ended between the move and the index.
                disk.remove(target)
            disk.sync_folder(staged)
            disk.rename(staged, target)
            disk.sync_folder(self.folder)
            self._listed(held)
        return held

    def _listed(self, held: Held) -> None:
        """Add a vintage to the index; whatever is refused leaves the index as it was."""
        before = self.held()
        try:
            self._write((*before, held))
        except OSError:
            # The new index may be in its place already, and only its last flush was refused.
            with suppress(OSError):
                if self.held() != before:
                    self._write(before)
            raise

    def remove(self, held: Held) -> None:
        """Take a vintage out of the index, then its folder off the disk."""
        with self.lock(), disk.refusals():
            self._write(tuple(one for one in self.held() if one != held))
            disk.remove(self.path(held))

    def leftovers(self) -> list[Path]:
        """Return what imports have left behind, or work in now. Whatever else lies there is not ours."""
        if not self.folder.is_dir():
            return []
        kept = {one.folder for one in self.held()}
        unfinished = self.folder / STAGING
        found = [p for p in self.folder.iterdir() if _LEFT.fullmatch(p.name) and p.name not in kept]
        within = unfinished.iterdir() if unfinished.is_dir() else ()
        return sorted([*found, *(p for p in within if _UNFINISHED.fullmatch(p.name))])

    def sweep(self, older_than: float = DAY) -> list[Path]:
        """Remove leftovers that are older than some seconds, and those of no use to anybody; return them."""
        if not self.leftovers():
            return []
        gone = []
        with self.lock(), disk.refusals():
            for path in self.leftovers():
                if _may_be_of_use(path.name) and _age(path) < older_than:
                    continue
                with self._unless_busy(path.name) as idle:
                    if idle:
                        disk.remove(path)
                        gone.append(path)
        return gone

    @contextmanager
    def _unless_busy(self, name: str) -> Iterator[bool]:
        """Tell whether nobody is at work in a folder; nobody begins to before the context ends."""
        path = self._lock_file(name)
        stream = _locked(path, wait=False)
        if stream is None:
            yield False
            return
        with stream:
            yield True
            path.unlink(missing_ok=True)

    def _lock_file(self, name: str) -> Path:
        return self.folder / f".{name}.lock"

    def _write(self, vintages: tuple[Held, ...]) -> None:
        content = msgspec.json.format(msgspec.json.encode(_Index(vintages)), indent=1)
        disk.write(self.folder / INDEX, content + b"\n")


def place() -> Path:
    """Return where a user's vintages are kept."""
    chosen = os.environ.get(PLACE)
    if chosen:
        return Path(chosen)
    from platformdirs import user_data_path

    return user_data_path("hikiwake") / "vintages"


def locate(reference: str | Place) -> Place:
    """Return where a vintage is: a folder with a catalogue, or NAME[@VERSION] of the user's own.

    Several, with commas between them, lie over each other; the first is uppermost.
    """
    if isinstance(reference, tuple):
        return reference
    folder = Path(reference)
    if (folder / CATALOGUE).is_file() or folder.is_dir():
        return folder
    names = [name.strip() for name in str(reference).split(",") if name.strip()] or [str(reference)]
    folders = tuple(_located(name) for name in names)
    return folders[0] if len(folders) == 1 else folders


def _located(name: str) -> Path:
    folder = Path(name)
    if (folder / CATALOGUE).is_file() or folder.is_dir() or os.sep in name:
        return folder
    library = Library()
    return library.path(library.find(name))


def checked_name(text: str) -> tuple[str, str]:
    """Take NAME or NAME@VERSION apart; the version is empty where none is given."""
    name, at, version = text.partition("@")
    if not _NAME.fullmatch(name) or (at and not _NAME.fullmatch(version)):
        raise BadUsage(
            where=f"name {text[:80]!r}",
            why="it is not NAME or NAME@VERSION in small letters, digits, dots, dashes and underscores",
            remedy="For example: --as customs@2024-06.",
        )
    return name, version


def _may_be_of_use(name: str) -> bool:
    """Tell whether the next try of the same import would begin with it, so that it waits for a day."""
    return not name.startswith(SCRATCH) and not name.endswith(PART)


def _locked(path: Path, *, wait: bool) -> BinaryIO | None:
    """Return the file of a lock that is held; None where another holds it, or has removed it meanwhile."""
    stream = path.open("wb")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        if os.path.samestat(os.fstat(stream.fileno()), path.stat()):
            return stream
    except (BlockingIOError, FileNotFoundError):
        pass
    except BaseException:
        stream.close()
        raise
    stream.close()
    return None


def _age(path: Path) -> float:
    newest = max((p.lstat().st_mtime for p in [path, *path.rglob("*")]), default=0.0)
    return time.time() - newest
