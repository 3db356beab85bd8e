"""What the test of the potential found, as facts: from the record of the shipped data, or computed anew."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec

from hikiwake.core.provenance import Fact, Formula, Interval
from hikiwake.measures.covariates import DYADS
from hikiwake.measures.flows import FLAGS, FLOWS
from hikiwake.measures.potential import formulas, goods
from hikiwake.measures.potential.backtest import ALL, RULES, Backtest, Held, Result

if TYPE_CHECKING:
    from hikiwake.measures.statement import Statements
    from hikiwake.store.tables import Tables

RECORD = "backtest.json"
MADE_OF = (FLOWS, FLAGS, *formulas.READS[2:], DYADS)
LEVEL, NORMAL = 0.95, 1.959964


class Record(msgspec.Struct, frozen=True):
    """A test and the files that it was made of, by their checksums."""

    made_of: dict[str, str]
    found: Backtest


def made_of(tables: Tables) -> dict[str, str]:
    """Return the checksums of the files that a test of these tables reads."""
    return {
        file.file: file.sha256
        for entry in tables.vintage.entries()
        for file in entry.tables
        if file.name in MADE_OF
    }


def encoded(tables: Tables, found: Backtest) -> bytes:
    """Return the record of a test as it is kept with the package: six decimals, far beyond its errors."""
    rounded = msgspec.to_builtins(Record(made_of(tables), found))
    for kind in ("results", "held"):
        rounded["found"][kind] = [
            {key: round(value, 6) if isinstance(value, float) else value for key, value in one.items()}
            for one in rounded["found"][kind]
        ]
    return msgspec.json.format(msgspec.json.encode(rounded), indent=1) + b"\n"


@lru_cache(maxsize=1)
def _record() -> Record:
    raw = files("hikiwake.measures.potential").joinpath(RECORD).read_bytes()
    return msgspec.json.decode(raw, type=Record)


def kept(tables: Tables) -> Backtest | None:
    """Return the test that comes with the package; None where the tables are not the ones it was made of."""
    record = _record()
    return record.found if record.made_of == made_of(tables) else None


def stated(say: Statements, found: Backtest) -> dict[tuple[str, int, str], dict[str, Fact]]:
    """State a test; return its facts by group, horizon and rule (`held` for the intervals)."""
    out = {(one.group, one.horizon, one.rule): of_rule(say, one) for one in found.results}
    return out | {(one.group, one.horizon, "held"): of_interval(say, one) for one in found.held}


def of_rule(say: Statements, one: Result) -> dict[str, Fact]:
    """State what one rule was worth: `correlation`, `hits`, `flows`, and `added` for those that are ours."""
    values: dict[str, tuple[Formula, float, float | None]] = {
        "correlation": (formulas.FORETOLD, one.correlation, one.error),
        "hits": (formulas.HITS, one.hits, None),
        "flows": (formulas.TESTED, float(one.flows), None),
    }
    if one.added is not None:
        values["added"] = (formulas.ADDED, one.added, one.added_error)
    where = {"horizon": f"{one.horizon} years", "rule": RULES[one.rule]}
    return {
        name: _fact(say, formula, one, where, value, error)
        for name, (formula, value, error) in values.items()
    }


def of_interval(say: Statements, one: Held) -> dict[str, Fact]:
    """State how many flows lay within their interval: `within`, `bounded`, `spoken` (how many flows)."""
    values = {"within": (formulas.WITHIN, one.within), "spoken": (formulas.SPOKEN, float(one.flows))}
    if one.bounded is not None:
        values["bounded"] = (formulas.BOUNDED, one.bounded)
    where = {"horizon": f"{one.horizon} years"}
    return {name: _fact(say, formula, one, where, value, None) for name, (formula, value) in values.items()}


def _fact(
    say: Statements,
    formula: Formula,
    one: Result | Held,
    where: Mapping[str, str],
    value: float,
    error: float | None,
) -> Fact:
    name = group_name(say, one.group)
    spread = None
    if error is not None:
        spread = Interval(value - NORMAL * error, value + NORMAL * error, LEVEL, "confidence")
    selected = {"year": f"{one.first}..{one.last}"}
    if one.group != ALL:
        selected["product"] = goods.selected(one.group)
    return say.fact(
        formula,
        {"group": name, **where},
        (one.first, one.last),
        value,
        table=FLOWS,
        where=selected,
        status="estimated",
        interval=spread,
    )


def group_name(say: Statements, group: str) -> str:
    """Name a group of the test: what all covered goods are, or a chapter or section of products."""
    return (say.tables.dataset_of(FLOWS).scope or "covered goods") if group == ALL else goods.name_of(group)
