"""Scenarios of a pair: solved, stated, and refused where the table does not hold an economy."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from hikiwake.core.errors import BadUsage, NoData
from hikiwake.measures.intermediate.table import economies_in, latest_year
from hikiwake.measures.scenario.baseline import RULE, Baseline, baseline
from hikiwake.measures.scenario.elasticities import Elasticities, elasticities
from hikiwake.measures.scenario.formulas import READS
from hikiwake.measures.scenario.ready import Scenario, ready_made
from hikiwake.measures.scenario.solved import LEVEL, Draws, pair_of, solved
from hikiwake.measures.scenario.stated import Answers, Teller
from hikiwake.measures.statement import Statements

FEWEST = 20
"""Draws from which on the ends of an interval mean something."""

Progress = Callable[[str, float], None]


class Told(msgspec.Struct, frozen=True):
    """The answers of some scenarios; `note` says of all what they rest on, `gap` how exactly they hold."""

    answers: tuple[Answers, ...]
    base: Baseline
    note: str
    gap: float


def scenarios(  # noqa: PLR0913  (the pair, what is asked, how often)
    say: Statements,
    a: str,
    b: str,
    names: Sequence[str] = (),
    *,
    described: Callable[[Baseline], tuple[Scenario, ...]] | None = None,
    draws: int,
    seed: int,
    progress: Progress | None = None,
) -> Told:
    """Solve and state scenarios of a pair, all or those named: the ready-made, or those `described` gives.

    Raises
    ------
    NoData
        If the vintage has no inter-country table, or the table does not hold an economy.
    BadUsage
        If there is no scenario of a name, or the draws are too few for an interval.
    """
    base = _base(say, a, b)
    world = base.world
    pair = pair_of(world.place(a), world.place(b), len(world.economies))
    offered = ready_made(pair.a, pair.b) if described is None else described(base)
    known = {scenario.id: scenario for scenario in offered}
    for name in names:
        if name not in known:
            raise BadUsage(
                where=f"scenario {name!r}",
                why="there is no scenario of this name",
                remedy=f"Choose one of: {', '.join(known)}.",
            )
    if draws < FEWEST:
        raise BadUsage(
            where=f"{draws} draws",
            why="an interval needs more draws of the elasticities",
            remedy=f"Ask for {FEWEST} or more; 200 give ends that hardly move.",
        )
    theta = elasticities([industry.code for industry in base.industries])
    note = _note(base, theta, draws, seed)
    teller = Teller(say, base, theta, pair, note)
    drawn = Draws(theta.draws(draws, seed), seed)
    chosen = [known[name] for name in names or known]
    told, gap = [], 0.0
    for number, scenario in enumerate(chosen):

        def tell(done: int, of: int, number: int = number, name: str = scenario.id) -> None:
            if progress is not None:
                progress(f"scenario {name}", (number + done / of) / len(chosen))

        found = solved(base, theta, scenario, pair, drawn, tell)
        told.append(teller.answers(found))
        gap = max(gap, found.residual)
    return Told(tuple(told), base, note, gap)


def _base(say: Statements, a: str, b: str) -> Baseline:
    tables = say.tables
    year = latest_year(tables, None) if all(tables.has(name) for name in READS) else None
    if year is None:
        raise NoData(
            where="scenarios",
            why="these data hold no table of trade between industries",
            remedy="Use the shipped data, or a vintage with the tables icio_*.",
        )
    held = economies_in(tables, year)
    for economy in (a, b):
        if economy not in held:
            raise NoData(
                where=f"scenarios of {economy}",
                why=f"the table of {year} holds {len(held)} economies, and this is none of them",
                remedy=f"Choose two of: {', '.join(held)}.",
            )
    return say.once(("scenario baseline", year), lambda: baseline(tables, year))


def _note(base: Baseline, theta: Elasticities, draws: int, seed: int) -> str:
    return (
        f"simulated; {RULE}; {base.at_home} industries that sell to no industry sell at home, "
        f"{base.scaled} with inputs above output are scaled; elasticities of Caliendo and Parro (2015) with "
        f"their errors, services {theta.theta[-1]:g} by convention, all kept from {theta.least:g} to "
        f"{theta.most:g}; interval: {LEVEL:.0%} of {draws} draws, seed {seed}"
    )
