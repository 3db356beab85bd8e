"""Trade elasticities of the table's industries, with errors, alternatives and draws."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class _Estimate(msgspec.Struct, frozen=True):
    theta: float
    error: float
    industries: tuple[str, ...] = ()


class _Bounds(msgspec.Struct, frozen=True):
    least: float
    most: float


class _Tables(msgspec.Struct, frozen=True):
    bounds: _Bounds
    alternatives: dict[str, float]
    estimates: dict[str, _Estimate]
    assumed: dict[str, _Estimate]


class Elasticities(NamedTuple):
    """Elasticities of k industries by g estimates: `group` (k,) places in `names`, `theta` and `error` (g,).

    `least` and `most` bound estimates and draws; `alternatives` are single values for all industries.
    """

    names: tuple[str, ...]
    group: NDArray[np.int64]
    theta: Array
    error: Array
    least: float
    most: float
    alternatives: dict[str, float]

    def by_industry(self, theta: Array) -> Array:
        """Spread values by estimate (..., g) over industries (..., k), within the bounds."""
        bounded: Array = np.clip(theta, self.least, self.most)[..., self.group]
        return bounded

    @property
    def central(self) -> Array:
        """The estimates by industry, (k,)."""
        return self.by_industry(self.theta)

    def draws(self, count: int, seed: int) -> Array:
        """Return normal draws, (count, k): the industries of one estimate move together."""
        normal = np.random.default_rng(seed).standard_normal((count, len(self.theta)))
        return self.by_industry(self.theta + normal * self.error)

    def moved(self, group: int, by: float) -> Array:
        """Return elasticities (k,) with one estimate moved by so many standard errors."""
        theta = self.theta.copy()
        theta[group] += by * self.error[group]
        return self.by_industry(theta)


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    raw = files("hikiwake.measures.scenario").joinpath("elasticities.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(raw), type=_Tables)


def elasticities(industries: Sequence[str]) -> Elasticities:
    """Return the elasticities of industries by their codes; what has no estimate takes the assumed one."""
    known = _tables()
    names = (*known.estimates, *known.assumed)
    place = {code: n for n, one in enumerate(known.estimates.values()) for code in one.industries}
    values = (*known.estimates.values(), *known.assumed.values())
    return Elasticities(
        names=names,
        group=np.array([place.get(code, len(names) - 1) for code in industries]),
        theta=np.array([one.theta for one in values]),
        error=np.array([one.error for one in values]),
        least=known.bounds.least,
        most=known.bounds.most,
        alternatives=known.alternatives,
    )
