"""The two universes in which complementarity is measured, and their matrices of economies and lines.

Intermediate trade by industry and commodity trade by product come from different sources, years and
prices; each is collected, stated and shown by itself, at two levels of detail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import msgspec
import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from hikiwake.core.products import partition_for
from hikiwake.measures.complementarity.formulas import COMMODITIES, INTERMEDIATE
from hikiwake.measures.flows import PAIR_TOTALS, Side, year_totals
from hikiwake.measures.intermediate.table import industries
from hikiwake.measures.places import distinct, positions
from hikiwake.measures.product_names import product_names

if TYPE_CHECKING:
    from hikiwake.store.tables import Columns, Frame, Tables

Array = NDArray[np.float64]
Level = Literal["fine", "coarse"]


class Line(msgspec.Struct, frozen=True):
    """A product, an industry, or a group of either: its code and a name fit for a sentence."""

    kind: Literal["product", "industry", "group"]
    code: str
    name: str
    members: tuple[str, ...] = ()


class Universe(msgspec.Struct, frozen=True):
    """What is traded: a table, the column that tells its lines apart, a year, and which exporters count.

    `least` is the part of the universe's world exports from which on an exporter is compared with.
    """

    id: Literal["intermediate", "commodities"]
    table: str
    column: Literal["industry", "product"]
    year: int
    least: float

    def rows(self, **where: str) -> dict[str, str]:
        """Select rows of the year; `!X` stands for every economy but X."""
        return {**where, "year": str(self.year)}

    def total(self, side: Side, economy: str) -> dict[str, str]:
        """Select what an economy trades with all others."""
        if self.id == "commodities":
            return self.rows(**{side: economy})
        other = "importer" if side == "exporter" else "exporter"
        return self.rows(**{side: economy, other: f"!{economy}"})


class Trade(msgspec.Struct, frozen=True):
    """Matrices of one universe at one level of detail, in USD; trade within an economy is left out.

    `exports` and `imports` are (economies, lines) over all partners; `between` is (economies, economies) over
    all lines, exporters in rows; `suppliers[m]` is (economies, lines),
    what each economy sells m, for the two economies of the pair. `doubtful` names the (side, economy) totals
    that have a hole in the year, `holes` the (importer, line) imports that have one.
    """

    universe: Universe
    level: Level
    economies: tuple[str, ...]
    lines: tuple[Line, ...]
    exports: Array
    imports: Array
    between: Array
    suppliers: dict[str, Array]
    doubtful: frozenset[tuple[str, str]] = frozenset()
    holes: frozenset[tuple[str, str]] = frozenset()

    def at(self, economy: str) -> int:
        """Return the row of an economy."""
        return self.economies.index(economy)

    def flow(self, exporter: str, importer: str) -> Array:
        """Return what the exporter sells the importer, by line."""
        return np.asarray(self.suppliers[importer][self.at(exporter)])

    @property
    def subject(self) -> dict[str, str]:
        """How facts name the universe and the level of detail."""
        unit = self.universe.column if self.level == "fine" else f"{self.universe.column} group"
        return {"universe": self.universe.id, "detail": f"{len(self.lines)} by {unit}"}


def intermediate_universe(year: int) -> Universe:
    """Return intermediate trade by industry: every economy of the table counts."""
    return Universe("intermediate", INTERMEDIATE, "industry", year, 0.0)


def commodity_universe(year: int) -> Universe:
    """Return energy and minerals by product: exporters of less than a thousandth of the world's are left out.

    A cargo of scrap from a small island is no composition of exports to compare with.
    """
    return Universe("commodities", COMMODITIES, "product", year, 0.001)


def abroad(universe: Universe, flows: Frame) -> Frame:
    """Return the universe's flows across borders."""
    return flows.filter((nw.col("year") == universe.year) & (nw.col("exporter") != nw.col("importer")))


def by_economy(flows: Frame, side: Side, column: str) -> Frame:
    """Return each economy's total over all partners by line: at most economies x lines rows."""
    return flows.group_by(nw.col(side).alias("economy"), nw.col(column).alias("line")).agg(
        nw.col("value").sum()
    )


def sellers(flows: Frame, importers: tuple[str, str], column: str) -> Frame:
    """Return what each economy sells two importers, by line."""
    mine = flows.filter(nw.col("importer").is_in(importers))
    return mine.select(nw.col("exporter").alias("economy"), "importer", nw.col(column).alias("line"), "value")


def totals_between(flows: Frame) -> Frame:
    """Return what each economy sells each other, over all lines."""
    return flows.group_by("exporter", "importer").agg(nw.col("value").sum())


def collect(tables: Tables, universe: Universe, a: str, b: str) -> Trade:
    """Collect a universe's matrices at the fine level (four queries, three of them the same for all pairs).

    Where the data hold totals ready, they are asked in place of the flows.

    Lines nobody trades in the year are left out; both economies have a row even where they trade nothing.
    """

    def flows() -> Frame:
        return abroad(universe, tables.frame(universe.table, years=(universe.year,)))

    def of_all(what: str, make: Callable[[], Frame]) -> Columns:
        return tables.collect_lately((universe, what), make)

    def totals(side: Side) -> Frame:
        ready = None if universe.id == "intermediate" else year_totals(tables, side, universe.year)
        return (
            by_economy(flows(), side, universe.column) if ready is None else ready.rename({"product": "line"})
        )

    def sums() -> Frame:
        if universe.id == "intermediate" or not tables.has(PAIR_TOTALS):
            return totals_between(flows())
        return abroad(universe, tables.frame(PAIR_TOTALS)).select("exporter", "importer", "value")

    sold = of_all("exporter", lambda: totals("exporter"))
    bought = of_all("importer", lambda: totals("importer"))
    between = of_all("between", sums)
    sold_to_pair = tables.collect(sellers(flows(), (a, b), universe.column))
    economies = tuple(sorted({*distinct(sold["economy"], bought["economy"]), a, b}))
    codes = distinct(sold["line"])
    grid = _Grid(economies, codes)
    return Trade(
        universe,
        "fine",
        economies,
        _lines(tables, universe, codes),
        grid.matrix(sold),
        grid.matrix(bought),
        _square(economies, between),
        {m: grid.matrix(_of(sold_to_pair, m)) for m in (a, b)},
    )


def coarse(tables: Tables, trade: Trade) -> Trade:
    """Sum a universe's lines into its groups: sectors of industries, groups of commodities."""
    of_line = _groups(tables, trade)
    groups = tuple(dict.fromkeys(of_line.values()))
    membership = np.array(
        [[of_line[line.code] == group for group in groups] for line in trade.lines], dtype=float
    )
    named = tuple(
        Line("group", code, name, tuple(k for k, group in of_line.items() if group == (code, name)))
        for code, name in groups
    )
    return Trade(
        trade.universe,
        "coarse",
        trade.economies,
        named,
        trade.exports @ membership,
        trade.imports @ membership,
        trade.between,
        {m: rows @ membership for m, rows in trade.suppliers.items()},
        trade.doubtful,
    )


def _of(rows: Columns, importer: str) -> Columns:
    at = rows["importer"] == importer
    return {name: column[at] for name, column in rows.items()}


def _square(economies: tuple[str, ...], rows: Columns) -> Array:
    out = np.zeros((len(economies), len(economies)))
    at = tuple(positions(rows[side], economies) for side in ("exporter", "importer"))
    out[at] = rows["value"].astype(np.float64)
    return out


def _lines(tables: Tables, universe: Universe, codes: tuple[str, ...]) -> tuple[Line, ...]:
    if universe.column == "product":
        name = product_names(tables)
        return tuple(Line("product", code, name(code)) for code in codes)
    names = {industry.code: industry.name for industry in industries(tables)}
    return tuple(Line("industry", code, names.get(code, code)) for code in codes)


def _groups(tables: Tables, trade: Trade) -> dict[str, tuple[str, str]]:
    if trade.universe.column == "product":
        parts = partition_for(line.code for line in trade.lines)
        ids = parts.groups_of(line.code for line in trade.lines)
        return {code: (group, parts.groups[group].name) for code, group in ids.items()}
    known = {industry.code: (industry.group, industry.group_name) for industry in industries(tables)}
    return {line.code: known.get(line.code, (line.code, line.name)) for line in trade.lines}


class _Grid:
    """Places long rows on the grid of economies and lines."""

    def __init__(self, economies: tuple[str, ...], codes: tuple[str, ...]) -> None:
        self._economies = economies
        self._codes = codes

    def matrix(self, rows: Columns) -> Array:
        out = np.zeros((len(self._economies), len(self._codes)))
        at = positions(rows["economy"], self._economies), positions(rows["line"], self._codes)
        np.add.at(out, at, rows["value"].astype(np.float64))
        return out
