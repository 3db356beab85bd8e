"""What a part leaves for the whole: totals of its economies and pairs, and the flows that are outliers."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from hikiwake.core.blas import workers
from hikiwake.sources.imports.checking import enumerate_as
from hikiwake.sources.imports.columns import Columns, keyed, kind_of, names, read
from hikiwake.sources.imports.merging import Merged
from hikiwake.sources.imports.parquet import PASSING, copy
from hikiwake.sources.imports.quoting import quoted
from hikiwake.sources.imports.writing import Writer
from hikiwake.sources.quality import SIDES, unit_value_outliers
from hikiwake.sources.unit_values import Priced, numbered, priced, summed
from hikiwake.store import disk

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

    Numbers = NDArray[Any]

WEIGHED = ("weighed", "weighed_value")
"""The quantities (kg) that can be believed, and the values they stand for."""
BETWEEN = "between"
"""The folder of what the parts leave for the detectors that compare years; it goes when they have run."""
OUTLIERS = "outlying"
"""The table of the rows whose quantities cannot be believed, by their number."""
ORDER: dict[str, tuple[str, ...]] = {
    "pairs": ("exporter", "importer", "year"),
    **{side: ("economy", "year", "product") for side in SIDES},
}
"""The order in which totals are written."""
TOTALS = tuple(ORDER)
KINDS = ("economy", "product")


def leave(
    connection: duckdb.DuckDBPyConnection, writer: Writer, folder: Path, part: str, merged: Merged
) -> Numbers | None:
    """Write, of the flows of a part, its outliers and the totals of its lines and pairs.

    Makes the table `OUTLIERS`; returns, of the rows that `merged` holds, whether each is one.
    """
    between = folder / BETWEEN
    disk.make_folder(between)
    connection.execute(f"drop table if exists {OUTLIERS}")
    marks = None
    if merged.spans:
        for kind in KINDS:
            writer.know(kind, names(connection, kind))
        products = len(names(connection, "product"))
    for number, span in enumerate(merged.spans):
        rows = merged.only or read(connection, "flows", span)
        years = np.array(span.years)
        several = len(years) > 1
        year = np.searchsorted(years, rows.year) if several else np.zeros(len(rows.year), dtype=np.uint8)
        spread = len(years) * products
        keys, line = numbered(keyed((year, len(years)), (rows.product, products)), spread)
        found = priced(line, rows.value, rows.quantity, len(keys))
        _append(connection, OUTLIERS, _outliers(rows, found))
        for what, columns in _totals(rows, found, years, year, products).items():
            writer.numbers(columns, between / f"{part}-{number:03}-{what}.parquet", PASSING)
        marks = found.outlier
    if merged.spans:
        _write(connection, between, part)
    else:
        connection.execute(f"create table {OUTLIERS} (row bigint)")
    return marks if merged.only else None


def _append(connection: duckdb.DuckDBPyConnection, table: str, columns: dict[str, Numbers]) -> None:
    connection.register("arrays", columns)
    connection.execute(f"create table if not exists {table} as from arrays limit 0")
    connection.execute(f"insert into {table} from arrays")
    connection.unregister("arrays")


def _outliers(rows: Columns, found: Priced) -> dict[str, Numbers]:
    off = np.flatnonzero(found.outlier)
    columns = {name: getattr(rows, name)[off] for name in ("row", "year", "exporter", "importer", "product")}
    return {**columns, "ratio": found.ratio[off], "outlier": found.outlier[off]}


def _totals(
    rows: Columns, found: Priced, years: Numbers, year: Numbers, products: int
) -> dict[str, dict[str, Numbers]]:
    """Return sums by economy, year and product for either side, and by pair and year."""
    economies = 1 + max(int(rows.exporter.max()), int(rows.importer.max()))
    believed = (rows.quantity > 0) & ~found.outlier
    known = np.maximum(rows.quantity, 0)
    amounts = {"value": rows.value, "quantity": known, "volume": found.volume}
    amounts |= {"weighed": known * believed, "weighed_value": rows.value * believed}
    spread = len(years)

    def by_side(side: str) -> dict[str, Numbers]:
        line = keyed((getattr(rows, side), economies), (year, spread), (rows.product, products))
        keys, sums = _sums(line, economies * spread * products, amounts)
        keys, product = np.divmod(keys, products)
        economy, when = np.divmod(keys, spread)
        short: dict[str, Numbers] = {
            "economy": economy.astype(np.uint16),
            "product": product.astype(np.int32),
        }
        return {**short, "year": _dated(years, when), **sums}

    def by_pair() -> dict[str, Numbers]:
        pair = keyed((rows.exporter, economies), (rows.importer, economies), (year, spread))
        keys, sums = _sums(pair, economies**2 * spread, {"value": rows.value})
        keys, when = np.divmod(keys, spread)
        exporter, importer = np.divmod(keys, economies)
        short: dict[str, Numbers] = {
            "exporter": exporter.astype(np.uint16),
            "importer": importer.astype(np.uint16),
        }
        return {**short, "year": _dated(years, when), **sums}

    with ThreadPoolExecutor(min(2, workers())) as pool:
        made: dict[str, Future[dict[str, Numbers]]] = {side: pool.submit(by_side, side) for side in SIDES}
        made["pairs"] = pool.submit(by_pair)
        return {what: one.result() for what, one in made.items()}


def _sums(key: Numbers, span: int, amounts: dict[str, Numbers]) -> tuple[Numbers, dict[str, Numbers]]:
    keys, place = numbered(key, span)
    held = np.flatnonzero(np.bincount(place, minlength=len(keys)))
    return keys[held], {name: summed(place, amount, len(keys))[held] for name, amount in amounts.items()}


def _dated(years: Numbers, when: Numbers) -> Numbers:
    return years[when].astype(np.int16)


def _write(connection: duckdb.DuckDBPyConnection, between: Path, part: str) -> None:
    for kind in KINDS:
        # The same for all parts: where there are several, products are those of a classification.
        texts = f"enum_range(null::{kind})"
        query = f"select unnest(range(len({texts}))) as code, unnest({texts}) as text"
        if not (between / f"{kind}.parquet").exists():
            copy(connection, query, between / f"{kind}.parquet")
    connection.execute(
        f"create or replace temp table doubtful as select * replace ({spelt()}) from {OUTLIERS}"
    )
    flagged = unit_value_outliers(nw.from_native(connection.table("doubtful")))
    copy(connection, flagged.to_native().sql_query(), between / f"{part}-outliers.parquet")
    connection.execute("drop table doubtful")


def stands(folder: Path, part: str) -> bool:
    """Tell whether what a part left is there, as this version leaves it."""
    return (folder / BETWEEN / f"{part}-000-{TOTALS[0]}.parquet").exists()


def spelt() -> str:
    """Return, for a query of flows with codes, their texts."""
    return ", ".join(
        f"enum_range(null::{kind_of(code)})[{code}::integer + 1]::varchar as {code}"
        for code in ("exporter", "importer", "product")
    )


def gather(connection: duckdb.DuckDBPyConnection, writer: Writer, folder: Path, parts: Iterable[str]) -> None:
    """Make views of what the parts left: `left_exporter`, `left_importer`, `left_pairs`, and `left_outliers`.

    Those of totals hold codes; `named` puts texts in their places, and the writer knows them.
    """
    between, held = folder / BETWEEN, list(parts)
    connection.execute("drop table if exists codes")  # it is of a type that is made anew
    for kind in KINDS:
        path = quoted(between / f"{kind}.parquet")
        listed = connection.execute(f"select text from {path} order by code").fetchall()
        connection.execute(f"drop table if exists {kind}_codes")
        texts = [str(text) for (text,) in listed]
        enumerate_as(connection, kind, texts)
        writer.know(kind, texts)
        connection.execute(f"create table {kind}_codes as select code, text::{kind} as text from {path}")
    for what in (*TOTALS, "outliers"):
        connection.execute(f"create or replace temp view left_{what} as from {of(folder, held, what)}")


def of(folder: Path, parts: Iterable[str], what: str) -> str:
    """Return, as a table of a query, what parts have left of a kind."""
    between = folder / BETWEEN
    numbers = "" if what == "outliers" else "-[0-9][0-9][0-9]"
    found = [
        path for part in parts for path in sorted(between.glob(f"{escape(part)}{numbers}-{what}.parquet"))
    ]
    return f"read_parquet([{', '.join(map(quoted, found))}])"


def named(source: str, columns: str, *codes: str) -> str:
    """Return the query of columns of a source, in which some codes become texts."""
    # As text: how a list of words is written differs from one run to the next.
    texts = (f"{code}_is.text::varchar" for code in codes)
    chosen = ", ".join(f"{text} as {code}" for text, code in zip(texts, codes, strict=True))
    joins = " ".join(f"join {kind_of(code)}_codes {code}_is on {code}_is.code = l.{code}" for code in codes)
    return f"select {chosen}, {columns} from {source} l {joins}"
