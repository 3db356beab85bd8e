"""Joint undertakings with the partners and their shares as the sources print them."""

from __future__ import annotations

from hikiwake.core.document import AnyBlock, Cell, Table
from hikiwake.core.dossier import Project, Stake
from hikiwake.core.provenance import Fact
from hikiwake.measures.quoted import stake
from hikiwake.sections import Context
from hikiwake.sections.citing import cite, party
from hikiwake.sections.standpoints.positions import since
from hikiwake.sections.wording import cell, prose, quoted, text


def blocks(context: Context, count: Fact) -> list[AnyBlock]:
    """Write the table of projects, one line a partner; nothing without any."""
    assert context.dossier is not None  # noqa: S101  (section() has looked)
    held = context.dossier.projects
    if not held:
        return []
    return [
        Table(
            id="projects",
            title=prose("standpoints.projects", {"count": count}),
            columns=tuple(
                prose(f"standpoints.column_{name}")
                for name in ("project", "partner", "share", "since", "sources")
            ),
            rows=tuple(row for project in held for row in _rows(context, project)),
            note=prose("standpoints.projects_note"),
        )
    ]


def _rows(context: Context, project: Project) -> list[tuple[Cell, ...]]:
    """Return a line for each partner; what the project is stands in the first."""
    name = f"{project.name}: {project.what}" if project.what else project.name
    partners: tuple[Stake | None, ...] = project.partners or (None,)
    return [
        (
            cell(text(name if place == 0 else project.name)),
            cell(party(partner.who) if partner else None),
            _share(context, project, partner),
            cell(since(project)) if place == 0 else cell(None),
            cell(cite(context, project.sources)) if place == 0 else cell(None),
        )
        for place, partner in enumerate(partners)
    ]


def _share(context: Context, project: Project, partner: Stake | None) -> Cell:
    if partner is None or partner.share == "" or context.source is None:
        return Cell()
    fact = stake(context.say, context.source, project.id, partner.who, partner.share, context.year)
    return quoted(fact, str(partner.share))
