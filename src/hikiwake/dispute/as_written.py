"""A dispute solved with what its form says beside orders: unknown, strong, and what somebody does not see."""

from __future__ import annotations

import numpy as np

from hikiwake.dispute.game import Game
from hikiwake.dispute.hypergame import Hypergame, hypergame
from hikiwake.dispute.partial import Relation, meant, possible, strong_relation
from hikiwake.dispute.relations import (
    StrengthSolution,
    UncertainSolution,
    known_of,
    solve_strength,
    solve_unknown,
)


def solve_as_known(game: Game) -> UncertainSolution | None:
    """Find what is stable by each extension, with the preferences that the form calls unknown.

    Comparisons are known where all orders that are possible agree. None if the form calls nothing unknown.

    Raises
    ------
    BadInput
        If there are too many states.
    """
    if not any(preference.unknown for preference in game.form.preferences.values()):
        return None
    better: list[Relation] = []
    unsure: list[Relation] = []
    for who, order in zip(game.who, game.orderings, strict=True):
        entries = game.form.preferences[who].unknown
        certain, open_ = known_of(possible(order, entries))
        for entry in entries:
            if entry.between is not None:
                one, other = (game.setting.find(name) for name in entry.between)
                open_[np.ix_(one, other)] = open_[np.ix_(other, one)] = True
        np.fill_diagonal(open_, val=False)
        better.append(certain & ~open_)
        unsure.append(open_)
    return solve_unknown(game, better, unsure)


def solve_by_strength(game: Game) -> StrengthSolution | None:
    """Split stability by deterrence by what the form calls strong; None if it calls nothing so.

    Raises
    ------
    BadInput
        If there are too many states.
    """
    strong = {
        who: np.logical_or.reduce(
            [
                strong_relation(who, entry, game.orderings[game.maker(who)], game.setting)
                for entry in preference.strong
            ]
        )
        for who, preference in game.form.preferences.items()
        if preference.strong
    }
    return solve_strength(game, strong) if strong else None


def solve_as_seen(game: Game) -> Hypergame | None:
    """Find what is stable when some do not see what the form calls unseen; None if all see everything."""
    if not game.form.unaware:
        return None
    unseen = {
        who: sorted({int(state) for name in names for state in meant(game.setting, name)})
        for who, names in game.form.unaware.items()
    }
    return hypergame(game, unseen)
