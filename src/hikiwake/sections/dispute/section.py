"""Assembles the section on the dispute: how robust, what is stable, why, and what would change it."""

from __future__ import annotations

from hikiwake.core.document import AnyBlock, Caveat, Paragraph, Prose, Section
from hikiwake.dossier.disputes import Question, model
from hikiwake.sections import Context
from hikiwake.sections.wording import day, prose, text

ID = "dispute"
NEEDS = ()


def section(context: Context) -> Section | None:
    """Return the section; None where the pair has no dossier, or its dossier no model of a dispute."""
    dossier, source = context.dossier, context.source
    if dossier is None or source is None or dossier.dispute is None:
        return None
    # The engine is loaded only where there is a dispute.
    from hikiwake.measures.dispute.analysis import analyse
    from hikiwake.sections.dispute import change, tables
    from hikiwake.sections.dispute.numbers import Numbers
    from hikiwake.sections.dispute.stability import beyond, finding, robustness, summary, why

    found = analyse(model(dossier.dispute, dossier.title))
    numbers = Numbers(context, found)
    head = finding(found, numbers)
    blocks: list[AnyBlock] = [
        Caveat("concept", _judged(found.model.asked), glance=True),
        *robustness(found, numbers),
    ]
    blocks += beyond(found)
    outcomes = tables.outcomes(context, found)
    blocks += [outcomes] if outcomes is not None else []
    blocks += why(found)
    blocks += change.blocks(found, numbers)
    wants = tables.preferences(context, found)
    blocks += [wants] if wants is not None else []
    blocks.append(Paragraph((prose("dispute.method"),)))
    return Section(ID, prose("dispute.title"), head, tuple(blocks), (summary(found, numbers),))


def _judged(asked: Question) -> Prose:
    """Say whose judgement it is, and of which day's state the section speaks as today's."""
    analyst = text(asked.analyst or "the author of the dossier")
    if asked.as_of == "":
        return prose("dispute.judged", analyst=analyst)
    return prose("dispute.judged_as_of", analyst=analyst, day=day(asked.as_of))
