"""Scenarios that any pair has without being described: cheaper trade, and embargoes either way."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hikiwake.equilibrium import Move
from hikiwake.measures.intermediate.table import Array

CHEAPER = 0.9


class Scenario(NamedTuple):
    """A named shock.

    `shocks` says for each move which shock it belongs to: the moves of one are drawn together, with the
    standard errors that `errors` gives of its log cost and of its log effect (none: as it is written).
    """

    id: str
    moves: tuple[Move, ...]
    title: str = ""
    shocks: tuple[int, ...] = ()
    errors: tuple[tuple[float, float], ...] = ()

    def drawn(self, count: int, seed: int) -> tuple[Array, Array] | None:
        """Return costs and effects by draw, (count, moves) each; None where nothing has an error."""
        if not any(cost or effect for cost, effect in self.errors):
            return None
        generator = np.random.default_rng([seed, 1])
        normal = generator.standard_normal((count, max(self.shocks) + 1))[:, list(self.shocks)]
        of_cost, of_effect = np.array(self.errors).T
        costs = np.array([move.cost for move in self.moves]) * np.exp(normal * of_cost)
        return costs, np.array([move.effect for move in self.moves]) * np.exp(normal * of_effect)


def ready_made(a: int, b: int) -> tuple[Scenario, ...]:
    """Return the scenarios of a pair by the places of its economies.

    `cheaper-trade`: trade costs between the two fall by a tenth, both ways; `no-exports`: a sells nothing
    more to b; `no-imports`: b sells nothing more to a; `no-trade`: neither.
    """
    out, back = ((a,), (b,)), ((b,), (a,))
    return (
        Scenario("cheaper-trade", (Move(*out, cost=CHEAPER), Move(*back, cost=CHEAPER))),
        Scenario("no-exports", (Move(*out, effect=0.0),)),
        Scenario("no-imports", (Move(*back, effect=0.0),)),
        Scenario("no-trade", (Move(*out, effect=0.0), Move(*back, effect=0.0))),
    )
