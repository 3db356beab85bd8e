"""Who and what a form speaks of: decision makers and names, checked before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hikiwake.dispute.form import DecisionMaker, Form, GraphForm, Option, OptionForm, Problem
from hikiwake.dispute.logic import NAME, RESERVED
from hikiwake.dispute.states import MOST_OPTIONS, suggestion

MOST_DECISION_MAKERS = 32
MOST_DEFINITIONS = 500


def decision_makers(form: Form) -> tuple[DecisionMaker, ...]:
    """Return the decision makers, those given by their id alone too."""
    return tuple(
        entry if isinstance(entry, DecisionMaker) else DecisionMaker(id=entry)
        for entry in form.decision_makers
    )


def misnamed(form: Form) -> Iterator[Problem]:
    """Yield what is wrong with the names of a form, before any state is made."""
    who = [maker.id for maker in decision_makers(form)]
    yield from _makers(who)
    yield from _keys("preferences", form.preferences, who)
    for number, name in enumerate(who):
        if name and name not in form.preferences:
            yield Problem(
                ("decision_makers", number),
                f"{name} has no preferences",
                f"Add an entry {name!r} under preferences.",
            )
    if isinstance(form, OptionForm):
        yield from _options(form, who)
    else:
        yield from _graph(form, who)


def _makers(who: Sequence[str]) -> Iterator[Problem]:
    path = ("decision_makers",)
    if not who:
        yield Problem(path, "there is no decision maker", "Name who decides.")
    if len(who) > MOST_DECISION_MAKERS:
        yield Problem(path, f"there are more than {MOST_DECISION_MAKERS} decision makers", "Merge some.")
    yield from _unique(path, who, "decision maker")
    for number, name in enumerate(who):
        if "+" in name:
            yield Problem(
                (*path, number), f"{name!r} holds a +, which joins the members of coalitions", "Use and."
            )


def _options(form: OptionForm, who: Sequence[str]) -> Iterator[Problem]:
    if len(form.options) > MOST_OPTIONS:
        yield Problem(
            ("options",),
            f"there are {len(form.options)} options; {MOST_OPTIONS} are allowed",
            "Leave out those on which nothing depends.",
        )
    if len(form.definitions) > MOST_DEFINITIONS:
        yield Problem(("definitions",), f"there are more than {MOST_DEFINITIONS} definitions", "Merge some.")
    yield from _unique(("options",), [option.id for option in form.options], "option")
    for number, option in enumerate(form.options):
        yield from _readable((*("options", number), "id"), option.id)
        if not option.owner:
            yield Problem(
                ("options", number), f"{option.id!r} has no owner", "Say whose option it is with `owner`."
            )
        elif option.owner not in who:
            yield Problem(
                ("options", number, "owner"),
                f"{option.owner!r} is no decision maker",
                suggestion(option.owner, who),
            )
    yield from _defined(form.definitions, [option.id for option in form.options])
    for number, rule in enumerate(form.irreversible):
        for place, name in enumerate(rule.who):
            if name not in who:
                yield Problem(
                    ("irreversible", number, "who", place),
                    f"{name!r} is no decision maker",
                    suggestion(name, who),
                )
    yield from _idle(form.options, who)


def _graph(form: GraphForm, who: Sequence[str]) -> Iterator[Problem]:
    if not form.states:
        yield Problem(("states",), "there is no state", "Name the states.")
    yield from _unique(("states",), [str(state) for state in form.states], "state")
    yield from _keys("moves", form.moves, who)
    for name in form.sets:
        yield from _readable(("sets", name), name)


def _defined(definitions: Mapping[str, str], options: Sequence[str]) -> Iterator[Problem]:
    for name in definitions:
        yield from _readable(("definitions", name), name)
        if name in options:
            yield Problem(
                ("definitions", name), f"{name!r} is an option already", "Give the definition another name."
            )


def _idle(options: Sequence[Option], who: Sequence[str]) -> Iterator[Problem]:
    owners = {option.owner for option in options}
    for number, name in enumerate(who):
        if name not in owners:
            yield Problem(
                ("decision_makers", number),
                f"{name} owns no option, so it cannot change anything",
                "Give it an option, or leave it out: the results are the same.",
                error=False,
            )


def _keys(part: str, mapping: Mapping[str, Any], who: Sequence[str]) -> Iterator[Problem]:
    for name in mapping:
        if name not in who:
            yield Problem((part, name), f"{name!r} is no decision maker", suggestion(name, who))


def _readable(path: tuple[str | int, ...], name: str) -> Iterator[Problem]:
    if not NAME.fullmatch(name) or name in RESERVED:
        told = "is a word of the language of conditions" if name in RESERVED else "cannot be a name"
        yield Problem(
            path, f"{name!r} {told}", "Use letters, digits and _, beginning with a letter, as in four_r."
        )


def _unique(path: tuple[str | int, ...], names: Sequence[str], what: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if not name.strip():
            yield Problem((*path, number), f"a {what} has no name", "Give it an id.")
        elif name in seen:
            yield Problem((*path, number), f"{name!r} is there twice", f"Give every {what} an id of its own.")
        seen.add(name)
