"""Data of a user's own: every row counted, codes by rule, amounts kept, vintages that never change."""

from __future__ import annotations

import gzip
import random
import zipfile
from itertools import permutations
from itertools import product as product_of
from pathlib import Path

import duckdb
import narwhals as nw
import pytest
from tests import releases
from tests.imports import (
    FORMS,
    LATIN,
    PLAIN,
    PLAIN_TEXT,
    WANTED,
    brought,
    reasons,
    rows,
    table,
)

from hikiwake.compose import Request, resolve_year
from hikiwake.core.country import pair
from hikiwake.core.errors import BadInput, BadUsage, HikiwakeError
from hikiwake.measures.flows import (
    FLAGS,
    FLOWS,
    WORLD_TOTALS,
    Side,
    economy_totals,
    totals,
    usable,
    usable_flows,
    world,
)
from hikiwake.sources.imports import columns
from hikiwake.sources.imports.economies import meaning
from hikiwake.sources.imports.mapping import Mapping
from hikiwake.sources.imports.report import FATES, REASONS, lines
from hikiwake.sources.imports.run import Wish, add, connected
from hikiwake.store.library import Library
from hikiwake.store.tables import open_tables


def test_a_release_comes_in_whole_and_to_the_dollar(tmp_path: Path, library: Library) -> None:
    made = brought(library, releases.release(tmp_path / "BACI_HS92_V202601.zip"))
    assert made.held.reference == "baci-hs92@202601"
    tables = open_tables(library.path(made.held))
    found = rows(tables)
    stated = [row for year in releases.ROWS.values() for row in year]
    assert len(found) == len(stated) == made.report.rows("accepted")
    # Thousandths of thousand USD are USD, thousandths of tonnes are kg: nothing is rounded.
    wanted = sum(round(float(row[4]) * 1000) for row in stated)
    assert sum(int(str(row[4])) for row in found) == wanted == made.report.usd("accepted")
    assert (2013, "USA", "JPN", "010110", 12500, 250) in found
    assert (2014, "TWN", "NAM", "870899", 5000, 300) in found
    assert (2015, "IND", "CHE", "010110", 3000, 10) in found
    assert (2014, "FRA", "RUS", "870323", 800_000_000, 30_000_000) in found
    # "          NA", "" and "NA" are three ways to say that no quantity is given.
    missing = [row for row in found if row[5] is None]
    assert len(missing) == 3
    assert tables.vintage.years_of("baci_flows") == (2013, 2014, 2015)
    assert tables.dataset_of("baci_flows").provisional_from == 2015
    said = "\n".join(lines(made.report))
    for code in ("842", "251", "490", "699", "757"):
        assert f"code '{code}' is read as" in said


def test_where_all_years_are_provisional_a_brief_is_of_one_of_them(tmp_path: Path, library: Library) -> None:
    alone = {2015: releases.ROWS[2015]}
    made = brought(library, releases.release(tmp_path / "BACI_HS92_V202601.zip", alone))
    vintage = open_tables(library.path(made.held)).vintage
    assert vintage.dataset_of("baci_flows").provisional_from == 2015
    assert resolve_year(Request(pair=pair("CHE-IND")), vintage) == 2015


@pytest.mark.parametrize(
    ("header", "folder", "revision"),
    [
        ("t,i,j,k,v,q", "BACI_HS17_V202501/", "17"),
        ("t,k,i,j,v,q", "", "02"),
        ("q,v,k,j,i,t", "deep/er/", "22"),
    ],
)
def test_any_revision_folder_and_order_of_columns(
    tmp_path: Path, library: Library, header: str, folder: str, revision: str
) -> None:
    order = ["tijkvq".index(name) for name in header.split(",")]
    turned = [tuple(row[n] for n in order) for row in releases.ROWS[2014]]
    path = releases.release(
        tmp_path / "zip.zip",
        {2014: []},
        revision=revision,
        folder=folder,
        texts={f"BACI_HS{revision}_Y2014_V202601.csv": releases.csv_text(turned, header)},  # type: ignore[arg-type]
    )
    made = brought(library, path)
    assert made.held.name == f"baci-hs{revision}"
    assert made.report.rows("accepted") == len(turned)


def test_the_same_again_is_known_and_other_content_is_refused(tmp_path: Path, library: Library) -> None:
    path = releases.release(tmp_path / "a.zip")
    first = brought(library, path)
    assert brought(library, path).known
    other = releases.release(tmp_path / "b.zip", {2014: releases.ROWS[2014]})
    with pytest.raises(BadInput, match="never changes"):
        brought(library, other)
    assert library.held() == (first.held,)
    second = brought(library, other, name="baci-hs92@202602")
    assert library.find("baci-hs92") == second.held
    assert library.find("baci-hs92@202601") == first.held


FAULTY = [
    "2014,643,392,270900,1.0,1.0",
    "2014,643,392,270900,1.0,1.0",  # the same again
    "2014,643,392,271111,1.0,1.0",
    "2014,643,392,271111,2.0,1.0",  # contradicts the one before
    "2014,276,392,440320,1.0,1.0",
    "2014,280,392,440320,2.0,1.0",  # Germany twice: added
    "2013,643,392,870323,1.0,1.0",  # another year than the file's
    "x,643,392,870323,1.0,1.0",
    "2014,999,392,870323,1.0,1.0",
    "2014,643,XX9,870323,1.0,1.0",
    "2014,392,392,870323,1.0,1.0",
    "2014,643,392,123456,1.0,1.0",
    "2014,643,392,870323,,1.0",
    "2014,643,392,870323,inf,1.0",
    "2014,643,392,870323,1e400,1.0",
    "2014,643,392,870323,-5,1.0",
    "2014,643,392,870323,1.0,-1",
    "2014,643,392,870323,0,1.0",
    "2014,643,392,870323,1.0",  # five fields
    "2014,643,392,870323,1.0,1.0,7",  # seven
    "2014,0,392,870323,1.0,1.0",  # the world
    "2014,842,516,10110,4.0,1.0",  # a lost zero
    '2014,"643",156,"270900","3.5","1"',
]
TALLIED = {
    "accepted": 5,
    "repeated": 1,
    "conflicting": 2,
    "year_range": 1,
    "no_year": 1,
    "unknown_exporter": 1,
    "unknown_importer": 1,
    "self_trade": 1,
    "unknown_product": 1,
    "no_value": 1,
    "not_a_number": 1,
    "not_finite": 1,
    "negative": 1,
    "bad_quantity": 1,
    "zero": 1,
    "malformed": 2,
    "aggregate": 1,
}


def test_faults_are_counted_by_reason_with_line_and_column(tmp_path: Path, library: Library) -> None:
    text = "t,i,j,k,v,q\n" + "\n".join(FAULTY) + "\n"
    path = releases.release(tmp_path / "a.zip", {2014: []}, texts={"BACI_HS92_Y2014_V202601.csv": text})
    with pytest.raises(BadInput, match=r"rows cannot be taken") as refused:
        brought(library, path)
    assert "--allow-rejects" in refused.value.remedy
    assert library.held() == ()
    made = brought(library, path, allow_rejects=True)
    assert reasons(made.report) == TALLIED
    (part,) = made.report.parts
    assert part.added == 1
    assert part.lost_zeros == 1
    lines_of = {one.line: (one.column, one.reason) for one in part.bad}
    assert lines_of[9] == ("year", "no_year")
    assert lines_of[10] == ("exporter", "unknown_exporter")
    assert lines_of[18] == ("quantity", "bad_quantity")
    assert lines_of[20] == lines_of[21] == ("", "malformed")
    found = rows(open_tables(library.path(made.held)))
    assert found == [
        (2014, "DEU", "JPN", "440320", 3000, 2000),
        (2014, "RUS", "CHN", "270900", 3500, 1000),
        (2014, "RUS", "JPN", "270900", 1000, 1000),
        (2014, "USA", "NAM", "010110", 4000, 1000),
    ]


@pytest.mark.parametrize(
    ("name", "content", "changes"),
    [
        ("plain.csv", PLAIN_TEXT, {}),
        ("bom.csv", "\ufeff" + PLAIN_TEXT, {}),
        ("utf16.csv", PLAIN_TEXT.encode("utf-16"), {}),
        ("latin.csv", LATIN.encode("latin-1"), {}),
        ("semi.csv", PLAIN_TEXT.replace(",", ";"), {}),
        ("tab.tsv", PLAIN_TEXT.replace(",", "\t"), {}),
        ("crlf.csv", PLAIN_TEXT.replace("\n", "\r\n"), {}),
        (
            "trailing.csv",
            PLAIN_TEXT.replace("234\n", "234,\n").replace("00\n", "00,\n").replace(",7\n", ",7,\n"),
            {},
        ),
        (
            "comma.csv",
            PLAIN_TEXT.replace(",", ";").replace("1234", "1.234,00"),
            {"decimal": ",", "thousands": "."},
        ),
        ("packed.csv.gz", gzip.compress(PLAIN_TEXT.encode(), mtime=0), {}),
        ("float.csv", PLAIN_TEXT.replace("2014,", "2014.0,"), {}),
        ("exp.csv", PLAIN_TEXT.replace("5000", "5e3"), {}),
    ],
    ids=lambda given: given if isinstance(given, str) and given[-4:] in FORMS else "",
)
def test_tables_in_the_forms_they_come_in(
    tmp_path: Path, library: Library, name: str, content: str | bytes, changes: dict[str, str]
) -> None:
    import msgspec

    chosen = msgspec.structs.replace(PLAIN, **changes)
    made = brought(library, table(tmp_path, content, name), mapping=chosen, name="own")
    assert rows(open_tables(library.path(made.held))) == WANTED


def test_a_table_in_a_zip_and_as_parquet(tmp_path: Path, library: Library) -> None:
    import duckdb

    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr("inner/t.csv", PLAIN_TEXT)
    parquet = tmp_path / "it's.parquet"
    with duckdb.connect() as connection:
        source = table(tmp_path, PLAIN_TEXT)
        connection.read_csv(str(source), na_values="").write_parquet(str(parquet))
    for n, path in enumerate((tmp_path / "t.zip", parquet)):
        made = brought(library, path, mapping=PLAIN, name=f"own{n}")
        assert rows(open_tables(library.path(made.held))) == WANTED


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "it is empty"),
        ("\n\n", "it is empty"),
        ("from,to,year,usd\n", "no row of it can be taken"),
        ("form,to,year,usd\nJPN,RUS,2014,1\n", "there is no column 'from'"),
        ("from,from,to,year,usd\nJPN,JPN,RUS,2014,1\n", "stands 2 times"),
        ("from,to,year,usd\nJPN,RUS,2014\nJPN,RUS,2014,1,2\n", "rows cannot be taken"),
        ("from,to,year,usd\nJPN,RUS,01/02/2014,1\n", "no whole number"),
        ('from,to,year,usd\nJPN,RUS,2014,"1,234"\n', "no number"),
        ("from,to,year,usd\nJPN,RUS,2014,NaN\n", "missing"),
        ("from,to,year,usd\nJPN,RUS,1066,1\n", "outside 1900 to 2100"),
        ("from,to,year,usd\nJPN,RUS,2014," + "9" * 3_000_000 + "\n", "rows cannot be taken"),
        ("from,to,year,usd\nJPN\0,RUS,2014,1\n", "no economy answers"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "there is no column"),
    ],
)
def test_tables_that_cannot_be_taken_say_why(
    tmp_path: Path, library: Library, content: str | bytes, why: str
) -> None:
    with pytest.raises(HikiwakeError, match=why):
        brought(library, table(tmp_path, content), mapping=PLAIN)
    assert library.held() == ()


def test_a_table_without_a_mapping_is_asked_for_one(tmp_path: Path, library: Library) -> None:
    with pytest.raises(BadUsage, match="must be explained") as refused:
        brought(library, table(tmp_path, PLAIN_TEXT))
    assert "data map" in refused.value.remedy


@pytest.mark.parametrize(
    ("code", "economy"),
    [
        ("842", "USA"), ("840", "USA"), ("251", "FRA"), ("381", "ITA"), ("380", "ITA"), ("579", "NOR"),
        ("757", "CHE"), ("699", "IND"), ("490", "TWN"), ("58", "BLX"), ("56", "BEL"), ("NA", "NAM"),
        ("NO", "NOR"), ("S19", "TWN"), ("ROM", "ROU"), ("ZAR", "COD"), ("TMP", "TLS"), ("PAL", "PSE"),
        ("004", "AFG"), ("4", "AFG"), ("Russian Federation", "RUS"), ("0", "total"), ("WLD", "total"),
        ("", ""), ("XXX", ""), ("9999", ""), ("-1", ""), ("842.0", "USA"), ("842.5", ""), ("842.", ""),
    ],
)  # fmt: skip
def test_codes_of_economies_by_rule(code: str, economy: str) -> None:
    assert meaning(code).economy == economy


def test_every_reason_has_a_fate() -> None:
    fates = [fate for fate, _, _ in REASONS.values()]
    assert set(fates) == set(FATES)
    # The reasons for which a row is rejected are the last ones: the import asks for them by their numbers.
    assert fates.index("rejected") == len(fates) - fates.count("rejected")


def test_the_totals_of_a_vintage_are_the_sums_of_its_flows(tmp_path: Path, library: Library) -> None:
    chance = random.Random(3)
    economies = (643, 392, 156, 842, 251, 276, 579, 699)
    flows: dict[int, list[releases.Row]] = {}
    for year in (2013, 2014, 2015):
        flows[year] = []
        for i, j in permutations(economies, 2):
            value = chance.uniform(100, 1e6)
            # One quantity in ten is out by far, one in ten is missing.
            price = chance.choice([*[chance.uniform(0.9, 1.1)] * 8, 100.0, 0.0])
            quantity = f"{value / price:.3f}" if price else "NA"
            flows[year].append((year, i, j, "270900", f"{value:.3f}", quantity))
    made = brought(library, releases.release(tmp_path / "a.zip", flows))
    tables = open_tables(library.path(made.held))
    marked, flagged = usable_flows(tables), usable(tables.frame(FLOWS).drop("outlier"), tables.frame(FLAGS))
    outliers = tables.collect(tables.frame(FLOWS).filter(nw.col("outlier")))
    assert len(outliers["year"]) > 3
    keys = ("year", "product", "economy")
    sides: tuple[Side, ...] = ("exporter", "importer")
    for side in sides:
        codes = tuple(meaning(str(code)).economy for code in economies)
        for ready, summed in (
            (economy_totals(tables, side, codes), totals(marked, side, codes)),
            (totals(flagged, side, codes), totals(marked, side, codes)),
            (tables.frame(WORLD_TOTALS), world(marked)),
        ):
            found = [
                sorted(
                    zip(
                        *(rows.get(key, rows.get(side, rows["year"])) for key in keys),
                        *(rows[amount].astype(float) for amount in ("value", "weighed", "weighed_value")),
                        strict=True,
                    )
                )
                for rows in (tables.collect(ready), tables.collect(summed))
            ]
            assert found[0] == found[1]
            assert len(found[0]) >= 3


def test_years_taken_in_turns_make_the_same_vintage(tmp_path: Path, library: Library) -> None:
    """A table of many rows is held as arrays some years at a time; nobody can tell from what is written."""
    lines_of = ["exporter,importer,year,product,value,quantity"]
    chance = random.Random(3)
    for year, exporter, product in product_of(range(2001, 2009), ("JPN", "RUS", "NAM"), ("270900", "870323")):
        for importer in ("USA", "FRA"):
            kg = chance.choice(["", str(chance.randrange(1, 10**6))])
            lines_of.append(f"{exporter},{importer},{year},{product},{chance.randrange(1, 10**9)},{kg}")
    lines_of.append(lines_of[5])
    path = table(tmp_path, "\n".join(lines_of) + "\n")
    mapping = Mapping(
        title="t",
        exporter="exporter",
        importer="importer",
        year="year",
        product="product",
        value="value",
        quantity="quantity",
    )
    made = []
    for at_once in (columns.AT_ONCE, 30, 1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(columns, "AT_ONCE", at_once)
            into = Library(tmp_path / f"library{at_once}")
            held = add(Wish(files=(path,), mapping=mapping), into, lambda what, part: None).held
            made.append({one.name: one for one in into.path(held).iterdir()})
    assert len(made[0]) > 8
    for name, path in made[0].items():
        others = [one[name] for one in made[1:]]
        if name == "flows.parquet":
            # Flows that cannot all be held are sorted by the database: the same rows, in other bytes.
            wanted = duckdb.read_parquet(str(path)).fetchall()
            assert len(wanted) == 96
            assert all(duckdb.read_parquet(str(other)).fetchall() == wanted for other in others)
        elif name != "catalogue.json":
            assert all(other.read_bytes() == path.read_bytes() for other in others)


def test_the_database_draws_no_bar(tmp_path: Path) -> None:
    with connected(tmp_path) as connection:
        assert connection.execute("select current_setting('enable_progress_bar')").fetchall() == [(False,)]
