"""Times of the trade indices beside those of other packages, on 230 economies by 5,000 products.

    python -m benchmarks.indices [--runs 11] [--slow] [--out FILE]

Run it where the packages of `requirements/peers.txt` are installed. A package that is missing or fails is
listed with its reason.
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
from hikiwake import indices

OUT = Path(__file__).parent / "results" / "indices.json"
ECONOMIES, PRODUCTS = 230, 5_000
SIZE = f"{ECONOMIES} x {PRODUCTS}"
BINARY = {"use_rca": False, "threshold": 0.5}


def main() -> None:
    """Time the indices beside the peers, print the table, write the results."""
    parser = argparse.ArgumentParser(description="Times of the trade indices beside those of other packages.")
    parser.add_argument("--runs", type=int, default=11, help="counted runs of each tool")
    parser.add_argument("--slow", action="store_true", help="also what takes minutes: two peers' complexity")
    parser.add_argument("--out", type=Path, default=OUT)
    chosen = parser.parse_args()
    machine = this_machine()
    results = []
    for benchmark in (advantage, nearness, complexity, complementarity):
        results += benchmark(chosen.runs, chosen.slow, machine)
    write(chosen.out, results)
    print(table(results))


def trade(mean: float, seed: int) -> np.ndarray:
    """Nested and unequal as trade is, no row empty; `mean` moves the part of cells that hold a value."""
    rng = np.random.default_rng(seed)
    ability, demands = rng.normal(0, 1.5, (ECONOMIES, 1)), rng.normal(0, 1, (1, PRODUCTS))
    held = rng.random((ECONOMIES, PRODUCTS)) < 1 / (1 + np.exp(-1.2 * (ability - demands) - mean))
    held[0] = held[:, 0] = True
    return np.asarray(rng.lognormal(3, 2.5, held.shape) * held)


def advantage(runs: int, slow: bool, machine: Machine) -> list[Result]:
    """Time revealed comparative advantage beside the peers."""
    exports = trade(-0.5, 1)
    table_of = cache(lambda: frame(exports))
    entrants = [
        Entrant(OWN, OWN, lambda: indices.rca(exports)),
        peer(
            "economic-complexity", "economic_complexity", lambda m: m.rca(table_of()), far, prepare=table_of
        ),
        peer("econcomplex", "econcomplex", lambda m: m.rca(exports), far),
    ]
    return compare("RCA", SIZE, entrants, runs, machine)


def nearness(runs: int, slow: bool, machine: Machine) -> list[Result]:
    """Time proximity of products beside the peers."""
    present = world()
    as_numbers = present.astype(float)
    table_of = cache(lambda: frame(as_numbers))
    polars_of = cache(lambda: import_module("polars").DataFrame(as_numbers))
    entrants = [
        Entrant(OWN, OWN, lambda: indices.proximity(present)),
        peer(
            "econcomplex",
            "econcomplex",
            lambda m: m.proximity(as_numbers, compute="product", **BINARY)["product"],
            off_diagonal,
        ),
        peer(
            "economic-complexity",
            "economic_complexity",
            lambda m: m.proximity(table_of()),
            off_diagonal,
            prepare=table_of,
        ),
        peer(
            "economic-complexity (Polars)",
            "economic_complexity.polars",
            lambda m: m.proximity(polars_of()),
            off_diagonal,
            prepare=polars_of,
        ),
    ]
    return compare("proximity", SIZE, entrants, runs, machine)


def complexity(runs: int, slow: bool, machine: Machine) -> list[Result]:
    """Time the complexity of economies and products beside the peers."""
    present = world()
    as_numbers = present.astype(float)
    table_of = cache(lambda: frame(as_numbers))
    entrants = [
        Entrant(OWN, OWN, lambda: indices.complexity(present)),
        peer(
            "economic-complexity",
            "economic_complexity",
            lambda m: m.complexity(table_of()),
            unlike,
            prepare=table_of,
        ),
    ]
    if slow:
        entrants.append(
            peer("econcomplex", "econcomplex", lambda m: m.eci_pci(as_numbers, **BINARY), unlike, most_runs=1)
        )
        long = _long(trade(-0.5, 1))
        named = {"time": "t", "loc": "i", "prod": "k", "val": "x"}
        entrants.append(
            peer(
                "ecomplexity (all it computes)",
                "ecomplexity",
                lambda m: m.ecomplexity(long, named, check_logsupermodularity=False),
                None,
                most_runs=1,
            )
        )
    return compare("ECI and PCI", SIZE, entrants, runs, machine)


def complementarity(runs: int, slow: bool, machine: Machine) -> list[Result]:
    """No package among the peers computes it; SciPy's distance is the nearest compiled piece."""
    exports, imports = trade(-0.5, 1), trade(1.0, 2)

    def by_distance(distance: Any) -> np.ndarray:
        sold, bought = indices.shares(exports), indices.shares(imports)
        return np.asarray(100.0 - 50.0 * distance.cdist(sold, bought, "cityblock"))

    entrants = [
        Entrant(OWN, OWN, lambda: indices.trade_complementarity(exports, imports)),
        peer("SciPy's cdist, one thread", "scipy.spatial.distance", by_distance, far),
    ]
    return compare(f"complementarity, {ECONOMIES**2:,} pairs", SIZE, entrants, runs, machine)


def world() -> np.ndarray:
    """Presences in which every economy and product has at least one: not all peers bear empty ones."""
    present = indices.presence(indices.rca(trade(-0.5, 1)))
    present[:, ~present.any(axis=0)] = True
    return present


def peer(
    tool: str,
    module: str,
    call: Callable[[Any], object],
    distance: Callable[[Any, Any], float] | None,
    most_runs: int = 99,
    prepare: Callable[[], object] | None = None,
) -> Entrant:
    """Return an entrant that is quiet, and imports its package on its first run, which is not counted."""

    def quiet() -> object:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            return call(import_module(module))

    package = module.split(".", maxsplit=1)[0].replace("economic_complexity", "economic-complexity")
    return Entrant(tool, package, quiet, most_runs, distance, prepare)


def frame(values: np.ndarray) -> Any:
    """Return a matrix as the frame that some peers want."""
    return import_module("pandas").DataFrame(values)


def _long(values: np.ndarray) -> Any:
    row, column = np.indices(values.shape)
    columns = {"t": 1, "i": row.ravel(), "k": column.ravel(), "x": values.ravel()}
    return import_module("pandas").DataFrame(columns)


def far(ours: Any, theirs: Any) -> float:
    """Return the largest absolute difference of two arrays, missing values aside."""
    return float(np.nanmax(np.abs(ours - np.asarray(theirs))))


def off_diagonal(ours: Any, theirs: Any) -> float:
    """Peers put 0 on the diagonal, where the definition gives 1."""
    gap = np.abs(ours - np.asarray(theirs))
    np.fill_diagonal(gap, 0.0)
    return float(np.nanmax(gap))


def unlike(ours: Any, theirs: Any) -> float:
    """1 - |correlation| of the ECI: peers standardise by other conventions."""
    economies = np.asarray(theirs[0], dtype=float)
    known = ~np.isnan(ours.economies) & ~np.isnan(economies)
    return float(1.0 - abs(np.corrcoef(ours.economies[known], economies[known])[0, 1]))


if __name__ == "__main__":
    main()
