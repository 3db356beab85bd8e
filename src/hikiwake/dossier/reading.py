"""YAML of unknown origin, read as plain values with their places. Nothing in a file is run or followed.

Aliases, anchors, tags, merge keys, several documents and repeated keys are refused; size, depth and number of
nodes are limited; YAML 1.2 rules, so that `NO` is Norway. The parser's events are turned into values here, so
that no constructor of the library ever runs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

BYTES = 2 * 2**20
DEPTH = 32
NODES = 100_000

Path = tuple[str | int, ...]
Tree = Any
"""dict, list, str, int, float, bool or None."""

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


class Place(NamedTuple):
    """A line and a column of a file, counted from 1."""

    line: int
    column: int


class Malformed(ValueError):
    """The file is not YAML as dossiers allow it."""

    def __init__(self, place: Place, reason: str, remedy: str) -> None:
        self.place, self.reason, self.remedy = place, reason, remedy
        super().__init__(reason)


class Source(NamedTuple):
    """A file's values and where each stands: of an entry of a mapping, the place of its key."""

    tree: Tree
    places: dict[Path, Place]

    def place(self, path: Path) -> Place:
        """Return the place of a value, or of the nearest thing around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(1, 1))


def parse(content: bytes) -> Source:
    """Read the bytes of a file; raises `Malformed` at the first thing that is not allowed."""
    text = _decoded(content)
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return _Builder(YAML(typ="safe", pure=True).parse(text)).source()
    except MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
        raise Malformed(place, f"not YAML: {fault.problem or fault.context}", _SPACES) from fault
    except (YAMLError, ValueError, RecursionError, OverflowError) as fault:
        if isinstance(fault, Malformed):
            raise
        raise Malformed(Place(1, 1), f"not YAML: {str(fault).splitlines()[0][:200]}", _SPACES) from fault


_SPACES = "Check indentation (spaces, no tabs), quotes and brackets near this place."


def _decoded(content: bytes) -> str:
    if len(content) > BYTES:
        raise Malformed(Place(1, 1), f"larger than {BYTES // 2**20} MiB", "Split it into several dossiers.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        found = content[: fault.start].count(b"\n") + 1
        raise Malformed(Place(found, 1), "not UTF-8", "Save the file with the encoding UTF-8.") from fault
    if unseen := _UNSEEN.search(text):
        line = text.rfind("\n", 0, unseen.start()) + 1
        _refuse(unseen[0], Place(text.count("\n", 0, line) + 1, unseen.start() - line + 1))
    return text


def _refuse(letter: str, place: Place) -> None:
    code = f"U+{ord(letter):04X}"
    if "\u202a" <= letter <= "\u2069":
        raise Malformed(place, f"{code}, which turns the direction of the text after it", _DELETE)
    raise Malformed(place, f"control character {code}", _DELETE)


_DELETE = "Delete the character; it does not show, and the text would not be what it seems."
# Control characters, half characters, and what makes a text read otherwise than it is written.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)


class _Builder:
    """Builds values from the parser's events."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = iter(events)
        self._places: dict[Path, Place] = {}
        self._nodes = 0

    def source(self) -> Source:
        tree: Tree = None
        documents = 0
        for event in self._events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    raise Malformed(_place(event), "a second document begins", "Keep one document in a file.")
                tree = self._value(next(self._events), ())
        return Source(tree, self._places)

    def _value(self, event: Any, path: Path) -> Tree:
        self._nodes += 1
        place = _place(event)
        self._places.setdefault(path, place)
        if self._nodes > NODES:
            raise Malformed(place, f"more than {NODES:,} values", "Split it into several dossiers.")
        if len(path) > DEPTH:
            raise Malformed(
                place, f"nested deeper than {DEPTH} levels", "A dossier needs six levels at most."
            )
        kind = type(event).__name__
        if kind == "AliasEvent" or getattr(event, "anchor", None):
            raise Malformed(place, "an alias or anchor (* or &)", "Write the value out, or put it in quotes.")
        if getattr(event, "tag", None):
            raise Malformed(place, "a tag (!)", "Leave the tag out, or put the text in quotes.")
        if kind == "ScalarEvent":
            _seen(event)
            return _scalar(event)
        if kind == "SequenceStartEvent":
            return self._sequence(path)
        if kind == "MappingStartEvent":
            return self._mapping(path)
        raise Malformed(place, "an empty document", "Begin with `hikiwake: 1`; see `hikiwake dossier new`.")

    def _sequence(self, path: Path) -> list[Tree]:
        values: list[Tree] = []
        for event in self._events:
            if type(event).__name__ == "SequenceEndEvent":
                break
            values.append(self._value(event, (*path, len(values))))
        return values

    def _mapping(self, path: Path) -> dict[str, Tree]:
        values: dict[str, Tree] = {}
        for event in self._events:
            if type(event).__name__ == "MappingEndEvent":
                break
            place = _place(event)
            if (
                type(event).__name__ != "ScalarEvent"
                or getattr(event, "anchor", None)
                or len(event.value) > 200
            ):
                raise Malformed(place, "a key that is not a short text", "Write `name: value`.")
            key = str(event.value)
            _seen(event)
            if key == "<<":
                raise Malformed(place, "a merge key (<<)", "Write the values out.")
            if key in values:
                raise Malformed(place, f"the key {key!r} a second time", "Keep one of the two.")
            self._places[(*path, key)] = place
            values[key] = self._value(next(self._events), (*path, key))
        return values


def _place(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _seen(event: Any) -> None:
    """Refuse in quotes what an escape would smuggle in, as where it stands there itself."""
    if event.style == '"' and (found := _UNSEEN.search(event.value)):
        _refuse(found[0], _place(event))


def _scalar(event: Any) -> Tree:
    text = str(event.value)
    if event.style:  # quoted or a block: text as it stands
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    return text
