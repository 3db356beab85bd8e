"""The equilibria of Stata's ge_gravity for EU enlargement, 44 economies in 2000 (reference result E2).

Baier, Yotov & Zylkin (2019), Journal of International Economics 116:206. The files hold single precision:
1e-7 for ratios near one and 2e-7 for relative trade is what they can tell.
"""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from tests.shared import columns

from hikiwake.equilibrium import Closure, World, no_shock, solve, solve_many, world

WELFARE, TRADE = 1e-7, 2e-7
THETA = 4.0


class Published(msgspec.Struct):
    world: World
    effect: np.ndarray
    tables: dict[str, np.ndarray]

    def percent(self, name: str) -> float:
        return round(100.0 * float(self.tables["w_eu"][self.world.place(name), 0] - 1.0), 4)


@pytest.fixture(scope="module")
def published() -> Published:
    rows = columns("wiod_ge_gravity_2000_2014")
    at = rows["year"] == 2000
    names = sorted(set(rows["exporter"][at]))
    i = np.searchsorted(names, rows["exporter"][at].astype(str))
    j = np.searchsorted(names, rows["importer"][at].astype(str))

    def matrix(column: str) -> np.ndarray:
        out = np.zeros((len(names), len(names)))
        out[i, j] = rows[column][at]
        return out

    tables = {name: matrix(name) for name in ("w_eu", "X_eu", "w_mult", "X_mult")}
    return Published(world(matrix("trade"), economies=names), matrix("eu_effect"), tables)


def test_additive_deficits(published: Published) -> None:
    shock = msgspec.structs.replace(no_shock(44), effect=np.exp(published.effect))
    found = solve(published.world, THETA, shock, closure="additive")
    np.testing.assert_allclose(found.welfare, published.tables["w_eu"][:, 0], rtol=0, atol=WELFARE)
    np.testing.assert_allclose(found.after, published.tables["X_eu"], rtol=TRADE)
    assert found.check.largest < 1e-10
    printed = {"MLT": 1.5349, "HUN": 1.4043, "SVN": 1.1802, "CZE": 0.9983, "POL": 0.6804, "RUS": -0.0202}
    assert {name: published.percent(name) for name in printed} == printed


def test_multiplicative_deficits(published: Published) -> None:
    """The package leaves world spending apart from world output by 1.5e-6; ours is scaled to agree."""
    shock = msgspec.structs.replace(no_shock(44), effect=np.exp(published.effect))
    found = solve(published.world, THETA, shock, closure="multiplicative")
    np.testing.assert_allclose(found.real_wages, published.tables["w_mult"][:, 0], rtol=0, atol=WELFARE)
    scaling = found.after / published.tables["X_mult"]
    np.testing.assert_allclose(scaling, np.median(scaling), rtol=TRADE)
    assert 1e-6 < np.median(scaling) - 1.0 < 2e-6
    # The published margins do not clear their own markets to more than that; ours do.
    theirs = published.tables["X_mult"].sum(axis=1) / (found.wages * published.world.output)
    assert np.abs(theirs - 1.0).max() > 1e-6
    assert found.check.largest < 1e-10


@pytest.mark.parametrize("closure", ["additive", "multiplicative", "balanced", "share of world output"])
def test_the_batch_agrees_with_one_by_one(published: Published, closure: Closure) -> None:
    shock = msgspec.structs.replace(no_shock(44), effect=np.exp(published.effect))
    alone = solve(published.world, THETA, shock, closure=closure)
    factors = np.exp(np.linspace(-1.0, 2.0, 7)[:, None, None] * published.effect)
    together = solve_many(published.world, THETA, factors, closure=closure)
    np.testing.assert_allclose(together.welfare[4], alone.welfare, rtol=1e-11)
    assert together.residual < 1e-10
