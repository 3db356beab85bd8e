"""What a table of Comtrade's holds, seen in one reading of it."""

from __future__ import annotations

import re

import msgspec

from hikiwake.sources.imports.loading import piped, text_columns
from hikiwake.sources.imports.months import MONTHLY
from hikiwake.sources.imports.quoting import named, quoted
from hikiwake.sources.imports.streams import Layout, Stream
from hikiwake.store.tables import without_bar

COLUMNS = (
    "typeCode",
    "freqCode",
    "period",
    "reporterCode",
    "flowCode",
    "classificationCode",
    "cmdCode",
)
HARMONISED = re.compile(r"HS|H\d")
# An amount as it is written where the comma is the decimal sign.
_COMMA = "contains({0}, ',') and not contains({0}, '.')"


class Survey(msgspec.Struct, frozen=True):
    """What a table holds.

    codes, flows, periods : as they stand. goods : whether rows are of goods. six : the codes of six digits
    of the Harmonised System, in their order, and those that have lost a leading zero. classifications : by
    year and reporter. harmonised : the codes of classifications that are the Harmonised System's, and blanks.
    monthly : whether there are months. commas : whether amounts have decimal commas. rows : all of them.
    """

    codes: tuple[str, ...]
    flows: tuple[str, ...]
    periods: tuple[str, ...]
    goods: bool
    six: tuple[str, ...]
    classifications: dict[tuple[str, str], tuple[str, ...]]
    harmonised: tuple[str, ...]
    monthly: bool
    commas: bool
    rows: int


def survey(stream: Stream, found: Layout) -> Survey:
    """Look at a whole table for what it holds."""
    import duckdb

    place = {name: f"trim(c{found.header.index(name)})" for name in COLUMNS if name in found.header}
    value = f"c{found.header.index('primaryValue')}"
    commas = _COMMA.format(value) if found.delimiter != "," else "false"
    chosen = ", ".join(f"coalesce({place.get(name, 'null')}, '') as {named(name)}" for name in COLUMNS)
    with duckdb.connect() as connection:
        without_bar(connection)
        with piped(stream, found, lambda _: None) as pipe:
            connection.execute(
                f"create table seen as select {chosen}, bool_or(coalesce({commas}, false)) as commas,"
                f" count(*) as rows from {text_columns(pipe, found)} group by all"
            )

        def listed(column: str, test: str = "true") -> tuple[str, ...]:
            rows = connection.execute(
                f"select distinct {named(column)} from seen where {test} order by 1"
            ).fetchall()
            return tuple(str(text) for (text,) in rows)

        harmonised = tuple(
            code for code in listed("classificationCode") if not code or HARMONISED.fullmatch(code)
        )
        of_products = f"classificationCode in ({', '.join(map(quoted, harmonised)) or 'null'})"
        pairs = connection.execute(
            "select period[:4], reporterCode, list(distinct classificationCode order by classificationCode)"
            " from seen where classificationCode <> '' group by 1, 2"
        ).fetchall()
        ((rows, any_commas, months),) = connection.execute(
            "select coalesce(sum(rows), 0), coalesce(bool_or(commas), false), coalesce(bool_or(freqCode ="
            f" '{MONTHLY}' or (freqCode = '' and regexp_full_match(period, '[0-9]{{6}}'))), false) from seen"
        ).fetchall()
        return Survey(
            codes=listed("cmdCode"),
            flows=listed("flowCode"),
            periods=listed("period"),
            goods=bool(listed("typeCode", "typeCode <> 'S'")),
            six=listed("cmdCode", f"regexp_full_match(cmdCode, '[0-9]{{5,6}}|9999AA') and {of_products}"),
            classifications={(str(year), str(code)): tuple(found) for year, code, found in pairs},
            harmonised=harmonised,
            monthly=bool(months),
            commas=bool(any_commas),
            rows=int(rows),
        )
