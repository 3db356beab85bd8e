"""The formulas of intermediate trade: what each number is, its unit, range and source."""

from __future__ import annotations

from hikiwake.core.provenance import COUNT, RANK, SHARE, USD, Formula

FLOWS = "icio_flows"
USE = "icio_input_use"
TOTALS = "icio_totals"
INDUSTRIES = "icio_industries"

SOURCE = (
    "OECD (2025), Inter-Country Input-Output tables; z_ikjl: what industry k of i delivers to industry l of j"
)
CAUTION = (
    "Intermediate goods and services at basic prices, among the economies of the table; no consumer or "
    "investment goods, so never a total of trade."
)
DELIVERIES = Formula(
    id="intermediate_deliveries",
    name="Intermediate deliveries of i's industries to j's industries",
    expression="sum over k in scope and all l of z_ikjl",
    unit=USD,
    range="[0, inf)",
    source=SOURCE,
    reads=(FLOWS,),
    caution=CAUTION,
)
SHARE_OF_IMPORTS = Formula(
    id="intermediate_share_of_imports",
    name="Share of i in j's imports of intermediates",
    expression="sum_kl z_ikjl / sum over i' other than j of sum_kl z_i'kjl",
    unit=SHARE,
    range="[0, 1]",
    source="partner's share, WITS glossary (import share), on deliveries across borders",
    reads=(FLOWS,),
    caution=CAUTION,
)
SHARE_OF_EXPORTS = Formula(
    id="intermediate_share_of_exports",
    name="Share of j in i's exports of intermediates",
    expression="sum_kl z_ikjl / sum over j' other than i of sum_kl z_ikj'l",
    unit=SHARE,
    range="[0, 1]",
    source="partner's share, WITS glossary (export share), on deliveries across borders",
    reads=(FLOWS,),
    caution=CAUTION,
)
SHARE_OF_DELIVERIES = Formula(
    id="intermediate_share_of_deliveries",
    name="Share of selling industries in what i delivers to j",
    expression="sum over k in scope and all l of z_ikjl / sum_kl z_ikjl",
    unit=SHARE,
    range="[0, 1]",
    source="composition of the deliveries; goods are agriculture, mining and manufacturing",
    reads=(FLOWS, INDUSTRIES),
    caution="Trade and transport margins count as services of the seller's economy.",
)
BALANCE = Formula(
    id="intermediate_balance",
    name="Balance of i with j in intermediates",
    expression="sum_kl z_ikjl - sum_kl z_jkil",
    unit=USD,
    range="(-inf, inf)",
    source=SOURCE,
    reads=(FLOWS,),
    caution=CAUTION,
)
SUPPLIER_RANK = Formula(
    id="intermediate_supplier_rank",
    name="Rank of i among j's foreign suppliers of intermediates",
    expression="1 + number of economies other than j whose industries deliver more to j's",
    unit=RANK,
    range="1, 2, ...",
    source="rank by value",
    reads=(FLOWS,),
)
CUSTOMER_RANK = Formula(
    id="intermediate_customer_rank",
    name="Rank of j among i's foreign customers for intermediates",
    expression="1 + number of economies other than i whose industries take more from i's",
    unit=RANK,
    range="1, 2, ...",
    source="rank by value",
    reads=(FLOWS,),
)
PARTNERS = Formula(
    id="intermediate_partners",
    name="Number of possible partners in the table",
    expression="number of economies in the table - 1",
    unit=COUNT,
    range="0, 1, ...",
    source="count of the table's economies",
    reads=(TOTALS,),
)
ECONOMIES = Formula(
    id="intermediate_economies",
    name="Number of economies in the table",
    expression="number of economies",
    unit=COUNT,
    range="1, 2, ...",
    source="count of the table's economies",
    reads=(TOTALS,),
)
INPUTS = Formula(
    id="inputs_from_partner",
    name="Inputs of j's using industries that come from i",
    expression="sum over all k and l in scope of z_ikjl",
    unit=USD,
    range="[0, inf)",
    source=SOURCE,
    reads=(USE,),
)
EXPOSURE = Formula(
    id="exposure_of_inputs",
    name="Share of i in all inputs of j's using industries",
    expression="sum_k z_ikjl / sum over all i' (j included) and k of z_i'kjl",
    unit=SHARE,
    range="[0, 1]",
    source="direct (face-value) share of inputs; Baldwin & Freeman (2022), Annual Review of Economics 14:153",
    reads=(USE,),
    caution="Direct inputs only: what reaches j through third economies is not in it.",
)
EXPOSURE_FOREIGN = Formula(
    id="exposure_of_foreign_inputs",
    name="Share of i in the foreign inputs of j's using industries",
    expression="sum_k z_ikjl / sum over i' other than j and all k of z_i'kjl",
    unit=SHARE,
    range="[0, 1]",
    source="direct share of imported inputs; Baldwin & Freeman (2022), Annual Review of Economics 14:153",
    reads=(USE,),
    caution="Direct inputs only: what reaches j through third economies is not in it.",
)
OUTPUT = Formula(
    id="gross_output",
    name="Gross output of an industry",
    expression="sum of all deliveries of the industry, intermediate and final",
    unit=USD,
    range="[0, inf)",
    source=SOURCE,
    reads=(TOTALS,),
)
FORMULAS = (
    DELIVERIES,
    SHARE_OF_IMPORTS,
    SHARE_OF_EXPORTS,
    SHARE_OF_DELIVERIES,
    BALANCE,
    SUPPLIER_RANK,
    CUSTOMER_RANK,
    PARTNERS,
    ECONOMIES,
    INPUTS,
    EXPOSURE,
    EXPOSURE_FOREIGN,
    OUTPUT,
)
