"""What stays short of the full equilibrium: the first round, and trade at given output and spending."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from hikiwake.core.errors import BadInput
from hikiwake.equilibrium import checks
from hikiwake.equilibrium.checks import Array
from hikiwake.equilibrium.clearing import Margins, clear
from hikiwake.equilibrium.shock import Shock
from hikiwake.equilibrium.world import World


class Conditional(NamedTuple):
    """Trade after a shock with each economy's output and spending held, for n economies.

    `after` (n, n) are sales before duty. `outward` and `inward` (n,) are ratios of new to old multilateral
    resistance on the scale of prices, Pi^ and P^, with the inward one of the reference economy (its place, by
    default the first) at 1. `gap` is the largest relative gap between margins and those held.
    """

    after: Array
    outward: Array
    inward: Array
    gap: float


def first_round(world: World, theta: float, shock: Shock) -> Array:
    """Return sales at unchanged wages and resistances, (n, n): the direct or partial effect, X B.

    With new duties it is the value before duty.
    """
    return world.flows * _factor(world, float(checks.elasticity(theta)), shock)


def conditional(world: World, theta: float, shock: Shock, *, reference: int = 0) -> Conditional:
    """Find trade with output and spending before duty held: only the resistances adjust.

    X' = a_i X_ij B_ij b_j with the old margins, a = Pi^^theta and b = P^^theta.

    This is the conditional equilibrium of Anderson & van Wincoop (2003), American Economic Review 93:170, and
    of step III.a of Anderson, Larch & Yotov (2018), The World Economy 41:2750. Incomes do not follow prices:
    it is not the answer to what would happen.

    Raises
    ------
    BadInput
        If theta is not above zero.
    NoSolution
        If no trade under the new costs has the old margins.
    """
    exponent = float(checks.elasticity(theta))
    new = world.flows * _factor(world, exponent, shock)
    after, rows, columns, gap = balance(new, world.output, world.bought)
    scale = columns[reference]
    outward = (rows * scale) ** (1.0 / exponent)
    inward = (columns / scale) ** (1.0 / exponent)
    return Conditional(after, outward, inward, gap)


class Balanced(NamedTuple):
    """A matrix scaled to margins: `matrix` = rows x old x columns, and the largest relative gap."""

    matrix: Array
    rows: Array
    columns: Array
    gap: float


def balance(matrix: ArrayLike, row_sums: ArrayLike, column_sums: ArrayLike) -> Balanced:
    """Scale rows and columns of a square matrix to given positive sums, to rounding.

    Poisson regression on exporter and importer effects with the logarithm of the matrix as offset has this
    solution (Fally 2015, Journal of International Economics 97:76).

    Raises
    ------
    BadInput
        If a value is negative, a sum is not above zero, or the sums of rows and columns do not agree.
    NoSolution
        If no scaling gives the sums.
    """
    cells = checks.flows("matrix", matrix)
    rows = checks.positive("row_sums", row_sums, cells.shape[:1])
    columns = checks.positive("column_sums", column_sums, cells.shape[:1])
    if abs(rows.sum() / columns.sum() - 1.0) > 1e-9:
        raise BadInput(
            where="row_sums, column_sums",
            why=f"rows sum to {rows.sum():.9g} in all and columns to {columns.sum():.9g}",
            remedy="Scale one of them: what is sold in the world is what is bought.",
        )
    # The factors of rows are inverse prices, at an elasticity of one, that clear markets of held size.
    found = clear(cells, 1.0, Margins(rows, columns))
    scaled = found.shares * columns
    down = scaled.sum(axis=1)
    left = 1.0 / found.wages
    right = columns / (cells * left[:, None]).sum(axis=0)
    return Balanced(scaled, left, right, float(np.abs(down / rows - 1.0).max()))


def _factor(world: World, theta: float, shock: Shock) -> Array:
    shock.fits(len(world.flows))
    factor = shock.trade_factor(theta)
    if shock.tariffs is None:
        return factor
    duty = (1.0 + shock.tariffs) / (1.0 + world.tariffs)
    return factor * np.asarray(duty ** (-theta - 1.0))
