"""The commands on scenarios, on a small world that is solved in no time: an own matrix, an own table."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner, Result
from tests.own_tables import ECONOMIES, matrix, uses, vintage
from tests.pictures import check_texts

import hikiwake as hk
from hikiwake.cli.app import commands
from hikiwake.core.errors import HikiwakeError
from hikiwake.dossier.dispute_files import read_dispute
from hikiwake.equilibrium import Closure, Move, SectorShock, no_shock, solve, solve_sectors, world
from hikiwake.measures.scenario.baseline import MATRIX, USES, opened
from hikiwake.store.tables import open_tables

FEW = ["--draws", "20"]
DOSSIER = """\
hikiwake: 1
title: Trade after a settlement
parties: [JPN, RUS]
groups:
  front: [JPN, USA]
references:
  - id: letter
    title: A letter
scenarios:
  settlement:
    title: Trade costs between the two fall by a tenth
    where: settled
    shocks:
      - between: [JPN, RUS]
        cost: 0.9
        low: 0.85
        high: 0.95
        distribution: triangular
        sources: [letter]
  embargo:
    where: embargo
    closure: additive
    elasticities: short-run
    shocks:
      - {from: [RUS], to: [front], embargo: true, leakage: 0.05, low: 0.0, high: 0.2}
  tariffs:
    shocks:
      - {from: [RUS], to: [front], tariff: 0.25}
  rich:
    based_on: settlement
    thetas:
      - {industries: [ALL], value: 6.0, error: 1.0, sources: [letter]}
    shocks:
      - {of: [RUS], productivity: 1.1}
      - {from: [JPN], to: [RUS], transfer: 1.0e9}
      - {from: [RUS], to: [CHN], limit: 1.1}
dispute:
  decision_makers: [{id: JPN}, {id: RUS}]
  options:
    - {id: settles, owner: JPN}
    - {id: settles_too, owner: RUS}
    - {id: embargo, owner: JPN}
  definitions:
    settled: settles and settles_too
  preferences:
    JPN: {statements: [settled]}
    RUS: {statements: [settled]}
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return vintage(tmp_path_factory.mktemp("matrix"), MATRIX, matrix())


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    path = tmp_path / "dossier.yaml"
    path.write_text(DOSSIER, encoding="utf-8")
    return path


def total(rows: list[tuple[object, ...]], **where: str) -> float:
    """Return the sum of the rows of an inter-country table that are so."""
    columns = ("year", "exporter", "industry", "importer", "user", "value")
    places = {columns.index(name): value for name, value in where.items()}
    return sum(float(str(row[5])) for row in rows if all(row[at] == value for at, value in places.items()))


def told(small: Path, *words: str) -> Result:
    runner = CliRunner(env={"XDG_CACHE_HOME": str(small.parent / "cache")})
    return runner.invoke(commands, ["--data", str(small), "scenario", *words])


def test_a_matrix_makes_the_one_sector_world(small: Path) -> None:
    """The answer is that of the one-sector solver on the same numbers."""
    found = hk.pair("JPN", "RUS", data=small).scenarios(["cheaper-trade"], draws=20)
    flows = np.array([row[3] for row in matrix()], dtype=np.float64).reshape(4, 4)
    base = world(flows, economies=ECONOMIES)
    j, r = base.place("JPN"), base.place("RUS")
    shock = no_shock(4).with_cost(0.9, j, r).with_cost(0.9, r, j)
    expected = solve(base, 4.0, shock, closure="share of world output")
    (answers,) = found.told.answers
    for n, economy in enumerate(ECONOMIES):
        assert answers.welfare[economy].value == pytest.approx(expected.welfare[n] - 1.0, abs=1e-11)
    assert "one sector without inputs" in answers.welfare["JPN"].note
    assert "Simonovska" in answers.welfare["JPN"].note
    assert answers.welfare["JPN"].inputs == ("own@1#trade_matrix?year=2020",)


def test_an_inter_country_table_is_taken_exactly(tmp_path: Path) -> None:
    folder = vintage(tmp_path / "uses", USES, uses())
    tables = open_tables(folder)
    found = opened(tables, None)
    assert found is not None
    base = found.made(tables)
    rows = uses()
    sold = total(rows, exporter="RUS", industry="C29", importer="JPN")
    names = base.world.names
    r, j = base.world.place("RUS"), base.world.place("JPN")
    assert base.world.flows[names.index("C29"), r, j] == pytest.approx(sold, rel=1e-14)
    inputs = total(rows, industry="C29", importer="JPN", user="B06")
    share = inputs / base.world.output[names.index("B06"), j]
    assert base.world.inputs[j, names.index("B06"), names.index("C29")] == pytest.approx(share, rel=1e-14)
    final = total(rows, industry="B06", importer="JPN", user="HFCE") - 1e8  # and stocks fell by so much
    spent = base.world.final[j, names.index("B06")] * base.world.final_spending[j]
    assert spent == pytest.approx(final, rel=1e-12)
    assert base.clipped == 0  # the stocks fell by less than households bought
    assert opened(tables, 2019) is None
    answers = hk.pair("JPN", "RUS", data=folder).scenarios(["no-trade"], draws=20).told
    assert answers.gap < 1e-10
    assert "final goods go where the inter-country table has them" in answers.note


def test_third_economies_are_told_of_by_industry_where_asked(tmp_path: Path) -> None:
    folder = vintage(tmp_path / "uses", USES, uses())
    words = ("run", "JPN", "RUS", "--scenario", "cheaper-trade", *FEW, "--json")
    two, all_ = (json.loads(told(folder, *words, *more).stdout)["facts"] for more in ((), ("--everybody",)))
    for formula in ("scenario_output", "scenario_price", "scenario_real_wage", "scenario_exports"):
        some = {fact["economy"] for fact in two if fact["measure"] == formula}
        assert some == {"JPN", "RUS"}
        assert {fact["economy"] for fact in all_ if fact["measure"] == formula} > some
    held = {fact["id"]: fact for fact in all_}
    assert all(held[fact["id"]] == fact for fact in two)
    assert "Japan: real wages" in told(folder, *words[:-1], "--everybody").stdout
    # Whoever does not trade more cheaply still sells elsewhere: its output moves, and by no rule of ours.
    others = [f for f in all_ if f["measure"] == "scenario_output" and f["economy"] not in ("JPN", "RUS")]
    assert any(fact["value"] for fact in others)
    assert all(fact["low"] <= fact["high"] for fact in others)


def test_stocks_that_fell_further_are_counted(tmp_path: Path) -> None:
    folder = vintage(tmp_path / "stocks", USES, uses(stocks=-1e12))
    tables = open_tables(folder)
    found = opened(tables, None)
    assert found is not None
    base = found.made(tables)
    assert base.clipped == 1
    assert "1 cells of final use below zero" in base.adjusted


def test_scenarios_side_by_side(small: Path, tmp_path: Path) -> None:
    figure = tmp_path / "compare.svg"
    words = ("compare", "JPN", "RUS", "--against", "no-trade", "--figure", str(figure), "--check", *FEW)
    shown = told(small, *words)
    assert shown.exit_code == 0, shown.output
    for line in (
        "A  no-trade",
        "Japan: less that of no-trade",
        "left out: comparable-pairs",
        "others furthest",
    ):
        assert line in shown.output
    drawn = figure.read_text(encoding="utf-8")
    ElementTree.fromstring(drawn)
    assert "What scenarios would change of real income in Japan and Russia" in drawn
    assert "Source: tests, 1" in drawn
    check_texts(drawn)
    printed = json.loads(told(small, *words[:5], *FEW, "--json").stdout)
    facts = {
        (f["measure"], f["scenario"], f["economy"]): f for f in printed["facts"] if not f["elasticities"]
    }
    of = {name: facts["scenario_welfare", name, "RUS"] for name in ("no-trade", "cheaper-trade")}
    difference = facts["scenario_difference", "cheaper-trade", "RUS"]
    assert difference["value"] == pytest.approx(
        100 * (of["cheaper-trade"]["value"] - of["no-trade"]["value"]), abs=1e-12
    )
    # Draw by draw the difference is surer than the two ends apart would say.
    apart = 100 * (of["cheaper-trade"]["high"] - of["no-trade"]["low"])
    assert difference["high"] <= apart + 1e-12
    assert difference["low"] <= difference["value"] <= difference["high"]


def test_a_scenario_over_a_range(small: Path, tmp_path: Path) -> None:
    figure = tmp_path / "sweep.png"
    words = ("sweep", "JPN", "RUS", "--scenario", "cheaper-trade", "--parameter", "cost", *FEW)
    words = (*words, "--from", "0.8", "--to", "1.2", "--steps", "5")
    shown = told(small, *words, "--figure", str(figure), "--check")
    assert shown.exit_code == 0, shown.output
    assert figure.read_bytes().startswith(b"\x89PNG")
    assert "largest gap" in shown.output
    facts = json.loads(told(small, *words, "--json").stdout)["facts"]
    curve = {f["at"]: f for f in facts if f["measure"] == "scenario_welfare" and f["economy"] == "RUS"}
    assert list(curve) == ["0.8", "0.9", "1", "1.1", "1.2"]
    values = [f["value"] for f in curve.values()]
    assert values == sorted(values, reverse=True)
    assert values[2] == pytest.approx(0.0, abs=1e-12)
    alone = hk.pair("JPN", "RUS", data=small).scenarios(["cheaper-trade"], draws=20)
    whole = alone.get("scenario_welfare", scenario="cheaper-trade", economy="RUS", elasticities=None)  # type: ignore[arg-type]
    assert curve["0.9"]["value"] == pytest.approx(whole.value, abs=1e-14)
    assert whole.interval is not None
    assert curve["0.9"]["low"] == pytest.approx(whole.interval.low, abs=1e-14)


@pytest.mark.parametrize(
    ("scenario", "parameter", "first", "last"),
    [("no-imports", "leakage", "0", "1"), ("no-trade", "elasticity", "0.5", "1.5")],
)
def test_other_numbers_are_swept(small: Path, scenario: str, parameter: str, first: str, last: str) -> None:
    words = (
        "sweep",
        "JPN",
        "RUS",
        "--scenario",
        scenario,
        "--parameter",
        parameter,
        "--from",
        first,
        "--to",
        last,
    )
    shown = told(small, *words, "--steps", "3", *FEW, "--json")
    assert shown.exit_code == 0, shown.output
    found = [
        fact["value"]
        for fact in json.loads(shown.stdout)["facts"]
        if fact["measure"] == "scenario_welfare" and fact["economy"] == "JPN"
    ]
    # Less of a loss where more leaks through, and where more can be replaced.
    assert found[0] < found[1] < found[2] <= 1e-12


def test_all_that_a_file_may_say(small: Path, dossier: Path) -> None:
    """Distributions, closures, elasticities, duties, productivity, transfers and limits by the file."""
    found = hk.pair("JPN", "RUS", data=small).scenarios(dossier=dossier, draws=60)
    answers = {one.scenario: one for one in found.told.answers}
    assert found.told.gap < 1e-10
    notes = {name: one.welfare["RUS"].note for name, one in answers.items()}
    assert "additive:" in notes["embargo"]
    assert "Boehm" in notes["embargo"]
    assert "share of world output" in notes["settlement"]
    assert "1 of the file's own" in notes["rich"]
    assert {driver for _, driver in answers["settlement"].drivers} >= {"the change itself"}
    leak = answers["embargo"].trade["RUS", "JPN"]
    assert leak.interval is not None
    assert leak.interval.high - leak.interval.low > 0.1
    assert leak.interval.low < -0.95
    duties = answers["tariffs"]
    assert -1.0 < (duties.trade["RUS", "JPN"].value or 0.0) < 0.0
    # What Russia sells to China is held at a tenth more in quantity; productivity and gifts raise its income.
    assert (answers["rich"].welfare["RUS"].value or 0.0) > 0.05
    assert found.told.checks["rich"]["limits"] < 1e-10
    narrow, wide = (
        hk.pair("JPN", "RUS", data=small)
        .sweep("rich", "limit", (0.8, 1.1), dossier=dossier, draws=20)
        .swept.steps
    )
    assert (narrow.welfare["RUS"].value or 0.0) < (wide.welfare["RUS"].value or 0.0) - 1e-6


@pytest.mark.parametrize("closure", ["additive", "multiplicative", "balanced", "share of world output"])
def test_closures_and_elasticities_are_chosen_by_the_command(small: Path, closure: Closure) -> None:
    words = (
        "run",
        "JPN",
        "RUS",
        "--scenario",
        "no-trade",
        "--closure",
        closure,
        "--elasticities",
        "short-run",
    )
    shown = told(small, *words, *FEW, "--check")
    assert shown.exit_code == 0, shown.output
    largest = re.search(r"largest gap in any condition.*: (\S+)", shown.output)
    assert largest is not None
    assert float(largest[1]) < 1e-10
    facts = json.loads(told(small, *words, *FEW, "--json").stdout)["facts"]
    assert all(f"; {closure}: " in fact["note"] and "Boehm" in fact["note"] for fact in facts)
    tables = open_tables(small)
    found = opened(tables, None)
    assert found is not None
    base = found.made(tables).world
    j, r = base.place("JPN"), base.place("RUS")
    apart = SectorShock((Move((j,), (r,), effect=0.0), Move((r,), (j,), effect=0.0)))
    expected = solve_sectors(base, 0.76, apart, closure=closure)
    told_of = {
        f["economy"]: f["value"]
        for f in facts
        if f["measure"] == "scenario_welfare" and not f["elasticities"]
    }
    for n, economy in enumerate(base.economies):
        assert told_of[economy] == pytest.approx(expected.welfare[n] - 1.0, abs=1e-10)


def test_welfare_by_state_is_what_a_dispute_reads(small: Path, dossier: Path, tmp_path: Path) -> None:
    shown = told(small, "welfare", str(dossier), *FEW)
    assert shown.exit_code == 0, shown.output
    indented = "".join(f"  {line}\n" for line in shown.output.splitlines())
    enriched = tmp_path / "enriched.yaml"
    head, _, dispute = DOSSIER.partition("dispute:\n")
    enriched.write_text(f"{head}dispute:\n{indented}{dispute}", encoding="utf-8")
    from hikiwake.dispute import build

    game = build(read_dispute(enriched).form)
    amounts = game.amounts("dW", "RUS")
    answers = hk.pair("JPN", "RUS", data=small).scenarios(["settlement"], draws=20, dossier=dossier)
    settled = game.truth("settled")
    value = 100.0 * (answers.told.answers[0].welfare["RUS"].value or 0.0)
    assert amounts[settled] == pytest.approx(np.full(int(settled.sum()), value), rel=1e-5)
    assert (amounts[~settled & ~game.truth("embargo")] == 0.0).all()
    assert (amounts[~settled & game.truth("embargo")] < 0.0).all()
    printed = json.loads(told(small, "welfare", str(dossier), *FEW, "--json").stdout)
    low, high = printed["quantities"]["dW"]["rows"][0]["range"]["RUS"]
    assert low < high


def test_welfare_of_a_condition_that_cannot_be_read(small: Path, dossier: Path) -> None:
    dossier.write_text(DOSSIER.replace("where: settled", "where: setled"), encoding="utf-8")
    with pytest.raises(HikiwakeError, match="setled"):
        CliRunner().invoke(
            commands,
            ["--data", str(small), "scenario", "welfare", str(dossier), *FEW],
            catch_exceptions=False,
        )
    dossier.write_text(re.sub(r"    where: \w+\n", "", DOSSIER), encoding="utf-8")
    with pytest.raises(HikiwakeError, match="no scenario says"):
        CliRunner().invoke(
            commands,
            ["--data", str(small), "scenario", "welfare", str(dossier), *FEW],
            catch_exceptions=False,
        )


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_a_long_sweep_is_interrupted_at_once(tmp_path: Path) -> None:
    target = tmp_path / "sweep.json"
    words = ["scenario", "sweep", "JPN", "RUS", "--scenario", "no-trade", "--parameter", "leakage"]
    words += ["--from", "0", "--to", "1", "--steps", "100", "--draws", "2000", "-v", "-o", str(target)]
    running = subprocess.Popen(
        [sys.executable, "-m", "hikiwake", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stderr is not None
    assert "no-trade, leakage" in running.stderr.readline()  # it is well under way
    begun = time.monotonic()
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=600)[1]
    assert running.returncode == 130
    assert "interrupted" in said
    assert "Traceback" not in said
    assert not target.exists()
    assert time.monotonic() - begun < 120.0  # some thirty batches are left of this step alone: minutes
