"""Claims against each other: what cannot all be true, whatever the data say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import NamedTuple

import msgspec

from hikiwake.core.claim import kinds, operand, printed
from hikiwake.core.claim.operand import WORLD, Flow, Operand
from hikiwake.core.claim.printed import Printed
from hikiwake.core.dates import PartialDate


class Conflict(msgspec.Struct, frozen=True):
    """Claims of which at least one is wrong, and why."""

    claims: tuple[str, ...]
    reason: str


class _Said(NamedTuple):
    claim: str
    part: Operand | None
    of: Operand
    year: int
    band: Printed


def conflicts(
    claims: Iterable[kinds.Claim], groups: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[Conflict, ...]:
    """Return the conflicts among claims of levels and shares of one calendar year, in the claims' order.

    `groups` are the economies behind the names of groups.
    """
    members = {name: frozenset(operand.party(m) for m in held) for name, held in (groups or {}).items()}
    names = frozenset(members)
    said = [
        _Said(
            claim.id,
            operand.parse(claim.part, names) if isinstance(claim, kinds.Share | kinds.Ratio) else None,
            operand.parse(claim.of, names),
            PartialDate.parse(claim.in_).first.year,
            printed.parse(claim.value),
        )
        for claim in claims
        if isinstance(claim, kinds.Level | kinds.Share | kinds.Ratio)
        and PartialDate.parse(claim.in_).whole_year
    ]
    return (*_twice(said), *_too_much(said, members), *_products(said))


def _twice(said: list[_Said]) -> list[Conflict]:
    """Find one quantity with two figures that do not meet."""
    same: dict[tuple[Operand | None, Operand, int], list[_Said]] = defaultdict(list)
    for one in said:
        same[one.part, one.of, one.year].append(one)
    return [
        Conflict((a.claim, b.claim), f"one quantity has two figures: {a.band.text} and {b.band.text}")
        for group in same.values()
        for a, b in combinations(group, 2)
        if a.band.measure == b.band.measure and (_below(a.band, b.band) or _below(b.band, a.band))
    ]


def _below(one: Printed, other: Printed) -> bool:
    # The ends of two bands are computed: the last digits of numbers that are equal may differ.
    touching = abs(one.high - other.low) <= 1e-9 * abs(other.low)
    return not one.high_closed if touching else one.high < other.low


def _too_much(said: list[_Said], members: Mapping[str, frozenset[str]]) -> list[Conflict]:
    """Find shares of different partners in one whole that add up to more than all of it."""
    wholes: dict[tuple[Operand, int], dict[Operand, _Said]] = defaultdict(dict)
    for one in said:
        if isinstance(one.part, Flow) and isinstance(one.of, Flow) and one.band.measure == "share":
            # Only parts that differ in the partner alone are certain not to overlap.
            if (one.part.label, one.part.by, one.part.both) == (one.of.label, one.of.by, one.of.both):
                parts = wholes[one.of, one.year]
                if not any(_overlap(one.part, known, members) for known in parts):
                    parts[one.part] = one
    found = []
    for (whole, year), parts in wholes.items():
        least = sum(max(0.0, one.band.low) for one in parts.values())
        if len(parts) > 1 and least > 1.0:
            names = tuple(one.claim for one in parts.values())
            found.append(Conflict(names, f"shares of {whole} in {year} add up to at least {least:.1%}"))
    return found


def _overlap(one: Flow, other: Operand, members: Mapping[str, frozenset[str]]) -> bool:
    """Say whether two flows may hold the same trade: the same parties, or groups that share one."""
    if not isinstance(other, Flow):
        return True
    sides = ((one.exporter, other.exporter), (one.importer, other.importer))
    return all(
        WORLD in side or members.get(side[0], {side[0]}) & members.get(side[1], {side[1]}) for side in sides
    )


def _products(said: list[_Said]) -> list[Conflict]:
    """Find a share and two levels that do not fit: part = share x whole."""
    levels = {(one.of, one.year): one for one in said if one.part is None}
    found = []
    for one in said:
        part = levels.get((one.part, one.year)) if one.part is not None else None
        whole = levels.get((one.of, one.year)) if one.part is not None else None
        if part is None or whole is None or part.band.measure != whole.band.measure or whole.band.low <= 0:
            continue
        low, high = part.band.low / whole.band.high, part.band.high / whole.band.low
        if high < one.band.low or low > one.band.high:
            reason = f"{part.band.text} of {whole.band.text} is {low:.1%} to {high:.1%}, not {one.band.text}"
            found.append(Conflict((one.claim, part.claim, whole.claim), reason))
    return found
