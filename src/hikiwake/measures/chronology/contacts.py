"""Visits and contacts of two parties, the time between them, and what is in force at a date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from hikiwake.core.country import known
from hikiwake.core.dates import PartialDate
from hikiwake.core.dossier import Event

LEADERS = ("state", "government")
CONTACTS = ("visit", "meeting", "summit")
BINDING = ("treaty", "law", "sanction")
DAYS_A_YEAR = 365.2425


class Visit(NamedTuple):
    """A visit of one party's leader to the other."""

    guest: str
    host: str
    event: Event


class Run(NamedTuple):
    """The latest visits in one direction, and the last one the other way before them (None: never)."""

    visits: tuple[Visit, ...]
    before: Visit | None


class Spell(NamedTuple):
    """The time between two contacts of leaders that follow each other."""

    earlier: Event
    later: Event

    @property
    def years(self) -> float:
        """The shortest time that both dates allow, in years."""
        return max(0, (when(self.later).first - when(self.earlier).last).days) / DAYS_A_YEAR


def when(event: Event) -> PartialDate:
    """Return the date of an event."""
    return PartialDate.parse(event.date)


def identity(party: str) -> str:
    """Return the id of the economy that a dossier names by code or name; an institution stays as written."""
    which = known(party)
    return which.id if which else party


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return events by date; those of one date in the order in which they were written."""
    return tuple(sorted(events, key=lambda event: (when(event).first, when(event).last)))


def visits(events: Iterable[Event], a: str, b: str) -> tuple[Visit, ...]:
    """Return the visits of each party's leaders (of state or government) to the other, by date."""
    found = []
    for event in in_order(events):
        if event.type == "visit" and event.level in LEADERS:
            for guest, host in ((a, b), (b, a)):
                if identity(event.host) == host and guest in map(identity, event.actors):
                    found.append(Visit(guest, host, event))
    return tuple(found)


def unanswered(made: tuple[Visit, ...]) -> Run | None:
    """Return the latest visits that went one way with none the other way between them; None without any."""
    if not made:
        return None
    guest = made[-1].guest
    place = next((n for n in range(len(made) - 1, -1, -1) if made[n].guest != guest), -1)
    return Run(made[place + 1 :], made[place] if place >= 0 else None)


def contacts(events: Iterable[Event], a: str, b: str) -> tuple[Event, ...]:
    """Return visits, meetings and summits of leaders at which both parties were."""
    return tuple(
        event
        for event in in_order(events)
        if event.type in CONTACTS
        and event.level in LEADERS
        and {a, b} <= set(map(identity, (*event.actors, event.host)))
    )


def spells(met: tuple[Event, ...]) -> tuple[Spell, ...]:
    """Return the time between each contact and the next."""
    return tuple(Spell(earlier, later) for earlier, later in pairwise(met))


def in_force(events: Iterable[Event], day: date) -> tuple[Event, ...]:
    """Return the treaties, laws and sanctions that had begun by a day and not ended by it.

    Of declarations those that say what they `changed`: the others put nothing in force.
    """
    return tuple(
        event
        for event in in_order(events)
        if (event.type in BINDING or (event.type == "declaration" and event.changed))
        and when(event).last <= day
        and (event.until == "" or PartialDate.parse(event.until).first > day)
    )
