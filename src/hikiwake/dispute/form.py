"""The form of a dispute: what a person writes down. Nothing here computes."""

from __future__ import annotations

from typing import Literal

import msgspec

StateName = int | str
"""A state: its number, from 1 in the order of the states, or its label."""
Tier = StateName | tuple[StateName, ...]
"""One state of a ranking, or several equally good ones."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a form: unknown fields are errors, since a misspelt one would be lost."""


class DecisionMaker(_Part, frozen=True, kw_only=True):
    """Who decides. `name` is what a reader sees."""

    id: str
    name: str = ""


class Option(_Part, frozen=True, kw_only=True):
    """Something its owner does or does not do.

    `taken` and `not_taken` complete the sentence "JPN …"; `direction` says which change is possible: both,
    only to take it (forward), only to give it up (backward).
    """

    id: str
    owner: str
    taken: str = ""
    not_taken: str = ""
    direction: Literal["both", "forward", "backward"] = "both"
    sources: tuple[str, ...] = ()


class Irreversible(_Part, frozen=True, kw_only=True):
    """No move leads from where `before` holds to where `after` does: of nobody, or of those in `who`."""

    before: str
    after: str
    who: tuple[str, ...] = ()
    why: str = ""


class Statement(_Part, frozen=True, kw_only=True):
    """Something that a decision maker wants to hold; `why` and `sources` say whence one knows."""

    holds: str
    id: str = ""
    label: str = ""
    why: str = ""
    sources: tuple[str, ...] = ()


class Unknown(_Part, frozen=True, kw_only=True):
    """What is not known of a preference: exactly one of the three.

    whether : id of a statement of which it is not known whether it counts at all.
    order : ids of statements of which it is not known which matters more, in the places that they have.
    between : two states, or patterns of them, of which it is not known which one is preferred.
    """

    whether: str = ""
    order: tuple[str, ...] = ()
    between: tuple[StateName, StateName] | None = None


class Strong(_Part, frozen=True, kw_only=True):
    """Which preferences are strong ones, much better and not only better: exactly one of the three.

    down_to : id of a statement. Strong between states that differ in it, or in one above it.
    between : two states. What is as good as the first is much better than what is no better than the second.
    by, least : a quantity. Strong where the better state has at least so much more of it.
    """

    down_to: str = ""
    between: tuple[StateName, StateName] | None = None
    by: str = ""
    least: float = 0.0


class Preference(_Part, frozen=True, kw_only=True):
    """How a decision maker orders the states: exactly one of the first four, ties allowed in each.

    statements : most important first; a state that fulfils a more important one is preferred.
    ranking : the states, best first; a list within it holds equally good ones.
    weights : points of each option taken; options left out have none.
    payoffs : one number a state, higher is better; only their order counts.
    then_by : a quantity that decides between states that are equal so far: more of one's own is better.
    unknown : what is not known of it. strong : which preferences are strong ones.
    """

    statements: tuple[Statement | str, ...] | None = None
    ranking: tuple[Tier, ...] | None = None
    weights: dict[str, float] | None = None
    payoffs: tuple[float, ...] | None = None
    then_by: str = ""
    unknown: tuple[Unknown, ...] = ()
    strong: tuple[Strong, ...] = ()


class QuantityRow(_Part, frozen=True, kw_only=True):
    """What each decision maker has in the states where a condition holds; `*` holds in all."""

    where: str
    values: dict[str, float]


class Quantity(_Part, frozen=True, kw_only=True):
    """A number for each state and decision maker, such as a change of welfare: the first row that fits."""

    rows: tuple[QuantityRow, ...]
    unit: str = ""
    source: str = ""


class OptionForm(_Part, frozen=True, kw_only=True):
    """A dispute by options: a state says which are taken.

    infeasible : conditions (or patterns such as `Y--N`) that no state fulfils.
    required : conditions that every state fulfils.
    definitions : names for conditions, to be used in others.
    unaware : for a decision maker the states, or conditions for states, that it does not see.
    status_quo : a label of Y and N in the order of the options.
    """

    decision_makers: tuple[DecisionMaker | str, ...]
    options: tuple[Option, ...]
    preferences: dict[str, Preference]
    infeasible: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    irreversible: tuple[Irreversible, ...] = ()
    definitions: dict[str, str] = {}
    quantities: dict[str, Quantity] = {}
    unaware: dict[str, tuple[StateName, ...]] = {}
    status_quo: StateName | None = None


class GraphForm(_Part, frozen=True, kw_only=True):
    """A dispute by its graph: states, and each decision maker's moves as pairs of states.

    states : their labels. Where all are numbers, a number elsewhere is a label too and no position.
    sets : names of groups of states, to be used in statements.
    unaware : for a decision maker the states, or sets of them, that it does not see.
    """

    decision_makers: tuple[DecisionMaker | str, ...]
    states: tuple[StateName, ...]
    moves: dict[str, tuple[tuple[StateName, StateName], ...]]
    preferences: dict[str, Preference]
    sets: dict[str, tuple[StateName, ...]] = {}
    quantities: dict[str, Quantity] = {}
    unaware: dict[str, tuple[StateName, ...]] = {}
    status_quo: StateName | None = None


Form = OptionForm | GraphForm


class Problem(msgspec.Struct, frozen=True):
    """Something about a form that is wrong (an error) or that its author should know (a warning).

    `path` leads to the place: keys, and numbers of list entries from 0.
    """

    path: tuple[str | int, ...]
    reason: str
    remedy: str
    error: bool = True

    @property
    def where(self) -> str:
        """The path as text, such as `dispute.preferences.JPN.statements[3]`."""
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return "dispute" + "".join(steps)

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}\n  {self.remedy}"
