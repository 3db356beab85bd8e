"""The result of a gravity regression: frozen, complete, and readable as text, HTML and table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from statistics import NormalDist
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput, Environment
from hikiwake.gravity import likelihood, text
from hikiwake.gravity.columns import combine
from hikiwake.gravity.covariance import ROBUST, Covariance, Errors, Sandwich, SmallSample, covariance, kind_of
from hikiwake.gravity.effects import Array
from hikiwake.gravity.formula import parse
from hikiwake.gravity.habits import RESULTS
from hikiwake.gravity.layout import sides
from hikiwake.gravity.sample import Drops

TITLES = {"ppml": "Poisson pseudo-maximum likelihood", "ols": "Least squares of the logarithm"}


class Levels(NamedTuple):
    """Estimated fixed effects: the columns that make a level, and the value of each level of the layout."""

    columns: tuple[str, ...]
    values: Array


class Interval(NamedTuple):
    """Bounds of each coefficient."""

    low: Array
    high: Array


@dataclass(frozen=True, eq=False)
class GravityFit:
    """A gravity regression, estimated.

    Attributes
    ----------
    coefficients, covariance : slopes (K,) in the order of `names`, and their covariance with its kind.
    drops : rows that were left out, by reason.
    dropped_regressors : regressors that were left out, with the reason.
    effects : the estimated fixed effects, by their text in the formula.
    method : which layout was chosen. `steps` : Newton steps of the last round.
    made : how regressors that are no plain columns were made, so that `predict` makes the same; else None.
    """

    formula: str
    estimator: str
    names: tuple[str, ...]
    coefficients: Array
    covariance: Covariance
    sandwich: Sandwich
    drops: Drops
    dropped_regressors: Mapping[str, str]
    effects: Mapping[str, Levels]
    steps: int
    method: str
    made: Any = None

    @property
    def observations(self) -> int:
        """Number of rows used."""
        return self.sandwich.used.count

    @property
    def rows(self) -> NDArray[np.intp]:
        """Positions of the rows used, in the data; `dependent`, `predictor` and `weights` follow them."""
        return self.sandwich.used.rows

    @property
    def dependent(self) -> Array:
        """Flows at the rows used."""
        return self.sandwich.used.dependent

    @property
    def predictor(self) -> Array:
        """The linear predictor at the rows used, the offset included."""
        return self.sandwich.used.predictor

    @property
    def weights(self) -> Array | None:
        """Weights of the rows used, if there are some."""
        return self.sandwich.used.weights

    @property
    def standard_errors(self) -> Array:
        """Square roots of the diagonal of the covariance."""
        return np.sqrt(np.diag(self.covariance.matrix))

    @property
    def statistics(self) -> Array:
        """Coefficient over standard error."""
        with np.errstate(divide="ignore", invalid="ignore"):
            out: Array = self.coefficients / self.standard_errors
        return out

    @property
    def p_values(self) -> Array:
        """Two-sided, from the normal distribution."""
        return np.array([math.erfc(abs(z) / math.sqrt(2.0)) for z in self.statistics])

    @property
    def fitted(self) -> Array:
        """Expected value at the rows used: exp(linear predictor); for OLS, that of the logarithm.

        The exponential of a predicted logarithm is no expected flow: its bias depends on heteroskedasticity.
        """
        return np.exp(self.predictor) if self.estimator == "ppml" else self.predictor

    @property
    def residuals(self) -> Array:
        """Dependent minus fitted: flows for Poisson, logarithms for OLS."""
        value = self.dependent if self.estimator == "ppml" else np.log(self.dependent)
        return value - self.fitted

    @property
    def deviance(self) -> float:
        """2 sum w [y log(y/mu) - (y - mu)] for Poisson; the weighted sum of squares for OLS."""
        weights = 1.0 if self.weights is None else self.weights
        if self.estimator == "ols":
            return float(np.sum(weights * self.residuals**2))
        y, mean = self.dependent, self.fitted
        logs = np.log(np.divide(y, mean, out=np.ones_like(y), where=y > 0.0))
        return float(2.0 * np.sum(weights * (y * logs - (y - mean))))

    @property
    def log_likelihood(self) -> float:
        """Of Poisson, a pseudo-likelihood where flows are no counts; of least squares, of normal errors."""
        if self.estimator == "ols":
            return likelihood.normal(self.residuals, self.weights)
        return likelihood.poisson(self.dependent, self.fitted, self.weights)

    @property
    def pseudo_r_squared(self) -> float:
        """1 - log L / log L of a constant alone (McFadden 1974), of the same rows; Poisson only, else NaN."""
        if self.estimator == "ols":
            return math.nan
        mean = np.average(self.dependent, weights=self.weights)
        alone = likelihood.poisson(self.dependent, np.full_like(self.dependent, mean), self.weights)
        return 1.0 - self.log_likelihood / alone

    @property
    def r_squared(self) -> float:
        """Squared correlation of dependent and fitted, the Guide's R2 for PPML; 0 of a constant alone."""
        value = self.dependent if self.estimator == "ppml" else np.log(self.dependent)
        if np.ptp(value) == 0.0 or np.ptp(self.fitted) == 0.0:
            return 0.0
        return float(np.corrcoef(value, self.fitted)[0, 1] ** 2)

    def confidence_interval(self, level: float = 0.95) -> Interval:
        """Return bounds from the normal distribution."""
        if not 0.0 < level < 1.0:
            raise BadInput(where=f"level {level:g}", why="a level lies between 0 and 1", remedy="Say 0.95.")
        half = NormalDist().inv_cdf(0.5 + level / 2.0) * self.standard_errors
        return Interval(self.coefficients - half, self.coefficients + half)

    def with_errors(self, errors: Errors | str) -> GravityFit:
        """Return the same estimate with other standard errors, without estimating again."""
        asked = kind_of(errors, sides(self.sandwich.effects), tuple(self.sandwich.keys))
        return replace(self, covariance=covariance(self.sandwich, asked))

    def with_small_sample(self, convention: SmallSample) -> GravityFit:
        """Return the same estimate under the other small-sample convention."""
        return self.with_errors(Errors(self.covariance.by, convention))

    def coefficient(self, name: str) -> float:
        """Return one slope."""
        return float(self.coefficients[self.position(name)])

    def standard_error(self, name: str) -> float:
        """Return the standard error of one slope."""
        return float(self.standard_errors[self.position(name)])

    def position(self, name: str) -> int:
        """Return where a regressor stands in the coefficients.

        Raises
        ------
        BadInput
            If it is not there; if it was dropped, the reason is told.
        """
        if name in self.names:
            return self.names.index(name)
        why = self.dropped_regressors.get(name)
        raise BadInput(
            where=f"regressor {name!r}",
            why=f"it was left out: {why}" if why else "the regression has no such regressor",
            remedy=f"It has {', '.join(self.names) or 'fixed effects alone'}.",
        )

    def combination(self, weights: Mapping[str, float]) -> tuple[float, float]:
        """Return a linear combination of slopes and its standard error (delta method)."""
        vector = np.zeros(len(self.names))
        for name, weight in weights.items():
            vector[self.position(name)] = weight
        variance = float(vector @ self.covariance.matrix @ vector)
        return float(vector @ self.coefficients), math.sqrt(max(variance, 0.0))

    def draws(self, count: int, seed: int) -> Array:
        """Return slopes drawn from their estimated joint distribution, (count, K), as scenarios take them.

        Normal, with the covariance of the chosen errors; a direction without variance does not move.
        """
        values, vectors = np.linalg.eigh(self.covariance.matrix)
        spread = vectors * np.sqrt(np.maximum(values, 0.0))
        standard = np.random.default_rng(seed).standard_normal((count, len(self.names)))
        out: Array = self.coefficients + standard @ spread.T
        return out

    def table(self, level: float = 0.95) -> dict[str, list[str] | list[float]]:
        """Return the coefficient table as columns, which any frame library takes."""
        bounds = self.confidence_interval(level)
        return {
            "regressor": list(self.names),
            "coefficient": self.coefficients.tolist(),
            "standard_error": self.standard_errors.tolist(),
            "z": self.statistics.tolist(),
            "p": self.p_values.tolist(),
            "low": bounds.low.tolist(),
            "high": bounds.high.tolist(),
        }

    def to_frame(self, library: ModuleType | None = None) -> object:
        """Return the coefficient table as a frame of a library: `to_frame(polars)`; of pandas by default.

        Without regressors it has no row, and the same types.

        Raises
        ------
        Environment
            If no library is given and pandas is not installed.
        """
        if library is None:
            library = _pandas()
        table: dict[str, object] = dict(self.table())
        if not self.names:
            table = {name: np.empty(0, dtype=str if name == "regressor" else float) for name in table}
        return library.DataFrame(table)

    if not TYPE_CHECKING:  # to those who check types a wrong name stays wrong

        def __getattr__(self, name: str) -> NoReturn:
            """Say what a result is called here, to those who know it by another name."""
            here = RESULTS.get(name)
            hint = f"; here it is {here}" if here else ""
            raise AttributeError(f"{type(self).__name__!r} has no {name!r}{hint}", name=name, obj=self)

    def summary(self) -> str:
        """Return the regression as text: coefficients, sample, errors, and what was left out."""
        return text.plain(self._report())

    def __str__(self) -> str:
        return self.summary()

    def __repr__(self) -> str:
        return f"<GravityFit {self.formula!r}: {self.observations:,} rows, {len(self.names)} coefficients>"

    def _repr_html_(self) -> str:
        return text.html(self._report())

    def __rich_console__(self, console: object, options: object) -> Iterator[object]:
        """Give the library rich what it prints."""
        del console, options
        yield from text.rich(self._report())

    def _report(self) -> text.Report:
        bounds = self.confidence_interval()
        rows = [
            (
                name,
                f"{self.coefficients[at]:.6g}",
                f"{self.standard_errors[at]:.6g}",
                f"{self.statistics[at]:.2f}",
                f"{self.p_values[at]:.4f}",
                f"{bounds.low[at]:.5g}",
                f"{bounds.high[at]:.5g}",
            )
            for at, name in enumerate(self.names)
        ]
        return text.Report(TITLES[self.estimator], self.formula, *self._facts(), rows, self._notes())

    def _facts(self) -> tuple[text.Pairs, text.Pairs]:
        """Return what stands above the coefficients, to the left and to the right."""
        made = self.covariance
        ppml = self.estimator == "ppml"
        name = parse(self.formula).dependent
        sample = [
            ("Dep. variable", name if ppml else f"log({name})"),
            ("Estimator", self.estimator.upper()),
            ("Observations", f"{self.observations:,}"),
            ("Rows left out", f"{self.drops.total:,}"),
            ("Cov. type", "clustered" if made.by != ROBUST else "robust"),
            ("Small sample", made.small_sample),
        ]
        if made.by != ROBUST:
            sample[5:5] = [("Clusters", " x ".join(f"{count:,}" for count in made.clusters))]
        quality = [
            ("R-squared (data, fit)", f"{self.r_squared:.4f}"),
            *([("Pseudo R-squared", f"{self.pseudo_r_squared:.4f}")] if ppml else []),
            ("Log-likelihood", f"{self.log_likelihood:.8g}"),
            ("Deviance" if ppml else "Sum of squares", f"{self.deviance:.8g}"),
            ("Weights", "none" if self.weights is None else "given"),
        ]
        quality += [(f"Levels of {effect}", f"{self._levels(effect):,}") for effect in self.effects]
        return sample, quality

    def _levels(self, effect: str) -> int:
        """Return how many levels of a fixed effect the rows used have."""
        found = next(one for one in self.sandwich.effects if str(one) == effect)
        keys = [self.sandwich.keys[name] for name in found.columns]
        return len(np.unique(combine(keys, unordered=found.unordered)[0]))

    def _notes(self) -> text.Pairs:
        made = self.covariance
        notes = [(f"Left out, {len(rows):,} rows", reason) for reason, rows in self.drops.items()]
        notes += [(f"Left out, {name}", why) for name, why in self.dropped_regressors.items()]
        by = f"clustered by {made.by}" if made.by != ROBUST else "robust"
        notes.append(("Standard errors", f"{by}, small-sample convention {made.small_sample!r}"))
        if made.repaired:
            notes.append(("Note", "negative eigenvalues of the covariance were set to zero"))
        return [*notes, ("Solved", f"{self.method}; {self.steps} steps")]


def _pandas() -> ModuleType:
    try:
        return import_module("pandas")
    except ImportError:
        raise Environment(
            where="to_frame()",
            why="the package pandas is not installed",
            remedy='Install it with `pip install "hikiwake[frames]"`, or give another: to_frame(polars).',
        ) from None
