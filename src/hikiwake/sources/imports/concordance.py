"""Concordances between revisions of the Harmonised System, as the United Nations and WITS publish them.

A concordance says which product of another revision a product is. Where it names several, nobody can say
how much of a flow is of which, so the flow is not converted; conversion tables name one product each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports import unread
from hikiwake.sources.imports.long import rows_of
from hikiwake.sources.imports.streams import ABOVE, Layout, Stream, layout, table_of

_YEARS = {"1988/92": "92", "1988": "92"}
_LETTERS = {f"H{n}": year for n, year in enumerate(("92", "96", "02", "07", "12", "17", "22"))}
_NAMED = re.compile(
    r"HS ?-? ?(1988/92|1988|1992|1996|2002|2007|2012|2017|2022|92|96|02|07|12|17|22)\b|\b(H[0-6])\b"
)
_CODE = re.compile(r"\d{6}")


class Concordance(msgspec.Struct, frozen=True):
    """From products of one revision to those of another, and the names of the latter.

    `targets` has for each product all that it may be; `partial` counts lines that say "in part" (ex).
    """

    source: str
    target: str
    targets: dict[str, frozenset[str]]
    names: dict[str, str]
    partial: int

    @property
    def certain(self) -> dict[str, str]:
        """The products that are one product of the other revision."""
        return {code: next(iter(found)) for code, found in self.targets.items() if len(found) == 1}

    @property
    def ambiguous(self) -> list[str]:
        """The products that may be several."""
        return sorted(code for code, found in self.targets.items() if len(found) > 1)


def revision(text: str) -> str:
    """Return the revision that a text names, as "HS92"; empty where it names none.

    Examples
    --------
    >>> [revision(name) for name in ("HS 1988/92 Product Code", "From HS 2017", "HS07", "H4", "x")]
    ['HS92', 'HS17', 'HS07', 'HS12', '']
    """
    found = _NAMED.search(text)
    return _revision(found) if found else ""


def revisions(text: str) -> set[str]:
    """Return all revisions that a text names."""
    return {_revision(found) for found in _NAMED.finditer(text)}


def _revision(found: re.Match[str]) -> str:
    if found[2]:
        return f"HS{_LETTERS[found[2]]}"
    return f"HS{_YEARS.get(found[1], found[1][-2:])}"


def read(path: Path, source: str, target: str) -> Concordance:
    """Read the concordance from one revision to another; the file may have it in either direction.

    Raises `BadInput` where its header does not name both revisions, or no line of it has two codes.
    """
    unread.refuse((path,))
    stream = table_of(path)
    found = _below_its_title(stream, {source, target})
    places = _places(found.header)
    if not places.keys() >= {source, target}:
        raise BadInput(
            where=f"{stream.name}, line 1",
            why=f"it names {', '.join(places) or 'no revision'}, and {source} to {target} is wanted",
            remedy="Take the table of these two from the United Nations' or WITS's page of concordances.",
        )
    targets: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    described = _description(found, target)
    partial = 0
    for row in rows_of(stream, found):
        if len(row) <= max(places[source], places[target]):
            continue
        (old, some), (new, others) = (code_of(row[places[end]]) for end in (source, target))
        partial += some or others
        if old and new:
            targets.setdefault(old, set()).add(new)
            if described is not None and described < len(row):
                names.setdefault(new, " ".join(row[described].split()))
    if not targets:
        raise BadInput(
            where=stream.name,
            why="no line of it has two codes of six digits",
            remedy="Give the table as CSV.",
        )
    return Concordance(source, target, {k: frozenset(v) for k, v in targets.items()}, names, partial)


def _below_its_title(stream: Stream, wanted: set[str]) -> Layout:
    """Look at a table, whose header may stand below a title."""
    found = layout(stream)
    for line in (found.header, *found.sample[:ABOVE]):
        names = [name.strip() for name in line]
        if _places(names).keys() >= wanted:
            return layout(stream, frozenset(name for name in names if revision(name)))
    return found


def _places(header: Sequence[str]) -> dict[str, int]:
    """Return the columns of codes by their revision: the first that names it and is no description."""
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        which = revision(name)
        if which and "desc" not in name.lower() and which not in places:
            places[which] = place
    return places


def _description(found: Layout, target: str) -> int | None:
    fitting = (
        n for n, name in enumerate(found.header) if "desc" in name.lower() and revision(name) == target
    )
    return next(fitting, None)


def code_of(cell: str) -> tuple[str, bool]:
    """Return a cell's code of six digits (empty without one), and whether it says "in part"."""
    text = cell.strip().lstrip("'")  # so a spreadsheet is told that it is text
    part = text.lower().startswith("ex")
    digits = re.sub(r"[ .]", "", re.sub(r"^ex", "", text, flags=re.IGNORECASE))
    if len(digits) == 5 and digits.isdigit():
        digits = f"0{digits}"  # a spreadsheet took it
    return (digits, part) if _CODE.fullmatch(digits) else ("", part)
