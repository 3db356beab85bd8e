"""An existing Spark cluster as the engine: the same expressions, run where the data are.

Nothing here is imported unless it is asked for: Spark is no dependency of this package.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from hikiwake.store.patience import Asker, at_most
from hikiwake.store.spark_faults import told
from hikiwake.store.spark_progress import progress_of

if TYPE_CHECKING:
    import narwhals as nw
    from numpy.typing import NDArray

    Frame = nw.LazyFrame[Any]
    Columns = dict[str, NDArray[Any]]

Answer = TypeVar("Answer")
FILES = "HIKIWAKE_ENGINE_FILES"
TO_STOP = 3.0
"""Seconds to tell a cluster that an answer is no longer wanted."""


class Spark:
    """Runs expressions on a Spark session.

    Every worker must find a vintage's files at the path at which this machine finds them, or, where the
    environment's `HIKIWAKE_ENGINE_FILES` names a folder or a store of objects (`s3a://bucket/vintages`), in
    there: each file in a folder that is called as on this machine.

    What the cluster refuses, and what it does not answer within `HIKIWAKE_ENGINE_WAIT` seconds without any
    progress, is an `Environment` error. `name` is how that error calls the cluster.
    """

    def __init__(self, session: Any, name: str = "session that was handed over") -> None:
        self._session = session
        self._name = name
        self._files = os.environ.get(FILES, "").strip().rstrip("/")
        self._schemas: dict[tuple[str, ...], Any] = {}
        self._asker = Asker()
        self._tag = f"hikiwake-{uuid4().hex[:12]}"
        self._remote = type(session).__module__.startswith("pyspark.sql.connect")

    def scan(self, *paths: Path, small: bool) -> Frame:
        """Return Parquet files as one lazy frame; whether they are small is no matter here."""
        del small
        import narwhals as nw

        frame: Frame = nw.from_native(self._asked(lambda: self._read(tuple(map(self._address, paths)))))
        return frame

    def _read(self, addresses: tuple[str, ...]) -> Any:
        """Read files; what their columns are is asked once, for to ask it again is a job of its own."""
        reader = self._session.read
        if addresses not in self._schemas:
            self._schemas[addresses] = reader.parquet(*addresses).schema
        return reader.schema(self._schemas[addresses]).parquet(*addresses)

    def _address(self, path: Path) -> str:
        return f"{self._files}/{path.parent.name}/{path.name}" if self._files else str(path)

    def collect(self, frame: Frame) -> Columns:
        """Run an expression; numbers come back as numbers, missing ones as NaN, text as objects."""
        import numpy as np

        native = frame.to_native()
        kinds, rows = self._asked(lambda: (native.dtypes, native.collect()))
        return {name: _column(np, [row[n] for row in rows], kind) for n, (name, kind) in enumerate(kinds)}

    def _asked(self, ask: Callable[[], Answer]) -> Answer:
        try:
            with progress_of(self._session, self._name, remote=self._remote) as progress:
                return self._asker.answer(lambda: self._tagged(ask), progress.look)
        except Exception as fault:
            self._stop_unless_answered(fault)
            raise told(fault, self._name) from fault
        except KeyboardInterrupt:
            self._stop()
            raise

    def _tagged(self, ask: Callable[[], Answer]) -> Answer:
        if self._remote:
            self._session.addTag(self._tag)
        else:
            self._session.sparkContext.addJobTag(self._tag)
        return ask()

    def _stop_unless_answered(self, fault: Exception) -> None:
        from hikiwake.core.errors import HikiwakeError

        if isinstance(fault, HikiwakeError):  # ours: it was we who gave up
            self._stop()

    def _stop(self) -> None:
        """Tell the cluster to stop what was asked, if it hears, and ask by another thread from now on."""
        ends = self._session.interruptTag if self._remote else self._session.sparkContext.cancelJobsWithTag
        with contextlib.suppress(Exception):
            at_most(TO_STOP, lambda: ends(self._tag))
        self._asker = Asker()


def _column(np: Any, values: list[Any], kind: str) -> Any:
    if kind in ("string", "boolean"):
        return np.array(values, dtype=bool if kind == "boolean" and None not in values else object)
    if kind in ("tinyint", "smallint", "int", "bigint") and None not in values:
        return np.array(values, dtype=np.int64)
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
