"""Read TopoJSON shapes as rings of longitude and latitude."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ring = NDArray[np.float64]
"""(n, 2) longitude and latitude in degrees, first point repeated at the end."""
Polygon = list[Ring]
"""Outer ring, then holes."""


def shapes(topology: dict[str, Any], layer: str = "countries") -> list[tuple[dict[str, Any], list[Polygon]]]:
    """Return each geometry of a layer with its polygons.

    TopoJSON stores an arc as integer steps from its first point, to be scaled and shifted; a geometry
    names arcs by number, and ~n is arc n backwards (Bostock and Metcalf, TopoJSON format, section 2.1).
    """
    scale, shift = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    arcs = [np.cumsum(np.array(arc, dtype=np.int64), axis=0) * scale + shift for arc in topology["arcs"]]
    found = []
    for geometry in topology["objects"][layer]["geometries"]:
        kind = geometry["type"]
        groups = [geometry["arcs"]] if kind == "Polygon" else geometry.get("arcs", [])
        found.append((geometry, [[_ring(numbers, arcs) for numbers in polygon] for polygon in groups]))
    return found


def _ring(numbers: list[int], arcs: list[NDArray[np.float64]]) -> Ring:
    """Join arcs end to start; the shared point is kept once."""
    parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])
