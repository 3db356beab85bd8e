"""A picture of who can move where: states as cards in columns, moves as lines between them.

A bold arrow is a move that is better for whoever makes it, a thin line one that is better in neither
direction. Each decision maker has a colour and a dash of its own, so that the picture reads in grey.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from hikiwake.render.charts.lettering import LEADING, SMALL, TEXT, clipped, length
from hikiwake.render.charts.theme import COLOURS, DASHES, FONT, INK, LINE, SOFT

WIDTH, GAP, ABOVE, BETWEEN, INSIDE, AROUND = 226.0, 110.0, 64.0, 30.0, 10.0, 30.0
"""Pixels: of a card, between columns, above the cards, between rows, from a card's edge to its text, and how
far a line between two cards of one column bends out."""
BEND = 26.0
"""Pixels by which lines of other decision makers between the same cards are bent apart."""
AWAY = 16.0
"""Pixels between a card and a line that passes it."""
MOST_LINES = 10


class Card(NamedTuple):
    """A state: its heading, what is so in it, its column (moves from today), whether it is stable for all."""

    heading: str
    lines: tuple[str, ...]
    column: int
    stable: bool


class Line(NamedTuple):
    """A move between two cards: whose it is (a position among the makers), which ways are better for it."""

    maker: int
    start: int
    end: int
    there: bool
    back: bool


class Picture(NamedTuple):
    """What is drawn: cards, lines, the names of the decision makers, a title, a note, and what is left out.

    rest : the states without a card, a sentence for each group of those that are alike.
    """

    title: str
    cards: tuple[Card, ...]
    lines: tuple[Line, ...]
    makers: tuple[str, ...]
    note: str
    rest: tuple[str, ...] = ()


class _Box(NamedTuple):
    x: float
    y: float
    height: float
    text: tuple[str, ...]


def svg(picture: Picture) -> str:
    """Draw a picture as an SVG file with a title and a description for those who cannot see it."""
    boxes = _boxes(picture.cards)
    last = max(box.x for box in boxes)
    outside = any(boxes[line.start].x == boxes[line.end].x == last for line in picture.lines)
    wide = last + WIDTH + (AROUND + BEND if outside else 16)
    wide = max(wide, length(picture.title, TEXT + 3) + 32, _legend_width(picture))
    paths = _paths(picture, boxes)
    rest = [part for line in picture.rest for part in clipped(line, wide - 32, 3, SMALL)]
    under = max(*(box.y + box.height for box in boxes), *(path.low for path in paths), 0.0)
    high = under + 58 + len(rest) * LEADING + (8 if rest else 0)
    body = [
        *_heading(picture),
        *(_line(line, path) for line, path in zip(picture.lines, paths, strict=True)),
        *(part for card, box in zip(picture.cards, boxes, strict=True) for part in _card(card, box)),
        *(_text(line, 16, under + 26 + row * LEADING, size=SMALL) for row, line in enumerate(rest)),
        *_legend(picture, high),
    ]
    described = " ".join((picture.note, *picture.rest, *(_spoken(picture, line) for line in picture.lines)))
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{high:.0f}" '
            f'viewBox="0 0 {wide:.0f} {high:.0f}" role="img" font-family="{FONT}, sans-serif">',
            f"<title>{escape(picture.title)}</title>",
            f"<desc>{escape(described)}</desc>",
            *_arrowheads(len(picture.makers)),
            f'<rect width="{wide:.0f}" height="{high:.0f}" fill="#ffffff"/>',
            *body,
            "</svg>\n",
        )
    )


def _boxes(cards: Sequence[Card]) -> list[_Box]:
    """Place the cards: one column for each number of moves, columns centred on the tallest."""
    texts = []
    for card in cards:
        lines = [part for line in card.lines for part in clipped(line, WIDTH - 2 * INSIDE, 3, SMALL)]
        texts.append((*lines[: MOST_LINES - 1], "…") if len(lines) > MOST_LINES else tuple(lines))
    heights = [INSIDE + LEADING + len(text) * LEADING + INSIDE for text in texts]
    columns = sorted({card.column for card in cards})
    totals = {
        column: sum(h + BETWEEN for card, h in zip(cards, heights, strict=True) if card.column == column)
        for column in columns
    }
    tallest = max(totals.values())
    below = {column: ABOVE + (tallest - totals[column]) / 2 for column in columns}
    out = []
    for card, height, text in zip(cards, heights, texts, strict=True):
        x = 16 + columns.index(card.column) * (WIDTH + GAP)
        out.append(_Box(x, below[card.column], height, text))
        below[card.column] += height + BETWEEN
    return out


def _card(card: Card, box: _Box) -> list[str]:
    stroke = 'stroke="#123f6d" stroke-width="3"' if card.stable else f'stroke="{LINE}" stroke-width="1.5"'
    parts = [
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{WIDTH:.0f}" height="{box.height:.1f}" rx="4" '
        f'fill="#ffffff" {stroke}/>',
        _text(card.heading, box.x + INSIDE, box.y + INSIDE + 10, bold=True),
    ]
    for number, line in enumerate(box.text):
        y = box.y + INSIDE + 10 + (number + 1) * LEADING
        parts.append(_text(line, box.x + INSIDE, y, size=SMALL, colour=SOFT))
    return parts


class _Path(NamedTuple):
    """A line as drawn: from where, bent towards where, to where, and how far down it reaches."""

    start: tuple[float, float]
    middle: tuple[float, float]
    end: tuple[float, float]
    low: float


def _paths(picture: Picture, boxes: Sequence[_Box]) -> list[_Path]:
    """Lay the lines from edge to edge, apart from one another and around cards that stand between."""
    anchors = _anchors(picture, boxes)
    out = []
    for number, line in enumerate(picture.lines):
        one, other = boxes[line.start], boxes[line.end]
        same = [n for n, held in enumerate(picture.lines) if {held.start, held.end} == {line.start, line.end}]
        bend = BEND * (same.index(number) - (len(same) - 1) / 2)
        (x1, y1), (x2, y2) = anchors[number]
        left, right = sorted((one.x, other.x))
        between = [box for box in boxes if left < box.x < right]
        if one.x == other.x:  # the same column: around the outside
            middle = (x1 + AROUND + abs(bend), (y1 + y2) / 2 + bend)
        elif between:
            middle = ((x1 + x2) / 2, _around(between, (y1 + y2) / 2) + bend)
        else:
            middle = ((x1 + x2) / 2, (y1 + y2) / 2 + bend)
        out.append(_Path((x1, y1), middle, (x2, y2), (y1 + y2) / 4 + middle[1] / 2))
    return out


def _around(between: Sequence[_Box], straight: float) -> float:
    """Return where to bend a line to so that it passes cards: above or below all, or between them."""
    if not any(box.y - AWAY < straight < box.y + box.height + AWAY for box in between):
        return straight
    above = min(box.y for box in between) - AWAY
    below = max(box.y + box.height for box in between) + AWAY
    passed = above if straight - above < below - straight and above > ABOVE / 2 else below
    return 2 * passed - straight  # a curve comes half as far as the point that it is bent towards


def _anchors(
    picture: Picture, boxes: Sequence[_Box]
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return where each line begins and ends, spread over the sides of the cards."""
    sides: dict[tuple[int, bool], list[tuple[float, int, int]]] = {}
    for number, line in enumerate(picture.lines):
        for end, (here, there) in enumerate(((line.start, line.end), (line.end, line.start))):
            right = boxes[here].x <= boxes[there].x
            middle = boxes[there].y + boxes[there].height / 2
            sides.setdefault((here, right), []).append((middle, number, end))
    places: dict[tuple[int, int], tuple[float, float]] = {}
    for (card, right), held in sides.items():
        box = boxes[card]
        for place, (_, number, end) in enumerate(sorted(held), 1):
            x = box.x + (WIDTH if right else 0.0)
            places[number, end] = (x, box.y + box.height * place / (len(held) + 1))
    return [(places[number, 0], places[number, 1]) for number in range(len(picture.lines))]


def _line(line: Line, path: _Path) -> str:
    better = line.there or line.back
    colour = COLOURS[line.maker % len(COLOURS)]
    dash = DASHES[line.maker % len(DASHES)]
    dashes = "" if dash[1] == 0 else f' stroke-dasharray="{" ".join(map(str, dash))}"'
    heads = (f' marker-end="url(#head{line.maker})"' if line.there else "") + (
        f' marker-start="url(#tail{line.maker})"' if line.back else ""
    )
    (x1, y1), (x, y), (x2, y2) = path.start, path.middle, path.end
    return (
        f'<path d="M{x1:.1f} {y1:.1f} Q{x:.1f} {y:.1f} {x2:.1f} {y2:.1f}" fill="none" '
        f'stroke="{colour}" stroke-width="{2.6 if better else 1}"{dashes}{heads}/>'
    )


def _arrowheads(makers: int) -> list[str]:
    parts = ["<defs>"]
    for maker in range(makers):
        colour = COLOURS[maker % len(COLOURS)]
        for name, turn in (("head", "auto"), ("tail", "auto-start-reverse")):
            parts.append(
                f'<marker id="{name}{maker}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="11" '
                f'markerHeight="11" markerUnits="userSpaceOnUse" orient="{turn}">'
                f'<path d="M0 0L10 5L0 10z" fill="{colour}"/></marker>'
            )
    return [*parts, "</defs>"]


def _heading(picture: Picture) -> list[str]:
    return [
        _text(picture.title, 16, 26, size=TEXT + 3, bold=True),
        _text(picture.note, 16, 46, size=SMALL, colour=SOFT),
    ]


def _legend(picture: Picture, high: float) -> list[str]:
    parts, x, y = [], 16.0, high - 18
    for maker, name in enumerate(picture.makers):
        colour = COLOURS[maker % len(COLOURS)]
        dash = DASHES[maker % len(DASHES)]
        dashes = "" if dash[1] == 0 else f' stroke-dasharray="{" ".join(map(str, dash))}"'
        parts.append(
            f'<path d="M{x:.1f} {y - 4:.1f}h34" stroke="{colour}" stroke-width="2.6"{dashes} fill="none"/>'
        )
        parts.append(_text(name, x + 42, y, size=SMALL))
        x += 42 + length(name, SMALL) + 24
    return parts


def _legend_width(picture: Picture) -> float:
    names = sum(66 + length(name, SMALL) for name in picture.makers)
    return max(names + 32, length(picture.note, SMALL) + 32)


def _text(text: str, x: float, y: float, *, size: int = TEXT, bold: bool = False, colour: str = INK) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill={quoteattr(colour)}{weight}>'
        f"{escape(text)}</text>"
    )


def _spoken(picture: Picture, line: Line) -> str:
    one, other = picture.cards[line.start].heading, picture.cards[line.end].heading
    who = picture.makers[line.maker]
    if line.there and line.back:
        return f"{who} would move from {one} to {other} and back."
    if line.there:
        return f"{who} would move from {one} to {other}."
    if line.back:
        return f"{who} would move from {other} to {one}."
    return f"A move of {who} joins {one} and {other}, for no gain."
