"""Whether amounts are of the size of trade: thousands taken for dollars are a fault in every row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hikiwake.sources.imports.quoting import quoted
from hikiwake.store.catalogue import SHIPPED, open_vintage

if TYPE_CHECKING:
    import duckdb

EXPORTS = "factbook"
FEWEST = 10
"""Economies, and partners of each: of fewer, the sum may be any part of what an economy exports."""
LOW, HIGH = 1 / 300, 100.0
"""Since 1964 trade has grown a hundred times; a unit that is wrong changes it a thousand times."""


def remark(connection: duckdb.DuckDBPyConnection, pairs: Path, unit: str, *, whole: bool) -> list[str]:
    """Return what a reader must know of the size of amounts, where it cannot be right.

    Parameters
    ----------
    pairs : a file of exporter, importer, year and value (USD). What each exports in its last year is set
        beside its exports to all by the CIA's World Factbook.
    unit : what the mapping takes values to be in.
    whole : whether the table is of all goods, so that little is a fault too.
    """
    known = ", ".join(quoted(path) for path in open_vintage(SHIPPED).paths(EXPORTS))
    ((economies, ratio),) = connection.execute(
        f"""with sums as (
            select exporter, year, sum(value) as sold, count(*) as partners
            from read_parquet({quoted(pairs)}) group by exporter, year
        ), last as (
            select exporter, max_by(sold, year) as sold from sums where partners >= {FEWEST} group by exporter
        ), told as (
            select economy, min(value) as exports from read_parquet([{known}])
            where measure in ('exports_goods', 'exports_goods_services') group by economy
        )
        select count(*), median(sold / exports) from last join told on exporter = economy where exports > 0"""
    ).fetchall()
    if economies < FEWEST or (LOW if whole else 0.0) < ratio < HIGH:
        return []
    return [
        f"amounts cannot be right: in the middle of {economies} economies they are {ratio:.1g} times what"
        f" each exports in all (World Factbook); is value_unit {unit!r}?"
    ]
