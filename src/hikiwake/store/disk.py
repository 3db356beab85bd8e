"""The file operations by which a store changes: few, so that a test can make each fail or be the last."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hikiwake.core.errors import Environment
from hikiwake.store.temporary import PART, passing


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what the machine refuses into an `Environment` error that names the place and the reason."""
    try:
        yield
    except OSError as fault:
        raise Environment(
            where=str(fault.filename or "the store"),
            why=f"the machine refuses ({fault.strerror or fault})",
            remedy="Make room or permission there; what was there before is unchanged.",
        ) from fault


def make_folder(path: Path) -> None:
    """Make a folder and those above it, durably."""
    path.mkdir(parents=True, exist_ok=True)
    sync_folder(path.parent)


def write(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one; nothing else is left when it fails."""
    replace(path, lambda temporary: _write(temporary, content))


def replace(path: Path, make: Callable[[Path], None]) -> None:
    """Let `make` write a temporary file, flush it, and put it in the place of `path`."""
    with passing(path.with_name(f"{path.name}.{os.getpid()}{PART}")) as temporary:
        make(temporary)
        sync_file(temporary)
        rename(temporary, path)
        sync_folder(path.parent)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)


def sync_file(path: Path) -> None:
    """Flush a file's content to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """Flush a folder's names to the disk."""
    sync_file(path)


def rename(old: Path, new: Path) -> None:
    """Give a file or folder another name at once."""
    old.replace(new)


def remove(path: Path) -> None:
    """Remove a file, or a folder with all that is in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
