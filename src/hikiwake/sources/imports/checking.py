"""Every row is judged once: what it says, and why it cannot be taken where it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hikiwake.sources.imports.economies import AGGREGATE, Meaning, meaning
from hikiwake.sources.imports.mapping import FACTORS, Mapping
from hikiwake.sources.imports.quoting import quoted
from hikiwake.sources.imports.report import KEYS

if TYPE_CHECKING:
    import duckdb

FIRST_YEAR, LAST_YEAR = 1900, 2100
TOTAL = "TOTAL"
MISSING = ("", "NA", "NAN", "NULL", "N/A", ".", "..", "-")


def judge(
    connection: duckdb.DuckDBPyConnection, mapping: Mapping, products: dict[str, str], year: int | None
) -> list[Meaning]:
    """Make the table `judged` from `raw`; return what the codes of economies mean.

    `judged` has, for each row of `raw`, its number, year, exporter, importer, product, value (whole USD),
    quantity (whole kg or missing), and the number of its reason in `KEYS` (0: accepted).
    `products` are those of the classification; where none are given, any six digits of a chapter count.
    """
    meanings = _economies(connection)
    _products(connection, products)
    known = (
        "product in (select code from known_products)"
        if products
        else ("regexp_full_match(product, '(0[1-9]|[1-8][0-9]|9[0-9])[0-9]{4}')")
    )
    reasons = [
        ("other_rows", _others(mapping)),
        ("no_year", "year is null"),
        (
            "year_range",
            f"year not between {FIRST_YEAR} and {LAST_YEAR}" if year is None else f"year <> {year}",
        ),
        (
            "aggregate",
            f"coalesce(exporter = '{AGGREGATE}', false) or coalesce(importer = '{AGGREGATE}', false)",
        ),
        ("unknown_exporter", "exporter is null"),
        ("unknown_importer", "importer is null"),
        ("domestic" if mapping.domestic == "leave out" else "self_trade", "exporter = importer"),
        ("unknown_product", f"product is null or not ({known})" if mapping.product else "false"),
        ("no_value", "value is null and no_value"),
        ("not_a_number", "value is null"),
        ("negative", "value < 0"),
        ("bad_quantity", "quantity < 0 or (quantity is null and not no_quantity)"),
        ("zero", "value = 0"),
    ]
    cases = " ".join(f"when {test} then {KEYS.index(reason)}" for reason, test in reasons)
    connection.execute(
        f"""create or replace table judged as
        select row, cast(year as smallint) as year, exporter, importer, product, value, quantity,
          cast(case {cases} else 0 end as utinyint) as reason
        from (
          select r.rowid as row, {_year(mapping)} as year, e.economy as exporter, i.economy as importer,
            {_product(mapping)} as product,
            {_amount("r.value", mapping, mapping.value_unit)} as value, {_is_missing("r.value")} as no_value,
            {_amount("r.quantity", mapping, mapping.quantity_unit)} as quantity,
            {_is_missing("r.quantity")} as no_quantity
            {"".join(f", r.only_{n}" for n in range(len(mapping.only)))}
          from raw r left join codes e on e.code = r.exporter left join codes i on i.code = r.importer
        )"""
    )
    return meanings


def _economies(connection: duckdb.DuckDBPyConnection) -> list[Meaning]:
    found = connection.execute(
        "select distinct exporter from raw union select distinct importer from raw"
    ).fetchall()
    meanings = [meaning(str(code)) for (code,) in found if code is not None]
    connection.execute("create or replace table codes (code varchar, economy varchar)")
    rows = [(one.code, one.economy) for one in meanings if one.economy]
    if rows:
        connection.executemany("insert into codes values (?, ?)", rows)
    return sorted(meanings, key=lambda one: one.code)


def _products(connection: duckdb.DuckDBPyConnection, products: dict[str, str]) -> None:
    connection.execute("create or replace table known_products (code varchar)")
    if products:
        connection.execute("insert into known_products select unnest(?)", [list(products)])


def _others(mapping: Mapping) -> str:
    tests = []
    for n, wanted in enumerate(mapping.only.values()):
        values = [wanted] if isinstance(wanted, str) else wanted
        listed = ", ".join(map(quoted, values))
        tests.append(f"coalesce(trim(only_{n}), '') not in ({listed})")
    return " or ".join(tests) or "false"


def _year(mapping: Mapping) -> str:
    if isinstance(mapping.year, int):
        return str(mapping.year)
    # "2014.0" is what spreadsheets and statistics packages make of 2014.
    return "try_cast(regexp_replace(trim(r.year), '\\.0+$', '') as integer)"


def _product(mapping: Mapping) -> str:
    if not mapping.product:
        return f"'{TOTAL}'"
    # Five digits are six whose leading zero was lost on the way through a spreadsheet.
    text = "trim(r.product)"
    return f"case when length({text}) = 5 and {text} ~ '[0-9]+' then '0' || {text} else {text} end"


def _amount(column: str, mapping: Mapping, unit: str) -> str:
    text = f"trim({column})"
    if mapping.thousands:
        text = f"replace({text}, {quoted(mapping.thousands)}, '')"
    if mapping.decimal == ",":
        text = f"case when contains({text}, '.') then 'x' else replace({text}, ',', '.') end"
    power = FACTORS[unit]
    # Eighteen digits are quick and hold a quadrillion USD in thousands; millions need more to be multiplied.
    number = f"try_cast({text} as decimal({18 if power <= 3 else 38}, {power}))"
    return f"try_cast(try({number} * {10**power}) as bigint)"


def _is_missing(column: str) -> str:
    listed = ", ".join(map(quoted, MISSING))
    return f"coalesce(upper(trim({column})), '') in ({listed})"
