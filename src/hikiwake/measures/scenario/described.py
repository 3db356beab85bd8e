"""Scenarios as people describe them, put on the economies and industries of the baseline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from hikiwake.core.country import resolve
from hikiwake.core.dossier import Dossier
from hikiwake.core.errors import BadUsage, NoData
from hikiwake.dossier.form import suggestion
from hikiwake.dossier.scenarios import Described, Shock, described
from hikiwake.equilibrium import Move
from hikiwake.measures.scenario.chance import Chance
from hikiwake.measures.scenario.elasticities import Own
from hikiwake.measures.scenario.levels import Level
from hikiwake.measures.scenario.ready import Scenario

if TYPE_CHECKING:
    from hikiwake.measures.intermediate.table import Array
    from hikiwake.measures.scenario.baseline import Baseline

Groups = Mapping[str, Sequence[str]]
LevelOf = Callable[[str, str], Level]


class Offer(NamedTuple):
    """Scenarios by name and the groups they speak of."""

    written: Mapping[str, Described]
    groups: Groups = MappingProxyType({})

    def named(self, name: str) -> Described:
        """Return one of them; BadUsage names those there are."""
        if name not in self.written:
            raise BadUsage(
                where=f"scenario {name!r}",
                why="there is no scenario of this name",
                remedy=f"Choose one of: {', '.join(self.written)}.",
            )
        return self.written[name]


def of_dossier(dossier: Dossier, file: str) -> Offer:
    """Return the scenarios of a checked dossier; NoData where it has none."""
    if not dossier.scenarios:
        raise NoData(
            where=file,
            why="the dossier has no scenarios",
            remedy="Add a part `scenarios`, or leave the file out for the ready-made ones.",
        )
    return Offer(described(dossier.scenarios), dossier.groups)


def offer_in(dossier: Dossier | None, file: str) -> Offer | None:
    """Return the scenarios of a dossier where one is given; None for the ready-made."""
    return None if dossier is None else of_dossier(dossier, file)


def put(name: str, one: Described, groups: Groups, base: Baseline, level_of: LevelOf) -> Scenario:
    """Return a scenario as moves on the baseline.

    Raises
    ------
    NoData
        If the table does not hold an economy or an industry that a shock names, or neither direction of a
        pair falls short of the level it is to be brought to.
    """
    placed = _Placed(name, groups, base)
    moves: list[Move] = []
    shocks: list[int] = []
    chances: list[Chance | None] = []
    for number, shock in enumerate(one.shocks):
        for move, chance in placed.moves(shock, level_of):
            moves.append(move)
            shocks.append(number)
            chances.append(chance)
    return Scenario(
        name,
        tuple(moves),
        one.title,
        tuple(shocks),
        tuple(chances),
        placed.productivity(one.shocks),
        placed.transfer(one.shocks),
        one.closure,
        one.elasticities,
        tuple(Own(placed.codes(theta.industries), theta.value, theta.error) for theta in one.thetas),
        one.where,
        of_costs=all(shock.change not in ("effect", "level") for shock in one.shocks),
    )


class _Placed:
    """Finds the places of what a scenario names."""

    def __init__(self, scenario: str, groups: Groups, base: Baseline) -> None:
        self._scenario = scenario
        self._groups = groups
        self._base = base

    def moves(self, shock: Shock, level_of: LevelOf) -> Iterator[tuple[Move, Chance | None]]:
        """Yield the moves of a shock, each with its chance."""
        if shock.change in ("productivity", "transfer"):
            return
        if shock.level is not None:
            yield from self._levels(shock, level_of)
            return
        change = Move(
            sectors=self.industries(shock.industries),
            cost=1.0 if shock.cost is None else shock.cost,
            effect=shock.leakage if shock.embargo else float(np.exp(shock.effect or 0.0)),
            tariff=shock.tariff,
            limit=shock.limit,
        )
        chance = _chance(shock)
        for sellers, buyers in self._ways(shock):
            yield msgspec.structs.replace(change, origins=sellers, destinations=buyers), chance

    def _levels(self, shock: Shock, level_of: LevelOf) -> Iterator[tuple[Move, Chance | None]]:
        named = self._base.world.economies
        ways = [(i, j) for sellers, buyers in self._ways(shock) for i in sellers for j in buyers if i != j]
        found = {way: level_of(named[way[0]], named[way[1]]) for way in dict.fromkeys(ways)}
        if not any(one.ratio > 1.0 for one in found.values()):
            raise NoData(
                where=f"scenario {self._scenario}",
                why="no direction falls short of what comparable pairs trade, so none can be brought to it",
                remedy="`hikiwake potential A B` says where the pair stands; give a `cost` of your own.",
            )
        industries = self.industries(shock.industries)
        for (i, j), one in found.items():
            ratio = max(one.ratio, 1.0)
            chance = Chance("level", "effect", ratio, level=one)
            yield Move((i,), (j,), industries, effect=ratio), chance

    def _ways(self, shock: Shock) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        if shock.between:
            one, other = (self.economies((side,)) for side in shock.between)
            return [(one, other), (other, one)]
        return [(self.economies(shock.origins), self.economies(shock.destinations))]

    def productivity(self, shocks: Sequence[Shock]) -> Array | None:
        """Return ratios of new to old productivity, (k, n); None where none changes."""
        k, n, _ = self._base.world.flows.shape
        ratios = np.ones((k, n))
        for shock in shocks:
            if shock.productivity is not None:
                chosen = self.industries(shock.industries) or tuple(range(k))
                ratios[np.ix_(chosen, self.economies(shock.of))] *= shock.productivity
        return None if (ratios == 1.0).all() else ratios

    def transfer(self, shocks: Sequence[Shock]) -> Array | None:
        """Return what each receives in USD, (n,); None where nobody does."""
        moved = np.zeros(len(self._base.world.economies))
        for shock in shocks:
            if shock.transfer:
                (giver,), (receiver,) = self.economies(shock.origins), self.economies(shock.destinations)
                moved[giver] -= shock.transfer
                moved[receiver] += shock.transfer
        return moved if moved.any() else None

    def economies(self, names: Sequence[str]) -> tuple[int, ...]:
        """Return the places of economies and of the members of groups."""
        places: list[int] = []
        for name in names:
            for member in self._groups.get(name, (name,)):
                code = resolve(member).id
                if code not in self._base.world.economies:
                    raise NoData(
                        where=f"scenario {self._scenario}: {member}",
                        why=f"the table of {self._base.year} does not hold this economy",
                        remedy=f"Leave it out, or name others: {', '.join(self._base.world.economies)}.",
                    )
                places.append(self._base.world.economies.index(code))
        return tuple(dict.fromkeys(places))

    def industries(self, names: Sequence[str]) -> tuple[int, ...]:
        """Return the places of industries and of the members of their groups; empty for all."""
        places: list[int] = []
        for name in names:
            found = [n for n, one in enumerate(self._base.industries) if name in (one.code, one.group)]
            if not found:
                known = [industry.code for industry in self._base.industries]
                raise NoData(
                    where=f"scenario {self._scenario}: industry {name!r}",
                    why="the table has no industry or group of this code",
                    remedy=suggestion(name, known),
                )
            places += found
        return tuple(sorted(set(places)))

    def codes(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the codes of industries and of the members of their groups."""
        return tuple(self._base.industries[n].code for n in self.industries(names))


def _chance(shock: Shock) -> Chance | None:
    """Return how sure a shock's change is, in the terms of its moves."""
    kind = shock.drawn
    if kind is None:
        return None
    if shock.cost is not None:
        return Chance(kind, "cost", shock.cost, shock.error, shock.low or 0.0, shock.high or 0.0)
    if shock.embargo:
        return Chance(kind, "effect", shock.leakage, 0.0, shock.low or 0.0, shock.high or 0.0)
    # An effect and its ends are in logs.
    middle, low, high = (float(np.exp(value or 0.0)) for value in (shock.effect, shock.low, shock.high))
    return Chance(kind, "effect", middle, shock.error, low, high)
