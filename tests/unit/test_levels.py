"""Levels, shares and ranks of a pair, on flows whose right answers can be seen by eye."""

from pathlib import Path

import pytest
from tests.tiny import tiny_tables

from hikiwake.core.products import partition
from hikiwake.core.provenance import Ledger
from hikiwake.measures.flows import pair_flows
from hikiwake.measures.statement import Scope, Statements
from hikiwake.measures.ties.levels import NO_ROW, Flow, PairLevels
from hikiwake.measures.ties.suppliers import Partners

COVERED = Scope("group", "covered", "")
OIL = Scope("product", "270900", "crude oil")
# Japan buys oil from Russia (30 of 120) and Saudi Arabia (90 of 120); nothing flows back.
FLOWS = [
    (2001, "RUS", "JPN", "270900", 30, 3_000),
    (2001, "SAU", "JPN", "270900", 90, 7_000),
    (2001, "RUS", "CHN", "270900", 70, 7_000),
    (2001, "RUS", "JPN", "710812", 20, None),
    (2002, "RUS", "JPN", "270900", 60, 6_000),
    (2002, "SAU", "JPN", "270900", 1, 100),
    (2003, "RUS", "JPN", "270900", 60, 9_999_999),
    (2003, "SAU", "JPN", "270900", 60, 6_000),
]
FLAGS = [
    ("hole", "importer", None, "JPN", "270900", 2002),
    ("unit_value", "flow", "RUS", "JPN", "270900", 2003),
]


@pytest.fixture
def levels(tmp_path: Path) -> PairLevels:
    tables = tiny_tables(tmp_path, FLOWS, FLAGS)
    return PairLevels(pair_flows(tables, "JPN", "RUS"), Statements(tables, Ledger()))


def sold(scope: Scope, year: int) -> Flow:
    return Flow("RUS", "JPN", scope, year)


def test_value_and_quantity_of_a_product_and_of_all(levels: PairLevels) -> None:
    assert levels.value(sold(OIL, 2001)).value == 30
    assert levels.value(sold(COVERED, 2001)).value == 50
    quantity = levels.quantity(sold(COVERED, 2001))
    assert quantity.value == 3.0  # tonnes, from kilogrammes
    assert quantity.coverage == pytest.approx(30 / 50)  # gold has no quantity


def test_shares_are_of_the_right_total(levels: PairLevels) -> None:
    assert levels.share_of_imports(sold(OIL, 2001)).value == pytest.approx(30 / 120)
    assert levels.share_of_exports(sold(OIL, 2001)).value == pytest.approx(30 / 100)
    assert levels.share_of_imports_quantity(sold(OIL, 2001)).value == pytest.approx(3 / 10)
    assert levels.share_of_world_exports("RUS", OIL, 2001).value == pytest.approx(100 / 190)


def test_a_direction_without_flows_is_missing_and_not_zero(levels: PairLevels) -> None:
    back = Flow("JPN", "RUS", COVERED, 2001)
    assert not levels.has("JPN", "RUS")
    for fact in (levels.value(back), levels.share_of_imports(back), levels.share_of_exports(back)):
        assert fact.value is None
        assert fact.status == "missing"
        assert fact.note == NO_ROW
    assert levels.balance(back) is None


def test_a_hole_in_the_total_flags_the_share_but_not_the_flow(levels: PairLevels) -> None:
    assert levels.share_of_imports(sold(OIL, 2002)).status == "flagged"
    assert levels.share_of_exports(sold(OIL, 2002)).status == "observed"
    assert levels.value(sold(OIL, 2002)).status == "observed"


def test_an_unbelievable_quantity_is_left_out_of_both_sides_of_a_share(levels: PairLevels) -> None:
    assert levels.quantity(sold(OIL, 2003)).value is None
    assert levels.share_of_imports_quantity(sold(OIL, 2003)).value is None
    assert levels.share_of_imports(sold(OIL, 2003)).value == pytest.approx(0.5)


def test_the_last_year_is_provisional(levels: PairLevels) -> None:
    assert levels.value(sold(OIL, 2003)).status == "provisional"


def test_change_is_relative_and_needs_both_years(levels: PairLevels) -> None:
    change = levels.change(sold(OIL, 2002), 2001)
    assert change is not None
    assert change.value == pytest.approx(1.0)
    assert levels.change(sold(Scope("product", "710812", "gold"), 2002), 2001) is None


def test_composition_adds_up_and_moves(levels: PairLevels) -> None:
    parts = partition("commodities")
    stated = levels.composition(sold(COVERED, 2001), parts)
    assert list(stated) == ["oil", "gold"]
    assert sum(share.value or 0 for _, share in stated.values()) == pytest.approx(1.0)
    moved = levels.composition_change(sold(COVERED, 2002), parts, 2001)
    assert moved is not None
    assert moved.value == pytest.approx(20 / 50)


def test_every_fact_names_rows_that_can_be_selected_again(levels: PairLevels) -> None:
    fact = levels.share_of_imports(sold(OIL, 2001))
    assert fact.inputs == (
        "baci@tiny#baci_flows?exporter=RUS&importer=JPN&product=270900&year=2001",
        "baci@tiny#baci_flows?importer=JPN&product=270900&year=2001",
    )


def test_ranks_concentration_and_the_alternative(levels: PairLevels, tmp_path: Path) -> None:
    statements = Statements(tiny_tables(tmp_path, FLOWS, FLAGS), Ledger())
    sellers = Partners(statements, "JPN", "importer", 2001)
    assert sellers.rank("SAU", OIL).value == 1
    assert sellers.rank("RUS", OIL).value == 2
    assert sellers.rank("CHN", OIL).value is None
    assert sellers.count(OIL).value == 2
    assert sellers.concentration(OIL).value == pytest.approx(0.25**2 + 0.75**2)
    other = sellers.alternative("RUS", OIL)
    assert other is not None
    assert other.partner == "SAU"
    assert other.share.value == pytest.approx(0.75)
    buyers = Partners(statements, "RUS", "exporter", 2001)
    assert [row.partner for row in buyers.largest(OIL, 1, also="JPN")] == ["CHN", "JPN"]


def test_products_are_chosen_by_the_beginning_of_their_codes(levels: PairLevels) -> None:
    flows = levels.flows
    for prefixes in ((), ("27",), ("270900",), ("2", "71"), ("99",), ("710812", "7")):
        wanted = [not prefixes or code.startswith(prefixes) for code in flows.products]
        assert flows.chosen(prefixes).tolist() == wanted
