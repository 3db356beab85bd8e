"""The tables of a dispute: outcomes by their options, and what each decision maker wants."""

from __future__ import annotations

from hikiwake.core.document import Cell, Label, Table
from hikiwake.dispute import CONCEPTS, Game, OptionForm
from hikiwake.measures.dispute.analysis import Analysis
from hikiwake.sections import Context
from hikiwake.sections.citing import cite
from hikiwake.sections.dispute.wording import maker
from hikiwake.sections.wording import cell, prose, text

SHOWN = 5
"""Outcomes in the table: with more it is not read."""
YES, NO = "yes", "no"


def outcomes(context: Context, found: Analysis) -> Table | None:
    """Show today's state, the nearest wanted one and what else is stable, option by option."""
    game = found.game
    if not isinstance(game.form, OptionForm):
        return None
    chosen = columns(found)
    rows: list[tuple[Cell, ...]] = [
        (
            cell(_who(game, option.owner)),
            cell(text(option.taken or option.id)),
            *(cell(text(YES if game.labels[state][bit] == "Y" else NO)) for state in chosen),
            cell(cite(context, option.sources)),
        )
        for bit, option in enumerate(game.form.options)
    ]
    for concept in CONCEPTS:
        marks = (text(YES if found.stable(concept, state) else NO) for state in chosen)
        name = cell(text(concept.upper() if concept != "nash" else "Nash"))
        rows.append((cell(text("all")), name, *(cell(mark) for mark in marks), Cell()))
    return Table(
        id="dispute-outcomes",
        title=prose("dispute.outcomes_table"),
        columns=(
            prose("dispute.column_who"),
            prose("dispute.column_what"),
            *(prose("dispute.column_state", state=text(_head(found, state))) for state in chosen),
            prose("dispute.column_sources"),
        ),
        rows=tuple(rows),
        note=prose("dispute.outcomes_note"),
        emphasis=tuple(range(len(game.form.options), len(rows))),
    )


def columns(found: Analysis) -> list[int]:
    """Return the states to show: today's, the nearest wanted one, then those that are most stable."""
    game = found.game
    support = {
        state: sum(found.stable(concept, state) for concept in CONCEPTS)
        for concept in CONCEPTS
        for state in found.solution.equilibria(concept)
    }
    first = [state for state in (game.status_quo, found.nearest) if state is not None]
    others = sorted(support, key=lambda state: (-support[state], state))
    return list(dict.fromkeys([*first, *others]))[:SHOWN]


def preferences(context: Context, found: Analysis) -> Table | None:
    """List what each decision maker wants, most important first, with why and with sources."""
    rows: list[tuple[Cell, ...]] = []
    game: Game = found.game
    for who, ordering in zip(game.who, game.orderings, strict=True):
        for place, statement in enumerate(ordering.statements, 1):
            rows.append(
                (
                    cell(_who(game, who)),
                    cell(text(str(place))),
                    cell(text(statement.label or statement.holds)),
                    cell(text(statement.why) if statement.why else None),
                    cell(cite(context, statement.sources)),
                )
            )
    if not rows:
        return None
    return Table(
        id="dispute-preferences",
        title=prose("dispute.preferences"),
        columns=tuple(
            prose(f"dispute.column_{name}") for name in ("who", "place", "wants", "why", "sources")
        ),
        rows=tuple(rows),
        note=prose("dispute.preferences_note"),
    )


def _who(game: Game, who: str) -> Label:
    """Name a decision maker as a cell does, which begins with a capital."""
    name = maker(game, who).text
    return text(name[:1].upper() + name[1:])


def _head(found: Analysis, state: int) -> str:
    """Name a column: what the state is to the reader, else its number."""
    if state == found.game.status_quo:
        return "today"
    if found.wanted is not None and state in found.states:
        return found.wanted.name or found.wanted.id
    return f"no. {state + 1}"
