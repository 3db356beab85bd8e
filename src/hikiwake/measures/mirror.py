"""The same trade as its exporter and its importer report it, from two vintages."""

from __future__ import annotations

import msgspec
import narwhals as nw

from hikiwake.indices import mirror_gap
from hikiwake.measures.flows import traded
from hikiwake.store.tables import Tables


class Mirrored(msgspec.Struct, frozen=True):
    """One direction and year: what each side reports in USD (None: nothing), and the gap in log points.

    The gap is ln(importer's / exporter's); imports with carriage are by convention 6 to 10 percent higher.
    """

    exporter: str
    importer: str
    year: int
    exports: int | None
    imports: int | None
    gap: float | None


def mirrored(exports: Tables, imports: Tables, a: str, b: str) -> list[Mirrored]:
    """Set the reports of a pair side by side, both directions, over all products that each has.

    Parameters
    ----------
    exports, imports : vintages whose flows are as exporters, and as importers, report them.
    """
    sides = [_totals(tables, a, b) for tables in (exports, imports)]
    told = []
    for exporter, importer, year in sorted({*sides[0], *sides[1]}):
        sold, bought = (side.get((exporter, importer, year)) for side in sides)
        gap = float(mirror_gap([sold], [bought])[0]) if sold and bought else None
        told.append(Mirrored(exporter, importer, year, sold, bought, gap))
    return told


def _totals(tables: Tables, a: str, b: str) -> dict[tuple[str, str, int], int]:
    pair = nw.col("exporter").is_in((a, b)) & nw.col("importer").is_in((a, b))
    rows = tables.collect(traded(tables).filter(pair))
    keys = zip(rows["exporter"], rows["importer"], rows["year"], strict=True)
    return {
        (str(o), str(d), int(year)): int(usd) for (o, d, year), usd in zip(keys, rows["value"], strict=True)
    }
