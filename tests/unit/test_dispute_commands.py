"""The commands on disputes: what they print, as text and as JSON, and what they refuse."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from hikiwake.cli.app import run

JR = ("JPN", "RUS")
DRAW = "NYYYNNY"


def printed(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str, code: int = 0) -> str:
    assert run(["--quiet", "dispute", *arguments]) == code
    out, err = capfdbinary.readouterr()
    return (err if code else out).decode()


def data(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> Any:
    return json.loads(printed(capfdbinary, *arguments, "--json"))


def test_solve_prints_the_table_and_the_equilibria(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    text = printed(capfdbinary, "solve", *JR)
    assert "YYYNNYY  stable for all under Nash, GMR, SMR, SEQ  (today)" in text
    assert "insists on all four islands at once        Y   Y   Y   Y" in text
    found = data(capfdbinary, "solve", *JR, "--concept", "sim", "--concept", "nash")
    assert list(found["equilibria"]) == ["sim", "nash"]
    assert found["equilibria"]["nash"] == ["YYYNNYY"]
    assert len(found["wanted"]["hikiwake"]["holds_in"]) == 8
    # The deadlock is stable for every coalition as well (section 8.3 of the published analysis).
    assert found["coalitions"]["cnash"] == found["coalitions"]["cseq"] == ["YYYNNYY"]
    assert "stable for every coalition too: CR YYYNNYY; CGMR" in text


def test_explain_says_who_would_leave_and_what_deters(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    text = printed(capfdbinary, "explain", *JR, "--state", DRAW)
    assert "X Russia would leave: it keeps Shikotan and Habomai" in text
    assert "= The United States stays" in text
    found = data(capfdbinary, "explain", *JR, "--state", DRAW)
    assert found["state"] == DRAW
    assert {reason["kind"] for reason in found["reasons"]} == {"unstable", "no improvement"}
    assert all(set(e["to"]) <= {"Y", "N"} for reason in found["reasons"] for e in reason["exits"])


def test_paths_inverse_and_sensitivity_agree_with_the_published_case(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    assert "by improvements alone: no way" in printed(capfdbinary, "paths", *JR, "--to", DRAW)
    (moves,) = (r for r in data(capfdbinary, "paths", *JR, "--to", DRAW)["reaches"] if r["mode"] == "moves")
    assert moves["length"] == 2
    assert moves["target"] == DRAW
    for concept, number in (("nash", 64), ("gmr", 204), ("smr", 174), ("seq", 174)):
        found = data(capfdbinary, "inverse", *JR, "--concept", concept)
        assert found["number"] == 2
        assert len(found["changes"]) == number
    assert "64 combinations of so few" in printed(capfdbinary, "inverse", *JR)
    robust = data(capfdbinary, "sensitivity", *JR)
    assert robust["edits"] == 127
    assert robust["stable_after"]["today"] == {"nash": 121, "gmr": 126, "smr": 126, "seq": 121}
    assert robust["stable_after"]["a draw"] == dict.fromkeys(("nash", "gmr", "smr", "seq"), 0)
    assert "RUS drops R1" in printed(capfdbinary, "sensitivity", *JR)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("solve", *JR, "--concept", "nsh"), "'nsh' is unknown"),
        (("solve", *JR, "--concept", "CR"), "is told in any case"),
        (("explain", *JR, "--state", "YYYYYYY"), "feasible"),
        (("explain", *JR, "--state", "999"), "999"),
        (("explain", *JR, "--concept", "sqe"), "'sqe' is unknown"),
        (("paths", *JR, "--to", "two and fower"), "Did you mean four"),
        (("paths", *JR, "--to", "two and not two"), "no possible state fulfils it"),
        (("inverse", *JR, "--concept", "x"), "x"),
        (("solve", "AUS", "CHN"), "hikiwake dispute new"),
        (("solve", "no-such-file.yaml"), "cannot be read"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_remedy(
    capfdbinary: pytest.CaptureFixture[bytes], arguments: tuple[str, ...], told: str
) -> None:
    assert run(["--quiet", "dispute", *arguments]) in {2, 3}
    err = capfdbinary.readouterr().err.decode()
    assert told in err
    assert "Traceback" not in err


def test_new_writes_a_dispute_that_can_be_solved(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Any
) -> None:
    path = tmp_path / "mine.yaml"
    printed(capfdbinary, "new", "-o", str(path))
    assert "NYN  stable for all" in printed(capfdbinary, "solve", str(path))
    assert "this file exists" in printed(capfdbinary, "new", "-o", str(path), code=2)


SVG = "{http://www.w3.org/2000/svg}"
GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"


def test_conditions_say_what_is_missing_and_count_what_works(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    text = printed(capfdbinary, "conditions", *JR, "--to", DRAW)
    assert "X Russia must find it at least as good as what it has when Russia keeps Shikotan" in text
    found = data(capfdbinary, "conditions", *JR, "--to", DRAW, "--concept", "smr")
    assert {one["who"] for one in found["conditions"] if not one["met"]} == {"JPN", "RUS"}
    assert all(set(one["exit"]) <= {"Y", "N"} for one in found["conditions"])
    # Syria's 720 strict rankings with Iraq's fixed (GMCR+ handbook; 384 where it prints 420).
    model = tmp_path / "euphrates.yaml"
    model.write_text(
        "decision_makers: [S, I]\n"
        "options: [{id: release, owner: S}, {id: escalate, owner: S}, {id: attack, owner: I}]\n"
        "infeasible: [release & escalate]\n"
        "preferences: {S: {ranking: [1, 3, 6, 2, 4, 5]}, I: {ranking: [2, 4, 6, 1, 5, 3]}}\n"
    )
    for concept, working in (("nash", 240), ("gmr", 384), ("smr", 300), ("seq", 384)):
        asked = ("conditions", str(model), "--to", "2", "--concept", concept, "--movable", "S=all")
        assert data(capfdbinary, *asked)["rankings"]["working"] == working
    assert "384 of 720 rankings" in printed(capfdbinary, *asked)
    assert "S=all" in printed(capfdbinary, "conditions", str(model), "--to", "2", "--movable", "S", code=2)


def test_draw_shows_what_matters_inside_the_picture(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    first, again = tmp_path / "a.svg", tmp_path / "b.svg"
    printed(capfdbinary, "draw", *JR, "-o", str(first))
    printed(capfdbinary, "draw", *JR, "-o", str(again))
    assert first.read_bytes() == again.read_bytes()
    root = ET.fromstring(first.read_bytes())
    words = " ".join(root.itertext())
    for part in ("Today (Nash, GMR, SMR, SEQ)", "A draw", "Russia hands over Shikotan", "65 of 72 states"):
        assert part in words
    assert "Russia would move from A draw to No. 63." in root.findtext(f"{SVG}desc", "")
    wide, high = float(root.get("width", 0)), float(root.get("height", 0))
    for box in root.iter(f"{SVG}rect"):
        assert float(box.get("x", 0)) + float(box.get("width", 0)) <= wide
        assert float(box.get("y", 0)) + float(box.get("height", 0)) <= high
    for path in root.findall(f"{SVG}path"):
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", path.get("d", ""))]
        assert 0 <= min(numbers)
        assert max(numbers) <= max(wide, high)


ELMIRA = """\
decision_makers: [MoE, UR, LG]
states: ["1", "2", "3", "4", "5", "6", "7", "8", "9"]
moves:
  MoE: [[1, 2], [3, 4], [5, 6], [7, 8]]
  UR: [[1, 3], [2, 4], [5, 7], [6, 8], [1, 9], [2, 9], [3, 9], [4, 9], [5, 9], [6, 9], [7, 9], [8, 9]]
  LG: [[1, 5], [5, 1], [2, 6], [6, 2], [3, 7], [7, 3], [4, 8], [8, 4]]
preferences:
  MoE: {ranking: [7, 3, 4, 8, 5, 1, 2, 6, 9]}
  UR: {ranking: [1, 4, 8, 5, 9, 3, 7, 2, 6]}
  LG: {ranking: [7, 3, 5, 1, 8, 6, 4, 2, 9]}
status_quo: 1
"""


def test_the_published_case_of_elmira_from_a_file(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    path = tmp_path / "elmira.yaml"
    path.write_text(ELMIRA)
    found = data(capfdbinary, "solve", str(path))
    # Fang, Hipel & Kilgour (1993); coalitions of Kilgour, Hipel, Fang & Peng (2001).
    strong, weak = ["5", "8", "9"], ["1", "4", "5", "8", "9"]
    assert found["equilibria"] == {"nash": strong, "gmr": weak, "smr": weak, "seq": strong}
    assert found["coalitions"] == {
        "cnash": ["8", "9"], "cgmr": ["1", "4", "8", "9"], "csmr": ["1", "4", "8", "9"], "cseq": ["8", "9"],
    }  # fmt: skip
    joint = found["coalitions_by_group"]["MoE+UR"]["improvements"]
    assert [pair for pair in joint if pair[1] in {"4", "8"}] == [["2", "4"], ["5", "8"], ["6", "8"]]
    text = printed(capfdbinary, "explain", str(path), "--state", "5", "--concept", "cr", "--who", "MoE+UR")
    assert "MoE and UR would leave together: they move to 8, and both are better off" in text
    told = data(capfdbinary, "inverse", str(path), "--to", "8")
    assert told["number"] == 0
    picture = tmp_path / "elmira.svg"
    printed(capfdbinary, "draw", str(path), "-o", str(picture))
    root = ET.fromstring(picture.read_bytes())
    assert "stable for all under no concept; by leaving would gain" in " ".join(root.itertext())
    boxes = [
        tuple(float(box.get(name, 0)) for name in ("x", "y", "width", "height"))
        for box in root.iter(f"{SVG}rect")
    ][1:]
    for path_ in root.findall(f"{SVG}path"):
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", path_.get("d", ""))]
        if len(numbers) != 6:
            continue
        x, y = (numbers[0] + 2 * numbers[2] + numbers[4]) / 4, (numbers[1] + 2 * numbers[3] + numbers[5]) / 4
        assert not any(left < x < left + w and top < y < top + h for left, top, w, h in boxes)


def test_states_of_a_graph_may_be_numbers(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    # Labels that are numbers are labels everywhere, in whatever order they stand.
    path = tmp_path / "numbers.yaml"
    given = ELMIRA.replace('["1", "2", "3", "4", "5", "6", "7", "8", "9"]', "[9, 8, 7, 6, 5, 4, 3, 2, 1]")
    path.write_text(given)
    found = data(capfdbinary, "solve", str(path))
    assert found["status_quo"] == "1"
    assert sorted(found["equilibria"]["nash"]) == ["5", "8", "9"]
    assert found["states"][0] == "9"
    assert "MoE and UR would leave together: they move to 8" in printed(
        capfdbinary, "explain", str(path), "--state", "5", "--concept", "cr"
    )


def test_rankings_are_asked_how_far_a_state_must_rise(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    path = tmp_path / "pd.yaml"
    path.write_text(
        "decision_makers: [A, B]\noptions: [{id: a, owner: A}, {id: b, owner: B}]\nstatus_quo: NN\n"
        "preferences: {A: {ranking: [NY, YY, NN, YN]}, B: {ranking: [YN, YY, NN, NY]}}\n"
    )
    text = printed(capfdbinary, "inverse", str(path), "--to", "YY")
    assert "no statements to change" in text
    assert "by ranks YY is stable (Nash) if it rises over so many states: A 1, B 1" in text
    assert data(capfdbinary, "inverse", str(path), "--to", "YY")["places_to_raise"] == {
        "YY": {"A": 1, "B": 1}
    }
    assert "6 exchanges of neighbours in a ranking" in printed(capfdbinary, "sensitivity", str(path))
    # The published distances of the draw by rank (section 8.3 of the analysis).
    places = data(capfdbinary, "inverse", *JR)["places_to_raise"][DRAW]
    assert places == {"JPN": 24, "RUS": 27, "USA": 0}


def test_draw_says_the_same_as_data_and_asks_for_a_place_to_draw(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    found = data(capfdbinary, "draw", *JR)
    assert found["states"][0]["heading"].startswith("Today")
    assert any(move["maker"] == "Russia" and (move["there"] or move["back"]) for move in found["moves"])
    assert "-o moves.svg" in printed(capfdbinary, "draw", *JR, code=2)


def test_draw_writes_png_and_escapes_hostile_names(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    model = tmp_path / "m.yaml"
    model.write_text(
        "decision_makers: [{id: A, name: '<script>x</script>'}]\n"
        "options: [{id: x, owner: A, taken: 'says \"&<b>\"'}]\n"
        "status_quo: N\npreferences: {A: {weights: {x: 1}}}\n"
    )
    picture = tmp_path / "m.svg"
    printed(capfdbinary, "draw", str(model), "-o", str(picture))
    text = picture.read_text()
    assert "<script" not in text
    assert "<b>" not in text
    assert 'says "&<b>"' in " ".join(ET.fromstring(text).itertext())
    printed(capfdbinary, "draw", str(model), "-o", str(tmp_path / "m.png"))
    assert (tmp_path / "m.png").read_bytes().startswith(b"\x89PNG")


def test_export_gives_all_states_all_moves_and_a_model_that_is_read_again(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    for ending in ("csv", "graphml", "json"):
        printed(capfdbinary, "export", *JR, "-o", str(tmp_path / f"m.{ending}"))
    rows = list(csv.DictReader((tmp_path / "m.csv").read_text().splitlines()))
    assert len(rows) == 72
    stable = [row["state"] for row in rows if row["stable nash"] == "1"]
    assert stable == ["YYYNNYY"]
    graph = ET.parse(tmp_path / "m.graphml").getroot()
    assert len(graph.findall(f".//{GRAPHML}node")) == 72
    leaving = [e for e in graph.iter(f"{GRAPHML}edge") if e.get("source") == "s64"]
    assert leaving
    assert {e.findtext(f"{GRAPHML}data[@key='better']") for e in leaving} == {"false"}
    assert data(capfdbinary, "solve", str(tmp_path / "m.json"))["equilibria"]["nash"] == ["YYYNNYY"]
    assert "is not known" in printed(capfdbinary, "export", *JR, "-o", str(tmp_path / "m.xls"), code=2)
