"""Ranked bars, and two directions back to back, with the numbers at the bars' ends.

Bars are laid out in pixels here, since names of several lines need rows of different heights.
"""

from __future__ import annotations

from typing import Any

from hikiwake.core.document import Chart, Mark
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts.lettering import LEADING, longest
from hikiwake.render.charts.theme import GREY, INK, NAVY, ORANGE, frame, heading, named, pixels, words
from hikiwake.render.language import Language

STEP, BAR = 27, 19
NAME_ROOM = 185.0
SHORTEST = 1.0
"""Pixels of a bar that is not zero, however small its number."""
SWATCH = 10
NARROW = 480
"""Pixels of a picture below which names stand over the bars of two directions."""

Row = dict[str, Any]


def specification(chart: Chart, ledger: Ledger, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega-Lite specification of ranked bars (the first series)."""
    marks = chart.series[0].marks if chart.series else ()
    names = [named(language.label(mark.at, "cap"), NAME_ROOM) for mark in marks]
    values = [ledger[mark.fact].value or 0.0 for mark in marks]
    texts = [language.number(ledger[mark.fact]) for mark in marks]
    left = 16 + longest(line for name in names for line in name["t"])
    plot = width - left - 8
    number = 12 + longest(texts)
    start, end = (number if min(values, default=0.0) < 0 else 0.0), plot - number
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    unit = (end - start) / ((high - low) or 1.0)
    zero = start - low * unit
    middles, height = _rows(names)
    plain = GREY if any(mark.emphasis for mark in marks) else NAVY
    bars = [
        _bar(mark, value, zero, zero + value * unit, middle, ORANGE if mark.emphasis else plain)
        for mark, value, middle in zip(marks, values, middles, strict=True)
    ]
    layers = [
        *_filled(bars),
        *_numbers(bars, texts),
        pixels([{"x": zero, "y": 0, "x2": zero, "y2": height}], {"type": "rule", "color": GREY}),
        words([{"x": -8, "y": at, **name} for at, name in zip(middles, names, strict=True)], "right"),
        heading(language.text(chart.axis, ledger), 4 - left, -14),
    ]
    return frame(plot, height, layers, {"left": left, "right": 8, "top": 26, "bottom": 6})


def diverging(chart: Chart, ledger: Ledger, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega-Lite specification of two directions back to back."""
    sides = chart.series[:2]
    marks = [(side, mark) for side, series in enumerate(sides) for mark in series.marks]
    above = width < NARROW
    room = width - 16.0 if above else NAME_ROOM
    names: dict[str, Row] = {}
    for _, mark in marks:
        names.setdefault(mark.at.id, named(language.label(mark.at, "cap"), room))
    middles, height = _under_names(list(names.values())) if above else _rows(list(names.values()))
    at = dict(zip(names, middles, strict=True))
    left = 8 if above else 16 + longest(line for name in names.values() for line in name["t"])
    plot = width - left - 8
    texts = [language.number(ledger[mark.fact]) for _, mark in marks]
    values = [abs(ledger[mark.fact].value or 0.0) for _, mark in marks]
    unit = max(plot / 2 - 12 - longest(texts), 40.0) / (max(values, default=0.0) or 1.0)
    bars = []
    for (side, mark), value in zip(marks, values, strict=True):
        reach = value * unit * (1 if side else -1)
        bar = _bar(mark, value, plot / 2, plot / 2 + reach, at[mark.at.id], (NAVY, ORANGE)[side])
        bars.append({**bar, "side": side})
    heads = [named(language.text(series.label, ledger), plot / 2 - SWATCH - 16) for series in sides]
    deep = LEADING * max((len(head["t"]) for head in heads), default=1)
    rule = {"type": "rule", "color": INK}
    # The line between the two sides does not run through the names.
    spans = [(y - BAR / 2 - 2, y + BAR / 2 + 2) for y in middles] if above else [(0.0, height)]
    layers = [
        *_filled(bars),
        *_numbers(bars, texts),
        pixels([{"x": plot / 2, "x2": plot / 2, "y": y, "y2": y2} for y, y2 in spans], rule),
        _names(names, at, above=above),
        *_heads(heads, plot, -6 - deep / 2),
        heading(language.text(chart.axis, ledger), 4 - left, -18 - deep),
    ]
    return frame(plot, height, layers, {"left": left, "right": 8, "top": 30 + deep, "bottom": 6})


def _names(names: dict[str, Row], at: dict[str, float], *, above: bool) -> dict[str, Any]:
    """Write the names left of their rows, or over them where a picture is too narrow for both."""
    if above:
        rows = [
            {"x": 0, "y": at[key] - BAR / 2 - 4 - LEADING * len(name["t"]) / 2, **name}
            for key, name in names.items()
        ]
        return words(rows, "left")
    return words([{"x": -8, "y": at[key], **name} for key, name in names.items()], "right")


def _under_names(names: list[Row]) -> tuple[list[float], float]:
    """Return the middles of bars that have their names above them, and the height of all."""
    middles, top = [], 0.0
    for name in names:
        top += LEADING * len(name["t"]) + 6
        middles.append(top + BAR / 2)
        top += BAR + 8
    return middles, max(top, STEP)


def _rows(names: list[Row]) -> tuple[list[float], float]:
    """Return the middles of the rows and the height of all: higher where a name takes more lines."""
    middles, top = [], 0.0
    for name in names:
        tall = max(STEP, LEADING * len(name["t"]) + 7)
        middles.append(top + tall / 2)
        top += tall
    return middles, max(top, STEP)


def _bar(mark: Mark, value: float, zero: float, end: float, middle: float, colour: str) -> Row:
    if value != 0 and abs(end - zero) < SHORTEST:
        end = zero + SHORTEST * (1 if end >= zero else -1)
    return {
        "x": zero,
        "x2": end,
        "y": middle - BAR / 2,
        "y2": middle + BAR / 2,
        "v": value,
        "colour": colour,
        "d": mark.doubtful,
    }


def _filled(bars: list[Row]) -> list[dict[str, Any]]:
    """Return a layer for each colour; doubtful bars are hollow."""
    layers = []
    for colour in (GREY, NAVY, ORANGE):
        solid = [bar for bar in bars if bar["colour"] == colour and not bar["d"] and bar["v"]]
        hollow = [bar for bar in bars if bar["colour"] == colour and bar["d"] and bar["v"]]
        if solid:
            layers.append(pixels(solid, {"type": "rect", "color": colour, "opacity": 1}))
        if hollow:
            look = {"type": "rect", "fill": "white", "stroke": colour, "strokeWidth": 1.6, "opacity": 1}
            layers.append(pixels(hollow, look))
    return layers


def _numbers(bars: list[Row], texts: list[str]) -> list[dict[str, Any]]:
    """Write each number at the far end of its bar."""
    right: list[Row] = []
    left: list[Row] = []
    for bar, text in zip(bars, texts, strict=True):
        leftward = bar["x2"] < bar["x"] or bar.get("side") == 0
        end = bar["x2"] - 6 if leftward else bar["x2"] + 6
        row = {"x": end, "y": (bar["y"] + bar["y2"]) / 2, "t": [text]}
        (left if leftward else right).append(row)
    return [words(rows, align) for rows, align in ((left, "right"), (right, "left")) if rows]


def _heads(heads: list[Row], plot: float, y: float) -> list[dict[str, Any]]:
    """Name the two directions on their sides, each beside a piece of its colour."""
    layers = []
    for side, head in enumerate(heads):
        align, sign = ("left", 1) if side else ("right", -1)
        inner = plot / 2 + sign * 6
        box = {
            "x": inner,
            "x2": inner + sign * SWATCH,
            "y": y - SWATCH / 2,
            "y2": y + SWATCH / 2,
        }
        layers.append(pixels([box], {"type": "rect", "color": (NAVY, ORANGE)[side], "opacity": 1}))
        layers.append(words([{"x": inner + sign * (SWATCH + 6), "y": y, **head}], align, bold=True))
    return layers
