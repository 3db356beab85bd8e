"""Vintages that hold one hand-made table: an inter-country table with all uses, or a matrix of trade."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np

COLUMNS = {
    "intercountry_flows": "year smallint, exporter varchar, industry varchar, importer varchar,"
    ' "user" varchar, value double',
    "trade_matrix": "year smallint, exporter varchar, importer varchar, value double",
}
ECONOMIES = ("CHN", "JPN", "RUS", "USA")


def vintage(folder: Path, table: str, rows: Sequence[tuple[object, ...]]) -> Path:
    """Write a vintage of one table; return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{table}.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"create table made ({COLUMNS[table]})")
        marks = ", ".join("?" for _ in COLUMNS[table].split(","))
        connection.executemany(f"insert into made values ({marks})", rows)
        connection.execute(f"copy made to '{path}' (format parquet)")
    raw = path.read_bytes()
    entry = {
        "name": table,
        "file": path.name,
        "rows": len(rows),
        "bytes": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "columns": [],
    }
    dataset = {
        "id": "own",
        "version": "1",
        "title": "A table of one's own",
        "producer": "tests",
        "licence": "none",
        "licence_id": "none",
        "citation": "tests",
        "note": "",
        "unit": "USD",
        "coverage": {"text": "a few flows", "first_year": 2020, "last_year": 2020},
        "packages": [],
        "tables": [entry],
    }
    (folder / "catalogue.json").write_text(json.dumps({"vintage": "own", "datasets": [dataset]}))
    return folder


def matrix() -> list[tuple[object, ...]]:
    """Return trade between four economies, with what is sold at home."""
    rng = np.random.default_rng(3)
    flows = rng.uniform(1e9, 9e9, (4, 4)) + np.diag([9e11, 4e11, 2e11, 8e11])
    return [(2020, ECONOMIES[i], ECONOMIES[j], float(flows[i, j])) for i in range(4) for j in range(4)]


def uses(*, stocks: float = -1e8) -> list[tuple[object, ...]]:
    """Return an inter-country table of four economies and two industries, one cell of stocks that fell."""
    rng = np.random.default_rng(5)
    rows: list[tuple[object, ...]] = []
    for i, seller in enumerate(ECONOMIES):
        for industry in ("B06", "C29"):
            for j, buyer in enumerate(ECONOMIES):
                home = 30.0 if i == j else 1.0
                for user in ("B06", "C29", "HFCE"):
                    size = home * (4.0 if user == "HFCE" else 1.0)
                    rows.append((2020, seller, industry, buyer, user, float(size * rng.uniform(1e9, 2e9))))
                if (seller, industry, buyer) == ("CHN", "B06", "JPN"):
                    rows.append((2020, seller, industry, buyer, "INVNT", stocks))
    return rows
