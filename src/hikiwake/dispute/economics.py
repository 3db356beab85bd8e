"""Welfare beside rankings: at what weight it turns a preference, and whether there is a deal at all.

Nothing here says what an island is worth. What is unknown is shown as the range in which the answer changes.
"""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput
from hikiwake.dispute.game import Game

Array = NDArray[np.float64]


class Threshold(msgspec.Struct, frozen=True):
    """The weight of welfare at which a state becomes as good as one that its owner could move to.

    holds : the state is at least as good `from` the weight on, `up to` it, `always` or `never` (at any
        weight of zero or more). `weight` is None for the last two.
    """

    exit: int
    holds: Literal["from", "up to", "always", "never"]
    weight: float | None


class BreakEven(msgspec.Struct, frozen=True):
    """For which weights of welfare a state is Nash-stable for a decision maker.

    U(s) = q(s) + weight * w(s), with q the political score and w the change of welfare.

    low, high : the weights between which it is, infinity if there is no upper end; None if at no weight.
    thresholds : for each state that it could move to.
    """

    who: str
    state: int
    low: float | None
    high: float | None
    thresholds: tuple[Threshold, ...]


def break_even(game: Game, who: str, state: int, political: Array, welfare: Array) -> BreakEven:
    """Find the weights of welfare at which a decision maker would not leave a state.

    Parameters
    ----------
    political : (states,) score without welfare, in points.
    welfare : (states,) change of welfare, such as per cent of GDP; the weight is points per such unit.

    Raises
    ------
    BadInput
        If the arrays do not have one finite number for each state, or the state does not exist.
    """
    for name, values in (("political", political), ("welfare", welfare)):
        if np.shape(values) != (game.states,) or not np.isfinite(values).all():
            raise BadInput(
                where=name,
                why=f"it is not one finite number for each of {game.states} states",
                remedy="Give one for every state, in the order of the states.",
            )
    game.need(state)
    found = []
    low, high = 0.0, float("inf")
    for exit_ in game.arcs[game.maker(who)].ends(state).tolist():
        lead = float(political[exit_] - political[state])
        gain = float(welfare[state] - welfare[exit_])
        threshold = _threshold(exit_, lead, gain)
        found.append(threshold)
        if threshold.holds == "never":
            low, high = float("inf"), 0.0
        elif threshold.holds == "from" and threshold.weight is not None:
            low = max(low, threshold.weight)
        elif threshold.holds == "up to" and threshold.weight is not None:
            high = min(high, threshold.weight)
    possible = low <= high
    return BreakEven(who, state, low if possible else None, high if possible else None, tuple(found))


def welfare_needed(
    game: Game, who: str, state: int, political: Array, welfare: Array, *, weight: float
) -> float:
    """Return how much more welfare a state must bring a decision maker so that it would not leave it.

    Parameters
    ----------
    political, welfare : as in `break_even`.
    weight : points per unit of welfare, above zero.

    Returns
    -------
    In the unit of welfare; zero or less says by how much it is enough already, minus infinity that it cannot
    leave.

    Raises
    ------
    BadInput
        If the weight is not above zero, or the state does not exist.
    """
    if not weight > 0:
        raise BadInput(where="weight", why=f"{weight} is not above zero", remedy="Give a positive weight.")
    game.need(state)
    ends = game.arcs[game.maker(who)].ends(state)
    total = np.asarray(political) + weight * np.asarray(welfare)
    lead = total[ends].max(initial=-np.inf) - total[state]
    return float(lead / weight)


class Zone(msgspec.Struct, frozen=True):
    """The side payments on which both sides would agree.

    low, high : the least that the receiver must get and the most that the payer would give; there is a zone
        if low <= high.
    surplus : high - low, what there is to share.
    even : the payment that shares it equally (with transferable linear utility the Nash, Kalai-Smorodinsky
        and egalitarian outcome alike), None without a zone.
    """

    low: float
    high: float
    surplus: float
    even: float | None


def zone_of_agreement(payer: tuple[float, float, float], receiver: tuple[float, float, float]) -> Zone:
    """Return the side payments that both accept.

    The payer accepts T <= dW + v - c, the receiver T >= v + c - dW.

    Parameters
    ----------
    payer : its change of welfare dW, the value v to it of what it gets, its domestic cost c.
    receiver : its change of welfare dW, the value v to it of what it gives up, its domestic cost c.
        All six in one unit.

    Examples
    --------
    >>> zone_of_agreement((3, 4, 2), (5, 6, 1))
    Zone(low=2.0, high=5.0, surplus=3.0, even=3.5)
    """
    high = float(payer[0] + payer[1] - payer[2])
    low = float(receiver[1] + receiver[2] - receiver[0])
    return Zone(low, high, high - low, (low + high) / 2 if low <= high else None)


class Region(msgspec.Struct, frozen=True):
    """For which unknown values there is a zone of agreement: y <= x + intercept.

    x is what the deal is worth to the payer beyond trade (value less domestic cost), y what it costs the
    receiver (value plus domestic cost).

    intercept : the joint gain of welfare.
    corners : of the part of the rectangle of possible values in which there is a zone, in order; empty if
        there is none.
    share : of the rectangle. It is no probability: nothing says that all values are equally likely.
    """

    intercept: float
    corners: tuple[tuple[float, float], ...]
    share: float

    @property
    def verdict(self) -> str:
        """`always`, `never` or `depends`."""
        return "always" if self.share == 1.0 else "depends" if self.corners else "never"


def region_of_agreement(
    welfare: tuple[float, float], gain: tuple[float, float], loss: tuple[float, float]
) -> Region:
    """Return for which values there is a zone of agreement when they are known only as ranges.

    Parameters
    ----------
    welfare : changes of the payer's and the receiver's welfare.
    gain : least and greatest x, the payer's value less its domestic cost.
    loss : least and greatest y, the receiver's value plus its domestic cost.

    Raises
    ------
    BadInput
        If a range ends before it begins or is not finite.

    Examples
    --------
    >>> region_of_agreement((1.0, 1.0), (0.0, 4.0), (0.0, 4.0)).share
    0.875
    """
    for name, (first, last) in (("gain", gain), ("loss", loss)):
        if not (np.isfinite([first, last]).all() and first <= last):
            raise BadInput(
                where=name, why=f"{first} to {last} is no range", remedy="Give the lesser number first."
            )
    intercept = float(sum(welfare))
    box = [(gain[0], loss[0]), (gain[1], loss[0]), (gain[1], loss[1]), (gain[0], loss[1])]
    corners: list[tuple[float, float]] = []
    for (x, y), (x2, y2) in zip(box, [*box[1:], box[0]], strict=True):
        slack, next_slack = x + intercept - y, x2 + intercept - y2
        if slack >= 0:
            corners.append((float(x), float(y)))
        if slack * next_slack < 0:
            part = slack / (slack - next_slack)
            corners.append((float(x + part * (x2 - x)), float(y + part * (y2 - y))))
    distinct = list(dict.fromkeys(corners))
    whole = (gain[1] - gain[0]) * (loss[1] - loss[0])
    inside = all(x + intercept - y >= 0 for x, y in box)
    length = gain[1] - gain[0] + loss[1] - loss[0]
    if inside:
        share = 1.0
    elif whole > 0:
        share = _area(distinct) / whole
    else:  # one of the two is known: the possible values are a line, or a point
        ends = np.array(distinct or [(0.0, 0.0)])
        share = float(np.ptp(ends, axis=0).sum()) / length if length > 0 else 0.0
    return Region(intercept, tuple(distinct), float(share))


def _threshold(exit_: int, lead: float, gain: float) -> Threshold:
    if gain == 0 or (gain > 0 and lead <= 0) or (gain < 0 and lead > 0):
        return Threshold(exit_, "always" if lead <= 0 else "never", None)
    return Threshold(exit_, "from" if gain > 0 else "up to", lead / gain)


def _area(corners: list[tuple[float, float]]) -> float:
    around = zip(corners, [*corners[1:], *corners[:1]], strict=True)
    return abs(sum(x * y2 - x2 * y for (x, y), (x2, y2) in around)) / 2
