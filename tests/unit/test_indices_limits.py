"""Where an index does not exist it is NaN; what is no trade value is refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from hikiwake import indices
from hikiwake.indices import overlap as engine
from hikiwake.indices import threads
from hikiwake.indices.student import two_sided_quantile

NOTHING = np.zeros((2, 3))
SOME = np.array([[1.0, 2.0, 0.0], [0.0, 0.0, 0.0]])


@pytest.mark.parametrize(
    "index",
    [
        indices.rca,
        indices.symmetric_rca,
        indices.normalised_rca,
        indices.shares,
        indices.hhi,
        indices.normalised_hhi,
        indices.effective_number,
        indices.theil,
        indices.export_similarity,
        lambda x: indices.trade_complementarity(x, x),
        lambda x: indices.cosine_similarity(x, x),
        lambda x: indices.grubel_lloyd(x, x),
        lambda x: indices.composition_change(x, x),
        lambda x: indices.trade_intensity(x[:, :2]),
        lambda x: indices.mirror_gap(x, x),
    ],
)
def test_without_trade_nothing_is_defined(index: Callable[[np.ndarray], np.ndarray]) -> None:
    assert np.isnan(index(NOTHING)).all()


def test_only_what_does_not_exist_is_nan() -> None:
    advantage = indices.rca(SOME)
    assert np.isnan(advantage[1]).all()  # exports nothing
    assert np.isnan(advantage[:, 2]).all()  # nobody exports it
    assert advantage[0, :2].tolist() == [1.0, 1.0]
    matched = indices.trade_complementarity(SOME, SOME)
    assert matched[0, 0] == 100.0
    assert np.isnan([matched[0, 1], matched[1, 0], matched[1, 1]]).all()


def test_a_given_world_stands_in_for_the_sum() -> None:
    both = np.array([[4.0, 1.0], [1.0, 4.0]])
    one = indices.rca(both[:1], world=both.sum(axis=0))
    np.testing.assert_array_equal(one, indices.rca(both)[:1])
    with pytest.raises(ValueError, match="world has 3 products"):
        indices.rca(both, world=np.ones(3))


@pytest.mark.parametrize(("wrong", "why"), [(-1.0, "negative"), (np.inf, "infinite")])
def test_what_is_no_trade_value_is_refused(wrong: float, why: str) -> None:
    # A NaN beside it must not hide it.
    values = np.array([[np.nan, wrong], [1.0, 1.0]])
    with pytest.raises(ValueError, match=f"exports must not hold {why}"):
        indices.trade_complementarity(values, values)


def test_nan_reaches_what_depends_on_it_and_nothing_else() -> None:
    values = np.array([[np.nan, 1.0], [1.0, 1.0]])
    matched = indices.trade_complementarity(values, values)
    assert np.isnan(matched[0]).all()
    assert matched[1, 1] == 100.0


def test_shapes_that_do_not_fit_are_named() -> None:
    two, three = np.ones((2, 2)), np.ones((2, 3))
    with pytest.raises(ValueError, match="exports has 2 products and imports has 3"):
        indices.trade_complementarity(two, three)
    with pytest.raises(ValueError, match="must be square"):
        indices.refined_trade_intensity(three)
    with pytest.raises(ValueError, match="flows has 2 economies and exports has 3"):
        indices.intensity_decomposition(two, three.T, three.T)
    with pytest.raises(ValueError, match="shape"):
        indices.grubel_lloyd(two, three)
    with pytest.raises(ValueError, match="groups has shape"):
        indices.theil_parts(two, np.array([1, 2, 3]))
    with pytest.raises(ValueError, match="boolean matrix"):
        indices.proximity(two)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="nearness has shape"):
        indices.density(two > 0, three)
    with pytest.raises(ValueError, match="years has shape"):
        indices.trend_growth(two, np.arange(3))


def test_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    exports, imports = rng.lognormal(0, 2, (40, 90)), rng.lognormal(0, 2, (50, 90))
    alone = indices.trade_complementarity(exports, imports)
    monkeypatch.setattr(threads, "ENOUGH", 0)
    monkeypatch.setattr(engine, "TILE", 400)  # several tiles, the last one not full
    # The same sums in the same order, bit for bit.
    np.testing.assert_array_equal(indices.trade_complementarity(exports, imports), alone)


@pytest.mark.parametrize("exporters", [1, 30, 64, 230, 300, 1000])  # in part of a word, in one, in several
@pytest.mark.parametrize("enough", [0, 10**12])  # threads or none
def test_proximity_is_whole_across_steps(
    exporters: int, enough: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "ENOUGH", enough)
    present = np.random.default_rng(exporters).random((exporters, 700)) < 0.3  # more than one tile either way
    present[:, :20] = True  # as many sharers as there are exporters
    counted = present.sum(axis=0)
    together = present.T.astype(float) @ present
    with np.errstate(invalid="ignore"):
        expected = together / np.maximum.outer(counted, counted)
    expected[counted == 0] = expected[:, counted == 0] = np.nan
    # One division against one product with an inverse: two roundings.
    np.testing.assert_allclose(indices.proximity(present), expected, rtol=1e-15)


def test_proximity_without_exporters_or_products() -> None:
    assert np.isnan(indices.proximity(np.zeros((0, 3), bool))).all()
    assert indices.proximity(np.zeros((3, 0), bool)).shape == (0, 0)


def test_complexity_is_never_a_negative_nought() -> None:
    present = np.array([[True, True, True], [True, True, False], [True, False, False]])
    for given in (present, present[::-1], present[:, ::-1]):
        economies = indices.complexity(given).economies
        assert economies[1] == 0.0
        assert not np.signbit(economies[1])


@pytest.mark.parametrize(
    "present",
    [
        np.ones((1, 3), bool),  # one exporter
        np.array([[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]], bool),  # two separate worlds
        np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], bool),  # a ring: the second eigenvalue is double
        np.array([[1, 1, 0], [0, 1, 1]], bool),  # equal diversity decides no sign
        np.zeros((2, 2), bool),
    ],
)
def test_complexity_that_is_not_determined_is_nan(present: np.ndarray) -> None:
    economies, products = indices.complexity(present)
    assert np.isnan(economies).all()
    assert np.isnan(products).all()


def test_complexity_leaves_out_whom_and_what_it_cannot_rank() -> None:
    core = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0]], bool)
    wide = np.zeros((4, 4), bool)
    wide[:3, :3] = core
    economies, products = indices.complexity(wide)
    np.testing.assert_allclose(economies[:3], indices.complexity(core).economies, atol=1e-12)
    assert np.isnan(economies[3])
    assert np.isnan(products[3])


def test_presence_of_an_undefined_advantage_is_absence() -> None:
    assert indices.presence([[np.nan, 1.0, 0.99]]).tolist() == [[False, True, False]]


def test_growth_from_nothing_does_not_exist() -> None:
    assert np.isnan(indices.compound_growth([0.0, 1.0, 1.0], [1.0, -1.0, 2.0], [1, 1, 0])).all()
    assert indices.compound_growth(1.0, 0.0, 3) == -1.0
    assert np.isnan(indices.log_change([0.0, 1.0], [1.0, 0.0])).all()
    assert indices.midpoint_change([0.0], [3.0])[0] == 2.0


def test_a_trend_leaves_out_missing_years_and_refuses_zeros() -> None:
    years = np.array([2000.0, 2001.0, 2002.0, 2003.0])
    rows = np.array([[1.0, np.nan, 4.0, 8.5], [1.0, 0.0, 4.0, 8.0], [1.0, 2.0, np.nan, np.nan], [np.nan] * 4])
    found = indices.trend_growth(rows, years)
    alone = indices.trend_growth(rows[0, [0, 2, 3]], years[[0, 2, 3]])
    np.testing.assert_allclose([found.slope[0], found.low[0]], [alone.slope, alone.low], rtol=1e-12)
    assert np.isnan([found.slope[1], found.standard_error[1], found.high[1]]).all()  # a zero year
    assert found.slope[2] == pytest.approx(np.log(2.0), rel=1e-12)  # two years: a slope, no error
    assert np.isnan(found.standard_error[2])
    assert np.isnan(found.slope[3])
    assert found.observations.tolist() == [3, 4, 2, 0]


# Printed in every table of the t distribution; five digits.
@pytest.mark.parametrize(
    ("confidence", "freedom", "printed"),
    [
        (0.95, 1, 12.70620),
        (0.95, 2, 4.30265),
        (0.95, 5, 2.57058),
        (0.95, 30, 2.04227),
        (0.99, 3, 5.84091),
        (0.9, 4, 2.13185),
    ],
)
def test_quantiles_of_student(confidence: float, freedom: int, printed: float) -> None:
    assert two_sided_quantile(confidence, freedom) == pytest.approx(printed, abs=6e-6)


@pytest.mark.parametrize(("confidence", "freedom"), [(0.0, 3), (1.0, 3), (0.95, 0)])
def test_quantiles_outside_their_range_are_refused(confidence: float, freedom: int) -> None:
    with pytest.raises(ValueError, match="confidence"):
        two_sided_quantile(confidence, freedom)
