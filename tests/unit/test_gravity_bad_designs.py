"""Designs that cannot be estimated as they are: a clear error, or a drop that is told; no silent number."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from hikiwake.cli.gravity import gravity
from hikiwake.core.errors import HikiwakeError
from hikiwake.gravity import fit

NAMES = np.array(["DEU", "FRA", "GBR", "ITA", "JPN", "KOR", "USA", "CHN"])
TWO = "trade ~ ln_dist + border | exporter^year + importer^year"
Data = dict[str, Any]


def flows() -> Data:
    random = np.random.default_rng(0)
    year, i, j = (index.ravel() for index in np.indices((3, 8, 8)))
    distance = random.uniform(0.5, 3.0, (8, 8))[i, j]
    return {
        "trade": np.round(random.gamma(2.0, np.exp(3.0 - 0.8 * distance))),
        "ln_dist": distance,
        "border": (random.random((8, 8)) < 0.2).astype(float)[i, j],
        "exporter": NAMES[i],
        "importer": NAMES[j],
        "year": 2000 + year,
    }


def changed(name: str, make: Callable[[Data], Any]) -> Callable[[], Data]:
    def made() -> Data:
        data = flows()
        return {**data, name: make(data)}

    return made


def at(name: str, row: int, value: object) -> Callable[[], Data]:
    def made() -> Data:
        data = flows()
        column = data[name].astype(object)
        column[row] = value
        return {**data, name: column if isinstance(value, str) else column.astype(float)}

    return made


def repeated() -> Data:
    return {name: np.concatenate([column, column[:2]]) for name, column in flows().items()}


def without(name: str) -> Callable[[], Data]:
    return lambda: {other: column for other, column in flows().items() if other != name}


REFUSED: dict[str, tuple[Callable[[], Data], str, str]] = {
    "flows without variation": (changed("trade", lambda d: 0 * d["ln_dist"] + 5), TWO, "nothing to explain"),
    "their logarithms": (
        changed("trade", lambda d: 0 * d["ln_dist"] + 5),
        "log(trade) ~ ln_dist",
        "nothing to explain",
    ),
    "a regressor without variation": (
        changed("border", lambda d: 0 * d["ln_dist"] + 1),
        "trade ~ ln_dist + border",
        "it is 1 in all rows",
    ),
    "all regressors in the effects": (
        changed("gdp", lambda d: d["year"] * 2.0),
        "trade ~ gdp | exporter^year + importer^year",
        "no regressor has variation of its own",
    ),
    "no trade": (changed("trade", lambda d: 0 * d["trade"]), TWO, "all flows are zero"),
    "negative trade": (at("trade", 5, -3.0), TWO, "1 flows are negative, the first is -3"),
    "cells that occur twice": (repeated, TWO, "the same keys: exporter DEU, importer DEU, year 2000"),
    "no column of keys": (without("importer"), TWO, "no such column"),
    "infinite trade": (at("trade", 7, np.inf), TWO, "it is infinite"),
    "the logarithm of nothing": (at("ln_dist", 4, -np.inf), TWO, "it is infinite"),
    "words for numbers": (at("trade", 3, "much"), TWO, "which is no number"),
    "one flow beyond all measure": (at("trade", 7, 1e25), TWO, "lost in rounding"),
    "all flows beyond all measure": (changed("trade", lambda d: d["trade"] * 1e300), TWO, "lost in rounding"),
    "a regressor far from zero": (
        changed("ln_dist", lambda d: d["ln_dist"] + 1e9), TWO, "too unlike in size",
    ),
    "no rows": (lambda: {name: column[:0] for name, column in flows().items()}, TWO, "no row is complete"),
    "too few rows": (lambda: {name: column[:3] for name, column in flows().items()}, TWO, "no row is left"),
}  # fmt: skip

TOLD: dict[str, tuple[Callable[[], Data], str, str]] = {
    "a regressor without variation beside effects": (
        changed("border", lambda d: 0 * d["ln_dist"] + 1),
        TWO,
        "Left out, border: collinear",
    ),
    "a regressor twice": (
        changed("twice", lambda d: 2 * d["ln_dist"] + 1),
        "trade ~ ln_dist + twice | exporter^year + importer^year",
        "Left out, twice: collinear",
    ),
    "an exporter that sells nothing": (
        changed("trade", lambda d: np.where(d["exporter"] == "JPN", 0.0, d["trade"])),
        TWO,
        "Left out, 24 rows: all flows of a fixed effect are zero",
    ),
    "a missing key": (at("importer", 9, ""), TWO, "Left out, 1 rows: missing value"),
    "a missing flow": (at("trade", 9, np.nan), TWO, "Left out, 1 rows: missing value"),
}


def written(data: Data, path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(data)
        writer.writerows(zip(*(column.tolist() for column in data.values()), strict=True))
    return path


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_place_reason_and_remedy(name: str, tmp_path: Path) -> None:
    make, formula, why = REFUSED[name]
    with pytest.raises(HikiwakeError) as caught:
        fit(formula, make())
    assert why in caught.value.why
    assert caught.value.where
    assert caught.value.remedy
    done = CliRunner().invoke(gravity, ["fit", str(written(make(), tmp_path / "flows.csv")), formula])
    assert isinstance(done.exception, HikiwakeError)
    assert why in done.exception.why
    assert not done.output


@pytest.mark.parametrize("name", TOLD)
def test_it_is_estimated_without_and_told(name: str, tmp_path: Path) -> None:
    make, formula, said = TOLD[name]
    found = fit(formula, make())
    assert said in found.summary()
    assert np.isfinite(found.standard_errors).all()
    done = CliRunner().invoke(gravity, ["fit", str(written(make(), tmp_path / "flows.csv")), formula])
    assert done.output == found.summary() + "\n"


@pytest.mark.parametrize("unit", [1e-18, 1e-6, 1e6, 1e18])
def test_units_of_trade_and_of_regressors_change_nothing_else(unit: float) -> None:
    """Nothing but the slope of a regressor whose unit it is; 1e-6 is the tolerance of the solver."""
    plain = fit(TWO, flows())
    traded = fit(TWO, changed("trade", lambda d: d["trade"] * unit)())
    np.testing.assert_allclose(traded.coefficients, plain.coefficients, rtol=1e-6)
    np.testing.assert_allclose(traded.standard_errors, plain.standard_errors, rtol=1e-5)
    near = max(min(unit, 1e12), 1e-12)
    measured = fit(TWO, changed("ln_dist", lambda d: d["ln_dist"] * near)())
    np.testing.assert_allclose(measured.coefficients * [near, 1.0], plain.coefficients, rtol=1e-6)


def test_a_sum_of_others_is_not_said_to_be_lost_to_an_embargo() -> None:
    """What was a sum to begin with is told as that, also where other regressors separate rows."""
    data = flows()
    embargo = (data["exporter"] == "DEU") & (data["importer"] == "FRA") & (data["year"] > 2000)
    data |= {"embargo": embargo * 1.0, "trade": np.where(embargo, 0.0, data["trade"])}
    data["total"] = data["border"] + 2.0 * data["ln_dist"]
    told = fit(TWO.replace("border", "border + embargo + total"), data).dropped_regressors
    assert "separates" in told["embargo"]
    assert told["total"].startswith("collinear with")
