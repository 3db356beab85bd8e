"""A brief or a set of facts as a workbook to reckon on with: a sheet for each table, and one of sources.

Numbers are numbers, of sixteen digits and with their unit in the format of the cell; text is never a
formula.
The same facts give the same bytes: the workbook is dated by the data vintage, not by the clock.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from hikiwake.core.document import Brief, Chart, KeyFigures, Mark, Table
from hikiwake.core.errors import Environment
from hikiwake.core.factset import FactSet
from hikiwake.core.provenance import Fact, Unit
from hikiwake.render.language import Language, load
from hikiwake.render.outline import Words, figure_head, figure_rows, vintage_day
from hikiwake.render.table import RISKY, content_of

SUFFIX = ".xlsx"
_LONGEST = 32_767
"""Signs that a cell can hold."""
_NAME = 31
"""Signs that the name of a sheet can hold."""
_MOST_DECIMALS = 15
_ABOUT, _SOURCES, _DATASETS, _REFERENCES = "About", "Sources", "Datasets", "References"
_FORMATS = {
    "share": "0.0###%",
    "rate": "0.0###%",
    "points": '0.0##" percentage points"',
    "index": "0.0###",
    "ratio": "0.00##",
    "score": "0.00##",
    "duration": '0.0##" years"',
    "year": "0",
    "rank": "#,##0",
    "count": "#,##0",
    "mass": '#,##0.0" t"',
    "distance": '#,##0.0" km"',
}
"""How the number of a unit's kind is shown; all others are whole, in groups, with their unit behind them."""


def render(brief: Brief, *, lang: str = "en") -> bytes:
    """Return the workbook of a brief.

    Raises
    ------
    Environment
        The package that writes workbooks is not installed.
    """
    words = Words(brief, load(lang, brief.digits))
    book = _Book(FactSet(brief.ledger), words.language, vintage_day(brief.vintage))
    book.about([*_front(words)], words.text(brief.title))
    for section in brief.sections:
        for number, block in enumerate(section.blocks, 1):
            if isinstance(block, Table | Chart):
                head, lines = _table(block, words) if isinstance(block, Table) else _figure(block, words)
                notes = [words.text(block.note) if block.note else "", words.source_line(block)]
                book.sheet(block.id, words.text(block.title), head, lines, notes)
            elif isinstance(block, KeyFigures):
                lines = [[words.text(item.label), words.ledger[item.fact]] for item in block.items]
                head = [words.word("item_column"), words.word("value_column")]
                name = f"figures-{section.id}-{number}"
                book.sheet(name, words.text(block.title), head, lines, [words.source_line(block)])
    book.where_from()
    if brief.sources:
        cited = [[number, "".join(part.text for part in parts)] for number, parts in words.written_sources()]
        book.sheet(_REFERENCES, words.word("dossier_sources"), [], cited, [])
    return book.bytes()


def xlsx_of(facts: FactSet, vintage: str = "") -> bytes:
    """Return a set of facts as a workbook: one sheet of numbers, and those of where they come from."""
    book = _Book(facts, load(), vintage_day(vintage))
    records = facts.to_dicts()
    left_out = ("value", "dataset", "version", "inputs")
    head = [name for name in records[0] if name not in left_out] if records else []
    place = head.index("unit") if head else 0
    lines = [
        [*(line := [record[name] for name in head])[:place], fact, *line[place:]]
        for fact, record in zip(facts, records, strict=True)
    ]
    book.sheet("Numbers", facts.title, [*head[:place], "value", *head[place:]] if head else [], lines, [])
    book.where_from()
    return book.bytes()


def _front(words: Words) -> Iterator[str]:
    brief = words.brief
    yield words.subtitle()
    yield from (" ".join(map(words.text, point)) for point in brief.summary)
    yield words.word("workbook_note")
    yield words.word("coverage_note")
    yield words.word("disclaimer_text")
    yield words.filled("reproduce", command=brief.command)


def _table(table: Table, words: Words) -> tuple[list[str], list[list[Any]]]:
    """Return the head and the lines of a table; a fact stands for its number."""
    lines = [
        [words.ledger[cell.fact] if cell.fact else content_of(cell, words) for cell in row]
        for row in table.rows
    ]
    return [words.text(column) for column in table.columns], lines


def _figure(chart: Chart, words: Words) -> tuple[list[str], list[list[Any]]]:
    """Return the data of a figure: items down, series across."""
    head = figure_head(chart, words)
    head += [words.word("events_column")] if chart.events else []

    def number(mark: Mark | None) -> Fact | None:
        return words.ledger[mark.fact] if mark else None

    lines = [
        [
            words.language.label(row.item, "cap"),
            *map(number, row.marks),
            *([row.events] if chart.events else []),
        ]
        for row in figure_rows(chart)
    ]
    return head, lines


class _Book:
    """Writes sheets; each number leads to its line in the sheet of sources."""

    def __init__(self, facts: FactSet, language: Language, day: tuple[int, int, int]) -> None:
        self._facts = facts
        self._language = language
        self._line = {fact.id: n for n, fact in enumerate(facts, 2)}
        self._stream = io.BytesIO()
        # Nothing that a text looks like makes it anything but text.
        kinds = dict.fromkeys(("strings_to_formulas", "strings_to_numbers", "strings_to_urls"), False)
        self._book = _library().Workbook(self._stream, {"in_memory": True, **kinds})
        self._book.set_properties({"title": facts.title, "created": datetime(*day, tzinfo=UTC)})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._names: set[str] = set()
        self._listed: list[tuple[str, str]] = []
        self._about: tuple[Any, list[str]] | None = None

    def about(self, lines: list[str], title: str) -> None:
        """Begin with a sheet that says what the workbook is; its list of sheets is written last."""
        self._about = (self._added(_ABOUT), lines)
        self._listed.append((_ABOUT, title))

    def sheet(
        self, name: str, title: str, head: list[str], lines: list[list[Any]], notes: Iterable[str]
    ) -> None:
        """Write a table: its title, its head with the units of each column, its lines, its notes."""
        sheet = self._added(name)
        self._listed.append((sheet.get_name(), title))
        self._write(sheet, 0, 0, title, bold=True)
        # A set of facts says in columns of its own what is to be doubted of each.
        doubts = [] if "status" in head else [self._doubts(line) for line in lines]
        for column, text in enumerate(head):
            facts = [line[column] for line in lines if isinstance(line[column], Fact)]
            units = dict.fromkeys(filter(None, (self._language.unit_title(fact.unit) for fact in facts)))
            measured = f"{text} [{'; '.join(units)}]" if units else text
            self._write(sheet, 1, column, measured, bold=True, bottom=1, text_wrap=True, valign="top")
            sheet.set_column(column, column, 34 if column == 0 else 18)
        if head and any(doubts):
            self._write(
                sheet, 1, len(head), self._language.words("render.status_column"), bold=True, bottom=1
            )
            sheet.set_column(len(head), len(head), 34)
        sheet.freeze_panes(2 if head else 1, 0)
        for row, line in enumerate(lines, 2 if head else 1):
            for column, value in enumerate(line):
                self._write(sheet, row, column, value)
        for row, said in enumerate(doubts, 2 if head else 1):
            self._write(sheet, row, len(head), said)
        for row, note in enumerate(filter(None, notes), len(lines) + 3):
            self._write(sheet, row, 0, note, italic=True)

    def where_from(self) -> None:
        """Write each number with its formula, dataset, version and licence, and the list of the datasets."""
        facts = self._facts
        formulas = facts.ledger.formulas
        datasets = facts.ledger.datasets
        sheet = self._added(_SOURCES)
        self._listed.append((_SOURCES, self._language.words("render.where_from")))
        records = facts.to_dicts()
        about = [name for name in records[0] if name not in _PLAIN] if records else []
        head = ["id", "measure", *about, *_PLAIN[2:-3], "formula", "formula source", *_PLAIN[-3:], "licence"]
        for column, text in enumerate(head):
            self._write(sheet, 0, column, text, bold=True, bottom=1)
            sheet.set_column(column, column, 14)
        sheet.freeze_panes(1, 2)
        for row, (fact, record) in enumerate(zip(facts, records, strict=True), 1):
            formula = formulas[fact.formula]
            named = [datasets[name] for name in record["dataset"].split("; ") if name in datasets]
            more = {
                "measure": formula.name,
                "value": fact,
                "formula": formula.expression,
                "formula source": formula.source,
                "licence": "; ".join(dict.fromkeys(dataset.licence for dataset in named)),
            }
            for column, name in enumerate(head):
                self._write(sheet, row, column, {**record, **more}[name], linked=False)
        columns = ("id", "title", "producer", "version", "licence", "citation", "coverage", "unit", "note")
        lines = [[getattr(one, name) for name in columns] for one in datasets.values()]
        self.sheet(_DATASETS, self._language.words("render.references"), list(columns), lines, [])

    def bytes(self) -> bytes:
        """Close the workbook and return it."""
        if self._about:
            self._write_about(*self._about)
        self._book.close()
        return self._stream.getvalue()

    def _write_about(self, sheet: Any, lines: list[str]) -> None:
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 110)
        self._write(sheet, 0, 0, self._listed[0][1], bold=True)
        for row, text in enumerate(lines, 1):
            self._write(sheet, row, 1, text, text_wrap=True, valign="top")
        for row, (name, title) in enumerate(self._listed[1:], len(lines) + 2):
            sheet.write_url(row, 0, f"internal:'{name}'!A1", self._format(font_color="#123F6D"), name)
            self._write(sheet, row, 1, title, text_wrap=True)

    def _added(self, name: str) -> Any:
        """Add a sheet under a name that no other has; names are equal whatever their case."""
        chosen, turn = name[:_NAME], 2
        while chosen.casefold() in self._names:
            chosen, turn = f"{name[: _NAME - 4]}-{turn}", turn + 1
        self._names.add(chosen.casefold())
        return self._book.add_worksheet(chosen)

    @staticmethod
    def _doubts(line: list[Any]) -> str:
        """Say what the numbers of a line are beside observed, each once."""
        doubtful = [cell for cell in line if isinstance(cell, Fact) and cell.status != "observed"]
        said = (f"{fact.status}: {fact.note}" if fact.note else fact.status for fact in doubtful)
        return "; ".join(dict.fromkeys(said))

    def _write(
        self, sheet: Any, row: int, column: int, value: Any, *, linked: bool = True, **looks: Any
    ) -> None:
        if isinstance(value, Fact):
            place = f"internal:'{_SOURCES}'!A{self._line[value.id]}"
            looks["num_format"] = _number_format(value.unit, value.value or 0.0)
            if linked:
                # Written first: the number then takes the cell, and the link stays.
                sheet.write_url(row, column, place, None, "-")
            if value.value is None:
                sheet.write_string(row, column, "no data", self._format(italic=True, align="right"))
            else:
                sheet.write_number(row, column, value.value, self._format(**looks))
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, self._format(**looks))
        elif value:
            text = str(value)
            looks |= {"quote_prefix": True} if text.startswith(RISKY) else {}
            text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
            sheet.write_string(row, column, text, self._format(**looks))

    def _format(self, **looks: Any) -> Any:
        key = tuple(sorted(looks.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(looks)
        return self._formats[key]


_PLAIN = (
    "id", "measure", "first_year", "last_year", "value", "unit", "low", "high", "interval", "coverage",
    "status", "note", "dataset", "version", "inputs",
)  # fmt: skip
"""The columns of a record that every fact has, whatever it is about."""


def _number_format(unit: Unit, value: float) -> str:
    """Return the format of a cell: with more decimals where a number would be shown as zero, or nearly."""
    quoted = unit.symbol.replace('"', "")
    usual = _FORMATS.get(unit.kind, f'#,##0" {quoted}"')
    decimals = re.search(r"\.(0+#+)", usual)
    shown = abs(value) * (100.0 if usual.endswith("%") else 1.0)
    if decimals is None or shown == 0:
        return usual
    more = min(_MOST_DECIMALS, 1 - math.floor(math.log10(shown))) - len(decimals[1])
    return usual.replace(decimals[1], decimals[1] + "#" * max(0, more))


def _library() -> Any:
    try:
        import xlsxwriter
    except ImportError as fault:
        raise Environment(
            where="XLSX",
            why="the package xlsxwriter is not installed",
            remedy='Install it with: pip install "hikiwake[xlsx]"',
        ) from fault
    return xlsxwriter
