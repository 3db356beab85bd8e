"""A brief as Markdown (GitHub's): figures as tables of their data; no character of a text is markup."""

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
    Mark,
    Paragraph,
    Prose,
    Table,
    cited,
)
from hikiwake.render import numbers
from hikiwake.render.language import FactRun, load
from hikiwake.render.outline import Words, annexed, ended, figure_head, figure_rows, in_body

SUFFIX = ".md"
# GitHub also reads $...$ as a formula, except after a letter (US$), and @name as a person.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~@]|&(?=[#A-Za-z])|(?<![A-Za-z])\$)")
_START = re.compile(r"^([-+=]|\d+(?=[.)]))")
_DASH = "–"


def render(brief: Brief, *, lang: str = "en", identifiers: bool = False) -> bytes:
    """Return the brief as UTF-8 Markdown.

    Parameters
    ----------
    brief : what is rendered.
    lang : language of the text.
    identifiers : give each number of a sentence a footnote that names its fact and what it was computed from.
    """
    page = _Page(Words(brief, load(lang, brief.digits)), identifiers=identifiers)
    return ("\n\n".join(part for part in page.parts() if part) + "\n").encode("utf-8")


class _Page:
    """Writes the parts of one brief."""

    def __init__(self, words: Words, *, identifiers: bool) -> None:
        self.words = words
        self.identifiers = identifiers

    def parts(self) -> list[str]:
        """Return the paragraphs of the document in order."""
        words, brief = self.words, self.words.brief
        parts = [f"# {self._said(brief.title)}", f"*{_plain(words.subtitle())}*"]
        if brief.summary:
            points = "\n".join(f"- {self._sentences(point)}" for point in brief.summary)
            parts += [f"## {words.word('summary')}", points]
        titles = "\n".join(f"- {self._said(section.title)}" for section in brief.sections)
        parts += [f"## {words.word('contents')}", titles]
        for section in brief.sections:
            parts += [f"## {self._said(section.title)}", f"**{self._said(section.finding)}**"]
            for whole in section.blocks:
                block = in_body(whole)
                parts += [] if block is None else self._block(block, words.more(whole))
        return [*parts, *self._back(), *self._annex(), *self._footnotes()]

    def _annex(self) -> list[str]:
        words, parts = self.words, []
        for section in words.brief.sections:
            blocks = annexed(section)
            parts += [f"### {self._said(section.title)}"] if blocks else []
            for block in blocks:
                parts += self._block(block)
        return [f"## {words.word('annex')}", *parts] if parts else []

    def _back(self) -> list[str]:
        words = self.words
        formulas = [
            f"- {_plain(f.name)}: `{f.expression.replace('`', chr(39))}`. {_ended(f.source, f.caution)}"
            for f in words.formulas()
        ]
        coverage = [f"- {_plain(d.producer)}: {_ended(d.coverage, d.note)}" for d in words.all_datasets()]
        references = [
            f"- {_ended(d.citation)} *{_plain(d.title)}*, {_plain(d.version)}. "
            f"{words.word('licence').capitalize()}: {_ended(d.licence)}"
            for d in words.all_datasets()
        ]
        return [
            f"## {words.word('method')}",
            words.word("coverage_note"),
            "\n".join(coverage),
            f"### {words.word('method_formulas')}",
            "\n".join(formulas),
            f"## {words.word('references')}",
            "\n".join(references),
            *self._sources(),
            f"## {words.word('disclaimer')}",
            words.word("disclaimer_text"),
            _plain(words.filled("reproduce", command=words.brief.command)),
        ]

    def _sources(self) -> list[str]:
        if not self.words.brief.sources:
            return []
        lines = []
        for number, parts in self.words.written_sources():
            text = "".join(f"*{_plain(part.text)}*" if part.italic else _plain(part.text) for part in parts)
            lines.append(f"- \\[{number}\\] {text}")
        heading = f"### {self.words.word('dossier_sources')}"
        return [heading, self.words.word("dossier_sources_note"), "\n".join(lines)]

    def _block(self, block: AnyBlock, more: str = "") -> list[str]:
        if isinstance(block, Paragraph):
            return [self._sentences(block.sentences)]
        if isinstance(block, Caveat):
            return [f"> **{self.words.caveat(block)}.** {self._said(block.text)}"]
        if isinstance(block, KeyFigures):
            items = [f"- {self._said(i.label)}: {self._cell(Cell(fact=i.fact))}" for i in block.items]
            return [f"**{self._said(block.title)}**", "\n".join(items), self._source(block)]
        note = self._said(block.note) if block.note else ""
        title = f"**{self._said(block.title)}**"
        if isinstance(block, LocatorMap):
            # What a map shows may be all that its heading says already.
            alt = self._said(block.alt)
            return [title, *([] if title == f"**{alt}**" else [alt]), note]
        grid = self._table(block) if isinstance(block, Table) else self._figure(block)
        return [title, grid, more, note, self._source(block)]

    def _table(self, table: Table) -> str:
        numeric = [
            any(row[place].fact for row in table.rows if place < len(row))
            for place in range(len(table.columns))
        ]
        head = [self._said(column) for column in table.columns]
        return _grid(head, [[self._cell(cell) for cell in row] for row in table.rows], numeric)

    def _figure(self, chart: Chart) -> str:
        head = [_plain(name) for name in figure_head(chart, self.words)]
        rows = [
            [_plain(self.words.language.label(row.item, "cap")), *(self._cell(mark) for mark in row.marks)]
            for row in figure_rows(chart)
        ]
        numeric = [False, *(True for _ in chart.series)]
        if chart.events:
            head, numeric = [*head, self.words.word("events_column")], [*numeric, False]
            rows = [[*line, row.events or _DASH] for line, row in zip(rows, figure_rows(chart), strict=True)]
        return _grid(head, rows, numeric)

    def _cell(self, cell: Cell | Mark | None) -> str:
        if cell is not None and cell.fact:
            doubt = self.words.doubt(cell)
            written = _plain(self.words.shown(cell))
            return f"{written} ({doubt})" if doubt else written
        if isinstance(cell, Cell) and cell.said:
            return self._said(cell.said)
        if isinstance(cell, Cell) and cell.label:
            return _plain(self.words.language.label(cell.label, "cap"))
        return _DASH

    def _source(self, block: AnyBlock) -> str:
        line = self.words.source_line(block)
        return f"*{_plain(line)}*" if line else ""

    def _sentences(self, sentences: tuple[Prose, ...]) -> str:
        if not self.identifiers:
            return _start(" ".join(self._said(sentence) for sentence in sentences))
        written = []
        for sentence in sentences:
            runs = self.words.runs(sentence)
            noted = (f"[^{run.fact}]" if isinstance(run, FactRun) else "" for run in runs)
            written.append("".join(_plain(run.text) + mark for run, mark in zip(runs, noted, strict=True)))
        return _start(" ".join(written))

    def _footnotes(self) -> list[str]:
        if not self.identifiers:
            return []
        brief = self.words.brief
        said: list[object] = [brief.summary]
        said += [b for section in brief.sections for b in section.blocks if isinstance(b, Paragraph)]
        facts = [self.words.ledger[identity] for identity in dict.fromkeys(cited(tuple(said)))]
        return [
            "\n".join(
                f"[^{fact.id}]: {_plain(self.words.ledger.formulas[fact.formula].name)}, "
                f"{numbers.period(fact)}; {_plain(' '.join(fact.inputs))}; {fact.status}"
                for fact in facts
            )
        ]

    def _said(self, prose: Prose) -> str:
        return _start(_plain(self.words.text(prose)))


def _grid(head: list[str], rows: list[list[str]], numeric: list[bool]) -> str:
    rule = ["---:" if right else "---" for right in numeric]
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *rows))


def _plain(text: str) -> str:
    """Return a text of which no character is markup, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split("\n")))


def _start(text: str) -> str:
    """Keep the start of a paragraph from being read as a list or a heading."""
    begun = text.lstrip(" \t")
    return _START.sub(
        lambda found: f"\\{found.group()}" if found.group() in "-+=" else found.group() + "\\", begun
    )


def _ended(*parts: str) -> str:
    return _plain(ended(*parts))
