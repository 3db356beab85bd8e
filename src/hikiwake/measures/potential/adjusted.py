"""What a pair's trade would come to at the median of comparable pairs when others' trade gives way.

The gap to that median is told at given resistances. A pair that trades more changes its own multilateral
resistances: what else each buys gives way, and where one sells more abroad, less is left at home, which is
bought abroad. This is the conditional equilibrium, with each economy's sales and purchases held.
"""

from __future__ import annotations

import numpy as np

from hikiwake.core.errors import BadInput, NoSolution
from hikiwake.equilibrium.conditional import balance
from hikiwake.measures.potential.expected import Expectation, Model


def adjusted(held: Model, pair: tuple[Expectation, Expectation]) -> tuple[float, float]:
    """Return both flows at the median of comparable ones with resistances adjusting, USD.

    A flow that is at its median or above stays as it is at given resistances. NaN where the data hold no
    domestic flows, neither direction falls short, or one of them allows no estimate.
    """
    nothing = np.nan, np.nan
    square = held.square
    if not square.home or any(one.absent or one.actual <= 0.0 for one in pair):
        return nothing
    flows = square.total + np.diag(square.home)
    places = [(square.economies.index(one.exporter), square.economies.index(one.importer)) for one in pair]
    factors = [max(one.expected * one.quantile(0.5) / one.actual, 1.0) for one in pair]
    if max(factors) <= 1.0:
        return nothing
    kept = (flows.sum(axis=0) > 0.0) & (flows.sum(axis=1) > 0.0)
    new = flows.copy()
    for at, factor in zip(places, factors, strict=True):
        new[at] *= factor
    inner = np.ix_(kept, kept)
    try:
        found = balance(new[inner], flows[inner].sum(axis=1), flows[inner].sum(axis=0)).matrix
    except (BadInput, NoSolution):
        return nothing
    number = np.cumsum(kept) - 1
    forth, back = (float(found[number[i], number[j]]) for i, j in places)
    return forth, back
