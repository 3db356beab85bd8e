"""A brief as a Word document that an analyst can go on from: real headings, tables, captions, alt texts.

The same brief gives the same bytes: dates are those of the data vintage, not of the clock.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

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
)
from hikiwake.core.errors import Environment
from hikiwake.render.language import load
from hikiwake.render.outline import Words, annexed, ended, figure_head, figure_rows, in_body, vintage_day

SUFFIX = ".docx"
FONT = "IBM Plex Sans"
ACCENT, SOFT, WARM = "123F6D", "56606E", "8A4A00"
WIDTH_CM = 16.0
_DASH = "–"
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def render(brief: Brief, *, lang: str = "en") -> bytes:
    """Return the document.

    Raises
    ------
    Environment
        The package that writes it, or the one that draws figures, is not installed.
    """
    page = _Page(Words(brief, load(lang, brief.digits)))
    page.write()
    stream = io.BytesIO()
    page.document.save(stream)
    return _dated(stream.getvalue())


class _Page:
    """Writes the parts of one brief into a document."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.document = _open()()
        self._pictures = 0
        _styled(self.document, words.language.code)
        properties = self.document.core_properties
        properties.title = words.text(words.brief.title)
        properties.subject = words.subtitle()
        properties.author = properties.last_modified_by = f"hikiwake {words.brief.engine}"
        properties.language = words.language.code
        properties.comments = words.brief.command
        properties.created = properties.modified = datetime(*vintage_day(words.brief.vintage), tzinfo=UTC)
        properties.revision = 1

    def write(self) -> None:
        """Write all parts in order."""
        words, brief, document = self.words, self.words.brief, self.document
        document.add_heading(words.text(brief.title), 0)
        self._small(words.subtitle())
        if brief.summary:
            document.add_heading(words.word("summary"), 1)
            for point in brief.summary:
                self._sentences(point, style="List Bullet")
        document.add_heading(words.word("contents"), 1)
        for section in brief.sections:
            document.add_paragraph(words.text(section.title), style="List Bullet")
        for section in brief.sections:
            document.add_heading(words.text(section.title), 1)
            document.add_heading(words.text(section.finding), 2)
            for whole in section.blocks:
                block = in_body(whole)
                if block is not None:
                    self._block(block, words.more(whole))
        self._back()
        self._annex()
        document.add_heading(words.word("where_from"), 1)
        document.add_paragraph(words.word("where_from_note"))

    def _annex(self) -> None:
        sections = [(section, annexed(section)) for section in self.words.brief.sections]
        if any(blocks for _, blocks in sections):
            self.document.add_heading(self.words.word("annex"), 1)
        for section, blocks in sections:
            if blocks:
                self.document.add_heading(self.words.text(section.title), 2)
            for block in blocks:
                self._block(block)

    def _block(self, block: AnyBlock, more: str = "") -> None:
        if isinstance(block, Paragraph):
            self._sentences(block.sentences)
        elif isinstance(block, Caveat):
            paragraph = self.document.add_paragraph(style="Intense Quote")
            paragraph.add_run(f"{self.words.caveat(block)}. ").bold = True
            paragraph.add_run(self.words.text(block.text))
        elif isinstance(block, KeyFigures):
            self._key_figures(block)
        elif isinstance(block, Table):
            self._table(block, more)
        else:
            self._figure(block)

    def _key_figures(self, block: KeyFigures) -> None:
        rows = [[self.words.text(i.label), self._cell(Cell(fact=i.fact))] for i in block.items]
        self._caption(block.title)
        self._grid([], rows, [False, True], described=self.words.text(block.title))
        self._small(self.words.source_line(block))

    def _table(self, table: Table, more: str) -> None:
        numeric = [
            any(row[place].fact for row in table.rows if place < len(row))
            for place in range(len(table.columns))
        ]
        self._caption(table.title)
        head = [self.words.text(column) for column in table.columns]
        rows = [[self._cell(cell) for cell in row] for row in table.rows]
        self._grid(head, rows, numeric, bold=table.emphasis, described=self.words.text(table.title))
        self._small(more)
        self._foot(table)

    def _figure(self, block: Chart | LocatorMap) -> None:
        from docx.shared import Cm

        from hikiwake.render.charts import png

        self._caption(block.title)
        drawn = png(block, self.words.ledger, self.words.language)
        shape = self.document.add_picture(io.BytesIO(drawn), width=Cm(WIDTH_CM))
        self._pictures += 1
        described = shape._inline.docPr  # the package has no other way to an alt text
        described.set("descr", self.words.text(block.alt))
        described.set("name", block.id)
        described.set("id", str(self._pictures))
        self._foot(block)
        if isinstance(block, LocatorMap):
            self._small(self.words.word("map_note"))
            return
        self._small(self.words.word("data_of_figure"))
        head = figure_head(block, self.words)
        rows = [
            [
                self.words.language.label(row.item, "cap"),
                *(self._cell(mark) for mark in row.marks),
                row.events,
            ]
            for row in figure_rows(block)
        ]
        numeric = [False, *(True for _ in block.series)]
        if block.events:
            head, numeric = [*head, self.words.word("events_column")], [*numeric, False]
        self._grid(head, rows, numeric, described=self.words.word("data_of_figure"))

    def _back(self) -> None:
        words, document = self.words, self.document
        document.add_heading(words.word("method"), 1)
        document.add_paragraph(words.word("coverage_note"))
        for dataset in words.all_datasets():
            text = f"{dataset.producer}: {ended(dataset.coverage, dataset.note)}"
            document.add_paragraph(text, style="List Bullet")
        document.add_heading(words.word("method_formulas"), 2)
        rows = [
            [formula.name, formula.expression, ended(formula.source, formula.caution)]
            for formula in words.formulas()
        ]
        head = [words.word(f"method_{key}") for key in ("measure", "expression", "source")]
        self._grid(head, rows, [False] * 3, described=words.word("method_formulas"))
        document.add_heading(words.word("references"), 1)
        for dataset in words.all_datasets():
            paragraph = document.add_paragraph(f"{ended(dataset.citation)} ", style="List Bullet")
            paragraph.add_run(dataset.title).italic = True
            paragraph.add_run(
                f", {dataset.version}. {words.word('licence').capitalize()}: {ended(dataset.licence)}"
            )
        if words.brief.sources:
            self._sources()
        document.add_heading(words.word("disclaimer"), 1)
        document.add_paragraph(words.word("disclaimer_text"))
        document.add_paragraph(words.filled("reproduce", command=words.brief.command))

    def _sources(self) -> None:
        self.document.add_heading(self.words.word("dossier_sources"), 2)
        self.document.add_paragraph(self.words.word("dossier_sources_note"))
        for number, parts in self.words.written_sources():
            paragraph = self.document.add_paragraph(f"[{number}] ")
            for part in parts:
                paragraph.add_run(part.text).italic = part.italic

    def _sentences(self, sentences: tuple[Prose, ...], style: str | None = None) -> None:
        self.document.add_paragraph(
            " ".join(self.words.text(sentence) for sentence in sentences), style=style
        )

    def _caption(self, title: Prose) -> None:
        paragraph = self.document.add_paragraph(self.words.text(title), style="Caption")
        paragraph.paragraph_format.keep_with_next = True

    def _foot(self, block: Table | Chart | LocatorMap) -> None:
        if block.note:
            self._small(self.words.text(block.note))
        self._small(self.words.source_line(block))

    def _small(self, text: str) -> None:
        if text:
            self.document.add_paragraph(text, style="Small")

    def _cell(self, cell: Cell | Mark | None) -> str:
        if cell is not None and cell.fact:
            doubt = self.words.doubt(cell)
            written = self.words.shown(cell)
            return f"{written} ({doubt})" if doubt else written
        if isinstance(cell, Cell) and cell.said:
            return self.words.text(cell.said)
        if isinstance(cell, Cell) and cell.label:
            return self.words.language.label(cell.label, "cap")
        return _DASH

    def _grid(
        self,
        head: list[str],
        rows: list[list[str]],
        numeric: list[bool],
        *,
        described: str,
        bold: tuple[int, ...] = (),
    ) -> None:
        lines = [head, *rows] if head else rows
        if not lines:
            return
        table = self.document.add_table(rows=0, cols=len(numeric), style="Table Grid")
        for place, line in enumerate(lines):
            heading = bool(head) and place == 0
            emphasised = heading or place - bool(head) in bold
            cells = table.add_row().cells
            for cell, text, right in zip(cells, line, numeric, strict=False):
                _fill(cell, text, right=right, bold=emphasised)
            if heading:
                _repeat(table.rows[0])
        _describe(table, described)
        self.document.add_paragraph(style="Small")


def _open() -> Any:
    try:
        import docx
    except ImportError as fault:
        raise Environment(
            where="DOCX",
            why="the package python-docx is not installed",
            remedy='Install it with: pip install "hikiwake[docx,brief]"',
        ) from fault
    return docx.Document


def _styled(document: Any, language: str) -> None:
    """Set typeface, colours and language once, in the styles, so that an editor can change them there."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    styles = document.styles
    small = styles.add_style("Small", WD_STYLE_TYPE.PARAGRAPH)
    small.base_style = styles["Normal"]
    sizes = {
        "Normal": (10.5, None),
        "Title": (24, ACCENT),
        "Heading 1": (16, ACCENT),
        "Heading 2": (13, None),
    }
    sizes |= {"Caption": (10.5, None), "Small": (8.5, SOFT), "Intense Quote": (10, WARM)}
    for name, (size, colour) in sizes.items():
        style = styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        style.font.color.rgb = RGBColor.from_string(colour or "1C2430")
    styles["Intense Quote"].font.italic = False
    styles["Caption"].font.bold = True
    said = OxmlElement("w:lang")
    said.set(qn("w:val"), {"en": "en-GB"}.get(language, language))
    styles["Normal"].element.get_or_add_rPr().append(said)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm((21.0 - WIDTH_CM) / 2)


def _fill(cell: Any, text: str, *, right: bool, bold: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(9), bold
    paragraph.paragraph_format.space_after = Pt(0)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _repeat(row: Any) -> None:
    """Mark a row as the table's heading, repeated on each page and read out as such."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _describe(table: Any, text: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    described = OxmlElement("w:tblDescription")
    described.set(qn("w:val"), text)
    table._tbl.tblPr.append(described)


def _dated(raw: bytes) -> bytes:
    """Write the archive again with one fixed date, for zip files carry the clock's."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            entry.create_system = 3
            target.writestr(entry, source.read(name))
    return out.getvalue()
