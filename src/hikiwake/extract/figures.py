"""The figures of a sentence: every number, in digits or words, as what it is and as claims have it.

Each run of digits lies in exactly one figure; what is no quantity (a label, a code, an address) says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, cast

from hikiwake.core.claim import printed
from hikiwake.extract import calendar, lexicon

Kind = Literal[
    "share", "points", "money", "amount", "multiple", "rank", "count", "duration", "date", "label", "bare"
]  # fmt: skip


class Figure(NamedTuple):
    """A figure: its place in the sentence, what it is, and its value in the claim language.

    Of a date the value is a date of `hikiwake.core.dates`. `why` is the reason where no claim can be made of
    it; `noun` is the word that tells what is counted or measured.
    """

    start: int
    end: int
    kind: Kind
    value: str
    why: str = ""
    noun: str = ""


def figures(text: str) -> list[Figure]:
    """Return the figures of a sentence in its order; none overlaps another."""
    taken: list[Figure] = []
    free = text
    for finder in (_labels, _dates, _multiples, _ranks, _fractions, _vague, _quantities, _bare):
        for figure in finder(free):
            taken.append(figure)
            free = f"{free[: figure.start]}{_TAKEN * (figure.end - figure.start)}{free[figure.end :]}"
    return sorted(taken)


_TAKEN = "\x00"
"""Stands in place of each letter of a figure that has been found."""


def _labels(text: str) -> list[Figure]:
    found = [found for found in lexicon.LABEL.finditer(text) if re.search(r"\d|two", found[0], re.IGNORECASE)]
    return [
        Figure(*one.span(), "label", one[0], "a label, a code or an address, no quantity") for one in found
    ]


def _dates(text: str) -> list[Figure]:
    return [Figure(one.start, one.end, "date", one.value, one.why) for one in calendar.dates(text)]


def _multiples(text: str) -> list[Figure]:
    made = []
    for found in lexicon.MULTIPLE.finditer(text):
        factor = found["factor"]
        value = (
            found["word"].lower() if found["word"] else f"{lexicon.WORDS.get(factor.lower(), factor)} times"
        )
        if found["relation"]:
            value = _loosely(lexicon.RELATIONS[found["relation"].lower()], value)
        made.append(_checked(*found.span(), "multiple", value))
    return made


def _loosely(relation: str, word: str) -> str:
    """Write "more than doubled" as a multiple; more than halved is less than half of what there was."""
    if word == "halved":
        turned = {
            "more than": "less than",
            "at least": "at most",
            "nearly": "just over",
            "just over": "nearly",
        }
        return f"{turned.get(relation, relation)} 0.5 times"
    return f"{relation} {printed.parse(word).number:g} times"


def _ranks(text: str) -> list[Figure]:
    made = [
        _checked(
            *found.span(),
            "count",
            f"{_ordinal(found['place'])} {found['noun'].lower()}s",
            noun=f"{found['noun']}s",
        )
        for found in lexicon.NTH.finditer(text)
    ]
    for found in lexicon.RANK.finditer(text):
        value = (found["place"] or found["first"] or "first").lower()
        if (
            found["place"]
            or found["first"]
            or re.search(r"largest|biggest|top|leading|number|most", found[0], re.I)
        ):
            made.append(Figure(*found.span(), "rank", value))
    return made


def _ordinal(text: str) -> str:
    return lexicon.ORDINALS.get(text.lower()) or re.sub(r"\D", "", text)


def _fractions(text: str) -> list[Figure]:
    made = []
    for found in lexicon.FRACTION.finditer(text):
        words = re.sub(r"[ -]", " ", found["fraction"].lower())
        ordinal = re.search(r"\b(?:first|second|other|latter|every) $", text[: found.start()], re.I)
        bare = words == "half" or words.startswith("a ")
        if ordinal or (bare and not found["of"] and not found["relation"]):
            continue
        if re.match(
            r"\s*(?:a )?(?:century|decade|year|hour|million|billion)", text[found.end("fraction") :], re.I
        ):
            continue
        value = _related(found["relation"], words)
        made.append(_checked(found.start(), found.end("fraction"), "share", value))
    return made


def _vague(text: str) -> list[Figure]:
    found = lexicon.VAGUE.finditer(text)
    return [
        _checked(*one.span(), "amount", re.sub(r"kilomet\w+", "km", one[0].lower()), noun="km")
        for one in found
    ]


def _quantities(text: str) -> Iterator[Figure]:
    for found in lexicon.QUANTITY.finditer(text):
        spelt = not found["number"][0].isdigit()
        named = any(
            found[group]
            for group in ("percent", "points", "before", "after", "unit", "time", "span", "times")
        )
        if (
            spelt
            and not (named or found["scale"])
            and (found["number"].lower() == "one" or not _noun(text, found))
        ):
            continue
        start = found.start("relation") if found["relation"] else found.start()
        yield _quantity(text, found, start)


def _quantity(text: str, found: re.Match[str], start: int) -> Figure:
    number, end = _number(found), found.end()
    if found["before"] or found["after"]:
        return _money(found, start, number)
    if found["unit"] or found["span"]:
        return _measured(found, start, number)
    if not any(found[group] for group in ("points", "percent", "times", "time")):
        return _counted(text, found, start, number)
    if found["points"]:
        return Figure(
            start, end, "points", number, "a change in percentage points, which the claim language has not"
        )
    kind, unit = next(
        (kind, unit)
        for group, kind, unit in (
            ("percent", "share", "%"),
            ("times", "multiple", "times"),
            ("time", "duration", lexicon.TIMES.get((found["time"] or "").lower(), "")),
        )
        if found[group]
    )
    return _checked(start, end, cast("Kind", kind), _related(found["relation"], f"{number} {unit}"))


def _measured(found: re.Match[str], start: int, number: str) -> Figure:
    unit = found["unit"] or found["span"]
    name = (lexicon.UNITS | lexicon.SPANS)[unit.lower()]
    if name is None:
        return Figure(start, found.end(), "bare", number, f"the claim language has no unit {unit!r}")
    return _checked(start, found.end(), "amount", _related(found["relation"], f"{number} {name}"), noun=name)


def _counted(text: str, found: re.Match[str], start: int, number: str) -> Figure:
    end = found.end()
    noun = _noun(text, found)
    if noun.istitle():
        return _checked(
            start, end, "amount", _related(found["relation"], f"{number} persons"), noun="persons"
        )
    if noun:
        return _checked(start, end, "count", _related(found["relation"], f"{number} {noun}"), noun=noun)
    return Figure(start, end, "bare", number, "a number without a unit")


def _money(found: re.Match[str], start: int, number: str) -> Figure:
    written = found["before"] or found["after"]
    currency = lexicon.CURRENCIES[written.lower()]
    if currency is None:
        return Figure(start, found.end(), "money", number, f"the claim language has no currency {written!r}")
    return _checked(
        start, found.end(), "money", _related(found["relation"], f"{number} {currency}"), noun=currency
    )


def _number(found: re.Match[str]) -> str:
    """Return the number as printed, both ends of a range, with the short name of its scale."""
    number = _digits(found["number"])
    if found["second"]:
        number = f"{number} to {_digits(found['second'])}"
    scale = found["scale"] or found["scale1"]
    sign = "-" if found["sign"] in {"-", "−"} else ""
    return f"{sign}{number} {lexicon.SCALES[scale.lower()]}" if scale else f"{sign}{number}"


def _digits(text: str) -> str:
    lower = text.lower()
    if lower[0].isdigit():
        return re.sub(r"[\u00a0\u202f\u2009]", " ", text)
    tens, _, ones = lower.partition("-")
    if ones:
        return str(int(lexicon.WORDS[tens]) + int(lexicon.WORDS.get(ones, "1")))
    return lexicon.WORDS.get(lower, "1")


def _noun(text: str, found: re.Match[str]) -> str:
    """Return what is counted: up to two words after the number, the last a plural; or a people's name."""
    rest = text[found.end() :]
    people = re.match(r"\s+([A-Z][a-z]+(?:ese|ans|ish))\b(?! [a-z]+s\b)", rest)
    if people:
        return people[1]
    counted = re.match(r"\s+((?:[a-z]+[ -]){0,2}[a-z]{2,}s)\b", rest)
    if not counted or re.search(
        r"\b(?:of|in|the|and|or|as|is|was|to|by|from|at|its|has|on|with)\b", counted[1]
    ):
        return ""
    return counted[1].replace("-", " ")


def _related(relation: str | None, value: str) -> str:
    if relation and " to " in value:
        relation = None  # the ends of "some 3 to 4 %" are rounded already
    known = lexicon.RELATIONS.get(re.sub(r"\s+", " ", relation.lower()), "") if relation else ""
    return f"{known} {value}".strip()


def _checked(start: int, end: int, kind: Kind, value: str, noun: str = "") -> Figure:
    """Return a figure whose value the claim language reads; else a bare number with the reason."""
    try:
        printed.parse(value)
    except ValueError as fault:
        reason = str(fault).partition(";")[0]
        return Figure(start, end, "bare", value, f"not a value of the claim language ({reason})")
    return Figure(start, end, kind, value, noun=noun)


def _bare(text: str) -> list[Figure]:
    found = lexicon.ALONE.finditer(text)
    return [
        Figure(
            *one.span(), "bare", one[0], f"a number {'' if one[0][0].isdigit() else 'word '}without a unit"
        )
        for one in found
    ]
