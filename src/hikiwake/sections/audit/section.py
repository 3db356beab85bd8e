"""Assembles the audit of the claims that a dossier enters from published texts."""

from __future__ import annotations

import shlex

from hikiwake.core.document import AnyBlock, Caveat, Label, Paragraph, Prose, Section
from hikiwake.core.dossier import Dossier
from hikiwake.core.provenance import Fact
from hikiwake.sections import Context
from hikiwake.sections.wording import prose, text

ID = "audit"
NEEDS = ()
TABLES = ("baci_flows", "baci_flags", "hs92_products", "factbook", "factbook_partners")
"""What claims are checked against."""


def section(context: Context) -> Section | None:
    """Return the section; None without a dossier, or when it enters no claim."""
    dossier, source = context.dossier, context.source
    if dossier is None or source is None or not dossier.claims:
        return None
    # The engine is loaded only where there is something to audit.
    from hikiwake.audit.run import audit
    from hikiwake.audit.stated import Stating
    from hikiwake.sections.audit import verdicts

    title = prose("audit.title")
    stating = Stating(context.say, source, {event.id: event for event in dossier.events}, context.year)
    every = stating.counted("entered", (claim.id for claim in dossier.claims))
    if not all(context.say.tables.has(table) for table in TABLES):
        absent = prose("audit.no_data", {"count": every})
        return Section(ID, title, absent, (Caveat("no data", absent, glance=True),))
    result = audit(dossier, context.say.tables, as_of=context.as_of)
    judged = verdicts.Judged(context, dossier, stating, result.verdicts)
    counts = {"count": every, **judged.counts()}
    named = _text(dossier)
    kept = {name: counts[name] for name in ("count", "checked", "figures", "statements")}
    blocks: list[AnyBlock] = [
        Paragraph((prose("audit.counts", kept, text=named), prose("audit.how", command=_command(context)))),
        *judged.blocks(),
        *judged.conflicts(result.conflicts),
    ]
    return Section(ID, title, _finding(counts), tuple(blocks), (_summary(counts, named),))


def _finding(counts: dict[str, Fact]) -> Prose:
    checked = counts["checked"]
    if not checked.value:
        return prose("audit.finding_open", {"count": counts["count"]})
    if counts["against"].value:
        return prose("audit.finding_against", {"against": counts["against"], "count": checked})
    return prose("audit.finding_none", {"count": checked})


def _summary(counts: dict[str, Fact], named: Label) -> Prose:
    if not counts["checked"].value:
        return prose("audit.summary_open", {"count": counts["count"]}, text=named)
    kept = ("count", "holds", "reading", "differs", "against", "open")
    return prose("audit.summary", {name: counts[name] for name in kept}, text=named)


def _text(dossier: Dossier) -> Label:
    """Name the text that the claims are from, where it is one."""
    documents = {claim.document for claim in dossier.claims}
    titles = [reference.title for reference in dossier.references if reference.id in documents]
    return text(f"“{titles[0]}”") if len(documents) == len(titles) == 1 else text("several texts")


def _command(context: Context) -> Label:
    words = [shlex.quote(context.dossier_file)] if context.dossier_file else [context.a.id, context.b.id]
    if context.as_of:
        words.append(f"--as-of {context.as_of.isoformat()}")
    return text(" ".join((context.program, "audit", *words)))
