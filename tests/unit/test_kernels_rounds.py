"""The compiled rounds of many sectors equal NumPy's, for every set of instructions."""

from __future__ import annotations

from copy import copy
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hikiwake import kernels
from hikiwake.equilibrium import Closure, Move, Sectors, SectorShock, sectors, solve_draws
from hikiwake.equilibrium.compiled import Compiled
from hikiwake.equilibrium.many_sectors import draws_of, model_of, near
from hikiwake.equilibrium.rounds import State
from hikiwake.equilibrium.settling import settle
from hikiwake.equilibrium.ways import Plain

SETS: tuple[str, ...] = kernels.built().sets() if kernels.built() else ()  # type: ignore[union-attr]
pytestmark = pytest.mark.skipif(not SETS, reason="the compiled part was not built: no compiler here")
CLOSURE: Closure = "share of world output"
# Sums of the same numbers in another order, and an exponential and a logarithm of our own.
ROUNDING = 1e-13


def world(seed: int, k: int, n: int, *, duty: bool = False) -> Sectors:
    numbers = np.random.default_rng(seed)
    flows = numbers.uniform(0.1, 2.0, (k, n, n))
    flows[:, np.arange(n), np.arange(n)] += 2.0 * n
    if k > 1:  # an economy that neither sells nor buys one sector's goods, but at home
        flows[1, 0] = 0.0
        flows[1, :, 0] = 0.0
    flows[0, np.arange(n), np.arange(n)] += 0.1
    inputs = numbers.uniform(0.1, 1.0, (n, k, k)) / k * flows.sum(axis=2).T[:, :, None] * 0.6
    inputs = np.minimum(inputs, 0.9 * flows.sum(axis=1).T[:, None, :] / k)
    return sectors(flows, inputs, tariffs=numbers.uniform(0.0, 0.3, flows.shape) if duty else None)


def shock(duty: bool, n: int) -> SectorShock:
    moves = (
        Move((0,), (1,), cost=1.3),
        Move((0, 1), (1, n - 1), sectors=(0,), effect=0.2, tariff=0.1 if duty else None),
    )
    return SectorShock(moves, transfer=np.linspace(-0.1, 0.1, n))


@pytest.fixture(params=SETS or ("none",))
def loops(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv(kernels.CHOICE, request.param)
    found = kernels.compiled()
    assert found is not None
    return found


@given(st.integers(0, 10**6), st.integers(1, 11), st.integers(2, 19), st.integers(1, 40), st.booleans())
@settings(max_examples=20, deadline=None)
def test_steps_equal_numpys(seed: int, k: int, n: int, b: int, duty: bool) -> None:
    """Four accelerated rounds, corrected and not, from anywhere."""
    base, change = world(seed, k, n, duty=duty), shock(duty, n)
    numbers = np.random.default_rng(seed)
    model, theta = model_of(base, change, CLOSURE), numbers.uniform(0.5, 12.0, (k, b))
    draws = draws_of(model, theta, change)
    spread = 10.0 ** numbers.uniform(-4.0, -1.0)
    start = State(
        spread * numbers.normal(size=(k, b, n)),
        np.exp(spread * numbers.normal(size=(k, b, n))),
        spread * numbers.normal(size=(b, n)),
        np.zeros((0, k, b)),
    )
    for name in SETS:
        found = kernels.built()
        assert found is not None
        found.use(name)
        for corrected in (None, near(base, CLOSURE, tuple(theta.mean(axis=1).tolist()))):
            plain = Plain(model, draws, start, corrected)
            compiled = Compiled(model, draws, start, corrected, found)
            for _ in range(4):
                gaps = plain.round(), compiled.round()
                assert gaps[1] == pytest.approx(gaps[0], rel=1e-9, abs=ROUNDING)
                ends = plain.last().state, compiled.last().state
                for one, other in zip(*(end[:3] for end in ends), strict=True):
                    # Acceleration solves for weights, which multiplies what is lost by rounding.
                    np.testing.assert_allclose(other, one, rtol=1e-9, atol=1e-9)
                plain.go_on()
                compiled.go_on()


def test_one_round_equals_numpys_but_for_rounding(loops: ModuleType) -> None:
    base, change = world(3, 7, 13, duty=True), shock(True, 13)
    model, theta = model_of(base, change, CLOSURE), np.random.default_rng(3).uniform(0.5, 12.0, (7, 21))
    draws = draws_of(model, theta, change)
    compiled = Compiled(model, draws, model.start(21), None, loops)
    compiled.round()
    step = compiled._step
    after = model.round(model.start(21), draws).state
    for one, other in ((step.prices, after.prices), (step.spending + 1.0, after.spending)):
        np.testing.assert_allclose(one[:, :, :21], other.transpose(0, 2, 1), atol=ROUNDING)
    np.testing.assert_allclose(step.wages[:, :21], after.wages.T, atol=ROUNDING)


@pytest.mark.parametrize("duty", [False, True])
def test_draws_come_to_the_same(loops: ModuleType, monkeypatch: pytest.MonkeyPatch, duty: bool) -> None:
    del loops
    base, change = world(5, 6, 9, duty=duty), shock(duty, 9)
    theta = np.random.default_rng(5).uniform(2.0, 9.0, (21, 6))
    found = solve_draws(base, theta, change, closure=CLOSURE, pairs=[(0, 1)])
    monkeypatch.setenv(kernels.CHOICE, kernels.NUMPY)
    meant = solve_draws(base, theta, change, closure=CLOSURE, pairs=[(0, 1)])
    assert max(found.residual, meant.residual) < 5e-11
    for name in ("wages", "welfare", "prices", "output", "trade"):
        np.testing.assert_allclose(getattr(found, name), getattr(meant, name), rtol=1e-9)


@pytest.mark.parametrize("part", [40.0, 1.0])
def test_a_wrong_correction_changes_the_way_and_not_the_end(loops: ModuleType, part: float) -> None:
    """One that leads astray is dropped on the way, one that stands still after it."""
    del loops
    base, change = world(8, 4, 6), shock(False, 6)
    model = model_of(base, change, CLOSURE)
    draws = draws_of(model, np.random.default_rng(8).uniform(2.0, 9.0, (4, 5)), change)
    right = near(base, CLOSURE, (4.0,) * 4)
    wrong = copy(right)  # the right one is kept for the world
    wrong.more = -part * np.eye(len(right.more))
    meant, found = (settle(model, draws, model.start(5), corrected=one).last.state for one in (right, wrong))
    np.testing.assert_allclose(found.prices, meant.prices, atol=1e-10)
    np.testing.assert_allclose(found.wages, meant.wages, atol=1e-10)


def test_what_does_not_fit_is_refused(loops: ModuleType) -> None:
    base, change = world(1, 3, 4), shock(False, 4)
    model = model_of(base, change, CLOSURE)
    draws = draws_of(model, np.full((3, 5), 4.0), change)

    def way() -> Compiled:
        return Compiled(model, draws, model.start(5), None, loops)

    for name, wrong in (("origins", 4), ("destinations", -1), ("parts", 9)):
        one = way()
        places: dict[str, Any] = {name: np.full_like(one._laid.origins, wrong)}
        one._laid = one._laid._replace(**places)
        with pytest.raises(ValueError, match="do not belong together"):
            one.round()
    short = way()
    short._theta = np.full((3, 5), 4.0)
    with pytest.raises(ValueError, match="is wanted"):
        short.round()
    room = np.empty((2, 8))
    with pytest.raises(ValueError, match="do not belong together"):
        loops.remember(
            *(np.empty((6, 8)) for _ in range(4)), *(np.empty((2, 6, 8)) for _ in range(2)), room, room, 1, 1
        )
    with pytest.raises(ValueError, match="do not belong together"):
        loops.levels(
            np.empty((3, 4)), np.eye(11), *(np.empty((3, 4, 8)) for _ in range(2)), np.empty((4, 8)), 0, 8
        )


def test_what_is_no_number_is_no_end(loops: ModuleType) -> None:
    base, change = world(2, 3, 4), shock(False, 4)
    model = model_of(base, change, CLOSURE)
    draws = draws_of(model, np.full((3, 5), 4.0), change)
    for part in ("prices", "spending", "wages"):
        for value in (np.nan, np.inf):
            compiled = Compiled(model, draws, model.start(5), None, loops)
            getattr(compiled._x, part)[0, 0] = value
            assert not np.isfinite(compiled.round())
