"""A map of prices: for which values of what is not known two sides could agree on a side payment.

Across, what the deal is worth to the payer beside trade; up, what it costs the receiver. The part in which
the joint gain covers the loss is filled; its edge is where the gain is just enough.
"""

from __future__ import annotations

from typing import NamedTuple
from xml.sax.saxutils import escape

from hikiwake.render.charts.lettering import SMALL, TEXT, clipped, length
from hikiwake.render.charts.theme import FONT, INK, LINE, NAVY, SOFT

SIDE, LEFT, TOP, UNDER = 340.0, 74.0, 96.0, 64.0
"""Pixels: the frame's side, from the left to it, above it and below it."""
WIDE = 560.0
TICKS = 4


class Map(NamedTuple):
    """Two sides, the ranges of what is not known, what both gain together by trade, and the unit.

    corners : of the part in which there is a price. verdict : `always`, `never` or `depends`.
    """

    payer: str
    receiver: str
    gain: tuple[float, float]
    loss: tuple[float, float]
    surplus: float
    unit: str
    corners: tuple[tuple[float, float], ...]
    verdict: str


def svg(drawn: Map) -> str:
    """Draw a map of prices as an SVG file with a title and a description for those who cannot see it."""
    unit = f" ({drawn.unit})" if drawn.unit else ""
    title = {
        "always": f"{drawn.payer} and {drawn.receiver} could agree on a price, whatever it is worth to them",
        "never": f"No price would do for both {drawn.payer} and {drawn.receiver}",
        "depends": f"Whether {drawn.payer} and {drawn.receiver} could agree on a price depends on what it is "
        "worth to them",
    }[drawn.verdict]
    corners = ", ".join(f"({x:.3g}, {y:.3g})" for x, y in drawn.corners) or "none"
    told = (
        f"{title}. Corners of the part with a price, gain of the payer and loss of the receiver: {corners}."
    )
    heads = clipped(title, WIDE - 32, 2, TEXT + 3)
    note = (
        f"Filled: a price exists. By trade both gain {drawn.surplus:+.3g} together{unit}. "
        "The part is no probability: nothing says which values are likely."
    )
    body = [
        *(_text(line, 16, 26 + 18 * row, size=TEXT + 3, bold=True) for row, line in enumerate(heads)),
        *(_text(line, 16, 26 + 18 * len(heads) + 14 * row, size=SMALL, colour=SOFT)
          for row, line in enumerate(clipped(note, WIDE - 32, 2, SMALL))),
        _polygon(drawn, drawn.corners),
        f'<rect x="{LEFT:.0f}" y="{TOP:.0f}" width="{SIDE:.0f}" height="{SIDE:.0f}" fill="none" '
        f'stroke="{LINE}" stroke-width="1.5"/>',
        *_axes(drawn, unit),
    ]  # fmt: skip
    high = TOP + SIDE + UNDER
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE:.0f}" height="{high:.0f}" '
            f'viewBox="0 0 {WIDE:.0f} {high:.0f}" role="img" font-family="{FONT}, sans-serif">',
            f"<title>{escape(title)}</title>",
            f"<desc>{escape(told)}</desc>",
            f'<rect width="{WIDE:.0f}" height="{high:.0f}" fill="#ffffff"/>',
            *body,
            "</svg>\n",
        )
    )


def _at(drawn: Map, x: float, y: float) -> tuple[float, float]:
    across = (x - drawn.gain[0]) / (drawn.gain[1] - drawn.gain[0])
    up = (y - drawn.loss[0]) / (drawn.loss[1] - drawn.loss[0])
    return LEFT + across * SIDE, TOP + SIDE - up * SIDE


def _polygon(drawn: Map, corners: tuple[tuple[float, float], ...]) -> str:
    if len(corners) < 3:
        return ""
    points = " ".join("{:.1f},{:.1f}".format(*_at(drawn, x, y)) for x, y in corners)
    return f'<polygon points="{points}" fill="{NAVY}" fill-opacity="0.22" stroke="{NAVY}" stroke-width="2"/>'


def _axes(drawn: Map, unit: str) -> list[str]:
    parts = []
    for step in range(TICKS + 1):
        x = drawn.gain[0] + (drawn.gain[1] - drawn.gain[0]) * step / TICKS
        y = drawn.loss[0] + (drawn.loss[1] - drawn.loss[0]) * step / TICKS
        across, _ = _at(drawn, x, drawn.loss[0])
        _, up = _at(drawn, drawn.gain[0], y)
        for label, left, top in ((f"{x:.3g}", across, TOP + SIDE + 18), (f"{y:.3g}", LEFT - 8, up + 4)):
            left -= length(label, SMALL) / (2 if top > TOP + SIDE else 1)  # noqa: PLW2901
            parts.append(_text(label, left, top, size=SMALL))
    parts.append(_text(f"Worth to {drawn.payer} beside trade{unit}", LEFT, TOP + SIDE + 42, size=SMALL))
    turned = _text(f"Loss of {drawn.receiver} beside trade{unit}", 0, 0, size=SMALL)
    parts.append(f'<g transform="translate(24 {TOP + SIDE:.0f}) rotate(-90)">{turned}</g>')
    return parts


def _text(text: str, x: float, y: float, *, size: int, bold: bool = False, colour: str = INK) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}"{weight}>{escape(text)}</text>'
