"""Level, weight, rank, balance and composition of a pair's intermediate trade."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hikiwake.core.provenance import Fact, Formula
from hikiwake.measures.intermediate import formulas
from hikiwake.measures.intermediate.formulas import FLOWS, TOTALS
from hikiwake.measures.intermediate.table import Industry, PairDeliveries
from hikiwake.measures.statement import Statements

NO_DELIVERY = "the table holds no delivery"
NO_TOTAL = "the table holds no delivery across borders to compare with"


def abroad(side: str, economy: str, year: int) -> dict[str, str]:
    """Select what an economy trades with all others: `!X` stands for every economy but X."""
    other = "importer" if side == "exporter" else "exporter"
    return {side: economy, other: f"!{economy}", "year": str(year)}


class Line(NamedTuple):
    """One selling industry in what an exporter delivers to an importer."""

    industry: Industry
    value: Fact
    share: Fact


class Partner(NamedTuple):
    """One economy among an importer's suppliers."""

    economy: str
    share: Fact


class IntermediateTrade:
    """States the intermediate trade of one pair in one year."""

    def __init__(self, deliveries: PairDeliveries, statements: Statements) -> None:
        self.table = deliveries
        self._say = statements

    def value(self, exporter: str, importer: str) -> Fact:
        """State what the exporter's industries deliver to the importer's, in USD."""
        total = float(self.table.sold(exporter, importer).sum())
        return self._fact(
            formulas.DELIVERIES, exporter, importer, total, (self._pair(exporter, importer),), NO_DELIVERY
        )

    def share_of_imports(self, exporter: str, importer: str) -> Fact:
        """State the exporter's share in all intermediates the importer takes from abroad."""
        whole = float(self.table.purchases[importer].sum())
        part = float(self.table.sold(exporter, importer).sum())
        where = (self._pair(exporter, importer), abroad("importer", importer, self.table.year))
        return self._fact(formulas.SHARE_OF_IMPORTS, exporter, importer, _ratio(part, whole), where, NO_TOTAL)

    def share_of_exports(self, exporter: str, importer: str) -> Fact:
        """State the importer's share in all intermediates the exporter delivers abroad."""
        whole = float(self.table.sales[exporter].sum())
        part = float(self.table.sold(exporter, importer).sum())
        where = (self._pair(exporter, importer), abroad("exporter", exporter, self.table.year))
        return self._fact(formulas.SHARE_OF_EXPORTS, exporter, importer, _ratio(part, whole), where, NO_TOTAL)

    def supplier_rank(self, exporter: str, importer: str) -> Fact:
        """State the exporter's rank among the importer's foreign suppliers; missing without a delivery."""
        totals = self.table.purchases[importer].sum(axis=1)
        where = (abroad("importer", importer, self.table.year),)
        rank = _rank(totals, self.table.at(exporter))
        return self._fact(formulas.SUPPLIER_RANK, exporter, importer, rank, where, NO_DELIVERY)

    def customer_rank(self, exporter: str, importer: str) -> Fact:
        """State the importer's rank among the exporter's foreign customers; missing without a delivery."""
        totals = self.table.sales[exporter].sum(axis=1)
        where = (abroad("exporter", exporter, self.table.year),)
        rank = _rank(totals, self.table.at(importer))
        return self._fact(formulas.CUSTOMER_RANK, exporter, importer, rank, where, NO_DELIVERY)

    def partners(self) -> Fact:
        """State with how many economies each economy of the table could trade."""
        return self._count(formulas.PARTNERS, len(self.table.economies) - 1)

    def economies(self) -> Fact:
        """State how many economies the table holds."""
        return self._count(formulas.ECONOMIES, len(self.table.economies))

    def balance(self, economy: str, partner: str) -> Fact:
        """State the economy's balance with the partner in intermediates, in USD."""
        out = float(self.table.sold(economy, partner).sum() - self.table.sold(partner, economy).sum())
        return self._say.fact(
            formulas.BALANCE,
            {"economy": economy, "partner": partner},
            self.table.year,
            out,
            table=FLOWS,
            where=(self._pair(economy, partner), self._pair(partner, economy)),
        )

    def goods_share(self, exporter: str, importer: str) -> Fact:
        """State the part of the deliveries that are goods (the rest are services)."""
        sold = self.table.sold(exporter, importer)
        chosen = [n for n, industry in enumerate(self.table.industries) if industry.goods]
        codes = ",".join(self.table.industries[n].code for n in chosen)
        rows = self._pair(exporter, importer)
        return self._say.fact(
            formulas.SHARE_OF_DELIVERIES,
            {"exporter": exporter, "importer": importer, "group": "goods"},
            self.table.year,
            _ratio(float(sold[chosen].sum()), float(sold.sum())),
            table=FLOWS,
            where=({**rows, "industry": codes}, rows),
            note="" if sold.any() else NO_DELIVERY,
        )

    def lines(self, exporter: str, importer: str) -> tuple[Line, ...]:
        """State value and share of each selling industry that delivers anything, largest first."""
        sold = self.table.sold(exporter, importer)
        order = sorted(np.flatnonzero(sold > 0), key=lambda k: (-sold[k], k))
        return tuple(self._line(exporter, importer, int(k), float(sold.sum())) for k in order)

    def suppliers(self, importer: str, most: int, *, also: str) -> tuple[Partner, ...]:
        """State the importer's largest foreign suppliers, and one more wherever it stands."""
        totals = self.table.purchases[importer].sum(axis=1)
        order = sorted(np.flatnonzero(totals > 0), key=lambda n: (-totals[n], n))
        names = [self.table.economies[n] for n in order]
        chosen = names[:most] + [name for name in names[most:] if name == also]
        return tuple(Partner(name, self._supplier_share(name, importer)) for name in chosen)

    def _supplier_share(self, supplier: str, importer: str) -> Fact:
        totals = self.table.purchases[importer].sum(axis=1)
        return self._fact(
            formulas.SHARE_OF_IMPORTS,
            supplier,
            importer,
            _ratio(float(totals[self.table.at(supplier)]), float(totals.sum())),
            (self._pair(supplier, importer), abroad("importer", importer, self.table.year)),
            NO_TOTAL,
        )

    def _line(self, exporter: str, importer: str, k: int, total: float) -> Line:
        industry = self.table.industries[k]
        amount = float(self.table.sold(exporter, importer)[k])
        subject = {"exporter": exporter, "importer": importer, "industry": industry.code}
        rows = self._pair(exporter, importer)
        one = {**rows, "industry": industry.code}
        year = self.table.year
        return Line(
            industry,
            self._say.fact(formulas.DELIVERIES, subject, year, amount, table=FLOWS, where=one),
            self._say.fact(
                formulas.SHARE_OF_DELIVERIES, subject, year, amount / total, table=FLOWS, where=(one, rows)
            ),
        )

    def _fact(
        self,
        formula: Formula,
        exporter: str,
        importer: str,
        value: float,
        where: tuple[dict[str, str], ...],
        missing: str,
    ) -> Fact:
        return self._say.fact(
            formula,
            {"exporter": exporter, "importer": importer},
            self.table.year,
            value,
            table=FLOWS,
            where=where,
            note="" if np.isfinite(value) else missing,
        )

    def _count(self, formula: Formula, count: int) -> Fact:
        year = self.table.year
        return self._say.fact(formula, {}, year, count, table=TOTALS, where={"year": str(year)})

    def _pair(self, exporter: str, importer: str) -> dict[str, str]:
        return {"exporter": exporter, "importer": importer, "year": str(self.table.year)}


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")


def _rank(totals: np.ndarray[tuple[int], np.dtype[np.float64]], own: int) -> float:
    return 1.0 + float((totals > totals[own]).sum()) if totals[own] > 0 else float("nan")
