"""A specification is drawn by our own code as the library draws it that can draw all of Vega-Lite.

Beside the library in the same run, pixel by pixel. An edge may lie a twentieth of a pixel away, which leaves
traces of grey; a wrong tick, dash, or text is a black pixel beside a white one.
"""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pytest
from tests.briefs import composed
from tests.unit.test_charts import STRESS
from tests.unit.test_scenario_charts import SPREADS
from tests.unit.test_scenario_charts import made as made_of_scenarios

from hikiwake.core.document import Chart
from hikiwake.render.charts import KINDS, raster, specification
from hikiwake.render.charts.painting import painted
from hikiwake.render.language import load

FAR = 100
"""Of 255 levels: a pixel further from its like than this has something else in it."""
PART = 2e-5
"""Part of the pixels that may be far: a dozen of a figure's half million."""
PLACES = re.compile(r' (?:d|transform)="[^"]*"')
NUMBER = re.compile(r"-?\d+\.\d+")
BELOW = {"0.7": (0.3, 0.2, 0.4), "1": (0.0, 0.0, 0.0), "1.1": (-0.1, -0.2, -0.05)}


FAINT = 12
"""A pixel further from its like than this is another shade: a grid line that stands elsewhere, say."""
SHADED, HEAPED = 1e-3, 6e-3
"""Parts that may be: at edges between two pixels, and at those of hundreds of marks on each other."""


def by_library(specified: dict[str, Any]) -> str:
    import vl_convert

    drawn = str(vl_convert.vegalite_to_svg(specified, show_warnings=False))
    # Places to a tenth of a pixel, as ours: along a dashed line what is rounded adds up, and dashes move.
    return PLACES.sub(lambda part: NUMBER.sub(lambda place: f"{float(place[0]):.1f}", part[0]), drawn)


def grey(drawn: str) -> np.ndarray:
    image = pytest.importorskip("PIL.Image", reason="no package to read pictures (pillow)")
    picture = image.open(io.BytesIO(raster(drawn, 2.0))).convert("RGBA")
    on_white = image.alpha_composite(image.new("RGBA", picture.size, "white"), picture)
    return np.asarray(on_white.convert("L"), dtype=np.int16)


def check(specified: dict[str, Any], shaded: float = SHADED) -> None:
    ours, theirs = grey(painted(specified)), grey(by_library(specified))
    # Half a pixel of a picture's height may be rounded up or down.
    assert np.abs(np.subtract(ours.shape, theirs.shape)).max() <= 1
    high, wide = np.minimum(ours.shape, theirs.shape)
    apart = np.abs(ours[:high, :wide] - theirs[:high, :wide])
    assert (apart > FAR).mean() <= PART
    assert (apart > FAINT).mean() <= shaded


@pytest.mark.parametrize("name", STRESS)
@pytest.mark.parametrize("width", [680, 340])
def test_odd_charts_have_the_pixels_of_the_library(name: str, width: int) -> None:
    drawn = STRESS[name]
    specified = specification(drawn.chart, drawn.ledger, load(), width=width)
    check(specified, HEAPED if name == "strip of equals" else SHADED)


@pytest.mark.parametrize("name", SPREADS)
def test_intervals_have_the_pixels_of_the_library(name: str) -> None:
    check(specification(*made_of_scenarios("whiskers", SPREADS[name]), load()))


def test_curves_have_the_pixels_of_the_library() -> None:
    check(specification(*made_of_scenarios("curves", {"Japan": BELOW, "Russia": BELOW}), load()))


def test_charts_of_a_brief_have_the_pixels_of_the_library() -> None:
    content = composed("JPN", "RUS").content
    charts = [
        block
        for section in content.sections
        for block in section.blocks
        if isinstance(block, Chart) and block.kind != "map"
    ]
    assert {chart.kind for chart in charts} >= KINDS.keys() - {"curves", "scatter"}
    for chart in charts:
        # Dots on hairlines, half a pixel off: each row has one.
        check(specification(chart, content.ledger, load()), 2 * SHADED)


def test_what_we_cannot_draw_is_refused() -> None:
    specified = specification(STRESS["one bar"].chart, STRESS["one bar"].ledger, load())
    layer = {**specified["layer"][0], "mark": {"type": "arc"}}
    with pytest.raises(KeyError, match="arc"):
        painted({**specified, "layer": [layer]})
