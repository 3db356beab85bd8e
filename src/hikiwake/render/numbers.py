"""How a number is written in English: units, digits, signs. Rounding is looks; facts keep full precision.

A share that is not zero is never written as zero, and one that is not whole never as a hundred: the
digits grow until the difference shows.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from hikiwake.core.provenance import Fact

NARROW = "\u202f"
NO_BREAK = "\u00a0"
MINUS = "\u2212"
NO_DATA = "no data"

_WORDS = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}
_MOST_DIGITS = 6


def number(fact: Fact, form: str = "") -> str:
    """Write a fact's value with its unit.

    Forms: `year` (its period), `abs`, `signed`, `times` (how many times), `bare` (no unit).
    """
    if form == "year":
        return period(fact)
    if fact.value is None:
        return NO_DATA
    value = abs(fact.value) if form == "abs" else fact.value
    if form == "times":
        return f"{_plain(value, _fitting(value, 2))} times"
    written = _by_kind(fact, value)
    return f"+{written}" if form == "signed" and value > 0 else written


def period(fact: Fact) -> str:
    """Write the years a fact is about."""
    first, last = fact.period.first, fact.period.last
    return str(first) if first == last else f"{first}–{last}"


def ordinal(rank: float) -> str:
    """Write a rank: 1st, 2nd, 3rd, 11th."""
    whole = round(rank)
    if whole % 100 in (11, 12, 13):
        return f"{whole}th"
    return f"{whole}{_ORDINALS.get(whole % 10, 'th')}"


def _by_kind(fact: Fact, value: float) -> str:
    kind, symbol = fact.unit.kind, fact.unit.symbol
    if kind == "money":
        return _money(value, symbol)
    if kind == "index":
        return _plain(value, 1 if symbol == "0-100" else _fitting(value, 2))
    writer = _WRITERS.get(kind)
    if writer is not None:
        return writer(value)
    return _amount(value, f"{NO_BREAK}{symbol}") if kind == "mass" else _plain(value, _fitting(value, 2))


def _money(value: float, symbol: str) -> str:
    sign = MINUS if value < 0 else ""
    tail = "" if symbol == "USD" else symbol.removeprefix("USD")
    return f"{sign}US${_scaled(abs(value))}{tail}"


def _amount(value: float, tail: str) -> str:
    sign = MINUS if value < 0 else ""
    return f"{sign}{_scaled(abs(value))}{tail}"


def _scaled(value: float) -> str:
    # Half a unit of the third digit below a word's size already reads as that size.
    for size, word in _WORDS:
        if value >= size * 0.9995:
            return f"{_three(value / size)}{NO_BREAK}{word}"
    return _plain(value, 0) if value >= 99.5 or value == round(value) else _three(value)


def _three(value: float) -> str:
    """Write three significant digits, without an exponent."""
    if value == 0:
        return "0"
    return _plain(value, max(0, 2 - math.floor(math.log10(float(f"{value:.2e}")))))


def _percent(share: float, *, whole: bool) -> str:
    value = share * 100
    digits = 1
    while digits < _MOST_DIGITS and _misleads(value, digits, whole=whole):
        digits += 1
    if _misleads(value, digits, whole=whole):
        return f"less than {_plain(10.0**-digits, digits)}{NARROW}%"
    return f"{_plain(value, digits)}{NARROW}%"


def _misleads(value: float, digits: int, *, whole: bool) -> bool:
    shown = round(value, digits)
    return (shown == 0 and value != 0) or (whole and shown == 100 and value != 100)


def _fitting(value: float, digits: int) -> int:
    """Return how many decimals keep `digits` significant digits of a small number."""
    if value == 0 or abs(value) >= 1:
        return digits
    return min(_MOST_DIGITS, digits - 1 - math.floor(math.log10(abs(value))))


def _plain(value: float, digits: int) -> str:
    text = f"{abs(value):,.{digits}f}"
    negative = value < 0 and float(text.replace(",", "")) != 0
    return f"{MINUS}{text}" if negative else text


_WRITERS: dict[str, Callable[[float], str]] = {
    "persons": lambda value: _amount(value, ""),
    "share": lambda value: _percent(value, whole=True),
    "rate": lambda value: _percent(value, whole=False),
    "points": lambda value: f"{_plain(value * 100, 1)} percentage points",
    "rank": ordinal,
    "distance": lambda value: f"{_plain(value, 0)}{NO_BREAK}km",
    "count": lambda value: _plain(value, 0),
    "year": lambda value: str(round(value)),
    "score": lambda value: _plain(value, 2),
}
