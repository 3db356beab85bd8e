"""What the reader gets: each section turns a context into a `Section`. Sections do not know each other."""

from __future__ import annotations

from typing import NamedTuple

from hikiwake.core.country import Country
from hikiwake.measures.statement import Statements


class Context(NamedTuple):
    """What a section works from: the pair in the reader's order, the year, and where to state facts."""

    a: Country
    b: Country
    year: int
    say: Statements
    last_year: int | None = None
    """The last year a reader may see (an as-of date), or None."""

    @property
    def directions(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Both (exporter, importer) directions, a's exports first."""
        return (self.a.id, self.b.id), (self.b.id, self.a.id)
