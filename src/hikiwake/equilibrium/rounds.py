"""Rounds of the many-sector model: costs, prices, sales, spending and wages in turn, until none moves.

Arrays of a batch of b draws are (k, b, n): sectors, draws, economies, so that each sector's shares and each
economy's inputs multiply all draws at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hikiwake.core.errors import NoSolution
from hikiwake.equilibrium.anderson import Memory
from hikiwake.equilibrium.checks import Array
from hikiwake.equilibrium.clearing import PROMISED, Spending
from hikiwake.equilibrium.moves import Cut
from hikiwake.equilibrium.sectors import Sectors

AIM = 1e-12
MOST_ROUNDS = 1000
DEPTH = 8
LONGEST_STEP = 0.3
WORSE = 30.0
"""A mended step after which the gap grows by this factor went astray: the memory is dropped."""


class Draws(NamedTuple):
    """A batch of b draws: `theta` (k, b, 1), factors by part (k, b), logs of productivity (k, 1, n)."""

    theta: Array
    factors: tuple[Array, ...]
    productivity: Array


class State(NamedTuple):
    """Logs of prices (k, b, n) and of wages (b, n), and ratios of new to old spending by sector (k, b, n)."""

    prices: Array
    spending: Array
    wages: Array


class Round(NamedTuple):
    """What one round makes of a state; `power` = (cost)^-theta, `whole` the sum of shares times it.

    `demand` (k, b, n) sums shares before duty times spending over `whole` at destinations, so that sales are
    power x demand; `gaps` (b, n) are logs of what labour's sales pay over its wages.
    """

    state: State
    power: Array
    whole: Array
    demand: Array
    budget: Array
    gaps: Array


class Model:
    """The equations of a world of sectors under moves, for batches of draws."""

    def __init__(self, world: Sectors, pieces: Cut, rule: Spending) -> None:
        self.world = world
        self.pieces = pieces
        self.rule = rule
        self.bought = world.bought[:, None, :]
        self._old = np.where(self.bought > 0.0, self.bought, 1.0)
        self._inputs = np.ascontiguousarray(world.inputs)
        self._uses = np.ascontiguousarray(world.inputs.transpose(0, 2, 1))
        self._labour = world.value_added.T[:, None, :]
        self._final = world.final.T[:, None, :]
        self._back = np.ascontiguousarray(pieces.net.transpose(0, 2, 1))
        self._home = np.einsum("kii->ki", pieces.net)[:, None, :]

    def start(self, draws: int) -> State:
        """Return the state of no change."""
        k, n = self.world.bought.shape
        return State(np.zeros((k, draws, n)), np.ones((k, draws, n)), np.zeros((draws, n)))

    def round(self, state: State, draws: Draws) -> Round:
        """Go through all equations once."""
        w = np.exp(state.wages)
        costs = self._labour * state.wages + _by_economy(state.prices, self._uses) - draws.productivity
        power = np.exp(-draws.theta * costs)
        whole = self.gathered(power, draws, net=False)
        prices = np.log(whole) / -draws.theta
        spent = state.spending * self.bought
        demand = self._demanded(spent / whole, draws)
        sales = power * demand
        budget = self.rule.at_rows(w)
        if self.pieces.dutied:
            budget = budget + (spent * (1.0 - self.gathered(power, draws, net=True) / whole)).sum(axis=0)
        new = _by_economy(sales, self._inputs) + self._final * budget
        earned = self._labour * sales
        gaps = np.log(earned.sum(axis=0) / (w * self.rule.y))
        # When its wage rises, an economy's labour loses the part that it earns abroad, theta times that as
        # buyers abroad turn away, and as much again by imports in the place of home goods.
        abroad = 1.0 - self._home * spent / whole / np.where(demand > 0.0, demand, 1.0)
        slope = ((1.0 + 2.0 * draws.theta) * earned * abroad).sum(axis=0) / (w * self.rule.y)
        step = gaps / (1.0 + slope)  # a little less: what rounds have not yet brought to prices comes later
        wages = state.wages + np.clip(step, -LONGEST_STEP, LONGEST_STEP)
        wages -= np.log(np.exp(wages) @ self.rule.y / self.rule.y.sum())[:, None]
        spending = np.where(self.bought > 0.0, new / self._old, 1.0)
        return Round(State(prices, spending, wages), power, whole, demand, budget, gaps)

    def gathered(self, power: Array, draws: Draws, *, net: bool) -> Array:
        """Return sums over origins of new shares times powers of costs, by destination, (k, b, n)."""
        whole = np.matmul(power, self.pieces.net if net else self.pieces.paid)
        for part, factor in zip(self.pieces.parts, draws.factors, strict=True):
            some = np.matmul(power[:, :, part.rows], part.net if net else part.paid)
            whole[:, :, part.columns] += factor[:, :, None] * some
        return np.asarray(whole)

    def _demanded(self, per_share: Array, draws: Draws) -> Array:
        """Return sums over destinations of new shares before duty times spending over `whole`, by origin."""
        demand = np.matmul(per_share, self._back)
        for part, factor in zip(self.pieces.parts, draws.factors, strict=True):
            some = np.matmul(per_share[:, :, part.columns], part.net.transpose(0, 2, 1))
            demand[:, :, part.rows] += factor[:, :, None] * some
        return np.asarray(demand)


def _by_economy(values: Array, matrices: Array) -> Array:
    """Multiply, for each economy, values over sectors with its own matrix, (k, b, n)."""
    product: Array = np.matmul(values.transpose(2, 1, 0), matrices).transpose(2, 1, 0)
    return product


class Settled(NamedTuple):
    """The last round of a batch, the largest change or gap in it, and how many rounds it took."""

    last: Round
    residual: float
    rounds: int


def settle(model: Model, draws: Draws, start: State) -> Settled:
    """Go round until nothing moves.

    Raises
    ------
    NoSolution
        If a round still moves something by more than PROMISED.
    """
    state = start
    shape = state.prices.shape
    memory = Memory(shape[1], 2 * shape[0] * shape[2] + shape[2], DEPTH)
    best, kept = np.inf, start
    for count in range(1, MOST_ROUNDS + 1):
        with np.errstate(all="ignore"):  # a step that went astray shows as a residual that is not finite
            after = model.round(state, draws)
            x, new = _packed(state), _packed(after.state)
            step = new - x
            residual = max(float(np.abs(step).max()), float(np.abs(after.gaps).max()))
        if residual < AIM:
            break
        if not np.isfinite(residual) or residual > WORSE * best:
            if memory.count == 0:
                raise _unsettled(residual, count)
            memory.forget()
            state = kept
            best = np.inf
            continue
        if residual < best:
            best, kept = residual, after.state
        memory.learn(x, step)
        state = _unpacked(memory.mended(x, step), shape)
    else:
        if not best <= PROMISED:
            raise _unsettled(best, MOST_ROUNDS)
    return Settled(after, residual, count)


def _unsettled(residual: float, rounds: int) -> NoSolution:
    return NoSolution(
        where="equilibrium of many sectors",
        why=f"prices and wages still moved by {residual:.1e} after {rounds} rounds",
        remedy="Check units and deficits; try closure 'balanced', or a floor under small thetas.",
    )


def _packed(state: State) -> Array:
    rows = state.wages.shape[0]
    return np.concatenate(
        [
            state.prices.transpose(1, 0, 2).reshape(rows, -1),
            state.spending.transpose(1, 0, 2).reshape(rows, -1),
            state.wages,
        ],
        axis=1,
    )


def _unpacked(x: Array, shape: tuple[int, ...]) -> State:
    k, rows, n = shape
    size = k * n
    return State(
        np.ascontiguousarray(x[:, :size].reshape(rows, k, n).transpose(1, 0, 2)),
        np.ascontiguousarray(x[:, size : 2 * size].reshape(rows, k, n).transpose(1, 0, 2)),
        np.ascontiguousarray(x[:, 2 * size :]),
    )
