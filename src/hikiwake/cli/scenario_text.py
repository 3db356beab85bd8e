"""Scenarios as lines of text."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from hikiwake.core.country import Country, country
from hikiwake.core.document import USUAL_DIGITS
from hikiwake.core.provenance import Fact
from hikiwake.render import numbers
from hikiwake.render.numbers import PERCENTAGE_POINTS

if TYPE_CHECKING:
    from hikiwake.measures.scenario.asking import Scenarios, Sweep
    from hikiwake.measures.scenario.coverage import Told
    from hikiwake.measures.scenario.stated import Answers

WIDTH = 100
MOST = 3
SECTORS = 3
NAME = 46
"""Columns of what a line is about."""

Writer = Callable[..., str]
"""Writes the number of a fact in a form, with the digits that were asked for."""


def writer(digits: int | None) -> Writer:
    """Return how numbers are written with so many decimals of a percentage (None: as many as usual)."""
    return partial(numbers.number, digits=USUAL_DIGITS if digits is None else digits)


def told(found: Scenarios, a: Country, b: Country, number: Writer) -> str:
    """Return all scenarios of a pair as text: for both, for others, by industry, and what drives it."""
    lines = [found.title]
    industries = {industry.code: industry.name for industry in found.told.base.industries}
    for answers in found.told.answers:
        lines += ["", f"{answers.scenario}: {title(answers, a, b)}"]
        lines += _scenario(answers, (a, b), industries, number)
    lines += _left_out(found.told)
    return "\n".join([*lines, "", *_note(found.told.note)]) + "\n"


def title(answers: Answers, a: Country, b: Country) -> str:
    """Return what a scenario is, in words: its own title, or that of a ready-made one."""
    ready = {
        "cheaper-trade": f"trade costs between {a.name} and {b.name} fall by a tenth",
        "comparable-pairs": f"trade costs between {a.name} and {b.name} fall to comparable pairs’ level",
        "no-exports": f"{a.name} sells nothing more to {b.name}",
        "no-imports": f"{b.name} sells nothing more to {a.name}",
        "no-trade": f"{a.name} and {b.name} sell nothing more to each other",
    }
    return answers.title or ready.get(answers.scenario, answers.scenario)


def compared(found: Scenarios, a: Country, b: Country, number: Writer) -> str:
    """Return scenarios side by side: a column each, a line for each thing that changes."""
    answers = found.told.answers
    against = next((fact.subject["against"] for one in answers for fact in one.differences.values()), "")
    rows: list[tuple[str, list[Fact | None]]] = []
    for member in (a, b):
        rows.append((f"{member.name}: real income", [one.welfare[member.id] for one in answers]))
        rigid = ("short-run", member.id)
        rows.append(
            (f"{member.name}: real income, short run", [one.alternatives.get(rigid) for one in answers])
        )
        if against:
            rows.append(
                (
                    f"{member.name}: less that of {against}, points",
                    [one.differences.get(member.id) for one in answers],
                )
            )
    for i, j in ((a, b), (b, a)):
        way = f"{i.name} → {j.name}"
        rows.append((f"{way}: sales", [one.trade.get((i.id, j.id)) for one in answers]))
        rows.append(
            (f"{way}: of the distance made good", [one.realised.get((i.id, j.id)) for one in answers])
        )
    others = [_others_extremes(one, (a, b)) for one in answers]
    lines = [found.title, ""]
    lines += [f"  {chr(ord('A') + n)}  {one.scenario}: {title(one, a, b)}" for n, one in enumerate(answers)]
    lines += _left_out(found.told)
    lines += ["", _cells("", [chr(ord("A") + n) for n in range(len(answers))])]
    for what, facts in rows:
        if any(facts):
            lines.append(_cells(what, [_signed(fact, number) for fact in facts]))
            lines.append(_cells("", [_range(fact, number) for fact in facts]))
    for n, (gain, loss) in enumerate(others):
        name = chr(ord("A") + n)
        said = f"{_place(gain, 'economy')} {number(gain, 'signed')}"
        said += f"; {_place(loss, 'economy')} {number(loss, 'signed')}"
        lines.append(f"  {name}: others furthest up and down: {said}")
    return "\n".join([*lines, "", *_note(found.told.note)]) + "\n"


def swept(found: Sweep, a: Country, b: Country, number: Writer) -> str:
    """Return a scenario over a range: a line for each value."""
    made = found.swept
    heads = [f"{member.name}: real income" for member in (a, b)]
    ways = [(i, j) for i, j in ((a, b), (b, a)) if any((i.id, j.id) in step.trade for step in made.steps)]
    heads += [f"{i.name} → {j.name}: sales" for i, j in ways]
    lines = [
        found.title,
        "",
        f"  {made.parameter:>12}" + "".join(f"  {_cut(head, 34):>34}" for head in heads),
    ]
    for step in made.steps:
        facts = [step.welfare[member.id] for member in (a, b)]
        facts += [step.trade[i.id, j.id] for i, j in ways]
        cells = [f"{number(fact, 'signed')} ({number(fact, 'range')})" for fact in facts]
        lines.append(f"  {step.value:>12g}" + "".join(f"  {cell:>34}" for cell in cells))
    return "\n".join([*lines, "", *_note(made.note)]) + "\n"


def checked(made: Told) -> str:
    """Return how exactly each condition of equilibrium holds, by scenario."""
    lines = []
    for name, gaps in made.checks.items():
        listed = ", ".join(f"{condition} {gap:.1e}" for condition, gap in gaps.items())
        lines.append(f"{name}: {listed}")
    return "\n".join([*lines, widest(made.gap)])


def widest(gap: float) -> str:
    """Return how far the worst condition of equilibrium is from holding."""
    return f"largest gap in any condition of equilibrium, draws included: {gap:.1e}"


def _left_out(made: Told) -> list[str]:
    return [f"  left out: {name}: {why}" for name, why in made.left_out.items()]


def _note(note: str) -> list[str]:
    return textwrap.wrap(f"Note: {note}.", WIDTH)


def _cells(what: str, cells: Sequence[str]) -> str:
    return f"  {_cut(what, NAME):<{NAME}}" + "".join(f"  {cell:>24}" for cell in cells)


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"


def _range(fact: Fact | None, number: Writer) -> str:
    return "" if fact is None else f"({number(fact, 'range').replace(PERCENTAGE_POINTS, '')})"


def _signed(fact: Fact | None, number: Writer) -> str:
    return "" if fact is None else number(fact, "points" if fact.unit.kind == "points" else "signed")


def _scenario(
    answers: Answers, pair: tuple[Country, Country], industries: dict[str, str], number: Writer
) -> list[str]:
    lines = []
    line = partial(_line, number)
    for member in pair:
        lines.append(line(f"{member.name}: real income (welfare)", answers.welfare[member.id]))
        lines.append(line(f"{member.name}: real wages", answers.real_wages[member.id]))
        if member.id in answers.exports:
            lines.append(line(f"{member.name}: all exports", answers.exports[member.id]))
        for name in dict.fromkeys(name for name, _ in answers.alternatives):
            fact = answers.alternatives[name, member.id]
            lines.append(line(f"{member.name}: real income, {name} elasticities", fact))
    for (i, j), fact in answers.trade.items():
        way = f"{country(i).name} → {country(j).name}"
        lines.append(line(f"{way}: sales", fact))
        lines.append(line(f"{way}: first round alone", answers.first_round[i, j]))
        if (i, j) in answers.reached:
            lines.append(line(f"{way}: sales beside comparable pairs’", answers.reached[i, j]))
        if (i, j) in answers.realised and (answers.realised[i, j].value or 0.0) > 0.0:
            lines.append(line(f"{way}: part of that distance made good", answers.realised[i, j]))
    return lines + _others(answers, pair, number) + _within(answers, pair, industries, number)


def _others(answers: Answers, pair: tuple[Country, Country], number: Writer) -> list[str]:
    listed = partial(_list, number)
    members = {member.id for member in pair}
    third = [fact for economy, fact in answers.welfare.items() if economy not in members]
    lines = [
        listed("Others who gain most", _largest(third), lambda fact: _place(fact, "economy")),
        listed("Others who lose most", _largest(third, sign=-1), lambda fact: _place(fact, "economy")),
    ]
    for member in pair:
        ways = answers.diversion.items()
        sellers = [fact for (_, j), fact in ways if j == member.id]
        buyers = [fact for (i, _), fact in ways if i == member.id]

        def seller(fact: Fact, own: str = member.id) -> str:
            return "its own producers" if fact.subject["exporter"] == own else _place(fact, "exporter")

        def buyer(fact: Fact, own: str = member.id) -> str:
            return "its own buyers" if fact.subject["importer"] == own else _place(fact, "importer")

        lines += [
            listed(f"Who sells more to {member.name}", _largest(sellers), seller),
            listed(f"Who sells less to {member.name}", _largest(sellers, sign=-1), seller),
            listed(f"Who buys more of {member.name}", _largest(buyers), buyer),
            listed(f"Who buys less of {member.name}", _largest(buyers, sign=-1), buyer),
        ]
    return [line for line in lines if line]


def _within(
    answers: Answers, pair: tuple[Country, Country], industries: dict[str, str], number: Writer
) -> list[str]:
    lines = []
    listed = partial(_list, number)
    for member in pair:
        output = [fact for (economy, _), fact in answers.output.items() if economy == member.id]
        prices = [fact for (economy, _), fact in answers.prices.items() if economy == member.id]
        drivers = [fact for (economy, _), fact in answers.drivers.items() if economy == member.id]

        def named(fact: Fact) -> str:
            return industries[fact.subject["industry"]]

        matters = f"{member.name}: what moves real income most within its range"
        drives = "; ".join(f"{f.subject['driver']} ({number(f, 'range')})" for f in drivers[:MOST])
        lines += [
            listed(f"{member.name}: output rises most", _largest(output, most=SECTORS), named),
            listed(f"{member.name}: output falls most", _largest(output, sign=-1, most=SECTORS), named),
            listed(f"{member.name}: prices rise most", _largest(prices, most=SECTORS), named),
            listed(f"{member.name}: prices fall most", _largest(prices, sign=-1, most=SECTORS), named),
            f"  {matters}: {drives}" if drives else "",
        ]
    return [line for line in lines if line]


def _line(number: Writer, what: str, fact: Fact) -> str:
    written = f"  {what:<52} {number(fact, 'signed'):>12}"
    return f"{written}  ({number(fact, 'range')})" if fact.interval else written


def _list(number: Writer, what: str, facts: Iterable[Fact], name: Callable[[Fact], str]) -> str:
    shown = "; ".join(f"{name(fact)} {number(fact, 'signed')} ({number(fact, 'range')})" for fact in facts)
    return f"  {what}: {shown}" if shown else ""


def _place(fact: Fact, role: str) -> str:
    return country(fact.subject[role]).name


def _others_extremes(answers: Answers, pair: tuple[Country, Country]) -> tuple[Fact, Fact]:
    members = {member.id for member in pair}
    third = [fact for economy, fact in answers.welfare.items() if economy not in members]
    ranked = sorted(third, key=lambda fact: fact.value or 0.0)
    return ranked[-1], ranked[0]


def _largest(facts: list[Fact], sign: int = 1, most: int = MOST) -> list[Fact]:
    """Return the facts that lie furthest on one side of zero."""
    ranked = sorted(facts, key=lambda fact: -sign * (fact.value or 0.0))
    return [fact for fact in ranked[:most] if sign * (fact.value or 0.0) > 0.0]
