"""Everything a brief says of a dispute, worked out once."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hikiwake.dispute import (
    Concept,
    Edit,
    Form,
    Game,
    Hypergame,
    Inverse,
    Reason,
    Sensitivity,
    Solution,
    StatusQuo,
    StrengthSolution,
    UncertainSolution,
    build,
    explain,
    inverse,
    paths,
    sensitivity,
    solve,
    solve_as_known,
    solve_as_seen,
    solve_by_strength,
    solve_coalitions,
)
from hikiwake.dossier.disputes import Model, Outcome

MOST_EDITS = 2
"""Changes of statements that are searched for; more are another dispute."""


class After(msgspec.Struct, frozen=True):
    """What one least change makes of the dispute.

    edits : the change.
    state : the wanted state that is then stable for all.
    today_stable : whether today's state stays so.
    ways : from today to that state.
    """

    edits: tuple[Edit, ...]
    game: Game
    state: int
    today_stable: bool
    ways: StatusQuo


class Analysis(msgspec.Struct, frozen=True):
    """A dispute analysed.

    solution : under Nash, GMR, SMR and SEQ.
    robust : after every change of one statement; None where preferences are not given by statements.
    wanted : the outcome that is asked about first, and the states in which it holds; None without one.
    least : the least changes that make it stable for all under Nash; None where there is none to look for.
    known, strength, seen : the same with what the model calls unknown, strong, or not seen; None without it.
    nearest : the wanted state that these changes make stable; else the one that most find stable already.
    """

    model: Model
    game: Game
    solution: Solution
    robust: Sensitivity | None
    wanted: Outcome | None
    states: tuple[int, ...]
    least: Inverse | None
    nearest: int | None
    after: After | None
    known: UncertainSolution | None
    strength: StrengthSolution | None
    seen: Hypergame | None

    def reasons(self, concept: Concept, state: int) -> tuple[Reason, ...]:
        """Say for every decision maker why a state is stable for it or not."""
        return tuple(explain(self.game, concept, who, state) for who in self.game.who)

    def stable(self, concept: Concept, state: int) -> bool:
        """Say whether a state is stable for all."""
        return state in self.solution.equilibria(concept)


def analyse(model: Model) -> Analysis:
    """Solve a dispute, and look for what would make its wanted outcome stable.

    Raises
    ------
    BadInput
        If the model has faults; a dossier that was read has none.
    """
    game = build(model.form)
    solution = solve(game)
    by_statements = any(preference.statements for preference in model.form.preferences.values())
    robust = sensitivity(game) if by_statements else None
    wanted = model.asked.wanted[0] if model.asked.wanted else None
    states = tuple(int(state) for state in game.where(wanted.holds)) if wanted else ()
    least = inverse(game, states, "nash", MOST_EDITS) if states and by_statements else None
    after = _after(model, game, least)
    best = after.state if after is not None else _nearest(solution, states)
    beyond = (solve_as_known(game), solve_by_strength(game), solve_as_seen(game))
    return Analysis(model, game, solution, robust, wanted, states, least, best, after, *beyond)


def _nearest(solution: Solution, states: Sequence[int]) -> int | None:
    """Return the wanted state that most decision makers find stable, under the strictest concepts first."""
    if not states:
        return None
    support = [
        tuple(int(solution.stable[concept][:, state].sum()) for concept in ("nash", "seq", "smr", "gmr"))
        for state in states
    ]
    return states[max(range(len(states)), key=lambda n: (support[n], -n))]


def _after(model: Model, game: Game, least: Inverse | None) -> After | None:
    """Carry out the first of the least changes, the one of the most frequent cause."""
    if least is None or not least.changes or not least.number or game.status_quo is None:
        return None
    cause = least.causes[0][0]
    change = next(one for one in least.changes if one.cause == cause)
    changed = build(edited(model, change.edits))
    found = solve(changed, ("nash",))
    state = change.states[0]
    ways = paths(changed, (state,), solve_coalitions(changed))
    return After(change.edits, changed, state, changed.status_quo in found.equilibria("nash"), ways)


def edited(model: Model, edits: Sequence[Edit]) -> Form:
    """Return the form of a model with statements moved or dropped."""
    preferences = dict(model.form.preferences)
    game = build(model.form)
    for edit in edits:
        ordering = game.orderings[game.maker(edit.who)]
        kept = [one for one in ordering.statements if one.id != edit.statement]
        (moved,) = (one for one in ordering.statements if one.id == edit.statement)
        if edit.kind == "move":
            kept.insert(edit.place - 1, moved)
        # What is unknown or strong speaks of statements by their ids, and of the order as it was.
        preferences[edit.who] = msgspec.structs.replace(
            preferences[edit.who], statements=tuple(kept), unknown=(), strong=()
        )
    return msgspec.structs.replace(model.form, preferences=preferences)
