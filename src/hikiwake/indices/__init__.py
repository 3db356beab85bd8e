"""Indices of trade: arrays in, arrays out.

Every function takes and returns float64 arrays and knows no table, file or country. A quantity that is
undefined is NaN, and the docstring says when; a zero is never an error. Shapes that do not fit raise
ValueError, and so do negative or infinite trade values. NaN given makes NaN whatever depends on it.
"""

from hikiwake.indices.advantage import normalised_rca, rca, symmetric_rca
from hikiwake.indices.arrays import shares
from hikiwake.indices.complementarity import (
    complementarity_by_product,
    cosine_similarity,
    export_similarity,
    trade_complementarity,
)
from hikiwake.indices.composition import composition_change
from hikiwake.indices.concentration import (
    TheilParts,
    effective_number,
    hhi,
    normalised_hhi,
    theil,
    theil_parts,
)
from hikiwake.indices.growth import Trend, compound_growth, log_change, midpoint_change, trend_growth
from hikiwake.indices.intensity import (
    Decomposition,
    intensity_decomposition,
    refined_trade_intensity,
    trade_intensity,
)
from hikiwake.indices.intraindustry import grubel_lloyd, grubel_lloyd_by_product
from hikiwake.indices.mirror import mirror_gap, mirror_gap_midpoint
from hikiwake.indices.space import Complexity, complexity, density, presence, proximity

__all__ = [
    "Complexity",
    "Decomposition",
    "TheilParts",
    "Trend",
    "complementarity_by_product",
    "complexity",
    "composition_change",
    "compound_growth",
    "cosine_similarity",
    "density",
    "effective_number",
    "export_similarity",
    "grubel_lloyd",
    "grubel_lloyd_by_product",
    "hhi",
    "intensity_decomposition",
    "log_change",
    "midpoint_change",
    "mirror_gap",
    "mirror_gap_midpoint",
    "normalised_hhi",
    "normalised_rca",
    "presence",
    "proximity",
    "rca",
    "refined_trade_intensity",
    "shares",
    "symmetric_rca",
    "theil",
    "theil_parts",
    "trade_complementarity",
    "trade_intensity",
    "trend_growth",
]
