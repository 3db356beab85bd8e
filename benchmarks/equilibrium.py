"""Times of the equilibrium solvers beside those of other packages, growing in economies and sectors.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.equilibrium [--runs 11] [--slow] [--out FILE]

Run it where the packages of `requirements/peers.txt` are installed. A package that is missing or fails is
listed with its reason. `--slow` adds what takes minutes: gegravity beyond 100 economies.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import warnings
from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from benchmarks.schema import OWN, Entrant, Machine, Result, compare, table, this_machine, write
from hikiwake import equilibrium
from hikiwake.measures.scenario.baseline import Baseline, baseline
from hikiwake.measures.scenario.elasticities import elasticities
from hikiwake.store.tables import open_tables

OUT = Path(__file__).parent / "results" / "equilibrium.json"
SIGMA = 5.0
MEMBERS = 3
SCENARIOS = 1_000
LEAKAGE = 0.1


def main() -> None:
    """Time what the arguments name, print the table, write the results."""
    parser = argparse.ArgumentParser(description="Times of the equilibrium solvers beside other packages.")
    parser.add_argument("--runs", type=int, default=11, help="counted runs of each tool")
    parser.add_argument("--slow", action="store_true", help="also what takes minutes")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="which of them")
    parser.add_argument("--out", type=Path, default=OUT)
    chosen = parser.parse_args()
    machine = this_machine()
    results = []
    for part in chosen.parts:
        for benchmark in PARTS[part]:
            results += benchmark(chosen.runs, chosen.slow, machine)
    write(chosen.out, results)
    print(table(results))


class Made(NamedTuple):
    """Balanced trade by distance: output, logs of costs to the power 1 - sigma, and of the shock's effect."""

    output: np.ndarray
    costs: np.ndarray
    effect: np.ndarray


def made(economies: int, members: int = MEMBERS) -> Made:
    """Return generated trade, with an agreement among the first few economies."""
    rng = np.random.default_rng(economies)
    place = rng.uniform(0.0, 10.0, (economies, 2))
    away = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1)) + 0.5
    abroad = 1.0 - np.eye(economies)
    agreed = np.zeros((economies, economies))
    agreed[:members, :members] = abroad[:members, :members]
    return Made(rng.lognormal(0.0, 1.0, economies), -0.9 * np.log(away) - 2.0 * abroad, np.log(1.5) * agreed)


def world_of(case: Made) -> equilibrium.World:
    """Return the world whose trade costs and outputs a made case has, balanced."""
    return equilibrium.world(equilibrium.balance(np.exp(case.costs), case.output, case.output).matrix)


def one_shock(economies: int, runs: int, slow: bool, machine: Machine) -> list[Result]:
    """The peer's time is of its baseline and its counterfactual: the first it builds from the same costs."""
    case = made(economies)
    base = world_of(case)
    shock = msgspec.structs.replace(equilibrium.no_shock(economies), effect=np.exp(case.effect))
    own = [
        Entrant(
            OWN, OWN, lambda: equilibrium.solve(base, SIGMA - 1.0, shock, closure="additive"), distance=None
        ),
        Entrant(
            f"{OWN}, conditional",
            OWN,
            lambda: equilibrium.conditional(base, SIGMA - 1.0, shock, reference=economies - 1),
        ),
    ]
    if slow or economies <= 100:
        frame = cache(partial(frame_of, case))
        own.append(
            Entrant(
                "gegravity (conditional, sold as full)",
                "gegravity",
                lambda: gegravity(case, frame()),
                1,
                lambda ours, theirs: float(np.abs(100.0 * (ours.welfare - 1.0) - theirs).max()),
                frame,
            )
        )
    return compare("one sector, one shock", f"{economies} economies", own, runs, machine)


def many_shocks(runs: int, slow: bool, machine: Machine) -> list[Result]:
    """A thousand shocks to 100 economies: to one pair, of all borders, to every cell at random."""
    del slow
    economies = 100
    base = world_of(made(economies))
    rng = np.random.default_rng(7)
    abroad = ~np.eye(economies, dtype=bool)
    pair = np.exp(rng.normal(0.9, 0.2, (SCENARIOS, 2)))
    borders = np.where(abroad, np.exp(rng.normal(1.0, 0.3, SCENARIOS))[:, None, None], 1.0)
    everywhere = np.where(abroad, np.exp(rng.normal(0.5, 1.0, (SCENARIOS, economies, economies))), 1.0)
    results = []
    for name, factors, cells in (
        ("of one pair", pair, [[0, 1], [1, 0]]),
        ("of all borders", borders, None),
        ("of every cell, large", everywhere, None),
    ):
        call = partial(equilibrium.solve_many, base, SIGMA - 1.0, factors, cells)
        entrants = [Entrant(OWN, OWN, call)]
        results += compare(f"{SCENARIOS:,} shocks {name}", f"{economies} economies", entrants, runs, machine)
    return results


def many_sectors(runs: int, slow: bool, machine: Machine) -> list[Result]:
    """Time shocks of the shipped world of industries, beside another package where it can."""
    base = shipped()
    world = base.world
    theta = elasticities(world.names)
    us, china, russia = (world.place(name) for name in ("USA", "CHN", "RUS"))
    g7 = tuple(world.place(name) for name in ("USA", "JPN", "DEU", "FRA", "GBR", "ITA", "CAN"))
    dearer = equilibrium.SectorShock((equilibrium.Move((us,), (china,), cost=1.25),))
    apart = equilibrium.SectorShock(
        tuple(equilibrium.Move((one,), (other,), effect=LEAKAGE) for one, other in ((us, china), (china, us)))
    )
    embargo = equilibrium.SectorShock(
        (equilibrium.Move((russia,), g7, effect=0.0), equilibrium.Move(g7, (russia,), effect=0.0))
    )
    size = "80 economies x 50 industries"
    results = []
    for name, shock in (
        ("costs USA to CHN +25 %", dearer),
        ("embargo G7 and RUS", embargo),
        ("USA and CHN apart, a tenth leaks", apart),
    ):
        call = partial(equilibrium.solve_sectors, world, theta.central, shock)
        entrants = [Entrant(OWN, OWN, call)]
        if shock is apart:
            entrants.append(other_network())
        results += compare(f"many sectors, {name}", size, entrants, runs, machine)
    del slow
    call = partial(equilibrium.solve_draws, world, theta.draws(SCENARIOS, 1), embargo)
    results += compare(
        f"{SCENARIOS:,} draws, embargo G7 and RUS", size, [Entrant(OWN, OWN, call)], 1, machine
    )
    return results


def other_network() -> Entrant:
    """Another model on the same network: rerouting and rationing of quantities, without prices."""
    bench = cache(sanction_bench)
    tool = "sanction-simulator (another model)"
    return Entrant(tool, "sanction-simulator", lambda: sanction_simulator(bench()), 5, prepare=bench)


def growth(runs: int, slow: bool, machine: Machine) -> list[Result]:
    """Parts of the shipped table: the first economies, the first industries, everything else left out."""
    del slow
    base = shipped().world
    results = []
    for economies, industries in ((20, 50), (40, 50), (80, 50), (80, 25), (80, 12)):
        part = cropped(base, economies, industries)
        shock = equilibrium.SectorShock((equilibrium.Move((0,), (1,), cost=1.25),))
        call = partial(equilibrium.solve_sectors, part, 4.0, shock)
        size = f"{economies} economies x {industries} industries"
        entrants = [Entrant(OWN, OWN, call), floor(part, call().check.rounds)]
        results += compare("many sectors, growth", size, entrants, runs, machine)
    return results


def floor(part: equilibrium.Sectors, rounds: int) -> Entrant:
    """What no code of this method escapes: as many rounds of the four products, and nothing else.

    Each round multiplies costs and spending with the shares, and prices and sales with the inputs: 4 (k n^2 +
    n k^2) operations, and twice the bytes of shares and inputs read. The products are timed as they are, one
    vector wide, so this is what the machine's memory and arithmetic allow.
    """
    shares, inputs = np.ascontiguousarray(part.flows), np.ascontiguousarray(part.inputs)
    k, n, _ = shares.shape
    across, within = np.ones((k, 1, n)), np.ones((n, 1, k))

    def products() -> None:
        for _ in range(rounds):
            np.matmul(across, shares)
            np.matmul(across, shares)
            np.matmul(within, inputs)
            np.matmul(within, inputs)

    megabytes = 2e-6 * rounds * (shares.nbytes + inputs.nbytes)
    million = 4e-6 * rounds * (k * n * n + n * k * k)
    name = f"floor: {rounds} rounds of four products, {megabytes:,.0f} MB, {million:,.0f} MFlop"
    return Entrant(name, OWN, products)


@cache
def shipped() -> Baseline:
    """Return the baseline of the shipped input-output table."""
    return baseline(open_tables(), 2022)


def cropped(base: equilibrium.Sectors, economies: int, industries: int) -> equilibrium.Sectors:
    """Return the trade of some economies in some industries, with inputs scaled to what is left of it."""
    # The last industries are services, which every economy has.
    flows = base.flows[-industries:, :economies, :economies] + 1.0
    used = base.inputs[:economies, -industries:, -industries:] * flows.sum(axis=2).T[:, :, None]
    bought = flows.sum(axis=1).T
    scale = np.minimum(1.0, 0.9 * bought / np.maximum(used.sum(axis=1), 1e-9))
    return equilibrium.sectors(flows, used * scale[:, None, :])


def frame_of(case: Made) -> Any:
    """Return a made case as the table that the peers read."""
    i, j = (at.ravel() for at in np.indices(case.costs.shape))
    names = np.array([f"C{n:03d}" for n in range(len(case.output))])
    columns = {"exporter": names[i], "importer": names[j], "year": "2000", "trade": 1.0}
    columns |= {"Y": case.output[i], "E": case.output[j], "cost": case.costs.ravel()}
    return import_module("pandas").DataFrame(columns)


def gegravity(case: Made, frame: Any) -> np.ndarray:
    """Return changes of real income in per cent; the factor it needs is looked for as its manual says."""
    package = import_module("gegravity")
    coefficients = import_module("pandas").DataFrame({"var": ["cost"], "coeff": [1.0], "ste": [0.1]})
    names = {"trade_var_name": "trade", "expend_var_name": "E", "output_var_name": "Y"}
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        model = package.OneSectorGE(
            package.BaselineData(frame, **names),
            year="2000",
            reference_importer=frame["importer"].iloc[-1],
            sigma=SIGMA,
            cost_variables=["cost"],
            cost_coeff_values=package.CostCoeffs(coefficients, "var", "coeff", "ste"),
        )
        for factor in (1, 10, 100, 1000):
            with contextlib.suppress(Exception):
                model.build_baseline(omr_rescale=factor)
                break
        model.define_experiment(frame.assign(cost=(case.costs + case.effect).ravel()))
        model.simulate()
    order = sorted(model.country_results.index)
    return np.asarray(model.country_results.loc[order, "GDP change (percent)"])


def sanction_bench() -> Any:
    """Return the other package's network; its module lies in its folder and is imported from there."""
    package = import_module("sanction_simulator")
    if package._PKG_DIR not in sys.path:
        sys.path.insert(0, package._PKG_DIR)
    return import_module("power_trade_estimation").Benchmark(package.data_dir(), cache=package.bench_cache())


def sanction_simulator(bench: Any) -> np.ndarray:
    """Return the loss of gross output by node, with the package's own parameters."""
    module = import_module("power_trade_estimation")
    legs = [module.bilateral_legs(bench.cidx["USA"], bench.cidx["CHN"])]
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        batch = module.ScenarioBatch(bench, legs, tau=module.TAU_BASE, delta=LEAKAGE)
        batch.balance()
        found = batch.solve(rho=module.RHO_BASE)
    return np.asarray(bench.s - found["s_omega"][0])


PARTS: dict[str, list[Callable[[int, bool, Machine], list[Result]]]] = {
    "one-sector": [partial(one_shock, economies) for economies in (30, 60, 100, 150, 200)],
    "many-shocks": [many_shocks],
    "many-sectors": [many_sectors],
    "growth": [growth],
}

if __name__ == "__main__":
    main()
