"""What is expected of a pair's trade, how sure that is, and how it compares with pairs that look alike."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from hikiwake.gravity.parallel import cores, each
from hikiwake.measures.potential.ease import Ease, ease_of
from hikiwake.measures.potential.estimates import NO_ESTIMATE, Cells, Estimated, inside, without_each
from hikiwake.measures.potential.square import Array, Square, deliveries, trade
from hikiwake.measures.potential.ties import with_ties

if TYPE_CHECKING:
    from hikiwake.store.tables import Tables

Universe = Literal["intermediate", "covered"]
Places = tuple[NDArray[np.intp], NDArray[np.intp]]
NEAREST = 200
"""Comparable flows: those nearest in log expectation."""
FEWEST = 50
"""Fewer comparable flows give no picture of what is usual."""
SPAN = 1.0
"""Log distance from the pair's expectation beyond which a flow is no comparable one."""
ROUNDS = 4
"""Rounds in which comparable flows are estimated anew and looked for again."""
LEAST_EXPECTED = 1e6
"""USD. A smaller expectation tells no shortfall: one shipment, or one error, is all of such a flow."""
WIDEST = 10.0
"""The factor that an expectation must be known to within, at 95 %: else the pair has no like in the data."""
TAILS = (0.05, 0.95)
NORMAL = 1.959964
"""Standard errors to each side of an interval of 95 %."""


class Model(msgspec.Struct, frozen=True):
    """The expectations of all flows of a year, each without its own pair; money in USD.

    known : cells that the model can hold.
    sectors : a model of each group of the square alone, or why there is none; empty of a model of one group.
    thorough : whether comparable flows that one step may give badly are estimated anew.
    """

    square: Square
    known: Cells
    estimated: Estimated
    sectors: dict[str, Model | str]
    ease: Ease
    thorough: bool = True

    @property
    def below(self) -> float:
        """Share of all flows that lie below their expectation."""
        expected = self.estimated.expected
        cells = np.isfinite(expected) & (expected > 0.0)
        return float((self.square.total < expected)[cells].mean())


class Expectation(msgspec.Struct, frozen=True):
    """One flow of a pair beside its expectation; money in USD.

    error : standard error of the log of the expectation, from the parameters.
    ratios : actual over expected of the comparable flows, ascending.
    parts : what carries the expectation: `size` in USD, and a factor for each covariate.
    beside : other measures of the same flow: `intensity`, `ease`, and in USD `at_one` and `at_usual`.
    absent : why nothing can be said; empty otherwise.
    """

    exporter: str
    importer: str
    actual: float
    expected: float = np.nan
    error: float = np.nan
    ratios: tuple[float, ...] = ()
    parts: dict[str, float] = {}
    beside: dict[str, float] = {}
    absent: str = ""

    @property
    def ratio(self) -> float:
        """Actual over expected."""
        return self.actual / self.expected

    @property
    def place(self) -> float:
        """Share of the comparable flows whose ratio is lower; those that are equal count half."""
        below, not_above = bisect_left(self.ratios, self.ratio), bisect_right(self.ratios, self.ratio)
        return (below + not_above) / 2.0 / len(self.ratios)

    def quantile(self, part: float) -> float:
        """Return a quantile of the comparable ratios."""
        return float(np.quantile(self.ratios, part))


@lru_cache(maxsize=6)
def model(tables: Tables, universe: Universe, year: int) -> Model:
    """Return the model of a year, made once for all pairs of a process.

    Raises
    ------
    BadInput, NotConverged
        If the flows of the year allow no estimate.
    """
    square = deliveries(tables, year) if universe == "intermediate" else trade(tables, year)
    return model_of(with_ties(tables, square, year))


def model_of(square: Square) -> Model:
    """Estimate the expectations of all flows of a square, and of each of its groups."""
    total = square.total
    known = inside(total, square)
    estimated = without_each(total, square, known, square.main)
    # Each group is one task: the parts of so small an estimate are too short to share among cores.
    with cores():
        made = each(partial(_apart, square), square.groups if len(square.groups) > 1 else ())
    sectors = dict(zip(square.groups, made, strict=False))
    return Model(square, known, estimated, sectors, ease_of(square.flows))


def _apart(square: Square, group: str) -> Model | str:
    """Return the model of one group alone, or why there is none."""
    flows = square.flows[square.groups.index(group)]
    try:
        held = model_of(msgspec.structs.replace(square, groups=(group,), flows=flows[None]))
    except NO_ESTIMATE as fault:
        return fault.why
    # A few products of few sellers move each other much: all anew would take seconds a pair.
    return msgspec.structs.replace(held, thorough=False)


def expectations(held: Model, a: str, b: str) -> tuple[Expectation, Expectation]:
    """Return what is expected of a's exports to b and of b's to a, estimated anew without both."""
    square, total = held.square, held.square.total
    i, j = (square.economies.index(one) if one in square.economies else -1 for one in (a, b))
    directions = ((a, b, i, j), (b, a, j, i))
    if i < 0 or j < 0:
        held_one = max(i, j) >= 0
        absent = "the data do not hold one of the two" if held_one else "the data hold neither of the two"
        return _silent(directions, total, absent)
    if not (held.known[i, j] or held.known[j, i]):
        return _silent(
            directions, total, "one of the two sells or buys nothing, or their distance is not known"
        )
    expected, slopes = held.estimated.anew(np.array([[i, j]]))
    forth, back = (
        _expectation(held, float(value), slopes[0], direction)
        for value, direction in zip(expected[0], directions, strict=True)
    )
    return forth, back


def _expectation(
    held: Model, expected: float, slopes: Array, direction: tuple[str, str, int, int]
) -> Expectation:
    exporter, importer, i, j = direction
    total = held.square.total
    actual = float(total[i, j])
    if not np.isfinite(expected) or expected <= 0.0:
        return Expectation(
            exporter, importer, actual, absent="one of the two trades with nobody else in the data"
        )
    like, of_like = comparable(held.estimated, float(np.log(expected)), (i, j), thorough=held.thorough)
    ratios = tuple(np.sort(total[like] / of_like).tolist())
    error = held.estimated.error(i, j)
    return Expectation(
        exporter,
        importer,
        actual,
        expected,
        error,
        ratios,
        _parts(held, expected, slopes, (i, j)),
        _beside(held, (i, j), like),
        _unsayable(expected, error, len(ratios)),
    )


def _beside(held: Model, at: tuple[int, int], like: Places) -> dict[str, float]:
    """Return other measures of a flow, the ease of comparable flows among them."""
    ease, supported = held.ease.ease, float(held.ease.supported[at])
    usual = float(np.nanmedian(ease[like])) if np.isfinite(ease[like]).any() else np.nan
    return {
        "intensity": float(held.ease.intensity[at]),
        "ease": float(ease[at]),
        "at_one": supported,
        "at_usual": supported * usual,
    }


def _unsayable(expected: float, error: float, comparable: int) -> str:
    """Return why the data cannot say whether a flow falls short; empty where they can."""
    if expected < LEAST_EXPECTED:
        return "less than a million dollars is expected, and in so small a flow no shortfall can be told"
    if comparable < FEWEST:
        return "too few flows of this size are in the data to compare with"
    if NORMAL * error > np.log(WIDEST):
        return "what is expected is not known to within a factor of ten, for few other flows tell"
    return ""


def _silent(
    directions: Sequence[tuple[str, str, int, int]], total: Array, absent: str
) -> tuple[Expectation, Expectation]:
    """Return that nothing can be said of either direction, and why."""
    forth, back = (
        Expectation(x, m, float(total[i, j]) if min(i, j) >= 0 else 0.0, absent=absent)
        for x, m, i, j in directions
    )
    return forth, back


def _parts(held: Model, expected: float, slopes: Array, at: tuple[int, int]) -> dict[str, float]:
    """Return the factors whose product is the expectation of a flow.

    They are what each covariate multiplies it by, and what is left: what the two economies give with all
    covariates at the mean of the model's flows (`size`, USD).
    """
    out: dict[str, float] = {"size": expected}
    for name, slope in zip(held.estimated.names, slopes, strict=True):
        covariate = held.square.covariate(name)
        out[name] = float(np.exp(slope * (covariate[at] - float(covariate[held.known].mean()))))
        out["size"] /= out[name]
    return out


def comparable(
    estimated: Estimated, at: float, own: tuple[int, int], *, thorough: bool
) -> tuple[Places, Array]:
    """Return the places of the flows nearest in log expectation, not the pair's own, and what is expected.

    Where one step may give an expectation badly, it is estimated anew if `thorough`, and the nearest are
    looked for again.
    """
    expected, doubtful = estimated.expected.copy(), estimated.doubtful
    for _ in range(ROUNDS if thorough else 0):
        like = _nearest(expected, at, own)
        i, j = (side[doubtful[like]] for side in like)
        if not len(i):
            break
        pairs = np.unique(np.stack([np.minimum(i, j), np.maximum(i, j)], axis=1), axis=0)
        anew, _ = estimated.anew(pairs)
        i, j = pairs.T
        expected[i, j], expected[j, i] = anew.T
        doubtful[i, j] = doubtful[j, i] = False
    like = _nearest(expected, at, own)
    return like, expected[like]


def _nearest(expected: Array, at: float, own: tuple[int, int]) -> Places:
    cells = np.isfinite(expected) & (expected > 0.0)
    cells[own] = cells[own[::-1]] = False
    i, j = np.nonzero(cells)
    away = np.abs(np.log(expected[i, j]) - at)
    # Only those that can be among the nearest are put in order.
    farthest = np.partition(away, NEAREST - 1)[NEAREST - 1] if len(away) > NEAREST else SPAN
    near = np.flatnonzero(away <= min(farthest, SPAN))
    order = near[np.argsort(away[near], kind="stable")][:NEAREST]
    return i[order], j[order]
