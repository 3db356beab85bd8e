"""Rows are put in the order of codes as a sort by each column would put them, whatever the codes are."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hikiwake.sources.imports import columns
from hikiwake.sources.imports.columns import BITS, FIRST_YEAR, FLOW, in_order, sorting

KINDS = {"exporter": np.uint16, "importer": np.uint16, "product": np.int32, "year": np.int16}


def flow(most: int) -> st.SearchStrategy[tuple[int, ...]]:
    """Codes up to so many; years from the first that there can be."""
    codes = [st.integers(0, min(most, (1 << BITS[name]) - 1)) for name in FLOW]
    return st.tuples(*codes)


def arrays(rows: list[tuple[int, ...]]) -> dict[str, Any]:
    found = np.array(rows, dtype=np.int64).reshape(-1, len(FLOW)).T
    held = {name: column.astype(KINDS[name]) for name, column in zip(FLOW, found, strict=True)}
    return {**held, "year": held["year"] + np.int16(FIRST_YEAR), "value": np.arange(len(rows))}


@given(st.one_of(st.lists(flow(3), max_size=60), st.lists(flow(1 << 20), max_size=60)))
def test_rows_are_in_the_order_of_all_columns(rows: list[tuple[int, ...]]) -> None:
    made = arrays(rows)
    expected = np.lexsort([made[name] for name in reversed(FLOW)])
    found = sorting(made, *FLOW)
    assert found.rows.tolist() == expected.tolist()  # rows with the same codes as they were
    for name in FLOW:
        assert found.columns[name].dtype == made[name].dtype
        assert found.columns[name].tolist() == made[name][expected].tolist()
    ordered = [tuple(row) for row in np.array([found.columns[name] for name in FLOW]).T.tolist()]
    assert found.same.tolist() == [one == other for one, other in pairwise(ordered)]


@pytest.mark.parametrize("block", [1, 2, 7])
def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    chance = np.random.default_rng(5)
    made = arrays([tuple(row) for row in chance.integers(0, 4, (50, len(FLOW))).tolist()])
    whole = in_order(made, *FLOW)
    monkeypatch.setattr(columns, "BLOCK", block)
    for name, column in in_order(made, *FLOW).items():
        assert column.tolist() == whole[name].tolist()


def test_what_takes_more_bits_than_a_number_has_is_sorted_too() -> None:
    """With the place of a row behind it: then the places are sorted beside the numbers."""
    most = [(1 << BITS[name]) - 1 for name in FLOW]
    rows = [tuple(most), (0, 0, 0, 0), tuple(most)] * 40_000
    made = arrays([(a, b, c, d % 128) for a, b, c, d in rows])
    made["year"][0] += np.int16(127)
    found = sorting(made, *FLOW)
    assert found.rows.tolist() == np.lexsort([made[name] for name in reversed(FLOW)]).tolist()
    assert int(found.same.sum()) == len(rows) - 3
