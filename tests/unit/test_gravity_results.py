"""What a regression says of itself: likelihood, summaries, a map of residuals, and what it explains."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]

from hikiwake.cli.gravity import gravity
from hikiwake.core.errors import BadInput, BadUsage
from hikiwake.gravity import Columns, fit, plots, predict
from hikiwake.gravity.likelihood import log_gamma
from hikiwake.render.charts import svg
from hikiwake.render.charts.worldmap import GAIN, LITTLE, LOSS, ratios_of
from hikiwake.render.language import load

NAMES = ("DEU", "FRA", "GBR", "ITA", "JPN", "KOR", "USA", "CHN")
TWO = "trade ~ ln_dist | exporter^year + importer^year"


def flows(seed: int = 3) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    year, i, j = (index.ravel() for index in np.indices((3, len(NAMES), len(NAMES))))
    distance = random.uniform(0.5, 3.0, (len(NAMES), len(NAMES)))[i, j]
    trade = random.poisson(np.exp(3.0 - 0.8 * distance)).astype(float)
    apart = i != j
    names = np.array(NAMES)
    return {
        "trade": trade[apart],
        "ln_dist": distance[apart],
        "size": random.uniform(1.0, 9.0, apart.sum()),
        "exporter": names[i][apart],
        "importer": names[j][apart],
        "year": 2000 + year[apart],
    }


@given(st.floats(1.0, 1e250))
def test_the_logarithm_of_gamma_is_that_of_the_standard_library(x: float) -> None:
    assert float(log_gamma(np.array([x]))[0]) == pytest.approx(math.lgamma(x), rel=1e-13, abs=1e-13)


def test_likelihoods_are_those_of_the_distributions() -> None:
    data = flows()
    found = fit(TWO, data)
    expected = stats.poisson.logpmf(found.dependent, found.fitted).sum()
    assert found.log_likelihood == pytest.approx(expected, rel=1e-12)
    alone = stats.poisson.logpmf(found.dependent, found.dependent.mean()).sum()
    assert found.pseudo_r_squared == pytest.approx(1.0 - expected / alone, rel=1e-12)
    weighted = fit(TWO, data, columns=Columns(weights="size"))
    assert weighted.weights is not None
    told = (weighted.weights * stats.poisson.logpmf(weighted.dependent, weighted.fitted)).sum()
    assert weighted.log_likelihood == pytest.approx(told, rel=1e-12)
    logs = fit(TWO, data, estimator="ols")
    spread = math.sqrt(logs.deviance / logs.observations)
    assert logs.log_likelihood == pytest.approx(
        stats.norm.logpdf(logs.residuals, scale=spread).sum(), rel=1e-12
    )
    assert math.isnan(logs.pseudo_r_squared)


@pytest.mark.parametrize("estimator", ["ppml", "ols"])
def test_a_constant_alone_explains_nothing(estimator: Literal["ppml", "ols"]) -> None:
    found = fit("trade ~ ", {"trade": np.array([1.0, 2.0, 4.0])}, estimator=estimator)
    assert found.r_squared == 0.0  # and no warning of a division by nothing


def test_the_summary_has_a_head_and_is_the_same_each_time() -> None:
    data = flows()
    data["trade"][:2] = np.nan
    embargo = (data["exporter"] == "JPN") & (data["importer"] == "KOR")
    data["embargo"] = embargo.astype(float)
    data["trade"][embargo] = 0.0
    found = fit("trade ~ ln_dist + embargo | exporter^year + importer^year", data)
    said = found.summary()
    assert said == fit("trade ~ ln_dist + embargo | exporter^year + importer^year", data).summary()
    lines = said.splitlines()
    head = "\n".join(lines[2 : lines.index(next(line for line in lines if line.startswith("--")))])
    for name, value in (
        ("Dep. variable", "trade"),
        ("Estimator", "PPML"),
        ("Observations", f"{found.observations:,}"),
        ("Rows left out", "5"),
        ("Cov. type", "clustered"),
        ("Clusters", "55"),
        ("Small sample", "clusters"),
        ("R-squared (data, fit)", f"{found.r_squared:.4f}"),
        ("Pseudo R-squared", f"{found.pseudo_r_squared:.4f}"),
        ("Log-likelihood", f"{found.log_likelihood:.8g}"),
        ("Levels of exporter^year", "24"),
    ):
        assert any(name in line and value in line for line in head.splitlines()), name
    assert "Left out, 2 rows: missing value" in said
    assert "Left out, 3 rows: separated by regressors" in said
    assert "Left out, embargo: collinear once the rows that it separates are left out" in said
    assert len({len(line) for line in lines if line.startswith("==")}) == 1
    page = found._repr_html_()
    assert page.count("<table>") == 2
    assert "<th>Log-likelihood</th>" in page


def test_rich_prints_tables_and_takes_no_name_for_markup() -> None:
    console = pytest.importorskip("rich.console")
    data = {**flows(), "[red]": flows()["ln_dist"]}
    data["C"] = data.pop("[red]")
    found = fit("trade ~ C | exporter^year + importer^year", data)
    out = io.StringIO()
    console.Console(file=out, width=80).print(found)
    told = out.getvalue()
    assert "Log-likelihood" in told
    assert f"{found.coefficients[0]:.6g}" in told
    assert "Standard errors: clustered by exporter^importer" in told
    assert "│" in told


def test_the_map_holds_actual_over_expected_by_partner_over_all_years() -> None:
    data = flows()
    found = fit(TWO, data)
    chart, ledger = plots.residual_map(found, "exporter", "JPN")
    by_partner = {mark.at.id: ledger[mark.fact].value for mark in chart.series[0].marks}
    assert set(by_partner) == set(NAMES) - {"JPN"}
    mine = (data["exporter"] == "JPN") & (data["importer"] == "KOR")
    assert by_partner["KOR"] == pytest.approx(data["trade"][mine].sum() / found.fitted[mine].sum(), rel=1e-12)
    english = load("en")
    low, high = (pick(by_partner, key=lambda one: by_partner[one] or 0.0) for pick in (min, max))
    told = english.text(chart.title, ledger)
    assert told.startswith("Japan’s sales beside what is expected: from ")
    assert hk_name(low) in told
    assert hk_name(high) in told
    drawn = svg(chart, ledger, english)
    assert "NaN" not in drawn
    assert "within a factor of" in drawn
    purchases, ledger = plots.residual_map(found, "importer", "JPN")
    assert english.text(purchases.title, ledger).startswith("Japan’s purchases")
    # Adding-up: weighted by what is expected, an exporter's ratios have the mean one.
    weights = {
        one: found.fitted[(data["exporter"] == "JPN") & (data["importer"] == one)].sum() for one in by_partner
    }
    mean = sum(weights[one] * (by_partner[one] or 0.0) for one in by_partner) / sum(weights.values())
    assert mean == pytest.approx(1.0, rel=1e-7)


def hk_name(code: str) -> str:
    from hikiwake.core.country import country

    return country(code).name


@pytest.mark.parametrize(
    ("formula", "side", "economy", "told"),
    [
        (TWO, "year", "2000", "not one of the columns"),
        (TWO, "exporter", "ATLANTIS", "used no row"),
        ("trade ~ ln_dist", "exporter", "JPN", "not one of the columns"),
        ("log(trade) ~ ln_dist | exporter + importer", "exporter", "JPN", "expects no flows"),
    ],
)
def test_what_no_map_can_be_made_of_is_refused(formula: str, side: str, economy: str, told: str) -> None:
    data = {name: column[flows()["year"] == 2000] for name, column in flows().items()}
    with pytest.raises(BadInput, match=told):
        plots.residual_map(fit(formula, data), side, economy)


def test_classes_of_ratios_are_the_same_upwards_and_downwards() -> None:
    values = {"A": 0.0, "B": 0.05, "C": 0.4, "D": 0.9, "E": 1.2, "F": 2.5, "G": 30.0}
    classes = ratios_of(values)
    assert [colour for _, colour, _ in classes] == [GAIN[1], GAIN[0], LITTLE, LOSS[0], LOSS[1]]
    assert sorted(code for _, _, members in classes for code in members) == sorted(values)
    assert classes[-1][2] == ["A", "B"]
    assert all(members == [] for _, colour, members in ratios_of({"A": 1.0}) if colour != LITTLE)


def test_the_command_draws_the_map_and_refuses_half_a_question(tmp_path: Path) -> None:
    data = flows()
    table = tmp_path / "flows.csv"
    lines = [",".join(data), *(",".join(map(str, row)) for row in zip(*data.values(), strict=True))]
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    out = tmp_path / "map.svg"
    run = CliRunner().invoke
    done = run(gravity, ["fit", str(table), TWO, "--map", str(out), "--of", "importer=JPN"])
    assert done.exit_code == 0, done.output
    assert "Japan" in out.read_text(encoding="utf-8")
    for extra, why in (
        (["--map", str(out)], "none is named"),
        (["--of", "importer=JPN"], "no --map"),
        (["--map", str(out), "--of", "JPN"], "not COLUMN=VALUE"),
    ):
        done = run(gravity, ["fit", str(table), TWO, *extra])
        assert isinstance(done.exception, BadUsage)
        assert why in done.exception.why


@pytest.mark.parametrize(
    ("left", "made"),
    [
        ("I(trade / 10)", lambda data: data["trade"] / 10),
        ("trade / size", lambda data: data["trade"] / data["size"]),
        ("trade * 2 + size", lambda data: data["trade"] * 2 + data["size"]),
    ],
)
def test_what_is_explained_may_be_an_expression(left: str, made: Any) -> None:
    pytest.importorskip("formulaic")
    data = flows()
    plain = fit("y ~ ln_dist | exporter^year + importer^year", {**data, "y": made(data)})
    found = fit(f"{left} ~ ln_dist | exporter^year + importer^year", data)
    np.testing.assert_allclose(found.coefficients, plain.coefficients, rtol=1e-12)
    logged = fit(f"log({left}) ~ ln_dist | exporter^year + importer^year", data)
    assert logged.estimator == "ols"
    plain = fit("y ~ ln_dist | exporter^year + importer^year", {**data, "y": made(data)}, estimator="ols")
    np.testing.assert_allclose(logged.coefficients, plain.coefficients, rtol=1e-12)


def test_a_difference_of_logarithms_is_no_logarithm_and_bad_expressions_are_refused() -> None:
    pytest.importorskip("formulaic")
    data = flows()
    found = fit("log(size + 9) - log(size) ~ ln_dist", data)
    assert found.estimator == "ppml"
    for left, told in (
        ("C(exporter)", "gives 7 columns"),
        ("trade +", "cannot be evaluated"),
        ("", "says nothing of what it explains"),
        ("nothing / 2", "no such column"),
    ):
        with pytest.raises(BadInput) as caught:
            fit(f"{left} ~ ln_dist", data)
        assert told in caught.value.why


def test_prediction_needs_nothing_of_what_is_explained() -> None:
    data = flows()
    found = fit("trade ~ ln_dist", data)
    without = {name: column for name, column in data.items() if name != "trade"}
    np.testing.assert_allclose(predict(found, without), found.fitted, rtol=1e-12)
