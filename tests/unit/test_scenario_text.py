"""The text of scenarios has the digits that were asked for; their data have all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.own_tables import matrix, vintage

from hikiwake.cli.app import commands
from hikiwake.measures.scenario.baseline import MATRIX

SWEPT = ("sweep", "--parameter", "cost", "--from", "0.9", "--to", "1")


@pytest.mark.parametrize("words", [("run",), ("compare",), SWEPT])
def test_digits_are_those_of_the_text_and_not_of_the_data(tmp_path: Path, words: tuple[str, ...]) -> None:
    world = vintage(tmp_path, MATRIX, matrix())

    def told(*more: str) -> Result:
        asked = ["JPN", "RUS", "--scenario", "cheaper-trade", "--draws", "20", *more]
        runner = CliRunner(env={"XDG_CACHE_HOME": str(tmp_path / "cache")})
        return runner.invoke(commands, ["--data", str(world), "scenario", *words, *asked])

    usual, fine = told(), told("--digits", "4")
    assert usual.exit_code == fine.exit_code == 0
    shorter, longer = (re.findall(r"[+−]\d+\.(\d+)", done.stdout) for done in (usual, fine))
    assert len(shorter) == len(longer) > 2
    assert min(map(len, shorter)) < 4
    assert all(len(decimals) >= 4 for decimals in longer)
    assert told("--json").stdout == told("--json", "--digits", "4").stdout
