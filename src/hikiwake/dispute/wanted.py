"""What preferences must be like for a wanted state to be an equilibrium: conditions, counts, places.

Inverse analysis (Kinsara, Kilgour & Hipel 2015, IEEE Transactions on Systems, Man, and Cybernetics 45): not
one preference but all that would do.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations

import msgspec
import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput
from hikiwake.dispute.edits import MOST_NODES, MOST_NUMBERS, equilibria_of
from hikiwake.dispute.game import Game
from hikiwake.dispute.routes import Routes
from hikiwake.dispute.stability import Concept, stable_alone

MOST_MOVABLE = 8
"""Movable states of one decision maker up to which all rankings are tried."""
MOST_JOINT = 600_000
"""Joint rankings of several decision makers that are all tried under SEQ."""
DRAWN = 20_000
"""Rankings drawn where there are too many to try all."""
Z95 = 1.959963984540054


class Alternative(msgspec.Struct, frozen=True):
    """A sanction that would deter: the state must be as good as its `end`, and as each of `counters`.

    counters : under SMR what the decision maker could do next; empty under the others.
    met : whether that is so as the dispute is written.
    """

    end: int
    counters: tuple[int, ...]
    met: bool


class Condition(msgspec.Struct, frozen=True):
    """The wanted state must be at least as good for `who` as `exit`, or one of the alternatives must hold.

    met : whether it is met as the dispute is written.
    better : whether `exit` is better than the wanted state as the dispute is written.
    """

    who: str
    exit: int
    better: bool
    alternatives: tuple[Alternative, ...]
    met: bool


class Count(msgspec.Struct, frozen=True):
    """How many rankings make the wanted state an equilibrium.

    total : rankings there are. working : of them, exactly; None if they were sampled.
    share : of those that work, with `low` and `high` its 95 % interval (Wilson 1927) if sampled.
    """

    total: int
    working: int | None
    share: float
    low: float
    high: float


def conditions(game: Game, target: int, concept: Concept) -> tuple[Condition, ...]:
    """Return what must hold of each decision maker's preference: all conditions together.

    Under SEQ the sanctions are those that are credible by the others' preferences as they are written.
    """
    game.need(target)
    out = []
    for i, who in enumerate(game.who):
        row = game.orderings[i].ranks
        movers = {
            game.who[j]: own.improving(game.orderings[j].ranks) if concept == "seq" else own
            for j, own in enumerate(game.arcs)
            if j != i
        }
        for exit_ in game.arcs[i].ends(target).tolist():
            found: list[Alternative] = []
            if concept != "nash":
                for end in Routes(movers, exit_, game.states).reached().tolist():
                    counters = tuple(game.arcs[i].ends(end).tolist()) if concept == "smr" else ()
                    met = all(row[state] <= row[target] for state in (end, *counters))
                    found.append(Alternative(end, counters, met))
            better = bool(row[exit_] > row[target])
            met = not better or any(each.met for each in found)
            out.append(Condition(who, exit_, better, tuple(found), met))
    return tuple(out)


def places_to_raise(game: Game, target: int) -> dict[str, int]:
    """Return for each decision maker how many states the wanted one must overtake to be a Nash equilibrium.

    It is raised to the place of the best state that the decision maker could move to, above all that stand
    between and beside it. This is an upper bound of the distance to the nearest ranking that works: lowering
    the rivals instead can take fewer exchanges.
    """
    game.need(target)
    out = {}
    for who, own, order in zip(game.who, game.arcs, game.orderings, strict=True):
        row = order.ranks
        best = row[own.ends(target)].max(initial=row[target])
        out[who] = int(((row > row[target]) & (row <= best)).sum())
    return out


def count_rankings(game: Game, target: int, concept: Concept, movable: Mapping[str, Sequence[int]]) -> Count:
    """Count the rankings under which a wanted state is an equilibrium.

    Parameters
    ----------
    movable : for each decision maker whose ranking is open the states that exchange places, in all ways;
        places that are tied stay tied. All else stays as it is written.

    Returns
    -------
    Exact for up to eight movable states of each decision maker (and, under SEQ, up to 300,000 rankings of
    all together); else from 20,000 rankings drawn with a fixed seed.

    Raises
    ------
    BadInput
        If a decision maker or a state does not exist, or nothing is movable.
    """
    chosen = {game.maker(who): list(dict.fromkeys(states)) for who, states in movable.items() if len(states)}
    if not chosen:
        raise BadInput(
            where="movable",
            why="no state is movable",
            remedy="Name the positions of states whose ranks are open.",
        )
    game.need(target, *(state for states in chosen.values() for state in states))
    total = math.prod(_number(game.orderings[i].ranks[states]) for i, states in chosen.items())
    ways = max(_number(game.orderings[i].ranks[states]) for i, states in chosen.items())
    all_small = max(map(len, chosen.values())) <= MOST_MOVABLE and ways * game.states <= MOST_NUMBERS
    if all_small and concept != "seq":
        working = _apart(game, target, concept, chosen)
    elif all_small and total <= MOST_JOINT:
        working = _together(game, target, concept, _every(game, chosen, total))
    else:
        hits = _together(game, target, concept, _drawn(game, chosen))
        low, high = _wilson(hits, DRAWN)
        return Count(total, None, hits / DRAWN, low, high)
    return Count(total, working, working / total, working / total, working / total)


def _number(ranks: NDArray[np.int32]) -> int:
    """Different ways of giving these ranks to as many states."""
    ways = math.factorial(len(ranks))
    for times in Counter(ranks.tolist()).values():
        ways //= math.factorial(times)
    return ways


def _arrangements(game: Game, i: int, states: Sequence[int]) -> NDArray[np.int32]:
    """All rows of ranks in which some states exchange their ranks, (ways, states)."""
    row = game.orderings[i].ranks
    ways = np.array(list(dict.fromkeys(permutations(row[list(states)].tolist()))), dtype=np.int32)
    out = np.repeat(row[None], len(ways), axis=0)
    out[:, states] = ways
    return out


def _apart(game: Game, target: int, concept: Concept, chosen: Mapping[int, Sequence[int]]) -> int:
    """Count each decision maker's rankings by themselves; the others' do not matter."""
    working = 1
    for i in range(len(game.who)):
        rows = _arrangements(game, i, chosen[i]) if i in chosen else game.orderings[i].ranks[None]
        found = 0
        at_once = _at_once(game)
        for first in range(0, len(rows), at_once):
            part = rows[first : first + at_once]
            arcs = [own.copies(len(part)) for own in game.arcs]
            stable = stable_alone(arcs, i, part.reshape(-1), concept)
            found += int(stable.reshape(len(part), -1)[:, target].sum())
        working *= found
    return working


def _every(game: Game, chosen: Mapping[int, Sequence[int]], total: int) -> Iterator[NDArray[np.int32]]:
    """All joint rankings, some at a time: (rankings, decision makers, states)."""
    rows = {i: _arrangements(game, i, states) for i, states in chosen.items()}
    at_once = _at_once(game)
    for first in range(0, total, at_once):
        rest = np.arange(first, min(first + at_once, total))
        ranks = np.repeat(game.ranks[None], len(rest), axis=0)
        for i, part in rows.items():
            rest, number = np.divmod(rest, len(part))
            ranks[:, i] = part[number]
        yield ranks


def _drawn(game: Game, chosen: Mapping[int, Sequence[int]]) -> Iterator[NDArray[np.int32]]:
    chance = np.random.default_rng(1)
    at_once = _at_once(game)
    for first in range(0, DRAWN, at_once):
        ranks = np.repeat(game.ranks[None], min(at_once, DRAWN - first), axis=0)
        for i, states in chosen.items():
            ranks[:, i, states] = chance.permuted(ranks[:, i, states], axis=1)
        yield ranks


def _at_once(game: Game) -> int:
    """Rankings that are solved together."""
    return max(1, MOST_NODES // (game.states * len(game.who)))


def _together(game: Game, target: int, concept: Concept, rankings: Iterator[NDArray[np.int32]]) -> int:
    return sum(int(equilibria_of(game, part, (concept,))[concept][:, target].sum()) for part in rankings)


def _wilson(hits: int, drawn: int) -> tuple[float, float]:
    share, square = hits / drawn, Z95 * Z95 / drawn
    middle = (share + square / 2) / (1 + square)
    half = Z95 / (1 + square) * math.sqrt(share * (1 - share) / drawn + square / (4 * drawn))
    return max(0.0, middle - half), min(1.0, middle + half)
