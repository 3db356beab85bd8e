"""Rounds until nothing moves, and until trade that has a limit keeps within it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hikiwake import kernels
from hikiwake.core.errors import NoSolution
from hikiwake.equilibrium.checks import Array
from hikiwake.equilibrium.clearing import PROMISED
from hikiwake.equilibrium.coarse import Correction
from hikiwake.equilibrium.compiled import Compiled
from hikiwake.equilibrium.rounds import Draws, Model, Round, State
from hikiwake.equilibrium.ways import Plain, Way

AIM = 1e-12
MOST_ROUNDS = 1000
MOST_SEARCHES = 60
LONGEST_LIMIT = 3.0
SLOPES = (0.1, 3.0)
"""Bounds of what one per cent on the factor of limited trade does to that trade, in per cent."""
FEW = 3
"""Fewer draws than these leave most lanes of the compiled rounds idle, and are quicker on NumPy."""
WORSE = 30.0
"""A mended step after which the gap grows by this factor went astray: the memory is dropped."""


class Settled(NamedTuple):
    """The last round of a batch, the largest change or gap in it, and how many rounds it took."""

    last: Round
    residual: float
    rounds: int


def settle(
    model: Model, draws: Draws, start: State, aim: float = AIM, corrected: Correction | None = None
) -> Settled:
    """Go round until nothing moves by `aim`; where trade has limits, until those that bind are met exactly.

    Steps are `corrected`, as long as that does not lead astray; None: they are not.

    What keeps trade within a limit is found outside the rounds: for each limited move and sector a secant's
    step towards its room, never above no change. Within the rounds its kink would lead the acceleration
    astray.

    Raises
    ------
    NoSolution
        If a round still moves something by more than PROMISED, or a limit is not met.
    """
    settled = _settle(model, draws, start, aim, corrected)
    rounds = settled.rounds
    slope = np.ones_like(start.limits)
    before: tuple[Array, Array] | None = None
    for _ in range(MOST_SEARCHES):
        limits, room = settled.last.state.limits, settled.last.room
        gap = float(np.abs(np.minimum(limits + room, 0.0) - limits).max(initial=0.0))
        if gap < 10.0 * aim:
            return Settled(settled.last, max(settled.residual, gap), rounds)
        if before is not None:
            moved = np.abs(limits - before[0]) > 1e-13
            steps = np.where(moved, limits - before[0], 1.0)
            with np.errstate(invalid="ignore"):  # where nothing is sold there is all the room there can be
                found = np.where(moved, (before[1] - room) / steps, slope)
            slope = np.clip(np.nan_to_num(found, nan=1.0), *SLOPES)
        before = (limits, room)
        new = np.minimum(limits + np.clip(room / slope, -LONGEST_LIMIT, LONGEST_LIMIT), 0.0)
        settled = _settle(model, draws, settled.last.state._replace(limits=new), aim, corrected)
        rounds += settled.rounds
    raise NoSolution(
        where="equilibrium of many sectors",
        why=f"a limit on trade is still missed by {gap:.1e} after {MOST_SEARCHES} searches",
        remedy="Loosen the limit, or limit fewer industries at once.",
    )


def _settle(model: Model, draws: Draws, start: State, aim: float, corrected: Correction | None) -> Settled:
    if corrected is not None:
        try:
            return _gone(model, draws, start, aim, corrected)
        except NoSolution:
            pass  # far from where the correction is right it may spoil what would settle without
    return _gone(model, draws, start, aim, None)


def _gone(model: Model, draws: Draws, start: State, aim: float, corrected: Correction | None) -> Settled:
    way = _way(model, draws, start, corrected)
    best = np.inf
    for count in range(1, MOST_ROUNDS + 1):
        residual = way.round()
        if residual < aim:
            break
        if not np.isfinite(residual) or residual > WORSE * best:
            if way.is_new:
                raise _unsettled(residual, count)
            way.back()
            best = np.inf
            continue
        if residual < best:
            best = residual
            way.keep()
        way.go_on()
    else:
        if not best <= PROMISED:
            raise _unsettled(best, MOST_ROUNDS)
    return Settled(way.last(), residual, count)


def _way(model: Model, draws: Draws, start: State, corrected: Correction | None) -> Way:
    """Return the compiled way where that part was built and worth it; it knows no limits."""
    found = None if model.limited or start.prices.shape[1] < FEW else kernels.compiled()
    if found is None:
        return Plain(model, draws, start, corrected)
    return Compiled(model, draws, start, corrected, found)


def _unsettled(residual: float, rounds: int) -> NoSolution:
    return NoSolution(
        where="equilibrium of many sectors",
        why=f"prices and wages still moved by {residual:.1e} after {rounds} rounds",
        remedy="Check units and deficits; try closure 'balanced', a floor under small thetas, or let a "
        "little leak: an economy that sells nothing abroad can buy nothing there.",
    )
