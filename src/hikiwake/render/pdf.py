"""A brief as PDF: tagged, PDF/UA-1, fonts embedded, the same bytes each time.

Typst compiles a fixed template in memory; all content goes in as JSON data and SVG figures, so no text of
a brief is ever read as markup. The date of the document is that of the data vintage, not of the clock.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

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
    cited,
)
from hikiwake.core.errors import Environment
from hikiwake.core.provenance import Fact
from hikiwake.render.language import FactRun, Run, load
from hikiwake.render.outline import Words, vintage_day

SUFFIX = ".pdf"
Paper = Literal["a4", "us-letter"]
Item = dict[str, Any]


def render(brief: Brief, *, lang: str = "en", paper: Paper = "a4") -> bytes:
    """Return the PDF.

    Raises `Environment` when the package that makes it is not installed.
    """
    compiler = _typst()
    words = Words(brief, load(lang))
    layout = _Layout(words)
    content = layout.content(paper)
    inputs = {
        "main.typ": _template(),
        "d.json": msgspec.json.encode(_printable(content)),
        **layout.pictures,
    }
    folder = files("hikiwake.render").joinpath("assets", "fonts")
    made = compiler.compile(
        inputs, font_paths=[str(folder)], ignore_system_fonts=True, pdf_standards=["ua-1"], format="pdf"
    )
    return bytes(made)


class _Layout:
    """Turns a brief into the plain data that the template prints."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.pictures: dict[str, bytes] = {}
        brief = words.brief
        # Numbers of the running text are explained one by one; tables and figures by their source lines.
        said = (
            *cited(brief.summary),
            *(identity for section in brief.sections for identity in cited(section.finding)),
            *(
                identity
                for section in brief.sections
                for block in section.blocks
                if isinstance(block, Paragraph | KeyFigures)
                for identity in cited(block)
            ),
        )
        self.explained = dict.fromkeys(said) if brief.length == "full" else {}

    def content(self, paper: Paper) -> Item:
        """Return everything the template reads."""
        words, brief = self.words, self.words.brief
        return {
            "title": words.text(brief.title),
            "heading": self._runs(brief.title),
            "subtitle": words.subtitle(),
            "footer": words.filled("footer", engine=brief.engine, vintage=brief.vintage),
            "lang": words.language.code,
            "paper": paper,
            "date": vintage_day(brief.vintage),
            "summary": [self._runs(sentence) for sentence in brief.summary],
            "sections": [
                {
                    "id": section.id,
                    "title": self._runs(section.title),
                    "finding": self._runs(section.finding),
                    "blocks": [self._block(block) for block in section.blocks],
                }
                for section in brief.sections
            ],
            "formulas": [
                {
                    "name": formula.name,
                    "text": f"{formula.expression} ({words.word('unit')}: {formula.unit.symbol}; "
                    f"{words.word('range')}: {formula.range}). {formula.source}. {formula.caution}".strip(),
                }
                for formula in (words.formulas() if brief.length == "full" else ())
            ],
            "references": [
                {
                    "citation": dataset.citation,
                    "title": dataset.title,
                    "tail": ". ".join((dataset.version, dataset.licence, dataset.coverage, dataset.note)),
                }
                for dataset in words.all_datasets()
            ],
            "origins": [self._origin(words.ledger[identity]) for identity in self.explained],
            "words": {
                **{
                    key: words.word(key)
                    for key in (
                        "summary",
                        "contents",
                        "method",
                        "method_formulas",
                        "coverage_note",
                        "references",
                        "where_from",
                        "where_from_note",
                        "disclaimer",
                        "disclaimer_text",
                    )
                },
                "reproduce": words.filled("reproduce", command=brief.command),
            },
        }

    def _block(self, block: AnyBlock) -> Item:
        words = self.words
        if isinstance(block, Paragraph):
            return {"kind": "paragraph", "sentences": [self._runs(s) for s in block.sentences]}
        if isinstance(block, Caveat):
            return {"kind": "caveat", "name": words.caveat(block), "text": self._runs(block.text)}
        if isinstance(block, KeyFigures):
            items = [
                {"label": self._runs(i.label), "value": self._cell(Cell(fact=i.fact))} for i in block.items
            ]
            return {
                "kind": "figures",
                "title": self._runs(block.title),
                "items": items,
                "source": words.source_line(block),
            }
        if isinstance(block, Table):
            return self._table(block)
        return self._picture(block)

    def _table(self, table: Table) -> Item:
        numeric = [
            any(row[place].fact for row in table.rows if place < len(row))
            for place in range(len(table.columns))
        ]
        return {
            "kind": "table",
            "title": self._runs(table.title),
            "columns": [self._runs(column) for column in table.columns],
            "numeric": numeric,
            "rows": [[self._cell(cell) for cell in row] for row in table.rows],
            "emphasis": list(table.emphasis),
            "note": self._runs(table.note) if table.note else None,
            "source": self.words.source_line(table),
        }

    def _picture(self, block: Chart | LocatorMap) -> Item:
        from hikiwake.render.charts import svg

        words = self.words
        file = f"{block.id}.svg"
        self.pictures[file] = svg(block, words.ledger, words.language).encode("utf-8")
        note = self._runs(block.note) if block.note else None
        if isinstance(block, LocatorMap):
            standing = [{"k": "text", "t": words.word("map_note")}]
            note = [*(note or []), *standing]
        return {
            "kind": "picture",
            "title": self._runs(block.title),
            "file": file,
            "alt": words.text(block.alt),
            "note": note,
            "source": words.source_line(block),
        }

    def _cell(self, cell: Cell) -> Item | None:
        words = self.words
        if cell.fact:
            fact = words.ledger[cell.fact]
            doubtful = fact.status in ("flagged", "provisional")
            mark = words.word(f"status_{fact.status}") if doubtful else ""
            return {"runs": [self._fact(words.language.number(fact), cell.fact)], "mark": mark}
        if cell.label:
            return {"runs": [{"k": "label", "t": words.language.label(cell.label, "cap")}], "mark": ""}
        return None

    def _runs(self, prose: Prose) -> list[Item]:
        return [self._run(run) for run in self.words.runs(prose)]

    def _run(self, run: Run) -> Item:
        return self._fact(run.text, run.fact) if isinstance(run, FactRun) else {"k": "text", "t": run.text}

    def _fact(self, text: str, identity: str) -> Item:
        return {"k": "fact", "t": text, "to": f"f-{identity}" if identity in self.explained else ""}

    def _origin(self, fact: Fact) -> Item:
        words = self.words
        formula = words.ledger.formulas[fact.formula]
        parts = [
            formula.name,
            ", ".join(fact.subject.values()),
            str(fact.period),
            words.language.number(fact),
            *([] if fact.status == "observed" else [fact.status]),
            *([fact.note] if fact.note else []),
            " ".join(_breakable(source) for source in fact.inputs),
        ]
        return {"id": fact.id, "text": "; ".join(parts)}


def _breakable(selector: str) -> str:
    """Allow a line to break inside a long selector (zero-width spaces after its separators)."""
    return re.sub(r"([,&?#@])", "\\1\u200b", selector)


def _printable(content: Any) -> Any:
    """Replace each character that no shipped font can draw, so that nothing vanishes silently."""
    if isinstance(content, str):
        return "".join(letter if _drawable(letter) else "\ufffd" for letter in content)
    if isinstance(content, dict):
        return {key: _printable(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_printable(value) for value in content]
    return content


def _drawable(letter: str) -> bool:
    code = ord(letter)
    return letter in "\n\ufffd" or any(first <= code <= last for first, last in _coverage())


@lru_cache(maxsize=1)
def _coverage() -> tuple[tuple[int, int], ...]:
    raw = files("hikiwake.render").joinpath("assets", "fonts", "glyphs.json").read_bytes()
    families = msgspec.json.decode(raw, type=dict[str, list[tuple[int, int]]])
    return tuple(span for spans in families.values() for span in spans)


@lru_cache(maxsize=1)
def _template() -> bytes:
    return files("hikiwake.render").joinpath("assets", "brief.typ").read_bytes()


def _typst() -> Any:
    try:
        import typst
    except ImportError as fault:
        raise Environment(
            where="PDF",
            why="the package typst is not installed",
            remedy='Install it with: pip install "hikiwake[brief]"',
        ) from fault
    return typst
