"""A vintage of a few hand-made flows, for tests whose right answer can be seen by eye."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import duckdb

from hikiwake.store.catalogue import Vintage
from hikiwake.store.tables import Tables

FlowRow = tuple[int, str, str, str, int, int | None]
FlagRow = tuple[str, str, str | None, str | None, str, int]


def tiny_tables(folder: Path, flows: Iterable[FlowRow], flags: Iterable[FlagRow] = ()) -> Tables:
    """Write flows (year, exporter, importer, product, USD, kg) and flags; return them opened."""
    connection = duckdb.connect()
    connection.execute(
        "create table baci_flows (year smallint, exporter varchar, importer varchar, product varchar,"
        " value bigint, quantity bigint)"
    )
    connection.execute(
        "create table baci_flags (kind varchar, side varchar, exporter varchar, importer varchar,"
        " product varchar, year smallint)"
    )
    for row in flows:
        connection.execute("insert into baci_flows values (?, ?, ?, ?, ?, ?)", row)
    for flag in flags:
        connection.execute("insert into baci_flags values (?, ?, ?, ?, ?, ?)", flag)
    tables: list[dict[str, object]] = []
    for name in ("baci_flows", "baci_flags"):
        path = folder / f"{name}.parquet"
        connection.execute(f"copy {name} to '{path}' (format parquet)")
        raw = path.read_bytes()
        tables.append(
            {
                "name": name,
                "file": path.name,
                "rows": 0,
                "bytes": len(raw),
                "sha256": hashlib.sha256(raw).hexdigest(),
                "columns": [],
            }
        )
    dataset = {
        "id": "baci",
        "version": "tiny",
        "title": "Hand-made flows",
        "producer": "tests",
        "licence": "none",
        "licence_id": "none",
        "citation": "tests",
        "note": "",
        "unit": "USD",
        "coverage": {
            "text": "a few flows",
            "scope": "energy and minerals",
            "first_year": 2000,
            "last_year": 2003,
            "provisional_from": 2003,
        },
        "packages": [],
        "tables": tables,
    }
    (folder / "catalogue.json").write_text(
        json.dumps({"vintage": "tiny", "datasets": [dataset]}), encoding="utf-8"
    )
    return Tables(Vintage(folder))
