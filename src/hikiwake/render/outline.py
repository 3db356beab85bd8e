"""What every text renderer walks: the brief's parts with their words filled in, and what they rest on."""

from __future__ import annotations

from collections.abc import Iterable

from hikiwake.core.document import AnyBlock, Brief, Caveat, Chart, Label, Prose, cited
from hikiwake.core.provenance import Dataset, Formula, Ledger
from hikiwake.render.language import Language, Run

CAVEAT_KEYS = {
    "partial coverage": "render.caveat_partial_coverage",
    "not comparable": "render.caveat_not_comparable",
    "provisional": "render.caveat_provisional",
    "mirrored": "render.caveat_mirrored",
    "one-sided": "render.caveat_one_sided",
    "no data": "render.caveat_no_data",
    "outlier": "render.caveat_outlier",
    "contested name": "render.caveat_contested_name",
    "concept": "render.caveat_concept",
}


class Words:
    """One brief in one language."""

    def __init__(self, brief: Brief, language: Language) -> None:
        self.brief = brief
        self.language = language
        self.ledger: Ledger = brief.ledger

    def runs(self, prose: Prose) -> tuple[Run, ...]:
        """Return a sentence as runs."""
        return self.language.runs(prose, self.ledger)

    def text(self, prose: Prose) -> str:
        """Return a sentence as text."""
        return self.language.text(prose, self.ledger)

    def word(self, key: str) -> str:
        """Return one of the renderers' own words."""
        return self.language.words(f"render.{key}")

    def caveat(self, caveat: Caveat) -> str:
        """Return the heading of a caveat."""
        return self.language.words(CAVEAT_KEYS[caveat.kind])

    def subtitle(self) -> str:
        """Return the line under the title."""
        brief = self.brief
        labels = {
            "year": _text(str(brief.year)),
            "vintage": _text(brief.vintage),
            "engine": _text(brief.engine),
        }
        if brief.as_of:
            return self.text(Prose("render.subtitle_as_of", {}, {**labels, "date": _text(brief.as_of)}))
        return self.text(Prose("render.subtitle", {}, labels))

    def filled(self, key: str, **values: str) -> str:
        """Fill one of the renderers' own templates with plain words."""
        return self.text(Prose(f"render.{key}", {}, {name: _text(value) for name, value in values.items()}))

    def sources(self, block: AnyBlock) -> tuple[Dataset, ...]:
        """Return the datasets a block rests on, in the order in which it first cites them."""
        return self.datasets(cited(block))

    def datasets(self, facts: Iterable[str]) -> tuple[Dataset, ...]:
        """Return the datasets that facts were drawn from."""
        named: dict[str, Dataset] = {}
        for identity in facts:
            fact = self.ledger.facts.get(identity)
            for source in fact.inputs if fact else ():
                dataset = self.ledger.datasets.get(source.partition("@")[0])
                if dataset is not None:
                    named.setdefault(dataset.id, dataset)
        return tuple(named.values())

    def source_line(self, block: AnyBlock) -> str:
        """Return the source line of a figure or table; empty when it shows no number."""
        found = self.sources(block)
        if not found:
            return ""
        return self.filled("source", sources="; ".join(f"{d.producer}, {d.version}" for d in found))

    def formulas(self) -> tuple[Formula, ...]:
        """Return the formulas behind the brief's facts, by name."""
        return tuple(sorted(self.ledger.formulas.values(), key=lambda formula: formula.name))

    def all_datasets(self) -> tuple[Dataset, ...]:
        """Return the datasets behind the brief's facts, by producer."""
        return tuple(sorted(self.ledger.datasets.values(), key=lambda d: (d.producer, d.id)))

    def unit_of(self, chart: Chart) -> str:
        """Return the unit symbol of a chart's numbers."""
        for series in chart.series:
            for mark in series.marks:
                return self.ledger[mark.fact].unit.symbol
        return ""


def _text(words: str) -> Label:
    return Label("text", words, words)
