"""The World Bank's indicators: each form in which they come, and the briefs that use them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests import producers, releases
from tests.imports import adds_up, brought, command, quiet, reasons, table

from hikiwake.compose import Request, brief
from hikiwake.core.country import pair
from hikiwake.core.errors import BadInput, BadUsage
from hikiwake.core.provenance import Ledger
from hikiwake.measures.background import When, figures
from hikiwake.measures.statement import Statements
from hikiwake.render.markdown import render
from hikiwake.sources.imports.run import Wish, add
from hikiwake.store.library import Library
from hikiwake.store.tables import Tables, open_tables


def series(tables: Tables) -> dict[tuple[str, str, int], float]:
    rows = tables.frame("wdi").to_native().fetchall()
    return {(code, economy, year): value for code, economy, year, value in rows}


WANTED = {
    ("NY.GDP.MKTP.CD", "JPN", 2011): 6.2e12,
    ("NY.GDP.MKTP.CD", "JPN", 2012): 6272362996105.03,
    ("NY.GDP.MKTP.CD", "JPN", 2014): 4896994405353.29,
    ("NY.GDP.MKTP.CD", "NAM", 2013): 3.0,
    ("SP.POP.TOTL", "JPN", 2014): 127276000.0,
    ("NE.EXP.GNFS.CD", "JPN", 2014): 860000000000.5,
}


@pytest.mark.parametrize("form", ["bulk", "site", "plain", "latin", "databank"])
def test_each_form_is_known_by_its_header(tmp_path: Path, library: Library, form: str) -> None:
    if form in ("bulk", "site"):
        path = producers.wdi_zip(tmp_path / "WDI_CSV.zip", form=form)
    else:
        text = producers.wdi_text(series=form == "databank")
        path = table(tmp_path, text.encode("latin-1" if form == "latin" else "utf-8"), "Data.csv")
    made = brought(library, path)
    found = series(open_tables(library.path(made.held)))
    assert len(found) == 14
    assert found.items() >= WANTED.items()
    assert made.held.version == ("2026-10-07" if path.suffix == ".zip" else made.held.source[:8])
    counted = reasons(made.report)
    assert (counted["accepted"], counted["aggregate"]) == (14, 8)
    assert counted["blank"] == 10
    assert counted["remark"] == (2 if form == "databank" else 0)
    assert counted.total() == made.report.read == 32 + counted["remark"]
    assert "USD" not in command(library, "data", "show", "wdi").stdout.split("\n\n")[-1]


def test_replies_of_the_service_are_read_with_all_their_pages(tmp_path: Path, library: Library) -> None:
    paths = [
        table(
            tmp_path, b"\xef\xbb\xbf" * (page == 2) + producers.wdi_reply(page=page, pages=3), f"p{page}.json"
        )
        for page in (1, 2, 3)
    ]
    made = add(Wish(files=tuple(paths)), library, quiet)
    assert series(open_tables(library.path(made.held))).items() >= WANTED.items()
    assert (made.held.name, made.held.version) == ("wdi", "2026-10-07")
    counted = reasons(made.report)
    assert (counted["accepted"], counted["aggregate"], counted["blank"]) == (14, 8, 10)
    with pytest.raises(BadInput, match="page 2 of 3 is missing"):
        add(Wish(files=(paths[0], paths[2])), library, quiet)
    with pytest.raises(BadInput, match="page 1 of 3 is missing"):
        brought(library, paths[1])


def test_files_of_several_indicators_become_one_vintage(tmp_path: Path, library: Library) -> None:
    gdp = [row for row in producers.WDI_ROWS if row[3].startswith("NY.GDP")]
    rest = [row for row in producers.WDI_ROWS if row not in gdp]
    again = [("Japan", "JPN", producers.GDP, "NY.GDP.MKTP.CD", ("6.2e12", "7", "", ""))]
    paths = (
        producers.wdi_zip(tmp_path / "API_GDP.zip", form="site", text=producers.wdi_text(gdp)),
        table(tmp_path, producers.wdi_text(rest), "WDIData.csv"),
        table(tmp_path, producers.wdi_reply(again), "reply.json"),
    )
    with pytest.raises(BadInput, match="another amount"):
        add(Wish(files=paths), library, quiet)
    made = add(Wish(files=paths, allow_rejects=True), library, quiet)
    adds_up(made.report)
    counted = reasons(made.report)
    assert (counted["accepted"], counted["repeated"], counted["conflicting"]) == (13, 1, 2)
    ours = series(open_tables(library.path(made.held)))
    assert ("NY.GDP.MKTP.CD", "JPN", 2012) not in ours
    assert ours["NY.GDP.MKTP.CD", "JPN", 2011] == 6.2e12
    told = {(bad.source, bad.line) for part in made.report.parts for bad in part.bad}
    assert ("reply.json (its observations as lines)", 2) in told


def test_groups_without_a_code_are_left_out_and_economies_known_by_two_letters(
    tmp_path: Path, library: Library
) -> None:
    ends = (("XD", "High income"), ("ZH", "Africa Eastern and Southern"), ("NA", "Namibia"), ("JPN", "Japan"))
    head, found = json.loads(producers.wdi_reply(producers.WDI_ROWS[:4]))
    for at, (code, name) in enumerate(ends):
        for one in found[4 * at : 4 * at + 4]:
            one |= {"country": {"id": code, "value": name}, "countryiso3code": "", "value": 1.5}
            one["indicator"]["id"] = "SP.POP.TOTL"
    made = brought(library, table(tmp_path, json.dumps([head, found]), "reply.json"))
    assert {economy for _, economy, _ in series(open_tables(library.path(made.held)))} == {"NAM", "JPN"}
    assert reasons(made.report)["aggregate"] == 8


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (b'[{"message":[{"id":"120","key":"Invalid value","value":"It was not found"}]}]', "not found"),
        (producers.wdi_reply()[:-9], "no JSON"),
        (producers.wdi_reply(total="many"), "not of its form"),
        (producers.wdi_reply(per_page=40, total=40), "has 32 observations, and should have 40"),
        (producers.wdi_reply().replace(b'"2014"', b'"2014Q1"'), "period '2014Q1' is no year"),
        (b'[{"page":1,"pages":1,"per_page":50,"total":0,"lastupdated":null},null]', "no row of it"),
        (b'[{"page":' + b"[" * 100_000, "no JSON"),
    ],
)  # fmt: skip
def test_a_reply_that_is_none_is_refused(tmp_path: Path, library: Library, reply: bytes, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        brought(library, table(tmp_path, reply, "reply.json"))


def test_faults_are_counted_with_their_lines(tmp_path: Path, library: Library) -> None:
    rows = [
        *producers.WDI_ROWS,
        ("Nowhere", "QQQ", "GDP (current US$)", "NY.GDP.MKTP.CD", ("1", "", "", "")),
        ("Namibia", "NAM", "GDP (current US$)", "NY.GDP.MKTP.CD", ("1", "9", "nan", "inf")),
        ("Chad", "TCD", "GDP (current US$)", "NY.GDP.MKTP.CD", ("a lot", "1,5", "1e400", "-3")),
    ]
    text = producers.wdi_text(rows)
    text += '"Chad","TCD","too few"\n'
    path = table(tmp_path, text, "WDICSV.csv")
    with pytest.raises(BadInput, match="no economy answers"):
        brought(library, path)
    made = brought(library, path, allow_rejects=True)
    counted = reasons(made.report)
    assert counted["unknown_economy"] == 1
    assert counted["repeated"] == 1  # 2011 of Namibia stands twice with one value
    assert counted["conflicting"] == 2  # 2012 stands twice with two
    assert counted["not_a_number"] == 4  # 1e400 and inf are no amounts
    assert counted["malformed"] == 1
    adds_up(made.report)
    found = series(open_tables(library.path(made.held)))
    assert ("NY.GDP.MKTP.CD", "NAM", 2012) not in found
    assert found["NY.GDP.MKTP.CD", "TCD", 2014] == -3.0
    (line,) = {bad.line for part in made.report.parts for bad in part.bad if bad.reason == "unknown_economy"}
    assert text.splitlines()[line - 1].startswith('"Nowhere"')


def test_the_brief_takes_what_was_brought_and_the_rest_from_the_shipped_data(
    tmp_path: Path, library: Library
) -> None:
    made = brought(library, producers.wdi_zip(tmp_path / "WDI_CSV.zip"))
    tables = open_tables(library.path(made.held))
    say = Statements(tables, Ledger())
    japan, taiwan = (figures(say, economy, When(2013, None)) for economy in ("JPN", "TWN"))
    gdp = japan["gdp"]
    assert (gdp.value, gdp.period.first, gdp.formula) == (6272362996105.03, 2012, "gdp_wdi")
    assert gdp.inputs == ("wdi@2026-10-07#wdi?indicator=NY.GDP.MKTP.CD&economy=JPN&year=2012",)
    assert japan["total_imports"].formula == "total_imports"  # not in the table: as shipped
    assert taiwan["gdp"].formula == "gdp"
    assert taiwan["gdp"].value
    whole = brief(Request(pair=pair("JPN-RUS"), year=2014), tables)
    text = render(whole).decode()
    assert "World Development Indicators" in text
    assert "energy and minerals" in text  # the flows are still the shipped ones
    assert "data brought in for this brief" not in text
    assert whole.command.startswith("hikiwake --data wdi@2026-10-07 brief")


def test_vintages_lie_over_each_other(
    tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hikiwake.store.library import locate

    monkeypatch.setenv("HIKIWAKE_LIBRARY", str(library.folder))
    brought(library, producers.wdi_zip(tmp_path / "WDI_CSV.zip"))
    brought(library, releases.release(tmp_path / "a.zip"))
    brought(library, releases.release(tmp_path / "b.zip", version="202501"))
    tables = open_tables(locate("baci-hs92@202601,wdi"))
    assert tables.vintage.name == "baci-hs92@202601,wdi@2026-10-07"
    whole = brief(Request(pair=pair("JPN-RUS"), year=2014), tables)
    assert whole.command == "hikiwake --data baci-hs92@202601,wdi@2026-10-07 brief JPN RUS --year 2014"
    text = render(whole).decode().replace("\u00a0", " ")
    assert "US$10.3 billion of all products" in text
    assert "World Development Indicators" in text
    # The other way round nothing changes: they have no table in common.
    other = open_tables(locate("wdi,baci-hs92@202601"))
    for name in ("baci_flows", "wdi", "icio_flows", "factbook"):
        assert other.dataset_of(name) == tables.dataset_of(name)
    with pytest.raises(BadUsage, match=r"both bring .*baci_flows.*, and no number"):
        open_tables(locate("baci-hs92@202601,wdi,baci-hs92@202501"))
    run = command(library, "--data", "wdi,baci-hs92", "doctor")
    assert "vintage wdi@2026-10-07: 3 of 3 files" in run.stdout
    run = command(library, "--data", "baci-hs92,wdi", "data", "rows", "wdi", "economy=JPN", "year=2014")
    assert "4896994405353.29" in run.stdout.replace(",", ""), run.stderr + run.stdout


def test_confirmed_faults_of_the_shipped_flows_stay_known(tmp_path: Path, library: Library) -> None:
    made = brought(library, producers.wdi_zip(tmp_path / "WDI_CSV.zip"))
    beneath = open_tables().vintage.corrections()
    assert beneath
    assert open_tables(library.path(made.held)).vintage.corrections() == beneath
    own = brought(library, releases.release(tmp_path / "a.zip"))
    assert open_tables(library.path(own.held)).vintage.corrections() == ()
