"""Lines over years: gaps stay gaps, doubtful years are hollow and unconnected, names stand at the ends."""

from __future__ import annotations

from typing import Any

from hikiwake.core.document import Chart
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts.theme import (
    ADVANCE,
    COLOURS,
    DASHES,
    INK,
    TEXT,
    Scale,
    axis_words,
    clipped,
    frame,
    largest_of,
    scale,
    spread,
    unit_of,
)
from hikiwake.render.language import Language

HEIGHT = 270
HEADROOM = 1.14
LABEL_LETTERS = 20
LEFT, BOTTOM, TOP = 46, 30, 30


def specification(chart: Chart, ledger: Ledger, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega-Lite specification of a line chart."""
    drawn = scale(unit_of(chart, ledger), largest_of(chart, ledger))
    top = HEADROOM * largest_of(chart, ledger) / drawn.factor or 1.0
    if drawn.percent:
        top = min(top, 100 * HEADROOM)
    points, names = _points(chart, ledger, language, drawn)
    years = [point["x"] for point in points]
    right = 16 + ADVANCE * max(len(line) for name in names for line in clipped(name, LABEL_LETTERS))
    plot = width - LEFT - right
    x = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [min(years), max(*years, min(years) + 1)], "nice": False},
        "axis": {"format": "d", "title": None, "grid": False, "values": _ticks(min(years), max(years))},
    }
    y = {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [0, top], "nice": False},
        "axis": {
            "title": axis_words(language.text(chart.axis, ledger), drawn),
            "titleAngle": 0,
            "titleAlign": "left",
            "titleAnchor": "start",
            "titleX": -LEFT + 6,
            "titleY": -14,
            "tickCount": 5,
            "domain": False,
            "ticks": False,
        },
    }
    colour = {"field": "s", "type": "nominal", "legend": None, "scale": _palette(names, COLOURS)}
    dash = {"field": "s", "type": "nominal", "legend": None, "scale": _palette(names, DASHES)}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": [{**p, "y": None if p["d"] else p["y"]} for p in points]},
            "mark": {"type": "line", "strokeWidth": 2.2, "invalid": "break-paths-show-path-domains"},
            "encoding": {"x": x, "y": y, "color": colour, "strokeDash": dash},
        },
        {
            "data": {"values": [p for p in points if p["y"] is not None]},
            "mark": {"type": "point", "size": 26, "strokeWidth": 1.4, "opacity": 1},
            "encoding": {
                "x": x,
                "y": y,
                "color": colour,
                "fill": {"condition": {"test": "datum.d", "value": "white"}, **_filled(names)},
            },
        },
    ]
    layers += _ends(points, names, top, colour)
    layers += _notes(chart, ledger, language, points, top)
    return frame(plot, HEIGHT, layers, {"left": LEFT, "right": right, "top": TOP, "bottom": BOTTOM})


def _points(
    chart: Chart, ledger: Ledger, language: Language, drawn: Scale
) -> tuple[list[dict[str, Any]], list[str]]:
    names = [language.text(series.label, ledger) for series in chart.series]
    points = []
    for name, series in zip(names, chart.series, strict=True):
        for mark in series.marks:
            value = ledger[mark.fact].value
            points.append(
                {
                    "x": int(mark.at.id),
                    "y": None if value is None else value / drawn.factor,
                    "s": name,
                    "d": mark.doubtful,
                }
            )
    return points, names


def _ends(
    points: list[dict[str, Any]], names: list[str], top: float, colour: dict[str, Any]
) -> list[dict[str, Any]]:
    lasts = []
    for name in names:
        known = [p for p in points if p["s"] == name and p["y"] is not None]
        if known:
            lasts.append(known[-1])
    rows = [clipped(str(p["s"]), LABEL_LETTERS) for p in lasts]
    gap = 8 + TEXT * max((len(row) for row in rows), default=1)
    pixels = spread([HEIGHT * (1 - p["y"] / top) for p in lasts], gap, 4, HEIGHT - 4)
    edge = max(p["x"] for p in points)
    values = [
        {"x": edge, "y": top * (1 - at / HEIGHT), "s": p["s"], "t": row}
        for p, at, row in zip(lasts, pixels, rows, strict=True)
    ]
    return [
        {
            "data": {"values": values},
            "mark": {
                "type": "text",
                "align": "left",
                "baseline": "middle",
                "dx": 10,
                "fontWeight": 600,
                "lineHeight": TEXT + 2,
            },
            "encoding": {
                "x": {"field": "x", "type": "quantitative"},
                "y": {"field": "y", "type": "quantitative"},
                "text": {"field": "t"},
                "color": colour,
            },
        }
    ]


def _notes(
    chart: Chart, ledger: Ledger, language: Language, points: list[dict[str, Any]], top: float
) -> list[dict[str, Any]]:
    first, last = min(p["x"] for p in points), max(p["x"] for p in points)
    layers = []
    for annotation in chart.annotations:
        year = int(annotation.at.id)
        heights = [p["y"] for p in points if p["x"] == year and p["y"] is not None]
        if not heights:
            continue
        at = (year - first) / max(last - first, 1)
        align = "left" if at < 0.2 else "right" if at > 0.8 else "center"
        # A low point has its line above it, so its text goes below; a record's goes above.
        below = max(heights) < 0.6 * top
        layers.append(
            {
                "data": {"values": [{"x": year, "y": max(heights)}]},
                "mark": {
                    "type": "text",
                    "align": align,
                    "baseline": "top" if below else "bottom",
                    "dy": 8 if below else -8,
                    "fontSize": TEXT - 1,
                    "color": INK,
                    "text": language.text(annotation.text, ledger),
                },
                "encoding": {
                    "x": {"field": "x", "type": "quantitative"},
                    "y": {"field": "y", "type": "quantitative"},
                },
            }
        )
    return layers


def _palette(names: list[str], values: tuple[Any, ...]) -> dict[str, Any]:
    return {"domain": names, "range": [values[n % len(values)] for n in range(len(names))]}


def _filled(names: list[str]) -> dict[str, Any]:
    return {"field": "s", "type": "nominal", "legend": None, "scale": _palette(names, COLOURS)}


def _ticks(first: int, last: int) -> list[int]:
    step = next(step for step in (1, 2, 5, 10, 20, 50) if (last - first) / step <= 8)
    return [year for year in range(first, last + 1) if year % step == 0] or [first]
