"""Two numbers of each thing, to the right and upwards, both on logarithmic axes, with the line of equality.

The first series goes to the right, the second upwards; things are joined by their names. What is zero, or has
one number only, stands on the edge that it falls off.
"""

from __future__ import annotations

import math
from typing import Any

from hikiwake.core.document import Chart
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts.lettering import length, longest, spread
from hikiwake.render.charts.theme import (
    BELOW,
    GREY,
    INK,
    LINE,
    ORANGE,
    TICK,
    axis_words,
    frame,
    heading,
    named,
    pixels,
    scale,
    unit_of,
    words,
)
from hikiwake.render.language import Language

EDGE, SHAPE, MOST_DECADES, MOST_NAMES = 8, 0.62, 9, 6
EQUAL = {"type": "rule", "color": INK, "strokeWidth": 1, "strokeDash": [4, 3]}
Dot = dict[str, Any]


def specification(chart: Chart, ledger: Ledger, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega-Lite specification of a scatter (two series of the same things)."""
    drawn = scale(unit_of(chart, ledger), 1.0)
    dots = _dots(chart, ledger, language, drawn.factor)
    across, up = (_ends([dot[side] for dot in dots]) for side in ("a", "b"))
    left = 14 + longest(f"{value:,.10g}" for value in _powers(*up))
    right = 12 + length(f"{_powers(*across)[-1]:,.10g}") / 2
    plot = width - left - right
    height = plot * SHAPE

    def x(value: float) -> float:
        return EDGE + _part(value, *across) * (plot - 2 * EDGE)

    def y(value: float) -> float:
        return height - EDGE - _part(value, *up) * (height - 2 * EDGE)

    for dot in dots:
        dot["x"], dot["y"] = x(dot["a"]), y(dot["b"])
    bottom = _axis(across, [EDGE, plot - EDGE])
    bottom["axis"]["title"] = axis_words(language.text(chart.axis, ledger), drawn)
    bottom["axis"]["titleY"] = TICK + BELOW
    first, last = 10.0 ** max(across[0], up[0]), 10.0 ** min(across[1], up[1])
    equal = {"x": x(first), "y": y(first), "x2": x(last), "y2": y(last)}
    layers: list[dict[str, Any]] = [
        # Nothing is drawn by this layer: it holds the axes.
        {
            "data": {"values": [{"a": 10.0 ** across[0], "b": 10.0 ** up[0]}]},
            "mark": {"type": "point", "opacity": 0},
            "encoding": {
                "x": {"field": "a", **bottom},
                "y": {"field": "b", **_axis(up, [height - EDGE, EDGE])},
            },
        },
        *([pixels([equal], EQUAL)] if first < last else []),
        *_points(dots),
        *_names([dot for dot in dots if dot["e"]], plot, height),
        heading(axis_words(language.text(chart.series[1].label, ledger), drawn), -left + 2, -12),
    ]
    return frame(plot, height, layers, {"left": left, "right": right, "top": 26, "bottom": 44})


def _dots(chart: Chart, ledger: Ledger, language: Language, factor: float) -> list[Dot]:
    found: dict[str, Dot] = {}
    for side, series in zip("ab", chart.series[:2], strict=False):
        for mark in series.marks:
            value = ledger[mark.fact].value
            name = language.label(mark.at, "cap")
            dot = found.setdefault(mark.at.id, {"a": 0.0, "b": 0.0, "e": False, "t": name})
            dot[side] = 0.0 if value is None else value / factor
            dot["e"] = dot["e"] or mark.emphasis
    return list(found.values())


def _ends(values: list[float]) -> tuple[int, int]:
    """Return the powers of ten around the positive numbers, at most so many decades below the largest."""
    shown = [value for value in values if value > 0.0]
    high = math.ceil(math.log10(max(shown, default=1.0)) - 1e-9)
    low = math.floor(math.log10(min(shown, default=0.1)) + 1e-9)
    return max(min(low, high - 1), high - MOST_DECADES), high


def _powers(low: int, high: int) -> list[float]:
    """Return the powers of ten that an axis names: each, or each second or third."""
    return [10.0**power for power in range(low, high + 1, 1 + (high - low) // 6)]


def _part(value: float, low: int, high: int) -> float:
    return (math.log10(min(max(value, 10.0**low), 10.0**high)) - low) / (high - low)


def _axis(ends: tuple[int, int], span: list[float]) -> dict[str, Any]:
    return {
        "type": "quantitative",
        "scale": {"type": "log", "domain": [10.0**end for end in ends], "range": span, "nice": False},
        "axis": {
            "title": None,
            "values": _powers(*ends),
            "format": ",~f",
            "labelFlush": False,
            "domain": False,
        },
    }


def _points(dots: list[Dot]) -> list[dict[str, Any]]:
    layers = []
    for marked in (False, True):
        rows = [{"x": dot["x"], "y": dot["y"]} for dot in dots if dot["e"] is marked]
        look = {
            "type": "point",
            "shape": "diamond" if marked else "circle",
            "size": 130 if marked else 14,
            "fill": ORANGE if marked else GREY,
            "stroke": INK if marked else LINE,
            "strokeWidth": 0.8 if marked else 0.3,
            "opacity": 1.0 if marked else 0.75,
        }
        if rows:
            layers.append(pixels(rows, look))
    return layers


def _names(dots: list[Dot], plot: float, height: float) -> list[dict[str, Any]]:
    """Name the marked dots beside them, each on a line that is free; the first few of many."""
    chosen = dots[:MOST_NAMES]
    heights = spread([float(dot["y"]) for dot in chosen], 16, 8, height - 18)
    rows: list[Dot] = []
    for dot, y in zip(chosen, heights, strict=True):
        name = named(dot["t"], plot * 0.6, 1)
        size = length(name["t"][0])
        inside = dot["x"] + 12 + size <= plot
        begin = dot["x"] + 12 if inside else max(0.0, dot["x"] - 12 - size)
        rows.append({"x": begin, "y": y, **name})
    return [words(rows, "left", bold=True)] if rows else []
