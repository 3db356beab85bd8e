"""Ties of many pairs and years against plain SQL on the shipped file."""

from __future__ import annotations

import math
import random
from functools import lru_cache

import pytest
from tests.pairs import flows_in_memory, pairs
from tests.turns import in_turn

import hikiwake as hw


def check_identities(names: tuple[str, str], year: int) -> None:
    """One pair and year: the mirrored pair, shares against plain SQL, and no number that is none."""
    a, b = names
    facts = hw.pair(a, b).ties(year)
    mirrored = hw.pair(b, a).ties(year)
    values = {(f.formula, tuple(sorted(f.subject.items())), f.period): f.value for f in facts}
    for fact in mirrored:
        if fact.formula != "trade_balance":
            key = (fact.formula, tuple(sorted(fact.subject.items())), fact.period)
            assert values[key] == fact.value
    rows = (
        flows_in_memory()
        .execute(
            "select exporter, importer, product, value from flows where year = ? and "
            "((exporter = ? and importer = ?) or (exporter = ? and importer = ?))",
            [year, a, b, b, a],
        )
        .fetchall()
    )
    stated = {
        (f.subject["exporter"], f.subject["importer"], f.subject["product"]): f.value
        for f in facts
        if f.formula == "trade_value" and "product" in f.subject
    }
    assert stated == {(x, m, k): v for x, m, k, v in rows}
    check_shares(facts, year)
    for fact in facts:
        assert fact.value is None or math.isfinite(fact.value)
        assert (fact.value is None) == (fact.status == "missing")
        if fact.value is None:
            assert fact.note
        elif fact.unit.kind == "share":
            assert 0 <= fact.value <= 1


@lru_cache(maxsize=30)
def sums(year: int) -> dict[str, dict[tuple[str, str], int]]:
    """Sum the flows of a year by economy and product with plain SQL, on either side."""
    return {
        side: {
            (economy, product): value
            for economy, product, value in flows_in_memory()
            .execute(f"select {side}, product, sum(value) from flows where year = ? group by all", [year])
            .fetchall()
        }
        for side in ("exporter", "importer")
    }


def check_shares(facts: hw.FactSet, year: int) -> None:
    """Compare the shares of all products with totals that plain SQL has summed."""
    totals = sums(year)
    for formula, side in (("share_of_imports", "importer"), ("share_of_exports", "exporter")):
        for fact in facts.where(formula):
            if "product" not in fact.subject or fact.value is None:
                continue
            product = fact.subject["product"]
            ends = {"exporter": fact.subject["exporter"], "importer": fact.subject["importer"]}
            flow = facts.get("trade_value", year=year, product=product, **ends).value
            assert flow is not None
            # Sums of integers below 2**53 are exact; one division rounds once on each side.
            assert fact.value == pytest.approx(flow / totals[side][ends[side], product], rel=1e-15)


@pytest.mark.parametrize("seed", [1])
def test_identities_on_a_few_pairs(seed: int) -> None:
    dice = random.Random(seed)
    for names in [("JPN", "RUS"), ("USA", "CAN"), *pairs(10, seed)]:
        check_identities(names, dice.randint(1995, 2024))


@pytest.mark.slow
@pytest.mark.parametrize("seed", in_turn(range(11, 31)))
def test_identities_on_a_thousand_pairs(seed: int) -> None:
    dice = random.Random(seed)
    for names in pairs(50, seed):
        check_identities(names, dice.randint(1995, 2024))


def test_shares_over_all_partners_sum_to_one() -> None:
    from hikiwake.core.provenance import Ledger
    from hikiwake.measures.statement import Scope, Statements
    from hikiwake.measures.ties.suppliers import Partners
    from hikiwake.store.tables import open_tables

    say = Statements(open_tables(), Ledger())
    for economy, code, year in (("JPN", "271111", 2014), ("DEU", "270900", 2003), ("NAM", "710812", 2019)):
        rows = Partners(say, economy, "importer", year).largest(Scope("product", code, code), 300)
        assert math.fsum(row.share.value or 0.0 for row in rows) == pytest.approx(1.0, abs=1e-12)
