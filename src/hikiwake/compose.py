"""From a pair to a brief: opens the data, asks each section in order, and puts the whole together."""

from __future__ import annotations

import operator
import re
import shlex
from collections.abc import Callable
from datetime import date
from importlib import import_module
from typing import Protocol, cast, get_args

import msgspec

from hikiwake import __version__
from hikiwake.core.country import Pair
from hikiwake.core.dates import over
from hikiwake.core.document import (
    MOST_DIGITS,
    USUAL_DIGITS,
    AnyBlock,
    Brief,
    Caveat,
    Chart,
    Length,
    Section,
    Table,
    cited,
    labels,
)
from hikiwake.core.dossier import Dossier
from hikiwake.core.errors import BadUsage, NoData
from hikiwake.core.provenance import Ledger
from hikiwake.dossier import identity
from hikiwake.dossier.citations import numbered
from hikiwake.dossier.horizon import known_by
from hikiwake.measures.flows import FLOWS
from hikiwake.measures.statement import Statements
from hikiwake.sections import Context
from hikiwake.sections.wording import economy, prose
from hikiwake.store.catalogue import Vintage
from hikiwake.store.tables import Tables, open_tables

MOST_ROWS = 1000
"""No table shows more products, partners or industries."""

Progress = Callable[[str, float], None]

# The order of the brief stands here and nowhere else.
SECTIONS = (
    "ties",
    "complementarity",
    "potential",
    "scenarios",
    "chronology",
    "standpoints",
    "dispute",
    "audit",
)


class SectionModule(Protocol):
    """What a section's module offers."""

    ID: str
    NEEDS: tuple[str, ...]

    def section(self, context: Context) -> Section | None:
        """Return the section for a context; None where it has nothing to be about."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader asks for.

    `year` None means the latest year that is not provisional, and in which both economies were counted.
    `as_of` (an ISO date) leaves out every observation whose year had not ended by then; values are today's
    vintage, not what was published then. Of the `dossier` it leaves out what was not known by then.
    `dossier_file` is its file, where it is the reader's own. `top` is how many products, partners or
    industries tables and figures show (None: each as many as is usual); `digits` the decimals of a
    percentage, which other numbers as they are written follow.
    """

    pair: Pair
    year: int | None = None
    as_of: str = ""
    length: Length = "full"
    dossier: Dossier | None = None
    dossier_file: str = ""
    top: int | None = None
    digits: int = USUAL_DIGITS

    def __post_init__(self) -> None:
        if self.length not in get_args(Length):
            raise BadUsage(
                where=f"length {self.length!r}",
                why="a brief has no such length",
                remedy=f"Choose one of: {', '.join(get_args(Length))}.",
            )
        if self.year is None:
            return
        try:
            # A year out of a table of NumPy or pandas is a number of theirs.
            msgspec.structs.force_setattr(self, "year", operator.index(self.year))
        except TypeError as fault:
            raise BadUsage(
                where=f"year {self.year!r}",
                why="a year is a whole number",
                remedy="Write it without quotes, such as year=2014.",
            ) from fault


def brief(request: Request, tables: Tables | None = None, progress: Progress | None = None) -> Brief:
    """Compose the brief of a pair.

    Raises `NoData` when the year lies outside the data, `DamagedStore` when a file is not what it must be,
    `BadUsage` for a `top` or `digits` that make no sense, as `Request` does for a year or a length.
    """
    bounded("digits", request.digits, 0, MOST_DIGITS)
    if request.top is not None:
        bounded("top", request.top, 1, MOST_ROWS)
    opened = tables or open_tables()
    at = resolve_year(request, opened.vintage)
    ledger = Ledger()
    day = date.fromisoformat(request.as_of) if request.as_of else None
    held = known_by(request.dossier, day) if request.dossier and day else request.dossier
    context = Context(
        request.pair.a,
        request.pair.b,
        at,
        Statements(opened, ledger),
        _last_year(request),
        dossier=held,
        source=identity.dataset(request.dossier) if request.dossier else None,
        as_of=day,
        dossier_file=request.dossier_file,
        top=request.top,
    )
    sections = []
    for number, name in enumerate(SECTIONS):
        if progress:
            progress(name, number / len(SECTIONS))
        made = _section(name, context)
        sections += [noted_once(made)] if made else []
    if progress:
        progress("done", 1.0)
    whole = Brief(
        pair=(request.pair.a.id, request.pair.b.id),
        year=at,
        length=request.length,
        title=prose("brief.title", a=economy(request.pair.a.id), b=economy(request.pair.b.id)),
        sections=tuple(sections),
        ledger=ledger,
        vintage=opened.vintage.name,
        engine=__version__,
        command=command(request, at, opened.vintage),
        as_of=request.as_of,
        sources=numbered(held) if held else (),
        digits=request.digits,
    )
    return settle(shorten(whole) if request.length == "glance" else whole)


def settle(whole: Brief) -> Brief:
    """Keep what the brief shows: a fact, or a source, that nobody can see is not part of it."""
    shown = (*cited(whole.title), *cited(whole.sections))
    ledger = whole.ledger.only(shown)
    if not whole.sources:
        return msgspec.structs.replace(whole, ledger=ledger)
    marks = (label for label in labels(whole.sections) if label.kind == "cite")
    numbers = {number for mark in marks for number in mark.id.split(",")}
    sources = tuple(source for source in whole.sources if str(source.number) in numbers)
    return msgspec.structs.replace(whole, ledger=ledger, sources=sources)


def noted_once(section: Section) -> Section:
    """Leave out the note of a table or figure that one before it in the section has, word for word.

    What stands in the body and what stands in the annex are read apart, so each tells its notes.
    """
    seen: set[tuple[bool, bytes]] = set()
    blocks: list[AnyBlock] = []
    for block in section.blocks:
        if isinstance(block, Table | Chart) and block.note is not None:
            told = (block.annex, msgspec.json.encode(block.note))
            kept = block if told not in seen else msgspec.structs.replace(block, note=None)
            seen.add(told)
            blocks.append(kept)
        else:
            blocks.append(block)
    return msgspec.structs.replace(section, blocks=tuple(blocks))


def command(request: Request, year: int, vintage: Vintage | None = None) -> str:
    """Return the command line that composes the same brief again, defaults spelt out."""
    pinned = "" if vintage is None else vintage.option
    parts = [f"hikiwake{pinned} brief", request.pair.a.id, request.pair.b.id, f"--year {year}"]
    if request.as_of:
        parts.append(f"--as-of {request.as_of}")
    if request.length != "full":
        parts.append(f"--length {request.length}")
    if request.dossier_file:
        parts.append(f"--dossier {shlex.quote(request.dossier_file)}")
    if request.top is not None:
        parts.append(f"--top {request.top}")
    return _digited(" ".join(parts), request.digits)


def with_digits(whole: Brief, digits: int) -> Brief:
    """Return a brief whose numbers are written with other digits; its facts are the same."""
    bounded("digits", digits, 0, MOST_DIGITS)
    return msgspec.structs.replace(whole, digits=digits, command=_digited(whole.command, digits))


def _digited(line: str, digits: int) -> str:
    plain = re.sub(r" --digits \d$", "", line)
    return plain if digits == USUAL_DIGITS else f"{plain} --digits {digits}"


def bounded(name: str, value: int, least: int, most: int) -> None:
    """Refuse a number that is out of bounds."""
    if not least <= value <= most:
        raise BadUsage(
            where=f"{name} {value}", why="that is out of bounds", remedy=f"Choose {least} to {most}."
        )


def resolve_year(request: Request, vintage: Vintage) -> int:
    """Return the year a brief is about, or raise `NoData` with the years there are."""
    dataset = vintage.dataset_of(FLOWS)
    first, last = dataset.first_year, dataset.last_year
    if first is None or last is None:
        raise NoData(
            where=f"dataset {dataset.id!r}",
            why="its catalogue entry names no years",
            remedy="Rebuild the vintage; the catalogue must state first and last year.",
        )
    newest = last
    if dataset.provisional_from is not None:
        newest = max(first, min(last, dataset.provisional_from - 1))  # provisional, where all years are
    # Of an economy that is not counted any more, the last year of its own.
    counted = [one.until for one in (request.pair.a, request.pair.b) if one.until and one.until >= first]
    latest = min(newest, _last_year(request) or newest, *counted)
    wanted = request.year if request.year is not None else latest
    limit = min(last, _last_year(request) or last)
    if limit < first:
        raise NoData(
            where=f"as-of date {request.as_of}",
            why=f"no year of the data, which cover {first} to {last}, had ended by then",
            remedy=f"Choose a date from {first}-12-31 on.",
        )
    if not first <= wanted <= limit:
        raise NoData(
            where=f"year {wanted}",
            why=f"the data cover {first} to {limit}" + (f" as of {request.as_of}" if request.as_of else ""),
            remedy=f"Choose a year from {first} to {limit}; the nearest is {max(first, min(wanted, limit))}.",
        )
    held = [year for year in vintage.years_of(FLOWS) if year <= limit]
    if request.year is None:
        return max((year for year in held if year <= wanted), default=min(held))
    if wanted not in held:
        raise NoData(
            where=f"year {wanted}",
            why=f"the data from {first} to {limit} leave it out",
            remedy=f"They hold: {', '.join(map(str, held))}.",
        )
    return wanted


def shorten(whole: Brief) -> Brief:
    """Keep what a two-page reader needs: the blocks marked for a glance, and sections that say something."""
    sections = tuple(
        msgspec.structs.replace(section, blocks=tuple(b for b in section.blocks if b.glance))
        for section in whole.sections
    )
    telling = tuple(section for section in sections if section.blocks or section.summary)
    return msgspec.structs.replace(whole, length="glance", sections=telling)


def _section(identity: str, context: Context) -> Section | None:
    module = cast(SectionModule, import_module(f"hikiwake.sections.{identity}.section"))
    missing = [table for table in module.NEEDS if not context.say.tables.has(table)]
    if missing:
        reason = prose(f"{identity}.absent")
        return Section(
            identity, prose(f"{identity}.title"), reason, (Caveat("no data", reason, glance=True),)
        )
    return module.section(context)


def _last_year(request: Request) -> int | None:
    """Return the last year that had ended at the as-of date."""
    if not request.as_of:
        return None
    try:
        day = date.fromisoformat(request.as_of)
    except ValueError as fault:
        raise BadUsage(
            where=f"as-of date {request.as_of!r}",
            why="it is not a calendar date",
            remedy="Write it as YYYY-MM-DD, for example 2016-12-01.",
        ) from fault
    return over(day)
