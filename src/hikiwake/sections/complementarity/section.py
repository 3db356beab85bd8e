"""Assembles the section on complementarity."""

from __future__ import annotations

from hikiwake.core.document import AnyBlock, Caveat, Prose, Section
from hikiwake.measures.flows import FLAGS, FLOWS
from hikiwake.sections import Context
from hikiwake.sections.complementarity import fit, openings, trade
from hikiwake.sections.complementarity.parts import parts
from hikiwake.sections.wording import economy, prose

ID = "complementarity"
NEEDS = (FLOWS, FLAGS)


def section(context: Context) -> Section:
    """Return the section on complementarity; where no fit can be told it says so instead."""
    made, absent = parts(context)
    told = [part for part in made if part.usable]
    title = prose("complementarity.title")
    if not told:
        pair = {"a": economy(context.a.id), "b": economy(context.b.id)}
        nothing = prose("complementarity.nothing", **pair)
        finding = prose("complementarity.finding_nothing", **pair)
        return Section(ID, title, finding, (Caveat("no data", nothing, glance=True), *absent))
    blocks: list[AnyBlock] = list(absent)
    for part in made:
        blocks += fit.blocks(context, part, glance=part is told[0])
        blocks += trade.blocks(context, part)
        blocks += openings.blocks(context, part)
    blocks += fit.table(context, made)
    blocks += trade.table(context, made)
    blocks.append(Caveat("concept", prose("complementarity.concept")))
    summary: list[Prose | None] = [trade.summary(told[0], direction) for direction in told[0].usable]
    said = tuple(sentence for sentence in summary if sentence is not None)
    return Section(ID, title, fit.finding(told[0]), tuple(blocks), said)
