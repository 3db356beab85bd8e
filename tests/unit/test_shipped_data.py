"""The shipped data: checksums, counts, published figures they must hold, and the faults known in them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))  # the build is no part of the package

from build import corrections
from hikiwake.core.country import all_countries
from hikiwake.store.catalogue import SHIPPED, open_vintage


def rows(query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Ask the shipped tables; `{name}` stands for a table."""
    files = {table.name: f"'{SHIPPED / table.file}'" for table in open_vintage().tables()}
    with duckdb.connect() as connection:
        return connection.execute(query.format(**files), list(parameters)).fetchall()


# --- what is shipped -----------------------------------------------------------------------------------


def test_every_shipped_file_is_what_the_catalogue_says() -> None:
    vintage = open_vintage()
    assert list(vintage.faults()) == []
    for table in vintage.tables():
        if table.file.endswith(".parquet"):
            described = [(column["name"], column["type"]) for column in table.columns]
            with duckdb.connect() as connection:
                relation = connection.read_parquet(str(SHIPPED / table.file))
                kinds = {"VARCHAR": "STRING", "SMALLINT": "INT16", "INTEGER": "INT32", "BIGINT": "INT64"}
                found = [
                    (name, kinds.get(str(kind), {"BOOLEAN": "BOOL"}.get(str(kind), str(kind))))
                    for name, kind in zip(relation.columns, relation.types, strict=True)
                ]
                assert found == described, table.name
                assert connection.execute("select count(*) from relation").fetchone() == (table.rows,)
            assert all(column["meaning"] for column in table.columns), table.name


def test_every_dataset_can_be_cited_and_its_package_is_pinned() -> None:
    for entry in open_vintage().entries():
        assert entry.citation, entry.id
        assert entry.licence, entry.id
        assert entry.coverage.text, entry.id
        assert all(len(package.sha256) == 64 and package.version for package in entry.packages), entry.id


def test_the_licence_file_speaks_of_every_dataset() -> None:
    path = Path(__file__).parents[2] / "DATA-LICENCES.md"
    said = path.read_text(encoding="utf-8")
    for entry in open_vintage().entries():
        assert f"`{entry.id}`" in said, entry.id
        assert all(package.name in said for package in entry.packages), entry.id


def test_size_of_the_trade_table() -> None:
    assert rows("select count(*), count(distinct product), min(year), max(year) from {baci_flows}") == [
        (1_264_888, 74, 1995, 2024)
    ]
    assert rows("select count(*), count(*) filter (covered) from {hs92_products}") == [(5_022, 74)]
    # 4.9 % of the flows have no quantity.
    assert rows("select count(*) from {baci_flows} where quantity is null") == [(61_682,)]
    assert rows("select count(*) from {baci_flows} where value <= 0 or exporter = importer") == [(0,)]


@pytest.mark.parametrize(
    ("product", "wanted"),
    # Shares as read in the source before it was converted, to the digits given.
    [("270900", 7.60), ("271111", 7.97)],
)
def test_russia_in_japans_imports_of_2014(product: str, wanted: float) -> None:
    ((share,),) = rows(
        "select 100 * sum(value) filter (exporter = 'RUS') / sum(value) from {baci_flows}"
        " where importer = 'JPN' and year = 2014 and product = ?",
        product,
    )
    assert share == pytest.approx(wanted, abs=0.005)


def test_japan_in_russias_exports_of_liquefied_gas_2013() -> None:
    ((share,),) = rows(
        "select 100 * sum(value) filter (importer = 'JPN') / sum(value) from {baci_flows}"
        " where exporter = 'RUS' and year = 2013 and product = '271111'"
    )
    assert share == pytest.approx(90.9, abs=0.05)


def test_liquefied_gas_of_japan_2023_agrees_with_its_ministry_of_finance() -> None:
    # 6.13 of 66.2 Mt as published in January 2024; the trade data give 66.0 Mt in total.
    ((russia, total),) = rows(
        "select sum(quantity) filter (exporter = 'RUS') / 1e9, sum(quantity) / 1e9 from {baci_flows}"
        " where importer = 'JPN' and year = 2023 and product = '271111'"
    )
    assert russia == pytest.approx(6.13, abs=0.01)
    assert total == pytest.approx(66.2, rel=0.005)


def test_industry_flows_are_the_published_ones() -> None:
    assert rows("select count(*) from {icio_flows}") == [(271_801,)]
    assert rows("select count(*), sum(goods::int), count(distinct group_code) from {icio_industries}") == [
        (50, 27, 13)
    ]
    # Bilateral levels in bn USD, read from the source before it was converted, to two decimals.
    for exporter, importer, wanted in (("JPN", "RUS", 3.99), ("RUS", "JPN", 11.93), ("USA", "CAN", 181.6)):
        ((value,),) = rows(
            "select sum(value) / 1e9 from {icio_flows} where exporter = ? and importer = ?",
            exporter,
            importer,
        )
        assert value == pytest.approx(wanted, abs=0.05 if wanted > 100 else 0.005)


def test_the_tables_of_the_network_are_sums_of_one_another() -> None:
    totals = "select sum(intermediate_sales), sum(inputs) from {icio_totals}"
    ((sales, inputs),) = rows(totals)
    assert sales == inputs
    for table in ("icio_flows", "icio_input_use", "icio_use_by_input"):
        assert rows(f"select sum(value) from {{{table}}}") == [(sales,)]
    home = "select sum(value) from {icio_flows} where exporter = importer"
    assert rows("select sum(value) from {icio_domestic_use}") == rows(home)
    # 85.25 % of 99.2 tn USD stays at home.
    ((domestic,),) = rows(home)
    assert float(sales) == pytest.approx(99.2e12, rel=5e-4)
    assert float(domestic) / float(sales) == pytest.approx(0.8525, abs=5e-5)


def test_every_row_of_the_network_closes_to_the_last_unit() -> None:
    gap = "select count(*) from {icio_totals} where output <> intermediate_sales + final_and_outside_sales"
    assert rows(gap) == [(0,)]
    sold = (
        "select count(*) from (select exporter, industry, sum(value) v from {icio_flows} group by all) f"
        " join {icio_totals} t on f.exporter = t.economy and f.industry = t.industry"
        " where f.v <> t.intermediate_sales"
    )
    bought = (
        "select count(*) from (select importer, industry, sum(value) v from {icio_input_use} group by all) f"
        " join {icio_totals} t on f.importer = t.economy and f.industry = t.industry where f.v <> t.inputs"
    )
    assert rows(sold) == rows(bought) == [(0,)]


def test_macro_tables() -> None:
    ((gdp,),) = rows("select cgdpo * pl_gdpo from {pwt} where economy = 'JPN' and year = 2017")
    # Japan's GDP of 2017 was 4.87 trillion USD at current prices.
    assert gdp == pytest.approx(4.87e6, rel=0.01)
    assert rows("select count(distinct economy), min(year), max(year) from {pwt}") == [(182, 1950, 2017)]
    assert rows(
        "select round(estimate, 2) from {political_stability} where year = 2024 and economy in ('JPN', 'RUS')"
        " order by economy"
    ) == [(1.13,), (-0.9,)]
    assert rows("select count(*) from {political_stability} where economy = 'GUY' and year = 2013") == [(1,)]
    assert rows(
        "select value, unit, text from {factbook} where economy = 'JPN' and measure = 'fdi_stock_in'"
        " and year = 2014"
    ) == [(205.5e9, "USD", "$205.5 billion (31 December 2014 est.)")]
    assert rows(
        "select partner, share from {factbook_partners} where economy = 'JPN' and flow = 'import'"
        " and vintage = '2015' and rank <= 2 order by rank"
    ) == [("CHN", 0.223), ("USA", 0.09)]


def test_every_economy_of_every_table_is_known() -> None:
    known = {economy.id for economy in all_countries()}
    for table in open_vintage().tables():
        names = {column["name"] for column in table.columns} & {"economy", "exporter", "importer", "partner"}
        for name in names:
            found = {identity for (identity,) in rows(f"select distinct {name} from {{{table.name}}}")}
            assert found - {None} <= known, (table.name, name)


KNOWN_DIPS = (
    ("TWN", "270112", 2004), ("RUS", "270119", 1997), ("GRC", "270900", 1999), ("JPN", "270900", 2015),
    ("PAN", "270900", 2023), ("THA", "270900", 2015), ("THA", "270900", 2019), ("TWN", "270900", 2004),
    ("TWN", "270900", 2014), ("TWN", "271111", 2022), ("CHN", "271121", 2022), ("FRA", "271121", 2000),
    ("UKR", "271121", 2010),
)  # fmt: skip
"""The fuel lines above 15 Mt in both neighbouring years that fall below 60 % of both."""


@pytest.mark.parametrize(("importer", "product", "year"), KNOWN_DIPS)
def test_known_dips_are_flagged(importer: str, product: str, year: int) -> None:
    found = rows(
        "select kind from {baci_flags} where side = 'importer' and importer = ? and product = ? and year = ?",
        importer,
        product,
        year,
    )
    # Trade is missing where the value fell too; else only the quantities are.
    missing = (importer, year) in {("RUS", 1997), ("GRC", 1999), ("JPN", 2015)}
    assert found == [("hole" if missing else "quantity_gap",)]


def test_the_known_dips_are_all_there_are_of_that_size() -> None:
    found = rows(
        "with t as (select importer, product, year, sum(quantity) q from {baci_flows}"
        " where product[1:4] in ('2701', '2702', '2709', '2711') group by all),"
        " n as (select *, lag(q) over w b, lead(q) over w a from t"
        " window w as (partition by importer, product order by year))"
        " select importer, product, year from n where b >= 15e9 and a >= 15e9 and q < 0.6 * least(a, b)"
    )
    assert set(found) == set(KNOWN_DIPS)


def test_single_flows_that_cannot_be_are_flagged() -> None:
    reasons = dict(
        rows(
            "select exporter || importer, kind || ' ' || reason from {baci_flags} where side = 'flow'"
            " and product = '270900' and (exporter, importer, year) in"
            " (('ARE', 'THA', 2023), ('SAU', 'JPN', 2015), ('SAU', 'TWN', 2014))"
        )
    )
    assert reasons == {
        "ARETHA": "unit_value quantity_too_large",
        "SAUJPN": "hole supplier_absent",
        "SAUTWN": "unit_value quantity_too_small",
    }


def test_years_without_several_suppliers_are_flagged() -> None:
    # India's crude oil: what the Gulf sold it is missing for five years, and the rest is recorded.
    found = rows(
        "select year, string_agg(exporter, ' ' order by exporter) from {baci_flags} where kind = 'gap'"
        " and side = 'flow' and importer = 'IND' and product = '270900' group by year order by year"
    )
    assert found == [(year, "ARE IRN IRQ KWT SAU") for year in range(2001, 2006)]
    # An embargo of one supplier is none: China bought no coal of Australia in 2021 and 2022.
    assert not rows("select * from {baci_flags} where kind = 'gap' and exporter = 'AUS' and importer = 'CHN'")
    lines = rows(
        "select distinct importer, product from {baci_flags} where kind = 'gap' and side = 'importer'"
    )
    assert len(lines) == 13


def test_a_flag_is_not_the_rule() -> None:
    # Detectors that flag much are of no use: less than 3 % of large importers' line-years are holes.
    ((large,),) = rows(
        "select count(*) from (select importer, product, year from {baci_flows} group by all"
        " having sum(value) >= 1e8)"
    )
    ((holes,),) = rows("select count(*) from {baci_flags} where kind = 'hole' and side = 'importer'")
    assert 0 < holes < 0.03 * large


def test_confirmed_faults_still_hold_and_are_flagged() -> None:
    entries = json.loads((SHIPPED / "corrections.json").read_bytes())
    assert json.loads(corrections.confirmed(SHIPPED / "baci_flows.parquet")) == entries
    japan = [e for e in entries if e.get("importer") == "JPN" and e["product"] == "270900"]
    assert {entry["kind"] for entry in japan} == {"hole"}
