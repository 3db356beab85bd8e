"""Which economy a shape of Natural Earth belongs to."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from build.topology import Ring

ECONOMIES = Path(__file__).parents[2] / "src" / "hikiwake" / "core" / "economies.json"

# Shapes without a usable number. None: the land is shown, but trade statistics count no such economy.
BY_NAME: dict[str, str | None] = {
    "Kosovo": "XKX",
    "Ashmore and Cartier Is.": "AUS",
    "N. Cyprus": None,
    "Somaliland": None,
    "Siachen Glacier": None,
    "Indian Ocean Ter.": None,
}
# For the lie of coasts the island of Cyprus and the Horn are taken whole.
COAST_OF = {"N. Cyprus": "CYP", "Somaliland": "SOM"}

# Parts that Natural Earth draws with their state but statistics count apart: west, south, east, north.
APART: dict[str, dict[str, tuple[float, float, float, float]]] = {
    "FRA": {
        "GLP": (-62.0, 15.7, -60.9, 16.6),
        "GUF": (-55.0, 2.0, -51.0, 6.0),
        "MTQ": (-61.3, 14.3, -60.7, 15.0),
        "MYT": (45.0, -13.1, 45.4, -12.5),
        "REU": (55.1, -21.5, 55.9, -20.8),
    },
    "NLD": {"BES": (-69.0, 11.9, -62.8, 17.8)},
    "NOR": {"BVT": (3.0, -55.0, 4.0, -54.0), "SJM": (-10.0, 74.0, 34.0, 81.0)},
}


@lru_cache(maxsize=1)
def by_number() -> dict[int, str]:
    """Return economy ids by ISO numeric code, of today's economies."""
    rows = json.loads(ECONOMIES.read_text(encoding="utf-8"))["economies"]
    return {
        row["country"]["iso_num"]: row["country"]["id"]
        for row in rows
        if "iso_num" in row["country"] and "until" not in row["country"]
    }


def economy_of(geometry: dict[str, Any]) -> str | None:
    """Return the economy of a whole shape, None where statistics count none."""
    name = geometry["properties"]["name"]
    return BY_NAME[name] if name in BY_NAME else by_number()[int(geometry["id"])]


def shape_economy(geometry: dict[str, Any], ring: Ring) -> str | None:
    """Return the economy of one polygon for the lie of coasts."""
    state = COAST_OF.get(geometry["properties"]["name"]) or economy_of(geometry)
    low, high = ring.min(axis=0), ring.max(axis=0)
    for part, (west, south, east, north) in APART.get(state or "", {}).items():
        if west <= low[0] and south <= low[1] and high[0] <= east and high[1] <= north:
            return part
    return state
