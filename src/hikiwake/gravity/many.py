"""The same regression on each part of a table: sector by sector, on this machine or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput, Environment, HikiwakeError
from hikiwake.gravity.columns import key, names, raw
from hikiwake.gravity.covariance import Errors
from hikiwake.gravity.model import Columns, fit
from hikiwake.gravity.parallel import cores, each
from hikiwake.gravity.results import GravityFit
from hikiwake.gravity.sample import Drops

Rows = NDArray[np.intp]
Fits = dict[str, GravityFit | HikiwakeError]


@dataclass(frozen=True)
class _Part:
    """One regression: the formula, the rows of its part, and how to estimate."""

    formula: str
    data: Mapping[str, NDArray[np.generic]]
    errors: Errors | str | None
    columns: Columns | None

    def estimate(self) -> GravityFit | HikiwakeError:
        """Return the regression, or why there is none."""
        # The parts share the cores among them, so each has one.
        with cores(threads=1):
            try:
                return fit(self.formula, self.data, errors=self.errors, columns=self.columns)
            except HikiwakeError as fault:
                return fault


def fit_each(
    formula: str,
    data: object,
    by: str,
    *,
    errors: Errors | str | None = None,
    columns: Columns | None = None,
    jobs: int | None = None,
) -> Fits:
    """Estimate one Poisson regression for each value of a column, for example each sector.

    Parameters
    ----------
    formula, errors, columns : as for `fit`.
    data : dict of arrays, or a pandas, Polars or PyArrow table; one row for each flow of each part.
    by : the column that names the parts. Rows without a value belong to none.
    jobs : None, the cores of this process share the regressions. A number goes to `joblib.Parallel`, whose
        backend is whatever `joblib.parallel_config` says: processes, Dask, Ray. The results are the same.

    Returns
    -------
    For each value in ascending order a `GravityFit`, or the error that says why this part has no estimate:
    one sector without trade does not lose the others. Rows are those of the data as given.

    Raises
    ------
    BadInput
        If there is no such column, or all its values are missing.
    Environment
        If `jobs` is a number and joblib is not installed.

    Examples
    --------
    >>> flows = {
    ...     "trade": [9.0, 3.0, 1.0, 4.0, 8.0, 2.0, 0.0, 5.0, 7.0] * 2,
    ...     "ln_dist": [0.0, 1.0, 2.0, 1.0, 0.0, 1.5, 2.0, 1.5, 0.0] * 2,
    ...     "exporter": list("AAABBBCCC") * 2,
    ...     "importer": list("ABCABCABC") * 2,
    ...     "sector": ["coal"] * 9 + ["wheat"] * 9,
    ... }
    >>> found = fit_each("trade ~ ln_dist | exporter + importer", flows, "sector")
    >>> {sector: round(float(model.coefficients[0]), 4) for sector, model in found.items()}
    {'coal': -0.8783, 'wheat': -0.8783}
    """
    rows = _parts_of(data, by)
    table = {name: raw(data, name) for name in names(data)}
    parts = [
        _Part(formula, {name: column[at] for name, column in table.items()}, errors, columns)
        for at in rows.values()
    ]
    if jobs is None:
        with cores():
            found = each(_Part.estimate, parts)
    else:
        found = _spread_out(parts, jobs)
    return {label: _as_given(one, at) for (label, at), one in zip(rows.items(), found, strict=True)}


def _parts_of(data: object, by: str) -> dict[str, Rows]:
    """Return the rows of each part by its name."""
    part_of = key(data, by)
    if not (part_of.codes >= 0).any():
        raise BadInput(
            where=f"column {by!r}",
            why="it names no part: all values are missing",
            remedy="Name the column that tells the sectors apart.",
        )
    return {str(label): np.flatnonzero(part_of.codes == code) for code, label in enumerate(part_of.labels)}


def _spread_out(parts: list[_Part], jobs: int) -> list[GravityFit | HikiwakeError]:
    try:
        joblib = import_module("joblib")
    except ImportError:
        raise Environment(
            where=f"jobs={jobs}",
            why="the package joblib is not installed",
            remedy='Install it with `pip install "hikiwake[cluster]"`, or leave `jobs` out.',
        ) from None
    call: Callable[[_Part], object] = joblib.delayed(_Part.estimate)
    found: list[GravityFit | HikiwakeError] = joblib.Parallel(n_jobs=jobs)(call(part) for part in parts)
    return found


def _as_given(found: GravityFit | HikiwakeError, rows: Rows) -> GravityFit | HikiwakeError:
    """Count rows in the data as given."""
    if isinstance(found, HikiwakeError):
        return found
    drops = {reason: rows[at] for reason, at in found.drops.items()}
    parts = replace(found.sandwich, used=found.sandwich.used.within(rows))
    return replace(found, sandwich=parts, drops=Drops(drops))
