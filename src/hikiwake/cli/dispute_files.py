"""Disputes written to files: a picture of the moves, and tables and graphs for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from hikiwake.cli.dispute_outlook import CONCEPT_NAMES
from hikiwake.dispute import CONCEPTS, Game, Reason, Solution, explain, inverse, paths, solve
from hikiwake.dispute.naming import decision_makers
from hikiwake.dossier.disputes import Model
from hikiwake.render.movegraph import Card, Line, Picture
from hikiwake.sections.dispute import wording

CARDS = 8
"""States in a picture: more cannot be read."""
SEARCHED = 512
"""States up to which least changes are looked for; the picture of a larger dispute does without."""


def picture(held: Model, game: Game) -> Picture:
    """Return the states that matter and the moves between them.

    These are today's state, what is stable for all, a state of each wanted outcome with what its sides would
    rather do, and what lies on the shortest way there.
    """
    found = solve(game)
    chosen = _matter(held, game, found)
    columns = _columns(game, chosen)
    cards = tuple(
        Card(
            _heading(held, game, found, state),
            _differences(game, state),
            columns[state],
            state in found.equilibria("nash"),
        )
        for state in chosen
    )
    makers = tuple(_capital(one.name or one.id) for one in decision_makers(game.form))
    note = (
        "Bold arrows: moves that are better for whoever makes them. Thin lines: possible, for no gain. "
        "Heavy frames: stable for all (Nash)."
    )
    rest = tuple(_rest(game, found, chosen))
    lines = tuple(_lines(game, chosen))
    return Picture(f"{held.title}: {_finding(game, found)}", cards, lines, makers, note, rest)


def _finding(game: Game, found: Solution) -> str:
    """Say what of the picture is the finding: whether today's state is one that nobody would leave."""
    stable, of = found.equilibria("nash"), f"of {game.states:,} states"
    if not stable:
        return f"somebody would leave each {of}"
    number = f"{len(stable)} {of}"
    if game.status_quo is None:
        return f"nobody would leave {number}"
    if game.status_quo not in stable:
        return f"somebody would leave today's state; nobody would leave {number}"
    only = len(stable) == 1
    return f"nobody would leave today's state, {f'alone {of}' if only else f'one of {number} that are so'}"


def _rest(game: Game, found: Solution, chosen: list[int]) -> Iterable[str]:
    """Say of the states without a card, in groups of those that are stable alike, how many there are."""
    groups: dict[tuple[str, ...], list[int]] = {}
    equilibria = {concept: set(found.equilibria(concept)) for concept in CONCEPTS}
    for state in sorted(set(range(game.states)) - set(chosen)):
        stable = tuple(CONCEPT_NAMES[concept] for concept in CONCEPTS if state in equilibria[concept])
        groups.setdefault(stable, []).append(state)
    makers = [one.name or one.id for one in decision_makers(game.form)]
    for stable, states in sorted(groups.items(), key=lambda group: (-len(group[0]), len(group[1]))):
        leaving = (~found.stable["nash"][:, states]).sum(axis=1).tolist()
        would = ", ".join(
            f"{name} in {number}" for name, number in zip(makers, leaving, strict=True) if number
        )
        what = f"stable for all under {', '.join(stable)}" if stable else "stable for all under no concept"
        more = f"; by leaving would gain, if nobody answered: {would}" if would else ""
        yield f"Not drawn: {len(states)} of {game.states} states, {what}{more}."


def picture_json(drawn: Picture) -> dict[str, Any]:
    """Return a picture as data: its cards, and the moves between them with whether they are better."""
    return {
        "title": drawn.title,
        "note": drawn.note,
        "not_drawn": list(drawn.rest),
        "decision_makers": list(drawn.makers),
        "states": [card._asdict() for card in drawn.cards],
        "moves": [{**line._asdict(), "maker": drawn.makers[line.maker]} for line in drawn.lines],
    }


def _matter(held: Model, game: Game, found: Solution) -> list[int]:
    chosen: list[int] = [] if game.status_quo is None else [game.status_quo]
    for outcome in held.asked.wanted:
        states = [int(state) for state in game.where(outcome.holds)]
        best = nearest(game, found, states)
        if game.status_quo is not None:
            way = paths(game, (best,)).reach(best, "moves")
            if way.ways:
                chosen += [move.end for move in way.ways[0].moves]
        chosen.append(best)
        reasons: Iterable[Reason] = (explain(game, "nash", who, best) for who in game.who)
        chosen += [reason.exits[0].to for reason in reasons if reason.exits]
    support = {
        state: sum(state in found.equilibria(concept) for concept in CONCEPTS)
        for concept in CONCEPTS
        for state in found.equilibria(concept)
    }
    stable = sorted(support, key=lambda state: (-support[state], state))
    chosen += stable
    if game.status_quo is not None:
        ways = paths(game, stable[:CARDS])
        for state in stable[:CARDS]:
            found_ways = ways.reach(state, "improvements").ways or ways.reach(state, "moves").ways
            chosen += [move.end for move in found_ways[0].moves] if found_ways else []
    return list(dict.fromkeys(chosen))[:CARDS] or list(range(min(CARDS, game.states)))


def nearest(game: Game, found: Solution, states: list[int]) -> int:
    """Return the wanted state that the least changes of preferences make stable, if the dispute is small."""
    least = inverse(game, states) if game.states <= SEARCHED else None
    if least is not None and least.changes:
        return least.changes[0].states[0]
    return max(states, key=lambda state: (int(found.stable["nash"][:, state].sum()), -state))


def _columns(game: Game, chosen: list[int]) -> dict[int, int]:
    """Return for each state its number of moves from today; without today, its place in the list."""
    if game.status_quo is None:
        return {state: place % 3 for place, state in enumerate(chosen)}
    ways = paths(game, chosen)
    lengths = {state: ways.reach(state, "moves").length for state in chosen}
    last = max((length for length in lengths.values() if length is not None), default=0) + 1
    return {state: last if length is None else length for state, length in lengths.items()}


def _lines(game: Game, chosen: list[int]) -> Iterable[Line]:
    for maker, (arcs, order) in enumerate(zip(game.arcs, game.orderings, strict=True)):
        ends = {state: set(arcs.ends(state).tolist()) for state in chosen}
        for place, one in enumerate(chosen):
            for later, other in enumerate(chosen[place + 1 :], place + 1):
                there, back = other in ends[one], one in ends[other]
                if there or back:
                    rise = int(order.ranks[other]) - int(order.ranks[one])
                    yield Line(maker, place, later, there and rise > 0, back and rise < 0)


def _heading(held: Model, game: Game, found: Solution, state: int) -> str:
    names = [
        outcome.name or outcome.id for outcome in held.asked.wanted if state in game.where(outcome.holds)
    ]
    name = "today" if state == game.status_quo else names[0] if names else f"no. {state + 1}"
    stable = [CONCEPT_NAMES[concept] for concept in CONCEPTS if state in found.equilibria(concept)]
    return f"{name[:1].upper()}{name[1:]}" + (f" ({', '.join(stable)})" if stable else "")


def _differences(game: Game, state: int) -> tuple[str, ...]:
    if game.status_quo is None or state == game.status_quo or not len(game.codes):
        return tuple(map(_capital, wording.state(game, state).text.split("; ")))
    return tuple(map(_capital, wording.differences(game, game.status_quo, state)))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def table(game: Game) -> str:
    """Return every state as a row of CSV: its label, each side's rank (1 is best), and what is stable."""
    found = solve(game)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["number", "state", *(f"rank {who}" for who in game.who), *(f"stable {name}" for name in CONCEPTS)]
    )
    places = [_places(order.ranks) for order in game.orderings]
    for state, label in enumerate(game.labels):
        stable = [int(state in found.equilibria(concept)) for concept in CONCEPTS]
        writer.writerow([state + 1, _plain(label), *(int(row[state]) for row in places), *stable])
    return out.getvalue()


def graphml(game: Game) -> str:
    """Return states and moves as GraphML, each move with its decision maker and whether it is better."""
    found = solve(game)
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
        '<key id="label" for="node" attr.name="label" attr.type="string"/>',
        '<key id="stable" for="node" attr.name="stable" attr.type="string"/>',
        '<key id="who" for="edge" attr.name="decision maker" attr.type="string"/>',
        '<key id="better" for="edge" attr.name="improvement" attr.type="boolean"/>',
        '<graph id="moves" edgedefault="directed">',
    ]
    for state, label in enumerate(game.labels):
        stable = ",".join(concept for concept in CONCEPTS if state in found.equilibria(concept))
        parts.append(
            f'<node id="s{state + 1}"><data key="label">{escape(label)}</data>'
            f'<data key="stable">{stable}</data></node>'
        )
    for who, arcs, order in zip(game.who, game.arcs, game.orderings, strict=True):
        better = order.ranks[arcs.targets] > order.ranks[arcs.sources]
        for source, target, gain in zip(
            arcs.sources.tolist(), arcs.targets.tolist(), better.tolist(), strict=True
        ):
            parts.append(
                f"<edge source={quoteattr(f's{source + 1}')} target={quoteattr(f's{target + 1}')}>"
                f'<data key="who">{escape(who)}</data><data key="better">{str(gain).lower()}</data></edge>'
            )
    return "\n".join([*parts, "</graph>", "</graphml>", ""])


def _places(ranks: np.ndarray) -> np.ndarray:
    """Return places from 1, the best first, equals sharing one."""
    values = np.unique(ranks)[::-1]
    return np.searchsorted(-values, -ranks) + 1


def _plain(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text
