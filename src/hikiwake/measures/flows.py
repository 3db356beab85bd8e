"""Trade flows of a pair as portable expressions, collected into small arrays.

The expressions know no engine and no size: they aggregate first, so what is collected has at most
(years x products) rows a side, whether the flows are a selection of 74 products or a full release.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from hikiwake.core.products import EVERYTHING, WHOLE
from hikiwake.measures.places import distinct, positions

if TYPE_CHECKING:
    from hikiwake.store.catalogue import Correction
    from hikiwake.store.tables import Columns, Frame, Tables

Side = Literal["exporter", "importer"]
SIDES: tuple[Side, Side] = ("exporter", "importer")
Array = NDArray[np.float64]

FLOWS = "baci_flows"
BY_PAIR = "baci_flows_by_pair"
FLAGS = "baci_flags"
TOTALS: dict[Side, str] = {"exporter": "baci_exporter_totals", "importer": "baci_importer_totals"}
BY_YEAR = "_by_year"
"""What is added to the name of a table of totals for that of their values once more, a file a year."""
WORLD_TOTALS = "baci_world_totals"
PAIR_TOTALS = "baci_pair_totals"
LARGE_FLOWS = "baci_large_flows"
LAST = "\U0010ffff"
"""Comes after every letter of a code."""
OTHERS = ""
"""Stands for all economies that were not asked for."""
TOTAL = "TOTAL"
"""The product of flows whose data give no products."""
CELL = ("year", "exporter", "importer", "product")


def scope_of(tables: Tables) -> str:
    """Return what the flows are of, as their catalogue says it."""
    return tables.dataset_of(FLOWS).scope or EVERYTHING


def is_of_all_goods(tables: Tables) -> bool:
    """Tell whether the flows leave no goods out, as their catalogue says."""
    return tables.vintage.is_own(FLOWS) and scope_of(tables) in WHOLE


def of_exporters(tables: Tables, *exporters: str) -> Frame:
    """Return flows among which are all of the exporters named, in all years.

    Data of many years hold the flows a second time in the order of their pairs: what an exporter sells one
    economy then stands together, and not in a file for each year.
    """
    return tables.frame(BY_PAIR if tables.has(BY_PAIR) else FLOWS, economies=exporters)


def traded(tables: Tables) -> Frame:
    """Return what each economy sells each other by year, over all products.

    Its columns are exporter, importer, year and value (USD).
    """
    if tables.has(PAIR_TOTALS):
        return tables.frame(PAIR_TOTALS)
    return (
        tables.frame(FLOWS).group_by("exporter", "importer", "year").agg(nw.col("value").cast(nw.Int64).sum())
    )


def usable_flows(tables: Tables, flows: Frame | None = None) -> Frame:
    """Return flows (all, if none are given) with what can be believed of their quantities (see `usable`)."""
    if flows is None:
        flows = tables.frame(FLOWS)
    # Data of a user's own carry the mark with each flow.
    if "outlier" in flows.collect_schema().names():
        return _weighed(flows, ~nw.col("outlier"))
    return usable(flows, tables.frame(FLAGS))


def world_flows(tables: Tables) -> Columns:
    """Collect the totals of all covered flows by year and product."""
    if tables.has(WORLD_TOTALS):
        return tables.collect_once("world flows", lambda: tables.frame(WORLD_TOTALS))
    return tables.collect_once("world flows", lambda: world(usable_flows(tables)))


def economy_totals(tables: Tables, side: Side, economies: tuple[str, ...]) -> Frame:
    """Return each economy's total over all partners by year and product (see `totals`).

    Full releases hold the totals ready; they are the sums of the same flows.
    """
    if not tables.has(TOTALS[side]):
        return totals(usable_flows(tables), side, economies)
    held = tables.frame(TOTALS[side], economies=economies)
    return held.filter(nw.col("economy").is_in(economies)).rename({"economy": side})


def year_totals(tables: Tables, side: Side, year: int) -> Frame | None:
    """Return what each economy trades with all others in a year, by product; None where it is not held ready.

    Its columns are economy, product and value (USD).
    """
    ordered = TOTALS[side] + BY_YEAR
    if not tables.has(ordered) and not tables.has(TOTALS[side]):
        return None
    held = tables.frame(ordered if tables.has(ordered) else TOTALS[side], years=(year,))
    return held.filter(nw.col("year") == year).select("economy", "product", "value")


def large_flows(tables: Tables, economies: tuple[str, ...], least: float) -> Frame:
    """Return the flows of some economies that reach an amount (USD) in some year, with all their years.

    Others may be among them. Of many years they are held ready, from the amount on from which detectors look
    at a single flow.
    """
    mine = nw.col("exporter").is_in(economies) | nw.col("importer").is_in(economies)
    if tables.has(LARGE_FLOWS):
        return usable_flows(tables, tables.frame(LARGE_FLOWS)).filter(mine)
    flows = usable_flows(tables).filter(mine)
    flow = ("exporter", "importer", "product")
    large = flows.filter(nw.col("value") >= least).select(*flow).unique()
    return flows.join(large, on=list(flow), how="semi")


def usable(flows: Frame, flags: Frame) -> Frame:
    """Add `weighed`, the quantity (kg) where it can be believed, and `weighed_value`, its value.

    A quantity that is missing, or whose unit value lies far outside the product's band of the year (kind
    `unit_value` in the flags), is left out of both, so that shares by quantity compare like with like.
    """
    outliers = flags.filter(nw.col("kind") == "unit_value").select(*CELL, outlier=nw.lit(value=True))
    joined = flows.join(outliers, on=list(CELL), how="left")
    return _weighed(joined, nw.col("outlier").is_null())


def _weighed(flows: Frame, believed: nw.Expr) -> Frame:
    good = believed & ~nw.col("quantity").is_null() & (nw.col("quantity") > 0)
    return flows.with_columns(
        weighed=nw.when(good).then(nw.col("quantity")).otherwise(nw.lit(0)),
        weighed_value=nw.when(good).then(nw.col("value")).otherwise(nw.lit(0)),
    )


def between(flows: Frame, a: str, b: str) -> Frame:
    """Return the flows of a pair, both directions, one row a year and product."""
    forth = (nw.col("exporter") == a) & (nw.col("importer") == b)
    back = (nw.col("exporter") == b) & (nw.col("importer") == a)
    return flows.filter(forth | back)


def with_others(flows: Frame, a: str, b: str) -> Frame:
    """Return what two economies trade with each other and with all others together, by year and product."""
    both = (a, b)
    named = (
        nw.when(nw.col(side).is_in(both)).then(nw.col(side)).otherwise(nw.lit(OTHERS)).alias(side)
        for side in ("exporter", "importer")
    )
    mine = flows.filter(nw.col("exporter").is_in(both) | nw.col("importer").is_in(both))
    return _summed(mine.with_columns(*named), *CELL)


def totals(flows: Frame, side: Side, economies: tuple[str, ...]) -> Frame:
    """Return each economy's total over all partners by year and product, as exporter or as importer."""
    mine = flows.filter(nw.col(side).is_in(economies))
    return _summed(mine, "year", side, "product")


def world(flows: Frame) -> Frame:
    """Return the total of all covered flows by year and product."""
    return _summed(flows, "year", "product")


def partners(flows: Frame, side: Side, economy: str, year: int) -> Frame:
    """Return the flows of one economy as exporter or importer in one year, by partner and product."""
    return flows.filter((nw.col(side) == economy) & (nw.col("year") == year))


def _summed(flows: Frame, *keys: str) -> Frame:
    return flows.group_by(*keys).agg(
        nw.col("value").sum(), nw.col("weighed").sum(), nw.col("weighed_value").sum()
    )


class Cube(msgspec.Struct, frozen=True):
    """Three (years, products) arrays: value in USD, believable quantity in t, and the value it stands for."""

    value: Array
    weighed: Array
    weighed_value: Array

    def over(self, products: NDArray[np.bool_]) -> Cube:
        """Sum over the chosen products; shapes (years,)."""
        return Cube(
            self.value[:, products].sum(axis=1),
            self.weighed[:, products].sum(axis=1),
            self.weighed_value[:, products].sum(axis=1),
        )


class PairFlows(msgspec.Struct, frozen=True):
    """All that the covered flows say of a pair, on one grid of years and products.

    `flow[x, m]` is what x sends to m; `exports[x]` and `imports[m]` are totals over all partners;
    `world` the total of all flows. A cell without a flow is 0: in such data absence and zero cannot be
    told apart, so a reader is told "not covered" where a whole direction is empty.
    `flagged_imports[m]` and `flagged_exports[x]` mark (year, product) cells whose totals have a hole;
    the next two those whose total quantities have one, `flagged_flows` flows confirmed to be wrong, the
    next three flows that are absent with others, that are absent alone, and that tower over both neighbouring
    years; `shifted[side, economy]` the first years of another level of a total.
    """

    a: str
    b: str
    years: tuple[int, ...]
    products: tuple[str, ...]
    flow: dict[tuple[str, str], Cube]
    exports: dict[str, Cube]
    imports: dict[str, Cube]
    world: Cube
    flagged_imports: dict[str, NDArray[np.bool_]]
    flagged_exports: dict[str, NDArray[np.bool_]]
    flagged_import_quantities: dict[str, NDArray[np.bool_]]
    flagged_export_quantities: dict[str, NDArray[np.bool_]]
    flagged_flows: dict[tuple[str, str], NDArray[np.bool_]]
    absent_flows: dict[tuple[str, str], NDArray[np.bool_]]
    missed_flows: dict[tuple[str, str], NDArray[np.bool_]]
    towering_flows: dict[tuple[str, str], NDArray[np.bool_]]
    shifted: dict[tuple[Side, str], NDArray[np.bool_]]

    def year_index(self, year: int) -> int:
        """Return the position of a year; KeyError-free callers check `years` first."""
        return self.years.index(year)

    def chosen(self, prefixes: tuple[str, ...]) -> NDArray[np.bool_]:
        """Mark the products whose code begins with one of the prefixes (all products for an empty tuple)."""
        marks = np.full(len(self.products), not prefixes)
        for prefix in prefixes:
            # Products stand in the order of their codes, so those of a prefix stand together.
            first = bisect_left(self.products, prefix)
            marks[first : bisect_left(self.products, prefix + LAST, first)] = True
        return marks


def pair_flows(tables: Tables, a: str, b: str) -> PairFlows:
    """Collect the flows of a pair and the totals they are compared with."""
    both = (min(a, b), max(a, b))  # seen from either side, these are the same rows
    pair, exports, imports = _of_pair(tables, both)
    everything = world_flows(tables)
    holes = _flagged(tables, "totals", ("hole", "edge_hole", "gap"))
    gaps = _flagged(tables, "totals", ("hole", "edge_hole", "gap", "quantity_gap", "edge_quantity_gap"))
    of_flows = _flagged(tables, "flow", ("gap", "hole", "spike"))
    breaks = _flagged(tables, "totals", ("break",))
    years = tuple(int(y) for y in np.unique(everything["year"]))
    products = distinct(everything["product"])
    grid = _Grid(years, products)
    known = tables.vintage.corrections()
    of_value = [fault for fault in known if fault.expect.get("amount") == "value"]
    directions = ((a, b), (b, a))
    return PairFlows(
        a=a,
        b=b,
        years=years,
        products=products,
        flow={(x, m): grid.cube(pair, exporter=x, importer=m) for x, m in directions},
        exports={x: grid.cube(exports, exporter=x) for x in (a, b)},
        imports={m: grid.cube(imports, importer=m) for m in (a, b)},
        world=grid.cube(everything),
        flagged_imports={
            m: grid.marks(holes, side="importer", importer=m) | grid.confirmed(of_value, importer=m)
            for m in (a, b)
        },
        flagged_exports={
            x: grid.marks(holes, side="exporter", exporter=x) | grid.confirmed(of_value, exporter=x)
            for x in (a, b)
        },
        flagged_import_quantities={
            m: grid.marks(gaps, side="importer", importer=m) | grid.confirmed(known, importer=m)
            for m in (a, b)
        },
        flagged_export_quantities={
            x: grid.marks(gaps, side="exporter", exporter=x) | grid.confirmed(known, exporter=x)
            for x in (a, b)
        },
        flagged_flows={(x, m): grid.confirmed(of_value, exporter=x, importer=m) for x, m in directions},
        absent_flows={
            (x, m): grid.marks(of_flows, kind="gap", exporter=x, importer=m) for x, m in directions
        },
        missed_flows={
            (x, m): grid.marks(of_flows, kind="hole", exporter=x, importer=m) for x, m in directions
        },
        towering_flows={
            (x, m): grid.marks(of_flows, kind="spike", exporter=x, importer=m) for x, m in directions
        },
        shifted={
            (side, one): grid.marks(breaks, side=side, **{side: one}) for side in SIDES for one in (a, b)
        },
    )


def _of_pair(tables: Tables, both: tuple[str, str]) -> tuple[Columns, Columns, Columns]:
    """Collect rows that hold the flows of a pair, and rows whose sums are its exports and its imports."""
    if not tables.has(TOTALS["exporter"]):
        # One reading gives all: what each trades with the other and with all others adds up to its total.
        name = ("pair and others", *both)
        rows = tables.collect_lately(name, lambda: with_others(usable_flows(tables), *both))
        return rows, rows, rows
    columns = (*CELL, "value", "weighed", "weighed_value")
    pair = tables.collect_lately(
        ("pair", *both),
        lambda: between(usable_flows(tables, of_exporters(tables, *both)), *both).select(*columns),
    )
    exports = tables.collect_lately(("exporter", *both), lambda: economy_totals(tables, "exporter", both))
    imports = tables.collect_lately(("importer", *both), lambda: economy_totals(tables, "importer", both))
    return pair, exports, imports


def _flagged(tables: Tables, whose: Literal["totals", "flow"], kinds: tuple[str, ...]) -> Columns:
    sides = ("importer", "exporter") if whose == "totals" else ("flow",)

    def found() -> Frame:
        cells = tables.frame(FLAGS).filter(nw.col("kind").is_in(kinds) & nw.col("side").is_in(sides))
        return cells.select("kind", "side", "exporter", "importer", "product", "year")

    return tables.collect_once(" ".join((whose, *kinds)), found)


class _Grid:
    """Places long rows on the grid of years and products."""

    def __init__(self, years: tuple[int, ...], products: tuple[str, ...]) -> None:
        self._years = np.asarray(years)
        self._products = products

    def cube(self, rows: Columns, **where: str) -> Cube:
        at, y, k = self._places(rows, where)
        kilogrammes_a_tonne = 1000.0
        return Cube(
            self._filled(y, k, rows["value"][at]),
            self._filled(y, k, rows["weighed"][at]) / kilogrammes_a_tonne,
            self._filled(y, k, rows["weighed_value"][at]),
        )

    def marks(self, rows: Columns, **where: str) -> NDArray[np.bool_]:
        at, y, k = self._places(rows, where)
        return self._filled(y, k, np.ones(int(at.sum()))) > 0

    def confirmed(self, corrections: Iterable[Correction], **where: str) -> NDArray[np.bool_]:
        """Mark the cells of confirmed faults of value in an economy's trade."""
        marks = np.zeros((len(self._years), len(self._products)), dtype=bool)
        for fault in corrections:
            if all(getattr(fault, column) == wanted for column, wanted in where.items()):
                marks |= np.outer(
                    np.isin(self._years, fault.years), np.asarray(self._products) == fault.product
                )
        return marks

    def _places(self, rows: Columns, where: dict[str, str]) -> tuple[NDArray[np.bool_], Any, Any]:
        at = np.ones(len(rows["year"]), dtype=bool)
        for column, wanted in where.items():
            at &= rows[column] == wanted
        year = np.asarray(rows["year"][at], dtype=np.int64)
        return at, np.searchsorted(self._years, year), positions(rows["product"][at], self._products)

    def _filled(self, y: NDArray[np.int64], k: NDArray[np.int64], values: NDArray[Any]) -> Array:
        out = np.zeros((len(self._years), len(self._products)))
        np.add.at(out, (y, k), values.astype(np.float64))
        return out
