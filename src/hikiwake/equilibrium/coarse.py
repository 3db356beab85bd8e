"""What rounds leave to whole economies, solved at once: a coarse correction of each round's step.

Rounds settle prices and spending within an economy fast, and their levels slowly, as these pass from
economy to economy. So the part of a step that moves all sectors of an economy alike is exchanged for the
one that solves the linearised model of these levels: Chatelin & Miranker (1982), Acceleration by
aggregation of successive approximation methods, Linear Algebra and its Applications 43:17. It changes the
way to the solution and not the solution: a step of nothing stays one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hikiwake.equilibrium.checks import Array
from hikiwake.equilibrium.clearing import Spending
from hikiwake.equilibrium.sectors import Sectors

NUDGE = 1e-6
"""The change of log wages by which the slope of what is spent is found."""


class Point(NamedTuple):
    """Where the model is linearised: one state of a world, without what duty brings in.

    `paid` (k, n, n) are shares of origins in spending, `net` the same before duty, `spent` (k, n) amounts,
    `wages` (n,) logs and `theta` (k,).
    """

    paid: Array
    net: Array
    spent: Array
    wages: Array
    theta: Array


class Correction:
    """The correction of steps of rounds, (rows, 2kn + n): prices, spending and wages, near a point."""

    def __init__(self, world: Sectors, rule: Spending, point: Point) -> None:
        self._shape = point.spent.shape
        self.weights = world.bought / world.bought.sum(axis=0)
        slopes = _slopes(world, rule, point, self.weights)
        unity = np.eye(len(slopes))
        self.more = np.ascontiguousarray(np.linalg.inv(unity - slopes).T - unity)

    def applied(self, step: Array) -> Array:
        """Return the steps with their levels exchanged."""
        rows, (k, n) = len(step), self._shape
        inner = step[:, : 2 * k * n].reshape(rows, 2, k, n)
        levels = np.einsum("bukn,kn->bun", inner, self.weights).reshape(rows, -1)
        more = np.concatenate([levels, step[:, 2 * k * n :]], axis=1) @ self.more
        changed = np.empty_like(step)
        np.add(
            inner,
            more[:, : 2 * n].reshape(rows, 2, 1, n),
            out=changed[:, : 2 * k * n].reshape(rows, 2, k, n),
        )
        np.add(step[:, 2 * k * n :], more[:, 2 * n :], out=changed[:, 2 * k * n :])
        return changed


def _slopes(world: Sectors, rule: Spending, point: Point, weights: Array) -> Array:
    """Return what a round makes of the levels of prices, spending and wages, (3n, 3n), each column of one."""
    n, theta = len(rule.y), point.theta[:, None]
    labour = world.value_added.T
    inputs = 1.0 - labour
    # Costs are `inputs` times prices plus `labour` times wages; buyers' prices follow by shares of origins.
    gathered = (weights[:, None, :] * point.paid).transpose(0, 2, 1)
    prices = np.hstack([_summed(gathered, inputs), np.zeros((n, n)), _summed(gathered, labour)])
    # Sales fall by theta with their own costs, rise by theta with their buyers' prices, and as these spend.
    sold = point.net * point.spent[:, None, :]
    own = sold.sum(axis=2)
    turned = np.matmul(sold, point.paid.transpose(0, 2, 1))
    turned[:, np.arange(n), np.arange(n)] -= own
    turned *= theta[:, :, None]
    by_prices, by_wages = turned * inputs[:, None, :], turned * labour[:, None, :]
    by_spending = point.net * world.bought[:, None, :]
    spending = np.hstack([_weighed(inputs, by) for by in (by_prices, by_spending, by_wages)])
    spending[:, 2 * n :] += _spent(rule, point.wages)
    w = np.exp(point.wages)
    pay = rule.y * w
    earned = np.hstack([_weighed(labour, by) for by in (by_prices, by_spending, by_wages)]) / pay[:, None]
    earned[:, 2 * n :] -= np.eye(n)
    abroad = 1.0 - np.einsum("kii->ki", sold) / np.where(own > 0.0, own, 1.0)
    wages = earned / (1.0 + ((1.0 + 2.0 * theta) * labour * own * abroad).sum(axis=0) / pay)[:, None]
    wages[:, 2 * n :] += np.eye(n)
    wages -= (pay / pay.sum()) @ wages
    return np.vstack([prices, spending / world.bought.sum(axis=0)[:, None], wages])


def _summed(matrices: Array, after: Array) -> Array:
    """Return sum_k M_kij after_kj, (n, n)."""
    return np.asarray(np.einsum("kij,kj->ij", matrices, after))


def _weighed(before: Array, matrices: Array) -> Array:
    """Return sum_k before_ki M_kij, (n, n)."""
    return np.asarray(np.einsum("ki,kij->ij", before, matrices))


def _spent(rule: Spending, wages: Array) -> Array:
    """Return the change of each economy's spending (rows) with the log of each wage."""
    still = rule.at_rows(np.exp(wages)[None])
    return np.asarray((rule.at_rows(np.exp(wages + NUDGE * np.eye(len(wages)))) - still).T / NUDGE)
