"""A regression as the commands print it: JSON, tests, multilateral resistances."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from hikiwake.gravity import GravityFit
    from hikiwake.gravity.diagnostics import HypothesisTest


class Asked(NamedTuple):
    """What a person wants to know beside the estimate."""

    bias: bool = False
    sums: tuple[str, ...] = ()
    tests: bool = False
    reference: str | None = None


def checks_of(found: GravityFit) -> list[HypothesisTest]:
    """Return the tests of the mean and of the variance."""
    from hikiwake.gravity import gauss_newton, park, reset

    return [reset(found), park(found, 1.0), park(found, 2.0), gauss_newton(found)]


def resistances_of(found: GravityFit, reference: str) -> str:
    """Return the multilateral resistances as CSV: Pi^(1-sigma), P^(1-sigma), what is sold and bought."""
    from hikiwake.gravity import resistances

    made = resistances(found, reference)
    lines = [",".join(("economy", *_times(made.time), "outward", "inward", "output", "expenditure"))]
    for n, economy in enumerate(made.economy):
        numbers = (made.outward[n], made.inward[n], made.output[n], made.expenditure[n])
        cells = ["" if number != number else f"{number:.10g}" for number in numbers]  # noqa: PLR0124  (NaN)
        lines.append(",".join([str(economy), *(str(one[n]) for one in made.time), *cells]))
    return "\n".join(lines)


def _times(time: tuple[object, ...]) -> list[str]:
    return [f"time{n}" if len(time) > 1 else "time" for n in range(1, len(time) + 1)]


class Figures(NamedTuple):
    """Files of figures that are asked for, which flows the scatter marks, and whose flows the map shows."""

    plot: Path | None
    scatter: Path | None
    chart: Path | None
    mark: tuple[str, ...]
    partners: str


def drawn(found: GravityFit, asked: Figures) -> None:
    """Draw the figures that were asked for."""
    from hikiwake.core.errors import BadUsage
    from hikiwake.gravity import plots
    from hikiwake.render.charts import png, svg
    from hikiwake.render.language import load
    from hikiwake.store.atomic import write

    marked = _named("--mark", "--scatter", asked.mark, wanted=asked.scatter)
    whose = _named("--of", "--map", (asked.partners,) if asked.partners else (), wanted=asked.chart)
    if asked.chart is not None and not whose:
        raise BadUsage(
            where="--map",
            why="it shows the flows of one economy, and none is named",
            remedy="Write for example: --map map.svg --of exporter=JPN.",
        )
    for file, make in (
        (asked.plot, plots.coefficients),
        (asked.scatter, lambda one: plots.scatter(one, marked)),
        (asked.chart, lambda one: plots.residual_map(one, *next(iter(whose.items())))),
    ):
        if file is None:
            continue
        if file.suffix not in {".svg", ".png"}:
            raise BadUsage(
                where=str(file), why="a figure cannot be written in it", remedy="Name an .svg or .png file."
            )
        chart, ledger = make(found)
        content = png(chart, ledger, load()) if file.suffix == ".png" else svg(chart, ledger, load()).encode()
        write(file, content)


def _named(option: str, figure: str, given: tuple[str, ...], *, wanted: Path | None) -> dict[str, str]:
    """Read COLUMN=VALUE of an option that goes with a figure."""
    from hikiwake.core.errors import BadUsage

    unread = [one for one in given if "=" not in one]
    if unread or (given and wanted is None):
        raise BadUsage(
            where=f"{option} {(unread or given)[0]}",
            why="it is not COLUMN=VALUE" if unread else f"there is no {figure} that it would be of",
            remedy=f"Write for example: {figure} flows.svg {option} exporter=JPN.",
        )
    return dict(one.split("=", 1) for one in given)


def told(found: GravityFit, asked: Asked) -> list[str]:
    """Return a regression as lines of text, with what was asked for beside it."""
    from hikiwake.gravity import bias_correction

    lines = [found.summary()]
    for names, (value, error) in _sums(found, asked).items():
        lines.append(f"Sum of {names}: {value:.6g} (std. error {error:.6g})")
    if asked.bias:
        made = bias_correction(found)
        for name, slope, error in zip(made.names, made.coefficients, made.standard_errors, strict=True):
            lines.append(f"Without bias, {name}: {slope:.6g} (std. error {error:.6g})")
    lines += [str(one) for one in checks_of(found)] if asked.tests else []
    return [*lines, resistances_of(found, asked.reference)] if asked.reference else lines


def _sums(found: GravityFit, asked: Asked) -> dict[str, tuple[float, float]]:
    """Return the sums of slopes that were asked for, with their errors (delta method)."""
    listed = [[name.strip() for name in one.split(",")] for one in asked.sums]
    return {" + ".join(names): found.combination(dict.fromkeys(names, 1.0)) for names in listed}


def json_of(found: GravityFit, asked: Asked) -> str:
    """Return a regression as JSON, with rows left out, and with what was asked for beside it."""
    from hikiwake.gravity import bias_correction

    said: dict[str, object] = {
        "formula": found.formula,
        "estimator": found.estimator,
        "coefficients": found.table(),
        "covariance": found.covariance.matrix.tolist(),
        "errors": found.covariance.by,
        "small_sample": found.covariance.small_sample,
        "clusters": list(found.covariance.clusters),
        "rows_used": found.observations,
        "rows_left_out": {reason: rows.tolist() for reason, rows in found.drops.items()},
        "regressors_left_out": dict(found.dropped_regressors),
        "deviance": found.deviance,
        "log_likelihood": found.log_likelihood,
        "squared_correlation": found.r_squared,
        "method": found.method,
    }
    sums = _sums(found, asked)
    if sums:
        said["sums"] = {names: {"value": value, "error": error} for names, (value, error) in sums.items()}
    if asked.bias:
        made = bias_correction(found)
        said["without_bias"] = {
            "coefficient": made.coefficients.tolist(),
            "bias": made.bias.tolist(),
            "standard_error": made.standard_errors.tolist(),
        }
    if asked.tests:
        said["tests"] = [{**one._asdict(), "statistic": one.statistic} for one in checks_of(found)]
    if asked.reference:
        said["resistances"] = _resistances(found, asked.reference)
    return json.dumps(said, indent=1, ensure_ascii=False, allow_nan=False)


def _resistances(found: GravityFit, reference: str) -> list[dict[str, object]]:
    from hikiwake.gravity import resistances

    made = resistances(found, reference)
    return [
        {
            "economy": str(economy),
            "time": [str(one[n]) for one in made.time],
            **{
                name: None if value != value else float(value)  # noqa: PLR0124  (NaN)
                for name, value in (
                    ("outward", made.outward[n]),
                    ("inward", made.inward[n]),
                    ("output", made.output[n]),
                    ("expenditure", made.expenditure[n]),
                )
            },
        }
        for n, economy in enumerate(made.economy)
    ]
