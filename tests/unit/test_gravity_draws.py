"""Quick draws of the bootstrap: Newton's step from the estimate, against least squares by the book."""

from __future__ import annotations

import numpy as np
import pytest
from tests.gravity_panels import Columns, Shape, panel
from tests.reference.separation import dummies

from hikiwake import kernels
from hikiwake.gravity import GravityFit, bootstrap, fit
from hikiwake.gravity.draws import nearly, tried
from hikiwake.gravity.effects import Accuracy
from hikiwake.gravity.threeway import ThreeWay

TWO = "trade ~ ln_dist + lang + home + rta | exporter^year + importer^year"
THREE = "trade ~ rta + wave | exporter^year + importer^year + exporter^importer"
SETS: tuple[str, ...] = kernels.built().sets() if kernels.built() else ()  # type: ignore[union-attr]
DRAWS = 11


def labels(data: Columns, *names: str) -> np.ndarray:
    return np.array(["^".join(map(str, cell)) for cell in zip(*(data[name] for name in names), strict=True)])


def by_the_book(found: GravityFit, data: Columns, weights: np.ndarray) -> np.ndarray:
    """Newton's step with a column for each level: least squares of (y - mu) / mu under weights w mu."""
    used = {name: column[found.rows] for name, column in data.items()}
    effects = [labels(used, *name.split("^")) for name in found.effects]
    design = np.hstack([np.stack([used[name] for name in found.names], axis=1), *map(dummies, effects)])
    mean = found.fitted
    weighted = (design * (weights * mean)[:, None]).T
    step = np.linalg.lstsq(weighted @ design, weighted @ (found.dependent / mean - 1.0), rcond=1e-11)[0]
    out: np.ndarray = found.coefficients + step[: len(found.names)]
    return out


def drawn(found: GravityFit, data: Columns, by: tuple[str, ...], count: int, seed: int) -> np.ndarray:
    """Return how often the cluster of each row used is drawn, (count, n)."""
    at = np.unique(labels({name: data[name][found.rows] for name in by}, *by), return_inverse=True)[1]
    random, groups = np.random.default_rng(seed), int(at.max()) + 1
    times = [np.bincount(random.integers(groups, size=groups), minlength=groups) for _ in range(count)]
    return np.stack(times)[:, at].astype(float)


@pytest.mark.parametrize("route", [kernels.NUMPY, ""], ids=["numpy", "compiled where built"])
@pytest.mark.parametrize("shape", [Shape(), Shape(missing=0.2)], ids=str)
def test_a_two_way_draw_is_newtons_step(shape: Shape, route: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(kernels.CHOICE, route)
    data = panel(5, shape)
    found = fit(TWO, data)
    draws = bootstrap(found, 4, seed=2)
    for draw, weights in zip(draws, drawn(found, data, ("exporter", "importer"), 4, 2), strict=True):
        np.testing.assert_allclose(draw, by_the_book(found, data, weights), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("by", [("exporter", "importer"), ("exporter",), ("year",)], ids=str)
def test_a_three_way_draw_is_nearly_newtons_step(by: tuple[str, ...]) -> None:
    """Within a seventh of what draws differ by: importers' equations are tried, not solved.

    The panel is small; of 120 economies in 12 years it is a twelfth.
    """
    data = panel(5, Shape(16, 6, missing=0.1))
    found = fit(THREE, data, errors="^".join(by))
    draws = bootstrap(found, 12, seed=2)
    expected = [by_the_book(found, data, weights) for weights in drawn(found, data, by, 12, 2)]
    off = np.sqrt(((draws - expected) ** 2).mean(axis=0))
    assert (off < 0.15 * np.std(expected, axis=0)).all()


@pytest.mark.parametrize("route", [kernels.NUMPY, *SETS])
def test_what_is_tried_stays_below_what_is_solved(route: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Galerkin's projection: the quadratic form of the solution less a square, and next to it here."""
    monkeypatch.setenv(kernels.CHOICE, route)
    random, shape = np.random.default_rng(3), (9, 5, 11)
    effects, weights = ThreeWay(shape), random.lognormal(size=shape)
    weights[2, :, 3] = 0.0
    weights[4] = 0.0
    per_pair = random.integers(0, 3, (shape[0], shape[2], DRAWS)).astype(float)
    values = random.normal(size=(3, *shape))
    by_exporter, by_importer, solved = [], [], []
    for draw in range(DRAWS):
        cells = weights * per_pair[:, None, :, draw]
        # Without what pairs would take: their sums are zero.
        sums = cells.sum(axis=1, keepdims=True)
        rest = values - (values * cells).sum(axis=2, keepdims=True) / np.where(sums > 0.0, sums, 1.0)
        right = [(rest * cells).sum(axis=3), (rest * cells).sum(axis=1)]
        none = np.zeros((3, shape[0], shape[2]))
        levels = effects.equations(cells).solve([*right, none], None, Accuracy(1e-12, np.ones(3)))
        pairs = zip(right, levels[:2], strict=True)
        solved.append(sum(one.reshape(3, -1) @ other.reshape(3, -1).T for one, other in pairs))
        by_exporter.append(right[0].transpose(1, 0, 2))
        by_importer.append(right[1].transpose(2, 0, 1))
    kept = np.ascontiguousarray
    of_cells = kept(weights.transpose(0, 2, 1)), kept(weights.transpose(2, 0, 1))
    of_pairs = per_pair, kept(per_pair.transpose(1, 0, 2))
    asked = kept(np.stack(by_exporter, axis=-1)), kept(np.stack(by_importer, axis=-1))
    found = nearly(tried(of_cells, of_pairs, asked))
    gap = np.linalg.eigvalsh(np.stack(solved) - found)
    whole = np.trace(np.stack(solved), axis1=1, axis2=2)
    assert (gap.min(axis=1) > -1e-9 * whole).all()
    assert (gap.max(axis=1) < 0.05 * whole).all()
