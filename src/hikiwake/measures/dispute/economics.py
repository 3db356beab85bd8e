"""What a settlement is worth to whom, beside rankings: break-even weights, zone of agreement, bargaining."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput
from hikiwake.dispute import (
    BargainingPoint,
    BreakEven,
    Game,
    Region,
    Zone,
    bargain,
    break_even,
    region_of_agreement,
    solve,
    welfare_needed,
    zone_of_agreement,
)
from hikiwake.dispute.logic import comparisons
from hikiwake.dispute.ordering import ranks_of_orders
from hikiwake.dossier.disputes import Model
from hikiwake.dossier.money import Money, Payment, span

Array = NDArray[np.float64]


class Side(msgspec.Struct, frozen=True, eq=False):
    """A decision maker's economics of one state.

    political : (states,) its ranks, from 0, without what welfare decides in them.
    welfare : (states,) its changes of welfare; None if none are given.
    even : the weights of welfare at which it would not leave the state; None without welfare.
    behind : how many ranks the best state that it could move to is above this one by its politics alone;
        0 or less says that it would stay without any gain of welfare, minus infinity that it cannot leave.
    needed : how much more welfare the state must bring it at the weight that is given; None without one.
    """

    who: str
    political: Array
    welfare: Array | None
    even: BreakEven | None
    behind: float
    needed: float | None


class Worth(msgspec.Struct, frozen=True, eq=False):
    """The economics of a dispute.

    state : the settlement. unit : of welfare.
    sides : one for each decision maker.
    utility : `welfare`, `ranks`, or `both` (ranks plus weighted welfare): what the bargaining points compare.
    bargainers : those whose utility is known, and so bargain.
    disagreement : the state without a deal. points : empty if every state gives some bargainer less.
    gains : of welfare by the settlement over today's state, of the payer and the receiver.
    zone : of side payments where all values are numbers; region : of values where one is a range.
    """

    game: Game
    state: int
    unit: str
    source: str
    weight: float | None
    sides: tuple[Side, ...]
    utility: str
    bargainers: tuple[str, ...]
    disagreement: int | None
    points: tuple[BargainingPoint, ...]
    payment: Payment | None
    gains: tuple[float, float] | None
    zone: Zone | None
    region: Region | None


def worth(model: Model, game: Game, state: int, weight: float | None = None) -> Worth:
    """Work out the economics of a settlement.

    Parameters
    ----------
    state : the settlement.
    weight : ranks that one unit of welfare is worth; by default what the model says of it.

    Raises
    ------
    BadInput
        If a change of welfare is not given for every state.
    """
    money = model.asked.economics or Money()
    weight = money.weight if weight is None else weight
    sides = tuple(_side(game, who, state, money.quantity, weight) for who in game.who)
    base = game.status_quo if money.disagreement is None else game.state(money.disagreement)
    utility, bargainers, values = _utilities(sides, weight)
    points: tuple[BargainingPoint, ...] = ()
    if base is not None and bargainers:
        power = [money.power.get(who, 1.0) for who in bargainers]
        points = bargain(solve(game), values, values[:, base], power, bargainers)
    quantity = game.form.quantities.get(money.quantity)
    gains, zone, region = _agreement(game, money.payment, sides, state)
    return Worth(
        game, state, quantity.unit if quantity else "", quantity.source if quantity else "", weight, sides,
        utility, bargainers, base, points, money.payment, gains, zone, region,
    )  # fmt: skip


def _side(game: Game, who: str, state: int, quantity: str, weight: float | None) -> Side:
    political = _political(game, who, quantity)
    welfare: Array | None = None
    held = game.form.quantities.get(quantity)
    if held is not None and any(who in row.values for row in held.rows):
        welfare = game.amounts(quantity, who)
    nothing = np.zeros(game.states)
    behind = welfare_needed(game, who, state, political, nothing, weight=1.0)
    needed = None
    if weight is not None:
        needed = welfare_needed(
            game, who, state, political, nothing if welfare is None else welfare, weight=weight
        )
    even = None if welfare is None else break_even(game, who, state, political, welfare)
    return Side(who, political, welfare, even, behind, needed)


def _political(game: Game, who: str, quantity: str) -> Array:
    """Return ranks without the statements that speak of welfare, and without welfare between equals."""
    order = game.orderings[game.maker(who)]
    if not order.statements:
        return order.ranks.astype(np.float64)
    rows = [
        number
        for number, statement in enumerate(order.statements)
        if all(part.quantity != quantity for part in comparisons(game.setting.read(statement.holds)))
    ]
    other = None if game.form.preferences[who].then_by == quantity else order.then_by
    ranks = ranks_of_orders(order.truth, [rows], other)[0]
    return np.unique(ranks, return_inverse=True)[1].reshape(-1).astype(np.float64)


def _utilities(sides: tuple[Side, ...], weight: float | None) -> tuple[str, tuple[str, ...], Array]:
    known = [side for side in sides if side.welfare is not None]
    if not known:
        return "ranks", tuple(side.who for side in sides), np.array([side.political for side in sides])
    if weight is None:
        return "welfare", tuple(side.who for side in known), np.array([side.welfare for side in known])
    nothing = np.zeros(len(sides[0].political))
    both = [side.political + weight * (nothing if side.welfare is None else side.welfare) for side in sides]
    return "both", tuple(side.who for side in sides), np.array(both)


def _agreement(
    game: Game, payment: Payment | None, sides: tuple[Side, ...], state: int
) -> tuple[tuple[float, float] | None, Zone | None, Region | None]:
    if payment is None:
        return None, None, None
    payer, receiver = (_gain(game, sides, who, state) for who in (payment.payer, payment.receiver))
    gain, loss = ranges(payment)
    if gain[0] == gain[1] and loss[0] == loss[1]:
        return (payer, receiver), zone_of_agreement((payer, gain[0], 0.0), (receiver, loss[0], 0.0)), None
    return (payer, receiver), None, region_of_agreement((payer, receiver), gain, loss)


def ranges(payment: Payment) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return what a deal may be worth to the payer beside trade, and what it may cost the receiver."""
    gets, costs = span(payment.payer_value), span(payment.payer_cost)
    gives, costs_there = span(payment.receiver_value), span(payment.receiver_cost)
    return (gets[0] - costs[1], gets[1] - costs[0]), (gives[0] + costs_there[0], gives[1] + costs_there[1])


def _gain(game: Game, sides: tuple[Side, ...], who: str, state: int) -> float:
    """Return the change of welfare over today's state; 0 where no welfare is given."""
    welfare = sides[game.maker(who)].welfare
    if welfare is None:
        return 0.0
    if game.status_quo is None:
        raise BadInput(
            where="dispute.status_quo",
            why="a gain is counted from today's state, and none is named",
            remedy="Say which state is today's.",
        )
    return float(welfare[state] - welfare[game.status_quo])
