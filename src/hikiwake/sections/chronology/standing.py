"""What is in force at the brief's date: treaties, declarations, laws, sanctions."""

from __future__ import annotations

from datetime import date

from hikiwake.core.dates import PartialDate
from hikiwake.core.document import AnyBlock, Table
from hikiwake.measures.chronology.contacts import in_force, when
from hikiwake.measures.chronology.statements import in_force as stated
from hikiwake.sections import Context
from hikiwake.sections.chronology.events import told
from hikiwake.sections.wording import cell, cite, day, prose, text


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
    return [
        Table(
            id="in-force",
            title=prose("chronology.in_force", counts, day=day(at.isoformat())),
            columns=(
                prose("chronology.column_since"),
                prose("chronology.column_what"),
                prose("chronology.column_kind"),
                prose("chronology.column_sources"),
            ),
            rows=tuple(
                (
                    cell(day(event.date)),
                    cell(text(told(event))),
                    cell(text(event.type)),
                    cell(cite(context.dossier, event.sources)),
                )
                for event in standing
            ),
            note=prose("chronology.in_force_note"),
        )
    ]


def _day(context: Context) -> date:
    """Return the as-of date, else the dossier's, else that of its last event."""
    assert context.dossier is not None  # noqa: S101
    if context.as_of is not None:
        return context.as_of
    if context.dossier.as_of != "":
        return PartialDate.parse(context.dossier.as_of).last
    return max(when(event).last for event in context.dossier.events)
