"""What the reader gets: each section turns a context into a `Section`. Sections do not know each other."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from hikiwake.core.country import Country
from hikiwake.core.dossier import Dossier
from hikiwake.core.provenance import Dataset
from hikiwake.measures.statement import Statements


class Context(NamedTuple):
    """What a section works from: the pair in the reader's order, the year, and where to state facts."""

    a: Country
    b: Country
    year: int
    say: Statements
    last_year: int | None = None
    """The last year a reader may see (an as-of date), or None."""
    dossier: Dossier | None = None
    """What people know of the pair that no table holds, without what lay in the future of the as-of date."""
    source: Dataset | None = None
    """The dossier as a dataset, of which facts are stated."""
    as_of: date | None = None
    dossier_file: str = ""
    """The dossier's file, where it is the reader's own."""
    top: int | None = None
    """How many products, partners or industries a table or figure shows; None leaves it to the section."""

    def most(self, usual: int) -> int:
        """Return how many rows are shown where the section would show so many."""
        return usual if self.top is None else self.top

    @property
    def program(self) -> str:
        """How a command begins that asks the same data."""
        return f"hikiwake{self.say.tables.vintage.option}"

    @property
    def directions(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Both (exporter, importer) directions, a's exports first."""
        return (self.a.id, self.b.id), (self.b.id, self.a.id)
