"""Detectors of faults in trade data, on flows that can be seen by eye."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

import duckdb
import narwhals as nw
import pytest

from hikiwake.sources.quality import COLUMNS, Limits, all_flags, line_totals
from hikiwake.sources.unit_values import with_prices

Flow = tuple[int, str, str, str, int, int | None]
MILLION = 1_000_000
OIL = "270900"
# A relation of an older duckdb does not keep its connection alive, so this one lives as long as the tests.
CONNECTION = duckdb.connect(config={"threads": 1})
NUMBERS = count()


def frame(flows: Iterable[Flow]) -> nw.LazyFrame[Any]:
    """Return flows (year, exporter, importer, product, USD, kg) as the store gives them."""
    name = f"flows_{next(NUMBERS)}"
    CONNECTION.execute(
        f"create table {name} (year smallint, exporter varchar, importer varchar, product varchar,"
        " value bigint, quantity bigint)"
    )
    CONNECTION.executemany(f"insert into {name} values (?, ?, ?, ?, ?, ?)", list(flows))
    return nw.from_native(CONNECTION.table(name))


def priced_flows(flows: Iterable[Flow], limits: Limits | None = None) -> nw.LazyFrame[Any]:
    """Return flows with their unit values, as a table that outlives the arrays."""
    name = f"priced_{next(NUMBERS)}"
    CONNECTION.register("arrays", with_prices(frame(flows).to_native().fetchnumpy(), limits))
    CONNECTION.execute(f"create table {name} as from arrays")
    CONNECTION.unregister("arrays")
    return nw.from_native(CONNECTION.table(name))


def kept(name: str, found: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Store what several detectors read, as those who run them do."""
    unique = f"{name}_{next(NUMBERS)}"
    found.to_native().create(unique)
    return nw.from_native(CONNECTION.table(unique))


def flags(flows: Iterable[Flow], **limits: float) -> list[dict[str, Any]]:
    """Run all detectors; return the flags in a fixed order."""
    chosen = Limits(**limits)
    priced = priced_flows(flows, chosen)
    found = all_flags(priced, dataset="made", limits=chosen, keep=kept).to_native()
    assert tuple(found.columns) == COLUMNS
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in found.fetchall()]
    return sorted(rows, key=lambda row: [str(row[name]) for name in COLUMNS])


def steady(
    years: Iterable[int] = range(2000, 2010),
    *,
    changed: Mapping[int, tuple[int, int | None] | None] | None = None,
) -> list[Flow]:
    """Return a market of one price: three sellers, three buyers, 1 USD a kilogram, 500 million each.

    `changed` sets USD and kg of the flow from AAA to XXX in a year, or removes it (None).
    """
    changed = changed or {}
    flows: list[Flow] = []
    for year in years:
        for exporter in ("AAA", "BBB", "CCC"):
            for importer in ("XXX", "YYY", "ZZZ"):
                cell: tuple[int, int | None] | None = (500 * MILLION, 500 * MILLION)
                if (exporter, importer) == ("AAA", "XXX") and year in changed:
                    cell = changed[year]
                if cell is not None:
                    flows.append((year, exporter, importer, OIL, *cell))
    return flows


def kinds(found: list[dict[str, Any]]) -> set[tuple[str, str, str | None, str | None, int]]:
    return {(row["kind"], row["side"], row["exporter"], row["importer"], row["year"]) for row in found}


def test_a_steady_market_has_no_flag() -> None:
    assert flags(steady()) == []


def test_a_hole_of_the_importer_is_found_with_the_part_that_is_there() -> None:
    flows = [flow for flow in steady() if not (flow[0] == 2005 and flow[2] == "XXX" and flow[1] != "CCC")]
    found = [row for row in flags(flows) if row["side"] == "importer"]
    assert len(found) == 1
    assert (found[0]["kind"], found[0]["importer"], found[0]["year"]) == ("hole", "XXX", 2005)
    assert found[0]["exporter"] is None
    assert found[0]["severity"] == pytest.approx(1 / 3)
    assert found[0]["reason"] == "trade_low"


def test_a_hole_of_the_exporter_is_found_on_its_side() -> None:
    flows = [flow for flow in steady() if not (flow[0] == 2005 and flow[1] == "AAA" and flow[2] != "XXX")]
    found = [row for row in flags(flows) if row["side"] == "exporter"]
    assert [(row["kind"], row["exporter"], row["importer"], row["year"]) for row in found] == [
        ("hole", "AAA", None, 2005)
    ]


def test_a_line_that_is_absent_for_a_year_is_a_hole_of_nothing() -> None:
    flows = [flow for flow in steady() if not (flow[0] == 2005 and flow[2] == "XXX")]
    found = [row for row in flags(flows) if row["side"] == "importer"]
    # All its suppliers are absent together, too.
    assert [(row["kind"], row["severity"]) for row in found] == [("gap", 0.0), ("hole", 0.0)]


def test_a_year_in_which_nobody_trades_the_product_is_no_hole() -> None:
    assert flags([flow for flow in steady() if flow[0] != 2005]) == []


def test_missing_quantities_are_a_gap_of_quantities_not_a_hole() -> None:
    flows = [
        (*flow[:5], None) if flow[0] == 2005 and flow[2] == "XXX" and flow[1] != "CCC" else flow
        for flow in steady()
    ]
    found = flags(flows)
    assert ("quantity_gap", "importer", None, "XXX", 2005) in kinds(found)
    assert not [row for row in found if row["kind"] == "hole"]


def test_a_dip_above_the_limit_is_left_alone() -> None:
    # The importer has 2/3 of its neighbours' trade, which is above 60 %.
    found = flags(steady(changed={2005: None}))
    assert kinds(found) == {("hole", "flow", "AAA", "XXX", 2005)}


def test_a_small_line_is_left_alone() -> None:
    flows = [flow for flow in steady() if not (flow[0] == 2005 and flow[2] == "XXX" and flow[1] != "CCC")]
    assert not [row for row in flags(flows, line_value=2e9) if row["side"] == "importer"]


def test_a_fall_in_the_last_year_is_a_hint_only() -> None:
    flows = [flow for flow in steady() if not (flow[0] == 2009 and flow[2] == "XXX" and flow[1] != "CCC")]
    found = [row for row in flags(flows) if row["side"] == "importer"]
    assert [(row["kind"], row["year"]) for row in found] == [("edge_hole", 2009)]


def test_a_fall_in_the_first_year_is_a_hint_only() -> None:
    flows = [flow for flow in steady() if not (flow[0] == 2000 and flow[2] == "XXX" and flow[1] != "CCC")]
    found = [row for row in flags(flows) if row["side"] == "importer"]
    assert [(row["kind"], row["year"]) for row in found] == [("edge_hole", 2000)]


def test_a_supplier_that_nearly_vanishes_for_a_year_is_found() -> None:
    found = flags(steady(changed={2005: (5 * MILLION, 5 * MILLION)}))
    (row,) = [row for row in found if row["side"] == "flow"]
    assert (row["kind"], row["reason"]) == ("hole", "supplier_absent")
    assert row["severity"] == pytest.approx(0.01)


def test_a_supplier_that_is_small_for_the_importer_is_left_alone() -> None:
    # All that DDD sells goes to XXX, but it is 12 % of what XXX buys.
    small: list[Flow] = [
        (year, "DDD", "XXX", OIL, 200 * MILLION, 200 * MILLION) for year in range(2000, 2010) if year != 2005
    ]
    assert kinds(flags(steady() + small)) == {("hole", "exporter", "DDD", None, 2005)}


@pytest.mark.parametrize(
    ("quantity", "reason", "factor"),
    [(20_000 * MILLION, "quantity_too_large", 1 / 40), (10 * MILLION, "quantity_too_small", 50.0)],
)
def test_unit_values_out_of_band(quantity: int, reason: str, factor: float) -> None:
    found = [
        row for row in flags(steady(changed={2005: (500 * MILLION, quantity)})) if row["kind"] == "unit_value"
    ]
    assert [(row["exporter"], row["importer"], row["year"], row["reason"]) for row in found] == [
        ("AAA", "XXX", 2005, reason)
    ]
    assert found[0]["severity"] == pytest.approx(factor)


def test_a_band_widens_where_prices_differ_much() -> None:
    # Prices of 1, 4 and 16 USD a kilogram in equal parts: four times the median is usual there.
    flows: list[Flow] = [
        (2000, exporter, importer, "711290", 400 * MILLION, 400 * MILLION // price)
        for exporter, price in (("AAA", 1), ("BBB", 4), ("CCC", 16))
        for importer in ("XXX", "YYY")
    ]
    assert flags(flows) == []
    narrow = {row["exporter"] for row in flags(flows, wide=3.0)}
    assert narrow == {"AAA", "CCC"}


def test_many_small_flows_do_not_decide_what_is_usual() -> None:
    small: list[Flow] = [(2005, f"S{n:02d}", "XXX", OIL, 2 * MILLION, 20_000) for n in range(50)]
    found = [row for row in flags(steady() + small) if row["kind"] == "unit_value"]
    assert {row["exporter"] for row in found} == {flow[1] for flow in small}


def test_a_worthless_flow_out_of_band_is_passed_over() -> None:
    tiny: list[Flow] = [(2005, "TTT", "XXX", OIL, 1_000, 10)]
    assert flags(steady() + tiny) == []


def test_a_level_shift_is_found_at_its_first_year_and_a_slope_is_not() -> None:
    shift = {year: (9_000 * MILLION, 9_000 * MILLION) for year in range(2005, 2010)}
    found = [row for row in flags(steady(changed=shift)) if row["kind"] == "break"]
    # The importer buys 10 instead of 1.5 billion, the exporter sells as much.
    assert kinds(found) == {
        ("break", "importer", None, "XXX", 2005),
        ("break", "exporter", "AAA", None, 2005),
    }
    assert {row["reason"] for row in found} == {"level_up"}
    assert found[0]["severity"] == pytest.approx(10 / 1.5)
    sizes = {year: 500 * MILLION * 2 ** (year - 1999) for year in range(2000, 2010)}
    slope = {year: (size, size) for year, size in sizes.items()}
    assert not [row for row in flags(steady(changed=slope)) if row["kind"] == "break"]


def test_a_flow_of_one_year_that_makes_the_line_soar_is_found() -> None:
    found = flags(steady(changed={2005: (9_000 * MILLION, 9_000 * MILLION)}))
    (row,) = [row for row in found if row["kind"] == "spike"]
    assert (row["exporter"], row["importer"], row["year"]) == ("AAA", "XXX", 2005)
    assert row["severity"] == pytest.approx(0.9)


def test_volumes_take_the_usual_price_where_a_quantity_cannot_be_believed() -> None:
    flows = steady(changed={2005: (500 * MILLION, 50_000 * MILLION), 2006: (500 * MILLION, None)})
    totals = line_totals(priced_flows(flows), "importer").to_native()
    cells = {
        (economy, year): (value, quantity, volume)
        for economy, year, value, quantity, volume in totals.select(
            "economy, year, value, quantity, volume"
        ).fetchall()
    }
    billion_and_a_half = 1_500.0 * MILLION
    assert cells["XXX", 2005] == (billion_and_a_half, 51_000.0 * MILLION, billion_and_a_half)
    assert cells["XXX", 2006] == (billion_and_a_half, 1_000.0 * MILLION, billion_and_a_half)


def test_flags_do_not_depend_on_the_order_of_the_flows() -> None:
    flows = steady(changed={2003: None, 2005: (9_000 * MILLION, 10 * MILLION)})
    assert flags(flows) == flags(list(reversed(flows)))


def test_direction_matters() -> None:
    flows = [flow for flow in steady() if not (flow[0] == 2005 and flow[2] == "XXX" and flow[1] != "CCC")]
    mirrored = [(year, importer, exporter, *rest) for year, exporter, importer, *rest in flows]
    sides = {(row["side"], row["exporter"], row["importer"]) for row in flags(mirrored)}  # type: ignore[arg-type]
    assert ("exporter", "XXX", None) in sides
    assert ("importer", None, "XXX") not in sides
