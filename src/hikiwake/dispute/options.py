"""Option form: what names mean, which states are feasible, which moves are possible."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hikiwake.dispute.arcs import Arcs, Indices
from hikiwake.dispute.form import OptionForm, Problem, Quantity, StateName
from hikiwake.dispute.logic import Expression, Meaning, Misread, Not, Truth, evaluate, names, parse
from hikiwake.dispute.ordering import Setting, some
from hikiwake.dispute.states import (
    Codes,
    Vocabulary,
    feasible,
    label,
    moves_of,
    pattern,
    suggestion,
)

EVERYWHERE = "*"
"""Holds in every state, for what is so in all others."""


def option_setting(form: OptionForm, who: Sequence[str]) -> tuple[Setting | None, Codes, list[Problem]]:
    """Return what names mean in the feasible states, the states, and what is wrong."""
    none = np.zeros(0, dtype=np.int64)
    vocabulary, problems = _vocabulary(form)
    conditions: list[tuple[Expression, str]] = []
    for part, texts in (("infeasible", form.infeasible), ("required", form.required)):
        for number, text in enumerate(texts):
            try:
                condition = vocabulary.read(text)
                conditions.append((Not(condition) if part == "infeasible" else condition, text))
            except Misread as fault:
                problems.append(Problem((part, number), fault.reason, fault.remedy))
    if problems:
        return None, none, problems
    codes = feasible(vocabulary, form.options, [condition for condition, _ in conditions])
    if not len(codes):
        return (
            None,
            none,
            [
                Problem(
                    ("infeasible",), "no state is feasible", "Take out the conditions that exclude too much."
                )
            ],
        )
    plain = vocabulary.meaning(codes)
    quantities = columns_of(form.quantities)
    amounts, problems = quantity_reader(form.quantities, vocabulary.read, plain, labels_of(codes, form))
    problems.extend(unknown_columns(form.quantities, who))
    return (
        Setting(
            labels=labels_of(codes, form),
            find=_finder(form, vocabulary, codes, conditions),
            read=lambda text: vocabulary.read(text, quantities),
            meaning=Meaning(len(codes), plain.truth, amounts),
            options={option.id: plain.truth(option.id) for option in form.options},
            quantities=tuple(form.quantities),
        ),
        codes,
        problems,
    )


def option_arcs(
    form: OptionForm, who: Sequence[Sequence[str]], setting: Setting, codes: Codes
) -> tuple[list[Arcs], list[Problem]]:
    """Return the moves of each decision maker, or the jumps of each group of them."""
    rules, problems = [], []
    for number, rule in enumerate(form.irreversible):
        sides: list[Truth] = []
        for side, text in (("before", rule.before), ("after", rule.after)):
            try:
                sides.append(evaluate(setting.read(text), setting.meaning))
            except Misread as fault:
                problems.append(Problem(("irreversible", number, side), fault.reason, fault.remedy))
        if len(sides) == 2:
            rules.append((rule, sides[0], sides[1]))
    return [moves_of(group, codes, form.options, rules) for group in who], problems


def labels_of(codes: Codes, form: OptionForm) -> tuple[str, ...]:
    """Return the states as Y and N in the order of the options."""
    width = len(form.options)
    if not width:
        return ("",) * len(codes)
    letters = np.where((codes[:, None] >> np.arange(width)) & 1 == 1, ord("Y"), ord("N")).astype(np.uint8)
    return tuple(text.decode() for text in letters.view(f"S{width}").ravel().tolist())


def quantity_reader(
    quantities: Mapping[str, Quantity],
    read: Callable[[str], Expression],
    meaning: Meaning,
    labels: Sequence[str],
) -> tuple[Callable[[str, str], NDArray[np.float64]], list[Problem]]:
    """Return a function that gives a quantity of a decision maker in each state.

    It raises Misread where a state has no value.
    """
    problems = []
    rows: dict[str, list[tuple[Truth, Mapping[str, float]]]] = {name: [] for name in quantities}
    for name, quantity in quantities.items():
        for number, row in enumerate(quantity.rows):
            path = ("quantities", name, "rows", number)
            try:
                held = _held(row.where, read, meaning, labels)
                rows[name].append((held, row.values))
                if not held.any():
                    told, remedy = f"{row.where!r} holds in no state", "Take the row out, or mend it."
                    problems.append(Problem((*path, "where"), told, remedy, error=False))
            except Misread as fault:
                problems.append(Problem((*path, "where"), fault.reason, fault.remedy))
            for of, value in row.values.items():
                if not np.isfinite(value):
                    problems.append(
                        Problem((*path, "values", of), "the value is not a finite number", "Write a number.")
                    )

    def amount(quantity: str, of: str) -> NDArray[np.float64]:
        out = np.full(meaning.states, np.nan)
        for held, values in reversed(rows[quantity]):
            out[held] = values.get(of, np.nan)
        if (missing := np.flatnonzero(np.isnan(out))).size:
            raise Misread(
                f"{quantity} of {of} is not given in {some(missing, labels)}",
                f"Add a row of {quantity} that holds there, with a value of {of}.",
            )
        return out

    return amount, problems


def _held(where: str, read: Callable[[str], Expression], meaning: Meaning, labels: Sequence[str]) -> Truth:
    """Return where a row holds: in every state, in one of a label or a number, or where a condition does."""
    if where.strip() == EVERYWHERE:
        return np.ones(meaning.states, dtype=bool)
    if where in labels:
        return np.array([label_ == where for label_ in labels])
    if where.isdecimal():
        return np.isin(np.arange(meaning.states), numbered(int(where), meaning.states))
    return evaluate(read(where), meaning)


def columns_of(quantities: Mapping[str, Quantity]) -> dict[str, tuple[str, ...]]:
    """Return of whom each quantity is given."""
    return {
        name: tuple(dict.fromkeys(of for row in quantity.rows for of in row.values))
        for name, quantity in quantities.items()
    }


def unknown_columns(quantities: Mapping[str, Quantity], who: Sequence[str]) -> list[Problem]:
    """Return a problem for each value of somebody who does not decide."""
    return [
        Problem(
            ("quantities", name, "rows", number, "values", of),
            f"{of!r} is no decision maker",
            suggestion(of, who),
        )
        for name, quantity in quantities.items()
        for number, row in enumerate(quantity.rows)
        for of in row.values
        if of not in who
    ]


def _vocabulary(form: OptionForm) -> tuple[Vocabulary, list[Problem]]:
    problems: list[Problem] = []
    definitions: dict[str, Expression] = {}
    for name, text in form.definitions.items():
        try:
            definitions[name] = parse(text)
        except Misread as fault:
            problems.append(Problem(("definitions", name), fault.reason, fault.remedy))
    options = [option.id for option in form.options]
    vocabulary = Vocabulary(options, definitions)
    known = [*options, *form.definitions]
    for name, expression in vocabulary.unsettled.items():
        unknown = sorted(names(expression) - set(known))
        told = (
            Problem(
                ("definitions", name),
                f"{unknown[0]!r} is no option and no definition",
                suggestion(unknown[0], known),
            )
            if unknown
            else Problem(
                ("definitions", name),
                "it rests on a definition that is wrong or, in a circle, on itself",
                "Write it in terms of options.",
            )
        )
        problems.append(told)
    return vocabulary, problems


def _finder(
    form: OptionForm, vocabulary: Vocabulary, codes: Codes, conditions: Sequence[tuple[Expression, str]]
) -> Callable[[StateName], Indices]:
    width = len(form.options)

    def find(name: StateName) -> Indices:
        if isinstance(name, int):
            return numbered(name, len(codes))
        if len(name) != width or set(name) - set("YN-"):
            raise Misread(
                f"{name!r} is no state of {width} options",
                f"Write {width} letters, Y or N for each of {', '.join(o.id for o in form.options[:12])}, "
                f"as in {label(int(codes[0]), width)}.",
            )
        if "-" in name:
            chosen = evaluate(
                pattern(name, [option.id for option in form.options]), vocabulary.meaning(codes)
            )
            found = np.flatnonzero(chosen).astype(np.int32)
        else:
            code = sum(1 << bit for bit, sign in enumerate(name) if sign == "Y")
            at = int(np.searchsorted(codes, code))
            found = np.array([at] if at < len(codes) and codes[at] == code else [], dtype=np.int32)
            if not found.size:
                raise _infeasible(name, vocabulary.meaning(np.array([code])), conditions)
        if not found.size:
            raise Misread(f"no feasible state is {name}", "Name a state that is feasible.")
        return found

    return find


def numbered(number: int, states: int) -> Indices:
    """Return the position of a state by its number, which counts from 1."""
    if not 1 <= number <= states:
        raise Misread(f"there is no state {number}", f"States are numbered from 1 to {states}.")
    return np.array([number - 1], dtype=np.int32)


def _infeasible(name: str, meaning: Meaning, conditions: Sequence[tuple[Expression, str]]) -> Misread:
    broken = next(text for condition, text in conditions if not evaluate(condition, meaning)[0])
    return Misread(
        f"{name} is not feasible: {broken!r} forbids it", "Name a feasible state, or take the condition out."
    )
