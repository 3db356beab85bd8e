"""The projection of a locator map: Lambert's azimuthal equal area, in which both economies fit.

It is computed here as well as by the drawing library, so that names can be placed without covering others.
"""

from __future__ import annotations

import math
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

import msgspec

TALLEST, SHAPE = 370, 0.6
"""A map is as high as this part of its width, and never higher than so many pixels."""
MARGIN = 34
LEAST_REACH = 0.1
"""Radians shown at least to each side of the centre (about 640 km): islands keep some sea around them."""
LARGE_PART = 0.17
"""Parts of a territory this large beside its largest stay in the picture: Alaska does, French Guiana not."""
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


class Place(msgspec.Struct, frozen=True):
    """Where the people of an economy live: their middle, and its outermost large towns."""

    at: Point
    ends: tuple[Point, ...]


def height_of(width: int) -> int:
    """Return the height of a map of this width, in pixels."""
    return min(TALLEST, round(SHAPE * width))


def fitted(economies: tuple[str, str], width: int) -> View:
    """Return the view in which both economies lie whole, along the shorter way between them."""
    height = height_of(width)
    shown = [[*places()[e].ends, places()[e].at, *_outline(e)] for e in economies if e in places()]
    if not shown:
        return View(0.0, 0.3, width / 5.4, width / 2, height / 2)
    longitude, latitude = _between([_middle(points) for points in shown])
    plane = [_project(point, longitude, latitude) for points in shown for point in points]
    xs, ys = [p[0] for p in plane], [p[1] for p in plane]
    middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    reach_x = max((max(xs) - min(xs)) / 2, LEAST_REACH)
    reach_y = max((max(ys) - min(ys)) / 2, LEAST_REACH)
    scale = min((width / 2 - MARGIN) / reach_x, (height / 2 - MARGIN) / reach_y)
    return View(longitude, latitude, scale, width / 2 - scale * middle[0], height / 2 + scale * middle[1])


def side(area_km2: float, view: View) -> float:
    """Return the pixels of a square as large as a territory."""
    return math.sqrt(area_km2) / EARTH_RADIUS_KM * view.scale


def _project(place: Point, longitude: float, latitude: float) -> Point:
    """Project degrees onto the plane around a centre in radians (Snyder 1987, equations 22-4, 22-5, 24-2)."""
    turned, phi = math.radians(place[0]) - longitude, math.radians(place[1])
    cosine = math.sin(latitude) * math.sin(phi) + math.cos(latitude) * math.cos(phi) * math.cos(turned)
    k = math.sqrt(2.0 / max(1.0 + cosine, 1e-6))
    return (
        k * math.cos(phi) * math.sin(turned),
        k * (math.cos(latitude) * math.sin(phi) - math.sin(latitude) * math.cos(phi) * math.cos(turned)),
    )


def _between(points: list[Point]) -> Point:
    """Return the middle of points on the sphere, in radians; of antipodes, the first point."""
    x, y, z = _sum(points)
    if math.hypot(x, y, z) < 1e-3:
        return math.radians(points[0][0]), math.radians(points[0][1])
    return math.atan2(y, x), math.atan2(z, math.hypot(x, y))


def _middle(points: list[Point]) -> Point:
    """Return the middle of points on the sphere, in degrees."""
    longitude, latitude = _between(points)
    return math.degrees(longitude), math.degrees(latitude)


def _sum(points: list[Point]) -> tuple[float, float, float]:
    x = y = z = 0.0
    for longitude, latitude in points:
        lon, lat = math.radians(longitude), math.radians(latitude)
        x, y, z = x + math.cos(lat) * math.cos(lon), y + math.cos(lat) * math.sin(lon), z + math.sin(lat)
    return x, y, z


@lru_cache(maxsize=256)
def _outline(economy: str) -> tuple[Point, ...]:
    """Return the outline of an economy's large parts; nothing for those too small to be drawn."""
    topology = asset("countries-110m.json")
    rings: list[list[Point]] = []
    for geometry in topology["objects"]["countries"]["geometries"]:
        if geometry["properties"].get("economy") == economy:
            polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
            rings += [_ring(topology, polygon[0]) for polygon in polygons]
    areas = [_area(ring) for ring in rings]
    return tuple(
        point
        for ring, area in zip(rings, areas, strict=True)
        if area >= LARGE_PART * max(areas)
        for point in ring
    )


def _ring(topology: dict[str, Any], arcs: list[int]) -> list[Point]:
    """Return the points of a ring in degrees: arcs are steps on a grid, and ~n is arc n backwards."""
    (grid_x, grid_y), (left, bottom) = topology["transform"]["scale"], topology["transform"]["translate"]
    ring: list[Point] = []
    for arc in arcs:
        x = y = 0
        points = []
        for step_x, step_y in topology["arcs"][arc if arc >= 0 else ~arc]:
            x, y = x + step_x, y + step_y
            points.append((x * grid_x + left, y * grid_y + bottom))
        ring += points if arc >= 0 else points[::-1]
    return ring


def _area(ring: list[Point]) -> float:
    """Return about how large a ring is (square degrees at the equator)."""
    flat = [(x * math.cos(math.radians(y)), y) for x, y in ring]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(flat, [*flat[1:], flat[0]], strict=True))) / 2


@lru_cache(maxsize=1)
def places() -> dict[str, Place]:
    """Return where the economies lie, by their codes."""
    raw = files("hikiwake.render").joinpath("assets", "places.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, Place])


@lru_cache(maxsize=3)
def asset(name: str) -> Any:
    """Return a shipped map file."""
    return msgspec.json.decode(files("hikiwake.render").joinpath("assets", name).read_bytes())
