"""Small cases worked by hand: exact but for the last digit of double precision."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hikiwake import indices

SOLD = np.array([[0.5, 0.3, 0.2]])
BOUGHT = np.array([[0.2, 0.3, 0.5]])
EXACT = 1e-14


def test_complementarity_is_70() -> None:
    assert indices.trade_complementarity(SOLD, BOUGHT)[0, 0] == pytest.approx(70.0, rel=EXACT)
    by_definition = 100.0 * (1.0 - np.abs(SOLD - BOUGHT).sum() / 2.0)
    assert by_definition == pytest.approx(70.0, rel=EXACT)


def test_cosine_is_29_by_38() -> None:
    assert indices.cosine_similarity(SOLD, BOUGHT)[0, 0] == pytest.approx(0.29 / 0.38, rel=EXACT)


def test_centred_cosine_is_the_correlation() -> None:
    # Deviations from 1/3: products -0.13/3, squares 0.14/3.
    found = indices.cosine_similarity(SOLD, BOUGHT, centred=True)[0, 0]
    assert found == pytest.approx(-13.0 / 14.0, rel=1e-13)
    assert found == pytest.approx(np.corrcoef(SOLD[0], BOUGHT[0])[0, 1], rel=1e-13)


def test_similarity_of_the_same_rows_is_70() -> None:
    both = indices.export_similarity(np.vstack([SOLD, BOUGHT]))
    np.testing.assert_allclose(both, [[100.0, 70.0], [70.0, 100.0]], rtol=EXACT)


def test_matched_trade_is_two_thirds() -> None:
    assert indices.grubel_lloyd([10.0, 0.0, 5.0], [5.0, 5.0, 5.0]) == pytest.approx(2.0 / 3.0, rel=EXACT)


def test_refined_intensity_asks_who_can_be_served() -> None:
    # Of two economies each can only sell to the other: the refined form is 1 and the simple one is not.
    flows = [[0.0, 3.0], [5.0, 0.0]]
    assert indices.refined_trade_intensity(flows)[0, 1] == pytest.approx(1.0, rel=EXACT)
    assert indices.trade_intensity(flows)[0, 1] == pytest.approx(8.0 / 3.0, rel=EXACT)


def test_equal_shares_are_least_concentrated() -> None:
    assert indices.hhi(np.ones(4)) == 0.25
    assert indices.normalised_hhi(np.ones(4)) == 0.0
    assert indices.effective_number(np.ones(4)) == 4.0
    assert indices.theil([1.0, 0.0, 0.0, 0.0]) == pytest.approx(math.log(4.0), rel=EXACT)


def test_proximity_of_a_pair_of_products() -> None:
    # Three sell the first, two the second, one both: 1 / max(3, 2).
    present = np.array([[1, 0], [1, 0], [1, 1], [0, 1]], bool)
    assert indices.proximity(present)[0, 1] == pytest.approx(1.0 / 3.0, rel=EXACT)


def test_complexity_of_a_nested_world() -> None:
    # W = [[11, 5, 2], [7.5, 7.5, 3], [6, 6, 6]] / 18 has eigenvalues 1, 1/4, 1/9 and (1, 0, -1) to 1/4's.
    present = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0]], bool)
    economies, products = indices.complexity(present)
    np.testing.assert_allclose(economies, math.sqrt(1.5) * np.array([1.0, 0.0, -1.0]), atol=1e-13)
    # Mean of their exporters: 0, 1/2, 1.
    np.testing.assert_allclose(products, math.sqrt(1.5) * np.array([-1.0, 0.0, 1.0]), atol=1e-13)
