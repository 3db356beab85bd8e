"""The part `economics` of a dispute: what a settlement is worth to whom, beside the changes of welfare."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import TYPE_CHECKING

import msgspec

from hikiwake.dispute.form import StateName
from hikiwake.dossier.form import Fault, suggestion
from hikiwake.dossier.reading import Path

if TYPE_CHECKING:
    from hikiwake.dispute import Game

Known = float | tuple[float, float]
"""A number, or the least and the greatest that it may be."""


class Payment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A side payment that could go with the outcome: what it is worth to both beside trade.

    payer_value : to the payer what it gets; receiver_value : to the receiver what it gives up; both with what
    the deal costs them at home. All in the unit of welfare.
    """

    payer: str
    receiver: str
    payer_value: Known = 0.0
    payer_cost: Known = 0.0
    receiver_value: Known = 0.0
    receiver_cost: Known = 0.0


class Money(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the economics of the dispute are worked out with.

    quantity : of the model, the changes of welfare. weight : ranks that one unit of it is worth.
    power : bargaining powers, equal by default. disagreement : the state without a deal, today's by default.
    """

    quantity: str = "dW"
    weight: float | None = None
    power: dict[str, float] = {}
    disagreement: StateName | None = None
    payment: Payment | None = None


def money_faults(money: Money, game: Game, path: Path) -> Iterator[Fault]:
    """Yield what is wrong with the part `economics` of the dispute of a game."""
    known = list(game.setting.quantities)
    if money.quantity not in known and money.quantity != Money().quantity:
        remedy = suggestion(money.quantity, known) if known else "Give it under `quantities`."
        yield Fault((*path, "quantity"), f"{money.quantity!r} is no quantity", remedy)
    if money.weight is not None:
        yield from _positive(money.weight, (*path, "weight"))
    for name, number in money.power.items():
        yield from _decides(name, game, (*path, "power", name))
        yield from _positive(number, (*path, "power", name))
    if money.disagreement is not None:
        yield from _state(money.disagreement, game, (*path, "disagreement"))
    if money.payment is not None:
        yield from _payment(money.payment, game, (*path, "payment"))


def _payment(payment: Payment, game: Game, path: Path) -> Iterator[Fault]:
    for name in ("payer", "receiver"):
        yield from _decides(getattr(payment, name), game, (*path, name))
    if payment.payer == payment.receiver:
        yield Fault((*path, "receiver"), "it is the payer itself", "Name another decision maker.")
    for name in ("payer_value", "payer_cost", "receiver_value", "receiver_cost"):
        low, high = span(getattr(payment, name))
        if not -inf < low <= high < inf:
            yield Fault((*path, name), f"{low} to {high} is no range", "Write [least, greatest].")


def span(value: Known) -> tuple[float, float]:
    """Return the least and the greatest that a number may be."""
    return value if isinstance(value, tuple) else (value, value)


def _positive(number: float, path: Path) -> Iterator[Fault]:
    if not 0 < number < inf:
        yield Fault(path, f"{number} is not above zero", "Write a positive number.")


def _decides(name: str, game: Game, path: Path) -> Iterator[Fault]:
    if name not in game.who:
        yield Fault(path, f"{name!r} is no decision maker", suggestion(name, list(game.who)))


def _state(name: StateName, game: Game, path: Path) -> Iterator[Fault]:
    from hikiwake.core.errors import BadInput

    try:
        game.state(name)
    except BadInput as fault:
        yield Fault(path, fault.why, fault.remedy)
