"""The gravity estimator equals pyfixest on random designs in the same run.

Coefficients to 1e-7 and standard errors to 1e-5, relative: what the project promises. Both sides are asked
for tight tolerances, so that what is compared is the estimator and not where an iteration stopped.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from tests.gravity_panels import Columns as Table
from tests.gravity_panels import Shape, panel

from hikiwake.gravity import Columns, Errors, fit

pytestmark = pytest.mark.peer

SLOPES, ERRORS = 1e-7, 1e-5
TWO = "ln_dist + lang + home + rta", "exporter^year + importer^year"
THREE = "rta + wave", "exporter^year + importer^year + exporter^importer"
SHAPES = {
    "complete": Shape(),
    "unbalanced": Shape(missing=0.3),
    "sparse": Shape(countries=16, missing=0.75),
    "embargo": Shape(embargo=True),
    "unbalanced embargo": Shape(countries=15, missing=0.2, embargo=True),
    "cross-section": Shape(countries=20, years=1),
}
DESIGNS = [
    (name, spec, seed)
    for name, shape in SHAPES.items()
    for spec in (TWO, THREE)
    for seed in (1, 2, 3)
    if not (shape.years == 1 and spec is THREE)
    if not (name == "sparse" and spec is THREE)
]


def theirs(formula: str, data: Table, vcov: Any) -> Any:
    pf = pytest.importorskip("pyfixest", reason="the package pyfixest is not installed")
    pandas = pytest.importorskip("pandas")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = pandas.DataFrame(data)
        frame["pair"] = frame["exporter"].astype(str) + frame["importer"].astype(str)
        return pf.fepois(
            formula,
            frame,
            vcov=vcov,
            iwls_tol=1e-12,
            iwls_maxiter=200,
            fixef_tol=1e-10,
        )


def compare(formula: str, data: Table, errors: str, vcov: Any) -> None:
    """Compare on the rows that we use: which rows those are is checked against linear programming elsewhere.

    On the data as they are the peer keeps some rows that tell nothing (it looks for rows alone with an effect
    once), and on thin panels its search for separation fails: it prints -27 for the embargo, or gives up with
    "Demeaning failed after 10000 iterations".
    """
    ours = fit(formula, data, errors=Errors(errors, "parameters"))
    used = {name: column[ours.rows] for name, column in data.items()}
    right = formula.partition("|")[2]
    left = f"trade ~ {' + '.join(ours.names)}"
    peer = theirs(f"{left} | {right}".replace("exporter^importer", "pair"), used, vcov)
    assert peer._N == ours.observations
    np.testing.assert_allclose(ours.coefficients, peer.coef()[list(ours.names)], rtol=SLOPES, atol=1e-9)
    np.testing.assert_allclose(ours.standard_errors, peer.se()[list(ours.names)], rtol=ERRORS)


@pytest.mark.parametrize(("name", "spec", "seed"), DESIGNS, ids=str)
def test_ppml_clustered_by_pair(name: str, spec: tuple[str, str], seed: int) -> None:
    shape = SHAPES[name]
    data = panel(seed, shape)
    regressors = spec[0] + (" + embargo" if shape.embargo else "")
    compare(f"trade ~ {regressors} | {spec[1]}", data, "pair", {"CRV1": "pair"})


@pytest.mark.parametrize(
    ("ours", "peer"),
    [
        ("robust", "hetero"),
        ("exporter", {"CRV1": "exporter"}),
        ("exporter + importer", {"CRV1": "exporter + importer"}),
    ],
)
@pytest.mark.parametrize("spec", [TWO, THREE], ids=["two-way", "three-way"])
def test_other_errors(ours: str, peer: Any, spec: tuple[str, str]) -> None:
    data = panel(5, Shape(missing=0.1))
    compare(f"trade ~ {spec[0]} | {spec[1]}", data, ours, peer)


def test_effects_that_are_no_gravity_go_to_the_sparse_solver() -> None:
    data = panel(7, Shape(missing=0.1))
    formula = "trade ~ ln_dist + lang + rta | exporter + importer + year"
    assert fit(formula, data).method.startswith("sparse")
    compare(formula, data, "exporter^importer", {"CRV1": "pair"})


@pytest.mark.parametrize(
    "effects", [TWO[1], THREE[1], "exporter + year"], ids=["two-way", "three-way", "others"]
)
def test_fixed_effects_alone(effects: str) -> None:
    """Fitted flows and deviance, on the rows that we use."""
    data = panel(8, Shape(missing=0.2))
    keys = ("exporter", "importer", "year")
    ours = fit(f"trade ~ 1 | {effects}", data, columns=Columns(keys=keys))
    used = {name: column[ours.rows] for name, column in data.items()}
    peer = theirs(f"trade ~ 1 | {effects}".replace("exporter^importer", "pair"), used, "hetero")
    assert peer._N == ours.observations
    np.testing.assert_allclose(ours.fitted, peer.predict(type="response"), rtol=1e-6)
    np.testing.assert_allclose(ours.deviance, float(np.squeeze(peer.deviance)), rtol=1e-9)
