"""What changes: trade costs, duties, productivity, transfers; in the terms of the field."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from hikiwake.core.errors import BadInput
from hikiwake.equilibrium import checks
from hikiwake.equilibrium.checks import Array

Places = Sequence[int] | int | None


class Shock(msgspec.Struct, frozen=True):
    """Changes to a one-sector world of n economies, made by `no_shock` and changed by its methods.

    `cost` (n, n) is the ratio of new to old iceberg trade costs (0.9: ten per cent lower; infinite: an
    embargo); `effect` (n, n) multiplies trade at given prices, for effects estimated as such, exp(beta), and
    for what leaks through an embargo; `tariffs` (n, n) are the new rates, None to keep the old;
    `productivity` (n,) is the ratio of new to old productivity; `transfer` (n,) is received, in the unit of
    the flows and of the numeraire, and sums to zero.
    """

    cost: Array
    effect: Array
    productivity: Array
    transfer: Array
    tariffs: Array | None = None

    def with_cost(self, ratio: float, origins: Places = None, destinations: Places = None) -> Shock:
        """Multiply iceberg costs from origins to destinations (None: all), never at home.

        Examples
        --------
        >>> no_shock(2).with_cost(0.9, 0, 1).cost
        array([[1. , 0.9],
               [1. , 1. ]])
        """
        if not ratio > 0.0:
            raise BadInput(
                where=f"cost ratio {ratio:g}",
                why="the ratio of new to old trade costs must be above zero",
                remedy="Write 0.9 for ten per cent lower, 1.1 for ten per cent higher, inf for an embargo.",
            )
        return msgspec.structs.replace(
            self, cost=_multiplied(self.cost, self._abroad(origins, destinations), ratio)
        )

    def with_effect(self, beta: float, origins: Places = None, destinations: Places = None) -> Shock:
        """Multiply trade at given prices by exp(beta), the partial effect of a gravity estimate."""
        cells = self._abroad(origins, destinations)
        return msgspec.structs.replace(self, effect=_multiplied(self.effect, cells, float(np.exp(beta))))

    def with_embargo(
        self, origins: Places = None, destinations: Places = None, *, leakage: float = 0.0
    ) -> Shock:
        """Forbid sales from origins to destinations, but for the share that leaks at given prices."""
        if not 0.0 <= leakage <= 1.0:
            raise BadInput(
                where=f"leakage {leakage:g}",
                why="the part of trade that leaks through an embargo must lie from 0 to 1",
                remedy="Write 0.05 for five per cent.",
            )
        cells = self._abroad(origins, destinations)
        return msgspec.structs.replace(self, effect=_multiplied(self.effect, cells, leakage))

    def with_tariffs(self, tariffs: ArrayLike) -> Shock:
        """Put new rates of duty in place of the old, (n, n) or one number."""
        return msgspec.structs.replace(
            self, tariffs=np.array(checks.amounts("tariffs", tariffs, self.cost.shape))
        )

    def with_productivity(self, ratio: ArrayLike) -> Shock:
        """Multiply productivity, (n,) or one number."""
        changed = self.productivity * checks.positive("productivity", ratio, self.productivity.shape)
        return msgspec.structs.replace(self, productivity=changed)

    def with_transfer(self, amount: float, giver: int, receiver: int) -> Shock:
        """Let one economy give another an amount, in the unit of the flows and of the numeraire."""
        moved = self.transfer.copy()
        moved[giver] -= amount
        moved[receiver] += amount
        return msgspec.structs.replace(self, transfer=moved)

    def _abroad(self, origins: Places, destinations: Places) -> Array:
        return abroad(len(self.cost), origins, destinations)

    def fits(self, economies: int) -> None:
        """Raise BadInput unless the shock is one to a world of so many economies."""
        if len(self.cost) != economies:
            raise BadInput(
                where="shock",
                why=f"it is one to {len(self.cost)} economies, and the world has {economies}",
                remedy=f"Start from no_shock({economies}).",
            )

    def trade_factor(self, theta: float) -> Array:
        """Return the factor on trade at given wages, without duties: effect (cost / productivity)^-theta."""
        ratio = self.cost / self.productivity[:, None]
        factor: Array = self.effect * ratio**-theta
        return factor


def no_shock(economies: int) -> Shock:
    """Return the shock that changes nothing in a world of so many economies."""
    square = (economies, economies)
    return Shock(np.ones(square), np.ones(square), np.ones(economies), np.zeros(economies))


def abroad(economies: int, origins: Places, destinations: Places) -> Array:
    """Return 1 where an origin sells to a destination abroad, else 0; (n, n)."""
    cells = np.outer(_chosen(economies, origins), _chosen(economies, destinations))
    np.fill_diagonal(cells, 0.0)
    return cells


def _chosen(economies: int, places: Places) -> Array:
    marks = np.zeros(economies)
    marks[slice(None) if places is None else places] = 1.0
    return marks


def _multiplied(values: Array, cells: Array, factor: float) -> Array:
    return np.where(cells > 0.0, values * factor, values)
