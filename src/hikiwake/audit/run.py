"""The audit of a whole dossier: every claim judged, in the order they stand in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date

import msgspec

from hikiwake.audit.amounts import Amounts
from hikiwake.audit.consistency import Conflict, conflicts
from hikiwake.audit.evidence import with_evidence
from hikiwake.audit.happenings import (
    is_dated,
    judge_count,
    judge_date,
    judge_duration,
    judge_name,
    judge_partner,
    unknown_yet,
)
from hikiwake.audit.implied import implied_conflicts
from hikiwake.audit.known import Knowledge
from hikiwake.audit.periods import judge_period, period
from hikiwake.audit.quantities import Question
from hikiwake.audit.series import judge_balance_since, judge_record
from hikiwake.audit.verdict import Judgement, Verdict, judge
from hikiwake.core.claim import kinds, operand, printed
from hikiwake.core.claim.operand import WORLD, Flow, Indicator, Operand
from hikiwake.core.dates import PartialDate, over
from hikiwake.core.dossier import Dossier, Event
from hikiwake.dossier.horizon import known_by
from hikiwake.store.tables import Tables

Progress = Callable[[str, float], None]
FAILING: frozenset[Judgement] = frozenset({"contradicted", "contradicted by bounds"})
WEIGHED = frozenset({"t", "barrels", "m3"})
"""Printed in one of these, a flow is meant by quantity."""
STEPS = 50
"""Progress is told so many times."""


class Audit(msgspec.Struct, frozen=True):
    """The verdicts on a dossier's claims, and which of these cannot all be true."""

    title: str
    vintage: str
    verdicts: tuple[Verdict, ...]
    conflicts: tuple[Conflict, ...] = ()

    def counts(self) -> dict[str, int]:
        """Count the verdicts of each kind."""
        return dict(sorted(Counter(verdict.judgement for verdict in self.verdicts).items()))

    @property
    def contradicted(self) -> bool:
        """Whether some claim is contradicted."""
        return any(verdict.judgement in FAILING for verdict in self.verdicts)


def audit(
    dossier: Dossier,
    tables: Tables,
    *,
    as_of: date | None = None,
    progress: Progress | None = None,
    rows: bool = False,
) -> Audit:
    """Judge every claim of a dossier.

    Parameters
    ----------
    dossier : validated: all its values, operands and dates can be read.
    tables : the store.
    as_of : leave out what was not known by this day (see `dossier.horizon.known_by`), and years of the data
        that were not over.
    progress : told the claim and the part done.
    rows : give each verdict the rows that it rests on (`Verdict.evidence`).
    """
    dossier = known_by(dossier, as_of) if as_of else dossier
    events = {event.id: event for event in dossier.events}
    groups = frozenset(dossier.groups)
    operands = [operand.parse(line, groups) for line in _lines(dossier)]
    members = {
        party: tuple(operand.party(member) for member in dossier.groups.get(party, (party,)))
        for end in operands
        for party in _parties(end)
        if party != WORLD
    }
    last_year = over(as_of) if as_of else None
    amounts = Amounts(tables, (economy for names in members.values() for economy in names), last_year)
    knowledge = Knowledge(amounts, dossier.facts, dossier.groups)
    verdicts = []
    every = max(1, len(dossier.claims) // STEPS)
    for number, claim in enumerate(dossier.claims):
        if progress and number % every == 0:
            progress(claim.id, number / len(dossier.claims))
        verdict = _judge(claim, dossier, events, knowledge)
        verdicts.append(msgspec.structs.replace(verdict, says=claim.says))
    if progress:
        progress("done", 1.0)
    against = (
        *conflicts(dossier.claims, dossier.groups),
        *implied_conflicts(dossier.claims, knowledge, groups),
    )
    judged = with_evidence(verdicts, dossier, tables) if rows else tuple(verdicts)
    return Audit(dossier.title, tables.vintage.name, judged, against)


def _lines(dossier: Dossier) -> list[str]:
    lines = [fact.of for fact in dossier.facts if fact.of]
    for claim in dossier.claims:
        lines += [line for line in (getattr(claim, "of", ""), getattr(claim, "part", "")) if line]
    return lines


def _parties(end: Operand) -> tuple[str, ...]:
    match end:
        case Flow():
            return end.exporter, end.importer
        case Indicator():
            return (end.economy,)
        case _:
            return ()


def _judge(claim: kinds.Claim, dossier: Dossier, events: dict[str, Event], knowledge: Knowledge) -> Verdict:
    match claim:
        case kinds.Count() | kinds.Date() | kinds.Duration():
            return _judge_happening(claim, events)
        case kinds.Statement():
            return _statement(claim, dossier, events)
        case kinds.Name():
            return judge_name(claim, dossier.places)
        case kinds.Partner():
            return judge_partner(claim, dossier.projects)
        case _:
            return _judge_quantity(claim, knowledge, frozenset(dossier.groups))


def _judge_happening(claim: kinds.Count | kinds.Date | kinds.Duration, events: dict[str, Event]) -> Verdict:
    match claim:
        case kinds.Count():
            return judge_count(claim, events)
        case kinds.Duration() if all(is_dated(when, events) for when in (claim.from_, claim.to)):
            return judge_duration(claim, events)
        case kinds.Date() if claim.event in events:
            return judge_date(claim, events)
    return unknown_yet(claim.id, "event", str(claim.value))


def _judge_quantity(
    claim: kinds.Level
    | kinds.Share
    | kinds.Ratio
    | kinds.Growth
    | kinds.Balance
    | kinds.Extreme
    | kinds.Rank,
    knowledge: Knowledge,
    groups: frozenset[str],
) -> Verdict:
    said = printed.parse(claim.value)
    of = operand.parse(claim.of, groups)
    line = getattr(claim, "part", "")
    part = operand.parse(line, groups) if line else None
    if said.measure in WEIGHED and isinstance(of, Flow):
        of = msgspec.structs.replace(of, by="quantity")
    left_open = frozenset(claim.open)
    match claim:
        case kinds.Balance() if claim.since != "":
            return judge_balance_since(claim.id, of, _year(claim.since), said, knowledge)
        case kinds.Extreme():
            within = PartialDate.parse(claim.within).years() if claim.within != "" else None
            question = Question("share" if part else "level", of, _year(claim.in_), part)
            return judge_record(claim.id, question, within, said, knowledge)
    question = _question(claim, of, part, said)
    times = (claim.from_, claim.to) if isinstance(claim, kinds.Growth) else (claim.in_,)
    other = next((found for when in times if (found := period(when)) is not None), None)
    if other is not None and isinstance(of, Flow):
        return judge_period(claim.id, question, other, said, knowledge)
    return judge(claim.id, question, said, knowledge, left_open)


def _question(
    claim: kinds.Level | kinds.Share | kinds.Ratio | kinds.Growth | kinds.Balance | kinds.Rank,
    of: Operand,
    part: Operand | None,
    said: printed.Printed,
) -> Question:
    match claim:
        case kinds.Growth():
            base, last = _year(claim.from_), _year(claim.to)
            multiple = said.measure in {"multiple", None}
            return Question("growth", of, last, part, base, multiple=multiple)
        case kinds.Balance():
            return Question("balance", of, _year(claim.in_))
        case kinds.Rank():
            return Question("rank", of, _year(claim.in_), among=claim.among)
        case kinds.Share():
            return Question("share", of, _year(claim.in_), part)
        case kinds.Ratio():
            return Question("ratio", of, _year(claim.in_), part)
        case kinds.Level():
            return Question("level", of, _year(claim.in_))


def _year(when: str | int) -> int:
    """Return the year that a date begins in."""
    return PartialDate.parse(when).first.year


def _statement(claim: kinds.Statement, dossier: Dossier, events: dict[str, Event]) -> Verdict:
    happened = [events[identity] for identity in claim.events if identity in events]
    undertaken = [project for project in dossier.projects if project.id in claim.projects]
    related = (
        *(f"{event.date}: {event.title}" for event in happened),
        *(f"{project.name}: {project.what}" for project in undertaken),
    )
    reason = {
        "forecast": "a forecast: no data of its time settle it",
        "motive": "a statement of motive, which no figure settles",
    }.get(claim.about, "a statement that no figure settles; read the sources named")
    return Verdict(
        claim=claim.id,
        judgement="not checkable here",
        reason=reason,
        printed="",
        steps=related,
        inputs=(
            *(f"dossier#events.{event.id}" for event in happened),
            *(f"dossier#projects.{project.id}" for project in undertaken),
        ),
        sources=", ".join(claim.sources),
        remedy="Read the sources named; the entries above speak to it." if related else "",
    )
