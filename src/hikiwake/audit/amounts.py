"""The flows that claims ask for, in memory, as series over years: made once for many claims."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec
import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from hikiwake.audit.silence import MOST, PART, last_rows, unreported
from hikiwake.core.claim.operand import WORLD
from hikiwake.core.products import negligible
from hikiwake.measures.flows import FLAGS, usable_flows, world_flows

if TYPE_CHECKING:
    from hikiwake.store.tables import Columns, Tables

Array = NDArray[np.float64]
PRODUCTS = "hs92_products"
KILOGRAMMES = 1000.0
HOLES = ("hole", "edge_hole")
GAPS = ("quantity_gap", "edge_quantity_gap")


class Series(msgspec.Struct, frozen=True):
    """One flow by year: USD, believable tonnes and the USD they stand for, and where it is doubtful.

    `silent` marks years in which a large supplier in it has no rows though it need not have stopped.
    """

    value: Array
    weighed: Array
    weighed_value: Array
    doubtful: NDArray[np.bool_]
    doubtful_quantity: NDArray[np.bool_]
    silent: NDArray[np.bool_]


class Amounts:
    """Flows between given economies and the totals they are parts of.

    Parameters
    ----------
    tables : the store.
    economies : ids whose flows with anybody may be asked for.
    last_year : years after it are not looked at.
    """

    def __init__(self, tables: Tables, economies: Iterable[str], last_year: int | None = None) -> None:
        self.tables = tables
        self.last_year = last_year
        wanted = tuple(sorted(set(economies)))
        flows = usable_flows(tables)
        keys = ("year", "exporter", "importer", "product")
        mine = flows.filter(nw.col("exporter").is_in(wanted) | nw.col("importer").is_in(wanted))
        rows = self._until(tables.collect(mine.select(*keys, "value", "weighed", "weighed_value")))
        total = self._until(world_flows(tables))
        self.years = tuple(int(y) for y in np.unique(total["year"]))
        self.products = tuple(sorted(str(k) for k in set(total["product"])))
        self._year = {y: n for n, y in enumerate(self.years)}
        self._product = {k: n for n, k in enumerate(self.products)}
        ends = sorted({*rows["exporter"], *rows["importer"]})
        self._code = {str(end): n for n, end in enumerate(ends)}
        self._rows = self._sorted(rows)
        self._totals: dict[tuple[str, str], Array] = {(WORLD, WORLD): self._grid(total)}
        self._add_totals(wanted)
        self._marks = self._marked(tables.frame(FLAGS))
        self._silent = self._silences()
        self._series: dict[tuple[str, str, tuple[str, ...]], Series] = {}
        listed = tables.collect_once(
            "covered products", lambda: tables.frame(PRODUCTS).select("code", "covered")
        )
        self._listed = [
            (str(code), bool(is_in)) for code, is_in in zip(listed["code"], listed["covered"], strict=True)
        ]
        self._active: dict[str, frozenset[int]] = {}
        self._chosen: dict[tuple[str, ...], list[int]] = {}
        self._complete: dict[tuple[str, ...], bool] = {}

    def _until(self, rows: Columns) -> Columns:
        if self.last_year is None:
            return rows
        known = np.asarray(rows["year"]) <= self.last_year
        return {name: column[known] for name, column in rows.items()}

    def complete(self, products: tuple[str, ...]) -> bool:
        """Say whether the data hold all of the products, so that a sum over them is a total."""
        if products not in self._complete:
            found = [(c, is_in) for c, is_in in self._listed if not products or c.startswith(products)]
            left_out = negligible()
            self._complete[products] = any(is_in for _, is_in in found) and all(
                is_in or code in left_out for code, is_in in found
            )
        return self._complete[products]

    def codes(self, products: tuple[str, ...]) -> list[int]:
        """Return the positions of the covered products under the prefixes (all for an empty tuple)."""
        if products not in self._chosen:
            covered = self._product.items()
            self._chosen[products] = [n for k, n in covered if not products or k.startswith(products)]
        return self._chosen[products]

    def active(self, economy: str, year: int) -> bool:
        """Say whether an economy appears in the data of a year at all."""
        if economy == WORLD:
            return year in self._year
        if economy not in self._active:
            totals = [self._totals.get(pair) for pair in ((economy, WORLD), (WORLD, economy))]
            years = {n for total in totals if total is not None for n in np.flatnonzero(total[0].sum(axis=0))}
            self._active[economy] = frozenset(self.years[n] for n in years)
        return year in self._active[economy]

    def at(self, year: int) -> int | None:
        """Return the position of a year."""
        return self._year.get(year)

    def series(self, exporter: str, importer: str, products: tuple[str, ...]) -> Series:
        """Return the flow of covered products from one economy (or the world) to another."""
        key = (exporter, importer, products)
        if key not in self._series:
            chosen = self.codes(products)
            cells = self._cells(exporter, importer)[:, chosen].sum(axis=1)
            marks: NDArray[np.bool_] = np.asarray(self._doubts(exporter, importer)[:, chosen].any(axis=1))
            missing = self._silent.get((exporter, importer))
            gone = cells[0] * 0.0 if missing is None else missing[chosen].sum(axis=0)
            self._series[key] = Series(
                cells[0],
                cells[1] / KILOGRAMMES,
                cells[2],
                marks[0],
                marks[1],
                np.asarray((gone > 0) & (gone >= PART * (cells[0] + gone))),
            )
        return self._series[key]

    def by_partner(
        self, economy: str, side: str, products: tuple[str, ...], year: int
    ) -> dict[str, tuple[float, float]]:
        """Return value and believable tonnes of an economy's flows with each partner in a year."""
        mine, theirs = (0, 1) if side == "exporter" else (1, 0)
        ends, places, amounts = self._rows
        code = self._code.get(economy)
        at = self._year.get(year)
        if code is None or at is None:
            return {}
        chosen = np.zeros(len(self.products), dtype=bool)
        chosen[self.codes(products)] = True
        if mine == 0:
            n = len(self._code)
            low, high = np.searchsorted(self._keys, (code * n, (code + 1) * n))
            rows = np.arange(low, high)
        else:
            low, high = np.searchsorted(self._importers, (code, code + 1))
            rows = self._by_importer[low:high]
        rows = rows[(places[rows, 1] == at) & chosen[places[rows, 0]]]
        partners = ends[rows, theirs]
        size = len(self._code)
        value = np.bincount(partners, amounts[0, rows], size)
        weight = np.bincount(partners, amounts[1, rows], size) / KILOGRAMMES
        names = list(self._code)
        return {names[n]: (float(value[n]), float(weight[n])) for n in np.flatnonzero(value)}

    def _sorted(self, rows: Columns) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
        def coded(column: Any, codes: dict[Any, int]) -> NDArray[np.int64]:
            return np.fromiter(map(codes.__getitem__, column.tolist()), np.int64, len(column))

        exporter, importer = coded(rows["exporter"], self._code), coded(rows["importer"], self._code)
        key = exporter * len(self._code) + importer
        order = np.argsort(key, kind="stable")
        self._keys = key[order]
        ends = np.stack([exporter[order], importer[order]], axis=1)
        places = np.stack(
            [coded(rows["product"], self._product)[order], coded(rows["year"], self._year)[order]], axis=1
        )
        amounts = np.stack(
            [np.asarray(rows[name], np.float64)[order] for name in ("value", "weighed", "weighed_value")]
        )
        self._by_importer = np.argsort(ends[:, 1], kind="stable")
        self._importers = ends[self._by_importer, 1]
        return ends, places, amounts

    def _grid(self, rows: Columns) -> Array:
        out = np.zeros((3, len(self.products), len(self.years)))
        k = [self._product[str(code)] for code in rows["product"]]
        y = [self._year[int(year)] for year in rows["year"]]
        for n, name in enumerate(("value", "weighed", "weighed_value")):
            np.add.at(out[n], (k, y), np.asarray(rows[name], np.float64))
        return out

    def _add_totals(self, wanted: tuple[str, ...]) -> None:
        _, places, amounts = self._rows
        flat = places[:, 0] * len(self.years) + places[:, 1]
        cells = len(self.products) * len(self.years)
        shape = (3, len(self.products), len(self.years))
        for economy in wanted:
            code = self._code.get(economy)
            if code is None:
                continue
            n = len(self._code)
            low, high = np.searchsorted(self._keys, (code * n, (code + 1) * n))
            sold = np.arange(low, high)
            first, last = np.searchsorted(self._importers, (code, code + 1))
            bought = self._by_importer[first:last]
            for pair, places_of in {(economy, WORLD): sold, (WORLD, economy): bought}.items():
                sums = [np.bincount(flat[places_of], amounts[i, places_of], cells) for i in range(3)]
                self._totals[pair] = np.asarray(sums, dtype=np.float64).reshape(shape)

    def _cells(self, exporter: str, importer: str) -> Array:
        if WORLD in (exporter, importer):
            empty = np.zeros((3, len(self.products), len(self.years)))
            return self._totals.get((exporter, importer), empty)
        out = np.zeros((3, len(self.products), len(self.years)))
        x, m = self._code.get(exporter), self._code.get(importer)
        if x is None or m is None:
            return out
        _, places, amounts = self._rows
        low, high = np.searchsorted(self._keys, (x * len(self._code) + m, x * len(self._code) + m + 1))
        out[:, places[low:high, 0], places[low:high, 1]] = amounts[:, low:high]
        return out

    def _silences(self) -> dict[tuple[str, str], Array]:
        """Return the USD that may be missing, by product and year, of flows and of the totals around them."""
        ends, places, amounts = self._rows
        size, years = len(self._code), len(self.years)
        flow = (ends[:, 0] * size + ends[:, 1]) * len(self.products) + places[:, 0]
        names = list(self._code)
        missing: dict[tuple[str, str], Array] = {}
        for row, year, after in last_rows(flow * years + places[:, 1], amounts[0], years):
            x, m, k = names[ends[row, 0]], names[ends[row, 1]], int(places[row, 0])
            bought = self._totals.get((WORLD, m))
            value, amount = float(amounts[0, row]), float(amounts[1, row])
            if bought is None or not unreported(value, amount, bought[0, k], bought[1, k], year):
                continue
            # As if it had kept its part of what is known to be bought.
            part = min(MOST, value / float(bought[0, k, year]))
            gone = part / (1 - part) * np.maximum(bought[0, k, year + 1 : after], value)
            pairs = [(x, m), (WORLD, m)]
            sold = self._totals.get((x, WORLD))
            if sold is not None and unreported(value, amount, sold[0, k], sold[1, k], year):
                pairs.append((x, WORLD))  # nor was it sold to others
            for pair in pairs:
                held = missing.setdefault(pair, np.zeros((len(self.products), years)))
                held[k, year + 1 : after] += gone
        return missing

    def _marked(self, flags: Any) -> dict[tuple[str, str], NDArray[np.bool_]]:
        """Return the doubtful (value, quantity) cells of totals and of single flows."""
        kinds = (*HOLES, *GAPS)
        rows = self.tables.collect(
            flags.filter(nw.col("kind").is_in(kinds)).select(
                "kind", "side", "exporter", "importer", "product", "year"
            )
        )
        marks: dict[tuple[str, str], NDArray[np.bool_]] = {}

        def mark(pair: tuple[str, str], product: str, year: int, *, value: bool) -> None:
            k, y = self._product.get(product), self._year.get(year)
            if k is None or y is None:
                return
            if pair not in marks:
                marks[pair] = np.zeros((2, len(self.products), len(self.years)), dtype=bool)
            marks[pair][0, k, y] |= value
            marks[pair][1, k, y] = True

        for n in range(len(rows["year"])):
            side = str(rows["side"][n])
            if side not in {"importer", "exporter"}:
                continue
            economy = str(rows[side][n])
            pair = (economy, WORLD) if side == "exporter" else (WORLD, economy)
            mark(pair, str(rows["product"][n]), int(rows["year"][n]), value=str(rows["kind"][n]) in HOLES)
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

    def _doubts(self, exporter: str, importer: str) -> NDArray[np.bool_]:
        """Return the marks of a total, or of a single flow that somebody looked at and found wrong."""
        none = np.zeros((2, len(self.products), len(self.years)), dtype=bool)
        return self._marks.get((exporter, importer), none)
