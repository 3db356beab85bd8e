"""Short texts beside the points they speak of, never on each other, never outside the plot.

Each text takes the nearest free place of a few dozen around its point, in one line or two, where no line of
the figure passes through it. Where it stands off its point a thin line leads back. A place farther away is
taken where this line would else run over others or along them, or one of the grid's through the text. A text
for which no place is free is left out: the sentences and the table of the figure say the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from hikiwake.render.charts.lettering import LEADING, SMALL, clipped, longest
from hikiwake.render.charts.theme import GREY, pixels, words

ROOM = 170.0
"""Pixels after which a text is broken."""
HEADROOM = -8.0
GAP, ABOVE = 5.0, 2.0
"""Pixels between a text and a line beside it, and above or below it."""
BROKEN, STRUCK, CROSSED = 6.0, 12.0, 60.0
"""What it costs, in pixels of distance from the point, that a text has two lines, that a line of the grid
runs through it, and that the line to its point runs over another one."""
APART = 3.0
"""Pixels that this line keeps from others, but for its end, where it comes to its point."""
END = 12.0
LIFTS = (12, 20, 30, 44, 60, 78, 98, 120, 145, 170)
Segment = tuple[float, float, float, float]
Box = tuple[float, float, float, float]


class Note(NamedTuple):
    """A text and the pixel it speaks of."""

    text: str
    x: float
    y: float


class _Place(NamedTuple):
    note: Note
    lines: list[str]
    box: Box


def layers(
    notes: list[Note], lines: list[Segment], width: float, height: float, grid: Sequence[float] = ()
) -> list[dict[str, Any]]:
    """Return the texts and the lines that lead to them; `grid` are the heights of the grid's lines."""
    placed = _placed(notes, lines, width, height, grid)
    if not placed:
        return []
    texts = [{"x": p.box[0], "y": (p.box[1] + p.box[3]) / 2, "t": p.lines} for p in placed]
    leaders = [leader for p in placed if (leader := _leader(p))]
    drawn = [words(texts, "left", size=SMALL)]
    if leaders:
        drawn.insert(0, pixels(leaders, {"type": "rule", "color": GREY, "strokeWidth": 0.8}))
    return drawn


def _placed(
    notes: list[Note], lines: list[Segment], width: float, height: float, grid: Sequence[float]
) -> list[_Place]:
    placed: list[_Place] = []
    taken = list(lines)
    for note in notes:
        free = [
            (distance + BROKEN * (len(text) - 1), _Place(note, text, box))
            for text in _forms(note.text)
            for box, distance in _places(note, longest(text, SMALL), LEADING * len(text), width, height)
            if not any(_meet(box, other.box, 4.0) for other in placed)
        ]
        found = _cheapest(free, taken, [other.box for other in placed], grid)
        if found:
            placed.append(found)
            leader = _leader(found)
            taken += [_segment(leader)] if leader else []
    return placed


def _cheapest(
    free: list[tuple[float, _Place]], lines: list[Segment], texts: list[Box], grid: Sequence[float]
) -> _Place | None:
    """Return the place through which no line passes, and that costs least with what its own line crosses."""
    best, least = None, math.inf
    # The nearest first: few of the many places are asked about all lines.
    for distance, place in sorted(free, key=lambda found: found[0]):
        if distance >= least:
            break
        left, top, right, bottom = place.box
        if any(_crosses(piece, (left - GAP, top - ABOVE, right + GAP, bottom + ABOVE)) for piece in lines):
            continue
        leader = _leader(place)
        if leader and any(_crosses(_segment(leader), box) for box in texts):
            continue
        struck = any(top < height < bottom for height in grid)
        cost = distance + STRUCK * struck + CROSSED * (bool(leader) and _is_in_the_way(leader, lines))
        if cost < least:
            best, least = place, cost
    return best


def _segment(leader: dict[str, float]) -> Segment:
    return leader["x"], leader["y"], leader["x2"], leader["y2"]


def _is_in_the_way(leader: dict[str, float], lines: list[Segment]) -> bool:
    """Tell whether the line from a text to its point runs over another one or close along it."""
    x, y, to_x, to_y = _segment(leader)
    long = math.hypot(to_x - x, to_y - y)
    steps = max(2, round(long / APART))
    last = max(0.0, 1 - END / long) if long else 0.0
    on = [
        (x + (to_x - x) * part, y + (to_y - y) * part)
        for part in (last * n / steps for n in range(steps + 1))
    ]
    return any(_distance(point, piece) < APART for piece in lines for point in on)


def _distance(point: tuple[float, float], piece: Segment) -> float:
    """Return how far a point is from a piece of line."""
    x, y, to_x, to_y = piece
    along, up = to_x - x, to_y - y
    whole = along * along + up * up
    part = ((point[0] - x) * along + (point[1] - y) * up) / whole if whole else 0.0
    part = min(1.0, max(0.0, part))
    return math.hypot(point[0] - x - part * along, point[1] - y - part * up)


def _forms(text: str) -> list[list[str]]:
    """Return the ways in which a text is broken: as it fits, and in two lines of like length."""
    whole = clipped(text, ROOM, 2, SMALL)
    halves = clipped(text, longest([text], SMALL) * 0.62, 2, SMALL)
    return [whole] if len(whole) > 1 or halves[-1].endswith("…") else [whole, halves]


def _places(note: Note, wide: float, tall: float, width: float, height: float) -> list[tuple[Box, float]]:
    """Return the boxes around a point that lie in the plot, with their distances from it."""
    boxes = []
    for lift in LIFTS:
        for top in (note.y - lift - tall / 2 - 2, note.y + lift - tall / 2 + 2):
            if not HEADROOM <= top <= height - tall - 2:
                continue
            for share in (0.5, 0.15, 0.85, 0.0, 1.0, -0.3, 1.3):
                left = note.x - share * wide
                if -2 <= left and left + wide <= width + 2:
                    boxes.append(((left, top, left + wide, top + tall), lift + 8 * abs(share - 0.5)))
            for left, top_beside in ((note.x + 10, top), (note.x - 10 - wide, top)):
                if lift == LIFTS[0] and left >= 0 and left + wide <= width:
                    beside = note.y - tall / 2 if top < note.y else top_beside
                    boxes.append(((left, beside, left + wide, beside + tall), lift + 6.0))
    return boxes


def _leader(place: _Place) -> dict[str, float]:
    """Return a line from the text to its point, or nothing where they touch."""
    left, top, right, bottom = place.box
    x = min(max(place.note.x, left + 3), right - 3)
    y = bottom if bottom < place.note.y else top
    if abs(y - place.note.y) < LIFTS[1] and left <= place.note.x <= right:
        return {}
    if top <= place.note.y <= bottom:
        return {}
    end = place.note.y + (5 if y > place.note.y else -5)
    return {"x": x, "y": y, "x2": place.note.x, "y2": end}


def _meet(box: Box, other: Box, gap: float) -> bool:
    return (
        box[0] < other[2] + gap
        and other[0] < box[2] + gap
        and box[1] < other[3] + gap
        and other[1] < box[3] + gap
    )


def _crosses(piece: Segment, box: Box) -> bool:
    """Tell whether a piece of line passes through a box (Liang and Barsky's clipping)."""
    x, y, to_x, to_y = piece
    enter, leave = 0.0, 1.0
    for step, room in (
        (x - to_x, x - box[0]),
        (to_x - x, box[2] - x),
        (y - to_y, y - box[1]),
        (to_y - y, box[3] - y),
    ):
        if step == 0:
            if room < 0:
                return False
        elif step < 0:
            enter = max(enter, room / step)
        else:
            leave = min(leave, room / step)
    return enter <= leave
