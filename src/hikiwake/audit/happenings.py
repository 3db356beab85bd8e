"""Claims about the dossier's own events: how many, when, and how long between."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from hikiwake.audit.verdict import Verdict, amount
from hikiwake.core.claim import kinds, printed
from hikiwake.core.dates import PartialDate
from hikiwake.core.dossier import Event

DAYS_A_YEAR = 365.2425


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
    fits = held.within(said) or said.within(held)
    return Verdict(
        claim=claim.id,
        judgement="holds" if fits else "differs" if _near(held, said) else "contradicted",
        reason=f"the dossier dates it {held}",
        printed=str(said),
        basis="dossier",
        steps=(f"{event.date}: {event.title}",),
        inputs=(f"dossier#events.{event.id}",),
        sources=", ".join(event.sources),
    )


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
    )


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
