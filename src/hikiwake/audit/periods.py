"""Claims about other periods than calendar years, which is all that annual data know.

Japan's fiscal year begins in April, Australia's in July; some texts speak of the first ten months. Such a
figure is never computed: the calendar years around it are tried as readings, and their sum is a bound.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from hikiwake.audit.known import MARGIN, TIMES, Knowledge
from hikiwake.audit.quantities import Answer, Question, answers
from hikiwake.audit.verdict import Judgement, Verdict, comparable, fit, shown, verdict_on
from hikiwake.core.claim.printed import Printed
from hikiwake.core.dates import PartialDate

READABLE = frozenset({"equals", "about", "between"})
YEAR = range(365, 367)


class Period(NamedTuple):
    """The time that a claim is about, where that is no calendar year."""

    date: PartialDate
    begins_in: float
    """Part of it that lies in its first calendar year; 1 where all of it does."""

    @property
    def fiscal(self) -> bool:
        """Whether it is twelve months over a new year."""
        return self.begins_in < 1.0

    def __str__(self) -> str:
        return str(self.date)


def period(when: str | int) -> Period | None:
    """Return the period of a claim; None for a calendar year."""
    date = PartialDate.parse(when)
    if date.whole_year:
        return None
    twelve_months = (date.last - date.first).days + 1 in YEAR
    return Period(date, (13 - date.first.month) / 12 if twelve_months else 1.0)


def judge_period(
    identity: str, question: Question, said: Period, printed: Printed, knowledge: Knowledge
) -> Verdict:
    """Judge a claim about a period that the data do not have."""
    steps: list[str] = []
    for name, asked in _readings(question, said):
        answer = _figure(asked, printed, knowledge)
        if answer is None:
            continue
        steps.append(f"{name}: {shown(answer)}")
        if printed.relation in READABLE and fit(printed, answer) == 0.0:
            reason = f"the data are of calendar years, not of {said}; the figure comes out for {name}"
            judgement: Judgement = "holds only under another reading"
            return verdict_on(
                identity, judgement, f"{reason} ({shown(answer)})", printed, answer, None, readings=(name,)
            )
    bound = _bound(question, said, printed, knowledge)
    if bound is not None and fit(printed, bound) > 0.0:
        reason = f"it is {shown(bound)}, which excludes {printed.text}"
        return verdict_on(identity, "contradicted by bounds", reason, printed, bound, fit(printed, bound))
    return Verdict(
        claim=identity,
        judgement="not checkable here",
        reason=f"the data are of calendar years and cannot give {said}",
        printed=printed.text,
        steps=tuple(steps),
        remedy="Monthly customs data would settle it, or a published figure that the dossier cites.",
    )


def _readings(question: Question, said: Period) -> Iterator[tuple[str, Question]]:
    first, last = said.date.first.year, said.date.last.year
    if question.form == "growth" or last - first > 1:
        return
    whole = sorted({first, last}, key=lambda year: (year == first) == (said.begins_in < 0.5))
    for year in whole:
        yield f"year: calendar year {year}", msgspec.structs.replace(question, year=year)
    if said.fiscal and question.form in {"level", "share", "ratio"}:
        name = f"year: both calendar years in parts ({12 * said.begins_in:.0f} months and the rest)"
        yield name, msgspec.structs.replace(question, year=first, in_first=said.begins_in)


def _figure(question: Question, printed: Printed, knowledge: Knowledge) -> Answer | None:
    found = (answer for answer in answers(question, knowledge) if comparable(answer, printed))
    return next((answer for answer in found if answer.exact and not answer.doubtful), None)


def _bound(question: Question, said: Period, printed: Printed, knowledge: Knowledge) -> Answer | None:
    """Bound a flow from above by that of all the calendar years that its period touches."""
    years = said.date.years()
    if question.form != "level" or question.net or len(years) > 2:
        return None
    found = [
        next(
            (
                answer
                for answer in answers(msgspec.structs.replace(question, year=year), knowledge)
                if not answer.doubtful and comparable(answer, printed) and math.isfinite(answer.high)
            ),
            None,
        )
        for year in years
    ]
    known = [answer for answer in found if answer is not None]
    if len(known) < len(years):
        return None
    return known[0]._replace(
        low=0.0,
        high=sum(answer.high for answer in known) * (1 + MARGIN),
        basis="bounds",
        source="bounds",
        steps=(
            *(step for answer in known for step in answer.steps),
            f"it is at most all of the years that it touches, {TIMES}",
        ),
        inputs=tuple(dict.fromkeys(source for answer in known for source in answer.inputs)),
    )
