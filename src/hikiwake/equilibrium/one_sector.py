"""One sector, endowment economies: the change from one equilibrium to another, in exact hat algebra.

Nests Armington with CES demand, Eaton & Kortum (2002) and Anderson & van Wincoop (2003) up to the trade
elasticity theta. For new trade costs with factor B on trade at given wages, w^ solves

    w^_i Y_i = sum_j s'_ij M'_j,   s'_ij = K_ij w^_i^-theta / sum_k K_kj w^_k^-theta,

where K_ij is the old trade before duty times B_ij ((1+t'_ij)/(1+t_ij))^-theta (1+t_ij)/(1+t'_ij), and M' is
spending before duty by the closure. Dekle, Eaton & Kortum (2008), IMF Staff Papers 55:511; Baier, Yotov &
Zylkin (2019), Journal of International Economics 116:206.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np

from hikiwake.equilibrium import checks
from hikiwake.equilibrium.checks import Array
from hikiwake.equilibrium.clearing import Cleared, clear
from hikiwake.equilibrium.closure import MEANING, Closure, checked, purged, spending
from hikiwake.equilibrium.shock import Shock
from hikiwake.equilibrium.world import World


class Check(NamedTuple):
    """How exactly the conditions of an equilibrium hold, as largest relative gaps, and the steps it took.

    `markets`: demand for each economy's output less its supply; `budgets`: spending less income, duty and
    transfers; `prices`: price index less what its shares say; `world`: world spending less world output.
    """

    markets: float
    budgets: float
    prices: float
    world: float
    steps: int

    @property
    def largest(self) -> float:
        """The largest gap of all conditions."""
        return max(self.markets, self.budgets, self.prices, self.world)


class Outcome(msgspec.Struct, frozen=True):
    """An equilibrium after a shock beside the one before, for n economies.

    `before` and `after` (n, n) are sales before duty; `wages` and `prices` (n,) are ratios of new to old, in
    units of the numeraire, as are the amounts `income` (wages and duty) and `expenditure` (n,). `home_share`
    (n,) is the ratio of new to old shares of home goods in spending, `welfare` (n,) that of real expenditure.
    """

    before: Array
    after: Array
    wages: Array
    prices: Array
    income: Array
    expenditure: Array
    welfare: Array
    home_share: Array
    theta: float
    closure: Closure
    numeraire: str
    check: Check

    @property
    def real_wages(self) -> Array:
        """Ratio of new to old wages in units of consumption, (n,)."""
        ratio: Array = self.wages / self.prices
        return ratio

    @property
    def arkolakis(self) -> Array:
        """Change of real wages by the home share alone, (n,): pi^_jj^(-1/theta).

        Equals `real_wages` where productivity and trade costs at home do not change, and `welfare` too where
        trade is balanced and no duty is raised. Arkolakis, Costinot & Rodriguez-Clare (2012), American
        Economic Review 102:94, equation 1.
        """
        ratio: Array = self.home_share ** (-1.0 / self.theta)
        return ratio

    @property
    def assumption(self) -> str:
        """How imbalances were treated and what prices are measured in, in words."""
        return f"{self.closure}: {MEANING[self.closure]}; numeraire: {self.numeraire}"


def solve(
    world: World,
    theta: float,
    shock: Shock,
    *,
    closure: Closure = "multiplicative",
    numeraire: str | None = None,
) -> Outcome:
    """Find the full equilibrium after a shock.

    Parameters
    ----------
    world : trade before the shock.
    theta : trade elasticity, sigma - 1 > 0.
    shock : what changes.
    closure : what becomes of deficits; see `closure.MEANING`.
    numeraire : economy whose wage is the unit of prices; None: world output.

    Returns
    -------
    Outcome; the largest relative gap in any condition is in its `check`, below 1e-10.

    Raises
    ------
    BadInput
        If theta is not above zero, or the closure or a transfer makes no sense.
    NoSolution
        If no wages clear the markets.

    Examples
    --------
    >>> from hikiwake.equilibrium import no_shock, world
    >>> two = world([[8.0, 2.0], [2.0, 8.0]])
    >>> freer = no_shock(2).with_cost(0.9)
    >>> solve(two, 4.0, freer).welfare.round(4)
    array([1.0252, 1.0252])
    """
    exponent = float(checks.elasticity(theta))
    checked(closure)
    shock.fits(len(world.flows))
    unit = None if numeraire is None else world.place(numeraire)
    base = purged(world, exponent) if closure == "balanced" else world
    change = _Change(shock.trade_factor(exponent), *_duty(base, shock))
    weights = base.flows * change.factor * change.duty ** (-exponent - 1.0)
    found = clear(weights, exponent, spending(base.output, base.deficit, closure, shock.transfer, unit))
    return _outcome(base, exponent, shock, change, found, _Frame(closure, numeraire, unit))


class _Change(NamedTuple):
    """The factor on trade without duties, the ratio of new to old (1 + rate), and the new rates."""

    factor: Array
    duty: Array | float
    tariffs: Array


def _duty(base: World, shock: Shock) -> tuple[Array | float, Array]:
    if shock.tariffs is None:
        return 1.0, base.tariffs
    return (1.0 + shock.tariffs) / (1.0 + base.tariffs), shock.tariffs


class _Frame(NamedTuple):
    closure: Closure
    numeraire: str | None
    place: int | None


def _outcome(
    base: World, theta: float, shock: Shock, change: _Change, found: Cleared, frame: _Frame
) -> Outcome:
    rule = spending(base.output, base.deficit, frame.closure, shock.transfer, frame.place)
    unit = float(rule.v @ found.wages)
    wages = found.wages / unit
    spent = rule.at(wages)
    after = found.shares * spent
    paid = after * (1.0 + change.tariffs)
    # The price index by its definition, from costs and old shares, apart from the shares of the solver.
    new_shares = base.shares * (change.factor * change.duty**-theta) * (wages**-theta)[:, None]
    prices = new_shares.sum(axis=0) ** (-1.0 / theta)
    expenditure = paid.sum(axis=0)
    income = wages * base.output + (change.tariffs * after).sum(axis=0)
    new_shares *= prices**theta
    home = np.diagonal(new_shares) / np.diagonal(base.shares)
    transfers = spent - wages * base.output
    check = Check(
        markets=_gap(after.sum(axis=1), wages * base.output),
        budgets=_gap(expenditure, income + transfers),
        prices=_gap(paid / expenditure, new_shares),
        world=_gap(np.array([spent.sum()]), np.array([wages @ base.output])),
        steps=found.steps,
    )
    return Outcome(
        before=base.flows,
        after=after,
        wages=wages,
        prices=prices,
        income=income,
        expenditure=expenditure,
        welfare=expenditure / base.spending / prices,
        home_share=home,
        theta=theta,
        closure=frame.closure,
        numeraire="world output" if frame.numeraire is None else f"wage of {frame.numeraire}",
        check=check,
    )


def _gap(one: Array, other: Array) -> float:
    either = np.maximum(np.abs(one), np.abs(other))
    return float((np.abs(one - other)[either > 0.0] / either[either > 0.0]).max(initial=0.0))
