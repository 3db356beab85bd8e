"""What is in force at the brief's date: treaties, declarations, laws, sanctions."""

from __future__ import annotations

from datetime import date

from hikiwake.core.dates import PartialDate
from hikiwake.core.document import AnyBlock
from hikiwake.measures.chronology.contacts import in_force, when
from hikiwake.measures.chronology.statements import in_force as stated
from hikiwake.sections import Context
from hikiwake.sections.chronology.events import table
from hikiwake.sections.wording import day, prose


def blocks(context: Context) -> list[AnyBlock]:
    """Write the table of what is in force; nothing where nothing is."""
    assert context.dossier is not None and context.source is not None  # noqa: S101, PT018  (the section has looked)
    at = _day(context)
    standing = in_force(context.dossier.events, at)
    if not standing:
        return []
    sanctions = tuple(event for event in standing if event.type == "sanction")
    others = tuple(event for event in standing if event.type != "sanction")
    counts = {
        "others": stated(context.say, context.source, "agreements and laws", at, others),
        "sanctions": stated(context.say, context.source, "sanctions", at, sanctions),
    }
    title = prose("chronology.in_force", counts, day=day(at.isoformat()))
    return [table(context, "in-force", title, standing, prose("chronology.in_force_note"))]


def _day(context: Context) -> date:
    """Return the as-of date, else the dossier's, else that of its last event."""
    assert context.dossier is not None  # noqa: S101
    if context.as_of is not None:
        return context.as_of
    if context.dossier.as_of != "":
        return PartialDate.parse(context.dossier.as_of).last
    return max(when(event).last for event in context.dossier.events)
