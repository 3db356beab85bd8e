"""Disputed places with all their names; the order of the names is the alphabet's and means nothing."""

from __future__ import annotations

from hikiwake.core.document import AnyBlock, Table
from hikiwake.core.dossier import Place
from hikiwake.core.provenance import Fact
from hikiwake.sections import Context
from hikiwake.sections.citing import cite, party
from hikiwake.sections.wording import cell, prose, text


def blocks(context: Context, count: Fact) -> list[AnyBlock]:
    """Write the table of places; nothing where the dossier names none."""
    assert context.dossier is not None  # noqa: S101  (section() has looked)
    held = context.dossier.places
    if not held:
        return []
    return [
        Table(
            id="places",
            title=prose("standpoints.places", {"count": count}),
            columns=tuple(
                prose(f"standpoints.column_{name}")
                for name in ("names", "claimed", "administered", "sources")
            ),
            rows=tuple(
                (
                    cell(text(_names(place))),
                    cell(text(_parties(place.claimed_by)) if place.claimed_by else None),
                    cell(party(place.administered_by) if place.administered_by else None),
                    cell(cite(context, place.sources)),
                )
                for place in held
            ),
            note=prose("standpoints.places_note"),
        )
    ]


def _names(place: Place) -> str:
    """Return all names of a place with who uses each, and what the dossier notes of it."""
    written = [
        f"{name.name} ({_parties(name.used_by)})" if name.used_by else name.name
        for name in sorted(place.names, key=lambda name: name.name)
    ]
    named = " / ".join(written)
    return f"{named}. {place.note}" if place.note else named


def _parties(names: tuple[str, ...]) -> str:
    return ", ".join(party(name).text for name in names)
