"""How a number is written in English: units, digits, signs. Rounding is looks; facts keep full precision.

What is not zero is never written as zero, what is not whole never as a hundred, and a ratio that is not
one never as one: the digits grow until the difference shows. So do those of numbers that a sentence compares
(`alike`).

A number and both ends of its interval have the same decimals: of changes as many as show two digits of the
interval's width, of others the most that one of the three has by itself; and more where the ends would read
alike, or one of the three as zero or as a whole. The largest of the three has at most four digits for that:
what is too small to show beside it is told in words ("just above 0 %"). Amounts of money and mass have words
for their size ("million"), so not the decimals are the same but the significant digits.

`digits` is how many decimals a percentage has; amounts of money and mass have two more significant digits
than that, indices and ratios as many more or fewer decimals as percentages have. Ranks, counts, years,
distances and numbers of people have the digits that they have.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from hikiwake.core.document import MOST_DIGITS, USUAL_DIGITS
from hikiwake.core.provenance import RATIO, Fact, Unit

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
_MOST_FINER = 5
_SCALED = ("money", "mass", "amount")
"""Kinds of units whose numbers have significant digits: more where an interval is narrower than the usual."""
_EVEN = {"share": 100.0, "rate": 100.0, "points": 1.0, "index": 1.0, "ratio": 1.0}
"""Kinds of units whose numbers have the decimals of their intervals, and what is printed of one unit."""
_MOST_SIGNIFICANT = 4
"""Significant digits that this may give the largest: the ends of a ratio may be far apart."""
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
    if form == "ordinal":
        return spelt_ordinal(fact.value)
    shared = None if form == "whole" else _shared(fact, digits)
    if shared is not None:
        return _with_form(fact, form, shared)
    return _alone(fact, fact.value, form, _finer(fact, digits))


def _alone(fact: Fact, value: float, form: str, finer: int) -> str:
    """Write a number that has no decimals of an interval."""
    if form == "times":
        return f"{_ratio(value, finer)} times"
    if form == "points":
        return f"{'+' if value > 0 else ''}{_honest(value, 1 + finer)}"
    whole = form == "whole"
    written = _written(
        fact.unit, abs(value) if form == "abs" else value, whole=whole, finer=0 if whole else finer
    )
    if fact.unit.kind == "score" and fact.interval and fact.interval.kind == "standard error":
        written += f" (standard error {_score((fact.interval.high - fact.interval.low) / 2, finer)})"
    return _with_plus(written) if form == "signed" and value > 0 else written


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
    ends = (fact.interval.low, fact.interval.high)
    shared = _shared(fact, digits)
    if shared is not None:
        return " to ".join(f"{_fixed(fact.unit, end, shared, _ABOVE)}{_tail(fact.unit)}" for end in ends)
    finer = _finer(fact, digits)
    return " to ".join(_written(fact.unit, end, finer=finer) for end in ends)


def _with_form(fact: Fact, form: str, decimals: int) -> str:
    """Write a number with so many decimals, in one of the forms that show its value."""
    value = fact.value or 0.0
    digits = _fixed(fact.unit, abs(value) if form == "abs" else value, decimals)
    written = digits if form == "points" else f"{digits}{' times' if form == 'times' else _tail(fact.unit)}"
    return _with_plus(written) if form in ("signed", "points") and value > 0 else written


def _tail(unit: Unit) -> str:
    """Return what follows the digits of a number that has decimals."""
    if unit.kind in ("share", "rate"):
        return f"{NARROW}%"
    return PERCENTAGE_POINTS if unit.kind == "points" else ""


def _fixed(unit: Unit, value: float, decimals: int, small: str = "") -> str:
    """Write the digits of a number with so many decimals; in words what would read as zero or as a whole.

    `small` is how a positive number that would read as zero is told, if not by what it is less than.
    """
    printed, full = _EVEN[unit.kind] * value, _full(unit, value)
    if value != 0 and round(printed, decimals) == 0:
        least = f"{_LESS}{_plain(10.0**-decimals, decimals)}"
        return f"{_BELOW}0" if value < 0 else f"{small}0" if small else least
    if full is not None and _reads(printed, full, decimals):
        return f"{_BELOW if printed < full else _ABOVE}{_plain(full, 0)}"
    return _plain(printed, decimals)


def _reads(printed: float, other: float, decimals: int) -> bool:
    """Tell whether a number would read as another one that it is not, but for the noise of a sum."""
    differs = not math.isclose(printed, other, rel_tol=1e-12)
    return differs and round(printed, decimals) == round(other, decimals)


def _shared(fact: Fact, digits: int) -> int | None:
    """Return the decimals that a number shares with both ends of its interval.

    None where it has no interval, or is of a kind that has no decimals of its own.
    """
    spread, times = fact.interval, _EVEN.get(fact.unit.kind)
    # Ends that differ in the twelfth digit are the noise of a sum, and no interval.
    if spread is None or times is None or math.isclose(spread.low, spread.high, rel_tol=1e-12):
        return None
    asked = digits - USUAL_DIGITS
    three = [spread.low, spread.high, *([] if fact.value is None else [fact.value])]
    printed = [times * each for each in three]
    reach = max(map(abs, printed))
    most = min(MOST_DIGITS, max(1, _MOST_SIGNIFICANT - 1 - math.floor(math.log10(reach))))
    usual = max(_usual(fact.unit, each) for each in three)
    if asked >= 0 and fact.unit.kind in ("rate", "points"):
        usual = max(usual, 1 + _deserved(printed))
    decimals = max(0, min(usual, most) + asked)
    while decimals < MOST_DIGITS and _reads(printed[0], printed[1], decimals):
        decimals += 1
    for value, shown in zip(three, printed, strict=True):
        for other in (0.0, _full(fact.unit, value)):
            if other is not None:
                needed = next((n for n in range(decimals, most + 1) if not _reads(shown, other, n)), decimals)
                decimals = max(decimals, needed)
    return decimals


def _usual(unit: Unit, value: float) -> int:
    """Return the decimals that a number has by itself."""
    if unit.kind == "index":
        return 1 if unit.symbol == "0-100" else _two(value)
    return _two(value) if unit.kind == "ratio" and abs(value) < 0.95 else 1


def _full(unit: Unit, value: float) -> float | None:
    """Return the whole that a number must not be taken for, as it is printed: a hundred percent, or one."""
    if unit.kind == "share" or (unit.kind == "rate" and abs(value) < 1):
        # A fall by nearly all is not one by all, also where the sign is told in words.
        return math.copysign(100.0, value)
    if unit.kind == "index":
        return 100.0 if unit.symbol == "0-100" else math.copysign(1.0, value)
    # Some ratios run from minus one to one, so minus one counts as one does.
    return math.copysign(1.0, value) if unit.kind == "ratio" and abs(abs(value) - 1) >= 0.0005 else None


def _finer(fact: Fact, digits: int) -> int:
    """Return how many digits more than usual are asked for, or set the ends of an amount's interval apart."""
    asked = digits - USUAL_DIGITS
    if fact.interval is None or fact.unit.kind not in _SCALED:
        return asked
    low, high = fact.interval.low, fact.interval.high
    if math.isclose(low, high, rel_tol=1e-12):
        return asked
    for finer in range(asked, max(asked + 1, _MOST_FINER)):
        if _written(fact.unit, low, finer=finer) != _written(fact.unit, high, finer=finer):
            return finer
    return asked


def _deserved(printed: list[float]) -> int:
    """Return the decimals beyond the first that the interval of a rate or of points deserves.

    Two significant digits of its width, and no more than three of the largest of its ends and value.
    """
    width, reach = abs(printed[1] - printed[0]), max(map(abs, printed))
    by_width, by_reach = -math.floor(math.log10(width)), 1 - math.floor(math.log10(reach))
    return max(0, min(by_width, by_reach, _MOST_FINER))


def _written(unit: Unit, value: float, *, whole: bool = False, finer: int = 0) -> str:
    if unit.kind in ("money", "mass", "amount"):
        money = unit.kind == "money"
        head, tail = ("US$", unit.symbol.removeprefix("USD")) if money else ("", f"{NO_BREAK}{unit.symbol}")
        return f"{MINUS if value < 0 else ''}{head}{_scaled(abs(value), finer)}{tail}"
    if unit.kind == "index":
        return _honest(value, 0 if whole else _usual(unit, value) + finer, _full(unit, value))
    if unit.kind in ("share", "rate"):
        return _percent(value, digits=0 if whole else 1 + finer, full=_full(unit, value))
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
    """Write a ratio: one decimal, two below one; more where it would read as one and is not."""
    return _honest(value, _usual(RATIO, value) + finer, _full(RATIO, value))


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
