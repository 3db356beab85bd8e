"""Bargaining points: where theories of bargaining would settle, and whether it would hold.

d is the disagreement point, what each has if there is no deal; only outcomes that give nobody less count.

- Nash (1950, Econometrica 18): the greatest product of gains, prod (u_i - d_i)^power_i.
- Kalai & Smorodinsky (1975, Econometrica 43): gains in the proportion of the greatest that each could have.
- Egalitarian (Kalai 1977, Econometrica 45): the greatest equal gain.
- Utilitarian: the greatest sum.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from hikiwake.core.errors import BadInput
from hikiwake.dispute.stability import Concept, Solution

Rule = Literal["nash", "kalai-smorodinsky", "egalitarian", "utilitarian"]
RULES: tuple[Rule, ...] = ("nash", "kalai-smorodinsky", "egalitarian", "utilitarian")
Array = NDArray[np.float64]
STEPS = 200
"""Halvings of an interval: more than double precision can tell apart."""


class BargainingPoint(msgspec.Struct, frozen=True):
    """A state that a rule of bargaining chooses.

    gains : each decision maker's, over the disagreement point.
    equilibrium : under which concepts the state is an equilibrium. Where under none, the deal would not hold.
    """

    rule: Rule
    state: int
    gains: tuple[float, ...]
    equilibrium: tuple[Concept, ...]


def bargain(
    solution: Solution,
    payoffs: ArrayLike,
    disagreement: ArrayLike,
    power: Sequence[float] | None = None,
    bargainers: Sequence[str] | None = None,
) -> tuple[BargainingPoint, ...]:
    """Choose among the states of a dispute by the four rules.

    With finitely many states the Kalai-Smorodinsky point is the state with the greatest least share of the
    ideal gains, and the egalitarian one that with the greatest least gain; among these, that with the
    greatest sum.

    Parameters
    ----------
    payoffs : (decision makers, states) utilities, comparable as the rule needs.
    disagreement : (decision makers,).
    power : (decision makers,) bargaining powers of the Nash rule, above zero; equal by default.
    bargainers : who bargains, in the order of the other arguments; by default all decision makers. Whether a
        state is an equilibrium is asked of all in any case.

    Returns
    -------
    All states that a rule chooses, in the order of the rules; empty if every state gives somebody less than
    the disagreement point.

    Raises
    ------
    BadInput
        If the numbers are not finite or not one for each.
    """
    game = solution.game
    who = game.who if bargainers is None else tuple(game.who[game.maker(name)] for name in bargainers)
    values, base, weights = _numbers(payoffs, disagreement, power, (len(who), game.states))
    gains = values - base[:, None]
    allowed = np.flatnonzero((gains >= 0).all(axis=0))
    if not len(allowed):
        return ()
    scores = _scores(gains[:, allowed], weights)
    out = []
    for rule in RULES:
        for state in allowed[_best(*scores[rule])].tolist():
            holds = tuple(concept for concept in solution.stable if state in solution.equilibria(concept))
            out.append(BargainingPoint(rule, state, tuple(gains[:, state].tolist()), holds))
    return tuple(out)


def _numbers(
    payoffs: ArrayLike, disagreement: ArrayLike, power: ArrayLike | None, shape: tuple[int, int]
) -> tuple[Array, Array, Array]:
    """Return payoffs (bargainers, states), disagreement point and powers, or refuse them."""
    makers, states = shape
    values, base = np.asarray(payoffs, dtype=np.float64), np.asarray(disagreement, dtype=np.float64)
    weights = np.ones(makers) if power is None else np.asarray(power, dtype=np.float64)
    right = values.shape == shape and base.shape == weights.shape == (makers,)
    finite = right and all(np.isfinite(each).all() for each in (values, base, weights))
    if not finite or (weights <= 0).any():
        raise BadInput(
            where="bargain",
            why="payoffs, disagreement and power are not one finite number for each, the powers above zero",
            remedy=f"Give payoffs for {makers} decision makers in {states} states.",
        )
    return values, base, weights


def _scores(gains: Array, weights: Array) -> dict[Rule, tuple[Array, Array]]:
    """Return what each rule maximises over states (bargainers, states), and what decides between equals."""
    ideal = gains.max(axis=1, keepdims=True)
    ideal[ideal == 0] = 1.0  # who can gain nothing has a share of nothing in every state
    total = gains.sum(axis=0)
    with np.errstate(divide="ignore"):
        logs = (weights[:, None] * np.log(gains)).sum(axis=0)
    return {
        "nash": (logs, total),
        "kalai-smorodinsky": ((gains / ideal).min(axis=0), total),
        "egalitarian": (gains.min(axis=0), total),
        "utilitarian": (total, total),
    }


def bargain_on_frontier(
    frontier: Callable[[float], float], disagreement: tuple[float, float], most: float
) -> dict[Rule, tuple[float, float]]:
    """Find the points of the four rules on a frontier that falls and is concave.

    Parameters
    ----------
    frontier : the most that the second can have, u2, if the first has u1.
    disagreement : what each has without a deal.
    most : the greatest u1 that there is.

    Raises
    ------
    BadInput
        If the disagreement point lies beyond the frontier.

    Examples
    --------
    >>> points = bargain_on_frontier(lambda u: 1 - u * u, (0.0, 0.0), 1.0)
    >>> [round(u, 5) for u in points["nash"]]
    [0.57735, 0.66667]
    """
    first, second = disagreement
    if not (first <= most and frontier(first) >= second):
        raise BadInput(
            where="disagreement",
            why="no outcome gives both at least as much",
            remedy="Give a point below the frontier.",
        )
    ideal_first = _crossing(lambda u: second - frontier(u), first, most)
    ideal_second = frontier(first)
    ratio = (ideal_second - second, ideal_first - first)
    at: dict[Rule, float] = {
        "nash": _peak(lambda u: (u - first) * (frontier(u) - second), first, ideal_first),
        "kalai-smorodinsky": _crossing(
            lambda u: (u - first) * ratio[0] - (frontier(u) - second) * ratio[1], first, ideal_first
        ),
        "egalitarian": _crossing(lambda u: (u - first) - (frontier(u) - second), first, ideal_first),
        "utilitarian": _peak(lambda u: u + frontier(u), first, ideal_first),
    }
    return {rule: (u, frontier(u)) for rule, u in at.items()}


def _best(score: Array, then: Array) -> NDArray[np.intp]:
    """Positions of the greatest scores, of those the ones with the greatest second score, up to rounding."""
    top = np.flatnonzero(score == score.max() if np.isneginf(score.max()) else score >= _nearly(score.max()))
    return top[then[top] >= _nearly(then[top].max())]


def _nearly(value: float) -> float:
    # Sums and logarithms in different orders differ in their last digits; a tie is a tie within those.
    return float(value - 1e-12 * max(1.0, abs(value)))


def _crossing(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function is zero; the end nearest to it if it is so nowhere."""
    if rising(high) <= 0:
        return high
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return (low + high) / 2


def _peak(humped: Callable[[float], float], low: float, high: float) -> float:
    """Where a function with one hump is greatest, by thirds."""
    for _ in range(STEPS):
        third = (high - low) / 3
        if humped(low + third) < humped(high - third):
            low += third
        else:
            high -= third
    return (low + high) / 2
