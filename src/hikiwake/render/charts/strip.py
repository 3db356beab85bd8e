"""All partners on one axis, one row a series: where the pair stands among the rest.

Equal values are stacked, never jittered, so the same data give the same picture.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from hikiwake.core.document import Chart, Series
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts.lettering import SMALL, length
from hikiwake.render.charts.theme import (
    BELOW,
    GREY,
    INK,
    LINE,
    ORANGE,
    SOFT,
    TICK,
    axis_words,
    frame,
    largest_of,
    pixels,
    scale,
    tick_room,
    ticks_across,
    unit_of,
    words,
)
from hikiwake.render.language import Language

EDGE = 12
DOT = 7.0
"""Pixels a dot takes; dots nearer than this are stacked."""
TALLEST = 84.0
"""Pixels of the highest stack; where more dots share a place, they overlap to fit."""
TITLE, GAP, TEXT_HEIGHT = 20, 14, 15

Dot = dict[str, Any]


class _Label(NamedTuple):
    left: float
    right: float
    y: float
    text: str
    bold: bool
    dot: Dot


def specification(chart: Chart, ledger: Ledger, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega-Lite specification of a strip chart."""
    drawn = scale(unit_of(chart, ledger), largest_of(chart, ledger))
    found = [ledger[mark.fact].value for series in chart.series for mark in series.marks]
    known = [value / drawn.factor for value in found if value is not None]
    low, high = _domain(known)
    values, form = ticks_across(low, high, width - 2 * EDGE)
    # Labels of the axis may stand under its very ends.
    edge = max(EDGE, tick_room(values, form) / 2 + 1)
    plot = width - 2 * edge
    unit = plot / (high - low)
    axis = {
        "field": "v",
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "axis": {
            "title": axis_words(language.text(chart.axis, ledger), drawn),
            "titleY": TICK + BELOW,
            "values": values,
            "format": form,
            "labelFlush": False,
            "grid": False,
        },
    }
    # Nothing is drawn by this layer: it holds the axis.
    layers: list[dict[str, Any]] = [
        {"data": {"values": [{"v": low}]}, "mark": {"type": "rule", "opacity": 0}, "encoding": {"x": axis}}
    ]
    top = 0.0
    for place, series in enumerate(chart.series):
        dots = _stacked(series, ledger, language, low, unit, drawn.factor)
        labels = _labels(dots, plot)
        # Dots count upwards from the row's base; the row is as high as what it holds.
        base = top + TITLE + max([*(dot["h"] + DOT for dot in dots), *(label.y + 8 for label in labels), DOT])
        title = language.text(series.label, ledger)
        layers += _row(dots, labels, base)
        layers.append(words([{"x": 0, "y": top + 8, "t": [title]}], "left", bold=True))
        top = base + GAP
        if place + 1 < len(chart.series):
            ground = {"x": 0, "y": base + 7, "x2": plot, "y2": base + 7}
            layers.append(pixels([ground], {"type": "rule", "color": LINE}))
    return frame(plot, max(top, 40.0), layers, {"left": edge, "right": edge, "top": 6, "bottom": 44})


def _domain(values: list[float]) -> tuple[float, float]:
    low, high = min(values, default=0.0), max(values, default=1.0)
    margin = (high - low) * 0.04 or abs(high) * 0.25 or 1.0
    return (max(0.0, low - margin) if low >= 0 else low - margin), high + margin


def _stacked(
    series: Series, ledger: Ledger, language: Language, low: float, unit: float, factor: float
) -> list[Dot]:
    """Return the dots of a row from left to right, each on the lowest level that is free at its place."""
    known = [(mark, ledger[mark.fact]) for mark in series.marks]
    rows = sorted(
        (fact.value / factor, mark.at.id, mark, fact) for mark, fact in known if fact.value is not None
    )
    bins: dict[int, list[float]] = {}
    dots: list[Dot] = []
    for value, _, mark, fact in rows:
        x = (value - low) * unit
        shared = bins.setdefault(int(x // DOT), [])
        shared.append(x)
        text = language.label(mark.at, "cap")
        text = f"{text}: {language.number(fact)}" if mark.emphasis else text
        dot: Dot = {
            "x": x,
            "v": value,
            "level": len(shared) - 1,
            "t": text,
            "e": mark.emphasis,
            "d": mark.doubtful,
        }
        dots.append(dot)
    rise = min(DOT, TALLEST / max((len(shared) for shared in bins.values()), default=1))
    for dot in dots:
        dot["h"] = dot["level"] * rise
        if not dot["e"]:
            # Dots of one stack stand on their mean, half a dot from their values at most (Wilkinson 1999).
            shared = bins[int(dot["x"] // DOT)]
            dot["x"] = sum(shared) / len(shared)
    return dots


def _labels(dots: list[Dot], plot: float) -> list[_Label]:
    """Name the pair with its number and, where their place is free, the two ends; `y` counts upwards.

    Of several names the inner ones stand lower and reach inwards, so that no leader crosses a name.
    """
    labels: list[_Label] = []
    chosen = [dot for dot in dots if dot["e"]]
    inner = sorted(chosen, key=lambda dot: abs(float(dot["x"]) - plot / 2))
    for dot in inner:
        size = length(dot["t"])
        centred, inwards = dot["x"] - size / 2, dot["x"] + 4
        if dot["x"] > plot / 2:
            inwards = dot["x"] - 4 - size
        left = max(0.0, min(centred if len(chosen) == 1 else inwards, plot - size))
        y = _over(dots, left, left + size) + 18
        while any(_meets(label, left, left + size, y) for label in labels):
            y += 3
        labels.append(_Label(left, left + size, y, dot["t"], True, dot))
    others = [dot for dot in dots if not dot["e"]]
    for dot in [others[-1], others[0]] if len(others) > 1 else others:
        size = length(dot["t"], SMALL)
        left = max(0.0, min(dot["x"] - size / 2, plot - size))
        y = _over(dots, left, left + size) + 14
        if not any(_meets(label, left, left + size, y) for label in labels):
            labels.append(_Label(left, left + size, y, dot["t"], False, dot))
    return labels


def _over(dots: list[Dot], left: float, right: float) -> float:
    """Return the height of the highest dot below a text."""
    return max((float(dot["h"]) for dot in dots if left - DOT <= dot["x"] <= right + DOT), default=0.0)


def _meets(label: _Label, left: float, right: float, y: float) -> bool:
    # A leader to the label counts as part of it.
    apart = y < label.y - TEXT_HEIGHT and not left - 3 < label.dot["x"] < right + 3
    return left < label.right + 8 and label.left < right + 8 and not (apart or y >= label.y + TEXT_HEIGHT)


def _row(dots: list[Dot], labels: list[_Label], base: float) -> list[dict[str, Any]]:
    placed = [{"x": d["x"], "y": base - d["h"], "v": d["v"], "e": d["e"], "d": d["d"]} for d in dots]
    layers = []
    for emphasis, doubtful in ((False, False), (False, True), (True, False), (True, True)):
        rows = [dot for dot in placed if dot["e"] is emphasis and dot["d"] is doubtful]
        colour = ORANGE if emphasis else GREY
        look = {
            "type": "point",
            "shape": "diamond" if emphasis else "circle",
            "size": 170 if emphasis else 30,
            "fill": "white" if doubtful else colour,
            "stroke": colour,
            "strokeWidth": 1.2,
            "opacity": 1,
        }
        if rows:
            layers.append(pixels(rows, look))
    leaders = [
        {
            "x": label.dot["x"],
            "y": base - label.y + 7,
            "x2": label.dot["x"],
            "y2": base - label.dot["h"] - 8,
        }
        for label in labels
        if label.bold and label.y - label.dot["h"] > 26
    ]
    if leaders:
        layers.insert(0, pixels(leaders, {"type": "rule", "color": INK, "strokeWidth": 0.8}))
    for bold in (True, False):
        texts = [
            {"x": label.left, "y": base - label.y, "t": [label.text]}
            for label in labels
            if label.bold is bold
        ]
        if texts:
            size, colour = (12, INK) if bold else (SMALL, SOFT)
            layers.append(words(texts, "left", bold=bold, size=size, colour=colour))
    return layers
