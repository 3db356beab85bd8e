"""The world before a scenario, from the inter-country table: who sells what to whom, and with which inputs.

The table holds deliveries to industries by destination, and final sales by origin only, together with sales
to economies outside it. A rule must say where final goods go; the rule here is named in every result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import narwhals as nw
import numpy as np

from hikiwake.equilibrium import Sectors, sectors
from hikiwake.measures.intermediate.formulas import FLOWS, TOTALS
from hikiwake.measures.intermediate.table import Array, Industry, economies_in, industries

if TYPE_CHECKING:
    from hikiwake.store.tables import Columns, Tables

USE_BY_INPUT = "icio_use_by_input"

RULE = (
    "final goods follow intermediates: each industry's whole output, final use and sales outside the table "
    "included, goes to economies in the proportions of its sales to their industries"
)


class Baseline(NamedTuple):
    """The world of a year in USD, its industries, and how many industries had to be adjusted.

    `at_home` counts industries that sell to no industry, so that all they sell is taken as sold at home;
    `scaled` those whose inputs exceed their output in the table and are scaled to it.
    """

    world: Sectors
    year: int
    industries: tuple[Industry, ...]
    at_home: int
    scaled: int


def baseline(tables: Tables, year: int) -> Baseline:
    """Collect the world of a year (three queries)."""
    known = industries(tables)
    economies = economies_in(tables, year)
    grid = _Places({e: n for n, e in enumerate(economies)}, {i.code: n for n, i in enumerate(known)})
    n, k = len(economies), len(known)
    sales, output, used = np.zeros((k, n, n)), np.zeros((k, n)), np.zeros((n, k, k))
    rows = _of(tables, FLOWS, year)
    sales[grid.industry(rows, "industry"), grid.economy(rows, "exporter"), grid.economy(rows, "importer")] = (
        rows["value"]
    )
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
    return Baseline(world, year, known, alone, scaled)


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


class _Places(NamedTuple):
    economies: dict[str, int]
    industries: dict[str, int]

    def economy(self, rows: Columns, column: str) -> list[int]:
        return [self.economies[str(name)] for name in rows[column]]

    def industry(self, rows: Columns, column: str) -> list[int]:
        return [self.industries[str(name)] for name in rows[column]]


def _of(tables: Tables, table: str, year: int) -> Columns:
    return tables.collect(tables.frame(table).filter(nw.col("year") == year))
