"""Every row is judged as it is read: what it says, and why it cannot be taken where it cannot.

Rows are sound, with few exceptions, so one query reads, judges and stores them as small numbers. The text of
a row is kept only where it is rejected, to be shown, or to be judged again once its codes are known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hikiwake.core.country import all_countries, english_names
from hikiwake.sources.baci_codes import baci_codes
from hikiwake.sources.imports.comtrade_areas import AGGREGATE
from hikiwake.sources.imports.economies import Meaning, meaning
from hikiwake.sources.imports.mapping import FACTORS, Mapping
from hikiwake.sources.imports.quoting import quoted
from hikiwake.sources.imports.report import KEYS, REASONS

if TYPE_CHECKING:
    import duckdb

FIRST_YEAR, LAST_YEAR = 1900, 2100
TOTAL = "TOTAL"
BEFORE, AFTER = r"^(?:US ?)?\$ ?|^USD ", r" ?[*†‡⁰¹²³⁴-⁹]+$| [pers]$"
DAYS = (
    r"(\d{4})-(?:01-01|12-31)(?:[T ]00:00(?::00)?(?:\.0+)?)?",
    r"(?:0?1[./-]0?1|31[./-]12|12[./-]31)[./-](\d{4})",
)
"""The first and the last day of a year, which stand for it; any other day is one of a month."""
MISSING = ("", "NA", "NAN", "NULL", "N/A", "N.A.", ".", "..", "...", "…", "-", "–", ":")
ABSENT = (*MISSING, "C", "X")
"""What stands in place of an amount that is missing, or confidential."""
ROLES = ("year", "exporter", "importer", "product", "value", "quantity")
COLUMNS = {
    "row": "bigint",
    "year": "smallint",
    "exporter": "economy",
    "importer": "economy",
    "exporter_code": "usmallint",
    "importer_code": "usmallint",
    "product": "varchar",
    "spelt": "utinyint",
    "value": "bigint",
    "quantity": "bigint",
    "reason": "utinyint",
    "text": "varchar",
}
UNSPECIFIED = "9999AA"
AS_IT_IS, PADDED, OTHERWISE = range(3)
"""How a product's code was written: as it is held, without its leading zero, as another code."""
REJECTED = next(number for number, reason in enumerate(KEYS) if REASONS[reason][0] == "rejected")
"""The first reason for which a row is rejected; so it is for all that come after it."""
UNKNOWN = (KEYS.index("unknown_exporter"), KEYS.index("unknown_importer"))
_BETWEEN = "chr(31)"
"""What stands between the texts of a row that is kept: a sign that no table uses."""


def texts(mapping: Mapping) -> list[str]:
    """Return the columns of text that a row has: its roles, and those that choose rows."""
    return [*ROLES, *(f"only_{n}" for n in range(len(mapping.only)))]


def begin(connection: duckdb.DuckDBPyConnection, mapping: Mapping, products: dict[str, str]) -> None:
    """Make what the rows of all parts are judged by: the types and the table `codes`."""
    enumerate_as(connection, "economy", sorted({one.id for one in all_countries()} | {AGGREGATE}))
    listed = sorted(products) if mapping.product else [TOTAL]
    if listed:
        enumerate_as(connection, "product", listed)
    connection.execute("create table codes (number usmallint, code varchar, economy economy)")
    _know(connection, [meaning(code) for code in _usual_codes()])


def prepare(connection: duckdb.DuckDBPyConnection, mapping: Mapping, products: dict[str, str]) -> None:
    """Make the empty table `judged` for the rows of a part.

    `judged` has a row for each row that was read: its number, year, exporter, importer, the numbers of
    their codes, product, how its code was written, value (whole USD), quantity (whole kg or
    missing), the number of its reason in `KEYS` (0: accepted), and the texts of a rejected row.
    """
    connection.execute("drop table if exists settled")
    columns = dict(COLUMNS)
    if products or not mapping.product:
        columns["product"] = "product"
    connection.execute(f"create or replace table judged ({', '.join(map(' '.join, columns.items()))})")


def enumerate_as(connection: duckdb.DuckDBPyConnection, name: str, values: list[str]) -> None:
    """Make a type whose values are texts in their order, held as small numbers."""
    connection.execute(f"drop type if exists {name}")
    connection.execute(f"create type {name} as enum ({', '.join(map(quoted, values))})")


def judgement(mapping: Mapping, products: dict[str, str], year: int | None, source: str) -> str:
    """Return the query that judges the rows of a source, whose columns are `row` and the texts of `texts`.

    `products` are those of the classification; where none are given, any six digits of a chapter count.
    `year` is the one year that the rows must be of. Rows come out in any order: a join puts those whose code
    is not known after the others.
    """
    total = f"{quoted(AGGREGATE)}::economy"
    others = _others(mapping)
    in_range = f"between {FIRST_YEAR} and {LAST_YEAR}" if year is None else f"= {year}"
    no_value, no_quantity = _is_missing("value_text"), _is_missing("quantity_text")
    # Said in other words than in the reasons: what stands twice is taken out and done for every row.
    no_quantity_either = _is_missing("quantity_text", "trim(upper({}))")
    sound = (
        f"year {in_range} and exporter <> importer and exporter <> {total} and importer <> {total}"
        " and product is not null and value > 0"
        f" and (quantity >= 0 or (quantity is null and {no_quantity_either})) and not ({others})"
    )
    filled = " + ".join(f"(coalesce(trim({name}_text), '') <> '')::int" for name in ROLES)
    reasons = {
        "other_rows": others,
        "remark": f"value is null and coalesce(trim(value_text), '') = '' and {filled} <= 1",
        **({"blank": f"value is null and {no_value}"} if mapping.missing == "leave out" else {}),
        # Before its year: a line of totals often has none, and codes that are not known yet may be totals.
        "aggregate": f"coalesce(exporter = {total}, false) or coalesce(importer = {total}, false)",
        "unknown_exporter": "exporter is null",
        "unknown_importer": "importer is null",
        "no_year": "year is null",
        "year_range": f"not year {in_range}",
        "self_trade" if mapping.domestic == "reject" else "domestic": "exporter = importer",
        "unknown_product": "product is null",
        "no_value": f"value is null and {no_value}",
        "not_finite": "value is null and regexp_full_match(value_text, '(?i)\\s*[-+]?inf(inity)?\\s*')",
        "not_a_number": "value is null",
        "negative": "value < 0",
        "bad_quantity": f"quantity < 0 or (quantity is null and not {no_quantity})",
        "zero": "value = 0",
    }
    cases = " ".join(f"when {test} then {KEYS.index(reason)}" for reason, test in reasons.items())
    said = ", ".join(f"replace(coalesce({name}_text, ''), {_BETWEEN}, ' ')" for name in texts(mapping))
    return f"""select {", ".join(name for name in COLUMNS if name not in ("year", "text"))},
          try_cast(year as smallint) as year,
          case when reason >= {REJECTED} then concat_ws({_BETWEEN}, {said}) end as text
        from (select *, cast(case when {sound} then 0 {cases} else 0 end as utinyint) as reason from (
          select r.row, {_year(mapping)} as year, e.economy as exporter, i.economy as importer,
            e.number as exporter_code, i.number as importer_code,
            {_product(mapping, products)} as product, {_spelt(mapping)} as spelt,
            {_amount("r.value", mapping, mapping.value_unit)} as value,
            {_amount("r.quantity", mapping, mapping.quantity_unit)} as quantity,
            {", ".join(f"r.{name} as {name}_text" for name in texts(mapping))}
          from ({source}) r
            left join codes e on e.code = r.exporter left join codes i on i.code = r.importer))"""


def settle(
    connection: duckdb.DuckDBPyConnection,
    mapping: Mapping,
    products: dict[str, str],
    year: int | None,
    numbers: Iterable[int] = (),
) -> list[Meaning]:
    """Judge again the rows with codes that were not known beforehand; return what the codes in use mean.

    `numbers` are those of codes in use that no row of `judged` has. Also give products without a list of
    their own the type of a list, as all others have.
    """
    columns = texts(mapping)
    part = {name: f"split_part(text, {_BETWEEN}, {n + 1})" for n, name in enumerate(columns)}
    unsettled = f"from judged where reason in {UNKNOWN}"
    found = connection.execute(
        f"(select {part['exporter']} {unsettled} union select {part['importer']} {unsettled})"
        " except select code from codes"
    ).fetchall()
    meanings = [meaning(str(code)) for (code,) in found]
    if _know(connection, meanings):
        source = f"select row, {', '.join(f'{text} as {name}' for name, text in part.items())}"
        again = judgement(mapping, products, year, f"{source} {unsettled}")
        names = ", ".join(COLUMNS)
        connection.execute(
            f"create table settled as select {names} from judged where reason not in {UNKNOWN}"
            f" union all select {names} from ({again})"
        )
        connection.execute("drop table judged; alter table settled rename to judged")
    if mapping.product and not products:
        _list_products(connection)
    used = connection.execute(
        "select code from codes where number in"
        " (select exporter_code from judged union select importer_code from judged union select unnest(?))",
        [list(numbers)],
    ).fetchall()
    return sorted(
        [*(meaning(str(code)) for (code,) in used), *(one for one in meanings if not one.economy)],
        key=lambda one: one.code,
    )


def kept(mapping: Mapping, text: str, role: str) -> str:
    """Return the text of one column of a row that was kept."""
    return text.split("\x1f")[texts(mapping).index(role)]


def _usual_codes() -> list[str]:
    """Codes that most tables use; any other is asked for when it is met."""
    codes = {"0", "000", "W00", "WLD", "World", *english_names()}
    for number in baci_codes():
        codes |= {str(number), f"{number:03}"}
    for one in all_countries():
        codes |= {one.id, one.iso2} - {""}
    return sorted(codes)


def _know(connection: duckdb.DuckDBPyConnection, meanings: list[Meaning]) -> bool:
    """Add codes that mean something to the table of codes; tell whether there are any."""
    rows = [(one.code, one.economy) for one in meanings if one.economy]
    if rows:
        connection.execute(
            "insert into codes select count + pos, code, economy from"
            " (select unnest(?) as code, unnest(?) as economy, unnest(range(?)) as pos),"
            " (select count(*) as count from codes)",
            [[code for code, _ in rows], [economy for _, economy in rows], len(rows)],
        )
    return bool(rows)


def _list_products(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute("select distinct product from judged where product is not null").fetchall()
    if found:
        enumerate_as(connection, "product", sorted(str(code) for (code,) in found))
        connection.execute("alter table judged alter product type product")


def _others(mapping: Mapping) -> str:
    tests = []
    for n, wanted in enumerate(mapping.only.values()):
        values = [wanted] if isinstance(wanted, str) else wanted
        listed = ", ".join(map(quoted, values))
        tests.append(f"coalesce(trim(only_{n}_text), '') not in ({listed})")
    return " or ".join(tests) or "false"


def _year(mapping: Mapping) -> str:
    if isinstance(mapping.year, int):
        return str(mapping.year)
    # "2014.0" is what spreadsheets and statistics packages make of 2014.
    mended = "try_cast(regexp_replace(trim(r.year), '\\.0+$', '') as integer)"
    return (
        f"case when length(r.year) >= 8 then coalesce({mended}, {_day('r.year')})"
        f" when contains(r.year, '.') then {mended} else try_cast(r.year as integer) end"
    )


def _day(column: str) -> str:
    """Return the year of a day that stands for it: its first or its last, as spreadsheets write them."""
    text = f"trim({column})"
    found = " || ".join(f"regexp_extract({text}, {quoted(f'^(?:{form})$')}, 1)" for form in DAYS)
    return f"try_cast({found} as integer)"


def _product(mapping: Mapping, products: dict[str, str]) -> str:
    if not mapping.product:
        return f"{quoted(TOTAL)}::product"
    # Five digits are six whose leading zero was lost on the way through a spreadsheet; 9999AA is another code
    # of Comtrade's for what is not specified.
    # Points stand between the parts of a code (27.09.00, 2709.00), or after it in a spreadsheet's number.
    # Spreadsheets mark a text of digits with an apostrophe.
    text = f"ltrim(trim(r.product), {quoted(chr(39))})"
    mended = (
        f"case when length({text}) = 5 and {text} ~ '[0-9]+' then '0' || {text}"
        f" when {text} = {quoted(UNSPECIFIED)} then '999999'"
        f" when contains({text}, '.') then {_without_points(text)} else {text} end"
    )
    if products:
        return f"coalesce(try_cast(r.product as product), try_cast({mended} as product))"
    chapters = "'(0[1-9]|[1-8][0-9]|9[0-9])[0-9]{4}'"
    return f"case when regexp_full_match({mended}, {chapters}) then {mended} end"


def _without_points(text: str) -> str:
    code = f"regexp_replace({text}, '^([0-9]{{5,6}})\\.0+$', '\\1')"
    # 8703.2 is what becomes of 8703.20; 2709.0 may be a heading.
    forms = "[0-9]{4}\\.([0-9]{2}|[1-9])|[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}"
    pointed = f"regexp_full_match({text}, {quoted(forms)})"
    whole = f"lpad({code}, greatest(length({code}), 6)::int, '0')"
    return f"case when {pointed} then rpad(replace({text}, '.', ''), 6, '0') else {whole} end"


def _spelt(mapping: Mapping) -> str:
    if not mapping.product:
        return f"{AS_IT_IS}"
    text = "trim(r.product)"
    return (
        f"case when {text} = {quoted(UNSPECIFIED)} then {OTHERWISE}"
        f" when length(r.product) <> 6 and length({text}) = 5 then {PADDED} else {AS_IT_IS} end"
    )


def _amount(column: str, mapping: Mapping, unit: str) -> str:
    text = f"trim({column})"
    if mapping.thousands:
        # Blanks that do not break, and the typesetter's apostrophe, group digits as the plain ones do.
        signs = {" ": " \u00a0\u202f", "'": "'\u2019"}.get(mapping.thousands, mapping.thousands)
        text = f"translate({text}, {quoted(signs)}, '')"
    if mapping.decimal == ",":
        text = f"case when contains({text}, '.') then 'x' else replace({text}, ',', '.') end"
    power = FACTORS[unit]
    # Eighteen digits are quick and hold a quadrillion USD in thousands; millions need more to be multiplied.
    number = f"try_cast({text} as decimal({18 if power <= 3 else 38}, {power}))"
    exact = f"try_cast(try({number} * {10**power}) as bigint)"
    # Signs of dollars before a number, and marks of footnotes and of what is provisional after it.
    bare = f"regexp_replace(regexp_replace({text}, {quoted(BEFORE)}, ''), {quoted(AFTER)}, '')"
    exact = f"coalesce({exact}, {exact.replace(text, bare)})"
    if mapping.thousands or mapping.decimal == ",":
        return exact
    # Fewer digits are quicker still, and enough for nearly every row.
    quick = f"try_cast(try_cast({column} as decimal({17 - power}, {power})) * {10**power} as bigint)"
    return f"case when {column} is not null then coalesce({quick}, {exact}) end"


def _is_missing(column: str, plain: str = "upper(trim({}))") -> str:
    listed = ", ".join(map(quoted, ABSENT))
    return f"coalesce({plain.format(column)}, '') in ({listed})"
