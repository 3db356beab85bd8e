"""What irreversibility cuts off: a state may be stable only because nobody can leave it.

That says nothing about whether anybody wants to stay, so it is told.
"""

from __future__ import annotations

import msgspec
import numpy as np

from hikiwake.dispute.form import OptionForm
from hikiwake.dispute.game import Game
from hikiwake.dispute.options import option_arcs
from hikiwake.dispute.routes import Move


def reversible(game: Game) -> Game:
    """Return the same dispute with every change of options possible both ways.

    In graph form, where moves are given one by one, it is the dispute itself.
    """
    if not isinstance(game.form, OptionForm):
        return game
    free = msgspec.structs.replace(
        game.form,
        options=tuple(msgspec.structs.replace(option, direction="both") for option in game.form.options),
        irreversible=(),
    )
    moves, _ = option_arcs(free, [(who,) for who in game.who], game.setting, game.codes)
    return msgspec.structs.replace(game, form=free, arcs=tuple(moves))


def cut_moves(game: Game, state: int) -> tuple[Move, ...]:
    """Return the moves from a state that irreversibility forbids, by decision maker and state.

    Raises
    ------
    BadInput
        If the state does not exist.
    """
    game.need(state)
    return tuple(
        Move(who, state, end)
        for who, own, free in zip(game.who, game.arcs, reversible(game).arcs, strict=True)
        for end in np.setdiff1d(free.ends(state), own.ends(state)).tolist()
    )
