"""Tables of events, with what each changed and its sources."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hikiwake.core.document import Prose, Table
from hikiwake.core.dossier import Event, Place
from hikiwake.measures.chronology.contacts import in_order
from hikiwake.sections import Context
from hikiwake.sections.citing import cite
from hikiwake.sections.wording import cell, day, prose, text


def table(
    context: Context,
    identity: str,
    title: Prose,
    events: Iterable[Event],
    note: Prose | None = None,
    *,
    shown: int = 0,
) -> Table:
    """List events in the order given, each under its number in the whole chronology.

    Parameters
    ----------
    shown : how many of them stand in the section (see `Table`).
    """
    assert context.dossier is not None  # noqa: S101  (there are events)
    places = context.dossier.places
    numbers = {event.id: number for number, event in enumerate(in_order(context.dossier.events), start=1)}
    return Table(
        id=identity,
        title=title,
        columns=(
            prose("chronology.column_number"),
            prose("chronology.column_when"),
            prose("chronology.column_what"),
            prose("chronology.column_kind"),
            prose("chronology.column_sources"),
        ),
        rows=tuple(
            (
                cell(text(str(numbers[event.id]))),
                cell(day(event.date)),
                cell(text(_told(event, places))),
                cell(text(event.type)),
                cell(cite(context, event.sources)),
            )
            for event in events
        ),
        note=note,
        shown=shown,
    )


def _told(event: Event, places: tuple[Place, ...]) -> str:
    """Return an event's title, every name of the disputed place where it was, and what it changed."""
    title = f"{event.title}{_names(event, places)}"
    title = title if title.endswith((".", "!", "?")) or not event.changed else f"{title}."
    return f"{title} {event.changed}".strip()


def _names(event: Event, places: tuple[Place, ...]) -> str:
    """Return the names of the disputed places that an event's place speaks of, in the alphabet's order."""
    said = set(re.split(r"\W+", event.place.casefold()))
    named = []
    for place in places:
        names = sorted({name.name for name in place.names})
        if len(names) > 1 and any(set(re.split(r"\W+", name.casefold())) <= said for name in names):
            named.append(" / ".join(names))
    return f" ({'; '.join(named)})" if named else ""
