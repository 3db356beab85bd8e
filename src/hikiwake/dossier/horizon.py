"""What a dossier knew at a date: the future is left out."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

import msgspec

from hikiwake.core.dates import PartialDate
from hikiwake.core.dossier import CitedFact, Dossier, Event, Position, Project

Entry = TypeVar("Entry", Event, Position, Project)


def known_by(dossier: Dossier, day: date) -> Dossier:
    """Leave out events, positions, projects and figures that the public could not know by the end of a day.

    Where an entry does not say since when it was `known`, an event counts from the last day it may mean, a
    figure from the end of its period, a position or project from the last day on which it may have begun.
    What ended later is still in force then, so its end is left out as well. A claim is left out when its text
    can't have been published by then; of a text dated to a month it may.
    """
    later = {
        text.id
        for text in dossier.references
        if text.issued != "" and PartialDate.parse(text.issued).first > day
    }
    return msgspec.structs.replace(
        dossier,
        as_of=min(str(dossier.as_of), day.isoformat()) if dossier.as_of != "" else day.isoformat(),
        events=tuple(_open(event, day) for event in dossier.events if _by(event.known or event.date, day)),
        positions=tuple(_open(held, day) for held in dossier.positions if _by(held.known or held.since, day)),
        projects=tuple(_open(held, day) for held in dossier.projects if _by(held.known or held.since, day)),
        facts=tuple(fact for fact in dossier.facts if _by(_since(fact), day)),
        dispute=dossier.dispute if _by((dossier.dispute or {}).get("as_of", ""), day) else None,
        claims=tuple(claim for claim in dossier.claims if claim.document not in later),
    )


def _since(fact: CitedFact) -> str | int:
    return fact.known or fact.in_


def _by(when: str | int, day: date) -> bool:
    return when == "" or PartialDate.parse(when).last <= day


def _open(entry: Entry, day: date) -> Entry:
    """Leave out an end that lies in the future."""
    return entry if _by(entry.until, day) else msgspec.structs.replace(entry, until="")
