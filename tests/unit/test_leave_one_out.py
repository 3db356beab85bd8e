"""Expectations of all pairs, each estimated without the pair: the same as estimating each anew."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from hikiwake.gravity import fit, leave_one_out
from hikiwake.gravity.effects import Array
from hikiwake.gravity.left_out import left_out

SIZE = 16


def world(seed: int) -> tuple[Array, Array]:
    """Return flows of very unlike size between economies, with zeros, and two regressors."""
    random = np.random.default_rng(seed)
    distance = random.normal(size=(SIZE, SIZE))
    language = np.triu(random.random((SIZE, SIZE)) < 0.3, 1)
    both = np.stack([(distance + distance.T) / 2, (language | language.T).astype(float)])
    size = random.normal(scale=1.5, size=(2, SIZE))
    mean = np.exp(size[0][:, None] + size[1] - 0.8 * both[0] + 0.4 * both[1])
    flows = mean * random.gamma(0.7, 1 / 0.7, size=mean.shape) * (random.random(mean.shape) < 0.85)
    np.fill_diagonal(flows, 0.0)
    return flows, both


def estimated(flows: Array, regressors: Array, without: tuple[int, int] | None = None) -> tuple[Array, Array]:
    """Return fitted flows and the expectation of every cell, NaN without an effect, by `fit`."""
    cells = ~np.eye(SIZE, dtype=bool)
    if without:
        cells[without] = cells[without[::-1]] = False
    i, j = np.nonzero(cells)
    data = {"y": flows[i, j], "d": regressors[0][i, j], "l": regressors[1][i, j], "x": i, "m": j}
    found = fit("y ~ d + l | x + m", data)
    kept = [("d", "l").index(name) for name in found.names]
    eta = np.tensordot(found.coefficients, regressors[kept], axes=1)
    for side, at in (("x", i), ("m", j)):
        level = np.full(SIZE, np.nan)
        used = np.unique(at[found.rows])
        labels = np.asarray(found.sandwich.keys[side].labels).astype(int)
        level[used] = np.ravel(found.effects[side].values)[np.searchsorted(labels, used)]
        eta = eta + (level[:, None] if side == "x" else level[None, :])
    mean = np.zeros(flows.shape)
    mean[i[found.rows], j[found.rows]] = found.fitted
    return mean, np.exp(eta)


@pytest.mark.parametrize("seed", range(3))
def test_every_pair_is_estimated_anew(seed: int) -> None:
    flows, regressors = world(seed)
    mean, _ = estimated(flows, regressors)
    found, step = leave_one_out(flows, mean, regressors), left_out(flows, mean, regressors)
    farthest = 0.0
    for i, j in combinations(range(SIZE), 2):
        if not mean[i, j] + mean[j, i]:
            continue
        _, anew = estimated(flows, regressors, (i, j))
        for cell in ((i, j), (j, i)):
            if mean[cell]:
                np.testing.assert_allclose(found.expected[cell], anew[cell], rtol=1e-6)
                farthest = max(farthest, abs(np.log(step.expected[cell] / anew[cell])))
    assert farthest > 0.05  # or there would be nothing to follow
    np.testing.assert_array_equal(found.error, step.error)
    np.testing.assert_array_equal(found.expected == 0.0, mean == 0.0)


def test_an_economy_with_one_customer_has_no_expectation_there() -> None:
    flows, regressors = world(5)
    flows[3] = 0.0
    flows[3, 8] = 7.0
    mean, _ = estimated(flows, regressors)
    found = leave_one_out(flows, mean, regressors)
    assert np.isnan(found.expected[3, 8])
    assert np.isfinite(found.expected[8, 3])  # what it buys is another matter
    _, anew = estimated(flows, regressors, (3, 8))
    assert found.expected[8, 3] == pytest.approx(anew[8, 3], rel=1e-6)
    others = np.isnan(found.expected)
    others[3, 8] = False
    assert not others.any()


def test_no_number_depends_on_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    from hikiwake.gravity import parallel

    flows, regressors = world(6)
    mean, _ = estimated(flows, regressors)
    one = leave_one_out(flows, mean, regressors).expected
    monkeypatch.setattr(parallel, "workers", lambda: 1)
    assert leave_one_out(flows, mean, regressors).expected.tobytes() == one.tobytes()
