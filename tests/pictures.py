"""Where the texts of a picture stand, and whether one leaves it or touches another."""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple
from xml.etree import ElementTree

from hikiwake.render.charts.lettering import SMALL, TEXT, length
from hikiwake.render.charts.locator import NAME
from hikiwake.render.charts.theme import FONT

SVG = "{http://www.w3.org/2000/svg}"
INHERITED = ("font-family", "font-size", "text-anchor")
"""What a text takes from the group that it stands in."""


class Text(NamedTuple):
    """A line of text in a picture: its words and its box in pixels."""

    words: str
    left: float
    top: float
    right: float
    bottom: float


def texts(drawn: str) -> list[Text]:
    """Return the lines of text of a picture; their lengths are the greatest they can have."""
    found: list[Text] = []

    def walk(node: ElementTree.Element, x: float, y: float, above: dict[str, str]) -> None:
        look = {**above, **{key: value for key, value in node.attrib.items() if key in INHERITED}}
        moved = re.match(r"translate\(([-\d.e]+)[, ]+([-\d.e]+)\)$", node.get("transform", "translate(0,0)"))
        assert moved is not None, node.get("transform")
        x, y = x + float(moved[1]), y + float(moved[2])
        if node.tag == f"{SVG}text":
            size = float(look.get("font-size", "").removesuffix("px"))
            assert size in (SMALL, TEXT, NAME), ElementTree.tostring(node)
            assert look.get("font-family") == f"{FONT}, sans-serif"
            share = {"start": 0.0, "middle": 0.5, "end": 1.0}[look.get("text-anchor", "start")]
            down = 0.0
            for line in [node, *node.findall(f"{SVG}tspan")]:
                down += float(line.get("dy", "0"))
                if words := (line.text or "").strip():
                    left = x - share * length(words, size)
                    # Letters reach about 0.74 of the size above their line and 0.2 below it.
                    box = (left, y + down - 0.74 * size, left + length(words, size), y + down + 0.2 * size)
                    found.append(Text(words, *box))
        for child in node:
            if child.tag != f"{SVG}tspan":
                walk(child, x, y, look)

    walk(ElementTree.fromstring(drawn), 0.0, 0.0, {})
    return found


def check_texts(drawn: str) -> None:
    """Check that no text leaves its picture or touches another."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn)
    assert found is not None
    width, height = (float(value) for value in found.groups())
    placed = texts(drawn)
    for text in placed:
        # Half a pixel for the rounding of coordinates.
        assert min(text.left, text.top) >= -0.5, text
        assert text.right <= width + 0.5, text
        assert text.bottom <= height + 0.5, text
    for one, other in itertools.combinations(placed, 2):
        apart = one.right <= other.left or other.right <= one.left
        # Lines of one text stand close: half a pixel is the rounding of coordinates.
        assert apart or one.bottom <= other.top + 0.5 or other.bottom <= one.top + 0.5, (one, other)
