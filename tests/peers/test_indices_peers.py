"""The indices equal those of other packages on the same numbers in the same run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hikiwake import indices
from hikiwake.indices.student import two_sided_quantile

pytestmark = pytest.mark.peer

# Both sides work in double precision; 1e-9 is what the project promises.
PROMISED = 1e-9


@pytest.fixture(scope="module")
def exports() -> np.ndarray:
    """Nested as trade is: some sell nearly everything, others what all sell. No empty row or column."""
    rng = np.random.default_rng(20)
    ability, demands = rng.normal(0, 1.5, (60, 1)), rng.normal(0, 1, (1, 200))
    sold = rng.random((60, 200)) < 1 / (1 + np.exp(-1.2 * (ability - demands)))
    sold[:, 0] = True
    sold[0] = True
    return np.asarray(rng.lognormal(3, 2, (60, 200)) * sold)


@pytest.fixture(scope="module")
def present(exports: np.ndarray) -> np.ndarray:
    return indices.presence(indices.rca(exports))


def econcomplex() -> Any:
    return pytest.importorskip("econcomplex", reason="the package econcomplex is not installed")


def economic_complexity() -> Any:
    return pytest.importorskip(
        "economic_complexity", reason="the package economic-complexity is not installed"
    )


def frame(values: np.ndarray) -> Any:
    return pytest.importorskip("pandas").DataFrame(values)


def test_rca(exports: np.ndarray) -> None:
    found = indices.rca(exports)
    np.testing.assert_allclose(found, econcomplex().rca(exports), rtol=PROMISED)
    np.testing.assert_allclose(found, economic_complexity().rca(frame(exports)).to_numpy(), rtol=PROMISED)


def test_concentration(exports: np.ndarray) -> None:
    peer = econcomplex()
    np.testing.assert_allclose(indices.hhi(exports), peer.herfindahl(exports, normalize=False), rtol=PROMISED)
    np.testing.assert_allclose(indices.normalised_hhi(exports), peer.herfindahl(exports), rtol=PROMISED)


def test_proximity_and_density(present: np.ndarray) -> None:
    ours = np.nan_to_num(indices.proximity(present))
    np.fill_diagonal(ours, 0.0)  # both peers leave the product itself out
    peer = econcomplex()
    options = {"use_rca": False, "threshold": 0.5}
    theirs = peer.proximity(present.astype(float), compute="product", **options)["product"]
    np.testing.assert_allclose(ours, theirs, rtol=PROMISED, atol=1e-15)
    density = peer.relatedness_density(present.astype(float), **options) / 100.0
    np.testing.assert_allclose(
        np.nan_to_num(indices.density(present, ours)), density, rtol=PROMISED, atol=1e-15
    )


def test_proximity_by_arrays_of_another_package(present: np.ndarray) -> None:
    polars = pytest.importorskip("polars", reason="polars is not installed")
    peer = pytest.importorskip("economic_complexity.polars", reason="economic-complexity is not installed")
    kept = present[:, present.any(axis=0)]
    ours = indices.proximity(kept)
    np.fill_diagonal(ours, 0.0)
    np.testing.assert_allclose(ours, peer.proximity(polars.DataFrame(kept.astype(float))), rtol=PROMISED)


def test_complexity(present: np.ndarray) -> None:
    ours = indices.complexity(present)
    theirs = econcomplex().eci_pci(present.astype(float), use_rca=False, threshold=0.5)
    np.testing.assert_allclose(ours.economies, theirs[0], rtol=PROMISED, atol=PROMISED)
    # Theirs gives the products a sign of their own, from ubiquity.
    sign = np.sign(np.nansum(ours.products * theirs[1]))
    np.testing.assert_allclose(ours.products, sign * theirs[1], rtol=PROMISED, atol=PROMISED)


def test_complexity_by_reflections_comes_nearer(present: np.ndarray) -> None:
    # Reflecting is the power method: its error falls with the ratio of the third eigenvalue to the second
    # (here 0.87 each two reflections) until rounding takes over (here after 60): it nears ours, no more.
    kept = present[:, present.any(axis=0)]
    ours = indices.complexity(kept).economies
    missing = []
    for reflections in (10, 20, 30, 40):
        theirs, _ = economic_complexity().complexity(frame(kept.astype(float)), iterations=reflections)
        missing.append(1.0 - abs(np.corrcoef(ours, theirs)[0, 1]))
    assert missing == sorted(missing, reverse=True)
    assert missing[-1] < 1e-3


@pytest.mark.filterwarnings("ignore")  # the package uses what its own dependencies deprecate
def test_all_at_once(exports: np.ndarray, present: np.ndarray) -> None:
    peer = pytest.importorskip("ecomplexity", reason="the package ecomplexity is not installed")
    pandas = pytest.importorskip("pandas")
    row, column = np.indices(exports.shape)
    long = pandas.DataFrame({"t": 1, "i": row.ravel(), "k": column.ravel(), "x": exports.ravel()})
    named = {"time": "t", "loc": "i", "prod": "k", "val": "x"}
    result = peer.proximity(long, named)
    theirs = result["proximity"].to_numpy(dtype=float).reshape(exports.shape[1], -1)
    ours = indices.proximity(present)
    known = ~np.isnan(ours)
    np.testing.assert_allclose(ours[known], theirs[known], rtol=PROMISED)


def test_l1_distance_gives_the_complementarity(exports: np.ndarray) -> None:
    distance = pytest.importorskip("scipy.spatial.distance", reason="scipy is not installed")
    imports = exports[::-1] ** 0.5
    sold, bought = indices.shares(exports), indices.shares(imports)
    theirs = 100.0 * (1.0 - distance.cdist(sold, bought, "cityblock") / 2.0)
    np.testing.assert_allclose(indices.trade_complementarity(exports, imports), theirs, rtol=PROMISED)


@pytest.mark.parametrize("freedom", [1, 2, 3, 8, 29, 200])
@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.999])
def test_quantiles_of_student(confidence: float, freedom: int) -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy is not installed")
    expected = stats.t.ppf(0.5 + confidence / 2.0, freedom)
    assert two_sided_quantile(confidence, freedom) == pytest.approx(expected, rel=PROMISED)


def test_trend() -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy is not installed")
    rng = np.random.default_rng(3)
    years, values = np.arange(2000.0, 2012.0), rng.lognormal(2, 0.5, 12)
    ours, theirs = indices.trend_growth(values, years), stats.linregress(years, np.log(values))
    np.testing.assert_allclose(
        [ours.slope, ours.standard_error], [theirs.slope, theirs.stderr], rtol=PROMISED
    )
