"""Who visited whom, and how long leaders did not meet."""

from __future__ import annotations

from hikiwake.core.document import AnyBlock, Paragraph, Prose
from hikiwake.measures.chronology import formulas
from hikiwake.measures.chronology.contacts import Visit, contacts, spells, when
from hikiwake.measures.chronology.statements import counted, spell
from hikiwake.sections import Context
from hikiwake.sections.wording import day, economy, prose


def blocks(context: Context, made: tuple[Visit, ...]) -> list[AnyBlock]:
    """Write the balance of visits and the longest time without a meeting; nothing where none is recorded."""
    assert context.dossier is not None and context.source is not None  # noqa: S101, PT018  (the section has looked)
    sentences: list[Prose] = []
    names = {"a": economy(context.a.id), "b": economy(context.b.id)}
    if made:
        forth, back = (
            counted(
                context.say,
                context.source,
                formulas.VISITS,
                {"guest": guest.id, "host": host.id},
                [visit.event for visit in made if visit.guest == guest.id],
            )
            for guest, host in ((context.a, context.b), (context.b, context.a))
        )
        sentences.append(
            prose(
                "chronology.visits",
                {"forth": forth, "back": back},
                since=day(when(made[0].event).text),
                **names,
            )
        )
    met = contacts(context.dossier.events, context.a.id, context.b.id)
    between = spells(met)
    if between:
        longest = max(between, key=lambda one: one.years)
        sentences.append(
            prose(
                "chronology.spell",
                {"years": spell(context.say, context.source, longest)},
                earlier=day(when(longest.earlier).text),
                later=day(when(longest.later).text),
            )
        )
    if met:
        sentences.append(prose("chronology.last_met", last=day(when(met[-1]).text)))
    return [Paragraph(tuple(sentences))] if sentences else []
