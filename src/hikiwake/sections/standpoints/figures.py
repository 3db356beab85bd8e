"""The box with facts: figures that the dossier cites, each with its period and its source."""

from __future__ import annotations

from hikiwake.core.document import AnyBlock, Cell, Table
from hikiwake.core.dossier import CitedFact
from hikiwake.core.provenance import Fact
from hikiwake.measures.quoted import cited
from hikiwake.sections import Context
from hikiwake.sections.citing import cite
from hikiwake.sections.wording import cell, day, prose, quoted, text


def blocks(context: Context, count: Fact) -> list[AnyBlock]:
    """Write the table of cited figures; nothing without any."""
    assert context.dossier is not None  # noqa: S101  (section() has looked)
    held = context.dossier.facts
    if not held:
        return []
    return [
        Table(
            id="cited-figures",
            title=prose("standpoints.figures", {"count": count}),
            columns=tuple(
                prose(f"standpoints.column_{name}")
                for name in ("figure", "value", "period", "basis", "sources")
            ),
            rows=tuple(_row(context, fact) for fact in held),
            note=prose("standpoints.figures_note"),
            annex=True,
        )
    ]


def _row(context: Context, figure: CitedFact) -> tuple[Cell, ...]:
    assert context.source is not None  # noqa: S101  (section() has looked)
    fact = cited(context.say, context.source, figure, context.year)
    return (
        cell(text(figure.what)),
        quoted(fact, str(figure.value)),
        cell(day(figure.in_) if figure.in_ != "" else None),
        cell(text(figure.basis) if figure.basis else None),
        cell(cite(context, figure.sources)),
    )
