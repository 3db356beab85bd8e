"""Files and folders that do not outlast the work, however it ends.

Whoever makes one names it here first. It is removed with the work; where the process is ended from beside it
(`hikiwake.cli.interrupts`), all that are left are removed then. A process that is killed can remove nothing:
what it leaves is found by the next one that works in the same place.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PART = ".part"
OURS = ".hikiwake-"
LONGEST = 3_600.0
"""Seconds after which a file that is written at once is nobody's any more."""
_present: set[Path] = set()


@contextmanager
def passing(path: Path) -> Iterator[Path]:
    """Let a file or folder be there while the context lasts; it need neither exist before nor after."""
    _present.add(path)
    try:
        yield path
    finally:
        _remove(path)
        _present.discard(path)


def beside(path: Path) -> Path:
    """Return a name for a file that will take the place of another: hidden, in the same folder, and new.

    Of those that killed processes have left there, the old ones are removed.
    """
    with suppress(OSError):
        for found in os.scandir(path.parent):
            if _is_left(found.name) and time.time() - found.stat(follow_symlinks=False).st_mtime > LONGEST:
                Path(found.path).unlink()
    return path.with_name(f"{OURS}{os.getpid()}-{secrets.token_hex(4)}{PART}")


def remove_all() -> None:
    """Remove what is there still, before a process ends without ending its work."""
    for path in list(_present):
        with suppress(OSError):
            _remove(path)


def _is_left(name: str) -> bool:
    return name.startswith(OURS) and name.endswith(PART)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
