"""Zip files from anywhere: looked at before anything is read, and never unpacked to disk."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hikiwake.core.errors import BadInput

MEMBERS = 10_000
MEMBER_BYTES = 8 * 2**30
RATIO = 200
FREE = 10 * 2**20
"""Up to this size a member may unpack to any multiple of itself."""
LONGEST_NAME = 255
_TURNS = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)}


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip file whose members have names and kinds that an honest one has."""
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as fault:
        raise _refused(path, f"it is not a zip file that can be read ({fault})") from fault
    with archive:
        members = archive.infolist()
        if len(members) > MEMBERS:
            raise _refused(path, f"it has {len(members)} members; {MEMBERS} are allowed")
        seen: set[str] = set()
        for member in members:
            fault_of = _fault(member, seen)
            if fault_of:
                raise _refused(path, f"member {member.filename[:80]!r} {fault_of}")
            seen.add(member.filename.casefold())
        yield archive


def is_zip(path: Path) -> bool:
    """Tell whether a file is called one."""
    return path.suffix.lower() == ".zip"


def base(name: str) -> str:
    """Return the last part of a member's name, whichever sign stands between the parts."""
    return name.replace("\\", "/").rsplit("/", 1)[-1]


def members(archive: zipfile.ZipFile) -> list[str]:
    """Return the names of the files in it, without folders and without what macOS adds to each."""
    names = [name for name in archive.namelist() if base(name)]
    return [name for name in names if not name.startswith("__MACOSX") and not base(name).startswith("._")]


class Counter:
    """Counts what a member unpacks to, and stops where no table unpacks so far."""

    def __init__(self, path: Path, member: zipfile.ZipInfo) -> None:
        self._path, self._member = path, member
        self.read = 0

    def add(self, count: int) -> None:
        """Count bytes that came out."""
        self.read += count
        if self.read > FREE and self.read > RATIO * max(self._member.compress_size, 1):
            raise _refused(
                self._path, f"member {self._member.filename!r} unpacks to more than {RATIO} times itself"
            )
        if self.read > MEMBER_BYTES:
            raise _refused(
                self._path, f"member {self._member.filename!r} is larger than {MEMBER_BYTES} bytes"
            )


def _fault(member: zipfile.ZipInfo, seen: set[str]) -> str:
    name = member.orig_filename
    parts = name.replace("\\", "/").split("/")
    mode = member.external_attr >> 16
    faults = {
        "has a name that leads out of its folder": ".." in parts
        or name.startswith(("/", "\\"))
        or ":" in name,
        "has a name with characters that do not show": not member.filename.isprintable()
        or "\0" in name
        or bool(_TURNS & set(name)),
        "has too long a name": len(name) > LONGEST_NAME,
        "stands twice": member.filename.casefold() in seen,
        "is encrypted": bool(member.flag_bits & 1),
        "is a link or a device": stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR),
    }
    return next((fault for fault, found in faults.items() if found), "")


def _refused(path: Path, why: str) -> BadInput:
    return BadInput(where=str(path), why=why, remedy="Get the file again from its producer.")
