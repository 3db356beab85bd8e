"""The numbers under which a brief cites the references of a dossier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hikiwake.core.dates import PartialDate
from hikiwake.core.document import Source
from hikiwake.core.dossier import Dossier


def numbered(dossier: Dossier) -> tuple[Source, ...]:
    """Return the references that some entry cites, in the order in which a reader meets them.

    Events by date come first, then the other parts as they stand in the dossier.
    """
    held = {reference.id: reference for reference in dossier.references}
    named = dict.fromkeys(source for source in _cited(dossier) if source in held)
    return tuple(Source(number, held[source]) for number, source in enumerate(named, start=1))


def marks(sources: Iterable[Source]) -> dict[str, int]:
    """Return the number of each reference by its id."""
    return {source.reference.id: source.number for source in sources}


def _cited(dossier: Dossier) -> Iterator[str]:
    for event in sorted(dossier.events, key=lambda event: PartialDate.parse(event.date)):
        yield from event.sources
    for part in (dossier.places, dossier.positions, dossier.projects, dossier.facts):
        for entry in part:
            yield from entry.sources
    for claim in dossier.claims:
        yield from (claim.document, *getattr(claim, "sources", ()))
