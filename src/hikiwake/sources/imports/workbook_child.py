"""The program of the child process that reads a sheet of a workbook; see `workbooks`, which starts it.

It is run by its path in a bare interpreter and imports nothing of ours: a file that crashes or exhausts the
library ends this process only. Its output is the sheet as CSV, in which a line is a row, from column A on.
"""

from __future__ import annotations

import csv
import datetime
import io
import marshal
import posixpath
import re
import signal
import sys
import zipfile
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any
from xml.etree import ElementTree
from xml.parsers import expat

if TYPE_CHECKING:
    import python_calamine as calamine

FAULT_OF_DOCUMENT = 70
"""Exit code for a file that is no workbook that can be read (sysexits: internal software error)."""
WHICH_SHEET = 64
"""Exit code where it is not clear which sheet is meant; their names are told (sysexits: usage)."""
NO_ROOM = 74
"""Exit code where the sheet cannot be written (sysexits: input/output error)."""
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
FAULTS = (
    zipfile.BadZipFile,
    expat.ExpatError,
    ElementTree.ParseError,
    LookupError,
    ValueError,
    StopIteration,
)
EXACT = 1e15
"""Whole numbers below it are written with all their digits."""
BREAKS = {ord(sign): " " for sign in "\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"}
"""What would end a line within a cell."""

_ERROR = re.compile(rb"""\bt\s*=\s*["']e["']""")


def main() -> int:
    """Read the path of imports, the workbook's, the sheet's name and the limits; write the sheet."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    path, workbook, wanted, memory, seconds = marshal.load(sys.stdin.buffer)  # noqa: S302 - written by our own parent process
    sys.path[:] = path
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError):
        pass  # Windows has no such limits; elsewhere lower ones may hold already
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(workbook)
        names = [
            sheet.name for sheet in book.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        shown = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.name in names and sheet.visible == calamine.SheetVisibleEnum.Visible
        ]
        chosen = [wanted] if wanted in names else shown if not wanted and len(shown) == 1 else []
        if not chosen:
            marshal.dump(shown or names, sys.stderr.buffer)
            return WHICH_SHEET
        sheet = book.get_sheet_by_name(chosen[0])
        faults = errors(workbook, chosen[0])
    except (calamine.CalamineError, *FAULTS) as fault:
        sys.stderr.write(str(fault))
        return FAULT_OF_DOCUMENT
    try:
        out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="replace", newline="")
        lines = csv.writer(out, lineterminator="\n")
        for row in rows(sheet, faults):
            lines.writerow(row) if any(row) else out.write("\n")
        out.flush()
    except OSError as fault:
        sys.stderr.write(fault.strerror or str(fault))
        return NO_ROOM
    marshal.dump(chosen, sys.stderr.buffer)
    return 0


def rows(sheet: calamine.CalamineSheet, faults: dict[tuple[int, int], str]) -> Iterator[list[str]]:
    """Yield the rows of a sheet from its first on, as text.

    A text that stands in cells merged below each other holds for all of these rows.
    """
    until = {begin: end[0] for begin, end in sheet.merged_cell_ranges or [] if end[0] > begin[0]}
    faulty = {row for row, _ in faults}
    merged: dict[int, tuple[int, str]] = {}
    # The library begins at the first row, but at the first column that is filled.
    before = [""] * sheet.start[1] if sheet.start else []
    for number, cells in enumerate(sheet.iter_rows()):
        found = [*before, *map(text, cells)]
        if number in faulty:
            found = [faults.get((number, column), held) for column, held in enumerate(found)]
        for column, (last, held) in list(merged.items()):
            if number <= last:
                found[column] = found[column] or held
            else:
                del merged[column]
        if until:
            # A number is not repeated: an amount that is told once counts once.
            for column, held in enumerate(found):
                if (number, column) in until and any(map(str.isalpha, held)):
                    merged[column] = (until[number, column], held)
        yield found


def text(cell: object) -> str:
    """Return a cell as text: whole numbers without a point, days as 2014-12-31."""
    if isinstance(cell, str):
        return cell.translate(BREAKS)
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if abs(cell) < EXACT and cell.is_integer() else repr(cell)
    return cell.isoformat() if isinstance(cell, (datetime.date, datetime.time)) else str(cell)


def errors(workbook: str, name: str) -> dict[tuple[int, int], str]:
    """Return the errors of formulas (#N/A, #REF!) by row and column: the library takes them for empty."""
    with zipfile.ZipFile(workbook) as archive:
        member = _member(archive, name)
        with archive.open(member) as stream:
            if not _holds_any(stream):
                return {}
        found = _Errors()
        with archive.open(member) as stream:
            found.parser.ParseFile(stream)
        return found.errors


def _holds_any(stream: IO[bytes]) -> bool:
    """Tell whether a sheet says of any cell that it is an error, without looking at all of its marks."""
    before = b""
    while block := stream.read(1 << 20):
        if _ERROR.search(before + block):
            return True
        before = block[-16:]
    return False


def _member(archive: zipfile.ZipFile, name: str) -> str:
    """Return the file of a sheet."""
    book = next(one for one in archive.namelist() if posixpath.basename(one) == "workbook.xml")
    folder = posixpath.dirname(book)
    # The parser bounds what entities unpack to, and this process what it may use.
    sheets = ElementTree.fromstring(archive.read(book)).iter(f"{MAIN}sheet")  # noqa: S314
    relation = next(sheet.get(RELATION) for sheet in sheets if sheet.get("name") == name)
    listed = ElementTree.fromstring(archive.read(f"{folder}/_rels/workbook.xml.rels"))  # noqa: S314
    target = next(str(one.get("Target")) for one in listed if one.get("Id") == relation)
    return posixpath.normpath(posixpath.join(folder, target)) if target[0] != "/" else target[1:]


class _Errors:
    """The cells of a sheet that hold an error, met as its text is parsed."""

    def __init__(self) -> None:
        self.errors: dict[tuple[int, int], str] = {}
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._row = self._column = -1
        self._wrong = False

    def _start(self, tag: str, given: dict[str, Any]) -> None:
        kind = tag.rpartition(":")[2]
        if kind == "row":
            self._row, self._column = int(given["r"]) - 1 if "r" in given else self._row + 1, -1
        elif kind == "c":
            place = given.get("r", "").rstrip("0123456789")
            self._column = _number(place) if place else self._column + 1
            self._wrong = given.get("t") == "e"
        elif kind == "v" and self._wrong:
            self.parser.CharacterDataHandler = self._text

    def _text(self, said: str) -> None:
        place = (self._row, self._column)
        self.errors[place] = self.errors.get(place, "") + said

    def _end(self, tag: str) -> None:
        if self._wrong and tag.rpartition(":")[2] == "v":
            self.parser.CharacterDataHandler = None


def _number(letters: str) -> int:
    """Return the number, from 0, of a column called by letters."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter.upper()) - 64
    return number - 1


if __name__ == "__main__":
    sys.exit(main())
