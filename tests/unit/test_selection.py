"""The rows behind a number can be selected again, and nothing else can be reached through a selector."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.briefs import composed
from tests.tiny import tiny_tables
from tests.turns import in_turn

from hikiwake.core.errors import BadInput, HikiwakeError
from hikiwake.dossier import identity
from hikiwake.dossier import shipped as dossiers
from hikiwake.dossier.validation import read
from hikiwake.store.selection import parse, rows
from hikiwake.store.tables import Tables, open_tables

BACI = open_tables().dataset_of("baci_flows")
FLOWS = [
    (2001, "RUS", "JPN", "270900", 30, 3_000),
    (2001, "SAU", "JPN", "270900", 90, 7_000),
    (2002, "RUS", "JPN", "270112", 60, 6_000),
    (2003, "RUS", "CHN", "710812", 60, None),
]


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    return tiny_tables(tmp_path, FLOWS)


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("exporter=RUS&importer=JPN", [60, 30]),
        ("importer=JPN&year=2001", [90, 30]),
        ("product=27*", [90, 60, 30]),
        ("product=270112,710812", [60, 60]),
        ("exporter=!RUS", [90]),
        ("year=2002..2003", [60, 60]),
        ("year=2001,2003", [90, 60, 30]),
        ("", [90, 60, 60, 30]),
    ],
)
def test_conditions(tables: Tables, query: str, values: list[int]) -> None:
    found = rows(tables, f"baci@tiny#baci_flows?{query}")
    place = found.columns.index("value")
    assert [row[place] for row in found.rows] == values
    assert found.total == len(values)


def test_a_limit_cuts_the_rows_and_says_how_many_there_are(tables: Tables) -> None:
    found = rows(tables, "baci@tiny#baci_flows?", limit=1)
    assert (len(found.rows), found.total) == (1, 4)


@pytest.mark.parametrize(
    "selector",
    [
        "",
        "baci_flows",
        "baci@tiny#baci_flows?nonsense",
        "baci@tiny#baci_flows?colour=red",
        "baci@tiny#baci_flows?year=abc",
        "baci@other#baci_flows?year=2001",
        "baci@tiny#../../secret?year=1",
        "baci@tiny#baci_flows?exporter=" + "x" * 5000,
    ],
)
def test_what_is_no_selector_is_refused_with_a_sentence(tables: Tables, selector: str) -> None:
    with pytest.raises(HikiwakeError) as refused:
        rows(tables, selector)
    assert refused.value.remedy


@given(st.text(max_size=60))
def test_any_text_is_a_selector_or_a_sentence(text: str) -> None:
    try:
        selection = parse(text)
    except HikiwakeError:
        return
    assert selection.dataset
    assert selection.table


def test_quotes_in_a_value_are_only_letters(tables: Tables) -> None:
    assert rows(tables, "baci@tiny#baci_flows?exporter=x' or 1=1 --").total == 0


@settings(max_examples=40)
@given(column=st.sampled_from(["exporter", "product", "year", "value"]), value=st.text(max_size=30))
def test_any_value_selects_rows_or_is_refused(column: str, value: str) -> None:
    try:
        found = rows(open_tables(), f"baci@{BACI.version}#baci_flows?{column}={value}", 1)
    except HikiwakeError:
        return
    assert found.total >= len(found.rows)


@pytest.mark.parametrize(
    "value", ["9" * 40, "1..", "..", "1_000", "１９９９", "0x10", "1.5", " 2001", "2001,"]
)
def test_numbers_are_plain_digits_within_reach(tables: Tables, value: str) -> None:
    with pytest.raises(BadInput, match="neither a number"):
        rows(tables, f"baci@tiny#baci_flows?year={value}")


def test_a_missing_quantity_is_none_and_the_others_stay_whole(tables: Tables) -> None:
    found = rows(tables, "baci@tiny#baci_flows?product=710812,270112")
    quantity = [row[found.columns.index("quantity")] for row in found.rows]
    assert quantity in ([6_000, None], [None, 6_000])
    assert all(isinstance(weight, int) for weight in quantity if weight is not None)


def entries(selector: str) -> int:
    """Count the entries of the shipped dossier that a selector names; each must be there."""
    path = dossiers.shipped("JPN", "RUS")
    assert path is not None
    held, asked = read(path), parse(selector)
    described = identity.dataset(held)
    assert (described.id, described.version) == (asked.dataset, asked.version)
    wanted = dict(asked.conditions)["id"].split(",")
    chosen = identity.entries(held, asked.table, wanted)
    assert [entry["id"] for entry in chosen] != []
    assert {entry["id"] for entry in chosen} == set(wanted)
    return len(chosen)


PARTS = 4


@pytest.mark.parametrize("part", in_turn(range(PARTS)))
def test_every_number_of_a_brief_finds_its_rows(part: int) -> None:
    shipped = open_tables()
    found: dict[str, int] = {}
    without = []
    for fact in list(composed("JPN", "RUS").facts)[part::PARTS]:
        if fact.value is not None:
            selectors = [source for source in fact.inputs if "#" in source]
            for selector in selectors:
                if selector not in found:
                    found[selector] = (
                        entries(selector)
                        if selector.startswith("dossier-")
                        else rows(shipped, selector).total
                    )
            if not any(found[selector] for selector in selectors):
                without.append((fact.formula, selectors))
    assert len(found) > 50
    assert not without
