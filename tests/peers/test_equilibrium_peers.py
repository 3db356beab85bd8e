"""gegravity 0.3 solves a conditional equilibrium: ours equals it in that mode, and the full one is another.

Its system holds shares of output and spending at the baseline and reads factory-gate prices off the change of
outward resistance, p^ = 1 / Pi^, once; prices are never fed back to incomes.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pytest

from hikiwake.equilibrium import balance, conditional, no_shock, solve, world

pytestmark = pytest.mark.peer

SIGMA = 5.0
ECONOMIES = 12
# Its solver stops at 1e-8; 1e-6 is what the project promises.
PROMISED = 1e-6


class Case(NamedTuple):
    names: list[str]
    output: np.ndarray
    costs: np.ndarray
    effect: np.ndarray


@pytest.fixture(scope="module")
def case() -> Case:
    """Balanced trade by distance with a border; five economies agree, which raises their trade by half."""
    rng = np.random.default_rng(5)
    place = rng.uniform(0.0, 10.0, (ECONOMIES, 2))
    away = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1)) + 0.5
    costs = -0.9 * np.log(away) - 1.5 * (1.0 - np.eye(ECONOMIES))
    members = np.zeros(ECONOMIES)
    members[:5] = 1.0
    agreed = np.outer(members, members) * (1.0 - np.eye(ECONOMIES))
    names = [f"C{n:02d}" for n in range(ECONOMIES)]
    return Case(names, rng.lognormal(0.0, 1.0, ECONOMIES), costs, 0.4 * agreed)


@pytest.fixture(scope="module")
def peer(case: Case) -> Any:
    """The package's model of the case, simulated, as a table by economy."""
    package = pytest.importorskip("gegravity", reason="the package gegravity is not installed")
    pandas = pytest.importorskip("pandas")
    i, j = (at.ravel() for at in np.indices(case.costs.shape))
    table = pandas.DataFrame(
        {
            "exporter": np.array(case.names)[i],
            "importer": np.array(case.names)[j],
            "year": "2000",
            "trade": 1.0,
            "Y": case.output[i],
            "E": case.output[j],
            "cost": case.costs.ravel(),
        }
    )
    coefficients = pandas.DataFrame({"var": ["cost"], "coeff": [1.0], "ste": [0.1]})
    names = {"trade_var_name": "trade", "expend_var_name": "E", "output_var_name": "Y"}
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        model = package.OneSectorGE(
            package.BaselineData(table, **names),
            year="2000",
            reference_importer=case.names[-1],
            sigma=SIGMA,
            cost_variables=["cost"],
            cost_coeff_values=package.CostCoeffs(coefficients, "var", "coeff", "ste"),
        )
        model.build_baseline(omr_rescale=1)
        model.define_experiment(table.assign(cost=(case.costs + case.effect).ravel()))
        model.simulate()
    return model.country_results.loc[case.names]


def test_the_conditional_mode_is_the_packages_full_one(case: Case, peer: Any) -> None:
    base = world(balance(np.exp(case.costs), case.output, case.output).matrix)
    shock = msgspec.structs.replace(no_shock(ECONOMIES), effect=np.exp(case.effect))
    held = conditional(base, SIGMA - 1.0, shock, reference=ECONOMIES - 1)
    prices = 1.0 / held.outward
    for column, ratio in (
        ("factory gate price change (percent)", prices),
        ("omr change (percent)", held.outward),
        ("imr change (percent)", held.inward),
        ("GDP change (percent)", prices / held.inward),
    ):
        np.testing.assert_allclose(100.0 * (ratio - 1.0), peer[column], rtol=0, atol=100 * PROMISED)
    # Its statistic is baseline over counterfactual: below one is a gain.
    np.testing.assert_allclose(held.inward / prices, peer["welfare statistic"], rtol=0, atol=PROMISED)


def test_the_full_equilibrium_is_another(case: Case, peer: Any) -> None:
    """Members gain a little less, and outsiders lose less, when incomes follow prices."""
    base = world(balance(np.exp(case.costs), case.output, case.output).matrix)
    shock = msgspec.structs.replace(no_shock(ECONOMIES), effect=np.exp(case.effect))
    full = solve(base, SIGMA - 1.0, shock, closure="balanced")
    theirs = peer["GDP change (percent)"].to_numpy()
    ours = 100.0 * (full.welfare - 1.0)
    assert full.check.largest < 1e-10
    assert np.abs(ours - theirs).max() > 1e3 * PROMISED
    assert (np.abs(ours) < np.abs(theirs)).mean() > 0.7
