"""The judgement of a claim: does its printed figure agree with what is known, and under which reading."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from hikiwake.audit.known import MARGIN, Knowledge
from hikiwake.audit.quantities import Answer, Question, answers
from hikiwake.audit.readings import readings
from hikiwake.core.claim.printed import Printed

Judgement = Literal[
    "holds",
    "holds only under another reading",
    "differs",
    "contradicted",
    "contradicted by bounds",
    "not checkable here",
]
TINY = 1e-5
"""Shares below it are written as such."""
DIFFERS = MARGIN
"""Farther than this from the printed figure (relative to it) a computed one contradicts the claim."""


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """The verdict on one claim, with its evidence.

    `low` and `high` are what was computed (equal where it is a number), `gap` how far that lies from the
    printed band, relative to the printed number. `readings` are the nearest other readings that fit.
    """

    claim: str
    judgement: Judgement
    reason: str
    printed: str
    says: str = ""
    low: float | None = None
    high: float | None = None
    unit: str = ""
    gap: float | None = None
    basis: str = ""
    sources: str = ""
    readings: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    remedy: str = ""


def judge(
    identity: str, question: Question, printed: Printed, knowledge: Knowledge, left_open: frozenset[str]
) -> Verdict:
    """Judge one claim about a quantity."""
    found = [answer for answer in answers(question, knowledge) if _comparable(answer, printed)]
    sound = [answer for answer in found if not answer.doubtful]
    if not any(answer.exact for answer in sound) and left_open:
        # Nothing is known of it as written; what the sentence leaves open may be tried in its place.
        other = _other(question, printed, knowledge, left_open, only_open=True)
        if other is not None and not _excluded(printed, sound):
            names, answer = other
            reason = f"not known as written; the figure comes out for {names[0]} ({shown(answer)})"
            return _verdict(
                identity, "holds only under another reading", reason, printed, answer, None, readings=names
            )
    if not sound:
        return _silent(identity, question, printed, found, knowledge)
    if any(answer.exact for answer in sound):
        return _by_figure(identity, question, printed, knowledge, left_open, sound)
    return _by_bounds(identity, question, printed, knowledge, sound[0])


def _by_figure(
    identity: str,
    question: Question,
    printed: Printed,
    knowledge: Knowledge,
    left_open: frozenset[str],
    sound: list[Answer],
) -> Verdict:
    exact = [answer for answer in sound if answer.exact]
    first = exact[0]
    also = tuple(f"{answer.source}: {shown(answer)}" for answer in exact[1:])
    away = fit(printed, first)
    if away == 0.0:
        return _verdict(identity, "holds", _agreeing(first, exact, printed), printed, first, 0.0, also=also)
    other = _other(question, printed, knowledge, left_open)
    if other is not None:
        names, answer = other
        reason = f"as written it is {shown(first)}; the figure comes out for {names[0]} ({shown(answer)})"
        judgement: Judgement = "holds only under another reading"
        return _verdict(identity, judgement, reason, printed, first, away, also=also, readings=names)
    judgement = "differs" if away <= DIFFERS else "contradicted"
    makers = ", from figures of different makers" if first.mixed else ""
    reason = f"it is {shown(first)}{makers}, printed is {printed.text}"
    return _verdict(identity, judgement, reason, printed, first, away, also=also)


def _by_bounds(
    identity: str, question: Question, printed: Printed, knowledge: Knowledge, bound: Answer
) -> Verdict:
    away = fit(printed, bound)
    if away > 0.0:
        reason = f"it is {shown(bound)}, which excludes {printed.text}"
        return _verdict(identity, "contradicted by bounds", reason, printed, bound, away)
    if printed.holds(bound.low) and (printed.holds(bound.high) or bound.high == printed.high == math.inf):
        reason = f"all that is possible, {shown(bound)}, fits {printed.text}"
        return _verdict(identity, "holds", reason, printed, bound, 0.0)
    reason = f"the data only say that it is {shown(bound)}, which leaves {printed.text} open"
    remedy = _remedy(question, knowledge)
    return _verdict(identity, "not checkable here", reason, printed, bound, None, remedy=remedy)


def fit(printed: Printed, answer: Answer) -> float:
    """Return 0 where the figures agree, else the distance to the band relative to the printed number.

    A figure that is itself rounded agrees when the two bands meet at its middle or it lies within; a bound
    disagrees only where no number between its ends would do.
    """
    if answer.exact:
        middle = (answer.low + answer.high) / 2
        if printed.holds(middle) or (printed.holds(answer.low) and printed.holds(answer.high)):
            return 0.0
        low = high = middle
    else:
        low, high = answer.low, answer.high
        if low < printed.high and high >= printed.low:
            return 0.0
    edge = printed.low - high if high < printed.low else low - printed.high
    scale = abs(printed.number) if printed.measure != "sign" else 1.0
    return max(edge, 1e-12) / scale if scale > 0 else math.inf


def shown(answer: Answer) -> str:
    """Write an answer so that it can follow "it is": 7.6 %, at most 5.1 %, between 1 bn USD and 2 bn USD."""
    # What is counted is a whole number: the band of one that is cited is half a unit to each side.
    counted = answer.measure in {"count", "persons"} and answer.high - answer.low <= 1.0
    if answer.exact and (counted or answer.high - answer.low <= 0.05 * abs(answer.high)):
        return amount((answer.low + answer.high) / 2, answer.measure)
    low, high = amount(answer.low, answer.measure), amount(answer.high, answer.measure)
    if math.isinf(answer.high):
        return f"at least {low}"
    if 0 <= answer.low < (TINY if answer.measure == "share" else math.ulp(0.0)):
        return f"at most {high}"
    return f"between {low} and {high}"


def amount(value: float, measure: str) -> str:
    """Write a number with its unit."""
    if measure == "share":
        if 0 < abs(value) < TINY:
            return "under 0.001 %"
        return f"{100 * value:.3g} %" if abs(value) < 10 else f"{100 * value:,.0f} %"
    if measure == "multiple":
        return f"{value:.3g} times"
    if measure in {"rank", "count", "year", "persons", "km2"}:
        whole = f"{value:.0f}" if measure == "year" else f"{value:,.0f}"
        return f"{whole} {measure}" if measure in {"persons", "km2"} else whole
    for size, name in ((1e12, "tn "), (1e9, "bn "), (1e6, "m ")):
        if abs(value) >= size:
            return f"{value / size:,.4g} {name}{measure}"
    return f"{value:,.4g} {measure}"


def _comparable(answer: Answer, printed: Printed) -> bool:
    if printed.measure in {None, "sign"}:
        return True
    counted = {"count", "persons", "rank"}
    same = answer.measure == printed.measure or {answer.measure, printed.measure} <= counted
    return same or {answer.measure, printed.measure} == {"share", "multiple"}


def _agreeing(first: Answer, exact: list[Answer], printed: Printed) -> str:
    against = [answer for answer in exact[1:] if fit(printed, answer) > 0.0]
    rests = (
        "" if first.basis == "store" else ", which rests on a cited or reported figure and not on the store"
    )
    doubt = f"; {len(against)} other source(s) say otherwise" if against else ""
    return f"it is {shown(first)}{rests}{doubt}"


def _other(
    question: Question,
    printed: Printed,
    knowledge: Knowledge,
    left_open: frozenset[str],
    *,
    only_open: bool = False,
) -> tuple[tuple[str, ...], Answer] | None:
    """Return the nearest readings (at most three) under which the figure comes out."""
    if printed.relation not in {"equals", "about", "between"}:
        return None  # "fell" or "less than" fits half of all readings, which tells nothing
    names: list[str] = []
    nearest: Answer | None = None
    for reading in readings(question, left_open):
        if only_open and not {_OPENED[change.partition(":")[0]] for change in reading.changes} <= left_open:
            continue
        answer = next(
            (
                a
                for a in answers(reading.question, knowledge)
                if a.exact and not a.doubtful and not a.mixed and _comparable(a, printed)
            ),
            None,
        )
        if answer is not None and fit(printed, answer) == 0.0:
            names.append(" and ".join(reading.changes))
            nearest = nearest or answer
            if len(names) == 3:
                break
    return None if nearest is None else (tuple(names), nearest)


def _excluded(printed: Printed, sound: list[Answer]) -> bool:
    return any(not answer.exact and fit(printed, answer) > 0.0 for answer in sound)


# The word before a reading's colon -> what a sentence must leave open for it.
_OPENED = {
    "year": "year", "base year": "year", "measure": "measure", "product": "product", "direction": "direction",
    "whole": "whole",
}  # fmt: skip


def _silent(
    identity: str, question: Question, printed: Printed, found: list[Answer], knowledge: Knowledge
) -> Verdict:
    if found:
        reason = f"{found[0].doubtful}; the figure there would be {shown(found[0])}"
        remedy = _remedy(question, knowledge)
        return _verdict(identity, "not checkable here", reason, printed, found[0], None, remedy=remedy)
    return Verdict(
        claim=identity,
        judgement="not checkable here",
        reason="neither the data nor the dossier's facts say anything of it",
        printed=printed.text,
        remedy=_remedy(question, knowledge),
    )


def _remedy(question: Question, knowledge: Knowledge) -> str:
    kinds = {getattr(end, "kind", "trade") for end in (question.of, question.part) if end is not None}
    if "investment" in kinds:
        return (
            "Bilateral investment positions (IMF, OECD) would settle it; "
            "enter the figure under `facts` with its source."
        )
    years = knowledge.amounts.years
    if years and not years[0] <= question.year <= years[-1]:
        return f"The data cover {years[0]} to {years[-1]}; enter the figure as a fact with its source."
    return (
        "Data of all products (CEPII BACI, all HS codes) would settle it; "
        "or enter a published figure under `facts` with `of`, `in` and its source."
    )


def _verdict(  # noqa: PLR0913  (one argument for each part of a verdict)
    identity: str,
    judgement: Judgement,
    reason: str,
    printed: Printed,
    answer: Answer,
    gap: float | None,
    *,
    also: tuple[str, ...] = (),
    readings: tuple[str, ...] = (),
    remedy: str = "",
) -> Verdict:
    return Verdict(
        claim=identity,
        judgement=judgement,
        reason=reason,
        printed=printed.text,
        low=answer.low if math.isfinite(answer.low) else None,
        high=answer.high if math.isfinite(answer.high) else None,
        unit=answer.measure,
        gap=gap if gap is None or math.isfinite(gap) else None,
        basis=answer.basis,
        sources=answer.source,
        readings=readings,
        steps=answer.steps,
        inputs=answer.inputs,
        also=also,
        remedy=remedy,
    )
