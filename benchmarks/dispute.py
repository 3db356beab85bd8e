"""How long it takes to find what is stable in large disputes, and all that the shipped one is asked.

    python -m benchmarks.dispute [--runs 5] [--out FILE]

The large disputes are made: all options reversible, weights drawn with a fixed seed, so that hardly two
states are equally good. A second implementation, written from the definitions alone with sets and loops
(tests/reference/dispute.py), runs beside the engine where it can.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from pathlib import Path

import msgspec
from tests.disputes import slow_model
from tests.reference import dispute as slow

from benchmarks.schema import OWN, Entrant, Result, compare, table, this_machine, write
from hikiwake.core.errors import BadInput
from hikiwake.dispute import (
    CONCEPTS,
    Game,
    Option,
    OptionForm,
    Preference,
    build,
    inverse,
    paths,
    sensitivity,
    solve,
    solve_coalitions,
)
from hikiwake.dossier.dispute_files import read_dispute
from hikiwake.dossier.disputes import Model
from hikiwake.dossier.shipped import shipped

OUT = Path(__file__).parent / "results" / "dispute.json"
SIZES = [(3, 12), (5, 10), (7, 14)]
SCALING = [
    *((3, options) for options in (9, 12, 15)),  # states and moves of each at once
    *((6, options) for options in (6, 12)),
    *((makers, 12) for makers in (2, 4, 6, 12)),  # decision makers at equally many states
]
COMPARED = (3, 6)
RAW = 20
"""Options of the dispute with 1,048,576 raw states."""


def main() -> None:
    """Time the analyses of made disputes, print the table, write the results."""
    parser = argparse.ArgumentParser(description="Times of the dispute engine.")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    machine = this_machine()
    results: list[Result] = []

    def run(name: str, size: str, call: Callable[[], object], *others: Entrant) -> None:
        results.extend(compare(name, size, [Entrant(OWN, OWN, call), *others], options.runs, machine))

    for makers, number in SIZES:
        form = dispute(makers, number)
        game = build(form)
        size = f"{game.states:,} states, {makers} decision makers"
        run("four concepts", size, lambda game=game: solve(game))
        run("four concepts, from the form on", size, lambda form=form: solve(build(form)))
    small = build(dispute(*COMPARED))
    definitions = Entrant("definitions", OWN, lambda: by_definition(small), most_runs=1, distance=differ)
    run("four concepts", f"{small.states} states, 3 decision makers", lambda: by_engine(small), definitions)
    narrowed = dispute(5, RAW, narrow())
    feasible = build(narrowed).states
    run("raw states to four concepts", f"{1 << RAW:,} to {feasible:,} states", lambda: solve(build(narrowed)))
    run("a refusal", f"{1 << RAW:,} states, no pattern", lambda: refusal(dispute(5, RAW)))
    file = shipped("JPN", "RUS")
    assert file is not None
    model = read_dispute(file)
    run("a whole analysis", "Japan and Russia, 72 states, 20 statements", lambda: analysis(model))
    for makers, number in SCALING:
        game = build(dispute(makers, number))
        moves = sum(len(own.sources) for own in game.arcs)
        size = f"{game.states:,} states, {makers} decision makers, {moves:,} moves"
        run("scaling", size, lambda game=game: solve(game))
    write(options.out, results)
    print(table_with_sizes(results))


def dispute(makers: int, options: int, infeasible: tuple[str, ...] = ()) -> OptionForm:
    """Return a dispute in which each decision maker owns as many options as the others, or one more."""
    chance = random.Random(6)
    who = [f"D{n}" for n in range(makers)]
    names = [f"o{n}" for n in range(options)]
    weights = {name: {option: chance.uniform(-1, 1) for option in names} for name in who}
    return OptionForm(
        decision_makers=tuple(who),
        options=tuple(Option(id=name, owner=who[n * makers // options]) for n, name in enumerate(names)),
        preferences={name: Preference(weights=row) for name, row in weights.items()},
        infeasible=infeasible,
    )


def narrow() -> tuple[str, ...]:
    """Patterns that leave about a tenth of the states of twenty options: (3/4)^8."""
    return tuple(f"o{n} & o{n + 1}" for n in range(0, 16, 2))


def refusal(form: OptionForm) -> str:
    """Return what a model is refused with; empty when it is taken."""
    try:
        build(form)
    except BadInput as fault:
        return fault.remedy
    return ""


def analysis(model: Model) -> object:
    """Stability, coalitions, ways, all edits of one statement, least changes under four concepts."""
    game = build(model.form)
    solution = solve(game, (*CONCEPTS, "sim"))
    coalitions = solve_coalitions(game)
    targets = game.where(model.asked.wanted[0].holds).tolist()
    ways = paths(game, targets, coalitions)
    robust = sensitivity(game)
    least = [inverse(game, targets, concept) for concept in CONCEPTS]
    return solution, coalitions, ways, robust, least


def by_engine(game: Game) -> list[list[list[bool]]]:
    """Return stability by concept, decision maker and state, as the engine finds it."""
    stable = solve(game).stable
    return [stable[concept].tolist() for concept in CONCEPTS]


def by_definition(game: Game) -> list[list[list[bool]]]:
    """Return the same by the definitions, slow and obvious."""
    model = slow_model(game)
    return [
        [[slow.stable(model, concept, i, s) for s in model.states] for i in model.makers]
        for concept in CONCEPTS
    ]


def differ(one: object, other: object) -> float:
    """Return 0 where two answers are equal, else 1."""
    return float(one != other)


def table_with_sizes(results: list[Result]) -> str:
    """Return the usual table with sizes in it: here they are the point."""
    return table([msgspec.structs.replace(each, name=f"{each.name}, {each.size}") for each in results])


if __name__ == "__main__":
    main()
