"""A sentence in which each name, figure and date is one letter, so that patterns can be short.

P a party, A the adjective of one, G goods, F a figure, D a date; these letters are from the private area of
Unicode, none of which is printable, so that no block holds one.
"""

from __future__ import annotations

import re

from hikiwake.extract.figures import Figure, figures
from hikiwake.extract.names import Mention, mentions
from hikiwake.extract.sentences import Sentence

_LETTERS = {"party": "P", "adjective": "A", "product": "G"}
_PRIVATE = {letter: chr(0xE000 + number) for number, letter in enumerate("PAGFD")}


def pattern(text: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    """Compile a pattern in which {P}, {A}, {G}, {F} and {D} stand for the marks."""
    for letter, private in _PRIVATE.items():
        text = text.replace(f"{{{letter}}}", private)
    return re.compile(text, flags)


class Marked:
    """A sentence with its marks."""

    def __init__(self, sentence: Sentence, named: frozenset[str]) -> None:
        self.sentence = sentence
        text = sentence.text
        self.figures = figures(text)
        held = [(figure.start, figure.end) for figure in self.figures]
        self.mentions = [
            m for m in mentions(text, named) if not any(a < m.end and m.start < b for a, b in held)
        ]
        self._place: dict[tuple[int, int], int] = {}
        self.at: dict[int, Figure | Mention] = {}
        self.text = self._marked(text)

    def _marked(self, text: str) -> str:
        pieces: list[str] = []
        end = length = 0
        marks: list[Figure | Mention] = [*(f for f in self.figures if f.kind != "label"), *self.mentions]
        for mark in sorted(marks, key=lambda one: one.start):
            before = _NOTES.sub("", text[end : mark.start])
            length += len(before)
            self._place[mark.start, mark.end] = length
            if isinstance(mark, Figure) and mark.kind == "rank":
                pieces.append(before)
                end = mark.start  # its words stay: patterns look at them
                continue
            self.at[length] = mark
            pieces += [before, _PRIVATE[_letter(mark)]]
            length += 1
            end = mark.end
        return "".join((*pieces, _NOTES.sub("", text[end:])))

    def place(self, mark: Figure | Mention) -> int:
        """Return where a mark stands in the marked text; of words of rank, where these begin."""
        return self._place[mark.start, mark.end]

    def parties(self, start: int = 0, end: int | None = None) -> list[tuple[int, str]]:
        """Return the parties named between two places, with their places."""
        last = len(self.text) if end is None else end
        return [
            (place, mark.means)
            for place, mark in self.at.items()
            if start <= place < last and isinstance(mark, Mention) and mark.kind != "product"
        ]

    def products(self, start: int, end: int) -> list[tuple[int, str]]:
        """Return the products named between two places, with their places."""
        return [
            (place, mark.means)
            for place, mark in self.at.items()
            if start <= place < end and isinstance(mark, Mention) and mark.kind == "product"
        ]

    def dates(self) -> list[tuple[int, Figure]]:
        """Return the dates of the sentence with their places."""
        return [
            (place, mark)
            for place, mark in self.at.items()
            if isinstance(mark, Figure) and mark.kind == "date"
        ]

    def clause(self, place: int) -> tuple[int, int]:
        """Return the beginning and the end of the clause in which a place lies."""
        cuts = [0, *(found.end() for found in _CUT.finditer(self.text)), len(self.text)]
        start = max(cut for cut in cuts if cut <= place)
        return start, min((cut for cut in cuts if cut > place), default=len(self.text))


# Marks of footnotes, which stand between a figure and what it is of.
_NOTES = re.compile(r"[¹²³⁰⁴-⁹]+|\[\d{1,3}\]")
_CUT = re.compile(r";|\b(?:while|whereas|but|even so|although)\b|[()]|\s[–—-]\s", re.IGNORECASE)


def _letter(mark: Figure | Mention) -> str:
    if isinstance(mark, Mention):
        return _LETTERS[mark.kind]
    return "D" if mark.kind == "date" else "F"
