"""How long it takes to judge ten thousand claims, and to check a dossier of six hundred.

    python -m benchmarks.audit [--runs 3] [--out FILE]

No other tool does either, so there is no ratio. Most claims are false: the search through their readings is
what takes the time.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import Any

import msgspec
import narwhals as nw

from benchmarks.schema import OWN, Entrant, compare, table, this_machine, write
from hikiwake.audit.run import audit
from hikiwake.core.dossier import Dossier
from hikiwake.dossier.validation import check_bytes
from hikiwake.store.tables import Tables, open_tables

OUT = Path(__file__).parent / "results" / "audit.json"
CLAIMS, CHECKED = 10_000, 600
PRODUCTS = {"270900": "crude oil", "271111": "LNG", "270112": "bituminous coal", "260300": "copper ore"}


def main() -> None:
    """Time audits of made dossiers, print the table, write the results."""
    parser = argparse.ArgumentParser(description="Times of the audit and of checking a dossier.")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    machine = this_machine()
    many = msgspec.convert(dossier(CLAIMS), Dossier)
    text = msgspec.json.encode(dossier(CHECKED))
    judging = Entrant(OWN, OWN, lambda: len(audit(many, open_tables()).verdicts))
    checking = Entrant(OWN, OWN, lambda: len(check_bytes(text, "claims.yaml")[1]))
    results = [
        *compare("judging", f"{CLAIMS:,} claims", [judging], options.runs, machine),
        *compare("checking a dossier", f"{CHECKED} claims", [checking], options.runs, machine),
    ]
    write(options.out, results)
    print(table(results))


def dossier(number: int) -> dict[str, Any]:
    """Return a dossier of different claims, every second one false by a factor of two."""
    chance = random.Random(11)
    flows = rows(open_tables())
    claims = []
    for n, (year, x, m, product, value) in enumerate(chance.sample(flows, number)):
        said = value / 1e9 * (2 if n % 2 else 1)
        flow = f"{x} -> {m}: {PRODUCTS[product]}"
        kind = {"quantity": "level", "of": flow, "value": f"{said:.3g} bn USD"}
        if n % 4 > 1:
            whole = f"world -> {m}: {PRODUCTS[product]}"
            kind = {
                "quantity": "share",
                "part": flow,
                "of": whole,
                "value": f"{20 + 60 * chance.random():.1f} %",
            }
        claims.append({"id": f"c{n}", "in": year, **kind})
    return {"hikiwake": 1, "title": "Many claims", "parties": ["JPN", "RUS"], "claims": claims}


def rows(tables: Tables) -> list[tuple[int, str, str, str, float]]:
    """Return all flows of the chosen products of over a million dollars, in the order of their keys."""
    keys = ("year", "exporter", "importer", "product")
    large = tables.frame("baci_flows").filter(
        nw.col("product").is_in(list(PRODUCTS)) & (nw.col("value") > 1e6)
    )
    found = tables.collect(large.select(*keys, "value").sort(*keys))
    columns = (found[name].tolist() for name in (*keys, "value"))
    return [
        (int(y), str(x), str(m), str(k), float(value)) for y, x, m, k, value in zip(*columns, strict=True)
    ]


if __name__ == "__main__":
    main()
