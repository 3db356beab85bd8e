"""Sentences, cells and numbers of a brief as HTML, everything escaped.

A page has thousands of them: as macros of the template they took a fifth of its time more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from markupsafe import Markup, escape

from hikiwake.core.document import Cell, Mark, Prose
from hikiwake.core.provenance import Fact
from hikiwake.render.language import FactRun, LabelRun, PeriodRun, Run
from hikiwake.render.outline import Words

DASH = "–"


def markup(made: str) -> Markup:
    """Return HTML that is made of our own tags and escaped texts as such."""
    return Markup(made)  # noqa: S704  (the one place: each text of a brief has gone through `escape`)


class Spans:
    """Writes the small parts of one page; `exact` is how a fact's value is written for programs."""

    def __init__(self, words: Words, exact: Callable[[Fact], str]) -> None:
        self.words = words
        self.exact = exact

    def number(self, identity: str, text: str, doubt: str = "") -> Markup:
        """Return a number that leads to its line in the list at the end, with what is doubtful about it."""
        value = escape(self.exact(self.words.ledger[identity]))
        link = f'<a href="#f-{identity}">{escape(text)}</a>'
        mark = f' <span class="mark">({escape(doubt)})</span>' if doubt else ""
        return markup(f'<data class="fact" data-fact="{identity}" value="{value}">{link}</data>{mark}')

    def marks(self, numbers: str) -> Markup:
        """Return the numbers of sources, each leading to its line among the references."""
        linked = (f'<a href="#r-{escape(one)}">{escape(one)}</a>' for one in numbers.split(","))
        return markup(f"[{', '.join(linked)}]")

    def say(self, prose: Prose) -> Markup:
        """Return a sentence."""
        return markup("".join(map(self._run, self.words.runs(prose))))

    def sentences(self, all_of_them: Iterable[Prose]) -> Markup:
        """Return sentences, one after the other."""
        return markup(" ".join(map(self.say, all_of_them)))

    def cell(self, cell: Cell | Mark | None) -> Markup:
        """Return what stands in a cell; a dash where nothing does."""
        if cell and cell.fact:
            return self.number(cell.fact, self.words.shown(cell), self.words.doubt(cell))
        if not isinstance(cell, Cell):
            return markup(DASH)
        if cell.said:
            return self.say(cell.said)
        if cell.label and cell.label.kind == "cite":
            return self.marks(cell.label.id)
        if cell.label:
            name = self.words.language.label(cell.label, "cap")
            kind = "label address" if "://" in name else "label"
            return markup(f'<span class="{kind}">{escape(name)}</span>')
        return markup(DASH)

    def _run(self, run: Run) -> str:
        if isinstance(run, FactRun):
            return self.number(run.fact, run.text)
        if isinstance(run, PeriodRun):
            return f'<time data-fact="{run.fact}">{escape(run.text)}</time>'
        if isinstance(run, LabelRun):
            return (
                self.marks(run.id) if run.kind == "cite" else f'<span class="label">{escape(run.text)}</span>'
            )
        return escape(run.text)
