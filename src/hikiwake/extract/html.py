"""HTML into blocks, by the parser of the standard library. Nothing is fetched, no script is run."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from hikiwake.extract.blocks import Block, Builder, Kind, Lines

_BLOCKS = frozenset(
    "address article aside blockquote body caption dd details div dl dt fieldset figcaption figure footer "
    "form header hr html li main nav ol p pre section summary table tbody tfoot thead title ul".split()
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_UNREAD = frozenset({"script", "style", "template"})
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def blocks(text: str) -> list[Block]:
    """Return the blocks of a page; a row of a table is one, its cells apart by bars."""
    reader = _Reader(text)
    reader.feed(_tamed(text))
    reader.close()
    reader.builder.close(reader.kind)
    return reader.builder.blocks


_BARE = re.compile(r"<(?=[^<>]*(?:<|\Z))")


def _tamed(text: str) -> str:
    """Blank comments, and let a `<` that opens no tag stand for itself; each letter keeps its place.

    The parser looks for the end of such things up to the end of the file, for each of them anew.
    """
    pieces: list[str] = []
    end = 0
    while (begin := text.find("<!--", end)) >= 0:
        pieces.append(text[end:begin])
        close = text.find("-->", begin)
        end = len(text) if close < 0 else close + 3
        pieces.append(re.sub(r"[^\n]", " ", text[begin:end]))
    return _BARE.sub("‹", "".join((*pieces, text[end:])))


class _Reader(HTMLParser):
    """Keeps the offset of each letter: entities are handed over apart, and stand where they begin."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.builder = Builder(Lines(text))
        self.kind: Kind = "paragraph"
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._unread = self._raised = 0

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in _UNREAD
        self._raised += tag == "sup"
        if tag in _BLOCKS or tag in _HEADINGS or tag == "tr":
            self._end()
            self.kind = "heading" if tag in _HEADINGS else "row" if tag == "tr" else "paragraph"
        elif tag in {"td", "th"}:
            self._say(" | ")
        elif tag == "br":
            self._say(" ")

    def handle_endtag(self, tag: str) -> None:
        self._unread = max(0, self._unread - (tag in _UNREAD))
        self._raised = max(0, self._raised - (tag == "sup"))
        if tag in _BLOCKS or tag in _HEADINGS or tag == "tr":
            self._end()

    def handle_data(self, data: str) -> None:
        self._say(data, 1)

    def handle_entityref(self, name: str) -> None:
        self._say(html.unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self._say(html.unescape(f"&#{name};"))

    def _say(self, text: str, step: int = 0) -> None:
        if not self._unread:
            # A raised digit is a mark of a footnote or a power (km²), and no digit of the number before it.
            self.builder.add(text.translate(_RAISED) if self._raised else text, self._offset(), step)

    def _end(self) -> None:
        self.builder.close(self.kind)
        self.kind = "paragraph"
