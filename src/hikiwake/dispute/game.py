"""A dispute ready to be analysed: states, moves and ranks as arrays, made from its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput
from hikiwake.dispute.arcs import Arcs, Indices
from hikiwake.dispute.form import Form, OptionForm, Problem, StateName
from hikiwake.dispute.graph import graph_arcs, graph_setting
from hikiwake.dispute.logic import Misread, Truth, evaluate
from hikiwake.dispute.naming import decision_makers, misnamed
from hikiwake.dispute.options import option_arcs, option_setting
from hikiwake.dispute.ordering import Ordering, Setting, dense, ordering
from hikiwake.dispute.partial import misjudged
from hikiwake.dispute.states import Codes, suggestion

SHOWN = 20
"""Problems that an error message lists."""


class Game(msgspec.Struct, frozen=True, eq=False):
    """A dispute as arrays.

    form : what it was made from.
    who : ids of the decision makers, in the order of all arrays.
    labels : one for each state, in the order of all arrays.
    arcs : each decision maker's moves.
    orderings : each decision maker's preference.
    status_quo : the state of today, or None.
    codes : (states,) the options taken as bits; empty in graph form.
    setting : what conditions and names of states mean.
    warnings : what the author of the form should know.
    """

    form: Form
    who: tuple[str, ...]
    labels: tuple[str, ...]
    arcs: tuple[Arcs, ...]
    orderings: tuple[Ordering, ...]
    status_quo: int | None
    codes: Codes
    setting: Setting
    warnings: tuple[Problem, ...] = ()

    @property
    def states(self) -> int:
        """How many states there are."""
        return len(self.labels)

    @property
    def ranks(self) -> NDArray[np.int32]:
        """(decision makers, states): higher is better, equal is as good."""
        return np.array([each.ranks for each in self.orderings], dtype=np.int32)

    def state(self, name: StateName) -> int:
        """Return the position of a state, from 0, by its label or by its number, which counts from 1.

        Where the labels of a graph are numbers themselves, a number is a label.

        Raises
        ------
        BadInput
            If it does not exist or is not feasible.
        """
        try:
            found = self.setting.find(name)
        except Misread as fault:
            raise BadInput(where="state", why=fault.reason, remedy=fault.remedy) from fault
        if len(found) != 1:
            raise BadInput(
                where="state", why=f"{name!r} stands for {len(found)} states", remedy="Name one state."
            )
        return int(found[0])

    def need(self, *states: int) -> None:
        """Check positions of states, which count from 0.

        Raises
        ------
        BadInput
            If there is none at one of them.
        """
        for state in states:
            if not 0 <= state < self.states:
                raise BadInput(
                    where="state",
                    why=f"there is none at position {state}",
                    remedy=f"Give 0 to {self.states - 1}, or find it by its label with Game.state.",
                )

    def where(self, condition: str) -> Indices:
        """Return the states in which a condition holds, such as `!four & coop & two`.

        Raises
        ------
        BadInput
            If it cannot be read.
        """
        return np.flatnonzero(self.truth(condition)).astype(np.int32)

    def truth(self, condition: str) -> Truth:
        """Return (states,) bool: where a condition holds.

        Raises
        ------
        BadInput
            If it cannot be read.
        """
        try:
            return evaluate(self.setting.read(condition), self.setting.meaning)
        except Misread as fault:
            raise BadInput(where="condition", why=fault.reason, remedy=fault.remedy) from fault

    def amounts(self, quantity: str, who: str) -> NDArray[np.float64]:
        """Return (states,): a quantity of a decision maker, such as its change of welfare, in its unit.

        Raises
        ------
        BadInput
            If it is not given for every state.
        """
        if quantity not in self.setting.quantities:
            raise BadInput(
                where="quantity",
                why=f"{quantity!r} is none of them",
                remedy=suggestion(quantity, self.setting.quantities),
            )
        try:
            return self.setting.meaning.amount(quantity, who)
        except Misread as fault:
            raise BadInput(where="quantity", why=fault.reason, remedy=fault.remedy) from fault

    def maker(self, name: str) -> int:
        """Return the position of a decision maker.

        Raises
        ------
        BadInput
            If there is none of that id.
        """
        if name not in self.who:
            raise BadInput(
                where="decision maker",
                why=f"{name!r} is none of them",
                remedy=f"Known are {', '.join(self.who)}.",
            )
        return self.who.index(name)


def build(form: Form) -> Game:
    """Make a game from a form.

    Raises
    ------
    BadInput
        Naming everything that is wrong, the first twenty in full.
    """
    game, problems = check(form)
    if game is None:
        wrong = [problem for problem in problems if problem.error]
        rest = f"\n… and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        raise BadInput(
            where=wrong[0].where,
            why=wrong[0].reason,
            remedy="\n".join([wrong[0].remedy, *map(str, wrong[1:SHOWN])]) + rest,
        )
    return game


def check(form: Form) -> tuple[Game | None, tuple[Problem, ...]]:
    """Return the game of a form with its warnings, or None with all its problems.

    Lists, mappings and arrays do where the form has tuples and parts.

    Raises
    ------
    BadInput
        If a part has another type, or the form is right but has more states or moves than can be analysed.
    """
    form = _typed(form)
    problems = list(misnamed(form))
    if _wrong(problems):
        return None, tuple(problems)
    who = tuple(maker.id for maker in decision_makers(form))
    made, codes, found = (
        option_setting(form, who) if isinstance(form, OptionForm) else graph_setting(form, who)
    )
    problems.extend(found)
    if made is None or _wrong(problems):
        return None, tuple(problems)
    status_quo, found = _status_quo(form.status_quo, made)
    problems.extend(found)
    orderings = []
    for name in who:
        order, found = ordering(name, form.preferences[name], made, ("preferences", name))
        problems.extend(found)
        if order is not None:
            orderings.append(order)
    if not _wrong(problems):
        problems.extend(misjudged(form, who, orderings, made))
    moves, found = (
        option_arcs(form, [(name,) for name in who], made, codes)
        if isinstance(form, OptionForm)
        else graph_arcs(form, who, made)
    )
    problems.extend(found)
    if _wrong(problems):
        return None, tuple(problems)
    warnings = tuple(problems)
    return Game(
        form, who, made.labels, tuple(moves), tuple(orderings), status_quo, codes, made, warnings
    ), warnings


def _typed(form: Form) -> Form:
    """Return a form whose parts are of the types that they are declared with."""
    try:
        return msgspec.convert(msgspec.to_builtins(form, enc_hook=_plain), type(form))
    except (msgspec.ValidationError, TypeError) as fault:
        told, _, place = str(fault).partition(" - at `$")
        raise BadInput(
            where="dispute" + place.rstrip("`"),
            why=told[:1].lower() + told[1:],
            remedy="The reference of hikiwake.dispute says what each part holds.",
        ) from fault


def _plain(value: object) -> object:
    """Return an array as a list, and a number of NumPy as a number."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is no part of a form")


def with_orderings(game: Game, changed: Mapping[str, Ordering]) -> Game:
    """Return the same game with other preferences of some decision makers.

    Raises
    ------
    BadInput
        If one does not exist, or its preferences are not over the states of the game.
    """
    for name, order in changed.items():
        game.maker(name)
        if order.ranks.shape != (game.states,):
            raise BadInput(
                where=f"preferences of {name}",
                why=f"they are of {order.ranks.size} states, and the dispute has {game.states}",
                remedy="Give one number for every state, in the order of the states.",
            )
    orderings = tuple(changed.get(name, old) for name, old in zip(game.who, game.orderings, strict=True))
    return msgspec.structs.replace(game, orderings=orderings, warnings=())


def with_ranks(game: Game, ranks: Mapping[str, Sequence[float]]) -> Game:
    """Return the same game with other payoffs of some decision makers, one number a state.

    Raises
    ------
    BadInput
        If one does not exist, or there is not one finite number for every state.
    """
    for name, row in ranks.items():
        if not np.isfinite(np.asarray(row, dtype=np.float64)).all():
            raise BadInput(
                where=f"payoffs of {name}", why="one is not a finite number", remedy="Give finite numbers."
            )
    return with_orderings(
        game, {name: Ordering(dense(np.asarray(row, dtype=np.float64))) for name, row in ranks.items()}
    )


def _status_quo(name: StateName | None, setting: Setting) -> tuple[int | None, list[Problem]]:
    if name is None:
        return None, []
    try:
        found = setting.find(name)
    except Misread as fault:
        return None, [Problem(("status_quo",), fault.reason, fault.remedy)]
    if len(found) != 1:
        return None, [Problem(("status_quo",), f"{name!r} stands for {len(found)} states", "Name one state.")]
    return int(found[0]), []


def _wrong(problems: Sequence[Problem]) -> bool:
    return any(problem.error for problem in problems)
