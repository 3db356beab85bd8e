"""Figures of scenarios: side by side, over a range, what drives an answer, and where it is felt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hikiwake.core.document import Chart, Label, Mark, Series
from hikiwake.sections.wording import economy, prose, text

if TYPE_CHECKING:
    from hikiwake.core.provenance import Fact
    from hikiwake.measures.scenario.stated import Answers
    from hikiwake.measures.scenario.sweep import Swept


def name_of(answers: Answers, a: str, b: str) -> Label:
    """Name a scenario: by its own title, or by what a ready-made one is."""
    one, other = economy(a).text, economy(b).text
    ready = {
        "cheaper-trade": "trade costs a tenth lower",
        "comparable-pairs": "trade costs down to comparable pairs’",
        "no-exports": f"no sales from {one} to {other}",
        "no-imports": f"no sales from {other} to {one}",
        "no-trade": "no trade with each other",
    }
    return Label("text", answers.scenario, answers.title or ready.get(answers.scenario, answers.scenario))


def comparison(found: Sequence[Answers], a: str, b: str) -> Chart:
    """Return scenarios side by side: what each changes of both real incomes, with intervals."""
    return Chart(
        id="scenario-comparison",
        kind="whiskers",
        title=prose("scenarios.comparison", a=economy(a), b=economy(b)),
        axis=prose("scenarios.axis_income"),
        series=tuple(
            Series(
                prose("render.name", name=economy(member)),
                tuple(Mark(name_of(one, a, b), one.welfare[member].id) for one in found),
            )
            for member in (a, b)
        ),
        alt=prose("scenarios.comparison_alt", a=economy(a), b=economy(b)),
    )


def curve(swept: Swept, a: str, b: str) -> Chart:
    """Return a scenario over a range of one of its numbers: both real incomes within their intervals."""
    names = {"a": economy(a), "b": economy(b), "parameter": text(swept.parameter)}
    return Chart(
        id="scenario-curve",
        kind="curves",
        title=prose("scenarios.curve", **names, scenario=text(swept.title or swept.scenario)),
        axis=prose("scenarios.axis_income"),
        series=tuple(
            Series(
                prose("render.name", name=economy(member)),
                tuple(Mark(text(f"{step.value:g}"), step.welfare[member].id) for step in swept.steps),
            )
            for member in (a, b)
        ),
        alt=prose("scenarios.curve_alt", **names),
        note=prose("scenarios.curve_across", parameter=text(swept.parameter)),
    )


def driver_of(fact: Fact) -> str:
    """Name what is uncertain: the elasticities of a group of industries, or the change itself."""
    return fact.subject["driver"].replace("-", " ")


def drivers(answers: Answers, a: str, b: str) -> Chart | None:
    """Return what drives the answer: both real incomes with one uncertain thing at the ends of its range."""
    told = {member: [f for (who, _), f in answers.drivers.items() if who == member] for member in (a, b)}
    if not all(told.values()):
        return None
    return Chart(
        id="scenario-drivers",
        kind="whiskers",
        title=prose("scenarios.drivers", b=economy(b), most=text(driver_of(told[b][0]))),
        axis=prose("scenarios.axis_income"),
        series=tuple(
            Series(
                prose("render.name", name=economy(member)),
                tuple(Mark(text(driver_of(fact)), fact.id) for fact in told[member]),
            )
            for member in (a, b)
        ),
        alt=prose("scenarios.drivers_alt", a=economy(a), b=economy(b)),
        annex=True,
    )


def world(answers: Answers, a: str, b: str) -> Chart:
    """Return the map of real incomes, with both sides outlined."""
    third = {who: fact for who, fact in answers.welfare.items() if who not in (a, b)}
    ranked = sorted(third, key=lambda who: (third[who].value or 0.0, who))
    names = {"a": economy(a), "b": economy(b), "scenario": name_of(answers, a, b)}
    up, down = third[ranked[-1]], third[ranked[0]]
    facts = {"gain": up, "loss": down}
    return Chart(
        id="scenario-map",
        kind="map",
        title=prose("scenarios.map", facts, most=economy(ranked[-1]), least=economy(ranked[0])),
        axis=prose("scenarios.map_axis"),
        series=(
            Series(
                prose("scenarios.map_axis"),
                tuple(
                    Mark(economy(who), fact.id, emphasis=who in (a, b))
                    for who, fact in answers.welfare.items()
                ),
            ),
        ),
        alt=prose("scenarios.map_alt", facts, most=economy(ranked[-1]), least=economy(ranked[0])),
        note=prose("scenarios.map_note", **names),
    )
