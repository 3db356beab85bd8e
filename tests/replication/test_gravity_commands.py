"""Published designs as a user runs them: from the authors' file as it is, through the commands and formulas.

The Advanced Guide to Trade Policy Analysis (Yotov et al. 2016), chapters 1 and 2. Tolerances are half a unit
of the last digit printed, for resistances a part in a million.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from tests.gravity_panels import panel

from hikiwake.cli.gravity import gravity
from hikiwake.core.errors import BadInput
from hikiwake.gravity import Columns, fit, gauss_newton, park, reset, resistances

SHARED = Path(os.environ.get("HIKIWAKE_SHARED", "../shared")) / "data"
GUIDE = SHARED / "agtpa_1986_2006.parquet"
EFFECTS = "exporter^year + importer^year"
YEARS = ("--where", "year in 1986, 1990, 1994, 1998, 2002, 2006")
ABROAD = ("--where", "exporter != importer")
needs_guide = pytest.mark.skipif(not GUIDE.exists(), reason="the reference data are not there")
needs_formulas = pytest.mark.usefixtures("formulas")


@pytest.fixture
def formulas() -> None:
    pytest.importorskip("formulaic")
    pytest.importorskip("pyarrow")


def run(*arguments: str) -> Any:
    done = CliRunner().invoke(gravity, [*arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def column(told: Any, name: str) -> dict[str, float]:
    at = told["coefficients"]["regressor"].index(name)
    return {key: told["coefficients"][key][at] for key in ("coefficient", "standard_error")}


@needs_guide
@needs_formulas
def test_both_estimators_in_one_table_with_the_published_reset() -> None:
    right = f"log(dist) + cntg + lang + clny | {EFFECTS}"
    both = (f"log(trade) ~ {right}", f"trade ~ {right}")
    ols, ppml = run("table", str(GUIDE), *both, *ABROAD, *YEARS, "--errors", "pair_id", "--tests")
    assert (ols["rows_used"], ppml["rows_used"]) == (25_689, 28_152)
    assert column(ols, "log(dist)")["coefficient"] == pytest.approx(-1.2156, abs=5.1e-5)
    assert column(ppml, "log(dist)")["standard_error"] == pytest.approx(0.0317, abs=5.1e-5)
    assert ppml["tests"][0]["p"] == pytest.approx(0.6416, abs=5.1e-5)
    assert ols["tests"][0]["p"] < 1e-4  # the Guide prints 0.000
    assert ppml["squared_correlation"] == pytest.approx(0.9461, abs=5.1e-5)


@needs_guide
@needs_formulas
def test_border_by_year_and_lags_need_no_column_of_ones_own() -> None:
    lags = "rta + rta_lag4 + rta_lag8 + rta_lag12 + C(year):I(exporter != importer)"
    found = run(
        "fit", str(GUIDE), f"trade ~ {lags} | {EFFECTS} + pair_id", *YEARS, "--errors", "pair_id",
        "--sum", "rta, rta_lag4, rta_lag8, rta_lag12",
    )  # fmt: skip
    assert found["rows_used"] == 28_482
    for name, slope, error in (
        ("rta", 0.1157, 0.0867),
        ("rta_lag4", 0.2877, 0.0617),
        ("C(year)[1986]:I(exporter != importer)", -0.7056, 0.0478),
        ("C(year)[2002]:I(exporter != importer)", -0.1409, 0.0169),
    ):
        ours = column(found, name)
        assert ours["coefficient"] == pytest.approx(slope, abs=5.1e-5), name
        assert ours["standard_error"] == pytest.approx(error, abs=5.1e-5), name
    whole = found["sums"]["rta + rta_lag4 + rta_lag8 + rta_lag12"]
    assert whole["value"] == pytest.approx(0.4750, abs=5.1e-5)
    assert whole["error"] == pytest.approx(0.1095, abs=5.1e-5)
    assert list(found["regressors_left_out"]) == ["C(year)[2006]:I(exporter != importer)"]


@needs_guide
@needs_formulas
def test_domestic_sales_of_each_country_and_slopes_by_year() -> None:
    right = (
        "log(dist):C(year):I(exporter != importer) + cntg + lang + clny + C(exporter):I(exporter == importer)"
    )
    found = run("fit", str(GUIDE), f"trade ~ {right} | {EFFECTS}", *YEARS, "--errors", "pair_id")
    assert found["rows_used"] == 28_566
    assert column(found, "cntg")["coefficient"] == pytest.approx(0.4421, abs=5.1e-5)
    slope = next(n for n in found["coefficients"]["regressor"] if "log(dist)" in n and "[1986]" in n)
    assert column(found, slope)["coefficient"] == pytest.approx(-0.91, abs=5.1e-5)
    assert column(found, slope)["standard_error"] == pytest.approx(0.0323, abs=5.1e-5)


@needs_guide
@needs_formulas
def test_the_published_multilateral_resistances() -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    listed = parquet.read_table(SHARED / "agtpa_ge_reference_results.parquet").to_pylist()
    theirs = {row["country"]: row for row in listed if row["application"] == "trade_without_borders_2006"}
    found = run(
        "fit", str(GUIDE), "trade ~ log(dist) + cntg + I(exporter != importer) | exporter + importer",
        "--where", "year = 2006", "--errors", "robust", "--reference", "DEU",
    )  # fmt: skip
    assert len(found["resistances"]) == len(theirs) == 69
    for one in found["resistances"]:
        row = theirs[one["economy"]]
        # Their estimate stops at seven digits of the slopes.
        assert one["outward"] == pytest.approx(row["OMR_BLN"], rel=1e-6)
        assert one["inward"] == pytest.approx(row["IMR_BLN"], rel=1e-6)
        assert one["output"] == pytest.approx(row["Y_BLN"], rel=1e-7)


def test_reset_is_the_same_as_adding_the_square_by_hand() -> None:
    data = panel(11)
    for formula, estimator, weights in (
        ("trade ~ ln_dist + lang | exporter^year + importer^year", "ppml", None),
        ("log(trade) ~ ln_dist + lang | exporter^year + importer^year", "ols", None),
        ("trade ~ ln_dist + lang", "ppml", "w"),
    ):
        held = {**data, "w": 1.0 + np.arange(len(data["trade"])) % 3}
        columns = Columns(weights=weights, keys=("exporter", "importer", "year"))
        found = fit(formula, held, columns=columns)
        assert found.estimator == estimator
        square = np.full(len(data["trade"]), np.nan)
        square[found.rows] = found.predictor**2
        left, _, right = formula.partition("ln_dist")
        by_hand = fit(f"{left}square + ln_dist{right}", {**held, "square": square}, columns=columns)
        made = reset(found)
        z = by_hand.coefficient("square") / by_hand.standard_error("square")
        assert made.statistic == pytest.approx(z, rel=1e-5, abs=1e-7)


def noisy(power: float, seed: int, spread: float = 1.0) -> dict[str, np.ndarray]:
    """Return flows between thirty economies whose variance goes with a power of the mean."""
    random = np.random.default_rng(seed)
    i, j = (index.ravel() for index in np.indices((30, 30)))
    distance = random.normal(size=900)
    sizes = spread * random.normal(size=(2, 30))
    mean = np.exp(1.0 + sizes[0][i] + sizes[1][j] - 0.7 * distance)
    shape = mean ** (2.0 - power)  # gamma: variance mean^2 / shape
    return {"trade": random.gamma(shape, mean / shape), "d": distance, "x": i, "m": j}


def test_the_tests_of_the_variance_find_its_power() -> None:
    """At 5 % a true hypothesis is refused in about 5 % of draws: of a hundred, in fewer than fifteen."""
    refused = {1.0: 0, 2.0: 0}
    slopes = []
    for seed in range(100):
        for power in refused:
            found = fit("trade ~ d", noisy(power, seed, spread=0.0), errors="robust")
            refused[power] += gauss_newton(found).p < 0.05
            if power == 2.0:
                slopes.append(park(found, 2.0).coefficient)
    assert refused[1.0] < 15
    assert refused[2.0] > 60
    assert np.mean(slopes) == pytest.approx(2.0, abs=0.1)


def test_resistances_solve_the_system_of_anderson_and_van_wincoop() -> None:
    data = noisy(1.0, 3)
    data = {**data, "x": data["x"].astype(str), "m": data["m"].astype(str)}
    found = fit("trade ~ d | x + m", data)
    made = resistances(found, "7")
    place = {name: n for n, name in enumerate(made.economy)}
    i, j = (np.array([place[name] for name in data[side]]) for side in ("x", "m"))
    cost = np.exp(found.coefficient("d") * data["d"])
    # x_ij = Y_i E_j t_ij / (Pi_i P_j), up to the world's output that the normalisation takes in.
    flow = made.output[i] * made.expenditure[j] * cost / (made.outward[i] * made.inward[j])
    assert flow == pytest.approx(found.fitted, rel=1e-8)
    outward = np.bincount(i, weights=cost * made.expenditure[j] / made.inward[j])
    assert outward == pytest.approx(made.outward, rel=1e-7)
    with pytest.raises(BadInput, match="buys nothing"):
        resistances(found, "nobody")
    with pytest.raises(BadInput, match="read off a Poisson"):
        resistances(fit("trade ~ d | x", data, errors="robust"), "7")


def test_the_correction_of_weidner_and_zylkin_from_the_command_and_from_a_stata_file(tmp_path: Path) -> None:
    path = SHARED / "wz_threeway_manufacturing_1988_2004.parquet"
    if not path.exists():
        pytest.skip("the reference data are not there")
    pandas = pytest.importorskip("pandas")
    stata = tmp_path / "manufacturing.dta"
    pandas.read_parquet(path)[["isoexp", "isoimp", "year", "trade", "fta"]].to_stata(stata, write_index=False)
    formula = "trade ~ fta | isoexp^year + isoimp^year + isoexp^isoimp"
    found = run("fit", str(stata), formula, "--bias")
    assert column(found, "fta")["coefficient"] == pytest.approx(0.1780290, abs=1e-7)
    assert found["without_bias"]["coefficient"][0] == pytest.approx(0.1703722, abs=1e-7)
    assert found["without_bias"]["standard_error"][0] == pytest.approx(0.0419559, abs=1e-7)
    said = CliRunner().invoke(gravity, ["fit", str(stata), formula, "--bias", "--sum", "fta"]).output
    assert "Without bias, fta: 0.170372 (std. error 0.0419559)" in said
    assert "Sum of fta: 0.178029" in said
    stata.write_bytes(b"no stata file")
    with pytest.raises(BadInput, match=r"manufacturing\.dta"):
        run("fit", str(stata), formula)
