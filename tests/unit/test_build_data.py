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

import numpy as np
import pytest
from tests.turns import in_turn

pytest.importorskip("rdata", reason="the dependency group data is not installed")
sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))  # the build is no part of the package

import build_data
from build import baci, corrections, factbook, icio, pwt, stability
from build.fetch import NoDownload, Package, WrongPackage, fetch, sha256_of
from build.tables import Column, catalogue, write_table
from hikiwake.core.country import all_countries
from hikiwake.core.errors import BadInput
from hikiwake.sources.baci_codes import baci_codes, economy_of

COLUMNS = (Column("k", "STRING", "", "key"), Column("v", "INT64", "USD", "value"))


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
    def vintage(name: str, **datasets: dict[str, str]) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        entries = [
            {"id": dataset, "tables": [{"file": file, "sha256": digest} for file, digest in files.items()]}
            for dataset, files in datasets.items()
        ]
        (folder / "catalogue.json").write_text(json.dumps({"datasets": entries}))
        return folder

    old = vintage("old", one={"a": "1" * 64, "b": "2" * 64}, two={"d": "5" * 64})
    new = vintage("new", one={"a": "3" * 64, "c": "4" * 64})
    lines = build_data.differences(old, new)
    assert [line.split(":")[0] for line in lines] == ["c", "b", "d", "a"]
    assert build_data.differences(old, old) == []
    # Of a part, all of its datasets count, and no other.
    lines = build_data.differences(old, new, part=True)
    assert [line.split(":")[0] for line in lines] == ["c", "b", "a"]
    same = vintage("same", two={"d": "5" * 64})
    assert build_data.differences(old, same, part=True) == []
    assert len(build_data.differences(old, same)) == 2


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


# `places` reads what `geography` has written.
PARTS = [
    ("baci",),
    ("geography", "places"),
    ("icio", "pwt", "stability", "factbook", "economies", "shapes"),
    ("fonts",),
]


def test_every_module_of_the_build_is_in_one_part() -> None:
    assert sorted(name for part in PARTS for name in part) == sorted(build_data.MODULES)


@pytest.mark.slow
@pytest.mark.parametrize("part", in_turn(PARTS))
def test_the_shipped_data_rebuild_to_the_byte(
    part: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    rebuilt(["--check", "--only", *part], capsys)


@pytest.mark.slow
@pytest.mark.nightly
def test_the_whole_of_the_shipped_data_rebuilds_to_the_byte(capsys: pytest.CaptureFixture[str]) -> None:
    rebuilt(["--check"], capsys)


def rebuilt(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code = build_data.main(arguments)
    said = capsys.readouterr()
    if code == 2:
        pytest.skip(f"a package cannot be fetched here: {said.err.strip()}")
    assert code == 0, said.err


def test_sha256_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    assert sha256_of(tmp_path / "empty").startswith("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c")
