"""Two dots a row joined by a line: two shares of the same thing."""

from __future__ import annotations

from typing import Any

from hikiwake.core.document import Chart
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts.theme import (
    ADVANCE,
    NAVY,
    ORANGE,
    TEXT,
    axis_words,
    clipped,
    frame,
    largest_of,
    scale,
    unit_of,
)
from hikiwake.render.language import Language

STEP = 30
LETTERS = 28


def specification(chart: Chart, ledger: Ledger, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega-Lite specification of a dumbbell chart (two series with the same rows)."""
    drawn = scale(unit_of(chart, ledger), largest_of(chart, ledger))
    names = [language.text(series.label, ledger) for series in chart.series[:2]]
    order: dict[str, list[str]] = {}
    points: list[dict[str, Any]] = []
    ends: dict[int, list[float]] = {}
    for name, series in zip(names, chart.series, strict=False):
        for mark in series.marks:
            order.setdefault(mark.at.id, clipped(language.label(mark.at, "cap"), LETTERS))
            value = ledger[mark.fact].value
            if value is not None:
                place = list(order).index(mark.at.id)
                points.append({"n": place, "v": value / drawn.factor, "s": name, "d": mark.doubtful})
                ends.setdefault(place, []).append(value / drawn.factor)
    left = 16 + ADVANCE * max(len(line) for lines in order.values() for line in lines)
    top = max((p["v"] for p in points), default=1.0) * 1.04 or 1.0
    y = {"field": "n", "type": "ordinal", "axis": None, "scale": {"domain": list(range(len(order)))}}
    x = {
        "field": "v",
        "type": "quantitative",
        "scale": {"domain": [0, top], "nice": False},
        "axis": {
            "title": axis_words(language.text(chart.axis, ledger), drawn),
            "tickCount": 6,
            "domain": False,
            "ticks": False,
        },
    }
    palette = {"domain": names, "range": [NAVY, ORANGE]}
    shapes = {"domain": names, "range": ["circle", "diamond"]}
    height = STEP * len(order)
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": [{"n": n, "v": min(v), "w": max(v)} for n, v in ends.items()]},
            "mark": {"type": "rule", "strokeWidth": 3, "color": "#ccd3db"},
            "encoding": {"x": x, "x2": {"field": "w"}, "y": y},
        },
        {
            "data": {"values": points},
            "mark": {"type": "point", "filled": True, "size": 130, "opacity": 1},
            "encoding": {
                "x": x,
                "y": y,
                "color": {"field": "s", "type": "nominal", "legend": None, "scale": palette},
                "shape": {"field": "s", "type": "nominal", "legend": None, "scale": shapes},
                "fillOpacity": {"condition": {"test": "datum.d", "value": 0.15}, "value": 1},
            },
        },
        {
            "data": {"values": [{"n": n, "c": text} for n, text in enumerate(order.values())]},
            "mark": {"type": "text", "align": "right", "baseline": "middle", "x": -8, "lineHeight": TEXT + 1},
            "encoding": {"y": y, "text": {"field": "c"}},
        },
    ]
    layers += _key(names)
    return frame(width - left - 14, height, layers, {"left": left, "right": 14, "top": 26, "bottom": 44})


def _key(names: list[str]) -> list[dict[str, Any]]:
    """Name the two kinds of dots above the plot."""
    layers: list[dict[str, Any]] = []
    at = 6.0
    for name, colour, shape in zip(names, (NAVY, ORANGE), ("circle", "diamond"), strict=False):
        layers += [
            {
                "data": {"values": [{}]},
                "mark": {
                    "type": "point",
                    "filled": True,
                    "size": 110,
                    "opacity": 1,
                    "shape": shape,
                    "color": colour,
                    "x": at,
                    "y": -14,
                },
                "encoding": {},
            },
            {
                "data": {"values": [{}]},
                "mark": {
                    "type": "text",
                    "text": name,
                    "x": at + 10,
                    "y": -14,
                    "align": "left",
                    "baseline": "middle",
                    "color": colour,
                    "fontWeight": 600,
                },
                "encoding": {},
            },
        ]
        at += ADVANCE * len(name) + 40
    return layers
