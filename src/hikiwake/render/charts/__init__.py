"""Figures as SVG or PNG: Vega-Lite specifications drawn without a browser.

The same block gives the same bytes: ids are renumbered, fonts are the shipped ones, and nothing is random.
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
from hikiwake.render.charts import bars, dumbbell, lines, locator, strip
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
}


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
    shown = (language.code, width, block, [ledger[identity] for identity in cited(block)])
    return hashlib.blake2b(msgspec.json.encode(shown), digest_size=16).digest()


def _svg(block: Chart | LocatorMap, ledger: Ledger, language: Language, width: int) -> str:
    converter = _converter()
    if isinstance(block, LocatorMap):
        drawn = converter.vega_to_svg(locator.specification(block, language, width))
        drawn = locator.hatch(drawn, block.id)
    else:
        specification = KINDS[block.kind](block, ledger, language, width)
        drawn = converter.vegalite_to_svg(specification, show_warnings=False)
    return _accessible(_renumbered(drawn, block.id), block, ledger, language)


def png(
    block: Chart | LocatorMap, ledger: Ledger, language: Language, *, width: int = 680, scale: float = 2.0
) -> bytes:
    """Return a figure as PNG."""
    drawn = svg(block, ledger, language, width=width)
    return bytes(_converter().svg_to_png(drawn, scale=scale))


@lru_cache(maxsize=1)
def _converter() -> Any:
    try:
        import vl_convert
    except ImportError as fault:
        raise Environment(
            where="figures",
            why="the package vl-convert-python is not installed",
            remedy='Install it with: pip install "hikiwake[brief]"',
        ) from fault
    folder = files("hikiwake.render").joinpath("assets", "fonts")
    vl_convert.register_font_directory(str(folder))
    return vl_convert


def _renumbered(drawn: str, identity: str) -> str:
    """Give ids that are unique on a page and the same in every process."""
    names = dict.fromkeys(re.findall(r'\bid="([^"]+)"', drawn))
    for number, name in enumerate(names):
        new = f"{identity}-{number}"
        drawn = drawn.replace(f'id="{name}"', f'id="{new}"').replace(f"url(#{name})", f"url(#{new})")
        drawn = drawn.replace(f'href="#{name}"', f'href="#{new}"')
    return drawn


def _accessible(drawn: str, block: Chart | LocatorMap, ledger: Ledger, language: Language) -> str:
    title = html.escape(language.text(block.title, ledger))
    described = html.escape(language.text(block.alt, ledger))
    ids = f'role="img" aria-labelledby="{block.id}-title {block.id}-desc"'
    head, tail = drawn.split(">", 1)
    inside = f'<title id="{block.id}-title">{title}</title><desc id="{block.id}-desc">{described}</desc>'
    return f"{head} {ids}>{inside}{tail}".replace("sans-serif", f"{FONT}, sans-serif")
