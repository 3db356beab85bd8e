"""One scenario solved at the estimates, under draws of the elasticities, and under others."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from hikiwake.equilibrium import (
    Closure,
    SectorDraws,
    SectorOutcome,
    SectorShock,
    first_round_sectors,
    solve_draws,
    solve_sectors,
)
from hikiwake.measures.intermediate.table import Array
from hikiwake.measures.scenario.baseline import Baseline
from hikiwake.measures.scenario.elasticities import Elasticities
from hikiwake.measures.scenario.ready import Scenario

CLOSURE: Closure = "share of world output"
LEVEL = 0.9
ENDS = (0.05, 0.95)
AT_ENDS = 1.645
"""Standard errors of a normal distribution at the ends of the interval."""

Progress = Callable[[int, int], None]


class Draws(NamedTuple):
    """Elasticities by draw (m, k), and where the draws of a scenario's own errors begin."""

    theta: Array
    seed: int


class Pair(NamedTuple):
    """Places of the pair's economies, and the ways of trade that are told: between them, and with others."""

    a: int
    b: int
    ways: tuple[tuple[int, int], ...]

    def way(self, i: int, j: int) -> int:
        """Return the place of the sales of i to j."""
        return self.ways.index((i, j))


def pair_of(a: int, b: int, economies: int) -> Pair:
    """Return the pair's ways: each to the other, all others to each, and each to all others."""
    others = [n for n in range(economies) if n not in (a, b)]
    ways = [(a, b), (b, a)]
    for member in (a, b):
        ways += [(other, member) for other in others]
        ways += [(member, other) for other in others]
    return Pair(a, b, tuple(ways))


class Solved(NamedTuple):
    """`central` at the estimates, `draws` of them, `alternatives` to them, `drivers` at the ends of each.

    `alternatives` and `drivers` are welfare ratios, (alternatives, n) and (groups, 2, n).
    """

    scenario: Scenario
    central: SectorOutcome
    direct: Array
    draws: SectorDraws
    alternatives: dict[str, Array]
    drivers: Array
    residual: float


def solved(
    base: Baseline,
    theta: Elasticities,
    scenario: Scenario,
    pair: Pair,
    draws: Draws,
    progress: Progress | None = None,
) -> Solved:
    """Solve a scenario at the estimates, under the draws, and under other elasticities."""
    shock = SectorShock(scenario.moves)
    central = solve_sectors(base.world, theta.central, shock, closure=CLOSURE)
    own = scenario.drawn(len(draws.theta), draws.seed)
    costs, effects = own if own is not None else (None, None)
    many = solve_draws(
        base.world,
        draws.theta,
        shock,
        costs=costs,
        effects=effects,
        pairs=pair.ways,
        closure=CLOSURE,
        progress=progress,
    )
    groups = len(theta.names)
    ends = [theta.moved(group, by) for group in range(groups) for by in (-AT_ENDS, AT_ENDS)]
    others = [np.full(len(theta.group), value) for value in theta.alternatives.values()]
    variants = solve_draws(base.world, np.array(ends + others), shock, closure=CLOSURE)
    return Solved(
        scenario=scenario,
        central=central,
        direct=first_round_sectors(base.world, theta.central, shock),
        draws=many,
        alternatives=dict(zip(theta.alternatives, variants.welfare[2 * groups :], strict=True)),
        drivers=variants.welfare[: 2 * groups].reshape(groups, 2, -1),
        residual=max(central.check.largest, many.residual, variants.residual),
    )
