"""How much the pair trades beside what the weights of both would give, and how much composition explains."""

from __future__ import annotations

from typing import NamedTuple

from hikiwake.core.provenance import Fact, Formula
from hikiwake.indices import intensity_decomposition, trade_intensity
from hikiwake.measures.complementarity import formulas
from hikiwake.measures.complementarity.stated import Stating
from hikiwake.measures.complementarity.universe import Trade
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


def intensity(trade: Trade, statements: Statements, exporter: str, importer: str) -> Intensity:
    """State the intensity of one direction in a universe; trade within an economy never counts."""
    at = trade.at(exporter), trade.at(importer)
    split = intensity_decomposition(trade.between, trade.exports, trade.imports)
    universe = trade.universe
    where = (
        universe.rows(exporter=exporter, importer=importer),
        universe.total("exporter", exporter),
        universe.total("importer", importer),
        universe.total("importer", exporter),
        universe.rows(),
    )
    pair = {"exporter": exporter, "importer": importer}
    stating = Stating(trade, statements)
    missing = stating.missing(exporter, importer) or NO_ROOM

    def state(formula: Formula, value: float) -> Fact:
        return stating.fact(formula, pair, value, where, missing=missing)

    return Intensity(
        exporter,
        importer,
        state(formulas.SIMPLE_INTENSITY, float(trade_intensity(trade.between)[at])),
        state(formulas.INTENSITY, float(split.intensity[at])),
        state(formulas.INTENSITY_FIT, float(split.complementarity[at])),
        state(formulas.INTENSITY_BIAS, float(split.bias[at])),
        float(trade.exports[at[0]].sum() * trade.imports[at[1]].sum() / max(trade.imports.sum(), 1.0)),
    )
