"""Flows that stop being reported without having ended: the missing rows of a large supplier.

A table of trade has no row where nothing was traded, and none where something was kept secret or left out.
Germany has named no country of origin of its pipeline gas since 2000, and Saudi oil is missing from Japan's
imports of 2015. Where a supplier truly leaves, others take its place; where it only stops being named, all
that the importer is known to buy falls with it. By that the two are told apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from hikiwake.audit.cells import Array, Cells, Grid, Ints
from hikiwake.core.claim.operand import WORLD
from hikiwake.measures.places import distinct, positions

if TYPE_CHECKING:
    from hikiwake.store.tables import Columns

LARGE = 1e8
"""USD that a flow must have had in its last year."""
PART = 0.15
"""Part of the importer's line that it must have had then."""
MOST = 0.9
"""A flow is taken for so much of its line at most when what is missing is judged by what is there."""
UNREPLACED = 0.5
"""Part of it by which the line must have fallen at least; in BACI's minerals 363 flows of 1995-2024 do."""


def last_rows(keys: Ints, value: Array, years: int) -> Iterator[tuple[int, int, int]]:
    """Yield rows of large flows after which a year is missing: the row, its year, that of the next row.

    Parameters
    ----------
    keys : (n,) flow x `years` + year, by position; each once.
    value : (n,) USD.
    years : how many there are; a flow that never returns is silent to the end.
    """
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    flow, year = ordered // years, ordered % years
    following = np.append(flow[1:] == flow[:-1], False)
    after = np.where(following, np.append(year[1:], 0), years)
    for place in np.flatnonzero((value[order] >= LARGE) & (after > year + 1) & (year < years - 1)):
        yield int(order[place]), int(year[place]), int(after[place])


def unreported(value: float, amount: float, line: Array, amounts: Array, year: int) -> bool:
    """Say whether a flow that ends in a year was large in its line, and the line fell with it.

    Parameters
    ----------
    value, amount : of the flow in its last year, in USD and in kg.
    line, amounts : (years,) of all that its importer buys of the product, likewise. Amounts decide where they
        are known, since prices move.
    """
    if value < PART * line[year]:
        return False
    by_amount = amount > 0 and amounts[year] > 0
    own, whole = (amount, amounts) if by_amount else (value, line)
    return bool(whole[year + 1] < whole[year] - UNREPLACED * own)


def silences(
    rows: Columns, grid: Grid, totals: Mapping[tuple[str, str], Cells]
) -> dict[tuple[str, str], dict[int, Array]]:
    """Return the USD that may be missing, (years,) by product, of flows and of the totals around them.

    Parameters
    ----------
    rows : flows that are large in some year, with all their years; others may be among them.
    grid : the years and products of the data.
    totals : of economies, which flows are parts of; only where the importer's is known can be told.
    """
    years = len(grid.years)
    names = distinct(rows["exporter"], rows["importer"])
    seller, buyer = (positions(rows[end], names) for end in ("exporter", "importer"))
    product = grid.product_places(rows)
    values, amounts = (np.asarray(rows[name], np.float64) for name in ("value", "weighed"))
    flow = (seller * len(names) + buyer) * len(grid.products) + product
    missing: dict[tuple[str, str], dict[int, Array]] = {}
    for row, year, after in last_rows(flow * years + grid.year_places(rows), values, years):
        x, m, k = names[seller[row]], names[buyer[row]], int(product[row])
        value, amount = float(values[row]), float(amounts[row])
        if (WORLD, m) not in totals:
            continue
        bought = totals[WORLD, m].line(k, years)
        if not unreported(value, amount, bought[0], bought[1], year):
            continue
        # As if it had kept its part of what is known to be bought.
        part = min(MOST, value / float(bought[0, year]))
        gone = part / (1 - part) * np.maximum(bought[0, year + 1 : after], value)
        pairs = [(x, m), (WORLD, m)]
        if (x, WORLD) in totals:
            sold = totals[x, WORLD].line(k, years)
            if unreported(value, amount, sold[0], sold[1], year):
                pairs.append((x, WORLD))  # nor was it sold to others
        for pair in pairs:
            held = missing.setdefault(pair, {}).setdefault(k, np.zeros(years))
            held[year + 1 : after] += gone
    return missing
