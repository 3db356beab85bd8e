"""The commands `gravity fit|table` say what the library says."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.gravity_panels import panel

from hikiwake.cli.gravity import gravity
from hikiwake.core.errors import BadInput, HikiwakeError
from hikiwake.gravity import fit

TWO = "trade ~ ln_dist + lang + home + rta | exporter^year + importer^year"
THREE = "trade ~ rta + wave | exporter^year + importer^year + exporter^importer"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    data = panel(11)
    path = tmp_path / "flows.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(data)
        writer.writerows(zip(*(column.tolist() for column in data.values()), strict=True))
    return path


def said(*arguments: str) -> str:
    done = CliRunner().invoke(gravity, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_command_says_what_the_library_says(table: Path) -> None:
    expected = fit(TWO, panel(11))
    assert said("fit", str(table), TWO).strip() == expected.summary()
    told = json.loads(said("fit", str(table), TWO, "--json"))
    assert told["coefficients"]["coefficient"] == pytest.approx(expected.coefficients, rel=1e-12)
    assert told["rows_left_out"] == {reason: rows.tolist() for reason, rows in expected.drops.items()}
    other = json.loads(
        said("fit", str(table), TWO, "--small-sample", "parameters", "--errors", "year", "--json")
    )
    assert other["clusters"] == [5]
    assert other["small_sample"] == "parameters"


def test_the_command_sets_models_side_by_side(table: Path) -> None:
    lines = said("table", str(table), TWO, THREE).splitlines()
    assert lines[0] == "|  | (1) | (2) |"
    assert said("table", str(table), TWO, "--latex").startswith(r"\begin{tabular}{lr}")
    assert len(json.loads(said("table", str(table), TWO, THREE, "--json"))) == 2


def test_the_command_refuses_bad_tables(tmp_path: Path) -> None:
    path = tmp_path / "flows.csv"
    for text, part in (
        ("a,b\n1,2,3\n", "3 cells"),
        ("a,a\n1,2\n", "each once"),
        ("", "each once"),
        ("\x00\xff", "first line|line contains NUL|codec"),
    ):
        path.write_bytes(text.encode("latin-1"))
        with pytest.raises(HikiwakeError, match=part):
            CliRunner().invoke(gravity, ["fit", str(path), TWO], catch_exceptions=False)


def test_the_command_takes_keys_and_conditions(table: Path) -> None:
    formula = "trade ~ ln_dist | exporter + importer"
    assert "Rows used" in said("fit", str(table), formula, "--keys", "exporter, importer, year")
    with pytest.raises(BadInput, match="same keys"):
        said("fit", str(table), formula, "--keys", "exporter, year")
    told = said("fit", str(table), formula, "--where", "exporter != importer", "--where", "rta = 0")
    assert "outside the rows asked for" in told
