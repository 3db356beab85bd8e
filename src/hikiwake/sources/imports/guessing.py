"""What the columns of a table seem to be: by their names in several languages, and by what they hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from hikiwake.sources.imports.checking import FIRST_YEAR, LAST_YEAR, MISSING
from hikiwake.sources.imports.economies import meaning
from hikiwake.sources.imports.mapping import ValueUnit

Rows = Sequence[Sequence[str]]
Thousands = Literal["", ",", ".", " ", "'"]
# Words that begin the name of a column, the likeliest first; compared without case, accents and signs.
WORDS: dict[str, tuple[str, ...]] = {
    "exporter": (
        "exporter", "exporting", "exporteur", "exportateur", "exportador", "esportatore", "isoexp",
        "iso3o", "isoo", "origin", "origen", "ursprung", "paisexportador", "paysexportateur", "seller",
        "i", "exp", "from", "reporteriso", "reporter", "declarant", "countryiso", "country",
    ),
    "importer": (
        "importer", "importing", "importeur", "importateur", "importador", "importatore", "isoimp",
        "iso3d", "isod", "dest", "bestimmung", "paisimportador", "paysimportateur", "buyer", "j", "imp",
        "to", "partneriso", "partner", "counterpart",
    ),
    "year": (
        "year", "t", "jahr", "annee", "ano", "anno", "refyear", "referenceyear", "period", "time",
    ),
    "product": (
        "product", "k", "hs", "cmdcode", "commodity", "producto", "produit", "ware", "hscode",
    ),
    "value": (
        "value", "v", "usd", "exportvalue", "exportval", "exports", "primaryvalue", "tradevalue",
        "fobvalue", "wert", "valeur", "valor", "valore", "amount", "flow", "trade",
    ),
    "quantity": (
        "quantity", "q", "netw", "weight", "qty", "kg", "tonne", "menge", "gewicht", "quantite",
        "cantidad", "poids",
    ),
}  # fmt: skip
ALONE = frozenset({"i", "j", "k", "t", "v", "q", "to", "from", "exp", "imp", "hs"})
"""Words that are whole names: many others begin with them."""
_THOUSANDS = re.compile(
    r"k_?usd|kusd|thousand|1[.,' ]?000|'000|tausend|tsd|milliers|miles|migliaia", re.IGNORECASE
)
_MILLIONS = re.compile(r"m_?usd|mill|mln|\bmio\b|\bmn\b", re.IGNORECASE)
_OTHER_MONEY = re.compile(
    r"(?<![a-z])(eur|euros?|chf|gbp|jpy|yen|rub|rubles?|cny|rmb|yuan|inr|rupees?|cad|aud|krw|brl|mxn)(?![a-z])",
    re.IGNORECASE,
)
_GROUPED: dict[tuple[Thousands, Literal[".", ","]], re.Pattern[str]] = {
    (",", "."): re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?"),
    (".", ","): re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?"),
    ("'", "."): re.compile(r"-?\d{1,3}(['’]\d{3})+(\.\d+)?"),
    (" ", ","): re.compile(r"-?\d{1,3}([ \u00a0\u202f]\d{3})+(,\d+)?"),
    (" ", "."): re.compile(r"-?\d{1,3}([ \u00a0\u202f]\d{3})+\.\d+"),
}  # fmt: skip
_AMOUNT = re.compile(r"-?\d[\d.,'’ \u00a0\u202f]*([eE][+-]?\d+)?")


class Numbers(NamedTuple):
    """The signs of numbers, and whether what was seen could be read in another way too."""

    decimal: Literal[".", ","]
    thousands: Thousands
    unsure: str = ""


def plain(name: str) -> str:
    """Return a column's name in small letters and digits alone, without accents."""
    folded = unicodedata.normalize("NFKD", name.lower())
    return re.sub(r"[^a-z0-9]", "", folded)


def roles(header: Sequence[str], rows: Rows) -> dict[str, str]:
    """Return the columns that seem to be exporter, importer, year, product, value and quantity."""
    cells = {name: column(header, rows, name) for name in header if name}
    found: dict[str, str] = {}
    for role, words in WORDS.items():
        fits = _FITS.get(role, _anything)
        scored = [
            (rank, place, name)
            for place, name in enumerate(cells)
            if name not in found.values() and (rank := _rank(plain(name), words)) is not None
        ]
        chosen = next((name for _, _, name in sorted(scored) if fits(cells[name])), "")
        if chosen:
            found[role] = chosen
    for role in ("exporter", "importer"):
        # Named in no way that is known: the first columns that hold economies.
        if role not in found:
            others = [name for name in cells if name not in found.values() and _economies(cells[name])]
            found |= {role: others[0]} if others else {}
    return found


def column(header: Sequence[str], rows: Rows, name: str) -> list[str]:
    """Return the cells of a column."""
    place = list(header).index(name)
    return [row[place].strip() for row in rows if place < len(row)]


def amounts(values: Sequence[str]) -> bool:
    """Tell whether a column holds amounts."""
    return any(_AMOUNT.fullmatch(value) for value in values)


def numbers(values: Sequence[str], delimiter: str) -> Numbers:
    """Return the signs that the numbers of a column are written with."""
    given = [value for value in values if _AMOUNT.fullmatch(value)]
    for (thousands, decimal), pattern in _GROUPED.items():
        grouped = [value for value in given if pattern.fullmatch(value)]
        rest = [value for value in given if value not in grouped]
        other = "," if decimal == "." else "."
        if not grouped or any(other in value for value in rest):
            continue
        told = any(decimal in value for value in rest)
        if thousands in (",", ".") and not (told or _certain(grouped, thousands, decimal)):
            alone = thousands == "." or delimiter == ";"
            return Numbers(
                "," if thousands == "," and alone else ".",
                "" if alone else thousands,
                f"{grouped[0]} may be {grouped[0].replace(thousands, '')} or a fraction: look at it",
            )
        return Numbers(decimal, thousands)
    return Numbers("," if any("," in value for value in given) else ".", "")


def unit(text: str) -> ValueUnit:
    """Return the unit that the name of a column of values tells."""
    if text == "v" or _THOUSANDS.search(text):
        return "thousand USD"
    return "million USD" if _MILLIONS.search(text) else "USD"


def other_money(name: str) -> str:
    """Return the currency that a column's name tells, if it is not the dollar."""
    found = _OTHER_MONEY.search(name.replace("_", " "))
    return found[0].upper() if found and "usd" not in name.lower() else ""


def _certain(grouped: list[str], thousands: str, decimal: str) -> bool:
    """Tell whether grouped digits cannot be a fraction: two groups, or a decimal sign after them."""
    return any(value.count(thousands) > 1 or decimal in value for value in grouped)


def _rank(name: str, words: Sequence[str]) -> int | None:
    for rank, word in enumerate(words):
        rest = name.removeprefix(word)
        if name == word or (word not in ALONE and rest != name):
            return rank
        if word == "hs" and re.fullmatch(r"hs(6|\d\d|\d{4})?(code|6)?", name):
            return rank
    return None


def _economies(values: Sequence[str]) -> bool:
    given = [value for value in values if value]
    known = sum(1 for value in given if meaning(value).economy)
    return bool(given) and known >= 0.5 * len(given)


def _anything(_: Sequence[str]) -> bool:
    return True


def _names_or_codes(values: Sequence[str]) -> bool:
    return not values or _economies(values)


def _years(values: Sequence[str]) -> bool:
    given = [value for value in values if value]
    whole = [value for value in given if re.fullmatch(r"\d{4}(\.0+)?", value)]
    return not given or any(FIRST_YEAR <= int(value[:4]) <= LAST_YEAR for value in whole)


def _amounts_if_any(values: Sequence[str]) -> bool:
    given = [value for value in values if value.upper() not in MISSING]
    return not given or amounts(given)


def _products(values: Sequence[str]) -> bool:
    given = [value for value in values if value]
    return not given or any(re.fullmatch(r"\d{4,6}|TOTAL", value) for value in given)


_FITS: dict[str, Callable[[Sequence[str]], bool]] = {
    "exporter": _names_or_codes,
    "importer": _names_or_codes,
    "year": _years,
    "product": _products,
    "value": _amounts_if_any,
}
