"""Newton's method for the wages that clear all markets of a one-sector world."""

from __future__ import annotations

import math
from typing import NamedTuple, Protocol

import numpy as np

from hikiwake.core.errors import NoSolution
from hikiwake.equilibrium.checks import Array

PROMISED = 1e-10
"""Largest relative gap between demand and supply in any market of a result that is handed out."""
AIM = 4e-15
MOST_STEPS = 200
LONGEST_STEP = 2.0
"""Newton's steps in log wages are cut to this: far from the solution they overshoot."""


class Rule(Protocol):
    """What markets must clear: `y` (n,) output at the old wages, spending and supply at wages w."""

    @property
    def y(self) -> Array:
        """Output at the old wages, (n,)."""

    def at(self, w: Array) -> Array:
        """Return spending before duty, (n,)."""

    def slope(self, w: Array, shares: Array) -> Array | float:
        """Return sum_j s_ij dM_j / d ln w_k, (n, n)."""

    def supply(self, w: Array) -> Array:
        """Return the value of what each economy sells, (n,)."""

    def supply_slope(self, w: Array) -> Array | float:
        """Return the change of its value with its own ln w, (n,)."""


class Spending(NamedTuple):
    """How much each economy spends at wages w: M_j = k u_j w_j + d_j (v.w) + e_j (y.w), k = (y.w) / (u.w).

    All (n,). `y` is output, `u` spending out of own income, `d` transfers received in units of the numeraire
    and `e` as shares of world output (both sum to zero), `v` the weights of the numeraire. With u = y the
    factor k is 1; else it keeps world spending equal to world output, so that the markets can clear exactly.
    """

    y: Array
    u: Array
    d: Array
    v: Array
    e: Array

    def at(self, w: Array) -> Array:
        """Return spending before duty, (n,)."""
        spent: Array = self._factor(w) * self.u * w + self.d * (self.v @ w) + self.e * (self.y @ w)
        return spent

    def at_rows(self, w: Array) -> Array:
        """Return spending before duty at many wages, (m, n)."""
        spent: Array = ((w @ self.y) / (w @ self.u))[:, None] * (self.u * w)
        spent += np.outer(w @ self.v, self.d) + np.outer(w @ self.y, self.e)
        return spent

    def _factor(self, w: Array) -> float:
        return float((self.y @ w) / (self.u @ w))

    def slope(self, w: Array, shares: Array) -> Array:
        """Return sum_j s_ij dM_j / d ln w_k, (n, n)."""
        k, own = self._factor(w), self.u * w
        change = (self.y * w - k * own) / own.sum()
        slope: Array = shares * (k * own)
        slope += np.outer(shares @ own, change) + np.outer(shares @ self.d, self.v * w)
        slope += np.outer(shares @ self.e, self.y * w)
        return slope

    def supply(self, w: Array) -> Array:
        """Return the value of what each economy sells, (n,)."""
        return self.y * w

    def supply_slope(self, w: Array) -> Array:
        """Return the change of its value with its own ln w, (n,)."""
        return self.y * w


class Margins(NamedTuple):
    """Sales `y` and purchases `m` (n,) that prices do not change."""

    y: Array
    m: Array

    def at(self, w: Array) -> Array:
        """Return purchases, (n,)."""
        del w
        return self.m

    def slope(self, w: Array, shares: Array) -> float:
        """Return 0: purchases are held."""
        del w, shares
        return 0.0

    def supply(self, w: Array) -> Array:
        """Return sales, (n,)."""
        del w
        return self.y

    def supply_slope(self, w: Array) -> float:
        """Return 0: sales are held."""
        del w
        return 0.0


class Cleared(NamedTuple):
    """Wages (n,), shares of origins in spending before duty (n, n), and how the search went."""

    wages: Array
    shares: Array
    residual: float
    steps: int


class _Point(NamedTuple):
    shares: Array
    demand: Array
    residual: float


def clear(weights: Array, theta: float, rule: Rule, *, held: bool = True) -> Cleared:
    """Find wages w with supply_i(w) = sum_j s_ij M_j(w), s_ij = K_ij w_i^-theta / sum_k K_kj w_k^-theta.

    Parameters
    ----------
    weights : (n, n) float, K: sales before duty at the old wages under the new costs, up to a factor for each
        column.
    theta : trade elasticity, > 0.
    rule : spending and supply at given wages.
    held : whether an error is raised when the gaps do not fall below PROMISED; else the best is returned.

    Returns
    -------
    Cleared, with wages normalised so that world output keeps its value.

    Raises
    ------
    NoSolution
        If the gaps do not fall below PROMISED.
    """
    x = np.zeros(len(weights))
    point = _at(weights, theta, rule, x)
    steps = 0
    while point.residual > AIM and steps < MOST_STEPS:
        steps += 1
        step = _newton(theta, rule, x, point)
        longest = float(np.abs(step).max())
        x, nearer = _advance(weights, theta, rule, x, step * min(1.0, LONGEST_STEP / longest), point)
        if nearer.residual >= point.residual:
            # Rounding is all that is left, or no step helps.
            break
        point = nearer
    if held and not point.residual <= PROMISED:
        raise not_solved(point.residual, steps)
    return Cleared(np.exp(x), point.shares, point.residual, steps)


def not_solved(residual: float, steps: int) -> NoSolution:
    """Return the error of a search that ended without an equilibrium."""
    return NoSolution(
        where="equilibrium",
        why=f"no wages were found that clear all markets (largest gap {residual:.1e} after {steps} steps)",
        remedy="Check units and deficits: an economy that may sell to nobody and keeps a surplus has no "
        "equilibrium, nor one whose deficit exceeds its income; try closure 'balanced', or let trade leak.",
    )


def _at(weights: Array, theta: float, rule: Rule, x: Array) -> _Point:
    w = np.exp(x)
    spent = rule.at(w)
    if not (spent > 0.0).all():
        return _Point(weights, spent, math.inf)
    # Only differences count: subtracting the least keeps powers of large thetas finite.
    shares = weights * np.exp(-theta * (x - x.min()))[:, None]
    shares /= shares.sum(axis=0)
    demand = shares @ spent
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = float(np.abs(np.log(demand / rule.supply(w))).max())
    return _Point(shares, demand, gap if math.isfinite(gap) else math.inf)


def _newton(theta: float, rule: Rule, x: Array, point: _Point) -> Array:
    w = np.exp(x)
    try:
        step = np.linalg.solve(jacobian(theta, rule, w, point.shares), rule.supply(w) - point.demand)
    except np.linalg.LinAlgError:
        return _groping(theta, rule, x, point)
    return np.asarray(step, dtype=np.float64)


def jacobian(theta: float, rule: Rule, w: Array, shares: Array) -> Array:
    """Return the change of demand less supply with log wages, (n, n), made regular.

    Only relative wages are determined; a matrix of rank one keeps world output in place and changes nothing
    else, since demand and supply sum to the same.
    """
    spent = rule.at(w)
    matrix: Array = theta * ((shares * spent) @ shares.T)
    matrix += rule.slope(w, shares)
    matrix -= np.outer(rule.supply(w), rule.y / rule.y.sum())
    np.einsum("ii->i", matrix)[:] -= theta * (shares @ spent) + rule.supply_slope(w)
    return matrix


def _groping(theta: float, rule: Rule, x: Array, point: _Point) -> Array:
    """Raise wages where demand exceeds supply; slow, and it works where Newton does not."""
    step: Array = np.log(point.demand / rule.supply(np.exp(x))) / (1.0 + theta)
    return step


def _advance(
    weights: Array, theta: float, rule: Rule, x: Array, step: Array, point: _Point
) -> tuple[Array, _Point]:
    for candidate in (step, step / 4, step / 16, _groping(theta, rule, x, point)):
        moved = x + candidate
        moved -= math.log(float(rule.y @ np.exp(moved)) / float(rule.y.sum()))
        reached = _at(weights, theta, rule, moved)
        if reached.residual < point.residual:
            return moved, reached
    return x, point
