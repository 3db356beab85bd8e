"""How near coasts come to each other, from the Natural Earth shapes at 1:50 million."""

from __future__ import annotations

import json
from itertools import combinations, product
from pathlib import Path

import numpy as np

from build.identity import shape_economy
from build.package_files import member
from build.sphere import RADIUS_KM, Array, great_circle_km, unit_vectors
from build.topology import Ring, shapes

SEA_LIMIT_KM = 100.0
"""Coasts nearer than this, with no land border, make sea neighbours; the distance is in the table, so a
reader can apply a stricter rule (24 nautical miles, where two territorial seas meet, is 44.4 km)."""

STEP_KM = 5.0
"""Coast lines get a point at least this often, so that the nearest points are not missed by more."""


def coast_distances(tarball: Path) -> dict[tuple[str, str], float]:
    """Return the nearest distance in km of each pair of economies whose outlines come within the limit.

    Land that two claim (`disputed.toml`) is left out where it is an island or a peninsula of its own in
    the file, so that the figure holds whoever is right.
    """
    topology = json.loads(member(tarball, "countries-50m.json"))
    points: dict[str, list[Array]] = {}
    for geometry, polygons in shapes(topology):
        for polygon in polygons:
            economy = shape_economy(geometry, polygon[0])
            if economy and not _contested(polygon[0]):
                points.setdefault(economy, []).append(_dense(polygon[0]))
    return _nearest({economy: np.concatenate(parts) for economy, parts in sorted(points.items())})


# West, south, east, north of single polygons that two states claim: Etorofu, Habomai, Kunashiri and
# Shikotan; Crimea.
_CONTESTED_BOXES = ((145.3, 43.3, 148.9, 45.6), (32.4, 44.3, 36.7, 46.3))


def _contested(ring: Ring) -> bool:
    low, high = ring.min(axis=0), ring.max(axis=0)
    return any(
        low[0] >= west and low[1] >= south and high[0] <= east and high[1] <= north
        for west, south, east, north in _CONTESTED_BOXES
    )


def _dense(ring: Ring) -> Array:
    """Return unit vectors along a ring, none further than the step from the next."""
    corners = unit_vectors(ring[:, 0], ring[:, 1])
    lengths = RADIUS_KM * np.linalg.norm(np.diff(corners, axis=0), axis=1)
    parts = [corners[:1]]
    for start, end, length in zip(corners[:-1], corners[1:], lengths, strict=True):
        share = np.linspace(0.0, 1.0, int(length / STEP_KM) + 2)[1:, None]
        between = start + (end - start) * share
        parts.append(between / np.linalg.norm(between, axis=1, keepdims=True))
    return np.concatenate(parts)


def _nearest(points: dict[str, Array]) -> dict[tuple[str, str], float]:
    """Compare only points in the same or adjoining cubes whose side is the limit."""
    cubes: dict[tuple[int, ...], dict[str, list[Array]]] = {}
    for economy, mine in points.items():
        for cube, point in zip(
            np.floor(mine * RADIUS_KM / SEA_LIMIT_KM).astype(int).tolist(), mine, strict=True
        ):
            cubes.setdefault(tuple(cube), {}).setdefault(economy, []).append(point)
    stacked = {
        cube: {economy: np.stack(parts) for economy, parts in inside.items()}
        for cube, inside in cubes.items()
    }
    steps = [step for step in product((-1, 0, 1), repeat=3) if step >= (0, 0, 0)]
    found: dict[tuple[str, str], float] = {}
    for cube, here in stacked.items():
        for step in steps:
            there = stacked.get(tuple(c + s for c, s in zip(cube, step, strict=True)))
            if there is None:
                continue
            pairs = combinations(here, 2) if step == (0, 0, 0) else product(here, there)
            for a, b in pairs:
                if a != b:
                    key = (min(a, b), max(a, b))
                    nearest = float(great_circle_km(here[a], there[b]).min())
                    found[key] = min(found.get(key, np.inf), nearest)
    return {key: round(km, 1) for key, km in sorted(found.items()) if km <= SEA_LIMIT_KM}
