"""What a report says of the flows of a part: how many, of which years, products and economies."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hikiwake.sources.imports.columns import BITS, BLOCK, FIRST_YEAR, Columns, keyed, names

if TYPE_CHECKING:
    import duckdb


class Summary(NamedTuple):
    """Flows, those with a quantity, years, products, and each economy with its first and last year.

    `added` counts rows that were added to another one, `beside` accepted rows that are not in the table
    `judged`, with their USD.
    """

    flows: int
    weighed: int
    years: list[int]
    products: list[str]
    economies: list[tuple[str, int, int]]
    added: int = 0
    beside: tuple[int, int] = (0, 0)


def of_table(connection: duckdb.DuckDBPyConnection) -> Summary:
    """Sum up the view `flows`."""
    ((flows, weighed),) = connection.execute("select count(*), count(quantity) from flows").fetchall()
    years = connection.execute("select distinct year from flows order by 1").fetchall()
    products = connection.execute("select distinct product from flows").fetchall()
    spans = connection.execute(
        "select economy::varchar, min(first), max(last) from"
        " (select exporter as economy, min(year) as first, max(year) as last from flows group by exporter"
        " union all select importer, min(year), max(year) from flows group by importer) group by 1 order by 1"
    ).fetchall()
    return Summary(
        int(flows),
        int(weighed),
        [int(year) for (year,) in years],
        sorted(str(product) for (product,) in products),
        [(str(economy), int(first), int(last)) for economy, first, last in spans],
    )


def of_rows(connection: duckdb.DuckDBPyConnection, rows: Columns) -> Summary:
    """Sum up flows that are held as arrays; the database knows the texts of their codes."""
    economies, products = names(connection, "economy"), names(connection, "product")
    spread = 1 << BITS["year"]
    there = np.zeros(len(economies) * spread, dtype=np.bool_)
    for begin in range(0, len(rows.row), BLOCK):
        since = rows.year[begin : begin + BLOCK] - FIRST_YEAR
        for side in (rows.exporter, rows.importer):
            there[keyed((side[begin : begin + BLOCK], len(economies)), (since, spread))] = True
    table = there.reshape(len(economies), spread)
    met = np.flatnonzero(table.any(axis=1)).tolist()
    first, last = table.argmax(axis=1), spread - 1 - table[:, ::-1].argmax(axis=1)
    return Summary(
        len(rows.row),
        int(np.count_nonzero(rows.quantity >= 0)),
        (np.flatnonzero(table.any(axis=0)) + FIRST_YEAR).tolist(),
        sorted(products[code] for code in np.flatnonzero(np.bincount(rows.product)).tolist()),
        sorted((economies[n], int(first[n]) + FIRST_YEAR, int(last[n]) + FIRST_YEAR) for n in met),
    )
