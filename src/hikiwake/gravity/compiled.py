"""The passes over cells of a tensor, compiled. See `cells.Passes`.

A tensor's levels go by its axes: the first two (AB), the last two (BC, with pairs only), the outer two (AC).
Blocks are worked on by any thread, and what they share is added in their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

import numpy as np

from hikiwake.gravity.cells import SWEEPS, Change, Design, Ended, Magnitudes, Point, Projected, Sums, Sweep
from hikiwake.gravity.effects import Array, Effects, Margins, added
from hikiwake.gravity.parallel import each, spans


class Compiled:
    """Passes compiled for tensors whose effects stand in the order AB, (BC,) AC."""

    def __init__(self, effects: Effects, kernels: ModuleType) -> None:
        self.effects = effects
        self.kernels = kernels

    def predict(self, design: Design, point: Point, out: Array) -> None:
        """See `Passes.predict`."""
        at = _point(design, point)
        each(lambda block: self.kernels.predict(*at, out, block.start, block.stop), self.effects.blocks)

    def sums(self, regressors: Array, target: Array, base: Array) -> Sums:
        """See `Passes.sums`."""
        room = _Room(self.effects, 2)

        def of_block(block: slice) -> tuple[Array | None, Array]:
            ab, bc, ac, scores = *room.of_block(), np.empty(len(regressors))
            self.kernels.sums(regressors, target, base, ab, bc, ac, scores, block.start, block.stop)
            return bc, scores

        parts = each(of_block, self.effects.blocks)
        return Sums(room.close([part[0] for part in parts]), added([part[1] for part in parts]))

    def begin(self, base: Array, flows: Margins) -> Margins:
        """See `Passes.begin`."""
        flows_ab, flows_bc, flows_ac = split([np.ascontiguousarray(part) for part in flows])
        ab, ac = np.ones_like(flows_ab), np.ones_like(flows_ac)
        bc = None if flows_bc is None else np.ones_like(flows_bc)

        def of_block(block: slice) -> Array | None:
            have = None if bc is None else np.empty_like(bc)
            given = base, flows_ab, flows_ac, bc, ab, ac, have
            self.kernels.balance(*given, block.start, block.stop)
            return have

        for _ in range(SWEEPS):
            parts = [part for part in each(of_block, self.effects.blocks) if part is not None]
            if bc is not None and flows_bc is not None:
                have = added(parts)
                np.divide(flows_bc, have, out=bc, where=(flows_bc > 0.0) & (have > 0.0))
        return [np.log(part) for part in (ab, bc, ac) if part is not None]

    def sweep(self, design: Design, point: Point, mean: Array) -> Sweep:
        """See `Passes.sweep`."""
        count = len(design.regressors)
        room, at = _Room(self.effects, count + 1), _point(design, point)

        def of_block(block: slice) -> tuple[Array | None, Array, Array, Array]:
            ab, bc, ac = room.of_block()
            gram, scores, whole = np.empty((count, count)), np.empty(count), np.empty(1)
            self.kernels.sweep(
                *at,
                design.target,
                design.base,
                mean,
                ab,
                bc,
                ac,
                gram,
                scores,
                whole,
                block.start,
                block.stop,
            )
            return bc, gram, scores, whole

        parts = each(of_block, self.effects.blocks)
        sums = room.close([part[0] for part in parts])
        gram, scores, whole = (added([part[which] for part in parts]) for which in (1, 2, 3))  # type: ignore[misc]
        return Sweep(mean, sums, _whole(gram), scores, float(whole[0]))

    def change(self, design: Design, step: Point) -> Change:
        """See `Passes.change`."""
        at = _point(design, step)

        def of_block(block: slice) -> Array:
            found = np.empty(3)
            self.kernels.change(*at, design.target, design.base, found, block.start, block.stop)
            return found

        parts = np.stack(each(of_block, self.effects.blocks))
        return Change(float(parts[:, 0].max()), float(parts[:, 1].min()), float(parts[:, 2].max()))

    def magnitudes(self, regressors: Array, weights: Array, given: Array) -> Magnitudes:
        """See `Passes.magnitudes`."""
        count = len(regressors)
        room = _Room(self.effects, count)

        def of_block(block: slice) -> tuple[Array | None, Array]:
            ab, bc, ac, squares = *room.of_block(), np.empty((2, count))
            self.kernels.magnitudes(regressors, weights, given, ab, bc, ac, squares, block.start, block.stop)
            return bc, squares

        parts = each(of_block, self.effects.blocks)
        return Magnitudes(added([part[1] for part in parts]), room.close([part[0] for part in parts]))

    def project(self, regressors: Array, weights: Array, levels: Margins | None, out: Array) -> Projected:
        """See `Passes.project`."""
        count = len(regressors)
        room = _Room(self.effects, count)
        if levels is None:
            levels = [np.zeros((count, *shape)) for shape in self.effects.levels]
        taken = split([np.ascontiguousarray(part) for part in levels])

        def of_block(block: slice) -> tuple[Array | None, Array]:
            ab, bc, ac, gram = *room.of_block(), np.empty((count, count))
            self.kernels.project(regressors, weights, *taken, out, ab, bc, ac, gram, block.start, block.stop)
            return bc, gram

        parts = each(of_block, self.effects.blocks)
        gram = _whole(added([part[1] for part in parts]))
        return Projected(gram, room.close([part[0] for part in parts]))

    def scores(self, at: Ended, along: int) -> Array:
        """See `Passes.scores`."""
        shape = self.effects.shape
        out = np.empty((len(at.projected) + 1, shape[1 - along], shape[2]))
        where = (None, out) if along == 0 else (out, None)
        given = at.projected, at.target, at.base, at.predictor
        each(
            lambda block: self.kernels.scores(*given, *where, block.start, block.stop),
            spans(shape[1 - along], shape[along] * shape[2]),
        )
        return out


class _Room:
    """Where blocks put their sums by level: their own in one array, those that they share in one each."""

    def __init__(self, effects: Effects, columns: int) -> None:
        shapes = [(columns, *levels) for levels in effects.levels]
        self.ab, self.ac = np.empty(shapes[0]), np.empty(shapes[-1])
        self.shared = shapes[1] if len(shapes) == 3 else None

    def of_block(self) -> tuple[Array, Array | None, Array]:
        return self.ab, None if self.shared is None else np.empty(self.shared), self.ac

    def close(self, parts: Sequence[Array | None]) -> Margins:
        shared = [part for part in parts if part is not None]
        return [self.ab, added(shared), self.ac] if shared else [self.ab, self.ac]


def split(margins: Margins) -> tuple[Array, Array | None, Array]:
    """Return levels by AB, by BC or None, and by AC."""
    return margins[0], margins[1] if len(margins) == 3 else None, margins[-1]


def _point(design: Design, point: Point) -> tuple[Array, Array, Array, Array | None, Array]:
    levels = [np.ascontiguousarray(part) for part in point.levels]
    return np.ascontiguousarray(point.slopes), design.regressors, *split(levels)


def _whole(gram: Array) -> Array:
    """Return a symmetric matrix of its lower half."""
    lower = np.tril(gram)
    out: Array = lower + np.tril(gram, -1).T
    return out
