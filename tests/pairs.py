"""Pairs of economies by chance, and the shipped flows in a database of the tests' own."""

from __future__ import annotations

import random
from functools import lru_cache

import duckdb

from hikiwake.core.country import all_countries
from hikiwake.store.catalogue import SHIPPED

FLOWS = SHIPPED / "baci_flows.parquet"
FIRST, LAST = 1995, 2024


def pairs(count: int, seed: int) -> list[tuple[str, str]]:
    """Return so many pairs of two economies."""
    known = [which.id for which in all_countries()]
    dice = random.Random(seed)
    return [tuple(dice.sample(known, 2)) for _ in range(count)]  # type: ignore[misc]


def pairs_and_years(count: int, seed: int) -> list[tuple[str, str, int]]:
    """Return so many pairs, each with a year of the data."""
    dice = random.Random(seed)
    return [(a, b, dice.randint(FIRST, LAST)) for a, b in pairs(count, seed)]


@lru_cache(maxsize=1)
def flows_in_memory() -> duckdb.DuckDBPyConnection:
    """Open a database of its own, so that nothing of ours stands between the file and the comparison."""
    connection = duckdb.connect()
    connection.execute(
        f"create table flows as select * from '{FLOWS}' order by year, exporter, importer, product"
    )
    return connection
