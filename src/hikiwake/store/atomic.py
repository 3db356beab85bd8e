"""Writing files so that a reader sees the old one or the new one, never a half."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hikiwake.core.errors import Environment


def write(path: Path, content: bytes) -> None:
    """Write a file at once: into a temporary one beside it, flushed to disk, then renamed over it.

    Raises `Environment` when the disk or the folder refuses; nothing is left behind then.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            # A device or a pipe (/dev/null) is written to; a rename would put a file in its place.
            with path.open("wb") as stream:
                stream.write(content)
        else:
            _replace(path, content)
    except OSError as fault:
        raise Environment(
            where=str(path),
            why=f"it cannot be written ({fault.strerror or fault})",
            remedy="Choose another place with -o, or make room and permission there.",
        ) from fault


def _replace(path: Path, content: bytes) -> None:
    # A link keeps pointing where it does; the file it leads to is replaced.
    target = path.resolve()
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=".hikiwake-", suffix=".part", dir=target.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        _permissions_of_a_new_file(temporary)
        Path(temporary).replace(target)
        temporary = None
    finally:
        # Also after Ctrl-C: an unfinished file is nobody's.
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def _permissions_of_a_new_file(path: str) -> None:
    mask = os.umask(0)
    os.umask(mask)
    Path(path).chmod(0o666 & ~mask)
