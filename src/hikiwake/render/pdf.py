"""A brief as PDF: tagged, PDF/UA-1, fonts embedded, the same bytes each time.

Typst compiles a fixed template in memory; all content goes in as JSON data and SVG figures, so no text of
a brief is ever read as markup. The date of the document is that of the data vintage, not of the clock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache, partial
from importlib.resources import files
from typing import Literal, NamedTuple

import msgspec

from hikiwake.core.document import (
    AnyBlock,
    Brief,
    Caveat,
    Cell,
    Chart,
    KeyFigures,
    Length,
    LocatorMap,
    Paragraph,
    Prose,
    Section,
    Table,
    cited,
)
from hikiwake.core.provenance import Dataset, Fact
from hikiwake.render.arrangement import Item, arranged
from hikiwake.render.language import FactRun, LabelRun, Run, load
from hikiwake.render.outline import Words, annexed, ended, in_body, shared_notes, vintage_day
from hikiwake.render.typesetting import Typesetter, all_drawn, printable, undrawn
from hikiwake.render.widths import widths

SUFFIX = ".pdf"
Paper = Literal["a4", "us-letter"]
PAPER_WIDTH: dict[Paper, float] = {"a4": 595.28, "us-letter": 612.0}
"""Points."""
WORDS = (
    "summary", "contents", "method", "method_formulas", "coverage_note", "references",
    "dossier_sources", "dossier_sources_note", "annex", "annex_more", "where_from",
    "where_from_note", "where_from_rows", "where_from_rows_note", "where_from_shared", "disclaimer",
    "disclaimer_text",
)  # fmt: skip
"""The words of the template."""
CHART_WIDTH, NARROW = 680, 340
"""Pixels: a figure across the page, and one beside text."""


class Look(NamedTuple):
    """How a length is set, in points: margins, size of the text, and a pixel of its figures."""

    margin: float
    text: float
    pixel: float


LOOKS: dict[Length, Look] = {"full": Look(57.0, 9.5, 0.63), "glance": Look(36.0, 7.6, 0.54)}


def render(brief: Brief, *, lang: str = "en", paper: Paper = "a4") -> bytes:
    """Return the PDF.

    Raises `Environment` when the package that makes it is not installed, or when it takes too much of the
    machine (see `hikiwake.render.typesetting`).
    """
    return laid_out(brief, lang=lang, paper=paper)()


def laid_out(brief: Brief, *, lang: str = "en", paper: Paper = "a4") -> Callable[[], bytes]:
    """Lay the brief out and draw its figures; what is returned sets it in a process of its own."""
    typesetter = Typesetter()  # which gets ready meanwhile
    try:
        words = Words(brief, load(lang, brief.digits))
        layout = _Layout(words, paper)
        data = _encoded(layout.content(), words)
        pictures = layout.pictures()
    except BaseException:
        typesetter.close()
        raise
    return partial(typesetter.typeset, {"main.typ": _template(), "d.json": data, **pictures})


def _encoded(content: Item, words: Words) -> bytes:
    """Return what the template reads as JSON, in letters that fonts have; a note names those they lack."""
    with suppress(UnicodeEncodeError):  # half of a pair of surrogates, which no font has
        encoded = msgspec.json.encode({**content, "undrawn": ""})
        if all_drawn(encoded):
            return encoded
    letters = undrawn(content)
    note = words.filled("undrawn", letters=letters) if letters else ""
    return msgspec.json.encode(printable({**content, "undrawn": note}))


class _Layout:
    """Turns a brief into the plain data that the template prints."""

    def __init__(self, words: Words, paper: Paper) -> None:
        self.words = words
        self.paper = paper
        self._figures: dict[str, tuple[Chart | LocatorMap, int]] = {}
        brief = words.brief
        self.look = LOOKS[brief.length]
        self.glance = brief.length == "glance"
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
        self.numbered = {str(source.number) for source in brief.sources}
        self.explained = dict.fromkeys(said) if brief.length == "full" else {}
        # Many facts rest on the same rows, whose selectors are long: each is printed once and has a number.
        read = (selector for identity in self.explained for selector in words.ledger[identity].inputs)
        self.tables = _by_table(read)
        listed = (selector for selectors in self.tables.values() for selector in selectors)
        self.rows = {selector: number for number, selector in enumerate(listed, start=1)}
        self.shared = shared_notes(words.ledger[identity].note for identity in self.explained)

    def content(self) -> Item:
        """Return everything the template reads."""
        words, brief = self.words, self.words.brief
        return {
            "title": words.text(brief.title),
            "heading": self._runs(brief.title),
            "subtitle": words.subtitle(),
            "footer": words.filled("footer", engine=brief.engine, vintage=brief.vintage),
            "lang": words.language.code,
            "paper": self.paper,
            "look": {"margin": self.look.margin, "text": self.look.text, "contents": brief.length == "full"},
            "date": vintage_day(brief.vintage),
            "summary": [[self._runs(sentence) for sentence in point] for point in brief.summary],
            "sections": [
                {
                    "id": section.id,
                    "title": self._runs(section.title),
                    "finding": self._runs(section.finding),
                    "blocks": self._blocks(section),
                    "more": bool(annexed(section)),
                }
                for section in brief.sections
            ],
            "annex": [
                {
                    "id": section.id,
                    "title": self._runs(section.title),
                    "blocks": [self._block(block) for block in blocks],
                }
                for section in brief.sections
                if (blocks := annexed(section))
            ],
            "formulas": self._formulas() if brief.length == "full" else [],
            "references": [
                {
                    "citation": ended(dataset.citation),
                    "title": dataset.title,
                    "tail": ended(*_about(dataset, brief.length)),
                }
                for dataset in words.all_datasets()
            ],
            "sources": self._sources(),
            "origins": [self._origin(words.ledger[identity]) for identity in self.explained],
            "notes": [{"mark": mark, "text": ended(note)} for note, mark in self.shared.items()],
            "tables": self._tables(),
            "words": {
                **{key: words.word(key) for key in WORDS},
                "reproduce": words.filled("reproduce", command=brief.command),
            },
        }

    def pictures(self) -> dict[str, bytes]:
        """Return the figures that the template prints, by file."""
        from hikiwake.render.charts import svg

        ledger, language = self.words.ledger, self.words.language
        return {
            file: printable(svg(block, ledger, language, width=pixels)).encode("utf-8")
            for file, (block, pixels) in self._figures.items()
        }

    def _sources(self) -> list[Item]:
        return [
            {
                "number": number,
                "parts": [{"text": _breakable(part.text), "italic": part.italic} for part in parts],
            }
            for number, parts in self.words.written_sources()
        ]

    def _formulas(self) -> list[Item]:
        words = self.words
        return [
            {
                "name": formula.name,
                "text": f"{formula.expression} ({words.word('unit')}: {formula.unit.symbol}; "
                f"{words.word('range')}: {formula.range}). {ended(formula.source, formula.caution)}",
            }
            for formula in words.formulas()
        ]

    def _tables(self) -> list[Item]:
        whole = self.words.word("where_from_all")
        return [
            {
                "name": _breakable(table),
                "rows": [
                    {"number": self.rows[selector], "text": _breakable(selection) or whole}
                    for selector, selection in selectors.items()
                ],
            }
            for table, selectors in self.tables.items()
        ]

    def _blocks(self, section: Section) -> list[Item]:
        kept = [(block, self.words.more(whole)) for whole in section.blocks if (block := in_body(whole))]
        return arranged(kept, self._block, glance=self.glance)

    def _block(self, block: AnyBlock, more: str = "", *, small: bool = False) -> Item:
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
            return self._table(block, more)
        return self._picture(block, small=small)

    def _table(self, table: Table, more: str) -> Item:
        numeric = [
            any(row[place].fact for row in table.rows if place < len(row))
            for place in range(len(table.columns))
        ]
        columns = [self._runs(column) for column in table.columns]
        rows = [[self._cell(cell) for cell in row] for row in table.rows]
        return {
            "kind": "table",
            "id": table.id.removesuffix("-lead"),
            "title": self._runs(table.title),
            "columns": columns,
            "widths": widths(columns, rows, numeric, PAPER_WIDTH[self.paper] - 2 * self.look.margin),
            "numeric": numeric,
            "rows": rows,
            "emphasis": list(table.emphasis),
            "more": more,
            "note": self._runs(table.note) if table.note else None,
            "source": self.words.source_line(table),
        }

    def _picture(self, block: Chart | LocatorMap, *, small: bool) -> Item:
        words = self.words
        file = f"{block.id}.svg"
        pixels = NARROW if small else CHART_WIDTH
        self._figures[file] = (block, pixels)
        note = self._runs(block.note) if block.note else None
        if isinstance(block, LocatorMap):
            standing = [{"k": "text", "t": words.word("map_note")}]
            note = [*(note or []), *standing]
        return {
            "kind": "picture",
            "title": self._runs(block.title),
            "file": file,
            "width": pixels * self.look.pixel,
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
            return {"runs": [self._fact(words.shown(cell), cell.fact)], "mark": mark}
        if cell.said:
            return {"runs": self._runs(cell.said), "mark": ""}
        if cell.label and cell.label.kind == "cite":
            return {"runs": self._marks(cell.label.id), "mark": ""}
        if cell.label:
            named = words.language.label(cell.label, "cap")
            # An address has no blanks at which a line could end.
            named = _breakable(named) if "://" in named else named
            return {"runs": [{"k": "label", "t": named}], "mark": ""}
        return None

    def _runs(self, prose: Prose) -> list[Item]:
        runs: list[Item] = []
        for run in self.words.runs(prose):
            if isinstance(run, LabelRun) and run.kind == "cite":
                runs += self._marks(run.id)
            else:
                runs.append(self._run(run))
        return runs

    def _marks(self, numbers: str) -> list[Item]:
        """Return the numbers of sources, each leading to its line among the references."""
        runs: list[Item] = []
        for number in numbers.split(","):
            runs.append({"k": "text", "t": ", " if runs else "["})
            runs.append({"k": "fact", "t": number, "to": f"r-{number}" if number in self.numbered else ""})
        return [*runs, {"k": "text", "t": "]"}]

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
            "" if fact.status == "observed" else fact.status,
            "" if fact.note in self.shared else fact.note,
        ]
        return {
            "id": fact.id,
            "text": "; ".join(part for part in parts if part),
            "note": self.shared.get(fact.note, ""),
            "rows": [self.rows[selector] for selector in fact.inputs],
        }


def _about(dataset: Dataset, length: Length) -> tuple[str, ...]:
    """Return what a reference says after the title; the two-page brief keeps to version and terms."""
    parts = (dataset.version, dataset.licence)
    return parts if length == "glance" else (*parts, dataset.coverage, dataset.note)


def _by_table(selectors: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return what each selector selects, by table and selector, in the order in which they first come."""
    tables: dict[str, dict[str, str]] = {}
    for selector in selectors:
        table, _, selection = selector.partition("?")
        tables.setdefault(table, {})[selector] = selection
    return tables


def _breakable(selector: str) -> str:
    """Allow a line to break inside a selector or an address (zero-width spaces after its separators)."""
    return re.sub(r"([,&?#@]|/(?!/))", "\\1\u200b", selector)


@lru_cache(maxsize=1)
def _template() -> bytes:
    return files("hikiwake.render").joinpath("assets", "brief.typ").read_bytes()
