"""Tables of events, with what each changed and its sources."""

from __future__ import annotations

from collections.abc import Iterable

from hikiwake.core.document import Prose, Table
from hikiwake.core.dossier import Event
from hikiwake.sections.chronology.sources import cite
from hikiwake.sections.wording import cell, day, prose, text


def table(
    identity: str, title: Prose, events: Iterable[Event], numbers: dict[str, int], note: Prose | None = None
) -> Table:
    """List events in the order given; `numbers` are those of the references."""
    return Table(
        id=identity,
        title=title,
        columns=(
            prose("chronology.column_when"),
            prose("chronology.column_what"),
            prose("chronology.column_kind"),
            prose("chronology.column_sources"),
        ),
        rows=tuple(
            (
                cell(day(event.date)),
                cell(text(_told(event))),
                cell(text(event.type)),
                cell(cite(numbers, event.sources)),
            )
            for event in events
        ),
        note=note,
    )


def _told(event: Event) -> str:
    """Return an event's title and what it changed."""
    title = event.title if event.title.endswith((".", "!", "?")) or not event.changed else f"{event.title}."
    return f"{title} {event.changed}".strip()
