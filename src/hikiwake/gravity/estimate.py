"""From cells to an estimate: cells that cannot inform, the optimum, regressors that cannot be told apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hikiwake.core.errors import BadInput, NotConverged
from hikiwake.gravity import sample
from hikiwake.gravity.effects import (
    Accuracy,
    Array,
    Effects,
    Margins,
    add_sums,
    expand,
    gather,
    margins,
    zeros,
)
from hikiwake.gravity.newton import Design, Optimum, Solver, maximise
from hikiwake.gravity.parallel import each

COLLINEAR = "collinear with the fixed effects or the regressors before it"
COLLINEAR_AFTER = "collinear once the rows that it separates are left out"
# Part of a regressor's square that must be its own.
OWN_PART = 1e-9
PRECISION = 1e-11
MAX_REFINEMENTS = 25
MAX_ROUNDS = 20


@dataclass(frozen=True)
class Cells:
    """A regression in cells: what `estimate` is given. See `newton.Design`."""

    target: Array
    base: Array
    regressors: Array
    names: tuple[str, ...]
    effects: Effects
    intercept: bool


@dataclass(frozen=True)
class Estimate:
    """Slopes and what belongs to them, in cells.

    `kept` are the numbers of the regressors that stayed; `projected` (K, *cells) their part that is
    orthogonal to the effects under the weights `mean`; `dropped` is boolean cells by reason.
    """

    slopes: Array
    kept: tuple[int, ...]
    gone: dict[int, str]
    levels: Margins
    mean: Array
    predictor: Array
    base: Array
    projected: Array
    gram: Array
    dropped: dict[str, sample.Mask]
    steps: int


def poisson(cells: Cells, solver: Solver) -> Estimate:
    """Estimate by Poisson pseudo-maximum likelihood; zeros are kept.

    Raises
    ------
    NotConverged
        If the optimum was not reached.
    BadInput
        If no row or no regressor is left.
    """
    base, dropped = cells.base.copy(), dict[str, sample.Mask]()
    _take(base, dropped, cells, zeros_too=True)
    kept, gone = tuple(range(len(cells.names))), dict[int, str]()
    optimum: Optimum | None = None
    for _ in range(MAX_ROUNDS):
        x = cells.regressors if len(kept) == len(cells.names) else cells.regressors[list(kept)]
        design = Design(np.where(base > 0.0, cells.target, 0.0), base, x, cells.effects, cells.intercept)
        optimum = _optimum(design, solver, optimum)
        apart = sample.separated(design.target, base, optimum.moving)
        if apart.any():
            dropped[sample.SEPARATED] = dropped.get(sample.SEPARATED, np.zeros_like(apart)) | apart
            base = np.where(apart, 0.0, base)
            _take(base, dropped, cells, zeros_too=True)
            continue
        if not optimum.converged:
            raise _stuck(optimum, solver)
        projected, gram = project(cells.effects, optimum.mean, x, optimum.projections)
        lost = _dependent(gram, _whole(x, optimum.mean, cells.base))
        if not lost:
            return Estimate(
                optimum.slopes, kept, gone, optimum.levels, optimum.mean, optimum.predictor, base,
                projected, gram, dropped, optimum.steps,
            )  # fmt: skip
        reason = COLLINEAR_AFTER if sample.SEPARATED in dropped else COLLINEAR
        gone |= {kept[at]: reason for at in lost}
        kept = tuple(one for at, one in enumerate(kept) if at not in lost)
        _some_left(kept, gone, cells.names)
        optimum = None
    raise NotConverged(
        where="separation",
        why=f"rows were still being separated after {MAX_ROUNDS} rounds",
        remedy="Leave out regressors that are almost never anything but zero where there is trade.",
    )


def _optimum(design: Design, solver: Solver, start: Optimum | None) -> Optimum:
    with np.errstate(over="ignore", under="ignore"):
        return maximise(design, solver, start)


def _take(base: Array, dropped: dict[str, sample.Mask], cells: Cells, *, zeros_too: bool) -> None:
    """Take cells away that cannot inform: sets `base` to 0 there and writes them to `dropped`, in place."""
    none, single = sample.prune(cells.effects, cells.target, base, zeros=zeros_too)
    for reason, found in ((sample.ALL_ZERO, none), (sample.SINGLETON, single)):
        if found.any():
            dropped[reason] = dropped.get(reason, np.zeros_like(found)) | found
            base[found] = 0.0
    if not (base > 0.0).any():
        raise BadInput(
            where="the sample",
            why="no row is left once those that cannot inform are taken away",
            remedy="Use fewer fixed effects, or more years or partners.",
        )


def least_squares(cells: Cells) -> Estimate:
    """Estimate by (weighted) least squares: `target` is weight times the dependent value."""
    base, dropped = cells.base.copy(), dict[str, sample.Mask]()
    _take(base, dropped, cells, zeros_too=False)
    value = np.divide(cells.target, base, out=np.zeros_like(base), where=base > 0.0)
    both = np.concatenate([value[None], cells.regressors])
    projected, gram = project(cells.effects, base, both, None)
    lost = _dependent(gram[1:, 1:], _whole(cells.regressors, base, cells.base))
    kept = tuple(at for at in range(len(cells.names)) if at not in lost)
    gone = dict.fromkeys(lost, COLLINEAR)
    _some_left(kept, gone, cells.names)
    chosen = [at + 1 for at in kept]
    inner = gram[np.ix_(chosen, chosen)]
    slopes = _symmetric_solve(inner, gram[chosen, 0])
    residual = projected[0] - np.einsum("k,k...->...", slopes, projected[chosen])
    fitted = value - residual
    partial = fitted - np.einsum("k,k...->...", slopes, cells.regressors[list(kept)])
    levels = _levels(cells.effects, base, np.where(base > 0.0, partial, 0.0))
    return Estimate(
        slopes, kept, gone, levels, base, fitted, base, projected[chosen], inner, dropped, 1
    )  # fmt: skip


def _levels(effects: Effects, weights: Array, values: Array) -> Margins:
    if not effects.levels:
        return []
    right = margins(effects, (weights * values)[None])
    solved = effects.equations(weights).solve(right, None, Accuracy(PRECISION, np.ones(1)))
    return [part[0] for part in solved]


def _symmetric_solve(matrix: Array, right: Array) -> Array:
    scale = 1.0 / np.sqrt(np.diag(matrix))
    out: Array = np.linalg.solve(matrix * np.outer(scale, scale), right * scale) * scale
    return out


def _some_left(kept: tuple[int, ...], gone: dict[int, str], names: tuple[str, ...]) -> None:
    if kept:
        return
    raise BadInput(
        where=", ".join(names[at] for at in gone),
        why="no regressor has variation of its own beside the fixed effects",
        remedy="Use regressors that vary within the fixed effects, or fewer fixed effects.",
    )


def _stuck(optimum: Optimum, solver: Solver) -> NotConverged:
    return NotConverged(
        where="Poisson pseudo-maximum likelihood",
        why=f"no optimum after {optimum.steps} steps (tolerance {solver.tolerance:g})",
        remedy=(
            "Look for a regressor of huge or tiny unit and for one that is almost constant; "
            "Solver(max_steps=...) allows more."
        ),
    )


def project(effects: Effects, weights: Array, x: Array, start: Margins | None) -> tuple[Array, Array]:
    """Return the part of regressors (K, *cells) orthogonal to the effects under weights, and its Gram matrix.

    The solution is refined until what the effects still explain is lost in rounding, so that standard errors
    do not depend on how the equations were solved.
    """
    projected = x.copy()
    if not effects.levels or not len(x):
        return projected, _gram(projected, weights)
    equations = effects.equations(weights)
    if start is not None:
        _subtract(effects, projected, start)
    size = [np.sqrt((one**2).reshape(len(x), -1).sum(axis=1)) for one in _weighted(effects, weights, abs(x))]
    rms = np.sqrt(_squares(x, weights) / weights.sum())
    for _ in range(MAX_REFINEMENTS):
        left = _weighted(effects, weights, projected)
        worst = max(
            float(np.max(np.sqrt((one**2).reshape(len(x), -1).sum(axis=1)) / np.maximum(whole, 1e-300)))
            for one, whole in zip(left, size, strict=True)
        )
        if worst <= PRECISION:
            break
        _subtract(effects, projected, equations.solve(left, None, Accuracy(1e-6, rms)))
    return projected, _gram(projected, weights)


def _weighted(effects: Effects, weights: Array, x: Array) -> Margins:
    def of_block(block: slice) -> Margins:
        total = zeros(effects, len(x))
        add_sums(effects, x[:, block] * weights[block], block, total)
        return total

    return gather(each(of_block, effects.blocks))


def _subtract(effects: Effects, x: Array, levels: Margins) -> None:
    def of_block(block: slice) -> None:
        x[:, block] -= expand(effects, levels, block)

    each(of_block, effects.blocks)


def _gram(x: Array, weights: Array) -> Array:
    total = np.zeros((len(x), len(x)))
    for start in range(len(weights)) if weights.ndim > 1 else (slice(None),):
        part = x[:, start].reshape(len(x), -1)
        total += (part * weights[start].ravel()) @ part.T
    return total


def _squares(x: Array, weights: Array) -> Array:
    return np.array([np.vdot(one, weights * one) for one in x])


def _whole(x: Array, weights: Array, given: Array) -> Array:
    """Return the squares that a regressor's own part is held against.

    A regressor that is zero in all rows that stayed has no square left; then those of all rows count.
    """
    everywhere = _squares(x, given) / given.sum() * weights.sum()
    out: Array = np.maximum(_squares(x, weights), OWN_PART * everywhere)
    return out


def _dependent(gram: Array, squares: Array) -> list[int]:
    """Return the numbers of regressors that are combinations of effects and of regressors before them."""
    left, lost = gram.copy(), []
    for at in range(len(gram)):
        if left[at, at] <= OWN_PART * squares[at]:
            lost.append(at)
            continue
        left -= np.outer(left[:, at], left[at]) / left[at, at]
    return lost
