"""What the columns of a table seem to be: by their names in several languages, and by what they hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from hikiwake.sources.imports.checking import ABSENT, AFTER, BEFORE, DAYS, FIRST_YEAR, LAST_YEAR
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
        "экспортер", "странаэкспорт", "出口国", "输出国", "輸出国",
    ),
    "importer": (
        "importer", "importing", "importeur", "importateur", "importador", "importatore", "isoimp",
        "iso3d", "isod", "dest", "bestimmung", "paisimportador", "paysimportateur", "buyer", "j", "imp",
        "to", "partneriso", "partner", "counterpart",
        "импортер", "странаимпорт", "странапартнер", "进口国", "输入国", "輸入国",
    ),
    "year": (
        "year", "t", "jahr", "annee", "ano", "anno", "refyear", "referenceyear", "period", "time", "date",
        "fecha", "datum", "fiscalyear", "financialyear", "год", "年",
    ),
    "product": (
        "product", "k", "hs", "cmdcode", "commodity", "producto", "produit", "prodotto", "produto", "ware",
        "hscode", "hts", "cn8", "nc8", "ncm", "taric", "tariffcode", "tariffline", "zolltarif", "sitc",
        "codehs", "codigohs", "codigosa", "codesh", "sh6", "sa6", "codigoproducto", "codeproduit", "товар",
        "кодтн", "商品",
    ),
    "value": (
        "value", "v", "usd", "exportvalue", "exportval", "exports", "primaryvalue", "tradevalue",
        "fobvalue", "wert", "valeur", "valor", "valore", "amount", "flow", "trade", "usm", "стоимость",
        "金额", "金額", "価額",
    ),
    "quantity": (
        "quantity", "q", "netw", "weight", "qty", "kg", "tonne", "menge", "gewicht", "quantite",
        "cantidad", "poids", "вес", "количество", "数量", "重量",
    ),
}  # fmt: skip
ALONE = frozenset({"i", "j", "k", "t", "v", "q", "to", "from", "exp", "imp", "hs"})
"""Words that are whole names: many others begin with them."""
_THOUSANDS = re.compile(
    r"k_?usd|kusd|thousand|1[.,' ]?000|'000|tausend|tsd|milliers|miles|migliaia|milhares|тыс|千"
    r"|valor.*\bmil\b|\bmil\b.*d[oó]lar",
    re.IGNORECASE,
)
_MILLIONS = re.compile(
    r"m_?usd|mill|mln|\bmio\b|\bmn\b|\$ ?m\b|usd ?m\b|milh|млн|百万|\(m\)|\bmil\b", re.IGNORECASE
)
_BILLIONS = re.compile(
    r"billion|milliard|miliard|(?<![a-z])(bn|bln|mrd|mld)(?![a-z])|mil(es|hares)? de mil|bilh|млрд|十亿|十億"
    r"|\$ ?b\b",
    re.IGNORECASE,
)
_OTHER_MONEY = re.compile(
    r"(?<![a-z])(eur|euros?|chf|gbp|jpy|yen|rub|rubles?|cny|rmb|yuan|inr|rupees?|cad|aud|krw|brl|mxn|pounds?"
    r"|francs?|pesos?|local currency|lcu|national currency)(?![a-z])|[€£¥₽₹]",
    re.IGNORECASE,
)
PRODUCT = re.compile(r"'?\d{5,6}(\.0+)?|\d{4}\.(\d\d|[1-9])|\d\d\.\d\d\.\d\d")
"""Codes of six digits, also where the first is a zero that was lost."""
DOLLARS = re.compile(
    r"usd|us ?\$|\$ ?us|u\$s|us dollar|dollars? us|долл|(?<![a-z])dollars?(?![a-z])|\$", re.IGNORECASE
)
NO_AMOUNT = re.compile(
    r"growth|\bshare|(?<!ex)change|percent|%|\brank|index\b|per ?capita|variation|veränderung|anteil"
    r"|crecimiento|croissance|wachstum|quota\b|participación|unit ?price|unit ?value|flag\b"
    r"|balance|\bnet.?(export|trade)|saldo|solde",
    re.IGNORECASE,
)
"""What the name of a column says that holds numbers, but not what was traded."""
_CIF = re.compile(r"(?<![a-z])cif(?![a-z])", re.IGNORECASE)
_FOB = re.compile(r"(?<![a-z])fob(?![a-z])", re.IGNORECASE)
_KILOGRAMS = re.compile(r"(?<![a-z])(kgs?|kilo\w*|кг)(?![a-z])|公斤|キログラム", re.IGNORECASE)
_TONNES = re.compile(
    r"(?<![a-z])(t|tonn\w*|tons?|mt|toneladas?|tonel\w*|metric tons?|т)(?![a-z])|吨|トン", re.IGNORECASE
)
_PIECES = re.compile(
    r"(?<![a-z])(number|no\.|pieces?|pcs|items?|units?|unidades|unités|stück|lit(re|er)s?|l|m[23²³]|barrels?|bbl"
    r"|pairs?|u|mwh|gwh|tj|carats?)(?![a-z])",
    re.IGNORECASE,
)
_GROUPED: dict[tuple[Thousands, Literal[".", ","]], re.Pattern[str]] = {
    (",", "."): re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?"),
    (".", ","): re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?"),
    ("'", "."): re.compile(r"-?\d{1,3}(['’]\d{3})+(\.\d+)?"),
    (" ", ","): re.compile(r"-?\d{1,3}([ \u00a0\u202f]\d{3})+(,\d+)?"),
    (" ", "."): re.compile(r"-?\d{1,3}([ \u00a0\u202f]\d{3})+\.\d+"),
}  # fmt: skip
_AMOUNT = re.compile(
    r"((US ?)?\$ ?|USD )?-?\d[\d.,'’ \u00a0\u202f]*([eE][+-]?\d+)?( ?[*†‡⁰¹²³⁴-⁹]+| [pers])?"
)


class Numbers(NamedTuple):
    """The signs of numbers, and whether what was seen could be read in another way too."""

    decimal: Literal[".", ","]
    thousands: Thousands
    unsure: str = ""


def plain(name: str) -> str:
    """Return a column's name in small letters (of any script) and digits alone, without accents."""
    folded = unicodedata.normalize("NFKD", name.lower())
    return re.sub(r"[\W_]", "", folded)


def roles(header: Sequence[str], rows: Rows) -> dict[str, str]:
    """Return the columns that seem to be exporter, importer, year, product, value and quantity."""
    cells = {name: column(header, rows, name) for name in header if name}
    found: dict[str, str] = {}
    for role in WORDS:
        fits = _FITS.get(role, _anything)
        called = [name for name in named(header, role) if name not in found.values()]
        chosen = next((name for name in called if fits(cells[name])), "")
        if chosen:
            found[role] = chosen
    for role in ("exporter", "importer"):
        # Named in no way that is known: the first columns that hold economies.
        if role not in found:
            others = [name for name in cells if name not in (*found.values(), *called_otherwise(header))]
            others = [name for name in others if _economies(cells[name])]
            found |= {role: others[0]} if others else {}
    return found


def named(header: Sequence[str], role: str) -> list[str]:
    """Return the columns whose names sound like a role, the likeliest first."""
    scored = []
    for place, name in enumerate(header):
        rank = _rank(plain(name), WORDS[role])
        if rank is not None and not (role == "value" and NO_AMOUNT.search(name)):
            # Exports are free on board; a column with carriage beside it is told by importers.
            last = role == "value" and (bool(other_money(name)) or valuation(name) == "CIF")
            scored.append((last, rank, place, name))
    return [name for *_, name in sorted(scored)]


def called_otherwise(header: Sequence[str]) -> set[str]:
    """Return the columns whose names say that they hold no economies."""
    told = {name for role in ("year", "product", "value", "quantity") for name in named(header, role)}
    imports = re.compile(r"imports?((value|val|usd|cif).*)?")
    return told | {name for name in header if imports.fullmatch(plain(name)) or NO_AMOUNT.search(name)}


def column(header: Sequence[str], rows: Rows, name: str) -> list[str]:
    """Return the cells of a column."""
    place = list(header).index(name)
    return [row[place].strip() for row in rows if place < len(row)]


def bare(value: str) -> str:
    """Return an amount without the sign of its money and marks of footnotes."""
    return re.sub(AFTER, "", re.sub(BEFORE, "", value))


def amounts(values: Sequence[str]) -> bool:
    """Tell whether a column holds amounts."""
    return any(_AMOUNT.fullmatch(value) for value in values)


def numbers(values: Sequence[str], delimiter: str) -> Numbers:
    """Return the signs that the numbers of a column are written with."""
    given = [bare(value) for value in values if _AMOUNT.fullmatch(value)]
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


def valuation(name: str) -> Literal["", "FOB", "CIF"]:
    """Return what the name of a column of values says of carriage."""
    spaced = name.replace("_", " ")
    return "CIF" if _CIF.search(spaced) else "FOB" if _FOB.search(spaced) else ""


def billions(text: str) -> bool:
    """Tell whether the name of a column speaks of thousands of millions."""
    return _BILLIONS.search(text) is not None


def mass(text: str) -> Literal["kg", "t", "other", ""]:
    """Return the unit of mass that a text tells: "other" for neither kg nor t, "" where it tells none."""
    spaced = text.replace("_", " ")
    kilograms = _KILOGRAMS.search(spaced) is not None
    if _THOUSANDS.search(spaced) or _MILLIONS.search(spaced) or re.search(r"\bkt\b", spaced.lower()):
        return "t" if kilograms and not _MILLIONS.search(spaced) else "other"
    if kilograms:
        return "kg"
    if text.lower() == "q" or _TONNES.search(spaced):
        return "t"
    return "other" if _PIECES.search(spaced) else ""


def of_quantity(text: str) -> bool:
    """Tell whether a text speaks of a unit of mass, or of pieces and the like, and of no dollars."""
    spaced = text.replace("_", " ")
    return not DOLLARS.search(text) and any(one.search(spaced) for one in (_KILOGRAMS, _TONNES, _PIECES))


def other_money(name: str) -> str:
    """Return the currency that a column's name tells, if it is not the dollar."""
    found = _OTHER_MONEY.search(name.replace("_", " "))
    return found[0].upper() if found and not DOLLARS.search(name) else ""


def _certain(grouped: list[str], thousands: str, decimal: str) -> bool:
    """Tell whether grouped digits cannot be a fraction: two groups, or a decimal sign after them."""
    return any(value.count(thousands) > 1 or decimal in value for value in grouped)


def _rank(name: str, words: Sequence[str]) -> int | None:
    for rank, word in enumerate(words):
        rest = name.removeprefix(word)
        if name == word or (word not in ALONE and rest != name):
            return rank
        if word == "hs" and re.fullmatch(r"hs(\d{1,2}|\d{4})?(code|6)?", name):
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
    whole = [value[:4] for value in given if re.fullmatch(r"\d{4}(\.0+)?", value)]
    days = [found[1] for form in DAYS for value in given if (found := re.fullmatch(form, value))]
    return not given or any(FIRST_YEAR <= int(value) <= LAST_YEAR for value in (*whole, *days))


def _amounts_if_any(values: Sequence[str]) -> bool:
    given = [value for value in values if value.upper() not in ABSENT]
    return not given or amounts(given)


def has_products(values: Sequence[str]) -> bool:
    """Tell whether a column holds codes of six digits."""
    return any(PRODUCT.fullmatch(value) for value in values)


_FITS: dict[str, Callable[[Sequence[str]], bool]] = {
    "exporter": _names_or_codes,
    "importer": _names_or_codes,
    "year": _years,
    "product": has_products,
    "value": _amounts_if_any,
}
