"""Claims about many years at once: records, and balances that last."""

from __future__ import annotations

import msgspec

from hikiwake.audit.known import Knowledge
from hikiwake.audit.quantities import Answer, Question, answers
from hikiwake.audit.verdict import Judgement, Verdict, shown
from hikiwake.core.claim.operand import Operand
from hikiwake.core.claim.printed import Printed

FEWEST = 3
"""Fewer years than these make no record."""


def judge_record(
    identity: str, question: Question, within: range | None, printed: Printed, knowledge: Knowledge
) -> Verdict:
    """Judge whether a year is the highest (or lowest) of all comparable ones up to it, or within a span."""
    years = within or range(min(knowledge.amounts.years), question.year + 1)
    series = {year: answer for year in years if (answer := _sound(question, year, knowledge)) is not None}
    own = series.get(question.year)
    if own is None or len(series) < FEWEST:
        return _open(identity, printed, "too few years are known to call one a record", series)
    lowest = printed.number < 0
    best = min(series, key=lambda y: series[y].low) if lowest else max(series, key=lambda y: series[y].low)
    beaten = series[best].high < own.low if lowest else series[best].low > own.high
    gaps = len(years) - len(series)
    known = f"of the {len(series)} comparable years in {years[0]}-{years[-1]}"
    left_out = f", {gaps} left out for want of comparable data" if gaps else ""
    if best == question.year or not beaten:
        word = "lowest" if lowest else "highest"
        return _answer(identity, "holds", f"{shown(own)} is the {word} {known}{left_out}", printed, own)
    reason = f"{question.year} has {shown(own)}, {best} has {shown(series[best])} ({known}{left_out})"
    return _answer(identity, "contradicted", reason, printed, own)


def judge_balance_since(
    identity: str, of: Operand, since: int, printed: Printed, knowledge: Knowledge
) -> Verdict:
    """Judge whether a balance has its sign in each year from one on, and had not in the year before."""
    by_source = _balances(of, since, knowledge)
    if not by_source:
        return _open(identity, printed, "the balance is known for none of these years", {})
    verdicts = [_since(identity, since, printed, series) for series in by_source.values()]
    first = verdicts[0]
    fitting = [
        name for name, verdict in zip(by_source, verdicts, strict=True) if verdict.judgement == "holds"
    ]
    if first.judgement == "holds" or not fitting:
        return first
    reason = f"{first.reason} by {next(iter(by_source))}; it holds by {fitting[0]}"
    readings = tuple(f"basis: {name}" for name in fitting)
    return msgspec.structs.replace(
        first, judgement="holds only under another reading", reason=reason, readings=readings
    )


def _balances(of: Operand, since: int, knowledge: Knowledge) -> dict[str, dict[int, Answer]]:
    """Return the sound balances of each maker from the year before on, where a year of the span is known."""
    found: dict[str, dict[int, Answer]] = {}
    for year in range(since - 1, max(knowledge.amounts.years) + 1):
        for answer in answers(Question("balance", of, year), knowledge):
            if answer.exact and not answer.doubtful:
                found.setdefault(answer.source, {})[year] = answer
    return {name: series for name, series in found.items() if max(series) >= since}


def _since(identity: str, since: int, printed: Printed, series: dict[int, Answer]) -> Verdict:
    after = {year: answer for year, answer in series.items() if year >= since}
    first = after[min(after)]

    def fits(answer: Answer) -> bool:
        return printed.holds(answer.low) and printed.holds(answer.high)

    against = [year for year, answer in after.items() if not fits(answer)]
    if against:
        years = ", ".join(map(str, against[:5]))
        return _answer(identity, "contradicted", f"the balance has the other sign in {years}", printed, first)
    before = series.get(since - 1)
    if before is not None and fits(before):
        reason = f"it has this sign in {since - 1} already ({shown(before)})"
        return _answer(identity, "differs", reason, printed, before)
    return _answer(identity, "holds", f"so it is in all {len(after)} years that are known", printed, first)


def _sound(question: Question, year: int, knowledge: Knowledge) -> Answer | None:
    found = answers(msgspec.structs.replace(question, year=year), knowledge)
    return next((answer for answer in found if answer.exact and not answer.doubtful), None)


def _open(identity: str, printed: Printed, reason: str, series: dict[int, Answer]) -> Verdict:
    return Verdict(
        claim=identity,
        judgement="not checkable here",
        reason=reason,
        printed=printed.text,
        steps=tuple(f"{year}: {shown(answer)}" for year, answer in series.items()),
        remedy="Enter the figures of the other years as facts with `of`, `in` and their source.",
    )


def _answer(identity: str, judgement: Judgement, reason: str, printed: Printed, own: Answer) -> Verdict:
    return Verdict(
        claim=identity,
        judgement=judgement,
        reason=reason,
        printed=printed.text,
        low=own.low,
        high=own.high,
        unit=own.measure,
        basis=own.basis,
        sources=own.source,
        steps=own.steps,
        inputs=own.inputs,
    )
