"""Map shapes of the world, and the areas on them that more than one economy claims.

Writes countries-110m.json and countries-50m.json (TopoJSON, for drawing) and disputed.json (GeoJSON).
Natural Earth draws boundaries in effect; disputed.json is there so that no map shows them bare.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from build.identity import economy_of
from build.package_files import member, write_beside
from build.sources import NATURAL_EARTH
from build.tables import TableFile
from build.topology import Polygon, Ring, shapes

HERE = Path(__file__).parent
FOLDER = "render/assets"

PACKAGES = (NATURAL_EARTH,)
DATASETS: tuple[dict[str, Any], ...] = (
    {
        "id": "natural_earth",
        "version": "4.1.0",
        "title": "Outlines of the world's economies at 1:110 million and 1:50 million",
        "producer": "Natural Earth",
        "licence": "Public domain (Natural Earth); ISC (world-atlas)",
        "licence_id": "ISC",
        "citation": "Made with Natural Earth 4.1, as packaged in world-atlas 2.0.2 (Bostock, M.)",
        "note": "Boundaries in effect, without prejudice to claims. Ids are those of the economies.",
        "unit": "degrees",
        "coverage": {"text": "177 outlines at 1:110m, 241 at 1:50m; small islands are missing at 1:110m"},
    },
    {
        "id": "disputed_areas",
        "version": "1",
        "title": "Areas claimed by more than one side or contested in status",
        "producer": "hikiwake, from the instruments named with each area",
        "licence": "Apache-2.0",
        "licence_id": "Apache-2.0",
        "citation": "hikiwake, disputed areas, version 1; outlines after Natural Earth 4.1",
        "note": "A selection; listing takes no side. Hand-drawn outlines are approximate.",
        "unit": "degrees",
        "coverage": {
            "text": "55 areas, each with its names on either side, claimants, administration, source"
        },
    },
)

NOTE = (
    "Boundaries as Natural Earth draws them (de facto). Hatched areas are claimed by more than one side "
    "or contested in status; their outlines are approximate. No position on any claim is implied."
)


def build(downloads: Path, out: Path) -> list[TableFile]:
    """Write both maps and the disputed areas."""
    tarball = downloads / NATURAL_EARTH.filename
    maps = {scale: _topology(tarball, scale) for scale in ("110m", "50m")}
    files = []
    for scale, topology in maps.items():
        content = json.dumps(named(topology), ensure_ascii=False, separators=(",", ":")).encode()
        name = f"countries-{scale}"
        files.append(write_beside(out, "natural_earth", name, f"{FOLDER}/{name}.json", content))
    areas = json.dumps(disputed(maps["50m"]), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    files.append(write_beside(out, "disputed_areas", "disputed", f"{FOLDER}/disputed.json", areas.encode()))
    licence = f"{FOLDER}/LICENSE-world-atlas.txt"
    files.append(write_beside(out, "natural_earth", "shapes_licence", licence, member(tarball, "LICENSE")))
    return files


def _topology(tarball: Path, scale: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(member(tarball, f"countries-{scale}.json"))
    return found


def named(topology: dict[str, Any]) -> dict[str, Any]:
    """Return the topology with our economy ids.

    Every shape gets a unique `id` (the economy's, or the shape's own name where several shapes belong to
    one economy or none does) and the properties `name` and `economy` (None where statistics count none).
    """
    taken: set[str] = set()
    geometries = []
    # The main shape of an economy first: Natural Earth numbers Ashmore and Cartier as Australia.
    for geometry in topology["objects"]["countries"]["geometries"]:
        economy, name = economy_of(geometry), geometry["properties"]["name"]
        plain = "-".join(re.findall(r"[a-z]+", name.lower()))
        identity = plain if economy is None or name == "Ashmore and Cartier Is." else economy
        if identity in taken:
            raise ValueError(f"two shapes would be called {identity}")
        taken.add(identity)
        geometries.append({**geometry, "id": identity, "properties": {"name": name, "economy": economy}})
    layers = {**topology["objects"], "countries": {"type": "GeometryCollection", "geometries": geometries}}
    return {**topology, "objects": layers}


def disputed(topology: dict[str, Any]) -> dict[str, Any]:
    """Return the disputed areas as a GeoJSON collection, outer rings clockwise as d3-geo draws them."""
    entries = tomllib.loads((HERE / "disputed.toml").read_text(encoding="utf-8"))
    outlines = {geometry["properties"]["name"]: polygons for geometry, polygons in shapes(topology)}
    features = [_feature(identity, entry, outlines) for identity, entry in entries.items()]
    return {"type": "FeatureCollection", "note": NOTE, "features": features}


def _feature(identity: str, entry: dict[str, Any], outlines: dict[str, list[Polygon]]) -> dict[str, Any]:
    names = list(dict.fromkeys(entry["names"].values()))
    properties = {
        "names": [{"name": name, "used_by": user} for user, name in entry["names"].items()],
        "group": [{"name": name, "used_by": user} for user, name in entry.get("group", {}).items()],
        "label": entry.get("label") or " / ".join(names),
        "kind": entry.get("kind", "territory"),
        "claimants": entry["claimants"],
        "administered_by": entry["administered_by"],
        "approximate": "cut" in entry,
        "note": entry.get("note", ""),
        "source": entry["source"],
    }
    return {
        "type": "Feature",
        "id": identity,
        "properties": properties,
        "geometry": _geometry(identity, entry, outlines),
    }


def _geometry(identity: str, entry: dict[str, Any], outlines: dict[str, list[Polygon]]) -> dict[str, Any]:
    if "points" in entry:
        return {"type": "MultiPoint", "coordinates": entry["points"]}
    polygons: list[Polygon] = []
    for name in entry["shape"]:
        whole = outlines[name]
        if "box" in entry:
            polygons += [polygon for polygon in whole if _inside(polygon[0], entry["box"])]
        elif "cut" in entry and not (len(entry["shape"]) > 1 and name == "W. Sahara"):
            polygons += [
                [part] for piece in entry["cut"] for polygon in whole if len(part := clip(polygon[0], piece))
            ]
        else:
            polygons += whole
    if not polygons:
        raise ValueError(f"disputed.toml: nothing of {entry['shape']} lies in {identity}")
    coordinates = [[_rounded(ring, hole=i > 0) for i, ring in enumerate(polygon)] for polygon in polygons]
    return {"type": "MultiPolygon", "coordinates": coordinates}


def _inside(ring: Ring, box: list[float]) -> bool:
    low, high = ring.min(axis=0), ring.max(axis=0)
    west, south, east, north = box
    return bool(west <= low[0] and south <= low[1] and high[0] <= east and high[1] <= north)


def clip(ring: Ring, piece: list[list[float]]) -> Ring:
    """Return what of a ring lies inside a convex ring, (0, 2) if nothing does.

    The piece's edges cut one after the other. Parts that the cut separates stay joined along the edge,
    which a fill does not show.

    References
    ----------
    Sutherland and Hodgman (1974), Reentrant polygon clipping, Communications of the ACM 17(1).
    """
    edges = np.array(piece, dtype=np.float64)
    if _area(edges) < 0:
        edges = edges[::-1]
    points = [tuple(point) for point in ring[:-1]]
    for start, end in zip(edges, np.roll(edges, -1, axis=0), strict=True):
        along = end - start

        def side(point: tuple[float, ...], start: Ring = start, along: Ring = along) -> float:
            return float(along[0] * (point[1] - start[1]) - along[1] * (point[0] - start[0]))

        kept = []
        for here, there in zip(points, points[1:] + points[:1], strict=True):
            a, b = side(here), side(there)
            if a >= 0:
                kept.append(here)
            if (a >= 0) != (b >= 0):
                share = a / (a - b)
                kept.append((here[0] + share * (there[0] - here[0]), here[1] + share * (there[1] - here[1])))
        points = kept
        if len(points) < 3:
            return np.empty((0, 2))
    return np.array([*points, points[0]])


def _area(ring: Ring) -> float:
    """Return twice the signed area, positive when counter-clockwise."""
    x, y = ring[:, 0], ring[:, 1]
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def _rounded(ring: Ring, *, hole: bool) -> list[list[float]]:
    """Return a ring to 0.001 degrees (100 m, finer than the shapes), outer clockwise, holes the other way."""
    if (_area(ring[:-1]) > 0) != hole:
        ring = ring[::-1]
    return [[round(float(x), 3), round(float(y), 3)] for x, y in ring]
