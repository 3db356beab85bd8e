"""What a table's form leaves open: units in columns, levels of products, what else parts its rows.

A mapping that guesses here would make wrong numbers without a word. So what can be told is chosen, and what
cannot is refused or remarked with the place.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports import guessing
from hikiwake.sources.imports.guessing import Rows
from hikiwake.sources.imports.wide import year_of

Only = dict[str, str | list[str]]
SHOWN = 40
_UNITS = re.compile(
    r"unit|currenc|devise|monnaie|wahrung|moneda|valuta|moeda|einheit|scale|multipl|единиц|валют|单位|単位"
)
_POWERS = re.compile(r"scale|mult|power|exponent")
_OF_QUANTITY = re.compile(r"qty|quant|qua|weight|supp|menge|cant")
_PERIOD = re.compile(r"(19|20)\d\d|\d\d[-/.]\d\d")
_MONTHS = re.compile(r"(month|monat|quarter|quartal|trimestre|месяц).*|mes|meses|mois|mese|comes|月")
_OTHER_CODES = re.compile(r"sitc|\bbec\b|isic|nace|naics|cpc|ctci", re.IGNORECASE)
_TOTAL = re.compile(
    r"total|all( products| commodities| modes| goods)?|tous|toutes|alle|todos|insgesamt", re.IGNORECASE
)
_SCALES = {
    "0": "USD", "units": "USD", "3": "thousand USD", "thousands": "thousand USD", "6": "million USD",
    "millions": "million USD", "9": "billion USD", "billions": "billion USD",
}  # fmt: skip


def times(header: Sequence[str], rows: Rows, found: dict[str, str]) -> None:
    """Raise `BadInput` where a table holds months or years of two calendar years."""
    if "year" not in found:
        goods = guessing.named(header, "product")
        several = [
            name
            for name in header
            if re.search(r"(?<!\d)(19|20)\d\d(?!\d)", name)
            and name not in goods
            and guessing.amounts(guessing.column(header, rows, name))
        ]
        if len(several) > 1:
            raise _refused(
                several[0],
                f"each year seems to have a column ({', '.join(several[:3])})",
                "Call these columns by the years alone (2013, 2014), and leave out other columns with years.",
            )
        for column in guessing.named(header, "year"):
            told = next(
                (value for value in guessing.column(header, rows, column) if _PERIOD.search(value)), ""
            )
            if told:
                raise _refused(
                    column,
                    f"{told[:SHOWN]!r} is no calendar year",
                    "Sum months to years; where years begin in another month, say in a column of whole years"
                    " which each counts as.",
                )
    for column in header:
        if _MONTHS.fullmatch(guessing.plain(column)) and column not in found.values():
            held = _distinct(guessing.column(header, rows, column))
            if len([value for value in held if not _TOTAL.fullmatch(value)]) > 1:
                raise _refused(
                    column, f"it holds months or quarters ({', '.join(held[:3])})",
                    "Sum them to calendar years, and add that table.",
                )  # fmt: skip


def products(header: Sequence[str], rows: Rows, found: dict[str, str]) -> str:
    """Return the product that all rows are of, if they say so.

    Raises `BadInput` where their codes are not of six digits of the Harmonised System.
    """
    if "product" in found and not _OTHER_CODES.search(found["product"]):
        return ""
    for column in guessing.named(header, "product"):
        if column in found.values() and column != found.get("product"):
            continue
        held = [
            value for value in _distinct(guessing.column(header, rows, column)) if not _TOTAL.fullmatch(value)
        ]
        if not held:
            continue
        if len(held) == 1 and not re.search(r"\d\d", held[0]):
            return held[0]
        raise _refused(column, *_level(held, column))
    return ""


def levels(header: Sequence[str], rows: Rows, found: dict[str, str]) -> str:
    """Return a remark on rows of chapters, headings and totals among products of six digits."""
    held = guessing.column(header, rows, found["product"]) if "product" in found else []
    others = _distinct(value for value in held if not guessing.has_products([value]))
    if not others:
        return ""
    return f"rows of other levels repeat those of six digits, and are rejected: {', '.join(others)[:SHOWN]}"


def _level(held: list[str], column: str) -> tuple[str, str]:
    digits = [re.sub(r"\D", "", value) for value in held]
    shown = ", ".join(held[:3])[:SHOWN]
    if _OTHER_CODES.search(column):
        return f"its products ({shown}) are of another list than the Harmonised System", _SUM
    if not all(re.fullmatch(r"[\d. ]+", value) for value in held):
        return f"its products are no codes of six digits ({shown})", "Add a column with the codes alone."
    if max(map(len, digits)) > 6:
        return f"its codes ({shown}) are of a national list, longer than six digits", _TO_SIX
    return f"its codes ({shown}) are of chapters or headings, and products here have six digits", _SUM


_TO_SIX = "Sum the rows by the first six digits, and add that table."
_SUM = (
    "Take the table by six digits. For totals over all products, sum the rows of each pair and year,"
    " leave out this column, and add that table."
)


def units(header: Sequence[str], rows: Rows, found: dict[str, str]) -> tuple[Only, str, str]:
    """Return which rows are in US dollars, and what columns of units say of values and of quantities.

    Raises `BadInput` where no row is in US dollars, or where rows are in units of several sizes.
    """
    only: Only = {}
    told = of_mass = ""
    for column in header:
        name = guessing.plain(column)
        held = _distinct(guessing.column(header, rows, column)) if column not in found.values() else []
        if not held or not (_UNITS.search(name) or all(map(guessing.DOLLARS.search, held))):
            continue
        scales = all(value.lower() in _SCALES for value in held)
        if guessing.amounts(held) and not (scales and _POWERS.search(name)):
            continue  # unit values, or other amounts in dollars
        quantities = not scales and all(map(guessing.of_quantity, held))
        if _OF_QUANTITY.search(name) or (quantities and "quantity" in found):
            kinds = {guessing.mass(value) or "other" for value in held}
            of_mass = kinds.pop() if len(kinds) == 1 else "other"
            continue
        dollars = [value for value in held if scales or _is_money(value)]
        if not dollars:
            raise _refused(
                column,
                f"its amounts are in {', '.join(held)[:SHOWN]}, and amounts here are US dollars",
                DOLLARS,
            )
        sizes = {size(value) for value in dollars}
        if len(sizes) > 1:
            raise _refused(
                column,
                f"its rows are in several units ({', '.join(dollars)[:SHOWN]})",
                "Take rows of one unit.",
            )
        if len(dollars) < len(held):
            only[column] = dollars
        told = " ".join(filter(None, (told, *sizes)))
    return only, told, of_mass


def size(value: str) -> str:
    """Return the unit that a cell tells: "6" and "Millions" are exponents and scales of dollars."""
    if value.lower() in _SCALES:
        return _SCALES[value.lower()]
    return "billion USD" if guessing.billions(value) else guessing.unit(value)


def _is_money(value: str) -> bool:
    other = guessing.other_money(value) or guessing.NO_AMOUNT.search(value) or guessing.of_quantity(value)
    return not other


DOLLARS = "Add a column in US dollars, at the average rate of each year, and map that."


def parting(header: Sequence[str], rows: Rows, found: dict[str, str], only: Only) -> tuple[Only, str]:
    """Return which rows are totals where a further column parts each flow, and a remark where none are."""
    roles = ("exporter", "importer", "year", "product")
    keys = [header.index(found[role]) for role in roles if found.get(role) in header]
    amounts = {found.get(role) for role in ("value", "quantity")}
    places = [
        place
        for place, name in enumerate(header)
        if name and place not in keys and name not in amounts and not year_of(name)
    ]
    flows: dict[tuple[str, ...], list[Sequence[str]]] = defaultdict(list)
    for row in rows:
        if len(row) == len(header) and _fits(header, row, only):
            flows[tuple(row[place].strip() for place in keys)].append(row)
    several = [held for held in flows.values() if len(held) > 1]
    for place in places:
        values = [[row[place].strip() for row in held] for held in several]
        parted = [held for held in values if len(set(held)) == len(held)]
        if not parted or guessing.amounts(parted[0]):
            continue
        totals = _distinct(value for held in parted for value in held if _TOTAL.fullmatch(value))
        if len(totals) == 1 and all(totals[0] in held for held in parted):
            return {header[place]: totals[0]}, ""
        return {}, (
            f"rows of one flow differ by {header[place]!r} ({', '.join(_distinct(parted[0]))[:SHOWN]}):"
            f" sum them, or say which count in only = {{ {header[place]!r} = ... }}"
        )
    return {}, ""


def _fits(header: Sequence[str], row: Sequence[str], only: Only) -> bool:
    return all(
        row[header.index(name)].strip() in ([one] if isinstance(one, str) else one)
        for name, one in only.items()
    )


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))


def _refused(column: str, why: str, remedy: str) -> BadInput:
    return BadInput(where=f"column {column!r}", why=why, remedy=remedy)
