"""Times of gravity regressions beside those of other packages, errors clustered by directed pair.

    python -m benchmarks.gravity [--sizes XS,S,M,L,XL] [--runs 5] [--out FILE]

Run it where the packages of `requirements/peers.txt` are installed. Simulated panels with domestic flows,
40 % zeros, dead pairs and a dead exporter-year. Memory is what a fresh process needs beyond what it held with
the data made, its greatest resident size: Rust and C++ count like NumPy. `fasthdfe` runs on one thread: its
threads wait by spinning, and on a machine that does anything else they take a hundred times as long. `gme`
and `statsmodels`, which make a column for each level, run two-way at XS only, and without clusters.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.schema import OWN, Entrant, Result, compare, table, this_machine, write
from hikiwake.gravity import Errors, fit

OUT = Path(__file__).parent / "results" / "gravity.json"
SIZES = {"XS": (30, 4), "S": (70, 8), "M": (120, 12), "L": (200, 20), "XL": (230, 30)}
TWO = ("ln_dist", "contig", "lang", "home", "rta")
THREE = ("rta", "border_trend")
MODELS = {"two-way": TWO, "three-way": THREE}
Columns = dict[str, np.ndarray]


def main() -> None:
    """Time regressions of the sizes and models that the arguments name; write after each."""
    parser = argparse.ArgumentParser(description="Times of gravity regressions beside other packages.")
    parser.add_argument("--sizes", default="S,M,L,XL", help="which panels")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each tool")
    parser.add_argument("--tools", default="", help="only these peers, joined by commas")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--memory", nargs=3, metavar=("SIZE", "MODEL", "TOOL"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.memory:
        print(needed(*chosen.memory))
        return
    machine = this_machine()
    results: list[Result] = []
    for size in chosen.sizes.split(","):
        for model in ("two-way",) if size == "XS" else MODELS:
            tools = [
                one
                for one in entrants(size, model, chosen.runs)
                if not chosen.tools or one.tool in {OWN, *chosen.tools.split(",")}
            ]
            timed = compare(f"PPML {model}, {size}", label(size), tools, chosen.runs, machine)
            results += [with_memory(one, size, model) for one in timed]
            write(chosen.out, results)
            print(table(results[-len(timed) :]), flush=True)


def label(size: str) -> str:
    """Return a size as countries by years."""
    return "{} x {}".format(*SIZES[size])


def with_memory(result: Result, size: str, model: str) -> Result:
    """Measure a tool's memory in a process of its own."""
    if result.failure:
        return result
    command = [sys.executable, "-m", "benchmarks.gravity", "--memory", size, model, result.tool]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    peak = int(told.stdout.split()[-1]) if told.returncode == 0 else None
    return msgspec.structs.replace(result, peak_memory=peak)


def needed(size: str, model: str, tool: str) -> int:
    """Return the bytes by which one run raises the resident size of this process, at most (Linux)."""
    found = next(one for one in entrants(size, model, 1) if one.tool == tool)
    if found.prepare is not None:
        found.prepare()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak of making the data
    before = _status("VmRSS")
    found.call()
    return _status("VmHWM") - before


def _status(field: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


@cache
def panel(size: str) -> Columns:
    """Return the simulated panel of a size, made once."""
    return simulated(*SIZES[size])


def simulated(countries: int, years: int) -> Columns:
    """Return a panel of so many countries and years with zeros, agreements and pairs never trading."""
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


def entrants(size: str, model: str, runs: int) -> list[Entrant]:
    """Return ours and the peers on one panel and model, peers on whole-number levels made beforehand."""
    data, regressors = panel(size), MODELS[model]
    right = " + ".join(regressors)
    effects = "exporter^year + importer^year" + (" + exporter^importer" if model == "three-way" else "")
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

    levels = ["ey", "iy", *(["pair"] if model == "three-way" else [])]
    theirs = f"trade ~ {right} | {' + '.join(levels)}"
    large = size in {"L", "XL"}

    def peer(
        tool: str, module: str, call: Callable[[Any], Any], slopes: Callable[[Any], Any], most: int = runs
    ) -> Entrant:
        """Return a peer as an entrant: its own words are not heard, and its slopes are compared with ours."""

        def quiet() -> object:
            with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
                warnings.simplefilter("ignore")
                return call(import_module(module))

        def far(ours: Any, others: Any) -> float:
            return float(np.max(np.abs(ours.coefficients - np.asarray(slopes(others), dtype=float))))

        def prepare() -> None:
            import_module(module)
            frame()
            polars()

        return Entrant(tool, tool, quiet, most, far, prepare)

    found = [
        own,
        peer("pyfixest", "pyfixest", lambda m: m.fepois(theirs, frame(), vcov={"CRV1": "pair"}),
             lambda found: found.coef(), min(runs, 3) if large else runs),
        peer("hdfe-stream", "hdfe_stream",
             lambda m: m.fepois_stream(theirs, polars(), vcov={"CRV1": "pair"}), _hdfe_slopes,
             1 if large else min(runs, 3)),
    ]  # fmt: skip
    if size == "XS":
        return [*found, *with_columns(data, peer)]
    # Two-way it takes a minute at S and arrives at no optimum: its fitted flows add up to more than trade.
    if model == "three-way" or size == "S":
        found.append(
            peer("fasthdfe", "fasthdfe",
                 lambda m: m.ppmlhdfe(["trade"], list(regressors), levels, frame(), setype="cluster",
                                      clustvars=["pair"], print_stata_style_summary=False),
                 _fasthdfe_slopes, 1 if large or model == "two-way" else runs)
        )  # fmt: skip
    return found


def with_columns(data: Columns, peer: Callable[..., Entrant]) -> list[Entrant]:
    """Return the peers that make a column for each level; what has no trade at all is no level."""

    @cache
    def levels() -> tuple[np.ndarray, np.ndarray]:
        """Return trade (n,) and a column for each regressor and each level that has trade (n, k)."""
        years = data["year"].max() + 1
        parts = [np.stack([data[name] for name in TWO], axis=1)]
        kept = np.ones(len(data["trade"]), dtype=bool)
        for side in ("exporter", "importer"):
            at = data[side] * years + data["year"]
            alive = np.bincount(at, data["trade"]) > 0.0
            kept &= alive[at]
            # All levels of exporters, all but one of importers' in each year.
            wanted = alive.nonzero()[0]
            wanted = wanted if side == "exporter" else wanted[wanted >= years]
            parts.append((at[:, None] == wanted) * 1.0)
        return data["trade"][kept], np.hstack(parts)[kept]

    @cache
    def named() -> Any:
        countries = {side: [f"C{number:03}" for number in data[side]] for side in ("exporter", "importer")}
        return import_module("pandas").DataFrame(data | countries)

    def by_statsmodels(api: Any) -> Any:
        y, x = levels()
        return api.GLM(y, x, family=api.families.Poisson()).fit(cov_type="HC1")

    def by_gme(module: Any) -> Any:
        """Estimate with the package `gme`, which asks for its data under names of its own."""
        given = module.EstimationData(
            data_frame=named(), imp_var_name="importer", exp_var_name="exporter", trade_var_name="trade",
            year_var_name="year",
        )  # fmt: skip
        made = module.EstimationModel(
            estimation_data=given, lhs_var="trade", rhs_var=list(TWO),
            fixed_effects=[["exporter", "year"], ["importer", "year"]],
        )  # fmt: skip
        return made.estimate()["all"]

    return [
        peer("statsmodels", "statsmodels.api", by_statsmodels, lambda found: found.params[: len(TWO)], 3),
        peer("gme", "gme", by_gme, lambda found: found.params[list(TWO)], 3),
    ]


def _hdfe_slopes(found: Any) -> Any:
    return list(found.coef().values())


def _fasthdfe_slopes(found: Any) -> Any:
    """The slopes; the constant is elsewhere."""
    return np.asarray(found.params, dtype=float).ravel()


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
