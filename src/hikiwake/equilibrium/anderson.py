"""Anderson's acceleration of a fixed-point iteration, for many points at once."""

from __future__ import annotations

import numpy as np

from hikiwake.equilibrium.checks import Array

RIDGE = 1e-14


class Memory:
    """The step that the last few steps, combined, would have made least wrong; each row on its own.

    Type II of Walker & Ni (2011), SIAM Journal on Numerical Analysis 49:1715, by normal equations, with a
    ridge below rounding: rows that have converged have differences of no size.

    Parameters
    ----------
    rows, size : number of points and length of each.
    depth : steps remembered.
    """

    def __init__(self, rows: int, size: int, depth: int) -> None:
        self.depth = depth
        self.count = 0
        self._moves = np.empty((rows, depth, size))
        self._steps = np.empty((rows, depth, size))
        self._products = np.zeros((rows, depth, depth))
        self._last: tuple[Array, Array] | None = None

    def learn(self, x: Array, step: Array) -> None:
        """Remember that the plain step from x, (rows, size), is this one."""
        if self._last is not None:
            at = self.count % self.depth
            np.subtract(x, self._last[0], out=self._moves[:, at])
            np.subtract(step, self._last[1], out=self._steps[:, at])
            self.count += 1
            product = np.matmul(self._steps[:, : self._held], self._steps[:, at, :, None])[:, :, 0]
            self._products[:, at, : self._held] = product
            self._products[:, : self._held, at] = product
        self._last = (x, step)

    @property
    def _held(self) -> int:
        return min(self.count, self.depth)

    def mended(self, x: Array, step: Array) -> Array:
        """Return the next point after x by the plain step and what is remembered."""
        held = self._held
        if not held:
            return x + step
        along = np.matmul(self._steps[:, :held], step[:, :, None])[:, :, 0]
        weights = combined(self._products[:, :held, :held], along)[:, None]
        point: Array = x + step
        point -= np.matmul(weights, self._moves[:, :held])[:, 0]
        point -= np.matmul(weights, self._steps[:, :held])[:, 0]
        return point


def combined(products: Array, along: Array) -> Array:
    """Return how much of each remembered step, (rows, held), makes up the step that they have `along` with.

    `products` (rows, held, held) are those of the steps with each other.
    """
    size = np.trace(products, axis1=1, axis2=2)
    ridge = (RIDGE * size + 1e-300)[:, None, None] * np.eye(products.shape[1])
    weights: Array = np.linalg.solve(products + ridge, along[:, :, None])[:, :, 0]
    return weights
