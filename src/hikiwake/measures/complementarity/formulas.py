"""The formulas of complementarity: what each number is, its unit, range and source."""

from __future__ import annotations

from hikiwake.core.provenance import COUNT, INDEX_1, INDEX_100, RATIO, SHARE, USD, Formula

INTERMEDIATE = "icio_flows"
COMMODITIES = "baci_flows"
BOTH = (INTERMEDIATE, COMMODITIES)
WITHIN = "Of the covered universe alone, which the subject names; trade within an economy is left out."
SHARES = "s_ik: share of line k in i's exports; m_jk: in j's imports; "

MATCH = Formula(
    id="trade_complementarity",
    name="Trade complementarity of i's exports with j's imports",
    expression=f"{SHARES}C_ij = 100 (1 - sum_k |m_jk - s_ik| / 2)",
    unit=INDEX_100,
    range="[0, 100]; 100 is the same composition",
    source="Michaely (1996), World Bank Policy Research WP 1583; WITS glossary (trade complementarity index)",
    reads=BOTH,
    caution=f"Falls with the detail of lines; not symmetric; the size of trade plays no part. {WITHIN}",
)
CONTRIBUTION = Formula(
    id="complementarity_of_line",
    name="Points that one line adds to the trade complementarity of i with j",
    expression=f"{SHARES}100 min(m_jk, s_ik); sums to the index over k",
    unit=INDEX_100,
    range="[0, 100]",
    source="parts of the complementarity index, which equals 100 sum_k min(m_jk, s_ik)",
    reads=BOTH,
)
MATCH_MEDIAN = Formula(
    id="trade_complementarity_median",
    name="Median complementarity of all other exporters with j's imports",
    expression="median over i' of C_i'j; i and j left out",
    unit=INDEX_100,
    range="[0, 100]",
    source="order statistic of the complementarity index",
    reads=BOTH,
)
BETTER_THAN = Formula(
    id="complementarity_better_than",
    name="Other exporters whose exports fit j's imports less well than i's",
    expression="number of i' with C_i'j < C_ij",
    unit=COUNT,
    range="0, 1, ...",
    source="rank by the complementarity index",
    reads=BOTH,
)
WORSE_THAN = Formula(
    id="complementarity_worse_than",
    name="Other exporters whose exports fit j's imports better than i's",
    expression="number of i' with C_i'j > C_ij",
    unit=COUNT,
    range="0, 1, ...",
    source="rank by the complementarity index",
    reads=BOTH,
)
OTHERS = Formula(
    id="complementarity_others",
    name="Other exporters compared with",
    expression="number of exporters besides i and j with a defined C_i'j",
    unit=COUNT,
    range="0, 1, ...",
    source="count; of commodities, only exporters of at least a thousandth of world exports",
    reads=BOTH,
)
LINES = Formula(
    id="number_of_lines",
    name="Lines traded in the universe at a level of detail",
    expression="number of k with x_Wk > 0",
    unit=COUNT,
    range="1, 2, ...",
    source="count",
    reads=BOTH,
)
PERCENTILE = Formula(
    id="complementarity_percentile",
    name="Place of i among all exporters by fit with j's imports",
    expression="(number of i' below C_ij + half the number equal to it) / number of i'",
    unit=SHARE,
    range="[0, 1]; 1 is the best fit of all",
    source="mid-rank percentile",
    reads=BOTH,
)
COSINE = Formula(
    id="cosine_complementarity",
    name="Cosine of i's exports and j's imports",
    expression=f"{SHARES}sum_k s_ik m_jk / (|s_i| |m_j|)",
    unit=INDEX_1,
    range="[0, 1]",
    source="Linnemann & van Beers (1988), Weltwirtschaftliches Archiv 124:445",
    reads=BOTH,
    caution=f"Ruled by the largest lines. {WITHIN}",
)
SIMILARITY = Formula(
    id="export_similarity",
    name="Export similarity of i and j",
    expression="100 sum_k min(s_ik, s_jk)",
    unit=INDEX_100,
    range="[0, 100]; 100 is the same composition",
    source="Finger & Kreinin (1979), Economic Journal 89:905",
    reads=BOTH,
    caution=f"Rises as lines get coarser. {WITHIN}",
)
GRUBEL_LLOYD = Formula(
    id="grubel_lloyd",
    name="Share of the pair's exchange that is matched within the same lines",
    expression="1 - sum_k |x_ijk - x_jik| / sum_k (x_ijk + x_jik)",
    unit=SHARE,
    range="[0, 1]",
    source="Grubel & Lloyd (1975), Intra-Industry Trade",
    reads=BOTH,
    caution="Rises as lines get coarser; biased down by an imbalance.",
)
ADVANTAGE = Formula(
    id="revealed_comparative_advantage",
    name="Revealed comparative advantage of i in k",
    expression="RCA_ik = (x_ik / X_i) / (x_Wk / X_W); the world W includes i",
    unit=RATIO,
    range="[0, inf); above 1 is an advantage",
    source="Balassa (1965), Manchester School 33:99",
    reads=BOTH,
    caution=WITHIN,
)
SYMMETRIC_ADVANTAGE = Formula(
    id="symmetric_comparative_advantage",
    name="Symmetric revealed comparative advantage of i in k",
    expression="(RCA_ik - 1) / (RCA_ik + 1)",
    unit=RATIO,
    range="[-1, 1]; above 0 is an advantage",
    source="Dalum, Laursen & Villumsen (1998), International Review of Applied Economics 12:423",
    reads=BOTH,
    caution=WITHIN,
)
ADVANTAGES = Formula(
    id="number_of_advantages",
    name="Lines in which i has a revealed comparative advantage",
    expression="number of k with RCA_ik > 1",
    unit=COUNT,
    range="0, 1, ...",
    source="count of the lines where Balassa's index is above one",
    reads=BOTH,
)
ADVANTAGES_MET = Formula(
    id="share_of_imports_met_by_advantage",
    name="Part of j's imports in lines where i has an advantage",
    expression="sum over k with RCA_ik > 1 of m_jk",
    unit=SHARE,
    range="[0, 1]",
    source="j's import shares over the lines where i's Balassa index is above one",
    reads=BOTH,
    caution=WITHIN,
)
NEED = Formula(
    id="imports_of_line",
    name="j's imports of k",
    expression="sum over i of x_ijk",
    unit=USD,
    range="[0, inf)",
    source="sum over all suppliers abroad",
    reads=BOTH,
)
NEED_SHARE = Formula(
    id="share_of_line_in_imports",
    name="Share of k in j's imports",
    expression="m_jk = sum_i x_ijk / sum_ik x_ijk",
    unit=SHARE,
    range="[0, 1]",
    source="composition of j's covered imports",
    reads=BOTH,
)
SUPPLIED = Formula(
    id="share_of_supplier_in_line",
    name="Share of i in j's imports of k",
    expression="x_ijk / sum_i x_ijk",
    unit=SHARE,
    range="[0, 1]",
    source="partner's share, WITS glossary (import share)",
    reads=BOTH,
)
SUPPLIED_ELSEWHERE = Formula(
    id="share_of_supplier_elsewhere",
    name="Share of i in the imports of k by all economies but i and j",
    expression="(x_ik - x_ijk) / (x_Wk - m_ik - m_jk), with imports in money",
    unit=SHARE,
    range="[0, 1]",
    source="market share outside the pair",
    reads=BOTH,
)
SIMPLE_INTENSITY = Formula(
    id="trade_intensity_simple",
    name="Trade intensity of i with j, simple form",
    expression="(x_ij / X_i) / (M_j / M_W)",
    unit=RATIO,
    range="[0, inf); 1 is j's weight in world imports",
    source="Kojima (1964), Hitotsubashi Journal of Economics 5:16; WITS glossary (trade intensity index)",
    reads=BOTH,
)
INTENSITY = Formula(
    id="trade_intensity",
    name="Trade intensity of i with j, without i's own imports",
    expression="I_ij = (x_ij / X_i) / (M_j / (M_W - M_i))",
    unit=RATIO,
    range="[0, inf); 1 is j's weight among i's possible markets",
    source="Brown (1949), Applied Economics; Drysdale & Garnaut (1982), Hitotsubashi J. Econ. 22:62",
    reads=BOTH,
)
INTENSITY_FIT = Formula(
    id="trade_intensity_complementarity",
    name="Part of intensity that composition explains",
    expression="sum_k e_k / (X_i M_j / (M_W - M_i)), e_k = x_ik m_jk / (m_Wk - m_ik) in money",
    unit=RATIO,
    range="[0, inf); 1 is no effect",
    source="Drysdale & Garnaut (1982), Hitotsubashi Journal of Economics 22:62 (complementarity index)",
    reads=BOTH,
    caution="Unbounded around one: not the complementarity index from 0 to 100.",
)
INTENSITY_BIAS = Formula(
    id="trade_intensity_bias",
    name="Part of intensity that composition does not explain (country bias)",
    expression="B_ij = sum_k x_ijk / sum_k e_k; I_ij = C_ij B_ij exactly",
    unit=RATIO,
    range="[0, inf); 1 is no bias",
    source="Drysdale & Garnaut (1982), Hitotsubashi Journal of Economics 22:62 (country bias)",
    reads=BOTH,
    caution="Distance, agreements, history and politics together; it does not tell them apart.",
)
FORMULAS = (
    MATCH,
    CONTRIBUTION,
    MATCH_MEDIAN,
    BETTER_THAN,
    WORSE_THAN,
    OTHERS,
    LINES,
    PERCENTILE,
    COSINE,
    SIMILARITY,
    GRUBEL_LLOYD,
    ADVANTAGE,
    SYMMETRIC_ADVANTAGE,
    ADVANTAGES,
    ADVANTAGES_MET,
    NEED,
    NEED_SHARE,
    SUPPLIED,
    SUPPLIED_ELSEWHERE,
    SIMPLE_INTENSITY,
    INTENSITY,
    INTENSITY_FIT,
    INTENSITY_BIAS,
)
