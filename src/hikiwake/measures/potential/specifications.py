"""What a pair's ratio becomes under other covariates, estimators, samples and years than the main ones.

Each choice is changed alone, or all are combined. Every model is estimated without both flows of the pair.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hikiwake.gravity.anew import apart
from hikiwake.gravity.left_out import Whole, whole_of
from hikiwake.gravity.one_year import gamma, logarithms, poisson
from hikiwake.measures.flows import FLOWS
from hikiwake.measures.potential.estimates import MILLION, NO_ESTIMATE, Cells, inside
from hikiwake.measures.potential.expected import Model, Universe, model
from hikiwake.measures.potential.square import MAIN, Array, Square, years_before

if TYPE_CHECKING:
    from hikiwake.store.tables import Tables

USUAL = ""
"""The choice that the expectation itself makes."""
CHOICES: dict[str, dict[str, str]] = {
    "covariates": {
        "distance": "distance alone",
        "harmonic": "harmonic distance",
        "curved": "the square of distance too",
        "shipped": "without agreements, currency and history",
    },
    "estimator": {
        "gamma": "Gamma, positive flows",
        "logs": "logarithms, positive flows",
    },
    "sample": {
        "positive": "positive flows alone",
        "large": "without the smallest economies",
        "rest": "without the three largest economies",
        "home": "with domestic flows",
    },
    "years": {
        "three": "mean of three years",
        "five": "mean of five years",
    },
    "detail": {"groups": "groups of goods apart, added up"},
}
ESTIMATORS = {"gamma": gamma, "logs": logarithms}
SPANS = {"three": 3, "five": 5}
CURVED = "ln_dist_squared"
SMALLEST = 0.01
"""Part of all trade that the smallest economies, which one sample leaves out, have together."""
LARGEST = 3
FEW_ZEROS = 0.01
"""Where fewer flows are zero, a sample of positive ones is no other sample."""


class Specification(NamedTuple):
    """One choice of each kind, by its key in `CHOICES`; an empty one is that of the expectation."""

    covariates: str = USUAL
    estimator: str = USUAL
    sample: str = USUAL
    years: str = USUAL
    detail: str = USUAL

    @property
    def name(self) -> str:
        """Say in words what is chosen otherwise."""
        chosen = [CHOICES[kind][key] for kind, key in zip(self._fields, self, strict=True) if key]
        return "; ".join(chosen) or "as here"


class Ratios(NamedTuple):
    """Actual over expected of a flow under each specification, and which gave no estimate, with why."""

    found: dict[Specification, float]
    failed: dict[Specification, str]


class Ground(NamedTuple):
    """What all pairs share: flows (N, N), USD, by the choice of years, and Poisson models once they are made.

    `made` holds the models of all flows by specification and by the economies that are left out.
    """

    totals: dict[str, Array]
    made: dict[tuple[Specification, bytes], tuple[Whole, Array]]


@lru_cache(maxsize=4)
def ground(tables: Tables, universe: Universe, year: int) -> Ground:
    """Return the flows of a year and their means over several years; no model is made yet."""
    square = model(tables, universe, year).square
    totals = {USUAL: square.total}
    if universe == "covered":
        recent = [one for one in tables.vintage.years_of(FLOWS) if year - max(SPANS.values()) < one <= year]
        totals |= means(years_before(tables, square, recent), recent, year)
    return Ground(totals, {})


def means(flows: Array, years: Sequence[int], year: int) -> dict[str, Array]:
    """Return means (N, N) over the spans that end in a year, of which all years are there.

    Parameters
    ----------
    flows : (years, N, N), USD. Data of every fourth year have no mean of three.
    """
    among = {
        key: [n for n, one in enumerate(years) if year - span < one <= year] for key, span in SPANS.items()
    }
    return {key: flows[held].mean(axis=0) for key, held in among.items() if len(held) == SPANS[key]}


def _choices(held: Model, years: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return the choices of each kind that differ in these data."""
    square, total = held.square, held.square.total
    covariates = [key for key in CHOICES["covariates"] if key != "shipped" or square.main != MAIN]
    samples = ["large", "rest"]
    if (total[held.known] == 0.0).mean() > FEW_ZEROS:
        samples.append("positive")
    if square.home:
        samples.append("home")
    return {
        "covariates": tuple(covariates),
        "estimator": tuple(CHOICES["estimator"]),
        "sample": tuple(key for key in CHOICES["sample"] if key in samples),
        "years": tuple(key for key in years if key),
        "detail": ("groups",) if held.sectors else (),
    }


def alone(choices: dict[str, tuple[str, ...]]) -> Iterator[Specification]:
    """Yield specifications that differ from the expectation's in one choice."""
    for kind, keys in choices.items():
        for key in keys:
            yield Specification(**{kind: key})


def combined(choices: dict[str, tuple[str, ...]]) -> Iterator[Specification]:
    """Yield all combinations but the expectation's own; groups added up stand alone."""
    kinds = Specification._fields[:-1]
    for chosen in product(*((USUAL, *choices[kind]) for kind in kinds)):
        if any(chosen) and (chosen[1] == USUAL or chosen[2] != "positive"):
            yield Specification(*chosen)
    for key in choices["detail"]:
        yield Specification(detail=key)


def ratios(
    held: Model, shared: Ground, pair: tuple[str, str], *, full: bool = False
) -> tuple[Ratios, Ratios]:
    """Return the ratios of both directions of a pair that the model holds, each choice changed alone.

    Parameters
    ----------
    full : all combinations of the choices.
    """
    i, j = (held.square.economies.index(one) for one in pair)
    forth, back = Ratios({}, {}), Ratios({}, {})
    for one in (combined if full else alone)(_choices(held, tuple(shared.totals))):
        try:
            made = _under(held, shared, one, (i, j))
        except NO_ESTIMATE as fault:
            forth.failed[one] = back.failed[one] = fault.why
            continue
        for way, ratio in zip((forth, back), made, strict=True):
            if np.isfinite(ratio):
                way.found[one] = ratio
            else:
                way.failed[one] = "the exporter or the importer trades with nobody else in that sample"
    return forth, back


def _under(held: Model, shared: Ground, one: Specification, at: tuple[int, int]) -> tuple[float, float]:
    """Return both ratios of the pair at a place, NaN where there is no expectation."""
    if one.detail:
        return _added_up(held, at)
    total = shared.totals[one.years]
    cells, flows = _sample(held.square, total, one, at)
    regressors = _columns(held.square, one)
    if one.estimator == USUAL:
        key = one, np.packbits(cells.any(axis=1)).tobytes()
        if key not in shared.made:
            whole = poisson(flows / MILLION, cells, regressors)
            mean = np.where(whole.used, np.exp(whole.predictor), 0.0)
            kept = regressors[list(whole.kept)]
            shared.made[key] = whole_of(flows / MILLION, mean, kept), whole.slopes
        expected = apart(*shared.made[key], np.array([at])).expected[0]
    else:
        cells[at] = cells[at[::-1]] = False
        log = ESTIMATORS[one.estimator](flows / MILLION, cells, regressors).predictor
        expected = np.exp([log[at], log[at[::-1]]])
    forth, back = (
        float(total[way] / (value * MILLION)) if value > 0.0 else np.nan
        for way, value in zip((at, at[::-1]), expected, strict=True)
    )
    return forth, back


def _columns(square: Square, one: Specification) -> Array:
    """Return the regressors (K, N, N) of a specification; 0 where nothing is known, outside every sample."""
    sets = {
        USUAL: square.main,
        "distance": ("ln_dist",),
        "harmonic": tuple("ln_harmonic" if name == "ln_dist" else name for name in square.main),
        "curved": (*square.main, CURVED),
        "shipped": MAIN,
    }
    distance = square.covariate("ln_dist")
    columns = [
        (distance - np.nanmean(distance)) ** 2 if name == CURVED else square.covariate(name)
        for name in sets[one.covariates]
    ]
    if one.sample == "home":
        columns.append(np.eye(len(distance)))
    out = np.stack(columns)
    return np.where(np.isfinite(out), out, 0.0)


def _sample(square: Square, total: Array, one: Specification, at: tuple[int, int]) -> tuple[Cells, Array]:
    """Return the cells of a specification's sample and the flows."""
    cells, flows = inside(total, square), total
    size = total.sum(axis=0) + total.sum(axis=1)
    order = np.argsort(size, kind="stable")
    kept = np.ones(len(size), dtype=bool)
    if one.sample == "large":
        kept[order[np.cumsum(size[order]) <= SMALLEST * size.sum()]] = False
    elif one.sample == "rest":
        kept[[n for n in order[::-1] if n not in at][:LARGEST]] = False
    elif one.sample == "positive":
        cells &= total > 0.0
    elif one.sample == "home":
        flows = total + np.diag(square.home)
        cells |= np.diag(np.isfinite(np.diag(square.covariate("ln_dist"))) & (np.diag(flows) > 0.0))
    kept[list(at)] = True
    return cells & kept[:, None] & kept[None, :], flows


def _added_up(held: Model, at: tuple[int, int]) -> tuple[float, float]:
    """Return the ratios of the sums over the groups that have an expectation, actual over expected."""
    out = []
    for way in (at, at[::-1]):
        each = [
            (float(one.square.total[way]), expected)
            for one in held.sectors.values()
            if isinstance(one, Model) and np.isfinite(expected := float(one.estimated.expected[way]))
        ]
        actual, total = (sum(side) for side in zip(*each, strict=True)) if each else (0.0, 0.0)
        out.append(actual / total if total > 0.0 else np.nan)
    return out[0], out[1]
