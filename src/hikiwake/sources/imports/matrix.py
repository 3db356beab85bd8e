"""A table of totals that holds sales at home too: the whole matrix, for scenarios beside the flows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hikiwake.sources.imports.mapping import Mapping
from hikiwake.sources.imports.parquet import copy
from hikiwake.sources.imports.report import KEYS

if TYPE_CHECKING:
    import duckdb

MATRIX = "trade_matrix"
ACCEPTED, AT_HOME = KEYS.index("accepted"), KEYS.index("domestic")


def leave(connection: duckdb.DuckDBPyConnection, folder: Path, part: str, mapping: Mapping) -> None:
    """Write the matrix of a part from `judged`, if its mapping keeps sales at home.

    The same row again counts once, as it does among the flows.
    """
    if mapping.product or mapping.domestic != "keep":
        return
    keys = "year, exporter::varchar as exporter, importer::varchar as importer"
    copy(
        connection,
        f"select year, exporter, importer, cast(sum(value) as bigint) as value from (select distinct {keys},"
        f" exporter_code, importer_code, value from judged where reason in ({ACCEPTED}, {AT_HOME}))"
        " group by all order by year, exporter, importer",
        path_of(folder, part),
    )


def path_of(folder: Path, part: str) -> Path:
    """Return where the matrix of a part is, if it has one."""
    return folder / f"{part}-{MATRIX}.parquet"
