"""The locator map shows both economies whole, names them apart, and hatches what is disputed."""

from __future__ import annotations

import io
import itertools
import math
import re
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sample import name

from hikiwake.core.document import LocatorMap
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts import raster, svg
from hikiwake.render.charts.drawing import picture, shape
from hikiwake.render.charts.lettering import longest
from hikiwake.render.charts.locator import FINE_SCALE, Placed, _land, _small_lands, _stands_on, placed, seen
from hikiwake.render.charts.outlines import BEYOND, cut, outlines, path
from hikiwake.render.charts.view import LARGE_PART, View, _outline, asset, fitted, height_of, places
from hikiwake.render.charts.worldmap import NORTH, SOUTH, WIDE, lands_of
from hikiwake.render.language import load

WIDTH = 680
PAIRS = [
    ("JPN", "RUS"),
    ("FJI", "USA"),
    ("JPN", "USA"),
    ("NZL", "CHL"),
    ("TUV", "NRU"),
    ("LUX", "BEL"),
    ("MLT", "SGP"),
    ("USA", "CAN"),
    ("UKR", "RUS"),
    ("CHN", "TWN"),
    ("BRA", "CHN"),
    ("ESP", "NZL"),
    ("KIR", "PYF"),
    ("MCO", "VAT"),
]


def placed_in(economies: tuple[str, str], width: int = WIDTH) -> Placed:
    return placed(LocatorMap("m", name("x"), economies, name("y")), load(), width)


def inside(view: View, point: tuple[float, float], slack: float = 0.0) -> bool:
    x, y = view.pixel(point)
    return -slack <= x <= WIDTH + slack and -slack <= y <= height_of(WIDTH) + slack


@pytest.mark.parametrize("economies", PAIRS)
def test_neither_economy_is_cut(economies: tuple[str, str]) -> None:
    view = fitted(economies, WIDTH)
    for economy in economies:
        points = [places()[economy].at, *places()[economy].ends, *_outline(economy)]
        assert all(inside(view, point) for point in points), economy


@pytest.mark.parametrize(
    ("economies", "between"),
    [(("JPN", "RUS"), (150.0, 40.0)), (("JPN", "USA"), (-170.0, 45.0)), (("NZL", "CHL"), (-130.0, -40.0))],
)
def test_the_shorter_way_between_them_is_shown(
    economies: tuple[str, str], between: tuple[float, float]
) -> None:
    assert inside(fitted(economies, WIDTH), between)


@pytest.mark.parametrize("economies", PAIRS)
def test_the_order_of_the_pair_does_not_move_the_map(economies: tuple[str, str]) -> None:
    one, other = fitted(economies, WIDTH), fitted((economies[1], economies[0]), WIDTH)
    # Sums of floats in another order.
    assert one == pytest.approx(other, abs=1e-6)


def test_what_lies_far_away_does_not_shrink_the_map() -> None:
    france = _outline("FRA")
    assert all(40 < latitude < 52 for _, latitude in france), (
        f"parts under {LARGE_PART} of France are left out"
    )
    assert min(longitude for longitude, _ in _outline("USA")) < -140, "Alaska is kept"


def test_the_projection_keeps_areas() -> None:
    """Cells of one degree have their true area wherever they lie, to 0.2 % (they are quadrangles here)."""
    view = View(2.0, 0.6, 1.0, 0.0, 0.0)
    for west, south in ((114.0, 34.0), (150.0, -10.0), (60.0, 60.0)):
        corners = [
            view.pixel(p)
            for p in ((west, south), (west + 1, south), (west + 1, south + 1), (west, south + 1))
        ]
        twice = sum(
            a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)
        )
        degree = 0.017453292519943295
        true = degree * (math.sin(math.radians(south + 1)) - math.sin(math.radians(south)))
        assert abs(twice) / 2 == pytest.approx(true, rel=2e-3)


@pytest.mark.parametrize("economies", PAIRS)
@pytest.mark.parametrize("width", [WIDTH, 340])
def test_names_stand_inside_and_apart(economies: tuple[str, str], width: int) -> None:
    boxes = []
    for label in placed_in(economies, width).labels:
        tall = 1.2 * label["size"]
        wide, last = (
            longest(label["t"], label["size"]),
            label["y"] + (len(label["t"]) - 1) * 1.25 * label["size"],
        )
        box = (label["x"], label["y"] - tall / 2, label["x"] + wide, last + tall / 2)
        assert min(box) >= 0
        assert box[2] <= width
        assert box[3] <= height_of(width)
        boxes.append(box)
    assert len(boxes) >= 2
    for one, other in itertools.combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


@pytest.mark.parametrize("economies", [("TUV", "NRU"), ("MLT", "SGP"), ("MCO", "VAT")])
def test_small_economies_get_a_dot_that_no_name_covers(economies: tuple[str, str]) -> None:
    data = placed_in(economies)
    assert len(data.dots) == 2
    for dot, label in itertools.product(data.dots, data.labels):
        beside = not label["x"] < dot["x"] < label["x"] + longest(label["t"], label["size"])
        assert beside or abs(label["y"] - dot["y"]) > label["size"] / 2


def test_no_name_covers_small_land() -> None:
    data = placed_in(("TWN", "CHN"))
    assert len(data.labels) >= 5
    (land,) = _small_lands(("TWN", "CHN"), fitted(("TWN", "CHN"), WIDTH))
    for label in data.labels:
        top, bottom = label["y"] - label["size"] * 0.6, label["y"] + label["size"] * 0.6
        right = label["x"] + longest(label["t"], label["size"])
        assert right <= land[0] or label["x"] >= land[2] or bottom <= land[1] or top >= land[3], label["t"]


@pytest.mark.parametrize("economies", [("SRB", "XKX"), ("ISR", "PSE"), ("TWN", "CHN"), ("MAR", "ESH")])
@pytest.mark.parametrize("width", [WIDTH, 340])
def test_no_name_stands_on_the_land_of_the_other(economies: tuple[str, str], width: int) -> None:
    data = placed_in(economies, width)
    for label, other in zip(data.labels, reversed(economies), strict=False):
        half = label["size"] * 0.5
        right = label["x"] + longest(label["t"], label["size"])
        box = (label["x"], label["y"] - half, right, label["y"] + half)
        assert not _stands_on(box, _land(other, data.view)), label["t"]


def test_a_line_leads_from_a_name_that_stands_far_from_its_place() -> None:
    labels = {" ".join(label["t"]): label for label in placed_in(("TWN", "CHN"), 340).labels}
    assert not labels["Taiwan"]["lead"]
    (far,) = (label for words, label in labels.items() if words.startswith("Huangyan"))
    x, y, to_x, to_y = map(float, re.findall(r"-?\d+", far["lead"]))
    right = far["x"] + longest(far["t"], far["size"])
    assert far["x"] - 1 <= x <= right + 1
    assert far["y"] <= y <= to_y
    assert (to_x, to_y) == tuple(map(round, fitted(("TWN", "CHN"), 340).pixel((117.76, 15.15))))


def test_land_is_found_where_it_is() -> None:
    view = fitted(("ZAF", "LSO"), WIDTH)
    x, y = view.pixel((28.2, -29.6))  # Lesotho, a hole in the land around it
    spot = (x, y, x, y)
    assert _stands_on(spot, _land("LSO", view))
    x, y = view.pixel((22.0, -31.0))
    assert _stands_on((x - 5, y - 5, x + 5, y + 5), _land("ZAF", view))
    assert not _stands_on((x - 5, y - 5, x + 5, y + 5), _land("LSO", view))


def test_large_economies_get_none() -> None:
    assert placed_in(("JPN", "RUS")).dots == []


def test_what_both_contest_is_named_in_both_forms() -> None:
    labels = [" ".join(label["t"]) for label in placed_in(("JPN", "RUS")).labels]
    assert labels == ["Japan", "Russia", "Northern Territories / Southern Kuril Islands"]


def test_names_wider_than_a_narrow_map_stand_one_below_the_other() -> None:
    lines = [label["t"] for label in placed_in(("UKR", "RUS"), 340).labels]
    assert ["Republic of Crimea and Sevastopol", "/ Autonomous Republic of Crimea and Sevastopol"] in lines


def test_every_disputed_area_is_hatched_and_has_its_names() -> None:
    features = asset("disputed.json")["features"]
    areas = outlines("disputed.json")
    assert {polygon.of for polygon in areas.polygons} == {
        n for n, feature in enumerate(features) if feature["geometry"]["type"] == "MultiPolygon"
    }
    spots = [f["geometry"]["coordinates"] for f in features if f["geometry"]["type"] == "MultiPoint"]
    assert len(areas.spots) == sum(map(len, spots))
    assert all(feature["properties"]["names"] for feature in features)


def test_hatching_is_a_pattern_of_the_map_itself() -> None:
    made = svg(LocatorMap("where", name("x"), ("JPN", "RUS"), name("y")), Ledger(), load())
    patterns = re.findall(r'<pattern id="([^"]+)"', made)
    assert len(patterns) == 1
    assert f"url(#{patterns[0]})" in made
    assert patterns[0].startswith("where-")
    ElementTree.fromstring(made)


def test_an_economy_that_is_disputed_as_a_whole_still_shows_its_colour() -> None:
    made = svg(LocatorMap("where", name("x"), ("MAR", "ESH"), name("y")), Ledger(), load())
    assert 'fill="#d4711c"' in made
    assert "fill-opacity" in made


def test_an_economy_without_a_place_leaves_a_map_of_the_world() -> None:
    assert placed_in(("ATA", "SUN")).dots == []
    made = svg(LocatorMap("where", name("x"), ("ATA", "SUN"), name("y")), Ledger(), load())
    assert made.startswith("<svg")


def masks_differ(one: str, other: str) -> float:
    """Return the share of pixels that are land in one drawing only."""
    image = pytest.importorskip("PIL.Image", reason="no package to read pictures (pillow)")
    lands = []
    for made in (one, other):
        picture = image.open(io.BytesIO(raster(made, 1.0))).convert("RGBA")
        lands.append(np.asarray(picture)[:, :, 3] > 127)
    return float((lands[0] != lands[1]).mean())


def by_library(name: str, projection: dict[str, Any], size: tuple[int, int]) -> str:
    """Return the lands of a map as a general drawing library projects and cuts them."""
    import vl_convert

    lands = {"name": "lands", "values": asset(name), "format": {"type": "topojson", "feature": "countries"}}
    no_pole = {"type": "filter", "expr": "datum.properties.economy !== 'ATA'"}
    mark = {
        "type": "shape",
        "from": {"data": "lands"},
        "encode": {"update": {"fill": {"value": "#000000"}}},
        "transform": [{"type": "geoshape", "projection": "view"}],
    }
    specified = {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "width": size[0],
        "height": size[1],
        "padding": 0,
        "autosize": "none",
        "projections": [{"name": "view", "clipExtent": [[0, 0], list(size)], **projection}],
        "data": [{**lands, "transform": [no_pole]}],
        "marks": [mark],
    }
    return str(vl_convert.vega_to_svg(specified))


@pytest.mark.parametrize(
    "economies",
    # The date line, a pole inside and outside, whole globes, finer outlines, land opposite the centre.
    [("JPN", "RUS"), ("FJI", "USA"), ("ESP", "NZL"), ("BRA", "CHN"), ("DEU", "POL"), ("ATA", "SUN")],
)
def test_lands_lie_where_a_general_library_draws_them(economies: tuple[str, str]) -> None:
    view, size = fitted(economies, WIDTH), (WIDTH, height_of(WIDTH))
    name = "countries-50m.json" if view.scale > FINE_SCALE else "countries-110m.json"
    projection = {
        "type": "azimuthalEqualArea",
        "rotate": [-math.degrees(view.longitude), -math.degrees(view.latitude), 0],
        "scale": view.scale,
        "translate": [view.x, view.y],
        "precision": 0.3,
    }
    shapes = outlines(name)
    lands = [path(rings) for of, rings in seen(shapes, view, WIDTH) if shapes.economies[of] != "ATA"]
    ours = picture(*size, [shape(land, 'fill="#000000"') for land in lands])
    assert masks_differ(ours, by_library(name, projection, size)) < 0.002


def test_the_world_is_as_a_general_library_draws_it() -> None:
    scale = WIDTH / (2 * WIDE)
    size = (WIDTH, round((NORTH + SOUTH) * scale))
    translate = [WIDTH / 2, NORTH * scale]
    projection = {"type": "equalEarth", "rotate": [-11, 0, 0], "scale": scale, "translate": translate}
    ours = picture(*size, [shape(land, 'fill="#000000"') for land in lands_of(*size).values()])
    assert masks_differ(ours, by_library("countries-110m.json", projection, size)) < 0.002


@given(st.integers(0, 10**6))
def test_a_cut_ring_keeps_what_is_inside_and_nothing_else(seed: int) -> None:
    dice = np.random.default_rng(seed)
    angle = np.sort(dice.uniform(0, 2 * math.pi, 12))
    ring = np.stack([50 + 80 * np.cos(angle), 40 + 60 * np.sin(angle)], axis=1)  # convex, around the picture
    left = cut(ring, 100.0, 80.0)
    assert (left >= -BEYOND - 1e-9).all()
    assert (left <= np.array([100.0, 80.0]) + BEYOND + 1e-9).all()
    within = ((ring > -BEYOND) & (ring < np.array([100.0, 80.0]) + BEYOND)).all(axis=1)
    assert {tuple(point) for point in ring[within]} <= {tuple(point) for point in left}
