"""Assembles the section on scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hikiwake.core.document import AnyBlock, Caveat, Label, Paragraph, Prose, Section
from hikiwake.core.errors import BadInput, NoData, NoSolution
from hikiwake.core.provenance import Fact
from hikiwake.sections import Context
from hikiwake.sections.wording import economy, prose, text, year

if TYPE_CHECKING:
    from hikiwake.measures.scenario.coverage import Told
    from hikiwake.measures.scenario.stated import Answers

ID = "scenarios"
NEEDS = ()
DRAWS, SEED = 30, 1
BEYOND = 2.0
"""A part of what flows fall short by from which on its number says nothing: they hardly fall short."""


def section(context: Context) -> Section | None:
    """Return the section; None where the table of industries does not hold both economies."""
    # The engine is loaded only where it is asked.
    from hikiwake.measures.scenario.ready import CHEAPER, COMPARABLE, NOTHING

    told = _told(context)
    if told is None:
        return None
    # Loaded with the engine, whose answers they show.
    from hikiwake.sections.scenarios import figures, tables

    found = {answers.scenario: answers for answers in told.answers}
    nothing, cheaper, comparable = found[NOTHING], found[CHEAPER], found.get(COMPARABLE)
    main = comparable or cheaper
    a, b = context.a.id, context.b.id
    names = {"a": economy(a), "b": economy(b)}
    income = {"wa": nothing.welfare[a], "wb": nothing.welfare[b]}
    both = {"wa": main.welfare[a], "wb": main.welfare[b]}
    which = "cheaper" if comparable is None else "comparable"
    further = [*_rigid(nothing, a, b), _others(nothing, a, b)]
    if comparable is None:
        further.append(prose("scenarios.left_out", why=text(next(iter(told.left_out.values())))))
    else:
        tenth = {"wa": cheaper.welfare[a], "wb": cheaper.welfare[b]}
        further.append(prose("scenarios.cheaper_too", tenth, **names))
    further.append(_others_too(main, a, b, figures.name_of(main, a, b)))
    drivers = figures.drivers(main, a, b)
    blocks: list[AnyBlock] = [
        Paragraph(
            (prose("scenarios.nothing", income, **names), prose(f"scenarios.{which}", both, **names)),
            glance=True,
        ),
        Paragraph(tuple(_trade(main, figures.name_of(main, a, b)))),
        Paragraph(tuple(further)),
        tables.incomes(told.answers, a, b),
        tables.sales([one for one in told.answers if one is not nothing], a, b),
        tables.diversion(nothing, a, b, context.most(tables.OTHERS)),
        tables.sectors(main, told.base.industries, (a, b), context.most(tables.SECTORS)),
        *([drivers] if drivers is not None else []),
        figures.world(main, a, b),
        Caveat("concept", _concept(context, told, income["wa"]), glance=False),
    ]
    kind = "summary" if len(told.base.industries) > 1 else "summary_one_sector"
    summary = prose(f"scenarios.{kind}", income, **names)
    finding = prose("scenarios.finding", income, **names)
    return Section(ID, prose("scenarios.title"), finding, tuple(blocks), (summary,))


def _told(context: Context) -> Told | None:
    from hikiwake.measures.scenario.coverage import scenarios
    from hikiwake.measures.scenario.levels import fall_short
    from hikiwake.measures.scenario.ready import CHEAPER, COMPARABLE, NOTHING
    from hikiwake.measures.scenario.solved import RIGID, Asked

    main = COMPARABLE if fall_short(context.say, context.a.id, context.b.id) else CHEAPER
    asked = Asked(DRAWS, SEED, beside=(RIGID,), drivers=(main,))
    try:
        return scenarios(
            context.say,
            context.a.id,
            context.b.id,
            (NOTHING, CHEAPER),
            where_possible=(COMPARABLE,),
            asked=asked,
            last=context.last_year,
        )
    except NoData:
        return None  # the table does not hold both
    except (BadInput, NoSolution):
        return None  # economies nearly in autarky may have no solution that settles


def _rigid(told: Answers, a: str, b: str) -> list[Prose]:
    from hikiwake.measures.scenario.solved import RIGID

    facts = {"wa": told.alternatives[RIGID, a], "wb": told.alternatives[RIGID, b]}
    return [prose("scenarios.rigid", facts, a=economy(a), b=economy(b))]


def _trade(told: Answers, scenario: Label) -> list[Prose]:
    sentences = []
    for (x, m), change in told.trade.items():
        sides = {"exporter": economy(x), "importer": economy(m), "scenario": scenario}
        part = told.realised.get((x, m))
        if part is not None and (part.value or 0.0) > BEYOND:
            sentences.append(prose("scenarios.trade_beyond", {"change": change}, **sides))
        elif part is not None and (part.value or 0.0) > 0.0:
            sentences.append(prose("scenarios.trade_realised", {"change": change, "part": part}, **sides))
        elif part is None and (x, m) in told.reached:
            sentences.append(prose("scenarios.trade_no_gap", {"change": change}, **sides))
        else:
            sentences.append(prose("scenarios.trade", {"change": change}, **sides))
    return sentences


def _others(told: Answers, a: str, b: str) -> Prose:
    gain, loss = extremes(told, a, b)
    facts = {"gain": gain, "loss": loss}
    most, least = (economy(fact.subject["economy"]) for fact in (gain, loss))
    return prose(f"scenarios.others_{_way(gain, loss)}", facts, most=most, least=least)


def _others_too(told: Answers, a: str, b: str, scenario: Label) -> Prose:
    gain, loss = extremes(told, a, b)
    most, least = (economy(fact.subject["economy"]) for fact in (gain, loss))
    facts = {"gain": gain, "loss": loss}
    return prose(f"scenarios.others_too_{_way(gain, loss)}", facts, most=most, least=least, scenario=scenario)


def _way(gain: Fact, loss: Fact) -> str:
    """Tell whether all others gain, all lose, or some of each."""
    if (loss.value or 0.0) > 0.0:
        return "up"
    return "down" if (gain.value or 0.0) < 0.0 else "mixed"


def extremes(told: Answers, a: str, b: str) -> tuple[Fact, Fact]:
    """Return the real incomes of others furthest up and furthest down."""
    third = [fact for who, fact in told.welfare.items() if who not in (a, b)]
    ranked = sorted(third, key=lambda fact: (fact.value or 0.0, fact.subject["economy"]))
    return ranked[-1], ranked[0]


def _concept(context: Context, told: Told, fact: Fact) -> Prose:
    command = text(f"{context.program} scenario run {context.a.id} {context.b.id} --draws {DRAWS}")
    one = "" if len(told.base.industries) > 1 else "_one_sector"
    return prose(
        f"scenarios.concept{one}",
        year=year(fact.period.first),
        command=command,
        rule=text(told.base.adjusted),
    )
