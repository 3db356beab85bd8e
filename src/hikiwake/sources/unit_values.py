"""What a kilogram usually costs, and which flows cannot be so: on arrays, a row for each flow.

The usual unit value of a line (a product in a year) is the median over flows, weighted by value, so that the
many small flows, whose quantities are often rounded or guessed, do not decide it. All sums are of whole
numbers, so that no order of adding changes a flag.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from hikiwake import kernels
from hikiwake.core.blas import workers
from hikiwake.core.errors import BadInput
from hikiwake.sources.quality import Limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[Any]
    Floats = NDArray[np.float64]

EXACT = 2.0**53
"""Sums of whole numbers in double precision are exact below it."""
MOST = 2.0**62
"""What all amounts of a table may add up to: a hundred thousand times what the world has traded."""
LIMB = 24
"""Bits that are added at once where a sum may be larger than `EXACT`; with 2^29 rows it stays below."""
CELLS = 1 << 22
"""Lines times steps in which medians are looked for, at most; fewer where there are few rows."""
TOGETHER = 1 << 17
"""Rows of lines that are looked at together, about: their arrays stay in memory that is not given back."""
MOST_KG = 2**53
"""What a flow can weigh by the usual unit value, at most."""


class Priced(msgspec.Struct, frozen=True):
    """For each flow: its unit value by the usual one, whether that cannot be, and the volume in kg.

    `ratio` is missing (NaN) without a quantity. `volume` is the quantity where the ratio is inside the band,
    else what the value buys at the usual unit value: so a missing or mistaken quantity alone makes no hole.
    It is 0 where no flow of the line has a quantity.
    """

    ratio: Floats
    outlier: NDArray[np.bool_]
    volume: NDArray[np.int64]


def numbered(key: Integers, span: int) -> tuple[Integers, Integers]:
    """Return the keys that are to be told apart, and for each row the place of its own among them.

    They are all of `range(span)` where there are rows enough for that, else those that occur.
    """
    if span <= 2 * len(key):
        return np.arange(span), key
    keys, places = np.unique(key, return_inverse=True)
    return keys, places


def summed(place: Integers, amount: Integers, places: int) -> NDArray[np.int64]:
    """Return the sums of whole numbers, none of them negative, by place; they are exact."""
    whole = float(amount.sum(dtype=np.float64))
    if whole >= MOST:
        raise BadInput(
            where=f"amounts up to {int(amount.max()):,}",
            why="they add up to more than can be held",
            remedy="Look at the unit that the mapping states for values and quantities.",
        )
    found, loop = np.zeros(places, dtype=np.int64), kernels.compiled()
    if loop is not None:
        loop.add(*(np.ascontiguousarray(one, dtype=np.int64) for one in (place, amount)), found)
        return found
    if whole < EXACT:
        return np.bincount(place, amount.astype(np.float64), places).astype(np.int64)
    for shift in range(0, 63, LIMB):
        limb = (amount >> shift) & ((1 << LIMB) - 1)
        found += np.bincount(place, limb, places).astype(np.int64) << shift
    return found


def weighted_medians(line: Integers, number: Floats, weight: Integers, lines: int) -> Floats:
    """Return, for each line, the smallest number at which half of the weight is reached; NaN without rows.

    Numbers and weights are positive. Sums by step tell in which one half of the weight is reached, so that
    only the rows of that step, a few in a hundred, need be sorted.
    """
    found = np.full(lines, np.nan)
    if not len(number):
        return found
    # As whole numbers, the bits of positive numbers rise with them: steps of a part of an octave.
    bits = number.view(np.int64)
    least = int(bits.min())
    span, shift = int(bits.max()) - least, 0
    while lines * ((span >> shift) + 1) > max(min(CELLS, 2 * len(line)), lines):
        shift += 1
    steps = (span >> shift) + 1
    step = (bits - least) >> shift
    inside = summed(line * steps + step, weight, lines * steps).reshape(lines, steps)
    upto = inside.cumsum(axis=1)
    whole = upto[:, -1]
    reached = (upto >= whole[:, None] - upto).argmax(axis=1)
    each = np.arange(lines)
    before = upto[each, reached] - inside[each, reached]
    rows = np.flatnonzero(step == reached[line])
    rows = rows[np.lexsort((number[rows], line[rows]))]
    of, heavy = line[rows], weight[rows]
    start = np.flatnonzero(np.diff(of, prepend=-1))
    running = heavy.cumsum()
    ahead = np.repeat((running - heavy)[start], np.diff(start, append=len(of)))
    below = before[of] + running - ahead
    half = np.flatnonzero(below >= whole[of] - below)
    where, first = np.unique(of[half], return_index=True)
    found[where] = number[rows[half[first]]]
    return found


def priced(
    line: Integers, value: Integers, quantity: Integers, lines: int, limits: Limits | None = None
) -> Priced:
    """Compare the unit value of each flow with what is usual in its line.

    The band around the usual is, in logarithms, `spread` times the (weighted) median distance from it, at
    least ln `narrow` and at most ln `wide`. A flow outside it is an outlier if its value, or its quantity at
    the usual unit value, is worth `worth`.

    Parameters
    ----------
    line : number of each flow's product and year, below `lines`.
    value : USD, whole and above 0.
    quantity : kg, whole; 0 or less where it is not known.
    """
    chosen = limits or Limits()
    upto = np.bincount(line, minlength=lines).cumsum()
    steps = np.arange(1, 1 + len(line) // TOGETHER) * TOGETHER
    edges = np.unique([0, *np.searchsorted(upto, steps) + 1, lines])
    group = np.repeat(
        np.arange(len(edges) - 1, dtype=np.uint8 if len(edges) < 257 else np.int64), np.diff(edges)
    )
    order = np.argsort(group[line], kind="stable")
    whole = Priced(np.empty(len(line)), np.empty(len(line), np.bool_), np.empty(len(line), np.int64))

    def look(first: int, last: int) -> None:
        rows = order[upto[first - 1] if first else 0 : upto[last - 1]]
        found = _priced(line[rows] - first, value[rows], quantity[rows], last - first, chosen)
        for name in Priced.__struct_fields__:
            getattr(whole, name)[rows] = getattr(found, name)

    with ThreadPoolExecutor(workers()) as pool:
        for _ in pool.map(look, edges[:-1].tolist(), edges[1:].tolist()):
            pass
    return whole


def _priced(line: Integers, value: Integers, quantity: Integers, lines: int, chosen: Limits) -> Priced:
    known = np.flatnonzero(quantity > 0)
    of, worth = line[known], value[known]
    price = worth / quantity[known]
    usual = weighted_medians(of, price, worth, lines)
    ratio = np.full(len(line), np.nan)
    fold = price / usual[of]
    ratio[known] = fold
    deviation = weighted_medians(of, np.maximum(fold, 1.0 / fold), worth, lines)
    narrow, wide = math.log(chosen.narrow), math.log(chosen.wide)
    width = np.exp(np.clip(np.log(deviation) * chosen.spread, narrow, wide))
    outside = (fold > width[of]) | (fold < 1.0 / width[of])
    off = known[outside]
    outlier = np.zeros(len(line), dtype=np.bool_)
    outlier[off] = np.maximum(value[off], value[off] / ratio[off]) >= chosen.worth
    volume = quantity.astype(np.int64)
    bought = np.concatenate([np.flatnonzero(quantity <= 0), off])
    weight = np.floor(value[bought] / usual[line[bought]] + 0.5)
    volume[bought] = np.minimum(np.nan_to_num(weight), MOST_KG).astype(np.int64)
    return Priced(ratio, outlier, volume)


def with_prices(flows: dict[str, Any], limits: Limits | None = None) -> dict[str, Any]:
    """Add ratio, outlier and volume to columns of flows, which have year, product, value and quantity."""
    _, product = np.unique(flows["product"].astype(str), return_inverse=True)
    year = flows["year"].astype(np.int64)
    keys, line = np.unique(product * (year.max(initial=0) + 1) + year, return_inverse=True)
    quantity = np.ma.filled(np.ma.asarray(flows["quantity"]), 0).astype(np.int64)
    found = priced(line, flows["value"].astype(np.int64), quantity, len(keys), limits)
    return {**flows, "ratio": found.ratio, "outlier": found.outlier, "volume": found.volume}
