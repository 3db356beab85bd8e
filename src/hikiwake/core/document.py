"""What a brief is made of, before looks: sentences, tables, charts, maps, caveats, sections.

Numbers stand in the ledger and are named here by fact id; words that depend on the language stand in
`text/<language>.toml` and are named by key. A renderer adds looks, never content.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from hikiwake.core.dossier import Reference
from hikiwake.core.provenance import Ledger

LabelKind = Literal[
    "economy", "product", "industry", "group", "year", "dataset", "text", "date", "cite", "code"
]  # fmt: skip
ChartKind = Literal[
    "lines", "bars", "diverging", "dumbbell", "strip", "ranges", "scatter", "timeline", "whiskers", "curves",
    "map", "variants",
]  # fmt: skip
CaveatKind = Literal[
    "partial coverage",
    "not comparable",
    "provisional",
    "mirrored",
    "one-sided",
    "no data",
    "outlier",
    "contested name",
    "former economy",
    "concept",
]
Length = Literal["glance", "full"]
USUAL_DIGITS, MOST_DIGITS = 1, 6
"""Decimals of a percentage as it is written where nobody asks for others, and the most there are."""


class Label(msgspec.Struct, frozen=True, omit_defaults=True):
    """A name in a sentence, table or chart: what it names, and the English text to fall back on.

    Economies (`id` = economy id) are named by the language of the reader; names that hold digits
    (HS 2709, G7) and years come in as labels because templates may not hold digits. A `date` has the
    spelling of `PartialDate` as its id, a `cite` the numbers of its sources, with commas between. A `code`
    (a column's name) stays as it is at the start of a sentence too.
    """

    kind: LabelKind
    id: str
    text: str = ""


class Prose(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sentence: the key of its template, the facts and the labels that fill it."""

    key: str
    facts: dict[str, str] = {}
    labels: dict[str, Label] = {}


class Block(msgspec.Struct, frozen=True, omit_defaults=True, tag=True):
    """Anything that stands in a section. `glance` blocks also stand in the two-page brief."""


class Paragraph(Block, frozen=True, omit_defaults=True):
    """Sentences that belong together."""

    sentences: tuple[Prose, ...]
    glance: bool = False


class KeyFigure(msgspec.Struct, frozen=True, omit_defaults=True):
    """One number of a key-figures box with what it is."""

    label: Prose
    fact: str


class KeyFigures(Block, frozen=True, omit_defaults=True):
    """A box of key figures."""

    title: Prose
    items: tuple[KeyFigure, ...]
    glance: bool = True


class Cell(msgspec.Struct, frozen=True, omit_defaults=True):
    """One cell: a fact, a label, some words with facts in them, or nothing.

    With a fact, the label is how a quoted text prints its number. Nothing is printed as a dash, with the
    reason in the note.
    """

    fact: str = ""
    label: Label | None = None
    said: Prose | None = None


class Table(Block, frozen=True, omit_defaults=True):
    """A table whose title says the finding. The source line is derived from the facts.

    Of a table with many rows only so many are `shown` in the body, the first ones or (below zero) the last
    ones, and all of them in the annex; nought shows all. What is for looking up stands in the `annex` alone.
    """

    id: str
    title: Prose
    columns: tuple[Prose, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: Prose | None = None
    emphasis: tuple[int, ...] = ()
    shown: int = 0
    annex: bool = False
    glance: bool = False


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """One point or bar: where it stands, its fact, and how it is drawn.

    `emphasis` marks what the title speaks of; `doubtful` marks flagged or provisional values, which
    are drawn hollow and left out of connecting lines.
    """

    at: Label
    fact: str
    emphasis: bool = False
    doubtful: bool = False


class Series(msgspec.Struct, frozen=True, omit_defaults=True):
    """A named sequence of marks (`render.name` is the template that only names a label)."""

    label: Prose
    marks: tuple[Mark, ...]


class Annotation(msgspec.Struct, frozen=True, omit_defaults=True):
    """A short text at a place of a chart."""

    at: Label
    text: Prose


class Moment(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event of a timeline: when and what, its number in the table of events, its row, and whose doing."""

    at: Label
    what: Label
    number: int
    row: int
    party: int


class Moments(msgspec.Struct, frozen=True, omit_defaults=True):
    """The events of a timeline by date, the names of its rows, and of the parties whose doing they are."""

    rows: tuple[Prose, ...]
    parties: tuple[Prose, ...]
    marks: tuple[Moment, ...]


class Chart(Block, frozen=True, omit_defaults=True):
    """A figure: `lines` over years, `bars` ranked, `diverging` (two directions), `dumbbell`, `strip`.

    `ranges` has five series of its rows: an outer and an inner range, a middle, the thing itself, its range.
    `scatter` has two series of the same things, one to the right and one upwards.
    `variants` are one number under several choices, a row each, of which the marks with `emphasis` are the
    first. `whiskers` are values with their intervals, a row each; `curves` run over a number (the ids of
    their marks, which the `note` names) within bands of intervals; a `map` shades economies. A `timeline` has
    `events`, which stand in rows above the lines of its series (or alone, without series).

    `title` says the finding, `axis` what is measured (units are derived from the facts), `alt` what a
    person who cannot see it should know. What is for looking up stands in the `annex`.
    """

    id: str
    kind: ChartKind
    title: Prose
    axis: Prose
    series: tuple[Series, ...]
    alt: Prose
    annotations: tuple[Annotation, ...] = ()
    events: Moments | None = None
    note: Prose | None = None
    annex: bool = False
    glance: bool = False


class LocatorMap(Block, frozen=True, omit_defaults=True):
    """A map that shows where the two economies lie; disputed areas are hatched by the renderer."""

    id: str
    title: Prose
    economies: tuple[str, str]
    alt: Prose
    note: Prose | None = None
    glance: bool = False


class Caveat(Block, frozen=True, omit_defaults=True):
    """Absence, doubt or partial coverage, said to the reader."""

    kind: CaveatKind
    text: Prose
    affects: tuple[str, ...] = ()
    glance: bool = False


AnyBlock = Paragraph | KeyFigures | Table | Chart | LocatorMap | Caveat


class Section(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a section returns: `title` names it, `finding` heads it, `summary` goes to the front page."""

    id: str
    title: Prose
    finding: Prose
    blocks: tuple[AnyBlock, ...]
    summary: tuple[Prose, ...] = ()


class Source(msgspec.Struct, frozen=True):
    """A reference of the dossier and the number under which the brief cites it."""

    number: int
    reference: Reference


class Brief(msgspec.Struct, frozen=True):
    """The whole product before looks; complete in itself, so it renders with no store at all."""

    pair: tuple[str, str]
    year: int
    length: Length
    title: Prose
    sections: tuple[Section, ...]
    ledger: Ledger
    vintage: str
    engine: str
    command: str
    as_of: str = ""
    sources: tuple[Source, ...] = ()
    digits: Annotated[int, msgspec.Meta(ge=0, le=MOST_DIGITS)] = USUAL_DIGITS
    """Decimals of a percentage as it is written; other numbers follow it, facts keep all of theirs."""

    @property
    def summary(self) -> tuple[tuple[Prose, ...], ...]:
        """Return what the front page says: of each section that says something there, its sentences."""
        return tuple(section.summary for section in self.sections if section.summary)


def cited(part: object) -> Iterator[str]:
    """Yield the id of every fact that a part of a document shows, in reading order (ids may repeat)."""
    if isinstance(part, Prose):
        yield from part.facts.values()
    elif isinstance(part, Cell | Mark | KeyFigure):
        if part.fact:
            yield part.fact
        words = part.said if isinstance(part, Cell) else part.label if isinstance(part, KeyFigure) else None
        yield from cited(words)
    elif isinstance(part, tuple):
        for item in part:
            yield from cited(item)
    elif isinstance(part, Caveat):
        yield from part.affects
        yield from cited(part.text)
    elif isinstance(part, msgspec.Struct) and not isinstance(part, Ledger | Label):
        for name in part.__struct_fields__:
            yield from cited(getattr(part, name))


def labels(part: object) -> Iterator[Label]:
    """Yield every label of a part of a document."""
    if isinstance(part, Label):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from labels(item)
    elif isinstance(part, dict):
        for item in part.values():
            yield from labels(item)
    elif isinstance(part, msgspec.Struct) and not isinstance(part, Ledger):
        for name in part.__struct_fields__:
            yield from labels(getattr(part, name))
