"""Faults confirmed by hand, each with a guard that fails once the producer has mended it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import duckdb

SOURCE = Path(__file__).with_suffix(".toml")
NAMED = ("exporter", "importer", "product")


def confirmed(flows: Path) -> bytes:
    """Return corrections.json after every guard has been compared with the flows.

    Raises
    ------
    ValueError : a guard no longer holds, so the entry describes data that are not there.
    """
    entries = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["correction"]
    with duckdb.connect() as connection:
        rows = connection.read_parquet(str(flows))
        mended = [fault for entry in entries if (fault := stale(entry, _sum(connection, rows, entry)))]
    if mended:
        raise ValueError("corrections.toml: " + "; ".join(mended))
    return (json.dumps(entries, indent=1, ensure_ascii=False) + "\n").encode()


def stale(entry: dict[str, Any], found: int) -> str:
    """Return why a guard no longer holds, or nothing.

    Examples
    --------
    >>> entry = {"product": "270900", "years": [2015], "expect": {"amount": "value", "at_most": 10}}
    >>> stale(entry, 10), stale(entry, 11)
    ('', '270900 in 2015: value is 11, expected at most 10')
    """
    guard = entry["expect"]
    where = " ".join(str(entry[name]) for name in NAMED if name in entry)
    what = f"{where} in {', '.join(map(str, entry['years']))}: {guard['amount']} is {found}"
    if found > guard.get("at_most", found):
        return f"{what}, expected at most {guard['at_most']:g}"
    if found < guard.get("at_least", found):
        return f"{what}, expected at least {guard['at_least']:g}"
    return ""


def _sum(connection: duckdb.DuckDBPyConnection, rows: duckdb.DuckDBPyRelation, entry: dict[str, Any]) -> int:
    named = [name for name in NAMED if name in entry]
    where = " and ".join([*(f"{name} = ?" for name in named), "list_contains(?, year)"])
    amount = {"value": "value", "quantity": "quantity"}[entry["expect"]["amount"]]
    query = f"select coalesce(sum({amount}), 0) from rows where {where}"  # noqa: S608 - names of columns
    answer = connection.execute(query, [*(entry[name] for name in named), entry["years"]]).fetchone()
    return int(answer[0]) if answer else 0
