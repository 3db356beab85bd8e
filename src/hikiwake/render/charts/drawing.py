"""Pieces of SVG as text, for figures that are drawn without a drawing library."""

from __future__ import annotations

import html
from collections.abc import Iterable

from hikiwake.render.charts.theme import FONT

Point = tuple[float, float]


def picture(width: float, height: float, inside: Iterable[str]) -> str:
    """Return a drawing of this size in pixels."""
    wide, high = short(width), short(height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="{wide}" height="{high}" '
        f'viewBox="0 0 {wide} {high}">{"".join(inside)}</svg>'
    )


def shape(data: str, look: str) -> str:
    """Return a path; nothing where it has no data."""
    return f'<path fill-rule="evenodd" {look} d="{data}"/>' if data else ""


def circle(middle: Point, radius: float, look: str) -> str:
    """Return a circle."""
    x, y, r = map(short, (*middle, radius))
    return f'<circle cx="{x}" cy="{y}" r="{r}" {look}/>'


def box(corner: Point, size: Point, look: str) -> str:
    """Return a rectangle."""
    x, y, width, height = map(short, (*corner, *size))
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" {look}/>'


def text(words: str, at: Point, size: int, look: str) -> str:
    """Return a line of text that begins at a point on its base."""
    place = f"translate({short(at[0])},{short(at[1])})"
    look = f'font-family="{FONT}" font-size="{size}px" {look}'
    return f'<text transform="{place}" {look}>{html.escape(words)}</text>'


def hatch(identity: str, ground: str, line: str, measures: tuple[float, float, float]) -> str:
    """Return a pattern of slanted lines; `measures`: line to line, how thick, how solid the ground is."""
    step, thick, solid = measures
    return (
        f'<defs><pattern id="{identity}" width="{step}" height="{step}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="{step}" height="{step}" fill="{ground}" '
        f'fill-opacity="{solid}"/><line x1="0" y1="0" x2="0" y2="{step}" stroke="{line}" '
        f'stroke-width="{thick}"/></pattern></defs>'
    )


def short(value: float) -> str:
    """Write a place in pixels: a tenth of one is finer than any screen shows."""
    written = f"{value:.1f}".removesuffix(".0")
    return "0" if written == "-0" else written
