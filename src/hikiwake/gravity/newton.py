"""Poisson pseudo-maximum likelihood with fixed effects, by Newton's method on all parameters at once.

    minimise  sum_c  B_c exp(x_c'beta + d_c'alpha) - Y_c (x_c'beta + d_c'alpha)

over the cells c of a layout; B is weight times exp(offset), and 0 where there is no cell, Y is weight times
the flow. Each step solves a weighted least squares problem in which the effects are eliminated exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hikiwake.gravity.effects import (
    Accuracy,
    Array,
    Effects,
    Equations,
    Margins,
    add_sums,
    expand,
    gather,
    margins,
    reciprocal,
    zeros,
)
from hikiwake.gravity.parallel import each

MAX_EXPONENT = 60.0
LEAST_STEP = 1e-4
SWEEPS = 4


@dataclass(frozen=True)
class Solver:
    """How exactly to solve.

    Parameters
    ----------
    tolerance : largest change of the linear predictor, at cells with trade, that counts as none.
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
class Optimum:
    """Where Newton's method arrived.

    `moving` is the last step of the linear predictor: about -1 at cells without trade that some combination
    of regressors and effects separates (their mean tends to zero, and each step divides it by e).
    """

    slopes: Array
    levels: Margins
    predictor: Array
    mean: Array
    projections: Margins
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
    size: Array


def maximise(design: Design, solver: Solver, start: Optimum | None) -> Optimum:
    """Iterate until the linear predictor stands still; the caller decides what failure means."""
    slopes, levels, predictor = _begin(design, start)
    projections: Margins | None = None if start is None else start.projections
    step = np.zeros_like(predictor)
    change, objective = np.inf, _objective(design, predictor)
    for count in range(1, solver.max_steps + 1):
        sweep = _pass(design, predictor)
        equations = design.effects.equations(sweep.mean)
        accuracy = 1e-9 if change < 1e-2 else 1e-6
        move, shift, projections = _direction(design.effects, equations, sweep, projections, accuracy)
        change = _predictor_change(design, move, shift, out=step)
        length, predictor, objective = _along(design, predictor, step, objective)
        slopes = slopes + length * move
        levels = [level + length * part for level, part in zip(levels, shift, strict=True)]
        if length < LEAST_STEP:
            break
        if change <= solver.tolerance:
            mean = _pass(design, predictor).mean
            return Optimum(slopes, levels, predictor, mean, projections, step, count, converged=True)
    mean = _pass(design, predictor).mean
    return Optimum(
        slopes, levels, predictor, mean, projections or [], step, solver.max_steps, converged=False
    )


def _begin(design: Design, start: Optimum | None) -> tuple[Array, Margins, Array]:
    """Start where the effects alone fit, slopes zero: a few sweeps of proportional fitting."""
    if start is not None:
        return start.slopes, start.levels, start.predictor.copy()
    effects, slopes = design.effects, np.zeros(len(design.regressors))
    predictor = np.zeros(effects.shape)
    if design.intercept:
        slopes[0] = np.log(design.target.sum() / design.base.sum())
        predictor += slopes[0]
        return slopes, [], predictor
    mean, wanted = design.base.copy(), margins(effects, design.target[None])
    levels = zeros(effects, 1)
    for _ in range(SWEEPS):
        for which, level in enumerate(levels):
            have = np.zeros_like(level)
            for block in effects.blocks:
                effects.sums(which, mean[None, block], block, have)
            ratio = wanted[which] * reciprocal(have)
            ratio[ratio == 0.0] = 1.0
            np.add(level, np.log(ratio), out=level)
            _scale(mean, effects, which, ratio)
    for block in effects.blocks:
        predictor[block] = np.asarray(expand(effects, levels, block))[0]
    return slopes, [level[0] for level in levels], predictor


def _scale(mean: Array, effects: Effects, which: int, ratio: Array) -> None:
    def of_block(block: slice) -> None:
        mean[block] *= effects.spread(which, ratio, block)[0]

    each(of_block, effects.blocks)


def _pass(design: Design, predictor: Array) -> _Sweep:
    """Compute means, and the sums of residual and weighted regressors by level and by regressor."""
    mean, count = np.empty(design.effects.shape), len(design.regressors)

    def of_block(block: slice) -> tuple[Margins, Array, Array]:
        part = mean[block]
        np.minimum(predictor[block], MAX_EXPONENT, out=part)
        np.exp(part, out=part)
        part *= design.base[block]
        columns = np.empty((count + 1, *part.shape))
        np.subtract(design.target[block], part, out=columns[0])
        x = design.regressors[:, block]
        np.multiply(x, part, out=columns[1:])
        total = zeros(design.effects, count + 1)
        add_sums(design.effects, columns, block, total)
        flat = x.reshape(count, -1)
        return total, columns[1:].reshape(count, -1) @ flat.T, flat @ columns[0].ravel()

    parts = each(of_block, design.effects.blocks)
    gram = np.sum([part[1] for part in parts], axis=0)
    scores = np.sum([part[2] for part in parts], axis=0)
    total = max(float(mean.sum()), np.finfo(float).tiny)
    size = np.concatenate([[1.0], np.sqrt(np.diag(gram) / total)])
    return _Sweep(mean, gather([part[0] for part in parts]), gram, scores, size)


def _direction(
    effects: Effects, equations: Equations, sweep: _Sweep, start: Margins | None, accuracy: float
) -> tuple[Array, Margins, Margins]:
    """Return Newton's step in slopes and levels, and the regressors' projections for a warm start."""
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
    move = _solve(0.5 * (gram + gram.T), scores)
    shift = [part[0] - np.tensordot(move, part[1:], axes=1) for part in solved]
    return move, shift, [part[1:] for part in solved]


def _solve(gram: Array, scores: Array) -> Array:
    """Solve for the slopes in units in which the diagonal is one; a direction without curvature stays put."""
    scale = np.sqrt(np.maximum(np.diag(gram), np.finfo(float).tiny))
    move: Array = np.linalg.lstsq(gram / np.outer(scale, scale), scores / scale, rcond=1e-13)[0]
    return move / scale


def _predictor_change(design: Design, move: Array, shift: Margins, out: Array) -> float:
    """Write the change of the linear predictor to `out`; return the largest where there is trade."""
    columns = [part[None] for part in shift]

    def of_block(block: slice) -> float:
        part = out[block]
        np.einsum("k,k...->...", move, design.regressors[:, block], out=part)
        if columns:
            part += np.asarray(expand(design.effects, columns, block))[0]
        trading = design.target[block] > 0.0
        return float(np.max(np.abs(part), initial=0.0, where=trading))

    return max(each(of_block, design.effects.blocks))


def _objective(design: Design, predictor: Array) -> float:
    def of_block(block: slice) -> float:
        eta = predictor[block]
        mean = np.exp(np.minimum(eta, MAX_EXPONENT))
        return float(np.vdot(mean, design.base[block]) - np.vdot(eta, design.target[block]))

    return sum(each(of_block, design.effects.blocks))


def _along(design: Design, predictor: Array, step: Array, objective: float) -> tuple[float, Array, float]:
    """Take the longest of the steps 1, 1/2, 1/4, ... that does not raise the objective."""
    length, slack = 1.0, 1e-12 * abs(objective)
    while length >= LEAST_STEP:
        trial = predictor + length * step
        value = _objective(design, trial)
        if value <= objective + slack:
            return length, trial, value
        length /= 2.0
    return length, predictor, objective
