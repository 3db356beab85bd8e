"""Disputes as text and as JSON: what a terminal and a program read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from hikiwake.cli.dispute_model import notes
from hikiwake.cli.dispute_outlook import CONCEPT_NAMES, Outlook
from hikiwake.core.document import Prose
from hikiwake.core.provenance import Ledger
from hikiwake.dispute import (
    COALITION_CONCEPTS,
    CONCEPTS,
    Condition,
    Count,
    Game,
    Inverse,
    Move,
    OptionForm,
    Sensitivity,
    Solution,
    StatusQuo,
    places_to_raise,
    solve_coalitions,
)
from hikiwake.dispute.naming import decision_makers
from hikiwake.dossier.disputes import Model
from hikiwake.sections.dispute import wording

MOST_ANSWERS = 3
"""Answers to a move that a condition lists; the JSON holds all."""
MOST_COLUMNS = 12
"""States that a table shows; the JSON holds all."""


def solution(held: Model, found: Solution) -> str:
    """Return the equilibria as the field's table: options in rows, states in columns."""
    game = found.game
    who = ", ".join(maker.name or maker.id for maker in decision_makers(game.form))
    lines = [held.title, f"{game.states:,} states; decision makers: {who}", ""]
    stable: dict[int, list[str]] = {}
    for concept in found.stable:
        for state in found.equilibria(concept):
            stable.setdefault(state, []).append(CONCEPT_NAMES[concept])
    # Best supported first, today's state before others.
    shown = sorted(stable, key=lambda s: (-len(stable[s]), s != game.status_quo, s))
    if not shown:
        lines.append("No state is stable for all, under any of these concepts.")
    else:
        lines += [*table(game, shown[:MOST_COLUMNS]), ""]
    for state in shown[:MOST_COLUMNS]:
        today = "  (today)" if state == game.status_quo else ""
        lines.append(f"{game.labels[state]}  stable for all under {', '.join(stable[state])}{today}")
    if len(shown) > MOST_COLUMNS:
        lines.append(f"and {len(shown) - MOST_COLUMNS} more; --json lists all")
    lines += _doubtful(found, shown)
    together = _coalitions(game)
    if together is not None and len(game.who) > 1:
        names = "; ".join(f"{k.upper()} {', '.join(v[:MOST_COLUMNS]) or 'none'}" for k, v in together.items())
        lines += ["", f"stable for every coalition too: {names.replace('CNASH', 'CR')}"]
    lines += _wanted(held, found)
    return "\n".join([*lines, *Outlook(game).lines()])


def _doubtful(found: Solution, shown: Iterable[int]) -> list[str]:
    """Return which equilibria under SEQ rest on a reply that is not the best one of whoever makes it."""
    if "seq" not in found.stable:
        return []
    game, lines = found.game, []
    for state in sorted(set(shown) & set(found.equilibria("seq"))):
        names = [
            maker_name(game, who)
            for who, weak in zip(game.who, found.weakly_deterred[:, state], strict=True)
            if weak
        ]
        if names:
            deterred = wording.listed(names)
            lines.append(f"{game.labels[state]}: what deters {deterred} is not the sanctioner's best reply")
    return ["", *lines] if lines else []


def maker_name(game: Game, who: str) -> str:
    """Return what a reader calls a decision maker."""
    return wording.maker(game, who).text


def table(game: Game, states: Iterable[int]) -> list[str]:
    """Return lines of a table of states: for each option its owner, what it is, and Y or N in each state."""
    chosen = list(states)
    if not isinstance(game.form, OptionForm):
        return [f"{number + 1:>4}  {game.labels[number]}" for number in chosen]
    names = [option.taken or option.id for option in game.form.options]
    owners = [option.owner for option in game.form.options]
    wide, left = max(map(len, names)), max(map(len, owners))
    heads = [str(state + 1) for state in chosen]
    widths = [max(3, len(head)) for head in heads]
    rows = [f"{'':<{left}}  {'state':<{wide}}  {_cells(heads, widths)}"]
    for bit, (owner, name) in enumerate(zip(owners, names, strict=True)):
        signs = [_sign(game, state, bit) for state in chosen]
        rows.append(f"{owner:<{left}}  {name:<{wide}}  {_cells(signs, widths)}".rstrip())
    return rows


def solution_json(held: Model, found: Solution) -> dict[str, Any]:
    """Return everything that was found, states by their labels."""
    game = found.game
    return {
        "title": held.title,
        "decision_makers": list(game.who),
        "states": list(game.labels),
        "status_quo": None if game.status_quo is None else game.labels[game.status_quo],
        "equilibria": {concept: list(found.labels(concept)) for concept in found.stable},
        "stable": {
            concept: {who: _labels(game, found.individual(concept, who)) for who in game.who}
            for concept in found.stable
        },
        "coalitions": _coalitions(game),
        "coalitions_by_group": _by_group(game),
        "deterred_only_by_a_reply_that_is_not_the_best": {
            who: [game.labels[s] for s in range(game.states) if row[s]]
            for who, row in zip(game.who, found.weakly_deterred, strict=True)
        },
        "wanted": {
            outcome.id: {
                "holds_in": _labels(game, game.where(outcome.holds)),
                "equilibria": {
                    concept: _labels(game, _both(found.equilibria(concept), game.where(outcome.holds)))
                    for concept in found.stable
                },
            }
            for outcome in held.asked.wanted
        },
        **Outlook(game).data(),
        "notes": notes(held, game),
        "analyst": held.asked.analyst,
    }


MOST_STATES, MOST_MAKERS = 2000, 6
"""Of a larger dispute the coalitions are not worked out on the way."""


def _coalitions(game: Game) -> dict[str, list[str]] | None:
    """Return the states that are stable for every coalition, by concept; None for a large dispute."""
    if game.states > MOST_STATES or len(game.who) > MOST_MAKERS:
        return None
    found = solve_coalitions(game)
    return {concept: list(found.labels(concept)) for concept in COALITION_CONCEPTS}


MOST_JOINT = 5000
"""Joint improvements of a coalition that are listed."""


def _by_group(game: Game) -> dict[str, Any] | None:
    """Return for each coalition what it finds stable and where it gains; None for a large dispute."""
    if game.states > MOST_STATES or len(game.who) > MOST_MAKERS:
        return None
    found = solve_coalitions(game)
    return {
        "+".join(group): {
            "stable": {
                concept: _labels(game, found.stable[concept][number].nonzero()[0])
                for concept in COALITION_CONCEPTS
            },
            "improvements": [
                [game.labels[a], game.labels[b]]
                for a, b in zip(own.sources.tolist(), own.targets.tolist(), strict=True)
            ]
            if len(own.sources) <= MOST_JOINT
            else None,
        }
        for number, (group, own) in enumerate(zip(found.groups, found.improvements, strict=True))
    }


def _wanted(held: Model, found: Solution) -> list[str]:
    lines = []
    for outcome in held.asked.wanted:
        states = found.game.where(outcome.holds)
        counts = ", ".join(
            f"{CONCEPT_NAMES[concept]} {len(_both(found.equilibria(concept), states))}"
            for concept in found.stable
        )
        name = outcome.name or outcome.id
        lines += [
            "",
            f"{name}: {len(states)} of {found.game.states} states; of these stable for all: {counts}",
        ]
    return lines


def _both(some: Iterable[int], others: Iterable[int]) -> list[int]:
    held = {int(state) for state in others}
    return [state for state in some if state in held]


def _labels(game: Game, states: Iterable[int]) -> list[str]:
    return [game.labels[int(state)] for state in states]


def _cells(cells: list[str], widths: list[int]) -> str:
    return " ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


def _sign(game: Game, state: int, bit: int) -> str:
    return game.labels[state][bit]


def reasons(game: Game, state: int, told: list[tuple[bool, list[str]]]) -> str:
    """Return why a state is stable or not, a line for each decision maker or coalition."""
    lines = [f"{game.labels[state]}: {wording.state(game, state).text}", ""]
    lines += [f"{'=' if stable else 'X'} {' '.join(sentences)}" for stable, sentences in told]
    return "\n".join(lines)


def ways(game: Game, found: StatusQuo) -> str:
    """Return the shortest ways to each target, by single moves, by improvements, and together."""
    names = {"moves": "by moves", "improvements": "by improvements alone", "joint": "by joint improvements"}
    lines = [f"from {game.labels[found.start]}"]
    for reach in found.reaches:
        head = f"to {game.labels[reach.target]} {names[reach.mode]}: "
        if reach.length is None:
            lines.append(f"{head}no way")
            continue
        if reach.length == 0:
            lines.append(f"{head}it is there")
            continue
        lines.append(f"{head}{_of(reach.length, 'move')}, {_of(reach.number, 'shortest way')}")
        lines.append(f"    {wording.deeds(game, reach.ways[0].moves).text}")
        if reach.first_against:
            who = wording.listed([wording.maker(game, one).text for one in reach.first_against], " or ")
            lines.append(f"    first to move to what is worse for it: {who}")
    return "\n".join(lines)


def changes(game: Game, condition: str, found: Inverse) -> str:
    """Return the least changes with their causes and some examples."""
    by_rank = raised(game, found.targets)
    if found.number is None:
        told = f"no {found.searched} changes of statements make {condition} stable for all"
        by_statements = any(order.statements for order in game.orderings)
        ranked = "preferences are given by ranking, so there are no statements to change"
        return "\n".join([told if by_statements else ranked, *by_rank])
    if found.number == 0:
        return f"{condition} is stable for all already"
    least, ways = _of(found.number, "change"), _of(len(found.changes), "combination")
    lines = [f"{condition}: {least} at least, {ways} of so few"]
    for cause, number in found.causes:
        lines += ["", f"in {_of(number, 'combination')}:"]
        lines += [f"    {wording.flip(game, flip).text}" for flip in cause]
        example = next(change for change in found.changes if change.cause == cause)
        lines.append("    for example: " + "; ".join(_edit(edit) for edit in example.edits))
        lines.append("    then stable: " + ", ".join(game.labels[state] for state in example.states))
    return "\n".join([*lines, *by_rank])


def raised(game: Game, targets: Iterable[int]) -> list[str]:
    """Return how far a wanted state would have to rise in whose ranking: the one that must rise least."""
    places = {target: places_to_raise(game, target) for target in targets}
    least = min(places, key=lambda target: sum(places[target].values()))
    told = ", ".join(f"{maker_name(game, who)} {number}" for who, number in places[least].items() if number)
    if not told:
        return []
    return ["", f"by ranks {game.labels[least]} is stable (Nash) if it rises over so many states: {told}"]


def inverse_json(game: Game, found: Inverse) -> dict[str, Any]:
    """Return the least changes as data, and over how many states each wanted state would have to rise."""
    places = {game.labels[target]: places_to_raise(game, target) for target in found.targets}
    return {**named(game, found), "places_to_raise": places}


def required(game: Game, state: int, found: Iterable[Condition], count: Count | None) -> str:
    """Return the conditions that are not met in words, and how many preferences meet all of them."""
    every = list(found)
    open_ones = [one for one in every if not one.met]
    met = len(every) - len(open_ones)
    lines = [f"{game.labels[state]}: {_of(len(every), 'condition')}, {met} met as it stands"]
    for one in open_ones:
        who = wording.maker(game, one.who).text
        deed = wording.deed(game, Move(one.who, state, one.exit)).text
        lines.append(f"X {who} must find it at least as good as what it has when {deed}")
        ends = [alternative for alternative in one.alternatives if not alternative.met][:MOST_ANSWERS]
        for alternative in ends:
            ending = "; ".join(wording.differences(game, state, alternative.end)) or "the same again"
            lines.append(f"    or as good as what the answer leads to ({ending})")
        left = sum(not alternative.met for alternative in one.alternatives) - len(ends)
        if left > 0:
            lines.append(f"    or as good as one of {_of(left, 'other answer')}")
    if count is not None:
        working = f"{count.share:.1%} (sampled)" if count.working is None else f"{count.working:,}"
        lines += ["", f"{working} of {count.total:,} rankings make it stable for all"]
    return "\n".join(lines)


def robust(held: Model, found: Sensitivity) -> str:
    """Return after how many single changes today's state, and each wanted outcome, is stable for all."""
    told = robust_json(held, found)
    swaps = sum(edit.kind == "swap" for edit in found.edits)
    parts = [f"{len(found.edits) - swaps} changes of one statement"] if swaps < len(found.edits) else []
    parts += [f"{_of(swaps, 'exchange')} of neighbours in a ranking"] if swaps else []
    lines = [f"{held.title}: {' and '.join(parts) or 'nothing to change'}", ""]
    for name, counts in told["stable_after"].items():
        per = ", ".join(f"{CONCEPT_NAMES[concept]} {number}" for concept, number in counts.items())
        lines.append(f"{name} stable for all after: {per}")
    for name, edits in told["dislodged_by"].items():
        lines += ["", f"today's state is dislodged under {CONCEPT_NAMES[name]} by:"]
        lines += [f"    {edit}" for edit in edits]
    return "\n".join(lines)


def robust_json(held: Model, found: Sensitivity) -> dict[str, Any]:
    """Return the same as data."""
    game = found.game
    stable: dict[str, dict[str, int]] = {}
    dislodged: dict[str, list[str]] = {}
    if game.status_quo is not None:
        today = game.status_quo
        stable["today"] = {concept: found.survives(today, concept) for concept in CONCEPTS}
        for concept in CONCEPTS:
            edits = found.dislodging(today, concept)
            if found.baseline[concept][today] and edits:
                dislodged[concept] = [_edit(edit) for edit in edits]
    for outcome in held.asked.wanted:
        states = game.where(outcome.holds)
        stable[outcome.name or outcome.id] = {
            concept: int(found.after[concept][:, states].any(axis=1).sum()) for concept in CONCEPTS
        }
    return {"edits": len(found.edits), "stable_after": stable, "dislodged_by": dislodged}


def named(game: Game, found: Any) -> Any:
    """Return a result as plain data, states by their labels."""
    return _relabelled(msgspec.to_builtins(found), game)


_STATES = frozenset({"state", "to", "end", "start", "target", "targets", "states", "exit", "counters"})
"""Fields of results that hold positions of states."""


def _relabelled(tree: Any, game: Game, field: str = "") -> Any:
    if isinstance(tree, dict):
        # The reachable states stand under the names of the modes.
        inner = "states" if field == "reachable" else ""
        return {key: _relabelled(value, game, inner or key) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_relabelled(entry, game, field) for entry in tree]
    return game.labels[tree] if field in _STATES and isinstance(tree, int) else tree


def _of(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _edit(edit: Any) -> str:
    if edit.kind == "drop":
        return f"{edit.who} drops {edit.statement}"
    if edit.kind == "move":
        return f"{edit.who} moves {edit.statement} to place {edit.place}"
    return f"{edit.who} swaps places {edit.place} and {edit.place + 1}"


def spoken(sentence: Prose) -> str:
    """Return a sentence as a reader sees it."""
    from hikiwake.render.language import load

    return load("en").text(sentence, Ledger())
