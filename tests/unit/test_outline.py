"""What all text renderers share: sentences that end once, whatever their makers wrote."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, TypeVar

import docx
import pypdfium2  # type: ignore[import-untyped]
import pytest
from msgspec import Struct
from msgspec.structs import replace
from tests import sample

from hikiwake.core.document import (
    AnyBlock,
    Brief,
    Cell,
    Chart,
    Label,
    Mark,
    Prose,
    Section,
    Series,
    Table,
)
from hikiwake.core.provenance import Interval, Ledger
from hikiwake.render import docx as word
from hikiwake.render import html, markdown, pdf
from hikiwake.render.language import load
from hikiwake.render.outline import Words, annexed, ended, figure_head, in_body


@pytest.mark.parametrize(
    ("parts", "sentences"),
    [
        (("Complete", "By hand"), "Complete. By hand."),
        (("Complete.", "By hand."), "Complete. By hand."),
        (("Complete.", ""), "Complete."),
        (("", ""), ""),
    ],
)
def test_each_sentence_ends_once(parts: tuple[str, ...], sentences: str) -> None:
    assert ended(*parts) == sentences


Held = TypeVar("Held", bound=Struct)


def stopped(brief: Brief, stop: str) -> Brief:
    """Return a brief whose datasets and formulas end all their texts so."""

    def end(held: Held, *keys: str) -> Held:
        texts = {key: text.rstrip(".") + stop for key in keys if (text := getattr(held, key))}
        return replace(held, **texts)

    held = brief.ledger
    datasets = {name: end(d, "coverage", "note", "citation", "licence") for name, d in held.datasets.items()}
    formulas = {name: end(formula, "source", "caution") for name, formula in held.formulas.items()}
    return replace(brief, ledger=replace(held, datasets=datasets, formulas=formulas))


def text_of_pdf(brief: Brief) -> str:
    return "\n".join(p.get_textpage().get_text_bounded() for p in pypdfium2.PdfDocument(pdf.render(brief)))


def text_of_docx(brief: Brief) -> str:
    document = docx.Document(io.BytesIO(word.render(brief)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def text_of_html(brief: Brief) -> str:
    page = html.render(brief).decode()
    return page[page.index('<section class="back ref" id="method"') : page.index('id="origins" aria')]


def text_of_markdown(brief: Brief) -> str:
    return markdown.render(brief).decode()


@pytest.mark.parametrize("text", [text_of_pdf, text_of_docx, text_of_html, text_of_markdown])
def test_no_format_prints_two_stops(text: Callable[[Brief], str]) -> None:
    brief = sample.brief()
    assert text(stopped(brief, ".")) == text(stopped(brief, ""))


def test_the_table_of_a_figure_has_the_intervals_that_are_drawn() -> None:
    whole = sample.brief()
    words = Words(whole, load("en"))
    (identity, fact), *_ = ((key, one) for key, one in whole.ledger.facts.items() if one.interval is None)
    ranged = replace(fact, interval=Interval(1.0, 2.0, 0.9, "bootstrap"))
    with_error = replace(fact, interval=Interval(1.0, 2.0, 0.9, "standard error"))
    for held, tail in ((ranged, f"({words.language.number(ranged, 'range')})"), (with_error, "")):
        ledger = Ledger({**whole.ledger.facts, identity: held}, whole.ledger.datasets, whole.ledger.formulas)
        told = Words(replace(whole, ledger=ledger), load("en"))
        alone = told.language.number(held)
        assert told.shown(Mark(Label("year", "2020"), identity)) == f"{alone} {tail}".rstrip()
        assert told.shown(Cell(fact=identity)) == alone


def test_an_interval_that_is_its_value_is_not_written() -> None:
    whole = sample.brief()
    (identity, fact), *_ = whole.ledger.facts.items()
    held = replace(fact, value=0.0, interval=Interval(0.0, 0.0, 0.9, "confidence"))
    ledger = Ledger({**whole.ledger.facts, identity: held}, whole.ledger.datasets, whole.ledger.formulas)
    told = Words(replace(whole, ledger=ledger), load("en"))
    assert "to" not in told.shown(Mark(Label("year", "2020"), identity)).split()


def test_no_two_columns_of_a_figure_have_one_head() -> None:
    axis, series = Prose("scenarios.map_axis"), Prose("scenarios.map_axis")
    words = Words(sample.brief(), load("en"))

    def head(label: Prose) -> list[str]:
        return figure_head(Chart("c", "map", axis, axis, (Series(label, ()),), axis), words)

    assert head(series) == ["Item", "Change of real income"]
    assert head(Prose("render.name", {}, {"name": Label("economy", "JPN")})) == [
        "Change of real income",
        "Japan",
    ]


def table(rows: int, **how: Any) -> Table:
    cells = tuple((Cell(label=Label("text", str(row), str(row))),) for row in range(rows))
    return Table("long", Prose("render.value"), (Prose("render.value"),), cells, **how)


def numbers_of(block: AnyBlock | None) -> list[str]:
    assert isinstance(block, Table)
    return [row[0].label.id for row in block.rows if row[0].label]


def test_a_long_table_shows_its_first_or_last_rows_and_the_annex_all_of_them() -> None:
    first, last = table(9, shown=4, emphasis=(1, 8)), table(9, shown=-4, emphasis=(1, 8))
    assert numbers_of(in_body(first)) == ["0", "1", "2", "3"]
    assert numbers_of(in_body(last)) == ["5", "6", "7", "8"]
    assert (in_body(first).emphasis, in_body(last).emphasis) == ((1,), (3,))  # type: ignore[union-attr]
    section = Section("ties", Prose("ties.title"), Prose("ties.title"), (first, last))
    assert annexed(section) == (first, last)


@pytest.mark.parametrize("made", [table(9), table(4, shown=4), table(6, shown=4), table(6, shown=-4)])
def test_a_table_is_not_cut_for_one_row_or_two(made: Table) -> None:
    assert in_body(made) is made
    assert annexed(Section("ties", Prose("ties.title"), Prose("ties.title"), (made,))) == ()


def test_what_is_for_looking_up_stands_in_the_annex_alone() -> None:
    made = table(2, annex=True)
    assert in_body(made) is None
    assert annexed(Section("ties", Prose("ties.title"), Prose("ties.title"), (made,))) == (made,)


@pytest.mark.parametrize("written", [markdown.render, html.render])
def test_the_body_says_what_the_annex_has_more_of(written: Callable[[Brief], bytes]) -> None:
    section = Section(
        "ties", Prose("ties.title"), Prose("ties.title"), (table(9, shown=4), table(2, annex=True))
    )
    text = written(replace(sample.brief(), sections=(section,))).decode("utf-8")
    body, _, annex = text.rpartition(load("en").words("render.annex"))
    assert "5 more rows in the annex" in body
    assert "more rows in the annex" not in annex
