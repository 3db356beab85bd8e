"""A dossier's references: written as the Chicago Manual of Style has them, as CSL-JSON, as BibTeX.

Only the form is ours. What an author left out of a reference stays out, and no address is opened.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from hikiwake.core.dates import PartialDate
from hikiwake.core.document import Source
from hikiwake.core.dossier import Name, Reference
from hikiwake.render import dates

WHOLE = ("book", "report", "thesis", "legislation", "treaty", "dataset")
"""Types whose titles stand in italics; titles of parts (articles, pages) stand in quotation marks."""
BIBTEX = {
    "book": "book",
    "report": "techreport",
    "thesis": "phdthesis",
    "article": "article",
    "article-journal": "article",
    "article-newspaper": "article",
    "article-magazine": "article",
    "chapter": "incollection",
    "paper-conference": "inproceedings",
}
# CSL 1.0.2; a reference manager refuses an item of another type.
CSL_TYPES = frozenset(
    "article article-journal article-magazine article-newspaper bill book broadcast chapter classic dataset "
    "document entry figure graphic hearing interview legal_case legislation manuscript map motion_picture "
    "paper-conference patent periodical personal_communication post post-weblog regulation report review "
    "song speech standard thesis treaty webpage".split()
)
# BibTeX counts braces even behind a backslash, so none may stand in a text.
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{letter: f"\\{letter}" for letter in "&%$#_"},
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""BibTeX's own names."""
_KEY = re.compile(r"[^A-Za-z0-9_.-]")
_IN_ADDRESS = {letter: f"%{ord(letter):02X}" for letter in '{}\\"<>^`| '}


class Part(NamedTuple):
    """A piece of a written reference."""

    text: str
    italic: bool = False


def written(reference: Reference) -> tuple[Part, ...]:
    """Return a reference as in a bibliography: author, title, container, publisher, number, date, address."""
    whole = reference.type in WHOLE or not (reference.container or reference.publisher or reference.url)
    title = _stopped(reference.title)
    parts = [Part(f"{_stopped(_authors(reference.author))} ")] if reference.author else []
    parts.append(Part(title, italic=True) if whole else Part(f"“{title}”"))
    where = [Part(reference.container, italic=True)] if reference.container else []
    plain = (reference.publisher, reference.number, _day(reference))
    where += [Part(text) for text in plain if text]
    for place, part in enumerate(where):
        parts += [Part(", " if place else " "), part]
    if where:
        parts.append(Part("" if where[-1].text.endswith(".") else "."))
    if reference.url:
        parts.append(Part(f" {reference.url}."))
    return tuple(part for part in parts if part.text)


def item(source: Source) -> dict[str, Any]:
    """Return a reference as a CSL-JSON item, with the fields of the standard and nothing else."""
    reference = source.reference
    content: dict[str, Any] = {
        "id": reference.id,
        "type": _csl_type(reference.type),
        "title": reference.title,
    }
    if reference.author:
        content["author"] = [_csl_name(author) for author in reference.author]
    fields = {
        "publisher": reference.publisher,
        "container-title": reference.container,
        "number": reference.number,
        "URL": reference.url,
    }
    content |= {name: text for name, text in fields.items() if text}
    if reference.issued != "":
        content["issued"] = _csl_date(str(reference.issued))
    return content


def entry(source: Source) -> str:
    """Return a reference as a BibTeX entry; its key is the reference's id."""
    reference = source.reference
    issued = PartialDate.parse(reference.issued) if reference.issued != "" else None
    kind = BIBTEX.get(reference.type, "misc")
    held = {"article": "journal", "incollection": "booktitle", "inproceedings": "booktitle"}
    published = {"techreport": "institution", "phdthesis": "school", "misc": "howpublished"}
    container = held.get(kind, "howpublished" if kind == "misc" else "series")
    publisher = published.get(kind, "publisher")
    fields = {
        "author": " and ".join(_bibtex_name(author) for author in reference.author),
        "title": f"{{{escaped(reference.title)}}}",
        container: escaped(reference.container),
        publisher: escaped(", ".join(filter(None, (reference.container, reference.publisher))))
        if container == publisher
        else escaped(reference.publisher),
        "year": str(issued.first.year) if issued else "",
        "number": escaped(reference.number),
        "url": "".join(_IN_ADDRESS.get(letter, letter) for letter in reference.url),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    if issued and len(issued.text.partition("/")[0]) > len("2016"):
        lines.append(f"  month = {MONTHS[issued.first.month - 1]}")
    body = ",\n".join(lines)
    return f"@{kind}{{{keyed(reference.id)},\n{body}\n}}\n"


def keyed(text: str) -> str:
    """Return a text as the key of an entry, of letters that BibTeX takes there."""
    return _KEY.sub("-", text)


def escaped(text: str) -> str:
    """Return a text on one line, of which BibTeX and LaTeX read no sign as a command."""
    return "".join(_SPECIAL.get(letter, letter) for letter in " ".join(text.split()))


def _csl_type(name: str) -> str:
    return name if name in CSL_TYPES else "document"


def _stopped(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _day(reference: Reference) -> str:
    return dates.spoken(str(reference.issued)) if reference.issued != "" else ""


def _authors(authors: tuple[Name, ...]) -> str:
    first, *others = authors
    names = [first.literal or ", ".join(part for part in (first.family, first.given) if part)]
    names += [name.literal or " ".join(part for part in (name.given, name.family) if part) for name in others]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])}, and {names[-1]}"


def _csl_name(name: Name) -> dict[str, str]:
    fields = {"family": name.family, "given": name.given, "literal": name.literal}
    return {field: text for field, text in fields.items() if text}


def _csl_date(text: str) -> dict[str, Any]:
    """Return a date, or the two ends of a span, as date-parts; what is approximate says so."""
    held = PartialDate.parse(text)
    fine = len(held.text.partition("/")[0].split("-"))
    ends = [held.first] if "/" not in held.text else [held.first, held.last]
    parts = [[end.year, end.month, end.day][:fine] for end in ends]
    return {"date-parts": parts, "circa": True} if held.about else {"date-parts": parts}


def _bibtex_name(name: Name) -> str:
    if name.literal:
        return f"{{{escaped(name.literal)}}}"
    return ", ".join(escaped(part) for part in (name.family, name.given) if part)
