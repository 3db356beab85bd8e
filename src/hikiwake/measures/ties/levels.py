"""Levels of a pair's covered trade, their shares in each side's totals, change, balance and composition."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hikiwake.core.products import Partition
from hikiwake.core.provenance import Fact, Formula, Interval
from hikiwake.indices import compound_growth, trend_growth
from hikiwake.measures.flows import FLOWS, Cube, PairFlows, Side, is_of_all_goods, pair_flows, scope_of
from hikiwake.measures.statement import Scope, Statements
from hikiwake.measures.ties import formulas

NO_ROW = "no flow is recorded; the data do not tell a zero from an absence"
NO_QUANTITY = "no quantity that can be believed is recorded"
HOLE = "not comparable: the total it is a share of is not sound in this year"
WRONG = "not comparable: the recorded flow was looked at and is not plausible"
ABSENT = (
    "not comparable: suppliers are missing together from the importer’s records that sold before and after"
)

# A hole in one product spoils a group's total when that product was at least this part of it in a
# neighbouring year; below that the total moves by less than the data's own revisions.
SPOILING_PART = 0.05
FEWEST_YEARS = 6
CONFIDENCE = 0.95
# The world's trade is told of some two hundred economies; a table of fewer than these leaves out partners.
FEWEST_OF_THE_WORLD = 100


def is_whole(say: Statements) -> bool:
    """Tell whether the flows leave no goods out, so that a balance of them is one of all trade in goods."""
    return is_of_all_goods(say.tables)


def is_among_some(say: Statements) -> bool:
    """Tell whether the flows are of few economies, so that a share in them is not one in all trade."""
    vintage = say.tables.vintage
    return (
        vintage.is_own(FLOWS) and (vintage.economies_of(FLOWS) or FEWEST_OF_THE_WORLD) < FEWEST_OF_THE_WORLD
    )


def covered(say: Statements) -> Scope:
    """Return all that the flows of the vintage are of, under the name that its catalogue gives it."""
    return Scope("group", "covered", scope_of(say.tables))


class Flow(NamedTuple):
    """What a number is about: who sends what to whom, and when."""

    exporter: str
    importer: str
    scope: Scope
    year: int

    @property
    def subject(self) -> dict[str, str]:
        """How facts name it."""
        return {"exporter": self.exporter, "importer": self.importer, **self.scope.subject}

    @property
    def rows(self) -> dict[str, str]:
        """The rows that hold it."""
        return {
            "exporter": self.exporter,
            "importer": self.importer,
            **self.scope.selector,
            "year": str(self.year),
        }

    def total_rows(self, side: Side) -> dict[str, str]:
        """Return the rows of the total it is a part of: all the exporter sends, or the importer receives."""
        return {side: getattr(self, side), **self.scope.selector, "year": str(self.year)}

    def at(self, year: int) -> Flow:
        """Return the same flow in another year."""
        return self._replace(year=year)


class Amount(NamedTuple):
    """Value in USD, believable quantity in t, and the value that quantity stands for."""

    value: float
    weighed: float
    weighed_value: float


def flows_of(statements: Statements, a: str, b: str) -> PairFlows:
    """Return the flows of a pair, collected once for all that is stated of it."""
    tables = statements.tables
    return statements.once(("pair flows", a, b), lambda: pair_flows(tables, a, b))


class PairLevels:
    """States levels and shares of one pair."""

    def __init__(self, flows: PairFlows, statements: Statements) -> None:
        self.flows = flows
        self._say = statements

    @property
    def covered(self) -> Scope:
        """All that the flows are of."""
        return covered(self._say)

    def has(self, exporter: str, importer: str) -> bool:
        """Tell whether any flow in this direction is recorded in any year."""
        return bool(self.flows.flow[exporter, importer].value.any())

    def value(self, flow: Flow) -> Fact:
        """State the value of a flow in USD."""
        amount = self._amount(flow).value
        fault = self._fault(flow)
        return self._say.fact(
            formulas.VALUE,
            flow.subject,
            flow.year,
            _positive(amount),
            table=FLOWS,
            where=flow.rows,
            status="flagged" if fault else "observed",
            note=NO_ROW if amount <= 0 else fault,
        )

    def quantity(self, flow: Flow) -> Fact:
        """State the believable quantity of a flow in t, with the share of value it stands for."""
        amount, fault = self._amount(flow), self._fault(flow)
        note = NO_ROW if amount.value <= 0 else NO_QUANTITY if amount.weighed <= 0 else fault
        return self._say.fact(
            formulas.QUANTITY,
            flow.subject,
            flow.year,
            _positive(amount.weighed),
            table=FLOWS,
            where=flow.rows,
            coverage=amount.weighed_value / amount.value if amount.value > 0 else None,
            status="flagged" if fault else "observed",
            note=note,
        )

    def share_of_imports(self, flow: Flow) -> Fact:
        """State the exporter's share in the importer's imports by value."""
        return self._share(formulas.SHARE_OF_IMPORTS, flow, "importer", by_quantity=False)

    def share_of_exports(self, flow: Flow) -> Fact:
        """State the importer's share in the exporter's exports by value."""
        return self._share(formulas.SHARE_OF_EXPORTS, flow, "exporter", by_quantity=False)

    def share_of_imports_quantity(self, flow: Flow) -> Fact:
        """State the exporter's share in the importer's imports by believable quantity."""
        return self._share(formulas.SHARE_OF_IMPORTS_QUANTITY, flow, "importer", by_quantity=True)

    def share_of_exports_quantity(self, flow: Flow) -> Fact:
        """State the importer's share in the exporter's exports by believable quantity."""
        return self._share(formulas.SHARE_OF_EXPORTS_QUANTITY, flow, "exporter", by_quantity=True)

    def share_of_world_exports(self, exporter: str, scope: Scope, year: int) -> Fact:
        """State the exporter's share in the world's covered exports of the scope."""
        world = self._sum(self.flows.world, scope, year).value
        own = self._sum(self.flows.exports[exporter], scope, year).value
        selected = {**scope.selector, "year": str(year)}
        return self._say.fact(
            formulas.SHARE_OF_WORLD_EXPORTS,
            {"exporter": exporter, **scope.subject},
            year,
            own / world if own > 0 else np.nan,
            table=FLOWS,
            where=({"exporter": exporter, **selected}, selected),
            note="" if own > 0 else NO_ROW,
        )

    def balance(self, flow: Flow) -> Fact | None:
        """State exporter's balance with importer; None where a direction is empty, which is no balance."""
        returned = Flow(flow.importer, flow.exporter, flow.scope, flow.year)
        out, back = self._amount(flow).value, self._amount(returned).value
        if out <= 0 or back <= 0:
            return None
        return self._say.fact(
            formulas.BALANCE,
            {"economy": flow.exporter, "partner": flow.importer, **flow.scope.subject},
            flow.year,
            out - back,
            table=FLOWS,
            where=(flow.rows, returned.rows),
        )

    def change(self, flow: Flow, base: int) -> Fact | None:
        """State the relative change of a flow since a base year; None from or to an empty year."""
        return self._since(formulas.CHANGE_SINCE, flow, base, less=1.0)

    def factor(self, flow: Flow, base: int) -> Fact | None:
        """State a flow as a multiple of that of a base year; None from or to an empty year."""
        return self._since(formulas.FACTOR_SINCE, flow, base, less=0.0)

    def _since(self, formula: Formula, flow: Flow, base: int, *, less: float) -> Fact | None:
        first, last = self._amount(flow.at(base)).value, self._amount(flow).value
        if first <= 0 or last <= 0:
            return None
        return self._say.fact(
            formula,
            flow.subject,
            (base, flow.year),
            last / first - less,
            table=FLOWS,
            where=(flow.at(base).rows, flow.rows),
        )

    def compound_growth(self, flow: Flow, base: int) -> Fact | None:
        """State the compound rate since a base year; None from or to an empty year."""
        first, last = self._amount(flow.at(base)).value, self._amount(flow).value
        rate = float(compound_growth(first, last, flow.year - base))
        if not np.isfinite(rate) or last <= 0:
            return None
        return self._say.fact(
            formulas.COMPOUND_GROWTH,
            flow.subject,
            (base, flow.year),
            rate,
            table=FLOWS,
            where=(flow.at(base).rows, flow.rows),
        )

    def trend_growth(self, flow: Flow, base: int) -> Fact | None:
        """State the trend over the years since a base year, with its 95 % interval.

        Empty years, and years whose flow is confirmed to be wrong, are left out; None when fewer than
        `FEWEST_YEARS` remain.
        """
        years = [y for y in self.flows.years if base <= y <= flow.year and not self.wrong(flow.at(y))]
        values = np.array([_positive(self._amount(flow.at(y)).value) for y in years])
        if np.isfinite(values).sum() < FEWEST_YEARS:
            return None
        trend = trend_growth(values, np.array(years, dtype=np.float64), CONFIDENCE)
        low, high = (float(np.expm1(end)) for end in (trend.low, trend.high))
        where = {**flow.rows, "year": f"{years[0]}..{years[-1]}"}
        return self._say.fact(
            formulas.TREND_GROWTH,
            flow.subject,
            (years[0], years[-1]),
            float(np.expm1(trend.slope)),
            table=FLOWS,
            where=where,
            interval=Interval(low, high, CONFIDENCE, "confidence"),
            coverage=float(np.isfinite(values).mean()),
        )

    def composition(self, flow: Flow, partition: Partition) -> dict[str, tuple[Fact, Fact]]:
        """State value and share of each product group in a flow, largest first; empty groups are left out."""
        row = self._row(flow)
        parts = _grouped(row, self.flows.products, partition)
        stated: dict[str, tuple[Fact, Fact]] = {}
        for identity in sorted(parts, key=lambda g: (-parts[g][0], g)):
            amount, codes = parts[identity]
            subject = {**flow.subject, "group": identity}
            where = {**flow.rows, "product": ",".join(codes)}
            stated[identity] = (
                self._say.fact(formulas.VALUE, subject, flow.year, amount, table=FLOWS, where=where),
                self._say.fact(
                    formulas.SHARE_OF_FLOW,
                    subject,
                    flow.year,
                    amount / row.sum(),
                    table=FLOWS,
                    where=(where, flow.rows),
                ),
            )
        return stated

    def composition_change(self, flow: Flow, partition: Partition, base: int) -> Fact | None:
        """State how far the composition moved between two years; None where a year is empty or not sound."""
        rows = [self._row(flow.at(year)) for year in (base, flow.year)]
        if not all(row.any() for row in rows) or self.wrong(flow.at(base)) or self.wrong(flow):
            return None
        before, after = (
            {g: part / row.sum() for g, (part, _) in _grouped(row, self.flows.products, partition).items()}
            for row in rows
        )
        moved = sum(abs(after.get(g, 0.0) - before.get(g, 0.0)) for g in sorted({*before, *after})) / 2.0
        return self._say.fact(
            formulas.COMPOSITION_CHANGE,
            flow.subject,
            (base, flow.year),
            moved,
            table=FLOWS,
            where=(flow.at(base).rows, flow.rows),
        )

    def largest_products(self, exporter: str, importer: str, year: int, most: int) -> tuple[str, ...]:
        """Return the codes of the products with the largest values in a year, largest first."""
        row = self.flows.flow[exporter, importer].value[self.flows.year_index(year)]
        order = sorted(np.flatnonzero(row > 0), key=lambda k: (-row[k], self.flows.products[k]))
        return tuple(self.flows.products[k] for k in order[:most])

    def doubtful(self, flow: Flow, side: Side, *, by_quantity: bool = False) -> bool:
        """Tell whether a hole spoils the total that a flow is a part of."""
        owner: str = getattr(flow, side)
        of_importer = side == "importer"
        flows = self.flows
        if by_quantity:
            marked = flows.flagged_import_quantities if of_importer else flows.flagged_export_quantities
        else:
            marked = flows.flagged_imports if of_importer else flows.flagged_exports
        total = (flows.imports if of_importer else flows.exports)[owner].value
        return self._spoilt(marked[owner], total, flow)

    def silent(self, flow: Flow, side: Side) -> bool:
        """Tell whether one end trades nothing of the scope with anybody in the year."""
        totals = self.flows.exports if side == "exporter" else self.flows.imports
        return self._sum(totals[getattr(flow, side)], flow.scope, flow.year).value <= 0

    def wrong(self, flow: Flow) -> bool:
        """Tell whether the flow itself holds a cell confirmed to be wrong, or lacks one of weight."""
        return bool(self._fault(flow))

    def _fault(self, flow: Flow) -> str:
        pair = (flow.exporter, flow.importer)
        confirmed = self.flows.flagged_flows[pair][self.flows.year_index(flow.year)]
        if (confirmed & self._products(flow.scope)).any():
            return WRONG
        return (
            ABSENT if self._spoilt(self.flows.absent_flows[pair], self.flows.flow[pair].value, flow) else ""
        )

    def _spoilt(self, marks: NDArray[np.bool_], values: NDArray[np.float64], flow: Flow) -> bool:
        """Tell whether products marked in a year have weight in the nearest years in which they are sound."""
        y, inside = self.flows.year_index(flow.year), self._products(flow.scope)
        holes = marks[y] & inside
        if not holes.any():
            return False
        sound = np.flatnonzero(~marks[:, holes].any(axis=1))
        beside = (*sound[sound < y][-1:], *sound[sound > y][:1])
        wholes = [(n, values[n, inside].sum()) for n in beside]
        parts = [values[n, holes].sum() / whole for n, whole in wholes if whole > 0]
        return bool(max(parts, default=0.0) >= SPOILING_PART)

    def _share(self, formula: Formula, flow: Flow, side: Side, *, by_quantity: bool) -> Fact:
        totals = self.flows.imports if side == "importer" else self.flows.exports
        whole = self._sum(totals[getattr(flow, side)], flow.scope, flow.year)
        part = self._amount(flow)
        over, under = (part.weighed, whole.weighed) if by_quantity else (part.value, whole.value)
        defined = over > 0 and under > 0
        fault = self._fault(flow) or (HOLE if self.doubtful(flow, side, by_quantity=by_quantity) else "")
        doubt = defined and bool(fault)
        missing = NO_QUANTITY if part.value > 0 else NO_ROW
        return self._say.fact(
            formula,
            flow.subject,
            flow.year,
            over / under if defined else np.nan,
            table=FLOWS,
            where=(flow.rows, flow.total_rows(side)),
            coverage=whole.weighed_value / whole.value if by_quantity and whole.value > 0 else None,
            status="flagged" if doubt else "observed",
            note=fault if doubt else "" if defined else missing,
        )

    def _products(self, scope: Scope) -> NDArray[np.bool_]:
        return self.flows.chosen((scope.id,) if scope.kind == "product" else scope.prefixes)

    def _sum(self, cube: Cube, scope: Scope, year: int) -> Amount:
        y, inside = self.flows.year_index(year), self._products(scope)
        return Amount(
            float(cube.value[y, inside].sum()),
            float(cube.weighed[y, inside].sum()),
            float(cube.weighed_value[y, inside].sum()),
        )

    def _amount(self, flow: Flow) -> Amount:
        return self._sum(self.flows.flow[flow.exporter, flow.importer], flow.scope, flow.year)

    def _row(self, flow: Flow) -> NDArray[np.float64]:
        values = self.flows.flow[flow.exporter, flow.importer].value[self.flows.year_index(flow.year)]
        return np.where(self._products(flow.scope), values, 0.0)


def _positive(amount: float) -> float:
    return amount if amount > 0 else float("nan")


def _grouped(
    row: NDArray[np.float64], products: tuple[str, ...], partition: Partition
) -> dict[str, tuple[float, list[str]]]:
    parts: dict[str, tuple[float, list[str]]] = {}
    groups = partition.groups_of(products)
    for code, amount in zip(products, row.tolist(), strict=True):
        if amount > 0:
            identity = groups[code]
            so_far, codes = parts.get(identity, (0.0, []))
            parts[identity] = (so_far + amount, [*codes, code])
    return parts
