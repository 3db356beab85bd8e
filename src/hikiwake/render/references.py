"""The datasets of a brief for bibliographies: CSL-JSON and BibTeX, producer first."""

from __future__ import annotations

import re
from typing import Any

from hikiwake.core.document import Brief
from hikiwake.core.provenance import Dataset

_YEAR = re.compile(r"\((\d{4})\)")
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{letter: f"\\{letter}" for letter in "{}&%$#_"},
}


def csl(brief: Brief) -> list[dict[str, Any]]:
    """Return the datasets as CSL-JSON items, by id."""
    return [item(dataset) for dataset in _datasets(brief)]


def bibtex(brief: Brief) -> str:
    """Return the datasets as BibTeX entries, by id."""
    return "\n".join(entry(dataset) for dataset in _datasets(brief))


def entry(dataset: Dataset) -> str:
    """Return a dataset as a BibTeX entry."""
    fields = {
        "author": f"{{{_escaped(dataset.producer)}}}",
        "title": _escaped(dataset.title),
        "year": _year(dataset),
        "version": _escaped(dataset.version),
        "note": _escaped(f"{dataset.citation}. {dataset.licence}"),
    }
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{dataset.id},\n{body}\n}}\n"


def _datasets(brief: Brief) -> list[Dataset]:
    return [brief.ledger.datasets[name] for name in sorted(brief.ledger.datasets)]


def item(dataset: Dataset) -> dict[str, Any]:
    """Return a dataset as a CSL-JSON item."""
    content: dict[str, Any] = {
        "id": dataset.id,
        "type": "dataset",
        "title": dataset.title,
        "author": [{"literal": dataset.producer}],
        "version": dataset.version,
        "note": f"{dataset.citation}. Licence: {dataset.licence}",
    }
    year = _year(dataset)
    return {**content, "issued": {"date-parts": [[int(year)]]}} if year else content


def _year(dataset: Dataset) -> str:
    """Return the year that a citation gives in brackets; empty where it gives none."""
    found = _YEAR.search(dataset.citation)
    return found.group(1) if found else ""


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in text)
