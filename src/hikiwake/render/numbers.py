"""How a number is written in English: units, digits, signs. Rounding is looks; facts keep full precision.

What is not zero is never written as zero, what is not whole never as a hundred, and a ratio that is not
one never as one: the digits grow until the difference shows. So do those of a number and its interval whose
two ends would read alike, and of numbers that a sentence compares (`alike`). The ends of an interval have the
same decimals, unless the larger would have more digits than it deserves.

`digits` is how many decimals a percentage has; amounts of money and mass have two more significant digits
than that, indices and ratios as many more or fewer decimals as percentages have. Ranks, counts, years,
distances and numbers of people have the digits that they have.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from hikiwake.core.document import MOST_DIGITS, USUAL_DIGITS
from hikiwake.core.provenance import Fact, Unit

NARROW = "\u202f"
NO_BREAK = "\u00a0"
MINUS = "\u2212"
NO_DATA = "no data"
PERCENTAGE_POINTS = " percentage points"

FORMS = ("", "year", "abs", "signed", "times", "ordinal", "whole", "range", "level", "points")
"""What a template may ask of a number; see `number`."""

_WORDS = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_SPELT = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_LESS = "less than "
_BELOW, _ABOVE = "just below ", "just above "
"""How a number is told that is nearer to a round one than any that is printed, where "less" would mislead."""
_NUMBER = re.compile(r"\d[\d,]*(?:\.(\d+))?")
_LEAST = re.compile(rf"^{_LESS}0\.0*1")
_MOST_FINER = 5
_GROW = ("money", "mass", "amount", "index", "share", "rate", "ratio", "points")
"""Kinds of units whose numbers get more digits where an interval is narrower than the usual ones."""
_EVEN = {"share": 100.0, "rate": 100.0, "points": 1.0, "index": 1.0, "ratio": 1.0}
"""Kinds of units whose intervals have the same decimals at both ends, and what is printed of one unit."""
_MOST_SIGNIFICANT = 4
"""Significant digits that this may give the larger end: the ends of a ratio may be far apart."""
_COMPARED = ("money", "mass", "amount", "index", "share", "ratio")
_LEVELS = ("", "abs", "whole", "times")


def number(fact: Fact, form: str = "", digits: int = USUAL_DIGITS) -> str:
    """Write a fact's value with its unit.

    Parameters
    ----------
    fact : what is written; a value of None reads "no data".
    form : '' (by the unit's kind), `year` (the fact's period), `abs` (without its sign), `signed` (with a
        plus or minus), `times` ("1.8 times"), `ordinal` ("third", "12th"), `whole` (no decimals, unless
        that would mislead), `range` (the interval's ends), `level` (the interval's level, "95 %"), `points`
        (signed, without the unit, where a heading says percentage points).
    digits : decimals of a percentage, 0 to 6; other kinds of numbers follow it.

    Raises
    ------
    ValueError
        The form is unknown, or asks for an interval that the fact does not have.
    """
    if form not in FORMS:
        msg = f"numbers have no form {form!r}"
        raise ValueError(msg)
    if form == "year":
        return period(fact)
    if form in ("range", "level"):
        return _interval(fact, form, digits)
    if fact.value is None:
        return NO_DATA
    finer = _finer(fact, digits)
    if form == "times":
        return f"{_ratio(fact.value, finer)} times"
    if form in _FORMED:
        return _FORMED[form](fact.value) if form != "points" else _points(fact.value, finer)
    whole = form == "whole"
    value = abs(fact.value) if form == "abs" else fact.value
    written = _written(fact.unit, value, whole=whole, finer=0 if whole else finer)
    if fact.unit.kind == "score" and fact.interval and fact.interval.kind == "standard error":
        written += f" (standard error {_score((fact.interval.high - fact.interval.low) / 2, finer)})"
    return _with_plus(written) if form == "signed" and fact.value > 0 else written


def _with_plus(written: str) -> str:
    """Put a plus before the digits, which words may precede."""
    words = _LESS if written.startswith(_LESS) else ""
    return f"{words}+{written.removeprefix(words)}"


def alike(one: Fact, other: Fact, form: str = "", digits: int = USUAL_DIGITS) -> bool:
    """Tell whether two numbers of one measure that differ read the same, so that none seems the larger.

    Of levels only: a change, and an estimate with its interval, have the digits that they deserve.
    """
    if (one.formula, one.unit) != (other.formula, other.unit) or one.unit.kind not in _COMPARED:
        return False
    if one.value is None or other.value is None or one.interval or other.interval or form not in _LEVELS:
        return False
    # What differs in the twelfth digit is the noise of a sum.
    differ = not math.isclose(one.value, other.value, rel_tol=1e-12)
    return differ and number(one, form, digits) == number(other, form, digits)


def period(fact: Fact) -> str:
    """Write the years a fact is about."""
    first, last = fact.period.first, fact.period.last
    return str(first) if first == last else f"{first}–{last}"


def ordinal(rank: float) -> str:
    """Write a rank: 1st, 2nd, 3rd, 11th."""
    whole = round(rank)
    if whole % 100 in (11, 12, 13):
        return f"{whole}th"
    return f"{_plain(whole, 0)}{_ENDINGS.get(whole % 10, 'th')}"


def spelt_ordinal(rank: float) -> str:
    """Write a rank in words up to the tenth, then as `ordinal` does."""
    whole = round(rank)
    return _SPELT[whole - 1] if 1 <= whole <= len(_SPELT) else ordinal(rank)


def unit_title(unit: Unit) -> str:
    """Name a unit at the head of a column or an axis; empty where numbers need none."""
    if unit.kind == "money":
        return f"US${unit.symbol.removeprefix('USD')}"
    if unit.kind == "index":
        return f"index, {unit.symbol.replace('-', '–')}"
    return _TITLES.get(unit.kind, "")


def _interval(fact: Fact, form: str, digits: int) -> str:
    if fact.interval is None:
        msg = f"fact {fact.id} has no interval to write as {form!r}"
        raise ValueError(msg)
    if form == "level":
        return _percent(fact.interval.level, digits=0)
    finer = _finer(fact, digits)
    return " to ".join(_evenly(fact.unit, (fact.interval.low, fact.interval.high), finer))


def _evenly(unit: Unit, ends: tuple[float, float], finer: int) -> list[str]:
    """Write the ends of an interval, with the same decimals where these fit both."""
    written = [_LEAST.sub(f"{_ABOVE}0", _written(unit, end, finer=finer)) for end in ends]
    times = _EVEN.get(unit.kind, 0.0)
    decimals = max(len(_NUMBER.findall(text)[-1]) for text in written) if times else 0
    reach = times * max(map(abs, ends))
    if not reach or decimals + 1 + math.floor(math.log10(reach)) > _MOST_SIGNIFICANT:
        return written
    digits = [f"{times * abs(end):,.{decimals}f}" for end in ends]
    # An end in words stays.
    return [
        text if text.startswith((_BELOW, _ABOVE, _LESS, "more than")) else _NUMBER.sub(number, text, count=1)
        for text, number in zip(written, digits, strict=True)
    ]


def _finer(fact: Fact, digits: int) -> int:
    """Return how many digits more than usual are asked for, or set the ends of a fact's interval apart."""
    asked = digits - USUAL_DIGITS
    if fact.interval is None or fact.unit.kind not in _GROW:
        return asked
    low, high = fact.interval.low, fact.interval.high
    # Ends that differ in the twelfth digit are the noise of a sum, and no interval.
    if math.isclose(low, high, rel_tol=1e-12):
        return asked
    least = max(asked, _deserved(fact)) if asked >= 0 and fact.unit.kind in ("rate", "points") else asked
    for finer in range(least, max(least + 1, _MOST_FINER)):
        if _written(fact.unit, low, finer=finer) != _written(fact.unit, high, finer=finer):
            return finer
    return least


def _deserved(fact: Fact) -> int:
    """Return the decimals beyond the first that the interval of a rate or of points deserves.

    Two significant digits of its width, and no more than three of its larger end.
    """
    if fact.interval is None:
        return 0
    times = 100.0 if fact.unit.kind == "rate" else 1.0
    ends = (fact.interval.low, fact.interval.high, fact.value or 0.0)
    width, reach = times * (fact.interval.high - fact.interval.low), times * max(abs(end) for end in ends)
    by_width, by_reach = -math.floor(math.log10(width)), 1 - math.floor(math.log10(reach))
    return max(0, min(by_width, by_reach, _MOST_FINER))


def _points(value: float, finer: int) -> str:
    return f"{'+' if value > 0 else ''}{_honest(value, 1 + finer)}"


def _written(unit: Unit, value: float, *, whole: bool = False, finer: int = 0) -> str:
    if unit.kind in ("money", "mass", "amount"):
        money = unit.kind == "money"
        head, tail = ("US$", unit.symbol.removeprefix("USD")) if money else ("", f"{NO_BREAK}{unit.symbol}")
        return f"{MINUS if value < 0 else ''}{head}{_scaled(abs(value), finer)}{tail}"
    if unit.kind == "index":
        if unit.symbol == "0-100":
            return _honest(value, 0 if whole else 1 + finer, 100.0)
        return _honest(value, 0 if whole else _two(value) + finer, math.copysign(1.0, value))
    if unit.kind in ("share", "rate"):
        digits = 0 if whole else 1 + finer
        # A fall by nearly all is not one by all, also where the sign is told in words.
        full = math.copysign(100.0, value) if unit.kind == "share" or abs(value) < 1 else None
        return _percent(value, digits=digits, full=full)
    if unit.kind in ("ratio", "points"):
        points = unit.kind == "points"
        return f"{_honest(value, 1 + finer)}{PERCENTAGE_POINTS}" if points else _ratio(value, finer)
    return _WRITERS[unit.kind](value, finer)


def _scaled(value: float, finer: int = 0) -> str:
    # Half a unit of the third digit below a word's size already reads as that size.
    for size, word in _WORDS:
        if value >= size * 0.9995:
            return f"{_three(value / size, finer)}{NO_BREAK}{word}"
    if value == round(value) or (value >= 99.5 and finer <= 0):
        return _plain(value, 0)
    return _three(value, finer)


def _three(value: float, finer: int = 0) -> str:
    """Write three significant digits, and `finer` more, without an exponent."""
    if value == 0:
        return "0"
    return _plain(value, max(0, 2 - math.floor(math.log10(float(f"{value:.2e}"))) + finer))


def _persons(value: float) -> str:
    """Write people to a tenth of a million, for censuses are that good."""
    if value < _WORDS[-1][0] * 0.9995 or value >= _WORDS[-2][0] * 0.9995:
        return _scaled(value)
    return f"{_plain(value / 1e6, 2 if value < 9.995e6 else 1)}{NO_BREAK}million"


def _percent(share: float, *, digits: int = 1, full: float | None = None) -> str:
    return f"{_honest(share * 100, digits, full)}{NARROW}%"


def _score(value: float, finer: int) -> str:
    """Write a score with two decimals, for its standard error is of that order, or so that it is not zero."""
    return _plain(value, 2 + finer) if round(value, 2 + finer) else _honest(value, 2 + finer)


def _honest(value: float, digits: int, full: float | None = None) -> str:
    """Write a number with `digits` decimals, or with as many as keep it apart from zero and from `full`.

    A number that would be written as zero gets two significant digits. Beyond six decimals no reader
    wants more: then the side it is on is said in words, and "more" never of a negative number.
    """
    least = 10.0**-MOST_DIGITS
    # What differs from the whole in the twelfth digit is the noise of a sum, not a remainder.
    if value == 0 or (full is not None and math.isclose(value, full, rel_tol=1e-12)):
        return _plain(value, digits)
    if abs(value) < least / 2:
        return f"{_LESS}{_plain(least, MOST_DIGITS)}" if value > 0 else f"{_BELOW}0"
    if round(value, 1) == 0 or round(value, digits) == 0:
        wanted = min(MOST_DIGITS, max(digits, 1 - math.floor(math.log10(abs(value)))))
        # A zero at the end is a digit like another, unless the number is as short as that: 0.04 and no more.
        fewer = wanted - 1 > digits and math.isclose(value, round(value, wanted - 1), rel_tol=1e-12)
        return _plain(value, wanted - fewer)
    while digits < MOST_DIGITS and round(value, digits) in (0, full):
        digits += 1
    if full is not None and round(value, digits) == full:
        return _beside(full, below=value < full)
    return _plain(value, digits)


def _beside(full: float, *, below: bool) -> str:
    """Write what differs from a whole by less than any number that is printed."""
    if full < 0:
        return f"{_BELOW if below else _ABOVE}{_plain(full, 0)}"
    least = 10.0**-MOST_DIGITS
    return f"{'more' if below else 'less'} than {_plain(full + (-least if below else least), MOST_DIGITS)}"


def _ratio(value: float, finer: int = 0) -> str:
    """Write a ratio: one decimal, two below one; more where it would read as one and is not.

    Some ratios run from minus one to one, so minus one counts as one does.
    """
    full = math.copysign(1.0, value) if abs(abs(value) - 1) >= 0.0005 else None
    return _honest(value, (1 if abs(value) >= 0.95 else _two(value)) + finer, full)


def _two(value: float) -> int:
    """Return the decimals that show two significant digits of a number below one (two from there on)."""
    return 2 if value == 0 or abs(value) >= 0.1 else min(MOST_DIGITS, 1 - math.floor(math.log10(abs(value))))


def _plain(value: float, digits: int) -> str:
    text = f"{abs(value):,.{digits}f}"
    negative = value < 0 and float(text.replace(",", "")) != 0
    return f"{MINUS}{text}" if negative else text


_TITLES = {
    "share": "%",
    "rate": "%",
    "points": "percentage points",
    "mass": "t",
    "distance": "km",
    "persons": "persons",
    "duration": "years",
}
_WRITERS: dict[str, Callable[[float, int], str]] = {
    "score": _score,
    "duration": lambda value, finer: f"{_honest(value, 1 + finer)}{NO_BREAK}years",
    "persons": lambda value, _: _persons(value),
    "rank": lambda value, _: ordinal(value),
    "distance": lambda value, _: (
        f"{_plain(value, 0 if abs(value) >= 10 or value == round(value) else 1)}{NO_BREAK}km"
    ),
    "count": lambda value, _: _plain(value, 0),
    "year": lambda value, _: str(round(value)),
}
_FORMED: dict[str, Callable[[float], str]] = {
    "ordinal": spelt_ordinal,
}
