"""The formulas of the potential."""

from __future__ import annotations

from hikiwake.core.provenance import COUNT, RATIO, SHARE, USD, Formula
from hikiwake.measures.background import BORDERS, DISTANCES
from hikiwake.measures.covariates import DYADS
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
CHOSEN = (
    "the sets of covariates, estimators (Poisson, Gamma, logarithms), samples and years that are tried, and "
    "of groups added up"
)
OTHERWISE = (
    "Gamma pseudo-maximum likelihood and least squares of logarithms see positive flows alone: what they "
    "expect is expected of a flow that exists. Logarithms are brought back to levels by Duan's smearing, "
    "which assumes that errors have one distribution for all flows."
)
ESTIMATORS = (
    MODEL + "; Head & Mayer (2014), Handbook of International Economics 4:131, on Gamma and logarithms "
    "beside Poisson; Duan (1983), J. Am. Stat. Assoc. 78:605"
)
LEAST = Formula(
    id="potential_ratio_least",
    name="Lowest ratio over the specifications",
    expression=f"least of x_ij / expected over {CHOSEN}",
    unit=RATIO,
    range="[0, inf)",
    source=ESTIMATORS,
    reads=READS,
    caution=OTHERWISE,
)
MOST = Formula(
    id="potential_ratio_most",
    name="Highest ratio over the specifications",
    expression=f"greatest of x_ij / expected over {CHOSEN}",
    unit=RATIO,
    range="[0, inf)",
    source=ESTIMATORS,
    reads=READS,
    caution=OTHERWISE,
)
UNDER = Formula(
    id="potential_ratio_under",
    name="Ratio under another specification",
    expression="x_ij / expected, with choices of covariates, estimator, sample or years made otherwise",
    unit=RATIO,
    range="[0, inf)",
    source=ESTIMATORS,
    reads=READS,
    caution=OTHERWISE,
)
TRIED = Formula(
    id="potential_specifications",
    name="Other specifications",
    expression="number of specifications, beside that of the expectation, that give an estimate",
    unit=COUNT,
    range="0, 1, 2, ...",
    source=ESTIMATORS,
    reads=READS,
)
MIDDLE = {
    name: Formula(
        id=f"potential_specifications_{name}",
        name=f"{words} of the ratios over the specifications",
        expression=f"{words.lower()} of x_ij / expected over {CHOSEN}",
        unit=RATIO,
        range="[0, inf)",
        source=ESTIMATORS,
        reads=READS,
    )
    for name, words in (("lower", "Lower quartile"), ("upper", "Upper quartile"))
}
SUMMED = Formula(
    id="potential_expected_sectors",
    name="Sum of what is expected in single sectors",
    expression="sum of exp(alpha_ik + gamma_jk + beta_k' z_ij) over the sectors k of which something is said",
    unit=USD,
    range="(0, inf)",
    source=MODEL,
    reads=READS,
    caution="Not the expectation of all together: in a sector, what each sells and buys of it is given.",
)
ADJUSTED = Formula(
    id="potential_adjusted",
    name="Trade at the median of comparable pairs once resistances adjust",
    expression="x_ij B_ij a_i b_j with B_ij = expected times the median ratio / x_ij where above one, "
    "both ways, and a, b such that each economy's sales and purchases, those at home included, stay",
    unit=USD,
    range="(0, inf)",
    source="conditional equilibrium: Anderson & van Wincoop (2003), Am. Econ. Rev. 93:170; Anderson, Larch & "
    "Yotov (2018), The World Economy 41:2750",
    reads=READS,
    caution="Output and spending are held: what incomes do is in the section on scenarios.",
)
SPREAD = {
    name: Formula(
        id=f"potential_ratio_{name}",
        name=f"{words} of the ratios of comparable pairs",
        expression=f"{words.lower()} of x / expected over the comparable flows",
        unit=RATIO,
        range="[0, inf)",
        source="residuals of comparable pairs",
        reads=READS,
    )
    for name, words in (
        ("low", "Fifth percentile"),
        ("lower", "Lower quartile"),
        ("upper", "Upper quartile"),
        ("high", "Ninety-fifth percentile"),
    )
}
PARTS = {
    "size": Formula(
        id="potential_part_size",
        name="Expected of two that sell and buy so much, all else at the mean",
        expression="exp(alpha_i + gamma_j + beta' mean(z)); times the factors of distance, border and "
        "language it is what is expected",
        unit=USD,
        range="(0, inf)",
        source=MODEL,
        reads=READS,
    ),
} | {
    name: Formula(
        id=f"potential_part_{short}",
        name=f"Factor of {words} in what is expected",
        expression=f"exp(beta (z_ij - mean(z))), z: {words}, mean over all flows of the model",
        unit=RATIO,
        range="(0, inf)",
        source=MODEL,
        reads=READS,
    )
    for name, short, words in (
        ("ln_dist", "distance", "the distance"),
        ("border", "border", "a land border, or its absence"),
        ("language", "language", "a common official language, or its absence"),
        ("agreement", "agreement", "a trade agreement, or its absence"),
        ("currency", "currency", "a common currency, or its absence"),
        ("colony", "colony", "a colonial tie, or its absence"),
        ("coloniser", "coloniser", "a common coloniser, or its absence"),
        ("law", "law", "a common origin of law, or its absence"),
    )
}
ADDED_KNOWN = Formula(
    id="potential_ties_known",
    name="Trade between pairs of which the added covariates are known",
    expression="sum of x_ij over pairs of which all of them are known, over the sum of all x_ij",
    unit=SHARE,
    range="[0, 1]",
    source="the table of pairs that was added",
    reads=(TRADE, DELIVERIES, DYADS),
)
EASE_SOURCE = (
    "the logic of the International Trade Centre's Export Potential Indicator: Decreux & Spies (2016), "
    "Export Potential Assessments; without its projections, tariffs and distances, and by group of goods"
)
INTENSITY = Formula(
    id="potential_intensity",
    name="Trade intensity",
    expression="(x_ij / X_i) / (M_j / M_W)",
    unit=RATIO,
    range="[0, inf)",
    source="Brown (1949), Applied Economics; as used by the World Bank's WITS",
    reads=READS,
    caution="It takes no account of distance: near economies trade more than their weights.",
)
EASE = Formula(
    id="potential_ease",
    name="Ease of trade",
    expression="x_ij / sum_k Supply_ik Demand_jk; Supply: i's share of the exports of k by all but j; "
    "Demand: j's imports of k",
    unit=RATIO,
    range="[0, inf)",
    source=EASE_SOURCE,
    reads=READS,
    caution="It carries all that stands between the two, a dispute included: where relations are bad, ease "
    "is low, and so is the potential that rests on it.",
)
AT_ONE = Formula(
    id="potential_supply_demand",
    name="What supply and demand alone would give",
    expression="sum_k Supply_ik Demand_jk, that is at ease one",
    unit=USD,
    range="[0, inf)",
    source=EASE_SOURCE,
    reads=READS,
)
AT_USUAL = Formula(
    id="potential_usual_ease",
    name="The same at the ease of comparable pairs",
    expression="sum_k Supply_ik Demand_jk times the median ease of the comparable flows",
    unit=USD,
    range="[0, inf)",
    source=EASE_SOURCE,
    reads=READS,
)
BESIDE = {"intensity": INTENSITY, "ease": EASE, "at_one": AT_ONE, "at_usual": AT_USUAL}
TEST = (
    "expectations with data up to year t beside what came; flows of that year expected at a million dollars "
    "or more; ranks within group and year; errors clustered by pair"
)
SELECTED = (
    "The flows that are tested exist in year t; flows that begin later are not in it. Errors of one year's "
    "data alone make flows seem to return to what is expected of them."
)
FORETOLD = Formula(
    id="potential_foretold",
    name="Rank correlation of what a rule says with the growth that came",
    expression="Spearman correlation over flows of rule_t with 2 (x_t+h - x_t) / (x_t+h + x_t)",
    unit=RATIO,
    range="[-1, 1]",
    source=TEST,
    reads=READS,
    caution=SELECTED,
)
ADDED = Formula(
    id="potential_foretold_beyond",
    name="Rank correlation beyond what the naive rules say",
    expression="correlation of the ranks of rule and growth, the part that persistence, partners' growth, "
    "mean reversion and size explain taken out of both",
    unit=RATIO,
    range="[-1, 1]",
    source=TEST,
    reads=READS,
    caution=SELECTED,
)
HITS = Formula(
    id="potential_hits",
    name="Flows on the side of the median that the rule said",
    expression="share of flows whose growth and rule lie on the same side of the median of their group and "
    "year; a flow on the median counts half",
    unit=SHARE,
    range="[0, 1]",
    source=TEST,
    reads=READS,
    caution=SELECTED,
)
TESTED = Formula(
    id="potential_tested",
    name="Flows that the rules were tested on",
    expression="number of flows and base years t with x_t > 0",
    unit=COUNT,
    range="0, 1, 2, ...",
    source=TEST,
    reads=READS,
)
WITHIN = Formula(
    id="potential_within",
    name="Flows within the range of nine of ten comparable ones",
    expression="share of flows x_t+h between expected_t times the fifth and the ninety-fifth percentile of "
    "the ratios of comparable flows in year t",
    unit=SHARE,
    range="[0, 1]",
    source=TEST,
    reads=READS,
    caution="A range that begins at nothing has one end only, and holds more than nine of ten.",
)
BOUNDED = Formula(
    id="potential_within_bounded",
    name="The same of ranges that do not begin at nothing",
    expression="share of flows x_t+h within their range of year t, where its lower end is above 0",
    unit=SHARE,
    range="[0, 1]",
    source=TEST,
    reads=READS,
)
SPOKEN = Formula(
    id="potential_ranges",
    name="Flows whose range was tested",
    expression="number of flows and base years t, those of nothing included",
    unit=COUNT,
    range="0, 1, 2, ...",
    source=TEST,
    reads=READS,
)
FORMULAS = (
    *(EXPECTED, RATIO_TO, LEVEL, USUAL_LOW, USUAL_HIGH, MEDIAN, GAP, COMPARED, BELOW, LEAST, MOST),
    *(UNDER, TRIED, *MIDDLE.values(), SUMMED, ADJUSTED),
    *SPREAD.values(),
    *PARTS.values(),
    ADDED_KNOWN,
    *BESIDE.values(),
    *(FORETOLD, ADDED, HITS, TESTED, WITHIN, BOUNDED, SPOKEN),
)
