"""The build of the shipped trade and macro data: its parsers, its guards, and the facts it must hold."""

from __future__ import annotations

import bz2
import hashlib
import json
import lzma
import struct
import sys
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))  # the build is no part of the package

import build_data
from build import baci, corrections, factbook, icio, pwt, stability
from build.fetch import NoDownload, Package, WrongPackage, fetch, sha256_of
from build.tables import Column, catalogue, write_table
from hikiwake.core.country import all_countries
from hikiwake.core.errors import BadInput
from hikiwake.sources.baci_codes import baci_codes, economy_of
from hikiwake.store.catalogue import SHIPPED, open_vintage

COLUMNS = (Column("k", "STRING", "", "key"), Column("v", "INT64", "USD", "value"))


def rows(query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Ask the shipped tables; `{name}` stands for a table."""
    files = {table.name: f"'{SHIPPED / table.file}'" for table in open_vintage().tables()}
    with duckdb.connect() as connection:
        return connection.execute(query.format(**files), list(parameters)).fetchall()


# --- fetching and writing -------------------------------------------------------------------------


def package(content: bytes) -> Package:
    return Package("pip", "somename", "1.0", "some-1.0.whl", hashlib.sha256(content).hexdigest())


def test_a_cached_package_with_the_pinned_hash_is_used_without_any_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("subprocess.run", lambda *_, **__: pytest.fail("a client was called"))
    (tmp_path / "some-1.0.whl").write_bytes(b"content")
    assert fetch(package(b"content"), tmp_path).read_bytes() == b"content"


def test_a_package_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "some-1.0.whl").write_bytes(b"changed")
    with pytest.raises(WrongPackage, match=r"some-1\.0\.whl: SHA-256 is .* pinned is"):
        fetch(package(b"content"), tmp_path)


def test_a_failing_client_is_named_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Done:
        returncode, stdout, stderr = 1, "", "no such version"

    monkeypatch.setattr("subprocess.run", lambda *_, **__: Done())
    with pytest.raises(NoDownload, match=r"somename 1\.0: .*no such version"):
        fetch(package(b"content"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_table_has_the_same_bytes_whatever_the_order_of_its_rows(tmp_path: Path) -> None:
    one = write_table(tmp_path, "d", "one", COLUMNS, {"k": ["a", "b"], "v": [1, None]}, sort=("k",))
    two = write_table(tmp_path, "d", "two", COLUMNS, {"k": ["b", "a"], "v": [None, 1]}, sort=("k",))
    assert (one.rows, one.sha256, one.bytes) == (2, two.sha256, two.bytes)


def test_rows_that_the_key_does_not_tell_apart_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not unique by k"):
        write_table(tmp_path, "d", "t", COLUMNS, {"k": ["a", "a"], "v": [1, 2]}, sort=("k",))


def test_a_file_without_a_dataset_and_a_dataset_without_a_file_are_refused(tmp_path: Path) -> None:
    file = write_table(tmp_path, "d", "t", COLUMNS, {"k": ["a"], "v": [1]}, sort=("k",))
    with pytest.raises(ValueError, match="unknown datasets: d"):
        catalogue("x", [], {}, [file])
    with pytest.raises(ValueError, match="dataset e has no file"):
        catalogue("x", [{"id": "e"}], {"e": []}, [])


def test_differences_name_each_file_that_is_other_or_missing(tmp_path: Path) -> None:
    def vintage(name: str, files: dict[str, str]) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        tables = [{"file": file, "sha256": digest} for file, digest in files.items()]
        (folder / "catalogue.json").write_text(json.dumps({"datasets": [{"tables": tables}]}))
        return folder

    old = vintage("old", {"a": "1" * 64, "b": "2" * 64})
    new = vintage("new", {"a": "3" * 64, "c": "4" * 64})
    lines = build_data.differences(old, new)
    assert [line.split(":")[0] for line in lines] == ["c", "b", "a"]
    assert build_data.differences(old, old) == []


# --- parsers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("88.981", 88981), ("16", 16000), (" 0.5 ", 500), ("0.001", 1), ("0.23399999999999999", 234)],
)
def test_thousandths_are_exact(text: str, wanted: int) -> None:
    assert baci.thousandths(text) == wanted


@pytest.mark.parametrize("text", ["1.2345", "NA", "", "1e3"])
def test_what_is_not_a_number_of_three_decimals_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        baci.thousandths(text)


def test_icio_flows_come_back_exactly_although_two_totals_were_capped() -> None:
    # Four industries; the second buys more inputs than its output, so its stored share is capped.
    flows = np.array(
        [[10, 700000, 3, 0], [5, 100000, 40000, 7], [1, 250000, 20, 90000], [8, 40000, 11, 60]]
    ).astype(float)
    outside = np.array([900000.0, 100000.0, 900000.0, 700000.0])
    output = flows.sum(axis=1) + outside
    inputs = flows.sum(axis=0)
    assert inputs[1] > output[1]
    share = np.minimum(inputs / output, icio.CAP)
    scale = 1e-4  # the stored money unit: flows are multiples of its ten thousandth
    found = icio.recover_flows(flows / inputs, share, output * scale, outside * scale)
    np.testing.assert_array_equal(found, flows)


def test_icio_refuses_a_table_whose_rows_do_not_close() -> None:
    flows = np.array([[1.0, 2.0], [3.0, 4.0]])
    outside = np.array([100.0, 101.0])
    output = flows.sum(axis=1) + outside
    shares, share = flows / flows.sum(axis=0), flows.sum(axis=0) / output
    with pytest.raises(ValueError, match="1 rows do not close"):
        icio.recover_flows(shares, share, output * 1e-4, (outside + np.array([0, 1])) * 1e-4)


@pytest.mark.parametrize("letter", [b"Z", b"2", b""])
def test_chunks_of_r_are_unpacked_by_their_letter(letter: bytes) -> None:
    content = b"some content" * 20
    filters = [{"id": lzma.FILTER_LZMA2}]
    packed = {
        b"Z": lzma.compress(content, format=lzma.FORMAT_RAW, filters=filters),
        b"2": bz2.compress(content),
        b"": zlib.compress(content),
    }[letter]
    assert pwt.unpacked(struct.pack(">I", len(content)) + letter + packed) == content
    with pytest.raises(ValueError, match="stated 7"):
        pwt.unpacked(struct.pack(">I", 7) + letter + packed)


def test_what_is_no_debian_package_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.deb").write_bytes(b"PK")
    with pytest.raises(ValueError, match="not a Debian package"):
        pwt.deb_members(tmp_path / "x.deb", ())


def test_missing_stability_is_missing_not_zero() -> None:
    assert [stability.number(text) for text in ("nan", "None", "", "0.0")] == [None, None, None, 0.0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("$710.5 billion (2014 est.) ++ $714.9 billion (2013 est.)", [(710.5e9, 2014), (714.9e9, 2013)]),
        ("-$2.993 billion (2014 est.)", [(-2.993e9, 2014)]),
        ("$-5 million (2012)", [(-5e6, 2012)]),
        ("$1,234,500 (FY12/13)", [(1234500.0, 2013)]),
        ("$2 million (FY2013/14 est.)", [(2e6, 2014)]),
        ("$4.5 billion (31 December 2006 est.)", [(4.5e9, 2006)]),
        ("-0.1% (2014 est.) ++ NA% (2013 est.)", [(-0.1, 2014)]),
        ("$NA", []),
        ("$5 billion", []),
    ],
)
def test_amounts_of_the_factbook(text: str, wanted: list[tuple[float, int]]) -> None:
    assert [(amount.value, amount.year) for amount in factbook.amounts(text)] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("US 18.9%, China 18.3% (2014)", (2014, [("US", 18.9), ("China", 18.3)])),
        ("Korea, South 7%, Bahamas, The 5% (2012 est.)", (2012, [("Korea, South", 7), ("Bahamas, The", 5)])),
        ("Antigua &amp; Barbuda 5% (2023)", (2023, [("Antigua & Barbuda", 5)])),
        ("US 100%", (None, [("US", 100)])),
        ("<p>Italy, Switzerland</p> (2021)", (2021, [])),
    ],
)
def test_partners_of_the_factbook(text: str, wanted: tuple[int | None, list[tuple[str, float]]]) -> None:
    assert factbook.partners(text) == wanted


@pytest.mark.parametrize(
    ("name", "economy"),
    [("UAE", "ARE"), ("S. Korea", "KOR"), ("NZ", "NZL"), ("DRC", "COD"), ("Congo, Republic of the", "COG")],
)
def test_names_of_partners(name: str, economy: str) -> None:
    assert factbook.partner_economy(name) == economy


def test_a_list_that_names_continents_gives_no_partner() -> None:
    entry = {"Exports - partners": {"text": "Asia 50%, Europe 30% (2014)"}}
    assert list(factbook.partner_rows(entry)) == []


def test_the_unit_of_output_at_parity_names_its_price_year() -> None:
    heading = "GDP (purchasing power parity)"
    measures = {heading: ("gdp_ppp", factbook.PARITY)}
    entry = {heading: {"text": "$1 billion (2013)", "note": {"text": "data are in 2012 US dollars"}}}
    assert next(factbook.economy_rows(entry, measures))[3] == "USD at 2012 prices"


def test_a_guard_fails_in_both_directions() -> None:
    entry = {"importer": "JPN", "product": "270900", "years": [2015]}
    low = {**entry, "expect": {"amount": "quantity", "at_most": 10}}
    high = {**entry, "expect": {"amount": "quantity", "at_least": 10}}
    assert corrections.stale(low, 11).startswith("JPN 270900 in 2015: quantity is 11")
    assert corrections.stale(high, 9).endswith("expected at least 10")
    assert corrections.stale(low, 10) == corrections.stale(high, 10) == ""


# --- codes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "economy"),
    [
        (490, "TWN"), (842, "USA"), (251, "FRA"), (579, "NOR"), (757, "CHE"), (699, "IND"), (58, "BLX"),
        (56, "BEL"), (711, "ZA1"), (891, "SCG"), (530, "ANT"), (849, "PUS"), (697, "R20"), (736, "SDN"),
        (729, "SDN"), (280, "DEU"), (276, "DEU"), ("392", "JPN"),
    ],
)  # fmt: skip
def test_codes_that_are_not_isos(code: int | str, economy: str) -> None:
    assert economy_of(code) == economy


@pytest.mark.parametrize("code", [999, "", "JPN"])
def test_an_unknown_code_is_refused_not_guessed(code: int | str) -> None:
    with pytest.raises(BadInput, match="BACI's list"):
        economy_of(code)


def test_every_code_leads_to_a_known_economy_and_shares_it_only_in_other_years() -> None:
    known = {economy.id for economy in all_countries()}
    table = baci_codes()
    assert len(table) == 238
    assert {row.economy for row in table.values()} <= known
    by_economy: dict[str, list[tuple[int, int]]] = {}
    for row in table.values():
        by_economy.setdefault(row.economy, []).append((row.first or 0, row.last or 9999))
    for spans in by_economy.values():
        assert all(before[1] < after[0] for before, after in pairwise(sorted(spans)))


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


@pytest.mark.slow
def test_the_shipped_data_rebuild_to_the_byte(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = build_data.main(["--check"])
    said = capsys.readouterr()
    if code == 2:
        pytest.skip(f"a package cannot be fetched here: {said.err.strip()}")
    assert code == 0, said.err


def test_sha256_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    assert sha256_of(tmp_path / "empty").startswith("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c")
