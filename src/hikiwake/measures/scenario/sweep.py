"""One scenario over a range of one of its numbers: a curve with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from hikiwake.core.errors import BadUsage
from hikiwake.core.provenance import Fact
from hikiwake.dossier.scenarios import Described, scenario_faults
from hikiwake.measures.scenario.baseline import Baseline
from hikiwake.measures.scenario.coverage import Progress, Solver
from hikiwake.measures.scenario.described import Offer
from hikiwake.measures.scenario.solved import Asked
from hikiwake.measures.scenario.stated import Way
from hikiwake.measures.statement import Statements

ELASTICITY = "elasticity"
"""The parameter that multiplies all trade elasticities."""
SWEPT = ("cost", "effect", "leakage", "tariff", "limit", "productivity", "transfer")
MOST_STEPS = 200


class Step(msgspec.Struct, frozen=True):
    """What the scenario changes at one value of the parameter, with intervals."""

    value: float
    welfare: dict[str, Fact]
    trade: dict[Way, Fact]


class Swept(msgspec.Struct, frozen=True):
    """A scenario over a range of a parameter; `gap` says how exactly all equilibria hold."""

    scenario: str
    title: str
    parameter: str
    steps: tuple[Step, ...]
    base: Baseline
    note: str
    gap: float


def sweep(  # noqa: PLR0913  (the pair, what is swept, over what)
    say: Statements,
    a: str,
    b: str,
    scenario: str,
    parameter: str,
    values: Sequence[float],
    *,
    shock: int | None = None,
    offer: Offer | None = None,
    asked: Asked,
    progress: Progress | None = None,
) -> Swept:
    """Solve a scenario at each of some values of a parameter.

    Parameters
    ----------
    parameter : a number of the scenario's shocks, one of `SWEPT`, or `elasticity`, a factor on all of them.
    shock : the number of the one shock that it is changed in, from 1; None: in all that have it.

    Raises
    ------
    BadUsage
        If no shock has the parameter, a value is none that it may take, or there are too many.
    """
    if not 1 <= len(values) <= MOST_STEPS:
        raise BadUsage(
            where=f"{len(values)} values",
            why=f"a sweep has from 1 to {MOST_STEPS} steps",
            remedy="Choose a number of steps in that range.",
        )
    solver = Solver(say, a, b, offer, msgspec.structs.replace(asked, beside=(), drivers=()))
    written = solver.offer.named(scenario)
    if parameter == ELASTICITY and min(values) <= 0.0:
        raise BadUsage(
            where=f"elasticity {min(values):g}",
            why="a factor on the elasticities is above zero",
            remedy="Write 0.5 for half of each.",
        )
    steps, gap = [], 0.0
    for number, value in enumerate(values):

        def tell(done: int, of: int, number: int = number, value: float = value) -> None:
            if progress is not None:
                progress(f"{scenario}, {parameter} {value:g}", (number + done / of) / len(values))

        if parameter == ELASTICITY:
            solver.asked = msgspec.structs.replace(solver.asked, factor=asked.factor * value)
            at = written
        else:
            at = _at(written, scenario, parameter, value, shock, solver.offer)
        found = solver.solved(solver.placed_as(scenario, at), tell)
        gap = max(gap, found.residual)
        subject = {"parameter": parameter, "at": f"{value:g}"}
        welfare, trade = solver.teller.brief_of(found, subject)
        steps.append(Step(value, welfare, trade))
    return Swept(scenario, written.title, parameter, tuple(steps), solver.base, solver.teller.note, gap)


def evenly(first: float, last: float, steps: int) -> tuple[float, ...]:
    """Return evenly spaced values, both ends included, without the noise of rounding.

    Raises
    ------
    BadUsage
        If an end is not finite.
    """
    if not (math.isfinite(first) and math.isfinite(last)):
        raise BadUsage(
            where=f"{first:g} to {last:g}",
            why="the ends of a range must be finite numbers",
            remedy="For an embargo sweep `leakage` down to 0.",
        )
    return tuple(float(f"{value:.12g}") for value in np.linspace(first, last, steps))


def _at(
    written: Described, scenario: str, parameter: str, value: float, only: int | None, offer: Offer
) -> Described:
    """Return a scenario with a number changed, checked as if it were written so."""
    if parameter not in SWEPT:
        raise BadUsage(
            where=f"parameter {parameter!r}",
            why="no shock has a number of this name",
            remedy=f"Choose one of: {', '.join((*SWEPT, ELASTICITY))}.",
        )
    changed = []
    found = False
    for number, shock in enumerate(written.shocks, start=1):
        has: bool = shock.embargo if parameter == "leakage" else getattr(shock, parameter) is not None
        if has and only in (None, number):
            # The value is what is asked about: it has no distribution of its own any more.
            new: dict[str, Any] = {parameter: value, "error": 0.0}
            new |= {"low": None, "high": None, "distribution": None}
            shock = msgspec.structs.replace(shock, **new)  # noqa: PLW2901
            found = True
        changed.append(shock)
    if not found:
        where = "no shock" if only is None else f"shock {only} (there are {len(written.shocks)}, and it)"
        lacks = {"leakage": "is an embargo"}.get(parameter, f"has a `{parameter}`")
        known = {"leakage" if one.embargo else one.change for one in written.shocks} & set(SWEPT)
        raise BadUsage(
            where=f"scenario {scenario!r}",
            why=f"{where} {lacks}",
            remedy=f"Choose one of: {', '.join((*sorted(known), ELASTICITY))}.",
        )
    made = msgspec.structs.replace(written, based_on="", shocks=tuple(changed))
    tree = msgspec.json.decode(msgspec.json.encode({scenario: made}))
    sources = [source for shock in changed for source in shock.sources]
    sources += [source for theta in made.thetas for source in theta.sources]
    for fault in scenario_faults(tree, offer.groups, sources):
        raise BadUsage(where=f"{parameter} {value:g}", why=fault.reason, remedy=fault.remedy)
    return made
