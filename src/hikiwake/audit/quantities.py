"""What a claim is about, as one computable question, and its answers from what is known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

import msgspec

from hikiwake.audit.known import Basis, Knowledge, Known
from hikiwake.core.claim.operand import WORLD, Flow, Operand
from hikiwake.core.claim.printed import Measure
from hikiwake.measures.flows import FLOWS, Side

Form = Literal["level", "share", "ratio", "growth", "balance", "record", "rank"]
MIXED = "; "
"""Between the names of several sources."""


class Question(msgspec.Struct, frozen=True):
    """A quantity to compute: `part` over `of` where there is a part, in a year, or between two.

    `multiple` asks growth as a multiple instead of a relative change. `in_first` is the part of a fiscal year
    that lies in `year`, the rest in the next. `net` takes off what flows the other way.
    """

    form: Form
    of: Operand
    year: int
    part: Operand | None = None
    base: int | None = None
    among: str = ""
    multiple: bool = False
    in_first: float = 1.0
    net: bool = False


class Answer(NamedTuple):
    """The quantity lies in [low, high]; `exact` where that is a number and not a bound."""

    low: float
    high: float
    basis: Basis
    source: str
    steps: tuple[str, ...]
    inputs: tuple[str, ...]
    measure: Measure
    doubtful: str = ""

    @property
    def mixed(self) -> bool:
        """Whether figures of different makers are set against each other."""
        return MIXED in self.source

    @property
    def exact(self) -> bool:
        """Whether it is a figure, printed or computed, and no bound."""
        return self.basis != "bounds"


def answers(question: Question, knowledge: Knowledge) -> list[Answer]:
    """Return the answers that the knowledge gives, best first; empty where nothing is known."""
    match question.form:
        case "level":
            return [_plain(known) for known in _at(question, question.of, knowledge, question.year)]
        case "share" | "ratio":
            return _quotient(question, knowledge, question.year)
        case "growth":
            return _growth(question, knowledge)
        case "balance":
            return _balance(question, knowledge)
        case "rank":
            return _rank(question, knowledge)
        case _:
            return []


def _at(question: Question, what: Operand, knowledge: Knowledge, year: int) -> tuple[Known, ...]:
    found = knowledge.of(what, year)
    if question.net and isinstance(what, Flow):
        back = msgspec.structs.replace(what, exporter=what.importer, importer=what.exporter)
        found = tuple(_mixed(found, knowledge.of(back, year), 1.0, -1.0))
    if question.in_first < 1.0:
        part = question.in_first
        found = tuple(_mixed(found, knowledge.of(what, year + 1), part, 1 - part))
    return found


def _mixed(some: Iterable[Known], others: Iterable[Known], here: float, there: float) -> Iterator[Known]:
    """Yield weighted sums of what the store has in both; other makers' figures are not mixed."""
    held = {known.source: known for known in others if known.basis == "store"}
    for one in some:
        other = held.get(one.source)
        if one.basis == "store" and other is not None:
            yield one._replace(
                low=here * one.low + there * other.low,
                high=here * one.high + there * other.high,
                steps=(*one.steps, *other.steps),
                inputs=(*one.inputs, *other.inputs),
                doubtful=one.doubtful or other.doubtful,
            )


def _plain(known: Known) -> Answer:
    return Answer(
        known.low,
        known.high,
        known.basis,
        known.source,
        known.steps,
        known.inputs,
        known.measure,
        known.doubtful,
    )


def _quotient(question: Question, knowledge: Knowledge, year: int) -> list[Answer]:
    if question.part is None:
        return []
    parts = _at(question, question.part, knowledge, year)
    wholes = _at(question, question.of, knowledge, year)
    found = _combined(parts, wholes, question.form)
    listed = _listed(question, knowledge, year)
    if listed is not None:
        direct = _plain(listed)
        bounds = [answer for answer in found if not answer.exact]
        if direct.exact:
            found = [*(answer for answer in found if answer.exact), direct, *bounds]
        else:
            found = [*(answer for answer in found if answer.exact), _intersected([direct, *bounds])]
    bounds = [answer for answer in found if not answer.exact]
    if len(bounds) > 1:
        found = [*(answer for answer in found if answer.exact), _intersected(bounds)]
    return sorted(found, key=lambda answer: _RANK[answer.basis])


_RANK = {"store": 0, "cited": 1, "reported": 2, "bounds": 3}


def _combined(parts: tuple[Known, ...], wholes: tuple[Known, ...], form: str) -> list[Answer]:
    """Divide figures of one maker where there are such, else of several; bounds only without figures."""
    pairs = [(p, w) for p in parts for w in wholes if p.measure == w.measure and w.high > 0]
    figures = [(p, w) for p, w in pairs if "bounds" not in (p.basis, w.basis)]
    chosen = [(p, w) for p, w in figures if p.source == w.source] or figures or pairs
    if all(p.doubtful or w.doubtful for p, w in chosen):
        sound = [(p, w) for p, w in pairs if not p.doubtful and not w.doubtful]
        chosen = [*chosen[:6], *sound]
    found = []
    for part, whole in chosen[:12]:
        low = part.low / whole.high if math.isfinite(whole.high) else 0.0
        high = part.high / whole.low if whole.low > 0 else math.inf
        if form == "share":
            high = min(high, 1.0)
        basis: Basis = (
            "bounds"
            if "bounds" in (part.basis, whole.basis)
            else max((part.basis, whole.basis), key=lambda basis: _RANK[basis])
        )
        source = part.source if part.source == whole.source else f"{part.source}{MIXED}{whole.source}"
        found.append(
            Answer(
                low, high, basis, source, (*part.steps, *whole.steps), (*part.inputs, *whole.inputs),
                "share", part.doubtful or whole.doubtful,
            )
        )  # fmt: skip
    return found


def _intersected(answers: list[Answer]) -> Answer:
    low, high = max(a.low for a in answers), min(a.high for a in answers)
    return Answer(
        low, max(low, high), "bounds", "bounds", tuple(dict.fromkeys(s for a in answers for s in a.steps)),
        tuple(dict.fromkeys(i for a in answers for i in a.inputs)), "share",
    )  # fmt: skip


def _listed(question: Question, knowledge: Knowledge, year: int) -> Known | None:
    """Look a share of all goods up in the published lists of main partners."""
    part, whole = question.part, question.of
    if not (isinstance(part, Flow) and isinstance(whole, Flow)):
        return None
    if part.products or whole.products or part.both or whole.both or part.kind != "trade":
        return None
    if question.in_first < 1.0 or question.net:
        return None
    if (whole.exporter, whole.importer) == (part.exporter, WORLD):
        return knowledge.share(part.exporter, "export", part.importer, year)
    if (whole.exporter, whole.importer) == (WORLD, part.importer):
        return knowledge.share(part.importer, "import", part.exporter, year)
    return None


def _growth(question: Question, knowledge: Knowledge) -> list[Answer]:
    if question.base is None:
        return []
    form: Form = "level" if question.part is None else "share"
    ends = [
        answers(msgspec.structs.replace(question, form=form, year=year, base=None), knowledge)
        for year in (question.base, question.year)
    ]
    pairs = [(b, e) for b in ends[0] for e in ends[1] if b.measure == e.measure and b.high > 0]
    alike = [(b, e) for b, e in pairs if b.source == e.source and b.exact]
    found = []
    for begin, end in (alike or pairs)[:8]:
        low = end.low / begin.high if math.isfinite(begin.high) else 0.0
        high = end.high / begin.low if begin.low > 0 else math.inf
        shift = 0.0 if question.multiple else 1.0
        source = end.source if begin.source == end.source else f"{begin.source}{MIXED}{end.source}"
        basis = (
            begin.basis
            if begin.basis == end.basis
            else "bounds"
            if "bounds" in (begin.basis, end.basis)
            else "cited"
        )
        found.append(
            Answer(
                low - shift, high - shift, basis, source, (*begin.steps, *end.steps),
                (*begin.inputs, *end.inputs), "multiple" if question.multiple else "share",
                begin.doubtful or end.doubtful,
            )
        )  # fmt: skip
    return sorted(found, key=lambda answer: _RANK[answer.basis])


def _balance(question: Question, knowledge: Knowledge) -> list[Answer]:
    if not isinstance(question.of, Flow):
        return []
    forth = question.of
    back = msgspec.structs.replace(forth, exporter=forth.importer, importer=forth.exporter)
    backs = {known.source: known for known in knowledge.of(back, question.year)}
    return [
        Answer(
            out.low - backs[out.source].high, out.high - backs[out.source].low, out.basis, out.source,
            (*out.steps, *backs[out.source].steps), (*out.inputs, *backs[out.source].inputs), out.measure,
            out.doubtful or backs[out.source].doubtful,
        )
        for out in knowledge.of(forth, question.year)
        if out.source in backs and math.isfinite(min(out.high, backs[out.source].high))
    ]  # fmt: skip


def _rank(question: Question, knowledge: Knowledge) -> list[Answer]:
    flow = question.of
    if not isinstance(flow, Flow) or question.among == "products":
        return []
    at_importer = question.among == "suppliers" or (question.among == "partners" and flow.exporter == WORLD)
    economy, partner = (flow.importer, flow.exporter) if at_importer else (flow.exporter, flow.importer)
    side: Side = "importer" if at_importer else "exporter"
    # The rows tell partners in one direction; those of both together are told by lists alone.
    if knowledge.amounts.complete(flow.products) and (flow.products or not flow.both):
        found = _rank_by_rows(question, flow, (economy, side, partner), knowledge)
        if found:
            return found
    if flow.products:
        return []
    listed = knowledge.listed(economy, "import" if at_importer else "export", question.year)
    if partner not in listed:
        return []
    rank = 1 + sum(share > listed[partner] for share in listed.values())
    step = f"the list of {economy}'s main partners in {question.year} has {partner} at place {rank}"
    where = knowledge.list_rows(economy, "import" if at_importer else "export", question.year)
    return [Answer(rank, rank, "reported", "CIA World Factbook", (step,), (where,), "rank")]


def _rank_by_rows(
    question: Question, flow: Flow, of: tuple[str, Side, str], knowledge: Knowledge
) -> list[Answer]:
    """Return a partner's place among all of an economy's (economy, its side, partner) by the flows."""
    economy, side, partner = of
    at_importer = side == "importer"
    flows = knowledge.amounts.by_partner(economy, side, flow.products, question.year)
    column = 1 if flow.by == "quantity" else 0
    if partner not in flows or flows[partner][column] <= 0:
        return []
    mine = flows[partner][column]
    rank = 1 + sum(amounts[column] > mine for amounts in flows.values())
    who = f"{len(flows)} {question.among} of {economy}"
    step = f"{partner} is number {rank} of {who} ({flow.label}, {question.year})"
    whole = msgspec.structs.replace(
        flow,
        exporter=WORLD if at_importer else flow.exporter,
        importer=flow.importer if at_importer else WORLD,
    )
    doubt = knowledge.series_doubt(whole, question.year)
    return [
        Answer(
            rank,
            rank,
            "store",
            knowledge.amounts.tables.dataset_of(FLOWS).id.upper(),
            (step,),
            knowledge.flow_rows(whole, question.year),
            "rank",
            doubt,
        )
    ]
