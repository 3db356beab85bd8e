"""Files that cannot be taken at sight: none there, folders, and forms that are not read, in zip files too."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports import alone
from hikiwake.sources.imports.archive import base, is_zip, members, opened
from hikiwake.sources.imports.streams import layout, table_of

NO_TEXT = {
    ".dta": "Stata",
    ".xls": "Excel",
    ".xlsx": "Excel",
    ".xlsb": "Excel",
    ".ods": "OpenDocument",
    ".rds": "R",
    ".rda": "R",
    ".rdata": "R",
    ".sav": "SPSS",
    ".7z": "7-Zip",
    ".rar": "RAR",
    ".tar": "tar",
    ".tgz": "tar",
}
"""Forms in which producers and people keep tables, and which are not read."""
SAVED = {
    "Stata": "CSV (in Stata: export delimited using FILE.csv)",
    "R": "CSV (in R: write.csv(table, 'FILE.csv', row.names = FALSE))",
    "Excel": "a workbook of its own (.xlsx) or as CSV",
    "OpenDocument": "a workbook (.xlsx) or as CSV",
}
TABLES = (".csv", ".tsv", ".txt", ".json", ".gz")
_README = re.compile(r"read_?me", re.IGNORECASE)
_FORM = re.compile(r"_(dta|rds|xlsx?|stata)(?=_|\.)", re.IGNORECASE)


def refuse(files: tuple[Path, ...]) -> None:
    """Raise `BadInput` for a file that is not there or is not read, with what to take instead."""
    for path in files:
        if path.is_dir():
            raise BadInput(
                where=str(path),
                why="it is a folder",
                remedy=f"Give its files ({path}/*.csv), or a zip of it.",
            )
        if path.suffix.lower() in NO_TEXT:
            _no_text(path, NO_TEXT[path.suffix.lower()], "")
        if not path.is_file():
            raise BadInput(
                where=str(path),
                why="it is no file" if path.exists() else "there is no such file",
                remedy="Give the path of a file.",
            )
        if is_zip(path):
            _refuse_members(path)


def refuse_broken(files: tuple[Path, ...]) -> None:
    """Raise `BadInput` for a file that is no table, or none that can be read, whatever its columns mean."""
    for path in files:
        if path.suffix not in (".parquet", ".pq"):
            layout(table_of(path))
            alone.refuse(path)


def _refuse_members(path: Path) -> None:
    with opened(path) as archive:
        names = [base(name) for name in members(archive)]
    kinds = {PurePosixPath(name).suffix.lower() for name in names}
    if any(name.lower().endswith(TABLES) and not _README.match(name) for name in names):
        return
    if ".zip" in kinds:
        inner = next(name for name in names if name.lower().endswith(".zip"))
        raise BadInput(
            where=str(path),
            why=f"it holds another zip file ({inner[:80]}) and no table",
            remedy="Unpack it once, and give the inner zip as it is.",
        )
    form = next((NO_TEXT[kind] for kind in sorted(kinds) if kind in NO_TEXT), "")
    if form:
        _no_text(path, form, " inside it")
    raise BadInput(
        where=str(path),
        why=f"it holds no table, but {', '.join(names[:4]) or 'nothing'}"[:200],
        remedy="Give the zip of the tables themselves.",
    )


def _no_text(path: Path, form: str, where: str) -> None:
    other = _FORM.sub("_csv", path.name)
    take = f"the producer's CSV ({other})" if other != path.name else "the producer's CSV"
    raise BadInput(
        where=str(path),
        why=f"files of {form}{where} are not read",
        remedy=f"Take {take}, or save the table as {SAVED.get(form, 'CSV or Parquet')}.",
    )
