"""Claims about the dossier's own entries: how many events, when, how long between; names; partners."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches

from msgspec.structs import replace

from hikiwake.audit.verdict import Judgement, Verdict, amount
from hikiwake.core.claim import kinds, operand, printed
from hikiwake.core.dates import PartialDate
from hikiwake.core.dossier import Event, Place, Project

DAYS_A_YEAR = 365.2425
WHOLE = 0.995
"""Shares that add up to so much leave room for nobody else, but for rounding."""


def judge_count(claim: kinds.Count, events: Mapping[str, Event]) -> Verdict:
    """Count the events that the filter names; if that fails, try it without one of its words."""
    first = PartialDate.parse(claim.from_).first if claim.from_ != "" else date.min
    last = PartialDate.parse(claim.to).last if claim.to != "" else date.max
    said = printed.parse(claim.value)

    def found(wanted: Mapping[str, str]) -> list[Event]:
        chosen = [e for e in events.values() if _matches(e, wanted) and _falls(e, first, last)]
        return sorted(chosen, key=lambda event: PartialDate.parse(event.date))

    counted = found(claim.events)
    readings: tuple[str, ...] = ()
    if not said.holds(len(counted)):
        looser = ({key: held for key, held in claim.events.items() if key != left} for left in claim.events)
        without = zip(claim.events.items(), looser, strict=True)
        readings = tuple(
            f"{key}: any, not only {held}" for (key, held), rest in without if said.holds(len(found(rest)))
        )
    fits = said.holds(len(counted))
    reason = f"the dossier has {len(counted)} such events"
    return Verdict(
        claim=claim.id,
        judgement="holds" if fits else "holds only under another reading" if readings else "contradicted",
        reason=f"{reason}; the number comes out for {readings[0]}" if readings else reason,
        printed=said.text,
        low=float(len(counted)),
        high=float(len(counted)),
        unit="count",
        basis="dossier",
        readings=readings,
        steps=tuple(f"{event.date}: {event.title}" for event in counted),
        inputs=tuple(f"dossier#events.{event.id}" for event in counted),
    )


def judge_date(claim: kinds.Date, events: Mapping[str, Event]) -> Verdict:
    """Compare the date that is printed with the event's."""
    event = events[claim.event]
    held, said = PartialDate.parse(event.date), PartialDate.parse(str(claim.value))
    judgement, reason, readings = _dated(held, said)
    return Verdict(
        claim=claim.id,
        judgement=judgement,
        reason=reason,
        printed=str(said),
        basis="dossier",
        readings=readings,
        steps=(f"{event.date}: {event.title}",),
        inputs=(f"dossier#events.{event.id}",),
        sources=", ".join(event.sources),
    )


def _dated(held: PartialDate, said: PartialDate) -> tuple[Judgement, str, tuple[str, ...]]:
    reason = f"the dossier dates it {held}"
    if held.within(said):
        return "holds", reason, ()
    if not said.within(held):
        return "differs" if _near(held, said) else "contradicted", reason, ()
    if "/" not in held.text or held.about:
        # The dossier knows it less closely than the text says it.
        return "not checkable here", f"{reason} and no closer, which does not exclude {said}", ()
    when = "when it began" if said.first == held.first else "when it ended" if said.last == held.last else ""
    part = when or "a part of the time it took"
    return "holds only under another reading", f"{reason}; printed is {part}", (f"date: {part}",)


def judge_duration(claim: kinds.Duration, events: Mapping[str, Event]) -> Verdict:
    """Compute the time between two events or dates, at its shortest and its longest."""
    begin, end = (_moment(when, events) for when in (claim.from_, claim.to))
    said = printed.parse(claim.value)
    unit = 1.0 if said.measure == "days" else DAYS_A_YEAR
    low, high = (end.first - begin.last).days / unit, (end.last - begin.first).days / unit
    fits = said.holds(low) and said.holds(high)
    apart = not fits and (high < said.low or low >= said.high)
    measure = "days" if said.measure == "days" else "years"
    return Verdict(
        claim=claim.id,
        judgement="holds" if fits else "contradicted" if apart else "differs",
        reason=f"from {begin} to {end} it is {amount(low, measure)} to {amount(high, measure)}",
        printed=said.text,
        low=low,
        high=high,
        unit=measure,
        basis="dossier",
        steps=(f"from {begin} to {end}",),
        inputs=tuple(f"dossier#events.{when}" for when in (claim.from_, claim.to) if when in events),
    )


def is_dated(when: str | int, events: Mapping[str, Event]) -> bool:
    """Tell whether an end of a duration is a date, or an event among these."""
    try:
        _moment(when, events)
    except ValueError:
        return False
    return True


def _moment(when: str | int, events: Mapping[str, Event]) -> PartialDate:
    event = events.get(str(when))
    return PartialDate.parse(event.date if event is not None else when)


def _matches(event: Event, wanted: Mapping[str, str]) -> bool:
    for field, value in wanted.items():
        held = getattr(event, field, None)
        options = {option.strip().lower() for option in str(value).split(",")}
        if isinstance(held, tuple):
            if not options <= {str(entry).lower() for entry in held}:
                return False
        elif (str(held).lower() if held is not None else "") not in options:
            return False
    return True


def _falls(event: Event, first: date, last: date) -> bool:
    when = PartialDate.parse(event.date)
    return first <= when.last and when.first <= last


def _near(one: PartialDate, other: PartialDate) -> bool:
    """One month apart at most, or, where only years are given, one year."""
    coarse = max((one.last - one.first).days, (other.last - other.first).days)
    gap = max((one.first - other.last).days, (other.first - one.last).days)
    return gap <= (366 if coarse > 300 else 31)


def judge_name(claim: kinds.Name, places: Iterable[Place]) -> Verdict:
    """Compare a printed name with those the dossier has of the place."""
    place = next(place for place in places if place.id == claim.place)
    names = tuple(name.name for name in place.names)
    known = {name.casefold(): name for name in names}
    fits = claim.value.casefold() in known
    near = get_close_matches(claim.value.casefold(), known, n=1, cutoff=0.6)
    listed = " and ".join(names)
    reason = f"the place is called {listed}"
    return Verdict(
        claim=claim.id,
        judgement="holds" if fits else "differs" if near else "contradicted",
        reason=reason if fits or not near else f"{reason}; {known[near[0]]} is the name nearest to it",
        printed=claim.value,
        basis="dossier",
        steps=(f"{place.id}: {listed}",),
        inputs=(f"dossier#places.{place.id}",),
        sources=", ".join(place.sources),
    )


def judge_partner(claim: kinds.Partner, projects: Iterable[Project]) -> Verdict:
    """Look a party up among a project's partners, and add up what its members hold.

    A party that is not among them is contradicted only where the shares that are listed make up the whole.
    """
    project = next((project for project in projects if project.id == claim.project), None)
    if project is None:
        return unknown_yet(claim.id, "project", str(claim.value))
    who = operand.party(claim.who)
    held = [stake for stake in project.partners if stake.of and operand.party(stake.of) == who]
    bands = [printed.parse(stake.share) for stake in held if stake.share != ""]
    listed = tuple(f"{project.name}: {stake.who} {stake.share}".rstrip() for stake in project.partners)
    verdict = Verdict(
        claim=claim.id,
        judgement="not checkable here",
        reason="",
        printed=str(claim.value),
        basis="dossier",
        steps=listed,
        inputs=(f"dossier#projects.{project.id}",),
        sources=", ".join(project.sources),
    )
    if not held:
        return _no_partner(verdict, who, project)
    low, high = sum(band.low for band in bands), sum(band.high for band in bands)
    names = ", ".join(stake.who for stake in held)
    if str(claim.value) == kinds.A_SHARE:
        return replace(verdict, judgement="holds", reason=f"partners of {who}: {names}")
    said = printed.parse(claim.value)
    if len(bands) < len(held):
        return replace(verdict, reason=f"the dossier names {names} and not the share of each")
    middle = (low + high) / 2
    fits = said.holds(middle) or (said.low < high and low < said.high)
    return replace(
        verdict,
        judgement="holds" if fits else "contradicted",
        reason=f"{names} together have {amount(middle, 'share')}",
        low=low,
        high=high,
        unit="share",
    )


def _no_partner(verdict: Verdict, who: str, project: Project) -> Verdict:
    bands = [printed.parse(stake.share) for stake in project.partners if stake.share != ""]
    whole = sum(band.number for band in bands if band.relation == "equals")
    if whole >= WHOLE:
        reason = (
            f"the partners named hold all of it, and none is of {who}; "
            "a loan or a contract to buy would be another thing"
        )
        return replace(verdict, judgement="contradicted", reason=reason)
    reason = f"no partner of {who} is named, and the partners named do not make up the whole"
    return replace(verdict, reason=reason, remedy="The other partners of the project would settle it.")


def unknown_yet(claim: str, what: str, printed_as: str) -> Verdict:
    """Return the verdict on a claim about an entry that was not known by the date of the audit."""
    return Verdict(
        claim=claim,
        judgement="not checkable here",
        reason=f"the {what} it names is not among those known by the date of the audit",
        printed=printed_as,
    )
