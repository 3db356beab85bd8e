"""Disputes as text and as JSON: what a terminal and a program read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hikiwake.dispute import Game, OptionForm, Solution
from hikiwake.dispute.naming import decision_makers
from hikiwake.dossier.disputes import Model

CONCEPT_NAMES = {
    "nash": "Nash",
    "gmr": "GMR",
    "smr": "SMR",
    "seq": "SEQ",
    "sim": "SIM",
}
MOST_COLUMNS = 12
"""States that a table shows; the JSON holds all."""


def solution(held: Model, found: Solution) -> str:
    """Return the equilibria as the field's table: options in rows, states in columns."""
    game = found.game
    who = ", ".join(maker.name or maker.id for maker in decision_makers(game.form))
    lines = [held.title, f"{game.states:,} states; decision makers: {who}", ""]
    stable: dict[int, list[str]] = {}
    for concept in found.stable:
        for state in found.equilibria(concept):
            stable.setdefault(state, []).append(CONCEPT_NAMES[concept])
    # Best supported first, today's state before others.
    shown = sorted(stable, key=lambda s: (-len(stable[s]), s != game.status_quo, s))
    if not shown:
        return "\n".join([*lines, "No state is stable for all, under any of these concepts."])
    lines += table(game, shown[:MOST_COLUMNS])
    lines.append("")
    for state in shown[:MOST_COLUMNS]:
        today = "  (today)" if state == game.status_quo else ""
        lines.append(f"{game.labels[state]}  stable for all under {', '.join(stable[state])}{today}")
    if len(shown) > MOST_COLUMNS:
        lines.append(f"and {len(shown) - MOST_COLUMNS} more; --json lists all")
    lines += _wanted(held, found)
    return "\n".join(lines)


def table(game: Game, states: Iterable[int]) -> list[str]:
    """Return lines of a table of states: for each option its owner, what it is, and Y or N in each state."""
    chosen = list(states)
    if not isinstance(game.form, OptionForm):
        return [f"{number + 1:>4}  {game.labels[number]}" for number in chosen]
    names = [option.taken or option.id for option in game.form.options]
    owners = [option.owner for option in game.form.options]
    wide, left = max(map(len, names)), max(map(len, owners))
    heads = [str(state + 1) for state in chosen]
    widths = [max(3, len(head)) for head in heads]
    rows = [f"{'':<{left}}  {'state':<{wide}}  {_cells(heads, widths)}"]
    for bit, (owner, name) in enumerate(zip(owners, names, strict=True)):
        signs = [_sign(game, state, bit) for state in chosen]
        rows.append(f"{owner:<{left}}  {name:<{wide}}  {_cells(signs, widths)}".rstrip())
    return rows


def solution_json(held: Model, found: Solution) -> dict[str, Any]:
    """Return everything that was found, states by their labels."""
    game = found.game
    return {
        "title": held.title,
        "decision_makers": list(game.who),
        "states": list(game.labels),
        "status_quo": None if game.status_quo is None else game.labels[game.status_quo],
        "equilibria": {concept: list(found.labels(concept)) for concept in found.stable},
        "stable": {
            concept: {who: _labels(game, found.individual(concept, who)) for who in game.who}
            for concept in found.stable
        },
        "deterred_only_by_a_reply_that_is_not_the_best": {
            who: [game.labels[s] for s in range(game.states) if row[s]]
            for who, row in zip(game.who, found.weakly_deterred, strict=True)
        },
        "wanted": {
            outcome.id: {
                "holds_in": _labels(game, game.where(outcome.holds)),
                "equilibria": {
                    concept: _labels(game, _both(found.equilibria(concept), game.where(outcome.holds)))
                    for concept in found.stable
                },
            }
            for outcome in held.asked.wanted
        },
        "notes": [str(problem) for problem in game.warnings],
        "analyst": held.asked.analyst,
    }


def _wanted(held: Model, found: Solution) -> list[str]:
    lines = []
    for outcome in held.asked.wanted:
        states = found.game.where(outcome.holds)
        counts = ", ".join(
            f"{CONCEPT_NAMES[concept]} {len(_both(found.equilibria(concept), states))}"
            for concept in found.stable
        )
        name = outcome.name or outcome.id
        lines += [
            "",
            f"{name}: {len(states)} of {found.game.states} states; of these stable for all: {counts}",
        ]
    return lines


def _both(some: Iterable[int], others: Iterable[int]) -> list[int]:
    held = {int(state) for state in others}
    return [state for state in some if state in held]


def _labels(game: Game, states: Iterable[int]) -> list[str]:
    return [game.labels[int(state)] for state in states]


def _cells(cells: list[str], widths: list[int]) -> str:
    return " ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


def _sign(game: Game, state: int, bit: int) -> str:
    return game.labels[state][bit]
