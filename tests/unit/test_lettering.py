"""Texts of figures are measured, broken and moved apart before anything is drawn; axes have round numbers."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hikiwake.render.charts.lettering import ADVANCES, clipped, length, spread
from hikiwake.render.charts.theme import ticks


def test_lengths_are_those_of_the_shipped_typeface() -> None:
    fonts = pytest.importorskip("fontTools.ttLib")
    widths = []
    for weight in ("SemiBold", "Regular"):
        font = fonts.TTFont(
            str(files("hikiwake.render").joinpath("assets", "fonts", f"HikiwakeSans-{weight}.ttf"))
        )
        assert font["head"].unitsPerEm == 1000
        names, advances = font.getBestCmap(), font["hmtx"]
        widths.append({letter: advances[names[ord(letter)]][0] for letter in ADVANCES})
    assert {letter: max(one[letter] for one in widths) for letter in ADVANCES} == ADVANCES


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_are_round_few_and_inside(low: float, reach: float) -> None:
    found, form = ticks(low, low + reach)
    assert 2 <= len(found) <= 8 or low + reach == low
    slack = 1e-6 * max(abs(low), reach)
    assert all(low - slack <= value <= low + reach + slack for value in found)
    assert len({f"{value:{form}}" for value in found}) == len(found)


def test_labels_move_apart_inside_the_frame() -> None:
    moved = spread([100.0, 101.0, 99.0], 14.0, 0.0, 200.0)
    assert sorted(moved)[1] - sorted(moved)[0] >= 14.0
    assert moved[2] < moved[0] < moved[1]
    assert max(spread([195.0, 198.0], 14.0, 0.0, 200.0)) <= 200.0


@given(st.text("ab cd…é日", max_size=60), st.floats(20, 200))
def test_broken_texts_fit_their_room(text: str, room: float) -> None:
    lines = clipped(text, room)
    assert 1 <= len(lines) <= 3
    assert all(length(line) <= room for line in lines)
    assert (
        "".join(lines).replace(" ", "") == text.replace(" ", "")
        or lines[-1].endswith("…")
        or "…" in "".join(lines)
    )


def test_a_long_name_is_cut_with_an_ellipsis() -> None:
    assert clipped("Motor vehicles, trailers and semi-trailers", 110.0, rows=2) == [
        "Motor vehicles,",
        "trailers and semi-…",
    ]
