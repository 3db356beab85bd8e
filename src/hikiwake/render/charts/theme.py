"""Colours, fonts and scales that all figures share.

The colours differ in lightness as well as in hue, so that they hold in grey and for colour-blind readers;
lines differ in their dashes too.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from hikiwake.core.document import Chart
from hikiwake.core.provenance import Ledger, Unit
from hikiwake.render.charts.lettering import LEADING, TEXT, clipped, longest

FONT = "Hikiwake Sans"
INK, SOFT, LINE = "#1c2430", "#56606e", "#d5dae1"
NAVY, ORANGE, TEAL, GREY = "#123f6d", "#d4711c", "#3c9d8f", "#9aa4b0"
COLOURS = (NAVY, ORANGE, TEAL, "#7a5195", GREY)
DASHES: tuple[list[int], ...] = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [1, 0])

TICK, UNDER, BELOW = 5, 11, 26
"""Pixels of an axis' ticks, from them down to the base of its labels, and to the base of its title."""


class Scale(NamedTuple):
    """What a number is divided by before it is drawn, and what the axis says of it."""

    factor: float
    words: str
    percent: bool = False


def scale(unit: Unit, largest: float) -> Scale:
    """Return a scale on which the largest number has few digits."""
    if unit.kind in ("share", "rate"):
        return Scale(0.01, "%", percent=True)
    if unit.kind in ("money", "mass", "persons"):
        symbol = {"money": "US$", "mass": unit.symbol, "persons": "persons"}[unit.kind]
        for factor, word in ((1e12, "trillion "), (1e9, "billion "), (1e6, "million "), (1e3, "thousand ")):
            if largest >= factor:
                return Scale(factor, f"{word}{symbol}")
        return Scale(1.0, symbol)
    return Scale(1.0, unit.symbol if unit.kind in ("distance", "points") else "")


def unit_of(chart: Chart, ledger: Ledger) -> Unit:
    """Return the unit of a chart's first number."""
    for series in chart.series:
        for mark in series.marks:
            return ledger[mark.fact].unit
    return Unit("", "ratio")


def largest_of(chart: Chart, ledger: Ledger) -> float:
    """Return the largest absolute number of a chart (0 when there is none)."""
    values = (ledger[mark.fact].value for series in chart.series for mark in series.marks)
    return max((abs(value) for value in values if value is not None), default=0.0)


def axis_words(words: str, drawn: Scale) -> str:
    """Return an axis title: what, and in what unit."""
    return f"{words} ({drawn.words})" if drawn.words else words


def ticks(low: float, high: float, most: int = 6) -> tuple[list[float], str]:
    """Return round numbers from `low` to `high`, at most `most` steps apart, and their number format."""
    if not high > low:
        return [low], ",.0f"
    rough = (high - low) / most
    power = math.floor(math.log10(rough))
    # 1, 2, 2.5 and 5 times a power of ten; the first that is wide enough.
    step, digits = next(
        (factor * 10.0**power, extra - power)
        for factor, extra in ((1, 0), (2, 0), (2.5, 1), (5, 0), (10, -1))
        if factor * 10.0**power >= rough * (1 - 1e-9)
    )
    decimals = max(0, digits)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(n * step, decimals + 2) + 0.0 for n in range(first, last + 1)], f",.{decimals}f"


def ticks_across(low: float, high: float, room: float) -> tuple[list[float], str]:
    """Return round numbers for an axis of this many pixels, so few that their labels stay apart."""
    found, form = ticks(low, high, 8)
    for most in (5, 3, 2):
        if len(found) * (tick_room(found, form) + 16) <= room:
            break
        found, form = ticks(low, high, most)
    return found, form


def tick_room(values: list[float], form: str) -> float:
    """Return the pixels that the longest tick label takes."""
    return longest(f"{value:{form}}" for value in values)


def pixels(rows: list[dict[str, Any]], mark: dict[str, Any], **channels: Any) -> dict[str, Any]:
    """Return a layer whose places (`x`, `y`, and `x2`, `y2` where given) are pixels of the plot."""
    encoding: dict[str, Any] = {
        name: {"field": name, "type": "quantitative", "scale": None, "axis": None} for name in ("x", "y")
    }
    encoding.update({name: {"field": name} for name in ("x2", "y2") if rows and name in rows[0]})
    return {"data": {"values": rows}, "mark": mark, "encoding": {**encoding, **channels}}


def words(
    rows: list[dict[str, Any]],
    align: str,
    *,
    colour: str = INK,
    bold: bool = False,
    size: int = TEXT,
) -> dict[str, Any]:
    """Return a layer of texts at pixels: `t` holds the lines of each, centred on its `y`.

    A text that stands for a longer one names it in `full`.
    """
    placed = [{**row, "y": row["y"] - (len(row["t"]) - 1) * LEADING / 2} for row in rows]
    mark = {
        "type": "text",
        "align": align,
        "baseline": "alphabetic",
        "dy": lowered(size),
        "color": colour,
        "font": FONT,
        "fontSize": size,
        "fontWeight": 600 if bold else "normal",
        "lineHeight": LEADING,
    }
    return pixels(placed, mark, text={"field": "t"})


def lowered(size: int) -> int:
    """Return the pixels from the middle of a line down to its base."""
    return math.floor(0.3 * size + 0.5)


def named(text: str, room: float, rows: int = 3) -> dict[str, Any]:
    """Return the lines of a name (`t`), and the whole of it (`full`) where something was cut."""
    lines = clipped(text, room, rows)
    return {"t": lines, "full": text} if lines[-1].endswith("…") and text != lines[-1] else {"t": lines}


def heading(text: str, x: float, y: float) -> dict[str, Any]:
    """Return the line over a plot that says what is drawn and in what unit."""
    return words([{"x": x, "y": y, "t": [text]}], "left", colour=SOFT)


def config() -> dict[str, Any]:
    """Return the look of axes and texts."""
    return {
        "font": FONT,
        "aria": False,  # the figure has one description, given with its title; see `render.charts`
        "background": None,
        "view": {"stroke": None},
        "axis": {
            "labelFontSize": TEXT,
            "titleFontSize": TEXT,
            "labelOverlap": False,  # `ticks` and `ticks_across` leave room for each
            "labelBaseline": "alphabetic",
            "titleBaseline": "alphabetic",
            "labelColor": SOFT,
            "titleColor": SOFT,
            "titleFontWeight": "normal",
            "gridColor": "#e8ebef",
            "domainColor": GREY,
            "tickColor": GREY,
        },
        "axisX": {"labelPadding": UNDER, "titleY": BELOW, "tickSize": TICK},
        "axisY": {"labelOffset": lowered(TEXT)},
    }


def frame(
    width: float, height: float, layer: list[dict[str, Any]], padding: dict[str, float]
) -> dict[str, Any]:
    """Return a specification: plot size in pixels, layers, and room on each side for texts."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": width,
        "height": height,
        "padding": padding,
        "autosize": {"type": "none"},
        "layer": layer,
        "config": config(),
    }
