"""The OECD's inter-country tables: both editions, their faults, and what sections read from them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from tests import producers
from tests.imports import brought, command, reasons, table

from hikiwake.compose import Request, brief
from hikiwake.core.country import pair
from hikiwake.core.errors import BadInput
from hikiwake.measures.intermediate.table import pair_deliveries
from hikiwake.render.markdown import render
from hikiwake.store.library import Library
from hikiwake.store.tables import Tables, open_tables

Uses = dict[tuple[str, str, str, str], int]
TABLES = ("icio_flows", "icio_input_use", "icio_domestic_use", "icio_use_by_input", "icio_totals")


def published(year: int) -> Uses:
    """Read a table by hand: USD by exporter, industry, importer and user."""
    rows = list(csv.reader(io.StringIO(producers.icio_text(year))))
    users = [label.split("_", 1) for label in rows[0][1:-1]]
    found: Uses = {}
    for label, *cells in rows[1 : 1 + len(producers.ICIO_ECONOMIES) * len(producers.ICIO_INDUSTRIES)]:
        economy, industry = label.split("_", 1)
        for (importer, user), cell in zip(users, cells, strict=False):
            if float(cell):
                found[economy, industry, importer, user] = round(float(cell) * 1e6)
    return found


def uses(tables: Tables, year: int) -> Uses:
    rows = tables.frame("intercountry_flows").to_native().fetchall()
    return {(e, k, i, u): value for y, e, k, i, u, value in rows if y == year}


@pytest.mark.parametrize("extended", [False, True])
def test_every_cell_comes_in_to_the_dollar(tmp_path: Path, library: Library, extended: bool) -> None:
    path = producers.icio_zip(tmp_path / "ICIO_2021-2022.zip", extended=extended)
    made = brought(library, path, name="icio@test")
    tables = open_tables(library.path(made.held))
    for year in (2021, 2022):
        assert uses(tables, year) == published(year)
    counted = reasons(made.report)
    assert counted["accepted"] + counted["zero"] == made.report.read
    sent = sum(v for (e, _, i, _), v in uses(tables, 2022).items() if (e, i) == ("JPN", "ROW"))
    assert sent == sum(v for (e, _, i, _), v in published(2022).items() if (e, i) == ("JPN", "ROW"))


def former(text: str, *, taxes_by_economy: bool) -> str:
    """Return a table as editions before 2023 were written: other words for sums, a blank first cell."""
    lines = text.strip().split("\n")
    lines[0] = lines[0].replace("V1,", ",").replace(",OUT", ",TOTAL").replace("DPABR", "DIRP")
    words = {"TLS": "TAXSUB", "VA": "VALU", "OUT": "OUTPUT"}
    lines = [
        ",".join([words.get(label, label), cells]) for label, _, cells in (x.partition(",") for x in lines)
    ]
    if taxes_by_economy:
        lines = [line.replace("TAXSUB,", "JPN_TAXSUB,") for line in lines]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("taxes_by_economy", [False, True])
def test_editions_before_2023_hold_the_same(tmp_path: Path, library: Library, taxes_by_economy: bool) -> None:
    text = former(producers.icio_text(2018), taxes_by_economy=taxes_by_economy)
    made = brought(library, table(tmp_path, text, "ICIO2021_2018.csv"), name="icio@test")
    assert uses(open_tables(library.path(made.held)), 2018) == published(2018)


def test_the_sums_are_those_that_sections_read(tmp_path: Path, library: Library) -> None:
    made = brought(library, producers.icio_zip(tmp_path / "a.zip"), name="icio@test")
    tables = open_tables(library.path(made.held))
    cells = published(2022)
    within = {
        key: value
        for key, value in cells.items()
        if "ROW" not in (key[0], key[2]) and key[3] not in producers.FINAL
    }
    deliveries = pair_deliveries(tables, "JPN", "RUS", 2022)
    assert deliveries.economies == ("CHN", "DEU", "JPN", "MEX", "RUS")
    assert [one.code for one in deliveries.industries] == list(producers.ICIO_INDUSTRIES)
    for n, industry in enumerate(producers.ICIO_INDUSTRIES):
        sold = sum(v for (e, k, i, _), v in within.items() if (e, k, i) == ("JPN", industry, "RUS"))
        used = sum(v for (e, _, i, u), v in within.items() if (e, i, u) == ("JPN", "RUS", industry))
        output = sum(v for (e, k, _, _), v in cells.items() if (e, k) == ("RUS", industry))
        assert deliveries.sold("JPN", "RUS")[n] == sold
        assert deliveries.used("JPN", "RUS")[n] == used
        assert deliveries.output["RUS"][n] == output
    ((total,),) = tables.frame("icio_flows").to_native().aggregate("sum(value)").fetchall()
    for name in ("icio_input_use", "icio_use_by_input"):
        assert tables.frame(name).to_native().aggregate("sum(value)").fetchall() == [(total,)]
    of_2022 = {
        name: {row[1:4]: row[4] for row in tables.frame(name).to_native().fetchall() if row[0] == 2022}
        for name in ("icio_use_by_input", "icio_domestic_use")
    }
    by_input: Counter[tuple[str, str, str]] = Counter()
    at_home: Counter[tuple[str, str, str]] = Counter()
    for (exporter, industry, importer, user), usd in within.items():
        by_input[importer, industry, user] += usd
        if exporter == importer:
            at_home[exporter, industry, user] += usd
    assert of_2022 == {"icio_use_by_input": dict(by_input), "icio_domestic_use": dict(at_home)}
    rows = tables.frame("icio_totals").to_native().fetchall()
    for year, economy, industry, output, sales, inputs, rest in rows:
        assert output == sales + rest
        if year == 2022:
            assert inputs == sum(v for (_, _, i, u), v in within.items() if (i, u) == (economy, industry))


def test_the_tables_have_the_columns_of_those_that_ship(tmp_path: Path, library: Library) -> None:
    made = brought(library, producers.icio_zip(tmp_path / "a.zip"), name="icio@test")
    own, shipped = open_tables(library.path(made.held)), open_tables()
    for name in (*TABLES, "icio_industries"):
        assert own.frame(name).collect_schema() == shipped.frame(name).collect_schema()


def test_a_brief_of_a_reader_s_own_table(tmp_path: Path, library: Library) -> None:
    made = brought(library, producers.icio_zip(tmp_path / "a.zip"), name="icio@test")
    whole = brief(Request(pair=pair("JPN-RUS"), year=2021), open_tables(library.path(made.held)))
    text = render(whole).decode()
    assert "icio@test" in whole.command
    assert any(
        f.startswith("icio@test#icio_flows") for fact in whole.ledger.facts.values() for f in fact.inputs
    )
    assert "2022" not in text.split("deliver")[0]


def test_scenarios_start_from_all_uses(tmp_path: Path, library: Library) -> None:
    """Cell by cell: inputs, final use and what is sold to the rest of the world are those of the table."""
    from hikiwake.measures.scenario.baseline import opened

    made = brought(library, producers.icio_zip(tmp_path / "a.zip"), name="icio@test")
    tables = open_tables(library.path(made.held))
    found = opened(tables, 2022)
    assert found is not None
    assert (found.kind, found.year) == ("intercountry_flows", 2022)
    world = found.made(tables).world
    cells = published(2022)
    economies, codes = world.economies, [one.code for one in found.made(tables).industries]
    assert set(economies) == set(producers.ICIO_ECONOMIES)
    for i, exporter in enumerate(economies):
        for j, importer in enumerate(economies):
            for k, industry in enumerate(codes):
                of = {
                    u: v for (e, c, m, u), v in cells.items() if (e, c, m) == (exporter, industry, importer)
                }
                final = sum(v for u, v in of.items() if u in producers.FINAL)
                inputs = sum(v for u, v in of.items() if u not in producers.FINAL)
                assert world.flows[k, i, j] == pytest.approx(inputs + max(final, 0), rel=1e-12)


def test_a_scenario_names_the_rest_of_the_world(tmp_path: Path, library: Library) -> None:
    brought(library, producers.icio_zip(tmp_path / "a.zip"), name="icio@test")
    run = command(library, "--data", "icio", "scenario", "run", "JPN", "RUS", "--draws", "20")
    assert run.returncode == 0, run.stderr
    assert "rest of the world" in run.stdout.lower()


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("JPN_A01,", "QQQ_A01,", "'QQQ_A01' is no economy and industry"),
        ("\nRUS_C29,", "\nRUS_B06,", "row 'RUS_B06' stands twice"),
        ("RUS_HFCE,", "JPN_HFCE,", "column 'JPN_HFCE' stands twice"),
        ("\nVA,", "\nVALUE,", "'VALUE' is no economy and industry"),
        ("\nDEU_G,", "\nDEU_G,0,", "cells, and the header"),
        ("\nDEU_G,", "\nDEU_G,x", "column CHN_A01: 'x"),
    ],
)
def test_what_is_no_whole_table_is_refused(
    tmp_path: Path, library: Library, old: str, new: str, why: str
) -> None:
    text = producers.icio_text(2022)
    assert old in text
    with pytest.raises(BadInput, match=why):
        brought(library, table(tmp_path, text.replace(old, new, 1), "2022_SML.csv"))
    assert library.held() == ()


def test_lost_decimal_points_and_rows_are_noticed(tmp_path: Path, library: Library) -> None:
    lines = producers.icio_text(2022).splitlines()
    lost = [lines[0], *(line.replace(".", "") for line in lines[1:])]
    with pytest.raises(BadInput, match="lost their decimal points"):
        brought(library, table(tmp_path, "\n".join(lost), "2022_SML.csv"))
    some = [line.replace(".", "", 1) if line.startswith("JPN") else line for line in lines]
    with pytest.raises(BadInput, match="do not add up"):
        brought(library, table(tmp_path, "\n".join(some), "2022_SML.csv"))
    with pytest.raises(BadInput, match="not of the same industries: RUS_G"):
        brought(
            library, table(tmp_path, "\n".join(x for x in lines if not x.startswith("RUS_G")), "2022_SML.csv")
        )


def test_labels_with_blanks_and_years_that_stand_twice(tmp_path: Path, library: Library) -> None:
    path = table(tmp_path, producers.icio_text(2022, blanks=True), "2022_SML.csv")
    made = brought(library, path)
    assert uses(open_tables(library.path(made.held)), 2022) == published(2022)
    other = producers.icio_zip(tmp_path / "a.zip", (2022,))
    from tests.imports import quiet

    from hikiwake.sources.imports.run import Wish, add

    with pytest.raises(BadInput, match="the year 2022 stands in"):
        add(Wish(files=(path, other)), library, quiet)
