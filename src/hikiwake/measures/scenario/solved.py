"""One scenario solved at the estimates, under draws of what is uncertain, and under other elasticities."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import msgspec
import numpy as np

from hikiwake.equilibrium import (
    Closure,
    SectorDraws,
    SectorOutcome,
    Sectors,
    SectorShock,
    first_round_draws,
    solve_draws,
    solve_sectors,
    without_deficits,
)
from hikiwake.measures.intermediate.table import Array
from hikiwake.measures.scenario.elasticities import ESTIMATED, Elasticities, elasticities, others
from hikiwake.measures.scenario.ready import Scenario

CLOSURE: Closure = "share of world output"
LEVEL = 0.9
AT_ENDS = 1.645
"""Standard errors of a normal distribution at the ends of the interval."""
THE_CHANGE = "the change itself"
RIGID = "short-run"
"""The set of elasticities that stands for the first year."""

Progress = Callable[[int, int], None]


class Asked(msgspec.Struct, frozen=True):
    """How scenarios are solved: draws and where they begin, and what stands in place of the scenario's own.

    `closure` and `elasticities` (a set's name) win over what a file says; `factor` multiplies all
    elasticities. `beside` names other sets to solve under too (None: all), `drivers` those scenarios for
    which what drives the answer is looked for (None: all). `everybody`: wages, exports, output and prices
    are told of all economies, not of the two alone.
    """

    draws: int
    seed: int
    closure: Closure | None = None
    elasticities: str = ""
    factor: float = 1.0
    beside: tuple[str, ...] | None = None
    drivers: tuple[str, ...] | None = None
    everybody: bool = False


class Pair(NamedTuple):
    """Places of the pair's economies, and the ways of trade that are told: between them, and with others."""

    a: int
    b: int
    ways: tuple[tuple[int, int], ...]

    def way(self, i: int, j: int) -> int:
        """Return the place of the sales of i to j."""
        return self.ways.index((i, j))


def pair_of(a: int, b: int, economies: int) -> Pair:
    """Return the pair's ways: each to the other, all to each (itself too), and each to all others."""
    others_ = [n for n in range(economies) if n not in (a, b)]
    ways = [(a, b), (b, a), (a, a), (b, b)]
    for member in (a, b):
        ways += [(other, member) for other in others_]
        ways += [(member, other) for other in others_]
    return Pair(a, b, tuple(ways))


class Solved(NamedTuple):
    """`central` at the estimates, `draws` of all that is uncertain, beside what stays short of it.

    `direct` and `direct_draws` are first-round ratios of sales between the two, (2,) and (b, 2).
    `alternatives` are welfare ratios under other sets of elasticities (3, n): at their values and at both
    ends of all; `drivers` those with one uncertain thing at its ends (2, n). `world` is the baseline, without
    its deficits where the closure says so.
    """

    scenario: Scenario
    world: Sectors
    theta: Elasticities
    closure: Closure
    central: SectorOutcome
    direct: Array
    draws: SectorDraws
    direct_draws: Array
    uniform: Array
    alternatives: dict[str, Array]
    drivers: dict[str, Array]
    residual: float


def solved(
    world: Sectors, scenario: Scenario, pair: Pair, asked: Asked, progress: Progress | None = None
) -> Solved:
    """Solve a scenario at the estimates, under the draws, and under other elasticities.

    Raises
    ------
    BadUsage
        If there is no set of elasticities of the name asked for.
    BadInput, NoSolution
        If the scenario makes no sense, or leaves no equilibrium.
    """
    name = asked.elasticities or scenario.elasticities or ESTIMATED
    theta = elasticities(world.names, name, scenario.own).scaled(asked.factor)
    closure = asked.closure or scenario.closure or CLOSURE
    if closure == "balanced":
        world = without_deficits(world, theta.central)
    # Without deficits all closures are the same one; this one lets draws share the baseline.
    within: Closure = CLOSURE if closure == "balanced" else closure
    shock = SectorShock(scenario.moves, scenario.productivity, scenario.transfer)
    central = solve_sectors(world, theta.central, shock, closure=within)
    drawn = theta.draws(asked.draws, asked.seed)
    uniform = scenario.uniform(asked.draws, asked.seed)
    costs, effects = scenario.at(uniform)
    many = solve_draws(
        world,
        drawn,
        shock,
        costs=costs,
        effects=effects,
        pairs=pair.ways,
        closure=within,
        about=theta.central,
        progress=progress,
    )
    first_round = partial(first_round_draws, world, shock=shock, pairs=((pair.a, pair.b), (pair.b, pair.a)))
    cost, effect = scenario.certain(1)
    variants = _Variants(world, theta, scenario, within)
    alternatives, drivers = variants.others(shock, asked), variants.drivers(shock, asked)
    return Solved(
        scenario=scenario,
        world=world,
        theta=theta,
        closure=closure,
        central=central,
        direct=first_round(theta.central[None], costs=cost, effects=effect)[0],
        draws=many,
        direct_draws=first_round(drawn, costs=costs, effects=effects),
        uniform=uniform,
        alternatives=alternatives,
        drivers=drivers,
        residual=max(central.check.largest, many.residual, variants.residual),
    )


class _Variants:
    """The same shock with one uncertain thing at its ends, and under other sets of elasticities."""

    def __init__(self, world: Sectors, theta: Elasticities, scenario: Scenario, closure: Closure) -> None:
        self._world = world
        self._theta = theta
        self._scenario = scenario
        self._closure = closure
        self.residual = 0.0

    def others(self, shock: SectorShock, asked: Asked) -> dict[str, Array]:
        """Return welfare ratios (3, n) by set of elasticities: at their values and at both ends of all."""
        every = others(self._theta, self._world.names)
        other = {name: one for name, one in every.items() if asked.beside is None or name in asked.beside}
        if not self._scenario.of_costs:
            # What trade comes to at given prices is no change of costs: in the short run as large a change of
            # trade would take a larger one of costs, and be no answer to the same question.
            other.pop(RIGID, None)
        costs, effects = self._scenario.certain(3)
        # Each set by itself: what is solved together should lie near one point.
        return {
            name: self._welfare(
                one.central, [one.all_moved(by) for by in (0.0, -AT_ENDS, AT_ENDS)], shock, costs, effects
            )
            for name, one in other.items()
        }

    def drivers(self, shock: SectorShock, asked: Asked) -> dict[str, Array]:
        """Return welfare ratios (2, n) with one thing at both ends, by what it is."""
        if asked.drivers is not None and self._scenario.id not in asked.drivers:
            return {}
        theta, uncertain = self._theta, self._scenario.uncertain
        powers = [theta.moved(group, by) for group in range(len(theta.names)) for by in (-AT_ENDS, AT_ENDS)]
        powers += [theta.central] * (2 * len(uncertain))
        costs, effects = self._scenario.certain(len(powers))
        for place, number in enumerate(uncertain):
            for end in (0, 1):
                row = 2 * (len(theta.names) + place) + end
                self._scenario.set_end(number, end, costs[row], effects[row])
        one = [THE_CHANGE] * len(uncertain)
        several = [f"{THE_CHANGE}, shock {number + 1}" for number in uncertain]
        names = (*theta.names, *(one if len(uncertain) == 1 else several))
        welfare = self._welfare(theta.central, powers, shock, costs, effects)
        return {name: welfare[2 * n : 2 * n + 2] for n, name in enumerate(names)}

    def _welfare(
        self, about: Array, powers: list[Array], shock: SectorShock, costs: Array, effects: Array
    ) -> Array:
        found = solve_draws(
            self._world,
            np.array(powers),
            shock,
            costs=costs,
            effects=effects,
            closure=self._closure,
            about=about,
        )
        self.residual = max(self.residual, found.residual)
        return found.welfare
