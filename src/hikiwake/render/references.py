"""What a brief cites, for bibliographies: its datasets, producer first, and the sources of its dossier."""

from __future__ import annotations

import re
from typing import Any

from hikiwake.core.document import Brief
from hikiwake.core.provenance import Dataset
from hikiwake.render import bibliography
from hikiwake.render.bibliography import escaped, keyed

_YEAR = re.compile(r"\((\d{4})\)")


def csl(brief: Brief) -> list[dict[str, Any]]:
    """Return the datasets by id as CSL-JSON items, then the dossier's sources by their numbers."""
    return [*map(item, _datasets(brief)), *map(bibliography.item, brief.sources)]


def bibtex(brief: Brief) -> str:
    """Return the datasets by id as BibTeX entries, then the dossier's sources by their numbers."""
    return "\n".join([*map(entry, _datasets(brief)), *map(bibliography.entry, brief.sources)])


def entry(dataset: Dataset) -> str:
    """Return a dataset as a BibTeX entry."""
    fields = {
        "author": f"{{{escaped(dataset.producer)}}}",
        "title": escaped(dataset.title),
        "year": _year(dataset),
        "version": escaped(dataset.version),
        "note": escaped(f"{dataset.citation}. {dataset.licence}"),
    }
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{_key(dataset)},\n{body}\n}}\n"


def _datasets(brief: Brief) -> list[Dataset]:
    return [brief.ledger.datasets[name] for name in sorted(brief.ledger.datasets)]


def item(dataset: Dataset) -> dict[str, Any]:
    """Return a dataset as a CSL-JSON item."""
    content: dict[str, Any] = {
        "id": _key(dataset),
        "type": "dataset",
        "title": dataset.title,
        "author": [{"literal": dataset.producer}],
        "version": dataset.version,
        "note": f"{dataset.citation}. Licence: {dataset.licence}",
    }
    year = _year(dataset)
    return {**content, "issued": {"date-parts": [[int(year)]]}} if year else content


def _key(dataset: Dataset) -> str:
    """Return what a paper calls a dataset by: with its version, for it may cite two."""
    return keyed(f"{dataset.id}-{dataset.version}")


def _year(dataset: Dataset) -> str:
    """Return the year that a citation gives in brackets; empty where it gives none."""
    found = _YEAR.search(dataset.citation)
    return found.group(1) if found else ""
