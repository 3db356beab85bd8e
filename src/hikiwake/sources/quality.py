"""Faults that trade data show by themselves: holes, gaps, quantities out of band, spikes, level shifts.

Every detector takes flows (year, exporter, importer, product, value in USD, quantity in kg or missing) and
returns flags with one set of columns; none changes a number. They are portable expressions, for a selection
as for a full release; sums are of whole numbers, so that no order of adding changes a flag.

A flag says that something looks wrong, not that it is: an importer can truly buy half as much for one
year. What was confirmed by hand stands in `data/corrections.json`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import narwhals as nw

from hikiwake.sources.gaps import USUAL, absences

if TYPE_CHECKING:
    Frame = nw.LazyFrame[Any]

Side = Literal["exporter", "importer"]

COLUMNS = ("dataset", "kind", "side", "exporter", "importer", "product", "year", "severity", "reason")
LINE = ("product", "year")
FLOW = ("exporter", "importer", "product")
AMOUNTS = ("value", "quantity", "volume")
SIDES: tuple[Side, ...] = ("importer", "exporter")


class Limits(msgspec.Struct, frozen=True):
    """What counts as a fault.

    Parameters
    ----------
    narrow, wide, spread : the band of unit values, see `unit_values.priced`.
    worth : USD that a flow, or its quantity at the usual price, must reach for its unit value to matter.
    dip : a year below this part of both neighbours is low.
    line_value : USD that an economy's line must reach in the years it is compared with. In BACI's
        minerals 1995-2024, 2.7 % of importers' line-years of that size look like holes, and 1.1 % tower
        above both neighbours as far, which no missing report can cause; with a tenth of the value it
        is 5.7 and 2.9 %.
    flow_share, flow_value : part of the importer's line, and USD, that a supplier must reach.
    absent : a flow below this part of both neighbours counts as absent.
    spike, spike_share, spike_value : factor to both neighbours, part of the importer's line, and USD,
        that a flow of one year must reach.
    shift, steady : factor between the levels of a level shift, and the factor within which each stays.
    """

    narrow: float = 3.0
    wide: float = 10.0
    spread: float = 5.0
    worth: float = 1e5
    dip: float = 0.6
    line_value: float = 1e8
    flow_share: float = 0.15
    flow_value: float = 1e8
    absent: float = 0.05
    spike: float = 10.0
    spike_share: float = 0.25
    spike_value: float = 1e9
    shift: float = 4.0
    steady: float = 2.0


def all_flags(
    priced: Frame,
    *,
    dataset: str,
    limits: Limits | None = None,
    keep: Callable[[str, Frame], Frame] = lambda name, frame: frame,
) -> Frame:
    """Return the flags of every detector, one row each, with the columns `COLUMNS`.

    `priced` are flows with the columns of `unit_values.with_prices`. `keep` may store what several detectors
    read.
    """
    chosen = limits or Limits()
    lines = {side: keep(f"{side}_totals", line_totals(priced, side)) for side in SIDES}
    parts = [unit_value_outliers(priced), flags_over_years(priced, lines, limits=chosen, keep=keep)]
    return named(nw.concat(parts, how="vertical"), dataset)


def named(flags: Frame, dataset: str) -> Frame:
    """Return flags with the dataset that they are about, in the columns `COLUMNS`."""
    return flags.with_columns(dataset=nw.lit(dataset)).select(*COLUMNS)


def flags_over_years(
    flows: Frame,
    lines: Mapping[Side, Frame],
    *,
    traded: Frame | None = None,
    limits: Limits | None = None,
    keep: Callable[[str, Frame], Frame] = lambda name, frame: frame,
) -> Frame:
    """Return the flags of the detectors that compare years, from flows and what `line_totals` returns.

    The totals may be taken a year at a time: the flows of all years need never be in memory. With `traded`,
    the years in which anybody trades a product (`LINE`), flows and lines may be those alone that can show a
    fault: with all their years the lines that reach `least_line` in some year and the flows that reach
    `least_flow`, and other flows of these lines in the years in which they reach `gaps.least`. What
    `keep` is given is computed by itself; all detectors at once would need their memory together.
    """
    chosen = limits or Limits()
    known = keep("traded", lines["importer"].select(*LINE).unique()) if traded is None else traded
    series = keep("large_flows", flow_series(flows, lines["importer"], chosen))
    parts = [flow_holes(series, known, chosen), spikes(series, known, chosen)]
    for side, totals in lines.items():
        whole = keep(f"{side}_lines", completed(totals, known, chosen.line_value))
        parts += [holes(whole, side, chosen), edge_holes(whole, side, chosen), breaks(whole, side, chosen)]
    parts += gaps(flows, lines["importer"], known)
    kept = [keep(f"found_{number}", part) for number, part in enumerate(parts)]
    return nw.concat(kept, how="vertical")


def least_flow(limits: Limits) -> float:
    """Return the USD that a flow must reach in some year for the detectors to compare its years."""
    return min(limits.flow_value, limits.spike_value)


def least_line(limits: Limits) -> float:
    """Return the USD that a line must reach in some year to matter to any detector."""
    return min(limits.line_value, least_flow(limits), USUAL.value)


def unit_value_outliers(priced: Frame) -> Frame:
    """Flag flows whose unit value is outside the band; severity is its factor to the usual one."""
    small = nw.col("ratio") > 1
    reason = nw.when(small).then(nw.lit("quantity_too_small")).otherwise(nw.lit("quantity_too_large"))
    return _flag(priced.filter(nw.col("outlier")), kind="unit_value", side="flow", reason=reason)


def line_totals(priced: Frame, side: Side) -> Frame:
    """Return amounts of each economy's line (economy, product) in each year in which it trades."""
    owned = priced.with_columns(economy=nw.col(side))
    return owned.group_by("economy", *LINE).agg(*(nw.col(amount).sum() for amount in AMOUNTS))


def completed(totals: Frame, traded: Frame, least: float = 0.0) -> Frame:
    """Return the totals of lines with absent years as zero.

    The years of a product are those in which anybody trades it (`traded`). Lines that never reach `least`
    (USD) are left out: no detector could flag them, and in a full release they are nearly all.
    """
    lines = totals.filter(nw.col("value") >= least).select("economy", "product").unique()
    grid = lines.join(traded, on="product", how="inner")
    return grid.join(totals, on=["economy", *LINE], how="left").select(
        "economy", *LINE, *(nw.col(amount).cast(nw.Float64).fill_null(0.0) for amount in AMOUNTS)
    )


def holes(totals: Frame, side: Side, limits: Limits) -> Frame:
    """Flag years of a line that fall far below both neighbours.

    Kind `hole` where the volume falls below `dip` of both and the value below both: trade is missing.
    Kind `quantity_gap` where the quantities given do, but not so: values can be compared, quantities
    cannot. Severity is the part of the smaller neighbour that is there.
    """
    around = _beside(totals, {"before": 1, "after": -1}).filter(
        (nw.col("year_after") - nw.col("year_before") == 2)
        & (nw.min_horizontal("value_before", "value_after") >= limits.line_value)
    )
    return _dips(around, side, limits, places=("before", "after"), prefix="")


def edge_holes(totals: Frame, side: Side, limits: Limits) -> Frame:
    """Flag first and last years of a product that fall far below the two years next to them.

    Kinds `edge_hole` and `edge_quantity_gap`: with neighbours on one side alone, growth and decline
    look the same as a hole, so these are hints only. There are none beside a year that no data hold.
    """
    first = _next_to(_beside(totals, {"near": -1, "far": -2, "other": 1}), totals, -1)
    last = _next_to(_beside(totals, {"near": 1, "far": 2, "other": -1}), totals, 1)
    large = nw.min_horizontal("value_near", "value_far") >= limits.line_value
    parts = [
        _dips(
            edge.filter(nw.col("year_other").is_null() & large),
            side,
            limits,
            places=("near", "far"),
            prefix="edge_",
        )
        for edge in (first, last)
    ]
    return nw.concat(parts, how="vertical")


def breaks(totals: Frame, side: Side, limits: Limits) -> Frame:
    """Flag the first year of a new level: three steady years after three steady years, `shift` apart.

    Severity is the factor from the old level to the new one: the root of (new low * new high) / (old
    low * old high), of volumes.
    """
    rows = _beside(totals, {"b3": 3, "b2": 2, "b1": 1, "a2": -1, "a3": -2})
    old = [f"volume_{place}" for place in ("b1", "b2", "b3")]
    new = ["volume", "volume_a2", "volume_a3"]
    spans = rows.filter(nw.col("year_a3") - nw.col("year_b3") == 5).with_columns(
        old_low=nw.min_horizontal(*old),
        old_high=nw.max_horizontal(*old),
        new_low=nw.min_horizontal(*new),
        new_high=nw.max_horizontal(*new),
    )
    old_low, old_high = nw.col("old_low"), nw.col("old_high")
    new_low, new_high = nw.col("new_low"), nw.col("new_high")
    steady = (old_high <= old_low * limits.steady) & (new_high <= new_low * limits.steady)
    moved = (new_low > old_high * limits.shift) | (old_low > new_high * limits.shift)
    large = nw.max_horizontal("value_b1", "value") >= limits.line_value
    found = spans.filter(steady & moved & large & (old_low > 0) & (new_low > 0)).with_columns(
        ratio=((new_low / old_low) * (new_high / old_high)).sqrt()
    )
    reason = nw.when(nw.col("ratio") > 1).then(nw.lit("level_up")).otherwise(nw.lit("level_down"))
    return _flag(_sided(found, side), kind="break", side=side, reason=reason)


def flow_holes(series: Frame, traded: Frame, limits: Limits) -> Frame:
    """Flag a supplier that is large in the years before and after and absent between.

    Kind `hole`, side `flow`; severity is the part of the smaller neighbour that is there, 0 for none.
    """
    smaller = nw.min_horizontal("value_before", "value_after")
    small = series.filter(
        (smaller >= limits.flow_value)
        & (nw.min_horizontal("share_before", "share_after") >= limits.flow_share)
        & (nw.col("value") < smaller * limits.absent)
    ).select(*FLOW, "year", ratio=nw.col("value") / smaller)
    # A flow of zero has no row: it shows as two rows of one flow that are two years apart.
    gone = series.filter(
        (nw.col("next_year") - nw.col("year") == 2)
        & (nw.min_horizontal("value", "next_value") >= limits.flow_value)
        & (nw.min_horizontal("share", "next_share") >= limits.flow_share)
    ).select(*FLOW, year=(nw.col("year") + 1).cast(nw.Int16), ratio=nw.lit(0.0))
    missed = gone.join(traded, on=list(LINE), how="inner")
    found = nw.concat([small, missed.select(*FLOW, "year", "ratio")], how="vertical")
    return _flag(found, kind="hole", side="flow", reason=nw.lit("supplier_absent"))


def gaps(flows: Frame, importer_lines: Frame, traded: Frame) -> tuple[Frame, Frame]:
    """Flag years in which several suppliers are absent from an importer's line together, and each of them.

    Kind `gap`, sides `importer` and `flow`; severity is the part of the line that the others make up, and 0.
    """
    of_lines, of_flows = absences(flows, importer_lines, traded)
    reason = nw.lit("absent_together")
    return (
        _flag(of_lines, kind="gap", side="importer", reason=reason),
        _flag(of_flows, kind="gap", side="flow", reason=reason),
    )


def spikes(series: Frame, traded: Frame, limits: Limits) -> Frame:
    """Flag a flow that towers over both neighbours in one year and is a large part of the importer's line.

    Kind `spike`, side `flow`; severity is that part. None at a product's ends, or beside years without data.
    """
    spans = traded.group_by("product").agg(first=nw.col("year").min(), last=nw.col("year").max())
    found = (
        _next_to(_next_to(series, traded, 1), traded, -1)
        .join(spans, on="product", how="inner")
        .filter(
            (nw.col("year") > nw.col("first"))
            & (nw.col("year") < nw.col("last"))
            & (nw.col("value") >= limits.spike_value)
            & (nw.col("share") >= limits.spike_share)
            & (nw.col("value") > nw.max_horizontal("value_before", "value_after") * limits.spike)
        )
        .with_columns(ratio=nw.col("share"))
    )
    return _flag(found, kind="spike", side="flow", reason=nw.lit("single_year"))


def _next_to(frame: Frame, rows: Frame, step: int) -> Frame:
    """Keep the years that lie `step` after one of which there are rows."""
    return frame.join(rows.select(year=(nw.col("year") + step).cast(nw.Int16)), on="year", how="semi")


def _beside(totals: Frame, places: dict[str, int]) -> Frame:
    """Add year and amounts of other rows of the line: by name, how many rows back (negative: ahead)."""
    return totals.with_columns(
        **{
            f"{amount}_{place}": nw.col(amount).shift(steps).over("economy", "product", order_by="year")
            for place, steps in places.items()
            for amount in ("year", *AMOUNTS)
        }
    )


def _dips(around: Frame, side: Side, limits: Limits, *, places: tuple[str, str], prefix: str) -> Frame:
    smaller = {amount: nw.min_horizontal(*(f"{amount}_{place}" for place in places)) for amount in AMOUNTS}
    missing = (nw.col("volume") < smaller["volume"] * limits.dip) & (nw.col("value") < smaller["value"])
    gap = nw.col("quantity") < smaller["quantity"] * limits.dip
    found = around.filter(missing | gap).with_columns(
        kind=nw.when(missing).then(nw.lit(f"{prefix}hole")).otherwise(nw.lit(f"{prefix}quantity_gap")),
        reason=nw.when(missing).then(nw.lit("trade_low")).otherwise(nw.lit("quantity_low")),
        ratio=nw.when(missing)
        .then(nw.col("volume") / smaller["volume"])
        .otherwise(nw.col("quantity") / smaller["quantity"]),
    )
    return _flag(_sided(found, side), kind=None, side=side, reason=nw.col("reason"))


def flow_series(flows: Frame, importer_lines: Frame, limits: Limits) -> Frame:
    """Add each flow's part of the importer's line, its next row, and its neighbours in time.

    Only flows that are large in some year are returned, with all their years.

    `value_before`, `value_after` and the shares are zero where the flow is absent in that year.
    """
    value = nw.col("value").cast(nw.Float64)
    large = flows.filter(nw.col("value") >= least_flow(limits)).select(*FLOW).unique()
    whole = importer_lines.select(*LINE, importer=nw.col("economy"), whole=nw.col("value"))
    line = (
        flows.join(large, on=list(FLOW), how="semi")
        .join(whole, on=["importer", *LINE], how="inner")
        .with_columns(value=value, share=value / nw.col("whole").cast(nw.Float64))
    )
    steps = {"last": 1, "next": -1}
    shifted = line.with_columns(
        **{
            f"{place}_{what}": nw.col(what).shift(step).over(*FLOW, order_by="year")
            for place, step in steps.items()
            for what in ("year", "value", "share")
        }
    )
    adjacent = {
        "before": ("last", nw.col("year") - nw.col("last_year") == 1),
        "after": ("next", nw.col("next_year") - nw.col("year") == 1),
    }
    return shifted.with_columns(
        **{
            f"{what}_{name}": nw.when(is_next).then(nw.col(f"{place}_{what}")).otherwise(nw.lit(0.0))
            for name, (place, is_next) in adjacent.items()
            for what in ("value", "share")
        }
    )


def _sided(found: Frame, side: Side) -> Frame:
    here, nobody = nw.col("economy"), nw.lit(None).cast(nw.String)
    return found.with_columns(
        exporter=here if side == "exporter" else nobody, importer=here if side == "importer" else nobody
    )


def _flag(found: Frame, *, kind: str | None, side: str, reason: nw.Expr) -> Frame:
    marked = found if kind is None else found.with_columns(kind=nw.lit(kind))
    return marked.select(
        "kind",
        *(nw.col(code).cast(nw.String) for code in FLOW),
        nw.col("year").cast(nw.Int16),
        side=nw.lit(side),
        severity=nw.col("ratio"),
        reason=reason,
    )
