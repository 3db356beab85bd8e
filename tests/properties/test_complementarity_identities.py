"""What must hold of complementarity for any pair of the shipped data: bounds, sums, exact products."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hikiwake.core.provenance import Fact, Ledger
from hikiwake.measures.complementarity.advantage import Advantages
from hikiwake.measures.complementarity.intensity import Intensities
from hikiwake.measures.complementarity.match import Matches
from hikiwake.measures.complementarity.universe import (
    Trade,
    Universe,
    coarse,
    collect,
    commodity_universe,
    intermediate_universe,
)
from hikiwake.measures.intermediate.table import economies_in
from hikiwake.measures.statement import Statements
from hikiwake.store.tables import Tables, open_tables

# Sums of dozens of float64 quotients: far above rounding, far below what a reader sees.
CLOSE = 1e-9
PLACES = st.tuples(st.integers(0, 10_000), st.integers(0, 10_000))
UNIVERSES = st.sampled_from(["intermediate 2022", "commodities 1996", "commodities 2013", "commodities 2023"])


@lru_cache(maxsize=1)
def tables() -> Tables:
    return open_tables()


def universe(name: str) -> Universe:
    kind, year = name.split()
    return intermediate_universe(int(year)) if kind == "intermediate" else commodity_universe(int(year))


@lru_cache(maxsize=8)
def economies(name: str) -> tuple[str, ...]:
    if name.startswith("intermediate"):
        return economies_in(tables(), int(name.split()[1]))
    return collect(tables(), universe(name), "JPN", "RUS").economies


def drawn(name: str, places: tuple[int, int]) -> tuple[Trade, str, str]:
    known = economies(name)
    i = places[0] % len(known)
    j = (i + 1 + places[1] % (len(known) - 1)) % len(known)
    return collect(tables(), universe(name), known[i], known[j]), known[i], known[j]


def say() -> Statements:
    return Statements(tables(), Ledger())


def number(fact: Fact) -> float:
    return float("nan") if fact.value is None else fact.value


@given(UNIVERSES, PLACES)
@settings(max_examples=16)
def test_bounds_of_the_fit_and_its_place(name: str, places: tuple[int, int]) -> None:
    trade, a, b = drawn(name, places)
    rough = Matches(coarse(tables(), trade), say())
    fine = Matches(trade, say())
    for exporter, importer in ((a, b), (b, a)):
        match = fine.match(exporter, importer)
        if match.fit.value is None:
            assert match.fit.note
            assert match.percentile.value is None
            continue
        assert 0.0 <= match.fit.value <= 100.0
        assert 0.0 <= number(match.cosine) <= 1.0
        # Summing lines into groups can only hide differences.
        assert number(rough.index(exporter, importer)) >= match.fit.value - CLOSE
        better, worse, others = number(match.better), number(match.worse), number(match.others)
        assert 0 <= better + worse <= others
        assert number(match.percentile) == pytest.approx((others + better - worse) / 2 / others, abs=CLOSE)
        everyone = fine.everyone(exporter, importer)
        assert len(everyone) == others + 1
        assert importer not in dict(everyone)
        largest = fine.largest_part(exporter, importer)
        assert (largest is None) == (match.fit.value < CLOSE)


@given(UNIVERSES, PLACES)
@settings(max_examples=16)
def test_intensity_is_fit_times_bias(name: str, places: tuple[int, int]) -> None:
    trade, a, b = drawn(name, places)
    for exporter, importer in ((a, b), (b, a)):
        split = Intensities(trade, say()).intensity(exporter, importer)
        if split.known:
            assert number(split.refined) == pytest.approx(number(split.fit) * number(split.bias), rel=CLOSE)
        if split.simple.value is not None:
            # Leaving the exporter's own imports out of the world can only make its market a larger part.
            assert split.simple.value >= number(split.refined) * (1 - CLOSE)


@given(UNIVERSES, PLACES)
@settings(max_examples=4)
def test_intensities_weighted_by_market_average_to_one(name: str, places: tuple[int, int]) -> None:
    trade, a, _ = drawn(name, places)
    imports = trade.imports.sum(axis=1)
    imports[trade.at(a)] = 0.0
    if not trade.exports[trade.at(a)].any():
        return
    markets = [economy for economy in trade.economies if imports[trade.at(economy)] > 0]
    intensities = Intensities(trade, say())
    stated = [number(intensities.intensity(a, economy).refined) for economy in markets]
    weights = [imports[trade.at(economy)] / imports.sum() for economy in markets]
    assert float(np.dot(weights, stated)) == pytest.approx(1.0, abs=CLOSE)


@given(UNIVERSES, PLACES)
@settings(max_examples=10)
def test_matrices_close(name: str, places: tuple[int, int]) -> None:
    trade, a, b = drawn(name, places)
    whole = trade.exports.sum()
    assert trade.imports.sum() == trade.between.sum() == whole
    np.testing.assert_array_equal(trade.exports.sum(axis=0), trade.imports.sum(axis=0))
    np.testing.assert_array_equal(trade.exports.sum(axis=1), trade.between.sum(axis=1))
    for importer in (a, b):
        np.testing.assert_array_equal(
            trade.suppliers[importer].sum(axis=0), trade.imports[trade.at(importer)]
        )
    assert not np.diag(trade.between).any()
    rough = coarse(tables(), trade)
    np.testing.assert_array_equal(rough.exports.sum(axis=1), trade.exports.sum(axis=1))
    members = [code for line in rough.lines for code in line.members]
    assert sorted(members) == sorted(line.code for line in trade.lines)


@given(UNIVERSES, PLACES)
@settings(max_examples=10)
def test_similarity_and_exchange_do_not_know_who_asks(name: str, places: tuple[int, int]) -> None:
    trade, a, b = drawn(name, places)
    matches = Matches(trade, say())
    for measure in (matches.similarity, matches.intra_industry):
        one, other = measure(a, b).value, measure(b, a).value
        assert one == (None if other is None else pytest.approx(other, abs=CLOSE))
    similarity, matched = matches.similarity(a, b).value, matches.intra_industry(a, b).value
    assert similarity is None or 0.0 <= similarity <= 100.0
    assert matched is None or 0.0 <= matched <= 1.0


@given(UNIVERSES, PLACES)
@settings(max_examples=10)
def test_openings_are_advantages_and_their_shares_are_shares(name: str, places: tuple[int, int]) -> None:
    trade, a, b = drawn(name, places)
    advantages = Advantages(trade, say())
    rows = advantages.openings(a, b, len(trade.lines))
    for row in rows:
        assert number(row.advantage) > 1.0
        assert 0.0 <= number(row.supplied) <= 1.0
        assert row.elsewhere.value is None or 0.0 <= row.elsewhere.value <= 1.0 + CLOSE
        if row.rival is not None:
            assert row.rival.economy != a
            assert number(row.supplied) + number(row.rival.share) <= 1.0 + CLOSE
    met = advantages.met(a, b).value
    if met is not None:
        assert sum(number(row.need_share) for row in rows) == pytest.approx(met, abs=CLOSE)
    for k in range(len(trade.lines)):
        ratio, symmetric = advantages.advantage(a, k), advantages.advantage(a, k, symmetric=True)
        if ratio.value is not None:
            assert symmetric.value == pytest.approx((ratio.value - 1) / (ratio.value + 1), abs=CLOSE)
