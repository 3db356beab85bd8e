"""A map that shows where two economies lie, with disputed areas hatched and named in both forms."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hikiwake.core.country import country
from hikiwake.core.document import Label, LocatorMap
from hikiwake.render.charts import drawing
from hikiwake.render.charts.lettering import SMALL, clipped, length, longest
from hikiwake.render.charts.outlines import Array, Outlines, cut, directions, outlines, path
from hikiwake.render.charts.theme import INK, NAVY, ORANGE, lowered
from hikiwake.render.charts.view import Point, View, asset, fitted, height_of, places, side
from hikiwake.render.language import Language

FINE_SCALE = 700.0
"""Pixels a radian from which the finer outlines are used."""
DOT, SMALL_LAND = 9.0, 45.0
"""Pixels of a side below which land is marked by a dot, and below which no name may cover it."""
NAME = 15
DISPUTE, SEA, LAND = "#7b2d26", "#eef3f8", "#d9dee4"
LINE = 1.25
"""Height of a line of text, by its size."""
FAR = 28.0
"""Pixels from a name to its place from which a line leads there."""
SPOT = 3.0
"""Pixels from the middle of an area that is a point to its edge."""
FARTHEST = 3.04
"""Radians from a view's centre beyond which all that lies is drawn on the rim of the globe, and left out."""
TURN = math.radians(3.0)
"""Turns around the edge of the globe are drawn in steps of this size."""

Box = tuple[float, float, float, float]


class Placed(NamedTuple):
    """A map without its land: the view, names with where they stand, and dots for what is too small."""

    view: View
    labels: list[dict[str, Any]]
    dots: list[dict[str, Any]]


def placed(block: LocatorMap, language: Language, width: int) -> Placed:
    """Return what a locator map shows, and where."""
    view = fitted(block.economies, width)
    return Placed(view, _labels(block, language, view, width), _dots(block.economies, view))


def drawn(block: LocatorMap, language: Language, width: int) -> str:
    """Return a locator map as SVG."""
    view, labels, dots = placed(block, language, width)
    height = height_of(width)
    lands = outlines("countries-50m.json" if view.scale > FINE_SCALE else "countries-110m.json")
    tones = dict.fromkeys(lands.economies, LAND) | dict(zip(block.economies, (NAVY, ORANGE), strict=True))
    paths: dict[str, str] = dict.fromkeys((LAND, NAVY, ORANGE), "")
    for of, rings in seen(lands, view, width):
        paths[tones[lands.economies[of]]] += path(rings)
    areas = outlines("disputed.json")
    hatched = "".join(path(rings) for _, rings in seen(areas, view, width))
    pattern = f"{block.id}-hatch"
    inside = [
        drawing.hatch(pattern, "#f6dfd5", DISPUTE, (5, 2.2, 0.45)),
        drawing.circle((view.x, view.y), 2.0 * view.scale, f'fill="{SEA}"'),
        *(
            drawing.shape(data, f'fill="{tone}" stroke="#ffffff" stroke-width="0.6"')
            for tone, data in paths.items()
        ),
        f'<g fill="url(#{pattern})" stroke="{DISPUTE}" stroke-width="0.6">',
        drawing.shape(hatched, ""),
        *(drawing.circle(spot, SPOT, "") for spot in _spots(areas, view, width)),
        "</g>",
        *(
            drawing.circle(
                (dot["x"], dot["y"]), math.sqrt(90 / math.pi), f'fill="{dot["colour"]}" stroke="#fff"'
            )
            for dot in dots
        ),
        *(
            drawing.shape(label["lead"], f'fill="none" stroke="{tone}" stroke-width="{wide}"')
            for label in labels
            for tone, wide in (("#ffffff", 2.8), (label["colour"], 1.0))
        ),
        *(
            text
            for label in labels
            for text in _text(label, 'fill="#ffffff" stroke="#ffffff" stroke-width="3.5"')
        ),
        *(text for label in labels for text in _text(label, f'fill="{label["colour"]}"')),
    ]
    return drawing.picture(width, height, inside)


def _text(label: dict[str, Any], look: str) -> Iterator[str]:
    size = label["size"]
    for row, line in enumerate(label["t"]):
        at = (label["x"], label["y"] + row * size * LINE + lowered(size))
        yield drawing.text(line, at, size, f'font-weight="600" {look}')


def seen(shapes: Outlines, view: View, width: int) -> Iterator[tuple[int, list[Array]]]:
    """Return what polygons are of and their rings in pixels, of those that reach into the picture."""
    away = np.arccos(np.clip(shapes.middles @ _centre(view), -1.0, 1.0))
    near = np.flatnonzero((away <= _reach(view, width) + shapes.radii) & (away - shapes.radii < FARTHEST))
    pieces = [shapes.points[ring] for number in near for ring in shapes.polygons[number].rings]
    if not pieces:
        return
    ends = np.cumsum([len(piece) for piece in pieces])
    left = iter(np.split(_pixels(np.concatenate(pieces), view), ends[:-1]))
    for number in near:
        polygon = shapes.polygons[number]
        rings = [next(left) for _ in polygon.rings]
        if away[number] + shapes.radii[number] > FARTHEST:
            rings = [_along_the_rim(ring, view) for ring in rings]
            if _holds_opposite(rings[0], view):  # it is all but what its ring encloses
                rings.append(_rim(view))
        yield polygon.of, [cut(ring, width, height_of(width)) for ring in rings]


def _spots(shapes: Outlines, view: View, width: int) -> list[Point]:
    if not len(shapes.spots):
        return []
    inside = _pixels(shapes.spots, view)
    return [(x, y) for x, y in inside.tolist() if 0 < x < width and 0 < y < height_of(width)]


def _centre(view: View) -> Array:
    centre: Array = directions(np.array([[view.longitude, view.latitude]]))[0]
    return centre


def _reach(view: View, width: int) -> float:
    """Return the radians from the view's centre to the farthest corner of the picture."""
    across = max(abs(view.x), abs(width - view.x))
    up = max(abs(view.y), abs(height_of(width) - view.y))
    return 2.0 * math.asin(min(1.0, math.hypot(across, up) / (2.0 * view.scale)))


def _pixels(places_: Array, view: View) -> Array:
    """Return places in radians, (n, 2), as pixels; `View.pixel` for many."""
    turned, phi = places_[:, 0] - view.longitude, places_[:, 1]
    sine, cosine = math.sin(view.latitude), math.cos(view.latitude)
    along = np.cos(phi) * np.cos(turned)
    k = view.scale * np.sqrt(2.0 / np.maximum(1.0 + sine * np.sin(phi) + cosine * along, 1e-6))
    x = view.x + k * np.cos(phi) * np.sin(turned)
    y = view.y - k * (cosine * np.sin(phi) - sine * along)
    return np.stack([x, y], axis=1)


def _along_the_rim(ring: Array, view: View) -> Array:
    """Return a ring of pixels whose sides next to the edge of the globe follow it, not crossing it."""
    x, y = ring[:, 0] - view.x, ring[:, 1] - view.y
    angle, away = np.arctan2(y, x), np.hypot(x, y)
    turn = _turns(angle)
    outside = np.minimum(away, np.roll(away, -1)) > 1.8 * view.scale
    parts = np.where(outside, np.maximum(np.ceil(np.abs(turn) / TURN), 1.0), 1.0).astype(np.int64)
    part = (np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)) / np.repeat(parts, parts)
    angles = np.repeat(angle, parts) + np.repeat(turn, parts) * part
    radii = np.repeat(away, parts) + np.repeat(np.roll(away, -1) - away, parts) * part
    along: Array = np.stack([view.x + radii * np.cos(angles), view.y + radii * np.sin(angles)], axis=1)
    return along


def _holds_opposite(ring: Array, view: View) -> bool:
    """Say whether a ring of pixels goes around the centre the other way than land does that holds it."""
    return bool(_turns(np.arctan2(ring[:, 1] - view.y, ring[:, 0] - view.x)).sum() < -math.pi)


def _turns(angle: Array) -> Array:
    """Return the turns from each angle to the next one, the shorter way."""
    turns: Array = np.remainder(np.roll(angle, -1) - angle + math.pi, 2 * math.pi) - math.pi
    return turns


def _rim(view: View) -> Array:
    """Return the edge of the globe, in pixels."""
    angle = np.linspace(0.0, 2.0 * math.pi, 180, endpoint=False)
    rim: Array = 2.0 * view.scale * np.stack([np.cos(angle), np.sin(angle)], axis=1) + (view.x, view.y)
    return rim


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
            others = [land for other in block.economies if other != economy for land in _land(other, view)]
            labels.append(_put(name, view.pixel(place.at), taken, width, INK, others))
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


def _land(economy: str, view: View) -> list[Array]:
    """Return the rings of an economy's land in pixels."""
    lands = outlines("countries-110m.json")
    parts = [part for part in lands.polygons if lands.economies[part.of] == economy]
    return [_pixels(lands.points[ring], view) for part in parts for ring in part.rings]


def _stands_on(box: Box, rings: list[Array]) -> bool:
    """Tell whether a part of a box lies on land, by a few points of it."""
    left, top, right, bottom = box
    spots = np.array([(x, y) for x in np.linspace(left, right, 7) for y in (top, (top + bottom) / 2, bottom)])
    return any(_inside(spots, ring).any() for ring in rings)


def _inside(spots: Array, ring: Array) -> NDArray[np.bool_]:
    """Tell which points a ring encloses: a ray from them crosses it an odd number of times."""
    (x, y), (x2, y2) = ring.T[:, None], np.roll(ring, -1, axis=0).T[:, None]
    across, up = spots[:, :1], spots[:, 1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        crosses = ((y > up) != (y2 > up)) & (across < x + (up - y) / (y2 - y) * (x2 - x))
    odd: NDArray[np.bool_] = crosses.sum(axis=1) % 2 == 1
    return odd


def _put(
    name: str, pixel: Point, taken: list[Box], width: int, colour: str, others: list[Array] | None = None
) -> dict[str, Any]:
    """Place a text near a point where it covers no earlier one; return nothing where there is no room.

    It stands on the land of the other economy only where there is no room elsewhere: it would name that. Of
    several names each has a line of its own where one line would be wider than the map.
    """
    size = NAME if colour == INK else SMALL
    lines = _lines(name, width - 8.0, size)
    wide, height = longest(lines, size), size * LINE * len(lines)
    x, y = pixel
    free: list[Box] = []
    for dx, dy in ((0, -16), (0, 17), (12, 0), (-12, 0), (0, -32), (0, 34), (12, 24), (-12, 24), (12, -40),
                   (0, 50), (0, -48), (0, 66), (0, -66), (0, -100)):  # fmt: skip
        left = x - wide / 2 if dx == 0 else x + dx if dx > 0 else x + dx - wide
        left = max(4.0, min(left, width - 4.0 - wide))
        top = max(2.0, min(y + dy - height / 2, height_of(width) - 2.0 - height))
        box = (left, top, left + wide, top + height)
        if not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
            free.append(box)
    if not free:
        return {}
    chosen = next((box for box in free if not _stands_on(box, others or [])), free[0])
    taken.append(chosen)
    left, top, *_ = chosen
    lead = _lead(chosen, pixel)
    return {"x": left, "y": top + size * LINE / 2, "t": lines, "colour": colour, "size": size, "lead": lead}


def _lead(box: Box, pixel: Point) -> str:
    """Return a line from a name to the place that it names, where that lies far from it; else nothing."""
    x, y = max(box[0], min(pixel[0], box[2])), max(box[1], min(pixel[1], box[3]))
    return f"M{x:.0f},{y:.0f}L{pixel[0]:.0f},{pixel[1]:.0f}" if math.dist((x, y), pixel) > FAR else ""


def _lines(name: str, room: float, size: int) -> list[str]:
    if length(name, size) <= room:
        return [name]
    first, *others = name.split(" / ")
    return [clipped(line, room, 1, size)[0] for line in (first, *(f"/ {other}" for other in others))]


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
