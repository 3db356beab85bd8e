"""Rows of one flow: the same row again, rows that contradict each other, and parts of one economy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hikiwake.sources.imports.report import KEYS

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

AT_ONCE = 20_000_000
"""Keys that are sorted at once, eight bytes each."""
KEY = "exporter, importer, product, year"
# A flow as one number: 2^10 economies, 2^20 products, 2^8 years from 1900 on.
_NUMBER = (
    "((enum_code(exporter)::ubigint * 1024 + enum_code(importer)) * 1048576 + enum_code(product)) * 256"
    " + (year - 1900)"
)


def merge(connection: duckdb.DuckDBPyConnection) -> int:
    """Merge rows of one flow in `judged`; return how many rows were added to another row of their flow.

    Rows with the same codes and amounts are the same row again: one counts. Rows with the same codes and
    other amounts contradict each other: none counts. Rows whose codes differ are parts of one economy
    (Germany's 276 and 280): they are added. Makes the view `flows`, one row for each flow.
    """
    columns = "year, exporter, importer, product, value, quantity"
    flows = f"select {columns} from judged where reason = 0"
    twice = _stand_twice(connection)
    added = 0
    if len(twice):
        added = _mark(connection, twice)
        flows = (
            "select year, exporter, importer, product, cast(sum(value) as bigint) as value,"
            " cast(case when count(quantity) = count(*) then sum(quantity) end as bigint) as quantity"
            f" from judged where reason = 0 group by {KEY}"
        )
    connection.execute(f"create or replace temp view flows as {flows}")
    return added


def _stand_twice(connection: duckdb.DuckDBPyConnection) -> NDArray[Any]:
    """Return the flows, as numbers, that have more than one row."""
    ((rows,),) = connection.execute("select count(*) from judged where reason = 0").fetchall()
    if not rows:
        return np.empty(0, dtype=np.uint64)
    rounds = -(-int(rows) // AT_ONCE)
    found = []
    for number in range(rounds):
        some = f" and hash(product) % {rounds} = {number}" if rounds > 1 else ""
        column = connection.execute(
            f"select {_NUMBER} as flow from judged where reason = 0{some}"
        ).fetchnumpy()["flow"]
        flows = np.sort(np.asarray(column, dtype=np.uint64))
        found.append(np.unique(flows[1:][flows[1:] == flows[:-1]]))
    return np.concatenate(found)


def _mark(connection: duckdb.DuckDBPyConnection, flows: NDArray[Any]) -> int:
    connection.register("standing_twice", {"flow": flows})
    connection.execute(
        f"""create or replace temp table twice as
        select j.row, count(distinct (j.value, j.quantity)) over same as amounts,
          min(j.row) over same as first, {_NUMBER} as flow
        from judged j where j.reason = 0 and {_NUMBER} in (select flow from standing_twice)
        window same as (partition by j.exporter_code, j.importer_code, j.product, j.year)"""
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
