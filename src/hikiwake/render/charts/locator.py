"""A map that shows where two economies lie, with disputed areas hatched and named in both forms.

The projection (Lambert's azimuthal equal area, centred between the two) is computed here as well as by the
drawing library, so that labels can be placed without covering each other.
"""

from __future__ import annotations

import math
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

import msgspec

from hikiwake.core.country import country
from hikiwake.core.document import Label, LocatorMap
from hikiwake.render.charts.theme import ADVANCE, INK, NAVY, ORANGE, TEXT, config
from hikiwake.render.language import Language

HEIGHT = 370
MARGIN = 62
LEAST_REACH = 0.1
"""Radians shown at least to each side of the centre (about 640 km): islands keep some sea around them."""
FINE_SCALE = 700.0
"""Pixels a radian from which the finer outlines are used."""
HATCHED = "#fe01fe"
"""A fill that nothing else has; `hatch` replaces it by a pattern."""
DOT = 9.0
EARTH_RADIUS_KM = 6371.0

Point = tuple[float, float]


class View(NamedTuple):
    """The projection of one map: its centre in radians, and pixels a radian with the picture's middle."""

    longitude: float
    latitude: float
    scale: float
    x: float
    y: float

    def pixel(self, place: Point) -> Point:
        """Return where a longitude and latitude in degrees stand in the picture."""
        x, y = _project(place, self.longitude, self.latitude)
        return self.x + self.scale * x, self.y - self.scale * y


def specification(block: LocatorMap, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega specification of a locator map."""
    view = _view(block.economies, width)
    outlines = "countries-50m.json" if view.scale > FINE_SCALE else "countries-110m.json"
    labels = _labels(block, language, view, width)
    return {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "width": width,
        "height": HEIGHT,
        "padding": 0,
        "config": config(),
        "projections": [
            {
                "name": "view",
                "type": "azimuthalEqualArea",
                "rotate": [-math.degrees(view.longitude), -math.degrees(view.latitude), 0],
                "scale": view.scale,
                "translate": [view.x, view.y],
                "clipExtent": [[0, 0], [width, HEIGHT]],
                "precision": 0.3,
                "pointRadius": 3,
            }
        ],
        "data": [
            {"name": "sea", "values": [{"type": "Sphere"}]},
            {
                "name": "lands",
                "values": _asset(outlines),
                "format": {"type": "topojson", "feature": "countries"},
            },
            {"name": "disputed", "values": _asset("disputed.json"), "format": {"property": "features"}},
            {"name": "labels", "values": labels},
            {"name": "dots", "values": _dots(block.economies, view)},
        ],
        "marks": [
            _shape("sea", "#eef3f8", "#eef3f8"),
            _shape("lands", _tones(block.economies), "#ffffff"),
            _shape("disputed", HATCHED, "#7b2d26"),
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
        'patternTransform="rotate(45)"><rect width="5" height="5" fill="#f6dfd5"/>'
        '<line x1="0" y1="0" x2="0" y2="5" stroke="#7b2d26" stroke-width="2.2"/></pattern></defs>'
    )
    head, tail = drawn.split(">", 1)
    return f"{head}>{pattern}{tail}".replace(f'fill="{HATCHED}"', f'fill="url(#{identity}-hatch)"')


def _view(economies: tuple[str, str], width: int) -> View:
    places = _places()
    shown = [places[e] for e in economies if e in places]
    if not shown:
        return View(0.0, 0.3, width / 5.4, width / 2, HEIGHT / 2)
    longitude, latitude = _between([place.at for place in shown])
    points = [_project(point, longitude, latitude) for place in shown for point in (place.at, *place.ends)]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    reach_x = max((max(xs) - min(xs)) / 2, LEAST_REACH)
    reach_y = max((max(ys) - min(ys)) / 2, LEAST_REACH)
    scale = min((width / 2 - MARGIN) / reach_x, (HEIGHT / 2 - MARGIN) / reach_y)
    return View(longitude, latitude, scale, width / 2 - scale * middle[0], HEIGHT / 2 + scale * middle[1])


def _project(place: Point, longitude: float, latitude: float) -> Point:
    """Project degrees onto Lambert's azimuthal equal-area plane around a centre in radians."""
    turned, phi = math.radians(place[0]) - longitude, math.radians(place[1])
    cosine = math.sin(latitude) * math.sin(phi) + math.cos(latitude) * math.cos(phi) * math.cos(turned)
    k = math.sqrt(2.0 / max(1.0 + cosine, 1e-6))
    return (
        k * math.cos(phi) * math.sin(turned),
        k * (math.cos(latitude) * math.sin(phi) - math.sin(latitude) * math.cos(phi) * math.cos(turned)),
    )


def _between(points: list[Point]) -> Point:
    """Return the middle of points on the sphere, in radians; of antipodes, the first point."""
    x = y = z = 0.0
    for longitude, latitude in points:
        lon, lat = math.radians(longitude), math.radians(latitude)
        x, y, z = x + math.cos(lat) * math.cos(lon), y + math.cos(lat) * math.sin(lon), z + math.sin(lat)
    if math.hypot(x, y, z) < 1e-3:
        return math.radians(points[0][0]), math.radians(points[0][1])
    return math.atan2(y, x), math.atan2(z, math.hypot(x, y))


def _dots(economies: tuple[str, str], view: View) -> list[dict[str, Any]]:
    """Mark economies whose land would be a few pixels wide, as one would not see them."""
    dots = []
    for economy, colour in zip(economies, (NAVY, ORANGE), strict=True):
        place = _places().get(economy)
        if place is None:
            continue
        side = math.sqrt(country(economy).area_km2 or 0) / EARTH_RADIUS_KM * view.scale
        if side < DOT:
            x, y = view.pixel(place.at)
            dots.append({"x": x, "y": y, "colour": colour})
    return dots


def _labels(block: LocatorMap, language: Language, view: View, width: int) -> list[dict[str, Any]]:
    taken: list[tuple[float, float, float, float]] = []
    labels = []
    for economy in block.economies:
        place = _places().get(economy)
        if place is not None:
            name = language.label(Label("economy", economy))
            labels.append(_put(name, view.pixel(place.at), taken, width, colour=INK, size=TEXT + 3))
    for name, point in _disputes(block.economies):
        pixel = view.pixel(point)
        if 0 < pixel[0] < width and 0 < pixel[1] < HEIGHT:
            labels.append(_put(name, pixel, taken, width, colour="#7b2d26", size=TEXT - 1))
    return [label for label in labels if label]


def _put(
    name: str,
    pixel: Point,
    taken: list[tuple[float, float, float, float]],
    width: int,
    *,
    colour: str,
    size: int,
) -> dict[str, Any]:
    """Place a text near a point where it covers no earlier one; return nothing where there is no room."""
    length, height = ADVANCE * size / TEXT * len(name), size * 1.25
    x, y = pixel
    for dx, dy in ((0, -14), (0, 16), (12, 0), (-12, 0), (0, -32), (0, 34), (12, 24), (-12, 24), (12, -40)):
        left = x - length / 2 if dx == 0 else x + dx if dx > 0 else x + dx - length
        left = max(4.0, min(left, width - 4.0 - length))
        top = max(2.0, min(y + dy - height / 2, HEIGHT - 2.0 - height))
        box = (left, top, left + length, top + height)
        if not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
            taken.append(box)
            return {"x": left, "y": top + height / 2, "t": name, "colour": colour, "size": size}
    return {}


def _disputes(economies: tuple[str, str]) -> list[tuple[str, Point]]:
    """Return the areas that both economies contest, each group once, at the middle of its parts."""
    groups: dict[str, list[Point]] = {}
    for feature in _asset("disputed.json")["features"]:
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
                "text": {"field": "t"},
                "fontSize": {"field": "size"},
                "fontWeight": {"value": 600},
                "baseline": {"value": "middle"},
                "align": {"value": "left"},
                **look,
            }
        },
    }


class _Place(msgspec.Struct, frozen=True):
    at: Point
    ends: tuple[Point, ...]


@lru_cache(maxsize=1)
def _places() -> dict[str, _Place]:
    raw = files("hikiwake.render").joinpath("assets", "places.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, _Place])


@lru_cache(maxsize=3)
def _asset(name: str) -> Any:
    return msgspec.json.decode(files("hikiwake.render").joinpath("assets", name).read_bytes())
