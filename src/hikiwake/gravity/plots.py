"""Figures of a regression, for the project's renderer: coefficients, flows, and a map of residuals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from hikiwake.core.country import Country, known
from hikiwake.core.document import Chart, Label, Mark, Prose, Series
from hikiwake.core.errors import BadInput
from hikiwake.core.provenance import Fact, Formula, Interval, Ledger, Period, Unit
from hikiwake.gravity.layout import sides
from hikiwake.gravity.results import GravityFit

LEVEL = 0.95
MOST = 2000
"""Flows of a scatter: those that are expected to be largest."""
SLOPE = Formula(
    "gravity_coefficient",
    "Coefficient of a gravity regression",
    "Poisson pseudo-maximum likelihood, or least squares of the logarithm",
    Unit("1", "score"),
    "(-inf, inf)",
    "Santos Silva & Tenreyro (2006), Rev. Econ. Stat. 88:641",
    (),
)
FLOW = Formula(
    "gravity_flow",
    "A flow, or what a regression expects of it",
    "y, and exp(x'b + fixed effects)",
    Unit("", "amount"),
    "[0, inf)",
    "Santos Silva & Tenreyro (2006), Rev. Econ. Stat. 88:641",
    (),
)


RESIDUAL = Formula(
    "gravity_residual",
    "Actual over expected flows of a partner",
    "sum of y over sum of exp(x'b + fixed effects), over the rows of the partner",
    Unit("ratio", "ratio"),
    "[0, inf)",
    "Santos Silva & Tenreyro (2006), Rev. Econ. Stat. 88:641",
    (),
)


class Plot(NamedTuple):
    """A figure and the numbers that it shows; `hikiwake.render.charts` draws it as SVG or PNG."""

    chart: Chart
    ledger: Ledger


def coefficients(found: GravityFit) -> Plot:
    """Return the coefficients, each with its interval of 95 %.

    Raises
    ------
    BadInput
        If the regression has fixed effects alone.
    """
    if not found.names:
        raise BadInput(
            where="a figure of coefficients",
            why="the regression has no regressor",
            remedy="Draw its flows: plots.scatter, or --scatter on the command line.",
        )
    ledger, bounds, level = Ledger(), found.confidence_interval(LEVEL), LEVEL
    marks = []
    for at, name in enumerate(found.names):
        spread = Interval(float(bounds.low[at]), float(bounds.high[at]), level, "confidence")
        value = float(found.coefficients[at])
        marks.append(Mark(_text(name), _state(ledger, found, SLOPE, {"regressor": name}, value, spread)))
    chart = Chart(
        id="gravity-coefficients",
        kind="whiskers",
        title=Prose("gravity.coefficients", labels={"formula": _text(found.formula)}),
        axis=Prose("gravity.coefficients_axis", {"level": marks[0].fact}),
        series=(Series(Prose("gravity.coefficients_axis", {"level": marks[0].fact}), tuple(marks)),),
        alt=Prose("gravity.coefficients_alt", {"first": marks[0].fact}, {"name": _text(found.names[0])}),
    )
    return Plot(chart, ledger)


def scatter(found: GravityFit, marked: Mapping[str, str] | None = None) -> Plot:
    """Return actual beside expected flows, the largest expectations of them, some marked.

    Parameters
    ----------
    marked : what the flows to be marked are: {"exporter": "JPN", "importer": "RUS"}.

    Raises
    ------
    BadInput
        If the regression is of logarithms, or no flow is so.
    """
    _of_flows(found)
    keys = found.sandwich.keys
    unknown = [name for name in marked or () if name not in keys]
    if unknown:
        raise BadInput(
            where=f"column {unknown[0]!r}",
            why="the regression did not read it",
            remedy=f"Known are {', '.join(keys)}.",
        )
    labels = {name: np.asarray(key.labels)[key.codes].astype(str) for name, key in keys.items()}
    chosen = np.ones(found.observations, dtype=bool) if marked else np.zeros(found.observations, dtype=bool)
    for name, value in (marked or {}).items():
        chosen &= labels[name] == value
    if marked and not chosen.any():
        raise BadInput(
            where=", ".join(f"{name} {value}" for name, value in marked.items()),
            why="the regression used no such row",
            remedy="Look at the rows left out.",
        )
    largest = np.argsort(-found.fitted, kind="stable")[:MOST]
    shown = np.union1d(largest, np.flatnonzero(chosen))
    return _scattered(found, labels, shown, chosen)


def _scattered(
    found: GravityFit, labels: dict[str, np.ndarray], shown: np.ndarray, chosen: np.ndarray
) -> Plot:
    named = sides(found.sandwich.effects)
    order = named.keys if named else tuple(labels)
    ledger, series = Ledger(), []
    for what, values in (("expected", found.fitted), ("actual", found.dependent)):
        marks = []
        for row in shown:
            name = ", ".join(labels[key][row] for key in order) or f"row {found.rows[row]}"
            subject = {"flow": name, "what": what, "row": str(found.rows[row])}
            label = Label("text", str(found.rows[row]), name)
            fact = _state(ledger, found, FLOW, subject, values[row])
            marks.append(Mark(label, fact, emphasis=bool(chosen[row])))
        series.append(Series(Prose(f"gravity.{what}"), tuple(marks)))
    title = Prose("gravity.scatter", labels={"formula": _text(found.formula)})
    chart = Chart(
        id="gravity-scatter",
        kind="scatter",
        title=title,
        axis=Prose("gravity.scatter_axis"),
        series=tuple(series),
        alt=Prose("gravity.scatter_alt"),
    )
    return Plot(chart, ledger)


def residual_map(found: GravityFit, side: str, economy: str) -> Plot:
    """Return a map of actual over expected flows of one exporter or importer, by partner.

    Rows of several years are added up. Partners that no economy is known by stay out of the map.

    Parameters
    ----------
    side : the column that names it: the exporters', or the importers'.
    economy : what it is called there.

    Raises
    ------
    BadInput
        If the regression is of logarithms, does not name exporters and importers, or used no such row.
    """
    _of_flows(found)
    named = sides(found.sandwich.effects)
    ends: tuple[str, ...] = (named.exporter, named.importer) if named else ()
    if side not in ends:
        raise BadInput(
            where=f"column {side!r}",
            why="it is not one of the columns that name exporters and importers",
            remedy=f"They are {' and '.join(ends)}." if ends else "Use effects of exporters and importers.",
        )
    partner = next(name for name in ends if name != side)
    who = known(economy)
    ratios = _ratios(found, (side, partner), economy)
    if not ratios:
        raise BadInput(
            where=f"{side} {economy}",
            why="the regression used no row of it with a partner that is known as an economy",
            remedy="Name economies by codes or names that `hikiwake why` takes, such as JPN.",
        )
    ledger = Ledger()
    facts = {
        one: _state(ledger, found, RESIDUAL, {side: economy, partner: one.id}, ratio)
        for one, ratio in ratios.items()
    }
    lowest, highest = (pick(ratios, key=lambda one: (ratios[one], one.id)) for pick in (min, max))
    furthest = zip(("lowest", "highest"), (lowest, highest), strict=True)
    ends_told = {key: Label("economy", one.id, one.name) for key, one in furthest}
    about = Label("economy", who.id, who.name) if who else _text(economy)
    direction = "sales" if side == ends[0] else "purchases"
    told = {"least": facts[lowest], "most": facts[highest]}
    chart = Chart(
        id="gravity-residual-map",
        kind="map",
        title=Prose(f"gravity.map_{direction}", told, {"economy": about, **ends_told}),
        axis=Prose("gravity.map_axis"),
        series=(
            Series(
                Prose("gravity.map_axis"),
                tuple(Mark(Label("economy", one.id, one.name), fact) for one, fact in facts.items()),
            ),
        ),
        alt=Prose(f"gravity.map_{direction}_alt", told, {"economy": about, **ends_told}),
        note=Prose("gravity.map_note", labels={"formula": _text(found.formula)}),
    )
    return Plot(chart, ledger)


def _ratios(found: GravityFit, ends: tuple[str, str], economy: str) -> dict[Country, float]:
    """Return actual over expected flows of an economy by partner, itself apart (its column first)."""
    side, partner = ends
    labels = {name: np.asarray(found.sandwich.keys[name].labels).astype(str) for name in ends}
    codes = {name: found.sandwich.keys[name].codes for name in ends}
    chosen = labels[side][codes[side]] == economy
    actual, expected = (
        np.bincount(codes[partner][chosen], values[chosen], len(labels[partner]))
        for values in (found.dependent, found.fitted)
    )
    placed = {known(name): at for at, name in enumerate(labels[partner]) if expected[at] > 0.0}
    own = known(economy)
    return {one: actual[at] / expected[at] for one, at in placed.items() if one is not None and one != own}


def _of_flows(found: GravityFit) -> None:
    if found.estimator != "ppml":
        raise BadInput(
            where="actual beside expected",
            why="a model of logarithms expects no flows",
            remedy="Estimate by Poisson.",
        )


def _state(
    ledger: Ledger,
    found: GravityFit,
    formula: Formula,
    subject: dict[str, str],
    value: float,
    interval: Interval | None = None,
) -> str:
    fact = Fact(
        formula.id,
        {"regression": found.formula, **subject},
        Period(0, 0),
        float(value),
        formula.unit,
        (),
        interval=interval,
        status="estimated",
    )
    return ledger.state(fact, formula, ())


def _text(words: str) -> Label:
    return Label("code", words, words)
