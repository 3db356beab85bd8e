"""What every text renderer walks: the brief's parts with their words filled in, and what they rest on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from hikiwake.core.document import (
    AnyBlock,
    Brief,
    Caveat,
    Cell,
    Chart,
    Label,
    LocatorMap,
    Mark,
    Prose,
    Section,
    Table,
    cited,
)
from hikiwake.core.provenance import Dataset, Fact, Formula, Ledger
from hikiwake.render.bibliography import Part, written
from hikiwake.render.dates import spoken
from hikiwake.render.language import Language, Run

CAVEAT_KEYS = {
    "partial coverage": "render.caveat_partial_coverage",
    "not comparable": "render.caveat_not_comparable",
    "provisional": "render.caveat_provisional",
    "mirrored": "render.caveat_mirrored",
    "one-sided": "render.caveat_one_sided",
    "no data": "render.caveat_no_data",
    "outlier": "render.caveat_outlier",
    "contested name": "render.caveat_contested_name",
    "former economy": "render.caveat_former_economy",
    "concept": "render.caveat_concept",
}
FEWEST_CUT = 3
"""Rows: a table is not cut for fewer."""
DOUBTS = ("provisional", "flagged")
"""What a reader must see beside a number in a table, in words."""

SHORT_NOTE = 100
"""Characters: a note up to this length is told with each number, a longer one that comes again only once."""


class Row(NamedTuple):
    """One line of a figure's data: the item, and a mark of each series (None where it has none)."""

    item: Label
    marks: tuple[Mark | None, ...]
    events: str = ""
    """The numbers of a timeline's events of that year."""


class Words:
    """One brief in one language."""

    def __init__(self, brief: Brief, language: Language) -> None:
        self.brief = brief
        self.language = language
        self.ledger: Ledger = brief.ledger

    def runs(self, prose: Prose) -> tuple[Run, ...]:
        """Return a sentence as runs."""
        return self.language.runs(prose, self.ledger)

    def text(self, prose: Prose) -> str:
        """Return a sentence as text."""
        return self.language.text(prose, self.ledger)

    def word(self, key: str) -> str:
        """Return one of the renderers' own words."""
        return self.language.words(f"render.{key}")

    def figures(self) -> list[Chart | LocatorMap]:
        """Return the figures of the brief, in their order."""
        blocks = (block for section in self.brief.sections for block in section.blocks)
        return [block for block in blocks if isinstance(block, Chart | LocatorMap)]

    def caveat(self, caveat: Caveat) -> str:
        """Return the heading of a caveat."""
        return self.language.words(CAVEAT_KEYS[caveat.kind])

    def subtitle(self) -> str:
        """Return the line under the title: what kind of document, on which pair, year and data."""
        brief = self.brief
        labels = {
            "kind": _text(self.word(f"length_{brief.length}")),
            "a": Label("economy", brief.pair[0]),
            "b": Label("economy", brief.pair[1]),
            "year": _text(str(brief.year)),
            "vintage": _text(brief.vintage),
        }
        if brief.as_of:
            return self.text(Prose("render.subtitle_as_of", {}, {**labels, "date": _text(brief.as_of)}))
        return self.text(Prose("render.subtitle", {}, labels))

    def filled(self, key: str, **values: str) -> str:
        """Fill one of the renderers' own templates with plain words."""
        return self.text(Prose(f"render.{key}", {}, {name: _text(value) for name, value in values.items()}))

    def sources(self, block: AnyBlock) -> tuple[Dataset, ...]:
        """Return the datasets a block rests on, in the order in which it first cites them."""
        return self.datasets(cited(block))

    def datasets(self, facts: Iterable[str]) -> tuple[Dataset, ...]:
        """Return the datasets that facts were drawn from."""
        named: dict[str, Dataset] = {}
        for identity in facts:
            fact = self.ledger.facts.get(identity)
            for source in fact.inputs if fact else ():
                dataset = self.ledger.datasets.get(source.partition("@")[0])
                if dataset is not None:
                    named.setdefault(dataset.id, dataset)
        return tuple(named.values())

    def source_line(self, block: AnyBlock) -> str:
        """Return the source line of a figure or table; empty when it shows no number."""
        found = self.sources(block)
        if not found:
            return ""
        sources = "; ".join(f"{d.producer}, {d.version}" for d in found)
        if self.brief.as_of:
            return self.filled("source_as_of", sources=sources, date=spoken(self.brief.as_of))
        return self.filled("source", sources=sources)

    def more(self, block: AnyBlock) -> str:
        """Say how many rows of a table stand in the annex only; empty where its section shows all."""
        if not isinstance(block, Table) or not _cut(block):
            return ""
        return self.filled("more_rows", count=str(len(block.rows) - abs(block.shown)))

    def formulas(self) -> tuple[Formula, ...]:
        """Return the formulas behind the brief's facts, by name."""
        return tuple(sorted(self.ledger.formulas.values(), key=lambda formula: formula.name))

    def all_datasets(self) -> tuple[Dataset, ...]:
        """Return the datasets behind the brief's facts, by producer."""
        return tuple(sorted(self.ledger.datasets.values(), key=lambda d: (d.producer, d.id)))

    def written_sources(self) -> tuple[tuple[int, tuple[Part, ...]], ...]:
        """Return the sources of the dossier with their numbers, as a bibliography has them."""
        return tuple((source.number, written(source.reference)) for source in self.brief.sources)

    def shown(self, cell: Cell | Mark) -> str:
        """Return a cell's or a mark's number as it is written: a quoted one as its text prints it.

        A mark is drawn with its interval, so the table of a figure has it too, unless both ends are the value
        (of no flow there is no other ratio than nought); a cell leaves it to its table.
        """
        if isinstance(cell, Cell) and cell.label:
            return self.language.label(cell.label)
        fact = self.ledger[cell.fact]
        written = self.language.number(fact)
        spread = fact.interval
        ranged = isinstance(cell, Mark) and spread is not None and spread.kind != "standard error"
        if ranged and spread is not None and spread.low == fact.value == spread.high:
            return written
        return f"{written} ({self.language.number(fact, 'range')})" if ranged else written

    def doubt(self, cell: Cell | Mark) -> str:
        """Return the words that mark a number as doubtful; empty where it is not."""
        status = self.ledger[cell.fact].status
        if status in DOUBTS:
            return self.word(f"status_{status}")
        return self.word("status_doubtful") if isinstance(cell, Mark) and cell.doubtful else ""

    def origins(self) -> tuple[tuple[str, tuple[Fact, ...]], ...]:
        """Return every fact once, under the title of the first section that shows it.

        What no section shows (a sentence of the summary, a number that others were computed from) comes
        last, under its own title.
        """
        left = dict(self.ledger.facts)
        groups = []
        for section in self.brief.sections:
            shown = [left.pop(identity) for identity in dict.fromkeys(cited(section)) if identity in left]
            if shown:
                groups.append((self.text(section.title), tuple(shown)))
        if left:
            groups.append((self.word("where_from_others"), tuple(left.values())))
        return tuple(groups)


def in_body(block: AnyBlock) -> AnyBlock | None:
    """Return a block as it stands in its section: a long table cut, None where it is in the annex alone."""
    if isinstance(block, Table | Chart) and block.annex:
        return None
    if not isinstance(block, Table) or not _cut(block):
        return block
    kept = range(len(block.rows))[: block.shown] if block.shown > 0 else range(len(block.rows))[block.shown :]
    return replace(
        block,
        id=f"{block.id}-lead",
        rows=tuple(block.rows[place] for place in kept),
        emphasis=tuple(kept.index(place) for place in block.emphasis if place in kept),
    )


def annexed(section: Section) -> tuple[AnyBlock, ...]:
    """Return the blocks of a section that stand in the annex, whole."""
    return tuple(
        block
        for block in section.blocks
        if (isinstance(block, Table | Chart) and block.annex) or (isinstance(block, Table) and _cut(block))
    )


def _cut(table: Table) -> bool:
    return 0 < abs(table.shown) <= len(table.rows) - FEWEST_CUT


def ended(*parts: str) -> str:
    """Join texts as sentences, each with one full stop whether or not it came with one."""
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def by_formula(facts: Iterable[Fact]) -> dict[str, tuple[Fact, ...]]:
    """Return facts by formula, in the order in which they come."""
    groups: dict[str, tuple[Fact, ...]] = {}
    for fact in facts:
        groups[fact.formula] = (*groups.get(fact.formula, ()), fact)
    return groups


def shared_notes(notes: Iterable[str]) -> dict[str, str]:
    """Return the mark of each long note that several numbers carry (a model's assumptions)."""
    carried = Counter(notes)
    common = [note for note, times in carried.items() if times > 1 and len(note) > SHORT_NOTE]
    return {note: f"N{place}" for place, note in enumerate(common, start=1)}


def figure_rows(chart: Chart) -> tuple[Row, ...]:
    """Return the data of a figure as lines of a table: items down, series across.

    Items stand in the order of the figure; those of a line chart by their year. An item that a series
    holds twice gets a line for each.
    """
    rows: dict[tuple[str, int], list[Mark | None]] = {}
    items: dict[str, Label] = {}
    for place, series in enumerate(chart.series):
        for mark in series.marks:
            items.setdefault(mark.at.id, mark.at)
            turn = 0
            while (row := rows.setdefault((mark.at.id, turn), [None] * len(chart.series)))[place]:
                turn += 1
            row[place] = mark
    happened: dict[str, list[str]] = {}
    for moment in chart.events.marks if chart.events else ():
        year = moment.at.id[:4]
        items.setdefault(year, Label("year", year, year))
        rows.setdefault((year, 0), [None] * len(chart.series))
        happened.setdefault(year, []).append(str(moment.number))
    keys = sorted(rows) if chart.kind in ("lines", "timeline") else list(rows)
    return tuple(Row(items[k[0]], tuple(rows[k]), ", ".join(happened.get(k[0], ()))) for k in keys)


def figure_head(chart: Chart, words: Words) -> list[str]:
    """Return the head of a figure's data: what is measured over the items, then the series.

    Where the one series has the name of what is measured (a map), the items are called that.
    """
    axis, series = words.text(chart.axis), [words.text(series.label) for series in chart.series]
    return [words.word("item_column") if series == [axis] else axis, *series]


def vintage_day(vintage: str) -> tuple[int, int, int]:
    """Return the day that dates a document: its vintage's name (2026-11 is the first of that month)."""
    found = re.search(r"(\d{4})-(\d{2})(?:-(\d{2}))?", vintage)
    if found is None:
        return (2000, 1, 1)
    year, month, day = found.groups()
    return (int(year), int(month), int(day or 1))


def _text(words: str) -> Label:
    return Label("text", words, words)
