"""The dossiers that come with the program, found by the codes of their two parties."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path


def shipped(a: str, b: str) -> Path | None:
    """Return the file of the dossier of two economies, in either order; None without one."""
    folder = files("hikiwake.data").joinpath("dossiers")
    for name in (f"{a}-{b}", f"{b}-{a}"):
        found = folder.joinpath(f"{name.lower()}.yaml")
        if found.is_file():
            with as_file(found) as path:
                return path
    return None


def all_shipped() -> tuple[str, ...]:
    """Return the pairs that have a dossier, such as `jpn-rus`."""
    folder = files("hikiwake.data").joinpath("dossiers")
    if not folder.is_dir():
        return ()
    return tuple(sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml")))
