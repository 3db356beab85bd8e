"""What must hold of many linked sectors: the identities of the theory, units, names, limits, draws."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from hikiwake.equilibrium import (
    Closure,
    Move,
    SectorOutcome,
    Sectors,
    SectorShock,
    first_round_draws,
    first_round_sectors,
    no_shock,
    sectors,
    solve,
    solve_draws,
    solve_sectors,
    without_deficits,
    world,
)

CLOSURES: tuple[Closure, ...] = ("additive", "multiplicative", "balanced", "share of world output")
closures = st.sampled_from(CLOSURES)
Shape = tuple[int, int]
# Each example is some equilibria of tens of rounds.
FEW = settings(max_examples=30)


@st.composite
def worlds(draw: st.DrawFn, *, duties: bool = True) -> Sectors:
    """Unequal economies with inputs of every sector, an idle sector in some, duties in some."""
    n, k = draw(st.integers(2, 5)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    size = rng.lognormal(0.0, 0.8, n)
    flows = np.outer(size, size) / size.sum() * rng.lognormal(0.0, 0.7, (k, n, n)) * 0.25
    flows[:, np.arange(n), np.arange(n)] += size * rng.uniform(0.5, 1.5, (k, n))
    if k > 1 and draw(st.booleans()):
        flows[0, 0] = 0.0  # nobody works there, and all is imported
    bought = np.minimum(flows.sum(axis=1), flows.sum(axis=2)).T
    parts = rng.dirichlet(np.ones(k + 1), (n, k))[:, :, :k]
    inputs = parts * np.minimum(bought[:, :, None], bought[:, None, :]) / (k + 1)
    rates = rng.uniform(0.0, 0.2, (k, n, n)) if duties and draw(st.booleans()) else None
    if rates is not None:
        rates[:, np.arange(n), np.arange(n)] = 0.0
    return sectors(flows, inputs, tariffs=rates)


@st.composite
def thetas(draw: st.DrawFn, k: int) -> np.ndarray:
    return np.random.default_rng(draw(st.integers(0, 10**6))).uniform(1.0, 9.0, k)


@st.composite
def shocks(draw: st.DrawFn, base: Sectors) -> SectorShock:
    """Two moves that may touch the same cells, and productivity."""
    k, n, _ = base.flows.shape
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    some = (int(rng.integers(k)),) if draw(st.booleans()) else ()
    moves = (Move((0,), (n - 1,), some, cost=rng.uniform(0.7, 1.6)), Move((0,), cost=rng.uniform(0.8, 1.4)))
    return SectorShock(moves, productivity=rng.uniform(0.8, 1.3, (k, n)))


def close(one: ArrayLike, other: ArrayLike, tolerance: float = 1e-9) -> None:
    # Rounds end when nothing moves by 1e-12; sums over inputs of inputs leave three digits of room.
    np.testing.assert_allclose(np.asarray(one), np.asarray(other), rtol=tolerance, atol=1e-11)


def size(base: Sectors) -> Shape:
    return base.flows.shape[0], base.flows.shape[1]


@FEW
@given(st.data(), worlds(), closures)
def test_no_shock_changes_nothing(data: st.DataObject, base: Sectors, closure: Closure) -> None:
    found = solve_sectors(base, data.draw(thetas(size(base)[0])), SectorShock(), closure=closure)
    for ratio in (found.wages, found.prices, found.costs, found.cost_of_living, found.welfare):
        close(ratio, 1.0, 1e-12)
    close(found.after, found.before, 1e-11)


@FEW
@given(st.data(), worlds(), closures)
def test_every_condition_holds(data: st.DataObject, base: Sectors, closure: Closure) -> None:
    theta, shock = data.draw(thetas(size(base)[0])), data.draw(shocks(base))
    found = solve_sectors(base, theta, shock, closure=closure)
    assert found.check.largest < 1e-10
    assert closure in found.assumption


@FEW
@given(st.data(), worlds())
def test_home_shares_of_all_sectors_tell_welfare(data: st.DataObject, base: Sectors) -> None:
    """W^_j = prod_kl pi^_jjl^(-alpha_jk a_jkl / theta_l), with a the Leontief inverse of input shares.

    Costinot & Rodriguez-Clare (2014), Handbook of International Economics 4:197, equation 29; balanced trade,
    no duties, productivity as it was.
    """
    k = size(base)[0]
    theta = data.draw(thetas(k))
    free = without_deficits(msgspec.structs.replace(base, tariffs=None), theta)
    shock = SectorShock(data.draw(shocks(base)).moves)
    found = solve_sectors(free, theta, shock, closure="balanced")
    if np.einsum("kii->ki", free.flows).min() <= 0.0:
        return  # an idle sector has no home share
    home = np.einsum("kii->ki", found.after / found.after.sum(axis=1, keepdims=True))
    before = np.einsum("kii->ki", free.shares)
    leontief = np.linalg.inv(np.eye(k) - free.inputs)
    exponent = np.einsum("jk,jkl->lj", free.final, leontief) / theta[:, None]
    close(found.welfare, np.prod((home / before) ** -exponent, axis=0))


@FEW
@given(st.data(), worlds(), st.floats(1.0, 9.0), closures)
def test_one_sector_without_inputs_is_the_one_sector_model(
    data: st.DataObject, base: Sectors, theta: float, closure: Closure
) -> None:
    flows = base.flows[-1]
    n = len(flows)
    rates = np.zeros((n, n)) if base.tariffs is None else base.tariffs[-1]
    alone = world(flows, tariffs=rates)
    linked = sectors(flows[None], np.zeros((n, 1, 1)), tariffs=rates[None])
    new = data.draw(st.sampled_from([None, 0.15]))
    one = no_shock(n).with_cost(0.8, 0, 1)
    move = Move((0,), (1,), cost=0.8, tariff=new)
    if new is not None:
        changed = rates.copy()
        changed[0, 1] = new
        one = one.with_tariffs(changed)
    expected = solve(alone, theta, one, closure=closure)
    found = solve_sectors(linked, theta, SectorShock((move,)), closure=closure)
    close(found.welfare, expected.welfare)
    close(found.wages, expected.wages)
    close(found.after[0], expected.after)


@FEW
@given(st.data(), worlds(duties=False), st.floats(1.0, 9.0))
def test_sectors_that_are_alike_collapse_to_one(data: st.DataObject, base: Sectors, theta: float) -> None:
    """The same trade, inputs and theta in each sector: real income is that of the one sector they are."""
    del data
    n = size(base)[1]
    flows = base.flows[-1]
    use = 0.3 * np.minimum(flows.sum(axis=0), flows.sum(axis=1))
    twin = sectors(np.stack([flows, flows]), np.repeat(np.repeat(use[:, None, None], 2, 1), 2, 2) / 2)
    one = sectors(2.0 * flows[None], 2.0 * use[:, None, None])
    shock = SectorShock((Move((0,), (n - 1,), cost=0.8),))
    close(solve_sectors(twin, theta, shock).welfare, solve_sectors(one, theta, shock).welfare)


@FEW
@given(st.data(), worlds(), closures)
def test_names_and_units_do_not_matter(data: st.DataObject, base: Sectors, closure: Closure) -> None:
    k, n = size(base)
    theta = data.draw(thetas(k))
    shock = SectorShock((Move((0,), (1,), cost=0.7),))
    found = solve_sectors(base, theta, shock, closure=closure)
    dollars = msgspec.structs.replace(base, flows=base.flows * 151.37)
    close(solve_sectors(dollars, theta, shock, closure=closure).welfare, found.welfare)
    order = np.array(data.draw(st.permutations(range(n))))
    kinds = np.array(data.draw(st.permutations(range(k))))
    moved = Sectors(
        flows=base.flows[np.ix_(kinds, order, order)],
        tariffs=None if base.tariffs is None else base.tariffs[np.ix_(kinds, order, order)],
        inputs=base.inputs[np.ix_(order, kinds, kinds)],
        value_added=base.value_added[np.ix_(order, kinds)],
        final=base.final[np.ix_(order, kinds)],
        economies=(),
        names=(),
    )
    where = {int(old): new for new, old in enumerate(order)}
    again = solve_sectors(
        moved, theta[kinds], SectorShock((Move((where[0],), (where[1],), cost=0.7),)), closure=closure
    )
    close(again.welfare, found.welfare[order])


@FEW
@given(st.data(), worlds(), st.sampled_from(CLOSURES[1:]))
def test_the_numeraire_is_only_a_unit(data: st.DataObject, base: Sectors, closure: Closure) -> None:
    k, n = size(base)
    named = msgspec.structs.replace(base, economies=tuple(f"E{i}" for i in range(n)))
    theta, shock = data.draw(thetas(k)), data.draw(shocks(base))
    one, other = (solve_sectors(named, theta, shock, closure=closure, numeraire=u) for u in (None, "E1"))
    close(one.welfare, other.welfare)
    close(one.real_wages, other.real_wages)
    close(one.real_output, other.real_output)
    assert other.wages[1] == pytest.approx(1.0, abs=1e-12)


@FEW
@given(st.data(), worlds(), st.sampled_from(["additive", "balanced"]))
def test_going_back_leads_back(data: st.DataObject, base: Sectors, closure: Closure) -> None:
    theta = data.draw(thetas(size(base)[0]))
    there = solve_sectors(base, theta, SectorShock((Move((0,), cost=0.8),)), closure=closure)
    after = msgspec.structs.replace(base, flows=there.after)
    back = solve_sectors(after, theta, SectorShock((Move((0,), cost=1.25),)), closure=closure)
    close(back.after, there.before, 1e-8)
    close(back.welfare * there.welfare, 1.0)


@FEW
@given(st.data(), worlds(), st.floats(0.6, 1.8))
def test_productivity_everywhere_is_welfare_everywhere(
    data: st.DataObject, base: Sectors, ratio: float
) -> None:
    """Through inputs it counts more than once: by the Leontief inverse, and relative trade does not move."""
    k, n = size(base)
    shock = SectorShock(productivity=np.full((k, n), ratio))
    found = solve_sectors(base, data.draw(thetas(k)), shock, closure="share of world output")
    if base.tariffs is None:
        multiplier = np.einsum("jk,jkl->j", base.final, np.linalg.inv(np.eye(k) - base.inputs))
        if np.allclose(multiplier, multiplier[0]):
            close(found.welfare, ratio**multiplier)
    assert np.all((found.welfare > 1.0) == (ratio > 1.0)) or abs(ratio - 1.0) < 1e-3


@FEW
@given(st.data(), worlds())
def test_an_embargo_is_the_limit_of_growing_costs(data: st.DataObject, base: Sectors) -> None:
    theta = data.draw(thetas(size(base)[0])).clip(2.0)

    def welfare(*, effect: float = 1.0, cost: float = 1.0) -> np.ndarray:
        both = (Move((0,), (1,), (), cost, effect), Move((1,), (0,), (), cost, effect))
        return solve_sectors(base, theta, SectorShock(both), closure="balanced").welfare

    if size(base)[1] == 2:
        return  # two economies that trade with nobody have no relative wage
    limit = welfare(effect=0.0)
    close(welfare(cost=np.inf), limit, 1e-12)
    gaps = [np.abs(welfare(effect=leak) - limit).max() for leak in (1e-2, 1e-4, 1e-6)]
    assert gaps[0] > gaps[1] > gaps[2] or gaps[0] < 1e-9


@FEW
@given(st.data(), worlds())
def test_welfare_is_continuous_in_the_shock(data: st.DataObject, base: Sectors) -> None:
    theta = data.draw(thetas(size(base)[0]))
    near = [solve_sectors(base, theta, SectorShock((Move((0,), cost=c),))).welfare for c in (1.2, 1.2000001)]
    assert np.abs(near[1] - near[0]).max() < 1e-5


@FEW
@given(st.data(), worlds(), st.sampled_from(["additive", "multiplicative", "share of world output"]))
def test_draws_are_as_one_by_one(data: st.DataObject, base: Sectors, closure: Closure) -> None:
    k, n = size(base)
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    powers = rng.uniform(1.5, 8.0, (5, k))
    costs, effects = rng.uniform(0.7, 1.4, (5, 2)), rng.uniform(0.3, 1.5, (5, 2))
    tariff = 0.1 if data.draw(st.booleans()) else None
    shock = SectorShock((Move((0,), (n - 1,), tariff=tariff), Move((0,))))
    found = solve_draws(
        base, powers, shock, costs=costs, effects=effects, pairs=[(0, n - 1), (1, 0)], closure=closure
    )
    assert found.residual < 1e-10
    for row in range(5):
        moves = tuple(
            msgspec.structs.replace(move, cost=costs[row, m], effect=effects[row, m])
            for m, move in enumerate(shock.moves)
        )
        alone = solve_sectors(base, powers[row], SectorShock(moves), closure=closure)
        close(found.welfare[row], alone.welfare)
        close(found.wages[row], alone.wages)
        close(found.cost_of_living[row], alone.cost_of_living)
        close(found.output[row], alone.after.sum(axis=2))
        close(found.costs[row], alone.costs)
        abroad = alone.after.sum(axis=(0, 2)) - np.einsum("kii->i", alone.after)
        # What is sold abroad is all less what is sold at home: as exact as these.
        assert np.abs(found.exports[row] - abroad).max() < 1e-9 * alone.after.sum()
        # A flow answers to a cost by the power of an elasticity, here 8 at most.
        close(found.trade[row, 0], alone.after[:, 0, n - 1], 1e-8)
        close(found.trade[row, 1], alone.after[:, 1, 0], 1e-8)


@FEW
@given(st.data(), worlds())
def test_the_first_round_changes_no_other_trade(data: st.DataObject, base: Sectors) -> None:
    theta = data.draw(thetas(size(base)[0]))
    direct = first_round_sectors(base, theta, SectorShock((Move((0,), (1,), cost=0.9),)))
    expected = base.flows.copy()
    expected[:, 0, 1] *= 0.9**-theta
    close(direct, expected, 1e-13)


def four(seed: int) -> Sectors:
    """Return a world of four economies and three sectors: whom a limit hits can sell elsewhere."""
    rng = np.random.default_rng(seed)
    flows = rng.uniform(0.05, 0.4, (3, 4, 4))
    flows[:, np.arange(4), np.arange(4)] += rng.uniform(0.8, 1.6, (3, 4))
    bought = np.minimum(flows.sum(axis=1), flows.sum(axis=2)).T
    parts = rng.dirichlet(np.ones(4), (4, 3))[:, :, :3]
    return sectors(flows, parts * np.minimum(bought[:, :, None], bought[:, None, :]) / 4)


@settings(max_examples=12)
@given(st.integers(0, 10**6), closures, st.floats(0.5, 1.2))
def test_a_limit_holds_and_costs_no_more_than_it_must(seed: int, closure: Closure, limit: float) -> None:
    """Limited trade comes to its limit or below it, and is made dearer only where it would exceed it."""
    base, theta = four(seed), np.random.default_rng(seed).uniform(1.5, 8.0, 3)
    diverted, held_back = Move((0,), (3,), effect=0.2), Move((0,), (1,), limit=limit)

    def found(move: Move) -> SectorOutcome:
        return solve_sectors(base, theta, SectorShock((diverted, move)), closure=closure)

    held = found(held_back)
    assert held.check.largest < 1e-10
    old, sold = held.before[:, 0, 1], held.after[:, 0, 1] / held.costs[:, 0]
    assert (sold <= limit * old * (1.0 + 1e-9)).all()
    slack = sold < limit * old * (1.0 - 1e-9)
    close(held.limits[0][slack], 1.0)
    assert (held.limits <= 1.0).all()
    # A limit that nothing reaches changes nothing.
    free = found(msgspec.structs.replace(held_back, limit=None))
    close(found(msgspec.structs.replace(held_back, limit=1e6)).welfare, free.welfare)


@settings(max_examples=8)
@given(st.integers(0, 10**6), st.floats(0.6, 1.1))
def test_draws_under_a_limit_are_as_one_by_one(seed: int, limit: float) -> None:
    base, rng = four(seed), np.random.default_rng(seed)
    powers, effects = rng.uniform(1.5, 8.0, (4, 3)), rng.uniform(0.3, 1.5, (4, 2))
    moves = (Move((0,), (3,)), Move((1,), (0,), limit=limit))
    found = solve_draws(base, powers, SectorShock(moves), effects=effects, pairs=[(1, 0)])
    assert found.residual < 1e-10
    for row in range(4):
        drawn = tuple(msgspec.structs.replace(move, effect=effects[row, m]) for m, move in enumerate(moves))
        alone = solve_sectors(base, powers[row], SectorShock(drawn))
        close(found.welfare[row], alone.welfare)
        close(found.prices[row], alone.prices)
        close(found.trade[row, 0], alone.after[:, 1, 0])


@FEW
@given(st.data(), worlds())
def test_first_rounds_of_draws_are_those_of_each(data: st.DataObject, base: Sectors) -> None:
    k, n = size(base)
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    powers = rng.uniform(1.5, 8.0, (3, k))
    costs, effects = rng.uniform(0.7, 1.4, (3, 2)), rng.uniform(0.3, 1.5, (3, 2))
    moves = (Move((0,), (n - 1,), tariff=0.15), Move((0,), limit=0.9))
    made = rng.uniform(0.8, 1.3, (k, n))
    shock = SectorShock(moves, productivity=made)
    ratios = first_round_draws(base, powers, shock, costs=costs, effects=effects, pairs=[(0, n - 1), (1, 0)])
    for row in range(3):
        drawn = tuple(
            msgspec.structs.replace(move, cost=costs[row, m], effect=effects[row, m])
            for m, move in enumerate(moves)
        )
        alone = first_round_sectors(base, powers[row], SectorShock(drawn, productivity=made))
        close(ratios[row, 0], alone[:, 0, n - 1].sum() / base.flows[:, 0, n - 1].sum())
        close(ratios[row, 1], alone[:, 1, 0].sum() / base.flows[:, 1, 0].sum())
