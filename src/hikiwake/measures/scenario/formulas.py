"""The formulas of scenarios: what each number is, its unit, range and source."""

from __future__ import annotations

from hikiwake.core.provenance import CHANGE, POINTS, USD, Formula, Unit
from hikiwake.measures.scenario.baseline import RULE, SHIPPED_READS

READS = SHIPPED_READS
SOURCE = "Caliendo & Parro (2015), Review of Economic Studies 82:1, equilibrium in relative changes"
CAUTION = (
    f"Of a model, not observed; {RULE}. Inputs from outside the table count as value added. Labour moves "
    "between industries and not between economies; deficits keep their share of world value added unless "
    "another closure is asked for."
)


def _formula(
    identity: str, name: str, expression: str, unit: Unit, span: str, source: str = SOURCE
) -> Formula:
    return Formula(
        id=f"scenario_{identity}",
        name=name,
        expression=expression,
        unit=unit,
        range=span,
        source=source,
        reads=READS,
        caution=CAUTION if identity == "welfare" else "Of the same model as scenario_welfare.",
    )


WELFARE = _formula(
    "welfare",
    "Change of real final spending (welfare) under a scenario",
    "I'_j / I_j / prod_k P^_jk^alpha_jk - 1",
    CHANGE,
    "(-1, inf)",
)
REAL_WAGE = _formula(
    "real_wage",
    "Change of real wages under a scenario",
    "w^_j / prod_k P^_jk^alpha_jk - 1",
    CHANGE,
    "(-1, inf)",
)
TRADE = _formula(
    "trade",
    "Change of the value of i's sales to j under a scenario",
    "sum over k in scope of X'_ijk / sum over k in scope of X_ijk - 1",
    CHANGE,
    "[-1, inf)",
)
FIRST_ROUND = _formula(
    "first_round",
    "First-round change of i's sales to j, before prices and incomes follow",
    "sum_k X_ijk kappa^_ijk^-theta_k / sum_k X_ijk - 1",
    CHANGE,
    "[-1, inf)",
    "partial effect; Head & Mayer (2014), Handbook of International Economics 4:131",
)
EXPORTS = _formula(
    "exports",
    "Change of the value of all exports under a scenario",
    "sum over j other than i and all k of X'_ijk / sum of X_ijk - 1",
    CHANGE,
    "[-1, inf)",
)
OUTPUT = _formula(
    "output",
    "Change of an industry's quantity of output under a scenario",
    "sum_j X'_ijk / sum_j X_ijk / c^_ik - 1",
    CHANGE,
    "[-1, inf)",
)
PRICE = _formula(
    "price",
    "Change of what buyers pay for an industry's goods under a scenario, beside the cost of living",
    "P^_jk / prod_k P^_jk^alpha_jk - 1",
    CHANGE,
    "(-1, inf)",
)
DIVERSION = _formula(
    "diversion",
    "Change of i's sales to j under a scenario between others",
    "sum_k X'_ijk - sum_k X_ijk, in units of world value added",
    USD,
    "(-inf, inf)",
)
DRIVER = _formula(
    "driver",
    "Change of real final spending with one uncertain thing at the ends of its range",
    "the change at the estimates; interval: W_j at theta_g -/+ 1.645 errors, or with the shock at its ends",
    CHANGE,
    "(-1, inf)",
    "one-at-a-time sensitivity; the bars of a tornado diagram",
)
REALISED = _formula(
    "realised",
    "Part of the distance to comparable pairs that a scenario makes good",
    "(X'_ij / X_ij - 1) / (m e_ij / x_ij - 1), e_ij expected and m the median ratio of comparable flows",
    CHANGE,
    "(-inf, inf)",
    "the potential of intermediate trade (potential_gap), beside the change of all sales",
)
REACHED = _formula(
    "reached",
    "Trade under a scenario beside what comparable pairs trade",
    "(X'_ij / X_ij) x_ij / (m e_ij) - 1, e_ij expected and m the median ratio of comparable flows",
    CHANGE,
    "[-1, inf)",
    "the potential of intermediate trade (potential_median_ratio), beside the change of all sales",
)
DIFFERENCE = _formula(
    "difference",
    "Difference of a welfare change between two scenarios",
    "100 (W_j under one - W_j under the other), draw by draw",
    POINTS,
    "(-inf, inf)",
)
FORMULAS = (
    WELFARE, REAL_WAGE, TRADE, FIRST_ROUND, EXPORTS, OUTPUT, PRICE, DIVERSION, DRIVER, REALISED, REACHED,
    DIFFERENCE,
)  # fmt: skip
