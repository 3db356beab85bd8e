"""Blocks cut into sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from hikiwake.extract.blocks import Block, Place

LONGEST = 2_000
"""A sentence that is longer is cut: no figure is told what it is of from farther away."""

_END = re.compile(
    r"[.!?…]{1,4}[\"'”’)\]]{0,4}(?:\[\d{1,3}\]|[¹²³⁰⁴-⁹]){0,4}\s+(?=[\"'“‘(\[]?[A-ZÀ-ÞΑ-ΩА-Я0-9$€£¥])"
)
# What ends in a point and does not end a sentence.
_SHORT = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|ca|approx|approx|est|incl|Mr|Mrs|Ms|Dr|Prof|St|No|Nos|Art|Fig|Figs|Tab|Vol|Ch|Sec|pp?|ed|"
    r"eds|U\.S|U\.K|U\.N|E\.U|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Inc|Ltd|Co|Corp|al)|\b[A-Z])\.$"
)


class Sentence(NamedTuple):
    """A sentence of a block: its text, and where in the block it begins."""

    text: str
    block: Block
    start: int

    def place(self, start: int, end: int) -> Place:
        """Return where in the file the letters from `start` up to `end` stand."""
        return self.block.place(self.start + start, self.start + end)


def sentences(block: Block) -> Iterator[Sentence]:
    """Yield the sentences of a block; together they hold all of its letters but for spaces."""
    begin = 0
    for found in _END.finditer(block.text):
        point = found.start() + 1
        if block.text[found.start()] == "." and _SHORT.search(block.text, max(begin, point - 12), point):
            continue
        yield from _cut(block, begin, found.end())
        begin = found.end()
    yield from _cut(block, begin, len(block.text))


def _cut(block: Block, begin: int, end: int) -> Iterator[Sentence]:
    while end - begin > LONGEST:
        space = block.text.rfind(" ", begin, begin + LONGEST)
        middle = space + 1 if space > begin else begin + LONGEST
        yield Sentence(block.text[begin:middle], block, begin)
        begin = middle
    if block.text[begin:end].strip():
        yield Sentence(block.text[begin:end].rstrip(), block, begin)
