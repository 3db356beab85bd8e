"""Workbooks as ministries keep them, and as nobody should: the flows that were meant, or one error."""

from __future__ import annotations

import csv
import datetime
import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests import sheets
from tests.imports import PLAIN, brought, command, reasons, rows, table
from tests.unit.test_import_imts import SITE

from hikiwake.core.errors import BadInput, Environment, HikiwakeError
from hikiwake.sources.imports import mapping as mappings
from hikiwake.sources.imports import workbooks
from hikiwake.sources.imports.proposing import propose
from hikiwake.sources.imports.report import lines
from hikiwake.store.library import Library
from hikiwake.store.tables import open_tables

pytest.importorskip("python_calamine")
pytest.importorskip("xlsxwriter")
FLOWS: list[list[object]] = [
    ["from", "to", "year", "usd"],
    ["JPN", "RUS", 2014, 5],
    ["RUS", "JPN", 2014, 6.5],
]


def ministry(sheet: Any, book: Any) -> None:
    """Fill a sheet as a ministry does: titles, merged cells, text and numbers, a date, an error, a source."""
    sheet.merge_range("B2:G2", "Exports by partner", book.add_format({"bold": True}))
    head = ["Exporter", "Importer", "Year", "HS6", "Value\n(thousand USD)", "Quantity (kg)"]
    sheet.write_row("B4", head)
    sheet.merge_range("B5:B7", "Japan", book.add_format())
    sheet.write_row("C5", ["Russia", 2014, 870323, 5200.5, 7])
    sheet.write_row("C6", ["China", 2014, 10121, 12, 1])
    sheet.write_row("C7", ["Germany", 2014, "010121", 3, None])
    sheet.write_row("B8", ["Russia", "Japan"])
    sheet.write_datetime("D8", datetime.datetime(2014, 1, 1), book.add_format({"num_format": "yyyy"}))
    sheet.write("E8", "270900")
    sheet.write_formula("F8", "=9000+100", None, 9100)
    sheet.write_row("B9", ["Russia", "China", 2014, "270900"])
    sheet.write_formula("F9", "=NA()", None, "#N/A")


def test_a_ministrys_workbook_brings_the_flows_that_were_meant(tmp_path: Path, library: Library) -> None:
    codes = sheets.table([["code", "name"], [1, "x"]])
    path = sheets.written(tmp_path / "m.xlsx", {"Exports 2014": ministry, "Codes": codes}, hidden=["Codes"])
    file = tmp_path / "m.toml"
    file.write_text(mappings.written(*propose(path)), encoding="utf-8")
    made = brought(library, path, mapping=mappings.read(file), allow_rejects=True)
    assert rows(open_tables(library.path(made.held))) == [
        (2014, "JPN", "CHN", "010121", 12_000, 1),
        (2014, "JPN", "DEU", "010121", 3_000, None),
        (2014, "JPN", "RUS", "870323", 5_200_500, 7),
        (2014, "RUS", "JPN", "270900", 9_100_000, None),
    ]
    # An error of a formula is no blank, whatever the mapping says of blanks.
    (bad,) = made.report.parts[0].bad
    assert (bad.source, bad.line, bad.cell, bad.text) == ("m.xlsx#Exports 2014", 9, "F9", "#N/A")
    said = "m.xlsx#Exports 2014, line 9, cell F9 (value): '#N/A': the value is no number"
    assert any(said in line for line in lines(made.report))
    assert made.held.name == "m"
    assert not list((tmp_path / "library" / "unfinished").iterdir())


def test_a_sheet_is_chosen_by_its_name(tmp_path: Path, library: Library) -> None:
    other: list[list[object]] = [FLOWS[0], ["CHN", "RUS", 2015, 9]]
    path = sheets.written(
        tmp_path / "b.xlsx", {"Exports": sheets.table(FLOWS), "Notes": sheets.table([["x"]]),
                              "Old": sheets.table(other)}, hidden=["Old"],
    )  # fmt: skip
    with pytest.raises(BadInput, match="it has 2 sheets: Exports, Notes") as refused:
        brought(library, path, mapping=PLAIN)
    assert "b.xlsx#Exports" in refused.value.remedy
    with pytest.raises(BadInput, match="it has no sheet 'Exprots'") as refused:
        brought(library, Path(f"{path}#Exprots"), mapping=PLAIN)
    assert "Did you mean 'b.xlsx#Exports'?" in refused.value.remedy
    for name, usd in (("Exports", 12), ("Old", 9)):
        made = brought(library, Path(f"{path}#{name}"), mapping=PLAIN)
        assert made.report.usd("accepted") == usd
        assert made.report.source == f"b.xlsx#{name}"


def test_a_sheet_with_a_column_for_each_year(tmp_path: Path, library: Library) -> None:
    wide: list[list[object]] = [
        ["exporter", "importer", 2013, 2014],
        ["JPN", "RUS", "", 5],
        ["RUS", "JPN", 7, "n"],
        ["Q", "JPN", 1, 1],
    ]
    path = sheets.written(tmp_path / "w.xlsx", {"S": sheets.table(wide)})
    made = brought(library, path, mapping=propose(path)[0], allow_rejects=True)
    assert [row[:5] for row in rows(open_tables(library.path(made.held)))] == [
        (2013, "RUS", "JPN", "TOTAL", 7),
        (2014, "JPN", "RUS", "TOTAL", 5),
    ]
    told = [(one.line, one.cell, one.text) for one in made.report.parts[0].bad]
    assert told == [(3, "", "n"), (4, "A4", "Q"), (4, "A4", "Q")]


COMTRADE = (
    "typeCode,freqCode,refYear,period,reporterCode,flowCode,partnerCode,partnerDesc,cmdCode,aggrLevel,netWgt,"
    "primaryValue\nC,A,2014,2014,392,X,643,Russia,870323,6,5,10.5\nC,A,2014,2014,392,X,0,World,870323,6,9,99\n"
)
GEODIST = "iso_o,iso_d,contig,comlang_off,dist,distcap\nJPN,RUS,0,0,7500,7500\n"


@pytest.mark.parametrize(
    ("name", "text", "accepted"), [("comtrade", COMTRADE, 1), ("geodist", GEODIST, 1), ("imts", SITE, 3)]
)
def test_forms_that_are_known_are_known_in_a_workbook(
    tmp_path: Path, library: Library, name: str, text: str, accepted: int
) -> None:
    """As a spreadsheet saves them, numbers as numbers."""
    cells: list[list[object]] = [
        [float(cell) if cell.replace(".", "").isdigit() else cell for cell in row]
        for row in csv.reader(io.StringIO(text))
    ]
    made = brought(library, sheets.written(tmp_path / f"{name}.xlsx", {"Data": sheets.table(cells)}))
    assert (made.held.name, made.report.rows("accepted")) == (name, accepted)


def test_commands_take_a_sheet(tmp_path: Path, library: Library) -> None:
    sheets.written(tmp_path / "b.xlsx", {"Flows": sheets.table(FLOWS), "Notes": sheets.table([["x"]])})
    path, file = f"{tmp_path / 'b.xlsx'}#Flows", str(tmp_path / "m.toml")
    assert f"hikiwake data add {path} --map" in command(library, "data", "map", path, "-o", file).stderr
    assert "added: b@" in command(library, "data", "add", path, "--map", file).stdout
    assert "from b.xlsx#Flows (SHA-256" in command(library, "data", "show", "b").stdout
    missing = command(library, "data", "map", str(tmp_path / "none.xlsx"))
    assert (missing.returncode, "there is no such file" in missing.stderr) == (3, True)


def test_without_the_package_it_is_told_what_to_install(
    tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sheets.written(tmp_path / "b.xlsx", {"Flows": sheets.table(FLOWS)})
    monkeypatch.setattr(workbooks, "find_spec", lambda name: None)
    with pytest.raises(Environment, match="needs the package python-calamine") as refused:
        brought(library, path, mapping=PLAIN)
    assert 'pip install "hikiwake[xlsx]"' in refused.value.remedy


ENTITIES = "<!DOCTYPE x [<!ENTITY a0 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
) + "]>"  # fmt: skip
INLINE = '<row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row>'
FAR = sheets.ROW + '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
BOMB = f'<sst xmlns="{sheets.SPACE}/spreadsheetml/2006/main">{"<si><t>aaaa</t></si>" * 3_000_000}</sst>'


def text_in_a_cell(text: str, doctype: str = "") -> Callable[[Path], object]:
    return lambda path: sheets.by_hand(path, INLINE.format(text), doctype)


def hand(rows: str, **others: str) -> Callable[[Path], object]:
    return lambda path: sheets.by_hand(path, rows, **others)


FROM_A_FILE = "<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
NO_TEXT = '<row r="1"><c r="A1" t="s"><v>7</v></c></row>'
NO_NUMBER = '<row r="x"><c r="A1" t="e"><v>#N/A</v></c></row>'
NONE = "no workbook that"
HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "two cells in far corners": (hand(FAR), "more than 2 GB of memory"),
    "a cell beyond the last": (hand(FAR.replace("1048576", "4294967295")), f"more than 2 GB|{NONE}"),
    "entities of entities": (text_in_a_cell("&a9;", ENTITIES), NONE),
    "an entity from a file": (text_in_a_cell("&f;", FROM_A_FILE), NONE),
    "texts that unpack to much": (hand(sheets.ROW, sharedStrings=BOMB), "more than 200 times itself"),
    "a text that is not there": (hand(NO_TEXT), NONE),
    "an error in a row without a number": (hand(NO_NUMBER), NONE),
    "a password, or an old form": (lambda path: path.write_bytes(workbooks.OLD + bytes(5000)), "a password"),
    "a page of the web": (lambda path: path.write_text("<html></html>"), "not a zip file"),
    "another zip": (lambda path: zipfile.ZipFile(path, "w").writestr("a.csv", "a,b"), f"{NONE}|cannot be"),
}
FEW = ("two cells in far corners", "entities of entities", "a password, or an old form")


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if n in FEW else pytest.mark.slow) for n in HOSTILE]
)
def test_hostile_workbooks_are_refused_with_one_error(tmp_path: Path, library: Library, name: str) -> None:
    make, why = HOSTILE[name]
    path = tmp_path / "h.xlsx"
    make(path)
    begin = time.process_time()
    with pytest.raises(HikiwakeError, match=why) as refused:
        brought(library, path, mapping=PLAIN)
    assert time.process_time() - begin < 5.0
    assert refused.value.remedy
    assert str(library.folder) not in str(refused.value)
    assert library.held() == ()


@pytest.mark.slow
@pytest.mark.parametrize("part", range(5, 100, 10))
def test_cut_workbooks_are_refused(tmp_path: Path, library: Library, part: int) -> None:
    path = sheets.written(tmp_path / "b.xlsx", {"Flows": sheets.table(FLOWS * 500)})
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) * part // 100])
    with pytest.raises(BadInput):
        brought(library, path, mapping=PLAIN)
    assert library.held() == ()


@pytest.mark.slow
def test_a_sheet_with_as_many_rows_as_there_can_be(tmp_path: Path, library: Library) -> None:
    head = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in FLOWS[0])
    row = "<row><c><v>392</v></c><c><v>643</v></c><c><v>{}</v></c><c><v>{}</v></c></row>"
    body = "".join(row.format(1900 + n % 201, 0) for n in range(1_048_574))
    path = sheets.by_hand(tmp_path / "b.xlsx", f"<row>{head}</row>{body}{row.format(2014, 5)}")
    made = brought(library, path, mapping=PLAIN)
    assert reasons(made.report) == {"zero": 1_048_574, "accepted": 1}
    assert rows(open_tables(library.path(made.held))) == [(2014, "JPN", "RUS", "TOTAL", 5, None)]


def test_other_tables_have_no_cells(tmp_path: Path, library: Library) -> None:
    path = table(tmp_path, "from,to,year,usd\nJPN,RUS,2014,5\nJPN,RUS,2015,x\n")
    made = brought(library, path, mapping=PLAIN, allow_rejects=True)
    assert [one.cell for one in made.report.parts[0].bad] == [""]
    assert workbooks.cell("a.xlsx#S", 16_383, 1_048_576) == "XFD1048576"
