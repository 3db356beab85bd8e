"""Sheets of workbooks (.xlsx), which an import reads as the tables in text that say the same.

A child process with limits of memory and time reads the workbook: the library holds a sheet as a dense array,
and ends its process where two cells stand far apart.
"""

from __future__ import annotations

import marshal
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path

from hikiwake.core.errors import BadInput, Environment, HikiwakeError
from hikiwake.sources.imports import workbook_child
from hikiwake.sources.imports.archive import Counter, opened
from hikiwake.sources.imports.streams import FAULTS
from hikiwake.store import disk

SECONDS = 300
BYTES = 2 * 2**30
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How workbooks begin that are encrypted, or of the form before 2007."""
_WORKBOOK = re.compile(r"(.+\.xls[xm])(?:#(.*))?", re.IGNORECASE)
_PACKED = re.compile(r"\.(?=(gz|zip|parquet|pq|json)$)", re.IGNORECASE)
BLOCK = 1 << 20
SHEETS = "sheets"
"""The folder of sheets in a folder that is given."""
LONGEST = 100
"""Characters of a name that are told."""


def parted(path: Path) -> tuple[Path, str] | None:
    """Return the workbook and the sheet that a path means, as in `a.xlsx#Flows`; None for anything else.

    The sheet is empty where none is named.
    """
    found = _WORKBOOK.fullmatch(path.name)
    if found is None or path.is_dir():
        return None
    return (path, "") if path.is_file() else (path.with_name(found[1]), found[2] or "")


def cell(name: str, place: int, line: int) -> str:
    """Return what a cell of a sheet is called, such as B17; empty for another table.

    Parameters
    ----------
    name : the table's.
    place : the number of the column, from 0.
    line : the row, from 1.
    """
    if not _WORKBOOK.fullmatch(name):
        return ""
    letters = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{line}"


def as_tables(files: tuple[Path, ...], scratch: Callable[[], Path]) -> tuple[Path, ...]:
    """Return files with a table in text in place of each workbook, written to a folder that is given.

    Raises `BadInput` for a workbook that cannot be read, or where it is not clear which sheet is meant,
    `Environment` where the package that reads it is not installed.
    """
    if not any(map(parted, files)):
        return files
    folder = scratch() / SHEETS
    return tuple(
        _table(*found, folder / str(number)) if (found := parted(path)) else path
        for number, path in enumerate(files)
    )


@contextmanager
def called_as_given(folder: Path) -> Iterator[None]:
    """Let errors name a sheet as its user does, not by the file of the folder that stands for it."""
    try:
        yield
    except HikiwakeError as fault:
        found = re.compile(re.escape(f"{folder}") + r"/(?:[^/ ]+/)*sheets/\d+/")
        fault.where, fault.why, fault.remedy = (
            found.sub("", said) for said in (fault.where, fault.why, fault.remedy)
        )
        raise


def _table(workbook: Path, sheet: str, folder: Path) -> Path:
    if find_spec("python_calamine") is None:
        raise Environment(
            where=str(workbook),
            why="reading workbooks needs the package python-calamine, which is not installed",
            remedy='Install it with: pip install "hikiwake[xlsx]"; or save the sheet as CSV.',
        )
    _look_through(workbook)
    disk.make_folder(folder)
    written = folder / "sheet"
    message = marshal.dumps((sys.path, str(workbook.resolve()), sheet, BYTES, SECONDS))
    with written.open("wb") as out:
        done = subprocess.run(  # noqa: S603 - this interpreter, a fixed program
            [sys.executable, "-I", "-S", workbook_child.__file__],
            input=message,
            stdout=out,
            stderr=subprocess.PIPE,
            check=False,
        )
    if done.returncode:
        raise _refused(workbook, sheet, done)
    (name,) = marshal.loads(done.stderr)  # noqa: S302 - written by our own child process
    # Some endings of names mean a form.
    plain = _PACKED.sub("_", "".join(c if c.isprintable() and c != "/" else "_" for c in name[:LONGEST]))
    return written.rename(folder / f"{workbook.name[-LONGEST:]}#{plain}")


def _look_through(workbook: Path) -> None:
    """Raise `BadInput` for what is no workbook, or unpacks to more than a workbook does."""
    if not workbook.is_file():
        raise BadInput(
            where=str(workbook),
            why="it is no file" if workbook.exists() else "there is no such file",
            remedy="Give the path of a file; a sheet is named after it, as in trade.xlsx#Flows.",
        )
    with workbook.open("rb") as stream:
        if stream.read(len(OLD)) == OLD:
            raise BadInput(
                where=str(workbook),
                why="it needs a password, or is a workbook of the form before 2007 under another name",
                remedy="Save it as .xlsx without a password, or save the sheet as CSV.",
            )
    with opened(workbook) as archive:
        for member in archive.infolist():
            if not member.filename.lower().endswith((".xml", ".rels")):
                continue  # pictures and the like, which nobody reads
            counter = Counter(workbook, member)
            try:
                with archive.open(member) as stream:
                    while block := stream.read(BLOCK):
                        counter.add(len(block))
            except FAULTS as fault:
                raise BadInput(
                    where=str(workbook),
                    why=f"it cannot be read to its end ({fault})",
                    remedy="Get the file again from its producer, and compare its size.",
                ) from fault


def _refused(workbook: Path, sheet: str, done: subprocess.CompletedProcess[bytes]) -> HikiwakeError:
    """Return the error for what the child process has told."""
    said = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
    if done.returncode == workbook_child.NO_ROOM:
        return Environment(
            where=str(workbook),
            why=f"the machine refuses to write its sheet ({said})",
            remedy="Make room on the disk of the library, then give the command again.",
        )
    if done.returncode == workbook_child.WHICH_SHEET:
        names = [str(name) for name in marshal.loads(done.stderr)]  # noqa: S302 - written by our own child process
        listed = ", ".join(names)[:300]
        close = get_close_matches(sheet, names, n=1, cutoff=0.5) or names[:1]
        why = f"it has no sheet {sheet!r}, but {listed}" if sheet else f"it has {len(names)} sheets: {listed}"
        return BadInput(
            where=str(workbook),
            why=why if names else "it has no sheet that shows",
            remedy=f"{'Did you mean' if sheet else 'Name one, as in'} '{workbook.name}#{close[0]}'"
            f"{'?' if sheet else '.'}"
            if names
            else "Save the table as a sheet of its own.",
        )
    # What is out of memory or time is ended by a signal.
    broken = done.returncode > 0 and "MemoryError" not in said
    return BadInput(
        where=str(workbook),
        why=f"it is no workbook that can be read ({said})"
        if broken
        else f"reading it takes more than {BYTES // 2**30} GB of memory or {SECONDS} seconds",
        remedy="Open it in a spreadsheet, and save the sheet as CSV.",
    )
