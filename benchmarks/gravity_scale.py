"""Gravity where panels are real, large, thin or many: cost by size, bootstrap draws, all pairs left out.

    python -m benchmarks.gravity_scale [--parts real,thin,growth,draws,pairs] [--out FILE]

Run it where the packages of `requirements/peers.txt` are installed; without them only ours is timed.
"""

from __future__ import annotations

import argparse
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.gravity import SIZES, THREE, Columns, simulated
from benchmarks.schema import OWN, Entrant, Result, compare, table, this_machine, write
from hikiwake.gravity import Errors, bootstrap, fit, leave_one_out, score_bootstrap
from hikiwake.measures.potential.estimates import inside, without_each
from hikiwake.measures.potential.square import Square, deliveries, trade
from hikiwake.store.tables import open_tables

OUT = Path(__file__).parent / "results" / "gravity_scale.json"
YEARS = range(1995, 2025)
TWO_WAY = "exporter^year + importer^year"
PAIRS = " + exporter^importer"
THREE_WAY = "trade ~ rta + border_trend | " + TWO_WAY + PAIRS
DRAWS = 500


def main() -> None:
    """Time the parts that the arguments name, write after each."""
    parser = argparse.ArgumentParser(description="Times of gravity on real, thin, large and many panels.")
    parser.add_argument("--parts", default="real,thin,growth,draws,pairs")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of ours; peers have three")
    parser.add_argument("--out", type=Path, default=OUT)
    chosen = parser.parse_args()
    parts = {"real": real, "thin": thin, "growth": growth, "draws": draws, "pairs": pairs}
    results: list[Result] = []
    for name in chosen.parts.split(","):
        for what, size, entrants in parts[name]():
            timed = compare(what, size, entrants, chosen.runs, this_machine())
            results += timed
            write(chosen.out, results)
            print(table(timed), flush=True)


Cases = list[tuple[str, str, list[Entrant]]]


def both(formula: str, data: Columns) -> list[Entrant]:
    """Ours and the fastest Python peer."""
    own = Entrant(OWN, OWN, lambda: fit(formula, data, errors=Errors("pair", "parameters")))
    left, _, right = formula.partition("|")
    levels = {part.strip(): part.strip().replace("^", "_") for part in right.split("+")}

    @cache
    def frame() -> Any:
        made = {name: data[name] for name in data if name not in {"exporter", "importer", "year"}}
        for text, name in levels.items():
            one, two = (np.unique(data[column], return_inverse=True)[1] for column in text.split("^"))
            made[name] = one * 100_000 + two
        pair = np.unique(data["exporter"], return_inverse=True)[1] * 1_000
        made["pair"] = pair + np.unique(data["importer"], return_inverse=True)[1]
        return import_module("pandas").DataFrame(made)

    def theirs() -> Any:
        return import_module("pyfixest").fepois(
            f"{left} | {' + '.join(levels.values())}", frame(), vcov={"CRV1": "pair"}
        )

    def far(ours: Any, others: Any) -> float:
        return float(np.max(np.abs(ours.coefficients - np.asarray(others.coef()[list(ours.names)]))))

    return [own, Entrant("pyfixest", "pyfixest", theirs, 3, far, frame)]


def real() -> Cases:
    """The shipped trade in minerals and energy, all pairs of all years, zeros filled in."""
    data = shipped()
    size = f"{len(data['trade']):,} cells, {np.mean(data['trade'] == 0.0):.0%} zero"
    two = "trade ~ ln_dist + border + language | " + TWO_WAY
    three = "trade ~ dist_trend + border_trend + language_trend | " + TWO_WAY + PAIRS
    return [
        ("real panel, two-way", size, both(two, data)),
        ("real panel, three-way", size, both(three, data)),
    ]


def shipped() -> Columns:
    """Return the pairs of economies that are in the data in a year and whose distance is known."""
    tables = open_tables()
    parts: list[Columns] = []
    for year in YEARS:
        square = trade(tables, year)
        known = np.isfinite(square.covariates).all(axis=0)
        np.fill_diagonal(known, val=False)
        i, j = np.nonzero(known)
        names = np.array(square.economies)
        covariates = {name: square.covariates[at][i, j] for at, name in enumerate(square.names)}
        since = (year - YEARS[0]) / len(YEARS)
        parts.append(
            {
                "trade": square.total[i, j] / 1e6,
                "exporter": names[i],
                "importer": names[j],
                "year": np.full(len(i), year),
                **covariates,
                "dist_trend": covariates["ln_dist"] * since,
                "border_trend": covariates["border"] * since,
                "language_trend": covariates["language"] * since,
            }
        )
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def thin() -> Cases:
    """The panel M with rows taken away at random: a tensor, its cells empty where there is no row."""
    data = simulated(*SIZES["M"])
    out: Cases = []
    for missing in (0.3, 0.6, 0.9):
        kept = np.random.default_rng(3).random(len(data["trade"])) >= missing
        some = {name: column[kept] for name, column in data.items()}
        label = f"M, {missing:.0%} of rows missing"
        out.append(("three-way", label, both(THREE_WAY, some)))
    return out


def growth() -> Cases:
    """Ours alone, in economies and in years, up to 250 by 60."""
    sizes = [(60, 20), (120, 20), (180, 20), (250, 20), (120, 10), (120, 40), (120, 60), (250, 60)]
    out: Cases = []
    for countries, years in sizes:
        size = f"{countries} x {years}, {countries**2 * years:,} cells"

        @cache
        def data(countries: int = countries, years: int = years) -> Columns:
            return simulated(countries, years)

        for name, right in (("two-way", TWO_WAY), ("three-way", TWO_WAY + PAIRS)):
            formula = f"trade ~ {' + '.join(THREE)} | {right}"
            own = Entrant(OWN, OWN, lambda made=data, text=formula: fit(text, made()), 3, None, data)  # type: ignore[misc]
            out.append((name, size, [own]))
    return out


def draws() -> Cases:
    """Bootstraps over pairs of the three-way model M, beside one regression."""
    data = simulated(*SIZES["M"])
    found = fit(THREE_WAY, data)
    once = Entrant(OWN, OWN, lambda: fit(THREE_WAY, data))
    kinds = [
        Entrant("scores", OWN, lambda: score_bootstrap(found, DRAWS, seed=1), 5),
        Entrant("quick steps", OWN, lambda: bootstrap(found, DRAWS, seed=1), 5),
        Entrant("one step each", OWN, lambda: bootstrap(found, DRAWS, seed=1, until="one step"), 1),
        Entrant("each to its optimum", OWN, lambda: bootstrap(found, DRAWS, seed=1, until="optimum"), 1),
    ]
    return [(f"{DRAWS} draws beside one regression", "M, three-way", [once, *kinds])]


def pairs() -> Cases:
    """All pairs of a shipped year, each estimated without itself, beside one step for each."""
    tables = open_tables()
    out: Cases = []
    for name, square in (
        ("deliveries, 2022", deliveries(tables, 2022)),
        ("minerals and energy, 2021", trade(tables, 2021)),
    ):
        given = whole(square)
        own = Entrant(OWN, OWN, lambda given=given: leave_one_out(*given), 3)  # type: ignore[misc]
        count = int(np.triu((given[1] > 0.0) | (given[1] > 0.0).T, 1).sum())
        out.append((f"each of {count:,} pairs left out", name, [own]))
    return out


def whole(square: Square) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return flows, fitted flows and regressors of the model of all pairs."""
    total = square.total
    held = without_each(total, square, inside(total, square), square.main).whole
    return held.flows, held.mean, held.regressors


if __name__ == "__main__":
    main()
