"""What is known to be wrong in the data, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
import narwhals as nw

from hikiwake.core.country import country
from hikiwake.measures.flows import FLAGS
from hikiwake.measures.product_names import product_names

if TYPE_CHECKING:
    from hikiwake.store.catalogue import Correction
    from hikiwake.store.tables import Tables


class Finding(msgspec.Struct, frozen=True):
    """One flagged cell: whose trade, which product and year, what was found, in words."""

    year: int
    product: str
    side: str
    exporter: str
    importer: str
    kind: str
    reason: str
    severity: float
    text: str


TEXTS = {
    ("hole", "trade_low"): "trade far below both neighbouring years; shares are not comparable",
    ("hole", "supplier_absent"): "a large supplier is absent although it sold in both neighbouring years",
    ("gap", "absent_together"): "suppliers missing together that sold much before and after; not comparable",
    ("edge_hole", "trade_low"): "trade far below the only neighbouring year; shares are not comparable",
    ("quantity_gap", "quantity_low"): "quantities far below both neighbouring years; value unaffected",
    (
        "edge_quantity_gap",
        "quantity_low",
    ): "quantities far below the only neighbouring year; value unaffected",
    ("break", "level_up"): "the level jumps up and stays; series before and after are hardly comparable",
    ("break", "level_down"): "the level drops and stays; series before and after are hardly comparable",
    ("spike", "single_year"): "one year far above both its neighbours",
    (
        "unit_value",
        "quantity_too_small",
    ): "the quantity is far too small for the value; left out of quantities",
    (
        "unit_value",
        "quantity_too_large",
    ): "the quantity is far too large for the value; left out of quantities",
}


def _looked_at(tables: Tables, economy: str) -> list[Correction]:
    return [c for c in tables.vintage.corrections() if economy in (c.exporter, c.importer)]


def _confirmed(name: Callable[[str], str], fault: Correction, year: int) -> Finding:
    return Finding(
        year=year,
        product=fault.product,
        side=fault.side,
        exporter=fault.exporter,
        importer=fault.importer,
        kind=fault.kind,
        reason="confirmed",
        severity=1.0,
        text=f"{name(fault.product)}, confirmed by hand: {fault.seen}",
    )


def findings(tables: Tables, economy: str, *, single_flows: bool = False) -> list[Finding]:
    """Return what was found in an economy's trade, newest first; unit values of single flows on request."""
    mine = (nw.col("exporter") == economy) | (nw.col("importer") == economy)
    frame = tables.frame(FLAGS).filter(mine)
    if not single_flows:
        frame = frame.filter(nw.col("kind") != "unit_value")
    rows = tables.collect(frame)
    found = []
    name = product_names(tables)
    for n in range(len(rows["year"])):
        row = {name: rows[name][n] for name in rows}
        key = (str(row["kind"]), str(row["reason"]))
        ends = [
            f"{side} {country(str(row[side])).name}"
            for side in ("exporter", "importer")
            if row[side] is not None
        ]
        said = TEXTS.get(key, " ".join(key))
        found.append(
            Finding(
                year=int(row["year"]),
                product=str(row["product"]),
                side=str(row["side"]),
                exporter=str(row["exporter"] or ""),
                importer=str(row["importer"] or ""),
                kind=key[0],
                reason=key[1],
                severity=float(row["severity"]),
                text=f"{name(str(row['product']))}, {' to '.join(ends)}: {said}",
            )
        )
    found += [_confirmed(name, fault, year) for fault in _looked_at(tables, economy) for year in fault.years]
    return sorted(found, key=lambda f: (-f.year, f.product, f.exporter, f.importer, f.kind))
