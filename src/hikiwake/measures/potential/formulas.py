"""The formulas of the potential."""

from __future__ import annotations

from hikiwake.core.provenance import COUNT, RATIO, SHARE, USD, Formula
from hikiwake.measures.background import BORDERS, DISTANCES
from hikiwake.measures.flows import FLOWS as TRADE
from hikiwake.measures.intermediate.formulas import FLOWS as DELIVERIES

LANGUAGES = "official_languages"
READS = (TRADE, DELIVERIES, DISTANCES, BORDERS, LANGUAGES)
MODEL = (
    "Poisson gravity of one year with exporter and importer effects: Santos Silva & Tenreyro (2006), Rev. "
    "Econ. Stat. 88:641; Anderson & van Wincoop (2003), Am. Econ. Rev. 93:170"
)
CAUTION = (
    "What pairs of such size, distance, border and language trade on average. It says nothing of why a pair "
    "departs from it, and for aggregates of goods the fit is loose."
)
EXPECTED = Formula(
    id="potential_expected",
    name="Expected trade",
    expression="exp(alpha_i + gamma_j + beta' z_ij), estimated without both flows of the pair",
    unit=USD,
    range="(0, inf)",
    source=MODEL,
    reads=READS,
    caution=CAUTION,
)
RATIO_TO = Formula(
    id="potential_ratio",
    name="Trade relative to what is expected",
    expression="x_ij / expected",
    unit=RATIO,
    range="[0, inf)",
    source=MODEL,
    reads=READS,
    caution="Most flows lie below their expectation; read it beside the comparable ones. " + CAUTION,
)
LEVEL = Formula(
    id="potential_place",
    name="Comparable pairs that trade less of what is expected of them",
    expression="share of comparable flows whose ratio to expectation is lower; comparable: the flows nearest "
    "in log expectation, each expected without its own pair",
    unit=SHARE,
    range="[0, 1]",
    source="percentile among like pairs; expectations by case deletion, Pregibon (1981), Ann. Statist. 9:705",
    reads=READS,
)
USUAL_LOW = Formula(
    id="potential_usual_low",
    name="Lower end of what comparable pairs trade",
    expression="expected times the fifth percentile of the ratios of comparable pairs",
    unit=USD,
    range="[0, inf)",
    source="prediction interval from the residuals of comparable pairs",
    reads=READS,
)
USUAL_HIGH = Formula(
    id="potential_usual_high",
    name="Upper end of what comparable pairs trade",
    expression="expected times the ninety-fifth percentile of the ratios of comparable pairs",
    unit=USD,
    range="(0, inf)",
    source="prediction interval from the residuals of comparable pairs",
    reads=READS,
)
MEDIAN = Formula(
    id="potential_median_ratio",
    name="Median ratio of comparable pairs",
    expression="median of x / expected over the comparable flows",
    unit=RATIO,
    range="[0, inf)",
    source="residuals of comparable pairs",
    reads=READS,
)
GAP = Formula(
    id="potential_gap",
    name="Distance to the median of comparable pairs",
    expression="expected times the median ratio of comparable pairs - x_ij",
    unit=USD,
    range="(-inf, inf)",
    source="residuals of comparable pairs",
    reads=READS,
    caution="Negative where the pair trades more. " + CAUTION,
)
COMPARED = Formula(
    id="potential_comparable",
    name="Comparable flows",
    expression="number of flows nearest in log expectation that the ratio is compared with",
    unit=COUNT,
    range="0, 1, 2, ...",
    source=MODEL,
    reads=READS,
)
BELOW = Formula(
    id="potential_below",
    name="Flows below their expectation",
    expression="share of all flows of the model with x_ij < expected, each without its own pair",
    unit=SHARE,
    range="[0, 1]",
    source=MODEL,
    reads=READS,
)
LEAST = Formula(
    id="potential_ratio_least",
    name="Lowest ratio over the specifications",
    expression="least of x_ij / expected over the sets of covariates and levels of detail that are tried",
    unit=RATIO,
    range="[0, inf)",
    source=MODEL,
    reads=READS,
)
MOST = Formula(
    id="potential_ratio_most",
    name="Highest ratio over the specifications",
    expression="greatest of x_ij / expected over the sets of covariates and levels of detail that are tried",
    unit=RATIO,
    range="[0, inf)",
    source=MODEL,
    reads=READS,
)
FORMULAS = (EXPECTED, RATIO_TO, LEVEL, USUAL_LOW, USUAL_HIGH, MEDIAN, GAP, COMPARED, BELOW, LEAST, MOST)
