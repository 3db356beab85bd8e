"""Figures as SVG or PNG: Vega-Lite specifications drawn without a browser.

The same block gives the same bytes: ids are renumbered, fonts are the shipped ones, and nothing is random.
The converter works outside Python's lock, so that figures begun early are drawn while a page is laid out.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

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
from hikiwake.render.charts.theme import FONT, sized
from hikiwake.render.language import Language

MOST_KEPT = 64
_DRAWN: dict[bytes, str] = {}
"""Figures drawn lately, by a digest of their content; the oldest goes when it is full."""
WAITING = 3
"""Threads that hand figures to the converter, which draws one at a time: so the next is always at hand."""


class _Begun(NamedTuple):
    """What is to be drawn of a figure, and the drawing that the converter makes of it."""

    specified: dict[str, Any]
    drawing: Future[str]


_BEGUN: dict[bytes, _Begun] = {}
"""What the converter was given lately, by a digest of all but the figure's name on a page."""

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
_SPOKEN = re.compile(r' (?:role|aria-[a-z]+|pointer-events|class|xmlns:xlink)="[^"]*"')
_EMPTY = re.compile(r'<path(?: [a-z-]+="[^"]*")* d=""[^>]*/>|<path d="M0,0h0v0h0Z"/>')
_TEXT = re.compile(r"(<text[^>]*>)(.*?)(</text>)")
_TAG = re.compile(r"<[^>]*>")
_NUMBERED = re.compile(r' (?:d|transform)="[^"]*"')
_FINE = re.compile(r"-?\d+\.\d+")


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


def begin(blocks: Iterable[Chart | LocatorMap], ledger: Ledger, language: Language, *, width: int) -> None:
    """Begin to draw the charts among some blocks, beside what the caller does next: `svg` hands them out."""
    for block in blocks:
        if isinstance(block, Chart) and block.kind != "map":  # maps are drawn by our own code, in turn
            _begun(block, ledger, language, width)


def _begun(block: Chart, ledger: Ledger, language: Language, width: int) -> _Begun:
    key = _content(replace(block, id=""), ledger, language, width)
    if key not in _BEGUN:
        while len(_BEGUN) >= MOST_KEPT:
            _BEGUN.pop(next(iter(_BEGUN)), None)
        specified = specification(block, ledger, language, width=width)
        drawing = _hands().submit(_converter().vegalite_to_svg, specified, show_warnings=False)
        _BEGUN[key] = _Begun(specified, drawing)
    return _BEGUN[key]


@lru_cache(maxsize=1)
def _hands() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(WAITING)


def warm_up() -> None:
    """Start the converter on a thread of its own: that takes half a second, a figure then some ten ms."""

    def start() -> None:
        _converter().vegalite_to_svg({"data": {"values": [{}]}, "mark": "point"})

    if find_spec("vl_convert") is not None:
        _hands().submit(start)


def _content(block: Chart | LocatorMap, ledger: Ledger, language: Language, width: int) -> bytes:
    """Return a digest of all that decides how a figure looks."""
    shown = (language.code, language.digits, width, block, [ledger[identity] for identity in cited(block)])
    return hashlib.blake2b(msgspec.json.encode(shown), digest_size=16).digest()


def specification(block: Chart, ledger: Ledger, language: Language, *, width: int = 680) -> dict[str, Any]:
    """Return what is drawn of a chart other than a map, as a plain dictionary in Vega-Lite."""
    return {key: _clean(value) for key, value in KINDS[block.kind](block, ledger, language, width).items()}


def _clean(value: Any) -> Any:
    """Drop characters that XML forbids from all texts: the drawing library ends the process at a NUL."""
    if isinstance(value, str):
        return _FORBIDDEN.sub("", value)
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    return [_clean(inner) for inner in value] if isinstance(value, list) else value


def _svg(block: Chart | LocatorMap, ledger: Ledger, language: Language, width: int) -> str:
    if isinstance(block, LocatorMap):
        drawn = locator.drawn(block, language, width)
    elif block.kind == "map":
        drawn = worldmap.drawn(block, ledger, language, width)
    else:
        found = _begun(block, ledger, language, width)
        drawn = _spelt(found.drawing.result(), found.specified)
        drawn = _renumbered(_lean(sized(drawn)), block.id)
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
            where="figures",
            why="the package vl-convert-python is not installed",
            remedy='Install it with: pip install "hikiwake[brief]"',
        ) from fault
    folder = files("hikiwake.render").joinpath("assets", "fonts")
    vl_convert.register_font_directory(str(folder))
    return vl_convert


def _spelt(drawn: str, specified: dict[str, Any]) -> str:
    """Give each name that was cut its full text, which a pointer over it shows."""
    rows = [row for layer in specified["layer"] for row in layer["data"]["values"] if "full" in row]
    full = {"".join(row["t"]): row["full"] for row in rows}
    if not full:
        return drawn

    def told(found: re.Match[str]) -> str:
        whole = full.get(html.unescape(_TAG.sub("", found[2])))
        return f"{found[1]}<title>{html.escape(whole)}</title>{found[2]}{found[3]}" if whole else found[0]

    return _TEXT.sub(told, drawn)


def _lean(drawn: str) -> str:
    """Leave out what no one sees: empty paths, roles of parts, digits finer than a screen."""
    drawn = _EMPTY.sub("", _SPOKEN.sub("", drawn))
    return _NUMBERED.sub(lambda part: _FINE.sub(_rounded, part[0]), drawn)


def _rounded(number: re.Match[str]) -> str:
    short = f"{float(number[0]):.1f}"
    return "0" if short in ("0.0", "-0.0") else short.removesuffix(".0")


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
    # A figure whose words name no typeface of their own (ticks without labels) still gets the shipped one.
    tail = tail.replace('font-family="sans-serif"', f'font-family="{FONT}, sans-serif"')
    tail = tail.replace(f'font-family="{FONT}"', f'font-family="{FONT}, sans-serif"')
    return f"{head} {ids}>{_FORBIDDEN.sub('', inside)}{tail}"
