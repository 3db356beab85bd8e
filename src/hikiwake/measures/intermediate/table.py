"""The inter-country input-output table as portable expressions, collected into small arrays for a pair.

Nothing here knows how many economies, industries or years the table holds: it is read from the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from hikiwake.measures.intermediate.formulas import FLOWS, INDUSTRIES, TOTALS, USE

if TYPE_CHECKING:
    from hikiwake.store.tables import Columns, Frame, Tables

Array = NDArray[np.float64]


class Industry(NamedTuple):
    """An industry: its code, a name fit for a sentence, whether it makes goods, and its sector group."""

    code: str
    name: str
    goods: bool
    group: str
    group_name: str


def across_borders(flows: Frame, year: int) -> Frame:
    """Return one year's deliveries from one economy to another, leaving out those at home."""
    return flows.filter((nw.col("year") == year) & (nw.col("exporter") != nw.col("importer")))


def deliveries_of(flows: Frame, economies: tuple[str, str], year: int) -> Frame:
    """Return what both economies sell abroad and what both buy abroad: partners x industries rows a side."""
    abroad = across_borders(flows, year)
    mine = nw.col("exporter").is_in(economies) | nw.col("importer").is_in(economies)
    return abroad.filter(mine).select("exporter", "importer", "industry", "value")


def inputs_of(use: Frame, economies: tuple[str, str], year: int) -> Frame:
    """Return the inputs of both economies' using industries by origin, those from home included."""
    mine = (nw.col("year") == year) & nw.col("importer").is_in(economies)
    return use.filter(mine).select("exporter", "importer", "industry", "value")


def latest_year(tables: Tables, limit: int | None) -> int | None:
    """Return the table's last year that is not after `limit`; None where there is none."""
    held = tables.collect(tables.frame(TOTALS).select("year").unique())
    years = [int(y) for y in held["year"] if limit is None or y <= limit]
    return max(years, default=None)


def economies_in(tables: Tables, year: int) -> tuple[str, ...]:
    """Return the economies of the table in a year, in the order of their ids."""
    rows = tables.frame(TOTALS).filter(nw.col("year") == year).select("economy").unique()
    return tuple(sorted(str(e) for e in tables.collect(rows)["economy"]))


def industries(tables: Tables) -> tuple[Industry, ...]:
    """Return the table's industries in the producer's order."""
    rows = tables.collect(tables.frame(INDUSTRIES))
    order = np.argsort(rows["position"].astype(np.int64), kind="stable")
    return tuple(
        Industry(
            str(rows["code"][n]),
            str(rows["short_name"][n]),
            bool(rows["goods"][n]),
            str(rows["group_code"][n]),
            str(rows["group_name"][n]),
        )
        for n in order
    )


class PairDeliveries(msgspec.Struct, frozen=True):
    """All that one year of the table says of a pair, in USD.

    Arrays are (economies, industries): `sales[x]` by customer and selling industry, `purchases[m]` by
    supplier and selling industry (both without deliveries at home), `use[m]` by supplier and using
    industry (home included); `output[m]` is (industries,).
    """

    year: int
    economies: tuple[str, ...]
    industries: tuple[Industry, ...]
    sales: dict[str, Array]
    purchases: dict[str, Array]
    use: dict[str, Array]
    output: dict[str, Array]

    def at(self, economy: str) -> int:
        """Return the row of an economy."""
        return self.economies.index(economy)

    def sold(self, exporter: str, importer: str) -> Array:
        """Return what the exporter delivers to the importer, by selling industry."""
        return np.asarray(self.sales[exporter][self.at(importer)])

    def used(self, exporter: str, importer: str) -> Array:
        """Return what the importer's using industries take from the exporter."""
        return np.asarray(self.use[importer][self.at(exporter)])

    def foreign_use(self, importer: str) -> Array:
        """Return the foreign inputs of the importer's using industries."""
        return np.asarray(self.use[importer].sum(axis=0) - self.use[importer][self.at(importer)])


def pair_deliveries(tables: Tables, a: str, b: str, year: int) -> PairDeliveries:
    """Collect one year of a pair (five small queries)."""
    pair = (a, b)
    grid = _Grid(economies_in(tables, year), industries(tables))
    sold = tables.collect(deliveries_of(tables.frame(FLOWS), pair, year))
    used = tables.collect(inputs_of(tables.frame(USE), pair, year))
    own = nw.col("economy").is_in(pair) & (nw.col("year") == year)
    output = tables.collect(tables.frame(TOTALS).filter(own).select("economy", "industry", "output"))
    return PairDeliveries(
        year=year,
        economies=grid.economies,
        industries=grid.industries,
        sales={x: grid.matrix(sold, "exporter", x, "importer") for x in pair},
        purchases={m: grid.matrix(sold, "importer", m, "exporter") for m in pair},
        use={m: grid.matrix(used, "importer", m, "exporter") for m in pair},
        output={m: grid.row(output, m) for m in pair},
    )


class _Grid:
    """Places long rows on the grid of economies and industries."""

    def __init__(self, economies: tuple[str, ...], known: tuple[Industry, ...]) -> None:
        self.economies = economies
        self.industries = known
        self._place = {economy: n for n, economy in enumerate(economies)}
        self._column = {industry.code: n for n, industry in enumerate(known)}

    def matrix(self, rows: Columns, side: str, economy: str, other: str) -> Array:
        at = rows[side] == economy
        out = np.zeros((len(self.economies), len(self.industries)))
        partner = self._places(rows[other][at], self._place)
        np.add.at(
            out, (partner, self._places(rows["industry"][at], self._column)), _floats(rows["value"][at])
        )
        return out

    def row(self, rows: Columns, economy: str) -> Array:
        at = rows["economy"] == economy
        out = np.zeros(len(self.industries))
        np.add.at(out, self._places(rows["industry"][at], self._column), _floats(rows["output"][at]))
        return out

    @staticmethod
    def _places(names: NDArray[Any], known: dict[str, int]) -> NDArray[np.int64]:
        return np.array([known[str(name)] for name in names], dtype=np.int64)


def _floats(values: NDArray[Any]) -> Array:
    return values.astype(np.float64)
