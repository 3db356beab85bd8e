"""A set of facts as a person works with it: look one up, or take them all to a table."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from hikiwake.core.errors import Environment, NoData
from hikiwake.core.provenance import Dataset, Fact, Formula, Ledger

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]
    import polars as pl
    import pyarrow as pa  # type: ignore[import-untyped]

SHOWN = 40
LONGEST_CELL = 100
"""Rows and signs that a notebook shows; at most 40 KB a table, so that saved notebooks stay small."""


class FactSet:
    """Facts in the order in which they were stated, with the datasets and formulas they name.

    Immutable; two sets are equal when they hold the same facts.
    """

    __slots__ = ("_ledger", "_title")

    def __init__(self, ledger: Ledger, title: str = "") -> None:
        # A copy: who goes on stating facts into the ledger does not change this set.
        self._ledger = Ledger(dict(ledger.facts), dict(ledger.datasets), dict(ledger.formulas))
        self._title = title

    @property
    def title(self) -> str:
        """What the facts are about."""
        return self._title

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._ledger.facts.values())

    def __len__(self) -> int:
        return len(self._ledger.facts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FactSet) and list(self._ledger.facts) == list(other._ledger.facts)

    def __hash__(self) -> int:
        return hash(tuple(self._ledger.facts))

    def __getitem__(self, which: str | int) -> Fact:
        """Return a fact by its id, or by its place; `NoData` for an id that none of them has."""
        if isinstance(which, int):
            return list(self)[which]
        if which not in self._ledger.facts:
            raise NoData(
                where=f"number {which!r}",
                why=f"none of the {len(self)} facts of {self._title or 'this set'} has this id",
                remedy="Look for it with .where(formula, year=..., exporter=...), or take .to_pandas().",
            )
        return self._ledger.facts[which]

    @property
    def ledger(self) -> Ledger:
        """The facts with their datasets and formulas."""
        return self._ledger

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """The datasets the facts were drawn from."""
        return tuple(self._ledger.datasets.values())

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """The formulas the facts were made with."""
        return tuple(self._ledger.formulas.values())

    def where(self, formula: str | None = None, *, year: int | None = None, **subject: str) -> FactSet:
        """Return the facts of a formula, a year and a subject (`exporter="RUS"`, `product="270900"`)."""
        kept = {
            identity: fact
            for identity, fact in self._ledger.facts.items()
            if (formula is None or fact.formula == formula)
            and (year is None or fact.period.last == year)
            and all(fact.subject.get(name) == value for name, value in subject.items())
        }
        # The facts that these were made from vouch for datasets, but nobody asked for them here.
        behind = self._ledger.only(kept)
        formulas = {fact.formula: self._ledger.formulas[fact.formula] for fact in kept.values()}
        return FactSet(Ledger(kept, behind.datasets, formulas), self.title)

    def get(self, formula: str, *, year: int | None = None, **subject: str) -> Fact:
        """Return the one fact of a formula and subject; `NoData` when there is none or more than one."""
        found = list(self.where(formula, year=year, **subject))
        if len(found) != 1:
            known = sorted({fact.formula for fact in self})
            raise NoData(
                where=f"{formula} of {subject or 'anything'}",
                why=f"{len(found)} facts answer to that",
                remedy="Name the subject more closely." if found else f"There are: {', '.join(known)}.",
            )
        return found[0]

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return one flat record a fact.

        The columns are the same for all records of a set: id, measure, what any of the facts is about
        (exporter, importer, product, ...; None where a fact has no such thing), first_year, last_year, value,
        unit, low, high, interval, coverage, status, note, dataset, version, inputs.
        """
        names = list(dict.fromkeys(name for fact in self for name in fact.subject))
        return [self._record(fact, names) for fact in self]

    def to_pandas(self) -> pd.DataFrame:
        """Return the records as a pandas frame."""
        made: pd.DataFrame = _imported("pandas").DataFrame(self.to_dicts())
        return made

    def to_polars(self) -> pl.DataFrame:
        """Return the records as a polars frame."""
        made: pl.DataFrame = _imported("polars").DataFrame(self.to_dicts(), infer_schema_length=None)
        return made

    def to_arrow(self) -> pa.Table:
        """Return the records as an Arrow table."""
        return _imported("pyarrow").Table.from_pylist(self.to_dicts())

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Hand the records to any library that speaks Arrow (polars, pandas, duckdb)."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def to_json(self) -> bytes:
        """Return facts, datasets and formulas as JSON."""
        content = {
            "title": self.title,
            "facts": self.to_dicts(),
            "formulas": list(self.formulas),
            "datasets": list(self.datasets),
        }
        return msgspec.json.format(msgspec.json.encode(content), indent=1)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.title}, {len(self)} facts>"

    def _repr_html_(self) -> str:
        """Return a small table for notebooks; everything is escaped and long sets are cut."""
        head = ("measure", "subject", "period", "value", "unit", "status")
        rows = []
        for fact in list(self)[:SHOWN]:
            cells = (
                self._ledger.formulas[fact.formula].name,
                ", ".join(fact.subject.values()),
                str(fact.period),
                "no data" if fact.value is None else f"{fact.value:,.6g}",
                fact.unit.symbol,
                fact.status,
            )
            rows.append("".join(f"<td>{html.escape(cell[:LONGEST_CELL])}</td>" for cell in cells))
        cut = len(self) - SHOWN
        more = f"<p>and {cut} more</p>" if cut > 0 else ""
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        heads = "".join(f"<th>{name}</th>" for name in head)
        caption = f"<caption>{html.escape(self.title)}</caption>"
        return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>{more}"

    def _record(self, fact: Fact, names: list[str]) -> dict[str, Any]:
        used = [self._ledger.datasets[name] for name in self._sources(fact)]
        return {
            "id": fact.id,
            "measure": fact.formula,
            **{name: fact.subject.get(name) for name in names},
            "first_year": fact.period.first,
            "last_year": fact.period.last,
            "value": fact.value,
            "unit": fact.unit.symbol,
            "low": fact.interval.low if fact.interval else None,
            "high": fact.interval.high if fact.interval else None,
            "interval": fact.interval.kind if fact.interval else None,
            "coverage": fact.coverage,
            "status": fact.status,
            "note": fact.note or None,
            "dataset": "; ".join(dataset.id for dataset in used),
            "version": "; ".join(dataset.version for dataset in used),
            "inputs": "; ".join(fact.inputs),
        }

    def _sources(self, fact: Fact) -> list[str]:
        """Return the ids of the datasets behind a fact, also where it was made from other facts."""
        named: dict[str, None] = {}
        for source in fact.inputs:
            inner = self._ledger.facts.get(source)
            for name in self._sources(inner) if inner else [source.partition("@")[0]]:
                if name in self._ledger.datasets:
                    named[name] = None
        return list(named)


def _imported(package: str) -> Any:
    from importlib import import_module

    try:
        return import_module(package)
    except ImportError as fault:
        raise Environment(
            where=f"{package} tables",
            why=f"the package {package} is not installed",
            remedy='Install it with: pip install "hikiwake[frames]"',
        ) from fault
