"""Trade elasticities of the table's industries, with errors, other sets, and draws."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadUsage
from hikiwake.measures.scenario.sampling import covering, normal

Array = NDArray[np.float64]
ESTIMATED = "estimated"
EVERY = "all industries"
OWN_SPAN = 4.0
"""Draws of a user's own elasticity stay within this factor of it: they must be above zero."""


class _Estimate(msgspec.Struct, frozen=True):
    theta: float
    error: float
    industries: tuple[str, ...] = ()


class _Bounds(msgspec.Struct, frozen=True):
    least: float
    most: float


class _Tables(msgspec.Struct, frozen=True):
    bounds: _Bounds
    sets: dict[str, dict[str, float] | float]
    estimates: dict[str, _Estimate]
    assumed: dict[str, _Estimate]


class Own(NamedTuple):
    """An elasticity of the user's own for some industries, by their codes, with its standard error."""

    industries: tuple[str, ...]
    theta: float
    error: float


class Elasticities(NamedTuple):
    """Elasticities of k industries by g estimates: `group` (k,) places in `names`, `theta` and `error` (g,).

    `set` names where they come from; `least` and `most` (g,) bound estimates and draws, `factor` multiplies
    what is within them.
    """

    set: str
    names: tuple[str, ...]
    group: NDArray[np.int64]
    theta: Array
    error: Array
    least: Array
    most: Array
    factor: float = 1.0

    def by_industry(self, theta: Array) -> Array:
        """Spread values by estimate (..., g) over industries (..., k), within the bounds."""
        bounded: Array = np.clip(theta, self.least, self.most)[..., self.group] * self.factor
        return bounded

    @property
    def central(self) -> Array:
        """The estimates by industry, (k,)."""
        return self.by_industry(self.theta)

    def draws(self, count: int, seed: int) -> Array:
        """Return normal draws, (count, k): the industries of one estimate move together."""
        away = normal(covering(count, len(self.theta), seed))
        return self.by_industry(self.theta + away * self.error)

    def moved(self, group: int, by: float) -> Array:
        """Return elasticities (k,) with one estimate moved by so many standard errors."""
        theta = self.theta.copy()
        theta[group] += by * self.error[group]
        return self.by_industry(theta)

    def all_moved(self, by: float) -> Array:
        """Return elasticities (k,) with all estimates moved by so many standard errors."""
        return self.by_industry(self.theta + by * self.error)

    def scaled(self, factor: float) -> Elasticities:
        """Return them multiplied, after the bounds."""
        return self._replace(factor=self.factor * factor)


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    raw = files("hikiwake.measures.scenario").joinpath("elasticities.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(raw), type=_Tables)


def sets() -> tuple[str, ...]:
    """Return the names of the sets of elasticities, the estimated one first."""
    return (ESTIMATED, *(name for name, one in _tables().sets.items() if isinstance(one, dict)))


def elasticities(industries: Sequence[str], name: str = ESTIMATED, own: Sequence[Own] = ()) -> Elasticities:
    """Return a set of elasticities of industries by their codes; what it leaves out takes the assumed one.

    Raises
    ------
    BadUsage
        If there is no set of this name.
    """
    known = _tables()
    found = known.sets.get(name)
    estimates = {**known.estimates, **known.assumed}
    place = {code: n for n, one in enumerate(known.estimates.values()) for code in one.industries}
    group = np.array([place.get(code, len(estimates) - 1) for code in industries], dtype=np.int64)
    names, least = tuple(estimates), known.bounds.least
    theta = np.array([one.theta for one in estimates.values()])
    error = np.array([one.error for one in estimates.values()])
    if isinstance(found, dict):
        part = known.sets["error"]
        assert isinstance(part, float)  # noqa: S101  (the shipped table holds it)
        least = found.get("least", least)
        if "all" in found:
            names, group = (EVERY,), np.zeros_like(group)
            theta = np.array([found["all"]])
            error = part * theta
        else:
            listed = [name in found for name in names]
            theta = np.where(listed, [found.get(name, 0.0) for name in names], theta)
            error = np.where(listed, part * theta, error)
    elif name != ESTIMATED:
        raise BadUsage(
            where=f"elasticities {name!r}",
            why="there is no set of this name",
            remedy=f"Choose one of: {', '.join(sets())}.",
        )
    if len(industries) == 1 and industries[0] not in place and name == ESTIMATED:
        return elasticities(industries, "uniform", own)  # a matrix of all trade has no sectors
    lows, highs = np.full_like(theta, least), np.full_like(theta, known.bounds.most)
    return _with(Elasticities(name, names, group, theta, error, lows, highs), industries, own)


def _with(base: Elasticities, industries: Sequence[str], own: Sequence[Own]) -> Elasticities:
    """Return them with the user's own in place of some, within bounds of their own."""
    for one in own:
        group = base.group.copy()
        chosen = [n for n, code in enumerate(industries) if code in one.industries]
        group[chosen] = len(base.names)
        base = base._replace(
            names=(*base.names, f"own elasticity of {', '.join(one.industries)}"),
            group=group,
            theta=np.append(base.theta, one.theta),
            error=np.append(base.error, one.error),
            least=np.append(base.least, one.theta / OWN_SPAN),
            most=np.append(base.most, one.theta * OWN_SPAN),
        )
    return base


def others(base: Elasticities, industries: Sequence[str]) -> dict[str, Elasticities]:
    """Return the other sets by name."""
    return {name: elasticities(industries, name).scaled(base.factor) for name in sets() if name != base.set}
