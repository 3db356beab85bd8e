"""The way to where rounds settle, compiled: the draws of a batch lie beside each other, as lanes of vectors.

Arrays of draws are (k, n, b) here. See `kernels/source/rounds.h`, and `rounds.Model` for what a round is.
"""

from __future__ import annotations

from functools import lru_cache
from types import ModuleType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hikiwake.equilibrium.anderson import combined
from hikiwake.equilibrium.checks import Array
from hikiwake.equilibrium.coarse import Correction
from hikiwake.equilibrium.rounds import LONGEST_STEP, Draws, Model, Round, State
from hikiwake.equilibrium.ways import CORRECTED_DEPTH, DEPTH

LANES = 8
"""Draws are filled up to a multiple of these with copies of the last."""
Places = NDArray[np.int64]


class Laid(NamedTuple):
    """A model as the compiled round takes it: shares, inputs and the rest, in the order of its arguments."""

    paid: Array
    net: Array | None
    inputs: Array
    labour: Array
    final: Array
    bought: Array
    home: Array
    rule: Array
    productivity: Array
    origins: Places
    destinations: Places
    parts: Places
    cell_paid: Array
    cell_net: Array


class Point(NamedTuple):
    """A point or a step, (2kn + n, b), and its parts."""

    whole: Array
    prices: Array
    spending: Array
    wages: Array

    @classmethod
    def empty(cls, k: int, n: int, b: int) -> Point:
        """Return room for one."""
        whole = np.empty((2 * k * n + n, b))
        prices, spending, wages = np.split(whole, (k * n, 2 * k * n))
        return cls(whole, prices.reshape(k, n, b), spending.reshape(k, n, b), wages)


class Compiled:
    """A batch on its way; see `ways.Way`. What it ends with has gone through NumPy's equations once more."""

    def __init__(
        self, model: Model, draws: Draws, start: State, corrected: Correction | None, loops: ModuleType
    ) -> None:
        self._model, self._draws, self._start, self._loops = model, draws, start, loops
        self._corrected = corrected
        k, b, n = start.prices.shape
        lanes = np.minimum(np.arange(-(-b // LANES) * LANES), b - 1)
        self._b, self._width = b, len(lanes)
        shape = (k, n, self._width)
        self._points = tuple(Point.empty(*shape) for _ in range(3))
        self._x = self._last_x = self._best = self._points[0]
        self._step, self._last_step = Point.empty(*shape), Point.empty(*shape)
        self._x.prices[:] = start.prices.transpose(0, 2, 1)[:, :, lanes]
        self._x.spending[:] = start.spending.transpose(0, 2, 1)[:, :, lanes]
        self._x.wages[:] = start.wages.T[:, lanes]
        self._laid = laid(model)._replace(productivity=np.ascontiguousarray(draws.productivity[:, 0]))
        self._factors = np.array([factor[:, lanes] for factor in draws.factors]).reshape(-1, k, len(lanes))
        self._theta = np.ascontiguousarray(draws.theta[:, lanes, 0])
        self._room = np.empty(shape)
        self._longest, self._found = np.array([LONGEST_STEP]), np.empty(1)
        self._forget()

    def _forget(self) -> None:
        """Begin to remember steps anew: few of corrected ones."""
        depth, width = DEPTH if self._corrected is None else CORRECTED_DEPTH, self._width
        self._steps, self._both = (np.empty((depth, *self._x.whole.shape)) for _ in range(2))
        self._products, self._row = np.zeros((width, depth, depth)), np.empty((2, depth, width))
        self._count, self._knows_last = 0, False

    @property
    def is_new(self) -> bool:
        """See `Way`."""
        return self._count == 0 and self._corrected is None

    def round(self) -> float:
        """See `Way`."""
        self._loops.round_draws(
            *self._laid[:-2],
            self._laid.cell_paid,
            self._laid.cell_net,
            self._factors,
            self._theta,
            *self._x[1:],
            self._room,
            *self._step[1:],
            self._longest,
            self._found,
            0,
            self._width,
        )
        return float(self._found[0])

    def keep(self) -> None:
        """See `Way`."""
        self._best = self._x

    def back(self) -> None:
        """See `Way`."""
        self._corrected = None
        self._forget()
        self._x = self._best
        self.round()  # once more: a copy kept in each round would cost more than this does the few
        self._x.whole[:] += self._step.whole

    def go_on(self) -> None:
        """See `Way`."""
        if self._corrected is not None:
            parts = self._corrected.weights, self._corrected.more
            self._loops.levels(*parts, *self._step[1:], 0, self._width)
        x, step = self._x, self._step
        weights = self._learnt() if self._knows_last else None
        # The next point takes the place of one that is neither the last nor to be gone back to.
        self._x = next(one for one in self._points if one is not x and one is not self._best)
        if weights is None:
            np.add(x.whole, step.whole, out=self._x.whole)
        else:
            self._loops.mend(x.whole, step.whole, self._both, weights, self._x.whole, 0, self._held)
        self._last_x, self._step, self._last_step = x, self._last_step, step
        self._knows_last = True

    @property
    def _held(self) -> int:
        return min(self._count, len(self._steps))

    def _learnt(self) -> Array:
        """Remember the last step; return how much of each of those held is to be taken back, (depth, b)."""
        at = self._count % len(self._steps)
        self._count += 1
        held = self._held
        points = (self._x, self._step, self._last_x, self._last_step)
        given = (self._steps, self._both, *self._row)
        self._loops.remember(*(point.whole for point in points), *given, at, held)
        row, along = self._row[0, :held].T, self._row[1, :held].T
        self._products[:, at, :held] = row
        self._products[:, :held, at] = row
        weights: Array = self._row[0]
        weights[:held] = combined(self._products[:, :held, :held], along).T
        return weights

    def last(self) -> Round:
        """See `Way`."""
        prices, spending = (
            np.ascontiguousarray(one.transpose(0, 2, 1)[:, : self._b]) for one in self._x[1:3]
        )
        wages = np.ascontiguousarray(self._x.wages.T[: self._b])
        return self._model.round(State(prices, spending, wages, self._start.limits), self._draws)


@lru_cache(maxsize=2)
def laid(model: Model) -> Laid:
    """Return a model as the compiled round takes it, its productivity apart."""
    world, pieces, rule = model.world, model.pieces, model.rule
    cells = [np.ix_(part.rows, part.columns) for part in pieces.parts]
    shapes = [(len(part.rows), len(part.columns)) for part in pieces.parts]
    k = len(pieces.paid)

    def joined(arrays: list[Places]) -> Places:
        return np.concatenate([np.zeros(0, dtype=np.int64), *(one.ravel() for one in arrays)])

    def shares(arrays: list[Array]) -> Array:
        return np.concatenate([np.zeros((k, 0)), *(one.reshape(k, -1) for one in arrays)], axis=1)

    return Laid(
        paid=pieces.paid,
        net=pieces.net if pieces.dutied else None,
        inputs=model.inputs,
        labour=np.ascontiguousarray(world.value_added.T),
        final=np.ascontiguousarray(world.final.T),
        bought=world.bought,
        home=np.ascontiguousarray(np.einsum("kii->ki", pieces.net)),
        rule=np.array([rule.y, rule.u, rule.d, rule.v, rule.e]),
        productivity=np.empty(0),
        origins=joined([np.broadcast_to(at[0], shape) for at, shape in zip(cells, shapes, strict=True)]),
        destinations=joined([np.broadcast_to(at[1], shape) for at, shape in zip(cells, shapes, strict=True)]),
        parts=joined([np.full(shape, number) for number, shape in enumerate(shapes)]),
        cell_paid=shares([part.paid for part in pieces.parts]),
        cell_net=shares([part.net for part in pieces.parts]),
    )
