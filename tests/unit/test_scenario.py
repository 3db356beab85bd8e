"""Ready-made scenarios: a baseline that adds up to the table, sourced elasticities, facts with intervals."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import msgspec
import numpy as np
import pytest
from click.testing import CliRunner

from hikiwake.api import pair
from hikiwake.cli.app import commands
from hikiwake.core.errors import BadInput, BadUsage, NoData
from hikiwake.equilibrium import Move, SectorShock, solve_sectors
from hikiwake.measures.scenario.asking import Scenarios
from hikiwake.measures.scenario.baseline import Baseline, _Places, baseline
from hikiwake.measures.scenario.elasticities import elasticities
from hikiwake.measures.scenario.solved import CLOSURE
from hikiwake.store.catalogue import SHIPPED
from hikiwake.store.tables import open_tables

SHARED = Path(os.environ.get("HIKIWAKE_SHARED", Path(__file__).resolve().parents[3] / "shared"))
DRAWS = 20


@pytest.fixture(scope="module")
def base() -> Baseline:
    return baseline(open_tables(), 2022)


@pytest.fixture(scope="module")
def sql() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for name in ("icio_flows", "icio_totals", "icio_use_by_input"):
            connection.execute(f"create view {name} as select * from '{SHIPPED / name}.parquet'")
        yield connection


@pytest.fixture(scope="module")
def found() -> Scenarios:
    return pair("JPN", "RUS").scenarios(["no-imports"], draws=DRAWS)


def one(sql: duckdb.DuckDBPyConnection, query: str) -> float:
    row = sql.execute(query).fetchone()
    assert row is not None
    return float(row[0])


def test_the_baseline_adds_up_to_the_table(base: Baseline, sql: duckdb.DuckDBPyConnection) -> None:
    world = base.world
    assert world.flows.shape == (50, 80, 80)
    assert world.output.sum() == pytest.approx(one(sql, "select sum(output) from icio_totals"), rel=1e-13)
    russian = one(sql, "select sum(output) from icio_totals where economy = 'RUS' and industry = 'B06'")
    oil, rus, jpn = world.names.index("B06"), world.place("RUS"), world.place("JPN")
    assert world.output[oil, rus] == pytest.approx(russian, rel=1e-13)
    # The rule: Japan's part of Russia's oil is its part of what Russia's oil industry sells to industries.
    part = one(
        sql,
        "select sum(value) filter (importer = 'JPN') / sum(value) from icio_flows"
        " where exporter = 'RUS' and industry = 'B06'",
    )
    assert world.flows[oil, rus, jpn] == pytest.approx(part * russian, rel=1e-12)
    # World spending on final goods is world value added, and nobody's final use of anything is negative.
    assert world.final_spending.sum() == pytest.approx(world.earned.sum(), rel=1e-12)
    assert world.final.min() >= 0.0
    assert base.at_home == one(
        sql,
        "select count(*) from icio_totals where output > 0 and intermediate_sales = 0",
    )
    assert base.scaled == one(sql, "select count(*) from icio_totals where inputs > output")


def test_inputs_are_those_of_the_table(base: Baseline, sql: duckdb.DuckDBPyConnection) -> None:
    steel, cars = base.world.names.index("C24A"), base.world.names.index("C29")
    share = one(
        sql,
        "select value / (select output from icio_totals where economy = 'JPN' and industry = 'C29')"
        " from icio_use_by_input where importer = 'JPN' and selling_industry = 'C24A'"
        " and using_industry = 'C29'",
    )
    assert base.world.inputs[base.world.place("JPN"), cars, steel] == pytest.approx(share, rel=1e-12)


def test_elasticities_are_those_of_their_source(base: Baseline) -> None:
    known = elasticities(base.world.names)
    path = SHARED / "elasticities.csv"
    if not path.exists():
        pytest.skip("the table of elasticities is not here (set HIKIWAKE_SHARED)")
    with path.open(encoding="utf-8") as file:
        rows = {row["icio_2025_industry"]: row for row in csv.DictReader(file)}
    for n, code in enumerate(base.world.names):
        given, group = rows[code], known.group[n]
        if given["cp2015_theta"]:
            assert known.theta[group] == float(given["cp2015_theta"])
            if given["cp2015_se"]:
                assert known.error[group] == float(given["cp2015_se"])
        else:
            assert known.names[group] == "services"


def test_draws_are_repeatable_bounded_and_common_to_an_estimate(base: Baseline) -> None:
    known = elasticities(base.world.names)
    drawn = known.draws(500, 7)
    np.testing.assert_array_equal(drawn, known.draws(500, 7))
    assert not np.array_equal(drawn, known.draws(500, 8))
    assert drawn.min() == known.least.min()
    assert drawn.max() == known.most.max()
    ships, planes = base.world.names.index("C301"), base.world.names.index("C302T309")
    np.testing.assert_array_equal(drawn[:, ships], drawn[:, planes])
    food = base.world.names.index("C10T12")
    assert drawn[:, food].mean() == pytest.approx(2.55, abs=0.1)
    assert drawn[:, food].std() == pytest.approx(0.61, abs=0.05)


def test_the_stated_values_are_those_of_the_model(found: Scenarios, base: Baseline) -> None:
    world = base.world
    jpn, rus = world.place("JPN"), world.place("RUS")
    theta = elasticities(world.names).central
    expected = solve_sectors(world, theta, SectorShock((Move((rus,), (jpn,), effect=0.0),)), closure=CLOSURE)
    (answers,) = found.told.answers
    assert answers.welfare["RUS"].value == pytest.approx(expected.welfare[rus] - 1.0, abs=1e-12)
    assert len(answers.welfare) == 80
    assert answers.trade["RUS", "JPN"].value == -1.0
    assert answers.first_round["JPN", "RUS"].value == 0.0
    assert answers.first_round["RUS", "JPN"].value == -1.0
    saudi = expected.after[:, world.place("SAU"), jpn].sum() - world.flows[:, world.place("SAU"), jpn].sum()
    assert answers.diversion["SAU", "JPN"].value == pytest.approx(saudi, rel=1e-6)
    assert found.told.gap < 1e-10
    # Both lose, and the rigid short run costs both more: a property of the model on these data.
    for member in ("JPN", "RUS"):
        value = answers.welfare[member].value
        rigid = answers.alternatives["short-run", member].value
        assert value is not None
        assert rigid is not None
        assert rigid < value < 0.0


def test_every_change_has_an_interval_a_rule_and_a_status(found: Scenarios) -> None:
    for fact in found:
        assert fact.status == "simulated"
        assert "final goods follow intermediates" in fact.note
        assert f"{DRAWS} draws, seed 1" in fact.note
        assert fact.interval is not None
        assert fact.interval.low <= fact.interval.high
    oil = found.where("scenario_trade", exporter="RUS", importer="JPN", industry="B06")
    assert len(oil) == 1


def test_a_range_holds_its_value_and_no_noise() -> None:
    """For some third economies the answer at the estimates lies beyond nine of ten draws.

    Where nothing is to be closed nothing changes, and what rounds of the solver leave of that is no number.
    """
    still = 0
    for fact in pair("BRA", "JPN").scenarios(["comparable-pairs"], draws=DRAWS):
        assert fact.interval is not None
        assert fact.value is not None
        assert fact.interval.low <= fact.value <= fact.interval.high, fact
        ends = (fact.interval.low, fact.value, fact.interval.high)
        assert all(end == 0.0 or abs(end) > 1e-11 for end in ends), fact
        still += 0.0 in ends
    assert still > 0


@pytest.mark.slow
def test_the_same_question_has_the_same_answer_to_the_byte(found: Scenarios) -> None:
    again = pair("JPN", "RUS").scenarios(["no-imports"], draws=DRAWS)
    assert again.to_json() == found.to_json()


WORDS = ["scenario", "run", "JPN", "RUS", "--scenario", "cheaper-trade", "--draws", str(DRAWS)]


def test_an_economy_without_a_place_is_named() -> None:
    grid = _Places(("JPN", "RUS"), ["B06"])
    assert grid.economy({"importer": np.array(["RUS", "JPN"], dtype=object)}, "importer").tolist() == [1, 0]
    with pytest.raises(BadInput, match="economy XXX"):
        grid.economy({"importer": np.array(["RUS", "XXX"], dtype=object)}, "importer")


def test_the_command_prints_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    shown = CliRunner().invoke(commands, [*WORDS, "--check"])
    assert shown.exit_code == 0, shown.output
    assert "trade costs between Japan and Russia fall by a tenth" in shown.output
    assert "Russia → Japan: sales" in shown.output
    assert "final goods follow intermediates" in " ".join(shown.output.split())
    for condition in ("prices", "spending", "labour", "world", "limits", "draws and variants"):
        assert re.search(rf"{condition} \d\.\de[+-]\d\d", shown.output), condition
    largest = re.search(r"largest gap in any condition.*: (\S+)", shown.output)
    assert largest is not None
    assert float(largest[1]) < 1e-10


@pytest.mark.slow
def test_the_command_prints_json(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    printed = CliRunner().invoke(commands, [*WORDS, "--json"])
    facts = json.loads(printed.stdout)
    assert "scenario_welfare" in json.dumps(facts)


@pytest.mark.parametrize(
    ("a", "names", "draws", "kind", "why"),
    [
        ("FJI", [], DRAWS, NoData, "holds 80 economies"),
        ("JPN", ["peace"], DRAWS, BadUsage, "no scenario of this name"),
        ("JPN", [], 3, BadUsage, "more draws"),
    ],
)
def test_refused(a: str, names: list[str], draws: int, kind: type[Exception], why: str) -> None:
    with pytest.raises(kind) as caught:
        pair(a, "RUS").scenarios(names, draws=draws)
    assert why in caught.value.why  # type: ignore[attr-defined]


def test_a_vintage_without_the_table_is_told(tmp_path: Path) -> None:
    from tests.tiny import tiny_tables

    from hikiwake.core.provenance import Ledger
    from hikiwake.measures.scenario.coverage import scenarios
    from hikiwake.measures.scenario.solved import Asked
    from hikiwake.measures.statement import Statements

    tables = tiny_tables(tmp_path, [(2000, "JPN", "RUS", "270900", 1, 1)])
    with pytest.raises(NoData, match="no table of trade between industries"):
        scenarios(Statements(tables, Ledger()), "JPN", "RUS", asked=Asked(DRAWS, 1))
    assert msgspec.json.encode(Ledger())
