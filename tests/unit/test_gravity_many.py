"""Many regressions that share a design: parts of a table, bootstrap draws."""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np
import pytest
from tests.gravity_panels import Columns as Panel
from tests.gravity_panels import Shape, panel

from hikiwake.core.errors import BadInput, Environment
from hikiwake.gravity import Columns, GravityFit, Solver, bootstrap, fit, fit_each, parallel, score_bootstrap

TWO = "trade ~ ln_dist + lang + home + rta | exporter^year + importer^year"
THREE = "trade ~ rta + wave | exporter^year + importer^year + exporter^importer"
TIGHT = Solver(tolerance=1e-12)


def sectors(*made: Panel) -> dict[str, Any]:
    """Stack panels, each a sector; the rows of all are mixed."""
    stacked: dict[str, Any] = {name: np.concatenate([one[name] for one in made]) for name in made[0]}
    stacked["sector"] = np.repeat([f"s{at}" for at in range(len(made))], [len(one["trade"]) for one in made])
    order = np.random.default_rng(1).permutation(len(stacked["trade"]))
    return {name: column[order] for name, column in stacked.items()}


@pytest.fixture(scope="module")
def stacked() -> dict[str, Any]:
    return sectors(panel(1, Shape(9, 3)), panel(2, Shape(9, 3, missing=0.2)), panel(3, Shape(9, 3)))


def test_each_part_is_the_regression_on_its_rows(stacked: dict[str, Any]) -> None:
    found = fit_each(TWO, stacked, "sector")
    assert list(found) == ["s0", "s1", "s2"]
    for name, one in found.items():
        assert isinstance(one, GravityFit)
        mine = np.flatnonzero(stacked["sector"] == name)
        alone = fit(TWO, {key: column[mine] for key, column in stacked.items()})
        np.testing.assert_array_equal(one.coefficients, alone.coefficients)
        np.testing.assert_array_equal(one.covariance.matrix, alone.covariance.matrix)
        np.testing.assert_array_equal(stacked["trade"][one.rows], one.dependent)
        assert {reason: list(mine[rows]) for reason, rows in alone.drops.items()} == {
            reason: list(rows) for reason, rows in one.drops.items()
        }


def test_a_part_without_estimate_does_not_lose_the_others(stacked: dict[str, Any]) -> None:
    empty = stacked | {"trade": np.where(stacked["sector"] == "s1", 0.0, stacked["trade"])}
    found = fit_each(TWO, empty, "sector")
    assert isinstance(found["s1"], BadInput)
    assert "all flows are zero" in found["s1"].why
    assert isinstance(found["s0"], GravityFit)
    with pytest.raises(BadInput, match="no such column"):
        fit_each(TWO, stacked, "sectr")
    with pytest.raises(BadInput, match="names no part"):
        fit_each(TWO, stacked | {"sector": [None] * len(stacked["sector"])}, "sector")


def test_joblib_gives_the_same(stacked: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    joblib = pytest.importorskip("joblib")
    here = fit_each(TWO, stacked, "sector")
    with joblib.parallel_config(backend="threading"):
        there = fit_each(TWO, stacked, "sector", jobs=2)
    for name, one in here.items():
        assert isinstance(one, GravityFit)
        other = there[name]
        assert isinstance(other, GravityFit)
        np.testing.assert_array_equal(one.coefficients, other.coefficients)
    monkeypatch.setitem(sys.modules, "joblib", None)
    with pytest.raises(Environment, match="joblib is not installed"):
        fit_each(TWO, stacked, "sector", jobs=2)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # those of the cluster's own packages are not ours
def test_a_dask_cluster_gives_the_same(stacked: dict[str, Any]) -> None:
    joblib, distributed = pytest.importorskip("joblib"), pytest.importorskip("distributed")
    here = fit_each(TWO, stacked, "sector")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
        joblib.parallel_config(backend="dask"),
    ):
        assert len(client.scheduler_info()["workers"]) == 2
        there = fit_each(TWO, stacked, "sector", jobs=2)
        seen = client.run(lambda: "hikiwake.gravity.model" in sys.modules)
    assert any(seen.values())  # the work was done over there
    for name, one in here.items():
        other = there[name]
        assert isinstance(one, GravityFit)
        assert isinstance(other, GravityFit)
        np.testing.assert_array_equal(one.coefficients, other.coefficients)
        np.testing.assert_array_equal(one.rows, other.rows)


# --- the bootstrap ------------------------------------------------------------------------------------------


def drawn(found: GravityFit, data: Panel, draws: int, seed: int) -> list[np.ndarray]:
    """How often each row's pair is drawn, in the data as given; 0 for rows that the estimate left out."""
    pairs = np.char.add(data["exporter"], data["importer"])[found.rows]
    _, at = np.unique(pairs, return_inverse=True)
    count = at.max() + 1
    random = np.random.default_rng(seed)
    out = []
    for _ in range(draws):
        draw = np.bincount(random.integers(count, size=count), minlength=count)
        weight = np.zeros(len(data["trade"]))
        weight[found.rows] = draw[at]
        out.append(weight)
    return out


@pytest.mark.parametrize("formula", [TWO, THREE])
@pytest.mark.parametrize("shape", [Shape(10, 4), Shape(10, 4, missing=0.2, embargo=True)])
def test_a_draw_is_the_regression_with_its_weights(formula: str, shape: Shape) -> None:
    data = panel(4, shape)
    asked = formula.replace("rta", "rta + embargo") if shape.embargo else formula
    found = fit(asked, data)
    draws = bootstrap(found, 6, seed=3, until="optimum")
    for number, weight in enumerate(drawn(found, data, 6, seed=3)):
        again = fit(asked, data | {"w": weight}, columns=Columns(weights="w"), solver=TIGHT)
        np.testing.assert_allclose(draws[number], again.coefficients, rtol=1e-6, atol=1e-7)
    assert np.array_equal(bootstrap(found, 6, seed=3, until="optimum"), draws)


@pytest.mark.parametrize(
    ("formula", "shape"), [(TWO, Shape(24, 2)), (THREE, Shape(24, 6))], ids=["two", "three"]
)
def test_all_kinds_of_draws_are_the_same_draws(formula: str, shape: Shape) -> None:
    """Steps are nearer to the optimum than the scores, which hold effects and curvature."""
    found = fit(formula, panel(6, shape))
    whole = bootstrap(found, 60, seed=2, until="optimum")
    scores = score_bootstrap(found, 60, seed=2)
    step, quick = bootstrap(found, 60, seed=2, until="one step"), bootstrap(found, 60, seed=2)
    for slope in range(len(found.names)):
        near, middle, far = (
            np.corrcoef(whole[:, slope], one[:, slope])[0, 1] for one in (step, quick, scores)
        )
        assert near > 0.95
        assert middle > 0.95
        assert min(near, middle) > far > 0.7


def test_a_draw_without_the_only_pairs_of_a_regressor_has_no_number() -> None:
    data = panel(7, Shape(8, 3))
    only = (data["exporter"] == "C01") & (data["importer"] == "C02") & (data["year"] > 2000)
    data["treaty"] = only.astype(float)
    data["trade"] = np.where(only, data["trade"] + 5.0, data["trade"])
    asked = THREE.replace("rta", "rta + treaty")
    found = fit(asked, data)
    draws = bootstrap(found, 12, seed=1, until="optimum")
    weights = drawn(found, data, 12, seed=1)
    again = [fit(asked, data | {"w": weight}, columns=Columns(weights="w")) for weight in weights]
    told = np.array(["treaty" in one.names for one in again])
    assert told.any()
    assert not told.all()
    np.testing.assert_array_equal(np.isnan(draws).all(axis=1), ~told)
    # A quick step does not look for what the weights separate, but sees that nothing is left.
    quick = np.asarray(np.isnan(bootstrap(found, 12, seed=1)).all(axis=1))
    gone = np.array([not weight[only].any() for weight in weights])
    assert quick[gone].all()
    assert not (quick & told).any()


def test_what_the_bootstrap_refuses() -> None:
    data = panel(8, Shape(8, 3))
    found = fit(TWO, data)
    with pytest.raises(BadInput, match="clusters of one kind"):
        bootstrap(found.with_errors("robust"), 10, seed=1)
    with pytest.raises(BadInput, match="at least once"):
        bootstrap(found, 0, seed=1)
    with pytest.raises(BadInput, match="no 'two steps'"):
        bootstrap(found, 1, seed=1, until="two steps")  # type: ignore[arg-type]  # as a user might
    with pytest.raises(BadInput, match="least squares"):
        bootstrap(fit(TWO, data, estimator="ols"), 10, seed=1)


def test_draws_of_regressions_with_offset_weights_unordered_pairs_or_no_effects() -> None:
    data = panel(9, Shape(9, 3))
    data |= {"w": np.where(data["year"] == 2000, 2.0, 1.0), "o": 0.3 * data["rta"]}
    more = Columns(weights="w", offset="o")
    for formula, errors in (
        (TWO, "pair"),
        ("trade ~ rta + wave | exporter^year + importer^year + unordered(exporter, importer)", "exporter"),
        ("trade ~ ln_dist + home", "exporter^importer"),
    ):
        found = fit(formula, data, errors=errors, columns=more)
        ways = ("exporter", "importer") if errors in {"pair", "exporter^importer"} else ("exporter",)
        label = ["".join(one) for one in zip(*(data[way][found.rows] for way in ways), strict=True)]
        _, at = np.unique(label, return_inverse=True)
        count = int(at.max()) + 1
        times = np.bincount(np.random.default_rng(4).integers(count, size=count), minlength=count)
        weight = np.zeros(len(data["trade"]))
        weight[found.rows] = times[at]
        again = fit(
            formula,
            data | {"w": weight * data["w"]},
            errors=errors,
            columns=more,
            solver=TIGHT,
        )
        (draw,) = bootstrap(found, 1, seed=4, until="optimum")
        np.testing.assert_allclose(draw, again.coefficients, rtol=1e-6, atol=1e-7)


def test_an_error_in_one_item_ends_the_work_on_the_others() -> None:
    begun: list[int] = []

    def work(number: int) -> None:
        begun.append(number)
        time.sleep(0.002)
        if number == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), parallel.cores(threads=2):
        parallel.each(work, range(1_000))
    assert len(begun) < 50


def test_draws_spread_as_the_covariance_says() -> None:
    fitted = fit("trade ~ ln_dist + rta | exporter^year + importer^year", panel(3))
    drawn = fitted.draws(40_000, seed=3)
    assert drawn.shape == (40_000, len(fitted.names))
    assert (drawn == fitted.draws(40_000, seed=3)).all()
    scale = np.sqrt(np.diag(fitted.covariance.matrix))
    # Of n draws a mean is off by an error over the root of n, a covariance by twice that: five of them.
    assert (np.abs(drawn.mean(axis=0) - fitted.coefficients) < 0.025 * scale).all()
    assert (np.abs(np.cov(drawn.T) - fitted.covariance.matrix) < 0.05 * np.outer(scale, scale)).all()
