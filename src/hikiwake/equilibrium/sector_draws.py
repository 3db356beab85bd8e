"""Many draws of elasticities and effects for one shock to a world of many sectors, solved in batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from hikiwake.core.blas import one_thread, workers
from hikiwake.core.errors import BadInput
from hikiwake.equilibrium import checks
from hikiwake.equilibrium.checks import Array
from hikiwake.equilibrium.closure import Closure, checked
from hikiwake.equilibrium.many_sectors import draws_of, model_of, near
from hikiwake.equilibrium.moves import SectorShock, cells
from hikiwake.equilibrium.rounds import Draws, Model, Round
from hikiwake.equilibrium.sectors import Sectors
from hikiwake.equilibrium.settling import AIM, Settled, settle

DRAWN = 5e-11
"""What a draw is settled to: half of what is promised of all conditions, far below what a range prints."""
ROUGH = 1e-6
"""What the draw in the middle is settled to: it is only where the others begin."""
BATCH = 16
"""Draws that go round together: enough to multiply matrices well, few enough for the cache."""

Batch = tuple[Settled, dict[str, Array]]


class SectorDraws(msgspec.Struct, frozen=True):
    """Equilibria of b draws, n economies and k sectors; what an interval can be asked for.

    `wages`, `cost_of_living` and `welfare` (b, n), `costs` of producers and `prices` of buyers (b, k, n) are
    ratios of new to old in units of world value added; `output` (b, k, n), `exports` (b, n) and `trade` (b,
    pairs, k) are sales before duty in such units.
    `residual` is the largest change or gap left in any draw, `rounds` the most any batch took.
    """

    wages: Array
    cost_of_living: Array
    welfare: Array
    costs: Array
    prices: Array
    output: Array
    exports: Array
    trade: Array
    residual: float
    rounds: int


def solve_draws(  # noqa: PLR0913  (what is drawn, and what is asked)
    world: Sectors,
    theta: ArrayLike,
    shock: SectorShock,
    *,
    costs: ArrayLike | None = None,
    effects: ArrayLike | None = None,
    pairs: Sequence[tuple[int, int]] = (),
    closure: Closure = "additive",
    about: ArrayLike | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SectorDraws:
    """Find the full equilibria of many draws of one shock.

    Parameters
    ----------
    world : trade and inputs before the shock.
    theta : trade elasticities by draw, (b, k).
    shock : the moves; productivity and transfers are not drawn.
    costs, effects : in place of the moves' own, (b, moves); None: as they are.
    pairs : exporter and importer whose trade by sector is wanted.
    closure : as in `solve_sectors`; not "balanced", whose baseline would differ by draw.
    about : elasticities (k,) that the draws lie about; None: their mean. What is worked out there is kept for
        further shocks to this world. It changes how fast draws are solved, and not what they come to.
    progress : told how many draws are done, and of how many.

    Raises
    ------
    BadInput
        If shapes do not fit, a value is not possible, or the closure is balanced.
    NoSolution
        If the rounds of some batch do not settle.
    """
    _shares_a_baseline(closure)
    k = len(world.flows)
    powers = np.asarray(theta, dtype=np.float64)
    b = len(powers)
    powers = checks.elasticity(powers, (b, k)).T
    moved = (b, len(shock.moves))
    ratios = None if costs is None else checks.positive("costs", costs, moved)
    factors = None if effects is None else checks.amounts("effects", effects, moved)
    model = model_of(world, shock, closure)
    # What keeps trade within a limit is searched for outside the rounds, which must then be finer.
    aim = AIM if model.limited else DRAWN
    centre = powers.mean(axis=1) if about is None else checks.elasticity(about, (k,))
    middle = draws_of(model, centre[:, None], shock, _mean(ratios), _mean(factors))
    corrected = near(world, closure, tuple(centre.tolist()))

    def batch(rows: slice) -> Batch:
        some = draws_of(model, powers[:, rows], shock, _some(ratios, rows), _some(factors, rows))
        settled = settle(model, some, began.state.repeated(rows.stop - rows.start), aim, corrected)
        return settled, _answers(model, settled.last, some, pairs)

    with one_thread():
        began = settle(model, middle, model.start(1), ROUGH, corrected).last
        return _joined(_each(batch, _batches(b), progress))


def _each(
    batch: Callable[[slice], Batch], batches: list[slice], progress: Callable[[int, int], None] | None
) -> list[Batch]:
    """Solve all batches beside each other, in their order."""
    done = []
    with ThreadPoolExecutor(workers()) as pool:
        try:
            for rows, result in zip(batches, pool.map(batch, batches), strict=True):
                done.append(result)
                if progress is not None:
                    progress(rows.stop, batches[-1].stop)
        except BaseException:  # an interrupt does not wait for batches that have not begun
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return done


def first_round_draws(
    world: Sectors,
    theta: ArrayLike,
    shock: SectorShock,
    *,
    costs: Array,
    effects: Array,
    pairs: Sequence[tuple[int, int]],
) -> Array:
    """Return ratios of first-round to old sales of pairs by draw, (b, pairs): prices and spending unchanged.

    `theta` (b, k), `costs` and `effects` (b, moves) as in `solve_draws`. NaN where nothing was sold.
    """
    powers = np.asarray(theta, dtype=np.float64)
    touched = [cells(world.flows.shape, move) for move in shock.moves]
    sold = np.empty((len(powers), len(pairs)))
    for place, (i, j) in enumerate(pairs):
        factor = np.ones_like(powers)
        old = np.zeros(len(world.flows)) if world.tariffs is None else world.tariffs[:, i, j]
        rates = old.copy()
        for number, move in enumerate(shock.moves):
            here = touched[number][:, i, j]
            scale = effects[:, number, None] * costs[:, number, None] ** -powers
            scale *= 1.0 if move.limit is None else min(move.limit, 1.0)
            factor = np.where(here, factor * scale, factor)
            if move.tariff is not None:
                rates[here] = move.tariff
        if shock.productivity is not None:
            factor = factor * shock.productivity[:, i] ** powers
        duty = ((1.0 + rates) / (1.0 + old)) ** (-powers - 1.0)
        before = np.ones_like(powers) * world.flows[:, i, j]
        with np.errstate(invalid="ignore"):
            sold[:, place] = (before * factor * duty).sum(axis=1) / before.sum(axis=1)
    return sold


def _batches(draws: int) -> list[slice]:
    """Cut draws into full batches and what is left, the same on every machine."""
    return [slice(first, min(first + BATCH, draws)) for first in range(0, draws, BATCH)]


def _shares_a_baseline(closure: Closure) -> None:
    checked(closure)
    if closure == "balanced":
        raise BadInput(
            where="closure 'balanced'",
            why="the world without deficits differs with theta, so the draws would not share a baseline",
            remedy="Use `without_deficits` at one theta first, and another closure.",
        )


def _joined(done: Sequence[Batch]) -> SectorDraws:
    """Return the answers of all batches as one, with the worst residual and the most rounds."""
    return SectorDraws(
        **{name: np.concatenate([answer[name] for _, answer in done]) for name in done[0][1]},
        residual=max(settled.residual for settled, _ in done),
        rounds=max(settled.rounds for settled, _ in done),
    )


def _mean(values: Array | None) -> Array | None:
    return None if values is None else values.mean(axis=0, keepdims=True)


def _some(values: Array | None, rows: slice) -> Array | None:
    return None if values is None else values[rows]


def _answers(model: Model, found: Round, drawn: Draws, pairs: Sequence[tuple[int, int]]) -> dict[str, Array]:
    world = model.world
    living = np.exp((world.final.T[:, None, :] * found.state.prices).sum(axis=0))
    output = found.power * found.demand
    per_share = found.state.spending * model.bought / found.whole
    home = np.einsum("kii->ki", model.pieces.net)[:, None, :] * found.power * per_share
    return {
        "wages": np.exp(found.state.wages),
        "cost_of_living": living,
        "welfare": found.budget / world.final_spending / living,
        "costs": np.exp(np.log(found.power) / -drawn.theta).transpose(1, 0, 2),
        "prices": np.exp(found.state.prices).transpose(1, 0, 2),
        "output": output.transpose(1, 0, 2),
        "exports": (output - home).sum(axis=0),
        "trade": _sold(model, found, per_share, np.array(pairs, dtype=np.int64).reshape(-1, 2)),
    }


def _sold(model: Model, found: Round, per_share: Array, pairs: NDArray[np.int64]) -> Array:
    """Return what exporters sell to importers by draw, pair and sector, (b, pairs, k)."""
    i, j = pairs.T
    k, b, n = per_share.shape
    share = np.empty((k, b, len(pairs)))
    share[:] = model.pieces.net[:, None, i, j]
    for part, factor in zip(model.pieces.parts, found.factors, strict=True):
        row, column = np.full(n, -1), np.full(n, -1)
        row[part.rows], column[part.columns] = np.arange(len(part.rows)), np.arange(len(part.columns))
        inside = (row[i] >= 0) & (column[j] >= 0)
        share[:, :, inside] += factor[:, :, None] * part.net[:, None, row[i[inside]], column[j[inside]]]
    share *= found.power[:, :, i]
    share *= per_share[:, :, j]
    return np.ascontiguousarray(share.transpose(1, 2, 0))
