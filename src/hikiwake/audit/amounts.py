"""The flows that claims ask for, as series over years: each is read when the first claim asks for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import msgspec
import narwhals as nw
import numpy as np

from hikiwake.audit.cells import NONE, Array, Cells, Grid, Marks
from hikiwake.audit.reading import reading
from hikiwake.audit.silence import LARGE, PART, silences
from hikiwake.core.claim.operand import WORLD
from hikiwake.core.products import negligible
from hikiwake.measures.flows import FLAGS, TOTALS, Side, is_of_all_goods, world_flows
from hikiwake.measures.ties.levels import SPOILING_PART

if TYPE_CHECKING:
    from hikiwake.store.tables import Columns, Tables

PRODUCTS = "hs92_products"
KILOGRAMMES = 1000.0
HOLES = ("hole", "edge_hole")
TRADED = 0.9
"""Part of the listed products that must have rows somewhere; of all goods few have none."""
GAPS = ("quantity_gap", "edge_quantity_gap")
Pair = tuple[str, str]


class Series(msgspec.Struct, frozen=True):
    """One flow by year: USD, believable tonnes and the USD they stand for, and where it is doubtful.

    `silent` marks years in which a large supplier in it has no rows though it need not have stopped.
    """

    value: Array
    weighed: Array
    weighed_value: Array
    doubtful: Marks
    doubtful_quantity: Marks
    silent: Marks


class Amounts:
    """Flows between given economies and the totals they are parts of.

    Parameters
    ----------
    tables : the store.
    economies : ids whose totals, and whose flows with anybody, may be asked for.
    last_year : years after it are not looked at.
    """

    def __init__(self, tables: Tables, economies: Iterable[str], last_year: int | None = None) -> None:
        self.tables = tables
        self.last_year = last_year
        self._wanted = tuple(sorted(set(economies)))
        total = self._until(world_flows(tables))
        self.years = tuple(int(y) for y in np.unique(total["year"]))
        self._grid = Grid(self.years, sorted({str(k) for k in total["product"]}))
        self._flows: dict[Pair, Cells] = {(WORLD, WORLD): self._grid.cells(total)}
        self._reading = reading(tables, self._wanted, last_year)
        for side in TOTALS:
            for (economy,), cells in self._grid.cells_by(self._reading.totals(side), side).items():
                self._flows[(economy, WORLD) if side == "exporter" else (WORLD, economy)] = cells
        self._doubts = self._marked()
        self._silent = silences(self._reading.large(LARGE), self._grid, self._flows)
        self._series: dict[tuple[str, str, tuple[str, ...]], Series] = {}
        listed = tables.collect_once(
            "covered products", lambda: tables.frame(PRODUCTS).select("code", "covered")
        )
        self._listed = [
            (str(code), bool(is_in)) for code, is_in in zip(listed["code"], listed["covered"], strict=True)
        ]
        traded = np.mean([is_in for _, is_in in self._listed]) if self._listed else 0.0
        self._is_whole = is_of_all_goods(tables) and traded >= TRADED
        self._partners: dict[tuple[str, str, int], Columns] = {}
        self._active: dict[str, frozenset[int]] = {}
        self._chosen: dict[tuple[str, ...], Marks] = {}
        self._complete: dict[tuple[str, ...], bool] = {}

    def need(self, exporters: Collection[str], importers: Collection[str]) -> None:
        """Read what each of some economies sells each of others, at once: they will be asked for."""
        pairs = {(x, m) for x in exporters for m in importers if x != m and WORLD not in (x, m)}
        missing = pairs - self._flows.keys()
        if not missing:
            return
        sellers, buyers = (sorted({pair[side] for pair in missing}) for side in (0, 1))
        found = self._grid.cells_by(self._reading.between(sellers, buyers), "exporter", "importer")
        self._flows |= {pair: found.get(pair, NONE) for pair in missing}

    def complete(self, products: tuple[str, ...]) -> bool:
        """Say whether the data hold all of the products, so that a sum over them is a total.

        In data of all goods, a product without rows is one that nobody traded.
        """
        if products not in self._complete:
            found = [(c, is_in) for c, is_in in self._listed if not products or c.startswith(products)]
            left_out = negligible()
            self._complete[products] = any(is_in or self._is_whole for _, is_in in found) and all(
                is_in or self._is_whole or code in left_out for code, is_in in found
            )
        return self._complete[products]

    def active(self, economy: str, year: int) -> bool:
        """Say whether an economy appears in the data of a year at all."""
        if economy == WORLD:
            return year in self.years
        if economy not in self._active:
            totals = (self._flows.get(pair, NONE) for pair in ((economy, WORLD), (WORLD, economy)))
            years = {n for total in totals for n in np.unique(total.year[total.amounts[0] != 0])}
            self._active[economy] = frozenset(self.years[n] for n in years)
        return year in self._active[economy]

    def at(self, year: int) -> int | None:
        """Return the position of a year."""
        return self._grid.at(year)

    def series(self, exporter: str, importer: str, products: tuple[str, ...]) -> Series:
        """Return the flow of covered products from one economy (or the world) to another."""
        key = (exporter, importer, products)
        if key not in self._series:
            self.need((exporter,), (importer,))
            pair, chosen = (exporter, importer), self._marks_of(products)
            sums = self._flows.get(pair, NONE).over(chosen, len(self.years))
            doubtful = self._spoilt(pair, chosen, sums[0])
            gone = np.zeros(len(self.years))
            for product, missing in sorted(self._silent.get(pair, {}).items()):
                if chosen[product]:
                    gone += missing
            silent = (gone > 0) & (gone >= PART * (sums[0] + gone))
            self._series[key] = Series(
                sums[0], sums[1] / KILOGRAMMES, sums[2], doubtful[0], doubtful[1], silent
            )
        return self._series[key]

    def _spoilt(self, pair: Pair, chosen: Marks, value: Array) -> Marks:
        """Return (2, years) whether the values, and the quantities, of the marked products are doubtful.

        A product with a hole spoils a total of which it was `SPOILING_PART` in a year beside it.
        """
        years = len(self.years)
        holes: dict[tuple[int, int], set[int]] = {}
        for product, year, of_value in self._doubts.get(pair, ()):
            if chosen[product]:
                for which in (0, 1) if of_value else (1,):
                    holes.setdefault((which, year), set()).add(product)
        lines = {k: self._flows.get(pair, NONE).line(k, years)[0] for ks in holes.values() for k in ks}
        spoilt = np.zeros((2, years), dtype=bool)
        for (which, year), products in holes.items():
            beside = [n for n in (year - 1, year + 1) if 0 <= n < years and value[n] > 0]
            parts = [sum(lines[k][n] for k in products) / value[n] for n in beside]
            spoilt[which, year] = WORLD not in pair or max(parts, default=0.0) >= SPOILING_PART
        return spoilt

    def by_partner(
        self, economy: str, side: Side, products: tuple[str, ...], year: int
    ) -> dict[str, tuple[float, float]]:
        """Return value and believable tonnes of an economy's flows with each partner in a year."""
        if self.at(year) is None:
            return {}
        key = (economy, side, year)
        if key not in self._partners:
            self._partners[key] = self._reading.of_year(*key)
        rows = self._partners[key]
        chosen = self._marks_of(products)[self._grid.product_places(rows)]
        partner = rows["importer" if side == "exporter" else "exporter"]
        names, at = np.unique(partner[chosen].astype(str), return_inverse=True)
        value = np.bincount(at, np.asarray(rows["value"], np.float64)[chosen], len(names))
        weight = np.bincount(at, np.asarray(rows["weighed"], np.float64)[chosen], len(names)) / KILOGRAMMES
        return {str(names[n]): (float(value[n]), float(weight[n])) for n in np.flatnonzero(value)}

    def _until(self, rows: Columns) -> Columns:
        if self.last_year is None:
            return rows
        known = np.asarray(rows["year"]) <= self.last_year
        return {name: column[known] for name, column in rows.items()}

    def _marks_of(self, products: tuple[str, ...]) -> Marks:
        if products not in self._chosen:
            self._chosen[products] = self._grid.marked(products)
        return self._chosen[products]

    def _marked(self) -> dict[Pair, list[tuple[int, int, bool]]]:
        """Return the doubtful cells (product, year, whether their value is) of totals and of single flows."""
        kinds = nw.col("kind").is_in((*HOLES, *GAPS))
        marks: dict[Pair, list[tuple[int, int, bool]]] = {}

        def mark(pair: Pair, product: str, year: int, *, value: bool) -> None:
            k, y = self._grid.product_at(product), self.at(year)
            if k is not None and y is not None:
                marks.setdefault(pair, []).append((k, y, value))

        for side in TOTALS:
            mine = (nw.col("side") == side) & nw.col(side).is_in(self._wanted)
            flags = self.tables.frame(FLAGS).filter(kinds & mine)
            rows = self.tables.collect(flags.select("kind", side, "product", "year"))
            for kind, economy, product, year in zip(*rows.values(), strict=True):
                pair = (str(economy), WORLD) if side == "exporter" else (WORLD, str(economy))
                mark(pair, str(product), int(year), value=str(kind) in HOLES)
        for fault in self.tables.vintage.corrections():
            of_value = fault.expect.get("amount") == "value"
            for year in fault.years:
                for pair in (
                    (fault.exporter or WORLD, fault.importer or WORLD),
                    (fault.exporter, WORLD),
                    (WORLD, fault.importer),
                ):
                    if all(pair):
                        mark(pair, fault.product, year, value=of_value)
        return marks
