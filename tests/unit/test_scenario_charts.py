"""Figures of scenarios: whiskers, curves and the map of the world, in grey too, with odd numbers."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pictures import check_texts

from hikiwake.core import provenance as p
from hikiwake.core.document import Chart, ChartKind, Label, Mark, Prose, Series
from hikiwake.core.provenance import Interval, Ledger, Period
from hikiwake.render.charts import svg
from hikiwake.render.charts.worldmap import GAIN, LITTLE, LOSS, classes_of
from hikiwake.render.language import load

FORMULA = p.Formula("m", "m", "x", p.CHANGE, "(-1, inf)", "tests", ())
Values = dict[str, tuple[float, float, float]]


def made(kind: ChartKind, series: dict[str, Values], *, economies: bool = False) -> tuple[Chart, Ledger]:
    """Return a chart of values with their ends, and its facts."""
    ledger = Ledger()
    drawn = []
    for name, values in series.items():
        marks = []
        for at, (value, low, high) in values.items():
            fact = p.Fact("m", {"at": at, "of": name}, Period.of(2022), value, p.CHANGE, (),
                          Interval(low, high, 0.9, "scenario range"))  # fmt: skip
            ledger.state(fact, FORMULA, ())
            marks.append(
                Mark(Label("economy" if economies else "text", at, at), fact.id, emphasis=at == "JPN")
            )
        drawn.append(Series(named(name), tuple(marks)))
    return Chart("c", kind, named("title"), named("axis"), tuple(drawn), named("what it shows")), ledger


def named(text: str) -> Prose:
    return Prose("render.name", labels={"name": Label("text", text, text)})


SPREADS: dict[str, dict[str, Values]] = {
    "both signs": {
        "Japan": {"a": (0.01, -0.02, 0.03), "b": (-0.4, -0.6, -0.1)},
        "Russia": {"a": (0.2, 0.1, 0.3)},
    },
    "all below zero": {"Japan": {"a": (-0.01, -0.02, -0.001), "b": (-0.4, -0.6, -0.1)}},
    "nothing": {"Japan": {"a": (0.0, 0.0, 0.0)}},
    "traces": {"Japan": {"a": (1e-9, -1e-9, 3e-9), "b": (2e-9, 1e-9, 3e-9)}},
    "a tornado": {"Japan": {"a": (0.1, 0.05, 0.3), "b": (0.1, 0.09, 0.11)}},
}


@pytest.mark.parametrize("name", SPREADS)
@pytest.mark.parametrize("width", [680, 340])
def test_whiskers_stay_inside_their_picture(name: str, width: int) -> None:
    chart, ledger = made("whiskers", SPREADS[name])
    drawn = svg(chart, ledger, load(), width=width)
    assert "NaN" not in drawn
    assert "what it shows" in drawn
    check_texts(drawn)
    if name == "a tornado":
        assert "5.0 % to 30.0 %" in drawn.replace("\u202f", " ")  # the ends are told where values are one


@pytest.mark.parametrize(
    "values",
    [
        {"0.7": (0.3, 0.2, 0.4), "1": (0.0, 0.0, 0.0), "1.1": (-0.1, -0.2, -0.05)},
        {"0": (-0.1, -0.2, -0.05)},
        {"1000000": (1e-8, 0.0, 2e-8), "2000000": (2e-8, 1e-8, 3e-8)},
    ],
)
def test_curves_of_any_numbers(values: Values) -> None:
    chart, ledger = made("curves", {"Japan": values, "Russia": values})
    drawn = svg(chart, ledger, load())
    assert "NaN" not in drawn
    assert drawn.count("<path") >= 2
    check_texts(drawn)


WORLD: Values = {
    "JPN": (0.02, 0.01, 0.03), "RUS": (0.3, 0.1, 0.4), "NOR": (0.004, 0.0, 0.01), "SGP": (-0.002, -0.01, 0.0),
    "AUS": (-0.03, -0.04, -0.01), "BRA": (0.0, 0.0, 0.0), "CHN": (-0.0001, -0.001, 0.0),
    "LUX": (0.001, 0.0, 0.01),
}  # fmt: skip


def test_the_map_shows_gains_and_losses_apart_in_grey_too() -> None:
    chart, ledger = made("map", {"income": WORLD}, economies=True)
    drawn = svg(chart, ledger, load())
    assert "NaN" not in drawn
    assert "#fe0" not in drawn  # every marker became a pattern
    assert drawn.count("<pattern") == 2
    check_texts(drawn)
    tones = [lightness(colour) for colour in (GAIN[1], GAIN[0], LITTLE)]
    assert tones[1] - tones[0] > 60
    assert tones[2] - tones[1] > 40


def lightness(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_every_economy_is_in_the_class_of_its_number() -> None:
    classes = classes_of({code: value for code, (value, _, _) in WORLD.items()})
    held = {code: colour for _, colour, members in classes for code in members}
    assert set(held) == set(WORLD)
    assert held["RUS"] == GAIN[1]
    assert held["AUS"] == LOSS[1]
    assert held["BRA"] == LITTLE


@given(st.dictionaries(st.text("ABC", min_size=3, max_size=3), st.floats(-1.0, 1.0), max_size=20))
def test_classes_leave_nobody_out(values: dict[str, float]) -> None:
    members = [code for _, _, inside in classes_of(values) for code in inside]
    assert sorted(members) == sorted(values)
    for words, colour, inside in classes_of(values):
        for code in inside:
            if colour in GAIN:
                assert values[code] > 0.0, words
            if colour in LOSS:
                assert values[code] < 0.0, words
            # A bound that is told as nothing would say that nothing is something.
            assert words == "0" or not re.search(r"(?<![\d.])0 %|(?<![\d.])0 to", words)
    assert all(math.isfinite(value) for value in values.values())


def test_changes_too_small_to_tell_are_little() -> None:
    assert classes_of({"JPN": 5e-324, "RUS": -1e-12}) == [("within 0.000001 %", LITTLE, ["JPN", "RUS"])]
    assert classes_of({"JPN": 0.0}) == [("0", LITTLE, ["JPN"])]
