"""A language: sentence templates, names of economies, and how numbers are written.

A rendered sentence is a tuple of runs, so that each renderer can mark what is a fact, a year or a name.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from itertools import combinations, pairwise
from typing import NamedTuple

from hikiwake.core.country import country, name_in
from hikiwake.core.document import MOST_DIGITS, USUAL_DIGITS, Label, LabelKind, Prose
from hikiwake.core.errors import BadUsage
from hikiwake.core.provenance import Fact, Ledger, Unit
from hikiwake.render import dates, numbers


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
LABEL_FORMS = ("", "the", "The", "poss", "Poss", "cap")
"""What a template may ask of a name; see `Language.label`."""

_FORMS = frozenset((*numbers.FORMS, *LABEL_FORMS))
_FORMATTER = string.Formatter()


class Language:
    """Templates and names of one language; made by `load`."""

    def __init__(
        self, code: str, templates: Mapping[str, Mapping[str, str]], digits: int = USUAL_DIGITS
    ) -> None:
        for table, entries in templates.items():
            for name, template in entries.items():
                _check(f"{table}.{name} ({code})", template)
        self.code = code
        self.digits = digits
        self._templates = templates

    def runs(self, prose: Prose, ledger: Ledger) -> tuple[Run, ...]:
        """Fill a sentence's template.

        Raises
        ------
        ValueError
            There is no such template, a slot stays empty, something given fills none, or one name is given
            as a fact and as a label: all are faults of a section, not of a user.
        """
        parts = _parts(self.template(prose.key))
        slots = sorted({slot for _, slot, _ in parts if slot})
        if slots != sorted([*prose.facts, *prose.labels]):
            given = sorted([*prose.facts, *prose.labels])
            msg = f"sentence {prose.key!r} has slots {slots} and was given {given}"
            raise ValueError(msg)
        compared = [(slot, form, ledger[prose.facts[slot]]) for _, slot, form in parts if slot in prose.facts]
        digits = self._apart(compared)
        filled: list[Run] = []
        for words, slot, form in parts:
            if words:
                filled.append(Text(words))
            if slot:
                filled.append(self._fill(prose, ledger, (slot, form), digits.get(slot)))
        return self._all_of_them(filled, ledger)

    def text(self, prose: Prose, ledger: Ledger) -> str:
        """Return a sentence as plain text."""
        return "".join(run.text for run in self.runs(prose, ledger))

    def words(self, key: str) -> str:
        """Return a template without slots (a renderer's own word such as "Source")."""
        template = self.template(key)
        if any(slot for _, slot, _ in _parts(template)):
            msg = f"template {key!r} has slots to fill"
            raise ValueError(msg)
        return template

    def template(self, key: str) -> str:
        """Return a template by its key."""
        table, _, name = key.partition(".")
        try:
            return self._templates[table][name]
        except KeyError:
            msg = f"no template {key!r} in language {self.code!r}"
            raise ValueError(msg) from None

    def label(self, label: Label, form: str = "") -> str:
        """Return a name.

        Parameters
        ----------
        label : what is named; economies are named in this language, all else by its own text.
        form : '', `the` ("the Netherlands"), `The` (at the start of a sentence), `poss` ("Japan's"), `Poss`
            (at the start); `cap` gives a first capital to what is not an economy.
        """
        if form not in LABEL_FORMS:
            msg = f"names have no form {form!r}"
            raise ValueError(msg)
        if label.kind == "date":
            return dates.spoken(label.id)
        if label.kind != "economy":
            text = label.text or label.id
            # An address or a code stays as it is, whatever stands around it.
            if form in ("cap", "The", "Poss") and "://" not in text and label.kind != "code":
                text = text[:1].upper() + text[1:]
            return possessive(text) if form in ("poss", "Poss") else text
        which = country(label.id)
        name = which.name if self.code == "en" else name_in(which, self.code)
        if form in ("the", "The", "poss", "Poss") and which.the:
            name = f"{'The' if form[0].isupper() else 'the'} {name}"
        return possessive(name) if form in ("poss", "Poss") else name

    def number(self, fact: Fact, form: str = "", digits: int | None = None) -> str:
        """Write a fact's number; the forms are those of `hikiwake.render.numbers.number`."""
        return numbers.number(fact, form, self.digits if digits is None else digits)

    def unit_title(self, unit: Unit) -> str:
        """Name a unit at the head of a column; empty where numbers need none."""
        return numbers.unit_title(unit)

    def _apart(self, compared: list[tuple[str, str, Fact]]) -> dict[str, int]:
        """Return the digits of those numbers of a sentence that differ, and would read the same."""
        found: dict[str, int] = {}
        for (one, form, fact), (other, other_form, beside) in combinations(compared, 2):
            if form != other_form or not numbers.alike(fact, beside, form, self.digits):
                continue
            more = range(self.digits + 1, MOST_DIGITS + 1)
            digits = next((n for n in more if not numbers.alike(fact, beside, form, n)), self.digits)
            found |= {slot: max(found.get(slot, 0), digits) for slot in (one, other)}
        return found

    def _all_of_them(self, runs: list[Run], ledger: Ledger) -> tuple[Run, ...]:
        """Write "all 72" for "72 of 72", and "none of them" for "0 of them": parts of what is counted."""
        for at, (some, between) in enumerate(pairwise(runs)):
            if not isinstance(some, FactRun) or ledger[some.fact].unit.kind != "count":
                continue
            count, of = ledger[some.fact].value, between.text
            if count == 0 and of.startswith(self.words("counts.of")):
                runs[at] = FactRun(self.words("counts.none"), some.fact)
            whole = runs[at + 2] if at + 2 < len(runs) else between
            same = isinstance(whole, FactRun) and whole.text == some.text and (count or 0) > 1
            if same and of == self.words("counts.of"):
                runs[at : at + 2] = [FactRun(self.words("counts.all"), some.fact), Text(" ")]
        return tuple(runs)

    def _fill(self, prose: Prose, ledger: Ledger, asked: tuple[str, str], digits: int | None) -> Run:
        slot, form = asked
        if slot in prose.facts:
            identity = prose.facts[slot]
            text = self.number(ledger[identity], form, digits)
            return PeriodRun(text, identity) if form == "year" else FactRun(text, identity)
        label = prose.labels[slot]
        return LabelRun(self.label(label, form), label.kind, label.id)


def possessive(name: str) -> str:
    """Return the English possessive: Japan's, the Netherlands'."""
    return f"{name}’" if name.endswith("s") else f"{name}’s"


def load(code: str = "en", digits: int = USUAL_DIGITS) -> Language:
    """Load a language; a template that holds a digit is refused, for numbers come from facts.

    `digits` is how many decimals a percentage has; other numbers follow (see `hikiwake.render.numbers`).
    """
    return _loaded(code, digits)


@lru_cache(maxsize=8)
def _loaded(code: str, digits: int) -> Language:
    if code not in LANGUAGES:
        raise BadUsage(
            where=f"language {code!r}",
            why="no templates are written in it",
            remedy=f"Choose one of: {', '.join(LANGUAGES)}.",
        )
    raw = files("hikiwake").joinpath("text", f"{code}.toml").read_text(encoding="utf-8")
    return Language(code, tomllib.loads(raw), digits)


@lru_cache(maxsize=4096)
def _parts(template: str) -> tuple[tuple[str, str, str], ...]:
    """Return words, slot and form; the last words of a template have neither slot nor form."""
    return tuple((words, slot or "", form or "") for words, slot, form, _ in _FORMATTER.parse(template))


def _check(name: str, template: str) -> None:
    """Refuse a template that could show a number without a source, or cannot be filled."""
    if any(letter.isnumeric() for letter in template):
        msg = f"template {name} holds a digit"
        raise ValueError(msg)
    try:
        parts = tuple(_FORMATTER.parse(template))
    except ValueError as fault:
        msg = f"template {name}: {fault}"
        raise ValueError(msg) from fault
    for _, slot, form, conversion in parts:
        if slot is not None and (not slot.isidentifier() or conversion or form not in _FORMS):
            msg = f"template {name} has a slot that cannot be filled: {slot}:{form}"
            raise ValueError(msg)
