"""What an import says of the whole: amounts of the wrong size, what the detectors marked, what codes mean."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from tests import releases
from tests.imports import PLAIN, brought, command, table

from hikiwake.sources.imports.mapping import ValueUnit
from hikiwake.sources.imports.report import lines
from hikiwake.store.library import Library

# Exports of 2014 in billions of dollars, as the World Trade Organization reported them, roughly.
EXPORTS = {
    "CHN": 2342, "USA": 1621, "DEU": 1508, "JPN": 684, "NLD": 672, "FRA": 583, "KOR": 573, "ITA": 529,
    "GBR": 506, "RUS": 498, "CAN": 475, "BEL": 471,
}  # fmt: skip


def of_twelve(tmp_path: Path, unit_of_table: float) -> Path:
    """Return a table in which each sells each other an eleventh of its exports."""
    rows = [
        f"{seller},{buyer},2014,{1e9 * sold / 11 / unit_of_table}"
        for seller, sold in EXPORTS.items()
        for buyer in EXPORTS
        if buyer != seller
    ]
    return table(tmp_path, "\n".join(("from,to,year,usd", *rows, "")))


@pytest.mark.parametrize(
    ("of_table", "said", "wrong"),
    [
        (1.0, "USD", False),
        (1e6, "million USD", False),
        (1e6, "USD", True),
        (1e3, "USD", True),
        (1.0, "thousand USD", True),
    ],
)
def test_amounts_of_another_size_than_trade_are_told(
    tmp_path: Path, library: Library, of_table: float, said: ValueUnit, wrong: bool
) -> None:
    mapping = msgspec.structs.replace(PLAIN, value_unit=said)
    report = brought(library, of_twelve(tmp_path, of_table), mapping=mapping).report
    assert [f"is value_unit {said!r}?" in note for note in report.notes] == ([True] if wrong else [])
    assert any("amounts cannot be right" in line for line in lines(report)) == wrong


def test_little_of_some_goods_is_no_fault(tmp_path: Path, library: Library) -> None:
    mapping = msgspec.structs.replace(PLAIN, scope="tea")
    assert not brought(library, of_twelve(tmp_path, 1e6), mapping=mapping).report.notes


def test_what_the_detectors_marked_is_counted(tmp_path: Path, library: Library) -> None:
    sold = {year: 0 if year == 2006 else 5_000_000_000 for year in range(2000, 2012)}
    text = "".join(f"{seller},JPN,{y},{usd}\n" for y, usd in sold.items() for seller in ("RUS", "SAU", "QAT"))
    others = "".join(f"RUS,KOR,{year},9000000000\n" for year in sold)
    report = brought(library, table(tmp_path, f"from,to,year,usd\n{text}{others}"), mapping=PLAIN).report
    assert report.marks == {"gap": 4, "hole": 6}
    assert lines(report)[-1].endswith(": 6 holes, 4 suppliers absent together")


def test_what_shipped_data_hold_of_a_code_is_no_remark_on_others(tmp_path: Path, library: Library) -> None:
    path = table(
        tmp_path, "from,to,year,usd\n280,JPN,1988,5\n810,JPN,1988,5\n697,JPN,1988,5\n849,JPN,1988,5\n"
    )
    said = "\n".join(lines(brought(library, path, mapping=PLAIN).report))
    assert "code '280' is read as DEU: Federal Republic before unification." in said
    assert "code '810' is read as SUN: Soviet Union is counted to 1991" in said
    assert "selection" not in said
    assert "start later" not in said


def test_a_dataset_of_many_files_is_shown_once_for_each_table(tmp_path: Path, library: Library) -> None:
    assert command(library, "data", "add", str(releases.release(tmp_path / "r.zip"))).returncode == 0
    shown = command(library, "data", "show", "baci-hs92").stdout
    tables = [line.split(":")[0] for line in shown.splitlines() if line.startswith("table ")]
    assert len(tables) == len(set(tables)) > 5
    for word in ("baci-hs29", "baci_hs92"):
        assert "Did you mean 'baci-hs92" in command(library, "data", "cite", word).stderr
    removed = command(library, "data", "remove", "baci-hs92@202601", "--json")
    assert json.loads(removed.stdout)["name"] == "baci-hs92"


def test_a_mapping_is_proposed_as_json(tmp_path: Path, library: Library) -> None:
    path = table(tmp_path, "exporter,importer,year,value_kusd\nJPN,RUS,2014,5\n")
    proposed = json.loads(command(library, "data", "map", str(path), "--json").stdout)
    assert (proposed["exporter"], proposed["value_unit"]) == ("exporter", "thousand USD")
    both = command(library, "data", "map", str(path), "--json", "-o", str(tmp_path / "m.toml"))
    assert json.loads(both.stdout) == proposed
    assert (tmp_path / "m.toml").is_file()
