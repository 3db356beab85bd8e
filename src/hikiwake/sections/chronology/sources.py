"""The references that the chronology cites, numbered in the order in which its events cite them."""

from __future__ import annotations

from hikiwake.core.document import Label, Table
from hikiwake.core.dossier import Dossier, Name, Reference
from hikiwake.measures.chronology.contacts import in_order
from hikiwake.sections.wording import cell, day, prose, text


def numbered(dossier: Dossier) -> dict[str, int]:
    """Return the number of each reference that an event cites."""
    cited = (source for event in in_order(dossier.events) for source in event.sources)
    return {source: number for number, source in enumerate(dict.fromkeys(cited), start=1)}


def cite(numbers: dict[str, int], sources: tuple[str, ...]) -> Label | None:
    """Return the numbers of an entry's sources; None where it names none."""
    return text(f"[{', '.join(str(numbers[source]) for source in sources)}]") if sources else None


def table(dossier: Dossier, numbers: dict[str, int]) -> Table:
    """List the references with who published them, when, and where they stand."""
    held = {reference.id: reference for reference in dossier.references}
    return Table(
        id="chronology-sources",
        title=prose("chronology.sources"),
        columns=(
            prose("chronology.column_number"),
            prose("chronology.column_source"),
            prose("chronology.column_issued"),
            prose("chronology.column_address"),
        ),
        rows=tuple(
            (
                cell(text(str(number))),
                cell(text(_described(held[source]))),
                cell(day(held[source].issued) if held[source].issued != "" else None),
                cell(text(held[source].url) if held[source].url else None),
            )
            for source, number in numbers.items()
        ),
        note=prose("chronology.sources_note"),
    )


def _described(reference: Reference) -> str:
    who = "; ".join(_name(author) for author in reference.author)
    where = reference.container or reference.publisher
    return ". ".join(part.rstrip(".") for part in (who, reference.title, where, reference.number) if part)


def _name(author: Name) -> str:
    return author.literal or ", ".join(part for part in (author.family, author.given) if part)
