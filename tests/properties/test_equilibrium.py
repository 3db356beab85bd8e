"""What must hold of a one-sector equilibrium whatever the trade: units, names, limits, identities."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from hikiwake.equilibrium import (
    Closure,
    Outcome,
    Shock,
    World,
    balance,
    conditional,
    first_round,
    no_shock,
    purged,
    solve,
    solve_many,
    world,
)

CLOSURES: tuple[Closure, ...] = ("additive", "multiplicative", "balanced", "share of world output")
closures = st.sampled_from(CLOSURES)
thetas = st.floats(0.8, 12.0)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Unequal economies that buy most at home, with moderate deficits and, in some, duties."""
    n = draw(st.integers(2, 7))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    size = rng.lognormal(0.0, 1.0, n)
    flows = np.outer(size, size) * rng.lognormal(0.0, 0.7, (n, n)) / size.sum() * 0.3
    flows[np.diag_indices(n)] += size
    duties = rng.uniform(0.0, 0.3, (n, n)) * draw(st.booleans())
    np.fill_diagonal(duties, 0.0)
    return world(flows, tariffs=duties)


@st.composite
def shocks(draw: st.DrawFn, n: int) -> Shock:
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    cost = rng.uniform(0.7, 1.5, (n, n))
    np.fill_diagonal(cost, 1.0)
    return msgspec.structs.replace(no_shock(n), cost=cost, productivity=rng.uniform(0.8, 1.3, n))


def close(one: ArrayLike, other: ArrayLike, tolerance: float = 1e-10) -> None:
    # Markets clear to about 1e-14; a division by theta and sums of a few cells leave three digits of room.
    np.testing.assert_allclose(np.asarray(one), np.asarray(other), rtol=tolerance, atol=1e-12)


def same(one: Outcome, other: Outcome) -> None:
    close(one.welfare, other.welfare)
    close(one.real_wages, other.real_wages)


@given(worlds(), thetas, closures)
def test_no_shock_changes_nothing(base: World, theta: float, closure: Closure) -> None:
    """Of the world the shock is one to: the balanced closure takes the deficits away beforehand."""
    found = solve(base, theta, no_shock(len(base.flows)), closure=closure)
    for ratio in (found.wages, found.prices, found.welfare, found.home_share):
        close(ratio, 1.0, 1e-12)
    close(found.after, found.before, 1e-12)


@given(st.data(), worlds(), thetas, closures)
def test_every_condition_holds(data: st.DataObject, base: World, theta: float, closure: Closure) -> None:
    found = solve(base, theta, data.draw(shocks(len(base.flows))), closure=closure)
    assert found.check.largest < 1e-10
    assert closure in found.assumption
    # Market clearing as a reader would add it up, not as the solver did.
    close(found.after.sum(axis=1), found.wages * found.before.sum(axis=1))


@given(st.data(), worlds(), thetas, closures)
def test_names_and_units_do_not_matter(
    data: st.DataObject, base: World, theta: float, closure: Closure
) -> None:
    n = len(base.flows)
    shock = data.draw(shocks(n))
    found = solve(base, theta, shock, closure=closure)
    same(found, solve(world(base.flows * 151.37, tariffs=base.tariffs), theta, shock, closure=closure))
    order = np.array(data.draw(st.permutations(range(n))))
    square = np.ix_(order, order)
    moved = msgspec.structs.replace(
        no_shock(n), cost=shock.cost[square], productivity=shock.productivity[order]
    )
    again = solve(world(base.flows[square], tariffs=base.tariffs[square]), theta, moved, closure=closure)
    close(again.welfare, found.welfare[order])


@given(st.data(), worlds(), thetas, st.sampled_from(CLOSURES[1:]))
def test_the_numeraire_is_only_a_unit(
    data: st.DataObject, base: World, theta: float, closure: Closure
) -> None:
    """Not for additive deficits: they are fixed in units of the numeraire, which the result says."""
    n = len(base.flows)
    named = msgspec.structs.replace(base, economies=tuple(f"E{k}" for k in range(n)))
    shock = data.draw(shocks(n))
    one, other = (solve(named, theta, shock, closure=closure, numeraire=unit) for unit in (None, "E1"))
    same(one, other)
    assert other.wages[1] == pytest.approx(1.0, abs=1e-14)
    close(
        one.wages @ base.output if closure != "balanced" else 1.0,
        base.output.sum() if closure != "balanced" else 1.0,
    )


@given(st.data(), worlds(), thetas, st.sampled_from(["additive", "balanced", "share of world output"]))
def test_going_back_leads_back(data: st.DataObject, base: World, theta: float, closure: Closure) -> None:
    """Costs undone from the new trade restore the old; the numeraire of both is world output."""
    n = len(base.flows)
    shock = msgspec.structs.replace(data.draw(shocks(n)), productivity=np.ones(n))
    there = solve(base, theta, shock, closure=closure)
    undo = msgspec.structs.replace(shock, cost=1.0 / shock.cost)
    back = solve(world(there.after, tariffs=base.tariffs), theta, undo, closure=closure)
    close(back.after, there.before, 1e-9)
    close(back.welfare * there.welfare, 1.0, 1e-9)


@given(st.data(), worlds(), thetas)
def test_home_shares_tell_welfare_where_trade_is_balanced(
    data: st.DataObject, base: World, theta: float
) -> None:
    free = purged(world(base.flows), theta)
    shock = msgspec.structs.replace(data.draw(shocks(len(base.flows))), productivity=np.ones(len(base.flows)))
    found = solve(free, theta, shock, closure="balanced")
    close(found.welfare, found.arkolakis)
    close(found.real_wages, found.arkolakis)


@given(worlds(), thetas, st.floats(0.5, 2.0), closures)
def test_a_uniform_change_of_all_costs_acts_on_prices_alone(
    base: World, theta: float, ratio: float, closure: Closure
) -> None:
    """Costs at home too: nothing but the price level moves, by the change itself."""
    n = len(base.flows)
    before = solve(base, theta, no_shock(n), closure=closure)
    everywhere = msgspec.structs.replace(no_shock(n), cost=np.full((n, n), ratio))
    found = solve(base, theta, everywhere, closure=closure)
    close(found.welfare * ratio, before.welfare)
    close(found.after, before.after)
    # Productivity everywhere is the same thing turned round.
    close(
        solve(base, theta, no_shock(n).with_productivity(1.0 / ratio), closure=closure).welfare, found.welfare
    )


@given(worlds(), thetas)
def test_dearer_trade_abroad_lowers_welfare_of_all_when_economies_are_alike(
    base: World, theta: float
) -> None:
    n = len(base.flows)
    alike = np.full((n, n), 1.0)
    np.fill_diagonal(alike, 5.0)
    welfare = [
        solve(world(alike), theta, no_shock(n).with_cost(ratio)).welfare for ratio in (0.9, 1.0, 1.1, 2.0)
    ]
    assert all(np.all(one > other) for one, other in pairwise(welfare))


@given(worlds(), st.floats(2.0, 9.0))
def test_an_embargo_is_the_limit_of_growing_costs(base: World, theta: float) -> None:
    """Both ways and without deficits: of two economies, who may not sell cannot pay for what it buys."""
    n = len(base.flows)

    def welfare(shock: Shock) -> np.ndarray:
        return solve(base, theta, shock, closure="balanced").welfare

    limit = welfare(no_shock(n).with_embargo(0, 1).with_embargo(1, 0))
    close(welfare(no_shock(n).with_cost(np.inf, 0, 1).with_cost(np.inf, 1, 0)), limit, 1e-13)
    gaps = []
    for leak in (1e-3, 1e-6, 1e-9):
        ratio = leak ** (-1.0 / theta)
        dear = welfare(no_shock(n).with_cost(ratio, 0, 1).with_cost(ratio, 1, 0))
        close(dear, welfare(no_shock(n).with_embargo(0, 1, leakage=leak).with_embargo(1, 0, leakage=leak)))
        gaps.append(np.abs(dear - limit).max())
    assert gaps[0] > gaps[1] > gaps[2] or gaps[0] < 1e-9
    assert gaps[2] < 1e-4


@given(st.data(), worlds(), thetas, closures)
def test_welfare_is_continuous_in_the_shock(
    data: st.DataObject, base: World, theta: float, closure: Closure
) -> None:
    n = len(base.flows)
    shock = data.draw(shocks(n))
    nearby = msgspec.structs.replace(shock, cost=np.where(shock.cost != 1.0, shock.cost * (1.0 + 1e-7), 1.0))
    step = (
        solve(base, theta, nearby, closure=closure).welfare
        - solve(base, theta, shock, closure=closure).welfare
    )
    # The change of log welfare with log costs is a few trade shares: never large.
    assert np.abs(step).max() < 1e-5


@given(worlds(), thetas, st.floats(-1.0, 1.0), closures)
def test_an_estimated_effect_is_a_change_of_costs(
    base: World, theta: float, beta: float, closure: Closure
) -> None:
    n = len(base.flows)
    by_effect = solve(base, theta, no_shock(n).with_effect(beta, [0], [1]), closure=closure)
    same(
        by_effect, solve(base, theta, no_shock(n).with_cost(np.exp(-beta / theta), [0], [1]), closure=closure)
    )


@given(worlds(), thetas)
def test_a_gift_helps_who_receives_it(base: World, theta: float) -> None:
    n = len(base.flows)
    gift = 0.01 * float(base.output.min())
    none = solve(base, theta, no_shock(n), closure="additive")
    found = solve(base, theta, no_shock(n).with_transfer(gift, 0, 1), closure="additive")
    assert found.welfare[1] > none.welfare[1]
    assert found.welfare[0] < none.welfare[0]
    # World spending stays world output, to the rounding of sums.
    close(found.expenditure.sum(), found.income.sum())


@given(worlds(), thetas)
def test_duties_are_income(base: World, theta: float) -> None:
    """A small duty of a large economy pays; all of it reaches the budget."""
    n = len(base.flows)
    rates = np.zeros((n, n))
    rates[1:, 0] = 0.01
    free = world(base.flows)
    found = solve(free, theta, no_shock(n).with_tariffs(rates), closure="share of world output")
    revenue = (rates * found.after).sum(axis=0)
    close(found.income, found.wages * free.output + revenue)
    assert found.check.largest < 1e-10
    again = solve(
        world(found.after, tariffs=rates),
        theta,
        no_shock(n).with_tariffs(0.0),
        closure="share of world output",
    )
    close(again.welfare * found.welfare, 1.0, 1e-9)


@given(st.data(), worlds(), thetas)
def test_short_of_the_full_equilibrium(data: st.DataObject, base: World, theta: float) -> None:
    n = len(base.flows)
    shock = data.draw(shocks(n))
    held = conditional(base, theta, shock)
    close(held.after.sum(axis=1), base.output)
    close(held.after.sum(axis=0), base.bought)
    direct = first_round(base, theta, shock)
    # Trade is the first round scaled by powers of both resistances.
    close(held.after, direct * np.outer(held.outward**theta, held.inward**theta), 1e-9)
    close(direct, base.flows * (shock.cost / shock.productivity[:, None]) ** -theta)
    again = balance(held.after, base.output, base.bought)
    close(again.rows / again.rows[0], 1.0)


@given(st.data(), worlds(), closures)
def test_many_at_once_are_as_one_by_one(data: st.DataObject, base: World, closure: Closure) -> None:
    n = len(base.flows)
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    factors = rng.lognormal(0.0, 0.6, (5, n, n))
    powers = np.full(5, 4.0) if closure == "balanced" else rng.uniform(1.0, 9.0, 5)
    found = solve_many(base, powers, factors, closure=closure)
    for row in range(5):
        shock = msgspec.structs.replace(no_shock(n), effect=factors[row])
        alone = solve(base, powers[row], shock, closure=closure)
        close(found.welfare[row], alone.welfare)
        close(found.wages[row], alone.wages)
        close(found.prices[row], alone.prices)
    cells = [[0, 1], [1, 0]]
    sparse = solve_many(base, 4.0, factors[:, 0, :2], cells, closure=closure)
    whole = np.ones((5, n, n))
    whole[:, 0, 1], whole[:, 1, 0] = factors[:, 0, 0], factors[:, 0, 1]
    close(sparse.welfare, solve_many(base, 4.0, whole, closure=closure).welfare)
