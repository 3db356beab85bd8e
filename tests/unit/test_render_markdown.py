"""Markdown: figures as tables, doubt in words, and no character of a text that is markup."""

from __future__ import annotations

import re

import msgspec
import pytest
from tests.briefs import composed
from tests.processes import same_in_other_processes
from tests.sample import HOSTILE, brief, name

from hikiwake.core.document import Chart, Table
from hikiwake.render import markdown


@pytest.fixture(scope="module")
def source() -> str:
    return markdown.render(brief()).decode("utf-8")


def shown(source: str) -> str:
    """Return the page that a GitHub-flavoured reader makes of it."""
    reader = pytest.importorskip("markdown_it").MarkdownIt("gfm-like", {"html": True, "linkify": False})
    return str(reader.render(source))


def test_headings_and_tables(source: str) -> None:
    page = shown(source)
    assert page.count("<h1>") == 1
    sections = ["Summary", "In this brief", "Economic ties", "Geography", "Complementarity"]
    assert re.findall(r"<h2>(.*?)</h2>", page) == [*sections, "Method and data", "References", "Disclaimer"]
    blocks = [b for s in brief().sections for b in s.blocks if isinstance(b, Chart | Table)]
    assert page.count("<table>") == len(blocks) == 6
    widths = {len(line.split("|")) for line in source.splitlines() if line.startswith("| 20")}
    assert widths == {5}


def test_hostile_text_is_shown_as_it_is(source: str) -> None:
    page = shown(source)
    assert "<script" not in page
    assert "<i>" not in page
    assert "<em>starred" not in page
    # The cell holds the whole name, its bar included, with the first letter raised.
    written = re.search(r"<td>(&lt;script.*?)</td>", page)
    assert written is not None
    plain = (
        written.group(1)
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", '"')
        .replace("&amp;", "&")
    )
    assert plain.casefold() == HOSTILE.casefold()


@pytest.mark.parametrize(
    "start", ["1. one", "12) twelve", "- item", "+ item", "= x", "# head", "> quote", "    code"]
)
def test_a_sentence_never_begins_a_list_or_a_heading(start: str) -> None:
    whole = brief()
    first = msgspec.structs.replace(whole.sections[0], summary=(name(start),))
    made = msgspec.structs.replace(whole, sections=(first, *whole.sections[1:]))
    page = shown(markdown.render(made).decode("utf-8"))
    assert re.search(r"<h2>Summary</h2>\n<ul>\n<li>[^\n]*</li>\n</ul>\n<h2>In this brief</h2>", page), page[
        :400
    ]


def test_doubt_is_said_in_words(source: str) -> None:
    assert "2.1\u202f% (not comparable)" in source
    assert source.count("(provisional)") == 2
    assert "> **Partner data.**" in source


def test_footnotes_name_the_fact_on_demand(source: str) -> None:
    assert "[^" not in source
    noted = markdown.render(brief(), identifiers=True).decode("utf-8")
    called = set(re.findall(r"(?<!\n)\[\^(\w+)\]", noted))
    explained = set(re.findall(r"\n\[\^(\w+)\]:", noted))
    assert called == explained
    assert called <= set(brief().ledger.facts)
    assert len(called) == 3


def test_same_bytes_in_other_processes() -> None:
    same_in_other_processes("markdown")


def test_what_a_map_shows_is_not_said_twice() -> None:
    lines = composed("AND", "NLD").render(".md").decode("utf-8").splitlines()
    shown = [line for line in lines if "lie apart" in line]
    assert len(shown) == 1
    assert shown[0].startswith("**")
