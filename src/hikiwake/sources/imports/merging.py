"""Rows of one flow: the same row again, rows that contradict each other, and parts of one economy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from hikiwake.sources.imports.checking import LAST_YEAR, OTHERWISE
from hikiwake.sources.imports.columns import FIRST_YEAR, FLOW, Columns, Span, packed, read, sorting, spans
from hikiwake.sources.imports.plain import Held
from hikiwake.sources.imports.report import KEYS

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

KEY = ", ".join(FLOW)
# A flow as one number: 2^10 economies, 2^20 products, 2^8 years from 1900 on.
_NUMBER = (
    "((enum_code(exporter)::ubigint * 1024 + enum_code(importer)) * 1048576 + enum_code(product)) * 256"
    f" + (year - {FIRST_YEAR})"
)


class Merged(msgspec.Struct, frozen=True):
    """What became of the rows of a part: how many were added to another one, and the flows by years.

    `only` are the flows themselves, in the order of `FLOW`, where all can be held at once.
    """

    added: int
    spans: tuple[Span, ...]
    only: Columns | None = None


def merge(connection: duckdb.DuckDBPyConnection, lines: Held | None = None) -> Merged:
    """Merge rows of one flow in `judged` and of lines that are held; make the view `flows`, a row for each.

    Rows with the same codes and amounts are the same row again: one counts. Rows with the same codes and
    other amounts contradict each other: none counts. Rows whose codes differ are parts of one economy
    (Germany's 276 and 280) or product (999999 and 9999AA): they are added. Where rows of one flow occur, all
    lines go into `judged`, and the view has all flows; else those that are held stand in `only` alone.
    """
    columns = "row, year, exporter, importer, product, value, quantity"
    flows = f"select {columns} from judged where reason = 0"
    if lines and lines.lines:
        others = read(connection, f"({flows})", Span((FIRST_YEAR, LAST_YEAR), 0))
        only, standing = _in_order(lines.rows(others))
        if not len(standing):
            connection.execute(f"create or replace temp view flows as {flows}")
            return Merged(0, (Span((int(only.year[0]),), len(only.row)),), only)
        del only
        lines.hand_over()
    found: list[NDArray[Any]] = []
    rows: Columns | None = None
    held = tuple(spans(connection))
    for span in held:
        rows = None  # those before it go first
        rows, standing = _in_order(read(connection, f"({flows})", span))
        found.append(standing)
    twice = np.concatenate(found) if found else np.empty(0, dtype=np.uint64)
    added = 0
    if len(twice):
        rows = None
        added = _mark(connection, twice)
        flows = (
            "select min(row) as row, year, exporter, importer, product, cast(sum(value) as bigint) as value,"
            " cast(case when count(quantity) = count(*) then sum(quantity) end as bigint) as quantity"
            f" from judged where reason = 0 group by {KEY}"
        )
    connection.execute(f"create or replace temp view flows as {flows}")
    if len(twice):
        # What contradicts itself may have been all of a year.
        held = tuple(spans(connection))
        if len(held) == 1:
            rows, _ = _in_order(read(connection, "flows", held[0]))
    return Merged(added, held, rows if len(held) == 1 else None)


def _in_order(rows: Columns) -> tuple[Columns, NDArray[Any]]:
    """Return rows in the order of flows, and the flows, as numbers, that have more than one row."""
    order, flows, same = sorting(rows.of(*FLOW), *FLOW)
    others = {name: getattr(rows, name)[order] for name in ("row", "value", "quantity")}
    twice = np.flatnonzero(same)
    standing = packed({name: column[twice] for name, column in flows.items()}, *FLOW)
    return Columns(**flows, **others), np.unique(standing)


def _mark(connection: duckdb.DuckDBPyConnection, flows: NDArray[Any]) -> int:
    other = f"j.spelt = {OTHERWISE}"
    connection.register("standing_twice", {"flow": flows})
    connection.execute(
        f"""create or replace temp table twice as
        select j.row, count(distinct (j.value, j.quantity)) over same as amounts,
          min(j.row) over same as first, {_NUMBER} as flow
        from judged j where j.reason = 0 and {_NUMBER} in (select flow from standing_twice)
        window same as (partition by j.exporter_code, j.importer_code, j.product, j.year, {other})"""
    )
    connection.unregister("standing_twice")
    for reason, test in (("conflicting", "amounts > 1"), ("repeated", "amounts = 1 and row <> first")):
        connection.execute(
            f"update judged set reason = {KEYS.index(reason)}"
            f" where row in (select row from twice where {test})"
        )
    ((added,),) = connection.execute(
        "select coalesce(sum(n - 1), 0) from (select count(*) as n from twice"
        " where amounts = 1 and row = first group by flow)"
    ).fetchall()
    connection.execute("drop table twice")
    return int(added)
