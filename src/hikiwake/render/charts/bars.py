"""Ranked bars, and two directions back to back, with the numbers at the bars' ends."""

from __future__ import annotations

from typing import Any

from hikiwake.core.document import Chart
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts.theme import (
    ADVANCE,
    GREY,
    INK,
    NAVY,
    ORANGE,
    SOFT,
    TEXT,
    clipped,
    frame,
)
from hikiwake.render.language import Language

STEP, TALL_STEP = 27, 35
LETTERS = 30


def specification(chart: Chart, ledger: Ledger, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega-Lite specification of ranked bars (the first series)."""
    rows = []
    for place, mark in enumerate(chart.series[0].marks):
        fact = ledger[mark.fact]
        rows.append(
            {
                "n": place,
                "v": fact.value or 0.0,
                "t": language.number(fact),
                "c": clipped(language.label(mark.at, "cap"), LETTERS),
                "e": mark.emphasis,
            }
        )
    left = _room(rows)
    right = 14 + ADVANCE * max(len(str(row["t"])) for row in rows)
    axis = language.text(chart.axis, ledger)
    y = {"field": "n", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0.28}}
    x = {"field": "v", "type": "quantitative", "axis": None, "scale": {"domainMin": 0, "nice": False}}
    any_emphasis = any(row["e"] for row in rows)
    colour = {"condition": {"test": "datum.e", "value": ORANGE}, "value": GREY if any_emphasis else NAVY}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "bar"}, "encoding": {"x": x, "y": y, "color": colour}},
        {
            "mark": {"type": "text", "align": "left", "dx": 6, "baseline": "middle"},
            "encoding": {"x": x, "y": y, "text": {"field": "t"}, "opacity": {"value": 1}},
        },
        _names(y, left),
        _heading(axis, -left + 4, "left"),
    ]
    specified = frame(
        width - left - right,
        _step(rows) * len(rows),
        layers,
        {"left": left, "right": right, "top": 26, "bottom": 6},
    )
    return {**specified, "data": {"values": rows}}


def diverging(chart: Chart, ledger: Ledger, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega-Lite specification of two directions back to back."""
    names: dict[str, list[str]] = {}
    for series in chart.series[:2]:
        for mark in series.marks:
            names.setdefault(mark.at.id, clipped(language.label(mark.at, "cap"), LETTERS))
    order = list(names)
    rows: list[dict[str, Any]] = []
    for side, series in enumerate(chart.series[:2]):
        for mark in series.marks:
            fact = ledger[mark.fact]
            value = (fact.value or 0.0) * (1 if side else -1)
            rows.append({"n": order.index(mark.at.id), "v": value, "t": language.number(fact), "side": side})
    labels = [{"n": place, "c": names[identity]} for place, identity in enumerate(order)]
    left = _room(labels)
    number = 12 + ADVANCE * max(len(str(row["t"])) for row in rows)
    biggest = max(abs(float(row["v"])) for row in rows) or 1.0
    plot = width - left - 8
    reach = biggest * (plot / 2) / max(plot / 2 - number, 40)
    y = {"field": "n", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0.28}}
    x = {
        "field": "v",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [-reach, reach], "nice": False},
    }
    colour = {"condition": {"test": "datum.side == 0", "value": NAVY}, "value": ORANGE}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "bar"}, "encoding": {"x": x, "y": y, "color": colour}},
        {"mark": {"type": "rule", "color": INK, "x": plot / 2}, "data": {"values": [{}]}, "encoding": {}},
        _names(y, left, labels),
    ]
    for side, align, shift in ((0, "right", -6), (1, "left", 6)):
        layers.append(
            {
                "transform": [{"filter": f"datum.side == {side}"}],
                "mark": {"type": "text", "align": align, "dx": shift, "baseline": "middle"},
                "encoding": {"x": x, "y": y, "text": {"field": "t"}},
            }
        )
        heading = language.text(chart.series[side].label, ledger)
        layers.append(
            _heading(heading, plot / 2 + shift, align, colour=NAVY if side == 0 else ORANGE, bold=True)
        )
    layers.append(_heading(language.text(chart.axis, ledger), -left + 4, "left"))
    specified = frame(
        plot, _step(labels) * len(order), layers, {"left": left, "right": 8, "top": 26, "bottom": 6}
    )
    return {**specified, "data": {"values": rows}}


def _step(rows: list[dict[str, Any]]) -> int:
    """Return the height of a row: taller where a name takes two lines."""
    return TALL_STEP if any(len(row["c"]) > 1 for row in rows) else STEP


def _room(rows: list[dict[str, Any]]) -> float:
    return 16 + ADVANCE * max(len(line) for row in rows for line in row["c"])


def _names(y: dict[str, Any], left: float, rows: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    layer: dict[str, Any] = {
        "mark": {
            "type": "text",
            "align": "right",
            "baseline": "middle",
            "x": -8,
            "lineHeight": TEXT + 1,
            "limit": left,
        },
        "encoding": {"y": y, "text": {"field": "c"}},
    }
    return layer if rows is None else {**layer, "data": {"values": rows}}


def _heading(text: str, x: float, align: str, *, colour: str = SOFT, bold: bool = False) -> dict[str, Any]:
    return {
        "data": {"values": [{}]},
        "mark": {
            "type": "text",
            "text": text,
            "x": x,
            "y": -14,
            "align": align,
            "baseline": "middle",
            "color": colour,
            "fontWeight": 600 if bold else "normal",
        },
        "encoding": {},
    }
