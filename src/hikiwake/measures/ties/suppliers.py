"""Where the partner stands among suppliers and customers: ranks, concentration, alternatives."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import narwhals as nw
import numpy as np

from hikiwake.core.provenance import Fact
from hikiwake.measures.flows import FLOWS, Side, partners
from hikiwake.measures.statement import Scope, Statements
from hikiwake.measures.ties import formulas
from hikiwake.measures.ties.levels import NO_ROW, Flow

if TYPE_CHECKING:
    from hikiwake.store.tables import Columns, Frame


class Ranked(NamedTuple):
    """One partner in a ranking: its value (USD), and its share in the economy's total of the scope."""

    partner: str
    value: Fact
    share: Fact


class Partners:
    """All partners of one economy on one side in one year, by product."""

    def __init__(self, statements: Statements, economy: str, side: Side, year: int) -> None:
        self._say = statements
        self._economy = economy
        self._side: Side = side
        self._other: Side = "exporter" if side == "importer" else "importer"
        self._year = year
        rows = statements.once(("partners", economy, side, year), self._collect)
        self._partner = rows["partner"].astype(str)
        self._codes, self._product = np.unique(rows["product"].astype(str), return_inverse=True)
        self._value = rows["value"].astype(np.float64)

    def _collect(self) -> Columns:
        tables, side, economy, year = self._say.tables, self._side, self._economy, self._year

        def found() -> Frame:
            flows = partners(tables.frame(FLOWS, years=(year,)), side, economy, year)
            return flows.select(nw.col(self._other).alias("partner"), "product", "value")

        return tables.collect_lately(("partners", economy, side, year), found)

    def ranking(self, scope: Scope) -> tuple[tuple[str, float], ...]:
        """Return partners with their values (USD), largest first; equal values in the order of their ids."""
        key = ("ranking", self._economy, self._side, self._year, scope)
        return self._say.once(key, lambda: self._ranking(scope))

    def _ranking(self, scope: Scope) -> tuple[tuple[str, float], ...]:
        covered = np.array([_in_scope(code, scope) for code in self._codes.tolist()], dtype=bool)
        inside = covered[self._product]
        names, position = np.unique(self._partner[inside], return_inverse=True)
        sums = np.bincount(position, weights=self._value[inside], minlength=len(names))
        order = np.argsort(-sums, kind="stable")  # the names are in order already
        ranked = zip(names[order].tolist(), sums[order].tolist(), strict=True)
        return tuple((name, value) for name, value in ranked if value > 0)

    def rank(self, partner: str, scope: Scope) -> Fact:
        """State the partner's rank; missing when nothing is traded with it."""
        values = dict(self.ranking(scope))
        own = values.get(partner, 0.0)
        rank = 1 + sum(value > own for value in values.values()) if own > 0 else np.nan
        formula = formulas.SUPPLIER_RANK if self._side == "importer" else formulas.CUSTOMER_RANK
        flow = self._flow(partner, scope)
        return self._say.fact(
            formula,
            flow.subject,
            self._year,
            rank,
            table=FLOWS,
            where=flow.total_rows(self._side),
            note="" if own > 0 else NO_ROW,
        )

    def count(self, scope: Scope) -> Fact:
        """State how many partners there are."""
        formula = formulas.SUPPLIERS if self._side == "importer" else formulas.CUSTOMERS
        return self._say.fact(
            formula,
            {self._side: self._economy, **scope.subject},
            self._year,
            len(self.ranking(scope)),
            table=FLOWS,
            where=self._total(scope),
        )

    def concentration(self, scope: Scope) -> Fact:
        """State the Herfindahl-Hirschman index of the partners' shares."""
        values = np.array([value for _, value in self.ranking(scope)])
        hhi = float(((values / values.sum()) ** 2).sum()) if values.size else np.nan
        formula = (
            formulas.SUPPLIER_CONCENTRATION if self._side == "importer" else formulas.CUSTOMER_CONCENTRATION
        )
        return self._say.fact(
            formula,
            {self._side: self._economy, **scope.subject},
            self._year,
            hhi,
            table=FLOWS,
            where=self._total(scope),
            note="" if values.size else NO_ROW,
        )

    def largest(self, scope: Scope, most: int, *, also: str = "") -> tuple[Ranked, ...]:
        """State the largest partners, and one more partner wherever it stands."""
        ranking = self.ranking(scope)
        total = sum(value for _, value in ranking)
        chosen = list(ranking[:most])
        chosen += [(partner, value) for partner, value in ranking[most:] if partner == also]
        return tuple(self._ranked(partner, value, total, scope) for partner, value in chosen)

    def alternative(self, to: str, scope: Scope) -> Ranked | None:
        """State the largest partner other than the one named; None when there is no other."""
        ranking = self.ranking(scope)
        total = sum(value for _, value in ranking)
        for partner, value in ranking:
            if partner != to:
                return self._ranked(partner, value, total, scope)
        return None

    def _ranked(self, partner: str, value: float, total: float, scope: Scope) -> Ranked:
        flow = self._flow(partner, scope)
        share = formulas.SHARE_OF_IMPORTS if self._side == "importer" else formulas.SHARE_OF_EXPORTS
        return Ranked(
            partner,
            self._say.fact(formulas.VALUE, flow.subject, self._year, value, table=FLOWS, where=flow.rows),
            self._say.fact(
                share,
                flow.subject,
                self._year,
                value / total,
                table=FLOWS,
                where=(flow.rows, flow.total_rows(self._side)),
            ),
        )

    def _flow(self, partner: str, scope: Scope) -> Flow:
        if self._side == "importer":
            return Flow(partner, self._economy, scope, self._year)
        return Flow(self._economy, partner, scope, self._year)

    def _total(self, scope: Scope) -> dict[str, str]:
        return {self._side: self._economy, **scope.selector, "year": str(self._year)}


def _in_scope(code: str, scope: Scope) -> bool:
    return (
        code == scope.id if scope.kind == "product" else not scope.prefixes or code.startswith(scope.prefixes)
    )
