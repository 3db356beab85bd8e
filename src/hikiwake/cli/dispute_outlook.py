"""A dispute beyond one order and one reply: foresight, unknown and strong preferences, what is unseen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hikiwake.core.document import Prose
from hikiwake.core.errors import BadInput
from hikiwake.dispute import (
    CONCEPTS,
    Concept,
    Foresight,
    Game,
    Hypergame,
    Reason,
    StrengthSolution,
    UncertainSolution,
    explain,
    limited_moves,
    solve_as_known,
    solve_as_seen,
    solve_by_strength,
)
from hikiwake.dispute.relations import EXTENSIONS, RELATION_CONCEPTS
from hikiwake.sections.dispute import outlook, wording

CONCEPT_NAMES = {
    "nash": "Nash", "gmr": "GMR", "smr": "SMR", "seq": "SEQ", "sim": "SIM",
    "cnash": "CR", "cgmr": "CGMR", "csmr": "CSMR", "cseq": "CSEQ",
}  # fmt: skip
"""How the field writes the concepts."""
MOST_SHOWN = 12
"""States that a line names; the JSON holds all."""
MOST_STATES = 2000
"""Of a larger dispute what is looked ahead is not worked out on the way."""
_EXTENSIONS = {
    "a": "leaves for what may be better, fears certain harm only",
    "b": "leaves for certain gains only, fears certain harm only",
    "c": "leaves for what may be better, fears what may be harm",
    "d": "leaves for certain gains only, fears what may be harm",
}


class Outlook:
    """All of it that the form of a dispute asks for, worked out once."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self.far = _far(game)
        self.known: UncertainSolution | None = solve_as_known(game)
        self.strength: StrengthSolution | None = solve_by_strength(game)
        self.seen: Hypergame | None = solve_as_seen(game)

    def lines(self) -> list[str]:
        """Return it as text; nothing where the dispute has none of it."""
        return [*self._far(), *self._known(), *self._strength(), *self._seen()]

    def data(self) -> dict[str, Any]:
        """Return it as data, states by their labels; null where the dispute has none of it."""
        far, known, strength, seen = self.far, self.known, self.strength, self.seen
        return {
            "foresight": None if far is None else {
                "horizons": {str(h): self._labels(far.equilibria(h)) for h in range(1, len(far.stable) + 1)},
                "settled_from": far.settled_from,
                "period": far.period,
                "non_myopic": self._labels(far.non_myopic_equilibria()),
            },
            "unknown": None if known is None else {
                "open_comparisons": known.unknown,
                "equilibria": {
                    name: {c: self._labels(known.equilibria(name, c)) for c in RELATION_CONCEPTS}
                    for name in EXTENSIONS
                },
            },
            "strength": None if strength is None else {
                "strongly_stable": {c: self._labels(strength.equilibria(c)) for c in strength.strong},
                "by_decision_maker": {
                    concept: {
                        who: {
                            "strong": self._where(strength.strong[concept][i]),
                            "weak": self._where(strength.weak[concept][i]),
                        }
                        for i, who in enumerate(self.game.who)
                    }
                    for concept in strength.strong
                },
            },
            "as_seen": None if seen is None else {
                "unseen": {
                    who: self._where(row)
                    for who, row in zip(self.game.who, seen.hidden, strict=True) if row.any()
                },
                "equilibria": {concept: self._labels(seen.equilibria(concept)) for concept in CONCEPTS},
                "if_nobody_misjudged": {
                    concept: list(seen.actual.labels(concept)) for concept in CONCEPTS
                },
            },
        }  # fmt: skip

    def after(self, reason: Reason) -> tuple[Prose, ...]:
        """Return what is to be said after a reason: of strength, and of what is unknown."""
        said: tuple[Prose, ...] = ()
        if self.strength is not None:
            said += outlook.strength(self.strength, reason)
        if self.known is not None:
            said += outlook.unsure(self.known, reason)
        return said

    def by_what_it_sees(self, concept: str, who: str, state: int) -> tuple[Prose, ...]:
        """Return the reason in somebody's own view; nothing where all see everything."""
        if self.seen is None or concept not in CONCEPTS:
            return ()
        unseen = outlook.unseen(self.seen, who, state)
        if unseen is not None:
            return (unseen,)
        kind: Concept = concept
        return wording.reason(self.game, explain(self.seen.view(who), kind, who, state))

    def _far(self) -> list[str]:
        far = self.far
        if far is None:
            return []
        lines = ["", "looking ahead (two decision makers), stable for both:"]
        for horizon in range(1, min(far.settled_from + far.period, len(far.stable) + 1)):
            ahead = f"{horizon} move{'' if horizon == 1 else 's'}"
            lines.append(f"    {ahead:<9} {self._some(far.equilibria(horizon))}")
        if far.oscillates:
            lines.append(f"    from {far.settled_from} moves on it oscillates with a period of {far.period}")
        return [*lines, f"    however far (non-myopic): {self._some(far.non_myopic_equilibria())}"]

    def _known(self) -> list[str]:
        if self.known is None:
            return []
        counts = ", ".join(f"{who} {number}" for who, number in self.known.unknown.items() if number)
        lines = [
            "",
            f"with unknown preferences (pairs of states left open: {counts or 'none'}), stable for all:",
        ]
        for name in EXTENSIONS:
            lines.append(f"    {name}, where everybody {_EXTENSIONS[name]}:")
            told = "; ".join(
                f"{CONCEPT_NAMES[concept]} {self._some(self.known.equilibria(name, concept))}"
                for concept in RELATION_CONCEPTS
            )
            lines.append(f"       {told}")
        return lines

    def _strength(self) -> list[str]:
        if self.strength is None:
            return []
        told = "; ".join(
            f"{CONCEPT_NAMES[concept]} {self._some(self.strength.equilibria(concept))}"
            for concept in self.strength.strong
        )
        return ["", f"strongly stable for all (what deters is much worse): {told}"]

    def _seen(self) -> list[str]:
        if self.seen is None:
            return []
        counts = ", ".join(
            f"{who} {int(row.sum())} of {self.game.states} states"
            for who, row in zip(self.game.who, self.seen.hidden, strict=True)
            if row.any()
        )
        told = "; ".join(f"{CONCEPT_NAMES[c]} {self._some(self.seen.equilibria(c))}" for c in CONCEPTS)
        return ["", f"as each sees it (not seen: {counts}), stable for all: {told}"]

    def _some(self, states: Iterable[int]) -> str:
        labels = self._labels(states)
        rest = f" and {len(labels) - MOST_SHOWN} more" if len(labels) > MOST_SHOWN else ""
        return (", ".join(labels[:MOST_SHOWN]) or "none") + rest

    def _where(self, row: Any) -> list[str]:
        return self._labels(row.nonzero()[0].tolist())

    def _labels(self, states: Iterable[int]) -> list[str]:
        return [self.game.labels[state] for state in states]


def _far(game: Game) -> Foresight | None:
    """Look ahead where it is defined: for two decision makers, unless nothing ever repeats."""
    if len(game.who) != 2 or game.states > MOST_STATES:
        return None
    try:
        return limited_moves(game)
    except BadInput:
        return None


def concept_of(name: str) -> str:
    """Return a concept as the engine calls it, whatever its case; `CR` is the Nash of coalitions."""
    plain = name.strip().lower()
    return {"cr": "cnash", "non-myopic": "nm"}.get(plain, plain)
