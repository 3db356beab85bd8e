"""The passes over cells in NumPy: for every layout, and what the compiled ones are held against.

Cells are passed over in blocks that stay in the cache, and one regressor at a time: several leave it.
"""

from __future__ import annotations

import numpy as np

from hikiwake.gravity.cells import (
    MAX_EXPONENT,
    SWEEPS,
    Change,
    Design,
    Ended,
    Magnitudes,
    Point,
    Projected,
    Sums,
    Sweep,
)
from hikiwake.gravity.effects import (
    Array,
    Effects,
    Margins,
    Totals,
    add_levels,
    flat,
    margins,
    reciprocal,
    zeros,
)
from hikiwake.gravity.parallel import each, scratch, spans


class Plain:
    """Passes in NumPy. See `cells.Passes`."""

    def __init__(self, effects: Effects) -> None:
        self.effects = effects

    def predict(self, design: Design, point: Point, out: Array) -> None:
        """See `Passes.predict`."""
        each(lambda block: _linear(design, point, block, out[block]), self.effects.blocks)

    def sums(self, regressors: Array, target: Array, base: Array) -> Sums:
        """See `Passes.sums`."""

        def of_block(block: slice) -> Array:
            part = scratch("here", (2, *base[block].shape))
            part[0] = base[block] > 0.0
            np.multiply(part[0], target[block], out=part[1])
            return part

        def scores(block: slice) -> Array:
            x = regressors[:, block]
            here = np.where(base[block] > 0.0, target[block], 0.0)
            out: Array = flat(x) @ here.ravel()
            return out

        found = np.sum(each(scores, self.effects.blocks), axis=0) if len(regressors) else np.zeros(0)
        return Sums(margins(self.effects, 2, of_block), found)

    def begin(self, base: Array, flows: Margins) -> Margins:
        """See `Passes.begin`."""
        effects = self.effects
        mean, levels = base.copy(), [level[0] for level in zeros(effects, 1)]
        own = [which for which, local in enumerate(effects.local) if local]
        shared = [which for which, local in enumerate(effects.local) if not local]

        def fitted(which: int, have: Array, at: slice) -> Array:
            ratio = flows[which][at] * reciprocal(have)
            ratio[ratio == 0.0] = 1.0
            levels[which][at] += np.log(ratio)
            return ratio

        def of_block(block: slice) -> None:
            part = mean[None, block]
            for which in own:
                ratio = fitted(which, effects.sums(which, part)[0], block)
                part *= effects.spread(which, ratio[None], slice(None))

        def scale(by: tuple[int, Array], block: slice) -> None:
            cells = mean[None, block]
            cells *= effects.spread(by[0], by[1], block)

        for _ in range(SWEEPS):
            each(of_block, effects.blocks)
            for which in shared:
                each_sum = each(lambda block: effects.sums(which, mean[None, block]), effects.blocks)  # noqa: B023
                ratio = fitted(which, np.sum(each_sum, axis=0)[0], slice(None))[None]
                each(lambda block: scale((which, ratio), block), effects.blocks)  # noqa: B023
        return levels

    def sweep(self, design: Design, point: Point, mean: Array) -> Sweep:
        """See `Passes.sweep`."""
        count = len(design.regressors)
        totals = Totals(self.effects, count + 1)

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
            values, gram = flat(x), np.zeros((count, count))
            scores = values @ column.reshape(-1)
            for k in range(count):
                np.multiply(x[k], part, out=column[0])
                totals.take(column, block, room, k + 1)
                gram[k, : k + 1] = values[: k + 1] @ column.reshape(-1)
            return room, gram, scores, float(part.sum())

        parts = each(of_block, self.effects.blocks)
        gram = np.sum([part[1] for part in parts], axis=0)
        gram += np.tril(gram, -1).T
        scores = np.sum([part[2] for part in parts], axis=0)
        whole = float(np.sum([part[3] for part in parts]))
        return Sweep(mean, totals.close([part[0] for part in parts]), gram, scores, whole)

    def change(self, design: Design, step: Point) -> Change:
        """See `Passes.change`."""

        def of_block(block: slice) -> Change:
            target, base = design.target[block], design.base[block]
            part = scratch("change", base.shape)
            _linear(design, step, block, part)
            without = (target == 0.0) & (base > 0.0)
            at_trade = float(np.max(np.abs(part[target > 0.0]), initial=0.0))
            return Change(
                at_trade,
                float(np.min(part, initial=0.0, where=without)),
                float(np.max(part, initial=0.0, where=without)),
            )

        parts = each(of_block, self.effects.blocks)
        return Change(
            max(part.at_trade for part in parts),
            min(part.least for part in parts),
            max(part.most for part in parts),
        )

    def magnitudes(self, regressors: Array, weights: Array, given: Array) -> Magnitudes:
        """See `Passes.magnitudes`."""

        def squares(block: slice) -> Array:
            x = regressors[:, block]
            squared = flat(x * x)
            return np.stack([squared @ one[block].ravel() for one in (weights, given)])

        def weighted(block: slice) -> Array:
            return _weighted(np.abs(regressors[:, block]), weights[block])

        found = np.sum(each(squares, self.effects.blocks), axis=0)
        return Magnitudes(found, margins(self.effects, len(regressors), weighted))

    def project(self, regressors: Array, weights: Array, levels: Margins | None, out: Array) -> Projected:
        """See `Passes.project`."""
        count = len(regressors)
        totals = Totals(self.effects, count)
        taken = [-one for one in levels or ()]

        def of_block(block: slice) -> tuple[Array, Margins]:
            part = out[:, block]
            if out is not regressors:
                part[...] = regressors[:, block]
            add_levels(self.effects, taken, block, part)
            weighted = _weighted(part, weights[block])
            room = totals.room()
            totals.take(weighted, block, room)
            return flat(weighted) @ flat(part).T, room

        parts = each(of_block, self.effects.blocks)
        gram = np.sum([part[0] for part in parts], axis=0)
        return Projected(gram, totals.close([part[1] for part in parts]))

    def scores(self, at: Ended, along: int) -> Array:
        """See `Passes.scores`."""
        kept, count = 1 - along, len(at.projected)
        shape = at.base.shape
        out = np.empty((count + 1, shape[kept], shape[2]))

        def of_part(part: slice) -> None:
            here = (part, slice(None)) if kept == 0 else (slice(None), part)
            used = at.base[here] > 0.0
            mean = at.base[here] * np.exp(np.minimum(at.predictor[here], MAX_EXPONENT))
            residual = np.where(used, at.target[here] - mean, 0.0)
            for k in range(count):
                out[k, part] = (at.projected[k][here] * residual).sum(axis=along)
            out[count, part] = used.sum(axis=along)

        each(of_part, spans(shape[kept], shape[along] * shape[2]))
        return out


def _linear(design: Design, point: Point, block: slice, out: Array) -> None:
    """Write the linear predictor of a block to `out`."""
    x = design.regressors[:, block]
    np.matmul(point.slopes, flat(x), out=out.reshape(-1))
    add_levels(design.effects, [level[None] for level in point.levels], block, out[None])


def _weighted(x: Array, weights: Array) -> Array:
    return np.multiply(x, weights, out=scratch("weighted", x.shape))
