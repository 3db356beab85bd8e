"""Other readings of a claim, from the least change to the largest.

A reading never makes a claim true. It says what the text would have had to mean for its figure to come out.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import msgspec

from hikiwake.audit.quantities import Question
from hikiwake.core.claim.operand import WORLD, Flow, Operand
from hikiwake.core.products import terms

FISCAL = 0.75
"""Part of a fiscal year from April that lies in its first calendar year."""
MOST = 5
"""Largest sum of the costs of the changes that one reading may make."""


class Reading(NamedTuple):
    """A changed question, what was changed in words, and how far it is from the text (lower is nearer)."""

    question: Question
    changes: tuple[str, ...]
    cost: int


def readings(question: Question, left_open: frozenset[str]) -> list[Reading]:
    """Return readings of one change, then of two, nearest first.

    What the sentence leaves open costs less to change than what it says; of two changes at least one must be
    of that kind, or both small, since many changes fit any figure.
    """
    single = list(_changes(question, left_open))
    found = {reading.question: reading for reading in reversed(sorted(single, key=lambda r: r.cost))}
    for first in single:
        for second in _changes(first.question, left_open):
            cost = first.cost + second.cost + 1
            if cost > MOST or second.question == question or _kind(first) == _kind(second):
                continue
            known = found.get(second.question)
            if known is None or known.cost > cost:
                found[second.question] = Reading(second.question, (*first.changes, *second.changes), cost)
    found.pop(question, None)
    return sorted(found.values(), key=lambda reading: (reading.cost, reading.changes))


def _kind(reading: Reading) -> str:
    return reading.changes[0].partition(":")[0]


def _changes(question: Question, left_open: frozenset[str]) -> Iterator[Reading]:
    yield from _years(question, left_open)
    yield from _measures(question, left_open)
    yield from _products(question, left_open)
    yield from _directions(question, left_open)
    yield from _wholes(question, left_open)
    yield from _nets(question, left_open)


def _reading(question: Question, what: str, cost: int, **changed: object) -> Reading:
    return Reading(msgspec.structs.replace(question, **changed), (what,), cost)


def _years(question: Question, left_open: frozenset[str]) -> Iterator[Reading]:
    cost = 1 if "year" in left_open else 2
    for step in (-1, 1):
        yield _reading(question, f"year: {question.year + step}", cost, year=question.year + step)
        if question.base is not None:
            base = question.base + step
            yield _reading(question, f"base year: {base}", cost, base=base)
    if "year" in left_open:
        for step in (-2, 2):
            yield _reading(question, f"year: {question.year + step}", cost + 1, year=question.year + step)
    if question.form in {"level", "share", "ratio", "growth"} and question.in_first == 1.0:
        yield _reading(
            question,
            f"year: fiscal year from April {question.year} (estimated from calendar years)",
            cost,
            in_first=FISCAL,
        )


def _measures(question: Question, left_open: frozenset[str]) -> Iterator[Reading]:
    flows = [flow for flow in (question.of, question.part) if isinstance(flow, Flow)]
    if question.form == "level" or not flows or not all(flow.products for flow in flows):
        return
    by = "value" if flows[0].by == "quantity" else "quantity"
    cost = 1 if "measure" in left_open else 2
    yield _reading(
        question, f"measure: by {by}", cost, of=_with(question.of, by=by), part=_with(question.part, by=by)
    )


def _products(question: Question, left_open: frozenset[str]) -> Iterator[Reading]:
    flow = question.part if isinstance(question.part, Flow) else question.of
    if not isinstance(flow, Flow) or not flow.products:
        return
    cost = 1 if "product" in left_open else 2
    known = terms()
    for identity in _near(flow.products):
        term = known[identity]
        of, part = (
            _with(end, label=term.name, products=term.prefixes)
            if isinstance(end, Flow) and end.products == flow.products
            else end
            for end in (question.of, question.part)
        )
        yield _reading(question, f"product: {term.name}", cost, of=of, part=part)


@lru_cache(maxsize=256)
def _near(products: tuple[str, ...]) -> tuple[str, ...]:
    """Return the terms that a text may mean instead of one with these products."""
    return tuple(
        sorted({other for term in terms().values() if term.prefixes == products for other in term.near})
    )


def _directions(question: Question, left_open: frozenset[str]) -> Iterator[Reading]:
    flow = question.part if isinstance(question.part, Flow) else question.of
    if not isinstance(flow, Flow) or flow.kind != "trade":
        return
    is_part = isinstance(question.part, Flow)
    field = "part" if is_part else "of"
    cost = 2 if "direction" in left_open else 3
    if (
        question.form in {"level", "growth", "record"}
        and not is_part
        and WORLD not in (flow.exporter, flow.importer)
    ):
        forth = _with(flow, both=False)
        back = _with(forth, exporter=flow.importer, importer=flow.exporter)
        if flow.both:
            for one in (forth, back):
                yield _reading(question, f"direction: {one} only", cost, **{field: one})
        else:
            yield _reading(question, f"direction: {back}", cost, **{field: back})
            yield _reading(question, "direction: both together", cost, **{field: _with(flow, both=True)})
    if question.form == "balance":
        yield _reading(question, "direction: the other party's balance", cost,
                       of=_with(flow, exporter=flow.importer, importer=flow.exporter))  # fmt: skip
    if question.form in {"share", "ratio", "rank"} and not flow.both:
        of = question.of
        if isinstance(of, Flow) and WORLD in (of.exporter, of.importer) and is_part:
            swapped = _with(flow, exporter=flow.importer, importer=flow.exporter)
            whole = _with(of, exporter=of.importer, importer=of.exporter)
            yield _reading(question, f"direction: {swapped} of {whole}", cost, part=swapped, of=whole)


def _wholes(question: Question, left_open: frozenset[str]) -> Iterator[Reading]:
    part, of = question.part, question.of
    cost = 2 if "whole" in left_open else 3
    if not isinstance(part, Flow) or not isinstance(of, Flow):
        return
    if question.form == "ratio":
        yield _reading(question, f"whole: {of} of {part}, swapped", cost + 1, part=of, of=part)
    if question.form not in {"share", "ratio"} or part.both:
        return
    sold = _with(part, importer=WORLD, label=of.label, products=of.products)
    bought = _with(part, exporter=WORLD, label=of.label, products=of.products)
    for whole in (sold, bought):
        if whole not in (of, part) and WORLD not in (part.exporter, part.importer):
            yield _reading(question, f"whole: {whole}", cost, of=whole)


def _nets(question: Question, left_open: frozenset[str]) -> Iterator[Reading]:
    """Net of what flows the other way, for one who buys and sells the same goods."""
    flow = question.part if isinstance(question.part, Flow) else question.of
    if not isinstance(flow, Flow) or flow.both or flow.kind != "trade" or not flow.products or question.net:
        return
    if question.form in {"level", "share", "ratio", "growth"}:
        cost = 2 if "net" in left_open else 4
        yield _reading(question, "net: less what goes the other way", cost, net=True)


def _with(flow: Operand | None, **changed: object) -> Operand | None:
    return msgspec.structs.replace(flow, **changed) if isinstance(flow, Flow) else flow
