"""What comparable pairs trade, from the potential: the level to which a scenario may bring a pair's trade."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from hikiwake.core.errors import NoData
from hikiwake.measures.potential.expected import Expectation, Universe
from hikiwake.measures.potential.stated import found, year_of
from hikiwake.measures.scenario.sampling import normal

if TYPE_CHECKING:
    from hikiwake.measures.intermediate.table import Array
    from hikiwake.measures.statement import Statements

UNIVERSE: Universe = "intermediate"


class Level(msgspec.Struct, frozen=True):
    """One flow beside what comparable pairs trade: `expected` times the median of their `ratios`.

    `actual` and `expected` in USD, `error` the standard error of log `expected`, `ratios` of actual to
    expected of comparable flows, ascending.
    """

    exporter: str
    importer: str
    actual: float
    expected: float
    error: float
    ratios: tuple[float, ...]
    year: int

    @property
    def ratio(self) -> float:
        """The level over the actual flow: above 1 the flow falls short of it."""
        return self.expected * float(np.median(self.ratios)) / self.actual

    def drawn(self, uniform: Array) -> Array:
        """Return `ratio` at probabilities of the expectation and of the median, (m, 2) to (m,).

        The median of n ratios is, in large samples, the quantile at 1/2 + z / (2 sqrt(n)).
        """
        part = 0.5 + 0.5 * normal(uniform[:, 1]) / np.sqrt(len(self.ratios))
        median = np.quantile(self.ratios, np.clip(part, 0.0, 1.0))
        return np.asarray(self.expected * np.exp(self.error * normal(uniform[:, 0])) * median / self.actual)

    def closing(self, uniform: Array) -> Array:
        """Return the factor on trade at given prices that closes the gap, (m,): 1 where there is none."""
        return np.maximum(self.drawn(uniform), 1.0)


def level(say: Statements, exporter: str, importer: str) -> Level:
    """Return the level of a flow in the latest year of the table of intermediates.

    Raises
    ------
    NoData
        If the data allow no expectation of the flow, or there is no flow that could grow.
    """
    year = year_of(say, UNIVERSE, 0, None)
    pair = None if year is None else found(say, UNIVERSE, exporter, importer, year)
    if pair is None or year is None:
        raise _unknown(exporter, importer, "these data hold no table of trade between industries")
    one: Expectation = pair[0]
    if one.absent or one.actual <= 0.0:
        raise _unknown(exporter, importer, one.absent or "nothing is sold that could grow")
    return Level(exporter, importer, one.actual, one.expected, one.error, one.ratios, year)


def levels(say: Statements, exporter: str, importer: str) -> Level | None:
    """Return the level of a flow; None where the data allow none."""
    try:
        return level(say, exporter, importer)
    except NoData:
        return None


def fall_short(say: Statements, a: str, b: str) -> bool:
    """Tell whether the levels of both directions are known, and one of them at least is above its flow."""
    both = levels(say, a, b), levels(say, b, a)
    return all(one is not None for one in both) and any(one.ratio > 1.0 for one in both if one is not None)


def _unknown(exporter: str, importer: str, why: str) -> NoData:
    return NoData(
        where=f"level of comparable pairs, {exporter} to {importer}",
        why=why,
        remedy="Give a `cost` or an `effect` of your own in place of the level.",
    )
