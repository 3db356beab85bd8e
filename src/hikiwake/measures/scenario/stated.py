"""What a scenario would change, stated as facts with intervals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hikiwake.core.provenance import Fact, Formula, Interval
from hikiwake.measures.intermediate.formulas import INDUSTRIES
from hikiwake.measures.intermediate.table import Array
from hikiwake.measures.scenario import formulas
from hikiwake.measures.scenario.baseline import Baseline
from hikiwake.measures.scenario.elasticities import Elasticities
from hikiwake.measures.scenario.solved import ENDS, LEVEL, Pair, Solved
from hikiwake.measures.statement import Statements

LEAST_SIZE = 0.0005
"""Industries below this part of an economy's output are not told of: their changes are of noise."""
DRIVERS = 5


class Answers(NamedTuple):
    """The facts of one scenario, in the order in which people ask."""

    scenario: str
    title: str
    welfare: dict[str, Fact]
    real_wages: dict[str, Fact]
    trade: dict[tuple[str, str], Fact]
    first_round: dict[tuple[str, str], Fact]
    exports: dict[str, Fact]
    by_industry: dict[tuple[str, str, str], Fact]
    output: dict[tuple[str, str], Fact]
    diversion: dict[tuple[str, str], Fact]
    alternatives: dict[tuple[str, str], Fact]
    drivers: dict[tuple[str, str], Fact]


class Teller:
    """States the facts of a pair's scenarios."""

    def __init__(self, say: Statements, base: Baseline, theta: Elasticities, pair: Pair, note: str) -> None:
        self._say = say
        self._base = base
        self._theta = theta
        self._pair = pair
        self._note = note
        year = {"year": str(base.year)}
        self._inputs = tuple(say.rows(table, {} if table == INDUSTRIES else year) for table in formulas.READS)

    def answers(self, found: Solved) -> Answers:
        """State all facts of a scenario."""
        world, central, draws = self._base.world, found.central, found.draws
        named = world.economies
        members = (self._pair.a, self._pair.b)
        about = {"scenario": found.scenario.id}
        welfare = {
            name: self._change(
                formulas.WELFARE, about | {"economy": name}, central.welfare[n], draws.welfare[:, n]
            )
            for n, name in enumerate(named)
        }
        wages = draws.wages / draws.cost_of_living
        old_exports = _exports(central.before)
        ratio = _exports(central.after) / old_exports
        trade, direct = self._trade(found, about)
        return Answers(
            scenario=found.scenario.id,
            title=found.scenario.title,
            welfare=welfare,
            real_wages={
                named[n]: self._change(
                    formulas.REAL_WAGE, about | {"economy": named[n]}, central.real_wages[n], wages[:, n]
                )
                for n in members
            },
            trade=trade,
            first_round=direct,
            exports={
                named[n]: self._change(
                    formulas.EXPORTS,
                    about | {"economy": named[n]},
                    ratio[n],
                    draws.exports[:, n] / old_exports[n],
                )
                for n in members
            },
            by_industry=self._by_industry(found, about),
            output=self._output(found, about),
            diversion=self._diversion(found, about),
            alternatives=self._alternatives(found, about),
            drivers=self._drivers(found, about),
        )

    def _ends(self) -> tuple[tuple[int, int], ...]:
        return ((self._pair.a, self._pair.b), (self._pair.b, self._pair.a))

    def _way(self, about: dict[str, str], i: int, j: int) -> dict[str, str]:
        named = self._base.world.economies
        return about | {"exporter": named[i], "importer": named[j]}

    def _trade(
        self, found: Solved, about: dict[str, str]
    ) -> tuple[dict[tuple[str, str], Fact], dict[tuple[str, str], Fact]]:
        named = self._base.world.economies
        trade, direct = {}, {}
        for i, j in self._ends():
            old = found.central.before[:, i, j].sum()
            if old <= 0.0:
                continue
            way = named[i], named[j]
            drawn = found.draws.trade[:, self._pair.way(i, j)].sum(axis=1) / old
            subject = self._way(about, i, j)
            new = found.central.after[:, i, j].sum() / old
            trade[way] = self._change(formulas.TRADE, subject, new, drawn)
            direct[way] = self._change(formulas.FIRST_ROUND, subject, found.direct[:, i, j].sum() / old)
        return trade, direct

    def _by_industry(self, found: Solved, about: dict[str, str]) -> dict[tuple[str, str, str], Fact]:
        named = self._base.world.economies
        told = {}
        for i, j in self._ends():
            old = found.central.before[:, i, j]
            drawn = found.draws.trade[:, self._pair.way(i, j)]
            for k in np.flatnonzero(old > LEAST_SIZE * old.sum()):
                industry = self._base.industries[k].code
                told[named[i], named[j], industry] = self._change(
                    formulas.TRADE,
                    self._way(about, i, j) | {"industry": industry},
                    found.central.after[k, i, j] / old[k],
                    drawn[:, k] / old[k],
                )
        return told

    def _output(self, found: Solved, about: dict[str, str]) -> dict[tuple[str, str], Fact]:
        named = self._base.world.economies
        told = {}
        for n in (self._pair.a, self._pair.b):
            old = found.central.before[:, n].sum(axis=1)
            real = found.central.real_output[:, n]
            for k in np.flatnonzero(old > LEAST_SIZE * old.sum()):
                industry = self._base.industries[k].code
                drawn = found.draws.output[:, k, n] / old[k] / found.draws.costs[:, k, n]
                subject = about | {"economy": named[n], "industry": industry}
                told[named[n], industry] = self._change(formulas.OUTPUT, subject, real[k], drawn)
        return told

    def _diversion(self, found: Solved, about: dict[str, str]) -> dict[tuple[str, str], Fact]:
        named = self._base.world.economies
        told = {}
        for place, (i, j) in enumerate(self._pair.ways[2:], start=2):
            old = found.central.before[:, i, j].sum()
            drawn = found.draws.trade[:, place].sum(axis=1) - old
            told[named[i], named[j]] = self._fact(
                formulas.DIVERSION, self._way(about, i, j), found.central.after[:, i, j].sum() - old, drawn
            )
        return told

    def _alternatives(self, found: Solved, about: dict[str, str]) -> dict[tuple[str, str], Fact]:
        named = self._base.world.economies
        return {
            (name, named[n]): self._change(
                formulas.WELFARE, about | {"economy": named[n], "elasticities": name}, ratios[n]
            )
            for name, ratios in found.alternatives.items()
            for n in (self._pair.a, self._pair.b)
        }

    def _drivers(self, found: Solved, about: dict[str, str]) -> dict[tuple[str, str], Fact]:
        """State the estimates whose errors move a member's welfare most, the widest first."""
        named = self._base.world.economies
        told = {}
        for n in (self._pair.a, self._pair.b):
            widths = np.abs(found.drivers[:, 1, n] - found.drivers[:, 0, n])
            for group in np.argsort(-widths, kind="stable")[:DRIVERS]:
                name = self._theta.names[group]
                subject = about | {"economy": named[n], "driver": name}
                told[named[n], name] = self._fact(formulas.DRIVER, subject, 100.0 * widths[group])
        return told

    def _change(
        self, formula: Formula, subject: dict[str, str], ratio: float, drawn: Array | None = None
    ) -> Fact:
        return self._fact(formula, subject, ratio - 1.0, None if drawn is None else drawn - 1.0)

    def _fact(
        self, formula: Formula, subject: dict[str, str], value: float, drawn: Array | None = None
    ) -> Fact:
        interval = None
        if drawn is not None:
            low, high = np.quantile(drawn, ENDS)
            interval = Interval(float(low), float(high), LEVEL, "scenario range")
        return self._say.told(
            formula,
            subject,
            (self._base.year, self._base.year),
            float(value),
            source=self._say.tables.dataset_of(formulas.READS[0]),
            inputs=self._inputs,
            interval=interval,
            status="simulated",
            note=self._note,
        )


def _exports(flows: Array) -> Array:
    """Return what each economy sells abroad, (n,)."""
    abroad: Array = flows.sum(axis=(0, 2)) - np.einsum("kii->i", flows)
    return abroad
