"""The commands `gravity fit|table` say what the library says."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from tests.gravity_panels import panel
from tests.pictures import check_texts

from hikiwake.cli.gravity import gravity
from hikiwake.core.errors import BadInput, HikiwakeError
from hikiwake.gravity import fit, plots

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
    assert said("fit", str(table), TWO) == expected.summary() + "\n"
    told = json.loads(said("fit", str(table), TWO, "--json"))
    assert told["coefficients"]["coefficient"] == pytest.approx(expected.coefficients, rel=1e-12)
    assert told["rows_left_out"] == {reason: rows.tolist() for reason, rows in expected.drops.items()}
    other = json.loads(
        said("fit", str(table), TWO, "--small-sample", "parameters", "--errors", "year", "--json")
    )
    assert other["clusters"] == [5]
    assert other["small_sample"] == "parameters"


def test_the_command_takes_fixed_effects_alone(table: Path) -> None:
    formula = "trade ~ 1 | exporter^year + importer^year"
    expected = fit(formula, panel(11))
    assert said("fit", str(table), formula) == expected.summary() + "\n"
    told = json.loads(said("fit", str(table), formula, "--json", "--tests", "--reference", "C00"))
    assert told["coefficients"]["coefficient"] == []
    assert told["deviance"] == pytest.approx(expected.deviance, rel=1e-12)
    assert len(told["resistances"]) > 0
    assert "| exporter^year | yes | yes |" in said("table", str(table), formula, TWO)


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


@pytest.mark.parametrize("between", [";", "\t"])
def test_tables_may_have_semicolons_or_tabs_between_cells(table: Path, tmp_path: Path, between: str) -> None:
    lines = table.read_text(encoding="utf-8")
    other = tmp_path / "other.csv"
    other.write_text(lines.replace(",", between), encoding="utf-8")
    assert said("fit", str(other), TWO) == said("fit", str(table), TWO)
    other.write_text(lines.replace(",", between).replace("\n", f"{between}more\n", 1), encoding="utf-8")
    with pytest.raises(BadInput, match="cells, and the first line names"):
        said("fit", str(other), TWO)


def test_numbers_that_are_missing_are_missing_as_every_program_writes_them(tmp_path: Path) -> None:
    data = panel(11)
    flows = [str(flow) for flow in data["trade"].tolist()]
    flows[3:7] = ["NA", ".", "", "NULL"]
    data = data | {"exporter": np.array(["NA" if one == "C01" else one for one in data["exporter"]])}
    path = tmp_path / "flows.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(data)
        columns = {**{name: column.tolist() for name, column in data.items()}, "trade": flows}
        writer.writerows(zip(*columns.values(), strict=True))
    told = json.loads(said("fit", str(path), TWO, "--json"))
    assert told["rows_left_out"]["missing value"] == [3, 4, 5, 6]
    kept = np.delete(np.arange(len(flows)), [3, 4, 5, 6])
    expected = fit(TWO, {name: column[kept] for name, column in data.items()})
    # Namibia stays an exporter.
    assert told["coefficients"]["coefficient"] == pytest.approx(expected.coefficients, rel=1e-9)


def test_keys_that_several_rows_share_are_refused_in_a_whole_panel_too(table: Path) -> None:
    with pytest.raises(BadInput, match="they have the same keys"):
        said("fit", str(table), TWO, "--keys", "exporter, importer")


def test_the_command_takes_keys_and_conditions(table: Path) -> None:
    formula = "trade ~ ln_dist | exporter + importer"
    assert "Observations" in said("fit", str(table), formula, "--keys", "exporter, importer, year")
    with pytest.raises(BadInput, match="same keys"):
        said("fit", str(table), formula, "--keys", "exporter, year")
    told = said("fit", str(table), formula, "--where", "exporter != importer", "--where", "rta = 0")
    assert "outside the rows asked for" in told


def test_the_command_draws_coefficients_and_flows(table: Path, tmp_path: Path) -> None:
    pytest.importorskip("vl_convert")
    plot, scatter, picture = (tmp_path / name for name in ("slopes.svg", "flows.svg", "flows.png"))
    data = panel(11)
    ends = (f"exporter={data['exporter'][1]}", f"importer={data['importer'][1]}")
    marked = ("--mark", ends[0], "--mark", ends[1])
    said("fit", str(table), TWO, "--plot", str(plot), "--scatter", str(scatter), *marked)
    said("fit", str(table), TWO, "--scatter", str(picture))
    for file in (plot, scatter):
        check_texts(file.read_text(encoding="utf-8"))
    drawn = plot.read_text(encoding="utf-8")
    expected = fit(TWO, data)
    assert ">ln_dist<" in drawn  # a column's name keeps its letters
    assert f"{abs(expected.coefficient('ln_dist')):.2f}" in drawn
    assert f">{ends[0].partition('=')[2]}, " in scatter.read_text(encoding="utf-8")
    assert picture.read_bytes().startswith(b"\x89PNG")
    for bad, part in (
        (("--plot", "slopes.pdf"), "cannot be written"),
        (("--mark", "exporter=JPN"), "no --scatter"),
        (("--scatter", "x.svg", "--mark", "exporter"), "not COLUMN=VALUE"),
        (("--scatter", "x.svg", "--mark", "nothing=1"), "did not read"),
        (("--scatter", "x.svg", "--mark", "exporter=nobody"), "no such row"),
    ):
        with pytest.raises(HikiwakeError, match=part):
            said("fit", str(table), TWO, *bad)


def test_the_scatter_holds_each_flow_once_with_both_numbers() -> None:
    found = fit(TWO, panel(11))
    chart, ledger = plots.scatter(found)
    expected, actual = ([ledger[mark.fact].value for mark in series.marks] for series in chart.series)
    assert len(expected) == min(plots.MOST, found.observations)
    kept = np.sort(np.argsort(-found.fitted, kind="stable")[: plots.MOST])
    assert expected == pytest.approx(found.fitted[kept])
    assert actual == pytest.approx(found.dependent[kept])
