"""The gravity estimator: what it refuses, what it leaves out and says so, and its result."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from tests import gravity_panels
from tests.gravity_panels import Shape, panel
from tests.reference.separation import dummies, separated

from hikiwake.core.errors import BadInput, HikiwakeError, NotConverged
from hikiwake.gravity import (
    Columns,
    Errors,
    GravityFit,
    Solver,
    bias_correction,
    compare,
    fit,
    predict,
    score_bootstrap,
)

TWO = "trade ~ ln_dist + lang + home + rta | exporter^year + importer^year"
THREE = "trade ~ rta + wave | exporter^year + importer^year + exporter^importer"


def labels(data: gravity_panels.Columns, *names: str) -> np.ndarray:
    return np.array(["^".join(map(str, cell)) for cell in zip(*(data[name] for name in names), strict=True)])


def design(data: gravity_panels.Columns, regressors: list[str], effects: list[tuple[str, ...]]) -> np.ndarray:
    columns = [data[name][:, None] for name in regressors]
    return np.hstack([*columns, *(dummies(labels(data, *names)) for names in effects)])


# --- which rows --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "shape", [Shape(embargo=True), Shape(missing=0.4, embargo=True), Shape(16, missing=0.55)]
)
def test_rows_left_out_are_those_of_linear_programming(seed: int, shape: Shape) -> None:
    data = panel(seed, shape)
    regressors = ["rta", "wave", *(["embargo"] if shape.embargo else [])]
    effects: list[tuple[str, ...]] = [("exporter", "year"), ("importer", "year"), ("exporter", "importer")]
    found = fit(f"trade ~ {' + '.join(regressors)} | {' + '.join('^'.join(e) for e in effects)}", data)
    expected = set(np.flatnonzero(separated(data["trade"], design(data, regressors, effects))))
    alone = set(found.drops.get("only row of a fixed effect", []))
    ours = {row for reason, rows in found.drops.items() if "only row" not in reason for row in rows}
    # A row may be both, and is listed once.
    assert ours <= expected
    assert expected - ours <= alone


def test_an_embargo_that_is_never_beaten_gets_no_number() -> None:
    data = panel(1, Shape(embargo=True))
    found = fit(f"{TWO.replace('rta', 'rta + embargo')}", data)
    assert "embargo" not in found.names
    assert "separates" in found.dropped_regressors["embargo"]
    rows = found.drops["separated by regressors"]
    assert len(rows) > 0
    assert (data["embargo"][rows] == 1.0).all()
    assert "separated by regressors" in str(found)
    # The same slopes come out when its rows and itself are left out beforehand (Correia et al., section 4).
    without = fit(TWO, {name: np.delete(column, rows) for name, column in data.items()})
    np.testing.assert_allclose(found.coefficients, without.coefficients, rtol=1e-9)


def test_an_exporter_without_any_flow_is_reported() -> None:
    data = panel(2)
    data["trade"] = np.where(data["exporter"] == "C01", 0.0, data["trade"])
    found = fit(TWO, data)
    gone = found.drops["all flows of a fixed effect are zero"]
    assert set(np.flatnonzero(data["exporter"] == "C01")) <= set(gone)
    assert found.observations + found.drops.total == len(data["trade"])


def test_missing_values_and_keys_are_counted() -> None:
    data: dict[str, Any] = panel(2)
    data["trade"][5] = np.nan
    data["exporter"] = data["exporter"].astype(object)
    data["exporter"][9] = None
    found = fit(TWO, data)
    assert found.drops["missing value"].tolist() == [5, 9]


# --- what it refuses ---------------------------------------------------------------------------------------


def refusal(formula: str, data: Any, **more: Any) -> HikiwakeError:
    with pytest.raises(HikiwakeError) as caught:
        fit(formula, data, **more)
    return caught.value


def test_negative_trade_is_refused_with_its_row() -> None:
    data = panel(3)
    data["trade"][7] = -1.0
    assert "row 7" in refusal(TWO, data).where


def test_duplicated_cells_are_refused_with_their_rows() -> None:
    data = panel(3)
    twice = {name: np.concatenate([column, column[:1]]) for name, column in data.items()}
    fault = refusal(TWO, twice)
    assert isinstance(fault, BadInput)
    assert "rows 0, 720" in fault.where
    assert "exporter C00" in fault.why


def test_years_tell_flows_apart_where_the_effects_do_not() -> None:
    data = panel(3)
    pooled = "trade ~ ln_dist | exporter + importer"
    found = fit(pooled, data)
    assert found.observations == len(data["trade"])
    # All years count: the same as where the formula is told that years are no cells.
    by_rows = fit(pooled, data, columns=Columns(keys=("exporter", "importer", "year")))
    np.testing.assert_allclose(found.coefficients, by_rows.coefficients, rtol=1e-9)
    assert found.fitted.sum() == pytest.approx(data["trade"].sum(), rel=1e-9)
    twice = {name: np.concatenate([column, column[:1]]) for name, column in data.items()}
    assert "year" in refusal(pooled, twice).why
    del data["year"]
    fault = refusal(pooled, data)
    assert isinstance(fault, BadInput)
    assert "--keys" in fault.remedy


def test_a_regressor_without_variation_of_its_own_is_left_out_or_refused() -> None:
    data = panel(3)
    data["size"] = np.array([float(name[1:]) for name in data["exporter"]])
    found = fit(TWO.replace("rta", "rta + size"), data)
    assert "collinear" in found.dropped_regressors["size"]
    assert (
        "no regressor has variation" in refusal(TWO.replace("ln_dist + lang + home + rta", "size"), data).why
    )
    with pytest.raises(BadInput, match="left out: collinear"):
        found.coefficient("size")


def test_perfectly_collinear_regressors_leave_the_first() -> None:
    data = panel(3)
    data["km"] = 3.0 * data["ln_dist"] - data["home"]
    found = fit(TWO.replace("rta", "rta + km"), data)
    assert list(found.dropped_regressors) == ["km"]
    np.testing.assert_allclose(found.coefficients, fit(TWO, data).coefficients, rtol=1e-9)


def test_an_unknown_column_has_a_suggestion() -> None:
    assert "'ln_dist'" in refusal(TWO.replace("ln_dist", "lndist"), panel(3)).remedy


@pytest.mark.parametrize(
    ("formula", "part"),
    [
        ("trade", "one `~`"),
        ("trade ~ rta | exporter | importer", "at most one `|`"),
        (" ~ rta", "nothing of what it explains"),
        ("trade ~ rta | exporter*year", "joined by `^`"),
        ("trade ~ | exporter", "no regressor"),
        ("trade ~ 0", "no regressor"),
    ],
)
def test_a_formula_that_cannot_be_read(formula: str, part: str) -> None:
    assert part in refusal(formula, panel(3)).why


def test_other_bad_input_has_one_clear_error() -> None:
    data: dict[str, Any] = panel(3)
    assert "no number" in refusal(TWO.replace("rta", "exporter"), data).why
    assert "all flows are zero" in refusal(TWO, data | {"trade": np.zeros(720)}).why
    assert "720" in refusal(TWO, data | {"rta": np.zeros(3)}).why
    assert "infinite" in refusal(TWO, data | {"rta": np.full(720, np.inf)}).why
    assert "no row is complete" in refusal(TWO, data | {"rta": np.full(720, np.nan)}).why
    assert "no named columns" in refusal(TWO, 5).why
    assert "there is no estimator" in refusal(TWO, data, estimator="gmm").why
    assert "one cluster" in refusal(TWO, data | {"all": np.ones(720)}, errors="all").why
    assert "does not name" not in refusal("trade ~ rta | exporter", data, errors="pair").remedy


def test_too_few_steps_are_an_error_with_advice() -> None:
    with pytest.raises(NotConverged, match="max_steps"):
        fit(TWO, panel(3), solver=Solver(max_steps=1))


@pytest.mark.parametrize("formula", [TWO, THREE])
@pytest.mark.parametrize(("money", "unit"), [(1e18, 1e-12), (1e15, 1e9), (1e-12, 1e6)])
def test_absurd_units_change_nothing_but_units(formula: str, money: float, unit: float) -> None:
    data = panel(4)
    plain = fit(formula, data)
    absurd = fit(formula, data | {"trade": data["trade"] * money, "rta": data["rta"] * unit})
    scale = np.where(np.array(plain.names) == "rta", unit, 1.0)
    np.testing.assert_allclose(absurd.coefficients * scale, plain.coefficients, rtol=1e-8)
    np.testing.assert_allclose(absurd.standard_errors * scale, plain.standard_errors, rtol=1e-7)
    assert list(absurd.rows) == list(plain.rows)


# --- the same estimate by other ways ----------------------------------------------------------------------


def test_the_formula_may_compute() -> None:
    data = panel(5)
    data["dist"] = np.exp(data["ln_dist"])
    computed = fit(TWO.replace("ln_dist", "log(dist)"), data)
    assert computed.names[0] == "log(dist)"
    np.testing.assert_allclose(computed.coefficients, fit(TWO, data).coefficients, rtol=1e-10)
    by_year = fit("trade ~ ln_dist + C(year):home | exporter^year + importer^year", data)
    assert len(by_year.names) == 6
    assert "no such column" in refusal(TWO.replace("ln_dist", "log(nothing)"), data).why


def test_any_frame_gives_the_same() -> None:
    data = panel(5)
    pandas, polars, arrow = (pytest.importorskip(name) for name in ("pandas", "polars", "pyarrow"))
    expected = fit(THREE, data).coefficients
    for table in (pandas.DataFrame(data), polars.DataFrame(data), arrow.table(data)):
        np.testing.assert_array_equal(fit(THREE, table).coefficients, expected)


def test_pandas_missing_names_are_missing() -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(panel(5))
    table["exporter"] = table["exporter"].astype("string")
    table.loc[4, "exporter"] = pandas.NA
    assert fit(TWO, table).drops["missing value"].tolist() == [4]


def test_weights_repeat_rows_and_offsets_shift() -> None:
    data = panel(6)
    twice = {name: np.concatenate([column, column]) for name, column in data.items()}
    twice["copy"] = np.repeat([0, 1], 720)
    keys = Columns(keys=("exporter", "importer", "year", "copy"))
    repeated = fit(TWO, twice, columns=keys, errors="robust")
    assert repeated.method.startswith("sparse")
    weighted = fit(TWO, data | {"w": np.full(720, 2.0)}, columns=Columns(weights="w"), errors="robust")
    np.testing.assert_allclose(repeated.coefficients, weighted.coefficients, rtol=1e-9)
    offset = fit(TWO, data | {"o": 0.7 * data["rta"]}, columns=Columns(offset="o"))
    shifted = fit(TWO, data).coefficients - np.array([0.0, 0.0, 0.0, 0.7])
    np.testing.assert_allclose(offset.coefficients, shifted, rtol=1e-8)


def test_unordered_pairs_have_one_level_for_both_directions() -> None:
    data = panel(7)
    ends = np.sort(np.stack([data["exporter"], data["importer"]]), axis=0)
    data["both"] = np.char.add(*ends)
    effects = "exporter^year + importer^year"
    one = fit(f"trade ~ rta + wave | {effects} + unordered(exporter, importer)", data, errors="both")
    two = fit(f"trade ~ rta + wave | {effects} + both", data, errors="unordered(exporter, importer)")
    np.testing.assert_allclose(one.coefficients, two.coefficients, rtol=1e-10)
    np.testing.assert_allclose(one.standard_errors, two.standard_errors, rtol=1e-8)


def test_ols_is_least_squares_on_dummies() -> None:
    data = panel(8, Shape(missing=0.2))
    found = fit(TWO, data, estimator="ols", errors="robust")
    kept = found.rows
    assert set(found.drops["zero flow (no logarithm)"]) == set(np.flatnonzero(data["trade"] == 0.0))
    used = {name: column[kept] for name, column in data.items()}
    matrix = design(used, ["ln_dist", "lang", "home", "rta"], [("exporter", "year"), ("importer", "year")])
    slow = np.linalg.lstsq(matrix, np.log(used["trade"]), rcond=None)[0]
    np.testing.assert_allclose(found.coefficients, slow[:4], rtol=1e-9)
    np.testing.assert_allclose(found.fitted, matrix @ slow, rtol=1e-8)


def test_without_effects_there_is_a_constant() -> None:
    data = panel(9)
    found = fit("trade ~ ln_dist + home", data)
    assert found.names[0] == "(Intercept)"
    np.testing.assert_allclose(found.fitted.sum(), data["trade"].sum())


# --- the result --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fitted() -> GravityFit:
    return fit(THREE, panel(10, Shape(embargo=True)))


def test_the_effects_make_the_predictor(fitted: GravityFit) -> None:
    data = panel(10, Shape(embargo=True))
    total = fitted.coefficients @ np.stack([data[name][fitted.rows] for name in fitted.names])
    at = {
        "exporter": np.unique(data["exporter"], return_inverse=True)[1][fitted.rows],
        "importer": np.unique(data["importer"], return_inverse=True)[1][fitted.rows],
        "year": data["year"][fitted.rows] - 2000,
    }
    total += fitted.effects["exporter^year"].values[at["year"], at["exporter"]]
    total += fitted.effects["importer^year"].values[at["year"], at["importer"]]
    total += fitted.effects["exporter^importer"].values[at["exporter"], at["importer"]]
    np.testing.assert_allclose(total, fitted.predictor, atol=1e-9)


def test_it_pickles_and_prints(fitted: GravityFit) -> None:
    again = pickle.loads(pickle.dumps(fitted))
    assert str(again) == str(fitted) == fitted.summary()
    assert "exporter^importer" in str(fitted)
    assert "<table>" in fitted._repr_html_()
    assert "rows" in repr(fitted)


def test_tables_side_by_side(fitted: GravityFit) -> None:
    other = fit(TWO, panel(10))
    lines = compare({"three-way": fitted, "two-way": other}).splitlines()
    assert lines[0] == "|  | three-way | two-way |"
    assert f"{fitted.coefficient('rta'):.4f}" in lines[2]
    assert f"({other.standard_error('rta'):.4f})" in lines[3]
    latex = compare({"a_1": fitted}, "latex")
    assert r"a\_1" in latex
    assert r"exporter\textasciicircum{}year" in latex


def test_frames_hold_the_table(fitted: GravityFit) -> None:
    pandas = pytest.importorskip("pandas")
    frame: Any = fitted.to_frame(pandas)
    assert frame["coefficient"].tolist() == fitted.coefficients.tolist()
    assert ((frame["low"] < frame["coefficient"]) & (frame["coefficient"] < frame["high"])).all()


def test_other_errors_need_no_new_estimate(fitted: GravityFit) -> None:
    robust = fitted.with_errors("robust")
    np.testing.assert_array_equal(robust.coefficients, fitted.coefficients)
    assert not np.allclose(robust.standard_errors, fitted.standard_errors)
    again = robust.with_errors(Errors("exporter^importer"))
    np.testing.assert_array_equal(again.standard_errors, fitted.standard_errors)
    with pytest.raises(BadInput, match="was not read"):
        fitted.with_errors("continent")


def test_combinations_and_intervals(fitted: GravityFit) -> None:
    value, error = fitted.combination({"rta": 1.0, "wave": 2.0})
    v = fitted.covariance.matrix
    assert value == pytest.approx(fitted.coefficient("rta") + 2.0 * fitted.coefficient("wave"))
    assert error == pytest.approx(np.sqrt(v[0, 0] + 4.0 * v[1, 1] + 4.0 * v[0, 1]))
    bounds = fitted.confidence_interval(0.9)
    assert (bounds.high - bounds.low)[0] == pytest.approx(2 * 1.6448536 * fitted.standard_errors[0])
    with pytest.raises(BadInput, match="between 0 and 1"):
        fitted.confidence_interval(95)


def test_bias_correction_needs_a_three_way_model(fitted: GravityFit) -> None:
    assert bias_correction(fitted).names == fitted.names
    with pytest.raises(BadInput, match="pair effects"):
        bias_correction(fit(TWO, panel(10)))


def test_the_bias_of_two_years_is_no_rounding() -> None:
    """With two years the curvature of an exporter has rank one: what rounding leaves must not be inverted.

    In this panel it once was, and the bias came out as -5.7 beside an error of 0.1.
    """
    found = fit(THREE, panel(36, Shape(16, 2)))
    assert (np.abs(bias_correction(found).bias) < 3.0 * found.standard_errors).all()


def test_the_score_bootstrap_spreads_as_the_clustered_errors_say(fitted: GravityFit) -> None:
    """4,000 draws: a standard deviation has a relative error of about 1.1 %, so 5 % is four of them."""
    draws = score_bootstrap(fitted, 4_000, seed=1)
    centre = 0.1 * fitted.standard_errors.max()
    np.testing.assert_allclose(draws.mean(axis=0), fitted.coefficients, atol=centre)
    expected = fitted.standard_errors / np.sqrt(fitted.covariance.factor)
    np.testing.assert_allclose(draws.std(axis=0), expected, rtol=0.05)
    assert np.array_equal(score_bootstrap(fitted, 4_000, seed=1), draws)
    with pytest.raises(BadInput, match="clusters of one kind"):
        score_bootstrap(fitted.with_errors("robust"), 10, seed=1)


@pytest.mark.parametrize(
    ("formula", "estimator"),
    [
        ("trade ~ ln_dist + rta | exporter^year + importer^year", "ppml"),
        ("trade ~ rta + wave | exporter^year + importer^year + exporter^importer", "ppml"),
        ("trade ~ ln_dist + rta | unordered(exporter, importer) + year", "ppml"),
        ("trade ~ ln_dist + rta", "ppml"),
        ("log(trade) ~ ln_dist + rta | exporter^year + importer^year", "ols"),
    ],
)
def test_rows_are_predicted_as_they_were_fitted_and_no_others(formula: str, estimator: str) -> None:
    data = panel(11)
    found = fit(formula, data, columns=Columns(keys=("exporter", "importer", "year")))
    assert found.estimator == estimator
    order = np.random.default_rng(0).permutation(len(data["trade"]))
    turned = {name: column[order] for name, column in data.items() if name != "trade"}
    told = np.empty(len(order))
    told[order] = predict(found, {**turned, "trade": np.full(len(order), np.nan)})
    assert told[found.rows] == pytest.approx(found.fitted, rel=1e-10, abs=1e-10)
    stranger = {name: column[:1].copy() for name, column in data.items()}
    if "^" in formula or "unordered" in formula:
        assert np.isnan(predict(found, {**stranger, "exporter": np.array(["nobody"], dtype=object)})).all()
    longer = predict(found, {**stranger, "rta": stranger["rta"] + 1.0})
    gap = (
        np.log(longer / predict(found, stranger))
        if estimator == "ppml"
        else longer - predict(found, stranger)
    )
    assert gap == pytest.approx(found.coefficient("rta"), rel=1e-8)
