"""The trade of a one-sector world before a shock."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from hikiwake.core.errors import BadInput
from hikiwake.equilibrium import checks
from hikiwake.equilibrium.checks import Array


class World(msgspec.Struct, frozen=True):
    """Trade between n economies in one currency, made by `world`.

    `flows` (n, n) are sales of row i to column j before duty, domestic sales on the diagonal; `tariffs`
    (n, n) are rates (0.1: ten per cent) on them; `economies` are names, or empty.
    """

    flows: Array
    tariffs: Array
    economies: tuple[str, ...]

    @property
    def output(self) -> Array:
        """What each economy sells, (n,)."""
        sold: Array = self.flows.sum(axis=1)
        return sold

    @property
    def bought(self) -> Array:
        """What each economy buys, before duty, (n,)."""
        spent: Array = self.flows.sum(axis=0)
        return spent

    @property
    def spending(self) -> Array:
        """What each economy spends, duty included, (n,)."""
        spent: Array = (self.flows * (1.0 + self.tariffs)).sum(axis=0)
        return spent

    @property
    def deficit(self) -> Array:
        """What each economy buys beyond its sales, before duty, (n,); sums to zero."""
        return self.bought - self.output

    @property
    def shares(self) -> Array:
        """Share of each origin in spending, duty included, (n, n); columns sum to one."""
        paid: Array = self.flows * (1.0 + self.tariffs)
        parts: Array = paid / paid.sum(axis=0)
        return parts

    def place(self, economy: str) -> int:
        """Return the place of an economy; NoData names those there are."""
        return checks.place(self.economies, economy)


def world(flows: ArrayLike, *, tariffs: ArrayLike = 0.0, economies: Sequence[str] = ()) -> World:
    """Check the trade of a one-sector world.

    Parameters
    ----------
    flows : (n, n) float, sales of row i to column j before duty, in any one currency and unit, with domestic
        sales on the diagonal.
    tariffs : (n, n) float or one number, rates of duty on them (0.1: ten per cent). Duty is income of the
        importer.
    economies : names of the n economies, for errors and for finding one by its name.

    Raises
    ------
    BadInput
        If flows are not square, negative or missing, if domestic sales are missing, if a rate is negative or
        names are doubled or too few.

    Examples
    --------
    >>> world([[8.0, 2.0], [1.0, 9.0]]).deficit
    array([-1.,  1.])
    """
    traded = checks.flows("flows", flows)
    rates = checks.amounts("tariffs", tariffs, traded.shape)
    names = tuple(economies)
    if names and (len(names) != len(traded) or len(set(names)) != len(names)):
        raise BadInput(
            where="economies",
            why=f"there are {len(set(names))} different names for {len(traded)} economies",
            remedy="Give one name for each row of the flows, no name twice.",
        )
    return World(traded, np.array(rates), names)
