"""An existing Spark cluster as the engine: the same expressions, run where the data are.

Nothing here is imported unless it is asked for: Spark is no dependency of this package.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hikiwake.core.errors import Environment

if TYPE_CHECKING:
    import narwhals as nw
    from numpy.typing import NDArray

    Frame = nw.LazyFrame[Any]
    Columns = dict[str, NDArray[Any]]

MASTERS = ("local", "spark://", "yarn", "k8s://", "sc://")
"""How the name of a cluster begins."""
FILES = "HIKIWAKE_ENGINE_FILES"


class Spark:
    """Runs expressions on a Spark session.

    Every worker must find a vintage's files at the path at which this machine finds them, or, where the
    environment's `HIKIWAKE_ENGINE_FILES` names a folder or a store of objects (`s3a://bucket/vintages`), in
    there: each file in a folder that is called as on this machine.
    """

    def __init__(self, session: Any) -> None:
        self._session = session
        self._files = os.environ.get(FILES, "").strip().rstrip("/")

    def scan(self, *paths: Path, small: bool) -> Frame:
        """Return Parquet files as one lazy frame; whether they are small is no matter here."""
        del small
        import narwhals as nw

        frame: Frame = nw.from_native(self._session.read.parquet(*map(self._address, paths)))
        return frame

    def _address(self, path: Path) -> str:
        return f"{self._files}/{path.parent.name}/{path.name}" if self._files else str(path)

    def collect(self, frame: Frame) -> Columns:
        """Run an expression; numbers come back as numbers, missing ones as NaN, text as objects."""
        import numpy as np

        native = frame.to_native()
        kinds = dict(native.dtypes)
        rows = native.collect()
        return {
            name: _column(np, [row[n] for row in rows], kinds[name]) for n, name in enumerate(native.columns)
        }


def _column(np: Any, values: list[Any], kind: str) -> Any:
    if kind in ("string", "boolean"):
        return np.array(values, dtype=bool if kind == "boolean" and None not in values else object)
    if kind in ("tinyint", "smallint", "int", "bigint") and None not in values:
        return np.array(values, dtype=np.int64)
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def session(master: str) -> Any:
    """Return the session of a cluster, made if there is none.

    Raises `Environment` where Spark or Java is missing, or the cluster does not answer.
    """
    try:
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.appName("hikiwake").config("spark.ui.enabled", "false")
        # It would draw a bar of its own over ours.
        builder = builder.config("spark.ui.showConsoleProgress", "false")
        builder = builder.remote(master) if master.startswith("sc://") else builder.master(master)
        if master.startswith("local"):
            # One machine: nothing needs be reached from outside, and few parts are quicker than many.
            builder = builder.config("spark.driver.host", "127.0.0.1")
            builder = builder.config("spark.sql.shuffle.partitions", "4")
        return builder.getOrCreate()
    except ImportError as fault:
        raise Environment(
            where=f"engine {master}",
            why="the package pyspark is not installed",
            remedy="pip install 'hikiwake[spark]', with Java 17 or newer; or unset HIKIWAKE_ENGINE.",
        ) from fault
    except Exception as fault:  # whatever Java or the cluster says
        said = (str(fault).strip() or type(fault).__name__).splitlines()[0]
        raise Environment(
            where=f"engine {master}",
            why=f"no Spark session could be had ({said[:160]})",
            remedy="See that Java 17 or newer is there and the cluster answers; or unset HIKIWAKE_ENGINE.",
        ) from fault
