"""The dates of a sentence: days, months, years, and spans of them, as `hikiwake.core.dates` writes them."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from typing import NamedTuple

from hikiwake.core.dates import PartialDate


class Found(NamedTuple):
    """A date of a sentence; `why` says what keeps it from being one."""

    start: int
    end: int
    value: str
    why: str = ""


_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?:1[0-9]|20)\d{2}"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_JOIN = r"\s*(?:-|–|/|\band\b|\bto\b)\s*"
_PATTERNS = (
    ("iso", rf"(?P<y>{_YEAR})-(?P<m>\d{{2}})-(?P<d>\d{{2}})"),
    ("days", rf"(?P<d>{_DAY})(?:{_JOIN}(?P<d2>{_DAY}))?\s+(?:of\s+)?(?P<m>{_MONTH}),?\s+(?P<y>{_YEAR})"),
    ("days", rf"(?P<m>{_MONTH})\s+(?P<d>{_DAY})(?:{_JOIN}(?P<d2>{_DAY}))?,?\s+(?P<y>{_YEAR})"),
    ("months", rf"(?P<m>{_MONTH})(?:{_JOIN}(?P<m2>{_MONTH}))?,?\s+(?P<y>{_YEAR})"),
    ("nameless", rf"(?P<d>{_DAY})\s+(?P<m>{_MONTH})|(?P<m_>{_MONTH})\s+(?P<d_>{_DAY})(?!\d)"),
    ("fiscal", rf"(?:FY|(?:fiscal|financial) years?)\s?(?P<y>{_YEAR})"
               rf"(?:\s?[/–-]\s?(?P<y2>\d{{4}}|\d{{2}}))?"),
    ("part", rf"(?:(?:first|second|third|fourth|last) (?:half|quarter|(?:\w+ )?months)|H[12]|Q[1-4])"
             rf"(?: of)?(?: the year)? (?P<y>{_YEAR})"),
    ("decade", rf"(?P<y>{_YEAR})s"),
    ("years", rf"(?P<y>{_YEAR})\s?[–/-]\s?(?P<y2>{_YEAR}|\d{{2}})"),
    ("year", rf"(?P<y>{_YEAR})"),
)  # fmt: skip
_DATES = [
    (
        name,
        re.compile(
            rf"(?<![\d.,$€£¥+−])(?<![\d]-)(?<![A-Za-z]\d)(?:\b{pattern})(?![\w%]|[.,]\d|\s?%)", re.IGNORECASE
        ),
    )
    for name, pattern in _PATTERNS
]
_UNIT_AFTER = re.compile(
    r"\s*(?:tonnes|tons|million|billion|trillion|bn|per\s?cent|dollars|people|persons|km|barrels|euros?|yen)\b",
    re.I,
)


def dates(text: str) -> list[Found]:
    """Return the dates of a sentence, the fullest first."""
    found: list[Found] = []
    for name, pattern in _DATES:
        for match in pattern.finditer(text):
            if _UNIT_AFTER.match(text, match.end()) or any(
                m.start < match.end() and match.start() < m.end for m in found
            ):
                continue
            date = _date(name, match)
            if date is not None:
                found.append(date)
    return found


def _date(name: str, match: re.Match[str]) -> Found | None:
    if name == "nameless":
        return Found(*match.span(), "", "a day without a year")
    if name == "part":
        return Found(*match.span(), match["y"], "a part of a year")
    text = _FORMS[name](match)
    try:
        return Found(*match.span(), PartialDate.parse(text).text)
    except ValueError:
        return None


def _days(match: re.Match[str]) -> str:
    month = _MONTHS[match["m"].lower().rstrip(".")]
    first, last = (_day(match[group]) for group in ("d", "d2"))
    return f"{match['y']}-{month:02d}-{first}" + (f"/{last}" if last else "")


def _day(text: str | None) -> str:
    return f"{int(re.sub(r'[a-z]', '', text.lower())):02d}" if text else ""


def _months(match: re.Match[str]) -> str:
    first, last = (match[group] and _MONTHS[match[group].lower().rstrip(".")] for group in ("m", "m2"))
    return f"{match['y']}-{first:02d}" + (f"/{last:02d}" if last else "")


def _years(match: re.Match[str]) -> str:
    last = match["y2"]
    return match["y"] + (f"/{last}" if last else "")


def _decade(match: re.Match[str]) -> str:
    return f"{match['y']}/{int(match['y']) + 9}"


_FORMS: dict[str, Callable[[re.Match[str]], str]] = {
    "iso": lambda match: match[0],
    "days": _days,
    "months": _months,
    "fiscal": _years,
    "decade": _decade,
    "years": _years,
    "year": lambda match: str(match["y"]),
}
