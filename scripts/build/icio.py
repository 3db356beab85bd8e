"""Who delivers to whose industries in 2022: the OECD's ICIO as packaged in sanction-simulator.

The package stores, for 4,000 country-industries, each buyer's input shares A (columns add to one),
the input share of output omb, output go, and z = go - sales to the 80 economies' industries.
Intermediate flows are X = A * (omb * go). In two columns the packager capped omb at 0.98, which
loses their input total; it follows from the row identity go = X 1 + z, which is linear in the two
totals and holds for 4,000 rows. The result has the OECD's four decimals of a million USD, so the flows
are known exactly, in units of 100 USD, and every row then closes to the last unit.
"""

from __future__ import annotations

import io
import json
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from build.fetch import Package
from build.tables import Column, TableFile, write_table

PACKAGES = (
    Package(
        kind="pip",
        name="sanction-simulator",
        version="0.1.4",
        filename="sanction_simulator-0.1.4-py3-none-any.whl",
        sha256="1c29bce64dd5e15d14b956556fc544cae21ac504f0cea07558019c4b9eae4909",
    ),
)
NAMES = Path(__file__).parents[2] / "src" / "hikiwake" / "sources" / "imports" / "icio.toml"
YEAR = 2022
CAP = 0.98
CAPPED = ("CYP_H51", "ISL_C21")
ECONOMY_COUNT, INDUSTRY_COUNT = 80, 50
CELLS = 9_808_535
UNIT_USD = 100
"""The flows' smallest unit: four decimals of a million USD."""

DATASETS: tuple[dict[str, Any], ...] = (
    {
        "id": "icio",
        "version": "2025-edition",
        "title": "Inter-Country Input-Output tables, intermediate deliveries between industries, 2022",
        "producer": "OECD",
        "licence": "OECD Terms and Conditions, section 3 (Data)",
        "licence_id": "oecd-terms-data",
        "citation": "OECD (2025), Inter-Country Input-Output tables, 2025 edition, year 2022",
        "note": (
            "The benchmark network of sanction-simulator 0.1.4, turned back into flows; every row closes "
            "exactly. The package drops the rest of the world, so final demand is known by origin only, "
            "together with deliveries to the rest of the world."
        ),
        "unit": "current USD, basic prices",
        "coverage": {
            "text": (
                "intermediate goods and services that one economy's industries deliver to another's (and "
                "at home), 80 economies and 50 industries, 2022: not merchandise trade and not total trade"
            ),
            "first_year": YEAR,
            "last_year": YEAR,
            "economies": ECONOMY_COUNT,
            "products": INDUSTRY_COUNT,
        },
    },
)

_YEAR = Column("year", "INT16", "", "calendar year")
_VALUE = Column("value", "INT64", "USD", "value at basic and current prices")
_EXPORTER = Column("exporter", "STRING", "", "economy of the selling industry")
_IMPORTER = Column("importer", "STRING", "", "economy of the using industry; may be the exporter itself")
_SELLING = Column("selling_industry", "STRING", "", "industry that sells")
_USING = Column("using_industry", "STRING", "", "industry that uses")
FLOWS = (_YEAR, _EXPORTER, _IMPORTER, Column("industry", "STRING", "", "industry that sells"), _VALUE)
INPUT_USE = (
    _YEAR,
    _EXPORTER,
    _IMPORTER,
    Column("industry", "STRING", "", "importer's using industry"),
    _VALUE,
)
DOMESTIC_USE = (_YEAR, Column("economy", "STRING", "", "economy"), _SELLING, _USING, _VALUE)
USE_BY_INPUT = (
    _YEAR,
    Column("importer", "STRING", "", "economy of the using industry"),
    _SELLING,
    _USING,
    Column("value", "INT64", "USD", "inputs from all 80 economies, the own one included"),
)
TOTALS = (
    _YEAR,
    Column("economy", "STRING", "", "economy"),
    Column("industry", "STRING", "", "industry"),
    Column("output", "INT64", "USD", "gross output"),
    Column("intermediate_sales", "INT64", "USD", "sales to industries of the 80 economies"),
    Column("inputs", "INT64", "USD", "purchases from industries of the 80 economies"),
    Column(
        "final_and_outside_sales",
        "INT64",
        "USD",
        "output less intermediate sales: final demand everywhere, and sales to the rest of the world",
    ),
)
INDUSTRIES = (
    Column("code", "STRING", "", "industry"),
    Column("position", "INT16", "", "place in the producer's order"),
    Column("name", "STRING", "", "the producer's name"),
    Column("short_name", "STRING", "", "short English name"),
    Column("goods", "BOOL", "", "agriculture, mining or manufacturing"),
    Column("group_code", "STRING", "", "group for a coarser level"),
    Column("group_name", "STRING", "", "English name of the group"),
)

Units = NDArray[np.int64]


@dataclass(frozen=True)
class Network:
    """The table in units of 100 USD; axes of `flows`: industry and economy of seller, then of user."""

    economies: list[str]
    industries: list[str]
    flows: Units
    output: Units
    outside: Units


def build(downloads: Path, out: Path) -> list[TableFile]:
    """Write the six tables of the network."""
    network = read_network(downloads / PACKAGES[0].filename)
    flows, economies, industries = network.flows, network.economies, network.industries
    by_seller = flows.sum(axis=2)
    by_user = flows.sum(axis=0)
    at_home = np.einsum("iaja->aij", flows)
    by_input = flows.sum(axis=1).transpose(2, 0, 1)
    return [
        write_table(
            out,
            "icio",
            "icio_flows",
            FLOWS,
            _long(by_seller, industry=industries, exporter=economies, importer=economies),
            sort=("exporter", "importer", "industry"),
        ),
        write_table(
            out,
            "icio",
            "icio_input_use",
            INPUT_USE,
            _long(by_user, exporter=economies, industry=industries, importer=economies),
            sort=("exporter", "importer", "industry"),
        ),
        write_table(
            out,
            "icio",
            "icio_domestic_use",
            DOMESTIC_USE,
            _long(at_home, economy=economies, selling_industry=industries, using_industry=industries),
            sort=("economy", "selling_industry", "using_industry"),
        ),
        write_table(
            out,
            "icio",
            "icio_use_by_input",
            USE_BY_INPUT,
            _long(by_input, importer=economies, selling_industry=industries, using_industry=industries),
            sort=("importer", "selling_industry", "using_industry"),
        ),
        write_table(out, "icio", "icio_totals", TOTALS, _totals(network), sort=("economy", "industry")),
        write_table(out, "icio", "icio_industries", INDUSTRIES, _industries(industries), sort=("position",)),
    ]


def read_network(wheel: Path) -> Network:
    """Read the package's benchmark and return the OECD's flows, exact, after closing every row."""
    with zipfile.ZipFile(wheel) as archive:
        raw = archive.read("sanction_simulator/data/bench_cache.npz")
    with np.load(io.BytesIO(raw), allow_pickle=False) as bench:
        economies = [str(code) for code in bench["countries"]]
        industries = [str(code) for code in bench["sectors"]]
        shares, input_share = bench["A"], bench["omb"]
        output, outside = bench["go"], bench["z"]
        audit = json.loads(str(bench["audit"]))
    if audit["negative_flow_cells_clipped"] or audit["beta_capped_columns"] != len(CAPPED):
        raise ValueError(f"ICIO: the packager changed more cells than are known: {audit}")
    flows = recover_flows(shares, input_share, output, outside)
    capped = np.flatnonzero(input_share >= CAP)
    names = sorted(f"{economies[i % len(economies)]}_{industries[i // len(economies)]}" for i in capped)
    size = (len(industries), len(economies))
    found = (size, int(np.count_nonzero(flows)), tuple(names))
    wanted = ((INDUSTRY_COUNT, ECONOMY_COUNT), CELLS, CAPPED)
    if found != wanted:
        raise ValueError(f"ICIO: size, cells and capped columns are {found}, expected {wanted}")
    return Network(
        economies,
        industries,
        flows.reshape(*size, *size),
        _units(output, 1e-3).reshape(size),
        _units(outside, 1e-3).reshape(size),
    )


def recover_flows(
    shares: NDArray[np.float64],
    input_share: NDArray[np.float64],
    output: NDArray[np.float64],
    outside: NDArray[np.float64],
) -> Units:
    """Return intermediate flows in units of 1e-4 of the money unit of `output`.

    X = A diag(t) with t = omb * go; where omb was capped, t solves A_c t_c = go - z - A_u t_u by least
    squares (c: capped, u: not capped).

    Parameters
    ----------
    shares : (n, n), seller in rows; columns add to one or to zero.
    input_share, output, outside : (n,).

    Returns
    -------
    (n, n) whole numbers; each row adds to output - outside exactly.

    Raises
    ------
    ValueError : a flow is not a multiple of 1e-4 (to 1e-5 of that unit), or a row does not close.
    """
    totals = input_share * output
    capped = np.flatnonzero(input_share >= CAP)
    totals[capped] = 0.0
    rest = output - outside - shares @ totals
    totals[capped] = np.linalg.lstsq(shares[:, capped], rest, rcond=None)[0]
    flows = _units(shares * totals, 1e-5)
    open_rows = np.flatnonzero(flows.sum(axis=1) != _units(output, 1e-3) - _units(outside, 1e-3))
    if len(open_rows):
        raise ValueError(f"ICIO: {len(open_rows)} rows do not close, the first is {open_rows[0]}")
    return flows


def _units(amounts: NDArray[np.float64], tolerance: float) -> Units:
    """Return amounts in units of 1e-4; z was made by subtracting, so its last digits are not clean."""
    scaled = amounts * 1e4
    whole = np.rint(scaled)
    off = float(np.abs(scaled - whole).max(initial=0.0))
    if off > tolerance:
        raise ValueError(f"ICIO: an amount is {off:g} units away from four decimals")
    return whole.astype(np.int64)


def _long(cells: Units, **axes: list[str]) -> dict[str, Any]:
    """Return the non-zero cells as columns, one label column per axis, in USD."""
    places = np.nonzero(cells)
    columns: dict[str, Any] = {
        name: np.asarray(labels, dtype=object)[place]
        for (name, labels), place in zip(axes.items(), places, strict=True)
    }
    columns["year"] = np.full(len(places[0]), YEAR, dtype=np.int16)
    columns["value"] = cells[places] * UNIT_USD
    return columns


def _totals(network: Network) -> dict[str, Any]:
    sales = network.flows.sum(axis=(2, 3))
    inputs = network.flows.sum(axis=(0, 1))
    industry, economy = np.nonzero(network.output + sales + inputs)
    place = (industry, economy)
    return {
        "year": np.full(len(industry), YEAR, dtype=np.int16),
        "economy": np.asarray(network.economies, dtype=object)[economy],
        "industry": np.asarray(network.industries, dtype=object)[industry],
        "output": network.output[place] * UNIT_USD,
        "intermediate_sales": sales[place] * UNIT_USD,
        "inputs": inputs[place] * UNIT_USD,
        "final_and_outside_sales": network.outside[place] * UNIT_USD,
    }


def _industries(codes: list[str]) -> dict[str, Any]:
    with NAMES.open("rb") as stream:
        words = tomllib.load(stream)
    rows = [words["industries"][code] for code in codes]
    return {
        "code": codes,
        "position": list(range(1, len(codes) + 1)),
        "name": [name for name, _, _ in rows],
        "short_name": [short for _, short, _ in rows],
        "goods": [code[0] in "ABC" for code in codes],
        "group_code": [group for _, _, group in rows],
        "group_name": [words["groups"][group] for _, _, group in rows],
    }
