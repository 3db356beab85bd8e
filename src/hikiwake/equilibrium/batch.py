"""Many shocks to one world at once, with one Jacobian for all of them.

Newton's method needs the Jacobian only to be near. It is made once, at the equilibrium under the mean of the
shocks, and its inverse serves them all; where that converges slowly, Anderson's acceleration mends the step.
Shocks are worked on in blocks that fit a core's cache, the blocks in parallel. Whatever does not converge so
is given to Newton's method alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from hikiwake.core.errors import BadInput
from hikiwake.equilibrium import checks
from hikiwake.equilibrium.anderson import Memory
from hikiwake.equilibrium.checks import Array
from hikiwake.equilibrium.clearing import PROMISED, Spending, clear, jacobian
from hikiwake.equilibrium.closure import Closure, checked, purged, spending
from hikiwake.equilibrium.world import World

BLOCK_BYTES = 2_500_000
"""Weights of one block of shocks: little enough for a core's share of the cache."""
AIM = 1e-12
MOST_SWEEPS = 40
DEPTH = 3
SAMPLE = 32
"""Shocks, evenly taken, whose mean gives the Jacobian; it need only be near."""
SLOW = 0.1
"""Acceleration starts when a sweep leaves more than this part of the gap."""


class Many(msgspec.Struct, frozen=True):
    """Equilibria after m shocks, for n economies; every row is what `Outcome` holds for one.

    `wages`, `prices` and `welfare` (m, n) are ratios of new to old; `residual` is the largest relative gap
    between demand and supply in any market of any of them; `sweeps` the most any block took; `alone` how many
    shocks were left to Newton's method.
    """

    wages: Array
    prices: Array
    welfare: Array
    residual: float
    sweeps: int
    alone: int
    closure: Closure


class _Case(NamedTuple):
    weights: Array
    theta: Array
    rule: Spending
    start: Array
    inverse: Array


class _Block(NamedTuple):
    logs: Array
    spent: Array
    power: Array
    whole: Array
    residuals: Array
    sweeps: int


def solve_many(
    world: World,
    theta: ArrayLike,
    factors: ArrayLike,
    cells: ArrayLike | None = None,
    *,
    closure: Closure = "multiplicative",
    numeraire: str | None = None,
) -> Many:
    """Find the full equilibria after many shocks to trade costs.

    Parameters
    ----------
    world : trade before the shocks; duties keep their rates.
    theta : trade elasticity, one number or one for each shock (m,).
    factors : factors on trade at given wages, cost^-theta or exp(beta): (m, n, n), or (m, c) for c cells.
    cells : (c, 2) int, origin and destination of the cells that change, each once; None: all.
    closure, numeraire : as in `solve`.

    Returns
    -------
    Many, every market cleared to 1e-10.

    Raises
    ------
    BadInput
        If shapes do not fit, a factor is negative or not finite, or theta is not above zero.
    NoSolution
        If some shock leaves no equilibrium; the error names its place.

    Examples
    --------
    >>> from hikiwake.equilibrium import world
    >>> two = world([[8.0, 2.0], [2.0, 8.0]])
    >>> solve_many(two, 4.0, [[1.0], [1.5]], [[0, 1]]).welfare.round(4)
    array([[1.    , 1.    ],
           [1.0094, 1.0128]])
    """
    checked(closure)
    changes = _Changes.of(factors, cells, len(world.flows))
    powers = checks.elasticity(theta, (changes.shocks,))
    base = purged(world, _one(powers)) if closure == "balanced" else world
    unit = None if numeraire is None else world.place(numeraire)
    rule = spending(base.output, base.deficit, closure, np.zeros(len(base.flows)), unit)
    middle = changes.mean(base.flows)
    centre = clear(middle, float(powers.mean()), rule, held=False)
    inverse = np.linalg.inv(jacobian(float(powers.mean()), rule, centre.wages, centre.shares))
    case = _Case(base.flows, powers, rule, np.log(centre.wages), -(inverse * (rule.y * centre.wages)).T)
    blocks = list(changes.blocks(base.flows.nbytes))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        solved = list(pool.map(lambda rows: _block(case, changes, rows), blocks))
    return _gathered(base, changes, case, closure, solved)


def _one(powers: Array) -> float:
    if powers.min() != powers.max():
        raise BadInput(
            where="closure 'balanced'",
            why="the world without deficits differs with theta, so the shocks would not share a baseline",
            remedy="Remove the deficits at one theta, with `purged`, and use another closure.",
        )
    return float(powers[0])


class _Changes(NamedTuple):
    factors: Array
    cells: NDArray[np.int64] | None

    @classmethod
    def of(cls, factors: ArrayLike, cells: ArrayLike | None, economies: int) -> _Changes:
        changed = checks.amounts("factors", factors)
        places = None if cells is None else np.asarray(cells, dtype=np.int64)
        whole = (economies, economies) if places is None else (len(places),)
        if changed.ndim != 1 + len(whole) or changed.shape[1:] != whole or not len(changed):
            raise BadInput(
                where="factors",
                why=f"their shape is {changed.shape} and must be {('shocks', *whole)}",
                remedy="Give one row for each shock, and in it one factor for each cell.",
            )
        if places is not None and (
            places.ndim != 2
            or places.shape[1] != 2
            or places.min(initial=0) < 0
            or places.max(initial=0) >= economies
            or len(np.unique(places, axis=0)) != len(places)
        ):
            raise BadInput(
                where="cells",
                why="a cell is not a pair of places, lies outside the world, or stands there twice",
                remedy=f"Give pairs of places from 0 to {economies - 1}, origin first, each pair once.",
            )
        return cls(changed, places)

    @property
    def shocks(self) -> int:
        return len(self.factors)

    def apply(self, rows: slice, matrix: Array) -> Array:
        """Return the matrix under each of some shocks, (rows, n, n)."""
        if self.cells is None:
            return np.asarray(matrix * self.factors[rows])
        changed: Array = np.repeat(matrix[None], rows.stop - rows.start, axis=0)
        changed[:, self.cells[:, 0], self.cells[:, 1]] *= self.factors[rows]
        return changed

    def mean(self, matrix: Array) -> Array:
        """Return the matrix under the mean of some shocks: the middle of where their equilibria lie."""
        middle = self.factors[:: max(1, self.shocks // SAMPLE)].mean(axis=0)
        changed: Array = _Changes(middle[None], self.cells).apply(slice(0, 1), matrix)[0]
        return changed

    def blocks(self, size: int) -> Iterator[slice]:
        height = max(1, BLOCK_BYTES // size)
        return (slice(n, min(n + height, self.shocks)) for n in range(0, self.shocks, height))


def _block(case: _Case, changes: _Changes, rows: slice) -> _Block:
    weights = changes.apply(rows, case.weights)
    theta = case.theta[rows, None]
    x = np.tile(case.start, (len(weights), 1))
    memory = Memory(x.shape[0], x.shape[1], DEPTH)
    before, slow = np.inf, False
    for sweep in range(MOST_SWEEPS + 1):
        at = _at(weights, theta, case.rule, x)
        gaps = at.gaps
        largest = float(np.abs(gaps).max())
        if largest < AIM or sweep == MOST_SWEEPS or not np.isfinite(largest):
            break
        step = gaps @ case.inverse
        slow = slow or largest > SLOW * before
        memory.learn(x, step)
        x = memory.mended(x, step) if slow else x + step
        before = largest
    return _Block(x, at.spent, at.power, at.whole, np.abs(gaps).max(axis=1), sweep)


class _At(NamedTuple):
    spent: Array
    power: Array
    whole: Array
    gaps: Array


def _at(weights: Array, theta: Array, rule: Spending, x: Array) -> _At:
    """Return spending, w^-theta, sum_k K_kj w_k^-theta and the log of demand over supply, each (rows, n)."""
    with np.errstate(all="ignore"):  # a step that went astray shows as a gap that is not finite
        w = np.exp(x)
        spent = rule.at_rows(w)
        power = np.exp(-theta * x)
        whole = np.matmul(power[:, None, :], weights)[:, 0]
        demand = power * np.matmul(weights, (spent / whole)[:, :, None])[:, :, 0]
        gaps = np.log(demand / (rule.y * w))
    return _At(spent, power, whole, gaps)


def _gathered(base: World, changes: _Changes, case: _Case, closure: Closure, solved: list[_Block]) -> Many:
    x = np.concatenate([block.logs for block in solved])
    spent = np.concatenate([block.spent for block in solved])
    power = np.concatenate([block.power for block in solved])
    whole = np.concatenate([block.whole for block in solved])
    gaps = np.concatenate([block.residuals for block in solved])
    left = np.flatnonzero(~(gaps <= PROMISED))
    for row in left:
        weights = changes.apply(slice(row, row + 1), base.flows)[0]
        found = clear(weights, float(case.theta[row]), case.rule)
        x[row], gaps[row] = np.log(found.wages), found.residual
        spent[row] = case.rule.at(found.wages)
        power[row] = found.wages ** -case.theta[row]
        whole[row] = power[row] @ weights
    unit = np.exp(x) @ case.rule.v
    theta = case.theta[:, None]
    if base.tariffs.any():
        before_duty, whole = whole, _with_duty(base, changes, power)
        spent = spent * whole / before_duty
    prices = (whole / base.spending) ** (-1.0 / theta) / unit[:, None]
    return Many(
        wages=np.exp(x) / unit[:, None],
        prices=prices,
        welfare=spent / unit[:, None] / base.spending / prices,
        residual=float(gaps.max()),
        sweeps=max(block.sweeps for block in solved),
        alone=len(left),
        closure=closure,
    )


def _with_duty(base: World, changes: _Changes, power: Array) -> Array:
    """Return sum_k K_kj (1 + t_kj) w_k^-theta, (m, n)."""
    paid = base.flows * (1.0 + base.tariffs)
    whole = np.empty_like(power)
    for rows in changes.blocks(paid.nbytes):
        whole[rows] = np.matmul(power[rows, None, :], changes.apply(rows, paid))[:, 0]
    return whole
