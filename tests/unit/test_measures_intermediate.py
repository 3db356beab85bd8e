"""Intermediate trade equals what plain SQL on the shipped table gives, and says why where it is absent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb
import pytest

from hikiwake.core.country import country
from hikiwake.core.document import AnyBlock, Caveat, Chart, Paragraph, Prose, Table
from hikiwake.core.provenance import Ledger
from hikiwake.measures.intermediate.coverage import Absence, intermediate
from hikiwake.measures.intermediate.exposure import LEAST_SIZE, Exposures
from hikiwake.measures.intermediate.levels import IntermediateTrade
from hikiwake.measures.intermediate.table import PairDeliveries
from hikiwake.measures.statement import Statements
from hikiwake.render.language import load
from hikiwake.sections import Context
from hikiwake.sections.ties.intermediate import blocks
from hikiwake.store.catalogue import SHIPPED
from hikiwake.store.tables import Tables, open_tables

PAIRS = (("JPN", "RUS"), ("RUS", "JPN"), ("DEU", "FRA"), ("USA", "NLD"), ("CHN", "SAU"), ("LAO", "MLT"))
YEAR = 2022
# Sums of at most a million whole dollars amounts are exact in float64; one division rounds once.
EXACT = 1e-12

OF_PAIR = "select sum(value) from abroad where exporter = ? and importer = ?"
IMPORTS = "select sum(value) from abroad where importer = ?"
EXPORTS = "select sum(value) from abroad where exporter = ?"
SUPPLIERS_AHEAD = """
    select count(*) from (select exporter, sum(value) v from abroad where importer = ? group by 1) where v > ?
"""
CUSTOMERS_AHEAD = """
    select count(*) from (select importer, sum(value) v from abroad where exporter = ? group by 1) where v > ?
"""
GOODS = """
    select sum(value) from abroad join icio_industries on industry = code
    where goods and exporter = ? and importer = ?
"""
EXPOSED = """
    with used as (
        select industry, sum(value) total, sum(value) filter (exporter <> importer) foreign_inputs,
            sum(value) filter (exporter = $exporter) part
        from icio_input_use where importer = $importer and year = 2022 group by 1
    ), size as (select industry, output from icio_totals where economy = $importer and year = 2022)
    select industry, part, part / total, part / foreign_inputs, output from used join size using (industry)
    where part > 0 and output >= $least * (select sum(output) from size) order by 3 desc limit 6
"""


@pytest.fixture(scope="module")
def tables() -> Tables:
    return open_tables()


@pytest.fixture(scope="module")
def sql() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    for name in ("icio_flows", "icio_input_use", "icio_totals", "icio_industries"):
        connection.execute(f"create view {name} as select * from '{SHIPPED / name}.parquet'")
    connection.execute(
        "create view abroad as select * from icio_flows where exporter <> importer and year = 2022"
    )
    yield connection
    connection.close()


def one(sql: duckdb.DuckDBPyConnection, query: str, *given: object) -> float:
    row = sql.execute(query, list(given)).fetchone()
    assert row is not None
    return float(row[0] or 0.0)


def deliveries(tables: Tables, a: str, b: str) -> tuple[PairDeliveries, Statements]:
    say = Statements(tables, Ledger())
    found = intermediate(say, a, b, None)
    assert isinstance(found, PairDeliveries)
    return found, say


@pytest.mark.parametrize(("exporter", "importer"), PAIRS)
def test_levels_shares_and_ranks_equal_plain_sql(
    tables: Tables, sql: duckdb.DuckDBPyConnection, exporter: str, importer: str
) -> None:
    trade = IntermediateTrade(*deliveries(tables, exporter, importer))
    value, back = one(sql, OF_PAIR, exporter, importer), one(sql, OF_PAIR, importer, exporter)
    assert trade.value(exporter, importer).value == value
    assert trade.balance(exporter, importer).value == value - back
    bought, sold = one(sql, IMPORTS, importer), one(sql, EXPORTS, exporter)
    assert trade.share_of_imports(exporter, importer).value == pytest.approx(value / bought, rel=EXACT)
    assert trade.share_of_exports(exporter, importer).value == pytest.approx(value / sold, rel=EXACT)
    assert trade.supplier_rank(exporter, importer).value == 1 + one(sql, SUPPLIERS_AHEAD, importer, value)
    assert trade.customer_rank(exporter, importer).value == 1 + one(sql, CUSTOMERS_AHEAD, exporter, value)
    goods = one(sql, GOODS, exporter, importer)
    assert trade.goods_share(exporter, importer).value == pytest.approx(goods / value, rel=EXACT)


@pytest.mark.parametrize(("exporter", "importer"), PAIRS)
def test_exposure_equals_plain_sql(
    tables: Tables, sql: duckdb.DuckDBPyConnection, exporter: str, importer: str
) -> None:
    exposures = Exposures(*deliveries(tables, exporter, importer))
    wanted = sql.execute(
        EXPOSED, {"exporter": exporter, "importer": importer, "least": LEAST_SIZE}
    ).fetchall()
    stated = exposures.most_exposed(exporter, importer, 6)
    assert [row.industry.code for row in stated] == [row[0] for row in wanted]
    for row, (_, part, of_all, of_foreign, output) in zip(stated, wanted, strict=True):
        assert (row.inputs.value, row.output.value) == (part, output)
        assert row.of_all.value == pytest.approx(of_all, rel=EXACT)
        assert row.of_foreign.value == pytest.approx(of_foreign, rel=EXACT)


@pytest.mark.parametrize(("exporter", "importer"), PAIRS)
def test_sales_by_seller_and_inputs_by_user_are_the_same_trade(
    tables: Tables, exporter: str, importer: str
) -> None:
    found, say = deliveries(tables, exporter, importer)
    trade, exposures = IntermediateTrade(found, say), Exposures(found, say)
    assert found.sold(exporter, importer).sum() == found.used(exporter, importer).sum()
    shares = [line.share.value or 0.0 for line in trade.lines(exporter, importer)]
    assert sum(shares) == pytest.approx(1.0, abs=EXACT)
    # What all industries together take from the exporter is its share in the imports of intermediates.
    assert exposures.whole(exporter, importer)[1].value == pytest.approx(
        trade.share_of_imports(exporter, importer).value, rel=EXACT
    )


def test_shares_of_all_suppliers_sum_to_one(tables: Tables) -> None:
    trade = IntermediateTrade(*deliveries(tables, "JPN", "RUS"))
    suppliers = trade.suppliers("RUS", 1000, also="JPN")
    assert len(suppliers) == trade.partners().value == (trade.economies().value or 0) - 1
    assert sum(row.share.value or 0.0 for row in suppliers) == pytest.approx(1.0, abs=EXACT)


def test_known_levels_in_billions(tables: Tables) -> None:
    # The published table's own sums, to the two decimals they are known by.
    for exporter, importer, billions in (("JPN", "RUS", 3.99), ("RUS", "JPN", 11.93), ("DEU", "FRA", 76.7)):
        trade = IntermediateTrade(*deliveries(tables, exporter, importer))
        value = (trade.value(exporter, importer).value or 0.0) / 1e9
        assert value == pytest.approx(billions, abs=0.05)


def context(tables: Tables, a: str, b: str, last_year: int | None = None) -> Context:
    return Context(country(a), country(b), 2019, Statements(tables, Ledger()), last_year)


@pytest.mark.parametrize(
    ("a", "b", "last_year", "reason", "key"),
    [
        ("JPN", "MNG", None, "outside", "intermediate.absent_one"),
        ("MNG", "PRK", None, "outside", "intermediate.absent_both"),
        ("JPN", "RUS", YEAR - 1, "later", "intermediate.absent_later"),
    ],
)
def test_absence_is_said_with_its_reason(
    tables: Tables, a: str, b: str, last_year: int | None, reason: str, key: str
) -> None:
    asked = context(tables, a, b, last_year)
    found = intermediate(asked.say, a, b, last_year)
    assert isinstance(found, Absence)
    assert found.reason == reason
    written, summary = blocks(asked)
    assert [block.text.key for block in written if isinstance(block, Caveat)] == [key]
    assert len(written) == 1
    assert not summary
    assert_rendered(written, asked)


def test_the_table_counts_from_its_own_year_on(tables: Tables) -> None:
    assert isinstance(intermediate(Statements(tables, Ledger()), "JPN", "RUS", YEAR), PairDeliveries)


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_every_sentence_of_the_blocks_can_be_written(tables: Tables, a: str, b: str) -> None:
    asked = context(tables, a, b)
    written, summary = blocks(asked)
    assert any(isinstance(block, Chart) and block.kind == "diverging" for block in written)
    assert any(isinstance(block, Caveat) and block.kind == "concept" for block in written)
    assert_rendered([*written, Paragraph(tuple(summary))], asked)


def test_the_sign_of_the_balance_is_said_from_the_reader_s_side(tables: Tables) -> None:
    for a, b, key in (("JPN", "RUS", "intermediate.deficit"), ("RUS", "JPN", "intermediate.surplus")):
        written, _ = blocks(context(tables, a, b))
        said = {s.key for block in written if isinstance(block, Paragraph) for s in block.sentences}
        assert key in said


def assert_rendered(written: Sequence[AnyBlock], asked: Context) -> None:
    """Write every sentence out; an empty slot, an unused fact or a missing template raises."""
    language = load("en")
    sentences: list[Prose] = []
    for block in written:
        if isinstance(block, Paragraph):
            sentences += block.sentences
        elif isinstance(block, Caveat):
            sentences.append(block.text)
        elif isinstance(block, Table):
            sentences += [block.title, *block.columns, *([block.note] if block.note else [])]
        elif isinstance(block, Chart):
            sentences += [block.title, block.axis, block.alt, *([block.note] if block.note else [])]
            sentences += [series.label for series in block.series]
    for sentence in sentences:
        assert language.text(sentence, asked.say.ledger)
