"""The formulas of scenarios: what each number is, its unit, range and source."""

from __future__ import annotations

from hikiwake.core.provenance import CHANGE, POINTS, USD, Formula
from hikiwake.measures.intermediate.formulas import FLOWS, INDUSTRIES, TOTALS
from hikiwake.measures.scenario.baseline import RULE, USE_BY_INPUT

READS = (FLOWS, USE_BY_INPUT, TOTALS, INDUSTRIES)
SOURCE = "Caliendo & Parro (2015), Review of Economic Studies 82:1, equations 10 to 14, exact hat algebra"
CAUTION = (
    f"Of a model, not observed; {RULE}. Inputs from outside the table count as value added. Labour moves "
    "between industries and not between economies; deficits keep their share of world value added."
)
WELFARE = Formula(
    id="scenario_welfare",
    name="Change of real final spending (welfare) under a scenario",
    expression="I'_j / I_j / prod_k P^_jk^alpha_jk - 1",
    unit=CHANGE,
    range="(-1, inf)",
    source=SOURCE,
    reads=READS,
    caution=CAUTION,
)
REAL_WAGE = Formula(
    id="scenario_real_wage",
    name="Change of real wages under a scenario",
    expression="w^_j / prod_k P^_jk^alpha_jk - 1",
    unit=CHANGE,
    range="(-1, inf)",
    source=SOURCE,
    reads=READS,
    caution=CAUTION,
)
TRADE = Formula(
    id="scenario_trade",
    name="Change of the value of i's sales to j under a scenario",
    expression="sum over k in scope of X'_ijk / sum over k in scope of X_ijk - 1",
    unit=CHANGE,
    range="[-1, inf)",
    source=SOURCE,
    reads=READS,
    caution=CAUTION,
)
FIRST_ROUND = Formula(
    id="scenario_first_round",
    name="First-round change of i's sales to j, before prices and incomes follow",
    expression="sum_k X_ijk kappa^_ijk^-theta_k / sum_k X_ijk - 1",
    unit=CHANGE,
    range="[-1, inf)",
    source="partial effect; Head & Mayer (2014), Handbook of International Economics 4:131",
    reads=READS,
    caution=CAUTION,
)
EXPORTS = Formula(
    id="scenario_exports",
    name="Change of the value of all exports under a scenario",
    expression="sum over j other than i and all k of X'_ijk / sum of X_ijk - 1",
    unit=CHANGE,
    range="[-1, inf)",
    source=SOURCE,
    reads=READS,
    caution=CAUTION,
)
OUTPUT = Formula(
    id="scenario_output",
    name="Change of an industry's quantity of output under a scenario",
    expression="sum_j X'_ijk / sum_j X_ijk / c^_ik - 1",
    unit=CHANGE,
    range="[-1, inf)",
    source=SOURCE,
    reads=READS,
    caution=CAUTION,
)
DIVERSION = Formula(
    id="scenario_diversion",
    name="Change of i's sales to j under a scenario between others",
    expression="sum_k X'_ijk - sum_k X_ijk, in units of world value added",
    unit=USD,
    range="(-inf, inf)",
    source=SOURCE,
    reads=READS,
    caution=CAUTION,
)
DRIVER = Formula(
    id="scenario_driver",
    name="What one elasticity's error moves of a welfare change",
    expression="100 |W_j(theta_g + 1.645 error_g) - W_j(theta_g - 1.645 error_g)|, other theta as estimated",
    unit=POINTS,
    range="[0, inf)",
    source="one-at-a-time sensitivity; the bars of a tornado diagram",
    reads=READS,
    caution=CAUTION,
)
FORMULAS = (WELFARE, REAL_WAGE, TRADE, FIRST_ROUND, EXPORTS, OUTPUT, DIVERSION, DRIVER)
