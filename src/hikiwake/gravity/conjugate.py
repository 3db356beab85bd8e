"""Conjugate gradients on several columns at once, each with a step of its own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hikiwake.gravity.effects import ROUNDING, Accuracy, Array, flat

MAX_ROUNDS = 2_000
NO_CURVATURE = 1e-13

Conditioned = Callable[[Array], Array]
# The matrix times columns (R, ...), and for each column (R,) what a curvature is compared with.
Apply = Callable[[Array], tuple[Array, Array]]


def enough(right: tuple[Array, Array], conditioned: Conditioned, accuracy: Accuracy, whole: float) -> Array:
    """Return how small the residual of each column (R,) has to become.

    Relative to what was asked or to what is left of it after an elimination, whichever is more: the one is
    nothing where the levels were just fitted, the other where what was eliminated holds a column wholly.
    """
    most = np.maximum(*(dots(one, conditioned(one)) for one in right))
    wanted = accuracy.relative * np.sqrt(most)
    return np.maximum(wanted, ROUNDING * accuracy.size * whole)


def conjugate(of: tuple[Apply, Conditioned], right: Array, start: Array | None, target: Array) -> Array:
    """Solve for columns (R, ...); one that has converged is left out of further rounds."""
    apply, conditioned = of
    b = np.zeros_like(right) if start is None else start.copy()
    residual = right.copy()
    begun = np.flatnonzero(flat(b).any(axis=1))
    if begun.size:
        residual[begun] -= apply(b[begun])[0]
    z = conditioned(residual)
    live = np.flatnonzero(np.sqrt(dots(residual, z)) > target)
    r, z = residual[live], z[live]
    p, rz = z.copy(), dots(r, z)
    for _ in range(MAX_ROUNDS):
        if not live.size:
            break
        q, own = apply(p)
        curvature = dots(p, q)
        # What rounding leaves along the effects that are not identified has no curvature.
        curved = curvature > NO_CURVATURE * own
        step = np.divide(rz, curvature, out=np.zeros_like(rz), where=curved)[:, None, None]
        b[live] += step * p
        r -= step * q
        z = conditioned(r)
        before, rz = rz, dots(r, z)
        p = z + np.divide(rz, before, out=np.zeros_like(rz), where=before > 0.0)[:, None, None] * p
        going = (np.sqrt(rz) > target[live]) & curved
        live, r, p, rz = live[going], r[going], p[going], rz[going]
    return b


def dots(one: Array, two: Array) -> Array:
    """Return the products (R,) of columns (R, ., .), 0 where rounding makes them less."""
    out: Array = np.maximum(np.einsum("rtj,rtj->r", one, two), 0.0)
    return out
