"""Figures as SVG or PNG: Vega-Lite specifications, and maps, drawn by our own code without a browser.

The same block gives the same bytes: fonts are the shipped ones, and nothing is random.
"""

from __future__ import annotations

import hashlib
import html
import re
from functools import lru_cache
from importlib.resources import files
from typing import Any

import msgspec

from hikiwake.core.document import Chart, LocatorMap, cited
from hikiwake.core.errors import Environment
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts import (
    bars,
    curves,
    dumbbell,
    lines,
    locator,
    ranges,
    scatter,
    strip,
    timeline,
    variants,
    whiskers,
    worldmap,
)
from hikiwake.render.charts.painting import painted
from hikiwake.render.charts.theme import FONT
from hikiwake.render.language import Language

MOST_KEPT = 64
_DRAWN: dict[bytes, str] = {}
"""Figures drawn lately, by a digest of their content; the oldest goes when it is full."""

KINDS = {
    "lines": lines.specification,
    "bars": bars.specification,
    "diverging": bars.diverging,
    "dumbbell": dumbbell.specification,
    "strip": strip.specification,
    "ranges": ranges.specification,
    "scatter": scatter.specification,
    "timeline": timeline.specification,
    "variants": variants.specification,
    "whiskers": whiskers.specification,
    "curves": curves.specification,
}

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def svg(block: Chart | LocatorMap, ledger: Ledger, language: Language, *, width: int = 680) -> str:
    """Return a figure as SVG with its title and description for those who cannot see it.

    A page and a PDF of the same brief share their figures: the same content at the same width is drawn once.
    """
    key = _content(block, ledger, language, width)
    if key not in _DRAWN:
        while len(_DRAWN) >= MOST_KEPT:
            _DRAWN.pop(next(iter(_DRAWN)), None)
        _DRAWN[key] = _svg(block, ledger, language, width)
    return _DRAWN[key]


def _content(block: Chart | LocatorMap, ledger: Ledger, language: Language, width: int) -> bytes:
    """Return a digest of all that decides how a figure looks."""
    shown = (language.code, language.digits, width, block, [ledger[identity] for identity in cited(block)])
    return hashlib.blake2b(msgspec.json.encode(shown), digest_size=16).digest()


def specification(block: Chart, ledger: Ledger, language: Language, *, width: int = 680) -> dict[str, Any]:
    """Return what is drawn of a chart other than a map, as a plain dictionary in Vega-Lite."""
    return KINDS[block.kind](block, ledger, language, width)


def _svg(block: Chart | LocatorMap, ledger: Ledger, language: Language, width: int) -> str:
    if isinstance(block, LocatorMap):
        drawn = locator.drawn(block, language, width)
    elif block.kind == "map":
        drawn = worldmap.drawn(block, ledger, language, width)
    else:
        drawn = painted(specification(block, ledger, language, width=width))
    return _accessible(_FORBIDDEN.sub("", drawn), block, ledger, language)


def png(
    block: Chart | LocatorMap, ledger: Ledger, language: Language, *, width: int = 680, scale: float = 2.0
) -> bytes:
    """Return a figure as PNG."""
    return raster(svg(block, ledger, language, width=width), scale)


def raster(drawn: str, scale: float = 2.0) -> bytes:
    """Return an SVG drawing as PNG, in the shipped typeface."""
    return bytes(_converter().svg_to_png(drawn, scale=scale))


@lru_cache(maxsize=1)
def _converter() -> Any:
    try:
        import vl_convert
    except ImportError as fault:
        raise Environment(
            where="figures as PNG",
            why="the package vl-convert-python is not installed",
            remedy='Install it with: pip install "hikiwake[brief]"',
        ) from fault
    folder = files("hikiwake.render").joinpath("assets", "fonts")
    vl_convert.register_font_directory(str(folder))
    return vl_convert


def _accessible(drawn: str, block: Chart | LocatorMap, ledger: Ledger, language: Language) -> str:
    title = html.escape(language.text(block.title, ledger))
    described = html.escape(language.text(block.alt, ledger))
    ids = f'role="img" aria-labelledby="{block.id}-title {block.id}-desc"'
    head, tail = drawn.split(">", 1)
    inside = f'<title id="{block.id}-title">{title}</title><desc id="{block.id}-desc">{described}</desc>'
    # A figure whose words name no typeface of their own (ticks without labels) still gets the shipped one.
    tail = tail.replace('font-family="sans-serif"', f'font-family="{FONT}, sans-serif"')
    tail = tail.replace(f'font-family="{FONT}"', f'font-family="{FONT}, sans-serif"')
    return f"{head} {ids}>{_FORBIDDEN.sub('', inside)}{tail}"
