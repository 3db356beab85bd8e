"""Disputes in files: the shipped one, alone, in the short form, as gmcr-py saves them; and what is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

from hikiwake.core.errors import BadInput, NoData
from hikiwake.dispute import Solution, build, solve, solve_as_known, solve_as_seen, solve_by_strength
from hikiwake.dossier.blank_dispute import FORM
from hikiwake.dossier.dispute_files import read_dispute
from hikiwake.dossier.shipped import all_shipped, shipped
from hikiwake.dossier.validation import check_bytes


def solved(path: Path) -> Solution:
    return solve(build(read_dispute(path).form))


def written(folder: Path, content: str | dict[str, Any], name: str = "dispute.yaml") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_the_shipped_dispute_of_2016_is_the_deadlock() -> None:
    path = shipped("RUS", "JPN")
    assert path is not None
    held = read_dispute(path)
    found = solve(build(held.form))
    # The published results of this model (dispute methods, section 8.3).
    assert found.game.states == 72
    assert found.labels("nash") == found.labels("seq") == ("YYYNNYY",)
    assert found.labels("gmr") == found.labels("smr") == ("YYYNNNN", "YYYNNYN", "YYYNNNY", "YYYNNYY")
    (wanted,) = held.asked.wanted
    assert len(found.game.where(wanted.holds)) == 8
    assert held.asked.analyst


def test_every_statement_and_option_of_the_shipped_dispute_has_a_source() -> None:
    path = shipped("JPN", "RUS")
    assert path is not None
    form = read_dispute(path).form
    assert all(option.sources for option in form.options)  # type: ignore[union-attr]
    for preference in form.preferences.values():
        assert all(statement.sources and statement.why for statement in preference.statements or ())  # type: ignore[union-attr]


def test_the_form_to_begin_with_is_a_sound_dispute(tmp_path: Path) -> None:
    found = solved(written(tmp_path, FORM))
    assert found.labels("nash") == ("NYN",)
    assert "YYY" in found.labels("seq")


def test_what_the_form_says_in_comments_is_sound_too(tmp_path: Path) -> None:
    said = re.sub(r"^( *)# ((unknown|strong|unaware|quantities|  dW|economics):)", r"\1\2", FORM, flags=re.M)
    assert said.count("#") == FORM.count("#") - 6
    held = read_dispute(written(tmp_path, said))
    game = build(held.form)
    assert solve_as_known(game)
    assert solve_by_strength(game)
    assert solve_as_seen(game)
    assert held.asked.economics
    assert game.amounts("dW", "B")[game.state("YYY")] == 0.5


PRISONERS = {
    "name": "prisoners",
    "dms": ["A", "B"],
    "states": ["CC", "CD", "DC", "DD"],
    "moves": {"A": [[1, 3], [3, 1], [2, 4], [4, 2]], "B": [[1, 2], [2, 1], [3, 4], [4, 3]]},
    "payoff": {"A": [3, 1, 4, 2], "B": [3, 4, 1, 2]},
}
# Syria and Iraq 1975 (Hipel, Kilgour & Kinsara 2014), as gmcr-py saves it, by ranking.
EUPHRATES = {
    "program": "gmcr-py",
    "version": "0.3.6",
    "options": [
        {"name": "Release water", "permittedDirection": "both"},
        {"name": "Escalate", "permittedDirection": "both"},
        {"name": "Attack", "permittedDirection": "both"},
    ],
    "decisionMakers": [
        {"name": "Syria", "options": [0, 1], "preferences": [], "preferenceRanking": [1, 3, 6, 2, 4, 5]},
        {"name": "Iraq", "options": [2], "preferences": [], "preferenceRanking": [2, 4, 6, 1, 5, 3]},
    ],
    "infeasibles": [[[0, "Y"], [1, "Y"]]],
    "useManualPreferenceRanking": True,
}


def test_the_short_form_is_read_alone_and_as_one_of_several(tmp_path: Path) -> None:
    alone = written(tmp_path, PRISONERS, "alone.json")
    several = written(tmp_path, {"cases": [PRISONERS, {**PRISONERS, "name": "again"}]}, "several.json")
    for path in (alone, Path(f"{several}#again")):
        found = solved(path)
        assert found.labels("nash") == ("DD",)
        assert found.labels("seq") == ("CC", "DD")
    with pytest.raises(BadInput, match="several disputes") as told:
        read_dispute(several)
    assert "prisoners, again" in str(told.value)


def test_what_gmcr_py_saves_is_read_by_ranking(tmp_path: Path) -> None:
    found = solved(written(tmp_path, EUPHRATES, "euphrates.gmcr"))
    numbers = {concept: [state + 1 for state in found.equilibria(concept)] for concept in found.stable}
    assert numbers == {"nash": [6], "seq": [6], "smr": [6], "gmr": [1, 6]}


def test_what_gmcr_py_saves_is_read_by_statements_with_alternatives(tmp_path: Path) -> None:
    either = {"compound": True, "members": [[[0, "Y"], [2, "N"]], [[1, "Y"]]]}
    makers = [
        {"name": "Syria", "options": [0, 1], "preferences": [[[2, "N"]], either]},
        {"name": "Iraq", "options": [2], "preferences": [[[0, "Y"], [2, "N"]]]},
    ]
    content = {**EUPHRATES, "decisionMakers": makers, "useManualPreferenceRanking": False}
    form = read_dispute(written(tmp_path, content, "euphrates.gmcr")).form
    game = build(form)
    assert form.preferences["syria"].statements == (
        "!attack",
        "(release_water & !attack) | (escalate)",
    )
    assert sorted(game.labels) == sorted(["NNN", "YNN", "NYN", "NNY", "YNY", "NYY"])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"dms": ["A"]}, "'payoff' is missing"),
        ({**PRISONERS, "dms": 3}, "another shape"),
        ({"decisionMakers": [{}], "options": []}, "'name' is missing"),
        ({"dms": ["A"], "payoff": {"A": [1]}, "options": [{"id": "x", "owner": "B"}]}, "decision maker"),
        ("decision_makers: [A]\noptions: []\npreferences: {A: {statement: [a]}}", "Did you mean statements"),
        ("decision_makers: [A]\nstates: [s]\nmoves: {B: []}\npreferences: {A: {payoffs: [1]}}", "'B'"),
        ("[1, 2]", "a mapping is needed"),
        ("a: *b", "alias"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_the_place_and_the_remedy(
    tmp_path: Path, content: str | dict[str, Any], told: str
) -> None:
    with pytest.raises(BadInput) as fault:
        read_dispute(written(tmp_path, content))
    assert told in str(fault.value)
    assert "dispute.yaml" in fault.value.where
    assert fault.value.remedy


DOSSIER = """hikiwake: 1
title: t
parties: [JPN, RUS]
references: [{id: book, title: A book}]
dispute:
  decision_makers: [A, B]
  options:
    - {id: x, owner: A, sources: [boook]}
    - {id: y, owner: C}
  status_quo: YYY
  wanted: [{id: w, holds: x & z}]
  preferences:
    A: {statements: [x]}
    B: {weights: {y: 1}}
"""


def test_faults_of_a_dispute_stand_where_they_are_in_the_dossier() -> None:
    dossier, problems = check_bytes(DOSSIER.encode(), "t.yaml")
    assert dossier is None
    places = {(problem.line, problem.path) for problem in problems}
    assert (8, "dispute.options[0].sources[0]") in places
    assert (9, "dispute.options[1].owner") in places
    mended = DOSSIER.replace("boook", "book").replace("owner: C", "owner: B").replace("YYY", "YY")
    _, problems = check_bytes(mended.encode(), "t.yaml")
    assert [(problem.line, problem.path) for problem in problems] == [(11, "dispute.wanted[0].holds")]
    dossier, problems = check_bytes(mended.replace("x & z", "x & y").encode(), "t.yaml")
    assert dossier is not None
    assert not problems


def test_a_wanted_outcome_that_no_state_fulfils_is_told() -> None:
    text = DOSSIER.replace("boook", "book").replace("owner: C", "owner: B").replace("YYY", "YY")
    _, problems = check_bytes(text.replace("x & z", "x & !x").encode(), "t.yaml")
    assert [problem.reason for problem in problems] == ["no feasible state fulfils it"]


def test_a_dossier_without_a_dispute_says_how_to_write_one() -> None:
    without = [name for name in all_shipped() if name != "jpn-rus"]
    path = shipped(*without[0].upper().split("-"))
    assert path is not None
    with pytest.raises(NoData, match="hikiwake dispute new"):
        read_dispute(path)


def test_faults_of_converted_files_stand_where_they_are(tmp_path: Path) -> None:
    short = json.dumps({**PRISONERS, "payoff": {"A": [3, 1, 4, 2], "B": [3, 4, 1]}}, indent=0)
    several = '{"cases": [\n{},\n' + short.replace('"payoff"', '\n"payoff"') + "]}"
    with pytest.raises(BadInput, match="3 payoffs are given for 4 states") as told:
        read_dispute(Path(f"{written(tmp_path, several, 'several.json')}#prisoners"))
    line = next(n for n, row in enumerate(several.splitlines(), 1) if row.startswith('"B": [') and n > 40)
    assert told.value.where.endswith(f"several.json:{line}:1")
    spoilt = json.dumps(EUPHRATES, indent=0).replace("6,\n1,\n5,\n3", "6,\n1,\n5,\n5")
    with pytest.raises(BadInput, match="ranked twice") as told:
        read_dispute(written(tmp_path, spoilt, "euphrates.gmcr"))
    assert int(told.value.where.split(":")[-2]) > 30
    with pytest.raises(BadInput, match="several disputes"):
        read_dispute(written(tmp_path, '{"cases": 3}', "none.json"))


def test_a_preference_that_is_partly_known_survives_being_spoilt_or_is_refused(tmp_path: Path) -> None:
    from tests.unit.test_dispute_outlook import RIVER, WELFARE

    chance, solved_ones = Random(1956), 0
    for _ in range(100):
        model, table = (spoilt(text, chance) if chance.random() < 0.8 else text for text in (RIVER, WELFARE))
        file, beside = written(tmp_path, model or "x"), written(tmp_path, table, "welfare.csv")
        try:
            game = build(read_dispute(file, beside).form)
            solve_as_known(game), solve_by_strength(game), solve_as_seen(game)
            solved_ones += 1
        except (BadInput, NoData) as fault:
            assert fault.why  # noqa: PT017
            assert fault.remedy  # noqa: PT017
            assert "dispute" in fault.where or "welfare.csv" in fault.where  # noqa: PT017
    assert 5 < solved_ones < 95


def spoilt(text: str, chance: Random) -> str:
    """Return a text with a few lines lost, repeated, cut, moved or changed."""
    lines = text.splitlines()
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                lines.pop(at)
            case 1:
                lines.insert(at, chance.choice(lines))
            case 2:
                lines[at] = lines[at].replace(chance.choice("aeiou,:[]&!"), chance.choice("xyz{}]&*|"), 1)
            case 3:
                lines[at] = "  " + lines[at]
            case _:
                lines[at] = lines[at][: chance.randint(0, len(lines[at]))]
    return "\n".join(lines)


def test_spoilt_files_are_solved_or_refused_with_one_clear_error(tmp_path: Path) -> None:
    path = shipped("JPN", "RUS")
    assert path is not None
    whole = path.read_text(encoding="utf-8")
    model = FORM + "\n"
    chance = Random(2016)
    solved_ones = 0
    for number in range(200):
        text = spoilt(model if number % 2 else whole[whole.index("\ndispute:\n") + 1 :], chance)
        file = written(tmp_path, text or "x", f"spoilt{number}.yaml")
        try:
            solve(build(read_dispute(file).form))
            solved_ones += 1
        except (BadInput, NoData) as fault:
            assert fault.why  # noqa: PT017
            assert fault.remedy  # noqa: PT017
            assert "spoilt" in fault.where  # noqa: PT017
    assert 20 < solved_ones < 180  # both ways out are tried
