"""The formula of a regression: `trade ~ ln_dist + contig | exporter^year + importer^year`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput, Environment
from hikiwake.gravity.columns import numbers, raw
from hikiwake.gravity.effects import Array

NAME = re.compile(r"[^\W\d]\w*")
LOGGED = re.compile(r"log\(\s*(.*?)\s*\)")
UNORDERED = re.compile(r"unordered\(\s*(\w+)\s*,\s*(\w+)\s*\)")
EXAMPLE = "Write it as `trade ~ ln_dist + contig | exporter^year + importer^year`."
INTERCEPT = "(Intercept)"


@dataclass(frozen=True)
class Effect:
    """One fixed effect: a level for each combination of these columns.

    `unordered` says that the two columns are interchangeable: one level for a pair in both directions.
    """

    columns: tuple[str, ...]
    unordered: bool = False

    def __str__(self) -> str:
        return f"unordered({', '.join(self.columns)})" if self.unordered else "^".join(self.columns)


@dataclass(frozen=True)
class Formula:
    """A formula, read: dependent variable, text of the regressors, fixed effects.

    `dependent` is the name of a column or an expression of columns; `logged` says that the formula explains
    its logarithm, which is least squares.
    """

    text: str
    dependent: str
    regressors: str
    effects: tuple[Effect, ...]
    logged: bool = False


def parse(text: str) -> Formula:
    """Read a formula.

    Raises
    ------
    BadInput
        If it has no `~`, nothing before it, or an effect is not a name or names joined by `^`.
    """
    left, tilde, right = text.partition("~")
    parts = [part.strip() for part in right.split("|")]
    if not tilde or len(parts) > 2:
        why = "a formula has one `~` and at most one `|`"
        raise BadInput(where=f"formula {text!r}", why=why, remedy=EXAMPLE)
    logged = LOGGED.fullmatch(left.strip())
    inner = logged[1] if logged else ""
    # `log(a) - log(b)` begins and ends as a logarithm does, and is none.
    if logged and not _balanced(inner):
        logged = None
    dependent = inner if logged else left.strip()
    if not dependent:
        raise BadInput(where=f"formula {text!r}", why="it says nothing of what it explains", remedy=EXAMPLE)
    effects = effects_of(parts[1], text) if len(parts) == 2 else ()
    return Formula(text.strip(), dependent, parts[0], effects, logged is not None)


def _balanced(text: str) -> bool:
    """Tell whether every bracket that is closed was opened before."""
    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return False
    return depth == 0


def dependent(formula: Formula, data: object) -> Array:
    """Return what a formula explains, before its logarithm if `logged`: a column, or what columns give.

    Raises
    ------
    BadInput
        If it cannot be evaluated, or does not give one number for each row.
    """
    if NAME.fullmatch(formula.dependent):
        return numbers(data, formula.dependent)
    names, columns = _evaluated(formula, f"I({formula.dependent})", data)
    if len(columns) != 1:
        raise BadInput(
            where=f"formula {formula.text!r}",
            why=f"{formula.dependent!r} gives {len(names)} columns, and what is explained is one",
            remedy=EXAMPLE,
        )
    return columns[0]


def effects_of(text: str, where: str) -> tuple[Effect, ...]:
    """Read fixed effects or clusters, joined by `+`."""
    if text.strip() in {"", "0"}:
        return ()
    # A comma inside unordered(a, b) is no separator, and neither is anything else inside: split on `+` only.
    return tuple(_effect(part.strip(), where) for part in text.split("+"))


def _effect(text: str, where: str) -> Effect:
    found = UNORDERED.fullmatch(text)
    if found:
        return Effect((found[1], found[2]), unordered=True)
    columns = tuple(name.strip() for name in text.split("^"))
    if not all(NAME.fullmatch(name) for name in columns):
        raise BadInput(
            where=f"{text!r} in {where!r}",
            why="an effect is a column, or columns joined by `^`",
            remedy="Write exporter^year, or unordered(exporter, importer) for pairs without direction.",
        )
    return Effect(columns)


def regressors(formula: Formula, data: object) -> tuple[tuple[str, ...], Sequence[Array]]:
    """Return names and columns of the regressors.

    Names of columns are taken as they are. Anything else, such as `log(dist)` or `C(year):border`, is
    evaluated by the package formulaic. Without fixed effects there is a constant, the first column.
    """
    terms = [term.strip() for term in formula.regressors.split("+")]
    constant = not formula.effects and "0" not in terms
    plain = [term for term in terms if term not in {"0", "1", ""}]
    if all(NAME.fullmatch(term) for term in plain):
        names, values = tuple(dict.fromkeys(plain)), [numbers(data, name) for name in dict.fromkeys(plain)]
    else:
        names, values = _evaluated(formula, formula.regressors, data)
    if constant:
        rows = len(values[0]) if values else len(dependent(formula, data))
        return (INTERCEPT, *names), [np.ones(rows), *values]
    return names, values


def _evaluated(formula: Formula, text: str, data: object) -> tuple[tuple[str, ...], list[Array]]:
    """Evaluate a part of a formula: names and columns, without a constant."""
    try:
        terms, materials = import_module("formulaic"), import_module("formulaic.materializers")
    except ImportError:
        raise Environment(
            where=f"formula {formula.text!r}",
            why="it holds more than names of columns, and the package formulaic is not installed",
            remedy='Install it with `pip install "hikiwake[formula]"`, or compute the columns beforehand.',
        ) from None
    try:
        needed = terms.Formula(text).required_variables
        frame = {str(name): raw(data, str(name)) for name in sorted(needed, key=str)}
        matrix = materials.PandasMaterializer(frame).get_model_matrix(
            f"1 + {text}", na_action="ignore", output="numpy"
        )
        names = list(matrix.model_spec.column_names)
        dense: NDArray[np.float64] = np.asarray(matrix, dtype=np.float64)
    except BadInput:
        raise
    except Exception as fault:  # formulaic and the functions named in a formula raise whatever they like
        said = next(iter(str(fault).splitlines()), type(fault).__name__)
        raise BadInput(
            where=f"formula {formula.text!r}",
            why=f"{text!r} cannot be evaluated: {said}",
            remedy="Use columns of the data, log(), C(), `:` for products, I(a != b) to compare.",
        ) from None
    kept = [at for at, name in enumerate(names) if name != "Intercept"]
    return tuple(names[at] for at in kept), [np.ascontiguousarray(dense[:, at]) for at in kept]
