"""What must hold of any pair and year: who asks does not matter, nor the unit; parts make up their whole.

Each runs on a few pairs, in the slow half on more, and by `make test-nightly` on a thousand.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pytest
from tests.pairs import pairs_and_years
from tests.turns import TURN

import hikiwake as hw
from hikiwake.api import PairView
from hikiwake.core.country import Pair, country
from hikiwake.core.document import cited
from hikiwake.core.provenance import Fact, Ledger
from hikiwake.dossier.shipped import shipped
from hikiwake.measures.flows import FLOWS
from hikiwake.measures.potential import expected
from hikiwake.measures.statement import Statements
from hikiwake.measures.ties.levels import covered
from hikiwake.measures.ties.suppliers import Partners
from hikiwake.store.catalogue import open_vintage
from hikiwake.store.tables import Tables, open_tables

if TYPE_CHECKING:
    from hikiwake.store.tables import Frame

Drawn = tuple[str, str, int]
FEW: list[Drawn] = [("TUV", "NZL", 2020), ("SUN", "JPN", 1997), ("BOL", "AND", 2012)]
# Every second one in turn.
MORE: list[Drawn] = [
    ("JPN", "RUS", 2014),
    ("FRA", "BOL", 2024),
    ("KAZ", "UZB", 2014),
    *pairs_and_years(4, 23),
]
THOUSAND = pairs_and_years(1000, 24)
SETS = [
    pytest.param(FEW, id="few"),
    pytest.param(MORE[TURN % 2 :: 2], id="more", marks=pytest.mark.slow),
    *(
        pytest.param(THOUSAND[n::10], id=f"thousand-{n}", marks=[pytest.mark.slow, pytest.mark.nightly])
        for n in range(10)
    ),
]

# A sum over the same rows in another order may differ in its last digits.
EXACT = 1e-12
# What iterations settle: where they end differs by as much as they are told to settle to.
SETTLED = 1e-6
SIGNED = ("trade_balance", "intermediate_balance")
MUTUAL = ("export_similarity", "grubel_lloyd")


def same(one: float | None, other: float | None, times: float = 1.0, near: float = EXACT) -> bool:
    """Tell whether a number is so many times another, or both are missing."""
    if one is None or other is None:
        return one is other
    # Next to nothing, a change that was solved for is what the last round leaves of one.
    least = 1e-300 if near == EXACT else 1e-11
    return math.isclose(one, times * other, rel_tol=near, abs_tol=least)


def mirrored(fact: Fact) -> Fact:
    """Return a fact as the other side of the pair would state it: a balance turns its sign."""
    if fact.formula not in (*SIGNED, *MUTUAL):
        return fact
    turned = {"economy": "partner", "partner": "economy"}
    subject = {turned.get(key, key): value for key, value in fact.subject.items()}
    value = -fact.value if fact.value is not None and fact.formula in SIGNED else fact.value
    return Fact(
        fact.formula, subject, fact.period, value, fact.unit, fact.inputs, status=fact.status, note=fact.note
    )


def told(fact: Fact) -> tuple[Any, ...]:
    """Return what a fact is about, apart from its value."""
    return (fact.formula, tuple(sorted(fact.subject.items())), fact.period, fact.unit, fact.status, fact.note)


def check_mirrored(a: str, b: str, year: int) -> None:
    """The brief of a and b shows what that of b and a shows, all with the same values."""
    one, other = hw.pair(a, b).brief(year).content, hw.pair(b, a).brief(year).content
    assert [section.id for section in one.sections] == [section.id for section in other.sections]
    for whole in (cited, None):
        facts = [
            [brief.ledger[identity] for identity in (whole(brief.sections) if whole else brief.ledger.facts)]
            for brief in (one, other)
        ]
        stated = [
            {told(fact): fact.value for fact in facts[0]},
            {told(mirrored(fact)): mirrored(fact).value for fact in facts[1]},
        ]
        assert stated[0].keys() == stated[1].keys()
        assert all(same(value, stated[1][key]) for key, value in stated[0].items())


@pytest.mark.parametrize("drawn", SETS)
def test_a_mirrored_pair_gives_the_mirrored_brief(drawn: list[Drawn]) -> None:
    for a, b, year in drawn:
        check_mirrored(a, b, year)


TIMES = 1024.0
"""A power of two, so that a product is exact and every sum is the same multiple."""


AMOUNTS = {
    FLOWS: ("value", "quantity"),
    "icio_flows": ("value",),
    "icio_domestic_use": ("value",),
    "icio_input_use": ("value",),
    "icio_use_by_input": ("value",),
    "icio_totals": ("output", "intermediate_sales", "inputs", "final_and_outside_sales"),
}
"""The columns that another unit changes; the national accounts keep theirs."""


class InAnotherUnit(Tables):
    """The shipped tables, with amounts of trade in a unit of which there are 1,024 to one of ours."""

    def frame(self, table: str, *, years: Collection[int] = (), economies: Collection[str] = ()) -> Frame:
        amounts = [nw.col(name) * round(TIMES) for name in AMOUNTS.get(table, ())]
        found = super().frame(table, years=years, economies=economies)
        return found.with_columns(*amounts) if amounts else found


@lru_cache(maxsize=1)
def in_another_unit() -> Tables:
    return InAnotherUnit(open_vintage())


def rests(fact: Fact, ledger: Ledger) -> bool:
    """Tell whether a fact was made from amounts of trade, or from facts that were."""
    behind = ledger.only([fact.id]).facts.values()
    return any(f"#{table}?" in f"{source}?" for one in behind for source in one.inputs for table in AMOUNTS)


def check_units(a: str, b: str, year: int) -> None:
    """Amounts of the flows are so many times as large; shares, ranks and indices are what they were."""
    if shipped(a, b):
        return  # its claims were written in dollars: in another unit they are judged otherwise, and rightly
    which = Pair(country(a), country(b))
    usual = PairView(which, open_tables()).brief(year).content.ledger
    with pytest.MonkeyPatch.context() as patch:
        # Of less than a million dollars nothing is said: that too is an amount of money.
        patch.setattr(expected, "LEAST_EXPECTED", expected.LEAST_EXPECTED * TIMES)
        scaled = PairView(which, in_another_unit()).brief(year).content.ledger
    stated = [{told(fact): fact for fact in ledger.facts.values()} for ledger in (usual, scaled)]
    assert stated[0].keys() == stated[1].keys()
    for key, fact in stated[0].items():
        amount = fact.unit.kind in ("money", "mass") and rests(fact, usual)
        near = SETTLED if fact.status in ("estimated", "simulated") else EXACT
        one, other = stated[1][key].value, fact.value
        if fact.unit.kind == "rate" and one is not None and other is not None:
            # What growth leaves when one is taken off may be small beside the rounding of the factor.
            one, other = 1.0 + one, 1.0 + other
        assert same(one, other, TIMES if amount else 1.0, near), fact


@pytest.mark.parametrize("drawn", SETS)
def test_a_change_of_unit_leaves_shares_ratios_ranks_and_indices(drawn: list[Drawn]) -> None:
    for a, b, year in drawn:
        check_units(a, b, year)


def check_conservation(a: str, b: str, year: int) -> None:
    """What a sells b is what b buys of a, and the shares of all partners make up the whole."""
    say = Statements(open_tables(), Ledger())
    scope = covered(say)
    for side, economy in (("importer", b), ("exporter", a)):
        rows = Partners(say, economy, side, year).largest(scope, 300)  # type: ignore[arg-type]
        values = [row.value.value or 0.0 for row in rows]
        shares = [row.share.value or 0.0 for row in rows]
        assert not rows or math.fsum(shares) == pytest.approx(1.0, abs=EXACT)
        assert all(value > 0 for value in values)
    bought = {row.partner: row for row in Partners(say, b, "importer", year).largest(scope, 300)}
    sold = {row.partner: row for row in Partners(say, a, "exporter", year).largest(scope, 300)}
    assert (a in bought) == (b in sold)
    if a in bought:
        assert bought[a].value == sold[b].value
    for fact in hw.pair(a, b).complementarity(year):
        if fact.value is not None:
            low, high = {"0-100": (0.0, 100.0), "0-1": (0.0, 1.0), "1": (0.0, 1.0)}.get(
                fact.unit.symbol, (-math.inf, math.inf)
            )
            assert low - EXACT <= fact.value <= high + EXACT, fact


@pytest.mark.parametrize("drawn", SETS)
def test_parts_make_up_the_whole_and_indices_keep_their_bounds(drawn: list[Drawn]) -> None:
    for a, b, year in drawn:
        check_conservation(a, b, year)
