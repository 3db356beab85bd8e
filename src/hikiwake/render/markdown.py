"""A brief as Markdown (GitHub's), figures as tables of their data."""

from __future__ import annotations

import re

from hikiwake.core.document import (
    AnyBlock,
    Brief,
    Caveat,
    Cell,
    Chart,
    KeyFigures,
    LocatorMap,
    Paragraph,
    Prose,
    Table,
)
from hikiwake.render.language import load
from hikiwake.render.outline import Words

SUFFIX = ".md"
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def render(brief: Brief, *, lang: str = "en") -> bytes:
    """Return the brief as UTF-8 Markdown."""
    words = Words(brief, load(lang))
    parts = [f"# {_said(words, brief.title)}", f"*{_plain(words.subtitle())}*"]
    if brief.summary:
        parts.append(f"**{words.word('summary')}.** {_sentences(words, brief.summary)}")
    for section in brief.sections:
        parts += [f"## {_said(words, section.title)}", f"**{_said(words, section.finding)}**"]
        for block in section.blocks:
            parts += _block(words, block)
    parts += [f"## {words.word('method')}", words.word("coverage_note")]
    parts.append("\n".join(_formula_lines(words)))
    parts += [f"### {words.word('references')}", "\n".join(_reference_lines(words))]
    parts += [f"### {words.word('disclaimer')}", words.word("disclaimer_text")]
    parts.append(_plain(words.filled("reproduce", command=brief.command)))
    return ("\n\n".join(part for part in parts if part) + "\n").encode("utf-8")


def _block(words: Words, block: AnyBlock) -> list[str]:
    if isinstance(block, Paragraph):
        return [_sentences(words, block.sentences)]
    if isinstance(block, Caveat):
        return [f"> **{words.caveat(block)}.** {_said(words, block.text)}"]
    if isinstance(block, KeyFigures):
        items = [f"- {_said(words, i.label)}: {_cell(words, Cell(fact=i.fact))}" for i in block.items]
        return [f"**{_said(words, block.title)}**", "\n".join(items), _source(words, block)]
    if isinstance(block, LocatorMap):
        return [f"**{_said(words, block.title)}** ({_said(words, block.alt)})"]
    if isinstance(block, Table):
        head = [_said(words, column) for column in block.columns]
        rows = [[_cell(words, cell) for cell in row] for row in block.rows]
    else:
        head = [words.word("series_column"), words.word("at_column"), words.word("value_column")]
        rows = _marks(words, block)
    note = [_said(words, block.note)] if block.note else []
    return [f"**{_said(words, block.title)}**", _table(head, rows), *note, _source(words, block)]


def _marks(words: Words, chart: Chart) -> list[list[str]]:
    return [
        [
            _said(words, series.label),
            _plain(words.language.label(mark.at, "cap")),
            _cell(words, Cell(fact=mark.fact)),
        ]
        for series in chart.series
        for mark in series.marks
    ]


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(words: Words, cell: Cell) -> str:
    if cell.fact:
        fact = words.ledger[cell.fact]
        doubtful = fact.status in ("flagged", "provisional")
        mark = f" ({words.word(f'status_{fact.status}')})" if doubtful else ""
        return _plain(words.language.number(fact)) + mark
    return _plain(words.language.label(cell.label, "cap")) if cell.label else "–"


def _source(words: Words, block: AnyBlock) -> str:
    line = words.source_line(block)
    return f"*{_plain(line)}*" if line else ""


def _formula_lines(words: Words) -> list[str]:
    return [f"- {_plain(f.name)}: `{f.expression}`. {_plain(f.source)}." for f in words.formulas()]


def _reference_lines(words: Words) -> list[str]:
    return [
        f"- {_plain(d.citation)}. {_plain(d.title)}, {_plain(d.version)}. {_plain(d.licence)}. {_plain(d.coverage)}."
        for d in words.all_datasets()
    ]


def _sentences(words: Words, sentences: tuple[Prose, ...]) -> str:
    return " ".join(_said(words, sentence) for sentence in sentences)


def _said(words: Words, prose: Prose) -> str:
    return _plain(words.text(prose))


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text.replace("\n", " "))
