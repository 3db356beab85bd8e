"""The boundary where a computed number becomes a statement with its provenance."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar, cast

import msgspec

from hikiwake.core.provenance import Dataset, Fact, Formula, Interval, Ledger, Period, Status
from hikiwake.store.tables import Tables

T = TypeVar("T")


class Scope(msgspec.Struct, frozen=True):
    """The products a number is about: one product, or a group given by code prefixes (none: all covered)."""

    kind: str
    id: str
    name: str
    prefixes: tuple[str, ...] = ()

    @property
    def subject(self) -> dict[str, str]:
        """How facts name it."""
        return {self.kind: self.id}

    @property
    def selector(self) -> dict[str, str]:
        """How the rows behind it are selected again."""
        if self.kind == "product":
            return {"product": self.id}
        return {"product": ",".join(f"{prefix}*" for prefix in self.prefixes)} if self.prefixes else {}


class Statements:
    """States facts drawn from the tables of a vintage into a ledger."""

    def __init__(self, tables: Tables, ledger: Ledger) -> None:
        self.tables = tables
        self.ledger = ledger
        self._kept: dict[Hashable, object] = {}

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returns, made once for all blocks of a brief that read the same rows."""
        if key not in self._kept:
            self._kept[key] = make()
        return cast(T, self._kept[key])

    def rows(self, table: str, where: Mapping[str, str]) -> str:
        """Return a selector, `dataset@version#table?column=value&...`, which the store can run again."""
        dataset = self.tables.dataset_of(table)
        conditions = "&".join(f"{column}={value}" for column, value in where.items())
        return f"{dataset.id}@{dataset.version}#{table}?{conditions}"

    def told(  # noqa: PLR0913  (one keyword for each field of a fact)
        self,
        formula: Formula,
        subject: dict[str, str],
        years: tuple[int, int],
        value: float | None,
        *,
        source: Dataset,
        inputs: tuple[str, ...],
        status: Status = "observed",
        interval: Interval | None = None,
        coverage: float | None = None,
        note: str = "",
    ) -> Fact:
        """State one number that rests on named inputs of a dataset, such as a dossier's entries."""
        fact = Fact(
            formula=formula.id,
            subject=subject,
            period=Period(*years),
            value=None if value is None else float(value),
            unit=formula.unit,
            inputs=inputs,
            interval=interval,
            coverage=coverage,
            status=status,
            note=note,
        )
        self.ledger.state(fact, formula, (source,))
        return fact

    def fact(  # noqa: PLR0913  (one keyword for each field of a fact)
        self,
        formula: Formula,
        subject: dict[str, str],
        years: int | tuple[int, int],
        value: float,
        *,
        table: str,
        where: Mapping[str, str] | tuple[Mapping[str, str], ...],
        note: str = "",
        status: Status = "observed",
        interval: Interval | None = None,
        coverage: float | None = None,
    ) -> Fact:
        """State one number. NaN and infinity become None (`missing`); a note must then say why."""
        period = Period.of(years) if isinstance(years, int) else Period(*years)
        dataset = self.tables.dataset_of(table)
        finite = math.isfinite(value)
        if not finite:
            status = "missing"
            note = note or "not defined: what it would be divided by, or compared with, is not in the data"
        elif status == "observed" and dataset.provisional_from and period.last >= dataset.provisional_from:
            status = "provisional"
        selections = (where,) if isinstance(where, Mapping) else where
        return self.told(
            formula,
            subject,
            (period.first, period.last),
            value if finite else None,
            source=dataset,
            inputs=tuple(self.rows(table, selection) for selection in selections),
            interval=interval,
            coverage=coverage,
            status=status,
            note=note,
        )
