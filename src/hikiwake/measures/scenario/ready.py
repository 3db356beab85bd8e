"""Scenarios that any pair has without being described: cheaper trade, and embargoes either way."""

from __future__ import annotations

from typing import NamedTuple

from hikiwake.equilibrium import Move

CHEAPER = 0.9


class Scenario(NamedTuple):
    """A named shock."""

    id: str
    moves: tuple[Move, ...]


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
