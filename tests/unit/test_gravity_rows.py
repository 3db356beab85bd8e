"""Fixed effects alone, and rows that are written when they are asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.gravity_panels import Shape, panel

from hikiwake import kernels
from hikiwake.core.errors import BadInput
from hikiwake.gravity import bootstrap, fit, layout, plots, predict, reset, resistances

TWO = "trade ~ ln_dist + lang + home + rta | exporter^year + importer^year"
THREE = "trade ~ rta + wave | exporter^year + importer^year + exporter^importer"


@pytest.mark.parametrize("route", ["numpy", ""], ids=["numpy", "compiled where built"])
def test_fixed_effects_alone(route: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fitted sums by level equal those of trade; two-way in one year, that is rows times columns over all."""
    monkeypatch.setenv(kernels.CHOICE, route)
    one = panel(10, Shape(years=1))
    found = fit("trade ~ 1 | exporter + importer", one)
    i, j = (np.unique(one[side], return_inverse=True)[1] for side in ("exporter", "importer"))
    sales, purchases = (np.bincount(at, weights=one["trade"]) for at in (i, j))
    expected = (sales[i] * purchases[j] / one["trade"].sum())[found.rows]
    np.testing.assert_allclose(found.fitted, expected, rtol=1e-7)
    ratio = np.where(found.dependent > 0.0, found.dependent / expected, 1.0)
    deviance = 2.0 * np.sum(found.dependent * np.log(ratio) - (found.dependent - expected))
    assert found.deviance == pytest.approx(deviance, rel=1e-10)
    assert found.names == ()
    assert found.standard_errors.shape == (0,)
    assert found.covariance.clusters == (len(np.unique(i[found.rows] * 99 + j[found.rows])),)
    assert "No regressor: the fixed effects alone." in found.summary()
    assert "No regressor" in found._repr_html_()
    np.testing.assert_array_equal(predict(found, one)[found.rows], found.fitted)
    made = resistances(found, "C00")
    np.testing.assert_allclose(made.inward[np.isfinite(made.inward)], 1.0, rtol=1e-7)

    whole = panel(10, Shape(missing=0.2, embargo=True))
    more = fit("trade ~ 1 | exporter^year + importer^year + exporter^importer", whole)
    assert more.drops.total == len(whole["trade"]) - more.observations > 0
    codes = np.unique(whole["exporter"][more.rows].astype(str) + whole["importer"][more.rows].astype(str),
                      return_inverse=True)[1]  # fmt: skip
    np.testing.assert_allclose(
        np.bincount(codes, weights=more.fitted), np.bincount(codes, weights=more.dependent), rtol=1e-6
    )
    assert reset(more).p <= 1.0
    assert bootstrap(more, 2, seed=1).shape == (2, 0)
    with pytest.raises(BadInput, match="fixed effects alone"):
        more.coefficient("rta")
    with pytest.raises(BadInput, match="no regressor"):
        plots.coefficients(more)


def test_fixed_effects_alone_by_least_squares() -> None:
    data = panel(10, Shape(years=1))
    found = fit("log(trade) ~ 1 | exporter", data)
    logs, at = np.log(found.dependent), np.unique(data["exporter"][found.rows], return_inverse=True)[1]
    means = np.bincount(at, weights=logs) / np.bincount(at)
    np.testing.assert_allclose(found.fitted, means[at], rtol=1e-10)


def test_a_frame_without_regressors_keeps_its_types() -> None:
    fitted = fit(THREE, panel(10))
    found = fit("trade ~ 1 | exporter^year", panel(10))
    for library in (pytest.importorskip("pandas"), pytest.importorskip("polars")):
        empty: Any = found.to_frame(library)
        full: Any = fitted.to_frame(library)
        assert len(empty) == 0
        assert list(map(str, empty.dtypes)) == list(map(str, full.dtypes))


def test_what_happens_to_the_data_later_does_not_change_a_result() -> None:
    """Rows are written when they are asked for, so that nothing of the caller may be held."""
    for formula, shape in (
        (TWO, Shape()),
        (THREE, Shape()),
        (THREE, Shape(missing=0.2)),
        ("trade ~ rta", Shape()),
    ):
        data = panel(10, shape)
        for side in ("exporter", "importer"):
            data[side] = np.unique(data[side], return_inverse=True)[1]
        expected = fit(formula, {name: column.copy() for name, column in data.items()})
        found = fit(formula, data)
        for column in data.values():
            column[...] = 0
        for name in ("rows", "dependent", "predictor", "residuals"):
            np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
        for name, key in expected.sandwich.keys.items():
            np.testing.assert_array_equal(found.sandwich.keys[name].codes, key.codes)
        assert found.summary() == expected.summary()


@pytest.mark.parametrize(("formula", "missing"), [(TWO, 0.93), (THREE, 0.8)])
def test_a_thin_panel_on_a_tensor_is_the_same_as_in_rows(
    formula: str, missing: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slopes and errors to 1e-7: the equations of rows are solved by other rounds."""
    data = panel(12, Shape(24, 14, missing=missing))
    dense = fit(formula, data)
    monkeypatch.setattr(layout, "LEAST_FILL", 0.5)
    rows = fit(formula, data)
    assert dense.method.startswith("dense")
    assert rows.method.startswith("sparse")
    assert list(dense.rows) == list(rows.rows)
    np.testing.assert_allclose(dense.coefficients, rows.coefficients, rtol=1e-7)
    np.testing.assert_allclose(dense.standard_errors, rows.standard_errors, rtol=1e-7)
    np.testing.assert_allclose(dense.fitted, rows.fitted, rtol=1e-5, atol=1e-6 * dense.fitted.max())
