"""What is expected of a pair's trade, how sure that is, and how it compares with pairs that look alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput, NoSolution, NotConverged
from hikiwake.gravity import GravityFit, fit
from hikiwake.gravity.left_out import LeftOut, left_out
from hikiwake.measures.potential.ease import Ease, ease_of
from hikiwake.measures.potential.square import COVARIATES, Array, Square, deliveries, trade

if TYPE_CHECKING:
    from hikiwake.store.tables import Tables

Universe = Literal["intermediate", "covered"]
Cells = NDArray[np.bool_]
Places = tuple[NDArray[np.intp], NDArray[np.intp]]
MAIN = ("ln_dist", "border", "language")
"""What the expectation rests on beside the two economies themselves."""
OTHERS = {"distance alone": ("ln_dist",), "harmonic distance": ("ln_harmonic", "border", "language")}
BY_GROUPS = "by groups, added up"
NO_ESTIMATE = (BadInput, NoSolution, NotConverged)
"""What the data may not allow. A damaged file is another matter, and no number comes of it."""
NEAREST = 200
"""Comparable flows: those nearest in log expectation."""
FEWEST = 50
"""Fewer comparable flows give no picture of what is usual."""
SPAN = 1.0
"""Log distance from the pair's expectation beyond which a flow is no comparable one."""
LEAST_EXPECTED = 1e6
"""USD. A smaller expectation tells no shortfall: one shipment, or one error, is all of such a flow."""
WIDEST = 10.0
"""The factor that an expectation must be known to within, at 95 %: else the pair has no like in the data."""
TAILS = (0.05, 0.95)
NORMAL = 1.959964
"""Standard errors to each side of an interval of 95 %."""
MILLION = 1e6


class Model(msgspec.Struct, frozen=True):
    """The expectations of all flows of a year, each without its own pair; money in USD.

    known : cells that the model can hold. `main` is the specification of the expectation, `others` those that
    it is compared with, by name.
    """

    square: Square
    known: Cells
    main: LeftOut
    others: dict[str, Array]
    ease: Ease

    @property
    def below(self) -> float:
        """Share of all flows that lie below their expectation."""
        cells = np.isfinite(self.main.expected) & (self.main.expected > 0.0)
        return float((self.square.total < self.main.expected)[cells].mean())


class Expectation(msgspec.Struct, frozen=True):
    """One flow of a pair beside its expectation; money in USD.

    error : standard error of the log of the expectation, from the parameters.
    ratios : actual over expected of the comparable flows, ascending.
    others : the same of this flow under every other specification, by its name.
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
    others: dict[str, float] = {}
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
        below = sum(one < self.ratio for one in self.ratios)
        equal = sum(one == self.ratio for one in self.ratios)
        return (below + 0.5 * equal) / len(self.ratios)

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
    return model_of(deliveries(tables, year) if universe == "intermediate" else trade(tables, year))


@lru_cache(maxsize=64)
def sector_model(tables: Tables, universe: Universe, year: int, group: str) -> Model:
    """Return the model of one group of products or industries."""
    whole = model(tables, universe, year).square
    flows = whole.flows[whole.groups.index(group)]
    return model_of(Square(whole.economies, (group,), flows[None], whole.covariates))


def model_of(square: Square) -> Model:
    """Estimate the expectations of all flows of a square."""
    total, known = square.total, inside(square.total, square)
    others: dict[str, Array] = {}
    for name, covariates in OTHERS.items():
        found = _tried(lambda named=covariates: without_each(total, square, known, named).expected)  # type: ignore[misc]
        if found is not None:
            others[name] = found
    if len(square.groups) > 1:
        others[BY_GROUPS] = _by_groups(square, known)
    return Model(square, known, without_each(total, square, known, MAIN), others, ease_of(square.flows))


def expectations(held: Model, a: str, b: str) -> tuple[Expectation, Expectation]:
    """Return what is expected of a's exports to b and of b's to a, estimated anew without both."""
    square, total = held.square, held.square.total
    i, j = (square.economies.index(one) if one in square.economies else -1 for one in (a, b))
    directions = ((a, b, i, j), (b, a, j, i))
    if i < 0 or j < 0:
        return _silent(directions, total, "the data do not hold one of the two")
    if not (held.known[i, j] or held.known[j, i]):
        return _silent(
            directions, total, "one of the two sells or buys nothing, or their distance is not known"
        )
    cells = held.known.copy()
    cells[i, j] = cells[j, i] = False
    try:
        apart = _estimate(total, square, cells, MAIN)
    except NO_ESTIMATE as fault:
        return _silent(directions, total, fault.why)
    forth, back = (_expectation(held, apart, direction) for direction in directions)
    return forth, back


def _expectation(held: Model, apart: GravityFit, direction: tuple[str, str, int, int]) -> Expectation:
    exporter, importer, i, j = direction
    total = held.square.total
    actual = float(total[i, j])
    parts = _parts(apart, held, (i, j))
    expected = float(np.prod(list(parts.values())))
    if not np.isfinite(expected) or expected <= 0.0:
        return Expectation(
            exporter, importer, actual, absent="one of the two trades with nobody else in the data"
        )
    like = _comparable(held.main.expected, float(np.log(expected)), (i, j))
    ratios = tuple(np.sort(total[like] / held.main.expected[like]).tolist())
    absent = _unsayable(expected, float(held.main.error[i, j]), len(ratios))
    others = {
        name: actual / float(value[i, j])
        for name, value in held.others.items()
        if np.isfinite(value[i, j]) and value[i, j] > 0.0
    }
    error = float(held.main.error[i, j])
    return Expectation(
        exporter,
        importer,
        actual,
        expected,
        error,
        ratios,
        others,
        parts,
        _beside(held, (i, j), like),
        absent,
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
    forth, back = (
        Expectation(x, m, float(total[i, j]) if min(i, j) >= 0 else 0.0, absent=absent)
        for x, m, i, j in directions
    )
    return forth, back


def inside(flows: Array, square: Square) -> Cells:
    """Return the cells that a model can hold: between economies that sell and buy, distances known."""
    sells, buys = flows.sum(axis=1) > 0.0, flows.sum(axis=0) > 0.0
    known: Cells = np.isfinite(square.covariates).all(axis=0) & sells[:, None] & buys[None, :]
    np.fill_diagonal(known, val=False)
    return known


def _estimate(flows: Array, square: Square, cells: Cells, names: Sequence[str]) -> GravityFit:
    i, j = np.nonzero(cells)
    # Money in millions keeps the numbers of the estimate near one.
    data: dict[str, NDArray[np.generic]] = {"flow": flows[i, j] / MILLION, "exporter": i, "importer": j}
    data |= {name: square.covariates[COVARIATES.index(name)][i, j] for name in names}
    return fit(f"flow ~ {' + '.join(names)} | exporter + importer", data, errors="robust")


def without_each(flows: Array, square: Square, cells: Cells, names: Sequence[str] = MAIN) -> LeftOut:
    """Return the expectations of all cells (N, N), USD, each without its own pair; NaN or 0 outside."""
    found = _estimate(flows, square, cells, names)
    i, j = np.nonzero(cells)
    mean = np.zeros(flows.shape)
    mean[i[found.rows], j[found.rows]] = found.fitted
    kept = [COVARIATES.index(name) for name in found.names]
    fitted = mean > 0.0
    apart = left_out(
        np.where(fitted, flows / MILLION, 0.0), mean, np.where(fitted, square.covariates[kept], 0.0)
    )
    return apart._replace(expected=apart.expected * MILLION)


def _by_groups(square: Square, known: Cells) -> Array:
    """Return the sum of the expectations of all groups; one that has no estimate adds nothing."""
    out = np.zeros(known.shape)
    for flows in square.flows:
        cells = known & inside(flows, square)
        found = _tried(lambda f=flows, c=cells: without_each(f, square, c, MAIN).expected)  # type: ignore[misc]
        if found is not None:
            out += np.nan_to_num(found)
    return out


def _tried(make: Callable[[], Array]) -> Array | None:
    """Return what is made, or None where the data allow no such estimate."""
    try:
        return make()
    except NO_ESTIMATE:
        return None


def _parts(found: GravityFit, held: Model, at: tuple[int, int]) -> dict[str, float]:
    """Return the factors whose product is the expectation of a cell that was not in the estimate.

    They are what the two economies give with all covariates at the mean of the model's flows (`size`, USD;
    NaN where an effect is not known), and what each covariate multiplies it by.
    """
    eta, out = 0.0, {"size": np.nan}
    for name, slope in zip(found.names, found.coefficients, strict=True):
        covariate = held.square.covariates[COVARIATES.index(name)]
        mean = float(covariate[held.known].mean())
        out[name] = float(np.exp(slope * (covariate[at] - mean)))
        eta += float(slope) * mean
    for side, economy in (("exporter", at[0]), ("importer", at[1])):
        keys = found.sandwich.keys[side]
        levels = np.asarray(keys.labels).astype(int)
        used = np.unique(keys.codes)
        place = np.flatnonzero(levels == economy)
        if not len(place) or place[0] not in used:
            return out
        eta += float(np.ravel(found.effects[side].values)[place[0]])
    return out | {"size": float(np.exp(eta) * MILLION)}


def _comparable(expected: Array, at: float, own: tuple[int, int]) -> Places:
    """Return the places of the flows nearest in log expectation, but for the pair's own."""
    cells = np.isfinite(expected) & (expected > 0.0)
    cells[own] = cells[own[::-1]] = False
    i, j = np.nonzero(cells)
    away = np.abs(np.log(expected[i, j]) - at)
    order = np.argsort(away, kind="stable")[:NEAREST]
    order = order[away[order] <= SPAN]
    return i[order], j[order]
