"""The page: self-contained, every number with its origin, nothing of a text read as markup."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import itertools
import re
import zlib
from html import escape
from html.parser import HTMLParser
from importlib.resources import files
from urllib.parse import quote, unquote

import msgspec
import pytest
from tests.processes import same_in_other_processes
from tests.sample import HOSTILE, brief, name

from hikiwake.core.document import Brief, Caveat, Chart, LocatorMap, Prose, Table
from hikiwake.core.errors import BadInput
from hikiwake.render import data, html
from hikiwake.render.language import load
from hikiwake.render.outline import Words, figure_rows
from hikiwake.render.table import csv_of_block

CODE = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
VOID = {"meta", "br", "hr", "img", "link", "input"}
LOOSE = {"td", "tr"}  # closed by what follows them


class Page(HTMLParser):
    """Reads a page into what the tests ask about."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, str]]] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.unsourced: list[str] = []
        self.numbers: list[tuple[str, dict[str, str], str]] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = (tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag in LOOSE:
            while self.open[-1][0] in LOOSE and (tag == "tr" or self.open[-1][0] == tag):
                self.open.pop()
        if tag not in VOID and not (self.open and self.inside("svg") and element[1].get("/")):
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        while self.open[-1][0] in LOOSE and self.open[-1][0] != tag:
            self.open.pop()
        assert self.open[-1][0] == tag, f"{self.open[-1]} is closed by {tag}"
        self.open.pop()

    def inside(self, tag: str) -> bool:
        return any(name == tag for name, _ in self.open)

    def handle_data(self, data: str) -> None:
        for tag, attributes in self.open:
            if tag == "data":
                self.numbers.append((tag, attributes, data))
        if not re.search(r"\d", data) or not self.inside("body") or self.inside("script"):
            return
        excused = any(
            tag in ("svg", "time")
            or "data-fact" in attributes
            or set(attributes.get("class", "").split()) & {"label", "ref"}
            for tag, attributes in self.open
        )
        if not excused:
            self.unsourced.append(data)


@pytest.fixture(scope="module")
def source() -> str:
    return html.render(brief()).decode("utf-8")


@pytest.fixture(scope="module")
def page(source: str) -> Page:
    return Page(source)


def test_elements_close_in_order(page: Page) -> None:
    assert page.open == []


def test_every_digit_stands_in_an_element_that_says_where_it_comes_from(page: Page) -> None:
    assert page.unsourced == []


def test_an_unsourced_digit_would_be_found() -> None:
    assert Page("<html><body><p>in 1995</p><p class='ref'>2 <b>3</b></p></body></html>").unsourced == [
        "in 1995"
    ]


def test_every_number_leads_to_its_line_and_names_its_exact_value(page: Page) -> None:
    ledger = brief().ledger
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [
        attributes["href"][1:]
        for tag, attributes in page.elements
        if tag == "a" and attributes["href"][0] == "#"
    ]
    assert set(links) <= set(ids)
    assert {f"f-{identity}" for identity in ledger.facts} <= set(ids)
    assert page.numbers
    for _, attributes, text in page.numbers:
        fact = ledger[attributes["data-fact"]]
        assert text == load().number(fact)
        assert (float(attributes["value"]) if attributes["value"] else None) == fact.value


def test_hostile_text_stays_text(source: str, page: Page) -> None:
    assert [
        tag for tag, attributes in page.elements if tag == "script" and attributes.get("id") != "brief"
    ] == ["script"]
    assert "alert(1)" in source
    assert "<script>alert" not in source
    held = source.partition('id="brief">')[2].partition("</script>")[0]
    assert len(held) > 5_000
    assert re.fullmatch("[A-Za-z0-9+/]+=*", held)
    assert "<i>of goods" not in source
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert not [
        tag for tag, _ in page.elements if tag in ("iframe", "object", "embed", "base", "form", "image")
    ]


def test_nothing_is_fetched_from_anywhere(source: str, page: Page) -> None:
    for tag, attributes in page.elements:
        for place in ("href", "src", "srcset", "action", "xlink:href"):
            assert attributes.get(place, "#").startswith(("#", "data:text/csv")), (tag, attributes)
        assert "style" not in attributes  # the policy would switch it off
    styles = source.partition("<style>")[2].partition("</style>")[0]
    assert "@import" not in styles
    assert all(address.startswith("data:font/woff2") for address in re.findall(r"url\(([^)]*)", styles))


def test_the_policy_names_our_style_and_script_by_their_hash(source: str, page: Page) -> None:
    policy = next(a["content"] for t, a in page.elements if t == "meta" and "http-equiv" in a)
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for text in (
        re.findall(r"<style>(.*?)</style>", source, re.DOTALL)[0],
        re.findall(r"<script>(.*?)</script>", source, re.DOTALL)[0],
    ):
        digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
        assert f"'sha256-{digest}'" in policy


def test_structure_for_those_who_do_not_see_it(page: Page) -> None:
    tags = [tag for tag, _ in page.elements]
    assert tags.count("h1") == 1
    assert [a["lang"] for t, a in page.elements if t == "html"] == ["en"]
    assert {"main", "nav", "header", "footer"} <= set(tags)
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h\d", tag)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    figures = [
        block
        for section in brief().sections
        for block in section.blocks
        if isinstance(block, Chart | LocatorMap)
    ]
    images = [a for t, a in page.elements if t == "svg"]
    # Each figure is laid out twice, for wide and for narrow screens.
    assert len(images) == 2 * len(figures) == 12
    assert all(a["role"] == "img" and "-title" in a["aria-labelledby"] for a in images)
    assert all("scope" in a for t, a in page.elements if t == "th")
    assert ("a", {"class": "skip", "href": "#text"}) in page.elements


def test_every_text_colour_stands_out_from_what_is_behind_it() -> None:
    # WCAG 2.2 AA, 1.4.3: 4.5 to 1 for text; the same of light, dark and print.
    styles = (files("hikiwake.render") / "assets" / "brief.css").read_text(encoding="utf-8")
    palettes = re.findall(r":root\{(--ink[^}]*)\}", styles)
    assert len(palettes) == 3
    for palette in palettes:
        colours = dict(re.findall(r"--(\w+):(#\w+)", palette))
        for front in ("ink", "soft", "accent", "warm"):
            for back in ("paper", "wash", "warmwash"):
                assert contrast(colours[front], colours[back]) >= 4.5, (front, back, palette)


def contrast(one: str, other: str) -> float:
    """Contrast of two colours (WCAG 2.2, relative luminance)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_doubt_is_said_in_words(source: str) -> None:
    assert "(not comparable)" in source
    assert source.count("(provisional)") == 2
    assert source.count('role="note"') == 11
    assert "no data" in source


def test_an_address_holds_any_text_as_the_standard_has_it() -> None:
    text = "".join(map(chr, range(0x180))) + "日本\U0001f600"
    assert html._quoted(text.encode()) == quote(text, safe=html.SAFE)
    assert unquote(html._quoted(text.encode())) == text


def test_the_page_holds_the_brief(source: str) -> None:
    assert data.read(source.encode("utf-8")) == brief()
    assert data.read(data.render(brief())) == brief()


def test_a_page_that_lost_its_brief_is_refused(source: str) -> None:
    packed = source.partition('id="brief">')[2].partition("</script>")[0]
    bomb = base64.b64encode(zlib.compress(b"[" * (data.LARGEST + 1), 9)).decode("ascii")
    for damaged, why in (
        (packed[: len(packed) // 8 * 4], "does not hold a brief"),
        ("A" + packed[1:], "does not hold a brief"),
        (packed[:-3], "does not hold a brief"),
        ("", "does not hold a brief"),
        (bomb, "larger than any brief"),
    ):
        with pytest.raises(BadInput, match=why):
            data.read(source.replace(packed, damaged).encode("utf-8"), "page.html")


def test_a_brief_that_was_changed_by_hand_is_refused() -> None:
    saved = data.render(brief())
    for old, new in (
        (b"5680000000.0", b"5690000000.0"),
        (b'"id": "fuels"', b'"id": "x\\"><b"'),
        (b'"key": "ties.level"', b'"key": "ties.nowhere"'),
        (b"Russia to Japan", b"Russia \\u0000"),
    ):
        assert old in saved
        with pytest.raises(BadInput):
            data.read(saved.replace(old, new), "brief.json")


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"<html></html>", b"\xff\xfe", b"[" * 100_000, b"null"]
)
def test_what_is_no_brief_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput, match=r"file\.json"):
        data.read(content, "file.json")


def test_references_for_bibliographies() -> None:
    made = msgspec.json.decode(data.render(brief()))["references"]
    assert [item["id"] for item in made["csl"]] == ["flows-v1", "people-2.0"]
    assert made["csl"][0]["author"] == [{"literal": "Bureau of Examples & Sons"}]
    assert made["csl"][0]["issued"] == {"date-parts": [[2025]]}
    assert r"author = {{Bureau of Examples \& Sons}}" in made["bibtex"]


def test_files_of_tables_and_figures_hold_exact_values(page: Page) -> None:
    offered = {
        a["download"]: unquote(a["href"].partition(",")[2]) for t, a in page.elements if "download" in a
    }
    blocks = [b for s in brief().sections for b in s.blocks if isinstance(b, Chart | Table)]
    assert sorted(offered) == sorted(f"{block.id}.csv" for block in blocks)
    fuels = list(csv.reader(io.StringIO(offered["fuels.csv"])))
    assert fuels[1] == ["Liquefied natural gas", "4170000000.0", "0.09", "United States"]
    assert fuels[2][0].casefold() == HOSTILE.casefold()
    assert fuels[3][2:] == ["", ""]
    levels = list(csv.DictReader(io.StringIO(offered["trade-over-time.csv"])))
    assert len(levels) == 14
    assert levels[6]["Status"] == "provisional"


def test_a_file_holds_no_formula_for_a_spreadsheet() -> None:
    table = Table("t", Prose("render.summary"), (name("=1+1"),), ())
    assert csv_of_block(table, Words(brief(), load())) == b"'=1+1\n"


def test_the_list_at_the_end_holds_each_number_once() -> None:
    made = brief()
    groups = Words(made, load()).origins()
    assert [title for title, _ in groups] == ["Economic ties", "Geography"]
    listed = [fact.id for _, facts in groups for fact in facts]
    assert sorted(listed) == sorted(made.ledger.facts)


def test_the_data_of_a_figure_stand_side_by_side() -> None:
    chart = next(b for s in brief().sections for b in s.blocks if isinstance(b, Chart))
    shorter = msgspec.structs.replace(chart.series[1], marks=chart.series[1].marks[:2] * 2)
    rows = figure_rows(msgspec.structs.replace(chart, series=(chart.series[0], shorter)))
    assert [row.item.id for row in rows] == ["2018", "2018", "2019", "2019", *map(str, range(2020, 2025))]
    assert [mark is None for mark in rows[1].marks] == [True, False]


def test_caveats_can_be_found_by_the_numbers_they_affect(page: Page) -> None:
    ids = {attributes.get("id") for _, attributes in page.elements}
    for section in brief().sections:
        for place, block in enumerate(section.blocks):
            assert (f"c-{section.id}-{place}" in ids) == isinstance(block, Caveat)


def test_a_brief_with_nothing_in_it_still_is_a_page() -> None:
    whole = brief()
    empty: Brief = msgspec.structs.replace(whole, sections=(), ledger=type(whole.ledger)())
    assert Page(html.render(empty).decode("utf-8")).unsourced == []


def test_the_page_is_small(source: str) -> None:
    # The typefaces are 70 kB of it, the map 100 kB; the rest grows by about a kilobyte a number.
    assert len(source) < 300_000


@pytest.mark.parametrize("form", ["html", "data", "markdown", "table"])
def test_same_bytes_in_other_processes(form: str) -> None:
    same_in_other_processes(form)


def test_a_note_that_several_numbers_carry_is_told_once() -> None:
    """Each line of the list has its number's own note, or the mark of one that stands above the list."""
    whole = brief()
    long = "the same assumptions <of> a model, " * 4 + "and no more"
    facts = {
        identity: msgspec.structs.replace(fact, note=long if place % 2 else fact.note)
        for place, (identity, fact) in enumerate(whole.ledger.facts.items())
    }
    ledger = msgspec.structs.replace(whole.ledger, facts=facts)
    page = html.render(msgspec.structs.replace(whole, ledger=ledger)).decode("utf-8")
    shown = CODE.sub("", page[page.index('id="origins"') :])
    said = escape(long)
    assert shown.count(said) == 1
    assert f'<p id="n-N1">N1: {said}.</p>' in shown
    lines = re.findall(r'<tr id="f-[^>]*>(.*)', shown)
    assert len(lines) == len(facts)
    assert sum('<a href="#n-N1">N1</a>' in line for line in lines) == len(facts) // 2
    others = [fact.note for fact in facts.values() if fact.note and fact.note != long]
    assert all(any(escape(note) in line for line in lines) for note in others)
