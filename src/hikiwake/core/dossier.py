"""The dossier: what people know of a pair of economies that no table holds. One file, written by hand.

These types are its form. Every field of text is data: it is shown literally, never run, never followed.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from hikiwake.core.claim.kinds import Claim, Value, When

FORM = 1
"""Version of the form, the value of `hikiwake` at the head of a dossier."""

EventType = Literal[
    "treaty", "declaration", "war", "claim", "visit", "meeting", "summit", "sanction", "project",
    "deployment", "resolution", "ruling", "vote", "law", "other",
]  # fmt: skip
Level = Literal["state", "government", "foreign minister", "minister", "official", "parliament", "military"]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a dossier: unknown fields are errors, since a misspelt one would be lost."""


class PlaceName(_Part, frozen=True, kw_only=True):
    """A name of a place and the parties that use it."""

    name: str
    used_by: tuple[str, ...] = ()


class Place(_Part, frozen=True, kw_only=True):
    """A disputed place, with all its names; the order is the alphabet's and means nothing."""

    id: str
    names: tuple[PlaceName, ...]
    claimed_by: tuple[str, ...] = ()
    administered_by: str = ""
    note: str = ""
    sources: tuple[str, ...] = ()


class Event(_Part, frozen=True, kw_only=True):
    """Something that happened.

    `date` may be partial or a span; `until` ends what it put in force; `known` is when the public could know
    it (default: its date). A visit goes by `actors` to `host`, at a `level`.
    """

    id: str
    date: When
    type: EventType
    title: str
    actors: tuple[str, ...] = ()
    host: str = ""
    level: Level | None = None
    official: bool | None = None
    place: str = ""
    changed: str = ""
    until: When = ""
    known: When = ""
    sources: tuple[str, ...] = ()


class Position(_Part, frozen=True, kw_only=True):
    """What a party, a third state or an institution holds or wants."""

    id: str
    who: str
    says: str
    on: str = ""
    since: When = ""
    until: When = ""
    known: When = ""
    sources: tuple[str, ...] = ()


class Stake(_Part, frozen=True, kw_only=True):
    """A partner's share in a project, as printed; `of` is the economy that the partner belongs to."""

    who: str
    share: Value = ""
    of: str = ""


class Project(_Part, frozen=True, kw_only=True):
    """A joint undertaking: a field, a pipeline, a fund."""

    id: str
    name: str
    what: str = ""
    partners: tuple[Stake, ...] = ()
    since: When = ""
    until: When = ""
    known: When = ""
    sources: tuple[str, ...] = ()


class CitedFact(_Part, frozen=True, kw_only=True):
    """A figure with its source. With `of` (an operand) and `in`, it stands for a flow that no table holds."""

    id: str
    what: str
    value: Value
    of: str = ""
    in_: When = msgspec.field(name="in", default="")
    basis: str = ""
    known: When = ""
    sources: tuple[str, ...]


class Name(_Part, frozen=True, kw_only=True):
    """A person's or an institution's name, as in CSL-JSON."""

    family: str = ""
    given: str = ""
    literal: str = ""


class Reference(_Part, frozen=True, kw_only=True):
    """A source, in the terms of CSL-JSON; `url` is printed and never opened."""

    id: str
    title: str
    type: str = "webpage"
    author: tuple[Name, ...] = ()
    publisher: str = ""
    container: str = ""
    issued: When = ""
    number: str = ""
    url: str = ""


class Dossier(_Part, frozen=True, kw_only=True):
    """A whole dossier, for a pair of economies or a larger group of parties.

    `as_of` is the last day it knows of; `author` and `licence` say who wrote it and under what terms it may
    be used. `dispute` and `scenarios` are kept as written for the engines that
    read them.
    """

    hikiwake: int
    title: str
    parties: tuple[str, ...]
    as_of: When = ""
    author: str = ""
    licence: str = ""
    summary: str = ""
    groups: dict[str, tuple[str, ...]] = {}
    places: tuple[Place, ...] = ()
    events: tuple[Event, ...] = ()
    positions: tuple[Position, ...] = ()
    projects: tuple[Project, ...] = ()
    facts: tuple[CitedFact, ...] = ()
    claims: tuple[Claim, ...] = ()
    references: tuple[Reference, ...] = ()
    dispute: dict[str, Any] | None = None
    scenarios: dict[str, Any] | None = None
