"""The numbers of an audit as facts: what a claim's figure was recomputed to, and how many were judged how."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from hikiwake.audit.verdict import Verdict
from hikiwake.core.claim import kinds
from hikiwake.core.claim.printed import Measure
from hikiwake.core.dates import PartialDate
from hikiwake.core.dossier import Event
from hikiwake.core.provenance import CHANGE, Dataset, Fact, Interval, Period, Status, Unit
from hikiwake.dossier.identity import selector
from hikiwake.measures.quoted import AUDITED, JUDGED, UNITS
from hikiwake.measures.statement import Statements

NEAR = 0.05
"""Ends that lie no farther apart than this, relative to the upper one, are one rounded number."""
COUNTED = ("count", "rank", "persons")
_ENTRY = re.compile(r"dossier#(\w+)\.(.+)")
_DATES = ("in_", "from_", "to", "since", "within")


class Found(NamedTuple):
    """What was found of a claim: a number, or the bounds that are known of it (None: no bound)."""

    value: Fact | None = None
    low: Fact | None = None
    high: Fact | None = None


class Stating(NamedTuple):
    """Where facts of an audit are stated, and the dossier that they are about."""

    say: Statements
    source: Dataset
    events: Mapping[str, Event]
    year: int
    """The year of claims that name none."""

    def found(self, claim: kinds.Claim, verdict: Verdict) -> Found:
        """State what was recomputed of a claim; nothing where its verdict has no number."""
        low, high = verdict.low, verdict.high
        unit = self._unit(claim, verdict)
        if unit is None or (low is None and high is None):
            return Found()
        if low is not None and high is not None and _one_number(low, high, verdict):
            rounding = None if low == high else Interval(low, high, 1.0, "rounding")
            return Found(self._fact(claim, verdict, (low + high) / 2, unit, interval=rounding))
        # A share or a flow is never below zero, so a lower bound of nothing tells nothing.
        telling = low is not None and (low < 0 or low > 1e-5 * abs(high or 1.0))
        return Found(
            low=self._fact(claim, verdict, low, unit, bound="lower") if telling and low is not None else None,
            high=self._fact(claim, verdict, high, unit, bound="upper") if high is not None else None,
        )

    def counted(self, judgement: str, claims: Iterable[str], number: int | None = None) -> Fact:
        """State how many claims have a verdict (or the number of something else that is about them)."""
        named = tuple(claims)
        inputs = (selector(self.source, "claims", named),)
        years = (self.year, self.year)
        return self.say.told(
            JUDGED,
            {"verdict": judgement},
            years,
            len(named) if number is None else number,
            source=self.source,
            inputs=inputs,
        )

    def _unit(self, claim: kinds.Claim, verdict: Verdict) -> Unit | None:
        if isinstance(claim, kinds.Growth) and verdict.unit == "share":
            return CHANGE
        measure: Measure | str = verdict.unit
        return next((unit for name, unit in UNITS.items() if name == measure), None)

    def _fact(
        self,
        claim: kinds.Claim,
        verdict: Verdict,
        value: float,
        unit: Unit,
        *,
        bound: str = "",
        interval: Interval | None = None,
    ) -> Fact:
        subject = {"claim": claim.id, **({"bound": bound} if bound else {})}
        inputs, datasets = self._inputs(claim, verdict)
        period = self._period(claim)
        fact = Fact(
            formula=AUDITED.id,
            subject=subject,
            period=period,
            value=value,
            unit=unit,
            inputs=inputs,
            interval=interval,
            status=_status(verdict, datasets, period),
            note=verdict.reason,
        )
        self.say.ledger.state(fact, AUDITED, datasets)
        return fact

    def _inputs(self, claim: kinds.Claim, verdict: Verdict) -> tuple[tuple[str, ...], tuple[Dataset, ...]]:
        """Return the claim itself and what its verdict rests on, as selectors, with their datasets."""
        entries: dict[str, list[str]] = {"claims": [claim.id]}
        rows: list[str] = []
        for source in dict.fromkeys(verdict.inputs):
            if found := _ENTRY.fullmatch(source):
                entries.setdefault(found[1], []).append(found[2])
            else:
                rows.append(source)
        vintage = self.say.tables.vintage
        named = dict.fromkeys(row.partition("@")[0] for row in rows)
        selectors = (selector(self.source, table, ids) for table, ids in entries.items())
        return (*selectors, *rows), (self.source, *(vintage.dataset(name) for name in named))

    def _period(self, claim: kinds.Claim) -> Period:
        if isinstance(claim, kinds.Date):
            named = [self.events[claim.event].date] if claim.event in self.events else []
        else:
            named = [getattr(claim, field, "") for field in _DATES]
        spans = [span for when in named if when != "" and (span := self._span(when))]
        if not spans:
            return Period.of(self.year)
        return Period(min(span.first.year for span in spans), max(span.last.year for span in spans))

    def _span(self, when: str | int) -> PartialDate | None:
        """Return a date, or that of the event with this id; None for an event that is not known yet."""
        event = self.events.get(str(when))
        try:
            return PartialDate.parse(event.date if event else when)
        except ValueError:
            return None


def _one_number(low: float, high: float, verdict: Verdict) -> bool:
    """Say whether two ends are one number as it is rounded; what is counted is one, however wide its band."""
    if verdict.basis == "bounds":
        return False
    return high - low <= NEAR * abs(high) or (verdict.unit in COUNTED and high - low <= 1)


def _status(verdict: Verdict, datasets: tuple[Dataset, ...], period: Period) -> Status:
    if verdict.basis == "bounds":
        return "estimated"
    if verdict.basis in ("cited", "reported"):
        return "quoted"
    provisional = any(d.provisional_from and period.last >= d.provisional_from for d in datasets)
    return "provisional" if provisional else "observed"
