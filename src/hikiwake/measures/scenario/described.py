"""Scenarios of a dossier, put on the economies and industries of the baseline."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import msgspec
import numpy as np

from hikiwake.core.country import resolve
from hikiwake.core.dossier import Dossier
from hikiwake.core.errors import NoData
from hikiwake.dossier.form import suggestion
from hikiwake.dossier.scenarios import Described, Shock, described
from hikiwake.equilibrium import Move
from hikiwake.measures.scenario.baseline import Baseline
from hikiwake.measures.scenario.ready import Scenario

Groups = Mapping[str, Sequence[str]]


def of_dossier(dossier: Dossier, file: str) -> Callable[[Baseline], tuple[Scenario, ...]]:
    """Return what puts a checked dossier's scenarios on a baseline; NoData where it has none."""
    if not dossier.scenarios:
        raise NoData(
            where=file,
            why="the dossier has no scenarios",
            remedy="Add a part `scenarios`, or leave the file out for the ready-made ones.",
        )
    return partial(put, described(dossier.scenarios), dossier.groups)


def put(written: Mapping[str, Described], groups: Groups, base: Baseline) -> tuple[Scenario, ...]:
    """Return the scenarios as moves on the baseline.

    Raises
    ------
    NoData
        If the table does not hold an economy or an industry that a shock names.
    """
    made = []
    for name, one in written.items():
        moves: list[Move] = []
        shocks: list[int] = []
        errors: list[tuple[float, float]] = []
        for number, shock in enumerate(one.shocks):
            for move in _moves(name, shock, groups, base):
                moves.append(move)
                shocks.append(number)
                errors.append((shock.error, 0.0) if shock.cost is not None else (0.0, shock.error))
        made.append(Scenario(name, tuple(moves), one.title or name, tuple(shocks), tuple(errors)))
    return tuple(made)


def _moves(scenario: str, shock: Shock, groups: Groups, base: Baseline) -> list[Move]:
    industries = tuple(_industries(scenario, shock.industries, base))
    change = Move(
        sectors=industries,
        cost=1.0 if shock.cost is None else shock.cost,
        effect=shock.leakage if shock.embargo else float(np.exp(shock.effect or 0.0)),
        tariff=shock.tariff,
    )
    if shock.between:
        one, other = (_economies(scenario, (side,), groups, base) for side in shock.between)
        ways = [(one, other), (other, one)]
    else:
        sellers = _economies(scenario, shock.origins, groups, base)
        ways = [(sellers, _economies(scenario, shock.destinations, groups, base))]
    return [msgspec.structs.replace(change, origins=a, destinations=b) for a, b in ways]


def _economies(scenario: str, names: Sequence[str], groups: Groups, base: Baseline) -> tuple[int, ...]:
    places: list[int] = []
    for name in names:
        for member in groups.get(name, (name,)):
            code = resolve(member).id
            if code not in base.world.economies:
                raise NoData(
                    where=f"scenario {scenario}: {member}",
                    why=f"the table of {base.year} does not hold this economy",
                    remedy=f"Leave it out, or name others: {', '.join(base.world.economies)}.",
                )
            places.append(base.world.economies.index(code))
    return tuple(dict.fromkeys(places))


def _industries(scenario: str, names: Sequence[str], base: Baseline) -> list[int]:
    places: list[int] = []
    for name in names:
        found = [n for n, industry in enumerate(base.industries) if name in (industry.code, industry.group)]
        if not found:
            known = [industry.code for industry in base.industries]
            raise NoData(
                where=f"scenario {scenario}: industry {name!r}",
                why="the table has no industry or group of this code",
                remedy=suggestion(name, known),
            )
        places += found
    return sorted(set(places))
