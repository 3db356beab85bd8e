"""How well one side's exports fit the other's imports, and where that stands among all exporters."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hikiwake.core.provenance import Fact, Formula
from hikiwake.indices import (
    complementarity_by_product,
    cosine_similarity,
    export_similarity,
    grubel_lloyd,
    trade_complementarity,
)
from hikiwake.measures.complementarity import formulas
from hikiwake.measures.complementarity.stated import NO_EXPORTS, Stating
from hikiwake.measures.complementarity.universe import Array, Line, Trade
from hikiwake.measures.statement import Statements

NO_EXCHANGE = "the pair exchanges nothing in these data in this year"
NO_OTHERS = "there is no other exporter to compare with"


class Match(NamedTuple):
    """One direction at one level of detail, with its place among all other exporters to the importer."""

    exporter: str
    importer: str
    fit: Fact
    better: Fact
    worse: Fact
    others: Fact
    percentile: Fact
    median: Fact
    cosine: Fact

    @property
    def known(self) -> bool:
        """Tell whether there is an index and somebody to compare with."""
        return self.fit.value is not None and bool(self.others.value)


class Matches:
    """States the fit of exports with imports in one universe at one level of detail."""

    def __init__(self, trade: Trade, statements: Statements) -> None:
        self.trade = trade
        self._state = Stating(trade, statements)
        self._index: dict[str, Array] = {}

    def match(self, exporter: str, importer: str) -> Match:
        """State the index of one direction and its place among all other exporters."""
        index, place = self._indices(importer), self.trade.at(exporter)
        own = index[place]
        compared = self.compared(exporter, importer)
        others = index[compared]
        below, above = int((others < own).sum()), int((others > own).sum())
        equal = len(others) - below - above
        defined = np.isfinite(own) and len(others) > 0
        missing = self._state.missing(exporter, importer) or NO_OTHERS
        pair = {"exporter": exporter, "importer": importer}

        def placed(formula: Formula, value: float) -> Fact:
            where = self._market(importer)
            return self._state.fact(formula, pair, value if defined else np.nan, where, missing=missing)

        return Match(
            exporter,
            importer,
            self.index(exporter, importer),
            placed(formulas.BETTER_THAN, below),
            placed(formulas.WORSE_THAN, above),
            self._state.fact(formulas.OTHERS, pair, len(others), self._market(importer)),
            placed(formulas.PERCENTILE, (below + equal / 2) / len(others) if len(others) else np.nan),
            placed(formulas.MATCH_MEDIAN, float(np.median(others)) if len(others) else np.nan),
            self._cosine(exporter, importer),
        )

    def index(self, exporter: str, importer: str) -> Fact:
        """State the complementarity index of one direction."""
        value = float(self._indices(importer)[self.trade.at(exporter)])
        return self._of_pair(formulas.MATCH, exporter, importer, value)

    def largest_part(self, exporter: str, importer: str) -> tuple[Line, Fact] | None:
        """State the line that adds most to the index with its points; None where nothing overlaps."""
        sold, bought = self.trade.exports[self.trade.at(exporter)], self._bought(importer)[0]
        points = np.nan_to_num(complementarity_by_product(sold, bought), nan=0.0)
        if not points.any():
            return None
        line = self.trade.lines[int(np.argmax(points))]
        universe = self.trade.universe
        fact = self._state.fact(
            formulas.CONTRIBUTION,
            {"exporter": exporter, "importer": importer, line.kind: line.code},
            float(points.max()),
            (universe.total("exporter", exporter), universe.total("importer", importer)),
        )
        return line, fact

    def everyone(self, exporter: str, importer: str) -> tuple[tuple[str, Fact], ...]:
        """State the index of every exporter that is compared with, the pair's included, best fit first."""
        chosen = [*np.flatnonzero(self.compared(exporter, importer)).tolist(), self.trade.at(exporter)]
        index = self._indices(importer)
        names = [self.trade.economies[n] for n in sorted(chosen, key=lambda n: (-index[n], n))]
        return tuple((name, self.index(name, importer)) for name in names)

    def compared(self, exporter: str, importer: str) -> NDArray[np.bool_]:
        """Mark the exporters a direction is compared with: all of some weight but the pair's own two."""
        chosen = self._weighty() & np.isfinite(self._indices(importer))
        for economy in (exporter, importer):
            chosen[self.trade.at(economy)] = False
        return np.asarray(chosen, dtype=np.bool_)

    def of_weight(self, exporter: str) -> bool:
        """Tell whether an exporter's part of the world's exports is enough to be compared with."""
        return bool(self._weighty()[self.trade.at(exporter)])

    def _weighty(self) -> NDArray[np.bool_]:
        total = self.trade.exports.sum(axis=1)
        return np.asarray((total > 0) & (total >= self.trade.universe.least * total.sum()), dtype=np.bool_)

    def similarity(self, a: str, b: str) -> Fact:
        """State the export similarity of the two."""
        rows = self.trade.exports[[self.trade.at(a), self.trade.at(b)]]
        value = float(export_similarity(rows)[0, 1])
        where = (self.trade.universe.total("exporter", a), self.trade.universe.total("exporter", b))
        return self._state.fact(
            formulas.SIMILARITY,
            {"economy": a, "partner": b},
            value,
            where,
            missing=NO_EXPORTS,
            doubt=any(("exporter", economy) in self.trade.doubtful for economy in (a, b)),
        )

    def intra_industry(self, a: str, b: str) -> Fact:
        """State the part of the pair's exchange that is matched within the same lines."""
        value = float(grubel_lloyd(self.trade.flow(a, b), self.trade.flow(b, a)))
        universe = self.trade.universe
        where = (universe.rows(exporter=a, importer=b), universe.rows(exporter=b, importer=a))
        return self._state.fact(
            formulas.GRUBEL_LLOYD, {"economy": a, "partner": b}, value, where, missing=NO_EXCHANGE
        )

    def lines(self) -> Fact:
        """State how many lines the universe has at this level of detail."""
        return self._state.fact(formulas.LINES, {}, len(self.trade.lines), (self.trade.universe.rows(),))

    def _cosine(self, exporter: str, importer: str) -> Fact:
        sold, bought = self.trade.exports[[self.trade.at(exporter)]], self._bought(importer)
        value = float(cosine_similarity(sold, bought)[0, 0])
        return self._of_pair(formulas.COSINE, exporter, importer, value)

    def _of_pair(self, formula: Formula, exporter: str, importer: str, value: float) -> Fact:
        universe = self.trade.universe
        return self._state.fact(
            formula,
            {"exporter": exporter, "importer": importer},
            value,
            (universe.total("exporter", exporter), universe.total("importer", importer)),
            missing=self._state.missing(exporter, importer),
        )

    def _indices(self, importer: str) -> Array:
        """Return the index of every economy as exporter to one importer; NaN where one has no exports."""
        if importer not in self._index:
            self._index[importer] = trade_complementarity(self.trade.exports, self._bought(importer))[:, 0]
        return self._index[importer]

    def _bought(self, importer: str) -> Array:
        return np.asarray(self.trade.imports[[self.trade.at(importer)]])

    def _market(self, importer: str) -> tuple[dict[str, str], ...]:
        return self.trade.universe.rows(), self.trade.universe.total("importer", importer)
