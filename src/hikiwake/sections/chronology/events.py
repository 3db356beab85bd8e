"""The list of events, with what each changed and its sources."""

from __future__ import annotations

from hikiwake.core.document import AnyBlock, Table
from hikiwake.core.dossier import Dossier, Event
from hikiwake.measures.chronology import contacts
from hikiwake.sections import Context
from hikiwake.sections.wording import cell, cite, day, economy, prose, text


def in_order(dossier: Dossier) -> tuple[Event, ...]:
    """Return the events by date."""
    return contacts.in_order(dossier.events)


def blocks(context: Context) -> list[AnyBlock]:
    """Write the table of all events."""
    dossier = context.dossier
    assert dossier is not None  # noqa: S101  (the section has looked)
    return [
        Table(
            id="chronology",
            title=prose("chronology.table", a=economy(context.a.id), b=economy(context.b.id)),
            columns=(
                prose("chronology.column_when"),
                prose("chronology.column_what"),
                prose("chronology.column_kind"),
                prose("chronology.column_sources"),
            ),
            rows=tuple(
                (
                    cell(day(event.date)),
                    cell(text(told(event))),
                    cell(text(event.type)),
                    cell(cite(dossier, event.sources)),
                )
                for event in in_order(dossier)
            ),
        )
    ]


def told(event: Event) -> str:
    """Return an event's title and what it changed."""
    title = event.title if event.title.endswith((".", "!", "?")) or not event.changed else f"{event.title}."
    return f"{title} {event.changed}".strip()
