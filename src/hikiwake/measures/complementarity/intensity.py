"""How much the pair trades beside what the weights of both would give, and how much composition explains."""

from __future__ import annotations

from typing import NamedTuple

from hikiwake.core.provenance import Fact, Formula
from hikiwake.indices import intensity_decomposition, trade_intensity
from hikiwake.measures.complementarity import formulas
from hikiwake.measures.complementarity.stated import Stating
from hikiwake.measures.complementarity.universe import Array, Trade
from hikiwake.measures.statement import Statements

NO_ROOM = "nobody else buys what the exporter sells"


class Intensity(NamedTuple):
    """Trade intensity of one direction: simple, refined, and the refined one as fit x bias.

    `expected` is the flow (USD) that the weights of both would give, X_i M_j / M_W: it says which direction
    matters, and nobody is shown it.
    """

    exporter: str
    importer: str
    simple: Fact
    refined: Fact
    fit: Fact
    bias: Fact
    expected: float

    @property
    def known(self) -> bool:
        """Tell whether the split is defined."""
        return None not in (self.refined.value, self.fit.value, self.bias.value)


class Intensities:
    """States intensities in one universe; trade within an economy never counts."""

    def __init__(self, trade: Trade, statements: Statements) -> None:
        self.trade = trade
        self._state = Stating(trade, statements)
        self._simple = trade_intensity(trade.between)
        self._split = intensity_decomposition(trade.between, trade.exports, trade.imports)

    def intensity(self, exporter: str, importer: str) -> Intensity:
        """State the intensity of one direction and its split."""
        trade, universe = self.trade, self.trade.universe
        at = trade.at(exporter), trade.at(importer)
        where = (
            universe.rows(exporter=exporter, importer=importer),
            universe.total("exporter", exporter),
            universe.total("importer", importer),
            universe.total("importer", exporter),
            universe.rows(),
        )
        pair = {"exporter": exporter, "importer": importer}
        missing = self._state.missing(exporter, importer) or NO_ROOM

        def state(formula: Formula, values: Array) -> Fact:
            return self._state.fact(formula, pair, float(values[at]), where, missing=missing)

        world = max(float(trade.imports.sum()), 1.0)
        return Intensity(
            exporter,
            importer,
            state(formulas.SIMPLE_INTENSITY, self._simple),
            state(formulas.INTENSITY, self._split.intensity),
            state(formulas.INTENSITY_FIT, self._split.complementarity),
            state(formulas.INTENSITY_BIAS, self._split.bias),
            float(trade.exports[at[0]].sum() * trade.imports[at[1]].sum() / world),
        )
