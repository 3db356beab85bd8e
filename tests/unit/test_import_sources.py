"""Sources of a user's own, and what briefs, comparisons and commands make of them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from tests import releases, shared
from tests.imports import (
    PLAIN,
    PLAIN_TEXT,
    brought,
    command,
    quiet,
    reasons,
    rows,
    table,
)

from hikiwake.compose import Request, brief
from hikiwake.core.country import pair
from hikiwake.core.errors import BadInput, NoData
from hikiwake.measures.mirror import mirrored
from hikiwake.measures.quality import findings
from hikiwake.measures.revisions import revisions
from hikiwake.render.markdown import render
from hikiwake.sources.imports import mapping as mappings
from hikiwake.sources.imports.proposing import propose
from hikiwake.sources.imports.run import Wish, add
from hikiwake.store.library import Library, locate
from hikiwake.store.tables import open_tables


def test_a_proposed_mapping_reads_back_and_brings_the_table_in(tmp_path: Path, library: Library) -> None:
    text = (
        "exporter;importer;year;value_kusd;flow\n"
        "JPN;RUS;2014;1,5;Export\nRUS;JPN;2014;2,5;Export\nRUS;JPN;2014;9;Import\n"
    )
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inside/t.csv", text)
    proposed, remarks = propose(path)
    file = tmp_path / "m.toml"
    file.write_text(mappings.written(proposed, remarks), encoding="utf-8")
    assert mappings.read(file) == proposed
    assert (proposed.value_unit, proposed.decimal, proposed.only) == ("thousand USD", ",", {"flow": "Export"})
    made = brought(library, path, mapping=mappings.read(file))
    found = rows(open_tables(library.path(made.held)))
    assert [row[1:] for row in found] == [
        ("JPN", "RUS", "TOTAL", 1500, None),
        ("RUS", "JPN", "TOTAL", 2500, None),
    ]
    assert reasons(made.report)["other_rows"] == 1


def test_a_brief_of_all_products_says_so_and_keeps_the_background(tmp_path: Path, library: Library) -> None:
    made = brought(library, releases.release(tmp_path / "BACI_HS92_V202601.zip"))
    tables = open_tables(library.path(made.held))
    assert {entry.id for entry in tables.vintage.entries()} >= {"baci-hs92", "icio", "factbook", "pwt"}
    assert "baci" not in {entry.id for entry in tables.vintage.entries()}
    whole = brief(Request(pair=pair("JPN-RUS")), tables)
    assert whole.year == 2014  # 2015 is provisional
    assert whole.command == "hikiwake --data baci-hs92@202601 brief JPN RUS --year 2014"
    text = render(whole).decode().replace("\u00a0", " ")
    assert "US$10.3 billion of all products" in text
    assert "energy and minerals" not in text
    assert "data brought in for this brief" in text
    assert "gross domestic product" in text.lower()
    # Japan's cars are in it, which no shipped data have.
    assert "imported US$7.50 billion of all products from Japan" in text


def test_totals_without_products_make_a_brief_of_totals(tmp_path: Path, library: Library) -> None:
    made = brought(library, table(tmp_path, PLAIN_TEXT), mapping=PLAIN, name="own@1")
    text = render(brief(Request(pair=pair("JPN-RUS")), open_tables(library.path(made.held)))).decode()
    assert "of goods from" in text
    assert "reached a record" not in text
    assert "HS TOTAL" not in text
    assert "these data give no products" in text


def test_economies_outside_their_time_are_named(tmp_path: Path, library: Library) -> None:
    text = (
        "from,to,year,usd\nBLX,JPN,1998,5\nBLX,JPN,2004,5\nSRB,JPN,1999,7\nJPN,RUS,1991,1\nJPN,RUS,2004,9\n"
    )
    made = brought(library, table(tmp_path, text), mapping=PLAIN)
    notes = [note for note in made.report.parts[0].notes if "on its own" in note]
    assert "Belgium-Luxembourg has flows up to 2004, but is counted on its own to 1998 only" in notes
    assert any(note.startswith("Serbia has flows from 1999") for note in notes)
    assert not any("Japan" in note for note in notes)


def test_years_between_those_of_the_data_are_not_zero(tmp_path: Path, library: Library) -> None:
    text = "from,to,year,usd\nJPN,RUS,2008,1\nJPN,RUS,2012,2\nRUS,JPN,2012,2\n"
    made = brought(library, table(tmp_path, text), mapping=PLAIN, name="own@1")
    tables = open_tables(library.path(made.held))
    with pytest.raises(NoData, match="leave it out"):
        brief(Request(pair=pair("JPN-RUS"), year=2010), tables)
    assert brief(Request(pair=pair("JPN-RUS"), as_of="2011-05-05"), tables).year == 2008


def test_holes_and_outliers_are_looked_for(tmp_path: Path, library: Library) -> None:
    text = "from,to,year,usd\n" + "".join(
        f"SAU,JPN,{year},{usd}\nRUS,JPN,{year},{usd // 2}\n"
        for year, usd in ((2012, 9 * 10**9), (2013, 10**9), (2014, 9 * 10**9))
    )
    made = brought(library, table(tmp_path, text), mapping=PLAIN, name="own@1")
    flags = open_tables(library.path(made.held)).frame("baci_flags").to_native().fetchall()
    assert ("own", "hole", "importer", None, "JPN", "TOTAL", 2013) in {row[:7] for row in flags}


@pytest.mark.parametrize("step", [1, 4])
def test_years_that_are_not_held_make_no_spike(tmp_path: Path, library: Library, step: int) -> None:
    """A flow that grew and fell between years held is told; beside years that are not, nothing is known."""
    usd = {2000: 10**8, 2000 + step: 9 * 10**9, 2000 + 2 * step: 10**8}
    text = "from,to,year,usd\n" + "".join(f"SAU,JPN,{y},{v}\nRUS,JPN,{y},{10**8}\n" for y, v in usd.items())
    made = brought(library, table(tmp_path, text), mapping=PLAIN, name="own@1")
    tables = open_tables(library.path(made.held))
    assert step == 1 or findings(tables, "JPN") == []
    found = [one for one in findings(tables, "JPN") if one.kind == "spike"]
    assert [one.year for one in found] == ([2001] if step == 1 else [])
    assert all("all goods" in one.text for one in found)


@pytest.mark.parametrize("unit", ["USD", "thousand USD", "million USD"])
def test_amounts_of_any_size_are_exact_or_refused(tmp_path: Path, library: Library, unit: str) -> None:
    import msgspec

    power = mappings.FACTORS[unit]
    usd = [1, 999, 1_234_567_890_123, 98_765_432_109_876]
    text = "from,to,year,usd\n" + "".join(
        f"JPN,RUS,{2000 + n},{one // 10**power}.{one % 10**power:0{max(power, 1)}}\n"
        for n, one in enumerate(usd)
    )
    text += "RUS,JPN,2000,99999999999999999\n"
    chosen = msgspec.structs.replace(PLAIN, value_unit=unit)
    made = brought(library, table(tmp_path, text), mapping=chosen, allow_rejects=True)
    found = [row[4] for row in rows(open_tables(library.path(made.held))) if row[1] == "JPN"]
    assert found == usd
    refused = 0 if unit == "USD" else 1
    assert reasons(made.report)["not_a_number"] == refused


def test_sales_at_home_are_left_out_where_the_mapping_says_so(tmp_path: Path, library: Library) -> None:
    import duckdb

    path = shared.FOLDER / "wiod_ge_gravity_2000_2014.parquet"
    if not path.exists():
        pytest.skip("the reference data are not here: wiod_ge_gravity (set HIKIWAKE_SHARED)")
    import msgspec

    proposed = propose(path)[0]
    assert proposed.domestic == "leave out"
    proposed = msgspec.structs.replace(proposed, value_unit="million USD", domestic="keep")
    made = brought(library, path, mapping=proposed, name="wiod@1")
    assert reasons(made.report)["domestic"] == 43 * 4  # the rest of the world is no economy
    tables = open_tables(library.path(made.held))
    (usd,) = [row[4] for row in rows(tables) if row[:3] == (2014, "JPN", "RUS")]
    with duckdb.connect() as connection:
        ((stated,),) = connection.execute(
            "select trade from read_parquet(?) where exporter='JPN' and importer='RUS' and year=2014",
            [str(path)],
        ).fetchall()
    assert usd == round(stated * 1e6)
    # With what is sold at home it is a whole matrix, which scenarios can start from.
    held = tables.frame("trade_matrix").to_native().fetchall()
    assert len(held) == 43 * 43 * 4
    with duckdb.connect() as connection:
        ((home,),) = connection.execute(
            "select trade from read_parquet(?) where exporter='JPN' and importer='JPN' and year=2014",
            [str(path)],
        ).fetchall()
    assert [row[3] for row in held if row[:3] == (2014, "JPN", "JPN")] == [round(home * 1e6)]
    text = render(brief(Request(pair=pair("JPN-RUS"), year=2014), tables)).decode().replace("\u00a0", " ")
    assert "of goods from Russia" in text
    assert "In a model of one sector, ending all trade" in text


def test_mirror_statistics_of_both_sides(tmp_path: Path, library: Library) -> None:
    import msgspec

    path = shared.FOLDER / "wits_reported_totals_2009.parquet"
    if not path.exists():
        pytest.skip("the reference data are not here: wits_reported_totals (set HIKIWAKE_SHARED)")
    sold = propose(path)[0]
    bought = msgspec.structs.replace(sold, exporter="partner", importer="reporter", only={"flow": "Import"})
    before, after = (
        open_tables(library.path(brought(library, path, mapping=one, name=f"wits@{n}").held))
        for n, one in enumerate((sold, bought))
    )
    (found,) = [one for one in revisions(before, after, "JPN", "RUS") if one.exporter == "RUS"]
    text = render(brief(Request(pair=pair("JPN-RUS")), before)).decode().replace("\u00a0", " ")
    assert "In 2009, Japan imported US$5.82 billion of goods from Russia" in text
    # Of 25 economies, no share is one of all imports.
    assert "of what it bought from all economies in these data" in text
    assert "shares and ranks are among these, not in all trade" in text
    # One year is no series: neither a record, nor a line above the events.
    assert "**Russia sold Japan US$5.82 billion of goods in 2009**" in text
    assert "were highest in 2009" not in text
    found_by_mirror = mirrored(before, after, "JPN", "RUS")
    assert [(one.exporter, one.exports) for one in found_by_mirror if one.exporter == "RUS"] == [
        ("RUS", 5_821_365_000 + (found.before or 0) % 1000)
    ]
    # SOURCES.md: Russia's exports to Japan 5,821,365 and Japan's imports from Russia 7,503,737 thousand USD.
    assert (round(found.before or 0, -3), round(found.after or 0, -3)) == (5_821_365_000, 7_503_737_000)


def test_figures_of_public_tables(tmp_path: Path, library: Library) -> None:
    path = shared.FOLDER / "comtrade_bilateral_exports_1964_2016.parquet"
    if not path.exists():
        pytest.skip("the reference data are not here: comtrade_bilateral_exports (set HIKIWAKE_SHARED)")
    proposed, _ = propose(path)
    assert proposed.value == "exports_usd"
    made = brought(library, path, mapping=proposed, name="comtrade")
    assert (made.report.read, made.report.rows("rejected")) == (316_317, 0)
    # Codes of old territories lead to who counts them now, or are left out by name.
    assert "code 'KN1' is read as KNA: a former code, to 1980 with Anguilla" in made.report.parts[0].notes
    assert any(note.startswith("code 'RYU' is left out: the Ryukyu") for note in made.report.parts[0].notes)
    tables = open_tables(library.path(made.held))
    told = tables.dataset_of("baci_flows")
    assert "left out, a flow of nothing: 122,744)" in told.note
    assert told.coverage == "totals of goods between 250 economies, 14 of the years 1964-2016"
    text = render(brief(Request(pair=pair("JPN-RUS"), year=2012), tables)).decode().replace("\u00a0", " ")
    # SOURCES.md: exports of Russia to Japan 15.23 and of Japan to Russia 12.51 bn USD in 2012.
    assert "imported US$15.2 billion of goods from Russia" in text
    assert "imported US$12.5 billion of goods from Japan" in text
    # It is all trade, and every fourth year of it: neither a part, nor a record of all years.
    assert "In goods, Japan bought US$2.71 billion more from Russia than it sold in 2012." in text
    assert "of these products" not in text.partition("## Complementarity")[0]
    assert "**Russia sold Japan US$15.2 billion of goods in 2012**" in text
    assert "None of the years since 1996 that these data hold saw a higher value." in text
    assert (
        "Of the years since 1992 that these data hold, 2008 saw the highest value, US$16.4 billion." in text
    )
    assert "Partial coverage" not in text.partition("## Complementarity")[0]


COMTRADE = (
    "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,reporterDesc,flowCode,flowDesc,"
    "partnerCode,partnerISO,partnerDesc,partner2Code,partner2ISO,partner2Desc,classificationCode,"
    "classificationSearchCode,isOriginalClassification,cmdCode,cmdDesc,aggrLevel,isLeaf,customsCode,customsDesc,"
    "mosCode,motCode,motDesc,qtyUnitCode,qtyUnitAbbr,qty,isQtyEstimated,altQtyUnitCode,altQtyUnitAbbr,altQty,"
    "isAltQtyEstimated,netWgt,isNetWgtEstimated,grossWgt,isGrossWgtEstimated,cifvalue,fobvalue,primaryValue,"
    "legacyEstimationFlag,isReported,isAggregate"
)


def comtrade_row(**given: object) -> str:
    row = dict.fromkeys(COMTRADE.split(","), "")
    row |= {
        "freqCode": "A", "refYear": "2014", "partner2Code": "0", "customsCode": "C00", "motCode": "0",
        "mosCode": "0", "flowCode": "X", "cmdDesc": '"Motor vehicles, \'n.e.s.\'; Côte"', "aggrLevel": "6",
    } | {name: str(value) for name, value in given.items()}  # fmt: skip
    return ",".join(row.values())


@pytest.mark.parametrize("trailing", ["", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-8-sig"])
def test_comtrade_as_its_page_saves_it(
    tmp_path: Path, library: Library, trailing: str, encoding: str
) -> None:
    rows_of = [
        comtrade_row(reporterCode=392, partnerCode=643, cmdCode="870323", netWgt=10, primaryValue=1000.5),
        comtrade_row(reporterCode=392, partnerCode=0, cmdCode="870323", primaryValue=5000),
        comtrade_row(reporterCode=392, partnerCode=643, cmdCode="TOTAL", aggrLevel=0, primaryValue=9000),
        comtrade_row(reporterCode=392, partnerCode=643, cmdCode="8703", aggrLevel=4, primaryValue=9000),
        comtrade_row(reporterCode=392, partnerCode=643, cmdCode="870323", motCode=1000, primaryValue=700),
        comtrade_row(reporterCode=392, partnerCode=643, cmdCode="870323", partner2Code=156, primaryValue=7),
        comtrade_row(reporterCode=392, partnerCode=643, cmdCode="870323", flowCode="M", primaryValue=8),
        comtrade_row(reporterCode=842, partnerCode=490, cmdCode="010110", primaryValue=20),
    ]
    text = COMTRADE + "\n" + "".join(f"{row}{trailing}\n" for row in rows_of)
    made = brought(library, table(tmp_path, text.encode(encoding)), name="un@1")
    assert rows(open_tables(library.path(made.held))) == [
        (2014, "JPN", "RUS", "870323", 1001, 10),
        (2014, "USA", "TWN", "010110", 20, None),
    ]
    assert reasons(made.report) == {"accepted": 2, "other_rows": 5, "aggregate": 1}


def test_comtrade_bulk_files_without_levels(tmp_path: Path, library: Library) -> None:
    """Tab separated, packed, no column for the level, the first rows totals; a file for each reporter."""
    import gzip

    header = [name for name in COMTRADE.split(",") if name not in ("aggrLevel", "isLeaf", "cmdDesc")]
    files = []
    for reporter, partner in ((392, 643), (643, 392)):
        lines = ["\t".join(header)]
        for code, usd in (("TOTAL", 9000), ("87", 9000), ("8703", 9000), ("870323", 8000), ("10110", 1000)):
            cells = dict.fromkeys(header, "")
            cells |= {"freqCode": "A", "refYear": "2014", "period": "2014", "flowCode": "X", "motCode": "0"}
            cells |= {"partner2Code": "0", "customsCode": "C00", "classificationCode": "H4", "cmdCode": code}
            cells |= {"reporterCode": f"{reporter}", "partnerCode": f"{partner}", "primaryValue": f"{usd}"}
            lines.append("\t".join(cells.values()))
        path = tmp_path / f"COMTRADE-FINAL-CA{reporter}2014H4[2023-01-03].gz"
        path.write_bytes(gzip.compress("\n".join([*lines, ""]).encode()))
        files.append(path)
    made = add(Wish(files=tuple(files), name="un@1"), library, quiet)
    tables = open_tables(library.path(made.held))
    assert rows(tables) == [
        (2014, "JPN", "RUS", "010110", 1000, None),
        (2014, "JPN", "RUS", "870323", 8000, None),
        (2014, "RUS", "JPN", "010110", 1000, None),
        (2014, "RUS", "JPN", "870323", 8000, None),
    ]
    assert reasons(made.report) == {"accepted": 4, "other_rows": 6}
    assert "(H4)" in tables.dataset_of("baci_flows").coverage
    with pytest.raises(BadInput, match="it holds no imports"):
        add(Wish(files=tuple(files), report="imports"), library, quiet)


def test_two_classifications_of_one_year_are_not_added(tmp_path: Path, library: Library) -> None:
    both = [
        comtrade_row(reporterCode=392, partnerCode=643, cmdCode="870323", primaryValue=9, period=2014,
                     classificationCode=revision)
        for revision in ("H4", "H5")
    ]  # fmt: skip
    path = table(tmp_path, "\n".join([COMTRADE, *both, ""]))
    with pytest.raises(BadInput, match="two classifications of one year"):
        brought(library, path)


def test_comtrade_totals_alone(tmp_path: Path, library: Library) -> None:
    row = comtrade_row(reporterCode=643, partnerCode=392, cmdCode="TOTAL", aggrLevel=0, primaryValue=5)
    text = f"{COMTRADE}\n{row}\n"
    made = brought(library, table(tmp_path, text), name="un@1")
    assert rows(open_tables(library.path(made.held))) == [(2014, "RUS", "JPN", "TOTAL", 5, None)]


def test_what_a_new_release_changed(tmp_path: Path, library: Library) -> None:
    newer: dict[int, list[releases.Row]] = {
        **releases.ROWS,
        2016: [(2016, 643, 392, "270900", "1.000", "1.000")],
    }
    newer[2014] = [(2014, 643, 392, "270900", "9000000.000", "1.0"), *releases.ROWS[2014][1:3]]
    for version, years in (("202501", releases.ROWS), ("202601", newer)):
        brought(library, releases.release(tmp_path / f"{version}.zip", years, version=version))
    older, after = (open_tables(library.path(library.find(f"baci-hs92@{v}"))) for v in ("202501", "202601"))
    found = {
        (r.exporter, r.year, r.product): (r.before, r.after) for r in revisions(older, after, "JPN", "RUS")
    }
    assert found == {
        ("RUS", 2014, ""): (10_300_000_000, 9_300_000_000),
        ("JPN", 2014, ""): (7_500_000_500, 6_000_000_000),
        ("RUS", 2016, ""): (None, 1_000),
        ("RUS", 2014, "270900"): (10_000_000_000, 9_000_000_000),
        ("JPN", 2014, "870899"): (1_500_000_500, None),
    }
    assert revisions(older, older, "JPN", "RUS") == []
    run = command(library, "data", "diff", "baci-hs92@202501", "baci-hs92@202601", "japan", "russia")
    assert (
        "2014  Russia to Japan, crude oil: 10,000,000,000 USD -> 9,000,000,000 USD (-1,000,000,000)"
        in run.stdout
    )
    assert "2014  Japan to Russia, vehicle parts and accessories: 1,500,000,500 USD -> no row" in run.stdout


def test_names_of_vintages_are_found_or_suggested(
    tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIKIWAKE_LIBRARY", str(library.folder))
    made = brought(library, releases.release(tmp_path / "a.zip"))
    assert locate("baci-hs92") == library.path(made.held)
    with pytest.raises(NoData, match="neither a folder") as refused:
        locate("bacci-hs92")
    assert "Did you mean 'baci-hs92'?" in refused.value.remedy


def test_commands_list_show_verify_cite_remove(tmp_path: Path, library: Library) -> None:
    path = releases.release(tmp_path / "BACI_HS92_V202601.zip")
    run = command(library, "data", "add", str(path))
    assert run.returncode == 0, run.stderr
    assert "added: baci-hs92@202601" in run.stdout
    assert "baci-hs92@202601" in command(library, "data", "list").stdout
    assert "release 202601" in command(library, "data", "cite", "baci-hs92").stdout
    assert "16 rows read" in command(library, "data", "show", "baci-hs92").stdout
    verified = command(library, "data", "verify")
    assert (verified.returncode, verified.stdout) == (
        0,
        "baci-hs92@202601: 18 of 18 files as in the catalogue\n",
    )
    flows = library.path(library.find("baci-hs92")) / "2014.parquet"
    spoilt = bytearray(flows.read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    flows.write_bytes(spoilt)
    verified = command(library, "data", "verify", "baci-hs92")
    assert verified.returncode == 1
    assert "2014.parquet" in verified.stdout
    assert command(library, "doctor").returncode == 1
    used = command(library, "--data", "baci-hs92", "ties", "JPN", "RUS")
    assert used.returncode == 4
    assert "add the data again" in used.stderr or "import the data again" in used.stderr
    assert command(library, "data", "remove", "baci-hs92").returncode == 2
    assert command(library, "data", "remove", "baci-hs92@202601").returncode == 0
    assert library.held() == ()
    assert [p.name for p in library.folder.iterdir() if not p.name.startswith(".")] in (
        ["index.json", "unfinished"],
        ["unfinished", "index.json"],
    )
