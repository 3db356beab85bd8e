"""The way to where rounds settle: a point, the step that a round makes from it, and how to go on."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from hikiwake.equilibrium.anderson import Memory
from hikiwake.equilibrium.checks import Array
from hikiwake.equilibrium.coarse import Correction
from hikiwake.equilibrium.rounds import Draws, Model, Round, State

DEPTH, CORRECTED_DEPTH = 8, 2
"""Steps remembered: of corrected ones few say nearly as much, and each takes time to be gone through."""


class Way(Protocol):
    """A batch of draws on its way."""

    @property
    def is_new(self) -> bool:
        """Whether nothing helps the steps that could have led astray."""

    def round(self) -> float:
        """Go through all equations at the point; return the largest change or gap, which may be no number."""

    def keep(self) -> None:
        """Remember where the round leads to as what to go back to."""

    def back(self) -> None:
        """Go back to what was kept, and on without correction and what is remembered of steps."""

    def go_on(self) -> None:
        """Go to the next point: by the step, corrected and mended by what is remembered."""

    def last(self) -> Round:
        """Return the round at the point."""


class Plain:
    """The way on NumPy; points are rows, of prices and spending by sector and of wages."""

    def __init__(self, model: Model, draws: Draws, start: State, corrected: Correction | None) -> None:
        self._model, self._draws, self._corrected = model, draws, corrected
        self._state, self._x = start, _packed(start)
        self._kept = start
        self._memory = self._new_memory()

    @property
    def is_new(self) -> bool:
        """See `Way`."""
        return self._memory.count == 0 and self._corrected is None

    def _new_memory(self) -> Memory:
        rows, size = self._x.shape
        return Memory(rows, size, DEPTH if self._corrected is None else CORRECTED_DEPTH)

    def round(self) -> float:
        """See `Way`."""
        with np.errstate(all="ignore"):  # a step that went astray shows as a residual that is not finite
            self._after = self._model.round(self._state, self._draws)
            self._step = _packed(self._after.state) - self._x
            gaps = float(np.abs(self._after.gaps).max())
            return max(float(self._step.max()), float(-self._step.min()), gaps)

    def keep(self) -> None:
        """See `Way`."""
        self._kept = self._after.state

    def back(self) -> None:
        """See `Way`."""
        self._corrected = None
        self._memory = self._new_memory()
        self._state, self._x = self._kept, _packed(self._kept)

    def go_on(self) -> None:
        """See `Way`."""
        step = self._step if self._corrected is None else self._corrected.applied(self._step)
        self._memory.learn(self._x, step)
        self._x = self._memory.mended(self._x, step)
        self._state = _unpacked(self._x, self._state.prices.shape, self._state.limits)

    def last(self) -> Round:
        """See `Way`."""
        return self._after


def _packed(state: State) -> Array:
    rows = state.wages.shape[0]
    return np.concatenate(
        [
            state.prices.transpose(1, 0, 2).reshape(rows, -1),
            state.spending.transpose(1, 0, 2).reshape(rows, -1),
            state.wages,
        ],
        axis=1,
    )


def _unpacked(x: Array, shape: tuple[int, ...], limits: Array) -> State:
    k, rows, n = shape
    size = k * n
    return State(
        x[:, :size].reshape(rows, k, n).transpose(1, 0, 2),
        x[:, size : 2 * size].reshape(rows, k, n).transpose(1, 0, 2),
        x[:, 2 * size :],
        limits,
    )
