"""Times of gravity regressions beside those of other packages, errors clustered by directed pair.

    python -m benchmarks.gravity [--sizes S,M,L,XL] [--runs 5] [--out FILE]

Run it where the packages of `requirements/peers.txt` are installed. Simulated panels with domestic flows,
40 % zeros, dead pairs and a dead exporter-year. Where a peer takes from ten seconds to a minute (L and XL)
it is counted once, after the run that is not.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import warnings
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.schema import OWN, Entrant, Machine, Result, compare, table, this_machine, write
from hikiwake.gravity import Errors, fit

OUT = Path(__file__).parent / "results" / "gravity.json"
SIZES = {"S": (70, 8), "M": (120, 12), "L": (200, 20), "XL": (230, 30)}
TWO = ("ln_dist", "contig", "lang", "home", "rta")
THREE = ("rta", "border_trend")
Columns = dict[str, np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(description="Times of gravity regressions beside other packages.")
    parser.add_argument("--sizes", default="S,M,L,XL", help="which panels")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each tool")
    parser.add_argument("--out", type=Path, default=OUT)
    chosen = parser.parse_args()
    machine = this_machine()
    results: list[Result] = []
    for size in chosen.sizes.split(","):
        data = simulated(*SIZES[size])
        for name, regressors in (("two-way", TWO), ("three-way", THREE)):
            label = f"{size}, {SIZES[size][0]} x {SIZES[size][1]}"
            results += one(name, label, data, regressors, chosen.runs, machine)
            write(chosen.out, results)
    print(table(results))


def simulated(countries: int, years: int) -> Columns:
    rng = np.random.default_rng(1)
    t, i, j = np.indices((years, countries, countries))
    home = np.eye(countries)
    noise = rng.normal(0, 0.7, (countries, countries))
    distance = 0.5 * (noise + noise.T)
    contig = np.triu(rng.random(home.shape) < 0.03, 1)
    lang = np.triu(rng.random(home.shape) < 0.15, 1)
    start = rng.integers(0, 3 * years, home.shape)
    columns = {
        "ln_dist": distance[i, j],
        "contig": (contig | contig.T)[i, j] * 1.0,
        "lang": (lang | lang.T)[i, j] * 1.0,
        "home": home[i, j],
        "rta": (t >= np.minimum(start, start.T)[i, j]) * (1.0 - home[i, j]),
        "border_trend": t / years * (1.0 - home[i, j]),
    }
    size = rng.normal(0, 1.5, (2, countries)) + 0.3 * rng.normal(0, 1, (years, 2, countries))
    index = 3.0 - 0.9 * columns["ln_dist"] + 0.4 * columns["contig"] + 0.3 * columns["lang"]
    index += 2.5 * columns["home"] + 0.25 * columns["rta"] + 0.3 * columns["border_trend"]
    index += size[t, 0, i] + size[t, 1, j] + rng.normal(0, 0.5, home.shape)[i, j]
    trade = np.exp(index) * rng.lognormal(-0.5, 1, index.shape)
    trade[rng.random(index.shape) > 1 / (1 + np.exp(2.2 - index))] = 0.0
    trade[:, (rng.random(home.shape) < 0.03) & (home == 0.0)] = 0.0
    trade[0, 3] = 0.0
    columns |= {"trade": trade, "exporter": i, "importer": j, "year": t}
    return {name: np.ascontiguousarray(column).ravel() for name, column in columns.items()}


def one(
    name: str, size: str, data: Columns, regressors: tuple[str, ...], runs: int, machine: Machine
) -> list[Result]:
    right = " + ".join(regressors)
    effects = "exporter^year + importer^year" + (" + exporter^importer" if name == "three-way" else "")
    formula = f"trade ~ {right} | {effects}"
    own = Entrant(OWN, OWN, lambda: fit(formula, data, errors=Errors("pair", "parameters")))

    @cache
    def frame() -> Any:
        """The peers get their levels as whole numbers, made beforehand."""
        made = {key: data[key] for key in ("trade", *regressors)}
        countries, years = data["exporter"].max() + 1, data["year"].max() + 1
        made["ey"] = data["exporter"] * years + data["year"]
        made["iy"] = data["importer"] * years + data["year"]
        made["pair"] = data["exporter"] * countries + data["importer"]
        return import_module("pandas").DataFrame(made)

    polars = cache(lambda: import_module("polars").from_pandas(frame()))

    levels = ["ey", "iy", *(["pair"] if name == "three-way" else [])]
    theirs = f"trade ~ {right} | {' + '.join(levels)}"
    fewer = 1 if size[0] in {"L", "X"} else runs

    def peer(tool: str, module: str, call: Callable[[Any], Any], slopes: Callable[[Any], Any]) -> Entrant:
        def quiet() -> object:
            with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
                warnings.simplefilter("ignore")
                return call(import_module(module))

        def far(ours: Any, others: Any) -> float:
            return float(np.max(np.abs(ours.coefficients - np.asarray(slopes(others), dtype=float))))

        return Entrant(tool, tool, quiet, fewer, far, frame)

    entrants = [
        own,
        peer("pyfixest", "pyfixest", lambda m: m.fepois(theirs, frame(), vcov={"CRV1": "pair"}),
             lambda found: found.coef()),
        peer("hdfe-stream", "hdfe_stream",
             lambda m: m.fepois_stream(theirs, polars(), vcov={"CRV1": "pair"}), _hdfe_slopes),
        peer("fasthdfe", "fasthdfe",
             lambda m: m.ppmlhdfe(["trade"], list(regressors), levels, frame(), setype="cluster",
                                  clustvars=["pair"], print_stata_style_summary=False), _fasthdfe_slopes),
    ]  # fmt: skip
    return compare(f"PPML {name}, {size}", size, entrants, runs, machine)


def _hdfe_slopes(found: Any) -> Any:
    return list(found.coef().values())


def _fasthdfe_slopes(found: Any) -> Any:
    """The slopes, and after them the constant."""
    return np.asarray(found.params, dtype=float).ravel()


if __name__ == "__main__":
    main()
