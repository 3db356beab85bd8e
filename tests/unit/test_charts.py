"""Figures draw what the facts say, nothing is clipped, and a screen reader is told the finding."""

from __future__ import annotations

import re
from collections import Counter
from xml.etree import ElementTree

import pytest

import hikiwake as hw
from hikiwake.core.document import Brief, Chart, Label, LocatorMap, Prose
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts import png, svg
from hikiwake.render.charts.lines import specification as lines
from hikiwake.render.charts.locator import specification as locator
from hikiwake.render.charts.theme import clipped, spread
from hikiwake.render.language import load

SVG = "{http://www.w3.org/2000/svg}"
PAIRS = [("JPN", "RUS"), ("LUX", "BEL"), ("TCD", "CHN"), ("TUV", "NRU"), ("USA", "CAN"), ("BIH", "VCT")]
# Average advance of a letter as a part of the font size, in the shipped typeface; bold is wider.
ADVANCE = 0.56


@pytest.fixture(scope="module")
def briefs() -> dict[tuple[str, str], Brief]:
    return {names: hw.pair(*names).brief().content for names in PAIRS}


def pictures(brief: Brief) -> list[Chart | LocatorMap]:
    return [b for s in brief.sections for b in s.blocks if isinstance(b, Chart | LocatorMap)]


@pytest.mark.parametrize("names", PAIRS)
def test_every_figure_is_well_formed_and_described(
    briefs: dict[tuple[str, str], Brief], names: tuple[str, str]
) -> None:
    language = load()
    seen: Counter[str] = Counter()
    for block in pictures(briefs[names]):
        drawn = ElementTree.fromstring(svg(block, briefs[names].ledger, language))
        assert drawn.get("role") == "img"
        title = drawn.find(f"{SVG}title")
        assert title is not None
        assert title.text == language.text(block.title, briefs[names].ledger)
        seen.update(element.get("id", "") for element in drawn.iter() if element.get("id"))
    assert max(seen.values(), default=1) == 1, seen.most_common(3)


def texts(drawn: str) -> list[tuple[str, float, float, float]]:
    """Return each text with its left and right end and its height in the picture, roughly."""
    found = []

    def walk(node: ElementTree.Element, x: float, y: float) -> None:
        moved = re.match(r"translate\(([-\d.e]+)[, ]+([-\d.e]+)\)", node.get("transform", ""))
        if moved:
            x, y = x + float(moved.group(1)), y + float(moved.group(2))
        if node.tag == f"{SVG}text" and "rotate" not in node.get("transform", ""):
            size = float(re.sub("px", "", node.get("font-size", "11")))
            for line in [node, *node.findall(f"{SVG}tspan")]:
                words = line.text or ""
                length = ADVANCE * size * len(words)
                anchor = node.get("text-anchor", "start")
                left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * length
                if words.strip():
                    found.append((words, left, left + length, y))
        for child in node:
            walk(child, x, y)

    walk(ElementTree.fromstring(drawn), 0.0, 0.0)
    return found


@pytest.mark.parametrize("names", PAIRS)
def test_no_text_leaves_the_picture(briefs: dict[tuple[str, str], Brief], names: tuple[str, str]) -> None:
    slack = 12  # the length of a text is an estimate
    for block in pictures(briefs[names]):
        drawn = svg(block, briefs[names].ledger, load())
        found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn)
        assert found is not None
        width, height = (float(value) for value in found.groups())
        for words, left, right, y in texts(drawn):
            assert left > -slack, (block.id, words)
            assert right < width + slack, (block.id, words)
            assert -slack < y < height + slack, (block.id, words)


def test_doubtful_points_are_hollow_and_unconnected(briefs: dict[tuple[str, str], Brief]) -> None:
    brief = briefs["JPN", "RUS"]
    chart = next(b for b in pictures(brief) if b.id == "fuel-shares-RUS-JPN")
    assert isinstance(chart, Chart)
    drawn = lines(chart, brief.ledger, load(), 680)
    connected, points = drawn["layer"][0]["data"]["values"], drawn["layer"][1]["data"]["values"]
    crude = [p for p in connected if p["s"] == "crude oil" and p["x"] == 2015]
    assert [p["y"] for p in crude] == [None]
    assert [p["d"] for p in points if p["s"] == "crude oil" and p["x"] == 2015] == [True]


def test_the_map_names_what_both_contest_and_hatches_all() -> None:
    block = LocatorMap("m", Prose("brief.title"), ("JPN", "RUS"), Prose("brief.title"))
    drawn = locator(block, load(), 680)
    labels = next(d for d in drawn["data"] if d["name"] == "labels")["values"]
    assert [label["t"] for label in labels] == [
        "Japan",
        "Russia",
        "Northern Territories / Southern Kuril Islands",
    ]
    boxes = [(label["x"], label["y"]) for label in labels]
    assert len(set(boxes)) == len(boxes)


@pytest.mark.parametrize("names", [("TUV", "NRU"), ("MLT", "SGP"), ("MCO", "VAT")])
def test_small_economies_get_a_dot(names: tuple[str, str]) -> None:
    block = LocatorMap("m", Prose("brief.title"), names, Prose("brief.title"))
    drawn = locator(block, load(), 680)
    assert len(next(d for d in drawn["data"] if d["name"] == "dots")["values"]) == 2


def test_a_chart_is_also_a_png(briefs: dict[tuple[str, str], Brief]) -> None:
    brief = briefs["TCD", "CHN"]
    block = next(b for b in pictures(brief) if isinstance(b, Chart))
    assert png(block, brief.ledger, load(), scale=1.0).startswith(b"\x89PNG")


def test_labels_move_apart_inside_the_frame() -> None:
    moved = spread([100.0, 101.0, 99.0], 14.0, 0.0, 200.0)
    assert sorted(moved)[1] - sorted(moved)[0] >= 14.0
    assert moved[2] < moved[0] < moved[1]
    assert max(spread([195.0, 198.0], 14.0, 0.0, 200.0)) <= 200.0


def test_a_long_name_is_cut_with_an_ellipsis() -> None:
    assert clipped("Motor vehicles, trailers and semi-trailers", 16) == ["Motor vehicles,", "trailers and…"]


def test_a_chart_without_numbers_is_drawn_empty() -> None:
    label = Prose("render.name", {}, {"name": Label("text", "x", "x")})
    empty = Chart("e", "strip", label, label, (), label)
    assert svg(empty, Ledger(), load()).startswith("<svg")
