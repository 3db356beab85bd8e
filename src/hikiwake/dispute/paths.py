"""From today to each settlement: the shortest ways, and who would have to move against its own ranking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Literal

import msgspec

from hikiwake.core.errors import BadInput
from hikiwake.dispute.arcs import Arcs
from hikiwake.dispute.coalitions import CoalitionSolution
from hikiwake.dispute.game import Game
from hikiwake.dispute.routes import NEVER, Move, Routes

Mode = Literal["moves", "improvements", "joint"]
LISTED = 20
"""Shortest ways that are listed; all are counted."""


class Way(msgspec.Struct, frozen=True):
    """One way from the status quo.

    moves : in order. A joint move has its members' ids joined by +.
    against : positions in `moves` where whoever moves (for a joint move, some member) likes the next state
        less.
    steps : for each joint move, the members' own moves that make it up; empty for others.
    """

    moves: tuple[Move, ...]
    against: tuple[int, ...]
    steps: tuple[tuple[Move, ...], ...]


class Reach(msgspec.Struct, frozen=True):
    """How a state can be reached from the status quo.

    mode : by any legal moves, by improvements of whoever moves, or by improvements of single decision makers
        and of coalitions.
    length : the least number of moves; 0 is the status quo itself, None says that there is no way.
    number : of shortest ways; `ways` lists twenty of them, those with fewest moves against the mover's
        ranking first, then those of the smallest coalitions.
    first_against : who on every shortest way is the first to move to something it likes less; of several
        ways with different first movers, all. Empty if some way needs nobody to.
    """

    target: int
    mode: Mode
    length: int | None
    number: int
    ways: tuple[Way, ...]
    first_against: tuple[str, ...]


class StatusQuo(msgspec.Struct, frozen=True):
    """What can come of the status quo.

    reaches : for each target, in each mode.
    reachable : for each mode the states that can be reached at all, the status quo left out.
    """

    start: int
    reaches: tuple[Reach, ...]
    reachable: dict[Mode, tuple[int, ...]]

    def reach(self, target: int, mode: Mode) -> Reach:
        """Return how a target is reached in a mode.

        Raises
        ------
        BadInput
            If it is none of the targets.
        """
        for found in self.reaches:
            if (found.target, found.mode) == (target, mode):
                return found
        raise BadInput(
            where="target", why=f"state {target} was not asked for", remedy="Name it among the targets."
        )


def paths(game: Game, targets: Iterable[int], coalitions: CoalitionSolution | None = None) -> StatusQuo:
    """Find the shortest ways from the status quo to each target.

    Parameters
    ----------
    targets : states, such as the equilibria.
    coalitions : the coalitions whose joint improvements count; without, only single improvements do and the
        mode `joint` is left out.

    Raises
    ------
    BadInput
        If the dispute has no status quo, or a target does not exist.
    """
    start = game.status_quo
    if start is None:
        raise BadInput(where="dispute.status_quo", why="there is none", remedy="Say which state is today's.")
    ranks = {who: order.ranks for who, order in zip(game.who, game.orderings, strict=True)}
    plain = dict(zip(game.who, game.arcs, strict=True))
    movers: dict[Mode, Mapping[str, Arcs]] = {
        "moves": plain,
        "improvements": {who: own.improving(ranks[who]) for who, own in plain.items()},
    }
    if coalitions is not None:
        movers["joint"] = {
            "+".join(group): own
            for group, own in zip(coalitions.groups, coalitions.improvements, strict=True)
        }
    routes = {mode: Routes(arcs, start, game.states) for mode, arcs in movers.items()}
    wanted = list(dict.fromkeys(targets))
    game.need(*wanted)
    return StatusQuo(
        start,
        tuple(_reach(game, routes[mode], target, mode) for target in wanted for mode in movers),
        {
            mode: tuple(state for state in found.reached().tolist() if state != start)
            for mode, found in routes.items()
        },
    )


def _reach(game: Game, routes: Routes, target: int, mode: Mode) -> Reach:
    if target == routes.start:
        return Reach(target, mode, 0, 1, (Way((), (), ()),), ())
    length = routes.distance(target)
    if length == NEVER:
        return Reach(target, mode, None, 0, (), ())
    ways = [_way(game, moves) for moves in islice(routes.ways(target), LISTED * LISTED)]
    ways.sort(key=lambda way: (len(way.against), sum(len(_members(game, m.who)) for m in way.moves)))
    first: dict[str, None] = {}
    if all(way.against for way in ways):
        first = dict.fromkeys(way.moves[way.against[0]].who for way in ways)
    return Reach(target, mode, length, routes.number(target), tuple(ways[:LISTED]), tuple(first))


def _way(game: Game, moves: tuple[Move, ...]) -> Way:
    against = []
    steps = []
    for number, move in enumerate(moves):
        members = _members(game, move.who)
        if any(game.orderings[i].ranks[move.end] < game.orderings[i].ranks[move.start] for i in members):
            against.append(number)
        inner: tuple[Move, ...] = ()
        if len(members) > 1:
            arcs = {game.who[i]: game.arcs[i] for i in members}
            within = Routes(arcs, move.start, game.states)
            inner = within.way(move.end) if within.reaches(move.end) else ()
        steps.append(inner)
    return Way(moves, tuple(against), tuple(steps))


def _members(game: Game, who: str) -> list[int]:
    if who in game.who:
        return [game.who.index(who)]
    return [game.who.index(name) for name in who.split("+")]
