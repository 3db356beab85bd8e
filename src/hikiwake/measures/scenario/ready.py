"""Scenarios that any pair has without being described, in the form of those that are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hikiwake.dossier.scenarios import Closure, Described, Shock
from hikiwake.equilibrium import Move
from hikiwake.measures.intermediate.table import Array
from hikiwake.measures.scenario.chance import COLUMNS, Chance
from hikiwake.measures.scenario.elasticities import Own
from hikiwake.measures.scenario.sampling import covering

CHEAPER, COMPARABLE, NOTHING = "cheaper-trade", "comparable-pairs", "no-trade"
TENTH = 0.9


class Scenario(NamedTuple):
    """A named shock, put on the places of a baseline.

    `shocks` says for each move which shock it belongs to: the moves of one are drawn together, each with its
    chance (None: as it is written). `productivity` (k, n) are ratios, `transfer` (n,) amounts received.
    """

    id: str
    moves: tuple[Move, ...]
    title: str = ""
    shocks: tuple[int, ...] = ()
    chances: tuple[Chance | None, ...] = ()
    productivity: Array | None = None
    transfer: Array | None = None
    closure: Closure | None = None
    elasticities: str = ""
    own: tuple[Own, ...] = ()
    where: str = ""
    of_costs: bool = True
    """Whether it says what becomes of costs, not what trade comes to at given prices."""

    @property
    def uncertain(self) -> tuple[int, ...]:
        """The numbers of the shocks that have a distribution."""
        pairs = zip(self.shocks, self.chances, strict=True)
        return tuple(dict.fromkeys(shock for shock, chance in pairs if chance))

    def uniform(self, count: int, seed: int) -> Array:
        """Return the probabilities of a number of draws, (count, shocks x COLUMNS)."""
        return covering(count, COLUMNS * (max(self.shocks, default=0) + 1), (seed, 1))

    def certain(self, count: int) -> tuple[Array, Array]:
        """Return costs and effects as they are written, (count, moves) each."""
        cost, effect = ([getattr(move, name) for move in self.moves] for name in ("cost", "effect"))
        return np.tile(np.array(cost), (count, 1)), np.tile(np.array(effect), (count, 1))

    def at(self, uniform: Array) -> tuple[Array, Array]:
        """Return costs and effects at probabilities (m, shocks x COLUMNS), (m, moves) each."""
        costs, effects = self.certain(len(uniform))
        for number, (shock, chance) in enumerate(zip(self.shocks, self.chances, strict=True)):
            if chance is None:
                continue
            values = chance.at(uniform[:, COLUMNS * shock : COLUMNS * (shock + 1)])
            (costs if chance.of == "cost" else effects)[:, number] = values
        return costs, effects

    def set_end(self, number: int, end: int, costs: Array, effects: Array) -> None:
        """Set one shock's moves in a row of costs and effects (moves,) to an end of their distribution."""
        for move, (shock, chance) in enumerate(zip(self.shocks, self.chances, strict=True)):
            if shock == number and chance is not None:
                (costs if chance.of == "cost" else effects)[move] = chance.ends()[end]


def ready_made(a: str, b: str) -> dict[str, Described]:
    """Return the scenarios of a pair.

    `cheaper-trade`: trade costs between the two fall by a tenth, both ways; `comparable-pairs`: they fall
    until trade at given prices is what comparable pairs trade, where there is less; `no-exports`: a sells
    nothing more to b; `no-imports`: b sells nothing more to a; `no-trade`: neither.
    """
    return {
        CHEAPER: Described(shocks=(Shock(between=(a, b), cost=TENTH),)),
        COMPARABLE: Described(shocks=(Shock(between=(a, b), level="comparable pairs"),)),
        "no-exports": Described(shocks=(Shock(origins=(a,), destinations=(b,), embargo=True),)),
        "no-imports": Described(shocks=(Shock(origins=(b,), destinations=(a,), embargo=True),)),
        NOTHING: Described(shocks=(Shock(between=(a, b), embargo=True),)),
    }
