"""Where one side's revealed advantage meets the other's imports, and who supplies them today."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hikiwake.core.provenance import Fact
from hikiwake.indices import rca, shares, symmetric_rca
from hikiwake.measures.complementarity import formulas
from hikiwake.measures.complementarity.stated import NO_EXPORTS, NO_IMPORTS, Stating
from hikiwake.measures.complementarity.universe import Line, Trade
from hikiwake.measures.statement import Statements


class Rival(NamedTuple):
    """The largest supplier other than the exporter."""

    economy: str
    share: Fact


class Opening(NamedTuple):
    """One line in which the exporter has an advantage and the importer buys abroad."""

    line: Line
    advantage: Fact
    need: Fact
    need_share: Fact
    supplied: Fact
    elsewhere: Fact
    rival: Rival | None

    @property
    def gap(self) -> float:
        """What the exporter would sell more at its share elsewhere (USD); NaN if undefined."""
        parts = (self.elsewhere.value, self.supplied.value, self.need.value)
        if None in parts or "flagged" in (self.supplied.status, self.elsewhere.status):
            return float("nan")
        elsewhere, supplied, need = (part or 0.0 for part in parts)
        return (elsewhere - supplied) * need


class Strength(NamedTuple):
    """One line among the pair's leading exports: the advantage of each side, as a ratio and symmetric."""

    line: Line
    ratio: tuple[Fact, Fact]
    symmetric: tuple[Fact, Fact]


class Advantages:
    """States where one side's advantage meets the other's imports, in one universe."""

    def __init__(self, trade: Trade, statements: Statements) -> None:
        self.trade = trade
        self._state = Stating(trade, statements)
        self._rca = rca(trade.exports)
        self._symmetric = symmetric_rca(trade.exports)

    def openings(self, exporter: str, importer: str, most: int) -> tuple[Opening, ...]:
        """State the importer's largest imports among the lines where the exporter has an advantage."""
        need = self.trade.imports[self.trade.at(importer)]
        strong = self._strong(exporter) & (need > 0)
        order = sorted(np.flatnonzero(strong), key=lambda k: (-need[k], k))
        return tuple(self._opening(exporter, importer, int(k)) for k in order[:most])

    def strengths(self, a: str, b: str, most: int) -> tuple[Strength, ...]:
        """State both sides' advantage in the lines that weigh most in their exports taken together."""
        sold = self.trade.exports[[self.trade.at(a), self.trade.at(b)]]
        weight = np.nan_to_num(shares(sold), nan=0.0).sum(axis=0)
        order = sorted(np.flatnonzero(weight > 0), key=lambda k: (-weight[k], k))[:most]
        return tuple(
            Strength(
                self.trade.lines[k],
                (self.advantage(a, k), self.advantage(b, k)),
                (self.advantage(a, k, symmetric=True), self.advantage(b, k, symmetric=True)),
            )
            for k in map(int, order)
        )

    def advantage(self, exporter: str, k: int, *, symmetric: bool = False) -> Fact:
        """State an exporter's revealed advantage in the k-th line, as a ratio or between -1 and 1."""
        universe, line = self.trade.universe, self.trade.lines[k]
        of = self._rows(line)
        own = universe.total("exporter", exporter)
        return self._state.fact(
            formulas.SYMMETRIC_ADVANTAGE if symmetric else formulas.ADVANTAGE,
            {"exporter": exporter, line.kind: line.code},
            float((self._symmetric if symmetric else self._rca)[self.trade.at(exporter), k]),
            (own, {**own, **of}, universe.rows(**of), universe.rows()),
            missing=NO_EXPORTS,
        )

    def _rows(self, line: Line) -> dict[str, str]:
        return {self.trade.universe.column: ",".join(line.members) or line.code}

    def count(self, exporter: str) -> Fact:
        """State in how many lines the exporter has an advantage."""
        own = self.trade.exports[self.trade.at(exporter)]
        value = float(self._strong(exporter).sum()) if own.any() else np.nan
        where = (self.trade.universe.total("exporter", exporter), self.trade.universe.rows())
        return self._state.fact(formulas.ADVANTAGES, {"exporter": exporter}, value, where, missing=NO_EXPORTS)

    def met(self, exporter: str, importer: str) -> Fact:
        """State the part of the importer's imports that lies in lines where the exporter has an advantage."""
        need, own = self.trade.imports[self.trade.at(importer)], self.trade.exports[self.trade.at(exporter)]
        defined = need.any() and own.any()
        value = float(need[self._strong(exporter)].sum() / need.sum()) if defined else np.nan
        universe = self.trade.universe
        where = (
            universe.total("exporter", exporter),
            universe.total("importer", importer),
            universe.rows(),
        )
        pair = {"exporter": exporter, "importer": importer}
        return self._state.fact(
            formulas.ADVANTAGES_MET, pair, value, where, missing=NO_IMPORTS if own.any() else NO_EXPORTS
        )

    def _strong(self, exporter: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        advantage = np.nan_to_num(self._rca[self.trade.at(exporter)], nan=0.0)
        return np.asarray(advantage > 1.0)

    def _opening(self, exporter: str, importer: str, k: int) -> Opening:
        trade, universe, line = self.trade, self.trade.universe, self.trade.lines[k]
        i, j = trade.at(exporter), trade.at(importer)
        of = self._rows(line)
        sells = {**universe.total("exporter", exporter), **of}
        buys, whole = {**universe.total("importer", importer), **of}, universe.total("importer", importer)
        bought, flow = float(trade.imports[j, k]), float(trade.suppliers[importer][i, k])
        # Neither side of the pair is a market elsewhere: the exporter cannot sell to itself.
        room = float(trade.imports[:, k].sum() - trade.imports[i, k] - bought)
        mine = {"importer": importer, line.kind: line.code}
        doubt = (importer, line.code) in trade.holes
        need_share = bought / float(trade.imports[j].sum())
        elsewhere = (float(trade.exports[i, k]) - flow) / room if room > 0 else np.nan
        return Opening(
            line,
            self.advantage(exporter, k),
            self._state.fact(formulas.NEED, mine, bought, (buys,), doubt=doubt),
            self._state.fact(formulas.NEED_SHARE, mine, need_share, (buys, whole), doubt=doubt),
            self._supplied(exporter, importer, k),
            self._state.fact(
                formulas.SUPPLIED_ELSEWHERE,
                {"exporter": exporter, **mine},
                elsewhere,
                (sells, universe.rows(**of), buys, {**universe.total("importer", exporter), **of}),
                missing="nobody else buys it",
            ),
            self._rival(exporter, importer, k),
        )

    def _supplied(self, exporter: str, importer: str, k: int) -> Fact:
        trade, universe, line = self.trade, self.trade.universe, self.trade.lines[k]
        of = self._rows(line)
        sold = float(trade.suppliers[importer][trade.at(exporter), k])
        return self._state.fact(
            formulas.SUPPLIED,
            {"exporter": exporter, "importer": importer, line.kind: line.code},
            sold / float(trade.imports[trade.at(importer), k]),
            (
                universe.rows(exporter=exporter, importer=importer, **of),
                {**universe.total("importer", importer), **of},
            ),
            doubt=(importer, line.code) in trade.holes,
        )

    def _rival(self, exporter: str, importer: str, k: int) -> Rival | None:
        sold = self.trade.suppliers[importer][:, k].copy()
        sold[self.trade.at(exporter)] = 0.0
        if not sold.any():
            return None
        economy = self.trade.economies[int(np.argmax(sold))]
        return Rival(economy, self._supplied(economy, importer, k))
