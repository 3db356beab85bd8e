"""Which figures of a printed page stand beside each other, or beside the text that speaks of them."""

from __future__ import annotations

from typing import Any, Protocol

from hikiwake.core.document import AnyBlock, Chart

SMALL = ("bars", "diverging", "dumbbell")
"""Kinds of charts that half the width is enough for; years on a line, and names at its end, need more."""
LONG = 400
"""Signs of text that fill half the width beside a figure."""
Item = dict[str, Any]
"""A block as the template prints it."""


class Write(Protocol):
    """Turns a block into what the template prints."""

    def __call__(self, block: AnyBlock, more: str = "", *, small: bool = False) -> Item:
        """Return the block; `more` says what a table leaves to the annex, `small` is for figures."""


def arranged(blocks: list[tuple[AnyBlock, str]], write: Write, *, glance: bool) -> list[Item]:
    """Return blocks in their order, figures beside each other or beside text where there is room.

    Of a glance every chart stands beside the paragraphs before it. In full only charts of few marks are set
    small: two that follow each other in one row, one alone beside paragraphs that are long enough.
    """
    written: list[Item] = []
    place = 0
    while place < len(blocks):
        block, more = blocks[place]
        after = blocks[place + 1][0] if place + 1 < len(blocks) else None
        place += 1
        if not _small(block, glance=glance):
            written.append(write(block, more))
        elif not glance and after is not None and _small(after, glance=glance):
            place += 1
            written.append({"kind": "pair", "pictures": [write(one, small=True) for one in (block, after)]})
        else:
            text = _paragraphs(written)
            text = text if glance or _signs(text) >= LONG else []
            drawn = write(block, small=glance or bool(text))
            del written[len(written) - len(text) :]
            written.append({"kind": "beside", "text": text, "picture": drawn} if text else drawn)
    return written


def _small(block: AnyBlock, *, glance: bool) -> bool:
    return isinstance(block, Chart) and (glance or block.kind in SMALL)


def _paragraphs(written: list[Item]) -> list[Item]:
    """Return the paragraphs at the end."""
    start = len(written)
    while start and written[start - 1]["kind"] == "paragraph":
        start -= 1
    return written[start:]


def _signs(paragraphs: list[Item]) -> int:
    return sum(len(run["t"]) for one in paragraphs for said in one["sentences"] for run in said)
