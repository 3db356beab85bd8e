"""Trade indices as pure functions over arrays: advantage, complementarity, intensity, concentration, space.

Rows are economies, columns are products (or industries); values may be in any one currency. An index that
is not defined (a row without trade) is NaN, never an error; wrong shapes raise `ValueError`.
"""

from hikiwake.indices.advantage import normalised_rca, rca, symmetric_rca
from hikiwake.indices.complementarity import (
    cosine_complementarity,
    export_similarity,
    trade_complementarity,
)
from hikiwake.indices.concentration import effective_number, hhi, normalised_hhi
from hikiwake.indices.intensity import IntensitySplit, intensity_split, trade_intensity
from hikiwake.indices.intraindustry import grubel_lloyd
from hikiwake.indices.space import complexity, density, proximity

__all__ = [
    "IntensitySplit",
    "complexity",
    "cosine_complementarity",
    "density",
    "effective_number",
    "export_similarity",
    "grubel_lloyd",
    "hhi",
    "intensity_split",
    "normalised_hhi",
    "normalised_rca",
    "proximity",
    "rca",
    "symmetric_rca",
    "trade_complementarity",
    "trade_intensity",
]
