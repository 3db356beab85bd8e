"""Events over time as numbered marks in rows, alone or above the lines of a series on the same years.

The numbers are those of a table. Marks that would cover each other are stacked; what does not fit is counted.
A year's total stands in the middle of its year, so that marks and lines share one axis.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from hikiwake.core.dates import PartialDate
from hikiwake.core.document import Chart, Moment, Moments
from hikiwake.core.provenance import Ledger
from hikiwake.render.charts import lines
from hikiwake.render.charts.lettering import LEADING, SMALL, TEXT, length
from hikiwake.render.charts.theme import (
    GREY,
    INK,
    NAVY,
    ORANGE,
    SOFT,
    axis_words,
    frame,
    heading,
    largest_of,
    named,
    pixels,
    scale,
    ticks,
    unit_of,
    words,
)
from hikiwake.render.language import Language

RADIUS = 9.5
PITCH = 20.5
"""Pixels from one mark to the next above or beside it."""
MOST = 6
"""Marks stacked at one place; more than these are counted."""
COUNTED = 30.0
"""Pixels that share one count of marks that do not fit."""
FINE = "#e8ebef"
ROW_GAP = 10.0
ROW_ROOM = 150.0
PLOT = 190.0
"""Pixels of the lines below the marks."""
LEAST_YEARS = 3
# Whose doing it is: fill, stroke, shape, area in square pixels, colour of the number.
LOOKS = (
    (NAVY, NAVY, "circle", 284, "white"),
    ("white", ORANGE, "circle", 284, INK),
    (GREY, GREY, "square", 262, INK),
)


class _Placed(NamedTuple):
    """A mark: its middle, the ends of its span in pixels, and the level at which it stands in its row."""

    moment: Moment
    x: float
    left: float
    right: float
    level: int


class _Row(NamedTuple):
    placed: list[_Placed]
    counted: dict[int, int]
    """How many marks more there are, by the place of their count."""
    name: dict[str, Any]

    @property
    def height(self) -> float:
        """Return the pixels that the row takes."""
        levels = 1 + max((mark.level for mark in self.placed), default=0)
        return max(levels * PITCH + (PITCH if self.counted else 0), LEADING * len(self.name["t"]) + 2)


def specification(chart: Chart, ledger: Ledger, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega-Lite specification of a timeline."""
    events = chart.events or Moments((), (), ())
    drawn = scale(unit_of(chart, ledger), largest_of(chart, ledger))
    points = lines.points_of(chart, ledger, drawn)
    labels = [named(language.text(series.label, ledger), ROW_ROOM) for series in chart.series]
    names = [named(language.text(row, ledger), ROW_ROOM) for row in events.rows]
    low, high = lines.edges(points, drawn)
    values, form = ticks(low, high)
    left, right = lines.margins([*labels, *names], values, form)
    left = left if points else 8.0
    right += 6 if labels else -2 - lines.SAMPLE
    first, last = _window(chart)
    view = lines.Frame(first - 0.5, last + 0.5, low, high, width - left - right, PLOT if points else 0.0)
    rows = [_row(n, name, events, view) for n, name in enumerate(names)]
    legend = _legend([language.text(party, ledger) for party in events.parties], width - left - 8)
    # Rows stand above the lines, so they count upwards from the top of the plot.
    floor = -34.0 if points else 0.0
    tall = sum(row.height + ROW_GAP for row in rows)
    x, y = lines.axes(view, values, form, list(range(first, last + 1)))
    layers = [
        *_grid(x["axis"]["values"], rows, view, floor - tall, points),
        *_axis(x, y, points, len(labels)),
    ]
    if points:
        layers += lines.names_at_ends(points, labels, view)
        layers.append(heading(axis_words(language.text(chart.axis, ledger), drawn), 6 - left, -16))
    layers += _marks(rows, floor - tall, view)
    layers += _placed_legend(legend, floor - tall - 12 - LEADING * len(legend))
    top = tall - floor + 18 + LEADING * len(legend)
    return frame(
        view.width, view.height or 1, layers, {"left": left, "right": right, "top": top, "bottom": 30}
    )


def _window(chart: Chart) -> tuple[int, int]:
    """Return the first and last year: those of the lines and of the events."""
    years = [int(mark.at.id) for series in chart.series for mark in series.marks]
    for moment in chart.events.marks if chart.events else ():
        when = PartialDate.parse(moment.at.id)
        years += [when.first.year, when.last.year]
    first, last = (min(years), max(years)) if years else (2000, 2000)
    spare = max(0, LEAST_YEARS - (last - first + 1))
    return first - spare // 2, last + spare - spare // 2


def _row(place: int, name: dict[str, Any], events: Moments, view: lines.Frame) -> _Row:
    """Place the marks of a row by date, each on the lowest level on which it covers no other."""
    taken: list[float] = []
    placed: list[_Placed] = []
    counted: dict[int, int] = {}
    mine = [moment for moment in events.marks if moment.row == place]
    for moment in sorted(mine, key=lambda m: (_ends(m, view), m.number)):
        left, right = _ends(moment, view)
        reach = max(RADIUS, length(str(moment.number), SMALL) / 2 + 2)
        x = min(max((left + right) / 2, reach), view.width - reach)
        begin, end = min(left, x - reach), max(right, x + reach)
        level = next((n for n, until in enumerate(taken) if until + 2 <= begin), len(taken))
        if level >= MOST:
            at = int(x // COUNTED)
            counted[at] = counted.get(at, 0) + 1
            continue
        taken[level : level + 1] = [end]
        placed.append(_Placed(moment, x, left, right, level))
    return _Row(placed, counted, name)


def _ends(moment: Moment, view: lines.Frame) -> tuple[float, float]:
    """Return where an event begins and ends in pixels; without a span, where its date has its middle."""
    when = PartialDate.parse(moment.at.id)
    ends = (_x(when.first, view), _x(when.last, view))
    if "/" in when.text and ends[1] - ends[0] > 2 * RADIUS:
        return ends
    middle = sum(ends) / 2
    return middle, middle


def _x(day: date, view: lines.Frame) -> float:
    return min(max(view.x(day.year - 0.5 + (day.timetuple().tm_yday - 0.5) / 366), 0.0), view.width)


def _marks(rows: list[_Row], top: float, view: lines.Frame) -> list[dict[str, Any]]:
    """Draw the rows from the top: spans, marks, their numbers, counts of what does not fit, names."""
    spans, texts, names = [], [], []
    dots: dict[int, list[dict[str, Any]]] = {}
    numbers: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        base = top + row.height - PITCH / 2
        for mark in row.placed:
            y = base - mark.level * PITCH
            look = min(mark.moment.party, len(LOOKS) - 1)
            if mark.right > mark.left:
                spans.append({"x": mark.left, "x2": mark.right, "y": y, "y2": y})
            dots.setdefault(look, []).append({"x": mark.x, "y": y})
            number = {"x": mark.x, "y": y, "t": [str(mark.moment.number)]}
            numbers.setdefault(LOOKS[look][4], []).append(number)
        for at, count in row.counted.items():
            half = length(f"+{count}", SMALL) / 2
            x = min(max((at + 0.5) * COUNTED, half), view.width - half)
            texts.append({"x": x, "y": base - MOST * PITCH, "t": [f"+{count}"]})
        names.append({"x": view.width + 12, "y": top + row.height / 2, **row.name})
        top += row.height + ROW_GAP
    layers = [pixels(spans, {"type": "rule", "color": GREY, "strokeWidth": 5, "opacity": 1})] if spans else []
    layers += [pixels(found, _look(look)) for look, found in sorted(dots.items())]
    layers += [words(found, "center", colour=colour, size=SMALL) for colour, found in numbers.items()]
    if texts:
        layers.append(words(texts, "center", bold=True, size=SMALL))
    return [*layers, words(names, "left", size=TEXT)] if names else layers


def _look(look: int) -> dict[str, Any]:
    fill, stroke, shape, size, _ = LOOKS[look]
    mark = {"type": "point", "shape": shape, "size": size, "fill": fill, "stroke": stroke}
    return {**mark, "strokeWidth": 1.6, "opacity": 1}


def _grid(
    years: list[int], rows: list[_Row], view: lines.Frame, top: float, points: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Draw fine lines through rows and plot at each year that the axis names, and between the rows."""
    foot = top + sum(row.height + ROW_GAP for row in rows)
    spans = [(top - ROW_GAP / 2, foot), *([(0.0, view.height)] if points else [])]
    rules = [
        {"x": view.x(year), "y": low, "x2": view.x(year), "y2": high} for year in years for low, high in spans
    ]
    for row in rows:
        rules.append({"x": 0.0, "y": top - ROW_GAP / 2, "x2": view.width, "y2": top - ROW_GAP / 2})
        top += row.height + ROW_GAP
    return [pixels(rules, {"type": "rule", "color": FINE, "strokeWidth": 1})] if rules else []


def _axis(
    x: dict[str, Any], y: dict[str, Any], points: list[dict[str, Any]], count: int
) -> list[dict[str, Any]]:
    """Return the lines of the series; without any, a layer that draws nothing but holds the axis of years."""
    if points:
        return lines.paths(points, x, y, count)
    hold = {"data": {"values": [{"x": x["axis"]["values"][0]}]}, "encoding": {"x": x}}
    return [{**hold, "mark": {"type": "rule", "opacity": 0}}]


def _legend(parties: list[str], room: float) -> list[list[tuple[int, str, float]]]:
    """Break the names of the parties, each behind its mark, into lines that fit."""
    out: list[list[tuple[int, str, float]]] = []
    at = 0.0
    for look, party in enumerate(parties):
        text = named(party, room - 24, 1)["t"][0]
        wide = 24 + length(text, SMALL) + 14
        if not out or at + wide > room:
            out.append([])
            at = 0.0
        out[-1].append((look, text, at))
        at += wide
    return out


def _placed_legend(legend: list[list[tuple[int, str, float]]], top: float) -> list[dict[str, Any]]:
    layers, texts = [], []
    for line, entries in enumerate(legend):
        y = top + LEADING * (line + 0.5)
        for look, text, at in entries:
            layers.append(pixels([{"x": at + 7, "y": y}], {**_look(look), "size": 90}))
            texts.append({"x": at + 18, "y": y, "t": [text]})
    return [*layers, words(texts, "left", size=SMALL, colour=SOFT)] if texts else []
