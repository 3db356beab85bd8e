"""What is known of one quantity in one year: from the store, from cited figures, or only within bounds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

import msgspec
import narwhals as nw

from hikiwake.audit.amounts import Amounts
from hikiwake.core.claim import operand, printed
from hikiwake.core.claim.operand import WORLD, FactOf, Flow, Indicator, Operand
from hikiwake.core.claim.printed import Measure
from hikiwake.core.dates import PartialDate
from hikiwake.core.dossier import CitedFact
from hikiwake.measures.flows import FLOWS

Basis = Literal["store", "cited", "reported", "bounds"]
MARGIN = 0.15
"""How far sources of one flow lie apart at most as a rule (freight and insurance, mirror statistics)."""
DIVIDED, TIMES = (f"{way} {1 + MARGIN:g} for what sources differ" for way in ("divided by", "times"))
SILENT = "where there were many before and no others came: it may not be reported"
REPORTED_TO = 0.0005
"""Half of the last place of reported totals, which have four digits as a rule, relative to the number."""
BELIEVED = 0.98
"""Tonnes stand for a flow when they are believable for so much of its value."""
FACTBOOK, PARTNERS = "factbook", "factbook_partners"
WHOLE_YEARS = frozenset({"trade", "intermediate"})
"""Kinds of flows that a figure of some months, or of a fiscal year, does not stand for."""
REPORTED = {
    "gdp": ("gdp",),
    "investment stock": ("fdi_stock_in",),
    "investment abroad": ("fdi_stock_out",),
    "exports": ("exports_goods", "exports_goods_services"),
    "imports": ("imports_goods", "imports_goods_services"),
}


class Known(NamedTuple):
    """A quantity in a year lies in [low, high]; `steps` say why in words, `inputs` name rows or facts.

    `source` tells apart series of different makers, which must not be mixed where it can be helped.
    """

    low: float
    high: float
    basis: Basis
    source: str
    steps: tuple[str, ...]
    inputs: tuple[str, ...]
    measure: Measure = "USD"
    doubtful: str = ""


class _Cited(NamedTuple):
    fact: CitedFact
    band: printed.Printed


class _Ceiling(NamedTuple):
    usd: float
    what: str
    inputs: tuple[str, ...]


class Knowledge:
    """Everything that a claim may rest on: the store's flows, reported totals and partners, cited facts."""

    def __init__(
        self,
        amounts: Amounts,
        facts: Iterable[CitedFact] = (),
        groups: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.amounts = amounts
        self.groups = {
            name: tuple(operand.party(m) for m in members) for name, members in (groups or {}).items()
        }
        self._by_id = {fact.id: fact for fact in facts}
        self._cited: dict[tuple[Operand, int], list[_Cited]] = {}
        names = frozenset(self.groups)
        for fact in self._by_id.values():
            if fact.of and fact.in_ != "":
                of = operand.parse(fact.of, names)
                date = PartialDate.parse(fact.in_)
                if date.whole_year or (isinstance(of, Flow) and of.kind not in WHOLE_YEARS):
                    held = _Cited(fact, printed.parse(fact.value))
                    self._cited.setdefault((of, date.first.year), []).append(held)
        until = amounts.last_year
        self._reported = {k: v for k, v in self._read_reported().items() if until is None or k[-1] <= until}
        self._partners = {k: v for k, v in self._read_partners().items() if until is None or k[-1] <= until}
        self._kept: dict[tuple[Operand, int], tuple[Known, ...]] = {}

    def of(self, what: Operand, year: int) -> tuple[Known, ...]:
        """Return what is known, best first; empty where nothing is."""
        key = (what, year)
        if key not in self._kept:
            match what:
                case FactOf():
                    found = self._fact(what)
                case Indicator():
                    found = self._indicator(what, year)
                case Flow():
                    found = self._flow(what, year)
            self._kept[key] = tuple(found)
        return self._kept[key]

    def members(self, party: str) -> tuple[str, ...]:
        """Return the economies of a group, else the party itself."""
        return self.groups.get(party, (party,))

    def share(self, economy: str, side: str, partner: str, year: int) -> Known | None:
        """Return a partner's share in all exports or imports by the published list of main partners.

        Who is not on the list has at most the share of the last one that is.
        """
        listed = self._partners.get((economy, side, year))
        if not listed:
            return None
        verb = "exports" if side == "export" else "imports"
        where = self.list_rows(economy, side, year)
        # Some lists are rounded to tenths of a per cent, some to whole ones.
        half = 0.0005 if any(round(share * 1000) % 10 for share in listed.values()) else 0.005
        if partner in listed:
            value = listed[partner]
            step = f"{economy}'s list of main partners gives {partner} {_percent(value)} of {verb} in {year}"
            return Known(
                value - half, value + half, "reported", "CIA World Factbook", (step,), (where,), "share"
            )
        last = min(listed.values())
        step = (
            f"{economy}'s list of main partners in {verb} {year} ends at {_percent(last)} without {partner}"
        )
        return Known(0.0, last + half, "bounds", "CIA World Factbook", (step,), (where,), "share")

    def listed(self, economy: str, side: str, year: int) -> dict[str, float]:
        """Return the published main partners with their shares."""
        return self._partners.get((economy, side, year), {})

    @property
    def list_years(self) -> tuple[int, ...]:
        """Return the years that published lists of main partners are of."""
        return tuple(sorted({year for _, _, year in self._partners}))

    def list_rows(self, economy: str, side: str, year: int) -> str:
        """Return the selector of a published list of main partners."""
        return f"{self._edition(PARTNERS)}?economy={economy}&flow={side}&year={year}"

    def flow_rows(self, flow: Flow, year: int) -> tuple[str, ...]:
        """Return the selectors of the rows that a flow is summed from."""
        table = self._edition(FLOWS)
        return tuple(_rows(table, pair, flow, year) for pair in self._directions(flow))

    def series_doubt(self, flow: Flow, year: int) -> str:
        """Say why a cell of the store is not comparable; empty where it is."""
        at = self.amounts.at(year)
        if at is None:
            return ""
        for x, m in self._directions(flow):
            series = self.amounts.series(x, m, flow.products)
            marks = series.doubtful_quantity if flow.by == "quantity" else series.doubtful
            if marks[at]:
                return f"the data of {x} -> {m} in {year} have a hole (see hikiwake data quality)"
            if series.silent[at]:
                part = "" if WORLD not in (x, m) else " for a large part of it"
                return f"{x} -> {m} ({flow.label}) has no rows in {year}{part}, {SILENT}"
            if flow.by == "quantity" and series.weighed_value[at] < BELIEVED * series.value[at]:
                part = 1 - series.weighed_value[at] / series.value[at]
                return (
                    f"for {_percent(part)} of the value of {x} -> {m} in {year} no quantity can be believed"
                )
        return ""

    def _directions(self, flow: Flow) -> list[tuple[str, str]]:
        if flow.exporter == flow.importer == WORLD:
            return [(WORLD, WORLD)]
        sellers, buyers = self.members(flow.exporter), self.members(flow.importer)
        self.amounts.need(sellers, buyers)
        if flow.both:
            self.amounts.need(buyers, sellers)
        pairs = [(x, m) for x in sellers for m in buyers if x != m]
        return pairs + [(m, x) for x, m in pairs] if flow.both else pairs

    def _fact(self, what: FactOf) -> list[Known]:
        fact = self._by_id.get(what.fact)
        if fact is None:
            return []
        return [_as_known(_Cited(fact, printed.parse(fact.value)))]

    def _indicator(self, what: Indicator, year: int) -> list[Known]:
        found = [_as_known(cited) for cited in self._cited.get((what, year), ())]
        for name in REPORTED.get(what.name, ()):
            found += self._total(what.economy, name, year)
        return found

    def _flow(self, flow: Flow, year: int) -> list[Known]:
        found: list[Known] = []
        if flow.kind == "trade":
            found += self._stored(flow, year)
        found += [_as_known(cited) for cited in self._cited.get((flow, year), ())]
        if flow.both:
            found += self._both_ways(flow, year)
        if flow.kind != "trade":
            return found
        if not flow.products:
            side = "exports" if flow.importer == WORLD else "imports" if flow.exporter == WORLD else ""
            economy = flow.exporter if side == "exports" else flow.importer
            if side and not flow.both:
                found += self._indicator(Indicator(side, economy), year)
        if all(known.doubtful.endswith(SILENT) for known in found if known.basis == "store"):
            # What is not reported is missing: what is there still is the least that there was.
            found += self._bounds(flow, year)
        return found

    def _stored(self, flow: Flow, year: int) -> list[Known]:
        at = self.amounts.at(year)
        if at is None or not self.amounts.complete(flow.products):
            return []
        pairs = self._directions(flow)
        if not all(self.amounts.active(end, year) for pair in pairs for end in pair):
            return []
        total = self._sum(flow, at)
        named = self.amounts.tables.dataset_of(FLOWS)
        rows = self.flow_rows(flow, year)
        unit: Measure = "t" if flow.by == "quantity" else "USD"
        step = f"{flow} in {year}: {total:,.0f} {unit} ({named.id.upper()})"
        return [Known(total, total, "store", named.title, (step,), rows, unit, self.series_doubt(flow, year))]

    def _sum(self, flow: Flow, at: int) -> float:
        total = 0.0
        for x, m in self._directions(flow):
            series = self.amounts.series(x, m, flow.products)
            total += float((series.weighed if flow.by == "quantity" else series.value)[at])
        return total

    def _both_ways(self, flow: Flow, year: int) -> list[Known]:
        """Two cited directions of one basis make a cited total."""
        forth = msgspec.structs.replace(flow, both=False)
        back = msgspec.structs.replace(forth, exporter=flow.importer, importer=flow.exporter)
        backs = {cited.fact.basis: _as_known(cited) for cited in self._cited.get((back, year), ())}
        whole = {cited.fact.basis for cited in self._cited.get((flow, year), ())}
        found = []
        for cited in self._cited.get((forth, year), ()):
            if cited.fact.basis in whole:
                continue  # the total itself is cited
            other = backs.get(cited.fact.basis)
            one = _as_known(cited)
            if other is not None and other.measure == one.measure:
                found.append(
                    one._replace(
                        low=one.low + other.low, high=one.high + other.high,
                        steps=(*one.steps, *other.steps), inputs=(*one.inputs, *other.inputs),
                    )
                )  # fmt: skip
        return found

    def _bounds(self, flow: Flow, year: int) -> list[Known]:
        """Covered products bound a flow from below, national totals and lists of main partners from above."""
        if flow.by == "quantity":
            return []
        at = self.amounts.at(year)
        low, high = 0.0, 0.0
        steps: list[str] = []
        inputs: list[str] = []
        covered = self._sum(flow, at) if at is not None else 0.0
        if covered > 0:
            low = covered / (1 + MARGIN)
            least = f"{covered:,.0f} USD ({self.amounts.tables.dataset_of(FLOWS).id.upper()})"
            steps.append(f"{flow} in {year} is at least what the data cover, {least}, {DIVIDED}")
            inputs += self.flow_rows(flow, year)
        for x, m in self._directions(flow):
            top = min(self._ceilings(x, m, year), key=lambda ceiling: ceiling.usd, default=None)
            high += math.inf if top is None else top.usd * (1 + MARGIN)
            if top is not None:
                inputs += top.inputs
                steps.append(f"{x} -> {m} in {year} is at most {top.what}, {top.usd:,.0f} USD, {TIMES}")
        return [Known(low, high, "bounds", "bounds", tuple(steps), tuple(inputs))] if steps else []

    def _ceilings(self, x: str, m: str, year: int) -> Iterator[_Ceiling]:
        """Yield what a flow of any goods between two economies cannot exceed, but for what sources differ."""
        if WORLD in (x, m):
            return
        for name, side, economy, partner in (("exports", "export", x, m), ("imports", "import", m, x)):
            for total in self._indicator(Indicator(name, economy), year):
                yield _Ceiling(total.high, f"all {name} of {economy}", total.inputs)
                part = self.share(economy, side, partner, year)
                if part is not None:
                    most = f"{_percent(part.high)} of all {name} of {economy}, by its list of main partners"
                    yield _Ceiling(part.high * total.high, most, (*total.inputs, *part.inputs))
        for pair in ((x, m), (m, x)):
            for cited in self._cited.get((Flow(*pair, both=True), year), ()):
                one = _as_known(cited)
                if one.measure == "USD":
                    yield _Ceiling(one.high, f"the trade of both ways ({cited.fact.id})", one.inputs)

    def _total(self, economy: str, name: str, year: int) -> list[Known]:
        found = self._reported.get((economy, name, year))
        if found is None:
            return []
        step = f"{name.replace('_', ' ')} of {economy} in {year}: {found:,.0f} USD (CIA World Factbook)"
        where = f"{self._edition(FACTBOOK)}?economy={economy}&measure={name}&year={year}"
        half = REPORTED_TO * found
        return [Known(found - half, found + half, "reported", "CIA World Factbook", (step,), (where,))]

    def _edition(self, table: str) -> str:
        named = self.amounts.tables.dataset_of(table)
        return f"{named.id}@{named.version}#{table}"

    def _read_reported(self) -> dict[tuple[str, str, int], float]:
        names = tuple(name for group in REPORTED.values() for name in group)
        tables = self.amounts.tables
        rows = tables.collect_once(
            "reported totals of the audit",
            lambda: (
                tables.frame(FACTBOOK)
                .filter(
                    nw.col("measure").is_in(names) & (nw.col("unit") == "USD") & ~nw.col("year").is_null()
                )
                .select("economy", "measure", "year", "value")
            ),
        )
        return {
            (str(rows["economy"][n]), str(rows["measure"][n]), int(rows["year"][n])): float(rows["value"][n])
            for n in range(len(rows["year"]))
        }

    def _read_partners(self) -> dict[tuple[str, str, int], dict[str, float]]:
        tables = self.amounts.tables
        rows = tables.collect_once(
            "reported partners of the audit",
            lambda: (
                tables.frame(PARTNERS)
                .filter(~nw.col("year").is_null() & ~nw.col("share").is_null())
                .select("economy", "flow", "year", "partner", "share")
            ),
        )
        found: dict[tuple[str, str, int], dict[str, float]] = {}
        for n in range(len(rows["year"])):
            key = (str(rows["economy"][n]), str(rows["flow"][n]), int(rows["year"][n]))
            found.setdefault(key, {})[str(rows["partner"][n])] = float(rows["share"][n])
        return found


def _rows(table: str, pair: tuple[str, str], flow: Flow, year: int) -> str:
    """Return the selector of the rows that a flow is summed from."""
    ends = {side: end for side, end in zip(("exporter", "importer"), pair, strict=True) if end != WORLD}
    products = {"product": ",".join(f"{prefix}*" for prefix in flow.products)} if flow.products else {}
    where = {**ends, **products, "year": str(year)}
    return table + "?" + "&".join(f"{column}={value}" for column, value in where.items())


def _as_known(cited: _Cited) -> Known:
    fact, band = cited
    named = f"{fact.what}: {band.text}" + (f" ({fact.basis})" if fact.basis else "")
    source = fact.basis or ", ".join(fact.sources)
    step = f"cited figure {fact.id}: {named}"
    inputs = (f"dossier#facts.{fact.id}",)
    return Known(band.low, band.high, "cited", source, (step,), inputs, band.measure or "count")


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
