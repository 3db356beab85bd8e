"""Scenarios written in a dossier: every mistake at its place, and moves that are those that are meant."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from hikiwake.api import pair
from hikiwake.cli.app import commands
from hikiwake.core.errors import HikiwakeError, NoData
from hikiwake.dossier.validation import check, read
from hikiwake.measures.scenario.baseline import Baseline, baseline
from hikiwake.measures.scenario.described import Offer, of_dossier, put
from hikiwake.measures.scenario.levels import Level
from hikiwake.measures.scenario.ready import Scenario
from hikiwake.store.tables import open_tables

HEAD = """\
hikiwake: 1
title: Trade after a settlement
parties: [JPN, RUS]
groups:
  G7: [CAN, FRA, DEU, ITA, JPN, GBR, USA]
references:
  - id: letter
    title: A letter
"""
GOOD = """\
scenarios:
  settlement:
    title: Trade costs fall by a tenth
    shocks:
      - between: [JPN, RUS]
        cost: 0.9
        error: 0.02
        sources: [letter]
  with-oil-embargo:
    based_on: settlement
    shocks:
      - from: [Russia]
        to: [G7]
        industries: [B06, FUE]
        embargo: true
        leakage: 0.05
"""


@pytest.fixture(scope="module")
def base() -> Baseline:
    return baseline(open_tables(), 2022)


def no_level(exporter: str, importer: str) -> Level:
    raise NoData(where=f"{exporter} to {importer}", why="not asked here", remedy="Ask with the data.")


def placed(offer: Offer, base: Baseline) -> list[Scenario]:
    return [put(name, one, offer.groups, base, no_level) for name, one in offer.written.items()]


def written(folder: Path, scenarios: str) -> Path:
    path = folder / "dossier.yaml"
    path.write_text(HEAD + scenarios, encoding="utf-8")
    return path


def test_moves_are_those_that_are_meant(tmp_path: Path, base: Baseline) -> None:
    dossier = read(written(tmp_path, GOOD))
    first, second = placed(of_dossier(dossier, "dossier.yaml"), base)
    world = base.world
    jpn, rus = world.place("JPN"), world.place("RUS")
    assert first.title == "Trade costs fall by a tenth"
    assert [(m.origins, m.destinations, m.cost) for m in first.moves] == [
        ((jpn,), (rus,), 0.9),
        ((rus,), (jpn,), 0.9),
    ]
    assert second.moves[:2] == first.moves  # inherited
    oil = second.moves[2]
    assert oil.origins == (rus,)
    assert set(oil.destinations) == {world.place(code) for code in dossier.groups["G7"]}
    assert {world.names[k] for k in oil.sectors} == {"B05", "B06", "C19"}
    assert oil.effect == 0.05
    costs, effects = second.at(second.uniform(4_000, 1))
    np.testing.assert_array_equal(costs[:, 0], costs[:, 1])  # one shock, one draw
    assert np.log(costs[:, 0]).std() == pytest.approx(0.02, rel=0.05)
    np.testing.assert_array_equal(effects[:, 2], 0.05)


def test_a_dossier_is_solved_by_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path = str(written(tmp_path, GOOD))
    told = CliRunner().invoke(
        commands, ["scenario", "run", path, "--scenario", "settlement", "--draws", "20"]
    )
    assert told.exit_code == 0, told.output
    assert "settlement: Trade costs fall by a tenth" in told.output
    assert "Japan → Russia: sales" in told.output


@pytest.mark.slow
def test_errors_of_shocks_widen_the_interval(tmp_path: Path) -> None:
    def width(error: str) -> float:
        path = written(tmp_path, GOOD.replace("0.02", error))
        found = pair("JPN", "RUS").scenarios(["settlement"], draws=100, dossier=path)
        interval = found.told.answers[0].trade["JPN", "RUS"].interval
        assert interval is not None
        return interval.high - interval.low

    assert width("0.05") > 1.5 * width("0.0")


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ("based_on: settlement", "based_on: setlement", "with-oil-embargo.based_on", "no scenario is called"),
        ("title: Trade", "based_on: with-oil-embargo\n    title: Trade", "based_on", "based on itself"),
        ("between: [JPN, RUS]", "between: [JPN, RUS, CHN]", "between", "two sides"),
        ("between: [JPN, RUS]", "between: [JPN, Atlantis]", "between[1]", "no economy"),
        ("between: [JPN, RUS]", "to: [JPN]", "shocks[0]", "both needed"),
        ("        to: [G7]\n", "        to: [G7]\n        between: [JPN, RUS]\n", "shocks[0]", "whose trade"),
        ("cost: 0.9", "cost: 0", "cost", "above zero"),
        ("cost: 0.9", "cost: 0.9\n        tariff: 0.1", "shocks[0]", "one thing"),
        ("cost: 0.9", "price: 0.9", "price", "no field"),
        ("leakage: 0.05", "leakage: 5", "leakage", "from 0 to 1"),
        ("leakage: 0.05", "error: 0.1", "error", "only a cost or an effect"),
        ("leakage: 0.05", "tariff: 0.1", "shocks[0]", "one thing"),
        ("cost: 0.9", "tariff: 0.1", "error", "no distribution"),
        ("cost: 0.9\n        error: 0.02", "tariff: -0.1", "tariff", "zero or more"),
        ("cost: 0.9\n        error: 0.02", "limit: 0", "limit", "above zero"),
        ("error: 0.02", "low: 0.8", "shocks[0]", "both ends"),
        ("error: 0.02", "low: 0.95\n        high: 0.99", "low", "outside its ends"),
        ("error: 0.02", "low: 0.9\n        high: 0.9", "low", "must rise"),
        ("error: 0.02", "error: 0.02\n        low: 0.8\n        high: 1", "error", "either an error or ends"),
        ("error: 0.02", "distribution: normal", "shocks[0]", "needs an `error`"),
        ("error: 0.02", "distribution: beta", "distribution", "not one of its words"),
        ("cost: 0.9\n        error: 0.02", "level: peace", "level", "not one of"),
        ("cost: 0.9\n        error: 0.02", "productivity: 1.1", "shocks[0]", "whose productivity"),
        ("between: [JPN, RUS]\n        cost: 0.9\n        error: 0.02",
         "from: [G7]\n        to: [RUS]\n        transfer: 1.0e9", "shocks[0]", "from` one economy"),
        ("title: Trade", "closure: fixed\n    title: Trade", "closure", "not one of its words"),
        ("title: Trade", "thetas: [{industries: [B06], value: 0}]\n    title: Trade", "value", "sigma > 1"),
        ("error: 0.02", "error: -1", "error", "zero or more"),
        ("[letter]", "[leter]", "sources[0]", "no reference"),
        ("scenarios:\n", "scenarios:\n  empty: {}\n", "empty", "nothing changes"),
    ],
)  # fmt: skip
def test_mistakes_are_told_at_their_place(
    tmp_path: Path, old: str, new: str, place: str, reason: str
) -> None:
    assert old in GOOD
    dossier, problems = check(written(tmp_path, GOOD.replace(old, new, 1)))
    assert dossier is None
    found = [problem for problem in problems if place in problem.path and reason in problem.reason]
    assert found, [str(problem) for problem in problems]
    assert all(problem.line > 8 and problem.remedy for problem in found)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("to: [G7]", "to: [FJI]", "does not hold this economy"),
        ("industries: [B06, FUE]", "industries: [B6]", "no industry or group"),
    ],
)
def test_what_the_table_does_not_hold_is_told(
    tmp_path: Path, base: Baseline, old: str, new: str, why: str
) -> None:
    dossier = read(written(tmp_path, GOOD.replace(old, new)))
    assert dossier.scenarios is not None
    with pytest.raises(NoData) as caught:
        placed(of_dossier(dossier, "dossier.yaml"), base)
    assert why in caught.value.why


def test_a_dossier_without_scenarios_is_told(tmp_path: Path) -> None:
    with pytest.raises(HikiwakeError, match="has no scenarios"):
        pair("JPN", "RUS").scenarios(dossier=written(tmp_path, ""))
