"""Complementarity equals what plain SQL on the shipped tables gives, and its sentences stay true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from tests.tiny import FlagRow, FlowRow, tiny_tables

from hikiwake.core.country import country
from hikiwake.core.document import AnyBlock, Caveat, Chart, Paragraph, Prose, Section, Table
from hikiwake.core.provenance import Ledger
from hikiwake.measures.complementarity.advantage import Advantages
from hikiwake.measures.complementarity.intensity import Intensities
from hikiwake.measures.complementarity.match import Matches
from hikiwake.measures.complementarity.universe import (
    Trade,
    coarse,
    collect,
    commodity_universe,
    intermediate_universe,
)
from hikiwake.measures.statement import Statements
from hikiwake.render.language import load
from hikiwake.sections import Context
from hikiwake.sections.complementarity.section import section
from hikiwake.store.catalogue import SHIPPED
from hikiwake.store.tables import Tables, open_tables

PAIRS = (("JPN", "RUS"), ("RUS", "JPN"), ("DEU", "FRA"), ("USA", "NLD"), ("CHN", "SAU"), ("LAO", "MLT"))
UNIVERSES = ("intermediate", "commodities")
COMMODITY_YEAR = 2023
# The same sums in another order: a few dozen terms of float64.
CLOSE = 1e-9

# Flows abroad with a line k and a group g, whichever table they come from.
INTERMEDIATE = f"""
    select exporter i, importer j, industry k, group_code g, value::double v
    from '{SHIPPED}/icio_flows.parquet' join '{SHIPPED}/icio_industries.parquet' on industry = code
    where exporter <> importer and year = 2022
"""
COMMODITIES = f"""
    select exporter i, importer j, product k, product[:4] g, value::double v
    from '{SHIPPED}/baci_flows.parquet' where exporter <> importer and year = {COMMODITY_YEAR}
"""
SHARES = """
    with s as (select {line} k, sum(v) / (select sum(v) from {flows} where i = $i) s
            from {flows} where i = $i group by 1),
        m as (select {line} k, sum(v) / (select sum(v) from {flows} where j = $j) m
            from {flows} where j = $j group by 1)
"""
INDEX = (
    f"{SHARES} select 100 * (1 - sum(abs(coalesce(m, 0) - coalesce(s, 0))) / 2) from s full join m using (k)"
)
ALL_INDICES = """
    with x as (select i, k, sum(v) v from {flows} where i not in ($i, $j) group by 1, 2),
        total as (select i, sum(v) total from x group by 1),
        m as (select k, sum(v) / (select sum(v) from {flows} where j = $j) m
            from {flows} where j = $j group by 1)
    select 100 * sum(least(v / total, m)) from total join x using (i) join m using (k)
    where total >= $least * (select sum(v) from {flows}) group by i
    union all
    select 0 from total where total >= $least * (select sum(v) from {flows})
        and i not in (select i from x join m using (k))
"""
COSINE = f"""{SHARES} select (select sum(s * m) from s join m using (k))
    / sqrt((select sum(s * s) from s)) / sqrt((select sum(m * m) from m))"""
ADVANTAGE = """
    with x as (select k, sum(v) own from {flows} where i = $i group by 1),
        w as (select k, sum(v) world from {flows} group by 1)
    select k, (own / (select sum(own) from x)) / (world / (select sum(world) from w)) from x join w using (k)
"""
ELSEWHERE = """
    select sum(v) filter (i = $i and j <> $j) / sum(v) filter (j <> $i and j <> $j) from {flows} where k = $k
"""
INTENSITY = """
    with x as (select k, sum(v) x from {flows} where i = $i group by 1),
        m as (select k, sum(v) m from {flows} where j = $j group by 1),
        own as (select k, sum(v) own from {flows} where j = $i group by 1),
        w as (select k, sum(v) w from {flows} group by 1),
        e as (select sum(x * m / (w - coalesce(own, 0))) e from x join m using (k) join w using (k)
            left join own using (k) where w > coalesce(own, 0)),
        t as (select sum(v) filter (i = $i and j = $j) f, sum(v) filter (i = $i) sx,
            sum(v) filter (j = $j) sm, sum(v) filter (j = $i) so, sum(v) sw from {flows})
    select coalesce(f, 0) / sx / (sm / sw), coalesce(f, 0) / sx / (sm / (sw - coalesce(so, 0))),
        e / (sx * sm / (sw - coalesce(so, 0))), coalesce(f, 0) / e from t, e
"""


@pytest.fixture(scope="module")
def tables() -> Tables:
    return open_tables()


@pytest.fixture(scope="module")
def sql() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute(f"create table intermediate as {INTERMEDIATE}")
    connection.execute(f"create table commodities as {COMMODITIES}")
    yield connection
    connection.close()


def trade_in(tables: Tables, universe: str, a: str, b: str) -> Trade:
    made = intermediate_universe(2022) if universe == "intermediate" else commodity_universe(COMMODITY_YEAR)
    return collect(tables, made, a, b)


def numbers(sql: duckdb.DuckDBPyConnection, query: str, flows: str, **given: str) -> tuple[float, ...]:
    line = given.pop("line", "k")
    row = sql.execute(query.format(flows=flows, line=line), given).fetchone()
    assert row is not None
    return tuple(float(value) for value in row)


@pytest.mark.parametrize("universe", UNIVERSES)
@pytest.mark.parametrize(("exporter", "importer"), PAIRS)
def test_fit_equals_plain_sql(
    tables: Tables, sql: duckdb.DuckDBPyConnection, universe: str, exporter: str, importer: str
) -> None:
    trade = trade_in(tables, universe, exporter, importer)
    match = Matches(trade, Statements(tables, Ledger())).match(exporter, importer)
    pair = {"i": exporter, "j": importer}
    assert match.fit.value == pytest.approx(numbers(sql, INDEX, universe, **pair)[0], abs=CLOSE)
    assert match.cosine.value == pytest.approx(numbers(sql, COSINE, universe, **pair)[0], abs=CLOSE)


@pytest.mark.parametrize(("exporter", "importer"), PAIRS)
def test_fit_by_sector_group_equals_plain_sql(
    tables: Tables, sql: duckdb.DuckDBPyConnection, exporter: str, importer: str
) -> None:
    trade = coarse(tables, trade_in(tables, "intermediate", exporter, importer))
    fit = Matches(trade, Statements(tables, Ledger())).index(exporter, importer)
    wanted = numbers(sql, INDEX, "intermediate", i=exporter, j=importer, line="g")[0]
    assert fit.value == pytest.approx(wanted, abs=CLOSE)


@pytest.mark.parametrize("universe", UNIVERSES)
@pytest.mark.parametrize(("exporter", "importer"), PAIRS)
def test_place_among_exporters_equals_plain_sql(
    tables: Tables, sql: duckdb.DuckDBPyConnection, universe: str, exporter: str, importer: str
) -> None:
    trade = trade_in(tables, universe, exporter, importer)
    match = Matches(trade, Statements(tables, Ledger())).match(exporter, importer)
    least = 0.001 if universe == "commodities" else 0.0
    given = {"i": exporter, "j": importer, "least": least}
    fits = [row[0] for row in sql.execute(ALL_INDICES.format(flows=universe), given).fetchall()]
    own = numbers(sql, INDEX, universe, i=exporter, j=importer)[0]
    assert match.others.value == len(fits)
    assert match.better.value == sum(fit < own - CLOSE for fit in fits)
    assert match.worse.value == sum(fit > own + CLOSE for fit in fits)


@pytest.mark.parametrize("universe", UNIVERSES)
@pytest.mark.parametrize(("exporter", "importer"), PAIRS)
def test_intensity_and_its_split_equal_plain_sql(
    tables: Tables, sql: duckdb.DuckDBPyConnection, universe: str, exporter: str, importer: str
) -> None:
    trade = trade_in(tables, universe, exporter, importer)
    stated = Intensities(trade, Statements(tables, Ledger())).intensity(exporter, importer)
    wanted = numbers(sql, INTENSITY, universe, i=exporter, j=importer)
    got = (stated.simple.value, stated.refined.value, stated.fit.value, stated.bias.value)
    assert got == pytest.approx(wanted, rel=CLOSE, abs=1e-15)


@pytest.mark.parametrize("universe", UNIVERSES)
@pytest.mark.parametrize(("exporter", "importer"), PAIRS)
def test_openings_equal_plain_sql(
    tables: Tables, sql: duckdb.DuckDBPyConnection, universe: str, exporter: str, importer: str
) -> None:
    trade = trade_in(tables, universe, exporter, importer)
    advantages = Advantages(trade, Statements(tables, Ledger()))
    balassa = dict(sql.execute(ADVANTAGE.format(flows=universe), {"i": exporter}).fetchall())
    strong = {k for k, ratio in balassa.items() if ratio > 1}
    assert advantages.count(exporter).value == len(strong)
    for row in advantages.openings(exporter, importer, 5):
        k = row.line.code
        assert row.advantage.value == pytest.approx(balassa[k], rel=CLOSE)
        sellers = dict(
            sql.execute(
                f"select i, sum(v) from {universe} where j = ? and k = ? group by 1", [importer, k]
            ).fetchall()
        )
        bought, own = sum(sellers.values()), sellers.get(exporter, 0.0)
        assert row.need.value == bought
        assert row.supplied.value == pytest.approx(own / bought, rel=CLOSE)
        rivals = {i: v for i, v in sellers.items() if i != exporter}
        assert (row.rival.economy if row.rival else None) == max(
            rivals, key=lambda i: rivals[i], default=None
        )
        (elsewhere,) = numbers(sql, ELSEWHERE, universe, i=exporter, j=importer, k=k)
        assert row.elsewhere.value == pytest.approx(elsewhere, rel=CLOSE)


def test_the_openings_are_the_largest_imports_where_there_is_an_advantage(tables: Tables) -> None:
    advantages = Advantages(trade_in(tables, "commodities", "RUS", "JPN"), Statements(tables, Ledger()))
    needs = [row.need.value or 0.0 for row in advantages.openings("RUS", "JPN", 8)]
    assert needs == sorted(needs, reverse=True)
    assert len(needs) == 8


def written(
    tables: Tables, a: str, b: str, *, year: int = COMMODITY_YEAR, last_year: int | None = None
) -> Section:
    asked = Context(country(a), country(b), year, Statements(tables, Ledger()), last_year)
    made = section(asked)
    language = load("en")
    for sentence in sentences(made):
        # An empty slot, an unused fact or a missing template raises.
        assert language.text(sentence, asked.say.ledger)
    return made


def sentences(made: Section) -> list[Prose]:
    found = [made.title, made.finding, *made.summary]
    for block in made.blocks:
        found += block_sentences(block)
    return found


def block_sentences(block: AnyBlock) -> list[Prose]:
    if isinstance(block, Paragraph):
        return list(block.sentences)
    if isinstance(block, Caveat):
        return [block.text]
    if isinstance(block, Table):
        return [block.title, *block.columns, *([block.note] if block.note else [])]
    if isinstance(block, Chart):
        labels = [series.label for series in block.series]
        return [block.title, block.axis, block.alt, *labels, *([block.note] if block.note else [])]
    raise TypeError(type(block))


def keys(made: Section) -> set[str]:
    return {sentence.key.removeprefix("complementarity.") for sentence in sentences(made)}


@pytest.mark.parametrize(("a", "b"), [*PAIRS, ("JPN", "MNG"), ("MNG", "PRK"), ("VAT", "NRU")])
def test_every_sentence_can_be_written(tables: Tables, a: str, b: str) -> None:
    made = written(tables, a, b)
    assert made.blocks


@pytest.mark.parametrize(
    ("a", "b", "last_year", "key"),
    [
        ("JPN", "MNG", None, "absent_one"),
        ("MNG", "PRK", None, "absent_both"),
        ("JPN", "RUS", 2021, "absent_later"),
    ],
)
def test_a_universe_that_is_not_there_is_named_and_the_other_one_told(
    tables: Tables, a: str, b: str, last_year: int | None, key: str
) -> None:
    made = written(tables, a, b, year=last_year or COMMODITY_YEAR, last_year=last_year)
    assert key in keys(made)
    assert {made.finding.labels["scope"].id} == {"covered"}


def test_japan_and_russia_fit_well_and_trade_little_in_intermediates(tables: Tables) -> None:
    made = written(tables, "JPN", "RUS")
    assert made.finding.key == "complementarity.finding_better_better"
    assert [sentence.key for sentence in made.summary] == ["complementarity.summary_better_less"] * 2
    strips = [block for block in made.blocks if isinstance(block, Chart)]
    assert [strip.id for strip in strips] == [
        "complementarity-strip-intermediate", "complementarity-strip-commodities",
    ]  # fmt: skip
    for series in strips[0].series:
        assert sum(mark.emphasis for mark in series.marks) == 1
        assert len(series.marks) == 79


def test_glance_holds_one_universe(tables: Tables) -> None:
    made = written(tables, "JPN", "RUS")
    assert [type(block).__name__ for block in made.blocks if block.glance] == [
        "Paragraph", "Paragraph", "Chart",
    ]  # fmt: skip


def told(folder: Path, flows: list[FlowRow], flags: tuple[FlagRow, ...] = ()) -> Section:
    return written(tiny_tables(folder, flows, flags), "JPN", "RUS", year=2002)


def flow(exporter: str, importer: str, code: str, value: int, year: int = 2002) -> FlowRow:
    return (year, exporter, importer, code, value, value)


# Russia sells oil, which Japan buys; the two others sell gold and coal, of which Japan buys little.
GOOD = [
    flow("RUS", "JPN", "270900", 50), flow("RUS", "DEU", "270900", 50),
    flow("AUS", "JPN", "270112", 5), flow("AUS", "DEU", "270112", 90),
    flow("ZAF", "JPN", "710812", 5), flow("ZAF", "DEU", "710812", 90),
]  # fmt: skip


def test_a_good_fit_is_called_better(tmp_path: Path) -> None:
    made = told(tmp_path, GOOD)
    assert made.finding.key == "complementarity.finding_one_better"
    assert "fit_is_best" in keys(made)
    # Japan sells nothing at all here, so its own fit is not told.
    assert "fit_none" in keys(made)


def test_a_poor_fit_is_called_worse(tmp_path: Path) -> None:
    poor = [*GOOD, flow("AUS", "JPN", "270112", 500), flow("ZAF", "JPN", "710812", 500)]
    made = told(tmp_path, [*poor, flow("JPN", "DEU", "760110", 900), flow("DEU", "RUS", "760110", 900)])
    assert made.finding.key == "complementarity.finding_better_worse"
    assert made.finding.labels["first"].id == "JPN"
    assert {"fit_worse", "fit_better"} <= keys(made)
    # Japan's whole export is what Russia imports, and it sells Russia nothing.
    assert "summary_better_none" in keys(made)
    assert "intensity_none" in keys(made)
    assert "intensity_table_none" in keys(made)


def test_trade_above_its_fit_is_called_so(tmp_path: Path) -> None:
    assert "verdict_more" in keys(told(tmp_path, [*GOOD, flow("NOR", "DEU", "270900", 500)]))


def test_a_hole_keeps_the_fit_out_of_the_text(tmp_path: Path) -> None:
    before = [flow("RUS", "JPN", "270900", 50, year=2001)]
    hole: FlagRow = ("hole", "importer", None, "JPN", "270900", 2002)
    (tmp_path / "one").mkdir()
    assert told(tmp_path / "one", [*GOOD, *before], (hole,)).finding.key == "complementarity.finding_nothing"
    (tmp_path / "two").mkdir()
    back = [flow("JPN", "DEU", "760110", 9), flow("DEU", "RUS", "760110", 9)]
    made = told(tmp_path / "two", [*GOOD, *back, *before], (hole,))
    assert "fit_flagged" in keys(made)
    assert made.finding.key == "complementarity.finding_one_better"
    assert made.finding.labels["first"].id == "JPN"


def test_nothing_sold_is_no_share_of_zero(tmp_path: Path) -> None:
    """Japan buys aluminium of Germany; Russia sells it to all others, and none to Japan."""
    rest = [
        flow("RUS", "NOR", "760110", 90),
        flow("DEU", "JPN", "760110", 60),
        flow("AUS", "RUS", "270112", 5),
    ]
    said = keys(told(tmp_path, [*GOOD, *rest]))
    assert {"gap_none", "openings_table_none"} <= said
    assert not {"gap", "gap_alone", "openings_table"} & said


def test_exchange_without_a_match_is_no_share_of_zero(tmp_path: Path) -> None:
    back = [flow("JPN", "RUS", "760110", 9), flow("JPN", "DEU", "760110", 9)]
    said = keys(told(tmp_path, [*GOOD, *back]))
    assert "alike_nothing_product" in said
    assert "alike_matched_product" not in said
