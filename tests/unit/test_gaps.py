"""Suppliers that are absent from an importer's records together, over one or several years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pytest
from tests.tiny import FlagRow, FlowRow, tiny_tables

from hikiwake.core.provenance import Ledger
from hikiwake.measures.flows import pair_flows
from hikiwake.measures.statement import Scope, Statements
from hikiwake.measures.ties.levels import ABSENT, Flow, PairLevels
from hikiwake.sources.gaps import absences

MILLION = 1_000_000
OIL, TIN = "270900", "260900"
YEARS = range(2000, 2010)
Flows = list[tuple[int, str, str, str, int]]


def market(away: Mapping[str, Iterable[int]], value: int = 100 * MILLION) -> Flows:
    """Return oil that five exporters sell JPN and KOR alike, without the years in which JPN buys none."""
    return [
        (year, exporter, importer, OIL, value)
        for year in YEARS
        for exporter in ("ARE", "IRN", "KWT", "RUS", "SAU")
        for importer in ("JPN", "KOR")
        if importer == "KOR" or year not in away.get(exporter, ())
    ]


def found(flows: Flows) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    connection = duckdb.connect()
    connection.execute(
        "create table f (year smallint, exporter varchar, importer varchar, product varchar, value bigint)"
    )
    connection.executemany("insert into f values (?, ?, ?, ?, ?)", flows)
    totals = connection.sql(
        "select importer as economy, product, year, sum(value) as value from f group by all"
    )
    traded = connection.sql("select distinct product, year from f")
    of_lines, of_flows = absences(
        nw.from_native(connection.table("f")), nw.from_native(totals), nw.from_native(traded)
    )
    lines = of_lines.to_native().project("importer, product, year, round(ratio, 9)").fetchall()
    return sorted(lines), sorted(of_flows.to_native().project("exporter, importer, product, year").fetchall())


@pytest.mark.parametrize("gap", [(2004,), (2003, 2004, 2005), tuple(range(2001, 2008))])
def test_three_suppliers_that_stop_and_return_together_are_a_gap(gap: tuple[int, ...]) -> None:
    lines, flows = found(market(dict.fromkeys(("ARE", "KWT", "SAU"), gap)))
    # They make up three fifths of the line in the years beside it.
    assert lines == [("JPN", OIL, year, 0.4) for year in gap]
    assert flows == sorted((who, "JPN", OIL, year) for who in ("ARE", "KWT", "SAU") for year in gap)


def test_beside_a_flow_that_towers_for_one_year_nobody_is_absent() -> None:
    large = [(*row[:4], row[4] * 800) if row[:3] == (2004, "RUS", "JPN") else row for row in market({})]
    assert found(large) == ([], [])


@pytest.mark.parametrize(
    "away",
    [
        {},
        {"SAU": (2003, 2004)},
        {"SAU": (2003, 2004), "KWT": (2003, 2004)},
        {"SAU": (2003, 2004), "KWT": (2003,), "ARE": (2004,)},
        dict.fromkeys(("ARE", "KWT", "SAU"), range(2001, 2009)),
        dict.fromkeys(("ARE", "KWT", "SAU"), range(2007, 2010)),
    ],
    ids=[
        "none",
        "an embargo on one",
        "on two",
        "not the same years",
        "for longer than a gap",
        "not returned",
    ],
)
def test_what_may_be_an_event_is_none(away: dict[str, Iterable[int]]) -> None:
    assert found(market(away)) == ([], [])


def test_small_lines_are_left_alone() -> None:
    away = dict.fromkeys(("ARE", "KWT", "SAU"), (2004,))
    assert found(market(away, value=33 * MILLION)) == ([], [])
    assert found(market(away, value=34 * MILLION)) != ([], [])


def test_a_year_in_which_nobody_trades_the_product_is_no_gap() -> None:
    assert found([flow for flow in market({}) if flow[0] != 2004]) == ([], [])


def levels(folder: Path, oil: int, tin: int) -> PairLevels:
    """Return the levels of what SAU sells JPN: oil, but for 1993 to 1995, and tin."""
    gap = (1993, 1994, 1995)
    flows: list[FlowRow] = [
        (year, "SAU", "JPN", OIL, oil, None) for year in range(1990, 2000) if year not in gap
    ]
    flows += [(year, "SAU", "JPN", TIN, tin, 5) for year in range(1990, 2000)]
    flows += [(year, "RUS", "JPN", OIL, 20 * oil, None) for year in range(1990, 2000)]
    flags: list[FlagRow] = [("gap", "importer", None, "JPN", OIL, year) for year in gap]
    flags += [("gap", "flow", "SAU", "JPN", OIL, year) for year in gap]
    tables = tiny_tables(folder, flows, flags)
    return PairLevels(pair_flows(tables, "JPN", "SAU"), Statements(tables, Ledger()))


def test_years_without_a_product_of_weight_are_not_comparable(tmp_path: Path) -> None:
    made = levels(tmp_path, oil=900, tin=10)
    flow = Flow("SAU", "JPN", Scope("group", "covered", "all products"), 1994)
    for year in (1993, 1994, 1995):
        value = made.value(flow.at(year))
        assert (value.value, value.status, value.note) == (10, "flagged", ABSENT)
        assert made.quantity(flow.at(year)).status == "flagged"
        assert made.share_of_imports(flow.at(year)).status == "flagged"
        assert made.share_of_exports(flow.at(year)).status == "flagged"
    assert made.value(flow.at(1992)).status == "observed"
    trend = made.trend_growth(flow.at(1999), 1990)
    assert trend is not None
    assert trend.value == pytest.approx(0.0)  # without the years of the gap nothing changed
    assert made.value(Flow("SAU", "JPN", Scope("product", TIN, "tin"), 1994)).status == "observed"


def test_a_product_without_weight_spoils_no_total(tmp_path: Path) -> None:
    made = levels(tmp_path, oil=10, tin=900)
    flow = Flow("SAU", "JPN", Scope("group", "covered", "all products"), 1994)
    assert made.value(flow).status == "observed"
    assert made.value(flow._replace(scope=Scope("product", OIL, "oil"))).value is None
