"""A Vega-Lite specification as SVG: the part of the grammar that our figures use, drawn by our own code.

Figures are laid out to the pixel before anything is drawn (`lettering`, `theme`), so that little is left to
draw. The library that draws any specification takes half a second to start and some 20 ms a figure; this
takes 1 ms. A test holds that both draw the same pixels. What is no part of this part raises `KeyError`.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from hikiwake.render.charts.drawing import picture, short
from hikiwake.render.charts.theme import FONT

Row = dict[str, Any]
Encoding = dict[str, Any]
ANCHORS = {"left": "start", "center": "middle", "right": "end"}
LABEL_PADDING, TICK_SIZE = 2, 5
HALF = 0.5
"""Lines of an axis stand between pixels, so that one of a pixel's width covers one row of them."""


class Piece(NamedTuple):
    """A piece of SVG: its element without look and end, its end, and its look, which neighbours may share."""

    head: str
    tail: str
    look: str


class Scale(NamedTuple):
    """Where numbers stand along one side of the plot, in pixels."""

    logarithmic: bool
    domain: tuple[float, float]
    ends: tuple[float, float]

    def at(self, value: float) -> float:
        """Return the pixel of a number."""
        low, high, value = (
            (math.log(number) for number in (*self.domain, value))
            if self.logarithmic
            else (*self.domain, value)
        )
        return self.ends[0] + (value - low) / (high - low) * (self.ends[1] - self.ends[0])


class Plot(NamedTuple):
    """The size of a plot, and the scales of its sides, where they have one."""

    width: float
    height: float
    scales: dict[str, Scale]

    def at(self, row: Row, encoding: Encoding, channel: str) -> float:
        """Return the pixel at which a row stands on a channel (`x`, `y`, `x2`, `y2`)."""
        value: float = row[encoding[channel]["field"]]
        side = channel[0]
        return value if encoding[side].get("scale") is None else self.scales[side].at(value)


def painted(specified: dict[str, Any]) -> str:
    """Return the drawing of a layered specification whose size, padding and places are all given."""
    layers: list[dict[str, Any]] = specified["layer"]
    width, height, padding = specified["width"], specified["height"], specified["padding"]
    sides = {side: found for side in "xy" if (found := _measured(layers, side))}
    scales = {
        "x": _scale(sides["x"], (0.0, width)) if "x" in sides else None,
        "y": _scale(sides["y"], (height, 0.0)) if "y" in sides else None,
    }
    plot = Plot(width, height, {side: scale for side, scale in scales.items() if scale})
    pieces = [*_axes(sides, plot, specified["config"])]
    for layer in layers:
        if layer["mark"].get("opacity") != 0:  # else it holds an axis and draws nothing
            rows, mark, encoding = layer["data"]["values"], layer["mark"], layer["encoding"]
            pieces += MARKS[mark["type"]](rows, mark, encoding, plot)
    place = f"translate({short(padding['left'])},{short(padding['top'])})"
    head = f'<g fill="none" stroke-miterlimit="10" font-family="{FONT}, sans-serif" transform="{place}">'
    size = (padding["left"] + width + padding["right"], padding["top"] + height + padding["bottom"])
    return picture(*size, [head, *_grouped(pieces), "</g>"])


def _grouped(pieces: Iterable[Piece]) -> Iterator[str]:
    """Write the look of neighbours that look the same once, around them."""
    for look, group in groupby(pieces, key=lambda piece: piece.look):
        same = list(group)
        if len(same) == 1:
            yield f"{same[0].head} {look}{same[0].tail}"
        else:
            yield f"<g {look}>{''.join(piece.head + piece.tail for piece in same)}</g>"


def _measured(layers: list[dict[str, Any]], side: str) -> Encoding | None:
    """Return the first encoding of a side by a scale, which all layers share."""
    found = (layer["encoding"].get(side) for layer in layers)
    return next((encoding for encoding in found if encoding and encoding.get("scale")), None)


def _scale(encoding: Encoding, span: tuple[float, float]) -> Scale:
    given = encoding["scale"]
    low, high = given["domain"]
    begin, end = given.get("range", span)
    return Scale(given.get("type") == "log", (low, high), (begin, end))


def _axes(sides: dict[str, Encoding], plot: Plot, config: dict[str, Any]) -> list[Piece]:
    """Draw the grids, then the axes; all marks stand before them."""
    grids: list[Piece] = []
    axes: list[Piece] = []
    for side, encoding in sides.items():
        if encoding.get("axis"):
            look = {**config["axis"], **config[f"axis{side.upper()}"], **encoding["axis"]}
            values = list(_inside(look["values"], plot.scales[side]))
            if look.get("grid", True):
                grids += _grid(side, values, plot, look)
            axes += [*_ticks(side, values, plot, look), *_labels(side, values, plot, look)]
            axes += _title(plot, look) if look.get("title") else []
    return grids + axes


def _inside(values: list[float], scale: Scale) -> Iterator[tuple[float, float]]:
    """Return the numbers at an axis that stand on it, with their pixels."""
    low, high = math.floor(min(scale.ends)), math.ceil(max(scale.ends))
    for value in values:
        if low <= (at := scale.at(value)) <= high:
            yield value, at


def _across(side: str, along: float, span: tuple[float, float]) -> str:
    """Return a straight line that crosses a side at one of its pixels."""
    place = math.floor(along + 0.5) + HALF
    (x, y), (x2, y2) = ((place, at) if side == "x" else (at, place) for at in span)
    return _straight(x, y, x2, y2)


def _grid(side: str, values: list[tuple[float, float]], plot: Plot, look: dict[str, Any]) -> list[Piece]:
    other = plot.scales.get("y" if side == "x" else "x")
    begin, end = other.ends if other else (0.0, plot.height if side == "x" else plot.width)
    drawn = _stroke(look["gridColor"])
    return [Piece(_across(side, at, (begin + HALF, end + HALF)), "/>", drawn) for _, at in values]


def _ticks(side: str, values: list[tuple[float, float]], plot: Plot, look: dict[str, Any]) -> list[Piece]:
    """Draw the ticks of an axis and its line."""
    foot, sign = (plot.height, 1) if side == "x" else (0.0, -1)
    pieces = []
    if look.get("ticks", True):
        span = (foot + HALF, foot + HALF + sign * look.get("tickSize", TICK_SIZE))
        drawn = _stroke(look["tickColor"])
        pieces += [Piece(_across(side, at, span), "/>", drawn) for _, at in values]
    if look.get("domain", True):
        begin, end = (at + HALF for at in plot.scales[side].ends)
        other = "y" if side == "x" else "x"
        pieces.append(Piece(_across(other, foot, (begin, end)), "/>", _stroke(look["domainColor"])))
    return pieces


def _labels(side: str, values: list[tuple[float, float]], plot: Plot, look: dict[str, Any]) -> list[Piece]:
    """Write the numbers of an axis, below the plot or left of it."""
    apart = look.get("labelPadding", LABEL_PADDING)
    apart += look.get("tickSize", TICK_SIZE) if look.get("ticks", True) else 0
    shift = look.get("labelOffset", 0)
    lettered = _letters("center" if side == "x" else "right", look["labelFontSize"], look["labelColor"])
    pieces = []
    for value, at in values:
        place = (at + shift, plot.height + apart) if side == "x" else (-apart, at + shift)
        pieces.append(_line(_number(value, look["format"]), place, lettered))
    return pieces


def _title(plot: Plot, look: dict[str, Any]) -> list[Piece]:
    """Write the title of the axis below the plot."""
    middle = sum(plot.scales["x"].ends) / 2
    lettered = _letters("center", look["titleFontSize"], look["titleColor"])
    return [_line(look["title"], (middle, plot.height + look["titleY"]), lettered)]


def _line(words: str, place: tuple[float, float], look: str) -> Piece:
    return Piece(_text_at(place[0] + HALF, place[1] + HALF), f">{html.escape(words)}</text>", look)


def _number(value: float, form: str) -> str:
    """Write a number of an axis: of the forms of D3 `d`, `,.1f` (any digits) and `,~f`."""
    if form == ",~f":
        written = f"{value:,.6f}".rstrip("0").rstrip(".")
    else:
        written = f"{value:{'.0f' if form == 'd' else form}}"
    digits = written.removeprefix("-")
    signed = written != digits and digits.strip("0.,") != ""
    return f"\u2212{digits}" if signed else digits


def _rules(rows: list[Row], mark: Row, encoding: Encoding, plot: Plot) -> Iterator[Piece]:
    look = _stroke(mark.get("color", "black"), mark)
    for row in rows:
        # A rule that is given on one side alone runs through the whole plot.
        x = plot.at(row, encoding, "x") if "x" in encoding else 0.0
        y = plot.at(row, encoding, "y") if "y" in encoding else 0.0
        x2 = plot.at(row, encoding, "x2") if "x2" in encoding else x if "x" in encoding else plot.width
        y2 = plot.at(row, encoding, "y2") if "y2" in encoding else y if "y" in encoding else plot.height
        yield Piece(_straight(x, y, x2, y2) + _opacity(mark), "/>", look)


def _boxes(rows: list[Row], mark: Row, encoding: Encoding, plot: Plot) -> Iterator[Piece]:
    look = _fill(mark["fill"] if "fill" in mark else mark["color"], mark)
    for row in rows:
        x, x2 = sorted(plot.at(row, encoding, channel) for channel in ("x", "x2"))
        y, y2 = sorted(plot.at(row, encoding, channel) for channel in ("y", "y2"))
        size = f'width="{short(x2 - x)}" height="{short(y2 - y)}"'
        yield Piece(f'<rect x="{short(x)}" y="{short(y)}" {size}{_opacity(mark)}', "/>", look)


def _symbols(rows: list[Row], mark: Row, encoding: Encoding, plot: Plot) -> Iterator[Piece]:
    shape, reach = mark.get("shape", "circle"), math.sqrt(mark["size"]) / 2
    opacity = _opacity(mark)
    for row in rows:
        head = SHAPES[shape](plot.at(row, encoding, "x"), plot.at(row, encoding, "y"), reach)
        yield Piece(head + opacity, "/>", _symbol_look(row, mark, encoding))


def _symbol_look(row: Row, mark: Row, encoding: Encoding) -> str:
    """Return fill and stroke of a symbol: its mark's, or those of its series."""
    if "color" in encoding:
        colour = _of_series(row, encoding["color"])
        hollow = encoding["fill"]["condition"]
        # The one condition there is: `datum.` and the name of a column.
        fill = hollow["value"] if row[hollow["test"].removeprefix("datum.")] else colour
        return _fill(fill, {**mark, "stroke": colour})
    return _fill(mark["color"] if mark.get("filled") else mark["fill"], mark)


def _lines(rows: list[Row], mark: Row, encoding: Encoding, plot: Plot) -> Iterator[Piece]:
    """Draw a line for each series; where a number is missing it is broken."""
    series: dict[Any, list[Row]] = {}
    for row in rows:
        series.setdefault(row[encoding["color"]["field"]] if "color" in encoding else 0, []).append(row)
    for own in series.values():
        colour = _of_series(own[0], encoding["color"]) if "color" in encoding else mark["color"]
        dash = _of_series(own[0], encoding["strokeDash"]) if "strokeDash" in encoding else mark["strokeDash"]
        known = groupby(own, key=lambda row: row[encoding["y"]["field"]] is not None)
        runs = (_points(list(run), encoding, ("x", "y"), plot) for there, run in known if there)
        # Of a lonely number there is no line; its point stands for it.
        data = "".join(f"M{'L'.join(run)}" for run in runs if len(run) > 1)
        if data:
            look = _stroke(colour, {**mark, "strokeDash": dash})
            yield Piece(f'<path d="{data}"', "/>", look)


def _bands(rows: list[Row], mark: Row, encoding: Encoding, plot: Plot) -> Iterator[Piece]:
    """Draw the area between two numbers of each row."""
    there = _points(rows, encoding, ("x", "y"), plot)
    back = _points(rows, encoding, ("x", "y2"), plot)[::-1]
    if there:
        data = "L".join(there + back)
        yield Piece(f'<path d="M{data}Z"{_opacity(mark)}', "/>", _fill(mark["color"], mark))


def _texts(rows: list[Row], mark: Row, encoding: Encoding, plot: Plot) -> Iterator[Piece]:
    bold = mark["fontWeight"] != "normal"
    look = _letters(mark["align"], mark["fontSize"], mark["color"], bold=bold)
    leading, field = mark["lineHeight"], encoding["text"]["field"]
    for row in rows:
        head = _text_at(plot.at(row, encoding, "x"), plot.at(row, encoding, "y") + mark["dy"])
        first, *others = (html.escape(line.strip()) for line in row[field])
        # A pointer over a name that was cut shows the whole of it.
        whole = f"<title>{html.escape(row['full'])}</title>" if "full" in row else ""
        below = "".join(f'<tspan x="0" dy="{leading}">{line}</tspan>' for line in others)
        yield Piece(head, f">{whole}{first}{below}</text>", look)


MARKS: dict[str, Callable[[list[Row], Row, Encoding, Plot], Iterator[Piece]]] = {
    "rule": _rules,
    "rect": _boxes,
    "point": _symbols,
    "line": _lines,
    "area": _bands,
    "text": _texts,
}


def _points(rows: list[Row], encoding: Encoding, channels: tuple[str, str], plot: Plot) -> list[str]:
    return [",".join(short(plot.at(row, encoding, channel)) for channel in channels) for row in rows]


def _of_series(row: Row, channel: Encoding) -> Any:
    """Return the colour or the dashes of a row's series."""
    scale = channel["scale"]
    return scale["range"][scale["domain"].index(row[channel["field"]])]


def _straight(x: float, y: float, x2: float, y2: float) -> str:
    return f'<line x1="{short(x)}" y1="{short(y)}" x2="{short(x2)}" y2="{short(y2)}"'


def _text_at(x: float, y: float) -> str:
    return f'<text transform="translate({short(x)},{short(y)})"'


def _round(x: float, y: float, reach: float) -> str:
    return f'<circle cx="{short(x)}" cy="{short(y)}" r="{short(reach)}"'


def _diamond(x: float, y: float, reach: float) -> str:
    one = short(reach)
    return f'<path d="M{short(x)},{short(y - reach)}l{one},{one}l-{one},{one}l-{one},-{one}z"'


def _square(x: float, y: float, reach: float) -> str:
    side = short(2 * reach)
    return f'<rect x="{short(x - reach)}" y="{short(y - reach)}" width="{side}" height="{side}"'


SHAPES = {"circle": _round, "diamond": _diamond, "square": _square}


def _opacity(mark: Row) -> str:
    """Return the opacity of one piece: around several it would mean that of all together."""
    opacity = mark.get("opacity", 1)
    return "" if opacity == 1 else f' opacity="{opacity}"'


def _stroke(colour: str, mark: Row | None = None) -> str:
    width, dash = (mark or {}).get("strokeWidth", 1), (mark or {}).get("strokeDash", [1, 0])
    look = f'stroke="{colour}"' if width == 1 else f'stroke="{colour}" stroke-width="{width}"'
    return look if dash[-1] == 0 else f'{look} stroke-dasharray="{",".join(map(str, dash))}"'


def _fill(colour: str, mark: Row) -> str:
    return f'fill="{colour}" {_stroke(mark["stroke"], mark)}' if "stroke" in mark else f'fill="{colour}"'


def _letters(align: str, size: int, colour: str, *, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'text-anchor="{ANCHORS[align]}" font-size="{size}px"{weight} fill="{colour}"'
