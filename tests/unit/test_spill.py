"""What memory does not hold is not put aside in the user's folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from hikiwake.core.errors import Environment
from hikiwake.store.catalogue import SHIPPED, open_vintage
from hikiwake.store.tables import DuckDB, Tables


def test_too_little_memory_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = duckdb.connect

    def with_little(**options: Any) -> duckdb.DuckDBPyConnection:
        return connect(**{**options, "config": {**options["config"], "memory_limit": "20MB"}})

    monkeypatch.setattr(duckdb, "connect", with_little)
    monkeypatch.chdir(tmp_path)
    vintage = open_vintage(SHIPPED)
    tables = Tables(vintage, DuckDB(*vintage.folders))
    with pytest.raises(Environment, match="Out of Memory"):
        tables.collect(tables.frame("baci_flows").sort("quantity", "value"))
    assert list(tmp_path.iterdir()) == []
