"""What a scenario would change, stated as facts with intervals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hikiwake.core.provenance import Fact, Formula, Interval
from hikiwake.equilibrium import MEANING
from hikiwake.equilibrium.sector_draws import DRAWN
from hikiwake.measures.intermediate.formulas import INDUSTRIES
from hikiwake.measures.intermediate.table import Array
from hikiwake.measures.scenario import formulas
from hikiwake.measures.scenario.baseline import Baseline
from hikiwake.measures.scenario.chance import COLUMNS, ENDS
from hikiwake.measures.scenario.levels import Level, levels
from hikiwake.measures.scenario.sampling import covering
from hikiwake.measures.scenario.solved import LEVEL, Asked, Pair, Solved
from hikiwake.measures.statement import Statements

LEAST_SIZE = 0.0005
"""Industries below this part of an economy's output are not told of: their changes are of noise."""
DRIVERS = 6

Way = tuple[str, str]


class Answers(NamedTuple):
    """The facts of one scenario, in the order in which people ask.

    Keys are economies, (exporter, importer), or these with an industry, a set of elasticities or a driver.
    `realised` and `reached` hold the directions of which the potential says what comparable pairs trade;
    `realised` those that fall short of it. `differences` are from another scenario, where one was named.
    """

    scenario: str
    title: str
    where: str
    welfare: dict[str, Fact]
    real_wages: dict[str, Fact]
    trade: dict[Way, Fact]
    first_round: dict[Way, Fact]
    realised: dict[Way, Fact]
    reached: dict[Way, Fact]
    exports: dict[str, Fact]
    by_industry: dict[tuple[str, str, str], Fact]
    output: dict[Way, Fact]
    prices: dict[Way, Fact]
    diversion: dict[Way, Fact]
    alternatives: dict[Way, Fact]
    drivers: dict[Way, Fact]
    differences: dict[str, Fact]


class Teller:
    """States the facts of a pair's scenarios."""

    def __init__(self, say: Statements, base: Baseline, pair: Pair, asked: Asked) -> None:
        self._say = say
        self._base = base
        self._pair = pair
        self._asked = asked
        year = {"year": str(base.year)}
        self._inputs = tuple(say.rows(table, {} if table == INDUSTRIES else year) for table in base.reads)
        self._note = self.note

    @property
    def note(self) -> str:
        """What all scenarios rest on, in words."""
        return (
            f"simulated; {self._base.adjusted}; interval: {LEVEL:.0%} of {self._asked.draws} draws, "
            f"seed {self._asked.seed}"
        )

    def answers(self, found: Solved, first: Solved | None = None) -> Answers:
        """State all facts of a scenario, and its differences from another one."""
        self._note = f"{self.note}; {rests_on(found)}"
        central, draws = found.central, found.draws
        named = found.world.economies
        members = self._members
        about = {"scenario": found.scenario.id}
        welfare = {
            name: self._change(
                formulas.WELFARE, about | {"economy": name}, central.welfare[n], draws.welfare[:, n]
            )
            for n, name in enumerate(named)
        }
        wages = draws.wages / draws.cost_of_living
        old_exports = _exports(central.before)
        ratio = _exports(central.after) / np.where(old_exports > 0.0, old_exports, 1.0)
        trade, direct = self._trade(found, about)
        realised, reached = self._potential(found, about)
        return Answers(
            scenario=found.scenario.id,
            title=found.scenario.title,
            where=found.scenario.where,
            welfare=welfare,
            real_wages={
                named[n]: self._change(
                    formulas.REAL_WAGE, about | {"economy": named[n]}, central.real_wages[n], wages[:, n]
                )
                for n in members
            },
            trade=trade,
            first_round=direct,
            realised=realised,
            reached=reached,
            exports={
                named[n]: self._change(
                    formulas.EXPORTS,
                    about | {"economy": named[n]},
                    ratio[n],
                    draws.exports[:, n] / old_exports[n],
                )
                for n in members
                if old_exports[n] > 0.0
            },
            by_industry=self._by_industry(found, about),
            output=self._output(found, about),
            prices=self._prices(found, about),
            diversion=self._diversion(found, about),
            alternatives=self._alternatives(found, about),
            drivers=self._drivers(found, about),
            differences={} if first is None else self._differences(found, first, about),
        )

    def brief_of(self, found: Solved, subject: dict[str, str]) -> tuple[dict[str, Fact], dict[Way, Fact]]:
        """State the welfare changes of both members and the changes of their sales alone."""
        self._note = f"{self.note}; {rests_on(found)}"
        about = {"scenario": found.scenario.id, **subject}
        named = found.world.economies
        welfare = {
            named[n]: self._change(
                formulas.WELFARE,
                about | {"economy": named[n]},
                found.central.welfare[n],
                found.draws.welfare[:, n],
            )
            for n in (self._pair.a, self._pair.b)
        }
        return welfare, self._trade(found, about)[0]

    @property
    def _members(self) -> tuple[int, ...]:
        """Of whom wages, exports, output and prices are told."""
        if self._asked.everybody:
            return tuple(range(len(self._base.world.economies)))
        return (self._pair.a, self._pair.b)

    def _ends(self) -> tuple[tuple[int, int], ...]:
        return ((self._pair.a, self._pair.b), (self._pair.b, self._pair.a))

    def _way(self, about: dict[str, str], i: int, j: int) -> dict[str, str]:
        named = self._base.world.economies
        return about | {"exporter": named[i], "importer": named[j]}

    def _trade(self, found: Solved, about: dict[str, str]) -> tuple[dict[Way, Fact], dict[Way, Fact]]:
        named = self._base.world.economies
        trade, direct = {}, {}
        for place, (i, j) in enumerate(self._ends()):
            old = found.central.before[:, i, j].sum()
            if old <= 0.0:
                continue
            way = named[i], named[j]
            drawn = found.draws.trade[:, self._pair.way(i, j)].sum(axis=1) / old
            subject = self._way(about, i, j)
            new = found.central.after[:, i, j].sum() / old
            trade[way] = self._change(formulas.TRADE, subject, new, drawn)
            direct[way] = self._change(
                formulas.FIRST_ROUND, subject, found.direct[place], found.direct_draws[:, place]
            )
        return trade, direct

    def _potential(self, found: Solved, about: dict[str, str]) -> tuple[dict[Way, Fact], dict[Way, Fact]]:
        """State how near sales come to what comparable pairs trade, and what part of the way that is."""
        named = self._base.world.economies
        realised, reached = {}, {}
        for i, j in self._ends():
            old = found.central.before[:, i, j].sum()
            held = levels(self._say, named[i], named[j]) if old > 0.0 else None
            if held is None:
                continue
            new = found.central.after[:, i, j].sum() / old
            drawn = found.draws.trade[:, self._pair.way(i, j)].sum(axis=1) / old
            subject = self._way(about, i, j)
            way = named[i], named[j]
            reached[way] = self._change(
                formulas.REACHED, subject, new / held.ratio, drawn / self._level_drawn(found, held)
            )
            if held.ratio > 1.0:
                gap = held.ratio - 1.0
                realised[way] = self._fact(formulas.REALISED, subject, (new - 1.0) / gap, (drawn - 1.0) / gap)
        return realised, reached

    def _level_drawn(self, found: Solved, held: Level) -> Array:
        """Return the level by draw: the scenario's own draws of it where it has any, else others."""
        for shock, chance in zip(found.scenario.shocks, found.scenario.chances, strict=True):
            if chance is not None and chance.level == held:
                return held.drawn(found.uniform[:, COLUMNS * shock : COLUMNS * (shock + 1)])
        return held.drawn(covering(self._asked.draws, COLUMNS, (self._asked.seed, 2)))

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

    def _output(self, found: Solved, about: dict[str, str]) -> dict[Way, Fact]:
        named = self._base.world.economies
        told = {}
        for n in self._members:
            old = found.central.before[:, n].sum(axis=1)
            real = found.central.real_output[:, n]
            for k in np.flatnonzero(old > LEAST_SIZE * old.sum()):
                industry = self._base.industries[k].code
                drawn = found.draws.output[:, k, n] / old[k] / found.draws.costs[:, k, n]
                subject = about | {"economy": named[n], "industry": industry}
                told[named[n], industry] = self._change(formulas.OUTPUT, subject, real[k], drawn)
        return told

    def _prices(self, found: Solved, about: dict[str, str]) -> dict[Way, Fact]:
        """State what buyers pay beside their cost of living, for the industries they spend on."""
        named = self._base.world.economies
        told = {}
        for n in self._members:
            spent = found.world.bought[:, n]
            ratio = found.central.prices[:, n] / found.central.cost_of_living[n]
            drawn = found.draws.prices[:, :, n] / found.draws.cost_of_living[:, n, None]
            for k in np.flatnonzero(spent > LEAST_SIZE * spent.sum()):
                industry = self._base.industries[k].code
                subject = about | {"economy": named[n], "industry": industry}
                told[named[n], industry] = self._change(formulas.PRICE, subject, ratio[k], drawn[:, k])
        return told

    def _diversion(self, found: Solved, about: dict[str, str]) -> dict[Way, Fact]:
        named = self._base.world.economies
        told = {}
        for place, (i, j) in enumerate(self._pair.ways[2:], start=2):
            old = found.central.before[:, i, j].sum()
            drawn = found.draws.trade[:, place].sum(axis=1) - old
            told[named[i], named[j]] = self._fact(
                formulas.DIVERSION, self._way(about, i, j), found.central.after[:, i, j].sum() - old, drawn
            )
        return told

    def _alternatives(self, found: Solved, about: dict[str, str]) -> dict[Way, Fact]:
        named = self._base.world.economies
        return {
            (name, named[n]): self._spanned(
                formulas.WELFARE,
                about | {"economy": named[n], "elasticities": name},
                float(ratios[0, n]),
                ratios[:, n],
            )
            for name, ratios in found.alternatives.items()
            for n in (self._pair.a, self._pair.b)
        }

    def _drivers(self, found: Solved, about: dict[str, str]) -> dict[Way, Fact]:
        """State what moves a member's welfare most when it is at the ends of its range, the widest first."""
        named = self._base.world.economies
        told = {}
        for n in (self._pair.a, self._pair.b):
            widths = {name: abs(float(ends[1, n] - ends[0, n])) for name, ends in found.drivers.items()}
            for name in sorted(widths, key=lambda one: -widths[one])[:DRIVERS]:
                told[named[n], name] = self._spanned(
                    formulas.DRIVER,
                    about | {"economy": named[n], "driver": name},
                    float(found.central.welfare[n]),
                    np.append(found.drivers[name][:, n], found.central.welfare[n]),
                )
        return told

    def _differences(self, found: Solved, first: Solved, about: dict[str, str]) -> dict[str, Fact]:
        named = self._base.world.economies
        told = {}
        for n in (self._pair.a, self._pair.b):
            drawn = 100.0 * (found.draws.welfare[:, n] - first.draws.welfare[:, n])
            told[named[n]] = self._fact(
                formulas.DIFFERENCE,
                about | {"economy": named[n], "against": first.scenario.id},
                100.0 * float(found.central.welfare[n] - first.central.welfare[n]),
                drawn,
            )
        return told

    def _spanned(self, formula: Formula, subject: dict[str, str], ratio: float, ends: Array) -> Fact:
        """State a change whose interval spans a few solutions."""
        interval = Interval(float(ends.min()) - 1.0, float(ends.max()) - 1.0, LEVEL, "scenario range")
        return self._told(formula, subject, ratio - 1.0, interval)

    def _change(self, formula: Formula, subject: dict[str, str], ratio: float, drawn: Array) -> Fact:
        return self._fact(formula, subject, ratio - 1.0, drawn - 1.0)

    def _fact(self, formula: Formula, subject: dict[str, str], value: float, drawn: Array) -> Fact:
        # An answer that turns with what is drawn may lie beyond nine of ten draws at the estimates:
        # the range then reaches to it.
        low, high, value = *ends_of(drawn), float(value)
        interval = Interval(min(low, value), max(high, value), LEVEL, "scenario range")
        return self._told(formula, subject, value, interval)

    def _told(self, formula: Formula, subject: dict[str, str], value: float, interval: Interval) -> Fact:
        interval = Interval(_known(interval.low), _known(interval.high), interval.level, interval.kind)
        return self._say.told(
            formula,
            subject,
            (self._base.year, self._base.year),
            _known(float(value)),
            source=self._say.tables.dataset_of(self._base.reads[0]),
            inputs=self._inputs,
            interval=interval,
            status="simulated",
            note=self._note,
        )


ASSUMED = "errors an assumption of 30 %"
SETS = {
    "estimated": "elasticities of Caliendo and Parro (2015) with their errors, services 5 by convention",
    "uniform": f"one elasticity of 4 (Simonovska and Waugh 2014), {ASSUMED}",
    "short-run": f"one elasticity of 0.76 (Boehm, Levchenko and Pandalai-Nayar 2023), {ASSUMED}",
    "fontagne": f"elasticities of Fontagné, Guimbard and Orefice (2022), services 5, {ASSUMED}",
    "lashkaripour": f"elasticities of Lashkaripour and Lugovskyy (2023), services 5, {ASSUMED}",
}
"""What a set of elasticities is, for the note of every number."""


def rests_on(found: Solved) -> str:
    """Say under which elasticities and which closure a scenario was solved."""
    theta = found.theta
    factor = "" if theta.factor == 1.0 else f", all times {theta.factor:g}"
    own = f", and {len(found.scenario.own)} of the file's own" if found.scenario.own else ""
    kept = f"kept from {theta.least.min():g} to {theta.most.max():g}"
    return f"{SETS[theta.set]}, {kept}{own}{factor}; {found.closure}: {MEANING[found.closure]}"


def _known(change: float) -> float:
    """Return a change, or zero where it is less than what draws settle to."""
    return 0.0 if abs(change) < DRAWN else change


def ends_of(drawn: Array) -> tuple[float, float]:
    """Return the quantiles at the ends of the interval, interpolated as `np.quantile` does.

    A brief states thousands of intervals of some tens of draws, and that function takes ten times as long.
    """
    ordered = np.sort(drawn).tolist()
    last = len(ordered) - 1
    found = []
    for end in ENDS:
        below = int(end * last)
        rest = end * last - below
        found.append(ordered[below] + rest * (ordered[min(below + 1, last)] - ordered[below]))
    return found[0], found[1]


def _exports(flows: Array) -> Array:
    """Return what each economy sells abroad, (n,)."""
    abroad: Array = flows.sum(axis=(0, 2)) - np.einsum("kii->i", flows)
    return abroad
