"""Rows of nested ranges on a logarithmic axis: what is usual, pale to dark, and where the flow itself stands.

Series in their order: an outer range, an inner one, a middle, the flow itself (with its number), and a range
of the flow's. A range is the span of a series' marks in a row; of the last, that of their intervals where
they have any.
"""

from __future__ import annotations

import math
from typing import Any

from hikiwake.core.document import Chart
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts.lettering import LEADING, SMALL, length, longest
from hikiwake.render.charts.logarithmic import Axis, rows
from hikiwake.render.charts.theme import (
    INK,
    NAVY,
    ORANGE,
    SOFT,
    axis_words,
    frame,
    named,
    pixels,
    scale,
    unit_of,
    words,
)
from hikiwake.render.language import Language

STEP, BAR = 34, 14
NAME_ROWS = 4
OUTER, INNER = "#d5dee8", "#93abc5"
SMALLEST, LARGEST = 0.01, 1000.0
"""What lies beyond stands at the edge: its number tells how far."""

Row = dict[str, Any]
Spans = dict[str, tuple[float, float]]


def specification(chart: Chart, ledger: Ledger, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega-Lite specification of a chart of ranges (five series)."""
    drawn = scale(unit_of(chart, ledger), 1.0)
    names = {
        mark.at.id: named(language.label(mark.at, "cap"), width * 0.27, NAME_ROWS)
        for series in chart.series
        for mark in series.marks
    }
    spans = [_spans(chart, ledger, place, drawn.factor) for place in range(5)]
    told = {
        mark.at.id: language.number(ledger[mark.fact], "times")
        for series in chart.series[3:4]
        for mark in series.marks
    }
    left = 12 + longest(line for name in names.values() for line in name["t"])
    right = 14 + longest(told.values())
    plot = width - left - right
    axis = Axis(*_decades(spans), BAR, plot - BAR)
    middles, height = rows(names, STEP, 8)
    layers = [axis.layer(axis_words(language.text(chart.axis, ledger), drawn))]
    for place, span in enumerate(spans):
        bars = [
            {"y": middles[at], "x": axis.at(ends[0]), "x2": axis.at(ends[1])} for at, ends in span.items()
        ]
        layers += _looks(place, bars)
    numbers = [{"x": plot + 6, "y": middles[at], "t": [text]} for at, text in told.items()]
    layers.append(words(numbers, "left", bold=True))
    layers.append(words([{"x": -8, "y": middles[at], **name} for at, name in names.items()], "right"))
    keys, deep = _keys([language.text(series.label, ledger) for series in chart.series[:5]], width, left)
    return frame(plot, height, layers + keys, {"left": left, "right": right, "top": 10 + deep, "bottom": 44})


def _spans(chart: Chart, ledger: Ledger, place: int, factor: float) -> Spans:
    """Return the span of a series in each row; rows without a number have none."""
    found: dict[str, list[float]] = {}
    for mark in chart.series[place].marks if place < len(chart.series) else ():
        fact = ledger[mark.fact]
        if fact.value is None:
            continue
        interval = fact.interval if place == len(chart.series) - 1 else None
        ends = (interval.low, interval.high) if interval else (fact.value,)
        found.setdefault(mark.at.id, []).extend(end / factor for end in ends)
    return {at: (min(values), max(values)) for at, values in found.items()}


def _decades(spans: list[Spans]) -> tuple[float, float, list[float]]:
    """Return the ends of the axis, whole powers of ten around all numbers and one, and the powers between."""
    shown = [min(max(end, SMALLEST), LARGEST) for span in spans for ends in span.values() for end in ends]
    low = math.floor(math.log10(min([*shown, 0.1])) + 1e-9)
    high = math.ceil(math.log10(max([*shown, 10.0])) - 1e-9)
    return 10.0**low, 10.0**high, [10.0**power for power in range(low, high + 1)]


def _looks(place: int, rows: list[Row]) -> list[dict[str, Any]]:
    """Return how a series is drawn; the flow itself is a diamond, its range a line behind it."""
    if not rows:
        return []
    if place < 2:
        bars = [
            {
                "x": row["x"],
                "x2": max(row["x2"], row["x"] + 1),
                "y": row["y"] - BAR / 2,
                "y2": row["y"] + BAR / 2,
            }
            for row in rows
        ]
        return [pixels(bars, {"type": "rect", "color": (OUTER, INNER)[place]})]
    if place == 2:
        ticks = [
            {"x": row["x"], "x2": row["x"], "y": row["y"] - BAR / 2, "y2": row["y"] + BAR / 2} for row in rows
        ]
        return [pixels(ticks, {"type": "rule", "color": NAVY, "strokeWidth": 2.5})]
    if place == 3:
        look = {"type": "point", "shape": "diamond", "size": 130, "fill": ORANGE, "stroke": INK, "opacity": 1}
        return [pixels([{"x": row["x"], "y": row["y"]} for row in rows], {**look, "strokeWidth": 0.8})]
    lines = [{"x": row["x"], "x2": row["x2"], "y": row["y"], "y2": row["y"]} for row in rows]
    return [pixels(lines, {"type": "rule", "color": INK, "strokeWidth": 1.2})]


def _keys(names: list[str], width: float, left: float) -> tuple[list[dict[str, Any]], float]:
    """Name what is drawn above the plot, from the left of the picture, in as many lines as it takes."""
    placed: list[tuple[float, int, str]] = []
    x, line = 0.0, 0
    for name in names:
        text = named(name, width - 44, 1)["t"][0]
        room = 26 + length(text, SMALL) + 16
        if placed and x + room > width:
            x, line = 0.0, line + 1
        placed.append((x, line, text))
        x += room
    deep = (line + 1) * (LEADING + 2) if placed else 0
    layers: list[dict[str, Any]] = []
    for place, (at, row, text) in enumerate(placed):
        begin, y = at - left + 4, -deep + row * (LEADING + 2) + 2
        sample = {"x": begin, "x2": begin + 16, "y": y}
        if place in (2, 3):
            sample["x"] = sample["x2"] = begin + 8
        layers += _looks(place, [sample])
        layers.append(words([{"x": begin + 22, "y": y, "t": [text]}], "left", colour=SOFT, size=SMALL))
    return layers, deep + 4
