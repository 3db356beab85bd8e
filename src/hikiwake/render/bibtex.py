"""What a brief cites, as a BibTeX file: its datasets and the sources of its dossier."""

from __future__ import annotations

from hikiwake.core.document import Brief
from hikiwake.render.references import bibtex

SUFFIX = ".bib"


def render(brief: Brief, *, lang: str = "en") -> bytes:
    """Return the entries as UTF-8; the language plays no part."""
    del lang
    return bibtex(brief).encode("utf-8")
