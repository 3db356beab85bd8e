"""Assembles the section on positions, projects and cited figures."""

from __future__ import annotations

from hikiwake.core.document import AnyBlock, Paragraph, Section
from hikiwake.core.dossier import Dossier
from hikiwake.core.provenance import Dataset, Fact
from hikiwake.dossier.identity import selector
from hikiwake.measures.chronology import formulas
from hikiwake.sections import Context
from hikiwake.sections.standpoints import figures, places, positions, projects
from hikiwake.sections.wording import prose

ID = "standpoints"
NEEDS = ()


def section(context: Context) -> Section | None:
    """Return the section; None without a dossier, or when it holds none of these."""
    dossier, source = context.dossier, context.source
    if dossier is None or source is None:
        return None
    if not (dossier.places or dossier.positions or dossier.projects or dossier.facts):
        return None
    counts = {
        kind: _recorded(context, source, kind, dossier)
        for kind in ("positions", "projects", "facts", "places")
    }
    finding = prose(
        "standpoints.finding", {name: counts[name] for name in ("positions", "projects", "facts")}
    )
    blocks: list[AnyBlock] = [
        Paragraph((prose("standpoints.quoted"),)),
        *places.blocks(context, counts["places"]),
        *positions.blocks(context, counts["positions"]),
        *projects.blocks(context, counts["projects"]),
        *figures.blocks(context, counts["facts"]),
    ]
    return Section(ID, prose("standpoints.title"), finding, tuple(blocks))


def _recorded(context: Context, source: Dataset, kind: str, dossier: Dossier) -> Fact:
    entries = getattr(dossier, kind)
    years = (context.year, context.year)
    inputs = (selector(source, kind, (entry.id for entry in entries)),)
    return context.say.told(
        formulas.ENTRIES, {"kind": kind}, years, len(entries), source=source, inputs=inputs
    )
