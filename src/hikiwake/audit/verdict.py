"""The judgement of a claim: does its printed figure agree with what is known, and under which reading."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from hikiwake.audit.known import MARGIN, Knowledge
from hikiwake.audit.quantities import Answer, Question, answers
from hikiwake.audit.readings import readings
from hikiwake.core.claim.operand import Flow, Indicator
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


class Evidence(msgspec.Struct, frozen=True):
    """The rows behind an input of a verdict: the largest ones, and how many there are in all."""

    input: str
    total: int
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


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
    evidence: tuple[Evidence, ...] = ()


def judge(
    identity: str, question: Question, printed: Printed, knowledge: Knowledge, left_open: frozenset[str]
) -> Verdict:
    """Judge one claim about a quantity."""
    every = [_as_printed(answer, printed) for answer in answers(question, knowledge)]
    found = [answer for answer in every if comparable(answer, printed)]
    if every and not found:
        return _other_unit(identity, printed, every[0])
    sound = [answer for answer in found if not answer.doubtful]
    if not any(answer.exact for answer in sound) and left_open:
        # Nothing is known of it as written; what the sentence leaves open may be tried in its place.
        other = _other(question, printed, knowledge, left_open, only_open=True)
        if other is not None and not _excluded(printed, sound):
            names, answer = other
            lacking = _lacking(question, knowledge) or "not known as written"
            reason = f"{lacking}; the figure comes out for {names[0]} ({shown(answer)})"
            return verdict_on(
                identity, "holds only under another reading", reason, printed, answer, None, readings=names
            )
    if not sound:
        return _silent(identity, question, printed, found, knowledge)
    if any(answer.exact for answer in sound):
        return _by_figure(identity, question, printed, knowledge, left_open, sound)
    doubts = [answer.doubtful for answer in found if answer.doubtful]
    return _by_bounds(identity, question, printed, knowledge, sound[0], *doubts[:1])


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
        return verdict_on(identity, "holds", _agreeing(first, exact, printed), printed, first, 0.0, also=also)
    other = _other(question, printed, knowledge, left_open)
    if other is not None:
        names, answer = other
        reason = f"as written it is {shown(first)}; the figure comes out for {names[0]} ({shown(answer)})"
        judgement: Judgement = "holds only under another reading"
        return verdict_on(identity, judgement, reason, printed, first, away, also=also, readings=names)
    judgement = "differs" if away <= DIFFERS else "contradicted"
    makers = ", from figures of different makers" if first.mixed else ""
    reason = f"it is {shown(first)}{makers}, printed is {printed.text}"
    if judgement == "differs":
        reason += f" ({_apart(printed, first)})"
    return verdict_on(identity, judgement, reason, printed, first, away, also=also)


def _by_bounds(
    identity: str, question: Question, printed: Printed, knowledge: Knowledge, bound: Answer, *doubts: str
) -> Verdict:
    away = fit(printed, bound)
    if away > 0.0:
        reason = f"it is {shown(bound)}, which excludes {printed.text}"
        return verdict_on(identity, "contradicted by bounds", reason, printed, bound, away)
    if printed.holds(bound.low) and (printed.holds(bound.high) or bound.high == printed.high == math.inf):
        reason = f"all that is possible, {shown(bound)}, fits {printed.text}"
        return verdict_on(identity, "holds", reason, printed, bound, 0.0)
    reason = f"the data only say that it is {shown(bound)}, which leaves {printed.text} open"
    reason = "; ".join((reason, *filter(None, (_lacking(question, knowledge), *doubts))))
    remedy = _remedy(question, knowledge)
    return verdict_on(identity, "not checkable here", reason, printed, bound, None, remedy=remedy)


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
    if math.isinf(answer.low):
        return f"at most {high}"
    if math.isinf(answer.high):
        return f"at least {low}"
    if 0 <= answer.low < (TINY if answer.measure == "share" else math.ulp(0.0)):
        return f"at most {high}"
    return f"between {low} and {high}"


def amount(value: float, measure: str) -> str:
    """Write a number with its unit."""
    if measure in _WRITTEN:
        return _WRITTEN[measure](value)
    for size, name in ((1e12, "tn "), (1e9, "bn "), (1e6, "m ")):
        if abs(value) >= size:
            return f"{value / size:,.4g} {name}{measure}"
    return f"{value:,.4g} {measure}"


def _share(value: float) -> str:
    if 0 < abs(value) < TINY:
        return "under 0.001 %"
    return f"{100 * value:.3g} %" if abs(value) < 10 else f"{100 * value:,.0f} %"


def _tonnes(value: float) -> str:
    return f"{value / 1e6:,.4g} Mt" if abs(value) >= 1e6 else f"{value:,.0f} t"


_WRITTEN: dict[str, Callable[[float], str]] = {
    "share": _share,
    "t": _tonnes,
    "multiple": lambda value: f"{value:.3g} times",
    "rank": lambda value: f"number {value:.0f}",
    "year": lambda value: f"{value:.0f}",
    "count": lambda value: f"{value:,.0f}",
    "persons": lambda value: f"{value:,.0f} persons",
    "km2": lambda value: f"{value:,.0f} km2",
}


def _apart(printed: Printed, answer: Answer) -> str:
    """Say how far a figure lies from the printed one, shares in points, all else in per cent."""
    by = (answer.low + answer.high) / 2 - printed.number
    side = "more" if by > 0 else "less"
    if answer.measure == "share":
        return f"{100 * abs(by):.2g} points {side}"
    if answer.measure in {"rank", "count", "multiple"} or printed.number == 0:
        return f"{abs(by):.2g} {side}"
    return f"{100 * abs(by / printed.number):.2g} % {side}"


def _as_printed(answer: Answer, printed: Printed) -> Answer:
    """Call a share a multiple where the text does: 400 % is four times."""
    as_multiple = (answer.measure, printed.measure) == ("share", "multiple")
    return answer._replace(measure="multiple") if as_multiple else answer


def comparable(answer: Answer, printed: Printed) -> bool:
    """Say whether a figure is in what is printed, so that the two can be compared."""
    if printed.measure in {None, "sign"}:
        return True
    counted = {"count", "persons", "rank"}
    same = answer.measure == printed.measure or {answer.measure, printed.measure} <= counted
    return same or {answer.measure, printed.measure} == {"share", "multiple"}


def _agreeing(first: Answer, exact: list[Answer], printed: Printed) -> str:
    makers = ", from figures of different makers" if first.mixed else ""
    against = [answer for answer in exact[1:] if fit(printed, answer) > 0.0]
    rests = (
        "" if first.basis == "store" else ", which rests on a cited or reported figure and not on the store"
    )
    doubt = f"; {len(against)} other source(s) say otherwise" if against else ""
    return f"it is {shown(first)}{makers}{rests}{doubt}"


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
                if a.exact and not a.doubtful and not a.mixed and comparable(a, printed)
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
    "whole": "whole", "net": "net",
}  # fmt: skip


def _other_unit(identity: str, printed: Printed, answer: Answer) -> Verdict:
    kinds = f"it is printed in {printed.measure}, and what is known of it is in {answer.measure}"
    return Verdict(
        claim=identity,
        judgement="not checkable here",
        reason="; ".join(filter(None, (kinds, "the one is not converted into the other", answer.doubtful))),
        printed=printed.text,
        basis=answer.basis,
        sources=answer.source,
        steps=(*answer.steps, f"so it is {shown(answer)}"),
        inputs=answer.inputs,
        remedy=f"Write the value in {answer.measure}, as the source itself gives it or converts it.",
    )


def _silent(
    identity: str, question: Question, printed: Printed, found: list[Answer], knowledge: Knowledge
) -> Verdict:
    if found:
        reason = f"{found[0].doubtful}; the figure there would be {shown(found[0])}"
        remedy = _remedy(question, knowledge)
        return verdict_on(identity, "not checkable here", reason, printed, found[0], None, remedy=remedy)
    return Verdict(
        claim=identity,
        judgement="not checkable here",
        reason=_lacking(question, knowledge) or "neither the data nor the dossier's facts say anything of it",
        printed=printed.text,
        remedy=_remedy(question, knowledge),
    )


def _lacking(question: Question, knowledge: Knowledge) -> str:
    """Say which goods of a claim the data do not hold; empty where they hold all that it names."""
    ends = (end for end in (question.part, question.of) if isinstance(end, Flow) and end.kind == "trade")
    for end in ends:
        out = [prefix for prefix in end.products if not knowledge.amounts.complete((prefix,))]
        if out:
            name = "" if end.label in out else f" ({end.label})"
            return f"the data do not hold all goods under HS {', '.join(out)}{name}"
    return ""


def _remedy(question: Question, knowledge: Knowledge) -> str:
    kinds = {getattr(end, "kind", "trade") for end in (question.of, question.part) if end is not None}
    if "investment" in kinds:
        return (
            "Bilateral investment positions (IMF, OECD) would settle it, "
            "as a figure that the dossier cites with its source."
        )
    ends = [end for end in (question.of, question.part) if isinstance(end, Indicator)]
    if ends:
        return (
            f"A published figure of the {ends[0]} in {question.year}, cited in the dossier, would settle it."
        )
    whole = knowledge.amounts.complete(())
    if question.form == "rank" and isinstance(question.of, Flow) and not question.of.products and not whole:
        lists = ", ".join(map(str, knowledge.list_years)) or "no year"
        return (
            f"The published lists of main partners are of {lists}, not of every economy in each; data of all "
            "products (CEPII BACI, all HS codes) would settle it."
        )
    years = knowledge.amounts.years
    if years and not years[0] <= question.year <= years[-1]:
        return (
            f"The data cover {years[0]} to {years[-1]}; a published figure, cited in the dossier, would do."
        )
    if whole:
        return "A published figure that the dossier cites would settle it."
    return (
        "Data of all products (CEPII BACI, all HS codes) would settle it, "
        "or a published figure that the dossier cites."
    )


def verdict_on(  # noqa: PLR0913  (one argument for each part of a verdict)
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
    """Return the verdict that rests on an answer."""
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
        steps=tuple(dict.fromkeys(answer.steps)),
        inputs=tuple(dict.fromkeys(answer.inputs)),
        also=also,
        remedy=remedy,
    )
