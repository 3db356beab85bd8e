"""What a brief cites, as RIS: the form that every reference manager reads.

Tags and types are those of the format's 2011 revision ("RIS Format Specifications", Research Information
Systems); lines end as it asks, with a carriage return and a line feed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hikiwake.core.document import Brief
from hikiwake.render.references import csl

SUFFIX = ".ris"

# What CSL calls it, and what RIS does; all else is generic.
TYPES = {
    "article": "JOUR",
    "article-journal": "JOUR",
    "article-magazine": "MGZN",
    "article-newspaper": "NEWS",
    "bill": "BILL",
    "book": "BOOK",
    "chapter": "CHAP",
    "dataset": "DATA",
    "legal_case": "CASE",
    "legislation": "STAT",
    "map": "MAP",
    "paper-conference": "CONF",
    "report": "RPRT",
    "speech": "HEAR",
    "standard": "STAND",
    "thesis": "THES",
    "webpage": "ELEC",
}
GENERIC = "GEN"
_TAGS = {
    "title": "TI",
    "container-title": "T2",
    "publisher": "PB",
    "number": "M1",
    "version": "ET",
    "URL": "UR",
    "note": "N1",
}


def render(brief: Brief, *, lang: str = "en") -> bytes:
    """Return the references as UTF-8; the language plays no part."""
    del lang
    return "".join(f"{line}\r\n" for item in csl(brief) for line in _lines(item)).encode("utf-8")


def _lines(item: dict[str, Any]) -> Iterator[str]:
    yield f"TY  - {TYPES.get(item['type'], GENERIC)}"
    yield f"ID  - {_one_line(item['id'])}"
    for author in item.get("author", ()):
        names = (author.get("family"), author.get("given"))
        yield f"AU  - {_one_line(author.get('literal') or ', '.join(name for name in names if name))}"
    for field, tag in _TAGS.items():
        if item.get(field):
            yield f"{tag}  - {_one_line(item[field])}"
    if "issued" in item:
        year, *rest = item["issued"]["date-parts"][0]
        month, day = (*(f"{part:02}" for part in rest), "", "")[:2]
        yield f"PY  - {year:04}"
        yield f"DA  - {year:04}/{month}/{day}/"
    yield "ER  - "


def _one_line(text: str) -> str:
    # A line that began with a tag would be read as a field of its own.
    return " ".join(text.split())
