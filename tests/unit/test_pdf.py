"""The PDF: tagged, accessible, small, the same each time, and with hostile text as text."""

from __future__ import annotations

import io
import re
from typing import Any

import msgspec
import pypdfium2  # type: ignore[import-untyped]
import pytest
from pypdf import PdfReader
from tests import sample
from tests.briefs import composed

import hikiwake as hw
from hikiwake.core.document import AnyBlock, Brief, Chart, LocatorMap, Paragraph, Prose, Table
from hikiwake.render import pdf
from hikiwake.render.language import load
from hikiwake.render.typesetting import undrawn
from hikiwake.render.widths import widths

MOST_BYTES = 700_000
"""A brief is to stay below 1 MB; sections that are still to come need room."""


@pytest.fixture(scope="module")
def brief() -> Brief:
    return composed("JPN", "RUS").content


@pytest.fixture(scope="module")
def made(brief: Brief) -> bytes:
    return pdf.render(brief)


def text_of(made: bytes) -> str:
    document = pypdfium2.PdfDocument(made)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_it_says_that_it_is_accessible(made: bytes) -> None:
    root: Any = PdfReader(io.BytesIO(made)).trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"])
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en"
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


def test_every_figure_has_an_alternative_text(brief: Brief, made: bytes) -> None:
    def figures(node: Any) -> list[Any]:
        if isinstance(node, list):
            return [found for child in node for found in figures(child)]
        real = node.get_object() if hasattr(node, "get_object") else node
        if not isinstance(real, dict):
            return []
        own = [real] if real.get("/S") == "/Figure" else []
        children = real.get("/K", [])
        return own + figures(children if isinstance(children, list) else [children])

    root: Any = PdfReader(io.BytesIO(made)).trailer["/Root"]
    found = figures(root["/StructTreeRoot"])
    drawn = sum(
        block.__class__.__name__ in ("Chart", "LocatorMap") for s in brief.sections for block in s.blocks
    )
    assert len(found) == drawn > 5
    assert all(figure.get("/Alt") for figure in found)


def test_title_bookmarks_and_size(brief: Brief, made: bytes) -> None:
    reader = PdfReader(io.BytesIO(made))
    assert reader.metadata is not None
    assert reader.metadata.title == "Japan and Russia: how much do they depend on each other?"
    assert len(reader.outline) >= 1
    assert len(made) < MOST_BYTES


def test_another_full_brief_is_small_too() -> None:
    brief = composed("AUS", "CHN").content
    assert {"chronology", "audit"} <= {section.id for section in brief.sections}
    assert len(pdf.render(brief)) < MOST_BYTES


def test_all_fonts_are_embedded(made: bytes) -> None:
    pages: Any = PdfReader(io.BytesIO(made)).pages
    for page in pages:
        for font in page["/Resources"].get("/Font", {}).values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("us-letter", (612, 792))])
def test_paper(brief: Brief, paper: pdf.Paper, size: tuple[int, int]) -> None:
    page = PdfReader(io.BytesIO(pdf.render(brief, paper=paper))).pages[0]
    assert (round(page.mediabox.width), round(page.mediabox.height)) == size


def test_the_same_brief_gives_the_same_bytes(brief: Brief, made: bytes) -> None:
    assert pdf.render(brief) == made


def test_what_the_page_says_is_in_the_text(made: bytes) -> None:
    text = " ".join(text_of(made).split())
    for words in ("Key figures", "Economic ties", "Complementarity", "Method and data", "Disclaimer"):
        assert words in text
    assert "Northern Territories / Southern Kuril Islands" in text


@pytest.mark.parametrize(
    ("names", "paper"),
    [
        (("JPN", "RUS"), "a4"),
        (("USA", "MEX"), "letter"),
        (("TUV", "NRU"), "a4"),
        pytest.param(("JPN", "RUS"), "letter", marks=pytest.mark.slow),
        pytest.param(("DEU", "POL"), "a4", marks=pytest.mark.slow),
        pytest.param(("SUN", "JPN"), "a4", marks=pytest.mark.slow),
        pytest.param(("AUS", "CHN"), "a4", marks=pytest.mark.slow),
    ],
)
def test_a_glance_fits_on_two_pages(names: tuple[str, str], paper: str) -> None:
    made = hw.pair(*names).brief(length="glance").render(".pdf", paper=paper)
    assert len(pypdfium2.PdfDocument(made)) <= 2


def flat(text: str) -> str:
    """Return a text without what may change where a line ends: blanks, hyphens, places for a break."""
    return re.sub(r"[\s\u200b\u00ad\u0002\ufffe\u2010-]", "", text)


def test_the_numbers_of_an_entry_lead_to_the_rows_of_its_fact(brief: Brief, made: bytes) -> None:
    title = "Japan and Russia: how much do they depend on each other?"
    text = "\n".join(
        line.strip()
        for line in text_of(made).splitlines()
        if line.strip() != title and not line.startswith("hikiwake 0.1.0; data vintage")
    )
    _, _, annex = text.rpartition("Where each number comes from")
    entries, heading, listed = annex.partition("The rows that were read")
    assert heading
    entries, heading, shared = entries.partition("What several numbers share")
    assert heading

    facts = brief.ledger.facts
    known = {flat(s): s for fact in facts.values() for s in fact.inputs}
    tables = sorted({flat(s.partition("?")[0]) for s in known.values()}, key=len, reverse=True)
    rows, table, number = {}, "", 0
    for part in re.split(rf"({'|'.join(map(re.escape, tables))}|\[\d+\])", flat(listed)):
        if part in tables:
            table = part
        elif part.startswith("["):
            number = int(part.strip("[]"))
        elif part:
            rows[number] = known[f"{table}?{'' if part == 'allofit' else part}"]
    assert list(rows) == list(range(1, len(rows) + 1))
    assert len(set(rows.values())) == len(rows) > 50

    parts = re.split(f"({'|'.join(facts)})", flat(entries))[1:]
    said = dict(zip(parts[::2], parts[1::2], strict=True))
    assert len(said) > 100
    marks = dict(re.findall(r"(N\d+)(.+?)(?=N\d+|$)", flat(shared)))
    for identity, entry in said.items():
        note = facts[identity].note
        if marked := re.search(r";(N\d+)\[", entry):
            assert flat(note) in marks[marked[1]]
        else:
            assert flat(note) in entry
        numbers = re.search(r"\[([\d,]+)\]$", entry)
        assert numbers is not None, entry
        assert tuple(rows[int(n)] for n in numbers[1].split(",")) == facts[identity].inputs


def test_hostile_text_is_printed_as_text() -> None:
    text = text_of(pdf.render(sample.brief()))
    assert "<script>" in text


def test_a_character_that_no_font_can_draw_is_replaced_and_not_lost(brief: Brief) -> None:
    odd = msgspec.structs.replace(brief, command="brief \u0627\u0644 x", sections=())
    text = text_of(pdf.render(odd))
    assert "brief \ufffd\ufffd x" in text
    said = " ".join(text.split())
    assert "shown as \ufffd: U+0627 ARABIC LETTER ALEF, U+0644 ARABIC LETTER LAM. The other" in said


def test_the_note_on_characters_is_there_only_where_it_is_needed_and_stays_short(made: bytes) -> None:
    assert "no font of this document" not in text_of(made)
    many = undrawn(["".join(map(chr, range(0x0E01, 0x0E20)))])
    assert many.startswith("U+0E01 THAI CHARACTER KO KAI, ")
    assert many.endswith("(+19)")
    assert undrawn({"a": ["plain", "\u00e9t\u00e9", "\u65e5\u672c", "\n"]}) == ""


def test_a_map_is_a_figure_with_its_note(brief: Brief) -> None:
    assert any(isinstance(block, LocatorMap) for section in brief.sections for block in section.blocks)


def test_remarks_go_under_their_numbers_before_names_break_to_pieces() -> None:
    def cell(text: str, mark: str = "") -> dict[str, Any]:
        return {"runs": [{"k": "text", "t": text}], "mark": mark}

    heading = [{"k": "text", "t": "What it is"}]
    row: list[dict[str, Any] | None] = [cell("Intermediate trade, by industry")]
    row += [cell("22.5 %", "not comparable") for _ in range(6)]
    given = widths([heading] * 7, [row], [False, *(True for _ in range(6))], 455.0)
    assert sum(given) <= 455.0 + 1e-9
    for place, longest in ((0, "Intermediate"), *((place, "comparable)") for place in range(1, 7))):
        (word,) = widths([heading], [[cell(longest)]], [True], 455.0)
        assert given[place] >= word - 1e-9


MOST_PAGES = 20
"""Pages before the annexes: what a member of parliament may be asked to leaf through (decision 0022)."""


def test_the_fullest_brief_tells_its_story_before_its_annexes(made: bytes) -> None:
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(made)]
    (annex,) = (place for place, text in enumerate(pages) if "Annex: further tables and figures" in text)
    (method,) = (place for place, text in enumerate(pages) if "\nMethod and data" in text)
    assert method < annex <= MOST_PAGES
    after = "\n".join(pages[annex:])
    assert "How the numbers are computed" in after
    assert "Where each number comes from" in after


def test_no_figure_rises_above_the_title() -> None:
    """One that just fits below the text of the first page, or just not, whatever stands before it."""
    brief = sample.brief()
    where = next(one for one in brief.sections if one.id == "place")
    on_pages = set()
    for lines, longer in ((17, 0), (18, 0), (18, 1), (18, 2), (19, 2), (19, 3), (20, 0)):
        words = ("A line. " * (30 if n < longer else 1) for n in range(lines - longer))
        text = tuple(Paragraph((sample.name(one),)) for one in words)
        moved = msgspec.structs.replace(where, blocks=(*text, where.blocks[0]))
        made = pypdfium2.PdfDocument(pdf.render(msgspec.structs.replace(brief, sections=(moved,))))
        pages = [page.get_textpage().get_text_bounded() for page in made]
        assert pages[0].startswith("hikiwake")
        on_pages.add(next(n for n, page in enumerate(pages) if "Where the two economies lie" in page))
    assert on_pages == {0, 1}  # else none was near the foot of the page


def test_figures_keep_the_order_of_the_text() -> None:
    """None rises above another on its page, nor finds room where one before it found none."""
    brief = sample.brief()
    where = next(one for one in brief.sections if one.id == "place")
    drawn = next(block for block in where.blocks if isinstance(block, LocatorMap))
    chart = next(block for block in brief.sections[0].blocks if isinstance(block, Chart))
    names = ("First", "Second", "Third")
    titles = [sample.name(name) for name in names]
    figures: tuple[AnyBlock, ...] = (
        msgspec.structs.replace(drawn, id="first", title=titles[0]),
        msgspec.structs.replace(chart, id="second", title=titles[1]),
        msgspec.structs.replace(drawn, id="third", title=titles[2]),
    )
    line = Paragraph((sample.name("The text goes on between the figures."),))
    for before, between in ((14, 9), (9, 14), (14, 3), (24, 9), (24, 1)):
        parts: list[AnyBlock] = [line] * before
        for figure in figures:
            parts += [figure, *[line] * between]
        moved = msgspec.structs.replace(where, blocks=tuple(parts))
        made = pdf.render(msgspec.structs.replace(brief, sections=(moved,)))
        lines = [text.strip() for text in text_of(made).split("\n")]
        places = [lines.index(name) for name in names]
        assert places == sorted(places), (before, between)


def test_no_page_holds_the_disclaimer_alone(made: bytes) -> None:
    """It follows the sources in their columns; where there are none, annexes share a page of its own."""
    brief = sample.brief()
    ties = brief.sections[0]
    table = next(block for block in ties.blocks if isinstance(block, Table))
    annexed = msgspec.structs.replace(table, id="more", title=sample.name("Set apart"), annex=True)
    texts, on_top = [], 0
    for lines in range(12, 36, 2):
        words = [Paragraph((sample.name(f"Line {n} of the section."),)) for n in range(lines)]
        longer = msgspec.structs.replace(ties, blocks=(*words, annexed))
        pages = pypdfium2.PdfDocument(pdf.render(msgspec.structs.replace(brief, sections=(longer,))))
        texts += [page.get_textpage().get_text_bounded() for page in pages]
    texts += [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(made)]
    held = [text for text in texts if "Disclaimer\r\n" in text or "Disclaimer\n" in text]
    assert len(held) == 13
    for text in held:
        assert len(text.split()) > 90, text
        on_top += text.split("Disclaimer")[0].count("\n") <= 1
    assert on_top  # else none was near the foot of the page


def test_figures_stand_under_the_title_of_their_section(brief: Brief, made: bytes) -> None:
    """What goes to another page than its text neither rises above its own title nor sinks below the next."""
    words = load()

    def close(text: str) -> str:
        return re.sub(r"\s+", "", text)

    def of(prose: Prose) -> str:
        return close(words.text(prose, brief.ledger))

    whole = close(text_of(made))
    starts, at = [], whole.index(close("In this brief"))
    for section in brief.sections:
        at = whole.index(of(section.title) + of(section.finding), at)
        starts.append(at)
    ends = [*starts[1:], whole.index(close("Method and data"), at)]
    drawn = 0
    for section, start, end in zip(brief.sections, starts, ends, strict=True):
        for block in section.blocks:
            if isinstance(block, LocatorMap) or (isinstance(block, Chart) and not block.annex):
                drawn += 1
                assert of(block.title) in whole[start:end], (section.id, of(block.title))
    assert drawn > 10
