"""Curves over a number, each within the band of its intervals."""

from __future__ import annotations

from typing import Any

from hikiwake.core.document import Chart
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts.lines import Frame, edges, margins, names_at_ends, span, upwards
from hikiwake.render.charts.theme import (
    COLOURS,
    DASHES,
    GREY,
    Scale,
    axis_words,
    frame,
    heading,
    largest_of,
    named,
    pixels,
    scale,
    ticks,
    ticks_across,
    unit_of,
)
from hikiwake.render.language import Language

HEIGHT, TOP, BOTTOM = 250, 30, 46
NAME_ROOM = 150.0

Point = dict[str, Any]


def specification(chart: Chart, ledger: Ledger, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega-Lite specification of curves; the note of the chart names what runs across."""
    drawn = scale(unit_of(chart, ledger), largest_of(chart, ledger))
    points = _points(chart, ledger, drawn)
    spans = [{**point, "y": point[end]} for point in points for end in ("low", "high")]
    low, high = edges(spans, drawn)
    low, high = min(low, *(p["y"] for p in spans), low), max(high, *(p["y"] for p in spans), high)
    values, form = ticks(low, high)
    labels = [named(language.text(series.label, ledger), NAME_ROOM) for series in chart.series]
    left, right = margins(labels, values, form)
    view = Frame(*span(points), low, high, width - left - right, HEIGHT)
    x = _across(view, language.text(chart.note, ledger) if chart.note else "")
    y = upwards(view, values, form)
    layers: list[dict[str, Any]] = []
    for place in range(len(chart.series)):
        layers += _curve([point for point in points if point["s"] == place], place, x, y)
    zero = {"x": 0, "x2": view.width, "y": view.y(0.0), "y2": view.y(0.0)}
    layers += [pixels([zero], {"type": "rule", "color": GREY}), *names_at_ends(points, labels, view)]
    layers.append(heading(axis_words(language.text(chart.axis, ledger), drawn), 6 - left, -16))
    return frame(
        view.width, view.height, layers, {"left": left, "right": right, "top": TOP, "bottom": BOTTOM}
    )


def _points(chart: Chart, ledger: Ledger, drawn: Scale) -> list[Point]:
    """Return a row a mark: where it stands, its value and the ends of its interval, and its series."""
    points: list[Point] = []
    for place, series in enumerate(chart.series):
        for mark in sorted(series.marks, key=lambda one: float(one.at.id)):
            fact = ledger[mark.fact]
            if fact.value is None:
                continue
            ends = (fact.interval.low, fact.interval.high) if fact.interval else (fact.value, fact.value)
            low, high = (end / drawn.factor for end in ends)
            at = {"x": float(mark.at.id), "y": fact.value / drawn.factor}
            points.append({**at, "low": low, "high": high, "s": place, "d": False})
    return points


def _across(view: Frame, title: str) -> dict[str, Any]:
    values, form = ticks_across(view.first, view.last, view.width)
    return {
        "field": "x",
        "type": "quantitative",
        "scale": {
            "domain": [view.first, view.last],
            "range": [view.x(view.first), view.x(view.last)],
            "nice": False,
            "zero": False,
        },
        "axis": {
            "title": title or None,
            "values": values,
            "format": form,
            "grid": False,
            "labelFlush": False,
        },
    }


def _curve(own: list[Point], place: int, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the band, the line and the points of one series."""
    colour = COLOURS[place % len(COLOURS)]
    band = {"type": "area", "color": colour, "opacity": 0.18}
    between = {"y": {**y, "field": "low"}, "y2": {"field": "high"}}
    line = {"type": "line", "color": colour, "strokeWidth": 2.2, "strokeDash": DASHES[place % len(DASHES)]}
    dot = {"type": "point", "color": colour, "size": 26, "filled": True, "opacity": 1}
    return [
        {"data": {"values": own}, "mark": band, "encoding": {"x": x, **between}},
        {"data": {"values": own}, "mark": line, "encoding": {"x": x, "y": y}},
        {"data": {"values": own}, "mark": dot, "encoding": {"x": x, "y": y}},
    ]
