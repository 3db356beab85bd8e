"""What parties, third states and institutions hold or want."""

from __future__ import annotations

from hikiwake.core.document import AnyBlock, Label, Table
from hikiwake.core.dossier import Position, Project
from hikiwake.core.provenance import Fact
from hikiwake.sections import Context
from hikiwake.sections.citing import cite, party
from hikiwake.sections.wording import cell, day, prose, text


def blocks(context: Context, count: Fact) -> list[AnyBlock]:
    """Write the table of positions: the two economies first, then all others; nothing without any."""
    assert context.dossier is not None  # noqa: S101  (section() has looked)
    pair = (context.a.id, context.b.id)
    held = sorted(context.dossier.positions, key=lambda one: _place(one.who, pair))
    if not held:
        return []
    return [
        Table(
            id="positions",
            title=prose("standpoints.positions", {"count": count}),
            columns=tuple(
                prose(f"standpoints.column_{name}") for name in ("who", "on", "says", "since", "sources")
            ),
            rows=tuple(
                (
                    cell(party(position.who)),
                    cell(text(position.on) if position.on else None),
                    cell(text(position.says)),
                    cell(since(position)),
                    cell(cite(context, position.sources)),
                )
                for position in held
            ),
        )
    ]


def since(entry: Position | Project) -> Label | None:
    """Return since when something holds, and until when where that is known; None where neither is."""
    if entry.until == "":
        return day(entry.since) if entry.since != "" else None
    begun = str(entry.since).partition("/")[0].rstrip("~")
    ended = str(entry.until).rpartition("/")[2].rstrip("~")
    return day(f"{begun}/{ended}") if begun else text(f"– {ended}")


def _place(who: str, pair: tuple[str, str]) -> int:
    identity = party(who).id
    return pair.index(identity) if identity in pair else len(pair)
