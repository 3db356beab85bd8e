"""The workbook: numbers are numbers, each leads to its source, no text runs, and no clock is in the file."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree as Xml

import pytest
from tests.briefs import composed
from tests.processes import same_in_other_processes
from tests.sample import HOSTILE, brief

from hikiwake.core import provenance as p
from hikiwake.core.document import Chart, Table
from hikiwake.core.errors import Environment
from hikiwake.core.factset import FactSet
from hikiwake.core.provenance import Ledger
from hikiwake.render import xlsx as renderer

pytest.importorskip("xlsxwriter")
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class Read(NamedTuple):
    """One sheet as it stands in the file: cells by place (text or number), formats, links, formulas."""

    cells: dict[str, str | float]
    formats: dict[str, str]
    quoted: set[str]
    links: dict[str, str]
    formulas: int


def opened(content: bytes) -> dict[str, Read]:
    """Read a workbook with nothing of the package that wrote it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: Xml.fromstring(archive.read(name)) for name in archive.namelist() if "xl/" in name}
    texts = ["".join(t.text or "" for t in si.iter(f"{SHEET}t")) for si in parts["xl/sharedStrings.xml"]]
    styles = parts["xl/styles.xml"]
    codes = {f.get("numFmtId"): f.get("formatCode", "") for f in styles.iter(f"{SHEET}numFmt")}
    looks = styles.find(f"{SHEET}cellXfs")
    assert looks is not None
    names = [sheet.get("name", "") for sheet in parts["xl/workbook.xml"].iter(f"{SHEET}sheet")]
    found = {}
    for number, name in enumerate(names, 1):
        sheet = parts[f"xl/worksheets/sheet{number}.xml"]
        read = Read({}, {}, set(), {}, len(list(sheet.iter(f"{SHEET}f"))))
        for cell in sheet.iter(f"{SHEET}c"):
            at, value, look = cell.get("r", ""), cell.findtext(f"{SHEET}v"), looks[int(cell.get("s", "0"))]
            if value is not None:
                read.cells[at] = texts[int(value)] if cell.get("t") == "s" else float(value)
                read.formats[at] = codes.get(look.get("numFmtId"), "")
                read.quoted.update([at] if look.get("quotePrefix") == "1" else [])
        for link in sheet.iter(f"{SHEET}hyperlink"):
            read.links[link.get("ref", "")] = link.get("location", "")
        found[name] = read
    return found


@pytest.fixture(scope="module")
def made() -> bytes:
    return renderer.render(brief())


@pytest.fixture(scope="module")
def sheets(made: bytes) -> dict[str, Read]:
    return opened(made)


def numbers(read: Read) -> Iterator[tuple[str, float]]:
    return ((at, value) for at, value in read.cells.items() if isinstance(value, float))


def test_one_sheet_for_each_table_and_figure(sheets: dict[str, Read]) -> None:
    blocks = [b for s in brief().sections for b in s.blocks]
    wanted = [block.id for block in blocks if isinstance(block, Table | Chart)]
    assert [name for name in sheets if name in wanted] == wanted
    assert next(iter(sheets)) == "About"
    assert list(sheets)[-2:] == ["Sources", "Datasets"]
    listed = {target.split("'")[1] for target in sheets["About"].links.values()}
    assert listed == set(sheets) - {"About"}


def test_numbers_are_numbers_with_their_units(sheets: dict[str, Read]) -> None:
    fuels = sheets["fuels"]
    assert fuels.cells["A1"] == "What Japan buys"
    assert [fuels.cells[f"{c}2"] for c in "ABC"] == ["Fuel", "Value [US$]", "Share in Japan’s imports [%]"]
    assert (fuels.cells["B3"], fuels.cells["C3"]) == (4.17e9, 0.09)
    assert fuels.formats["B3"] == '#,##0" USD"'
    assert fuels.formats["C3"].endswith("%")
    assert fuels.cells["C5"] == "no data"
    assert str(fuels.cells["E4"]).startswith("flagged")


def test_each_number_leads_to_its_formula_dataset_version_and_licence(sheets: dict[str, Read]) -> None:
    sources, ledger = sheets["Sources"], brief().ledger
    head = {str(sources.cells[at]): at[:-1] for at in sources.cells if re.fullmatch(r"[A-Z]+1", at)}
    reached = set()
    for name, read in sheets.items():
        for at, value in numbers(read):
            if name in ("Sources", "Datasets") or read.formats[at] == "":
                continue
            sheet, line = re.fullmatch(r"'?(\w+)'?!A(\d+)", read.links[at]).groups()  # type: ignore[union-attr]
            fact = ledger.facts[str(sources.cells[f"A{line}"])]
            assert sheet == "Sources"
            # Workbooks hold sixteen digits; spreadsheets reckon with fifteen.
            assert value == pytest.approx(fact.value, rel=1e-15)
            assert value == sources.cells[f"{head['value']}{line}"]
            said = {
                key: sources.cells[f"{head[key]}{line}"]
                for key in ("formula", "dataset", "version", "licence")
            }
            dataset = ledger.datasets[fact.inputs[0].partition("@")[0]]
            assert said == {
                "formula": ledger.formulas[fact.formula].expression,
                "dataset": dataset.id,
                "version": dataset.version,
                "licence": dataset.licence,
            }
            reached.add(fact.id)
    assert len(reached) > 30


def test_no_text_is_a_formula_or_hides_that_it_looks_like_one(sheets: dict[str, Read]) -> None:
    assert sum(read.formulas for read in sheets.values()) == 0
    assert HOSTILE.casefold() in {
        str(value).casefold() for read in sheets.values() for value in read.cells.values()
    }
    risky = {
        (name, at): at in read.quoted
        for name, read in sheets.items()
        for at, value in read.cells.items()
        if isinstance(value, str) and value.startswith(("=", "+", "-", "@"))
    }
    assert all(risky.values())


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\tx", "=cmd|' /C calc'!A0", "http://a.b", "12"])
def test_words_stay_words(text: str) -> None:
    ledger = brief().ledger
    facts = FactSet(Ledger(dict(list(ledger.facts.items())[:3]), ledger.datasets, ledger.formulas), text)
    read = opened(renderer.xlsx_of(facts, "2026-11"))["Numbers"]
    assert read.cells["A1"] == text
    assert (("A1" in read.quoted), read.formulas) == (text.startswith(("=", "+", "-", "@", "\t")), 0)


def test_no_clock_is_in_the_file(made: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2026-11-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_same_bytes_in_other_processes() -> None:
    same_in_other_processes("xlsx")


def test_a_whole_brief_holds_every_fact_once_and_names_that_spreadsheets_accept() -> None:
    view = composed("JPN", "RUS")
    sheets = opened(view.render(".xlsx"))
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in sheets)
    assert len({name.casefold() for name in sheets}) == len(sheets)
    ids = [value for at, value in sheets["Sources"].cells.items() if re.fullmatch(r"A\d+", at)]
    assert ids == ["id", *(fact.id for fact in view.facts)]


def test_a_set_without_facts_has_its_title() -> None:
    read = opened(renderer.xlsx_of(FactSet(Ledger(), "ties of nobody")))["Numbers"]
    assert read.cells == {"A1": "ties of nobody"}


def test_a_missing_package_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(Environment, match=r"pip install \"hikiwake\[xlsx"):
        renderer.render(brief())


@pytest.mark.parametrize(
    ("unit", "value", "form"),
    [
        (p.SHARE, 0.081234, "0.0###%"),
        (p.SHARE, 0.0000000031, "0.0#######%"),
        (p.CHANGE, -0.00000123, "0.0####%"),
        (p.RATIO, 0.0000456, "0.00####"),
        (p.POINTS, 0.000012, '0.0#####" percentage points"'),
        (p.SHARE, 0.0, "0.0###%"),
        (p.USD, 1e-9, '#,##0" USD"'),
    ],
)
def test_what_is_not_nothing_is_not_shown_as_zero(unit: p.Unit, value: float, form: str) -> None:
    assert renderer._number_format(unit, value) == form
