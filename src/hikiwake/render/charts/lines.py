"""Lines over years: gaps stay gaps, doubtful years are hollow and unconnected, names stand at the ends."""

from __future__ import annotations

from typing import Any, NamedTuple

from hikiwake.core.document import Chart
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts import remarks
from hikiwake.render.charts.lettering import LEADING, TEXT, longest, spread
from hikiwake.render.charts.theme import (
    COLOURS,
    DASHES,
    GREY,
    Scale,
    axis_words,
    frame,
    heading,
    largest_of,
    named,
    pixels,
    scale,
    tick_room,
    ticks,
    unit_of,
    words,
)
from hikiwake.render.language import Language

HEIGHT, LOW = 270, 200
"""Pixels of the plot, and of one on a picture narrower than `NARROW`."""
NARROW = 480
HEADROOM = 1.14
NAME_ROOM = 150.0
INSET = 9
"""Pixels between the axis and the first and last year, so that no point covers a number of the axis."""
YEAR_ROOM = 40.0
"""Pixels from one year on the axis to the next, at least."""
SAMPLE = 18
"""Length of the piece of line drawn before each name."""
TOP, BOTTOM = 30, 30


class Frame(NamedTuple):
    """Where values stand in the plot: what its edges mean, and its size in pixels."""

    first: float
    last: float
    low: float
    high: float
    width: float
    height: float

    def x(self, year: float) -> float:
        """Return the pixel of a year."""
        return INSET + (self.width - 2 * INSET) * (year - self.first) / (self.last - self.first)

    def y(self, value: float) -> float:
        """Return the pixel of a value, counted from the top."""
        return self.height * (1 - (value - self.low) / (self.high - self.low))


Point = dict[str, Any]


def specification(chart: Chart, ledger: Ledger, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega-Lite specification of a line chart."""
    drawn = scale(unit_of(chart, ledger), largest_of(chart, ledger))
    names = [language.text(series.label, ledger) for series in chart.series]
    points = points_of(chart, ledger, drawn)
    labels = [named(name, NAME_ROOM) for name in names]
    low, high = edges(points, drawn)
    values, form = ticks(low, high)
    left, right = margins(labels, values, form)
    view = Frame(*span(points), low, high, width - left - right, LOW if width < NARROW else HEIGHT)
    x, y = axes(view, values, form, sorted({point["x"] for point in points}))
    layers = [*paths(points, x, y, len(names)), *names_at_ends(points, labels, view)]
    layers += remarks.layers(
        _notes(chart, ledger, language, points, view),
        [*_paths(points, view), *_leaders(layers)],
        view.width,
        view.height,
        [view.y(value) for value in values],
    )
    layers.append(heading(axis_words(language.text(chart.axis, ledger), drawn), 6 - left, -16))
    return frame(
        view.width, view.height, layers, {"left": left, "right": right, "top": TOP, "bottom": BOTTOM}
    )


def span(points: list[Point]) -> tuple[float, float]:
    """Return the ends of the axis across; what is single stands in the middle of an axis that has only it."""
    xs = [point["x"] for point in points] or [0]
    return (min(xs), max(xs)) if min(xs) < max(xs) else (xs[0] - 1, xs[0] + 1)


def margins(labels: list[dict[str, Any]], values: list[float], form: str) -> tuple[float, float]:
    """Return the pixels left of the plot, for numbers of the axis, and right of it, for names of lines."""
    lettered = longest(line for label in labels for line in label["t"])
    return 12 + tick_room(values, form), SAMPLE + 18 + lettered


def upwards(view: Frame, values: list[float], form: str) -> dict[str, Any]:
    """Return the axis of values, which has no line of its own."""
    return {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [view.low, view.high], "nice": False},
        "axis": {"title": None, "values": values, "format": form, "domain": False, "ticks": False},
    }


def points_of(chart: Chart, ledger: Ledger, drawn: Scale) -> list[Point]:
    """Return a row a mark: year, value (None in a gap), number of its series, and whether it is doubtful."""
    points = []
    for place, series in enumerate(chart.series):
        for mark in sorted(series.marks, key=lambda m: int(m.at.id)):
            value = ledger[mark.fact].value
            scaled = None if value is None else value / drawn.factor
            points.append({"x": int(mark.at.id), "y": scaled, "s": place, "d": mark.doubtful})
    return points


def edges(points: list[Point], drawn: Scale) -> tuple[float, float]:
    """Return the values at the lower and upper edge; levels start at zero."""
    known = [point["y"] for point in points if point["y"] is not None]
    low, high = min(0.0, *known, 0.0), max(0.0, *known, 0.0)
    if low == high:
        return 0.0, 1.0
    if drawn.percent and low == 0.0 and high <= 100.0:
        return 0.0, min(high * HEADROOM, 100 * HEADROOM)
    return low * HEADROOM, high * HEADROOM


def axes(
    view: Frame, values: list[float], form: str, years: list[int]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the axes of years and of values."""
    across = {
        "field": "x",
        "type": "quantitative",
        "scale": {
            "domain": [view.first, view.last],
            "range": [INSET, view.width - INSET],
            "nice": False,
            "zero": False,
        },
        "axis": {
            "format": "d",
            "title": None,
            "grid": False,
            "values": named_years(years, view.width),
            "labelFlush": False,
            "domain": view.low == 0,
        },
    }
    return across, upwards(view, values, form)


def named_years(years: list[int], width: float) -> list[int]:
    """Return the years that the axis names: round ones, at most nine and no more than there is room for."""
    if not years:
        return []
    first, last = years[0], years[-1]
    most = max(1.0, min(8.0, width / YEAR_ROOM))
    steps = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
    step = next(step for step in steps if (last - first) / step <= most)
    return [year for year in range(first, last + 1) if year % step == 0] or [first]


def paths(points: list[Point], x: dict[str, Any], y: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Return the lines through what is known and not doubtful, and all points."""
    places = list(range(count))
    colour = {
        "field": "s",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": places, "range": [COLOURS[n % len(COLOURS)] for n in places]},
    }
    dash = {**colour, "scale": {"domain": places, "range": [DASHES[n % len(DASHES)] for n in places]}}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": [{**p, "y": None if p["d"] else p["y"]} for p in points]},
            "mark": {"type": "line", "strokeWidth": 2.2, "invalid": "break-paths-show-path-domains"},
            "encoding": {"x": x, "y": y, "color": colour, "strokeDash": dash},
        },
        {
            "data": {"values": [p for p in points if p["y"] is not None]},
            "mark": {"type": "point", "size": 26, "strokeWidth": 1.4, "opacity": 1},
            "encoding": {
                "x": x,
                "y": y,
                "color": colour,
                "fill": {"condition": {"test": "datum.d", "value": "white"}, **colour},
            },
        },
    ]
    below = [p for p in points if p["y"] is not None and p["y"] < 0]
    if below:
        zero = {"data": {"values": [{"y": 0}]}, "mark": {"type": "rule", "color": GREY}, "encoding": {"y": y}}
        layers.insert(0, zero)
    return layers


def names_at_ends(points: list[Point], labels: list[dict[str, Any]], view: Frame) -> list[dict[str, Any]]:
    """Name each line at its end, with a piece of it; a thin line leads there from a distant end."""
    lasts = []
    for place in range(len(labels)):
        known = [p for p in points if p["s"] == place and p["y"] is not None]
        if known:
            lasts.append(known[-1])
    if not lasts:
        return []
    tall = max(len(labels[p["s"]]["t"]) for p in lasts)
    room = LEADING * tall / 2
    pixel = [view.y(p["y"]) for p in lasts]
    moved = spread(pixel, 4 + LEADING * tall, room - TEXT, view.height - room + TEXT)
    start = view.width + 8
    layers, leaders, names = [], [], []
    for point, true, at in zip(lasts, pixel, moved, strict=True):
        place = point["s"]
        sample = {
            "type": "rule",
            "color": COLOURS[place % len(COLOURS)],
            "strokeDash": DASHES[place % len(DASHES)],
            "strokeWidth": 2.2,
        }
        layers.append(pixels([{"x": start, "y": at, "x2": start + SAMPLE, "y2": at}], sample))
        names.append({"x": start + SAMPLE + 6, "y": at, **labels[place]})
        if view.x(point["x"]) < view.width - INSET - 1 or abs(at - true) > LEADING / 2:
            leaders.append({"x": view.x(point["x"]) + 5, "y": true, "x2": start - 3, "y2": at})
    if leaders:
        layers.insert(0, pixels(leaders, {"type": "rule", "color": GREY, "strokeWidth": 0.8}))
    return [*layers, words(names, "left", bold=True)]


def _notes(
    chart: Chart, ledger: Ledger, language: Language, points: list[Point], view: Frame
) -> list[remarks.Note]:
    """Return the annotations with their points: that of a number they tell, else the highest of the year."""
    notes = []
    for annotation in chart.annotations:
        year, told = int(annotation.at.id), set(annotation.text.facts.values())
        of = {n for n, series in enumerate(chart.series) if told & {mark.fact for mark in series.marks}}
        here = [p for p in points if p["x"] == year and p["y"] is not None]
        heights = [p["y"] for p in here if p["s"] in of] or [p["y"] for p in here]
        if heights:
            text = language.text(annotation.text, ledger)
            notes.append(remarks.Note(text, view.x(year), view.y(max(heights))))
    return notes


def _leaders(layers: list[dict[str, Any]]) -> list[remarks.Segment]:
    """Return the lines of some layers that stand at pixels: those that lead to names."""
    rows = [row for layer in layers for row in layer.get("data", {}).get("values", ()) if "x2" in row]
    return [(row["x"], row["y"], row["x2"], row["y2"]) for row in rows]


def _paths(points: list[Point], view: Frame) -> list[remarks.Segment]:
    """Return the pieces of all lines in pixels; a lonely point is a piece without length."""
    pieces = []
    for before, point in zip([None, *points], points, strict=False):
        if point["y"] is None:
            continue
        end = (view.x(point["x"]), view.y(point["y"]))
        joined = before is not None and before["s"] == point["s"] and before["y"] is not None
        start = (view.x(before["x"]), view.y(before["y"])) if joined and before is not None else end
        pieces.append((*start, *end))
    return pieces
