"""Values with their intervals, a row each: a dot on a bar from end to end, two kinds of rows at most.

Rows of one name stand under each other, so that two sides of the same thing are compared.
"""

from __future__ import annotations

from typing import Any

from hikiwake.core.document import Chart
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts.lettering import LEADING, SMALL, length, longest
from hikiwake.render.charts.theme import (
    GREY,
    NAVY,
    ORANGE,
    SOFT,
    axis_words,
    frame,
    named,
    pixels,
    scale,
    ticks_across,
    unit_of,
    words,
)
from hikiwake.render.language import Language

STEP = 26
NAME_ROOM = 190.0
LOOKS = ((NAVY, "circle", 80), (ORANGE, "diamond", 92))
GAP = 8
LEFT = 40.0
"""Pixels left of the plot at least: half of a number under its edge may stand there."""

Row = dict[str, Any]


def specification(chart: Chart, ledger: Ledger, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega-Lite specification of values with intervals (the first two series)."""
    rows, names = _collected(chart, ledger, language)
    reach = max((abs(end) for row in rows for end in (row["low"], row["high"], row["v"])), default=0.0)
    drawn = scale(unit_of(chart, ledger), reach)
    left = max(LEFT, 16 + longest(line for name in names.values() for line in name["t"]))
    plot = width - left - 8
    room = 10 + longest((row["t"] for row in rows), SMALL)
    low = min(0.0, *(row[end] / drawn.factor for row in rows for end in ("low", "v")), 0.0)
    high = max(0.0, *(row[end] / drawn.factor for row in rows for end in ("high", "v")), 0.0)
    high = high if high > low else low + 1.0  # nothing changes at all
    start = room if any(row["v"] < 0.0 for row in rows) else GAP
    values, form = ticks_across(low, high, plot - room - start)
    unit = (plot - room - start) / (high - low)

    def x(value: float) -> float:
        return float(start + (value / drawn.factor - low) * unit)

    series = [language.text(one.label, ledger) for one in chart.series[:2]]
    height = _placed(rows, names)
    for row in rows:
        row.update(x=x(row["low"]), x2=x(row["high"]), y2=row["y"], at=x(row["v"]))
    axis = {
        "field": "v",
        "type": "quantitative",
        "scale": {"domain": [low, high], "range": [start, plot - room], "nice": False},
        "axis": {
            "title": axis_words(language.text(chart.axis, ledger), drawn),
            "values": values,
            "format": form,
            "labelFlush": False,
            "domain": False,
            "ticks": False,
        },
    }
    keys = _keys(series) if len(series) > 1 else []
    layers = [
        # Nothing is drawn by this layer: it holds the axis.
        {"data": {"values": [{"v": 0}]}, "mark": {"type": "rule", "opacity": 0}, "encoding": {"x": axis}},
        pixels([{"x": x(0.0), "y": 0, "x2": x(0.0), "y2": height}], {"type": "rule", "color": GREY}),
        *_bars(rows),
        *_numbers(rows),
        words([{"x": -8, "y": name["y"], "t": name["t"]} for name in names.values()], "right"),
        *keys,
    ]
    top = 12 + (LEADING if keys else 0)
    return frame(plot, height, layers, {"left": left, "right": 8, "top": top, "bottom": 44})


def _collected(chart: Chart, ledger: Ledger, language: Language) -> tuple[list[Row], dict[str, Row]]:
    """Return a row for each value with its ends and number, and the names by their ids."""
    rows: list[Row] = []
    names: dict[str, Row] = {}
    for place, series in enumerate(chart.series[:2]):
        for mark in series.marks:
            fact = ledger[mark.fact]
            if fact.value is None:
                continue
            names.setdefault(mark.at.id, named(language.label(mark.at, "cap"), NAME_ROOM))
            low, high = (fact.interval.low, fact.interval.high) if fact.interval else (fact.value, fact.value)
            # Where the values are all one, as in a tornado, the ends are what is told.
            alike = len({ledger[one.fact].value for one in series.marks}) < len(series.marks)
            text = language.number(fact, "range" if alike and fact.interval else "signed")
            rows.append({"n": mark.at.id, "s": place, "v": fact.value, "low": low, "high": high, "t": text})
    return rows, names


def _placed(rows: list[Row], names: dict[str, Row]) -> float:
    """Give each row its middle in pixels, and each name that of its rows; return the height of all."""
    top = 0.0
    for key, name in names.items():
        own = [row for row in rows if row["n"] == key]
        tall = max(STEP * len(own), LEADING * len(name["t"]) + 8)
        for number, row in enumerate(own):
            row["y"] = top + tall / 2 + STEP * 0.8 * (number - (len(own) - 1) / 2)
        name["y"] = top + tall / 2
        top += tall
    return max(top, STEP)


def _bars(rows: list[Row]) -> list[dict[str, Any]]:
    layers = []
    for place, (colour, shape, size) in enumerate(LOOKS):
        own = [row for row in rows if row["s"] == place]
        if own:
            bar = {"type": "rule", "strokeWidth": 6, "color": colour, "opacity": 0.35}
            dot = {
                "type": "point",
                "shape": shape,
                "size": size,
                "filled": True,
                "color": colour,
                "opacity": 1,
            }
            layers.append(pixels(own, bar))
            layers.append(pixels([{"x": row["at"], "y": row["y"]} for row in own], dot))
    return layers


def _numbers(rows: list[Row]) -> list[dict[str, Any]]:
    """Write each number on the side of its bar that is away from zero."""
    left = [
        {"x": min(row["x"], row["at"]) - 8, "y": row["y"], "t": [row["t"]]} for row in rows if row["v"] < 0.0
    ]
    right = [
        {"x": max(row["x2"], row["at"]) + 8, "y": row["y"], "t": [row["t"]]}
        for row in rows
        if row["v"] >= 0.0
    ]
    return [
        words(told, align, colour=SOFT, size=SMALL)
        for told, align in ((left, "right"), (right, "left"))
        if told
    ]


def _keys(names: list[str]) -> list[dict[str, Any]]:
    """Name the two kinds of rows above the plot."""
    layers, x = [], 6.0
    for (colour, shape, size), name in zip(LOOKS, names, strict=False):
        dot = {"type": "point", "shape": shape, "size": size, "filled": True, "color": colour, "opacity": 1}
        layers.append(pixels([{"x": x, "y": -12.0}], dot))
        layers.append(words([{"x": x + 11, "y": -12.0, "t": [name]}], "left", bold=True))
        x += 40 + length(name)
    return layers
