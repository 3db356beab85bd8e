"""From cells to an estimate: cells that cannot inform, the optimum, regressors that cannot be told apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hikiwake.core.errors import BadInput, NotConverged
from hikiwake.gravity import newton, sample
from hikiwake.gravity.cells import Design, Sums
from hikiwake.gravity.effects import Accuracy, Array, Effects, Equations, Margins, margins
from hikiwake.gravity.newton import Optimum, Solver, maximise
from hikiwake.gravity.passes import passes

COLLINEAR = "collinear with the fixed effects or the regressors before it"
COLLINEAR_AFTER = "collinear once the rows that it separates are left out"
# Part of a regressor's square that must be its own.
OWN_PART = 1e-9
# Below this part, as far as a Newton step knows it, it is computed exactly.
LITTLE = 1e-2
PRECISION = 1e-9
MAX_REFINEMENTS = 25
TINY = 1e-300
# How far a step lowers the linear predictor of a cell that is separated, nearly; how little it raises others.
FALLING, LARGEST_RISE = -0.5, 0.01
MAX_ROUNDS = 20


@dataclass(frozen=True)
class Cells:
    """A regression in cells: what `estimate` is given. See `cells.Design`.

    `spare` says that `poisson` may write over the regressors.
    """

    target: Array
    base: Array
    regressors: Array
    names: tuple[str, ...]
    effects: Effects
    intercept: bool
    spare: bool = False


@dataclass(frozen=True)
class Estimate:
    """Slopes and what belongs to them, in cells.

    `kept` are the numbers of the regressors that stayed; `projected` (K, *cells) their part that is
    orthogonal to the effects under the weights of the estimate; `dropped` is boolean cells by reason.
    """

    slopes: Array
    kept: tuple[int, ...]
    gone: dict[int, str]
    levels: Margins
    predictor: Array
    base: Array
    projected: Array
    gram: Array
    dropped: dict[str, sample.Mask]
    steps: int
    count: int
    live: list[int]


@dataclass
class _Rows:
    """The cells that are still there: above 0 in `base`; those `dropped`, by reason; their sums."""

    base: Array
    dropped: dict[str, sample.Mask]
    sums: Sums

    @classmethod
    def of(cls, cells: Cells, *, zeros_too: bool = True) -> _Rows:
        """Take away the cells that cannot inform, for a start."""
        rows = cls(cells.base.copy(), {}, Sums([], np.zeros(0)))
        rows.take(cells, cells.regressors, zeros_too=zeros_too)
        return rows

    def take(self, cells: Cells, x: Array, *, zeros_too: bool = True) -> None:
        """Take cells away that cannot inform.

        Raises
        ------
        BadInput
            If none is left.
        """
        found = sample.prune(cells.effects, cells.target, self.base, x, zeros=zeros_too)
        self.sums = found.sums
        for reason, where in ((sample.ALL_ZERO, found.none), (sample.SINGLETON, found.single)):
            if where.any():
                self.drop(reason, where)
        if not (self.base > 0.0).any():
            raise BadInput(
                where="the sample",
                why="no row is left once those that cannot inform are taken away",
                remedy="Use fewer fixed effects, or more years or partners.",
            )

    def drop(self, reason: str, where: sample.Mask) -> None:
        """Write down cells that are taken away."""
        self.dropped[reason] = self.dropped.get(reason, np.zeros_like(where)) | where

    @property
    def count(self) -> int:
        """How many are left."""
        margins = self.sums.margins
        return int(margins[0][0].sum()) if margins else int(np.count_nonzero(self.base > 0.0))


def poisson(cells: Cells, solver: Solver) -> Estimate:
    """Estimate by Poisson pseudo-maximum likelihood; zeros are kept.

    Raises
    ------
    NotConverged
        If the optimum was not reached.
    BadInput
        If no row is left, or none of several regressors.
    """
    rows = _Rows.of(cells)
    kept, gone = tuple(range(len(cells.names))), dict[int, str]()
    x = cells.regressors
    while True:
        design, optimum, lost = _settled(cells, x, rows, solver)
        if not lost:
            point, predictor = optimum.point, np.empty(cells.effects.shape)
            passes(cells.effects).predict(design, point, predictor)
            # Where the last step knows that all differ, the regressors are not wanted again.
            over = cells.spare and not _dependent(optimum.gram, optimum.squares, LITTLE)
            begun = optimum.equations, optimum.projections
            projected, gram, squares = project(
                cells.effects, (optimum.mean, cells.base), x, begun, out=x if over else None
            )
            lost = _dependent(gram, squares)
        if not lost:
            return Estimate(
                point.slopes,
                kept,
                gone,
                point.levels,
                predictor,
                rows.base,
                projected,
                gram,
                rows.dropped,
                optimum.steps,
                rows.count,
                sample.live(rows.sums),
            )
        always = lost
        if sample.SEPARATED in rows.dropped:
            given = Design(cells.target, cells.base, x, cells.effects, cells.intercept)
            always = _alike(given, cells.base)
        gone |= {kept[at]: COLLINEAR if at in always else COLLINEAR_AFTER for at in lost}
        stay = [at for at in range(len(kept)) if at not in lost]
        kept = tuple(kept[at] for at in stay)
        _some_left(kept, gone, cells.names)
        x, rows.sums = cells.regressors[list(kept)], Sums(rows.sums.margins, rows.sums.scores[stay])


def slopes(cells: Cells, solver: Solver) -> Array:
    """Return the slopes (K,) of a Poisson regression and nothing else.

    Raises
    ------
    NotConverged, BadInput
        As `poisson`; BadInput also where a regressor has no variation of its own.
    """
    _, optimum, lost = _settled(cells, cells.regressors, _Rows.of(cells), solver)
    return _told_apart(cells, optimum, lost)


def one_step(cells: Cells, *, effects_first: bool) -> Array:
    """Return the slopes (K,) after one Newton step, the effects moving too; separation is not looked for.

    The step is taken from where the effects alone fit the flows, or from zero.

    Raises
    ------
    BadInput
        If no row is left, or a regressor has no variation of its own.
    """
    if not effects_first:
        design = Design(cells.target, cells.base, cells.regressors, cells.effects, cells.intercept)
        return _told_apart(cells, newton.one_step(design, None), [])
    rows = _Rows.of(cells)
    design = Design(_within(cells, rows), rows.base, cells.regressors, cells.effects, cells.intercept)
    return _told_apart(cells, newton.one_step(design, rows.sums), [])


def _told_apart(cells: Cells, optimum: Optimum, lost: list[int]) -> Array:
    """Return the slopes if each regressor has variation of its own; looked at closely where it is little."""
    if not lost and _dependent(optimum.gram, optimum.squares, LITTLE):
        begun = optimum.equations, optimum.projections
        _, gram, squares = project(cells.effects, (optimum.mean, cells.base), cells.regressors, begun)
        lost = _dependent(gram, squares)
    if lost:
        _some_left((), dict.fromkeys(lost, COLLINEAR), cells.names)
    return optimum.point.slopes


def _settled(cells: Cells, x: Array, rows: _Rows, solver: Solver) -> tuple[Design, Optimum, list[int]]:
    """Find the optimum, taking away rows that are separated, in place.

    Where there is none because some regressors are the same, these come with it.
    """
    start: Optimum | None = None
    for _ in range(MAX_ROUNDS):
        design = Design(_within(cells, rows), rows.base, x, cells.effects, cells.intercept)
        with np.errstate(over="ignore", under="ignore"):
            optimum = maximise(design, rows.sums, solver, start)
        if not optimum.converged and (lost := _alike(design, cells.base)):
            return design, optimum, lost
        apart = _separated(design, optimum)
        if apart is None:
            if not optimum.converged:
                raise _stuck(optimum, solver)
            return design, optimum, []
        rows.drop(sample.SEPARATED, apart)
        rows.base[apart] = 0.0
        rows.take(cells, x)
        start = optimum
    raise NotConverged(
        where="separation",
        why=f"rows were still being separated after {MAX_ROUNDS} rounds",
        remedy="Leave out regressors that are almost never anything but zero where there is trade.",
    )


def _within(cells: Cells, rows: _Rows) -> Array:
    """Return the target, 0 without a base: of what is taken away only single cells have trade."""
    if sample.SINGLETON not in rows.dropped:
        return cells.target
    return np.where(rows.base > 0.0, cells.target, 0.0)


def _separated(design: Design, optimum: Optimum) -> sample.Mask | None:
    """Return the cells that a combination of regressors and effects separates; None if there are none.

    Where the optimum lies at infinity, Newton's step tends to the direction in which it lies: the linear
    predictor of separated cells falls by one each step, and that of cells with trade stands still. The step
    is by construction a combination z of regressors and effects, so it is the certificate of Correia,
    Guimaraes & Zylkin (2019): z = 0 where there is trade, z <= 0 elsewhere, z < 0 somewhere.
    """
    if optimum.change.least >= FALLING or optimum.change.most > LARGEST_RISE:
        return None
    moving = np.empty(design.effects.shape)
    passes(design.effects).predict(design, optimum.step, moving)
    apart: sample.Mask = (design.target == 0.0) & (design.base > 0.0) & (moving < FALLING)
    return apart


def _alike(design: Design, given: Array) -> list[int]:
    """Return the regressors that no weights could tell apart.

    Where the equations are solved only nearly, such a direction moves by rounding alone and never comes to
    rest. Held under the weights of the sample, because under the means a separated regressor vanishes too.
    """
    _, gram, squares = project(design.effects, (design.base, given), design.regressors, None)
    return _dependent(gram, squares)


def least_squares(cells: Cells) -> Estimate:
    """Estimate by (weighted) least squares: `target` is weight times the dependent value."""
    rows = _Rows.of(cells, zeros_too=False)
    base = rows.base
    value = np.divide(cells.target, base, out=np.zeros_like(base), where=base > 0.0)
    both = np.concatenate([value[None], cells.regressors])
    projected, gram, squares = project(cells.effects, (base, cells.base), both, None)
    lost = _dependent(gram[1:, 1:], squares[1:])
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
        slopes, kept, gone, levels, fitted, base, projected[chosen], inner, rows.dropped, 1, rows.count,
        sample.live(rows.sums),
    )  # fmt: skip


def _levels(effects: Effects, weights: Array, values: Array) -> Margins:
    if not effects.levels:
        return []
    right = margins(effects, 1, lambda block: (weights[block] * values[block])[None])
    solved = effects.equations(weights).solve(right, None, Accuracy(PRECISION, np.ones(1)))
    return [part[0] for part in solved]


def _symmetric_solve(matrix: Array, right: Array) -> Array:
    scale = 1.0 / np.sqrt(np.diag(matrix))
    out: Array = np.linalg.solve(matrix * np.outer(scale, scale), right * scale) * scale
    return out


def _some_left(kept: tuple[int, ...], gone: dict[int, str], names: tuple[str, ...]) -> None:
    if kept or not names:
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


def project(
    effects: Effects,
    weights: tuple[Array, Array],
    x: Array,
    begun: tuple[Equations, Margins] | None,
    out: Array | None = None,
) -> tuple[Array, Array, Array]:
    """Return the part of regressors (K, *cells) orthogonal to the effects, its Gram matrix, all squares.

    It is written to `out`, or to a new array.

    The solution is refined until what the effects still explain is lost in rounding, so that standard errors
    do not depend on how the equations were solved. `weights` are those of the estimate and those given: a
    regressor that is zero in all rows that stayed has no square left; then those of all rows count.
    """
    if not len(x):
        return x, np.zeros((0, 0)), np.zeros(0)
    here, given = weights
    over = passes(effects)
    sizes, asked = over.magnitudes(x, here, given)
    total = here.sum()
    squares: Array = np.maximum(sizes[0], OWN_PART * sizes[1] / given.sum() * total)
    projected = np.empty_like(x) if out is None else out
    equations, levels = begun if begun is not None else (None, None)
    gram, left = over.project(x, here, levels, projected)
    if not effects.levels:
        return projected, gram, squares
    rms, size = np.sqrt(sizes[0] / total), _lengths(asked)
    for _ in range(MAX_REFINEMENTS):
        worst = max(
            float(np.max(one / np.maximum(of, TINY))) for one, of in zip(_lengths(left), size, strict=True)
        )
        if worst <= PRECISION:
            break
        relative = min(max(0.1 * PRECISION / worst, 1e-6), 0.1)
        equations = effects.equations(here) if equations is None else equations
        levels = equations.solve(left, None, Accuracy(relative, rms))
        gram, left = over.project(projected, here, levels, projected)
    return projected, gram, squares


def _lengths(margins: Margins) -> list[Array]:
    """Return the root of the sum of squares of each column (K,), for each effect."""
    return [np.sqrt((one**2).reshape(len(one), -1).sum(axis=1)) for one in margins]


def _dependent(gram: Array, squares: Array, part: float = OWN_PART) -> list[int]:
    """Return the numbers of regressors that are combinations of effects and of regressors before them."""
    left, lost = gram.copy(), []
    for at in range(len(gram)):
        if left[at, at] <= part * squares[at]:
            lost.append(at)
            continue
        left -= np.outer(left[:, at], left[at]) / left[at, at]
    return lost
