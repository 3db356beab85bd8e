"""What would make the wanted outcome stable, and how one would get there."""

from __future__ import annotations

from hikiwake.core.document import AnyBlock, Paragraph, Prose
from hikiwake.measures.dispute.analysis import MOST_EDITS, After, Analysis
from hikiwake.sections.dispute import wording
from hikiwake.sections.dispute.numbers import Numbers
from hikiwake.sections.wording import prose, text

CAUSES = 3
"""Different causes that are told."""


def blocks(found: Analysis, numbers: Numbers) -> list[AnyBlock]:
    """Write the least changes with their causes, and the way from today; nothing without a wanted outcome."""
    if found.wanted is None or found.least is None:
        return []
    name = text(found.wanted.name or found.wanted.id)
    least = found.least
    if least.number is None:
        most = text("two" if MOST_EDITS == 2 else str(MOST_EDITS))
        return [Paragraph((prose("dispute.no_change", outcome=name, most=most),), glance=True)]
    if least.number == 0:
        return [Paragraph((prose("dispute.stable_already", outcome=name),), glance=True)]
    sentences = [prose("dispute.least", {"least": numbers.least(), "ways": numbers.ways()}, outcome=name)]
    for cause, _ in least.causes[:CAUSES]:
        told = wording.listed([wording.flip(found.game, flip).text for flip in cause])
        sentences.append(prose("dispute.cause", cause=text(told)))
    after = _after(found, found.after, numbers) if found.after is not None else []
    return [Paragraph(tuple(sentences), glance=True), *([Paragraph(tuple(after))] if after else [])]


def _after(found: Analysis, after: After, numbers: Numbers) -> list[Prose]:
    told: list[Prose] = []
    assert found.wanted is not None  # noqa: S101  (there is a change that makes it stable)
    name = text(found.wanted.name or found.wanted.id)
    if after.today_stable:
        told.append(prose("dispute.today_stays"))
    moves = after.ways.reach(after.state, "moves")
    if moves.length is None:
        return [*told, prose("dispute.no_way", outcome=name)]
    length = numbers.length(after.state, moves.length)
    way = moves.ways[0]
    told.append(
        prose("dispute.way", {"length": length}, outcome=name, way=wording.deeds(found.game, way.moves))
    )
    if moves.first_against:
        first = wording.listed([wording.maker(found.game, who).text for who in moves.first_against], " or ")
        told.append(prose("dispute.first_against", who=text(first)))
    joint = after.ways.reach(after.state, "joint")
    if joint.length is not None and joint.ways and not joint.ways[0].against:
        members = [move.who for move in joint.ways[0].moves if "+" in move.who]
        if members:
            who = wording.maker(found.game, members[0])
            told.append(prose("dispute.joint", who=who))
    return told
