"""What must hold of the indices whatever the numbers: sums, bounds, relabelling, change of currency."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hikiwake import indices
from tests.reference import indices as slow

SIZES = st.tuples(st.integers(2, 7), st.integers(2, 9))
# Whole dollars with many zeros, as trade has them.
AMOUNTS = st.one_of(st.just(0.0), st.integers(1, 10**9).map(float))


@st.composite
def trade(draw: st.DrawFn) -> np.ndarray:
    return draw(arrays(np.float64, draw(SIZES), elements=AMOUNTS))


def close(one: object, other: object) -> None:
    # Shares are quotients of sums: 1e-9 is far above rounding and far below anything a reader sees.
    np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12, equal_nan=True)


@given(trade())
def test_rca_is_its_definition_and_knows_no_currency(exports: np.ndarray) -> None:
    close(indices.rca(exports), slow.rca(exports))
    close(indices.rca(exports * 151.37), indices.rca(exports))
    symmetric = indices.symmetric_rca(exports)
    assert np.all((symmetric >= -1) & (symmetric <= 1) | np.isnan(symmetric))


@given(trade())
def test_normalised_rca_sums_to_zero_both_ways(exports: np.ndarray) -> None:
    normalised = indices.normalised_rca(exports)
    if exports.sum() > 0:
        close(normalised.sum(axis=0), 0.0)
        close(normalised.sum(axis=1), 0.0)
    else:
        assert np.isnan(normalised).all()


@given(trade(), trade())
def test_complementarity_is_its_definition_bounded_and_indifferent_to_order(
    exports: np.ndarray, imports: np.ndarray
) -> None:
    products = min(exports.shape[1], imports.shape[1])
    sold, bought = exports[:, :products], imports[:, :products]
    index = indices.trade_complementarity(sold, bought)
    close(index, slow.trade_complementarity(sold, bought))
    assert np.all((index >= 0) & (index <= 100) | np.isnan(index))
    order = np.random.default_rng(1).permutation(products)
    close(indices.trade_complementarity(sold[:, order], bought[:, order]), index)
    close(indices.trade_complementarity(sold[::-1], bought * 7.0), index[::-1])


@given(trade())
def test_similarity_is_symmetric_and_whole_with_oneself(exports: np.ndarray) -> None:
    index = indices.export_similarity(exports)
    close(index, index.T)
    own = np.diagonal(index)
    close(own[exports.sum(axis=1) > 0], 100.0)


@given(trade())
def test_concentration_lies_between_equal_shares_and_one(values: np.ndarray) -> None:
    index = indices.hhi(values)
    n = values.shape[1]
    known = index[~np.isnan(index)]
    assert np.all((known >= 1 / n - 1e-12) & (known <= 1 + 1e-12))
    close(indices.effective_number(values), 1 / index)
    close(indices.normalised_hhi(np.ones((1, n))), 0.0)


@given(trade())
def test_matched_trade_is_all_with_oneself_and_symmetric(values: np.ndarray) -> None:
    some = values.sum(axis=1) > 0
    close(indices.grubel_lloyd(values, values)[some], 1.0)
    other = values[::-1]
    close(indices.grubel_lloyd(values, other), indices.grubel_lloyd(other, values))


@given(st.integers(3, 6).flatmap(lambda n: arrays(np.float64, (n, n, 4), elements=AMOUNTS)))
def test_intensity_is_complementarity_times_bias(flows: np.ndarray) -> None:
    for i in range(len(flows)):
        flows[i, i] = 0.0
    total = indices.trade_intensity(flows.sum(axis=2))
    split = indices.intensity_split(
        flows[0, 1],
        flows[0].sum(axis=0),
        flows[:, 1].sum(axis=0),
        flows.sum(axis=(0, 1)),
        flows[:, 0].sum(axis=0),
    )
    if np.isfinite(split.bias) and split.complementarity > 0:
        close(split.complementarity * split.bias, split.intensity)
        close(split.intensity, total[0, 1])


@given(arrays(np.bool_, SIZES))
def test_proximity_is_its_definition_and_symmetric(presence: np.ndarray) -> None:
    near = indices.proximity(presence)
    np.testing.assert_allclose(near, slow.proximity(presence), rtol=3e-7)  # single precision
    np.testing.assert_array_equal(near, near.T)


def test_toys_of_the_literature() -> None:
    sold, bought = np.array([[0.5, 0.3, 0.2]]), np.array([[0.2, 0.3, 0.5]])
    assert indices.trade_complementarity(sold, bought)[0, 0] == pytest.approx(70.0)
    assert indices.cosine_complementarity(sold, bought)[0, 0] == pytest.approx(0.29 / 0.38)
    matched = indices.grubel_lloyd(np.array([10.0, 0.0, 5.0]), np.array([5.0, 5.0, 5.0]))
    assert float(matched) == pytest.approx(2 / 3)


@pytest.mark.parametrize("wrong", [np.zeros(3), np.zeros((2, 2, 2))])
def test_a_wrong_shape_is_named(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="two dimensions"):
        indices.rca(wrong)
