"""What claims imply together: a share of a known total is a level, and levels must agree.

Two tests of claims that a text makes in different places: one flow whose size is implied twice (by the share
in the exporter's total and in the importer's, or by a share and a level), and a year above a claimed record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from typing import NamedTuple

import msgspec

from hikiwake.audit.consistency import Conflict
from hikiwake.audit.known import MARGIN, Knowledge, Known
from hikiwake.audit.verdict import amount
from hikiwake.core.claim import kinds, operand, printed
from hikiwake.core.claim.operand import WORLD, Flow
from hikiwake.core.dates import PartialDate

_Levels = dict[tuple[Flow, int], list["_Implied"]]


class _Implied(NamedTuple):
    """A flow of a year lies in [low, high] USD when the claims named are true; `how` says it in words."""

    low: float
    high: float
    claims: tuple[str, ...]
    how: str


def implied_conflicts(
    claims: Iterable[kinds.Claim], knowledge: Knowledge, groups: frozenset[str] = frozenset()
) -> tuple[Conflict, ...]:
    """Return the conflicts between what claims imply, in the order of the flows they are about.

    Parameters
    ----------
    claims : of one dossier, readable.
    knowledge : where the totals that shares are of come from; bounds are never used.
    groups : names of the groups that the dossier defines.

    Notes
    -----
    Two ways to one flow conflict when they lie farther apart than sources of one flow do as a rule
    (`known.MARGIN`); a year and a record of the same claims when their bands do not meet at all.
    """
    stated = list(claims)
    levels = _levels(stated, knowledge, groups)
    return (*_two_ways(levels), *_above_record(stated, levels, knowledge, groups))


def _levels(claims: list[kinds.Claim], knowledge: Knowledge, groups: frozenset[str]) -> _Levels:
    found: _Levels = defaultdict(list)
    for claim in claims:
        if isinstance(claim, kinds.Level | kinds.Share) and not PartialDate.parse(claim.in_).whole_year:
            continue
        if isinstance(claim, kinds.Level):
            of, said = operand.parse(claim.of, groups), printed.parse(claim.value)
            if isinstance(of, Flow) and said.measure == "USD":
                how = f"{claim.id} says {said.text}"
                found[of, _year(claim.in_)].append(_Implied(said.low, said.high, (claim.id,), how))
        elif isinstance(claim, kinds.Share):
            one = _of_share(claim, knowledge, groups)
            if one is not None:
                found[one[0], _year(claim.in_)].append(one[1])
    return found


def _of_share(
    claim: kinds.Share, knowledge: Knowledge, groups: frozenset[str]
) -> tuple[Flow, _Implied] | None:
    part, whole = operand.parse(claim.part, groups), operand.parse(claim.of, groups)
    said = printed.parse(claim.value)
    if not isinstance(part, Flow) or said.measure != "share":
        return None
    total = _hull(knowledge.of(whole, _year(claim.in_)))
    if total is None:
        return None
    low, high = max(0.0, said.low) * total[0], said.high * total[1]
    how = f"{claim.id}, {said.text} of {_span(*total)}, is {_span(low, high)}"
    return part, _Implied(low, high, (claim.id,), how)


def _hull(found: tuple[Known, ...]) -> tuple[float, float] | None:
    """Return the span of all figures of a total: which of them a text used is not known."""
    sound = [one for one in found if one.basis != "bounds" and not one.doubtful and one.measure == "USD"]
    return (min(one.low for one in sound), max(one.high for one in sound)) if sound else None


def _two_ways(levels: _Levels) -> list[Conflict]:
    found = []
    for (flow, year), ways in levels.items():
        for one, other in combinations(ways, 2):
            less, more = sorted((one, other), key=lambda way: way.low)
            if less.high * (1 + MARGIN) < more.low:
                reason = (
                    f"{flow} in {year} would have two sizes: {one.how}; {other.how}. Sources of one flow "
                    f"rarely lie more than {MARGIN:.0%} apart"
                )
                found.append(Conflict((*one.claims, *other.claims), reason))
    return found


def _above_record(
    claims: list[kinds.Claim], levels: _Levels, knowledge: Knowledge, groups: frozenset[str]
) -> list[Conflict]:
    found = []
    for claim in claims:
        if not isinstance(claim, kinds.Extreme) or claim.part or printed.parse(claim.value).number < 0:
            continue
        flow, best = operand.parse(claim.of, groups), _year(claim.in_)
        if not isinstance(flow, Flow):
            continue
        record = _record(flow, best, levels, knowledge)
        within = PartialDate.parse(claim.within).years() if claim.within != "" else None
        if record is None:
            continue
        for year in sorted({at for _, at in levels}):
            if year == best or (within is not None and year not in within):
                continue
            # One way is enough, and the most cautious one convinces most.
            above = [size for size in _sizes(flow, year, levels) if size.low > record.high]
            if above:
                other = min(above, key=lambda size: size.low)
                reason = (
                    f"{flow} in {year} would be {_span(other.low, other.high)} ({other.how}), "
                    f"above the record of {best}: {record.how}"
                )
                names = dict.fromkeys((claim.id, *record.claims, *other.claims))
                found.append(Conflict(tuple(names), reason))
    return found


def _record(flow: Flow, year: int, levels: _Levels, knowledge: Knowledge) -> _Implied | None:
    """Return the size of the record: as a claim gives it, else as all known figures span it."""
    if (flow, year) in levels:
        return max(levels[flow, year], key=lambda one: one.high)
    total = _hull(knowledge.of(flow, year))
    return None if total is None else _Implied(*total, (), f"known as {_span(*total)}")


def _sizes(flow: Flow, year: int, levels: _Levels) -> list[_Implied]:
    """Return every way in which claims give the size of a flow; both directions are added up."""
    ways = list(levels.get((flow, year), ()))
    if flow.both and flow.importer != WORLD:
        forth = msgspec.structs.replace(flow, both=False)
        back = msgspec.structs.replace(forth, exporter=flow.importer, importer=flow.exporter)
        ways += [
            _Implied(
                one.low + other.low,
                one.high + other.high,
                (*one.claims, *other.claims),
                f"{one.how}; {other.how}",
            )
            for one in levels.get((forth, year), ())
            for other in levels.get((back, year), ())
        ]
    return ways


def _span(low: float, high: float) -> str:
    if amount(low, "USD") == amount(high, "USD"):
        return amount(low, "USD")
    return f"{amount(low, 'USD')} to {amount(high, 'USD')}"


def _year(when: str | int) -> int:
    return PartialDate.parse(when).first.year
