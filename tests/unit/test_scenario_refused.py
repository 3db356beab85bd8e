"""What the commands on scenarios refuse: one clear error each, with what would help."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.own_tables import matrix, uses, vintage

import hikiwake as hk
from hikiwake.cli.app import run
from hikiwake.core.errors import BadInput
from hikiwake.measures.scenario.baseline import MATRIX, USES


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return vintage(tmp_path_factory.mktemp("matrix"), MATRIX, matrix())


@pytest.mark.parametrize(
    ("table", "old", "new", "why"),
    [
        (MATRIX, ("RUS", "RUS"), 0.0, "domestic sales are missing"),
        (MATRIX, ("RUS", "JPN"), -5.0, "zero or more"),
        (MATRIX, ("RUS", "JPN"), float("nan"), "zero or more"),
        (USES, ("RUS", "C29", "JPN", "B06"), -1e13, "zero or more"),
    ],
)
def test_tables_that_make_no_world_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], table: str, old: tuple[str, ...], new: float, why: str
) -> None:
    rows = [
        (*row[:-1], new) if row[1:-1] == old else row for row in (matrix() if table == MATRIX else uses())
    ]
    folder = vintage(tmp_path / "wrong", table, rows)
    with pytest.raises(BadInput) as caught:
        hk.pair("JPN", "RUS", data=folder).scenarios(draws=20)
    assert why in caught.value.why
    assert "RUS" in caught.value.where
    assert run(["--data", str(folder), "scenario", "run", "JPN", "RUS"]) == 3
    shown = capsys.readouterr().err
    assert shown.startswith("hikiwake: ")
    assert why in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--scenario", "peace", "--parameter", "cost"), "no scenario of this name"),
        (("--scenario", "no-trade", "--parameter", "cost"), "no shock has a `cost`"),
        (("--scenario", "no-trade", "--parameter", "price"), "no shock has a number of this name"),
        (("--scenario", "cheaper-trade", "--parameter", "cost", "--shock", "4"), "shock 4"),
        (("--scenario", "cheaper-trade", "--parameter", "cost", "--to", "-1"), "above zero"),
        (("--scenario", "no-trade", "--parameter", "leakage", "--to", "2"), "from 0 to 1"),
        (("--scenario", "no-trade", "--parameter", "elasticity", "--to", "-1"), "above zero"),
        (("--scenario", "no-trade", "--parameter", "leakage", "--steps", "0"), "steps"),
        (("--scenario", "no-trade", "--parameter", "leakage", "--figure", "a.pdf"), ".svg or .png"),
        (("--scenario", "no-trade", "--parameter", "leakage", "--draws", "2"), "more draws"),
        (("--scenario", "no-trade", "--parameter", "leakage", "--draws", "1000000"), "not kept at once"),
        (("--scenario", "no-trade", "--parameter", "leakage", "--to", "nan"), "finite numbers"),
        (("--scenario", "cheaper-trade", "--parameter", "cost", "--to", "inf"), "finite numbers"),
    ],
)
def test_a_sweep_that_means_nothing(
    small: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], why: str
) -> None:
    given = ["--data", str(small), "scenario", "sweep", "JPN", "RUS", "--from", "0.9", "--draws", "20"]
    if "--to" not in words:
        given += ["--to", "1"]
    assert run([*given, *words]) == 2
    shown = capsys.readouterr().err
    assert why in shown
    assert "Traceback" not in shown


def test_a_world_without_equilibrium_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who sells to nobody any more and still owes a surplus has no equilibrium: one clear error says so."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rows = [(*row[:-1], 9e10) if row[1:-1] == ("RUS", "JPN") else row for row in matrix()]
    folder = vintage(tmp_path / "surplus", MATRIX, rows)
    dossier = tmp_path / "alone.yaml"
    dossier.write_text(
        "hikiwake: 1\ntitle: Alone\nparties: [JPN, RUS]\nscenarios:\n  alone:\n    shocks:\n"
        "      - {from: [RUS], to: [JPN, CHN, USA], embargo: true}\n",
        encoding="utf-8",
    )
    words = ["--data", str(folder), "scenario", "run", str(dossier), "--draws", "20"]
    assert run([*words, "--closure", "additive"]) == 3
    shown = capsys.readouterr().err
    assert shown.startswith("hikiwake: equilibrium of many sectors: ")
    assert "try closure 'balanced'" in shown
    assert "little leak" in shown
    assert "Traceback" not in shown
    dossier.write_text(dossier.read_text(encoding="utf-8").replace("true}", "true, leakage: 0.1}"), "utf-8")
    assert run([*words, "--closure", "balanced"]) == 0


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("run", "JPN", "FRA"), 3, "this is none of them"),
        (("run", "JPN", "Atlantis"), 2, "Atlantis"),
        (("run", "JPN", "RUS", "--scenario", "comparable-pairs"), 3, "no table of trade between industries"),
        (("compare", "JPN", "RUS", "--against", "peace"), 2, "no scenario of this name"),
        (("compare", "JPN", "RUS", "--figure", "x.pdf"), 2, ".svg or .png"),
        (("run", "nowhere.yaml"), 3, "nowhere.yaml"),
    ],
)
def test_what_cannot_be_asked_is_told_in_two_lines(
    small: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, why: str
) -> None:
    assert run(["--data", str(small), "scenario", *words]) == code
    shown = capsys.readouterr().err
    assert why in shown
    assert len(shown.strip().splitlines()) == 2
