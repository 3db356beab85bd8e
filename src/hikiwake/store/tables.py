"""Tables of a vintage as portable expressions, and the way from an expression to small arrays.

Measures speak Narwhals (decision 0001): the same expression runs on the embedded DuckDB here and on
another engine that offers the same two methods, `scan` and `collect`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Hashable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from hikiwake.core.errors import BadUsage
from hikiwake.core.provenance import Dataset
from hikiwake.store.catalogue import SHIPPED, Place, Vintage, open_vintage
from hikiwake.store.database import refusals

if TYPE_CHECKING:
    import duckdb
    import narwhals as nw
    from numpy.typing import NDArray

    Frame = nw.LazyFrame[Any]
    Columns = dict[str, NDArray[Any]]


ENGINE = "HIKIWAKE_ENGINE"
RESIDENT_BYTES = 16 * 2**20
"""Tables up to this size are unpacked once instead of at each query; the shipped flows take 40 MB so.

Of larger ones a query reads a few groups of rows, which is quicker than to unpack all."""

MOST_KEPT = 48
"""Small results kept for the next question about the same pair: another year, the other side, the brief."""

_GONE = (
    "Give the command again; if the vintage was removed meanwhile, name another, and if memory is short, "
    "close other programs."
)


class Engine(Protocol):
    """What runs the expressions."""

    def scan(self, *paths: Path, small: bool) -> Frame:
        """Return Parquet files as one lazy frame; of a `small` table they may be kept in memory."""

    def collect(self, frame: Frame) -> Columns:
        """Run an expression; return its columns as arrays of equal length (missing numbers as NaN)."""


class DuckDB:
    """The embedded engine: in memory, able to read the vintage's folders and nothing else."""

    def __init__(self, *folders: Path, threads: int | None = None) -> None:
        import duckdb

        self._connection = duckdb.connect(
            config={
                "threads": str(threads or min(os.cpu_count() or 1, 8)),
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                # Else what memory does not hold goes to `.tmp` where the user works. A brief of thirty years
                # of all products takes 1.4 GB, the database's part and all else: who lacks it is told.
                "temp_directory": "",
            }
        )
        quoted = ", ".join("'{}/'".format(str(folder).replace("'", "''")) for folder in folders)
        self._connection.execute(f"SET allowed_directories = [{quoted}]")
        self._connection.execute("SET enable_external_access = false")
        without_bar(self._connection)
        # Files of a vintage never change: what they say of their parts need be read once.
        self._connection.execute("SET parquet_metadata_cache = true")
        self._connection.execute("SET lock_configuration = true")
        self._resident: dict[tuple[Path, ...], str] = {}

    def scan(self, *paths: Path, small: bool) -> Frame:
        """Return files as a lazy frame; those of a small table are unpacked into memory once."""
        import narwhals as nw

        with refusals(str(paths[0].parent), _GONE):
            if not small:
                return nw.from_native(self._connection.read_parquet([str(path) for path in paths]))
            name = self._resident.get(paths)
            if name is None:
                name = f"resident_{len(self._resident)}"
                self._connection.read_parquet([str(path) for path in paths]).create(name)
                self._resident[paths] = name
            return nw.from_native(self._connection.table(name))

    def collect(self, frame: Frame) -> Columns:
        """Run an expression; numbers come back as numbers, missing ones as NaN, text as objects."""
        with refusals("the data", _GONE):
            native = frame.to_native().fetchnumpy()
        return {name: _plain(column) for name, column in native.items()}


def without_bar(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep the database from drawing its own bar: on standard output, where results go."""
    # In a notebook without ipywidgets there is none, and the setting may not be touched.
    ((drawn,),) = connection.execute("SELECT current_setting('enable_progress_bar')").fetchall()
    if drawn:
        connection.execute("SET enable_progress_bar = false")


def _plain(column: Any) -> NDArray[Any]:
    import numpy as np

    if isinstance(column, np.ma.MaskedArray):
        if column.dtype.kind in "iuf":
            return np.ma.filled(column.astype(np.float64), np.nan)
        filled = column.astype(object)
        filled[np.ma.getmaskarray(column)] = None
        return np.asarray(filled.data)
    return np.asarray(column)


class Tables:
    """The tables of one vintage on one engine."""

    def __init__(self, vintage: Vintage, engine: Engine | None = None) -> None:
        self.vintage = vintage
        self._engine: Engine = engine or DuckDB(*vintage.folders)
        self._kept: dict[str, Columns] = {}
        self._lately: dict[Hashable, Columns] = {}

    def frame(self, table: str, *, years: Collection[int] = (), economies: Collection[str] = ()) -> Frame:
        """Return a table as a lazy frame.

        Of a large table, files that hold nothing of the years or economies (of flows: exporters) that will be
        asked for are left out; rows of others may still come. `NoData` when the vintage does not hold the
        table, `DamagedStore` when its file is not the catalogue's.
        """
        if self.is_resident(table):
            return self._engine.scan(*self.vintage.paths(table), small=True)
        return self._engine.scan(*self.vintage.paths(table, years=years, economies=economies), small=False)

    def is_resident(self, table: str) -> bool:
        """Tell whether a table is so small that it is unpacked once."""
        return self.vintage.bytes_of(table) <= RESIDENT_BYTES

    def collect(self, frame: Frame) -> Columns:
        """Run an expression and return its columns as arrays."""
        return self._engine.collect(frame)

    def collect_once(self, name: str, make: Callable[[], Frame]) -> Columns:
        """Run an expression that is the same for every pair (such as world totals) once for these tables.

        A vintage never changes, so neither does the answer; the names are few and fixed.
        """
        if name not in self._kept:
            self._kept[name] = self.collect(make())
        return self._kept[name]

    def collect_lately(self, name: Hashable, make: Callable[[], Frame]) -> Columns:
        """Run an expression about one pair, economy or year, unless it was asked among the last few."""
        found = self._lately.pop(name, None)
        if found is None:
            found = self.collect(make())
        while len(self._lately) >= MOST_KEPT:
            self._lately.pop(next(iter(self._lately)), None)
        self._lately[name] = found  # the latest is last, and the first goes first
        return found

    def has(self, table: str) -> bool:
        """Tell whether the vintage holds a table."""
        return self.vintage.has(table)

    def dataset_of(self, table: str) -> Dataset:
        """Return the record of the dataset a table belongs to."""
        return self.vintage.dataset_of(table)


@lru_cache(maxsize=4)
def open_tables(place: Place = SHIPPED) -> Tables:
    """Open the tables of a vintage, once a process, on the engine that `HIKIWAKE_ENGINE` names.

    Without it, or with "duckdb", that is the embedded engine; else the name of a Spark cluster, such as
    `spark://host:7077` or `local[2]`. Raises `BadUsage` for any other name.
    """
    vintage = open_vintage(place)
    name = os.environ.get(ENGINE, "").strip()
    if name in ("", "duckdb"):
        return Tables(vintage)
    from hikiwake.store import cluster

    if not name.startswith(cluster.MASTERS):
        raise BadUsage(
            where=f"{ENGINE}={name[:80]!r}",
            why="it is neither duckdb nor the name of a Spark cluster",
            remedy="For example: HIKIWAKE_ENGINE=spark://host:7077, or local[2] on this machine.",
        )
    return Tables(vintage, cluster.engine(name))
