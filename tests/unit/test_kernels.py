"""The compiled passes equal NumPy's, for every set of instructions, and refuse what does not fit."""

from __future__ import annotations

import os
import subprocess
import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gravity_panels import Shape, panel
from tests.turns import in_turn

from hikiwake import kernels
from hikiwake.core.errors import BadInput
from hikiwake.gravity import Errors, bootstrap, fit, parallel
from hikiwake.gravity.bootstrap import Until
from hikiwake.gravity.cells import Design, Ended, Point
from hikiwake.gravity.compiled import Compiled
from hikiwake.gravity.effects import Accuracy, Effects, add_levels, margins
from hikiwake.gravity.plain import Plain
from hikiwake.gravity.threeway import ThreeWay
from hikiwake.gravity.twoway import TwoWay
from hikiwake.indices.space import proximity

SETS: tuple[str, ...] = kernels.built().sets() if kernels.built() else ()  # type: ignore[union-attr]
needs_compiled = pytest.mark.skipif(not SETS, reason="the compiled part was not built: no compiler here")
TWO = "trade ~ ln_dist + lang + home + rta | exporter^year + importer^year"
THREE = "trade ~ rta + wave | exporter^year + importer^year + exporter^importer"
KINDS: tuple[Until, ...] = ("optimum", "one step", "quick step")
# Sums of the same numbers in another order: some hundred roundings, relative to what is added up.
ROUNDING = 1e-11


@pytest.fixture(params=SETS or ("none",))
def compiled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv(kernels.CHOICE, request.param)
    found = kernels.compiled()
    assert found is not None
    return found


def made(shape: tuple[int, int, int], kind: str, seed: int) -> tuple[Design, Point]:
    """Return a design with holes, dead levels, zeros and large values, and a point."""
    rng = np.random.default_rng(seed)
    effects: Effects = ThreeWay(shape) if kind == "three" else TwoWay(shape)
    base = np.where(rng.random(shape) < 0.8, rng.lognormal(size=shape), 0.0)
    base[0, 0] = 0.0
    base[:, :, -1] *= rng.random() < 0.5
    target = np.where(rng.random(shape) < 0.6, base * rng.lognormal(size=shape), 0.0)
    x = rng.normal(size=(rng.integers(1, 5), *shape)) * 10.0 ** rng.integers(-2, 3)
    point = Point(rng.normal(size=len(x)) * 0.1, [rng.normal(size=size) for size in effects.levels])
    return Design(target, base, x, effects, intercept=False), point


def same(one: Any, two: Any, least: float = 1e-300) -> None:
    """Compare to rounding of the largest number, or of `least`."""
    if isinstance(one, np.ndarray):
        scale = max(float(np.max(np.abs(two), initial=0.0)), least)
        np.testing.assert_allclose(one / scale, two / scale, atol=ROUNDING)
    elif isinstance(one, float):
        assert one == pytest.approx(two, rel=ROUNDING, abs=ROUNDING)
    else:
        assert len(one) == len(two)
        for pair in zip(one, two, strict=True):
            same(*pair, least)


SHAPES = st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 27))


@needs_compiled
@settings(max_examples=25)
@given(SHAPES, st.sampled_from(["two", "three"]), st.integers(0, 10_000))
def test_every_pass_equals_numpy(shape: tuple[int, int, int], kind: str, seed: int) -> None:
    design, point = made(shape, kind, seed)
    levels = [np.stack([one * (k + 1) for k in range(len(design.regressors))]) for one in point.levels]
    found = kernels.built()
    assert found is not None
    for name in SETS:
        found.use(name)
        ours, plain = Compiled(design.effects, found), Plain(design.effects)
        a, b = np.empty(shape), np.empty(shape)
        ours.predict(design, point, a)
        plain.predict(design, point, b)
        same(a, b)
        same(ours.sweep(design, point, a), plain.sweep(design, point, b))
        same(ours.change(design, point), plain.change(design, point))
        flows = plain.sums(design.regressors, design.target, design.base)
        same(ours.sums(design.regressors, design.target, design.base), flows)
        given_by = [part[1] for part in flows.margins]
        # Levels are logarithms, of factors that may be one but for rounding.
        same(ours.begin(design.base, given_by), plain.begin(design.base, given_by), least=1.0)
        sizes = design.regressors, a, design.base
        same(ours.magnitudes(*sizes), plain.magnitudes(*sizes))
        for taken in (None, levels):
            c, d = np.empty_like(design.regressors), np.empty_like(design.regressors)
            same(ours.project(design.regressors, a, taken, c), plain.project(design.regressors, a, taken, d))
            same(c, d)
        ended = Ended(design.base, design.target, b, design.regressors)
        for along in (0, 1):
            same(ours.scores(ended, along), plain.scores(ended, along))


@needs_compiled
@settings(max_examples=15)
@given(SHAPES, st.sampled_from(["two", "three"]), st.integers(0, 10_000))
def test_equations_are_solved_by_every_set(shape: tuple[int, int, int], kind: str, seed: int) -> None:
    """What is solved for, put back in: levels that fit the sums of some values fit them again."""
    design, _ = made(shape, kind, seed)
    effects, weights = design.effects, design.base
    values = np.random.default_rng(seed).normal(size=(3, *shape))
    right = margins(effects, 3, lambda block: values[:, block] * weights[block])
    with pytest.MonkeyPatch.context() as patch:
        for name in (kernels.NUMPY, *SETS):
            patch.setenv(kernels.CHOICE, name)
            solved = effects.equations(weights).solve(right, None, Accuracy(1e-12, np.ones(3)))
            fitted = np.zeros((3, *shape))
            add_levels(effects, solved, slice(None), fitted)
            again = margins(effects, 3, lambda block: fitted[:, block] * weights[block])  # noqa: B023
            for one, other in zip(again, right, strict=True):
                np.testing.assert_allclose(one, other, atol=1e-8 * float(weights.sum()))


@needs_compiled
def test_the_exponential_is_right_to_the_last_places(compiled: ModuleType) -> None:
    """Against NumPy's, from where it is nothing to the largest exponent that is let through."""
    x = np.concatenate([np.linspace(-707.9, 600.0, 100_003), np.linspace(-1e-8, 1e-8, 101)])
    mean, room = np.empty((1, 1, len(x))), [np.empty((1, 1, 1)), np.empty((1, 1, len(x)))]
    rest = np.empty((0, 0)), np.empty(0), np.empty(1)

    def exponential(values: np.ndarray) -> np.ndarray:
        cells = np.zeros((0, 1, 1, len(values)))
        levels = np.zeros((1, 1)), None, np.ascontiguousarray(values[None])
        ones = np.ones((1, 1, len(values)))
        compiled.sweep(np.empty(0), cells, *levels, ones, ones, mean, room[0], None, room[1], *rest, 0, 1)
        return np.array(mean[0, 0])

    np.testing.assert_allclose(exponential(x), np.exp(x), rtol=4e-16)
    odd = np.zeros_like(x)
    odd[:5] = [np.nan, np.inf, -np.inf, -745.0, 1e6]
    found = exponential(odd)[:5]
    assert np.isnan(found[0])
    np.testing.assert_allclose(found[1:], [np.exp(600.0), 0.0, 0.0, np.exp(600.0)], rtol=4e-16)


@needs_compiled
@pytest.mark.parametrize("formula", [TWO, THREE])
@pytest.mark.parametrize("shape", [Shape(), Shape(missing=0.3), Shape(embargo=True)], ids=str)
def test_a_regression_is_the_same_by_either(
    formula: str, shape: Shape, compiled: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slopes and errors to 1e-9: what the tolerance of the solver leaves open is less than that."""
    data = panel(4, shape)
    formula = formula.replace("rta", "rta + embargo") if shape.embargo else formula
    ours = fit(formula, data, errors=Errors("pair", "parameters"))
    draws = [bootstrap(ours, 3, seed=1, until=until) for until in KINDS]
    monkeypatch.setenv(kernels.CHOICE, kernels.NUMPY)
    plain = fit(formula, data, errors=Errors("pair", "parameters"))
    np.testing.assert_allclose(ours.coefficients, plain.coefficients, rtol=1e-9)
    np.testing.assert_allclose(ours.standard_errors, plain.standard_errors, rtol=1e-9)
    again = [bootstrap(plain, 3, seed=1, until=until) for until in KINDS]
    np.testing.assert_allclose(draws, again, rtol=1e-6)
    assert {name: list(rows) for name, rows in ours.drops.items()} == {
        name: list(rows) for name, rows in plain.drops.items()
    }
    assert ours.dropped_regressors == plain.dropped_regressors


@needs_compiled
@pytest.mark.parametrize("formula", [TWO, THREE])
def test_the_number_of_threads_changes_no_digit(formula: str, compiled: ModuleType) -> None:
    data = panel(4, Shape(60, 20))
    with parallel.cores(1):
        one = fit(formula, data)
    with parallel.cores(3):
        three = fit(formula, data)
    np.testing.assert_array_equal(one.coefficients, three.coefficients)
    np.testing.assert_array_equal(one.standard_errors, three.standard_errors)


@needs_compiled
@pytest.mark.parametrize("shape", [(230, 90), (64, 65), (3, 1), (129, 7)], ids=str)
def test_proximity_is_the_same_to_the_last_bit(
    shape: tuple[int, int], compiled: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = np.random.default_rng(1).random(shape) < 0.3
    present[:, 0] = False
    ours = proximity(present)
    monkeypatch.setenv(kernels.CHOICE, kernels.NUMPY)
    np.testing.assert_array_equal(ours, proximity(present))


@needs_compiled
def test_rows_come_back_in_their_order() -> None:
    found = kernels.built()
    assert found is not None
    cells = np.random.default_rng(1).random((3, 4, 5))
    base = (cells > 0.4) * 1.0
    axes = np.array([1, 2, 0])
    out = np.empty(int(base.sum()))
    found.rows(cells, base, axes, out, 0, 1)
    np.testing.assert_array_equal(out, cells.transpose(axes).ravel()[base.transpose(axes).ravel() > 0.0])
    for wrong in (np.array([0, 1, 1]), np.array([0, 1, 3]), np.array([0, 1])):
        with pytest.raises(ValueError, match="belong together"):
            found.rows(cells, base, wrong, out, 0, 1)
    for size in (len(out) - 1, len(out) + 1):
        with pytest.raises(ValueError, match="belong together"):
            found.rows(cells, base, axes, np.empty(size), 0, 1)


@needs_compiled
def test_what_does_not_fit_is_refused() -> None:
    """Sizes, kinds and places are looked at before anything is read or written."""
    found = kernels.built()
    assert found is not None
    a, cells, out = np.zeros((2, 3)), np.zeros((1, 2, 3, 4)), np.zeros((2, 3, 4))
    good = [np.zeros(1), cells, a, None, np.zeros((2, 4)), out, 0, 2]
    found.predict(*good)
    short, fixed = np.zeros((2, 3, 4)), np.zeros((2, 3, 4))
    fixed.setflags(write=False)
    bad: list[tuple[int, Any, type[Exception]]] = [
        (0, np.zeros(2), ValueError),
        (0, np.zeros((1, 1)), ValueError),
        (1, np.zeros((1, 2, 3, 5)), ValueError),
        (1, cells.astype(np.float32), TypeError),
        (1, cells.astype(np.int64), TypeError),
        (1, cells.astype(">f8"), TypeError),
        (1, None, TypeError),
        (1, cells[:, :, :, ::2], ValueError),
        (2, np.asfortranarray(np.zeros((2, 3))), ValueError),
        (3, np.zeros((3, 5)), ValueError),
        (5, fixed, ValueError),
        (5, short[:, :2], ValueError),
        (6, -1, ValueError),
        (6, 3, ValueError),
        (7, 3, ValueError),
        (7, "2", TypeError),
        (7, 2**70, OverflowError),
    ]
    for place, value, kind in bad:
        with pytest.raises((kind, BufferError)):
            found.predict(*good[:place], value, *good[place + 1 :])
    with pytest.raises(TypeError, match="arguments"):
        found.predict(*good[:-1])
    with pytest.raises(ValueError, match="belong together"):
        found.change(*good[:5], out, out, np.zeros(2), 0, 2)
    with pytest.raises(ValueError, match="no such set"):
        found.use("mmx")


def test_a_choice_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(kernels.CHOICE, "mmx")
    with pytest.raises(BadInput, match="numpy"):
        kernels.compiled()
    monkeypatch.setenv(kernels.CHOICE, kernels.NUMPY)
    assert kernels.compiled() is None
    assert kernels.described().startswith("NumPy")
    monkeypatch.setattr(kernels, "built", lambda: None)
    monkeypatch.delenv(kernels.CHOICE)
    assert kernels.compiled() is None
    assert "built at installation" in kernels.described()
    monkeypatch.setenv(kernels.CHOICE, "avx2")
    with pytest.raises(BadInput, match="not built"):
        kernels.compiled()


@needs_compiled
@pytest.mark.slow
@pytest.mark.parametrize("compiled", in_turn(SETS or ("none",)))
def test_a_brief_prints_the_same_digits_by_either(compiled: str) -> None:
    """As Markdown, which holds what is read: what differs are the last places of numbers for machines."""
    command = [sys.executable, "-m", "hikiwake", "brief", "JPN", "RUS", "-o", "-", "--format", "md"]
    told = set()
    for name in (kernels.NUMPY, compiled):
        environment = {**os.environ, kernels.CHOICE: name}
        told.add(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
    assert len(told) == 1
