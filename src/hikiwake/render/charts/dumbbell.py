"""Two dots a row joined by a line: two shares of the same thing, with their numbers on the outer sides."""

from __future__ import annotations

from typing import Any

from hikiwake.core.document import Chart
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts.lettering import LEADING, SMALL, length, longest
from hikiwake.render.charts.theme import (
    NAVY,
    ORANGE,
    SOFT,
    axis_words,
    frame,
    largest_of,
    named,
    pixels,
    scale,
    ticks_across,
    unit_of,
    words,
)
from hikiwake.render.language import Language

STEP = 30
NAME_ROOM = 170.0
LINE = "#ccd3db"
LOOKS = ((NAVY, "circle", 110), (ORANGE, "diamond", 120))

Row = dict[str, Any]


def specification(chart: Chart, ledger: Ledger, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega-Lite specification of a dumbbell chart (two series with the same rows)."""
    drawn = scale(unit_of(chart, ledger), largest_of(chart, ledger))
    names: dict[str, Row] = {}
    dots: list[Row] = []
    missing: dict[str, str] = {}
    for place, series in enumerate(chart.series[:2]):
        for mark in series.marks:
            names.setdefault(mark.at.id, named(language.label(mark.at, "cap"), NAME_ROOM))
            fact = ledger[mark.fact]
            row = {"n": mark.at.id, "s": place, "d": mark.doubtful, "t": language.number(fact)}
            if fact.value is None:
                missing[mark.at.id] = language.number(fact)
            else:
                dots.append({**row, "v": fact.value / drawn.factor})
    left = 16 + longest(line for name in names.values() for line in name["t"])
    plot = width - left - 8
    room = 14 + longest((dot["t"] for dot in dots), SMALL)
    largest = max((abs(dot["v"]) for dot in dots), default=0.0) or 1.0
    lowest = min((dot["v"] for dot in dots), default=0.0)
    domain = [-largest if lowest < 0 else 0.0, largest]
    values, form = ticks_across(domain[0], domain[1], plot - 2 * room)
    unit = (plot - 2 * room) / (domain[1] - domain[0])
    middles, height = _rows(list(names.values()))
    at = dict(zip(names, middles, strict=True))
    for dot in dots:
        dot.update(x=room + (dot["v"] - domain[0]) * unit, y=at[dot["n"]])
    axis = {
        "field": "v",
        "type": "quantitative",
        "scale": {"domain": domain, "range": [room, plot - room], "nice": False},
        "axis": {
            "title": axis_words(language.text(chart.axis, ledger), drawn),
            "values": values,
            "format": form,
            "labelFlush": False,
            "domain": False,
            "ticks": False,
        },
    }
    keys, deep = _keys([language.text(series.label, ledger) for series in chart.series[:2]], plot)
    layers = [
        # Nothing is drawn by this layer: it holds the axis.
        {"data": {"values": [{"v": 0}]}, "mark": {"type": "rule", "opacity": 0}, "encoding": {"x": axis}},
        *_joined(dots),
        *_dots(dots),
        *_numbers(dots),
        *_absent({n: t for n, t in missing.items() if n not in {d["n"] for d in dots}}, at, room),
        words([{"x": -8, "y": at[key], **name} for key, name in names.items()], "right"),
        *keys,
    ]
    return frame(plot, height, layers, {"left": left, "right": 8, "top": 12 + deep, "bottom": 44})


def _rows(names: list[Row]) -> tuple[list[float], float]:
    """Return the middles of the rows and the height of all."""
    middles, top = [], 0.0
    for name in names:
        tall = max(STEP, LEADING * len(name["t"]) + 8)
        middles.append(top + tall / 2)
        top += tall
    return middles, max(top, STEP)


def _ends(dots: list[Row]) -> dict[str, list[Row]]:
    """Return the dots of each row from left to right."""
    ends: dict[str, list[Row]] = {}
    for dot in sorted(dots, key=lambda dot: (float(dot["x"]), int(dot["s"]))):
        ends.setdefault(dot["n"], []).append(dot)
    return ends


def _joined(dots: list[Row]) -> list[dict[str, Any]]:
    rows = [
        {"x": row[0]["x"], "y": row[0]["y"], "x2": row[-1]["x"], "y2": row[-1]["y"]}
        for row in _ends(dots).values()
        if len(row) > 1
    ]
    return [pixels(rows, {"type": "rule", "strokeWidth": 3, "color": LINE})] if rows else []


def _dots(dots: list[Row]) -> list[dict[str, Any]]:
    layers = []
    for place, (colour, shape, size) in enumerate(LOOKS):
        for doubtful in (False, True):
            rows = [dot for dot in dots if dot["s"] == place and dot["d"] is doubtful]
            fill = "white" if doubtful else colour
            look = {
                "type": "point",
                "shape": shape,
                "size": size,
                "fill": fill,
                "stroke": colour,
                "opacity": 1,
            }
            if rows:
                layers.append(pixels(rows, {**look, "strokeWidth": 1.6}))
    return layers


def _numbers(dots: list[Row]) -> list[dict[str, Any]]:
    """Write the smaller number left of its dot and the larger right of it."""
    ends = _ends(dots).values()
    left = [{**row[0], "x": row[0]["x"] - 10, "t": [row[0]["t"]]} for row in ends if len(row) > 1]
    right = [{**row[-1], "x": row[-1]["x"] + 10, "t": [row[-1]["t"]]} for row in ends]
    return [
        words(rows, align, colour=SOFT, size=SMALL)
        for rows, align in ((left, "right"), (right, "left"))
        if rows
    ]


def _absent(missing: dict[str, str], at: dict[str, float], room: float) -> list[dict[str, Any]]:
    """Say so in rows that have no number at all."""
    rows = [{"x": room + 4, "y": at[name], "t": [text]} for name, text in missing.items()]
    return [words(rows, "left", colour=SOFT, size=SMALL)] if rows else []


def _keys(names: list[str], plot: float) -> tuple[list[dict[str, Any]], float]:
    """Name the two kinds of dots above the plot, side by side or, where long, one below the other."""
    labels = [named(name, plot - 24, 1) for name in names]
    ends = [length(label["t"][0]) for label in labels]
    beside = sum(ends) + 24 * len(ends) + 16 <= plot
    layers = []
    for place, label in enumerate(labels):
        x = 6.0 + (ends[0] + 40 if place and beside else 0.0)
        y = -14.0 if beside else -14.0 - LEADING * (len(labels) - 1 - place)
        colour, shape, size = LOOKS[place]
        dot = {"type": "point", "shape": shape, "size": size, "filled": True, "color": colour, "opacity": 1}
        layers.append(pixels([{"x": x, "y": y}], dot))
        layers.append(words([{"x": x + 11, "y": y, **label}], "left", bold=True))
    return layers, LEADING * (1 if beside else len(labels))
