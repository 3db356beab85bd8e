"""Many sectors linked by inputs: the change from one equilibrium to another, in exact hat algebra.

Caliendo & Parro (2015), Review of Economic Studies 82:1, the equilibrium in relative changes:

    c^_ik = w^_i^va_ik prod_l P^_il^g_ikl / A^_ik          cost of a bundle of labour and inputs
    P^_jk = (sum_i s_ijk (t^_ijk c^_ik)^-theta_k)^(-1/theta_k)
    s'_ijk = s_ijk (t^_ijk c^_ik / P^_jk)^-theta_k
    X'_jk = sum_l g_jlk sum_m s'_jml X'_ml / (1 + d'_jml) + a_jk I'_j
    I'_j = w^_j wL_j + duty'_j + deficit'_j

with s shares of origins in spending, g input shares, a shares in final spending, t^ the change of iceberg
costs times that of (1 + duty). Labour is the one factor and moves between sectors, not between economies.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from hikiwake.core.blas import one_thread
from hikiwake.equilibrium import checks
from hikiwake.equilibrium.checks import Array
from hikiwake.equilibrium.closure import MEANING, Closure, checked, spending
from hikiwake.equilibrium.coarse import Correction
from hikiwake.equilibrium.moves import Move, SectorShock, cells
from hikiwake.equilibrium.rounds import Draws, Model, Round
from hikiwake.equilibrium.sectors import Sectors
from hikiwake.equilibrium.settling import settle


class SectorCheck(NamedTuple):
    """How exactly the conditions hold, as largest relative gaps, and the rounds it took.

    `prices`: price indices less what costs and old shares say; `spending`: purchases of each sector's goods
    less those for inputs and final use; `labour`: wages less value added of what is sold; `world`: final
    spending less income and duty; `limits`: what limited trade exceeds its limit by, or falls short of it
    where the limit makes it dearer.
    """

    prices: float
    spending: float
    labour: float
    world: float
    limits: float
    rounds: int

    @property
    def largest(self) -> float:
        """The largest gap of all conditions."""
        return max(self.prices, self.spending, self.labour, self.world, self.limits)


class SectorOutcome(msgspec.Struct, frozen=True):
    """An equilibrium of n economies and k sectors after a shock, beside the one before.

    `before` and `after` (k, n, n) are sales before duty. `wages` (n,), `prices` and `costs` (k, n) and
    `cost_of_living` (n,) are ratios of new to old in units of the numeraire: prices are what buyers in an
    economy pay, costs what its producers need. `final_spending` (n,) is an amount, `welfare` (n,) the ratio
    of new to old real final spending. `limits` (l, k) are the factors on the trade of each limited move that
    keep it within its limit: 1 where it does not bind.
    """

    before: Array
    after: Array
    wages: Array
    prices: Array
    costs: Array
    cost_of_living: Array
    final_spending: Array
    welfare: Array
    limits: Array
    closure: Closure
    numeraire: str
    check: SectorCheck

    @property
    def real_wages(self) -> Array:
        """Ratio of new to old wages in units of consumption, (n,)."""
        ratio: Array = self.wages / self.cost_of_living
        return ratio

    @property
    def real_output(self) -> Array:
        """Ratio of new to old quantities that each sector sells, (k, n); NaN where it sold nothing."""
        old, new = self.before.sum(axis=2), self.after.sum(axis=2)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio: Array = new / old / self.costs
        return ratio

    @property
    def assumption(self) -> str:
        """How imbalances were treated and what prices are measured in, in words."""
        return f"{self.closure}: {MEANING[self.closure]}; numeraire: {self.numeraire}"


def solve_sectors(
    world: Sectors,
    theta: ArrayLike,
    shock: SectorShock,
    *,
    closure: Closure = "additive",
    numeraire: str | None = None,
) -> SectorOutcome:
    """Find the full equilibrium of many sectors after a shock.

    Parameters
    ----------
    world : trade and inputs before the shock.
    theta : trade elasticities, (k,) or one number. Low ones (below 1) make a short-run, rigid variant.
    shock : what changes.
    closure : what becomes of deficits; see `closure.MEANING`, with value added for output.
    numeraire : economy whose wage is the unit of prices; None: world value added.

    Returns
    -------
    SectorOutcome; the largest relative gap in any condition is in its `check`.

    Raises
    ------
    BadInput
        If theta is not above zero, or a move, the closure or a transfer makes no sense.
    NoSolution
        If the rounds do not settle.

    Examples
    --------
    >>> from hikiwake.equilibrium import Move, SectorShock, sectors
    >>> linked = sectors([[[8.0, 2.0], [2.0, 8.0]]], [[[5.0]], [[5.0]]])
    >>> solve_sectors(linked, 4.0, SectorShock((Move(cost=0.9),))).welfare.round(4)
    array([1.0511, 1.0511])
    """
    checked(closure)
    powers = checks.elasticity(theta, (len(world.flows),))
    unit = None if numeraire is None else world.place(numeraire)
    base = without_deficits(world, powers) if closure == "balanced" else world
    found, rounds = _settled(base, powers, shock, closure, unit)
    return _outcome(base, powers, shock, found, _Frame(closure, numeraire, unit, rounds))


def first_round_sectors(world: Sectors, theta: ArrayLike, shock: SectorShock) -> Array:
    """Return sales at unchanged costs, prices and spending, (k, n, n): the direct or partial effect."""
    powers = checks.elasticity(theta, (len(world.flows),))
    factor, duty = factors_of(world, powers, shock.moves)
    for move in shock.moves:
        if move.limit is not None:  # at unchanged prices only one below the old trade binds
            factor[cells(factor.shape, move)] *= min(move.limit, 1.0)
    made = 1.0 if shock.productivity is None else (shock.productivity ** powers[:, None])[:, :, None]
    return np.asarray(world.flows * factor * made / duty)


def without_deficits(world: Sectors, theta: Array) -> Sectors:
    """Return the world in which each economy spends what it earns: the baseline of the balanced closure."""
    found, _ = _settled(world, theta, SectorShock(), "balanced", None)
    after = _sales(world, world.shares, found)
    rates = 0.0 if world.tariffs is None else world.tariffs
    return msgspec.structs.replace(world, flows=after / (1.0 + rates))


class _Frame(NamedTuple):
    closure: Closure
    numeraire: str | None
    place: int | None
    rounds: int


def _settled(
    base: Sectors, theta: Array, shock: SectorShock, closure: Closure, unit: int | None
) -> tuple[Round, int]:
    model = model_of(base, shock, closure, unit)
    corrected = None if closure == "balanced" else near(base, closure, tuple(theta.tolist()))
    with one_thread():
        settled = settle(model, draws_of(model, theta[:, None], shock), model.start(1), corrected=corrected)
    return settled.last, settled.rounds


@lru_cache(maxsize=2)
def model_of(world: Sectors, shock: SectorShock, closure: Closure, unit: int | None = None) -> Model:
    """Return the equations under a shock, cut once for all that is asked of it."""
    n = world.flows.shape[1]
    transfer = np.zeros(n) if shock.transfer is None else checks.numbers("transfer", shock.transfer, (n,))
    return Model(world, shock.moves, spending(world.earned, world.deficit, closure, transfer, unit))


@lru_cache(maxsize=4)
def near(world: Sectors, closure: Closure, theta: tuple[float, ...]) -> Correction:
    """Return the correction of rounds near the world before any shock, at given elasticities by sector.

    Scenarios of one world share it: what most shocks change of it is little.
    """
    still = SectorShock()
    model, powers = model_of(world, still, closure), np.array(theta)
    with one_thread():
        at = model.round(model.start(1), draws_of(model, powers[:, None], still))
        return model.corrected(at, powers)


def draws_of(
    model: Model,
    theta: Array,
    shock: SectorShock,
    costs: Array | None = None,
    effects: Array | None = None,
) -> Draws:
    """Return a batch: theta (k, b), and costs and effects drawn (b, moves) in place of the moves' own."""
    k, b = theta.shape
    n = model.world.flows.shape[1]
    cost = np.tile([move.cost for move in shock.moves], (b, 1)) if costs is None else costs
    effect = np.tile([move.effect for move in shock.moves], (b, 1)) if effects is None else effects
    factors = []
    for part in model.pieces.parts:
        chosen = list(part.moves)
        iceberg: Array = (np.prod(cost[:, chosen], axis=1) * part.duty) ** -theta
        factors.append(iceberg * np.prod(effect[:, chosen], axis=1))
    made = np.ones((k, n)) if shock.productivity is None else shock.productivity
    productivity = np.log(checks.positive("productivity", made, (k, n)))[:, None, :]
    return Draws(theta[:, :, None], tuple(factors), productivity)


def factors_of(
    world: Sectors, theta: Array, moves: Sequence[Move], limits: Array | None = None
) -> tuple[Array, Array | float]:
    """Return factors on spending at given costs and ratios of (1 + duty), (k, n, n), cell by cell.

    `limits` (l, k) are those of the limited moves, in their order; None: no limit binds.
    """
    left = iter(() if limits is None else limits)
    factor = np.ones_like(world.flows)
    old = np.zeros_like(world.flows) if world.tariffs is None else world.tariffs
    rates = old.copy()
    for move in moves:
        chosen = cells(factor.shape, move)
        held = next(left, 1.0) if move.limit is not None else 1.0
        scale = np.broadcast_to((move.effect * move.cost**-theta * held)[:, None, None], factor.shape)
        factor[chosen] *= scale[chosen]
        if move.tariff is not None:
            rates[chosen] = move.tariff
    duty = (1.0 + rates) / (1.0 + old)
    return factor * duty ** -theta[:, None, None], duty


def _sales(base: Sectors, weights: Array, found: Round) -> Array:
    """Return spending by origin, duty included, (k, n, n)."""
    spent = found.state.spending[:, 0] * base.bought
    shares = weights * found.power[:, 0, :, None] / found.whole[:, 0, None, :]
    sales: Array = shares * spent[:, None, :]
    return sales


def _outcome(base: Sectors, theta: Array, shock: SectorShock, found: Round, frame: _Frame) -> SectorOutcome:
    limits = np.exp(found.state.limits[:, :, 0])
    factor, duty = factors_of(base, theta, shock.moves, limits)
    old = 0.0 if base.tariffs is None else base.tariffs
    paid = _sales(base, base.shares * factor, found)
    after = paid / ((1.0 + old) * duty)
    rule = spending(
        base.earned,
        base.deficit,
        frame.closure,
        np.zeros(len(base.earned)) if shock.transfer is None else shock.transfer,
        frame.place,
    )
    wages = np.exp(found.state.wages[0])
    unit = float(rule.v @ wages)
    log_prices = found.state.prices[:, 0]
    log_costs = np.log(found.power[:, 0]) / -theta[:, None]
    final = found.budget[0]
    living = np.exp((base.final.T * log_prices).sum(axis=0))
    return SectorOutcome(
        before=base.flows,
        after=after / unit,
        wages=wages / unit,
        prices=np.exp(log_prices) / unit,
        costs=np.exp(log_costs) / unit,
        cost_of_living=living / unit,
        final_spending=final / unit,
        welfare=final / base.final_spending / living,
        limits=limits,
        closure=frame.closure,
        numeraire="world value added" if frame.numeraire is None else f"wage of {frame.numeraire}",
        check=_check(
            base, theta, shock, _Found(wages, log_prices, final, paid, after, factor, limits), frame.rounds
        ),
    )


class _Found(NamedTuple):
    wages: Array
    log_prices: Array
    final: Array
    paid: Array
    after: Array
    factor: Array
    limits: Array


def _check(base: Sectors, theta: Array, shock: SectorShock, found: _Found, rounds: int) -> SectorCheck:
    """Put the result into the model's equations as they are written, apart from the solver."""
    made = 0.0 if shock.productivity is None else np.log(shock.productivity)
    costs = base.value_added.T * np.log(found.wages) - made
    costs += np.einsum("jkl,lj->kj", base.inputs, found.log_prices)
    whole = (base.shares * found.factor * np.exp(-theta[:, None] * costs)[:, :, None]).sum(axis=1)
    prices = float(np.abs(np.log(whole) / -theta[:, None] - found.log_prices).max())
    sold = found.after.sum(axis=2)
    wanted = np.einsum("jlk,lj->kj", base.inputs, sold) + base.final.T * found.final
    duty = (found.paid - found.after).sum(axis=(0, 1))
    income = found.wages * base.earned
    return SectorCheck(
        prices=prices,
        spending=_gap(found.paid.sum(axis=1), wanted),
        labour=_gap((base.value_added.T * sold).sum(axis=0), income),
        world=_gap(np.array(found.final.sum()), np.array((income + duty).sum())),
        limits=_limit_gap(base, shock.moves, found, np.exp(costs)),
        rounds=rounds,
    )


def _limit_gap(base: Sectors, moves: Sequence[Move], found: _Found, costs: Array) -> float:
    """Return the largest part by which limited trade exceeds its limit, or leaves one unused that binds."""
    worst = 0.0
    limited = [move for move in moves if move.limit is not None]
    for move, factors in zip(limited, found.limits, strict=True):
        chosen = cells(base.flows.shape, move)
        most = (move.limit or 0.0) * np.where(chosen, base.flows, 0.0).sum(axis=(1, 2))
        sold = (np.where(chosen, found.after, 0.0) / costs[:, :, None]).sum(axis=(1, 2))
        over = sold[most > 0.0] / most[most > 0.0] - 1.0
        binds = factors[most > 0.0] < 1.0
        worst = max(worst, float(np.where(binds, np.abs(over), np.maximum(over, 0.0)).max(initial=0.0)))
    return worst


def _gap(one: Array, other: Array) -> float:
    """Return the largest gap relative to the larger of each two, or to a millionth of the mean cell."""
    either = np.maximum(np.maximum(np.abs(one), np.abs(other)), 1e-6 * np.abs(other).mean())
    return float((np.abs(one - other) / either).max())
