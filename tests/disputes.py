"""Disputes for tests: random ones, and those of the published cases where they are at hand."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest

from hikiwake.dispute import (
    Game,
    GraphForm,
    Irreversible,
    Option,
    OptionForm,
    Preference,
    check,
)
from tests.reference.dispute import Model

SHARED = Path(os.environ.get("HIKIWAKE_SHARED", Path(__file__).resolve().parents[2] / "shared"))

PUBLIC = "dispute_public_cases.json"
CASES = ["prisoners_dilemma", "chicken", "elmira", "euphrates_1975"]
RUNS = [
    "baseline",
    "A_japan_only",
    "B_russia_only",
    "C_both",
    "D_both_russia_values_cooperation_only",
    "F_us_disengages",
    "G_C_and_us_disengages",
    "I_settlement_irreversible_baseline",
]


@cache
def published(name: str) -> Any:
    """Return a file of published cases, or skip the test."""
    path = SHARED / "data" / name
    if not path.exists():
        pytest.skip(f"{path} is not there (set HIKIWAKE_SHARED)")
    return json.loads(path.read_text(encoding="utf-8"))


def case(name: str) -> dict[str, Any]:
    (found,) = (one for one in published(PUBLIC)["cases"] if one["name"] == name)
    return cast("dict[str, Any]", found)


def graph(told: dict[str, Any]) -> GraphForm:
    return GraphForm(
        decision_makers=tuple(told["dms"]),
        states=tuple(told["states"]),
        moves={who: tuple((a, b) for a, b in pairs) for who, pairs in told["moves"].items()},
        preferences={who: Preference(payoffs=tuple(row)) for who, row in told["payoff"].items()},
        status_quo=told.get("status_quo"),
    )


def japan_russia(run: str = "baseline") -> OptionForm:
    """Return the model of 2016 in one of its runs."""
    told = published("dispute_japan_russia_2016.json")
    statements = {who: list(rows) for who, rows in told["statements"].items()}
    edits = told["scenario_edits"]
    irreversible: tuple[Irreversible, ...] = ()
    for part in {"baseline": [], "G_C_and_us_disengages": ["C_both", "F_us_disengages"]}.get(run, [run]):
        if part.startswith("I_"):
            irreversible = (Irreversible(before="settled", after="!settled"),)
            continue
        for who, order in edits[part].items():
            texts = isinstance(order[0], str)
            statements[who] = order if texts else [told["statements"][who][n - 1] for n in order]
    return OptionForm(
        decision_makers=tuple(told["dms"]),
        options=tuple(Option(**option) for option in told["options"]),
        infeasible=tuple(told["infeasible"]),
        irreversible=irreversible,
        definitions={"settled": "(two & !four) | four_r"},
        preferences={who: Preference(statements=tuple(rows)) for who, rows in statements.items()},
        status_quo=told["status_quo"],
    )


def random_options(chance: Random, makers: int | None = None, options: int | None = None) -> OptionForm:
    """Return a random dispute: infeasible patterns, irreversible options and pairs, ties."""
    who = [f"D{n}" for n in range(makers or chance.randint(2, 5))]
    count = options or chance.randint(2, 6)
    names = [f"o{n}" for n in range(count)]
    made = tuple(
        Option(
            id=name,
            owner=chance.choice(who),
            direction=chance.choice(["both", "both", "both", "forward", "backward"]),
        )
        for name in names
    )

    def some(most: int) -> str:
        chosen = chance.sample(names, min(count, chance.randint(2, most)))
        return " & ".join(chance.choice(["", "!"]) + name for name in chosen)

    rules = tuple(
        Irreversible(before=some(2), after=some(2), who=tuple(chance.sample(who, chance.randint(0, 2))))
        for _ in range(chance.randint(0, 1))
    )
    preferences = {
        name: Preference(weights={option: chance.randint(-2, 2) for option in names})
        if chance.random() < 0.5
        else Preference(
            statements=tuple(
                chance.choice([some(3), chance.choice(names)]) for _ in range(chance.randint(1, 5))
            )
        )
        for name in who
    }
    return OptionForm(
        decision_makers=tuple(who),
        options=made,
        preferences=preferences,
        infeasible=tuple(some(3) for _ in range(chance.randint(0, 2))),
        irreversible=rules,
    )


def random_game(chance: Random, makers: int | None = None, options: int | None = None) -> Game:
    while True:
        # Now and then the patterns leave no state; then draw again.
        game, _ = check(random_options(chance, makers, options))
        if game is not None:
            return game


def random_graph(chance: Random, makers: int | None = None) -> Game:
    """Return a random dispute by its graph. Two moves of one are seldom one move there, as with options."""
    who = [f"D{n}" for n in range(makers or chance.randint(2, 5))]
    count = chance.randint(3, 8)
    pairs = [(a, b) for a in range(1, count + 1) for b in range(1, count + 1) if a != b]
    form = GraphForm(
        decision_makers=tuple(who),
        states=tuple(f"s{n}" for n in range(count)),
        moves={name: tuple(chance.sample(pairs, chance.randint(1, count))) for name in who},
        preferences={
            name: Preference(payoffs=tuple(float(chance.randint(0, 4)) for _ in range(count))) for name in who
        },
    )
    game, _ = check(form)
    assert game is not None
    return game


def slow_model(game: Game) -> Model:
    """Return the same dispute for the slow implementation."""
    moves = [[set(own.ends(s).tolist()) for s in range(game.states)] for own in game.arcs]
    value = game.ranks.tolist()
    if not isinstance(game.form, OptionForm):
        return Model(moves, value)
    owns = [{n for n, o in enumerate(game.form.options) if o.owner == who} for who in game.who]
    return Model(moves, value, [tuple(sign == "Y" for sign in label) for label in game.labels], owns)
