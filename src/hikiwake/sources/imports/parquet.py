"""Tables of the database as Parquet files that appear whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hikiwake.sources.imports.quoting import quoted
from hikiwake.store import disk

if TYPE_CHECKING:
    import duckdb

OPTIONS = "format parquet, compression zstd, compression_level 1, row_group_size 61440"
"""Rows per group: small enough that the statistics of sorted keys skip most of a file. A higher level of
compression takes half as long again to write and saves one part in two hundred."""

PASSING = "format parquet, compression snappy"
"""Of files that are read once more, by the same import."""


def copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path, options: str = OPTIONS) -> None:
    """Write what a query returns, in its order."""
    disk.replace(path, lambda part: _copied(connection, query, part, options))


def _copied(connection: duckdb.DuckDBPyConnection, query: str, path: Path, options: str) -> None:
    connection.execute(f"copy ({query}) to {quoted(path)} ({options})")
