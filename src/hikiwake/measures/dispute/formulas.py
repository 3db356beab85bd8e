"""The formulas of the dispute."""

from __future__ import annotations

from hikiwake.core.provenance import COUNT, Formula

MODEL = "dispute"
METHOD = "graph model for conflict resolution: Kilgour, Hipel & Fang (1987), Automatica 23(1)"
JUDGED = "Rests on an analyst's ranking of the outcomes, which is a judgement and no data."
STATES = Formula(
    id="dispute_states",
    name="Outcomes that are possible",
    expression="number of combinations of options that no condition of the model excludes",
    unit=COUNT,
    range="1, 2, 3, ...",
    source=METHOD,
    reads=(MODEL,),
)
EQUILIBRIA = Formula(
    id="dispute_equilibria",
    name="Outcomes stable for all",
    expression="number of outcomes that no decision maker would leave, under a concept of stability",
    unit=COUNT,
    range="0, 1, 2, ...",
    source=METHOD + "; Fang, Hipel & Kilgour (1993), Interactive Decision Making",
    reads=(MODEL,),
    caution=JUDGED,
)
WANTED = Formula(
    id="dispute_wanted_states",
    name="Outcomes that are what is asked about",
    expression="number of possible outcomes in which the condition of the wanted outcome holds",
    unit=COUNT,
    range="1, 2, 3, ...",
    source=METHOD,
    reads=(MODEL,),
)
EDITS = Formula(
    id="dispute_edits",
    name="Changes of one statement",
    expression="number of different orders that moving or dropping one statement of one decision maker makes",
    unit=COUNT,
    range="0, 1, 2, ...",
    source="all of them are tried",
    reads=(MODEL,),
)
SURVIVES = Formula(
    id="dispute_survives",
    name="Changes of one statement after which an outcome is stable for all",
    expression="number of such changes after which the outcome (or one that is wanted) is an equilibrium",
    unit=COUNT,
    range="0, 1, 2, ...",
    source="the dispute solved again after each change",
    reads=(MODEL,),
    caution=JUDGED,
)
LEAST = Formula(
    id="dispute_least_changes",
    name="Least changes that make a wanted outcome stable for all",
    expression="least number of statements moved or dropped, over all decision makers",
    unit=COUNT,
    range="0, 1, 2, ...",
    source="inverse analysis: Kinsara, Kilgour & Hipel (2015), IEEE Trans. SMC: Systems 45(5); by search",
    reads=(MODEL,),
    caution=JUDGED,
)
WAYS = Formula(
    id="dispute_least_combinations",
    name="Combinations of so few changes that do",
    expression="number of different combinations of the least number of changes that make it stable",
    unit=COUNT,
    range="1, 2, 3, ...",
    source="all of them are tried",
    reads=(MODEL,),
    caution=JUDGED,
)
LENGTH = Formula(
    id="dispute_moves",
    name="Moves from today to an outcome",
    expression="least number of moves of single decision makers, nobody twice in succession",
    unit=COUNT,
    range="0, 1, 2, ...",
    source="status quo analysis: Li, Kilgour & Hipel (2005), J. Oper. Res. Soc. 56(6)",
    reads=(MODEL,),
)
FORMULAS = (STATES, EQUILIBRIA, WANTED, EDITS, SURVIVES, LEAST, WAYS, LENGTH)
