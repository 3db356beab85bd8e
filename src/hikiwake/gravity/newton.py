"""Poisson pseudo-maximum likelihood with fixed effects, by Newton's method on all parameters at once.

    minimise  sum_c  B_c exp(x_c'beta + d_c'alpha) - Y_c (x_c'beta + d_c'alpha)

over the cells c of a layout; B is weight times exp(offset), and 0 where there is no cell, Y is weight times
the flow. Each step solves a weighted least squares problem in which the effects are eliminated exactly.

The cells are passed over once a step, in blocks that stay in the cache: the linear predictor is made anew
from slopes and effects and never kept, and the trial of a step is the first half of the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hikiwake.gravity.effects import (
    Accuracy,
    Array,
    Effects,
    Equations,
    Margins,
    Totals,
    add_levels,
    margins,
    reciprocal,
    zeros,
)
from hikiwake.gravity.parallel import each, scratch

# Beyond it a trial is hopeless, and rows that play no part must not overflow.
MAX_EXPONENT = 600.0
LEAST_STEP = 1e-4
SWEEPS = 4
# How exactly a step is solved: as exactly as it can be expected to hit, within these bounds.
COARSE, FINE = 1e-2, 1e-10
# Below this step (root mean square, weighted by the means), the largest change at a cell is looked at.
NEAR = 1e-4
# Newton's next step is about the square of this one (a third of it, seen): one that is this part of the root
# of the tolerance leaves an error of a thousandth of the tolerance, and no further step is needed to know it.
NEXT = 0.03
# A step that was solved less exactly says nothing about how near the optimum is.
SURE = 1e-4


@dataclass(frozen=True)
class Solver:
    """How exactly to solve.

    Parameters
    ----------
    tolerance : largest error of the linear predictor, at cells with trade, that counts as none.
    max_steps : Newton steps before giving up.
    """

    tolerance: float = 1e-7
    max_steps: int = 100


@dataclass(frozen=True)
class Design:
    """A regression in the layout of its effects.

    Parameters
    ----------
    target : cells; weight times flow, 0 where there is no cell.
    base : cells; weight times exp(offset), 0 where there is no cell.
    regressors : (K, *cells).
    effects : the fixed effects.
    intercept : whether the first regressor is the constant (then there are no effects).
    """

    target: Array
    base: Array
    regressors: Array
    effects: Effects
    intercept: bool


@dataclass(frozen=True)
class Point:
    """Where Newton's method stands: slopes (K,) and levels, one array for each effect."""

    slopes: Array
    levels: Margins

    def along(self, length: float, move: Array, shift: Margins) -> Point:
        """Return the point `length` of a step away."""
        levels = [level + length * part for level, part in zip(self.levels, shift, strict=True)]
        return Point(self.slopes + length * move, levels)


@dataclass(frozen=True)
class Optimum:
    """Where Newton's method arrived.

    `mean`, `equations` and the regressors' `projections` are those of the point before the last step, which
    differs by less than the tolerance; so are `gram` (K, K), of the part of the regressors that the effects
    do not explain, and `squares` (K,), of the whole. `moving` is the last step of the linear predictor: about
    -1 at cells without trade that some combination of regressors and effects separates (their mean tends to
    zero, and each step divides it by e).
    """

    point: Point
    mean: Array
    equations: Equations
    projections: Margins
    gram: Array
    squares: Array
    moving: Array
    steps: int
    converged: bool


@dataclass(frozen=True)
class _Sweep:
    """What one pass over the cells yields; `size` is that of residual over mean, and of regressors."""

    mean: Array
    sums: Margins
    gram: Array
    scores: Array
    objective: float
    size: Array


@dataclass(frozen=True)
class _Flows:
    """The sums of the flows: by regressor, by level, and over all cells."""

    scores: Array
    sums: Margins


def maximise(design: Design, solver: Solver, start: Optimum | None) -> Optimum:
    """Iterate until the linear predictor stands still; the caller decides what failure means."""
    flows = _flows(design)
    point = start.point if start is not None else _begin(design, flows)
    projections = None if start is None else start.projections
    sweep = _pass(design, flows, point, np.empty(design.effects.shape))
    spare, moving = np.empty_like(sweep.mean), np.empty_like(sweep.mean)
    change = np.inf
    for count in range(1, solver.max_steps + 1):
        equations = design.effects.equations(sweep.mean)
        accuracy = min(max(change**2, FINE), COARSE)
        move, shift, projections, gram = _direction(equations, sweep, projections, accuracy)
        change = _decrement(sweep, move, shift)
        if change < NEAR:
            change = _predictor_change(design, move, shift, out=moving)
        if accuracy <= SURE and change <= max(solver.tolerance, NEXT * np.sqrt(solver.tolerance)):
            there = point.along(1.0, move, shift)
            squares = np.diag(sweep.gram)
            return Optimum(
                there, sweep.mean, equations, projections, gram, squares, moving, count, converged=True
            )
        taken = _along(design, flows, (point, sweep.objective), (move, shift), spare)
        if taken is None:
            break
        spare = sweep.mean
        point, sweep = taken
    _predictor_change(design, move, shift, out=moving)
    return Optimum(
        point, sweep.mean, equations, projections or [], gram, np.diag(sweep.gram), moving, count,
        converged=False,
    )  # fmt: skip


def predictor(design: Design, point: Point) -> Array:
    """Return the linear predictor at all cells, without an offset."""
    out = np.empty(design.effects.shape)
    each(lambda block: _linear(design, point, block, out[block]), design.effects.blocks)
    return out


def _linear(design: Design, point: Point, block: slice, out: Array) -> None:
    """Write the linear predictor of a block to `out`."""
    x = design.regressors[:, block]
    np.matmul(point.slopes, x.reshape(len(x), -1), out=out.reshape(-1))
    add_levels(design.effects, [level[None] for level in point.levels], block, out[None])


def _flows(design: Design) -> _Flows:
    def of_block(block: slice) -> Array:
        x = design.regressors[:, block]
        out: Array = x.reshape(len(x), -1) @ design.target[block].ravel()
        return out

    scores = np.sum(each(of_block, design.effects.blocks), axis=0)
    sums = margins(design.effects, 1, lambda block: design.target[None, block])
    return _Flows(scores, [one[0] for one in sums])


def _begin(design: Design, flows: _Flows) -> Point:
    """Start near where the effects alone fit, slopes zero: a few sweeps of proportional fitting."""
    effects, slopes = design.effects, np.zeros(len(design.regressors))
    if design.intercept:
        slopes[0] = np.log(design.target.sum() / design.base.sum())
        return Point(slopes, [])
    mean, levels = design.base.copy(), [level[0] for level in zeros(effects, 1)]
    own = [which for which, local in enumerate(effects.local) if local]
    shared = [which for which, local in enumerate(effects.local) if not local]

    def fitted(which: int, have: Array, at: slice) -> Array:
        ratio = flows.sums[which][at] * reciprocal(have)
        ratio[ratio == 0.0] = 1.0
        levels[which][at] += np.log(ratio)
        return ratio

    def of_block(block: slice) -> None:
        part = mean[None, block]
        for which in own:
            ratio = fitted(which, effects.sums(which, part)[0], block)
            part *= effects.spread(which, ratio[None], slice(None))

    for _ in range(SWEEPS):
        each(of_block, effects.blocks)
        for which in shared:
            each_sum = each(lambda block: effects.sums(which, mean[None, block]), effects.blocks)  # noqa: B023
            ratio = fitted(which, np.sum(each_sum, axis=0)[0], slice(None))[None]
            each(lambda block: _scale(mean[None, block], effects, (which, ratio), block), effects.blocks)  # noqa: B023
    return Point(slopes, levels)


def _scale(cells: Array, effects: Effects, by: tuple[int, Array], block: slice) -> None:
    cells *= effects.spread(by[0], by[1], block)


def _pass(design: Design, flows: _Flows, point: Point, mean: Array) -> _Sweep:
    """Compute means to `mean`, and the sums of residual and weighted regressors by level and by regressor."""
    count = len(design.regressors)
    totals = Totals(design.effects, count + 1)

    def of_block(block: slice) -> tuple[Margins, Array, Array, float]:
        part = mean[block]
        _linear(design, point, block, part)
        if part.max(initial=0.0) > MAX_EXPONENT:
            np.minimum(part, MAX_EXPONENT, out=part)
        np.exp(part, out=part)
        part *= design.base[block]
        room, column = totals.room(), scratch("column", (1, *part.shape))
        np.subtract(design.target[block], part, out=column[0])
        totals.take(column, block, room)
        x = design.regressors[:, block]
        flat, gram = x.reshape(count, -1), np.zeros((count, count))
        scores = flat @ column.reshape(-1)
        # One regressor after the other: several at once leave the cache.
        for k in range(count):
            np.multiply(x[k], part, out=column[0])
            totals.take(column, block, room, k + 1)
            gram[k, : k + 1] = flat[: k + 1] @ column.reshape(-1)
        return room, gram, scores, float(part.sum())

    parts = each(of_block, design.effects.blocks)
    gram = np.sum([part[1] for part in parts], axis=0)
    gram += np.tril(gram, -1).T
    scores = np.sum([part[2] for part in parts], axis=0)
    whole = float(np.sum([part[3] for part in parts]))
    linear = float(point.slopes @ flows.scores)
    linear += sum(float(np.vdot(*pair)) for pair in zip(point.levels, flows.sums, strict=True))
    size = np.sqrt(np.diag(gram) / max(whole, np.finfo(float).tiny))
    size = np.concatenate([[1.0], size])
    return _Sweep(mean, totals.close([part[0] for part in parts]), gram, scores, whole - linear, size)


class _Direction(NamedTuple):
    """Newton's step in slopes and levels, the regressors' projections for a warm start, and what is left."""

    move: Array
    shift: Margins
    projections: Margins
    gram: Array


def _direction(equations: Equations, sweep: _Sweep, start: Margins | None, accuracy: float) -> _Direction:
    begin = None
    if start is not None:
        begin = [np.concatenate([np.zeros_like(part[:1]), part]) for part in start]
    solved = equations.solve(sweep.sums, begin, Accuracy(accuracy, sweep.size))
    count = len(sweep.scores)
    gram, scores = sweep.gram.copy(), sweep.scores.copy()
    for have, solution in zip(sweep.sums, solved, strict=True):
        flat = have[1:].reshape(count, -1)
        gram -= flat @ solution[1:].reshape(count, -1).T
        scores -= flat @ solution[0].ravel()
    gram = 0.5 * (gram + gram.T)
    move = _solve(gram, scores)
    shift = [part[0] - np.tensordot(move, part[1:], axes=1) for part in solved]
    return _Direction(move, shift, [part[1:] for part in solved], gram)


def _solve(gram: Array, scores: Array) -> Array:
    """Solve for the slopes in units in which the diagonal is one; a direction without curvature stays put."""
    scale = np.sqrt(np.maximum(np.diag(gram), np.finfo(float).tiny))
    move: Array = np.linalg.lstsq(gram / np.outer(scale, scale), scores / scale, rcond=1e-13)[0]
    return move / scale


def _decrement(sweep: _Sweep, move: Array, shift: Margins) -> float:
    """Return the step of the linear predictor, root mean square weighted by the means."""
    gain = float(move @ sweep.scores)
    gain += sum(float(np.vdot(part, have[0])) for part, have in zip(shift, sweep.sums, strict=True))
    return float(np.sqrt(max(gain, 0.0) / max(float(sweep.mean.sum()), np.finfo(float).tiny)))


def _predictor_change(design: Design, move: Array, shift: Margins, out: Array) -> float:
    """Write the change of the linear predictor to `out`; return the largest where there is trade."""
    step = Point(move, shift)

    def of_block(block: slice) -> float:
        part = out[block]
        _linear(design, step, block, part)
        trading = design.target[block] > 0.0
        return float(np.max(np.abs(part[trading]), initial=0.0))

    return max(each(of_block, design.effects.blocks))


def _along(
    design: Design, flows: _Flows, at: tuple[Point, float], step: tuple[Array, Margins], spare: Array
) -> tuple[Point, _Sweep] | None:
    """Take the longest of the steps 1, 1/2, 1/4, ... that does not raise the objective; None if none does."""
    point, objective = at
    length, slack = 1.0, 1e-12 * abs(objective)
    while length >= LEAST_STEP:
        trial = point.along(length, *step)
        sweep = _pass(design, flows, trial, spare)
        if sweep.objective <= objective + slack:
            return trial, sweep
        length /= 2.0
    return None
