"""What must hold of the indices whatever the numbers: sums, bounds, relabelling, change of currency."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import ArrayLike
from tests.reference import indices as slow

from hikiwake import indices

SIZES = st.tuples(st.integers(2, 7), st.integers(2, 9))
# Whole dollars with many zeros, as trade has them.
AMOUNTS = st.one_of(st.just(0.0), st.integers(1, 10**9).map(float))


@st.composite
def trade(draw: st.DrawFn) -> np.ndarray:
    return draw(arrays(np.float64, draw(SIZES), elements=AMOUNTS))


def close(one: ArrayLike, other: ArrayLike) -> None:
    # Shares are quotients of sums: 1e-9 is far above rounding and far below anything a reader sees.
    np.testing.assert_allclose(np.asarray(one), np.asarray(other), rtol=1e-9, atol=1e-12, equal_nan=True)


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
    between, exports, imports = flows.sum(axis=2), flows.sum(axis=1), flows.sum(axis=0)
    split = indices.intensity_decomposition(between, exports, imports)
    close(split.intensity, indices.refined_trade_intensity(between))
    for found, expected in zip(split, slow.intensity_parts(between, exports, imports), strict=True):
        close(found, expected)
    known = np.isfinite(split.bias)
    close((split.complementarity * split.bias)[known], split.intensity[known])


@given(arrays(np.bool_, SIZES))
def test_proximity_is_its_definition_and_symmetric(present: np.ndarray) -> None:
    near = indices.proximity(present)
    close(near, slow.proximity(present))
    np.testing.assert_array_equal(near, near.T)
    close(indices.density(present, near), slow.density(present, near))


@given(arrays(np.bool_, SIZES), st.randoms(use_true_random=False))
def test_complexity_is_its_definition_and_knows_no_order(present: np.ndarray, random: Random) -> None:
    economies, products = indices.complexity(present)
    if not np.isfinite(economies).any():
        return
    # The eigenvalues lie 1e-9 apart or more: an eigenvector is known to about 1e-16 / 1e-9.
    expected = slow.complexity(present)
    np.testing.assert_allclose(economies, expected[0], atol=1e-6)
    np.testing.assert_allclose(products, expected[1], atol=1e-6)
    rows = random.sample(range(present.shape[0]), present.shape[0])
    columns = random.sample(range(present.shape[1]), present.shape[1])
    again = indices.complexity(present[np.ix_(rows, columns)])
    np.testing.assert_allclose(again.economies, economies[rows], atol=1e-6)
    np.testing.assert_allclose(again.products, products[columns], atol=1e-6)


@given(trade(), trade())
def test_each_product_adds_its_part_of_the_complementarity(one: np.ndarray, other: np.ndarray) -> None:
    products = min(one.shape[1], other.shape[1])
    sold, bought = one[0, :products], other[0, :products]
    parts = indices.complementarity_by_product(sold, bought)
    close(parts.sum(), indices.trade_complementarity(sold[None], bought[None])[0, 0])
    change = indices.composition_change(sold, bought)
    close(parts.sum(), 100.0 * (1.0 - change))


@given(trade(), st.data())
def test_theil_is_its_parts(values: np.ndarray, data: st.DataObject) -> None:
    groups = data.draw(arrays(np.int64, values.shape, elements=st.integers(0, 2)))
    whole, parts = indices.theil(values), indices.theil_parts(values, groups)
    close(whole, slow.theil(values))
    close(parts.between + parts.within, whole)
    known = whole[~np.isnan(whole)]
    assert np.all((known >= -1e-12) & (known <= np.log(values.shape[1]) + 1e-12))
    traded = indices.theil_parts(values, values > 0)
    with np.errstate(divide="ignore"):
        close(
            traded.between[~np.isnan(whole)],
            np.log(values.shape[1] / (values > 0).sum(axis=1))[~np.isnan(whole)],
        )


@given(trade())
def test_shares_sum_to_one_and_relabelling_permutes(values: np.ndarray) -> None:
    traded = values.sum(axis=1) > 0
    close(indices.shares(values).sum(axis=1)[traded], 1.0)
    for index in (indices.rca, indices.symmetric_rca, indices.normalised_rca):
        close(index(values[::-1, ::-1]), index(values)[::-1, ::-1])
    for measure in (indices.hhi, indices.theil, indices.effective_number, indices.normalised_hhi):
        close(measure(values[::-1, ::-1] * 151.37), measure(values)[::-1])


@given(arrays(np.float64, 6, elements=st.floats(1.0, 1e9)), st.floats(1e-3, 1e3))
def test_trend_is_its_definition_and_knows_no_currency(values: np.ndarray, rate: float) -> None:
    years = np.arange(2015.0, 2021.0)
    found, expected = indices.trend_growth(values, years), slow.trend(values, years)
    # Residuals are differences of logs of up to 21: their rounding is about 1e-15 each.
    np.testing.assert_allclose([found.slope, found.standard_error], expected, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(indices.trend_growth(values * rate, years).slope, found.slope, atol=1e-9)


def test_toys_of_the_literature() -> None:
    sold, bought = np.array([[0.5, 0.3, 0.2]]), np.array([[0.2, 0.3, 0.5]])
    assert indices.trade_complementarity(sold, bought)[0, 0] == pytest.approx(70.0)
    assert indices.cosine_similarity(sold, bought)[0, 0] == pytest.approx(0.29 / 0.38)
    matched = indices.grubel_lloyd(np.array([10.0, 0.0, 5.0]), np.array([5.0, 5.0, 5.0]))
    assert float(matched) == pytest.approx(2 / 3)


@pytest.mark.parametrize("wrong", [np.zeros(3), np.zeros((2, 2, 2))])
def test_a_wrong_shape_is_named(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="exports must have 2 dimension"):
        indices.rca(wrong)
