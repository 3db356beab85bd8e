"""From a file to a dossier, or to the list of everything that is wrong with it, each with its place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath

import msgspec

from hikiwake.core.dossier import Dossier
from hikiwake.core.errors import BadInput
from hikiwake.dossier.form import Fault, faults
from hikiwake.dossier.meaning import meaningless, partly_meaningless
from hikiwake.dossier.reading import BYTES, Malformed, Path, Source, parse

SHOWN = 20
"""Problems that an error message lists; `hikiwake dossier validate` lists them all."""


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong with a dossier."""

    file: str
    line: int
    column: int
    path: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}"
        return f"{where}: {self.path + ': ' if self.path else ''}{self.reason}\n  {self.remedy}"


def read(path: FilePath) -> Dossier:
    """Read a dossier. `BadInput` names every problem, the first twenty in full."""
    dossier, problems = check(path)
    if dossier is None:
        raise refused(problems)
    return dossier


def refused(problems: Sequence[Problem]) -> BadInput:
    """Return the error that names all problems of a file, the first twenty in full."""
    first = problems[0]
    more = "\n".join(str(problem) for problem in problems[1:SHOWN])
    rest = len(problems) - SHOWN
    tail = f"\n… and {rest} more" if rest > 0 else ""
    return BadInput(
        where=f"{first.file}:{first.line}:{first.column}",
        why=f"{first.path + ': ' if first.path else ''}{first.reason}",
        remedy=first.remedy + (f"\n{more}" if more else "") + tail,
    )


def check(path: FilePath) -> tuple[Dossier | None, tuple[Problem, ...]]:
    """Return the dossier of a file, or None with all its problems in the order of the file."""
    return check_bytes(content_of(path), str(path))


def content_of(path: FilePath) -> bytes:
    """Return what a file holds, of one that is too large no more than shows it."""
    try:
        with path.open("rb") as stream:
            return stream.read(BYTES + 1)
    except OSError as fault:
        raise BadInput(
            where=str(path), why=f"it cannot be read ({fault.strerror})", remedy="Name a file that exists."
        ) from fault


def check_bytes(content: bytes, name: str) -> tuple[Dossier | None, tuple[Problem, ...]]:
    """Return the dossier in the bytes of a file called `name`, or None with all its problems."""
    try:
        source = parse(content)
    except Malformed as fault:
        return None, (Problem(name, *fault.place, "", fault.reason, fault.remedy),)
    return check_source(source, name)


def check_source(source: Source, name: str) -> tuple[Dossier | None, tuple[Problem, ...]]:
    """Return the dossier in the values of a file called `name`, or None with all its problems."""
    found = list(faults(source.tree, Dossier))
    if found:
        found += partly_meaningless(source.tree, {fault.path for fault in found})
    else:
        dossier = msgspec.convert(source.tree, Dossier)
        found = list(meaningless(dossier, source.tree))
        if not found:
            return dossier, ()
    problems = {located(fault, source, name) for fault in found}
    return None, tuple(sorted(problems, key=lambda p: (p.line, p.column, p.path, p.reason)))


def located(fault: Fault, source: Source, name: str) -> Problem:
    """Return a fault with its place in the file called `name`."""
    place = source.place(fault.path)
    return Problem(name, place.line, place.column, _spelt(fault.path), fault.reason, fault.remedy)


def _spelt(path: Path) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
