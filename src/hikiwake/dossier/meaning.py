"""What is well formed in a dossier and still means nothing: names, dates, values that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import msgspec

from hikiwake.core.claim import kinds, operand, printed
from hikiwake.core.dates import PartialDate
from hikiwake.core.dossier import FORM, Dossier, Event, Project
from hikiwake.dossier.form import Fault, suggestion
from hikiwake.dossier.reading import Path

ID = r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,79}"
_ID = re.compile(ID)
_YEAR = re.compile(r"\d{4}(?![\w.])")
_DATES = ("date", "until", "known", "since", "issued", "as_of", "in", "from", "to", "within")


def meaningless(dossier: Dossier, tree: dict[str, Any]) -> Iterator[Fault]:
    """Yield what is well formed and still means nothing."""
    if dossier.hikiwake != FORM:
        yield Fault(("hikiwake",), f"form {dossier.hikiwake} is not known", f"Write `hikiwake: {FORM}`.")
    yield from _parties(dossier)
    yield from _identities(tree)
    yield from _dates(tree, ())
    yield from _citations(dossier, tree)
    groups = frozenset(dossier.groups)
    for number, fact in enumerate(dossier.facts):
        yield from _tried(("facts", number, "value"), printed.parse, fact.value)
        if fact.of:
            yield from _tried(("facts", number, "of"), partial(operand.parse, groups_defined=groups), fact.of)
    events = {event.id: event for event in dossier.events}
    for number, claim in enumerate(dossier.claims):
        yield from _claim(claim, ("claims", number), groups, events)
        yield from _named_facts(claim, ("claims", number), dossier)
        yield from _named_entries(claim, ("claims", number), dossier)
    for number, project in enumerate(dossier.projects):
        yield from _stakes(project, ("projects", number))
    if dossier.dispute is not None:
        from hikiwake.dossier.disputes import dispute_faults

        yield from dispute_faults(dossier.dispute, [reference.id for reference in dossier.references])
    if dossier.scenarios is not None:
        from hikiwake.dossier.scenarios import scenario_faults

        known = [reference.id for reference in dossier.references]
        yield from scenario_faults(dossier.scenarios, dossier.groups, known)


def partly_meaningless(tree: Any, faulty: set[Path]) -> Iterator[Fault]:
    """Yield what is meaningless in the sound parts of a tree that has faults of form elsewhere."""
    if not isinstance(tree, dict):
        return
    yield from (
        fault for fault in _dates(tree, ()) if not any(fault.path[: len(p)] == p for p in faulty if p)
    )
    groups = frozenset(tree["groups"]) if isinstance(tree.get("groups"), dict) else frozenset()
    parties = tree.get("parties")
    for number, party in enumerate(parties if isinstance(parties, list) else []):
        if isinstance(party, str):
            yield from _tried(("parties", number), operand.party, party, "Use a code or a name.")
    claims = tree.get("claims")
    for number, entry in enumerate(claims if isinstance(claims, list) else []):
        path: Path = ("claims", number)
        if not any(p[:2] == path for p in faulty):
            claim = msgspec.convert({"claim": entry}, dict[str, kinds.Claim])["claim"]
            yield from _readable(claim, path, groups)


def _tried(
    path: Path, reader: Callable[[Any], object], value: Any, remedy: str = "See the reference of claims."
) -> Iterator[Fault]:
    try:
        reader(value)
    except ValueError as fault:
        reason, _, hint = str(fault).partition(". ")
        yield Fault(path, reason, hint or remedy)


def _parties(dossier: Dossier) -> Iterator[Fault]:
    groups = frozenset(dossier.groups)
    if len(dossier.parties) < 2:
        yield Fault(("parties",), "fewer than two parties", "Name two or more, for example [JPN, RUS].")
    for number, party in enumerate(dossier.parties):
        yield from _tried(("parties", number), operand.party, party, "Use a code or a name.")
    for name, members in dossier.groups.items():
        for number, member in enumerate(members):
            yield from _tried(("groups", name, number), operand.party, member, "Use a code or a name.")
    for number, event in enumerate(dossier.events):
        ends = [(("actors", n), actor) for n, actor in enumerate(event.actors)]
        for place, actor in [*ends, *([(("host",), event.host)] if event.host else [])]:
            # Institutions may stand here by name; three capitals are meant as a code.
            if re.fullmatch(r"[A-Z]{3}", actor) and actor not in groups:
                yield from _tried(("events", number, *place), operand.party, actor, "Use a code.")


def _identities(tree: dict[str, Any]) -> Iterator[Fault]:
    for part in ("places", "events", "positions", "projects", "facts", "claims", "references"):
        seen: set[str] = set()
        for number, entry in enumerate(tree.get(part) or []):
            identity = entry["id"]
            path: Path = (part, number, "id")
            if not _ID.fullmatch(identity):
                yield Fault(path, f"{identity!r} is no id", "Use letters, digits, points and hyphens.")
            if identity in seen:
                yield Fault(path, f"the id {identity!r} a second time", "Give each entry its own.")
            seen.add(identity)


def _dates(tree: Any, path: Path) -> Iterator[Fault]:
    """Every field that is a date can be read as one; the engines' own parts are theirs to check."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            if not path and key in {"dispute", "scenarios", "groups"}:
                continue
            here = (*path, key)
            if key in _DATES and not isinstance(value, dict | list) and value != "":
                named = key in {"from", "to"} and not _YEAR.match(str(value))
                if named and tree.get("quantity") == "duration":
                    continue  # the id of an event, checked with the claim
                yield from _tried(here, PartialDate.parse, value, "Write YYYY, YYYY-MM or YYYY-MM-DD.")
            else:
                yield from _dates(value, here)
    elif isinstance(tree, list):
        for number, entry in enumerate(tree):
            yield from _dates(entry, (*path, number))


def _citations(dossier: Dossier, tree: dict[str, Any]) -> Iterator[Fault]:
    known = [reference.id for reference in dossier.references]
    held = set(known)
    for part in ("places", "events", "positions", "projects", "facts", "claims"):
        for number, entry in enumerate(tree.get(part) or []):
            named: list[tuple[Path, str]] = [
                (("sources", n), source) for n, source in enumerate(entry.get("sources") or [])
            ]
            if entry.get("document"):
                named.append((("document",), entry["document"]))
            for place, source in named:
                if source not in held:
                    reason = f"no reference has the id {source!r}"
                    remedy = suggestion(source, known) if known else "Add it under `references`."
                    yield Fault((part, number, *place), reason, remedy)
            if part == "facts" and not entry.get("sources"):
                yield Fault((part, number), "a figure without a source", "Name a reference under `sources`.")


def _claim(
    claim: kinds.Claim, path: Path, groups: frozenset[str], events: dict[str, Event]
) -> Iterator[Fault]:
    yield from _readable(claim, path, groups)
    yield from _named_events(claim, path, events)
    match claim:
        case kinds.Count():
            known = sorted(Event.__struct_fields__)
            for field in claim.events:
                if field not in known:
                    yield Fault(
                        (*path, "events", field), f"events have no field {field!r}", suggestion(field, known)
                    )
        case kinds.Growth():
            yield from _growth(claim, path)
        case kinds.Balance() if (claim.in_ == "") == (claim.since == ""):
            yield Fault(path, "a balance is of one year or since one", "Give either `in` or `since`.")


def _readable(claim: kinds.Claim, path: Path, groups: frozenset[str]) -> Iterator[Fault]:
    for field in ("of", "part"):
        line = getattr(claim, field, "")
        if line:
            yield from _tried((*path, field), partial(operand.parse, groups_defined=groups), line)
    if isinstance(claim, kinds.Date):
        yield from _tried((*path, "value"), PartialDate.parse, str(claim.value))
    elif isinstance(claim, kinds.Partner):
        yield from _tried((*path, "who"), operand.party, claim.who, "Use a code or a name.")
        if str(claim.value) != kinds.A_SHARE:
            yield from _tried((*path, "value"), printed.parse, claim.value)
    elif not isinstance(claim, kinds.Name | kinds.Statement):
        yield from _tried((*path, "value"), printed.parse, claim.value)


def _named_events(claim: kinds.Claim, path: Path, events: dict[str, Event]) -> Iterator[Fault]:
    named: list[tuple[Path, str]] = []
    match claim:
        case kinds.Date():
            named = [(("event",), claim.event)]
        case kinds.Duration():
            ends: list[tuple[Path, str]] = [(("from",), str(claim.from_)), (("to",), str(claim.to))]
            named = [end for end in ends if not _YEAR.match(end[1])]
        case kinds.Statement():
            named = [(("events", number), event) for number, event in enumerate(claim.events)]
    for place, identity in named:
        if identity not in events:
            yield Fault(
                (*path, *place), f"no event has the id {identity!r}", suggestion(identity, list(events))
            )


def _growth(claim: kinds.Growth, path: Path) -> Iterator[Fault]:
    try:
        first, last = PartialDate.parse(claim.from_), PartialDate.parse(claim.to)
    except ValueError:
        return  # said where dates are checked
    if last.first <= first.first:
        yield Fault((*path, "to"), "it is not after `from`", "Give the earlier year under `from`.")


def _named_facts(claim: kinds.Claim, path: Path, dossier: Dossier) -> Iterator[Fault]:
    known = [fact.id for fact in dossier.facts]
    for field in ("of", "part"):
        found = re.fullmatch(r"\s*fact\s+([\w.-]+)\s*", str(getattr(claim, field, "")))
        if found and found[1] not in known:
            yield Fault((*path, field), f"no fact has the id {found[1]!r}", suggestion(found[1], known))


def _named_entries(claim: kinds.Claim, path: Path, dossier: Dossier) -> Iterator[Fault]:
    """Places and projects that a claim is about are in the dossier."""
    named: list[tuple[Path, str, list[str]]] = []
    places, projects = [place.id for place in dossier.places], [project.id for project in dossier.projects]
    match claim:
        case kinds.Name():
            named = [(("place",), claim.place, places)]
        case kinds.Partner():
            named = [(("project",), claim.project, projects)]
        case kinds.Statement():
            named = [(("projects", number), name, projects) for number, name in enumerate(claim.projects)]
    for place, identity, known in named:
        if identity not in known:
            part = "places" if known is places else "projects"
            remedy = suggestion(identity, known) if known else f"Add it under `{part}`."
            yield Fault((*path, *place), f"no entry of `{part}` has the id {identity!r}", remedy)


def _stakes(project: Project, path: Path) -> Iterator[Fault]:
    for number, stake in enumerate(project.partners):
        here = (*path, "partners", number)
        if stake.of:
            yield from _tried((*here, "of"), operand.party, stake.of, "Use a code or a name.")
        if stake.share != "":
            yield from _tried((*here, "share"), printed.parse, stake.share)
