"""Closures: what becomes of trade imbalances when wages change."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec
import numpy as np

from hikiwake.core.errors import BadInput
from hikiwake.equilibrium.checks import Array
from hikiwake.equilibrium.clearing import Spending, clear
from hikiwake.equilibrium.world import World

Closure = Literal["additive", "multiplicative", "balanced", "share of world output"]

MEANING: dict[str, str] = {
    "additive": "each economy's deficit keeps its amount in units of the numeraire",
    "multiplicative": "each economy's spending keeps its ratio to output, all scaled so that the world's "
    "spending is the world's output",
    "balanced": "deficits are removed first and the world without them is the baseline",
    "share of world output": "each economy's deficit keeps its share of world output",
}


def checked(closure: str) -> None:
    """Raise BadInput unless the closure is one of those there are."""
    if closure not in get_args(Closure):
        raise BadInput(
            where=f"closure {closure!r}",
            why="there is no such rule for trade imbalances",
            remedy=f"Choose one of: {', '.join(get_args(Closure))}.",
        )


def numeraire_weights(output: Array, numeraire: int | None) -> Array:
    """Return weights v (n,) so that v.w is the numeraire: world output, or one economy's wage."""
    if numeraire is None:
        weights: Array = output / output.sum()
        return weights
    weights = np.zeros(len(output))
    weights[numeraire] = 1.0
    return weights


def spending(y: Array, deficit: Array, closure: Closure, transfer: Array, numeraire: int | None) -> Spending:
    """Return the rule by which economies spend, before duty is handed back, on which income and transfers.

    `y` (n,) is what economies earn, `deficit` (n,) what they spend beyond it; `transfer` (n,) is what a shock
    lets each receive, in units of the numeraire. The last two sum to zero.
    """
    if abs(transfer.sum()) > 1e-9 * np.abs(transfer).sum():
        raise BadInput(
            where="transfer",
            why=f"transfers sum to {transfer.sum():g} and not to zero",
            remedy="What one economy receives another must give.",
        )
    own = y + deficit if closure == "multiplicative" else y
    fixed = transfer + deficit if closure == "additive" else transfer
    moving = deficit / y.sum() if closure == "share of world output" else np.zeros(len(y))
    return Spending(y, own, fixed, numeraire_weights(y, numeraire), moving)


def purged(world: World, theta: float) -> World:
    """Return the world without deficits: the equilibrium when each economy spends what it sells for.

    Ossa (2016), Handbook of Commercial Policy 1A:207.
    """
    rule = spending(world.output, world.deficit, "balanced", np.zeros(len(world.flows)), None)
    found = clear(world.flows, theta, rule)
    return msgspec.structs.replace(world, flows=found.shares * rule.at(found.wages))
