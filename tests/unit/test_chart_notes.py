"""Notes on charts: beside their points, off lines and each other, led to the line that they speak of."""

from __future__ import annotations

import itertools

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.test_charts import made, years

from hikiwake.core.document import Annotation, Prose
from hikiwake.render.charts import remarks, specification
from hikiwake.render.charts.lettering import LEADING, SMALL, longest
from hikiwake.render.language import load


@given(st.lists(st.floats(0, 200), min_size=12, max_size=12), st.sampled_from([120.0, 480.0]))
def test_no_line_passes_through_a_note(heights: list[float], width: float) -> None:
    points = [(place * width / 11, height) for place, height in enumerate(heights)]
    pieces = [(*start, *end) for start, end in itertools.pairwise(points)]
    said = [remarks.Note(f"{place}: down to US$5.90 million", *points[place]) for place in (2, 5, 8)]
    layers = remarks.layers(said, pieces, width, 200.0)
    for row in layers[-1]["data"]["values"] if layers else ():
        wide, tall = longest(row["t"], SMALL), LEADING * len(row["t"])
        middle = row["y"] + (len(row["t"]) - 1) * LEADING / 2
        for x, y, to_x, to_y in pieces:
            # Points close enough on the piece that none could jump over the text.
            steps = np.linspace(0.0, 1.0, 400)
            inside = (np.abs(x + (to_x - x) * steps - row["x"] - wide / 2) < wide / 2) & (
                np.abs(y + (to_y - y) * steps - middle) < tall / 2
            )
            assert not inside.any()


def test_a_note_leads_to_the_point_of_its_own_line() -> None:
    """The other line is higher in the year of which the note speaks."""
    low = {year: 1e9 + 1e8 * (year % 5) for year in range(1995, 2025)}
    high = {year: 8e9 for year in range(1995, 2025)}
    drawn = made("lines", {"high": years(high), "low": years(low)})
    told = drawn.chart.series[1].marks[10]
    note = Annotation(told.at, Prose("ties.annotation_peak", {"peak": told.fact}))
    layers = specification(
        msgspec.structs.replace(drawn.chart, annotations=(note,)), drawn.ledger, load("en")
    )["layer"]
    (text,) = [
        row
        for layer in layers
        for row in layer.get("data", {}).get("values", ())
        if "peak of" in str(row.get("t"))
    ]
    # Eight times as high as the low line: in the upper fifth of the plot stands the other one alone.
    assert text["y"] > 0.2 * 270


@given(st.lists(st.floats(0, 200), min_size=12, max_size=12))
def test_the_line_to_a_note_runs_over_no_text(heights: list[float]) -> None:
    points = [(place * 40.0, height) for place, height in enumerate(heights)]
    pieces = [(*start, *end) for start, end in itertools.pairwise(points)]
    said = [remarks.Note(f"{place}: down to US$5.90 million", *points[place]) for place in (2, 5, 8)]
    placed = remarks._placed(said, pieces, 440.0, 200.0, ())
    for place in placed:
        leader = remarks._leader(place)
        others = [other.box for other in placed if other is not place]
        assert not leader or not any(remarks._crosses(remarks._segment(leader), box) for box in others)


def test_a_text_keeps_off_the_grid_and_its_line_off_the_others() -> None:
    steep = [(0.0, 200.0, 200.0, 200.0), (200.0, 200.0, 210.0, 0.0), (210.0, 0.0, 220.0, 190.0)]
    rest = [(220.0, 190.0, 300.0, 150.0)]
    (placed,) = remarks._placed([remarks.Note("down to US$5", 220.0, 190.0)], steep + rest, 480.0, 200.0, ())
    leader = remarks._leader(placed)
    assert not remarks._is_in_the_way(leader, steep + rest)
    grid = [50.0, 100.0, 150.0]
    (placed,) = remarks._placed([remarks.Note("peak", 100.0, 115.0)], [], 480.0, 200.0, grid)
    assert not any(placed.box[1] < height < placed.box[3] for height in grid)
