"""Two ready-made scenarios of a pair in a few solutions: what a brief says without draws of elasticities."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hikiwake.core.errors import BadInput, NoSolution
from hikiwake.core.provenance import Fact, Formula, Interval
from hikiwake.equilibrium import SectorOutcome, SectorShock, solve_sectors
from hikiwake.measures.intermediate.formulas import INDUSTRIES
from hikiwake.measures.intermediate.table import economies_in, latest_year
from hikiwake.measures.scenario import formulas
from hikiwake.measures.scenario.baseline import RULE, Baseline, baseline
from hikiwake.measures.scenario.elasticities import elasticities
from hikiwake.measures.scenario.ready import ready_made
from hikiwake.measures.scenario.solved import CLOSURE

if TYPE_CHECKING:
    from hikiwake.measures.statement import Statements
    from hikiwake.store.tables import Tables

CHEAPER, NOTHING = "cheaper-trade", "no-trade"


class Short(NamedTuple):
    """What a scenario changes: real income of each of the two, their sales to each other, and of others.

    `gains` and `loses` are the third economies whose real income rises and falls most.
    """

    welfare: dict[str, Fact]
    trade: dict[tuple[str, str], Fact]
    gains: Fact
    loses: Fact


def short(say: Statements, a: str, b: str, last: int | None) -> dict[str, Short] | None:
    """Return both scenarios of a pair by name; None where the table does not hold both economies.

    The value is that at the estimated elasticities; the interval spans those, one elasticity for all
    industries, and short-run ones.
    """
    if not all(say.tables.has(table) for table in formulas.READS):
        return None
    year = latest_year(say.tables, last)
    if year is None or not {a, b} <= set(economies_in(say.tables, year)):
        return None
    base = _base(say.tables, year)
    world = base.world
    i, j = world.place(a), world.place(b)
    theta = elasticities([industry.code for industry in base.industries])
    powers = [theta.central, *(np.full(len(theta.central), value) for value in theta.alternatives.values())]
    stated = _Stated(say, base)
    out: dict[str, Short] = {}
    for scenario in ready_made(i, j):
        if scenario.id not in (CHEAPER, NOTHING):
            continue
        shock = SectorShock(scenario.moves)
        try:
            found = [solve_sectors(world, power, shock, closure=CLOSURE) for power in powers]
        except (BadInput, NoSolution):
            return None  # economies nearly in autarky may have no solution that settles
        out[scenario.id] = stated.of(scenario.id, found, (i, j))
    return out


@lru_cache(maxsize=2)
def _base(tables: Tables, year: int) -> Baseline:
    """Return the world of a year, made once for all pairs of a process."""
    return baseline(tables, year)


class _Stated:
    def __init__(self, say: Statements, base: Baseline) -> None:
        self._say, self._base = say, base
        year = {"year": str(base.year)}
        self._inputs = tuple(say.rows(table, {} if table == INDUSTRIES else year) for table in formulas.READS)

    def of(self, name: str, found: list[SectorOutcome], pair: tuple[int, int]) -> Short:
        named = self._base.world.economies
        about = {"scenario": name}
        welfare = np.array([outcome.welfare for outcome in found])
        third = [n for n in range(len(named)) if n not in pair]
        most = max(third, key=lambda n: (welfare[0, n], named[n]))
        least = min(third, key=lambda n: (welfare[0, n], named[n]))
        told = {
            n: self._fact(formulas.WELFARE, about | {"economy": named[n]}, welfare[:, n])
            for n in (*pair, most, least)
        }
        trade = {}
        for i, j in (pair, pair[::-1]):
            before = found[0].before[:, i, j].sum()
            if before > 0.0:
                ratios = np.array([outcome.after[:, i, j].sum() / before for outcome in found])
                subject = about | {"exporter": named[i], "importer": named[j]}
                trade[named[i], named[j]] = self._fact(formulas.TRADE, subject, ratios)
        return Short({named[n]: told[n] for n in pair}, trade, told[most], told[least])

    def _fact(self, formula: Formula, subject: dict[str, str], ratios: np.ndarray) -> Fact:
        changes = ratios - 1.0
        return self._say.told(
            formula,
            subject,
            (self._base.year, self._base.year),
            float(changes[0]),
            source=self._say.tables.dataset_of(formulas.READS[0]),
            inputs=self._inputs,
            interval=Interval(float(changes.min()), float(changes.max()), 1.0, "scenario range"),
            status="simulated",
            note=f"simulated; {RULE}; interval: over estimated, uniform and short-run elasticities",
        )
