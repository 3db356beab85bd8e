"""The formulas of the ties of a pair: what each number is, its unit, range and source."""

from __future__ import annotations

from hikiwake.core.provenance import CHANGE, COUNT, INDEX_1, PER_YEAR, RANK, RATIO, SHARE, TONNE, USD, Formula
from hikiwake.measures.flows import FLOWS

BACI_SOURCE = "trade_ijk, exports of i to j of product k, as Gaulier & Zignago (2010), CEPII WP 2010-23"
VALUE = Formula(
    id="trade_value",
    name="Value of the flow",
    expression="sum over k in scope of x_ijk",
    unit=USD,
    range="[0, inf)",
    source=BACI_SOURCE,
    reads=(FLOWS,),
    caution="Of the covered products only; where they are BACI's, FOB and reconciled between both reporters.",
)
QUANTITY = Formula(
    id="trade_quantity",
    name="Quantity of the flow",
    expression="sum over k in scope of q_ijk, over flows whose unit value is believable",
    unit=TONNE,
    range="[0, inf)",
    source=BACI_SOURCE,
    reads=(FLOWS,),
    caution="`coverage` is the share of the value whose quantity is given and believable.",
)
SHARE_OF_IMPORTS = Formula(
    id="share_of_imports",
    name="Share in the importer's imports, by value",
    expression="sum_k x_ijk / sum_i sum_k x_ijk",
    unit=SHARE,
    range="[0, 1]",
    source="partner's share, WITS glossary (import share)",
    reads=(FLOWS,),
    caution="A share of j's covered imports of these products, not of all its imports.",
)
SHARE_OF_IMPORTS_QUANTITY = Formula(
    id="share_of_imports_quantity",
    name="Share in the importer's imports, by quantity",
    expression="sum_k q_ijk / sum_i sum_k q_ijk, over flows whose unit value is believable",
    unit=SHARE,
    range="[0, 1]",
    source="partner's share by quantity",
    reads=(FLOWS,),
    caution="Differs from the share by value when i's price differs from that of j's other suppliers.",
)
SHARE_OF_EXPORTS = Formula(
    id="share_of_exports",
    name="Share in the exporter's exports, by value",
    expression="sum_k x_ijk / sum_j sum_k x_ijk",
    unit=SHARE,
    range="[0, 1]",
    source="partner's share, WITS glossary (export share)",
    reads=(FLOWS,),
    caution="A share of i's covered exports of these products, not of all its exports.",
)
SHARE_OF_EXPORTS_QUANTITY = Formula(
    id="share_of_exports_quantity",
    name="Share in the exporter's exports, by quantity",
    expression="sum_k q_ijk / sum_j sum_k q_ijk, over flows whose unit value is believable",
    unit=SHARE,
    range="[0, 1]",
    source="partner's share by quantity",
    reads=(FLOWS,),
)
SHARE_OF_WORLD_EXPORTS = Formula(
    id="share_of_world_exports",
    name="Share of the exporter in world exports, by value",
    expression="sum_j sum_k x_ijk / sum_i sum_j sum_k x_ijk",
    unit=SHARE,
    range="[0, 1]",
    source="market share; the world includes i and trade among neighbours",
    reads=(FLOWS,),
)
BALANCE = Formula(
    id="trade_balance",
    name="Balance with the partner",
    expression="sum_k x_ijk - sum_k x_jik",
    unit=USD,
    range="(-inf, inf)",
    source=BACI_SOURCE,
    reads=(FLOWS,),
    caution="Of the covered products only; stated only where both directions are in the data.",
)
CHANGE_SINCE = Formula(
    id="change_since",
    name="Change of a flow since a base year",
    expression="x_t / x_0 - 1",
    unit=CHANGE,
    range="[-1, inf)",
    source="relative change; in current US dollars",
    reads=(FLOWS,),
)
FACTOR_SINCE = Formula(
    id="factor_since",
    name="A flow as a multiple of that of a base year",
    expression="x_t / x_0",
    unit=RATIO,
    range="(0, inf)",
    source="ratio; in current US dollars",
    reads=(FLOWS,),
)
COMPOUND_GROWTH = Formula(
    id="compound_growth",
    name="Compound growth of the flow per year",
    expression="(x_t / x_0)^(1/n) - 1",
    unit=PER_YEAR,
    range="[-1, inf)",
    source="compound rate between two years; in current US dollars",
    reads=(FLOWS,),
    caution="Rests on two years alone; see the trend.",
)
TREND_GROWTH = Formula(
    id="trend_growth",
    name="Trend growth of the flow per year",
    expression="exp(b) - 1, with b the least-squares slope of ln x_t on t over the sound years",
    unit=PER_YEAR,
    range="(-1, inf)",
    source="ordinary least squares in logarithms; in current US dollars",
    reads=(FLOWS,),
    caution="The interval takes the years' errors as independent; where they are not, it is too narrow.",
)
SUPPLIER_RANK = Formula(
    id="rank_among_suppliers",
    name="Rank of the exporter among suppliers",
    expression="1 + number of suppliers that sell j more, by value",
    unit=RANK,
    range="1, 2, ...",
    source="rank by value over the scope's products",
    reads=(FLOWS,),
)
CUSTOMER_RANK = Formula(
    id="rank_among_customers",
    name="Rank of the importer among customers",
    expression="1 + number of customers that buy more from i, by value",
    unit=RANK,
    range="1, 2, ...",
    source="rank by value over the scope's products",
    reads=(FLOWS,),
)
SUPPLIERS = Formula(
    id="number_of_suppliers",
    name="Number of suppliers",
    expression="number of economies i with sum_k x_ijk > 0",
    unit=COUNT,
    range="0, 1, ...",
    source="count over the scope's products",
    reads=(FLOWS,),
)
SUPPLIER_CONCENTRATION = Formula(
    id="supplier_concentration",
    name="Concentration of suppliers (Herfindahl-Hirschman index)",
    expression="sum over i of (share of i in j's imports) squared",
    unit=INDEX_1,
    range="(0, 1]; 1 is a single supplier",
    source="Hirschman (1964), American Economic Review 54:761",
    reads=(FLOWS,),
)
CUSTOMERS = Formula(
    id="number_of_customers",
    name="Number of customers",
    expression="number of economies j with sum_k x_ijk > 0",
    unit=COUNT,
    range="0, 1, ...",
    source="count over the scope's products",
    reads=(FLOWS,),
)
CUSTOMER_CONCENTRATION = Formula(
    id="customer_concentration",
    name="Concentration of customers (Herfindahl-Hirschman index)",
    expression="sum over j of (share of j in i's exports) squared",
    unit=INDEX_1,
    range="(0, 1]; 1 is a single customer",
    source="Hirschman (1964), American Economic Review 54:761",
    reads=(FLOWS,),
)
COMPOSITION_CHANGE = Formula(
    id="composition_change",
    name="Change of composition between two years",
    expression="half the sum over groups of |s_t - s_0|",
    unit=SHARE,
    range="[0, 1]; 0 is the same composition",
    source="Finger & Kreinin (1979), Economic Journal 89:905, over time instead of countries",
    reads=(FLOWS,),
    caution="Grows with the detail of the groups.",
)
SHARE_OF_FLOW = Formula(
    id="share_of_flow",
    name="Share of a product group in the flow",
    expression="sum over k in group of x_ijk / sum over k of x_ijk",
    unit=SHARE,
    range="[0, 1]",
    source="composition of the covered flow",
    reads=(FLOWS,),
)
FORMULAS = (
    VALUE,
    QUANTITY,
    SHARE_OF_IMPORTS,
    SHARE_OF_IMPORTS_QUANTITY,
    SHARE_OF_EXPORTS,
    SHARE_OF_EXPORTS_QUANTITY,
    SHARE_OF_WORLD_EXPORTS,
    BALANCE,
    CHANGE_SINCE,
    FACTOR_SINCE,
    COMPOUND_GROWTH,
    TREND_GROWTH,
    SUPPLIER_RANK,
    CUSTOMER_RANK,
    SUPPLIERS,
    SUPPLIER_CONCENTRATION,
    CUSTOMERS,
    CUSTOMER_CONCENTRATION,
    COMPOSITION_CHANGE,
    SHARE_OF_FLOW,
)
