"""Years of a flow that look unlike those beside them: where they weigh, so that a reader should hear of them.

What the detectors mark is rare, and most of what they mark is true: a buyer can pass a supplier by for a
year, a mine can open. So nothing is told that does not weigh: of the pair's flow the product must be as large
a part as spoils a total (`SPOILING_PART`), and of a total that moves to another level the pair must have as
much. Of 18,156 flows of minerals and energy from one economy to another, 32 then have a year that towers, 56
one that is missing, and 104 another level of what one of the two trades in all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hikiwake.measures.flows import SIDES, Side
from hikiwake.measures.ties.levels import SPOILING_PART

if TYPE_CHECKING:
    from hikiwake.measures.flows import PairFlows

Cell = tuple[int, str]
"""A year and a product."""


def towering(flows: PairFlows, exporter: str, importer: str) -> list[Cell]:
    """Return years and products that tower over both neighbours, and weigh in their year."""
    return _cells(flows, flows.towering_flows[exporter, importer] & _weighs(flows, exporter, importer))


def missed(flows: PairFlows, exporter: str, importer: str) -> list[Cell]:
    """Return years and products that are next to nothing, and weigh in both years beside."""
    weighs = _weighs(flows, exporter, importer)
    both = np.zeros_like(weighs)
    both[1:-1] = weighs[:-2] & weighs[2:]
    return _cells(flows, flows.missed_flows[exporter, importer] & both)


def shifted(flows: PairFlows, exporter: str, importer: str) -> dict[Side, list[Cell]]:
    """Return years and products in which a total of one of the two moves to another level, by side.

    The product weighs in the pair's flow, and the pair in the total, in that year or in the one before.
    """
    value, weighs = flows.flow[exporter, importer].value, _weighs(flows, exporter, importer)
    totals = {"exporter": flows.exports[exporter].value, "importer": flows.imports[importer].value}
    found: dict[Side, list[Cell]] = {}
    for side, economy in zip(SIDES, (exporter, importer), strict=True):
        now = weighs & (value >= SPOILING_PART * totals[side])
        before = np.zeros_like(now)
        before[1:] = now[:-1]
        cells = _cells(flows, flows.shifted[side, economy] & (now | before))
        if cells:
            found[side] = cells
    return found


def _weighs(flows: PairFlows, exporter: str, importer: str) -> NDArray[np.bool_]:
    """Mark years and products that are a part of the flow of their year that spoils a total."""
    values = flows.flow[exporter, importer].value
    return np.asarray((values > 0) & (values >= SPOILING_PART * values.sum(axis=1, keepdims=True)))


def _cells(flows: PairFlows, marks: NDArray[np.bool_]) -> list[Cell]:
    return [(flows.years[y], flows.products[k]) for y, k in np.argwhere(marks).tolist()]
