"""What a file may say beyond one order: unknown, strong, unseen; looking ahead; and the economics."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema  # type: ignore[import-untyped]
import numpy as np
import pytest

from hikiwake.cli.app import run
from hikiwake.core.errors import BadInput
from hikiwake.dispute import (
    CONCEPTS,
    Preference,
    Strong,
    Unknown,
    build,
    hypergame,
    solve_as_known,
    solve_as_seen,
    solve_by_strength,
    solve_strength,
    solve_uncertain,
)
from hikiwake.dossier.dispute_files import read_dispute
from hikiwake.dossier.schema import schema

RIVER = """\
decision_makers: [{id: UP, name: Upland}, {id: LOW, name: Lowland}]
options:
  - {id: dam, owner: UP, taken: builds the dam, not_taken: builds no dam}
  - {id: share, owner: UP, taken: shares the water, not_taken: keeps the water}
  - {id: pay, owner: LOW, taken: pays for water, not_taken: pays nothing}
  - {id: court, owner: LOW, taken: goes to court, not_taken: keeps out of court}
infeasible: [share and not dam]
definitions: {treaty: share and pay and not court}
status_quo: NNNN
wanted: [{id: treaty, name: a treaty, holds: treaty}]
preferences:
  UP:
    statements: [not court, pay, dam, not share]
    unknown: [{order: [UP3, UP4]}, {whether: UP2}, {between: [NNYN, YNYN]}]
    strong: [{down_to: UP1}]
  LOW:
    statements: [if dam then share, not pay, if not share then court, not court]
    strong: [{between: [YYNN, YNNN]}]
unaware: {UP: [court & pay, YNNY]}
economics:
  payment:
    {payer: LOW, receiver: UP, payer_value: [0, 4], payer_cost: 1,
     receiver_value: [0, 5], receiver_cost: [0, 1]}
"""
WELFARE = """\
state,decision maker,welfare change,unit
YYYN,UP,0.4,% of income
YYYN,LOW,1.2,% of income
*,UP,0,% of income
*,LOW,0,% of income
"""
DEAL = "YYYN"


@pytest.fixture
def river(tmp_path: Path) -> Path:
    path = tmp_path / "river.yaml"
    path.write_text(RIVER)
    (tmp_path / "welfare.csv").write_text(WELFARE)
    return path


def printed(capfdbinary: pytest.CaptureFixture[bytes], *arguments: object, code: int = 0) -> str:
    assert run(["--quiet", "dispute", *map(str, arguments)]) == code
    out, err = capfdbinary.readouterr()
    return (err if code else out).decode()


def data(capfdbinary: pytest.CaptureFixture[bytes], *arguments: object) -> Any:
    return json.loads(printed(capfdbinary, *arguments, "--json"))


def test_unknown_orders_are_all_that_are_possible(river: Path) -> None:
    game = build(read_dispute(river).form)
    holds = [game.truth(one) for one in ("not court", "pay", "dam", "not share")]
    orders = [[0, 1, 2, 3], [0, 1, 3, 2], [0, 2, 3], [0, 3, 2]]
    powers = 2.0 ** np.arange(8, 0, -1)
    rows = [powers[: len(order)] @ np.array([holds[n] for n in order], dtype=float) for order in orders]
    found, plain = solve_as_known(game), solve_uncertain(game, {"UP": rows})
    assert found is not None
    # The pair that is called unknown in so many words comes on top, where it is not unknown already.
    one, other = game.state("NNYN"), game.state("YNYN")
    signs = {float(np.sign(row[one] - row[other])) for row in rows}
    assert found.unknown["UP"] == plain.unknown["UP"] + (len(signs) == 1)
    assert found.unknown["LOW"] == 0
    without = build(read_dispute(river).form)
    preference = Preference(statements=without.form.preferences["UP"].statements)
    nothing = {**without.form.preferences, "UP": preference}
    assert solve_as_known(build(_with(without.form, preferences=nothing))) is None


def _with(form: Any, **parts: Any) -> Any:
    import msgspec

    return msgspec.structs.replace(form, **parts)


def test_strength_by_statement_by_states_and_by_welfare(river: Path) -> None:
    game = build(read_dispute(river, river.with_name("welfare.csv")).form)
    court = game.truth("court")
    up = ~court[:, None] & court[None, :]
    row = game.orderings[1].ranks
    good, bad = row[game.state("YYNN")], row[game.state("YNNN")]
    low = (row >= good)[:, None] & (row <= bad)[None, :]
    found, expected = solve_by_strength(game), solve_strength(game, {"UP": up, "LOW": low})
    assert found is not None
    for concept, rows in expected.strong.items():
        assert np.array_equal(found.strong[concept], rows)
        assert np.array_equal(found.weak[concept], expected.weak[concept])
    by = Preference(statements=game.form.preferences["LOW"].statements, strong=(Strong(by="dW", least=1.2),))
    changed = build(_with(game.form, preferences={**game.form.preferences, "LOW": by}))
    strong = solve_by_strength(changed)
    more = np.zeros((game.states, game.states), dtype=bool)
    more[game.state(DEAL)] = row < row[game.state(DEAL)]
    expected = solve_strength(changed, {"UP": up, "LOW": more})
    assert strong is not None
    assert all(np.array_equal(strong.strong[c], expected.strong[c]) for c in expected.strong)


def test_what_is_not_seen_is_told_by_labels_and_conditions(river: Path) -> None:
    game = build(read_dispute(river).form)
    found = solve_as_seen(game)
    unseen = [state for state, label in enumerate(game.labels) if label[2:] == "YY" or label == "YNNY"]
    expected = hypergame(game, {"UP": unseen})
    assert found is not None
    assert np.flatnonzero(found.hidden[0]).tolist() == unseen
    assert all(np.array_equal(found.perceived[c], expected.perceived[c]) for c in CONCEPTS)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("order: [UP3, UP4]", "order: [UP3, UP5]", "river.yaml:14:15: preferences.UP.unknown[0]"),
        ("order: [UP3, UP4]", "order: [UP3]", "two different statements"),
        ("order: [UP3, UP4]", "order: [UP3, UP4], whether: UP1", "exactly one of"),
        ("whether: UP2", "wether: UP2", "Did you mean whether"),
        ("between: [NNYN, YNYN]", "between: [NNYN]", "a list of 2 is needed"),
        ("between: [NNYN, YNYN]", "between: [NYYN, YNYN]", "is not feasible"),
        ("down_to: UP1", "down_to: LOW1", "no statement of this preference"),
        ("between: [YYNN, YNNN]", "between: [YNNN, YYNN]", "the better state first"),
        ("down_to: UP1", "by: dW, least: 1", "no quantity"),
        ("down_to: UP1", "down_to: UP1, least: 1", "belongs to a quantity"),
        ("unaware: {UP: [court & pay", "unaware: {UPP: [court & pay", "Did you mean UP"),
        ("unaware: {UP: [court & pay", "unaware: {UP: [court & not court", "no state fulfils"),
        ("payer: LOW", "payer: HIGH", "no decision maker"),
        ("payer: LOW", "payer: UP", "the payer itself"),
        ("receiver_cost: [0, 1]", "receiver_cost: [1, 0]", "no range"),
        ("economics:", "economics:\n  weight: -1", "not above zero"),
        ("economics:", "economics:\n  power: {LOW: 0}", "not above zero"),
        ("economics:", "economics:\n  quantity: welfare", "no quantity"),
        ("economics:", "economics:\n  disagreement: NYNN", "is not feasible"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(river: Path, old: str, new: str, told: str) -> None:
    assert RIVER.count(old) == 1
    river.write_text(RIVER.replace(old, new))
    with pytest.raises(BadInput) as fault:
        read_dispute(river)
    assert told in str(fault.value)
    assert "river.yaml" in fault.value.where


def test_too_many_possible_orders_are_refused() -> None:
    names = [f"s{n}" for n in range(8)]
    preference = Preference(
        statements=tuple(["x"] * 8), unknown=(Unknown(order=tuple(f"A{n + 1}" for n in range(8))),)
    )
    from hikiwake.dispute import Option, OptionForm

    form = OptionForm(
        decision_makers=("A",), options=(Option(id="x", owner="A"),), preferences={"A": preference}
    )
    assert names
    with pytest.raises(BadInput, match="40,320 orders"):
        build(form)


def test_solve_tells_all_that_the_file_says(river: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    text = printed(capfdbinary, "solve", river)
    for part in (
        "looking ahead (two decision makers)", "however far (non-myopic): YYNN",
        "with unknown preferences", "d, where everybody leaves for certain gains only",
        "strongly stable for all", "as each sees it (not seen: UP 4 of 12 states)",
    ):  # fmt: skip
        assert part in text
    found = data(capfdbinary, "solve", river)
    assert found["foresight"]["non_myopic"] == ["YYNN"]
    assert set(found["unknown"]["equilibria"]) == set("abcd")
    assert found["as_seen"]["unseen"]["UP"] == ["YNNY", "NNYY", "YNYY", "YYYY"]
    assert found["coalitions_by_group"]["UP+LOW"]["stable"]["cnash"]
    plain = data(capfdbinary, "solve", "JPN", "RUS")
    assert [plain[part] for part in ("foresight", "unknown", "strength", "as_seen")] == [None] * 4
    # The two joint improvements that notes on the case name are none as the model stands.
    assert ["YYYNNYY", "NYYYNNY"] not in plain["coalitions_by_group"]["JPN+RUS"]["improvements"]


def test_explain_speaks_under_every_concept(river: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    told = {
        concept: printed(capfdbinary, "explain", river, "--state", DEAL, "--concept", concept)
        for concept in ("nash", "seq", "sim", "CR", "cgmr", "csmr", "cseq", "l1", "l3", "non-myopic")
    }
    assert "X Upland would leave: it keeps the water, and is better off as long as nobody" in told["nash"]
    assert "but then Lowland pays nothing and goes to court, and Upland is worse off" in told["seq"]
    assert "The deterrent is strong" in told["seq"]
    assert "but if at the same time Lowland pays nothing, Upland is worse off than before" in told["sim"]
    assert "= Upland and Lowland stay: together they can bring about nothing" in told["CR"]
    assert told["CR"].count("\n") == 5
    assert "looking 3 moves ahead" in told["l3"]
    assert "looking 5 moves or more ahead" in told["non-myopic"]
    assert "is no number of moves" in printed(capfdbinary, "explain", river, "--concept", "l0", code=3)
    seen = printed(capfdbinary, "explain", river, "--state", "YNNY", "--who", "UP")
    assert "By what it sees: Upland does not see this state" in seen
    unsure = printed(capfdbinary, "explain", river, "--state", "NNYN", "--concept", "nash", "--who", "UP")
    assert "it would leave if it leaves for what may be better" in unsure
    found = data(capfdbinary, "explain", river, "--state", DEAL, "--concept", "cr", "--who", "LOW+UP")
    assert [(one["who"], one["stable"]) for one in found["reasons"]] == [("UP+LOW", True)]
    assert found["reasons"][0]["sentences"][0].startswith("Upland and Lowland stay")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("explain", "JPN", "RUS", "--concept", "l3"), "for two decision makers"),
        (("explain", "JPN", "RUS", "--concept", "xx"), "cseq"),
        (("explain", "JPN", "RUS", "--who", "JPN+USA"), "JPN+USA"),
        (("explain", "JPN", "RUS", "--concept", "cr", "--who", "JPN+CHN"), "CHN"),
        (("economics", "JPN", "RUS", "-o", "x.svg"), "no side payment"),
        (("economics", "JPN", "RUS", "--weight", "-1"), "not above zero"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    capfdbinary: pytest.CaptureFixture[bytes], arguments: tuple[str, ...], told: str
) -> None:
    assert run(["--quiet", "dispute", *arguments]) in {2, 3}
    err = capfdbinary.readouterr().err.decode()
    assert told in err
    assert "Traceback" not in err


def test_economics_by_hand(river: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    table = river.with_name("welfare.csv")
    found = data(capfdbinary, "economics", river, "--welfare", table, "--weight", "2")
    assert (found["state"], found["unit"], found["weight"]) == (DEAL, "% of income", 2)
    sides = {side["who"]: side for side in found["sides"]}
    # Upland: keeping the water is one rank better, and the treaty brings 0.4: 1 / 0.4 ranks a point.
    assert sides["UP"]["ranks_behind"] == 1
    assert sides["UP"]["break_even"]["low"] == pytest.approx(2.5)
    assert sides["UP"]["welfare_needed"] == pytest.approx(1 / 2 - 0.4)
    # The line y <= x + 1.6 in the rectangle of gains -1 to 3 and losses 0 to 6.
    assert found["gains"] == {"LOW": 1.2, "UP": 0.4}
    assert found["region"]["intercept"] == pytest.approx(1.6)
    assert found["region"]["share"] == pytest.approx((0.6 + 4.6) / 2 * 4 / 24)
    rules = {point["rule"]: point for point in found["bargaining"]["points"]}
    assert set(rules) == {"nash", "kalai-smorodinsky", "egalitarian", "utilitarian"}
    assert rules["nash"]["equilibrium"] == ["gmr", "smr", "seq"]
    text = printed(capfdbinary, "economics", river, "--welfare", table, "--weight", "2")
    assert "stays from a weight of 2.5 ranks per % of income on" in text
    assert "is it an equilibrium?" in text
    assert "that is 43.3% of the values that are possible; no probability" in text
    alone = data(capfdbinary, "economics", river, "--welfare", table)
    assert alone["bargaining"]["over"] == "welfare"
    assert data(capfdbinary, "economics", river)["bargaining"]["over"] == "ranks"
    table.write_text("state,who,dW\n*,UP,0\n*,LOW,0\n")
    tied = printed(capfdbinary, "economics", river, "--welfare", table)
    assert tied.count("    utilitarian ") == 3
    assert "and 36 more that a rule finds as good" in tied
    assert len(data(capfdbinary, "economics", river, "--welfare", table)["bargaining"]["points"]) == 48


def test_a_price_with_known_values_is_the_published_one(
    river: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    exact = "payer_value: 4, payer_cost: 2, receiver_value: 6, receiver_cost: 1}"
    river.write_text(RIVER[: RIVER.index("payer_value")] + exact + "\n")
    table = river.with_name("w.json")
    rows = [(DEAL, "LOW", 3), (DEAL, "UP", 5), ("*", "LOW", 0), ("*", "UP", 0)]
    table.write_text(
        json.dumps(
            [dict(zip(("state", "decision_maker", "welfare_change"), row, strict=True)) for row in rows]
        )
    )
    found = data(capfdbinary, "economics", river, "--welfare", table)
    assert found["zone"] == {"low": 2, "high": 5, "surplus": 3, "even": 3.5}
    text = printed(capfdbinary, "economics", river, "--welfare", table)
    assert "from Lowland to Upland: both agree from 2 to 5 units of welfare; 3.5 shares" in text
    none = printed(capfdbinary, "economics", river)
    assert "no zone of agreement" in none


def test_statements_may_speak_of_the_table(river: Path) -> None:
    river.write_text(RIVER.replace("if dam then share, not pay", "dW(LOW) > 0, not pay"))
    with pytest.raises(BadInput, match="dW"):
        read_dispute(river)
    game = build(read_dispute(river, river.with_name("welfare.csv")).form)
    assert game.orderings[1].ranks.argmax() == game.state(DEAL)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "no rows"),
        ("state,who\nYYYN,UP\n", "welfare.csv:2: the column 'welfare change'"),
        ("state,who,dW\nYYYN,UP,much\n", "'much' is no number"),
        ("state,who,dW\nYYYN,UP,nan\n", "is no number"),
        ("state,who,dW\nYYYN,UP,1\nYYYN,UP,2\n", "welfare.csv:3: UP in YYYN is there twice"),
        ("state,who,dW\nYYYN,UP,1\nXXXX,UP,2\n", "welfare.csv:3:1"),
        ("state,who,dW\nYYYN,CHN,1\n", "welfare.csv:2:1"),
        ('state,who,dW\n"YYYN,UP,1\n', "missing or empty"),
        ("\x00state", "no rows"),
    ],
)
def test_a_bad_table_is_refused_with_its_line(river: Path, content: str, told: str) -> None:
    table = river.with_name("welfare.csv")
    table.write_text(content)
    with pytest.raises(BadInput) as fault:
        read_dispute(river, table)
    assert told in str(fault.value)
    table.write_bytes(b"\xff\xfe,x")
    with pytest.raises(BadInput, match="UTF-8"):
        read_dispute(river, table)


def test_the_region_is_drawn_inside_its_frame(river: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    picture = river.with_name("prices.svg")
    printed(capfdbinary, "economics", river, "--welfare", river.with_name("welfare.csv"), "-o", picture)
    root = ET.fromstring(picture.read_bytes())
    (polygon,) = root.iter("{http://www.w3.org/2000/svg}polygon")
    frame = list(root.iter("{http://www.w3.org/2000/svg}rect"))[1]
    left, top, side = (float(frame.get(name, 0)) for name in ("x", "y", "width"))
    points = [tuple(map(float, pair.split(","))) for pair in polygon.get("points", "").split()]
    assert len(points) == 4
    assert all(left <= x <= left + side and top <= y <= top + side for x, y in points)
    assert "Upland" in "".join(root.itertext())


def test_the_published_schema_knows_the_parts(river: Path) -> None:
    from hikiwake.dossier.reading import parse

    dossier = {
        "hikiwake": 1, "title": "t", "parties": ["JPN", "RUS"], "dispute": parse(RIVER.encode()).tree,
    }  # fmt: skip
    checker = jsonschema.Draft202012Validator(schema())
    assert not list(checker.iter_errors(dossier))
    dossier["dispute"]["preferences"]["UP"]["unknown"][0]["ordr"] = []
    assert list(checker.iter_errors(dossier))


def test_what_scenarios_write_is_read_as_the_table(river: Path) -> None:
    written = river.with_name("welfare.yaml")
    written.write_text(
        "quantities:\n  dW:\n    unit: per cent\n    source: a scenario\n    rows:\n"
        "      - {where: treaty, values: {UP: 0.4, LOW: 1.2}, range: {UP: [0.1, 0.7]}, scenario: s}\n"
        "      - {where: not (treaty), values: {UP: 0.0, LOW: 0.0}}\n"
    )
    game = build(read_dispute(river, written).form)
    assert game.amounts("dW", "LOW")[game.state(DEAL)] == 1.2
    assert game.amounts("dW", "UP").sum() == 0.4
    assert (game.form.quantities["dW"].unit, game.form.quantities["dW"].source) == ("per cent", "a scenario")
    for content, told in (
        ("quantities: {dX: {rows: []}}", "holds no dW"),
        ("quantities: {dW: {rows: [{where: treaty}]}}", "has no values"),
        ("quantities: {dW: {rows: []}}", "no rows"),
        ("{a: 1}", "a list of mappings"),
        ("", "no rows"),
        ("a: *b", "alias"),
    ):
        written.write_text(content)
        with pytest.raises(BadInput, match=told):
            read_dispute(river, written)


def test_a_row_that_holds_in_no_state_is_told_of(river: Path) -> None:
    table = river.with_name("welfare.csv")
    table.write_text(f"{WELFARE}NYNN,UP,1\n")
    game = build(read_dispute(river, table).form)
    assert any("holds in no state" in note.reason for note in game.warnings)


def test_notes_on_a_model_name_their_line(river: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    river.write_text(RIVER.replace("not court, pay,", "not court or court, pay,"))
    assert run(["dispute", "solve", str(river)]) == 0
    err = capfdbinary.readouterr().err.decode()
    assert "river.yaml:13:18: dispute.preferences.UP.statements[0]" in err
    assert "holds in every state" in err
