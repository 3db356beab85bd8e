"""All partners on one axis, one row a series: where the pair stands among the rest."""

from __future__ import annotations

from typing import Any

from hikiwake.core.document import Chart, Series
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts.theme import (
    ADVANCE,
    GREY,
    INK,
    NAVY,
    ORANGE,
    SOFT,
    axis_words,
    frame,
    largest_of,
    scale,
    unit_of,
)
from hikiwake.render.language import Language

ROW = 104
BINS = 90
RISE = 7.0
DOT = 5.0


def specification(chart: Chart, ledger: Ledger, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega-Lite specification of a strip chart; equal values are stacked, never jittered."""
    drawn = scale(unit_of(chart, ledger), largest_of(chart, ledger))
    values = [
        ledger[m.fact].value or 0.0
        for series in chart.series
        for m in series.marks
        if ledger[m.fact].value is not None
    ]
    low, high = min(values, default=0.0) / drawn.factor, max(values, default=1.0) / drawn.factor
    margin = (high - low) * 0.06 or 1.0
    domain = [max(0.0, low - margin) if low >= 0 else low - margin, high + margin]
    plot = width - 24
    x = {
        "field": "v",
        "type": "quantitative",
        "scale": {"domain": domain, "nice": False, "zero": False},
        "axis": {
            "title": axis_words(language.text(chart.axis, ledger), drawn),
            "tickCount": 7,
            "grid": False,
        },
    }
    height = ROW * len(chart.series)
    y = {"field": "h", "type": "quantitative", "axis": None, "scale": {"domain": [0, height], "nice": False}}
    points, texts = [], []
    for place, series in enumerate(chart.series):
        base = height - ROW * (place + 1) + 12
        placed = _placed(series, ledger, language, domain, base, drawn.factor)
        points += placed
        texts += _texts(placed, plot, domain)
        above = max((text["h"] for text in texts if text["h"] >= base), default=base) + 20
        texts.append(
            {"v": domain[0], "h": min(above, base + 82), "t": language.text(series.label, ledger), "k": "row"}
        )
    layers = [*_dots(points, x, y), *_words(texts, x, y)]
    return frame(plot, height, layers, {"left": 12, "right": 12, "top": 8, "bottom": 44})


def _dots(points: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "data": {"values": [p for p in points if not p["e"]]},
            "mark": {"type": "circle", "size": 36, "color": GREY, "opacity": 0.85},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": {"values": [p for p in points if p["e"]]},
            "mark": {
                "type": "point",
                "shape": "diamond",
                "filled": True,
                "size": 190,
                "color": ORANGE,
                "opacity": 1,
            },
            "encoding": {"x": x, "y": y},
        },
    ]


def _words(texts: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    layers: list[dict[str, Any]] = []
    for kind, look in (
        ("row", {"align": "left", "fontWeight": 600, "color": NAVY}),
        ("pair", {"align": "center", "fontWeight": 600, "color": INK}),
        ("pair at the left edge", {"align": "left", "fontWeight": 600, "color": INK}),
        ("pair at the right edge", {"align": "right", "fontWeight": 600, "color": INK}),
        ("left", {"align": "left", "color": SOFT}),
        ("right", {"align": "right", "color": SOFT}),
    ):
        layers.append(
            {
                "data": {"values": [t for t in texts if t["k"] == kind]},
                "mark": {"type": "text", "baseline": "bottom", **look},
                "encoding": {"x": x, "y": y, "text": {"field": "t"}},
            }
        )
    return layers


def _placed(
    series: Series, ledger: Ledger, language: Language, domain: list[float], base: float, factor: float
) -> list[dict[str, Any]]:
    stacked: dict[int, int] = {}
    placed = []
    known = [(m, ledger[m.fact].value) for m in series.marks]
    for mark, value in sorted(
        ((m, v / factor) for m, v in known if v is not None), key=lambda pair: (pair[1], pair[0].at.id)
    ):
        place = int(BINS * (value - domain[0]) / (domain[1] - domain[0]))
        level = stacked.get(place, 0)
        stacked[place] = level + 1
        placed.append(
            {
                "v": value,
                "h": base + min(RISE * level, 52.0),
                "e": mark.emphasis,
                "name": language.label(mark.at, "cap"),
            }
        )
    return placed


def _texts(placed: list[dict[str, Any]], plot: float, domain: list[float]) -> list[dict[str, Any]]:
    """Name the pair and, where there is room, the two ends."""
    texts: list[dict[str, Any]] = []
    taken: list[tuple[float, float]] = []

    def pixel(point: dict[str, Any]) -> float:
        return float(plot * (point["v"] - domain[0]) / (domain[1] - domain[0]))

    def claim(point: dict[str, Any], kind: str, rise: float) -> None:
        at = pixel(point)
        length = ADVANCE * len(point["name"])
        if kind == "pair" and at < length / 2:
            kind = "pair at the left edge"
        elif kind == "pair" and at > plot - length / 2:
            kind = "pair at the right edge"
        centred = at - length / 2 if kind == "pair" else at
        start = centred if "right" not in kind else at - length
        if any(start < end + 8 and start + length > begin - 8 for begin, end in taken):
            return
        taken.append((start, start + length))
        under = [p["h"] for p in placed if start - DOT <= pixel(p) <= start + length + DOT]
        texts.append({"v": point["v"], "h": max(under) + rise, "t": point["name"], "k": kind})

    for point in placed:
        if point["e"]:
            claim(point, "pair", 11)
    others = [point for point in placed if not point["e"]]
    if others:
        claim(others[-1], "right", 7)
        claim(others[0], "left", 7)
    return texts
