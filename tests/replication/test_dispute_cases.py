"""Published disputes, exactly: every stable state of every decision maker.

Elmira (nine states, abandonment merged): moves and rankings as public code after Xu (2007) has them; its
equilibria are those of Hipel, Kilgour & Fang. Prisoner's dilemma and chicken are the textbook's.
"""

from __future__ import annotations

import pytest
from tests.disputes import CASES, RUNS, case, graph, japan_russia, published

from hikiwake.dispute import CONCEPTS, Concept, GraphForm, Preference, build, solve
from hikiwake.dispute.form import StateName

ELMIRA = GraphForm(
    decision_makers=("MoE", "UR", "LG"),
    states=tuple(f"s{n}" for n in range(1, 10)),
    moves={
        "MoE": ((1, 2), (3, 4), (5, 6), (7, 8)),
        "UR": ((1, 3), (2, 4), (5, 7), (6, 8), *((n, 9) for n in range(1, 9))),
        "LG": tuple(pair for n in range(1, 5) for pair in ((n, n + 4), (n + 4, n))),
    },
    preferences={
        "MoE": Preference(ranking=(7, 3, 4, 8, 5, 1, 2, 6, 9)),
        "UR": Preference(ranking=(1, 4, 8, 5, 9, 3, 7, 2, 6)),
        "LG": Preference(ranking=(7, 3, 5, 1, 8, 6, 4, 2, 9)),
    },
    status_quo="s1",
)
SQUARE: dict[str, tuple[tuple[StateName, StateName], ...]] = {
    "A": ((1, 3), (3, 1), (2, 4), (4, 2)),
    "B": ((1, 2), (2, 1), (3, 4), (4, 3)),
}


def two_by_two(a: tuple[float, ...], b: tuple[float, ...]) -> GraphForm:
    return GraphForm(
        decision_makers=("A", "B"),
        states=("CC", "CD", "DC", "DD"),
        moves=SQUARE,
        preferences={"A": Preference(payoffs=a), "B": Preference(payoffs=b)},
    )


@pytest.mark.parametrize("name", CASES)
def test_equilibria_and_individual_stability(name: str) -> None:
    told = case(name)
    solution = solve(build(graph(told)))
    for concept, states in told["expected"]["equilibria"].items():
        assert [state + 1 for state in solution.equilibria(concept)] == states
    for concept, of in told["expected"]["individual"].items():
        for who, states in of.items():
            assert [state + 1 for state in solution.individual(concept, who)] == states


@pytest.mark.parametrize(
    ("concept", "states"),
    [("nash", "s5 s8 s9"), ("seq", "s5 s8 s9"), ("gmr", "s1 s4 s5 s8 s9"), ("smr", "s1 s4 s5 s8 s9")],
)
def test_elmira(concept: Concept, states: str) -> None:
    assert solve(build(ELMIRA)).labels(concept) == tuple(states.split())


@pytest.mark.parametrize(
    ("form", "nash", "gmr", "smr", "seq"),
    [
        (two_by_two((3, 1, 4, 2), (3, 4, 1, 2)), "DD", "CC DD", "CC DD", "CC DD"),
        (two_by_two((3, 2, 4, 1), (3, 4, 2, 1)), "CD DC", "CC CD DC", "CC CD DC", "CD DC"),
    ],
)
def test_two_by_two(form: GraphForm, nash: str, gmr: str, smr: str, seq: str) -> None:
    solution = solve(build(form))
    for concept, labels in zip(CONCEPTS, (nash, gmr, smr, seq), strict=True):
        assert solution.labels(concept) == tuple(labels.split())


@pytest.mark.parametrize("run", RUNS)
def test_japan_russia(run: str) -> None:
    told = published("dispute_japan_russia_2016.json")
    game = build(japan_russia(run))
    assert list(game.labels) == told["states"]
    solution = solve(game)
    for concept in CONCEPTS:
        assert list(solution.labels(concept)) == told["expected"][run][concept]
    weak = {game.labels[s] for s in solution.equilibria("seq") if solution.weakly_deterred[:, s].any()}
    # In run D Japan's reply is an improvement, but not its best one.
    assert weak == ({"NYYYNNN", "NYYYNNY"} if run.startswith("D_") else set())


def test_japan_russia_ranks() -> None:
    told = published("dispute_japan_russia_2016.json")
    game = build(japan_russia())
    for who, payoffs in told["ordinal_payoff"].items():
        assert (game.orderings[game.maker(who)].ranks + 1).tolist() == payoffs
