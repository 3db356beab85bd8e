"""How long texts are when drawn, and how they are broken, cut and moved apart, before anything is drawn.

Figures are laid out from the widths of the shipped typeface, so a layout never depends on the machine.
"""

from __future__ import annotations

from collections.abc import Iterable

TEXT = 12
"""Size of the texts of a figure, in pixels; notes inside it are `SMALL`."""
SMALL = 11
LEADING = 14
"""Pixels from one line of a wrapped text to the next."""
_WIDTHS = (
    "236 309 471 713 600 960 713 260 337 337 556 600 298 402 298 437 600 600 600 600 600 600 600 600 600 600 "
    "318 318 600 600 600 493 899 672 663 642 689 600 577 712 719 423 545 678 521 816 719 712 641 712 664 611 "
    "580 690 638 949 655 632 599 329 437 329 600 565 600 559 600 513 600 558 350 545 588 276 276 562 294 888 "
    "588 563 600 600 393 499 374 588 524 819 544 524 502 363 376 363 600 "
)
ADVANCES = {chr(32 + place): int(width) for place, width in enumerate(_WIDTHS.split())}
"""Advance widths in thousandths of the text size: the larger of the shipped regular and semi-bold."""
OTHER_ADVANCES = {"’": 292, "\u202f": 118, "…": 868}
ACCENTED, IDEOGRAPH = 700, 1000


def length(text: str, size: float = TEXT) -> float:
    """Return how many pixels a text takes at most, so that texts can be placed before they are drawn."""
    total = 0
    for letter in text:
        other = IDEOGRAPH if letter >= "\u2e80" else ACCENTED
        total += ADVANCES.get(letter) or OTHER_ADVANCES.get(letter, other)
    return total * size / 1000


def longest(lines: Iterable[str], size: float = TEXT) -> float:
    """Return the pixels that the longest of some lines takes (0 when there is none)."""
    return max((length(line, size) for line in lines), default=0.0)


def clipped(text: str, room: float, rows: int = 3, size: float = TEXT) -> list[str]:
    """Break a text into lines of at most `room` pixels, at spaces, and keep at most `rows` of them.

    What does not fit ends with an ellipsis.
    """
    out: list[str] = []
    for word in text.split():
        cut = _cut(word, room, size)
        if out and length(f"{out[-1]} {cut}", size) <= room:
            out[-1] += f" {cut}"
        else:
            out.append(cut)
    if len(out) > rows:
        out = [*out[: rows - 1], _cut(f"{out[rows - 1]} {out[rows]}", room, size)]
    return out or [""]


def _cut(text: str, room: float, size: float) -> str:
    """Return a text, or its beginning and an ellipsis where it is longer than the room."""
    if length(text, size) <= room:
        return text
    most = len(text)
    while most and length(f"{text[:most]}…", size) > room:
        most -= 1
    return f"{text[:most].rstrip(' ,;')}…"


def spread(places: list[float], gap: float, low: float, high: float) -> list[float]:
    """Move label places (pixels) apart by at least `gap`, in their order, inside [low, high]."""
    order = sorted(range(len(places)), key=lambda n: places[n])
    moved = list(places)
    for before, n in zip([None, *order], order, strict=False):
        if before is not None:
            moved[n] = max(moved[n], moved[before] + gap)
    ceiling = high
    for n in reversed(order):
        moved[n] = max(low, min(moved[n], ceiling))
        ceiling = moved[n] - gap
    return moved
