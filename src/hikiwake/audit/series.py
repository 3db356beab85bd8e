"""Claims about many years at once: records, and balances that last."""

from __future__ import annotations

import msgspec

from hikiwake.audit.known import MARGIN, Knowledge
from hikiwake.audit.quantities import Answer, Question, answers
from hikiwake.audit.verdict import Judgement, Verdict, shown
from hikiwake.core.claim.operand import Operand
from hikiwake.core.claim.printed import Printed

FEWEST = 3
"""Fewer years than these make no record."""


def judge_record(
    identity: str, question: Question, within: range | None, printed: Printed, knowledge: Knowledge
) -> Verdict:
    """Judge whether a year is the highest (or lowest) of all comparable ones up to it, or within a span.

    Years are compared within one maker's figures. Where another year is known from a different maker only, it
    decides when it lies farther away than sources of one flow do, and leaves the claim open when it does not.
    """
    years = within or range(min(knowledge.amounts.years), question.year + 1)
    own = _sound(question, question.year, knowledge)
    source = own.source if own is not None else ""
    series = {
        year: answer for year in years if (answer := _sound(question, year, knowledge, source)) is not None
    }
    if own is None or len(series) < FEWEST:
        return _open(identity, printed, "too few years are known to call one a record", series)
    lowest = printed.number < 0
    gaps = len(years) - len(series)
    known = f"of the {len(series)} comparable years in {years[0]}-{years[-1]}"
    left_out = f", {gaps} left out for want of comparable data" if gaps else ""
    others = {year: answer for year, answer in series.items() if year != question.year}
    beating = [year for year, answer in others.items() if _beats(answer, own, lowest)]
    if beating:
        best = (min if lowest else max)(beating, key=lambda year: series[year].low)
        reason = f"{question.year} has {shown(own)}, {best} has {shown(series[best])} ({known}{left_out})"
        return _answer(identity, "contradicted", reason, printed, own)
    near = [year for year, answer in others.items() if answer.source != source and _may(answer, own, lowest)]
    if near:
        best = (min if lowest else max)(near, key=lambda year: series[year].low)
        reason = (
            f"{question.year} has {shown(own)} by {source}, {best} has {shown(series[best])} by "
            f"{series[best].source}: makers of one figure lie as far apart as that"
        )
        return _open(identity, printed, reason, series)
    word = "lowest" if lowest else "highest"
    return _answer(identity, "holds", f"{shown(own)} is the {word} {known}{left_out}", printed, own)


def _beats(answer: Answer, own: Answer, lowest: bool) -> bool:
    """Say whether another year is surely beyond the one that is called a record."""
    apart = 1.0 if answer.source == own.source else 1 + MARGIN
    return answer.high * apart < own.low if lowest else answer.low > own.high * apart


def _may(answer: Answer, own: Answer, lowest: bool) -> bool:
    """Say whether another maker's year may be beyond it, if both makers had counted both."""
    return answer.low < own.high * (1 + MARGIN) if lowest else answer.high * (1 + MARGIN) > own.low


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
    others = tuple(
        f"{name}: {verdict.reason}"
        for name, verdict in zip(by_source, verdicts, strict=True)
        if verdict != first
    )
    return msgspec.structs.replace(
        first, judgement="holds only under another reading", reason=reason, readings=readings, also=others
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
    known = f"all {len(after)} years that are" if len(after) > 1 else "the one year that is"
    return _answer(identity, "holds", f"so it is in {known} known", printed, first)


def _sound(question: Question, year: int, knowledge: Knowledge, source: str = "") -> Answer | None:
    """Return the year's best figure, by a certain maker if that one has it."""
    found = answers(msgspec.structs.replace(question, year=year), knowledge)
    sound = [answer for answer in found if answer.exact and not answer.doubtful]
    return next((answer for answer in sound if answer.source == source), sound[0] if sound else None)


def _open(identity: str, printed: Printed, reason: str, series: dict[int, Answer]) -> Verdict:
    return Verdict(
        claim=identity,
        judgement="not checkable here",
        reason=reason,
        printed=printed.text,
        steps=tuple(f"{year}: {shown(answer)}" for year, answer in series.items()),
        remedy="Published figures of the other years, cited in the dossier, would settle it.",
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
