"""Where a number comes from: units, periods, datasets, formulas, and the fact that joins them.

A `Fact` is one number that a person may see. It is made once, at the boundary where a computed
value becomes a statement; there is no arithmetic on facts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Literal

import msgspec

UnitKind = Literal[
    "money",
    "mass",
    "share",
    "points",
    "rate",
    "index",
    "ratio",
    "count",
    "rank",
    "distance",
    "persons",
    "score",
    "year",
    "duration",
    "amount",
]
IntervalKind = Literal["confidence", "bootstrap", "scenario range", "rounding", "standard error"]
Status = Literal["observed", "provisional", "flagged", "estimated", "simulated", "quoted", "missing"]


class Unit(msgspec.Struct, frozen=True):
    """A unit: the symbol that is printed in data, and the kind that decides how it is written in prose."""

    symbol: str
    kind: UnitKind


USD = Unit("USD", "money")
USD_2011 = Unit("USD at 2011 prices", "money")
TONNE = Unit("t", "mass")
SHARE = Unit("1", "share")
"""A share in [0, 1]; prose writes it as a percentage."""
POINTS = Unit("percentage points", "points")
PER_YEAR = Unit("1/year", "rate")
"""A growth rate per year as a number (0.05 is 5 % a year)."""
CHANGE = Unit("1", "rate")
"""A relative change over a period as a number (0.05 is 5 % more)."""
INDEX_100 = Unit("0-100", "index")
INDEX_1 = Unit("0-1", "index")
RATIO = Unit("ratio", "ratio")
COUNT = Unit("count", "count")
RANK = Unit("rank", "rank")
KM = Unit("km", "distance")
PERSONS = Unit("persons", "persons")
SCORE = Unit("standard normal units", "score")
YEAR = Unit("year", "year")
YEARS = Unit("years", "duration")


class Period(msgspec.Struct, frozen=True):
    """Calendar years, both included."""

    first: int
    last: int

    @classmethod
    def of(cls, year: int) -> Period:
        """Return the period of one year."""
        return cls(year, year)

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


class Interval(msgspec.Struct, frozen=True):
    """A range that says what it is: its level in (0, 1] and its kind."""

    low: float
    high: float
    level: float
    kind: IntervalKind


class Dataset(msgspec.Struct, frozen=True, omit_defaults=True):
    """One entry of the catalogue: who made the data, which version, under what terms, and what it covers.

    `scope` is what flows are of, as it stands in a sentence: "energy and minerals", "all products".
    """

    id: str
    version: str
    title: str
    producer: str
    licence: str
    citation: str
    coverage: str
    unit: str = ""
    note: str = ""
    scope: str = ""
    first_year: int | None = None
    last_year: int | None = None
    provisional_from: int | None = None


class Formula(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a number is computed; stands beside the function that computes it.

    `expression` is in plain notation (x_ijk: exports of i to j of product k), `range` in words or
    interval notation, `source` names paper and equation, `reads` the tables.
    """

    id: str
    name: str
    expression: str
    unit: Unit
    range: str
    source: str
    reads: tuple[str, ...]
    caution: str = ""


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """One number that a person may see.

    `subject` says of whom and what (exporter, importer, product, industry, economy, ...). `inputs`
    are `dataset@version#table?selector` (a query the store can run again) or ids of other facts.
    `coverage` is the share of the universe that the inputs hold. A `value` of None is a statement
    too; then `note` says why.
    """

    formula: str
    subject: dict[str, str]
    period: Period
    value: float | None
    unit: Unit
    inputs: tuple[str, ...]
    interval: Interval | None = None
    coverage: float | None = None
    status: Status = "observed"
    note: str = ""

    @property
    def id(self) -> str:
        """Content hash: the same statement has the same anchor in every format."""
        return hashlib.blake2b(_ENCODER.encode(self), digest_size=6).hexdigest()


_ENCODER = msgspec.json.Encoder(order="deterministic")


class Ledger(msgspec.Struct):
    """Everything a brief rests on: its facts, and the datasets and formulas they name.

    The one mutable type of the core: sections state facts into it while they are made.
    """

    facts: dict[str, Fact] = msgspec.field(default_factory=dict)
    datasets: dict[str, Dataset] = msgspec.field(default_factory=dict)
    formulas: dict[str, Formula] = msgspec.field(default_factory=dict)

    def state(self, fact: Fact, formula: Formula, datasets: tuple[Dataset, ...]) -> str:
        """Enter a fact with its formula and datasets; return its id.

        A non-finite value is a fault of the caller: undefined numbers are stated as None with a note.
        """
        if fact.value is not None and not (-1e300 < fact.value < 1e300):
            msg = f"a fact must be finite or None: {fact.formula} {fact.subject}"
            raise ValueError(msg)
        identity = fact.id
        self.facts[identity] = fact
        self.formulas[formula.id] = formula
        for dataset in datasets:
            self.datasets[dataset.id] = dataset
        return identity

    def only(self, identities: Iterable[str]) -> Ledger:
        """Return a ledger of the named facts, of the facts they were made from, and of what these name."""
        kept: dict[str, Fact] = {}
        waiting = list(identities)
        while waiting:
            identity = waiting.pop()
            if identity in kept or identity not in self.facts:
                continue
            kept[identity] = self.facts[identity]
            waiting += self.facts[identity].inputs
        facts = {identity: fact for identity, fact in self.facts.items() if identity in kept}
        named = {source.partition("@")[0] for fact in facts.values() for source in fact.inputs}
        formulas = {fact.formula for fact in facts.values()}
        return Ledger(
            facts,
            {name: dataset for name, dataset in self.datasets.items() if name in named},
            {name: formula for name, formula in self.formulas.items() if name in formulas},
        )

    def __getitem__(self, identity: str) -> Fact:
        return self.facts[identity]
