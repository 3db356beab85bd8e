"""What the solvers refuse: one clear error, with the place, the reason and the remedy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from hikiwake.core.errors import BadInput, HikiwakeError, NoData, NoSolution
from hikiwake.equilibrium import (
    Move,
    Sectors,
    SectorShock,
    World,
    balance,
    no_shock,
    sectors,
    solve,
    solve_draws,
    solve_many,
    solve_sectors,
    world,
)

TWO = [[8.0, 2.0], [1.0, 9.0]]


def pair() -> World:
    return world(TWO, economies=["JPN", "RUS"])


@pytest.mark.parametrize(
    ("make", "kind", "where", "why"),
    [
        (lambda: world([[1.0, 2.0]]), BadInput, "flows", "(1, 2)"),
        (lambda: world([[8.0, -2.0], [1.0, 9.0]]), BadInput, "flows[0, 1]", "-2"),
        (lambda: world([[8.0, np.nan], [1.0, 9.0]]), BadInput, "flows[0, 1]", "NaN"),
        (lambda: world([[8.0, 2.0], [1.0, 0.0]]), BadInput, "flows[1, 1]", "domestic sales"),
        (lambda: world(TWO, tariffs=-0.1), BadInput, "tariffs[0, 0]", "-0.1"),
        (lambda: world(TWO, tariffs=[0.1, 0.2, 0.3]), BadInput, "tariffs", "(3,)"),
        (lambda: world(TWO, economies=["JPN"]), BadInput, "economies", "1 different names for 2"),
        (lambda: pair().place("JPM"), NoData, "'JPM'", "none of them"),
        (lambda: solve(pair(), 0.0, no_shock(2)), BadInput, "theta", "sigma > 1"),
        (lambda: solve(pair(), -1.0, no_shock(2)), BadInput, "theta", "is -1"),
        (lambda: solve(pair(), 4.0, no_shock(2), closure="fixed"), BadInput, "'fixed'", "no such rule"),  # type: ignore[arg-type]
        (lambda: solve(pair(), 4.0, no_shock(2), numeraire="USA"), NoData, "'USA'", "none of them"),
        (lambda: solve(pair(), 4.0, no_shock(3)), BadInput, "shock", "3 economies"),
        (lambda: no_shock(2).with_cost(0.0), BadInput, "cost ratio 0", "above zero"),
        (lambda: no_shock(2).with_embargo(0, 1, leakage=1.5), BadInput, "leakage 1.5", "from 0 to 1"),
        (lambda: no_shock(2).with_productivity([1.0, 0.0]), BadInput, "productivity[1]", "above zero"),
        (lambda: no_shock(2).with_tariffs([[0.0, np.inf], [0.0, 0.0]]), BadInput, "tariffs[0, 1]", "finite"),
        (lambda: solve_many(pair(), 4.0, np.ones((3, 2, 3))), BadInput, "factors", "(3, 2, 3)"),
        (lambda: solve_many(pair(), 4.0, [[1.0]], [[0, 2]]), BadInput, "cells", "outside the world"),
        (lambda: solve_many(pair(), [4.0, 5.0], [[1.0], [2.0]], [[0, 1]], closure="balanced"), BadInput,
         "'balanced'", "differs with theta"),
        (lambda: balance(TWO, [10.0, 10.0], [9.0, 12.0]), BadInput, "row_sums", "20"),
    ],
)  # fmt: skip
def test_refused(make: Callable[[], object], kind: type[HikiwakeError], where: str, why: str) -> None:
    with pytest.raises(kind) as caught:
        make()
    assert where in caught.value.where
    assert why in caught.value.why
    assert len(caught.value.remedy) > 20


def test_a_misspelt_economy_gets_a_suggestion() -> None:
    with pytest.raises(NoData, match="Did you mean JPN"):
        pair().place("jpm")


def test_a_world_without_equilibrium_is_told_and_not_guessed() -> None:
    """Who may sell to nobody and still owes a surplus cannot clear its market at any wage."""
    surplus = world([[8.0, 3.0], [1.0, 9.0]])
    with pytest.raises(NoSolution, match="clear all markets"):
        solve(surplus, 4.0, no_shock(2).with_embargo(0, None), closure="additive")
    with pytest.raises(NoSolution, match="clear all markets"):
        solve_many(surplus, 4.0, [[1.0], [0.0]], [[0, 1]], closure="additive")


def test_a_transfer_that_nobody_gives_is_refused() -> None:
    import msgspec

    lonely = msgspec.structs.replace(no_shock(2), transfer=np.array([1.0, 0.0]))
    with pytest.raises(BadInput, match="sum to 1"):
        solve(pair(), 4.0, lonely)


FLOWS = [[[8.0, 2.0], [1.0, 9.0]]]
INPUTS = [[[3.0]], [[3.0]]]


def linked() -> Sectors:
    return sectors(FLOWS, INPUTS, economies=["JPN", "RUS"], names=["all"])


@pytest.mark.parametrize(
    ("make", "kind", "where", "why"),
    [
        (lambda: sectors(FLOWS[0], INPUTS), BadInput, "flows", "(2, 2)"),
        (lambda: sectors([[[8.0, -2.0], [1.0, 9.0]]], INPUTS), BadInput, "flows[0, 0, 1]", "-2"),
        (lambda: sectors([[[0.0, 2.0], [1.0, 9.0]]], INPUTS), BadInput, "flows[0, 0]", "domestic sales"),
        (lambda: sectors(FLOWS, [[[3.0, 1.0]], [[3.0, 1.0]]]), BadInput, "inputs", "(2, 1, 2)"),
        (lambda: sectors(FLOWS, [[[11.0]], [[3.0]]]), BadInput, "economy 0, sector 0", "11 of 10"),
        (lambda: sectors([[[8.0, 3.0], [1.0, 9.0]]], [[[9.5]], [[3.0]]]), BadInput, "economy 0, sector 0",
         "used up by more than is bought"),
        (lambda: sectors(FLOWS, INPUTS, names=["a", "b"]), BadInput, "names", "2 different names for 1"),
        (lambda: linked().place("CHN"), NoData, "'CHN'", "none of them"),
        (lambda: solve_sectors(linked(), 0.0, SectorShock()), BadInput, "theta", "sigma > 1"),
        (lambda: solve_sectors(linked(), [4.0, 5.0], SectorShock()), BadInput, "theta", "(2,)"),
        (lambda: solve_sectors(linked(), 4.0, SectorShock((Move((7,)),))), BadInput, "origin 7", "has 2"),
        (lambda: Move(cost=0.0), BadInput, "cost 0", "above zero"),
        (lambda: Move(effect=-0.1), BadInput, "effect -0.1", "not negative"),
        (lambda: Move(limit=0.0), BadInput, "limit 0", "above zero"),
        (lambda: Move(tariff=-1.0), BadInput, "tariff -1.0", "not negative"),
        (lambda: solve_draws(linked(), [[4.0]], SectorShock((Move(),)), costs=[[1.0], [2.0]]), BadInput,
         "costs", "(2, 1)"),
        (lambda: solve_draws(linked(), [[4.0]], SectorShock(), closure="balanced"), BadInput, "'balanced'",
         "differs with theta"),
    ],
)  # fmt: skip
def test_refused_of_sectors(
    make: Callable[[], object], kind: type[HikiwakeError], where: str, why: str
) -> None:
    with pytest.raises(kind) as caught:
        make()
    assert where in caught.value.where
    assert why in caught.value.why
    assert len(caught.value.remedy) > 20


def test_duties_of_too_many_kinds_are_refused() -> None:
    rng = np.random.default_rng(1)
    flows = rng.uniform(1.0, 2.0, (30, 4, 4))
    base = sectors(flows, np.zeros((4, 30, 30)), tariffs=rng.uniform(0.0, 0.1, flows.shape))
    with pytest.raises(BadInput, match="in 360 different ways"):
        solve_sectors(base, 4.0, SectorShock((Move(tariff=0.5),)))


def test_sectors_that_do_not_settle_are_told() -> None:
    surplus = sectors([[[8.0, 3.0], [1.0, 9.0]]], INPUTS)
    with pytest.raises(NoSolution, match="many sectors"):
        solve_sectors(surplus, 4.0, SectorShock((Move((0,), effect=0.0),)))
