"""A map of the world on which economies are shaded by a change above or below zero, or a ratio around one.

Gains are solid and losses striped, and both are darker the larger they are, so that the map holds in grey and
for colour-blind readers. Economies too small to be seen are dots.
"""

from __future__ import annotations

import math
from typing import Any

from hikiwake.core.country import country
from hikiwake.core.document import Chart
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts.lettering import SMALL, length
from hikiwake.render.charts.theme import INK, SOFT, config, lowered, unit_of, unmeasured
from hikiwake.render.charts.view import asset, places
from hikiwake.render.language import Language

NORTH, SOUTH = 1.31, 0.95
"""Units of the projection shown above and below the equator: the poles are left out."""
WIDE = 2.7066
EARTH_RADIUS_KM = 6371.0
DOT = 5.0
DISPUTE = "#7b2d26"
ABSENT, LITTLE = "#ffffff", "#dde1e6"
STRIPED = ("#fe02fe", "#fe03fe")
"""Fills that nothing else has; `striped` replaces them by patterns."""
GAIN, LOSS = ("#7fa8d1", "#123f6d"), STRIPED
STRIPES = (("#fbe3cf", "#d4711c", 1.3), ("#d4711c", "#5a2c06", 1.6))
SWATCH, ROW = 12, 20
FACTORS = (1.05, 1.1, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Factors that may bound classes of ratios; a class of little ends at three at the latest."""
LEAST = 1e-8
"""The smallest change that bounds a class, a millionth of a per cent: what is smaller is little."""

Class = tuple[str, str, list[str]]


def specification(chart: Chart, ledger: Ledger, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega specification of a map (the first series; emphasised economies are outlined)."""
    scale = width / (2 * WIDE)
    height = round((NORTH + SOUTH) * scale)
    marks = [mark for mark in chart.series[0].marks if ledger[mark.fact].value is not None]
    values = {mark.at.id: float(ledger[mark.fact].value or 0.0) for mark in marks}
    classes = (ratios_of if unit_of(chart, ledger).kind == "ratio" else classes_of)(values)
    fill = [
        {"test": f"indexof({members!r}, datum.economy || datum.properties.economy) >= 0", "value": colour}
        for _, colour, members in classes
        if members
    ]
    outlined = [mark.at.id for mark in marks if mark.emphasis]
    legend, deep = _legend(classes, language.words("render.map_absent"), width, height)
    return {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "width": width,
        "height": height + deep,
        "padding": 0,
        "config": config(),
        "projections": [_projection(width, height, scale)],
        "data": [
            {
                "name": "lands",
                "values": asset("countries-110m.json"),
                "format": {"type": "topojson", "feature": "countries"},
                "transform": [{"type": "filter", "expr": "datum.properties.economy !== 'ATA'"}],
            },
            {
                "name": "outlined",
                "source": "lands",
                "transform": [
                    {"type": "filter", "expr": f"indexof({outlined!r}, datum.properties.economy) >= 0"}
                ],
            },
            {"name": "disputed", "values": asset("disputed.json"), "format": {"property": "features"}},
            {
                "name": "small",
                "values": _small(values, scale),
                "transform": [{"type": "geopoint", "projection": "view", "fields": ["lon", "lat"]}],
            },
        ],
        "marks": [
            _shapes("lands", [*fill, {"value": ABSENT}], [{"value": "#9aa4b0"}], 0.4),
            _shapes("outlined", [{"value": "transparent"}], [{"value": INK}], 1.4),
            _shapes("disputed", [{"value": "transparent"}], [{"value": DISPUTE}], 0.9),
            _dots(fill),
            *legend,
        ],
    }


def _projection(width: int, height: int, scale: float) -> dict[str, Any]:
    return {
        "name": "view",
        "type": "equalEarth",
        "rotate": [-11, 0, 0],
        "scale": scale,
        "translate": [width / 2, NORTH * scale],
        "clipExtent": [[0, 0], [width, height]],
        "precision": 2.0,
        "pointRadius": 1.2,
    }


def _dots(fill: list[dict[str, Any]]) -> dict[str, Any]:
    look = {
        "x": {"field": "x"},
        "y": {"field": "y"},
        "size": {"value": 42},
        "fill": [*fill, {"value": ABSENT}],
        "stroke": {"value": INK},
        "strokeWidth": {"value": 0.5},
    }
    return {"type": "symbol", "from": {"data": "small"}, "encode": {"update": look}}


def _small(values: dict[str, float], scale: float) -> list[dict[str, Any]]:
    """Return where the economies lie whose land would be a few pixels wide."""
    return [
        {"economy": code, "lon": place.at[0], "lat": place.at[1]}
        for code in values
        if (place := places().get(code)) is not None
        and math.sqrt(country(code).area_km2 or 0.0) / EARTH_RADIUS_KM * scale < DOT
    ]


def classes_of(values: dict[str, float]) -> list[Class]:
    """Return classes from the largest gain to the largest loss: what each says, its fill, its economies.

    The bounds are round numbers that split the sizes of the changes into few large, some middling and many
    small ones.
    """
    sizes = sorted(abs(value) for value in values.values() if abs(value) >= LEAST)
    if not sizes:
        return [("0" if not any(values.values()) else f"within {_told(LEAST)} %", LITTLE, sorted(values))]
    small, large = (_round(sizes[int(part * (len(sizes) - 1))]) for part in (0.5, 0.85))
    large = large if large > small else 2.0 * small
    told = {bound: _told(bound) for bound in (small, large)}
    bounds = (
        (f"+{told[large]} % or more", GAIN[1], large, math.inf),
        (f"+{told[small]} to {told[large]} %", GAIN[0], small, large),
        (f"within {told[small]} %", LITTLE, -small, small),
        (f"−{told[small]} to {told[large]} %", LOSS[0], -large, -small),
        (f"−{told[large]} % or more", LOSS[1], -math.inf, -large),
    )
    classes = []
    for words, colour, low, high in bounds:
        inside = [
            code
            for code, value in values.items()
            if (low <= value < high if low > 0 else low < value < high if high > 0 else low < value <= high)
        ]
        classes.append((words, colour, sorted(inside)))
    return classes


def ratios_of(values: dict[str, float]) -> list[Class]:
    """Return classes of ratios from the highest to the lowest, as `classes_of` does of changes.

    The same factors bound them upwards and downwards; a ratio of nothing is in the lowest.
    """
    sizes = sorted(abs(math.log(value)) for value in values.values() if value > 0.0) or [0.0]
    middle, high = (sizes[int(part * (len(sizes) - 1))] for part in (0.5, 0.85))
    small = min(FACTORS[:6], key=lambda one: abs(math.log(one) - middle))
    large = min((one for one in FACTORS if one > small), key=lambda one: abs(math.log(one) - high))
    bounds = (
        (f"{large:g} times or more", GAIN[1], large, math.inf),
        (f"{small:g} to {large:g} times", GAIN[0], small, large),
        (f"within a factor of {small:g}", LITTLE, 1.0 / small, small),
        (f"1/{large:g} to 1/{small:g}", LOSS[0], 1.0 / large, 1.0 / small),
        (f"less than 1/{large:g}", LOSS[1], -1.0, 1.0 / large),
    )
    return [
        (words, colour, sorted(code for code, value in values.items() if low <= value < high))
        for words, colour, low, high in bounds
    ]


def striped(drawn: str, identity: str) -> str:
    """Replace the marker fills by patterns of lines (the drawing library knows no patterns)."""
    patterns = ""
    for number, (ground, line, thick) in enumerate(STRIPES):
        patterns += (
            f'<pattern id="{identity}-stripes{number}" width="4" height="4" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate(45)"><rect width="4" height="4" fill="{ground}"/>'
            f'<line x1="0" y1="0" x2="0" y2="4" stroke="{line}" stroke-width="{thick}"/></pattern>'
        )
    head, tail = drawn.split(">", 1)
    for number, marker in enumerate(STRIPED):
        tail = tail.replace(f'fill="{marker}"', f'fill="url(#{identity}-stripes{number})"')
    return f"{head}><defs>{patterns}</defs>{tail}"


def _told(bound: float) -> str:
    """Write a bound in per cent."""
    return f"{100.0 * bound:.6f}".rstrip("0").rstrip(".")


def _round(value: float) -> float:
    """Return the nearest of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return min((power * step for step in (1, 2, 5, 10)), key=lambda one: abs(math.log(one / value)))


def _shapes(
    data: str, fill: list[dict[str, Any]], stroke: list[dict[str, Any]], wide: float
) -> dict[str, Any]:
    return {
        "type": "shape",
        "from": {"data": data},
        "encode": {"update": {"fill": fill, "stroke": stroke, "strokeWidth": {"value": wide}}},
        "transform": [{"type": "geoshape", "projection": "view"}],
    }


def _legend(classes: list[Class], absent: str, width: int, top: int) -> tuple[list[dict[str, Any]], int]:
    """Return swatches with what they say, in as many rows as they need, and how deep these are."""
    marks: list[dict[str, Any]] = []
    x, y = 8.0, float(top + ROW)
    for words, colour in [*((said, fill) for said, fill, _ in classes), (absent, ABSENT)]:
        wide = SWATCH + 6 + length(words, SMALL) + 18
        if x + wide > width and x > 8.0:
            x, y = 8.0, y + ROW
        box = {"x": x, "y": y - SWATCH / 2, "width": SWATCH, "height": SWATCH}
        marks.append(
            {
                "type": "rect",
                "encode": {
                    "update": {
                        **{name: {"value": value} for name, value in box.items()},
                        "fill": {"value": colour},
                        "stroke": {"value": "#9aa4b0"},
                        "strokeWidth": {"value": 0.6},
                    }
                },
            }
        )
        text = {
            "x": x + SWATCH + 6,
            "y": y,
            "dy": lowered(SMALL),
            "text": words,
            "font": unmeasured(SMALL),
            "fontSize": 0,
            "fill": SOFT,
        }
        marks.append({"type": "text", "encode": {"update": {name: {"value": v} for name, v in text.items()}}})
        x += wide
    return marks, round(y - top + ROW / 2 + 2)
