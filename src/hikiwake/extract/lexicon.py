"""The words and signs that figures are made of in English texts, and the patterns of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

RELATIONS = {
    "less than": "less than", "fewer than": "less than", "under": "less than", "below": "less than",
    "more than": "more than", "over": "more than", "well over": "more than", "above": "more than",
    "exceeding": "more than", "in excess of": "more than", "greater than": "more than",
    "at least": "at least", "no less than": "at least", "not less than": "at least",
    "a minimum of": "at least",
    "at most": "at most", "up to": "up to", "no more than": "at most", "not more than": "at most",
    "a maximum of": "at most", "about": "about", "around": "about", "roughly": "about",
    "approximately": "about", "approx.": "about", "some": "about", "circa": "about", "ca.": "about",
    "c.": "about",
    "an estimated": "about", "close to": "about", "~": "about", "≈": "about", "nearly": "nearly",
    "almost": "nearly", "just under": "nearly", "slightly less than": "nearly", "not quite": "nearly",
    "just over": "just over", "slightly more than": "just over", "a little over": "just over",
    "<": "less than",
    ">": "more than", "≤": "at most", "≥": "at least", "a mere": "", "only": "", "just": "", "as much as": "",
    "as many as": "", "a total of": "", "exactly": "",
}  # fmt: skip
SCALES = {
    "thousand": "thousand", "million": "million", "billion": "bn", "trillion": "tn", "bn": "bn",
    "mn": "million",
    "tn": "tn", "trn": "tn", "m": "million", "k": "thousand", "b": "bn",
}  # fmt: skip
# What is written -> unit of the claim language; None: a unit that it has not.
CURRENCIES: dict[str, str | None] = {
    "us$": "USD", "usd": "USD", "$": "USD", "us dollars": "USD", "us dollar": "USD", "dollars": "USD",
    "dollar": "USD",
    "€": "EUR", "eur": "EUR", "euros": "EUR", "euro": "EUR", "¥": "JPY", "jpy": "JPY", "yen": "JPY",
    "£": None, "gbp": None, "pounds": None, "pound": None, "roubles": None, "rubles": None, "rouble": None,
    "ruble": None, "yuan": None, "renminbi": None, "rmb": None, "cny": None, "won": None, "rupees": None,
    "francs": None, "a$": None, "au$": None, "aud": None, "c$": None, "nz$": None, "hk$": None,
    "s$": None, "chf": None,
    "rub": None, "₽": None, "krw": None,
}  # fmt: skip
UNITS: dict[str, str | None] = {
    "tonnes": "t", "tonne": "t", "tons": "t", "metric tons": "t", "metric tonnes": "t", "mt": "Mt",
    "kt": "kt",
    "t": "t", "kg": "kg", "bcm": "bcm", "cubic metres": "m3", "cubic meters": "m3", "m3": "m3", "m³": "m3",
    "barrels": "barrels", "barrels a day": None, "barrels per day": None, "b/d": None, "bpd": None,
    "km": "km", "kilometres": "km", "kilometers": "km", "km2": "km2", "km²": "km2",
    "square kilometres": "km2",
    "square kilometers": "km2", "people": "persons", "persons": "persons", "inhabitants": "persons",
    "residents": "persons", "gw": None, "mw": None, "kw": None, "twh": None, "gwh": None, "mwh": None,
    "kwh": None,
    "hectares": None, "miles": None, "metres": None, "meters": None, "m": None, "nautical miles": None,
    "degrees": None, "cm": None, "mm": None, "litres": None, "bushels": None, "basis points": None,
}  # fmt: skip
TIMES = {"years": "years", "year": "years", "days": "days", "day": "days"}
SPANS = {
    "months": None,
    "month": None,
    "weeks": None,
    "week": None,
    "decades": None,
    "hours": None,
    "minutes": None,
}
_PERCENT = r"%|per\s?cent\b|percent\b|pct\b"
_POINTS = r"percentage[ -]points?|per\s?cent(?:age)? points?|pp\b|p\.p\."
WORDS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15",
    "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30",
    "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
}  # fmt: skip
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ONES = "one|two|three|four|five|six|seven|eight|nine"


def _any(words: Iterable[str]) -> str:
    """Return a pattern of the words, the longest first, that ends where a word ends."""
    made = [re.escape(word) + (r"(?![A-Za-z])" if word[-1].isalnum() else "") for word in words]
    return "|".join(sorted(made, key=len, reverse=True))


_DIGITS = r"(?:\d{1,3}(?:[,\u0020\u00a0\u202f\u2009'’]\d{3})+(?![\d])(?:\.\d+)?|\d+(?:\.\d+)?)"
_SPELT = rf"(?:(?:{_TENS})-(?:{_ONES})|{'|'.join(sorted(WORDS, key=len, reverse=True))}|one)(?![A-Za-z])"
QUANTITY = re.compile(
    rf"(?:(?<![A-Za-z])(?P<relation>{_any(RELATIONS)})\s*)?(?<![\w.,])(?P<sign>[+−-])?"
    rf"(?:(?P<before>{_any(CURRENCIES)})\s*)?(?P<between>between\s+)?"
    rf"(?P<number>(?<![\d]){_DIGITS}|(?<![A-Za-z-]){_SPELT})"
    rf"(?:\s*(?:{_PERCENT})?\s*(?:(?P<scale1>{_any(SCALES)})\s*)?(?(between)(?:-|–|\bto\b|\band\b)|(?:-|–|\bto\b))\s*"
    rf"(?:{_any(CURRENCIES)})?"
    rf"\s*(?P<second>{_DIGITS})(?=\s*(?:{_PERCENT}|{_any(SCALES)}|{_any(UNITS)}|{_any(CURRENCIES)}|years)))?"
    rf"(?:[\s-]*(?P<scale>{_any(SCALES)}))?"
    rf"(?:[\s-]*(?:of\s+)?(?:(?P<points>{_POINTS})|(?P<percent>{_PERCENT})|(?P<after>{_any(CURRENCIES)})"
    rf"|(?P<unit>{_any(UNITS)})|(?P<time>{_any(TIMES)})|(?P<span>{_any(SPANS)})|(?P<times>times\b|-?fold\b)))?",
    re.IGNORECASE,
)
FRACTION = re.compile(
    rf"(?:\b(?P<relation>{_any(RELATIONS)})\s+)?\b(?P<fraction>(?:one|a)[ -](?:half|"
    rf"third|quarter|fifth|tenth)|"
    r"(?:two|three|four)[ -](?:thirds|quarters|fifths)|half)\b(?P<of>\s+(?:of|the|its|their|all)\b)?",
    re.IGNORECASE,
)
MULTIPLE = re.compile(
    r"(?:\b(?P<relation>more than|nearly|almost|about|roughly|just over|"
    r"at least) )?\b(?P<word>doubled|tripled|trebled|quadrupled|quintupled|sextupled|"
    r"halved|"
    r"(?:two|three|four|five|six|seven|eight|nine|ten)fold)\b|\b(?:by|"
    r"of) a factor of (?P<factor>\d+(?:\.\d+)?|[a-z]+)\b",
    re.IGNORECASE,
)
RANK = re.compile(
    r"\b(?:(?P<place>second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d{1,2}(?:st|nd|rd|th))[ -])?"
    r"(?:largest|biggest|(?:most )?important|main|leading|top|number one)\b|"
    r"\bin (?P<first>first|second|third) place\b",
    re.IGNORECASE,
)
VAGUE = re.compile(
    r"\b(?:a few|several|dozens of|a couple of) (?P<unit>kilomet(?:re|er)s|km|years)\b", re.IGNORECASE
)
LABEL = re.compile(
    r"https?://[^\s<>]+|www\.[^\s<>]+|[^\s<>@]{1,64}@[^\s<>@]{1,190}"
    r"|\[\d{1,3}(?:[,–-]\s?\d{1,3})*\]"
    r"|\b(?i:Articles?|Art\.|Sections?|Chapters?|Tables?|Figures?|Fig\.|Annex|No\.|Nos\.|Resolution|pages?|pp?\.|Note|"
    r"HS|Directive|Regulation|Paragraph|Volume|Vol\.|PE|ISBN|Box|Phase|Group of)\s?\d(?:[\d./:–-]*\d)?"
    r"|\b\d{1,2}:\d{2}\b|\b\d{1,2}(?:st|nd|rd|th) century\b|\b\d{1,3}(?:st|nd|rd|"
    r"th)\b|\b[Tt]wo(?: plus two|-way|-thirds majority)\b"
    r"|\b(?!(?:USD?|EUR|JPY|FY|GBP|RMB|CNY|RUB)\d)[A-Za-z]+[-–]?\d[\w.-]*"
)
ORDINALS = {
    "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7", "eighth": "8",
    "ninth": "9", "tenth": "10",
}  # fmt: skip
NTH = re.compile(
    rf"\b(?P<place>{'|'.join(ORDINALS)}|\d{{1,2}}(?:st|nd|rd|"
    rf"th)) (?P<noun>(?:[a-z]+ )?(?:visit|trip|meeting|summit))\b",
    re.IGNORECASE,
)
ALONE = re.compile(rf"\d+(?:[.,]\d+)*|\b(?:{'|'.join(WORDS)})\b", re.IGNORECASE)
