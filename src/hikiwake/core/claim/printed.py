"""A value as a text prints it, and every number that it may stand for.

Rounding is part of a claim. "8 %" stands for all of [7.5, 8.5), "less than 4 %" for [0, 4), "about half"
for a published band. A claim holds when the recomputed number lies in the band.
"""

from __future__ import annotations

import math
import re
from difflib import get_close_matches
from typing import Literal

import msgspec

Measure = Literal[
    "share", "USD", "JPY", "EUR", "AUD", "CAD", "CNY", "GBP", "INR", "KRW", "RUB", "t", "m3", "barrels",
    "multiple", "rank", "count", "years", "days", "km", "km2", "persons", "year", "sign",
]  # fmt: skip
Relation = Literal["equals", "about", "below", "above", "between", "direction", "extreme"]

ABOUT = 0.10
"""Half width of the band of "about" and of fractions in words, relative to the number."""
FEWEST_DIGITS = 2
"""Zeros that end a whole number above 100 are rounding after so many digits: 17 000 is [16 500, 17 500)."""

# What is written -> (what it measures, factor to the base unit).
UNITS: dict[str, tuple[Measure, float]] = {
    "%": ("share", 0.01), "per cent": ("share", 0.01), "percent": ("share", 0.01),
    "usd": ("USD", 1.0), "us$": ("USD", 1.0), "$": ("USD", 1.0), "dollar": ("USD", 1.0),
    "dollars": ("USD", 1.0), "us dollars": ("USD", 1.0),
    "jpy": ("JPY", 1.0), "yen": ("JPY", 1.0), "eur": ("EUR", 1.0), "euro": ("EUR", 1.0),
    "euros": ("EUR", 1.0), "€": ("EUR", 1.0), "¥": ("JPY", 1.0),
    "aud": ("AUD", 1.0), "a$": ("AUD", 1.0), "australian dollars": ("AUD", 1.0), "cad": ("CAD", 1.0),
    "c$": ("CAD", 1.0), "canadian dollars": ("CAD", 1.0), "cny": ("CNY", 1.0), "rmb": ("CNY", 1.0),
    "yuan": ("CNY", 1.0), "gbp": ("GBP", 1.0), "£": ("GBP", 1.0), "pounds": ("GBP", 1.0),
    "inr": ("INR", 1.0), "rupees": ("INR", 1.0), "krw": ("KRW", 1.0), "won": ("KRW", 1.0),
    "rub": ("RUB", 1.0), "roubles": ("RUB", 1.0), "rubles": ("RUB", 1.0),
    "t": ("t", 1.0), "tonne": ("t", 1.0), "tonnes": ("t", 1.0), "tons": ("t", 1.0), "kt": ("t", 1e3),
    "mt": ("t", 1e6), "kg": ("t", 1e-3), "bcm": ("m3", 1e9), "m3": ("m3", 1.0), "barrels": ("barrels", 1.0),
    "barrels a day": ("barrels", 365.25), "barrels per day": ("barrels", 365.25), "bpd": ("barrels", 365.25),
    "times": ("multiple", 1.0), "fold": ("multiple", 1.0), "x": ("multiple", 1.0),
    "years": ("years", 1.0), "year": ("years", 1.0), "days": ("days", 1.0), "day": ("days", 1.0),
    "km": ("km", 1.0), "kilometres": ("km", 1.0), "km2": ("km2", 1.0), "km²": ("km2", 1.0),
    "persons": ("persons", 1.0), "people": ("persons", 1.0), "inhabitants": ("persons", 1.0),
}  # fmt: skip
_SCALES = {
    "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "b": 1e9,
    "trillion": 1e12, "trn": 1e12, "tn": 1e12,
}  # fmt: skip
_FRACTIONS = {
    "half": 1 / 2, "one half": 1 / 2, "a half": 1 / 2, "third": 1 / 3, "a third": 1 / 3, "one third": 1 / 3,
    "two thirds": 2 / 3, "quarter": 1 / 4, "a quarter": 1 / 4, "one quarter": 1 / 4, "three quarters": 3 / 4,
    "fifth": 1 / 5, "a fifth": 1 / 5, "one fifth": 1 / 5, "two fifths": 2 / 5, "three fifths": 3 / 5,
    "four fifths": 4 / 5, "a tenth": 1 / 10, "one tenth": 1 / 10,
}  # fmt: skip
_MULTIPLES = {
    "doubled": 2, "twice": 2, "tripled": 3, "trebled": 3, "quadrupled": 4, "quintupled": 5, "sextupled": 6,
    "halved": 0.5, "twofold": 2, "threefold": 3, "fourfold": 4, "fivefold": 5, "sixfold": 6, "sevenfold": 7,
    "eightfold": 8, "ninefold": 9, "tenfold": 10,
}  # fmt: skip
_NUMBERS = {
    "no": 0, "none": 0, "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "once": 1,
}  # fmt: skip
_ORDINALS = {
    "first": 1, "largest": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10,
}  # fmt: skip
# Vague words -> the band that they stand for.
_VAGUE = {"a couple of": (1.5, 3.5), "a few": (2.0, 10.0), "several": (2.0, 10.0), "dozens of": (20.0, 100.0)}
# Words before a number -> relation. The band of "nearly" and "just over" begins or ends at the number.
_BEFORE: dict[str, str] = {
    "about": "about", "around": "about", "roughly": "about", "approximately": "about", "some": "about",
    "circa": "about", "ca.": "about", "~": "about", "≈": "about",
    "less than": "<", "under": "<", "below": "<", "fewer than": "<", "<": "<", "not quite": "nearly",
    "nearly": "nearly", "almost": "nearly", "close to": "about", "just under": "nearly",
    "at most": "<=", "up to": "<=", "no more than": "<=", "not more than": "<=", "<=": "<=", "≤": "<=",
    "more than": ">", "over": ">", "above": ">", ">": ">", "exceeding": ">", "just over": "just over",
    "at least": ">=", "no less than": ">=", "not less than": ">=", ">=": ">=", "≥": ">=", "top": "<=",
    "=": "=", "exactly": "=",
}  # fmt: skip
_SIGNS = {
    "rose": (0.0, math.inf), "grew": (0.0, math.inf), "increased": (0.0, math.inf), "rise": (0.0, math.inf),
    "growth": (0.0, math.inf), "surplus": (0.0, math.inf),
    "fell": (-math.inf, 0.0), "declined": (-math.inf, 0.0), "decreased": (-math.inf, 0.0),
    "fall": (-math.inf, 0.0), "dropped": (-math.inf, 0.0), "decline": (-math.inf, 0.0),
    "deficit": (-math.inf, 0.0),
}  # fmt: skip
UNCHANGED = 0.02
"""A change smaller than this counts as none."""
_EXTREMES = {"record": 1, "highest": 1, "peak": 1, "lowest": -1, "trough": -1, "record low": -1}

_NUMBER = r"[+\-−]?\d[\d,  ' ]*(?:\.\d+)?(?:[eE][+-]?\d+)?"


class Printed(msgspec.Struct, frozen=True):
    """A printed value: the text, what it measures, its relation, the number, and the band it stands for.

    Numbers are in base units (USD, tonnes, shares as 1 = 100 %). The band is [low, high); `low_open` says
    that its lower end is not in it ("more than"), `high_closed` that its upper end is ("at most").
    For a direction the band is one of relative changes; for an extreme `number` is 1 or -1.
    """

    text: str
    measure: Measure | None
    relation: Relation
    number: float
    low: float
    high: float
    low_open: bool = False
    high_closed: bool = False

    def holds(self, value: float) -> bool:
        """Say whether a recomputed number lies in the band, but for the rounding errors of computing it."""
        slack = 1e-9 * max(1e-300, abs(value))
        low = value > self.low + slack if self.low_open else value >= self.low - slack
        high = value <= self.high + slack if self.high_closed else value < self.high - slack
        return low and high

    def __str__(self) -> str:
        return self.text


def parse(given: str | float) -> Printed:
    """Read a value as printed.

    Parameters
    ----------
    given : a number, or text such as `34.8 bn USD`, `less than 4 %`, `about half`, `3 to 4 %`, `quadrupled`,
        `fell by 12 %`, `record`, `second`, `top 3`, `more than 70 years`.

    Raises
    ------
    ValueError
        The text is not a value; the message says what is understood.

    Examples
    --------
    >>> printed = parse("8 %")
    >>> printed.low, printed.high, printed.measure
    (0.075, 0.085, 'share')
    >>> parse("less than 4 %").holds(0.112), parse("quadrupled").holds(4.2)
    (False, True)
    """
    if isinstance(given, bool):
        raise ValueError("yes and no are not values; put a value that must be `no` in quotes")  # noqa: TRY004
    text = re.sub(r"\s+", " ", str(given).replace(" ", " ").replace(" ", " ")).strip()
    if not text or len(text) > 80:
        raise ValueError("a value is a short text, for example 34.8 bn USD, 8 % or less than 4 %")
    lower = text.lower()
    return _word(text, lower) or _change(text, lower) or _range(text, lower) or _amount(text, lower)


def _word(text: str, lower: str) -> Printed | None:
    if lower in _EXTREMES:
        return Printed(text, "sign", "extreme", _EXTREMES[lower], -math.inf, math.inf)
    if lower in {"unchanged", "stable", "stagnated"}:
        return Printed(text, "sign", "direction", 0.0, -UNCHANGED, UNCHANGED)
    if lower in _SIGNS:
        low, high = _SIGNS[lower]
        return Printed(text, "sign", "direction", math.copysign(1, low + high), low, high, low_open=low == 0)
    ordinal = re.fullmatch(r"(?:number |#)?(\d+)(?:st|nd|rd|th)", lower)
    if lower in _ORDINALS or ordinal:
        rank = int(ordinal[1]) if ordinal else _ORDINALS[lower]
        return Printed(text, "rank", "equals", rank, rank - 0.5, rank + 0.5)
    if lower in {"most", "the majority", "a majority", "majority"}:
        return Printed(text, "share", "above", 0.5, 0.5, math.inf, low_open=True)
    return None


def _change(text: str, lower: str) -> Printed | None:
    """`rose by 12 %`, `fell 3.4 %`, `+20 %`: a relative change with its sign."""
    found = re.fullmatch(rf"({'|'.join(_SIGNS)}) (?:by )?(.+)", lower)
    if found:
        inner = parse(found[2])
        if inner.measure not in {"share", None}:
            raise ValueError(
                f"{text!r}: a change is given in per cent; write the level as a claim of its own"
            )
        if _SIGNS[found[1]][1] == 0.0:
            return Printed(
                text, "share", inner.relation, -inner.number, -inner.high, -inner.low,
                low_open=not inner.high_closed, high_closed=not inner.low_open,
            )  # fmt: skip
        return msgspec.structs.replace(inner, text=text)
    return None


def _range(text: str, lower: str) -> Printed | None:
    found = re.fullmatch(
        rf"(?:between |from )?({_NUMBER})\s*([a-z%$€¥. ]*?)\s*(?:-|–|to|and)\s*({_NUMBER})\s*(.*)", lower
    )
    if not found:
        return None
    unit = found[4] or found[2]
    low, high = _amount(f"{found[1]} {found[2] or unit}", None), _amount(f"{found[3]} {unit}", None)
    if high.number < low.number:
        raise ValueError(f"the range {text!r} ends below where it begins")
    return Printed(text, high.measure, "between", (low.number + high.number) / 2, low.low, high.high)


def _amount(text: str, lower: str | None) -> Printed:
    rest = (lower or text.lower()).strip()
    for words, (low, high) in _VAGUE.items():
        if rest.startswith(words + " "):
            measure, factor = _unit(rest[len(words) :], None, text)
            return Printed(text, measure, "about", (low + high) / 2 * factor, low * factor, high * factor)
    relation = "="
    for words in sorted(_BEFORE, key=len, reverse=True):
        if rest.startswith(words) and (not words[-1].isalpha() or rest[len(words) : len(words) + 1] == " "):
            relation, rest = _BEFORE[words], rest[len(words) :].strip()
            break
    number, half_width, measure = _number(rest, text)
    return _band(text, relation, number, half_width, measure)


def _number(rest: str, text: str) -> tuple[float, float, Measure | None]:
    """Return the number in base units, half the width of its rounding, and what it measures."""
    if rest in _FRACTIONS:
        return _FRACTIONS[rest], ABOUT * _FRACTIONS[rest], "share"
    if rest in _MULTIPLES:
        multiple = float(_MULTIPLES[rest])
        return multiple, 0.5 if multiple >= 1 else ABOUT * multiple, "multiple"
    prefix, measure_before = "", None
    for symbol in sorted(UNITS, key=len, reverse=True):
        if rest.startswith(symbol) and not rest[len(symbol) : len(symbol) + 1].isalpha():
            prefix, measure_before = symbol, UNITS[symbol]
            rest = rest[len(symbol) :].strip()
            break
    found = re.match(_NUMBER, rest)
    word = re.match(r"[a-z]+", rest)
    if found:
        digits, tail = found[0].strip(), rest[found.end() :].strip()
        value, half = _rounded(digits)
    elif word and word[0] in _NUMBERS and not prefix:
        digits, tail = word[0], rest[word.end() :].strip()
        value, half = float(_NUMBERS[word[0]]), 0.5
    else:
        raise ValueError(_unreadable(text))
    scale, tail = _scaled(tail)
    # What is counted is named in plain words after a whole number: four visits.
    countable = scale == 1.0 and value == int(value) and not tail.startswith("-")
    measure, factor = _unit(tail, measure_before, text, countable=countable)
    return value * scale * factor, half * scale * factor, measure


def _scaled(tail: str) -> tuple[float, str]:
    found = re.match(r"[a-z]+", tail)
    if found and found[0] in _SCALES:
        rest = tail[found.end() :].strip().removeprefix("of ").strip()
        return _SCALES[found[0]], rest
    return 1.0, tail


def _unit(
    tail: str, before: tuple[Measure, float] | None, text: str, *, countable: bool = True
) -> tuple[Measure | None, float]:
    tail = tail.strip(" .-")
    if before is not None:
        if tail and tail in UNITS and UNITS[tail][0] != before[0]:
            raise ValueError(f"{text!r} has two units")
        return before
    if not tail:
        return None, 1.0
    if tail in UNITS:
        return UNITS[tail]
    if countable and re.fullmatch(r"[a-z][a-z -]{1,30}", tail):
        return "count", 1.0  # four visits, three ministers: what is counted stands in the claim itself
    near = get_close_matches(tail, list(UNITS), n=2, cutoff=0.6)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Known are {', '.join(sorted(UNITS))}"
    raise ValueError(f"{text!r}: unit {tail!r} is not known. {hint}")


def _rounded(digits: str) -> tuple[float, float]:
    """Return the number and half of the last place that it is printed to."""
    plain = re.sub(r"[,'  ]", "", digits).replace("−", "-")
    value = float(plain)
    if not math.isfinite(value):
        raise ValueError(f"{digits!r} is too large a number")
    if "e" in plain.lower():
        mantissa, _, exponent = plain.lower().partition("e")
        return value, _rounded(mantissa)[1] * 10.0 ** int(exponent)
    if "." in plain:
        return value, 0.5 * 10.0 ** -len(plain.partition(".")[2])
    whole = plain.lstrip("+-0")
    zeros = len(whole) - len(whole.rstrip("0"))
    if abs(value) <= 100:
        return value, 0.5
    return value, 0.5 * 10.0 ** max(0, min(zeros, len(whole) - FEWEST_DIGITS))


def _band(text: str, relation: str, number: float, half: float, measure: Measure | None) -> Printed:
    wide = max(half, ABOUT * abs(number))
    floor = -math.inf if number <= 0 else 0.0
    # relation as read -> relation, low, high, low_open, high_closed
    bands: dict[str, tuple[Relation, float, float, bool, bool]] = {
        "=": ("equals", number - half, number + half, False, False),
        "about": ("about", number - wide, number + wide, False, True),
        "nearly": ("about", number - wide, number, False, False),
        "just over": ("about", number, number + wide, True, False),
        "<": ("below", floor, number, False, False),
        "<=": ("below", floor, number, False, True),
        ">": ("above", number, math.inf, True, False),
        ">=": ("above", number, math.inf, False, False),
    }
    kind, low, high, low_open, high_closed = bands[relation]
    return Printed(text, measure, kind, number, low, high, low_open, high_closed)


def _unreadable(text: str) -> str:
    return (
        f"{text!r} is not a value; write for example 34.8 bn USD, 8 %, less than 4 %, about half, "
        "quadrupled, fell, fell by 12 %, record, second, four"
    )
