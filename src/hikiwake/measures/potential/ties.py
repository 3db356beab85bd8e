"""What else ties two economies, agreements and history, from a table of pairs that the reader brought in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import narwhals as nw
import numpy as np

from hikiwake.measures.covariates import DYADS
from hikiwake.measures.potential.square import Added, Array, Square

if TYPE_CHECKING:
    from hikiwake.store.tables import Tables

TIES = {
    "agreement": ("fta_wto", "rta"),
    "currency": ("comcur",),
    "colony": ("col_dep_ever", "colony"),
    "coloniser": ("comcol",),
    "law": ("comleg_posttrans",),
}
"""Ties by name, and their columns in CEPII's Gravity and GeoDist; the first that is there counts."""
KNOWN = 0.95
"""A tie is used where it is known of this part of the value of all flows."""


def with_ties(tables: Tables, square: Square, year: int) -> Square:
    """Return a square with the ties of a year, or of the last one before it that the table of pairs has.

    Without such a table, or without a tie that is known and varies, the square as it is.
    """
    if not tables.has(DYADS):
        return square
    frame = tables.frame(DYADS)
    schema = frame.collect_schema()
    columns = {
        tie: next((name for name in names if name in schema and schema[name].is_numeric()), "")
        for tie, names in TIES.items()
    }
    columns = {tie: name for tie, name in columns.items() if name}
    of_year = None
    if "year" in schema and columns:
        held = tables.collect(frame.filter(nw.col("year") <= year).select(nw.col("year").max()))["year"]
        if not np.isfinite(held.astype(np.float64)).all():
            return square
        of_year = int(held[0])
        frame = frame.filter(nw.col("year") == of_year)
    if not columns:
        return square
    rows = tables.collect(frame.select("exporter", "importer", *columns.values()))
    known = np.array(square.economies)  # in the order of their codes
    sides = [rows[side].astype(str) for side in ("exporter", "importer")]
    i, j = (np.minimum(np.searchsorted(known, names), len(known) - 1) for names in sides)
    inside = (known[i] == sides[0]) & (known[j] == sides[1])
    total = square.total
    found: dict[str, Array] = {}
    for tie, name in columns.items():
        values = np.full(total.shape, np.nan)
        values[i[inside], j[inside]] = rows[name][inside].astype(np.float64)
        told = np.isfinite(values)
        if total[told].sum() >= KNOWN * total.sum() and np.ptp(values[told & (total > 0.0)]) > 0.0:
            found[tie] = values
    if not found:
        return square
    both = np.isfinite(np.stack(list(found.values()))).all(axis=0)
    return msgspec.structs.replace(
        square,
        covariates=np.concatenate([square.covariates, np.stack(list(found.values()))]),
        names=(*square.names, *found),
        main=(*square.main, *found),
        added=Added(tuple(found), of_year, float(total[both].sum() / total.sum())),
    )
