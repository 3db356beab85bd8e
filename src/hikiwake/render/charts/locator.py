"""A map that shows where two economies lie, with disputed areas hatched and named in both forms."""

from __future__ import annotations

import math
from typing import Any

from hikiwake.core.country import country
from hikiwake.core.document import Label, LocatorMap
from hikiwake.render.charts.lettering import SMALL, length
from hikiwake.render.charts.theme import INK, NAVY, ORANGE, config, lowered, unmeasured
from hikiwake.render.charts.view import Point, View, asset, fitted, height_of, places, side
from hikiwake.render.language import Language

FINE_SCALE = 700.0
"""Pixels a radian from which the finer outlines are used."""
HATCHED = "#fe01fe"
"""A fill that nothing else has; `hatch` replaces it by a pattern."""
DOT, SMALL_LAND = 9.0, 45.0
"""Pixels of a side below which land is marked by a dot, and below which no name may cover it."""
NAME = 15
DISPUTE = "#7b2d26"

Box = tuple[float, float, float, float]


def specification(block: LocatorMap, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega specification of a locator map."""
    view = fitted(block.economies, width)
    outlines = "countries-50m.json" if view.scale > FINE_SCALE else "countries-110m.json"
    labels = _labels(block, language, view, width)
    return {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "width": width,
        "height": height_of(width),
        "padding": 0,
        "config": config(),
        "projections": [
            {
                "name": "view",
                "type": "azimuthalEqualArea",
                "rotate": [-math.degrees(view.longitude), -math.degrees(view.latitude), 0],
                "scale": view.scale,
                "translate": [view.x, view.y],
                "clipExtent": [[0, 0], [width, height_of(width)]],
                "precision": 0.3,
                "pointRadius": 3,
            }
        ],
        "data": [
            {"name": "sea", "values": [{"type": "Sphere"}]},
            {
                "name": "lands",
                "values": asset(outlines),
                "format": {"type": "topojson", "feature": "countries"},
            },
            {"name": "disputed", "values": asset("disputed.json"), "format": {"property": "features"}},
            {"name": "labels", "values": labels},
            {"name": "dots", "values": _dots(block.economies, view)},
        ],
        "marks": [
            _shape("sea", "#eef3f8", "#eef3f8"),
            _shape("lands", _tones(block.economies), "#ffffff"),
            _shape("disputed", HATCHED, DISPUTE),
            {
                "type": "symbol",
                "from": {"data": "dots"},
                "encode": {
                    "update": {
                        "x": {"field": "x"},
                        "y": {"field": "y"},
                        "size": {"value": 90},
                        "fill": {"field": "colour"},
                        "stroke": {"value": "#ffffff"},
                    }
                },
            },
            _texts(halo=True),
            _texts(halo=False),
        ],
    }


def hatch(drawn: str, identity: str) -> str:
    """Replace the marker fill by a pattern of lines (the drawing library knows no patterns)."""
    pattern = (
        f'<defs><pattern id="{identity}-hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="5" height="5" fill="#f6dfd5" fill-opacity="0.45"/>'
        f'<line x1="0" y1="0" x2="0" y2="5" stroke="{DISPUTE}" stroke-width="2.2"/></pattern></defs>'
    )
    head, tail = drawn.split(">", 1)
    return f"{head}>{pattern}{tail}".replace(f'fill="{HATCHED}"', f'fill="url(#{identity}-hatch)"')


def _dots(economies: tuple[str, str], view: View) -> list[dict[str, Any]]:
    """Mark economies whose land would be a few pixels wide, as one would not see them."""
    dots = []
    for economy, colour in zip(economies, (NAVY, ORANGE), strict=True):
        place = places().get(economy)
        if place is None:
            continue
        if side(country(economy).area_km2 or 0, view) < DOT:
            x, y = view.pixel(place.at)
            dots.append({"x": x, "y": y, "colour": colour})
    return dots


def _labels(block: LocatorMap, language: Language, view: View, width: int) -> list[dict[str, Any]]:
    # Dots are taken ground: a name that covered one would hide the economy it names.
    taken = [(dot["x"] - 6, dot["y"] - 6, dot["x"] + 6, dot["y"] + 6) for dot in _dots(block.economies, view)]
    taken += _small_lands(block.economies, view)
    labels = []
    for economy in block.economies:
        place = places().get(economy)
        if place is not None:
            name = language.label(Label("economy", economy))
            labels.append(_put(name, view.pixel(place.at), taken, width, INK))
    for name, point in _disputes(block.economies):
        pixel = view.pixel(point)
        if 0 < pixel[0] < width and 0 < pixel[1] < height_of(width):
            labels.append(_put(name, pixel, taken, width, DISPUTE))
    return [label for label in labels if label]


def _small_lands(economies: tuple[str, str], view: View) -> list[Box]:
    """Return boxes around land so small that a name would cover it."""
    boxes = []
    for economy in economies:
        wide = side(country(economy).area_km2 or 0, view)
        if economy in places() and DOT <= wide < SMALL_LAND:
            x, y = view.pixel(places()[economy].at)
            boxes.append((x - wide / 2, y - wide / 2, x + wide / 2, y + wide / 2))
    return boxes


def _put(name: str, pixel: Point, taken: list[Box], width: int, colour: str) -> dict[str, Any]:
    """Place a text near a point where it covers no earlier one; return nothing where there is no room."""
    size = NAME if colour == INK else SMALL
    wide, height = length(name, size), size * 1.25
    x, y = pixel
    for dx, dy in ((0, -16), (0, 17), (12, 0), (-12, 0), (0, -32), (0, 34), (12, 24), (-12, 24), (12, -40),
                   (0, 50), (0, -48), (0, 66)):  # fmt: skip
        left = x - wide / 2 if dx == 0 else x + dx if dx > 0 else x + dx - wide
        left = max(4.0, min(left, width - 4.0 - wide))
        top = max(2.0, min(y + dy - height / 2, height_of(width) - 2.0 - height))
        box = (left, top, left + wide, top + height)
        if not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
            taken.append(box)
            middle = top + height / 2
            drawn = {"font": unmeasured(size), "dy": lowered(size)}
            return {"x": left, "y": middle, "t": name, "colour": colour, "size": size, **drawn}
    return {}


def _disputes(economies: tuple[str, str]) -> list[tuple[str, Point]]:
    """Return the areas that both economies contest, each group once, at the middle of its parts."""
    groups: dict[str, list[Point]] = {}
    for feature in asset("disputed.json")["features"]:
        properties = feature["properties"]
        sides = {*properties["claimants"], *properties["administered_by"]}
        if not set(economies) <= sides:
            continue
        names = properties.get("group") or properties["names"]
        label = " / ".join(dict.fromkeys(name["name"] for name in names))
        groups.setdefault(label, []).extend(_points(feature["geometry"]["coordinates"]))
    return [
        (label, (sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)))
        for label, points in groups.items()
    ]


def _points(coordinates: Any) -> list[Point]:
    if coordinates and isinstance(coordinates[0], int | float):
        return [(float(coordinates[0]), float(coordinates[1]))]
    return [point for part in coordinates for point in _points(part)]


def _shape(data: str, fill: Any, stroke: str) -> dict[str, Any]:
    return {
        "type": "shape",
        "from": {"data": data},
        "encode": {
            "update": {
                "fill": fill if isinstance(fill, list) else {"value": fill},
                "stroke": {"value": stroke},
                "strokeWidth": {"value": 0.6},
            }
        },
        "transform": [{"type": "geoshape", "projection": "view"}],
    }


def _tones(economies: tuple[str, str]) -> list[dict[str, Any]]:
    return [
        {"test": f"datum.properties.economy === '{economies[0]}'", "value": NAVY},
        {"test": f"datum.properties.economy === '{economies[1]}'", "value": ORANGE},
        {"value": "#d9dee4"},
    ]


def _texts(*, halo: bool) -> dict[str, Any]:
    look: dict[str, Any] = (
        {"stroke": {"value": "#ffffff"}, "strokeWidth": {"value": 3.5}, "fill": {"value": "#ffffff"}}
        if halo
        else {"fill": {"field": "colour"}}
    )
    return {
        "type": "text",
        "from": {"data": "labels"},
        "encode": {
            "update": {
                "x": {"field": "x"},
                "y": {"field": "y"},
                "dy": {"field": "dy"},
                "text": {"field": "t"},
                "font": {"field": "font"},
                "fontSize": {"value": 0},
                "fontWeight": {"value": 600},
                "align": {"value": "left"},
                **look,
            }
        },
    }
