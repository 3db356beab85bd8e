"""Scenarios of a pair: solved, stated, and refused where the table does not hold an economy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from hikiwake.core.errors import BadUsage, NoData
from hikiwake.dossier.scenarios import Described
from hikiwake.measures.scenario.baseline import Baseline, economies_of, opened
from hikiwake.measures.scenario.described import Offer, put
from hikiwake.measures.scenario.levels import level
from hikiwake.measures.scenario.ready import COMPARABLE, Scenario, ready_made
from hikiwake.measures.scenario.solved import Asked, Solved, pair_of, solved
from hikiwake.measures.scenario.stated import Answers, Teller
from hikiwake.measures.statement import Statements

FEWEST = 20
"""Draws from which on the ends of an interval mean something."""
MOST = 10_000
"""Draws that fit into the memory of a small machine: some 100 KB each of the shipped table."""

Progress = Callable[[str, float], None]


class Told(msgspec.Struct, frozen=True):
    """The answers of some scenarios; `gap` says how exactly all hold, `note` of all what they rest on.

    `checks` are the residuals of all conditions by scenario and condition; `left_out` says of the scenarios
    that could not be put on the data why.
    """

    answers: tuple[Answers, ...]
    base: Baseline
    note: str
    gap: float
    checks: dict[str, dict[str, float]]
    left_out: dict[str, str] = {}


class Solver:
    """Solves a pair's scenarios on one baseline, each when it is asked for."""

    def __init__(
        self,
        say: Statements,
        a: str,
        b: str,
        offer: Offer | None,
        asked: Asked,
        last: int | None = None,
    ) -> None:
        if asked.draws < FEWEST:
            raise BadUsage(
                where=f"{asked.draws} draws",
                why="an interval needs more draws of the elasticities",
                remedy=f"Ask for {FEWEST} or more; 200 give ends that hardly move.",
            )
        if asked.draws > MOST:
            raise BadUsage(
                where=f"{asked.draws} draws",
                why=f"more than {MOST} are not kept at once",
                remedy="Ask for fewer; 1000 give ends to three digits.",
            )
        if asked.seed < 0:
            raise BadUsage(
                where=f"seed {asked.seed}", why="draws begin at no negative number", remedy="Say 1."
            )
        self._say = say
        self.offer = Offer(ready_made(a, b)) if offer is None else offer
        self.base = base_of(say, a, b, last)
        self.asked = asked
        world = self.base.world
        self.pair = pair_of(world.place(a), world.place(b), len(world.economies))
        self.teller = Teller(say, self.base, self.pair, asked)

    def placed(self, name: str) -> Scenario:
        """Return a scenario put on the baseline."""
        return self.placed_as(name, self.offer.named(name))

    def placed_as(self, name: str, written: Described) -> Scenario:
        """Return a scenario put on the baseline."""
        return put(name, written, self.offer.groups, self.base, partial(level, self._say))

    def solved(self, scenario: Scenario, progress: Callable[[int, int], None] | None = None) -> Solved:
        """Solve a scenario, with its name in what goes wrong."""
        return solved(self.base.world, scenario, self.pair, self.asked, progress)


def scenarios(  # noqa: PLR0913  (the pair, what is asked, how often)
    say: Statements,
    a: str,
    b: str,
    names: Sequence[str] = (),
    *,
    where_possible: Sequence[str] = (),
    offer: Offer | None = None,
    asked: Asked,
    against: str | None = None,
    last: int | None = None,
    progress: Progress | None = None,
) -> Told:
    """Solve and state scenarios of a pair, all or those named: the ready-made, or those on offer.

    Those `where_possible` are told of beside the named ones, unless the data do not allow them. With
    `against`, the name of one of them, the differences of the others from it are stated too, draw by draw.
    `last` is the last year that a reader may see.

    Raises
    ------
    NoData
        If the vintage has no inter-country table, or the table does not hold an economy.
    BadUsage
        If there is no scenario of a name, or the draws are too few for an interval.
    """
    solver = Solver(say, a, b, offer, asked, last)
    for name in (*names, *((against,) if against else ())):
        solver.offer.named(name)
    first_of_all = (against,) if against else ()
    wanted = list(dict.fromkeys((*first_of_all, *(names or solver.offer.written), *where_possible)))
    placed, left_out = [], {}
    for name in wanted:
        try:
            placed.append(solver.placed(name))
        except NoData as fault:
            required = name in names or name == against or offer is not None
            if name not in where_possible and (required or name != COMPARABLE):
                raise
            left_out[name] = fault.why
    told: list[Answers] = []
    checks: dict[str, dict[str, float]] = {}
    first: Solved | None = None
    for number, scenario in enumerate(placed):

        def tell(done: int, of: int, number: int = number, name: str = scenario.id) -> None:
            if progress is not None:
                progress(f"scenario {name}", (number + done / of) / len(placed))

        found = solver.solved(scenario, tell)
        checks[scenario.id] = checks_of(found)
        told.append(solver.teller.answers(found, first))
        if against and first is None:
            first = found
    gap = max(max(one.values()) for one in checks.values())
    return Told(tuple(told), solver.base, solver.teller.note, gap, checks, left_out)


def checks_of(found: Solved) -> dict[str, float]:
    """Return how exactly each condition of an equilibrium holds, and the draws' largest gap."""
    central = found.central.check
    return {
        "prices": central.prices,
        "spending": central.spending,
        "labour": central.labour,
        "world": central.world,
        "limits": central.limits,
        "draws and variants": found.residual if found.residual > central.largest else found.draws.residual,
    }


def base_of(say: Statements, a: str, b: str, last: int | None = None) -> Baseline:
    """Return the latest baseline of the vintage, of a year up to `last`.

    Raises
    ------
    NoData
        If the vintage holds no table for one, or the table does not hold an economy.
    """
    found = opened(say.tables, last)
    if found is None:
        raise NoData(
            where="scenarios",
            why="these data hold no table of trade between industries",
            remedy="Use the shipped data, or a vintage with a table `intercountry_flows` or `trade_matrix`.",
        )
    held = economies_of(say.tables, found)
    for economy in (a, b):
        if economy not in held:
            raise NoData(
                where=f"scenarios of {economy}",
                why=f"the table of {found.year} holds {len(held)} economies, and this is none of them",
                remedy=f"Choose two of: {', '.join(held)}.",
            )
    return found.made(say.tables)
