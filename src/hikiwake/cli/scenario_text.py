"""Scenarios as lines of text."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from hikiwake.core.country import Country, country
from hikiwake.core.provenance import Fact
from hikiwake.render.numbers import number

if TYPE_CHECKING:
    from hikiwake.api import Scenarios
    from hikiwake.measures.scenario.stated import Answers

WIDTH = 100
MOST = 3


def told(found: Scenarios, a: Country, b: Country) -> str:
    """Return all scenarios of a pair as text: for both, for others, by industry, and what drives it."""
    lines = [found.title]
    industries = {industry.code: industry.name for industry in found.told.base.industries}
    titles = {
        "cheaper-trade": f"trade costs between {a.name} and {b.name} fall by a tenth",
        "no-exports": f"{a.name} sells nothing more to {b.name}",
        "no-imports": f"{b.name} sells nothing more to {a.name}",
        "no-trade": f"{a.name} and {b.name} sell nothing more to each other",
    }
    for answers in found.told.answers:
        lines += ["", f"{answers.scenario}: {answers.title or titles[answers.scenario]}"]
        lines += _scenario(answers, (a, b), industries)
    return "\n".join([*lines, "", *textwrap.wrap(f"Note: {found.told.note}.", WIDTH)]) + "\n"


def _scenario(answers: Answers, pair: tuple[Country, Country], industries: dict[str, str]) -> list[str]:
    lines = []
    for member in pair:
        lines.append(_line(f"{member.name}: real income (welfare)", answers.welfare[member.id]))
        lines.append(_line(f"{member.name}: real wages", answers.real_wages[member.id]))
        lines.append(_line(f"{member.name}: all exports", answers.exports[member.id]))
        for name in dict.fromkeys(name for name, _ in answers.alternatives):
            fact = answers.alternatives[name, member.id]
            lines.append(_line(f"{member.name}: real income, {name} elasticities", fact))
    for (i, j), fact in answers.trade.items():
        way = f"{country(i).name} → {country(j).name}"
        lines.append(_line(f"{way}: sales", fact))
        lines.append(_line(f"{way}: first round alone", answers.first_round[i, j]))
    return lines + _others(answers, pair) + _within(answers, pair, industries)


def _others(answers: Answers, pair: tuple[Country, Country]) -> list[str]:
    members = {member.id for member in pair}
    third = [fact for economy, fact in answers.welfare.items() if economy not in members]
    lines = [
        _list("Others who gain most", _largest(third), lambda fact: _place(fact, "economy")),
        _list("Others who lose most", _largest(third, sign=-1), lambda fact: _place(fact, "economy")),
    ]
    for member in pair:
        ways = answers.diversion.items()
        sellers = [fact for (_, j), fact in ways if j == member.id]
        buyers = [fact for (i, _), fact in ways if i == member.id]
        lines += [
            _list(f"Who sells more to {member.name}", _largest(sellers), lambda f: _place(f, "exporter")),
            _list(f"Who buys more of {member.name}", _largest(buyers), lambda f: _place(f, "importer")),
        ]
    return [line for line in lines if line]


def _within(answers: Answers, pair: tuple[Country, Country], industries: dict[str, str]) -> list[str]:
    lines = []
    for member in pair:
        output = [fact for (economy, _), fact in answers.output.items() if economy == member.id]
        drivers = [fact for (economy, _), fact in answers.drivers.items() if economy == member.id]

        def named(fact: Fact) -> str:
            return industries[fact.subject["industry"]]

        matters = f"{member.name}: elasticities whose errors matter most"
        lines += [
            _list(f"{member.name}: output rises most", _largest(output), named),
            _list(f"{member.name}: output falls most", _largest(output, sign=-1), named),
            _list(matters, _largest(drivers), lambda f: f.subject["driver"], form=""),
        ]
    return [line for line in lines if line]


def _line(what: str, fact: Fact) -> str:
    written = f"  {what:<52} {number(fact, 'signed'):>12}"
    return f"{written}  ({number(fact, 'range')})" if fact.interval else written


def _list(what: str, facts: Iterable[Fact], name: Callable[[Fact], str], *, form: str = "signed") -> str:
    told = "; ".join(f"{name(fact)} {number(fact, form)}" for fact in facts)
    return f"  {what}: {told}" if told else ""


def _place(fact: Fact, role: str) -> str:
    return country(fact.subject[role]).name


def _largest(facts: list[Fact], sign: int = 1) -> list[Fact]:
    """Return the facts that lie furthest on one side of zero."""
    ranked = sorted(facts, key=lambda fact: -sign * (fact.value or 0.0))
    return [fact for fact in ranked[:MOST] if sign * (fact.value or 0.0) > 0.0]
