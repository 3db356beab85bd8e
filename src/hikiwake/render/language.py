"""A language: sentence templates, names of economies, and how numbers are written.

A rendered sentence is a tuple of runs, so that each renderer can mark what is a fact, a year or a name.
"""

from __future__ import annotations

import re
import string
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from hikiwake.core.country import country, name_in
from hikiwake.core.document import Label, LabelKind, Prose
from hikiwake.core.errors import BadUsage
from hikiwake.core.provenance import Fact, Ledger
from hikiwake.render import numbers


class Text(NamedTuple):
    """Words of the template."""

    text: str


class FactRun(NamedTuple):
    """A number, and the fact it states."""

    text: str
    fact: str


class PeriodRun(NamedTuple):
    """The years of a fact."""

    text: str
    fact: str


class LabelRun(NamedTuple):
    """A name."""

    text: str
    kind: LabelKind
    id: str


Run = Text | FactRun | PeriodRun | LabelRun
LANGUAGES = ("en",)
_DIGIT = re.compile(r"\d")
_FORMATTER = string.Formatter()


class Language:
    """Templates and names of one language; made by `load`."""

    def __init__(self, code: str, templates: dict[str, dict[str, str]]) -> None:
        self.code = code
        self._templates = templates

    def runs(self, prose: Prose, ledger: Ledger) -> tuple[Run, ...]:
        """Fill a sentence's template.

        Raises `ValueError` when the template is not there, a slot stays empty, or something given fills none:
        all three are faults of a section, not of a user.
        """
        slots = [slot for _, slot, _, _ in _FORMATTER.parse(self.template(prose.key)) if slot is not None]
        given = set(prose.facts) | set(prose.labels)
        if set(slots) != given:
            msg = f"sentence {prose.key!r} has slots {sorted(set(slots))} and was given {sorted(given)}"
            raise ValueError(msg)
        filled: list[Run] = []
        for words, slot, form, _ in _FORMATTER.parse(self.template(prose.key)):
            if words:
                filled.append(Text(words))
            if slot is not None:
                filled.append(self._fill(prose, ledger, slot, form or ""))
        return tuple(filled)

    def text(self, prose: Prose, ledger: Ledger) -> str:
        """Return a sentence as plain text."""
        return "".join(run.text for run in self.runs(prose, ledger))

    def words(self, key: str) -> str:
        """Return a template without slots (a renderer's own word such as "Source")."""
        return self.template(key)

    def template(self, key: str) -> str:
        """Return a template by its key."""
        table, _, name = key.partition(".")
        try:
            return self._templates[table][name]
        except KeyError:
            msg = f"no template {key!r} in language {self.code!r}"
            raise ValueError(msg) from None

    def label(self, label: Label, form: str = "") -> str:
        """Return a name; forms `the`, `The`, `poss`, `Poss` for economies, `cap` for a first capital."""
        if label.kind != "economy":
            text = label.text or label.id
            return text[:1].upper() + text[1:] if form == "cap" else text
        which = country(label.id)
        name = name_in(which, self.code) if self.code != "en" else which.name
        if form in ("the", "The", "poss", "Poss") and which.the:
            article = "The" if form[0].isupper() else "the"
            name = f"{article} {name}"
        return possessive(name) if form in ("poss", "Poss") else name

    def number(self, fact: Fact, form: str = "") -> str:
        """Write a fact's number."""
        return numbers.number(fact, form)

    def _fill(self, prose: Prose, ledger: Ledger, slot: str, form: str) -> Run:
        if slot in prose.facts:
            identity = prose.facts[slot]
            text = self.number(ledger[identity], form)
            return PeriodRun(text, identity) if form == "year" else FactRun(text, identity)
        label = prose.labels[slot]
        return LabelRun(self.label(label, form), label.kind, label.id)


def possessive(name: str) -> str:
    """Return the English possessive: Japan's, the Netherlands'."""
    return f"{name}’" if name.endswith("s") else f"{name}’s"


@lru_cache(maxsize=8)
def load(code: str = "en") -> Language:
    """Load a language; a template that holds a digit is refused, for numbers come from facts."""
    if code not in LANGUAGES:
        raise BadUsage(
            where=f"language {code!r}",
            why="no templates are written in it",
            remedy=f"Choose one of: {', '.join(LANGUAGES)}.",
        )
    raw = files("hikiwake").joinpath("text", f"{code}.toml").read_text(encoding="utf-8")
    templates: dict[str, dict[str, str]] = tomllib.loads(raw)
    for table, entries in templates.items():
        for name, template in entries.items():
            if _DIGIT.search(template):
                msg = f"template {table}.{name} ({code}) holds a digit"
                raise ValueError(msg)
    return Language(code, templates)
