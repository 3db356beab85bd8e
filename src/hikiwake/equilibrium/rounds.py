"""Rounds of the many-sector model: costs, prices, sales, spending and wages in turn.

Arrays of a batch of b draws are (k, b, n): sectors, draws, economies, so that each sector's shares and each
economy's inputs multiply all draws at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hikiwake.equilibrium.checks import Array
from hikiwake.equilibrium.clearing import Spending
from hikiwake.equilibrium.coarse import Correction, Point
from hikiwake.equilibrium.moves import Move, cells, cut
from hikiwake.equilibrium.sectors import Sectors

LONGEST_STEP = 0.3


class Draws(NamedTuple):
    """A batch of b draws: `theta` (k, b, 1), factors by part (k, b), logs of productivity (k, 1, n)."""

    theta: Array
    factors: tuple[Array, ...]
    productivity: Array


class State(NamedTuple):
    """Logs of prices (k, b, n) and of wages (b, n), and ratios of new to old spending by sector (k, b, n).

    `limits` (l, k, b) are logs of the factors that keep the trade of the l limited moves within its limit.
    """

    prices: Array
    spending: Array
    wages: Array
    limits: Array

    def repeated(self, count: int) -> State:
        """Return the state of one draw for so many."""
        return State(
            np.repeat(self.prices, count, axis=1),
            np.repeat(self.spending, count, axis=1),
            np.repeat(self.wages, count, axis=0),
            np.repeat(self.limits, count, axis=2),
        )


class Limited(NamedTuple):
    """One limited move: its place, the parts it is in, and the most that it may sell by sector, (k, 1)."""

    move: int
    parts: tuple[int, ...]
    most: Array


class Round(NamedTuple):
    """What one round makes of a state; `power` = (cost)^-theta, `whole` the sum of shares times it.

    `factors` are those of the parts, limits included. `demand` (k, b, n) sums shares before duty times
    spending over `whole` at destinations, so that sales are power x demand; `gaps` (b, n) are logs of what
    labour's sales pay over its wages, `room` (l, k, b) of what limited trade may be at most over what it is.
    """

    state: State
    factors: tuple[Array, ...]
    power: Array
    whole: Array
    demand: Array
    budget: Array
    gaps: Array
    room: Array


class Model:
    """The equations of a world of sectors under moves, for batches of draws."""

    def __init__(self, world: Sectors, moves: Sequence[Move], rule: Spending) -> None:
        self.world = world
        self.pieces = cut(world, moves)
        pieces = self.pieces
        self.rule = rule
        self.limited = tuple(
            Limited(
                number,
                tuple(n for n, part in enumerate(pieces.parts) if number in part.moves),
                move.limit
                * np.where(cells(world.flows.shape, move), world.flows, 0.0).sum(axis=(1, 2))[:, None],
            )
            for number, move in enumerate(moves)
            if move.limit is not None
        )
        self.bought = world.bought[:, None, :]
        used = self.bought > 0.0
        self._per_old = np.where(used, 1.0 / np.where(used, self.bought, 1.0), 0.0)
        self._idle = np.where(used, 0.0, 1.0)
        self.inputs = np.ascontiguousarray(world.inputs)
        self._uses = np.ascontiguousarray(world.inputs.transpose(0, 2, 1))
        self._labour = world.value_added.T[:, None, :]
        self._final = world.final.T[:, None, :]
        self._back = np.ascontiguousarray(pieces.net.transpose(0, 2, 1))
        self._home = np.einsum("kii->ki", pieces.net)[:, None, :]

    def start(self, draws: int) -> State:
        """Return the state of no change."""
        k, n = self.world.bought.shape
        limits = np.zeros((len(self.limited), k, draws))
        return State(np.zeros((k, draws, n)), np.ones((k, draws, n)), np.zeros((draws, n)), limits)

    def round(self, state: State, draws: Draws) -> Round:
        """Go through all equations once."""
        w = np.exp(state.wages)
        costs = self._labour * state.wages + _by_economy(state.prices, self._uses) - draws.productivity
        power = np.exp(-draws.theta * costs)
        factors = self._factors(state, draws)
        whole = self.gathered(power, factors, net=False)
        prices = np.log(whole) / -draws.theta
        spent = state.spending * self.bought
        per_share = spent / whole
        demand = self._demanded(per_share, factors)
        budget = self.rule.at_rows(w)
        if self.pieces.dutied:
            budget = budget + (spent * (1.0 - self.gathered(power, factors, net=True) / whole)).sum(axis=0)
        new = _by_economy(power * demand, self.inputs) + self._final * budget
        earned = self._labour * power
        pay = w * self.rule.y
        gaps = np.log((earned * demand).sum(axis=0) / pay)
        # When its wage rises, an economy's labour loses the part that it earns abroad, theta times that as
        # buyers abroad turn away, and as much again by imports in the place of home goods.
        abroad = earned * (demand - self._home * per_share)
        slope = ((1.0 + 2.0 * draws.theta) * abroad).sum(axis=0) / pay
        step = gaps / (1.0 + slope)  # a little less: what rounds have not yet brought to prices comes later
        wages = state.wages + np.clip(step, -LONGEST_STEP, LONGEST_STEP)
        wages -= np.log(np.exp(wages) @ self.rule.y / self.rule.y.sum())[:, None]
        spending = new * self._per_old + self._idle
        room = self._room(state, power, costs, per_share, factors)
        new_state = State(prices, spending, wages, state.limits)
        return Round(new_state, factors, power, whole, demand, budget, gaps, room)

    def _factors(self, state: State, draws: Draws) -> tuple[Array, ...]:
        """Return the factors of the parts, (k, b), with what their limits take from them."""
        factors = list(draws.factors)
        for limited, log in zip(self.limited, state.limits, strict=True):
            for part in limited.parts:
                factors[part] = factors[part] * np.exp(log)
        return tuple(factors)

    def _room(
        self, state: State, power: Array, costs: Array, per_share: Array, factors: tuple[Array, ...]
    ) -> Array:
        """Return logs of the most that limited trade may be over what it is, (l, k, b)."""
        room = np.full_like(state.limits, np.inf)
        made = power * np.exp(-costs) if self.limited else power
        for number, limited in enumerate(self.limited):
            sold = np.zeros_like(state.limits[number])
            for place in limited.parts:
                part = self.pieces.parts[place]
                bought = np.matmul(per_share[:, :, part.columns], part.net.transpose(0, 2, 1))
                sold += factors[place] * (made[:, :, part.rows] * bought).sum(axis=2)
            some = sold > 0.0
            room[number][some] = np.log(np.broadcast_to(limited.most, sold.shape)[some] / sold[some])
        return room

    def gathered(self, power: Array, factors: tuple[Array, ...], *, net: bool) -> Array:
        """Return sums over origins of new shares times powers of costs, by destination, (k, b, n)."""
        whole = np.matmul(power, self.pieces.net if net else self.pieces.paid)
        for part, factor in zip(self.pieces.parts, factors, strict=True):
            some = np.matmul(power[:, :, part.rows], part.net if net else part.paid)
            whole[:, :, part.columns] += factor[:, :, None] * some
        return np.asarray(whole)

    def corrected(self, found: Round, theta: Array) -> Correction:
        """Return the correction of steps near the first draw of a round; `theta` (k,) is what others have."""
        paid, net = self.pieces.paid.copy(), self.pieces.net.copy()
        for part, factor in zip(self.pieces.parts, found.factors, strict=True):
            at = np.ix_(np.arange(len(paid)), part.rows, part.columns)
            paid[at] += factor[:, :1, None] * part.paid
            net[at] += factor[:, :1, None] * part.net
        scale = found.power[:, 0, :, None] / found.whole[:, 0, None, :]
        spent = found.state.spending[:, 0] * self.bought[:, 0]
        point = Point(paid * scale, net * scale, spent, found.state.wages[0], theta)
        return Correction(self.world, self.rule, point)

    def _demanded(self, per_share: Array, factors: tuple[Array, ...]) -> Array:
        """Return sums over destinations of new shares before duty times spending over `whole`, by origin."""
        demand = np.matmul(per_share, self._back)
        for part, factor in zip(self.pieces.parts, factors, strict=True):
            some = np.matmul(per_share[:, :, part.columns], part.net.transpose(0, 2, 1))
            demand[:, :, part.rows] += factor[:, :, None] * some
        return np.asarray(demand)


def _by_economy(values: Array, matrices: Array) -> Array:
    """Multiply, for each economy, values over sectors with its own matrix, (k, b, n)."""
    product: Array = np.matmul(values.transpose(2, 1, 0), matrices).transpose(2, 1, 0)
    return product
