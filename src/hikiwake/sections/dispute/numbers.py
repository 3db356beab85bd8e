"""The dispute's numbers, each stated with the model that it rests on."""

from __future__ import annotations

from hikiwake.core.dates import PartialDate
from hikiwake.core.provenance import Fact, Formula
from hikiwake.dispute import Concept
from hikiwake.dossier.identity import of_dispute, selector
from hikiwake.measures.dispute import formulas
from hikiwake.measures.dispute.analysis import Analysis
from hikiwake.sections import Context


class Numbers:
    """States the counts that sentences speak of."""

    def __init__(self, context: Context, found: Analysis) -> None:
        self._context, self._found = context, found

    def states(self) -> Fact:
        """State how many outcomes are possible."""
        return self._told(formulas.STATES, {}, self._found.game.states)

    def equilibria(self, concept: Concept) -> Fact:
        """State how many outcomes are stable for all."""
        found = len(self._found.solution.equilibria(concept))
        return self._told(formulas.EQUILIBRIA, {"concept": concept}, found)

    def wanted(self) -> Fact:
        """State how many outcomes are what is asked about."""
        return self._told(formulas.WANTED, self._outcome(), len(self._found.states))

    def edits(self) -> Fact:
        """State how many changes of one statement were tried."""
        robust = self._found.robust
        assert robust is not None  # noqa: S101  (asked only where there is one)
        return self._told(formulas.EDITS, {}, len(robust.edits))

    def survives(self, concept: Concept) -> Fact:
        """State after how many of them today's state is stable for all."""
        robust, today = self._found.robust, self._found.game.status_quo
        assert robust is not None and today is not None  # noqa: S101, PT018  (asked only where both are)
        subject = {"concept": concept, "state": self._found.game.labels[today]}
        return self._told(formulas.SURVIVES, subject, robust.survives(today, concept))

    def established(self, concept: Concept) -> Fact:
        """State after how many of them a wanted outcome is stable for all."""
        robust = self._found.robust
        assert robust is not None  # noqa: S101  (asked only where there is one)
        stable = robust.after[concept][:, list(self._found.states)].any(axis=1)
        return self._told(formulas.SURVIVES, {"concept": concept, **self._outcome()}, int(stable.sum()))

    def least(self) -> Fact:
        """State the least number of changes that make a wanted outcome stable."""
        least = self._found.least
        assert least is not None and least.number is not None  # noqa: S101, PT018  (asked only then)
        return self._told(formulas.LEAST, {"concept": least.concept, **self._outcome()}, least.number)

    def ways(self) -> Fact:
        """State how many combinations of so few changes do."""
        least = self._found.least
        assert least is not None  # noqa: S101  (asked only where there is one)
        return self._told(formulas.WAYS, {"concept": least.concept, **self._outcome()}, len(least.changes))

    def length(self, target: int, moves: int) -> Fact:
        """State how many moves lead from today to an outcome."""
        return self._told(formulas.LENGTH, {"state": self._found.game.labels[target]}, moves)

    def _outcome(self) -> dict[str, str]:
        return {"outcome": self._found.wanted.id} if self._found.wanted else {}

    def _told(self, formula: Formula, subject: dict[str, str], value: int) -> Fact:
        source, dossier = self._context.source, self._context.dossier
        assert source is not None and dossier is not None  # noqa: S101, PT018  (a dispute is part of one)
        as_of = self._found.model.asked.as_of
        year = PartialDate.parse(as_of).first.year if as_of != "" else self._context.year
        rows = (row["id"] for row in of_dispute(dossier.dispute or {}))
        inputs = (selector(source, formulas.MODEL, rows),)
        return self._context.say.told(
            formula, subject, (year, year), value, source=source, inputs=inputs, status="simulated"
        )
