"""Disputes as graph models: which settlements are stable, and what would make one so.

A dispute is written as an `OptionForm` or a `GraphForm`; `build` makes a `Game` of it and everything else
takes a game and returns a frozen result. States are positions from 0 in `Game.labels`.
"""

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
)
from hikiwake.dispute.game import Game, build, check, with_orderings, with_ranks
from hikiwake.dispute.stability import CONCEPTS, Concept, Solution, solve

__all__ = [
    "CONCEPTS",
    "Concept",
    "DecisionMaker",
    "Form",
    "Game",
    "GraphForm",
    "Irreversible",
    "Option",
    "OptionForm",
    "Preference",
    "Problem",
    "Quantity",
    "QuantityRow",
    "Solution",
    "Statement",
    "build",
    "check",
    "solve",
    "with_orderings",
    "with_ranks",
]
