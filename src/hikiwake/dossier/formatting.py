"""The one layout of dossiers: fields in the order of the form, short brackets on a line, the rest indented.

Comments stay with what they stand above or beside. What a file means does not change; that is checked each
time, so that a fault here could lose no word.
"""

from __future__ import annotations

import json
import re
from pathlib import Path as FilePath
from typing import Any

import msgspec

from hikiwake.core.dossier import (
    CitedFact,
    Dossier,
    Event,
    Name,
    Place,
    PlaceName,
    Position,
    Project,
    Reference,
    Stake,
)
from hikiwake.core.errors import BadInput
from hikiwake.dossier.reading import Malformed, parse
from hikiwake.dossier.reading import Place as Spot
from hikiwake.dossier.syntax import Document, Entry, Node, document
from hikiwake.dossier.validation import content_of

WIDTH = 110
"""Brackets that would end beyond it are opened into lines."""
STEP = 2
CLAIM = (
    "id", "says", "document", "quantity", "about", "event", "events", "place", "project", "projects",
    "who", "part", "of", "among", "from", "to", "in", "within", "since", "value", "sources", "open",
    "note",
)  # fmt: skip
"""The order of a claim's fields, as the sentence goes: who, what, when, how much."""


def _fields(form: type[Any]) -> tuple[str, ...]:
    return tuple(field.encode_name for field in msgspec.structs.fields(form))


# Where a mapping stands, without the numbers of items -> the order of its fields.
ORDER: dict[tuple[str, ...], tuple[str, ...]] = {
    (): _fields(Dossier),
    ("places",): _fields(Place),
    ("places", "names"): _fields(PlaceName),
    ("events",): _fields(Event),
    ("positions",): _fields(Position),
    ("projects",): _fields(Project),
    ("projects", "partners"): _fields(Stake),
    ("facts",): _fields(CitedFact),
    ("claims",): CLAIM,
    ("references",): _fields(Reference),
    ("references", "author"): _fields(Name),
}
PARTS = frozenset({"dispute", "scenarios", *(path[0] for path in ORDER if path)})
"""The parts of a dossier that an empty line sets off."""


def formatted(content: bytes) -> bytes:
    """Return the bytes of a file in the one layout; raises `Malformed` where the safe reader does."""
    before = parse(content)
    if not isinstance(before.tree, dict):
        raise Malformed(Spot(1, 1), "a mapping is needed", "Begin with `hikiwake: 1`.")
    text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    after = _written(document(text)).encode()
    if parse(after).tree != before.tree:
        reason = "its layout is too unusual to be written anew without a change of meaning"
        raise Malformed(Spot(1, 1), reason, "Write it more plainly: no text over several lines in brackets.")
    return after


def formatted_file(path: FilePath) -> bytes | None:
    """Return a file's bytes in the one layout, or None where it has it already; `BadInput` as `read` does."""
    content = content_of(path)
    try:
        after = formatted(content)
    except Malformed as fault:
        where = f"{path}:{fault.place.line}:{fault.place.column}"
        raise BadInput(where=where, why=fault.reason, remedy=fault.remedy) from fault
    return after if after != content else None


def _written(found: Document) -> str:
    lines = [*found.head, *_mapping(found.text, found.root, 0, ()), *found.foot]
    return "\n".join(lines).strip("\n") + "\n"


def _mapping(text: str, node: Node, indent: int, path: tuple[str, ...]) -> list[str]:
    """Return the lines of a mapping that is not in brackets."""
    lines: list[str] = []
    for entry in _ordered(node, path):
        if not path and entry.name in PARTS and entry.value.entries and "" not in entry.before:
            lines.append("")
        head = " " * indent + _scalar(text, entry.key or entry.value) + ":"
        lines += _entry(text, entry, head, indent, (*path, entry.name))
    return lines


def _sequence(text: str, node: Node, indent: int, path: tuple[str, ...]) -> list[str]:
    head = " " * indent + "-"
    return [line for entry in node.entries for line in _entry(text, entry, head, indent, path)]


def _entry(text: str, entry: Entry, head: str, indent: int, path: tuple[str, ...]) -> list[str]:
    value, margin = entry.value, " " * indent
    beside = "  " + "  ".join(entry.beside) if entry.beside else ""
    above, below = (
        [margin + note if note else "" for note in notes] for notes in (entry.before, entry.after)
    )
    if value.block:
        return [*above, *_block(text, value, head, beside, indent), *below]
    inline = "" if _needs_lines(value) else _inline(text, value, path)
    if inline and (not value.entries or len(head) + 1 + len(inline) <= WIDTH):
        return [*above, f"{head} {inline}{beside}", *below]
    write = _sequence if value.kind == "sequence" else _mapping
    inner = write(text, value, indent + STEP, path)
    first = next(n for n, line in enumerate(inner) if line and not line.lstrip().startswith("#"))
    notes = [line for line in inner[:first] if line]
    if entry.key is not None:
        return [*above, head + beside, *notes, *inner[first:], *below]
    # An item's first line stands beside its sign; what is noted above that line goes above the sign.
    notes = [*(margin + note for note in entry.beside), *(line[STEP:] for line in notes)]
    return [*above, *notes, f"{head} {inner[first].lstrip()}", *inner[first + 1 :], *below]


def _ordered(node: Node, path: tuple[str, ...]) -> list[Entry]:
    order = {name: number for number, name in enumerate(ORDER.get(path, ()))}
    return sorted(node.entries, key=lambda entry: order.get(entry.name, len(order)))


def _needs_lines(node: Node) -> bool:
    """Say whether a value cannot stand in brackets: it was given lines, or comments are inside."""
    if node.kind == "scalar":
        return bool(node.block)
    noted = any(
        [note for note in entry.before if note] or entry.beside or entry.after for entry in node.entries
    )
    return (not node.flow and bool(node.entries)) or noted or any(_needs_lines(e.value) for e in node.entries)


def _inline(text: str, node: Node, path: tuple[str, ...]) -> str:
    if node.kind == "scalar":
        return _scalar(text, node)
    if node.kind == "sequence":
        return "[" + ", ".join(_inline(text, entry.value, path) for entry in node.entries) + "]"
    pairs = (
        f"{_scalar(text, entry.key or entry.value)}: {_inline(text, entry.value, (*path, entry.name))}"
        for entry in _ordered(node, path)
    )
    return "{" + ", ".join(pairs) + "}"


def _scalar(text: str, node: Node) -> str:
    """Return a scalar as its author wrote it, on one line."""
    raw = text[node.start : node.end]
    if not raw.strip():
        return "null" if not node.value else _quoted(node.value)
    return _quoted(node.value) if "\n" in raw or node.block else raw


def _quoted(value: str) -> str:
    breaks = {"\u2028": "\\u2028", "\u2029": "\\u2029", "\ufeff": "\\ufeff"}
    return re.sub(
        "[\u2028\u2029\ufeff]", lambda found: breaks[found[0]], json.dumps(value, ensure_ascii=False)
    )


def _block(text: str, node: Node, head: str, beside: str, indent: int) -> list[str]:
    """Return a block of text with its lines moved to their new indentation."""
    sign, _, rest = text[node.start : node.end].partition("\n")
    chomping = "".join(letter for letter in sign.partition("#")[0] if letter in "-+")
    raw = rest.split("\n")
    filled = [line for line in raw if line.strip()]
    begins = min((len(line) - len(line.lstrip(" ")) for line in filled), default=0)
    if not filled or chomping == "+" or filled[0][begins : begins + 1] in {" ", "\t", "#"}:
        return [f"{head} {_quoted(node.value)}{beside}"]
    if any(character.isdigit() for character in sign.partition("#")[0]):
        return [f"{head} {_quoted(node.value)}{beside}"]
    while raw and not raw[-1].strip():
        raw.pop()
    margin = " " * (indent + STEP)
    lines = [margin + line[begins:] if line.strip() else "" for line in raw]
    return [f"{head} {node.block}{chomping}{beside}", *lines]
