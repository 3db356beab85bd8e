"""What one vintage of the data says of a pair against another: totals by year, and their products."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import narwhals as nw
import numpy as np

from hikiwake.measures.flows import FLOWS, TOTAL, between, of_exporters

if TYPE_CHECKING:
    from hikiwake.store.tables import Tables


class Revision(msgspec.Struct, frozen=True):
    """A flow in two vintages, in USD; None where a vintage has no row of it or does not hold the year.

    `product` is empty for the total of a direction and year.
    """

    exporter: str
    importer: str
    year: int
    product: str
    before: int | None
    after: int | None

    @property
    def change(self) -> int:
        """The difference in USD, an absent flow counted as zero."""
        return (self.after or 0) - (self.before or 0)


Key = tuple[str, str, int, str]


def revisions(before: Tables, after: Tables, a: str, b: str) -> list[Revision]:
    """Return every total and product of a pair that differs between two vintages, largest differences first.

    Totals come before products. Years that only one vintage holds are told as totals alone.
    """
    older, newer = _flows(before, a, b), _flows(after, a, b)
    held = [set(tables.vintage.years_of(FLOWS)) for tables in (before, after)]
    shared = held[0] & held[1]
    found = []
    for key in sorted({*older, *newer}):
        exporter, importer, year, product = key
        one = Revision(exporter, importer, year, product, older.get(key), newer.get(key))
        if one.before != one.after and (not product or year in shared):
            found.append(one)
    return sorted(found, key=lambda one: (bool(one.product), -abs(one.change), one.year, one.product))


def _flows(tables: Tables, a: str, b: str) -> dict[Key, int]:
    """Return the flows of a pair by product, and their totals under an empty product."""
    rows = tables.collect(
        between(of_exporters(tables, a, b), a, b)
        .group_by("exporter", "importer", "year", "product")
        .agg(value=nw.col("value").sum())
    )
    flows: dict[Key, int] = {}
    columns = (rows[name].tolist() for name in ("exporter", "importer", "year", "product"))
    for exporter, importer, year, product, value in zip(
        *columns, np.rint(rows["value"]).tolist(), strict=True
    ):
        if product != TOTAL:
            flows[exporter, importer, int(year), product] = int(value)
        total = (exporter, importer, int(year), "")
        flows[total] = flows.get(total, 0) + int(value)
    return flows
