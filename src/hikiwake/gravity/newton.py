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

from hikiwake.core.errors import NotConverged
from hikiwake.gravity.cells import Change, Design, Passes, Point, Sums, Sweep
from hikiwake.gravity.effects import Accuracy, Array, Equations, Margins, flat, zeros
from hikiwake.gravity.passes import passes

LEAST_STEP = 1e-4
# How exactly a step is solved: as exactly as it can be expected to hit, within these bounds.
COARSE, FINE = 1e-2, 1e-10
# A step below this one leaves weights that are much as they were.
ALIKE = 0.1
# A single step is further from the optimum than this makes it from itself (0.3 % of what draws differ by).
ROUGH = 5e-2
# But one that is not looked at must still show a regressor of which nothing is left.
SHOWN = 1e-3
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
class Optimum:
    """Where Newton's method arrived.

    `mean`, `equations` and the regressors' `projections` are those of the point before the last step, which
    differs by less than the tolerance; without convergence the mean is that of a trial. So are `gram` (K, K),
    of the part of the regressors that the effects do not explain, and `squares` (K,), of the whole.

    `step` is the last one, and `change` how far it moved the linear predictor: by about -1 at cells without
    trade that some combination of regressors and effects separates (their mean tends to zero, and each step
    divides it by e).
    """

    point: Point
    mean: Array
    equations: Equations
    projections: Margins
    gram: Array
    squares: Array
    step: Point
    change: Change
    steps: int
    converged: bool


def maximise(design: Design, flows: Sums, solver: Solver, start: Optimum | None) -> Optimum:
    """Iterate until the linear predictor stands still; the caller decides what failure means.

    `flows` are the sums over the cells of the design: their number and their target.
    """
    over = passes(design.effects)
    point = start.point if start is not None else _begin(design, over, flows)
    projections = None if start is None else start.projections
    sweep = over.sweep(design, point, np.empty(design.effects.shape))
    size, near = np.inf, None
    for count in range(1, solver.max_steps + 1):
        equations = design.effects.equations(sweep.mean, near)
        accuracy = min(max(size**2, FINE), COARSE)
        step, projections, gram = _direction(equations, sweep, projections, accuracy)
        size, change = _decrement(sweep, step), None
        if size < NEAR:
            change = over.change(design, step)
            size = change.at_trade
        if change and accuracy <= SURE and size <= max(solver.tolerance, NEXT * np.sqrt(solver.tolerance)):
            there = point.along(1.0, step)
            squares = np.diag(sweep.gram)
            return Optimum(
                there, sweep.mean, equations, projections, gram, squares, step, change, count, converged=True
            )
        taken = _along((design, over), flows, (point, sweep), step)
        if taken is None:
            break
        point, sweep = taken
        near = equations if size < ALIKE else None
    return Optimum(
        point, sweep.mean, equations, projections or [], gram, np.diag(sweep.gram), step,
        over.change(design, step), count, converged=False,
    )  # fmt: skip


def one_step(design: Design, flows: Sums | None) -> Optimum:
    """Take a single step, whole and not looked at.

    From where the effects alone fit the flows, see `maximise`; without these from zero.
    """
    over = passes(design.effects)
    if flows is None:
        zero = [part[0] for part in zeros(design.effects, 1)]
        point, accuracy = Point(np.zeros(len(design.regressors)), zero), SHOWN
    else:
        point, accuracy = _begin(design, over, flows), ROUGH
    sweep = over.sweep(design, point, np.empty(design.effects.shape))
    equations = design.effects.equations(sweep.mean)
    step, projections, gram = _direction(equations, sweep, None, accuracy)
    there, still = point.along(1.0, step), Change(0.0, 0.0, 0.0)
    squares = np.diag(sweep.gram)
    return Optimum(there, sweep.mean, equations, projections, gram, squares, step, still, 1, converged=False)


def _begin(design: Design, over: Passes, flows: Sums) -> Point:
    """Start near where the effects alone fit, slopes zero: a few sweeps of proportional fitting."""
    slopes = np.zeros(len(design.regressors))
    if design.intercept:
        slopes[0] = np.log(design.target.sum() / design.base.sum())
        return Point(slopes, [])
    return Point(slopes, over.begin(design.base, _of_flows(flows)))


def _of_flows(flows: Sums) -> Margins:
    return [part[1] for part in flows.margins]


class _Direction(NamedTuple):
    """Newton's step, the regressors' projections for a warm start, and what is left of their products."""

    step: Point
    projections: Margins
    gram: Array


def _direction(equations: Equations, sweep: Sweep, start: Margins | None, accuracy: float) -> _Direction:
    begin = None
    if start is not None:
        begin = [np.concatenate([np.zeros((1, *part.shape[1:])), part]) for part in start]
    # The usual size of a column at a cell: residual over mean, and the regressors.
    size = np.sqrt(np.diag(sweep.gram) / max(sweep.whole, np.finfo(float).tiny))
    solved = equations.solve(sweep.sums, begin, Accuracy(accuracy, np.concatenate([[1.0], size])))
    gram, scores = sweep.gram.copy(), sweep.scores.copy()
    for have, solution in zip(sweep.sums, solved, strict=True):
        taken = flat(have[1:])
        gram -= taken @ flat(solution[1:]).T
        scores -= taken @ solution[0].ravel()
    gram = 0.5 * (gram + gram.T)
    move = _solve(gram, scores)
    shift = [part[0] - np.tensordot(move, part[1:], axes=1) for part in solved]
    return _Direction(Point(move, shift), [part[1:] for part in solved], gram)


def _solve(gram: Array, scores: Array) -> Array:
    """Solve for the slopes in units in which the diagonal is one; a direction without curvature stays put."""
    scale = np.sqrt(np.maximum(np.diag(gram), np.finfo(float).tiny))
    with np.errstate(over="ignore", invalid="ignore"):
        scaled, right = gram / np.outer(scale, scale), scores / scale
    if not (np.isfinite(scaled).all() and np.isfinite(right).all()):
        raise NotConverged(
            where="Poisson pseudo-maximum likelihood",
            why="the numbers are too unlike in size for the equations to be solved",
            remedy="Look for a flow far larger than all others; for a regressor far from zero beside its "
            "variation: subtract its mean, or take its logarithm; and whether there are hardly more rows "
            "with trade than levels of fixed effects.",
        )
    move: Array = np.linalg.lstsq(scaled, right, rcond=1e-13)[0]
    return move / scale


def _decrement(sweep: Sweep, step: Point) -> float:
    """Return the step of the linear predictor, root mean square weighted by the means."""
    gain = float(step.slopes @ sweep.scores)
    gain += sum(float(np.vdot(part, have[0])) for part, have in zip(step.levels, sweep.sums, strict=True))
    return float(np.sqrt(max(gain, 0.0) / max(sweep.whole, np.finfo(float).tiny)))


def _objective(flows: Sums, point: Point, sweep: Sweep) -> float:
    linear = float(point.slopes @ flows.scores)
    linear += sum(float(np.vdot(*pair)) for pair in zip(point.levels, _of_flows(flows), strict=True))
    return sweep.whole - linear


def _along(
    of: tuple[Design, Passes], flows: Sums, at: tuple[Point, Sweep], step: Point
) -> tuple[Point, Sweep] | None:
    """Take the longest of the steps 1, 1/2, 1/4, ... that does not raise the objective; None if none does.

    The means of the point left behind are written over.
    """
    design, over = of
    objective = _objective(flows, *at)
    length, slack = 1.0, 1e-12 * abs(objective)
    while length >= LEAST_STEP:
        trial = at[0].along(length, step)
        sweep = over.sweep(design, trial, at[1].mean)
        if _objective(flows, trial, sweep) <= objective + slack:
            return trial, sweep
        length /= 2.0
    return None
