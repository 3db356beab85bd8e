"""A map of the world on which economies are shaded by a change above or below zero, or a ratio around one.

Gains are solid and losses striped, and both are darker the larger they are, so that the map holds in grey and
for colour-blind readers. Economies too small to be seen are dots.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from hikiwake.core.country import country
from hikiwake.core.document import Chart
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts import drawing
from hikiwake.render.charts.lettering import SMALL, length
from hikiwake.render.charts.outlines import Array, cut, outlines, path
from hikiwake.render.charts.theme import INK, SOFT, lowered, unit_of
from hikiwake.render.charts.view import Point, places
from hikiwake.render.language import Language

NORTH, SOUTH = 1.31, 0.95
"""Units of the projection shown above and below the equator: the poles are left out."""
WIDE = 2.7066
MIDDLE = math.radians(11.0)
"""The longitude in the middle: the edges cut the fewest lands."""
EARTH_RADIUS_KM = 6371.0
DOT, DOT_SIZE, SPOT = 5.0, 42, 1.2
DISPUTE, EDGE = "#7b2d26", "#9aa4b0"
ABSENT, LITTLE = "#ffffff", "#dde1e6"
STRIPED = ("stripes0", "stripes1")
"""Fills that are patterns, by the ends of their names."""
GAIN, LOSS = ("#7fa8d1", "#123f6d"), STRIPED
STRIPES = (("#fbe3cf", "#d4711c", 1.3), ("#d4711c", "#5a2c06", 1.6))
SWATCH, ROW = 12, 20
FACTORS = (1.05, 1.1, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Factors that may bound classes of ratios; a class of little ends at three at the latest."""
LEAST = 1e-8
"""The smallest change that bounds a class, a millionth of a per cent: what is smaller is little."""
POLYNOMIAL = (1.340264, -0.081106, 0.000893, 0.003796)

Class = tuple[str, str, list[str]]


def drawn(chart: Chart, ledger: Ledger, language: Language, width: int) -> str:
    """Return a map as SVG (the first series; emphasised economies are outlined)."""
    height = round((NORTH + SOUTH) * width / (2 * WIDE))
    marks = [mark for mark in chart.series[0].marks if ledger[mark.fact].value is not None]
    values = {mark.at.id: float(ledger[mark.fact].value or 0.0) for mark in marks}
    classes = (ratios_of if unit_of(chart, ledger).kind == "ratio" else classes_of)(values)
    lands, (disputed, spots) = lands_of(width, height), _disputed(width, height)
    told = {code for _, _, members in classes for code in members}
    absent = (language.words("render.map_absent"), ABSENT, [code for code in lands if code not in told])
    fills = {colour: _paint(colour, chart.id) for _, colour, _ in (*classes, absent)}
    legend, deep = _legend([*classes, absent], fills, width, height)
    outlined = "".join(lands.get(mark.at.id, "") for mark in marks if mark.emphasis)
    inside = [
        *(
            drawing.hatch(f"{chart.id}-{name}", ground, line, (4, thick, 1))
            for name, (ground, line, thick) in zip(STRIPED, STRIPES, strict=True)
        ),
        *(
            drawing.shape(
                "".join(lands.get(code, "") for code in members),
                f'fill="{fills[colour]}" stroke="{EDGE}" stroke-width="0.4"',
            )
            for _, colour, members in (absent, *classes)
        ),
        drawing.shape(outlined, f'fill="none" stroke="{INK}" stroke-width="1.4"'),
        drawing.shape(disputed, f'fill="none" stroke="{DISPUTE}" stroke-width="0.9"'),
        f'<g fill="none" stroke="{DISPUTE}" stroke-width="0.9">',
        *(drawing.circle(spot, SPOT, "") for spot in spots),
        f'</g><g stroke="{INK}" stroke-width="0.5">',
        *(
            drawing.circle(place, math.sqrt(DOT_SIZE / math.pi), f'fill="{fills[colour]}"')
            for _, colour, members in classes
            for place in _small(members, width)
        ),
        "</g>",
        *legend,
    ]
    return drawing.picture(width, height + deep, inside)


def _paint(colour: str, identity: str) -> str:
    return f"url(#{identity}-{colour})" if colour in STRIPED else colour


@lru_cache(maxsize=4)
def lands_of(width: int, height: int) -> dict[str, str]:
    """Return the land of each economy, as data of paths, on a map of this size in pixels."""
    read = outlines("countries-110m.json")
    lands: dict[str, str] = {}
    for polygon in read.polygons:
        economy = read.economies[polygon.of]
        if economy != "ATA":
            rings = path(cut(_ring(read.points[ring], width), width, height) for ring in polygon.rings)
            lands[economy] = lands.get(economy, "") + rings
    return lands


@lru_cache(maxsize=4)
def _disputed(width: int, height: int) -> tuple[str, list[Point]]:
    """Return disputed areas as data of a path, and those that are points."""
    areas = outlines("disputed.json")
    rings = [areas.points[ring] for polygon in areas.polygons for ring in polygon.rings]
    spots = [spot for spot in _spots(areas.spots, width) if spot[1] < height]
    return path(cut(_ring(ring, width), width, height) for ring in rings), spots


def _ring(places_: Array, width: int) -> Array:
    """Return a ring as pixels; across the edge of the map it goes on beyond it."""
    return _pixels(np.stack([np.unwrap(_turned(places_)), places_[:, 1]], axis=1), width)


def _spots(places_: Array, width: int) -> list[Point]:
    """Return places as pixels, each by itself."""
    return [(x, y) for x, y in _pixels(np.stack([_turned(places_), places_[:, 1]], axis=1), width).tolist()]


def _turned(places_: Array) -> Array:
    """Return longitudes from the middle of the map."""
    turned: Array = np.remainder(places_[:, 0] - MIDDLE + math.pi, 2 * math.pi) - math.pi
    return turned


def _pixels(places_: Array, width: int) -> Array:
    """Return longitudes from the middle and latitudes, (n, 2), in radians, as pixels.

    The Equal Earth projection, Savric, Patterson & Jenny (2019), International Journal of Geographical
    Information Science 33:454.
    """
    scale = width / (2 * WIDE)
    a, b, c, d = POLYNOMIAL
    root = math.sqrt(3.0) / 2.0
    angle = np.arcsin(root * np.sin(places_[:, 1]))
    square = angle**2
    sixth = square**3
    x = places_[:, 0] * np.cos(angle) / (root * (a + 3 * b * square + sixth * (7 * c + 9 * d * square)))
    y = angle * (a + b * square + sixth * (c + d * square))
    return np.stack([width / 2 + scale * x, NORTH * scale - scale * y], axis=1)


def _small(members: list[str], width: int) -> list[Point]:
    """Return where those economies lie whose land would be a few pixels wide."""
    scale = width / (2 * WIDE) / EARTH_RADIUS_KM
    tiny = [
        place.at
        for code in members
        if (place := places().get(code)) is not None
        and math.sqrt(country(code).area_km2 or 0.0) * scale < DOT
    ]
    return _spots(np.radians(np.array(tiny).reshape(-1, 2)), width)


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


def _told(bound: float) -> str:
    """Write a bound in per cent."""
    return f"{100.0 * bound:.6f}".rstrip("0").rstrip(".")


def _round(value: float) -> float:
    """Return the nearest of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return min((power * step for step in (1, 2, 5, 10)), key=lambda one: abs(math.log(one / value)))


def _legend(classes: list[Class], fills: dict[str, str], width: int, top: int) -> tuple[list[str], int]:
    """Return swatches with what they say, in as many rows as they need, and how deep these are."""
    pieces: list[str] = []
    x, y = 8.0, float(top + ROW)
    for words, colour, _ in classes:
        wide = SWATCH + 6 + length(words, SMALL) + 18
        if x + wide > width and x > 8.0:
            x, y = 8.0, y + ROW
        look = f'fill="{fills[colour]}" stroke="{EDGE}" stroke-width="0.6"'
        pieces.append(drawing.box((x, y - SWATCH / 2), (SWATCH, SWATCH), look))
        pieces.append(drawing.text(words, (x + SWATCH + 6, y + lowered(SMALL)), SMALL, f'fill="{SOFT}"'))
        x += wide
    return pieces, round(y - top + ROW / 2 + 2)
