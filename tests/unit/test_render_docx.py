"""The Word document: headings, tables and alt texts are real, and no clock is in the file."""

from __future__ import annotations

import io
import sys
import zipfile
from typing import Any

import pytest
from tests.processes import same_in_other_processes
from tests.sample import HOSTILE, brief

from hikiwake.core.document import Chart, LocatorMap
from hikiwake.core.errors import Environment
from hikiwake.render import docx as renderer

docx = pytest.importorskip("docx")


@pytest.fixture(scope="module")
def made() -> bytes:
    return renderer.render(brief())


@pytest.fixture(scope="module")
def document(made: bytes) -> Any:
    return docx.Document(io.BytesIO(made))


def test_headings(document: Any) -> None:
    heads = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert heads == [
        "Summary", "In this brief", "Economic ties", "Geography", "Complementarity",
        "Method and data", "References", "Disclaimer", "Where each number comes from",
    ]  # fmt: skip
    assert [p.text for p in document.paragraphs if p.style.name == "Title"] == [
        "Japan and Russia: how much do they depend on each other?"
    ]


def test_tables_hold_text_as_it_is(document: Any) -> None:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert HOSTILE.casefold() in [text.casefold() for text in cells]
    assert "2.1\u202f% (not comparable)" in cells
    assert "no data" in cells
    fuels = next(table for table in document.tables if table.cell(0, 0).text == "Fuel")
    assert fuels.rows[0]._tr.xpath("./w:trPr/w:tblHeader")
    assert fuels._tbl.tblPr.xpath("./w:tblDescription/@w:val") == ["What Japan buys"]


def test_every_figure_has_a_caption_and_an_alt_text(document: Any) -> None:
    figures = [b for s in brief().sections for b in s.blocks if isinstance(b, Chart | LocatorMap)]
    properties = document.element.body.xpath(".//wp:docPr")
    assert [p.get("name") for p in properties] == [figure.id for figure in figures]
    assert properties[0].get("descr") == "A line that rises to 2021 and falls & stays."
    assert len({p.get("id") for p in properties}) == len(figures)
    captions = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    assert "Trade peaked in 2021" in captions
    assert len(captions) == len(figures) + 3  # one table and two boxes of key figures


def test_properties(document: Any) -> None:
    properties = document.core_properties
    assert properties.title == "Japan and Russia: how much do they depend on each other?"
    assert properties.author == "hikiwake 0.1.0"
    assert properties.created.isoformat() == "2026-11-01T00:00:00+00:00"
    assert properties.modified == properties.created


def test_no_clock_is_in_the_file(made: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None


def test_same_bytes_in_other_processes() -> None:
    same_in_other_processes("docx")


def test_a_missing_package_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(Environment, match=r"pip install \"hikiwake\[docx"):
        renderer.render(brief())
