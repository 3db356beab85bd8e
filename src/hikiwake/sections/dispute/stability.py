"""What is stable today, how robust that is, and why the wanted outcome is not."""

from __future__ import annotations

from hikiwake.core.document import AnyBlock, Paragraph, Prose
from hikiwake.dispute import Concept
from hikiwake.dispute.relations import EXTENSIONS
from hikiwake.measures.dispute.analysis import Analysis
from hikiwake.sections.dispute import wording
from hikiwake.sections.dispute.numbers import Numbers
from hikiwake.sections.wording import prose, text

TOLD: Concept = "seq"
"""The concept that reasons are given under: one credible reply, as a reader would think."""


def finding(found: Analysis, numbers: Numbers) -> Prose:
    """Return the heading: what of all possible outcomes is stable for all."""
    game, stable = found.game, found.solution.equilibria("nash")
    count = {"count": numbers.equilibria("nash"), "states": numbers.states()}
    if not stable:
        return prose("dispute.none_stable", {"states": count["states"]})
    if game.status_quo is None:
        return prose("dispute.some_stable", count)
    if game.status_quo in stable:
        if len(stable) == 1:
            return prose("dispute.only_today", {"states": count["states"]})
        return prose("dispute.today_and_others", count)
    return prose("dispute.not_today", count)


def summary(found: Analysis, numbers: Numbers) -> Prose:
    """Return the sentence of the front page."""
    today = found.game.status_quo
    if found.wanted is not None and today is not None and found.stable("nash", today):
        name = text(found.wanted.name or found.wanted.id)
        if found.least is not None and found.least.number:
            return prose("dispute.summary_least", {"least": numbers.least()}, outcome=name)
        if found.least is not None and found.least.number is None:
            return prose("dispute.summary_no_change", outcome=name)
    return prose("dispute.summary", {"count": numbers.equilibria("nash"), "states": numbers.states()})


def robustness(found: Analysis, numbers: Numbers) -> list[AnyBlock]:
    """Say first how much of the result hangs on the analyst's order of preferences."""
    if found.robust is None or found.game.status_quo is None or not found.robust.edits:
        return []
    edits = {"edits": numbers.edits()}
    sentences = [
        prose(
            "dispute.robust_today",
            {**edits, "nash": numbers.survives("nash"), "smr": numbers.survives("smr")},
        )
    ]
    if found.wanted is not None:
        name = text(found.wanted.name or found.wanted.id)
        sentences.append(
            prose("dispute.robust_wanted", {"established": numbers.established("nash")}, outcome=name)
        )
    return [Paragraph(tuple(sentences), glance=True)]


def beyond(found: Analysis) -> list[AnyBlock]:
    """Say what becomes of today's state by what the model calls unknown, strong or not seen."""
    today, sentences = found.game.status_quo, []
    if today is None:
        return []
    if found.known is not None:
        held = {today in found.known.equilibria(extension, "seq") for extension in EXTENSIONS}
        verdict = "depends" if len(held) == 2 else "holds" if True in held else "fails"
        sentences.append(prose(f"dispute.unknown_{verdict}"))
    if found.strength is not None and found.stable(TOLD, today) and not found.stable("nash", today):
        verdict = "holds" if today in found.strength.equilibria("seq") else "fails"
        sentences.append(prose(f"dispute.strong_{verdict}"))
    if found.seen is not None:
        verdict = "holds" if today in found.seen.equilibria(TOLD) else "fails"
        sentences.append(prose(f"dispute.seen_{verdict}"))
    return [Paragraph(tuple(sentences))] if sentences else []


def why(found: Analysis) -> list[AnyBlock]:
    """Say for each decision maker why today's state holds, and why the wanted one does not."""
    blocks: list[AnyBlock] = []
    today, wanted = found.game.status_quo, found.nearest
    if today is not None:
        blocks.append(Paragraph((prose("dispute.why_today"), *_reasons(found, today))))
    if wanted is not None and found.wanted is not None and wanted != today:
        name = text(found.wanted.name or found.wanted.id)
        state = wording.state(found.game, wanted)
        key = "why_stable" if found.stable(TOLD, wanted) else "why_not"
        opening = prose(f"dispute.{key}", outcome=name, state=state)
        blocks.append(Paragraph((opening, *_reasons(found, wanted))))
    return blocks


def _reasons(found: Analysis, state: int) -> list[Prose]:
    return [
        sentence for reason in found.reasons(TOLD, state) for sentence in wording.reason(found.game, reason)
    ]
