"""A text as blocks (paragraphs, headings, rows of tables) whose letters know where in the file they stand."""

from __future__ import annotations

import unicodedata
from array import array
from bisect import bisect_right
from typing import Literal

import msgspec

Kind = Literal["heading", "paragraph", "row"]


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where something stands: its line (from 1), and its offsets in characters (from 0, the end excluded).

    In a PDF lines and offsets are of the text of the page `page` (from 1); else of the file.
    """

    line: int
    start: int
    end: int
    page: int | None = None

    def __str__(self) -> str:
        page = f"page {self.page}, " if self.page else ""
        return f"{page}line {self.line}, characters {self.start}-{self.end}"


class Lines:
    """The beginnings of the lines of a file or of a page."""

    def __init__(self, text: str, page: int | None = None) -> None:
        self.page = page
        self._starts = [0, *(place + 1 for place, letter in enumerate(text) if letter == "\n")]

    def line(self, offset: int) -> int:
        """Return the line of an offset, counted from 1."""
        return bisect_right(self._starts, offset)


class Block:
    """A piece of text, with the offset of each letter in the file or page that it comes from."""

    def __init__(self, text: str, offsets: array[int], lines: Lines, kind: Kind = "paragraph") -> None:
        self.text = text
        self.kind = kind
        self._offsets = offsets
        self._lines = lines

    def place(self, start: int, end: int) -> Place:
        """Return the place of the letters from `start` up to `end` (not empty)."""
        first, last = self._offsets[start], self._offsets[end - 1]
        return Place(self._lines.line(first), first, last + 1, self._lines.page)


class Builder:
    """Collects letters; runs of white space become one space, what cannot be printed is left out."""

    def __init__(self, lines: Lines) -> None:
        self.blocks: list[Block] = []
        self._lines = lines
        self._letters: list[str] = []
        self._offsets = array("L")

    def add(self, text: str, offset: int, step: int = 1) -> None:
        """Add text that begins at an offset; with step 0 all of it stands there (an entity)."""
        for number, letter in enumerate(text):
            if unicodedata.category(letter) == "Cf":
                continue  # hyphens that are seen only at the end of a line, marks that turn writing round
            plain = letter if letter.isprintable() else " "
            if plain == " " and (not self._letters or self._letters[-1] == " "):
                continue
            self._letters.append(plain)
            self._offsets.append(offset + number * step)

    def drop_hyphen(self) -> None:
        """Take back a hyphen that only divides a word at the end of a line."""
        if self._letters and self._letters[-1] == "-":
            self._letters.pop()
            self._offsets.pop()

    def close(self, kind: Kind = "paragraph") -> None:
        """End the block."""
        while self._letters and self._letters[-1] == " ":
            self._letters.pop()
            self._offsets.pop()
        if self._letters:
            self.blocks.append(Block("".join(self._letters), self._offsets, self._lines, kind))
        self._letters, self._offsets = [], array("L")
