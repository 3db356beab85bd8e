"""One number under several choices, a row each, on a logarithmic axis: how much the choice decides.

Two series at most, each with a dashed line through its first row, from which the others depart. A zero, or
what lies beyond the axis, stands at its edge.
"""

from __future__ import annotations

import math
from typing import Any

from hikiwake.core.document import Chart
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts.lettering import LEADING, longest
from hikiwake.render.charts.logarithmic import Axis, rows
from hikiwake.render.charts.theme import (
    LINE,
    NAVY,
    ORANGE,
    axis_words,
    frame,
    named,
    pixels,
    scale,
    unit_of,
    words,
)
from hikiwake.render.language import Language

STEP, EDGE = 21, 12
NAME_ROWS = 2
LOOKS = ((NAVY, "circle", 62), (ORANGE, "diamond", 74))
SMALLEST, LARGEST = 0.001, 1000.0
STEPS = (1.0, 2.0, 5.0)

Row = dict[str, Any]


def specification(chart: Chart, ledger: Ledger, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega-Lite specification of a number under several choices (the first two series)."""
    drawn = scale(unit_of(chart, ledger), 1.0)
    names: dict[str, Row] = {}
    dots: list[Row] = []
    for place, series in enumerate(chart.series[:2]):
        for mark in series.marks:
            names.setdefault(mark.at.id, named(language.label(mark.at, "cap"), width * 0.42, NAME_ROWS))
            value = ledger[mark.fact].value
            if value is not None:
                shown = min(max(value / drawn.factor, SMALLEST), LARGEST)
                dots.append({"n": mark.at.id, "s": place, "v": shown, "first": mark.emphasis})
    left = 14 + longest(line for name in names.values() for line in name["t"])
    plot = width - left - EDGE
    axis = Axis(*_ends([dot["v"] for dot in dots]), EDGE, plot - EDGE)
    middles, height = rows(names, STEP, 5)
    for dot in dots:
        dot.update(x=axis.at(dot["v"]), y=middles[dot["n"]])
    told = [language.text(series.label, ledger) for series in chart.series[:2]]
    keys = _keys(told)
    guides = [{"x": 0.0, "x2": plot, "y": middle, "y2": middle} for middle in middles.values()]
    layers = [
        axis.layer(axis_words(language.text(chart.axis, ledger), drawn)),
        pixels(guides, {"type": "rule", "color": LINE, "strokeWidth": 0.7}),
        *_drawn(dots, height),
        words([{"x": -8, "y": middles[at], **name} for at, name in names.items()], "right"),
        *keys,
    ]
    deep = (LEADING + 2) * len(told)
    return frame(plot, height, layers, {"left": left, "right": EDGE, "top": 12 + deep, "bottom": 44})


def _ends(values: list[float]) -> tuple[float, float, list[float]]:
    """Return the ends of the axis, round numbers around all values and one, and the round numbers between."""
    low, high = min([*values, 0.8]), max([*values, 1.25])
    first = math.floor(math.log10(low) + 1e-9)
    last = math.ceil(math.log10(high) - 1e-9)
    steps = [factor * 10.0**power for power in range(first, last + 1) for factor in STEPS]
    below = max(step for step in steps if step <= low * (1 + 1e-9))
    above = min((step for step in steps if step >= high * (1 - 1e-9)), default=10.0**last)
    between = [step for step in steps if below <= step <= above]
    # Over more than two decades only the powers of ten are told.
    if above / below > 100.0:
        between = [step for step in between if abs(math.log10(step) - round(math.log10(step))) < 1e-9]
    return below, above, between


def _drawn(dots: list[Row], height: float) -> list[dict[str, Any]]:
    """Draw each series' dashed line and its dots, the first of them filled."""
    layers = []
    for place, (colour, shape, size) in enumerate(LOOKS):
        own = [dot for dot in dots if dot["s"] == place]
        lines = [{"x": dot["x"], "x2": dot["x"], "y": 0.0, "y2": height} for dot in own if dot["first"]]
        if lines:
            layers.append(
                pixels(lines, {"type": "rule", "color": colour, "strokeDash": [4, 3], "opacity": 0.55})
            )
        point = {
            "type": "point",
            "shape": shape,
            "size": size,
            "opacity": 1,
            "stroke": colour,
            "strokeWidth": 1.6,
        }
        for first, fill in ((True, colour), (False, "white")):
            some = [{"x": dot["x"], "y": dot["y"]} for dot in own if dot["first"] is first]
            if some:
                layers.append(pixels(some, {**point, "fill": fill}))
    return layers


def _keys(names: list[str]) -> list[dict[str, Any]]:
    """Name the series above the plot, a line each."""
    layers = []
    for place, ((colour, shape, size), name) in enumerate(zip(LOOKS, names, strict=False)):
        y = -12.0 - (LEADING + 2) * (len(names) - 1 - place)
        dot = {"type": "point", "shape": shape, "size": size, "filled": True, "color": colour, "opacity": 1}
        layers.append(pixels([{"x": 6.0, "y": y}], dot))
        layers.append(words([{"x": 17.0, "y": y, "t": [name]}], "left", bold=True))
    return layers
