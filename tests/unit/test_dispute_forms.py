"""Forms of disputes: what is wrong with one is found, with its place and its remedy."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Any

import msgspec
import numpy as np
import pytest
from tests.disputes import random_options

from hikiwake.core.errors import BadInput
from hikiwake.dispute import (
    GraphForm,
    Irreversible,
    Option,
    OptionForm,
    Preference,
    Quantity,
    QuantityRow,
    Statement,
    break_even,
    build,
    check,
    conditions,
    count_rankings,
    cut_moves,
    explain,
    hypergame,
    inverse,
    paths,
    places_to_raise,
    sensitivity,
    solve,
    solve_uncertain,
    welfare_needed,
    with_ranks,
)
from hikiwake.dispute.edits import bounded

FORM = OptionForm(
    decision_makers=("JPN", "RUS"),
    options=(Option(id="claim", owner="JPN"), Option(id="offer", owner="RUS"), Option(id="arm", owner="RUS")),
    preferences={
        "JPN": Preference(statements=("offer", "!arm", "!claim")),
        "RUS": Preference(statements=("!claim", "claim -> arm", "!offer")),
    },
    infeasible=("offer & arm",),
    definitions={"settled": "offer & !claim"},
    status_quo="YNY",
)
GRAPH = GraphForm(
    decision_makers=("A", "B"),
    states=("s1", "s2", "s3"),
    moves={"A": ((1, 2),), "B": (("s2", "s3"),)},
    preferences={"A": Preference(ranking=(1, (2, 3))), "B": Preference(payoffs=(0, 1, 2))},
)


def changed(**fields: Any) -> OptionForm:
    return msgspec.structs.replace(FORM, **fields)


def preferring(**preference: Any) -> OptionForm:
    return changed(preferences={**FORM.preferences, "JPN": Preference(**preference)})


def test_the_form_is_right() -> None:
    game = build(FORM)
    assert game.labels == ("NNN", "YNN", "NYN", "YYN", "NNY", "YNY")
    assert game.status_quo == 5
    assert game.state("NYN") == game.state(3) == 2
    assert game.where("settled").tolist() == [2]
    assert not game.warnings


MORE = FORM.options
WRONG = [
    (changed(decision_makers=()), "decision_makers", "no decision maker"),
    (changed(decision_makers=("JPN", "RUS", "JPN")), "decision_makers[2]", "there twice"),
    (changed(decision_makers=("JPN", "RUS", "USA")), "decision_makers[2]", "USA has no preferences"),
    (changed(options=(*MORE, Option(id="x", owner=""))), "options[3]", "has no owner"),
    (changed(options=(*MORE, Option(id="x", owner="RUZ"))), "options[3].owner", "is no decision maker"),
    (changed(options=(*MORE, Option(id="a-b", owner="RUS"))), "options[3].id", "cannot be a name"),
    (changed(options=(*MORE, Option(id="not", owner="RUS"))), "options[3].id", "word of the language"),
    (changed(options=(*MORE, Option(id="arm", owner="RUS"))), "options[3]", "there twice"),
    (changed(infeasible=("offer & arm", "offr")), "infeasible[1]", "no option and no definition"),
    (changed(required=("offer &",)), "required[0]", "an option is missing"),
    (changed(infeasible=("offer", "!offer")), "infeasible", "no state is feasible"),
    (changed(definitions={"x": "y", "y": "x"}), "definitions.x", "circle"),
    (changed(definitions={"x": "offr"}), "definitions.x", "no option"),
    (changed(definitions={"claim": "offer"}), "definitions.claim", "an option already"),
    (changed(status_quo="YYY"), "status_quo", "not feasible: 'offer & arm' forbids it"),
    (changed(status_quo="YY"), "status_quo", "no state of 3 options"),
    (changed(status_quo="YN-"), "status_quo", "stands for 2 states"),
    (changed(status_quo=7), "status_quo", "no state 7"),
    (changed(irreversible=(Irreversible(before="x", after="offer"),)), "irreversible[0].before", "no option"),
    (
        changed(irreversible=(Irreversible(before="arm", after="offer", who=("X",)),)),
        "irreversible[0].who[0]",
        "no decision maker",
    ),
    (preferring(), "preferences.JPN", "no preference; exactly one"),
    (preferring(statements=("arm",), payoffs=(1,)), "preferences.JPN", "statements and payoffs"),
    (preferring(statements=("offer", "armm")), "preferences.JPN.statements[1]", "'armm' is no option"),
    (
        preferring(statements=(Statement(holds="arm", id="x"), Statement(holds="offer", id="x"))),
        "preferences.JPN.statements[1]",
        "used twice",
    ),
    (preferring(statements=("dW(JPN) > 0",)), "preferences.JPN.statements[0]", "no quantity"),
    (preferring(ranking=(1, 2, 3, 4, 5)), "preferences.JPN.ranking", "YNY is not ranked"),
    (preferring(ranking=("NNN", 2, 3, 4, (5, 1), 6)), "preferences.JPN.ranking[4]", "NNN is ranked twice"),
    (preferring(ranking=(1, 2, 3, 4, 5, "YYY")), "preferences.JPN.ranking[5]", "not feasible"),
    (preferring(weights={"offr": 1.0}), "preferences.JPN.weights.offr", "no option"),
    (preferring(weights={"offer": float("inf")}), "preferences.JPN.weights.offer", "finite"),
    (preferring(payoffs=(1.0,)), "preferences.JPN.payoffs", "1 payoffs are given for 6 states"),
    (preferring(payoffs=(1, 2, 3, 4, 5, float("nan"))), "preferences.JPN.payoffs[5]", "finite"),
    (preferring(statements=("arm",), then_by="dW"), "preferences.JPN.then_by", "no quantity"),
    (changed(preferences={**FORM.preferences, "JPM": Preference()}), "preferences.JPM", "no decision maker"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "where", "reason"), WRONG, ids=[where for _, where, _ in WRONG])
def test_what_is_wrong_is_found_with_its_place(form: OptionForm, where: str, reason: str) -> None:
    game, problems = check(form)
    assert game is None
    found = [problem for problem in problems if problem.error]
    assert (found[0].where, reason in found[0].reason) == (f"dispute.{where}", True), found
    assert found[0].remedy
    with pytest.raises(BadInput) as caught:
        build(form)
    assert caught.value.where == f"dispute.{where}"


def test_all_that_is_wrong_is_told_at_once() -> None:
    form = changed(infeasible=("offr", "amr"), definitions={"settled": "claim &"})
    _, problems = check(form)
    assert [problem.where for problem in problems] == [
        "dispute.definitions.settled", "dispute.infeasible[0]", "dispute.infeasible[1]",
    ]  # fmt: skip
    assert problems[1].remedy == "Did you mean offer?"
    with pytest.raises(BadInput, match=r"infeasible\[1\]"):
        build(form)


def test_statements_that_say_nothing_or_never_decide_are_warned_of() -> None:
    form = preferring(statements=("offer", "!(offer & arm)", "claim", "offer & claim", "arm", "true"))
    warned = {problem.where[-2]: problem.reason for problem in build(form).warnings}
    assert "holds in every state" in warned["1"]
    assert "never decides" in warned["3"]
    assert "holds in every state" in warned["5"]
    assert set(warned) == {"1", "3", "5"}


@pytest.mark.parametrize(
    ("fields", "where", "reason"),
    [
        ({"states": ()}, "states", "no state"),
        ({"states": ("s1", "s2", "s1")}, "states[2]", "there twice"),
        ({"moves": {"A": ((1, 4),)}}, "moves.A[0]", "no state 4"),
        ({"moves": {"A": (("s1", "s9"),)}}, "moves.A[0]", "'s9' is no state"),
        ({"moves": {"C": ()}}, "moves.C", "no decision maker"),
        ({"sets": {"x": (1, 8)}}, "sets.x[1]", "no state 8"),
        ({"status_quo": "t"}, "status_quo", "'t' is no state"),
    ],
)
def test_what_is_wrong_with_a_graph(fields: dict[str, Any], where: str, reason: str) -> None:
    _, problems = check(msgspec.structs.replace(GRAPH, **fields))
    assert problems[0].where == f"dispute.{where}"
    assert reason in problems[0].reason


def test_a_graph_may_have_statements_over_its_states() -> None:
    form = msgspec.structs.replace(
        GRAPH,
        sets={"late": ("s2", "s3")},
        preferences={"A": Preference(statements=("late", "s3")), "B": Preference(ranking=(1, 2, 3))},
    )
    assert build(form).ranks.tolist() == [[0, 1, 2], [2, 1, 0]]


def test_rankings_may_use_patterns_and_ties() -> None:
    game = build(preferring(ranking=("-Y-", ("NN-",), "YN-")))
    assert game.ranks[0].tolist() == [1, 0, 2, 2, 1, 0]


def test_weights_tie_as_they_are_written() -> None:
    game = build(preferring(weights={"claim": 0.3, "offer": 0.1, "arm": 0.2}))
    assert (
        game.ranks[0].tolist()
        == build(preferring(weights={"claim": 3, "offer": 1, "arm": 2})).ranks[0].tolist()
    )
    huge = build(preferring(weights={"claim": 1e300, "offer": 1e-300, "arm": 2e-300}))
    assert huge.ranks[0].tolist() == [0, 3, 1, 4, 2, 5]


def test_a_hundred_statements_decide_like_the_first_ones() -> None:
    # With 63-bit scores all but the first statements would be lost, or overflow.
    filler = ("claim | !claim | arm",) * 100
    game = build(preferring(statements=(*filler, "offer", *filler, "!claim", "!arm")))
    direct = build(preferring(statements=("offer", "!claim", "!arm")))
    assert game.ranks[0].tolist() == direct.ranks[0].tolist()


def test_quantities_are_statements_and_decide_between_equals() -> None:
    table = {
        "dW": Quantity(
            rows=(
                QuantityRow(where="settled", values={"JPN": 1.5, "RUS": 2.0}),
                QuantityRow(where="true", values={"JPN": 0.0}),
            )
        )
    }
    wanted = Preference(statements=("dW(JPN) > 0", "arm"))
    game = build(changed(quantities=table, preferences={**FORM.preferences, "JPN": wanted}))
    assert game.ranks[0].tolist() == [0, 0, 2, 0, 1, 1]
    tied = Preference(statements=("arm",), then_by="dW")
    game = build(changed(quantities=table, preferences={**FORM.preferences, "JPN": tied}))
    assert game.ranks[0].tolist() == [0, 0, 1, 0, 2, 2]
    lacking = {**FORM.preferences, "RUS": Preference(statements=("dW(RUS) > 0",))}
    _, problems = check(changed(quantities=table, preferences=lacking))
    assert problems[0].reason == "dW of RUS is not given in NNN, YNN, YYN, NNY, YNY"


def test_many_raw_states_with_few_feasible_ones() -> None:
    # Forty options, of which only one of each pair may be taken: the raw states never exist at once.
    options = tuple(Option(id=f"o{n}", owner="JPN" if n % 2 else "RUS") for n in range(40))
    form = OptionForm(
        decision_makers=("JPN", "RUS"),
        options=options,
        preferences={"JPN": Preference(weights={"o1": 1}), "RUS": Preference(weights={"o2": 1})},
        infeasible=tuple(f"o{n} & o{m}" for n in range(40) for m in range(n)),
    )
    game = build(form)
    assert game.states == 41
    assert solve(game).labels("nash")


def test_too_many_states_are_refused_with_the_pattern_to_add() -> None:
    options = tuple(Option(id=f"o{n}", owner="JPN" if n % 3 else "RUS") for n in range(20))
    with pytest.raises(BadInput) as caught:
        build(changed(options=options, preferences={w: Preference(weights={}) for w in ("JPN", "RUS")},
                      infeasible=(), definitions={}, status_quo=None))  # fmt: skip
    assert "1,048,576 states are feasible" in caught.value.why
    assert "'o1 & o2'" in caught.value.remedy


def test_direction_and_pairs_cut_moves() -> None:
    form = changed(
        options=(FORM.options[0], Option(id="offer", owner="RUS", direction="forward"), FORM.options[2]),
        irreversible=(Irreversible(before="settled", after="!settled"),),
    )
    game = build(form)
    moves = [
        {(game.labels[a], game.labels[b]) for a, b in zip(own.sources, own.targets, strict=True)}
        for own in game.arcs
    ]
    assert ("NNN", "YNN") in moves[0]
    assert ("NYN", "YYN") not in moves[0]
    assert ("YYN", "NYN") in moves[0]
    assert ("YNN", "YYN") in moves[1]
    assert ("YYN", "YNN") not in moves[1]


def test_an_unknown_name_of_a_state_or_condition_is_refused() -> None:
    game = build(FORM)
    for ask in (lambda: game.state("YY"), lambda: game.state("Y--"), lambda: game.maker("USA"),
                lambda: game.where("settld"), lambda: solve(game, ("nsh",))):  # type: ignore[arg-type]  # fmt: skip
        with pytest.raises(BadInput):
            ask()
    with pytest.raises(BadInput, match="SIM"):
        solve(build(GRAPH), ("sim",))


def test_numbers_of_states_are_exact_beyond_a_word() -> None:
    weights = {"claim": 2.0**80, "offer": 1.0, "arm": 3.0}
    game = build(preferring(weights=weights))
    assert np.array_equal(game.ranks[0], [0, 3, 1, 4, 2, 5])


def mutated(text: bytes, chance: Random) -> bytes:
    """Return a form written as JSON with one to three places spoilt."""
    tokens = re.findall(rb'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null|[][{}:,]', text)
    strange = [
        b'""', b'"not"', b'"o0 & o0"', b'"!o1"', b'"D0"', b'"D1"', b'"YNY"', b'"Y-N"', b'"("', b'"a\\u0000"',
        b"0", b"-1", b"7", b"1e308", b"5e-324", b"null", b"[]", b"{}", b'["o0"]', b'"forward"', b'"true"',
        b'"at most one of (o0, o1)"', b'"x <-> (x"', b'"\\ud83d\\ude00"', b'"false"',
    ]  # fmt: skip
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(tokens))
        kind = chance.randrange(3)
        if kind == 0 and tokens[at] not in b"{}[],:":
            tokens[at] = chance.choice(strange)
        elif kind == 1:
            tokens[at] = tokens[chance.randrange(len(tokens))]
        else:
            tokens.insert(at, tokens[at])
    return b" ".join(tokens)


def test_every_spoilt_form_is_solved_or_refused_with_reasons() -> None:
    chance = Random(41)
    outcomes = {"solved": 0, "refused": 0}
    while min(outcomes.values()) < 100:
        text = mutated(msgspec.json.encode(random_options(chance)), chance)
        try:
            form = msgspec.json.decode(text, type=OptionForm)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue  # not even of the form; a reader of files says where
        game, problems = check(form)
        if game is None:
            assert any(problem.error for problem in problems)
            assert all(problem.reason and problem.remedy and problem.where for problem in problems)
            outcomes["refused"] += 1
        else:
            solve(game)
            outcomes["solved"] += 1


def test_edits_of_more_statements_than_bits_and_than_memory_holds() -> None:
    many = preferring(statements=(*("claim | !claim",) * 62, "arm", "offer"))
    found = sensitivity(build(many), ("nash",))
    assert len(found.edits) == 63**2 + 64 + 7
    with pytest.raises(BadInput, match="Leave out statements"):
        bounded(39_801 * 2 * 100_000, "39,801 edits")


def test_no_option_at_all_leaves_one_state() -> None:
    nobody = {"JPN": Preference(weights={}), "RUS": Preference(statements=("true",))}
    form = OptionForm(decision_makers=("JPN", "RUS"), options=(), preferences=nobody)
    game = build(form)
    assert (game.states, game.labels) == (1, ("",))
    assert solve(game).equilibria("nash") == (0,)


def test_positions_and_arrays_that_do_not_fit_are_refused() -> None:
    game = build(FORM)
    four = np.zeros(game.states)
    questions: list[Callable[[], object]] = [
        lambda: paths(game, [99]),
        lambda: inverse(game, [-1]),
        lambda: conditions(game, 99, "nash"),
        lambda: places_to_raise(game, 99),
        lambda: break_even(game, "JPN", 99, four, four),
        lambda: welfare_needed(game, "JPN", 99, four, four, weight=1.0),
        lambda: hypergame(game, {"JPN": [99]}),
        lambda: cut_moves(game, 99),
        lambda: count_rankings(game, 99, "nash", {"JPN": [0, 1]}),
        lambda: explain(game, "nash", "JPN", 99),
        lambda: with_ranks(game, {"JPN": [1]}),
        lambda: with_ranks(game, {"USA": [1] * game.states}),
        lambda: with_ranks(game, {"JPN": [float("nan")] * game.states}),
        lambda: solve_uncertain(game, {"USA": [four]}),
        lambda: solve_uncertain(game, {"JPN": [four[:2]]}),
    ]
    for question in questions:
        with pytest.raises(BadInput):
            question()


def test_lists_mappings_and_arrays_do_in_python() -> None:
    form = GraphForm(
        decision_makers=["A", "B"],  # type: ignore[arg-type]
        states=["CC", "CD", "DC", "DD"],  # type: ignore[arg-type]
        moves={"A": [[1, 3], [3, 1], [2, 4], [4, 2]], "B": np.array([[1, 2], [2, 1], [3, 4], [4, 3]])},  # type: ignore[dict-item]
        preferences={"A": {"payoffs": [3, 1, 4, 2]}, "B": Preference(payoffs=np.array([3, 4, 1, 2]))},  # type: ignore[arg-type, dict-item]
        status_quo=np.int64(1),  # type: ignore[arg-type]
    )
    game = build(form)
    assert solve(game).labels("seq") == ("CC", "DD")
    assert game.status_quo == 0
    for wrong, where in (
        (msgspec.structs.replace(form, states="CC"), "dispute.states"),
        (msgspec.structs.replace(form, preferences={"A": {"payofs": []}, "B": {}}), "dispute.preferences"),
        (msgspec.structs.replace(form, moves={"A": object()}), "dispute"),
    ):
        with pytest.raises(BadInput) as fault:
            build(wrong)
        assert fault.value.where.startswith(where)
