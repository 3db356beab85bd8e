"""Great-circle distance on a sphere of the Earth's mean radius."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RADIUS_KM = 6371.0
"""Mean radius of the Earth (IUGG), to the kilometre."""

Array = NDArray[np.float64]


def unit_vectors(longitude: Array, latitude: Array) -> Array:
    """Return (n, 3) points on the unit sphere from degrees."""
    lon, lat = np.radians(longitude), np.radians(latitude)
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def great_circle_km(one: Array, two: Array) -> Array:
    """Return distances in km between (n, 3) and (m, 3) unit vectors, shape (n, m).

    From the chord rather than the cosine, which loses all digits for points near each other.
    """
    chord = np.sqrt(np.maximum(((one[:, None, :] - two[None, :, :]) ** 2).sum(axis=2), 0.0))
    distance: Array = 2.0 * RADIUS_KM * np.arcsin(np.minimum(chord / 2.0, 1.0))
    return distance
