"""Draws that cover what they are drawn from evenly, so that few of them tell the ends of an interval."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from hikiwake.measures.intermediate.table import Array


def covering(count: int, columns: int, seed: int | tuple[int, ...]) -> Array:
    """Return numbers between 0 and 1, (count, columns): each column holds one in each of `count` equal parts.

    A Latin hypercube: McKay, Beckman & Conover (1979), Technometrics 21:239.
    """
    generator = np.random.default_rng(seed)
    order = generator.permuted(np.tile(np.arange(count), (columns, 1)), axis=1).T
    drawn: Array = (order + generator.random((count, columns))) / count
    return drawn


def normal(uniform: Array) -> Array:
    """Return the values of a standard normal distribution at given probabilities."""
    inverse = NormalDist().inv_cdf
    inside = np.clip(uniform, 1e-12, 1.0 - 1e-12)
    return np.array([inverse(p) for p in inside.ravel().tolist()]).reshape(uniform.shape)
