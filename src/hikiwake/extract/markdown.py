"""Plain text and Markdown into blocks: what marks it up (links, emphasis, rules of tables) is left out."""

from __future__ import annotations

import re

from hikiwake.extract.blocks import Block, Builder, Kind, Lines

# What is left out of a line; a group that is called `text` stays.
_MARKUP = re.compile(
    r"!?\[(?P<text>[^\[\]]{0,500})\]\([^()\s]{0,2000}(?: \"[^\"]{0,200}\")?\)"  # links and pictures
    r"|\[\^[^\]\s]{1,40}\]:?"  # marks of footnotes
    r"|<(?P<address>(?:https?://|mailto:)[^\s<>]{1,2000})>"
    r"|<!--.{0,2000}?-->"
    r"|\\(?=[!-/:-@\[-`{-~])"  # the backslash before a sign that is meant literally
    r"|\*{1,3}|`+|~~|(?<!\w)_{1,3}(?=\w)|(?<=\w)_{1,3}(?!\w)"
)
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+")
_PREFIX = re.compile(r"\s*(?:(?:>\s?)+|[-*+•·]\s+)")
_RULE = frozenset("|:-=_* ")
"""Letters of a line that only rules a table or a page."""


def blocks(text: str) -> list[Block]:
    """Return the blocks of a text; an empty line or a change of kind ends one."""
    builder = Builder(Lines(text))
    offset = 0
    kind: Kind = "paragraph"
    for line in text.split("\n"):
        heading, prefix = _HEADING.match(line), _PREFIX.match(line)
        own: Kind = "heading" if heading else "row" if line.lstrip().startswith("|") else "paragraph"
        rule = _RULE.issuperset(line.strip())  # so is an empty line
        if rule or prefix or own != "paragraph" or kind != "paragraph":
            builder.close(kind)
        if not rule:
            kind = own
            skip = heading.end() if heading else prefix.end() if prefix else 0
            _line(builder, line, offset, skip)
            builder.add(" ", offset + len(line))
        offset += len(line) + 1
    builder.close(kind)
    return builder.blocks


def _line(builder: Builder, line: str, offset: int, start: int) -> None:
    end = start
    for found in _MARKUP.finditer(line, start):
        builder.add(line[end : found.start()], offset + end)
        for group in ("text", "address"):
            if found[group]:
                _line(builder, line[: found.end(group)], offset, found.start(group))
        end = found.end()
    builder.add(line[end:], offset + end)
