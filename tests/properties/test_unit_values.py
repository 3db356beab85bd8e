"""Medians, sums and outliers on arrays, beside the slow and obvious way to find them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hikiwake.core.errors import BadInput
from hikiwake.sources import unit_values
from hikiwake.sources.quality import Limits
from hikiwake.sources.unit_values import numbered, priced, summed, weighted_medians

ROWS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.one_of(st.floats(1e-9, 1e12), st.sampled_from([1.0, 2.0, 2.5])),
        st.one_of(st.integers(1, 3), st.integers(1, 10**12)),
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(ROWS, st.sampled_from([1, 64, unit_values.CELLS]))
def test_a_median_is_the_smallest_number_at_which_half_of_the_weight_is_reached(
    rows: list[tuple[int, float, int]], cells: int
) -> None:
    line, number, weight = (np.array([row[n] for row in rows]) for n in range(3))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unit_values, "CELLS", cells)
        found = weighted_medians(line.astype(np.int64), number.astype(float), weight.astype(np.int64), 6)
    for one in range(6):
        mine = sorted((n, w) for of, n, w in rows if of == one)
        whole = sum(w for _, w in mine)
        wanted = next(
            (n for n, _ in mine if 2 * sum(w for m, w in mine if m <= n) >= whole),
            np.nan,
        )
        assert found[one] == wanted or (np.isnan(found[one]) and np.isnan(wanted))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2**58)), max_size=12))
def test_sums_are_exact_where_double_precision_is_not(rows: list[tuple[int, int]]) -> None:
    place = np.array([p for p, _ in rows], dtype=np.int64)
    found = summed(place, np.array([a for _, a in rows], dtype=np.int64), 4)
    assert found.tolist() == [sum(a for p, a in rows if p == one) for one in range(4)]


def test_amounts_that_cannot_be_held_are_refused() -> None:
    with pytest.raises(BadInput, match="more than can be held"):
        summed(np.zeros(3, dtype=np.int64), np.full(3, 2**61), 1)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 9), max_size=30), st.sampled_from([10, 10**9]))
def test_keys_are_told_apart_whether_few_or_many_could_be(keys: list[int], span: int) -> None:
    named, place = numbered(np.array(keys, dtype=np.int64), span)
    assert named[place].tolist() == keys


def test_outliers_and_volumes_by_hand() -> None:
    # Ten flows at 2 USD a kilogram, one at 40 (quantity too small), one without a quantity, in line 0; line 1
    # has no quantities at all.
    value = np.array([200_000] * 10 + [4_000_000, 300_000, 500])
    quantity = np.array([100_000] * 10 + [100_000, -1, -1])
    line = np.array([0] * 12 + [1])
    found = priced(line, value, quantity, 2)
    # The heavy one is two thirds of the value, so it would be the median itself; with it lighter it is not.
    assert found.ratio[10] == 1.0
    value[10] = 400_000
    quantity[10] = 10_000
    found = priced(line, value, quantity, 2, Limits(worth=100_000))
    assert found.ratio[:11].tolist() == [1.0] * 10 + [20.0]
    assert np.isnan(found.ratio[11:]).all()
    assert found.outlier.tolist() == [False] * 10 + [True, False, False]
    assert found.volume.tolist() == [100_000] * 10 + [200_000, 150_000, 0]
    assert not priced(line, value, quantity, 2, Limits(worth=1e9)).outlier.any()
