"""Prints the numbers of a set as text: what, of whom, when, how much, how sure, and the id to ask about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from hikiwake.core.country import country
from hikiwake.core.document import USUAL_DIGITS
from hikiwake.core.products import short_name
from hikiwake.render.language import possessive
from hikiwake.render.numbers import number

if TYPE_CHECKING:
    from hikiwake.core.factset import FactSet
    from hikiwake.core.provenance import Fact

NOTHING = (
    "The data at hand allow none of these numbers for this pair and year.\n"
    "`hikiwake data list` names the data there are; `hikiwake data add FILE` brings in more."
)

ALL = "All economies"
WIDEST = 78
_ENDS = ("exporter", "importer", "economy", "partner")
# What a formula's name calls whom: the exporter (or the one economy) i, the importer (or the other) j.
_LETTERS = {"i": ("exporter", "economy"), "j": ("importer", "partner")}
_LETTER = re.compile(r"\b([ij])(['’]s)?(?!\w)")


def listed(
    found: FactSet, digits: int = USUAL_DIGITS, named: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Return facts as lines of plain text, those of the same economies, goods and years under one heading.

    `digits` is how many decimals a percentage has (see `hikiwake.render.numbers`), `named` groups by id.
    """
    groups: dict[str, list[str]] = {}
    names = [_named(found.ledger.formulas[fact.formula].name, fact.subject) + _made(fact) for fact in found]
    width = min(max(map(len, names), default=0), WIDEST)
    for fact, name in zip(found, names, strict=True):
        sure = f"  ({number(fact, 'range', digits)})" if _ranged(fact) else ""
        doubt = "" if fact.status == "observed" else f"  [{fact.status}]"
        groups.setdefault(_heading(fact, named), []).append(
            f"  {name:<{width}} {number(fact, digits=digits):>22}{sure}{doubt}  {fact.id}"
        )
    lines = [line for heading, rows in groups.items() for line in ("", heading, *rows)]
    return "\n".join((found.title, *(lines or ("", NOTHING))))


def _ranged(fact: Fact) -> bool:
    # A standard error stands with the number itself.
    return fact.value is not None and fact.interval is not None and fact.interval.kind != "standard error"


def _named(formula: str, subject: dict[str, str]) -> str:
    """Put the economies' names for the letters of a formula's name, where the fact tells whom they mean."""
    called = {
        letter: next((subject[key] for key in keys if key in subject), "")
        for letter, keys in _LETTERS.items()
    }

    def named(match: re.Match[str]) -> str:
        if not called[match[1]]:
            return match[0]
        name = country(called[match[1]]).name
        return possessive(name) if match[2] else name

    return _LETTER.sub(named, formula)


def _made(fact: Fact) -> str:
    """Say under which specification a number holds, where it is one of several."""
    return f": {fact.subject['specification']}" if "specification" in fact.subject else ""


def _heading(fact: Fact, names: Mapping[str, str]) -> str:
    """Return whom a number is about, of what and in what detail, and when."""
    subject = fact.subject
    ends = " → ".join(country(subject[key]).name for key in _ENDS if key in subject)
    product = subject.get("product")
    named = f"{short_name(product)} (HS {product})" if product else ""
    words = (
        named,
        *(
            names.get(value, value) if key == "group" else value
            for key, value in subject.items()
            if key not in (*_ENDS, "product", "specification")
        ),
    )
    what = ", ".join(word for word in words if word)
    return f"{': '.join(part for part in (ends, what) if part) or ALL}, {fact.period}"
