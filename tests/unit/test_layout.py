"""Flows are held by year and once more by pair; whichever is asked, the rows and the sums are the same."""

from __future__ import annotations

import random
import shutil
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import msgspec
import narwhals as nw
import numpy as np
import pytest
from tests import releases
from tests.imports import brought

from hikiwake.core.errors import BadInput, DamagedStore
from hikiwake.measures.complementarity.universe import by_economy, collect, commodity_universe, totals_between
from hikiwake.measures.flows import (
    BY_PAIR,
    BY_YEAR,
    FLOWS,
    LARGE_FLOWS,
    PAIR_TOTALS,
    TOTALS,
    Side,
    between,
    economy_totals,
    of_exporters,
    traded,
    year_totals,
)
from hikiwake.sources.imports import by_pair, run, totals
from hikiwake.sources.imports.checking import enumerate_as
from hikiwake.sources.imports.economies import meaning
from hikiwake.sources.imports.mapping import Mapping
from hikiwake.sources.imports.parquet import OPTIONS
from hikiwake.sources.imports.writing import Writer
from hikiwake.store import selection, tables
from hikiwake.store.catalogue import CATALOGUE, Catalogue
from hikiwake.store.library import Library
from hikiwake.store.tables import Tables, open_tables

if TYPE_CHECKING:
    from hikiwake.sources.imports.writing import Arrays

CODES = (643, 392, 156, 842, 251, 276, 579, 699)
PRODUCTS = ("010110", "270900", "870323")


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Import three years of eight economies, in several files by pair; return the vintage's folder."""
    folder = tmp_path_factory.mktemp("layout")
    library = Library(folder / "library")
    chance = random.Random(7)
    flows: dict[int, list[releases.Row]] = {
        year: [
            (year, i, j, k, f"{chance.uniform(1, 1e6):.3f}", f"{chance.uniform(1, 1e6):.3f}")
            for i, j in permutations(CODES, 2)
            for k in PRODUCTS
            if chance.random() < 0.8
        ]
        for year in (2013, 2014, 2015)
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_pair, "MOST_ROWS", 100)
        patch.setattr(totals, "MOST_ROWS", 20)
        made = brought(library, releases.release(folder / "a.zip", flows))
    return library.path(made.held)


@pytest.fixture
def large(tmp_path: Path, imported: Path, monkeypatch: pytest.MonkeyPatch) -> Tables:
    """Give a test a copy of its own, as data of a size that is not unpacked into memory."""
    monkeypatch.setattr(tables, "RESIDENT_BYTES", 0)
    monkeypatch.setattr(by_pair, "MOST_ROWS", 100)
    monkeypatch.setattr(totals, "MOST_ROWS", 20)
    return open_tables(Path(shutil.copytree(imported, tmp_path / "vintage")))


def content(frame: tables.Frame) -> list[tuple[object, ...]]:
    native = frame.select("exporter", "importer", "product", "year", "value", "quantity", "outlier")
    return sorted(native.to_native().fetchall())


def test_the_same_rows_stand_by_year_and_by_pair(large: Tables) -> None:
    assert content(large.frame(BY_PAIR)) == content(large.frame(FLOWS))
    files = [file for file in large.vintage.tables() if file.name == BY_PAIR]
    assert len(files) > 2
    for file in files:
        rows = large.frame(BY_PAIR, economies=[file.exporters[0]]).to_native()  # type: ignore[index]
        keys = [row[1:4] + row[:1] for row in rows.fetchall()]
        assert keys == sorted(keys)
        assert {key[0] for key in keys} <= {meaning(str(code)).economy for code in CODES}
        assert (keys[0][0], keys[-1][0]) == file.exporters


def test_a_pair_is_read_from_its_two_files_and_a_year_from_its_own(large: Tables) -> None:
    pair = content(between(of_exporters(large, "JPN", "RUS"), "JPN", "RUS"))
    assert pair == content(between(large.frame(FLOWS), "JPN", "RUS"))
    assert len(large.vintage.paths(BY_PAIR, economies=["JPN", "RUS"])) == 2
    assert [path.name for path in large.vintage.paths(FLOWS, years=[2014])] == ["2014.parquet"]
    assert [path.name for path in large.vintage.paths(FLOWS, years=range(2014, 2100))] == [
        "2014.parquet",
        "2015.parquet",
    ]
    # What no file holds is asked of one of them, which then has no such row.
    assert len(large.vintage.paths(FLOWS, years=[1960])) == 1


def test_only_the_files_that_are_read_are_compared(large: Tables) -> None:
    spoilt = large.vintage.folder / "2013.parquet"
    spoilt.write_bytes(spoilt.read_bytes()[:-1] + b"x")
    assert content(large.frame(FLOWS, years=[2014]).filter(nw.col("year") == 2014))
    with pytest.raises(DamagedStore, match="checksum"):
        large.frame(FLOWS, years=[2013])


@pytest.mark.parametrize(
    "query",
    [
        "exporter=JPN&importer=RUS",
        "exporter=JPN,RUS&importer=RUS,CHN&year=2013..2014",
        "importer=JPN&year=2014",
        "importer=JPN&year=2013,2015",
        "exporter=!JPN&importer=RUS&year=2015",
        "exporter=JP*&importer=RUS",
        "exporter=XXX&importer=RUS",
        "product=27*",
        "year=1066..2013",
    ],
)
def test_a_selector_finds_the_same_rows_in_either(large: Tables, query: str) -> None:
    found = selection.rows(large, f"baci-hs92@202601#{FLOWS}?{query}", 10_000)
    wanted = large.frame(FLOWS)
    for column, value in selection.parse(f"a@b#c?{query}").conditions:
        wanted = wanted.filter(selection._condition(column, value, numeric=column == "year"))
    order = [found.columns.index(name) for name in ("exporter", "importer", "product", "year", "value")]
    assert sorted(tuple(row[n] for n in order) for row in found.rows) == [row[:5] for row in content(wanted)]


def test_what_is_held_ready_of_pairs_and_lines_is_the_sum_of_the_flows(large: Tables) -> None:
    universe = commodity_universe(2014)
    flows = large.frame(FLOWS).filter(nw.col("year") == 2014)
    trade = collect(large, universe, "JPN", "RUS")
    assert large.has(PAIR_TOTALS)
    for rows, matrix in (
        (large.collect(by_economy(flows, "exporter", "product")), trade.exports),
        (large.collect(by_economy(flows, "importer", "product")), trade.imports),
    ):
        wanted = np.zeros_like(matrix)
        codes = [line.code for line in trade.lines]
        for economy, line, value in zip(rows["economy"], rows["line"], rows["value"], strict=True):
            wanted[trade.at(economy), codes.index(line)] = value
        assert np.array_equal(wanted, matrix)
    rows = large.collect(totals_between(flows))
    for exporter, importer, value in zip(rows["exporter"], rows["importer"], rows["value"], strict=True):
        assert trade.between[trade.at(exporter), trade.at(importer)] == value
    assert trade.between.sum() == float(rows["value"].sum())
    whole = large.collect(large.frame(FLOWS).select(nw.col("value").sum()))["value"][0]
    assert large.collect(traded(large).select(nw.col("value").sum()))["value"][0] == whole


@pytest.mark.parametrize("side", ["exporter", "importer"])
def test_the_totals_of_an_economy_stand_in_one_file_and_those_of_a_year_in_another(
    large: Tables, side: Side
) -> None:
    keys = (side, "product", "year")
    summed = large.frame(FLOWS).group_by(*keys).agg(nw.col("value").sum()).to_native().fetchall()
    economies = sorted({str(row[0]) for row in summed})
    assert len(large.vintage.paths(TOTALS[side])) > 2
    assert len(large.vintage.paths(TOTALS[side], economies=economies[:1])) == 1
    read = economy_totals(large, side, tuple(economies[1:3])).select(*keys, "value").to_native().fetchall()
    assert sorted(read) == sorted(row for row in summed if row[0] in economies[1:3])
    assert len(large.vintage.paths(TOTALS[side] + BY_YEAR, years=[2014])) == 1
    of_year = year_totals(large, side, 2014)
    assert of_year is not None
    assert sorted(of_year.to_native().fetchall()) == sorted(
        (economy, product, value) for economy, product, year, value in summed if year == 2014
    )


def test_flows_that_are_large_in_some_year_stand_together_with_all_their_years(
    tmp_path: Path, library: Library
) -> None:
    usd = {2012: "90000", 2013: "100000", 2014: "1", 2015: "99999.999"}  # in thousands
    flows: dict[int, list[releases.Row]] = {
        year: [(year, 643, 392, "270900", value, "7.000"), (year, 643, 392, "870323", "99999.000", "7.000")]
        for year, value in usd.items()
    }
    held = open_tables(library.path(brought(library, releases.release(tmp_path / "a.zip", flows)).held))
    found = content(held.frame(LARGE_FLOWS))
    assert found == [row for row in content(held.frame(FLOWS)) if row[2] == "270900"]
    assert [row[3] for row in found] == [2012, 2013, 2014, 2015]


def test_flags_are_the_same_whether_flows_come_by_year_or_in_one_table(
    tmp_path: Path, library: Library
) -> None:
    """The detectors see a part of the flows where there are several parts, and all where there is one."""
    chance = random.Random(5)
    flows: dict[int, list[releases.Row]] = {year: [] for year in range(2003, 2013)}
    gulf = (682, 784, 414, 364)
    away = {(year, i) for i in gulf for year in (2007, 2008)}  # they leave together
    for year, rows in flows.items():
        for i, j in permutations((*CODES, *gulf), 2):
            # Of the second, no flow is large, but lines are.
            for k, level in (("270900", 2e6), ("870323", 7e4), ("010110", 1e3)):
                low = 1e-2 if (year + j) % 7 == 0 and j != 392 else 1.0  # an importer nearly without reports
                thousands, kg = (level * low * chance.uniform(0.8, 1.2) for _ in range(2))
                if (year, i) not in away or j != 392:
                    rows.append((year, i, j, k, f"{thousands:.3f}", f"{kg:.3f}"))
    lines = [",".join(map(str, row)) for rows in flows.values() for row in rows]
    table = tmp_path / "flows.csv"
    table.write_text("\n".join(["t,i,j,k,v,q", *lines]) + "\n", encoding="utf-8")
    mapping = Mapping(
        title="t", exporter="i", importer="j", year="t", product="k", value="v", quantity="q",
        value_unit="thousand USD", quantity_unit="t",
    )  # fmt: skip
    add = partial(run.add, library=library, progress=lambda what, part: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_pair, "MOST_ROWS", 400)
        parts = add(run.Wish(files=(releases.release(tmp_path / "a.zip", flows),)))
    whole = add(run.Wish(files=(table,), mapping=mapping, name="whole@1"))
    kept = "kind, side, exporter, importer, product, year, severity, reason"
    files = [library.path(made.held) / "flags.parquet" for made in (parts, whole)]
    found = [duckdb.read_parquet(str(file)).project(kept).fetchall() for file in files]
    assert found[0] == found[1]
    assert {row[0] for row in found[0]} >= {"hole", "gap", "edge_hole"}
    assert {row[4] for row in found[0] if row[0] == "gap"} == {"270900", "870323"}
    large = [content(open_tables(library.path(made.held)).frame(LARGE_FLOWS)) for made in (parts, whole)]
    assert large[0] == large[1]
    assert len(large[0]) > 100


def test_a_finished_file_by_pair_stays_and_another_one_does_not(
    tmp_path: Path, large: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = large.vintage.folder
    names = ["2013", "2014", "2015"]
    spoilt, other = folder / "by-pair-001.parquet", (folder / "by-pair-000.parquet").read_bytes()
    written: list[str] = []
    looked: list[int] = []

    class Watched(Writer):
        def write(self, columns: Arrays, path: Path, options: str = OPTIONS) -> None:
            written.append(path.name)
            if copies:
                super().write(columns, path, options)

    def made() -> list[tuple[Path, tuple[str, str]]]:
        looked.clear()
        return by_pair.write(
            connection,
            writer,
            folder,
            names,
            lambda rows: looked.append(len(rows["year"])),
            lambda part: None,
        )

    copies = True
    with duckdb.connect() as connection, Watched() as writer:
        economies = {str(row[n]) for row in content(large.frame(FLOWS)) for n in (0, 1)}
        for kind, texts in (("economy", sorted(economies)), ("product", list(PRODUCTS))):
            enumerate_as(connection, kind, texts)
            writer.know(kind, texts)
        before = made()
        assert written == []
        spoilt.write_bytes(other)
        assert made() == before
        assert written == ["by-pair-001.parquet"]
        # Whether a file is written or stays, the detectors see its rows.
        assert sum(looked) == len(content(large.frame(FLOWS)))
        copies = False
        spoilt.write_bytes(other)
        with pytest.raises(BadInput, match="do not add up"):
            made()


def test_vintages_without_spans_are_read_whole(large: Tables) -> None:
    path = large.vintage.folder / CATALOGUE
    catalogue = msgspec.json.decode(path.read_bytes(), type=Catalogue)
    (entry,) = catalogue.datasets
    plain = [
        msgspec.structs.replace(file, years=msgspec.UNSET, exporters=msgspec.UNSET, economies=msgspec.UNSET)
        for file in entry.tables
        if file.name not in (BY_PAIR, PAIR_TOTALS, LARGE_FLOWS) and not file.name.endswith(BY_YEAR)
    ]
    older = msgspec.structs.replace(catalogue, datasets=[msgspec.structs.replace(entry, tables=plain)])
    path.write_bytes(msgspec.json.encode(older))
    assert b'"exporters"' not in path.read_bytes()
    open_tables.cache_clear()
    from hikiwake.store.catalogue import open_vintage

    open_vintage.cache_clear()
    again = open_tables(large.vintage.folder)
    assert len(again.vintage.paths(FLOWS, years=[2014])) == 3
    assert content(between(of_exporters(again, "JPN", "RUS"), "JPN", "RUS")) == content(
        between(large.frame(BY_PAIR), "JPN", "RUS")
    )
    assert (
        again.collect(traded(again).select(nw.col("value").sum()))["value"][0]
        == (large.collect(traded(large).select(nw.col("value").sum()))["value"][0])
    )
    for side in TOTALS:
        older_totals, newer = (year_totals(one, side, 2014) for one in (again, large))
        assert older_totals is not None
        assert newer is not None
        assert sorted(older_totals.to_native().fetchall()) == sorted(newer.to_native().fetchall())
