"""What charts of rows on a logarithmic axis share: the axis, and where each row stands."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from hikiwake.render.charts.lettering import LEADING

Row = dict[str, Any]


class Axis(NamedTuple):
    """A logarithmic axis from a low to a high number, both above 0, between two places in pixels.

    `values` are the numbers that are written at it.
    """

    low: float
    high: float
    values: list[float]
    begin: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a number in pixels; what lies beyond stands at the edge."""
        shown = min(max(value, self.low), self.high)
        part = (math.log10(shown) - math.log10(self.low)) / (math.log10(self.high) - math.log10(self.low))
        return self.begin + part * (self.end - self.begin)

    def layer(self, title: str) -> dict[str, Any]:
        """Return the layer that holds the axis; nothing else is drawn by it."""
        axis = {
            "field": "v",
            "type": "quantitative",
            "scale": {
                "type": "log",
                "domain": [self.low, self.high],
                "range": [self.begin, self.end],
                "nice": False,
            },
            "axis": {
                "title": title,
                "values": self.values,
                "format": ",~f",
                "labelFlush": False,
                "domain": False,
                "ticks": False,
            },
        }
        mark = {"type": "rule", "opacity": 0}
        return {"data": {"values": [{"v": 1.0}]}, "mark": mark, "encoding": {"x": axis}}


def rows(names: dict[str, Row], step: float, room: float) -> tuple[dict[str, float], float]:
    """Return the middles of rows by their names, and the height of all.

    Parameters
    ----------
    names : by their key, each with its lines `t`.
    step, room : the height of a row at least, and what stands above and below its lines.
    """
    middles, top = {}, 0.0
    for at, name in names.items():
        tall = max(step, LEADING * len(name["t"]) + room)
        middles[at] = top + tall / 2
        top += tall
    return middles, max(top, step)
