"""The same file imported again makes the same bytes: checksums can be compared between machines."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import numpy as np
import pytest
from tests import releases
from tests.imports import brought

from hikiwake.sources.baci_codes import baci_codes
from hikiwake.sources.imports import parquet
from hikiwake.store.library import Library

YEARS = (2013, 2014)
FLOWS, GOODS = 30_000, [f"{10101 + 7 * n:06}" for n in range(400)]


def large(path: Path) -> Path:
    """Write a release whose years have many rows of a few economies."""
    codes = [code for code, row in baci_codes().items() if max(YEARS) <= (row.last or max(YEARS))]
    chance = np.random.default_rng(3)
    # A few economies and products have most rows, so that groups of rows differ in the words they hold.
    exporter, importer, product = (
        (size * chance.random(2 * FLOWS) ** 3).astype(np.int64)
        for size in (len(codes), len(codes), len(GOODS))
    )
    keys = sorted(set(zip(exporter.tolist(), importer.tolist(), product.tolist(), strict=True)))
    flows = [
        f"{codes[i]},{codes[j]},{GOODS[k]},{1 + n % 977}.{n % 999:03},{n % 31}.5"
        for n, (i, j, k) in enumerate(keys[:: max(1, len(keys) // FLOWS)])
        if i != j
    ]
    texts = {
        f"BACI_HS92_Y{year}_V202601.csv": "t,i,j,k,v,q\n" + "".join(f"{year},{flow}\n" for flow in flows)
        for year in YEARS
    }
    listed = "code,description\n" + "".join(f"{code},x\n" for code in GOODS)
    return releases.release(path, {}, products=listed, texts=texts)


def test_the_same_file_makes_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Small groups of rows, so that several threads write each file, as they do with millions of rows.
    written = parquet._copied

    def copied(connection: duckdb.DuckDBPyConnection, query: str, path: Path, options: str) -> None:
        written(connection, query, path, options.replace("61440", "2048"))

    monkeypatch.setattr(parquet, "_copied", copied)
    assert "row_group_size 61440" in parquet.OPTIONS
    path = large(tmp_path / "zip.zip")
    made = []
    for name in ("one", "two"):
        store = Library(tmp_path / name)
        folder = store.path(brought(store, path, allow_rejects=True).held)
        made.append({file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()})
    assert made[0] == made[1]
    assert len(made[0]) > 10
