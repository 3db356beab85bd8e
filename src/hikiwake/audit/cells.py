"""Amounts by product and year as they come from the store: only the cells that there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hikiwake.measures.places import distinct, positions

if TYPE_CHECKING:
    from hikiwake.store.tables import Columns

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]
AMOUNTS = ("value", "weighed", "weighed_value")


class Cells(NamedTuple):
    """The cells of a flow: positions (n,) of their products, which ascend, and years; `amounts` (3, n).

    Those of a total may be told by partner, several of one product and year. Amounts are USD, believable
    kilogrammes and the USD that these stand for.
    """

    product: Ints
    year: Ints
    amounts: Array

    def over(self, products: Marks, years: int) -> Array:
        """Sum over the marked products; shape (3, years)."""
        return self._summed(products[self.product], years)

    def line(self, product: int, years: int) -> Array:
        """Return one product; shape (3, years)."""
        low, high = np.searchsorted(self.product, (product, product + 1))
        return self._summed(slice(low, high), years)

    def _summed(self, at: Marks | slice, years: int) -> Array:
        year = self.year[at]
        return np.array([np.bincount(year, amount[at], years) for amount in self.amounts])


NONE = Cells(np.empty(0, np.int64), np.empty(0, np.int64), np.empty((3, 0)))


class Grid:
    """The years and products of the data, and the places of rows on them."""

    def __init__(self, years: Sequence[int], products: Sequence[str]) -> None:
        self.years, self.products = tuple(years), tuple(products)
        self._year = {year: n for n, year in enumerate(self.years)}
        self._product = {product: n for n, product in enumerate(self.products)}

    def at(self, year: int) -> int | None:
        """Return the position of a year."""
        return self._year.get(year)

    def product_at(self, product: str) -> int | None:
        """Return the position of a product."""
        return self._product.get(product)

    def marked(self, prefixes: tuple[str, ...]) -> Marks:
        """Mark the products under the prefixes (all for an empty tuple)."""
        return np.array([not prefixes or k.startswith(prefixes) for k in self.products], dtype=bool)

    def product_places(self, rows: Columns) -> Ints:
        """Return the positions of the products of rows."""
        return positions(rows["product"], self.products)

    def year_places(self, rows: Columns) -> Ints:
        """Return the positions of the years of rows."""
        return np.searchsorted(self.years, rows["year"])

    def cells(self, rows: Columns) -> Cells:
        """Place the rows of one flow."""
        product, year = self.product_places(rows), self.year_places(rows)
        order = np.argsort(product, kind="stable")
        amounts = np.array([np.asarray(rows[name], np.float64)[order] for name in AMOUNTS])
        return Cells(product[order], year[order], amounts)

    def cells_by(self, rows: Columns, *ends: str) -> dict[tuple[str, ...], Cells]:
        """Place the rows of several flows, which differ in the columns named."""
        size = len(rows["year"])
        if not size:
            return {}
        key = np.zeros(size, dtype=np.int64)
        for end in ends:
            names = distinct(rows[end])
            key = key * len(names) + positions(rows[end], names)
        order = np.argsort(key, kind="stable")
        ordered = {name: column[order] for name, column in rows.items()}
        starts = np.flatnonzero(np.diff(key[order], prepend=-1))
        found = {}
        for low, high in zip(starts, [*starts[1:], size], strict=True):
            flow = {name: column[low:high] for name, column in ordered.items()}
            found[tuple(str(flow[end][0]) for end in ends)] = self.cells(flow)
        return found
