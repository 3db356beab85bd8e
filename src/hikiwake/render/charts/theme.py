"""Colours, fonts and scales that all figures share.

The colours differ in lightness as well as in hue, so that they hold in grey and for colour-blind readers;
lines differ in their dashes too.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from hikiwake.core.document import Chart
from hikiwake.core.provenance import Ledger, Unit

FONT = "Hikiwake Sans"
INK, SOFT, LINE = "#1c2430", "#56606e", "#d5dae1"
NAVY, ORANGE, TEAL, GREY = "#123f6d", "#d4711c", "#3c9d8f", "#9aa4b0"
COLOURS = (NAVY, ORANGE, TEAL, "#7a5195", GREY)
DASHES: tuple[list[int], ...] = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [1, 0])
TEXT = 12
ADVANCE = 6.4
"""Average width of a letter at the text size, in pixels; generous, so that nothing is clipped."""


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
    return Scale(1.0, "")


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


def wrapped(text: str, most: int) -> list[str]:
    """Break a text into lines of at most `most` letters, at spaces; a longer word is cut with an ellipsis."""
    out: list[str] = []
    for word in text.split():
        cut = word if len(word) <= most else f"{word[: most - 1]}…"
        if out and len(out[-1]) + 1 + len(cut) <= most:
            out[-1] += f" {cut}"
        else:
            out.append(cut)
    return out or [""]


def clipped(text: str, most: int, rows: int = 2) -> list[str]:
    """Break a text and keep at most `rows` lines, the last with an ellipsis where something was cut."""
    out = wrapped(text, most)
    if len(out) <= rows:
        return out
    last = out[rows - 1]
    return [*out[: rows - 1], f"{last[: most - 1].rstrip()}…"]


def spread(places: list[float], gap: float, low: float, high: float) -> list[float]:
    """Move label places (pixels) apart by at least `gap`, in their order, inside [low, high]."""
    order = sorted(range(len(places)), key=lambda n: places[n])
    moved = list(places)
    for before, n in zip([None, *order], order, strict=False):
        if before is not None:
            moved[n] = max(moved[n], moved[before] + gap)
    ceiling = high
    for n in reversed(order):
        moved[n] = max(low, min(moved[n], ceiling))
        ceiling = moved[n] - gap
    return moved


def config() -> dict[str, Any]:
    """Return the look of axes and texts."""
    return {
        "font": FONT,
        "background": None,
        "view": {"stroke": None},
        "text": {"font": FONT, "fontSize": TEXT, "color": INK},
        "axis": {
            "labelFont": FONT,
            "titleFont": FONT,
            "labelFontSize": TEXT,
            "titleFontSize": TEXT,
            "labelColor": SOFT,
            "titleColor": SOFT,
            "titleFontWeight": "normal",
            "gridColor": "#e8ebef",
            "domainColor": GREY,
            "tickColor": GREY,
        },
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
