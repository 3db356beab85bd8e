"""A figure that stands alone: its title above it, its source below it, as a document would print them."""

from __future__ import annotations

import html
import re

from hikiwake.core.document import Chart
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts import svg
from hikiwake.render.charts.lettering import LEADING, SMALL, TEXT, clipped
from hikiwake.render.charts.theme import FONT, INK, SOFT
from hikiwake.render.language import Language

EDGE = 12
BOX = re.compile(r' width="([\d.]+)" height="([\d.]+)" viewBox="0 0 [\d.]+ [\d.]+"')


def standalone(chart: Chart, ledger: Ledger, language: Language, *, width: int = 680) -> str:
    """Return a figure as SVG with its title, and what it was computed from."""
    drawn = svg(chart, ledger, language, width=width)
    found = BOX.search(drawn)
    assert found is not None  # noqa: S101  (every figure has a size)
    wide, tall = float(found[1]), float(found[2])
    title = clipped(language.text(chart.title, ledger), wide - 2 * EDGE, 4)
    sources = "; ".join(f"{one.producer}, {one.version}" for one in ledger.datasets.values())
    named = language.template("render.source").replace("{sources}", sources)
    source = clipped(named, wide - 2 * EDGE, 4)
    above, below = EDGE + LEADING * len(title) + EDGE, EDGE + LEADING * len(source)
    head, inside = drawn.split(">", 1)
    height = tall + above + below
    head = BOX.sub(f' width="{wide:g}" height="{height:g}" viewBox="0 0 {wide:g} {height:g}"', head)
    body, _, end = inside.rpartition("</svg>")
    lines = _lines(title, EDGE + TEXT, INK, TEXT, "600")
    lines += _lines(source, above + tall + SMALL, SOFT, SMALL, "normal")
    ground = f'<rect width="{wide:g}" height="{height:g}" fill="#ffffff"/>'
    return f'{head}>{ground}<g transform="translate(0,{above:g})">{body}</g>{lines}</svg>{end}'


def _lines(lines: list[str], first: float, colour: str, size: int, weight: str) -> str:
    return "".join(
        f'<text transform="translate({EDGE},{first + number * LEADING:g})" font-family="{FONT}, sans-serif" '
        f'font-size="{size}px" font-weight="{weight}" fill="{colour}">{html.escape(line)}</text>'
        for number, line in enumerate(lines)
    )
