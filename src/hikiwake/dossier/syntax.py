"""A dossier's file as its author laid it out: entries in their order, as written, with their comments.

`reading` says what a file means; this says how it is written, for the formatter alone. It is asked only
about files that `reading` accepts, so there are no aliases, tags, or second documents here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["scalar", "mapping", "sequence"]


@dataclass
class Node:
    """A value: where it stands in the text, whether in brackets (`flow`), and its entries."""

    kind: Kind
    start: int
    end: int
    flow: bool = False
    value: str = ""
    block: str = ""
    """The sign of a block of text, `|` or `>`."""
    entries: list[Entry] = field(default_factory=list)


@dataclass
class Entry:
    """A line `key: value` of a mapping or `- value` of a list, with what its author noted about it.

    `before` holds the comments and single blank lines (empty texts) above it, `beside` the comments on its
    line, `after` those below it that belong to it by their indentation.
    """

    key: Node | None
    value: Node
    start: int
    column: int
    parent: Entry | None
    flow: Node | None
    """The innermost brackets that it stands in."""
    before: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The key, or nothing for an item of a list."""
        return self.key.value if self.key else ""


@dataclass
class Document:
    """A file: its text, its outermost value, and the comments above all and below all of it."""

    text: str
    root: Node
    head: list[str] = field(default_factory=list)
    foot: list[str] = field(default_factory=list)


def document(text: str) -> Document:
    """Read how a text is laid out; its lines must end in line feeds alone."""
    from ruamel.yaml import YAML

    nodes = _Nodes(text, YAML(typ="safe", pure=True).parse(text))
    found = Document(text, nodes.root())
    _comment(found, nodes.entries, nodes.scalars)
    return found


class _Nodes:
    """Builds nodes from the parser's events, and lists entries and scalars in the order of the text."""

    def __init__(self, text: str, events: Iterator[Any]) -> None:
        self._text = text
        self._events = iter(events)
        self.entries: list[Entry] = []
        self.scalars: list[Node] = []

    def root(self) -> Node:
        for event in self._events:
            if type(event).__name__ == "DocumentStartEvent":
                return self._node(next(self._events), None, None)
        raise AssertionError("the safe reader accepts no file without a document")

    def _node(self, event: Any, parent: Entry | None, flow: Node | None) -> Node:
        start, end = event.start_mark.index, event.end_mark.index
        kind = type(event).__name__
        if kind == "ScalarEvent":
            block = event.style if event.style in {"|", ">"} else ""
            node = Node("scalar", start, end, value=str(event.value), block=block)
            self.scalars.append(node)
            return node
        node = Node(
            "mapping" if kind == "MappingStartEvent" else "sequence", start, end, bool(event.flow_style)
        )
        inside = node if node.flow else flow
        for inner in self._events:
            if type(inner).__name__.endswith("EndEvent"):
                node.end = inner.end_mark.index
                break
            self._entry(inner, node, parent, inside)
        return node

    def _entry(self, event: Any, node: Node, parent: Entry | None, flow: Node | None) -> None:
        if node.kind == "mapping":
            key = self._node(event, parent, flow)
            event = next(self._events)
            start = key.start
        else:
            key, start = None, event.start_mark.index
            if not node.flow:
                start = self._dash(start, self._column(node.start))
        placeholder = Node("scalar", start, start)
        entry = Entry(key, placeholder, start, self._column(start), parent, flow)
        self.entries.append(entry)
        node.entries.append(entry)
        entry.value = self._node(event, entry, flow)

    def _dash(self, start: int, column: int) -> int:
        """Return where the `-` of an item stands that begins at or below it."""
        line = self._text.rfind("\n", 0, start) + 1
        while line > 0 and self._text[line + column : line + column + 1] != "-":
            line = self._text.rfind("\n", 0, line - 1) + 1
        return line + column

    def _column(self, index: int) -> int:
        return index - (self._text.rfind("\n", 0, index) + 1)


def _comment(found: Document, entries: list[Entry], scalars: list[Node]) -> None:
    """Give every comment, and a blank line where there are some, to the entry that it belongs to."""
    following, blank = 0, False
    for start, end in _notes(found.text, scalars):
        while following < len(entries) and entries[following].start < start:
            if blank:
                entries[following].before.append("")
            following, blank = following + 1, False
        note = found.text[start:end].rstrip()
        if note:
            _place(found, entries, following, start).extend([""] * blank + [note])
        blank = not note
    if blank and following < len(entries):
        entries[following].before.append("")
    if entries and "" in found.head:
        # What stands right above the first entry is said of it, the rest of the whole file.
        last = len(found.head) - found.head[::-1].index("") - 1
        entries[0].before[:0] = found.head[last:]
        del found.head[last:]
    elif entries and entries[0].before[:1] != [""]:
        entries[0].before[:0], found.head = found.head, []


def _place(found: Document, entries: list[Entry], following: int, start: int) -> list[str]:
    """Return the list that a comment belongs to, whose next entry is number `following`."""
    if following == 0:
        return found.head
    above = entries[following - 1]
    line = found.text.rfind("\n", 0, start) + 1
    if found.text[line:start].strip():
        return _outside(above, start).beside
    column = start - line
    inside = above.flow is not None and start < above.flow.end
    if following < len(entries):
        below = entries[following]
        if (inside and below.flow is above.flow) or (not inside and column <= below.column):
            return below.before
    elif column == 0:
        return found.foot
    owner = _outside(above, start)
    while owner.parent is not None and owner.flow is None and owner.column > column:
        owner = owner.parent
    return owner.after


def _outside(entry: Entry, start: int) -> Entry:
    """Return the entry, or the one around it whose brackets are not closed before a place."""
    while entry.flow is not None and entry.flow.end <= start and entry.parent is not None:
        entry = entry.parent
    return entry


def _notes(text: str, scalars: list[Node]) -> Iterator[tuple[int, int]]:
    """Yield where comments begin and end; a blank line is an empty one."""
    at = 0
    for node in [*(node for node in scalars if node.end > node.start), Node("scalar", len(text), len(text))]:
        for found in _NOTE.finditer(text, at, node.start):
            yield found.span()
        at = node.end
        if node.block:
            # The parser counts what follows a block of text as part of it, and the comment beside its sign.
            at = node.start + len(text[node.start : node.end].rstrip())
            if beside := _HEADER.match(text, node.start, at):
                yield beside.span(1)


_NOTE = re.compile(r"#[^\n]*|(?<=\n)[ \t]*(?=\n)")
_HEADER = re.compile(r"[|>][-+0-9]*[ \t]+(#[^\n]*)")
