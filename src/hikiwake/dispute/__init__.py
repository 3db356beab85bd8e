"""Disputes as graph models: which settlements are stable, and what would make one so.

A dispute is written as an `OptionForm` or a `GraphForm`; `build` makes a `Game` of it and everything else
takes a game and returns a frozen result. States are positions from 0 in `Game.labels`.
"""

from hikiwake.dispute.as_written import solve_as_known, solve_as_seen, solve_by_strength
from hikiwake.dispute.bargaining import BargainingPoint, bargain, bargain_on_frontier
from hikiwake.dispute.coalitions import (
    COALITION_CONCEPTS,
    CoalitionConcept,
    CoalitionSolution,
    solve_coalitions,
)
from hikiwake.dispute.economics import (
    BreakEven,
    Region,
    Threshold,
    Zone,
    break_even,
    region_of_agreement,
    welfare_needed,
    zone_of_agreement,
)
from hikiwake.dispute.edits import Edit
from hikiwake.dispute.foresight import Foresight, Play, foresee, limited_moves
from hikiwake.dispute.form import (
    DecisionMaker,
    Form,
    GraphForm,
    Irreversible,
    Option,
    OptionForm,
    Preference,
    Problem,
    Quantity,
    QuantityRow,
    Statement,
    Strong,
    Unknown,
)
from hikiwake.dispute.game import Game, build, check, with_orderings, with_ranks
from hikiwake.dispute.hypergame import Hypergame, hypergame
from hikiwake.dispute.inverse import Change, Flip, Inverse, inverse
from hikiwake.dispute.irreversible import cut_moves, reversible
from hikiwake.dispute.paths import Reach, StatusQuo, Way, paths
from hikiwake.dispute.reasons import Exit, Reason, Sanction, explain
from hikiwake.dispute.relations import (
    StrengthSolution,
    UncertainSolution,
    much_better,
    solve_strength,
    solve_uncertain,
    solve_unknown,
)
from hikiwake.dispute.routes import Move
from hikiwake.dispute.sensitivity import Sensitivity, sensitivity
from hikiwake.dispute.stability import CONCEPTS, Concept, Solution, solve
from hikiwake.dispute.wanted import (
    Alternative,
    Condition,
    Count,
    conditions,
    count_rankings,
    places_to_raise,
)

__all__ = [
    "COALITION_CONCEPTS",
    "CONCEPTS",
    "Alternative",
    "BargainingPoint",
    "BreakEven",
    "Change",
    "CoalitionConcept",
    "CoalitionSolution",
    "Concept",
    "Condition",
    "Count",
    "DecisionMaker",
    "Edit",
    "Exit",
    "Flip",
    "Foresight",
    "Form",
    "Game",
    "GraphForm",
    "Hypergame",
    "Inverse",
    "Irreversible",
    "Move",
    "Option",
    "OptionForm",
    "Play",
    "Preference",
    "Problem",
    "Quantity",
    "QuantityRow",
    "Reach",
    "Reason",
    "Region",
    "Sanction",
    "Sensitivity",
    "Solution",
    "Statement",
    "StatusQuo",
    "StrengthSolution",
    "Strong",
    "Threshold",
    "UncertainSolution",
    "Unknown",
    "Way",
    "Zone",
    "bargain",
    "bargain_on_frontier",
    "break_even",
    "build",
    "check",
    "conditions",
    "count_rankings",
    "cut_moves",
    "explain",
    "foresee",
    "hypergame",
    "inverse",
    "limited_moves",
    "much_better",
    "paths",
    "places_to_raise",
    "region_of_agreement",
    "reversible",
    "sensitivity",
    "solve",
    "solve_as_known",
    "solve_as_seen",
    "solve_by_strength",
    "solve_coalitions",
    "solve_strength",
    "solve_uncertain",
    "solve_unknown",
    "welfare_needed",
    "with_orderings",
    "with_ranks",
    "zone_of_agreement",
]
