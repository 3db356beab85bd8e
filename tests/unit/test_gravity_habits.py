"""What users of other programs write: it works as they mean it, or they are told how it is written here."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from tests.gravity_panels import Columns as Table
from tests.gravity_panels import Shape, panel

from hikiwake.core.errors import BadInput
from hikiwake.gravity import Columns, compare, fit, predict

EFFECTS = "exporter^year + importer^year"
MAIN = f"trade ~ ln_dist + rta | {EFFECTS}"


@pytest.fixture(scope="module")
def data() -> Table:
    made = panel(3, Shape(9, 4))
    return made | {"dist": np.exp(made["ln_dist"])}


@pytest.mark.parametrize(
    ("regressors", "told"),
    [
        ("ln_dist + i.year", r"Write C\(year\)"),
        ("c.ln_dist##c.rta", "a:b for a product"),
        ("ln_dist + factor(year)", r"Write C\(year\)"),
        ("ln_dist + as.factor(year)", r"Write C\(year\)"),
        ("i(year, rta)", r"C\(year\):rta"),
        ("ln_dist^2", r"Write I\(ln_dist\*\*2\)"),
        ("I(ln_dist^2)", r"Write I\(ln_dist\*\*2\)"),
        ("lag(rta)", "Compute the lag beforehand"),
        ("l(rta, 1)", "Compute the lag beforehand"),
        ("L.rta", "Compute the lag beforehand"),
        ("F2.rta", "Compute the lag beforehand"),
        ("sw(rta, ln_dist)", "gravity table"),
        ("csw0(rta, ln_dist)", "gravity table"),
        (".", "Name the regressors"),
    ],
)
def test_what_is_written_elsewhere_is_told_how_it_is_written_here(
    regressors: str, told: str, data: Table
) -> None:
    with pytest.raises(BadInput, match=told):
        fit(f"trade ~ {regressors} | {EFFECTS}", data)


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("trade ~ rta | exporter#year + importer#year", r"exporter\^year"),
        ("trade ~ rta | i.exporter + C(year)", r"exporter\^year"),
        ("trade ~ rta | exporter + importer | 0 | pair", "Clusters stand apart"),
        ("trade ~ rta | exporter | ln_dist ~ lang", "one `~`"),
        ("log1p(trade) ~ rta", r"log\(trade \+ 1\)"),
        ("np.log10(trade) ~ rta", "least squares"),
    ],
)
def test_so_are_effects_clusters_and_logarithms(formula: str, told: str, data: Table) -> None:
    with pytest.raises(BadInput, match=told):
        fit(formula, data)


@pytest.mark.parametrize("errors", ["HC1", "hetero", "iid", "CRV1", "cluster", {"CRV1": "exporter"}, 1])
def test_and_kinds_of_errors(errors: object, data: Table) -> None:
    found = fit(MAIN, data)
    with pytest.raises(BadInput, match="Use 'robust'"):
        fit(MAIN, data, errors=errors)  # type: ignore[arg-type]  # as a user might
    with pytest.raises(BadInput, match="Use 'robust'"):
        found.with_errors(errors)  # type: ignore[arg-type]


def test_a_column_may_be_called_like_a_kind_of_errors(data: Table) -> None:
    found = fit(MAIN, data | {"cluster": data["exporter"]}, errors="cluster")
    np.testing.assert_array_equal(found.standard_errors, fit(MAIN, data, errors="exporter").standard_errors)


def test_errors_by_pair_can_be_asked_for_later(data: Table) -> None:
    found = fit(MAIN, data, errors="robust")
    assert found.with_errors("pair").covariance.by == "exporter^importer"
    np.testing.assert_array_equal(found.with_errors("pair").standard_errors, fit(MAIN, data).standard_errors)


def test_logarithms_by_any_name_ask_for_least_squares(data: Table) -> None:
    pytest.importorskip("formulaic")
    usual = fit(f"log(trade) ~ log(dist) | {EFFECTS}", data)
    for log in ("ln", "np.log"):
        found = fit(f"{log}(trade) ~ {log}(dist) | {EFFECTS}", data)
        assert found.estimator == "ols"
        np.testing.assert_array_equal(found.coefficients, usual.coefficients)


def test_categories_that_memory_does_not_hold_are_told_to_be_effects(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("formulaic")
    made = panel(3, Shape(9, 4))
    for right, columns in (
        ("ln_dist + C(exporter):C(year)", 37),
        ("C(exporter, Treatment('C01')):rta", 9),
        ("exporter:importer", 81),
    ):
        monkeypatch.setattr("hikiwake.gravity.terms.MOST_CELLS", 324 * columns)
        fit(f"trade ~ {right}", made, errors="robust")
        monkeypatch.setattr("hikiwake.gravity.terms.MOST_CELLS", 324 * columns - 1)
        with pytest.raises(BadInput, match=f"{columns} columns of 324 rows.*\n.*behind `|`"):
            fit(f"trade ~ {right}", made, errors="robust")


def test_no_constant_where_none_is_wanted(data: Table) -> None:
    pytest.importorskip("formulaic")
    for formula in ("trade ~ ln_dist - 1", "trade ~ 0 + ln_dist", "trade ~ ln_dist + 0"):
        assert fit(formula, data).names == ("ln_dist",), formula
    assert fit("trade ~ I(ln_dist - 1)", data).names == ("(Intercept)", "I(ln_dist - 1)")
    with_all = fit("trade ~ ln_dist + C(year) - 1", data)
    without = fit("trade ~ ln_dist + C(year)", data)
    assert len(with_all.names) == len(without.names) == 5
    np.testing.assert_allclose(with_all.fitted, without.fitted, rtol=1e-7)


@pytest.mark.parametrize("name", ["Ln Dist", "dist.log", "2dist", "class", "log", "дист"])
def test_columns_by_odd_names(name: str, data: Table) -> None:
    usual = fit(MAIN, data).coefficients
    odd = data | {name: data["ln_dist"]}
    for written in (name, f"`{name}`"):
        found = fit(f"trade ~ {written} + rta | {EFFECTS}", odd)
        assert found.names == (name, "rta")
        np.testing.assert_array_equal(found.coefficients, usual)


def test_odd_names_of_flows_effects_and_clusters(data: Table) -> None:
    odd = {"Trade Value": data["trade"], "Reporter ISO": data["exporter"], "TO": data["importer"]}
    odd |= {name: data[name] for name in ("year", "ln_dist", "rta")}
    formula = "Trade Value ~ ln_dist + rta | `Reporter ISO`^year + TO^year"
    found, usual = fit(formula, odd), fit(MAIN, data)
    np.testing.assert_array_equal(found.coefficients, usual.coefficients)
    np.testing.assert_array_equal(found.standard_errors, usual.standard_errors)
    assert found.covariance.by == "`Reporter ISO`^TO"
    np.testing.assert_array_equal(predict(found, odd), predict(usual, data))
    pairs = "unordered(`Reporter ISO`, TO)"
    unordered = fit(f"Trade Value ~ rta | `Reporter ISO`^year + TO^year + {pairs}", odd, errors=pairs)
    plain = fit(f"trade ~ rta | {EFFECTS} + unordered(exporter, importer)", data)
    np.testing.assert_array_equal(unordered.coefficients, plain.coefficients)
    with pytest.raises(BadInput, match="in backticks"):
        fit("Trade Value ~ rta | Reporter ISO + TO", odd)
    with pytest.raises(BadInput, match="Did you mean 'TO'"):
        fit("Trade Value ~ rta | `Reporter ISO` + to", odd)


def test_predictions_for_other_rows_are_made_as_the_estimate_was(data: Table) -> None:
    """Means, polynomials and categories are those of the estimate, not of the rows asked about."""
    pytest.importorskip("formulaic")
    one = {name: column[data["year"] == 2002] for name, column in data.items()}
    earlier = data | {"year": data["year"] - 1}
    for right in (
        "center(ln_dist) + rta | exporter + importer",
        "poly(ln_dist, 2) | exporter + importer",
        "ln_dist + C(year)",
        f"C(year):rta + ln_dist | {EFFECTS}",
    ):
        found = fit(f"trade ~ {right}", data, errors="robust")
        for kept in (found, pickle.loads(pickle.dumps(found))):
            whole = predict(kept, data)
            np.testing.assert_allclose(whole[found.rows], found.fitted, rtol=1e-9)
            np.testing.assert_allclose(predict(kept, one), whole[data["year"] == 2002], rtol=1e-12)
        if "C(year)" in right:
            with pytest.raises(BadInput, match="a category that the estimate did not"):
                predict(found, earlier)


def test_results_by_their_names_elsewhere(data: Table) -> None:
    found = fit(MAIN, data)
    for name, here in (("params", "coefficients"), ("vcov", "covariance"), ("predict", "predict")):
        with pytest.raises(AttributeError, match=f"has no '{name}'; here it is {here}"):
            getattr(found, name)
    with pytest.raises(AttributeError, match=r"has no 'nothing'$"):
        found.nothing  # type: ignore[attr-defined]  # noqa: B018
    pandas = pytest.importorskip("pandas")
    assert found.to_frame().equals(found.to_frame(pandas))  # type: ignore[attr-defined]
    assert compare([found, found]) == compare({"(1)": found, "(2)": found})
    with pytest.raises(BadInput, match="no such style"):
        compare([found], "html")  # type: ignore[arg-type]  # as a user might


def test_one_text_where_several_are_possible(data: Table) -> None:
    one = fit(MAIN, data, columns=Columns(where="year > 2001", keys="exporter, importer, year"))  # type: ignore[arg-type]
    several = fit(MAIN, data, columns=Columns(where=("year > 2001",), keys=("exporter", "importer", "year")))
    np.testing.assert_array_equal(one.coefficients, several.coefficients)
    with pytest.raises(BadInput, match="what the columns are for"):
        fit(MAIN, data, columns="weights")  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="it is no text"):
        fit(None, data)  # type: ignore[arg-type]


def test_an_exporter_and_a_year_are_no_pair(data: Table) -> None:
    """Rows of other importers are no duplicates, and errors are not clustered by exporter and year."""
    for effects in ("exporter + year", "year + importer"):
        found = fit(f"trade ~ ln_dist | {effects}", data)
        assert found.observations == 324
        assert found.covariance.by == "robust"
        with pytest.raises(BadInput, match="do not name exporter and importer"):
            fit(f"trade ~ ln_dist | {effects}", data, errors="pair")
        named = Columns(keys=("exporter", "importer", "year"))
        again = fit(f"trade ~ ln_dist | {effects}", data, columns=named)
        np.testing.assert_allclose(again.coefficients, found.coefficients, rtol=1e-9)
    with pytest.raises(BadInput, match="the same keys"):
        fit("trade ~ ln_dist | exporter + year", data, columns=Columns(keys=("exporter", "year")))


@pytest.mark.parametrize("effect", ["exporter^exporter", "unordered(exporter, exporter)"])
def test_a_column_twice_in_an_effect_is_a_slip(effect: str, data: Table) -> None:
    with pytest.raises(BadInput, match="a column twice"):
        fit(f"trade ~ rta | {effect}", data)


def test_complex_numbers_are_no_flows(data: Table) -> None:
    with pytest.raises(BadInput, match="complex"):
        fit(MAIN, data | {"trade": data["trade"] + 1j})


def test_a_plan_of_a_table_is_no_table(data: Table) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(dict(data))
    np.testing.assert_array_equal(fit(MAIN, frame).coefficients, fit(MAIN, data).coefficients)
    with pytest.raises(BadInput, match="collect"):
        fit(MAIN, frame.lazy())
