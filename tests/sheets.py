"""Workbooks that tests write: sound ones by a library, hostile ones by hand."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

SPACE = "http://schemas.openxmlformats.org"
HEAD = '<?xml version="1.0"?>'
PARTS = {
    "[Content_Types].xml": f'{HEAD}<Types xmlns="{SPACE}/package/2006/content-types"><Default Extension="xml"'
    ' ContentType="application/xml"/></Types>',
    "_rels/.rels": f'{HEAD}<Relationships xmlns="{SPACE}/package/2006/relationships"><Relationship Id="rId1"'
    f' Type="{SPACE}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": f'{HEAD}<workbook xmlns="{SPACE}/spreadsheetml/2006/main"'
    f' xmlns:r="{SPACE}/officeDocument/2006/relationships"><sheets>'
    '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{SPACE}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{SPACE}/officeDocument/2006/relationships/worksheet"'
    ' Target="/xl/worksheets/sheet1.xml"/><Relationship Id="rId2"'
    f' Type="{SPACE}/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/>'
    "</Relationships>",
}
ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'


def written(path: Path, sheets: dict[str, Callable[[Any, Any], None]], hidden: Sequence[str] = ()) -> Path:
    """Write a workbook; each function fills its sheet, and is given the workbook for formats."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        for name, fill in sheets.items():
            sheet = book.add_worksheet(name)
            fill(sheet, book)
            if name in hidden:
                sheet.hide()
    return path


def table(rows: Sequence[Sequence[object]]) -> Callable[[Any, Any], None]:
    """Return what fills a sheet with rows from A1 on."""

    def fill(sheet: Any, _: Any) -> None:
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)

    return fill


def by_hand(path: Path, rows: str = ROW, doctype: str = "", **others: str) -> Path:
    """Write a workbook whose one sheet has rows as they are given; `others` are further files in xl."""
    sheet = (
        f'{HEAD}{doctype}<worksheet xmlns="{SPACE}/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in PARTS.items():
            archive.writestr(name, text)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, text in others.items():
            archive.writestr(f"xl/{name}.xml", text)
    return path
