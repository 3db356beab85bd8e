"""Writing files so that a reader sees the old one or the new one, never a half."""

from __future__ import annotations

import os
from pathlib import Path

from hikiwake.core.errors import Environment
from hikiwake.store.temporary import beside, passing


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
    with passing(beside(target)) as temporary:
        with temporary.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
