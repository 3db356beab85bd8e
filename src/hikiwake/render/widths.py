"""How wide the columns of a table on paper are."""

from __future__ import annotations

import re
from typing import Any

Item = dict[str, Any]
CELL, INSET = 8.0, 9.0
"""Points: the text of a table, and what a cell leaves free at its two sides."""
_BREAK = re.compile("[ \n\u200b]+")
"""Where a line of a cell may end."""


def widths(
    columns: list[list[Item]], rows: list[list[Item | None]], numeric: list[bool], room: float
) -> list[float]:
    """Return the widths of a table's columns in points.

    A column wants its heading in two lines and its cells in one. Where all together want more than the room,
    each gives up a like part of what it could do without: a heading breaks at every space, names break once,
    and numbers never. Where that is still too much, names break at every space, and then the remark beside a
    number ("not comparable") goes under it.
    """
    from hikiwake.render.charts.lettering import length

    tights, leasts, needs, wants = [], [], [], []
    for place, heading in enumerate(columns):
        cells = [_cell_text(row[place]) for row in rows if place < len(row)]
        longest = max((length(cell, CELL) for cell in cells), default=0.0)
        words = "".join(run["t"] for run in heading)
        word = max((length(part, CELL) for part in words.split()), default=0.0)
        split = max((length(part, CELL) for cell in cells for part in _BREAK.split(cell)), default=0.0)
        need = longest if numeric[place] else min(longest, max(split, longest / 2 + 20))
        alone = max((length(part, CELL) for row in rows for part in _stacked(row, place)), default=0.0)
        tights.append(INSET + max(alone if numeric[place] else split, word))
        leasts.append(INSET + max(longest if numeric[place] else split, word))
        needs.append(INSET + max(need, word))
        wants.append(INSET + max(longest, word, length(words, CELL) / 2 + 10))
    # Between the widths that one step and the next ask for, as far as the room goes.
    for low, high in ((needs, wants), (leasts, needs), (tights, leasts)):
        if sum(low) <= room:
            spare = sum(high) - sum(low)
            share = min(1.0, (room - sum(low)) / spare) if spare > 0 else 1.0
            return [least + share * (most - least) for least, most in zip(low, high, strict=True)]
    return [tight * room / sum(tights) for tight in tights]


def _stacked(row: list[Item | None], place: int) -> list[str]:
    """Return what a cell cannot do without in one line: its number or name, and each word of the remark."""
    cell = row[place] if place < len(row) else None
    return [_cell_text(cell and {**cell, "mark": ""}), *(f"({cell['mark']})".split() if cell else ())]


def _cell_text(cell: Item | None) -> str:
    return (
        "–"
        if cell is None
        else "".join(run["t"] for run in cell["runs"]) + (f" ({cell['mark']})" if cell["mark"] else "")
    )
