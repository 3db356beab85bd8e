"""The world before a scenario, who sells what to whom and with which inputs, from the tables of a vintage.

Three tables can make one. An inter-country table with all uses by destination gives the exact thing. The
shipped one holds deliveries to industries by destination, and final sales by origin only, together with sales
to economies outside it: a rule must say where final goods go, and is named in every result. A plain matrix of
trade, with what is sold at home, makes a world of one sector without inputs.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput
from hikiwake.equilibrium import Sectors, sectors
from hikiwake.measures.intermediate.formulas import FLOWS, INDUSTRIES, TOTALS
from hikiwake.measures.intermediate.table import Array, Industry, industries
from hikiwake.measures.places import positions

if TYPE_CHECKING:
    from hikiwake.store.tables import Columns, Frame, Tables

USE_BY_INPUT = "icio_use_by_input"
USES, MATRIX = "intercountry_flows", "trade_matrix"
SHIPPED_READS = (FLOWS, USE_BY_INPUT, TOTALS, INDUSTRIES)

RULE = (
    "final goods follow intermediates: each industry's whole output, final use and sales outside the table "
    "included, goes to economies in the proportions of its sales to their industries"
)
EXACT = "final goods go where the inter-country table has them"
ONE_SECTOR = "one sector without inputs: all trade of the matrix is of one good from each origin"


class Baseline(NamedTuple):
    """The world of a year in USD and its industries.

    `rule` says where final goods go and what had to be adjusted; `reads` are the tables it was made from.
    `at_home` counts industries that sell to no industry, so that all they sell is taken as sold at home;
    `scaled` those whose inputs exceed their output in the table and are scaled to it; `clipped` the cells of
    final use below zero (stocks that fell), taken as nothing.
    """

    world: Sectors
    year: int
    industries: tuple[Industry, ...]
    rule: str
    reads: tuple[str, ...]
    at_home: int = 0
    scaled: int = 0
    clipped: int = 0

    @property
    def adjusted(self) -> str:
        """What had to be adjusted, in words."""
        said = []
        if self.at_home:
            said.append(f"{self.at_home} industries that sell to no industry sell at home")
        if self.scaled:
            said.append(f"{self.scaled} with inputs above output are scaled")
        if self.clipped:
            said.append(f"{self.clipped} cells of final use below zero are taken as nothing")
        return "; ".join([self.rule, *said])


class Opened(NamedTuple):
    """Which tables make the baseline of a vintage, and of which year."""

    kind: str
    year: int

    def made(self, tables: Tables) -> Baseline:
        """Return the baseline, made once for all pairs of a process."""
        return _made(tables, self)


def opened(tables: Tables, last: int | None) -> Opened | None:
    """Return what makes the baseline: the exact table where there is one, a matrix, or the shipped table.

    None where the vintage holds none of a year up to `last`.
    """
    for kind, needed, dated in (
        (USES, (USES,), USES),
        (MATRIX, (MATRIX,), MATRIX),
        (FLOWS, SHIPPED_READS, TOTALS),
    ):
        if all(tables.has(table) for table in needed):
            held = tables.collect(tables.frame(dated).select("year").unique())["year"]
            years = [int(year) for year in held if last is None or year <= last]
            if years:
                return Opened(kind, max(years))
    return None


def economies_of(tables: Tables, found: Opened) -> tuple[str, ...]:
    """Return the economies of the baseline, in the order of their codes."""
    table, column = (TOTALS, "economy") if found.kind == FLOWS else (found.kind, "exporter")
    rows = tables.frame(table).filter(nw.col("year") == found.year).select(column).unique()
    return tuple(sorted(str(one) for one in tables.collect(rows)[column]))


@lru_cache(maxsize=2)
def _made(tables: Tables, found: Opened) -> Baseline:
    make = {USES: _of_uses, MATRIX: _of_matrix, FLOWS: _of_shipped}[found.kind]
    return make(tables, found)


def baseline(tables: Tables, year: int) -> Baseline:
    """Collect the world of a year from the shipped table."""
    return _of_shipped(tables, Opened(FLOWS, year))


def _of_shipped(tables: Tables, found: Opened) -> Baseline:
    known = industries(tables)
    economies, year = economies_of(tables, found), found.year
    grid = _Places(economies, [one.code for one in known])
    n, k = len(economies), len(known)
    sales, output, used = np.zeros((k, n, n)), np.zeros((k, n)), np.zeros((n, k, k))
    rows = _of(tables, FLOWS, year)
    at = (grid.industry(rows, "industry"), grid.economy(rows, "exporter"), grid.economy(rows, "importer"))
    sales[at] = rows["value"]
    rows = _of(tables, TOTALS, year)
    output[grid.industry(rows, "industry"), grid.economy(rows, "economy")] = rows["output"]
    rows = _of(tables, USE_BY_INPUT, year)
    at = (
        grid.economy(rows, "importer"),
        grid.industry(rows, "using_industry"),
        grid.industry(rows, "selling_industry"),
    )
    used[at] = rows["value"]
    alone = _send_final(sales, output)
    scaled = _scale_inputs(used, output)
    world = sectors(sales, used, economies=economies, names=[industry.code for industry in known])
    return Baseline(world, year, known, RULE, SHIPPED_READS, at_home=alone, scaled=scaled)


def _of_uses(tables: Tables, found: Opened) -> Baseline:
    """Collect a world from a table with all uses, by user: an industry, or a category of final use."""
    economies, year = economies_of(tables, found), found.year
    uses = tables.frame(USES).filter(nw.col("year") == year)
    codes = sorted(str(code) for code in tables.collect(uses.select("industry").unique())["industry"])
    shipped = {one.code: one for one in industries(tables)} if tables.has(INDUSTRIES) else {}
    ordered = [code for code in shipped if code in codes]
    codes = ordered + [code for code in codes if code not in shipped]
    grid = _Places(economies, codes)
    n, k = len(economies), len(codes)
    # A published table has ten million cells; only their sums leave the database.
    by_industries = nw.col("user").is_in(codes)
    used, inputs, final = np.zeros((n, k, k)), np.zeros((k, n, n)), np.zeros((k, n, n))
    rows = tables.collect(_summed(uses.filter(by_industries), "importer", "user", "industry"))
    at = (grid.economy(rows, "importer"), grid.industry(rows, "user"), grid.industry(rows, "industry"))
    used[at] = rows["value"]
    for sums, chosen in ((inputs, by_industries), (final, ~by_industries)):
        rows = tables.collect(_summed(uses.filter(chosen), "industry", "exporter", "importer"))
        at = (grid.industry(rows, "industry"), grid.economy(rows, "exporter"), grid.economy(rows, "importer"))
        sums[at] = rows["value"]
    _refuse(inputs.sum(axis=0), USES, economies, home=False)
    clipped = int((final < 0.0).sum())
    sales = inputs + np.maximum(final, 0.0)
    _refuse(sales.sum(axis=0), USES, economies)
    scaled = _scale_inputs(used, sales.sum(axis=2))
    world = sectors(sales, used, economies=economies, names=codes)
    known = tuple(shipped.get(code, Industry(code, code, True, "", "")) for code in codes)
    reads = (USES, INDUSTRIES) if shipped else (USES,)
    return Baseline(world, year, known, EXACT, reads, scaled=scaled, clipped=clipped)


def _of_matrix(tables: Tables, found: Opened) -> Baseline:
    economies, year = economies_of(tables, found), found.year
    rows = _of(tables, MATRIX, year)
    grid = _Places(economies, ["ALL"])
    sales = np.zeros((1, len(economies), len(economies)))
    at = (grid.economy(rows, "exporter"), grid.economy(rows, "importer"))
    np.add.at(sales[0], at, rows["value"].astype(np.float64))
    _refuse(sales[0], MATRIX, economies)
    world = sectors(sales, np.zeros((len(economies), 1, 1)), economies=economies, names=["ALL"])
    return Baseline(world, year, (Industry("ALL", "all trade", True, "", ""),), ONE_SECTOR, (MATRIX,))


def _refuse(sales: Array, table: str, economies: tuple[str, ...], *, home: bool = True) -> None:
    """Refuse sales (n, n) below zero and, where asked, economies that sell nothing at home."""
    wrong = ~(sales >= 0.0)
    if wrong.any():
        i, j = (int(place) for place in np.argwhere(wrong)[0])
        raise BadInput(
            where=f"{table}: {economies[i]} to {economies[j]}",
            why=f"the sales are {sales[i, j]:g}, and must be numbers of zero or more",
            remedy="Correct it; stocks that fell may stand under a category of final use.",
        )
    missing = np.diagonal(sales) <= 0.0
    if home and missing.any():
        economy = economies[int(np.flatnonzero(missing)[0])]
        raise BadInput(
            where=f"{table}: {economy} to {economy}",
            why="domestic sales are missing",
            remedy="Give output less exports as what it sells at home, or leave the economy out.",
        )


def _send_final(sales: Array, output: Array) -> int:
    """Raise sales to output by the rule; return how many industries sell to no industry."""
    to_industries = sales.sum(axis=2)
    selling = to_industries > 0.0
    sales *= np.where(selling, output / np.where(selling, to_industries, 1.0), 0.0)[:, :, None]
    industry, economy = np.nonzero(~selling & (output > 0.0))
    sales[industry, economy, economy] = output[industry, economy]
    return len(industry)


def _scale_inputs(used: Array, output: Array) -> int:
    """Scale inputs that exceed an industry's output to it; return how many industries that are."""
    inputs = used.sum(axis=2)
    over = inputs > output.T
    used *= np.where(over, output.T / np.where(inputs > 0.0, inputs, 1.0), 1.0)[:, :, None]
    return int(over.sum())


class _Places:
    """The places of economies and industries by their codes."""

    def __init__(self, economies: tuple[str, ...], codes: list[str]) -> None:
        self.economies = {economy: n for n, economy in enumerate(economies)}
        self.industries = {code: n for n, code in enumerate(codes)}

    def economy(self, rows: Columns, column: str) -> NDArray[np.int64]:
        """Return the places of a column of economies; BadInput where one sells nothing, so has no place."""
        try:
            return positions(rows[column], self.economies)
        except KeyError as missing:
            raise BadInput(
                where=f"economy {missing.args[0]} of the table",
                why="it buys and sells nothing, not even at home",
                remedy="Give what it sells at home, or leave its rows out.",
            ) from missing

    def industry(self, rows: Columns, column: str) -> NDArray[np.int64]:
        """Return the places of a column of industries."""
        return positions(rows[column], self.industries)


def _summed(uses: Frame, *keys: str) -> Frame:
    return uses.group_by(*keys).agg(nw.col("value").sum())


def _of(tables: Tables, table: str, year: int) -> Columns:
    return tables.collect(tables.frame(table).filter(nw.col("year") == year))
