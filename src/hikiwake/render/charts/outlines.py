"""The outlines of the shipped maps: read once, projected as arrays, cut to the picture, written as SVG paths.

A general drawing library does this point by point, for all the world, at each map and width: most of the time
that a page's figures took.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hikiwake.render.charts.view import asset

Array = NDArray[np.float64]
LONGEST = np.radians(2.0)
"""Sides of an outline that are longer, in radians of longitude or latitude, are bent with the projection."""
BEYOND = 4.0
"""Pixels beyond a picture at which outlines are cut: so no cut is seen."""


class Polygon(NamedTuple):
    """One piece of land: the economy or area that it is of, and its rings as rows of `Outlines.points`."""

    of: int
    rings: tuple[slice, ...]


class Outlines(NamedTuple):
    """A map's outlines as longitudes and latitudes in radians, (points, 2), the first of a ring not repeated.

    `economies` name what polygons are of (empty for areas), `middles` (polygons, 3) and `radii` are circles
    around them on the unit sphere; `spots` (n, 2) are areas that are points.
    """

    economies: tuple[str, ...]
    points: Array
    polygons: tuple[Polygon, ...]
    middles: Array
    radii: Array
    spots: Array


@lru_cache(maxsize=3)
def outlines(name: str) -> Outlines:
    """Return the outlines of a shipped map file, TopoJSON or GeoJSON."""
    read = asset(name)
    pieces, economies, spots = _topology(read) if read["type"] == "Topology" else _features(read)
    rings: list[Array] = []
    polygons: list[Polygon] = []
    at = 0
    for of, parts in pieces:
        bent = [_bent(part) for part in parts]
        ends = np.cumsum([at, *map(len, bent)]).tolist()
        polygons.append(Polygon(of, tuple(slice(*both) for both in pairwise(ends))))
        rings += bent
        at = ends[-1]
    points = np.concatenate(rings)
    around = [directions(points[polygon.rings[0]]) for polygon in polygons]
    middles = np.array([ring.sum(axis=0) for ring in around])
    middles /= np.linalg.norm(middles, axis=1)[:, None]
    cosines = [float((ring @ middle).min()) for ring, middle in zip(around, middles, strict=True)]
    radii = np.arccos(np.clip(cosines, -1.0, 1.0))
    return Outlines(economies, points, tuple(polygons), middles, radii, spots)


def directions(places: Array) -> Array:
    """Return longitudes and latitudes, (n, 2), as unit vectors from the middle of the earth, (n, 3)."""
    longitude, latitude = places[:, 0], places[:, 1]
    cosine = np.cos(latitude)
    return np.stack([cosine * np.cos(longitude), cosine * np.sin(longitude), np.sin(latitude)], axis=1)


def cut(ring: Array, width: float, height: float) -> Array:
    """Return the part of a closed ring of pixels, (n, 2), in a picture and a little beyond it.

    Sutherland & Hodgman (1974), Communications of the ACM 17:32; one side of the picture after the other.
    """
    sides = (0, 1.0, -BEYOND), (0, -1.0, width + BEYOND), (1, 1.0, -BEYOND), (1, -1.0, height + BEYOND)
    for axis, sign, bound in sides:
        inside = sign * (ring[:, axis] - bound)
        if (inside >= 0.0).all():
            continue
        if (inside < 0.0).all():
            return ring[:0]
        following, beyond = np.roll(ring, -1, axis=0), np.roll(inside, -1)
        crosses = (inside >= 0.0) != (beyond >= 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            crossing = ring + (following - ring) * (inside / (inside - beyond))[:, None]
        both = np.stack([ring, crossing], axis=1).reshape(-1, 2)
        ring = both[np.stack([inside >= 0.0, crosses], axis=1).ravel()]
    return ring


def path(rings: Iterable[Array]) -> str:
    """Return closed rings of pixels as the data of an SVG path, to a tenth of a pixel; a dot is left out."""
    return "".join(map(_written, rings))


def _written(ring: Array) -> str:
    tenths = np.rint(10.0 * ring).astype(np.int64)
    steps = np.diff(tenths, axis=0)
    steps = steps[steps.any(axis=1)]
    if len(steps) < 2:
        return ""
    begin = ",".join(map(_tenth, tenths[0].tolist()))
    return f"M{begin}l{' '.join(map(_tenth, steps.ravel().tolist()))}z"


@lru_cache(maxsize=16384)
def _tenth(number: int) -> str:
    whole, rest = divmod(abs(number), 10)
    sign = "-" if number < 0 else ""
    return f"{sign}{whole or '' if rest else whole}{f'.{rest}' if rest else ''}"


def _topology(read: dict[str, Any]) -> tuple[list[tuple[int, list[Array]]], tuple[str, ...], Array]:
    """Return rings in degrees by geometry; arcs are steps on a grid, and ~n is arc n backwards."""
    grid, corner = (np.array(read["transform"][key]) for key in ("scale", "translate"))
    arcs = [np.array(arc).cumsum(axis=0) * grid + corner for arc in read["arcs"]]
    pieces = []
    geometries = read["objects"]["countries"]["geometries"]
    for of, geometry in enumerate(geometries):
        for rings in [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]:
            # The last point of an arc is the first of the next one.
            parts = [[(arcs[arc] if arc >= 0 else arcs[~arc][::-1])[:-1] for arc in ring] for ring in rings]
            pieces.append((of, [np.concatenate(part) for part in parts]))
    economies = tuple(geometry["properties"].get("economy", "") for geometry in geometries)
    return pieces, economies, np.empty((0, 2))


def _features(read: dict[str, Any]) -> tuple[list[tuple[int, list[Array]]], tuple[str, ...], Array]:
    pieces: list[tuple[int, list[Array]]] = []
    spots: list[Any] = []
    for of, feature in enumerate(read["features"]):
        shape = feature["geometry"]
        if shape["type"] == "MultiPoint":
            spots += shape["coordinates"]
        else:
            pieces += [(of, [np.array(ring)[:-1] for ring in rings]) for rings in shape["coordinates"]]
    return pieces, (), np.radians(np.array(spots, dtype=np.float64).reshape(-1, 2))


def _bent(degrees: Array) -> Array:
    """Return a ring in radians with points between those that are far apart."""
    ring = np.radians(degrees)
    step = np.roll(ring, -1, axis=0) - ring
    step[:, 0] = np.remainder(step[:, 0] + np.pi, 2 * np.pi) - np.pi  # the shorter way around the earth
    parts = np.maximum(np.ceil(np.abs(step).max(axis=1) / LONGEST), 1.0).astype(np.int64)
    if parts.max(initial=1) == 1:
        return ring
    first = np.repeat(np.cumsum(parts) - parts, parts)
    along = (np.arange(parts.sum()) - first) / np.repeat(parts, parts)
    bent: Array = np.repeat(ring, parts, axis=0) + np.repeat(step, parts, axis=0) * along[:, None]
    return bent
