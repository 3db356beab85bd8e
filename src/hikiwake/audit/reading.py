"""Two ways of reading the flows that claims ask for: all of an economy's at once, or each when asked for.

The shipped flows are in memory as they are, and one question is quicker than many; of a full release some
economies have millions of rows, of which claims ask for thousands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import narwhals as nw
import numpy as np

from hikiwake.audit.cells import AMOUNTS, Ints, Marks
from hikiwake.measures.flows import (
    FLOWS,
    Side,
    economy_totals,
    large_flows,
    of_exporters,
    partners,
    usable_flows,
)
from hikiwake.measures.places import distinct, positions

if TYPE_CHECKING:
    from hikiwake.store.tables import Columns, Frame, Tables

COLUMNS = ("year", "exporter", "importer", "product", *AMOUNTS)


class Reading(Protocol):
    """What can be asked of the flows of some economies; rows have the columns `COLUMNS` at least."""

    def totals(self, side: Side) -> Columns:
        """Return rows that add up to what each economy trades as exporter or importer (its column alone)."""

    def between(self, sellers: Sequence[str], buyers: Sequence[str]) -> Columns:
        """Return what each of some economies sells each of others."""

    def of_year(self, economy: str, side: Side, year: int) -> Columns:
        """Return the flows of an economy in a year, whoever its partner is."""

    def large(self, least: float) -> Columns:
        """Return flows that reach an amount (USD) in some year, with all their years; others may come too."""


def reading(tables: Tables, economies: tuple[str, ...], last_year: int | None) -> Reading:
    """Return the way that suits the size of the flows; years after the last are left out."""
    way = AtOnce if tables.is_resident(FLOWS) else Asked
    return way(tables, economies, last_year)


class AtOnce:
    """All flows of the economies, read once."""

    def __init__(self, tables: Tables, economies: tuple[str, ...], last_year: int | None) -> None:
        mine = nw.col("exporter").is_in(economies) | nw.col("importer").is_in(economies)
        self._rows = _until(tables, usable_flows(tables).filter(mine).select(*COLUMNS), last_year)
        self._names = distinct(self._rows["exporter"], self._rows["importer"])
        self._ends: dict[str, Ints] = {
            side: positions(self._rows[side], self._names) for side in ("exporter", "importer")
        }
        self._economies = economies

    def totals(self, side: Side) -> Columns:
        """Return all flows of the economies on a side."""
        return self._chosen(self._at(side, self._economies))

    def between(self, sellers: Sequence[str], buyers: Sequence[str]) -> Columns:
        """Return what each of some economies sells each of others."""
        return self._chosen(self._at("exporter", sellers) & self._at("importer", buyers))

    def of_year(self, economy: str, side: Side, year: int) -> Columns:
        """Return the flows of an economy in a year."""
        return self._chosen(self._at(side, (economy,)) & (self._rows["year"] == year))

    def large(self, least: float) -> Columns:
        """Return all flows."""
        del least
        return self._rows

    def _at(self, side: Side, economies: Sequence[str]) -> Marks:
        wanted = np.array([name in economies for name in self._names], dtype=bool)
        return wanted[self._ends[side]]

    def _chosen(self, at: Marks) -> Columns:
        return {name: column[at] for name, column in self._rows.items()}


class Asked:
    """Flows and totals as they are asked for."""

    def __init__(self, tables: Tables, economies: tuple[str, ...], last_year: int | None) -> None:
        self._tables, self._economies, self._last_year = tables, economies, last_year

    def totals(self, side: Side) -> Columns:
        """Return the sums of the economies' flows by product and year."""
        sums = economy_totals(self._tables, side, self._economies)
        return self._read(sums.select(side, "product", "year", *AMOUNTS))

    def between(self, sellers: Sequence[str], buyers: Sequence[str]) -> Columns:
        """Return what each of some economies sells each of others."""
        flows = usable_flows(self._tables, of_exporters(self._tables, *sellers))
        chosen = nw.col("exporter").is_in(sellers) & nw.col("importer").is_in(buyers)
        return self._read(flows.filter(chosen).select(*COLUMNS))

    def of_year(self, economy: str, side: Side, year: int) -> Columns:
        """Return the flows of an economy in a year."""
        flows = usable_flows(self._tables, self._tables.frame(FLOWS, years=(year,)))
        return self._read(partners(flows, side, economy, year).select(*COLUMNS))

    def large(self, least: float) -> Columns:
        """Return the flows that reach an amount in some year, with all their years."""
        return self._read(large_flows(self._tables, self._economies, least).select(*COLUMNS))

    def _read(self, rows: Frame) -> Columns:
        return _until(self._tables, rows, self._last_year)


def _until(tables: Tables, rows: Frame, last_year: int | None) -> Columns:
    return tables.collect(rows if last_year is None else rows.filter(nw.col("year") <= last_year))
