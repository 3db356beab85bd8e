"""The columns that a formula names or makes: what it explains, and its regressors."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput, Environment
from hikiwake.gravity.columns import coded, numbers, raw
from hikiwake.gravity.columns import names as names_of
from hikiwake.gravity.effects import Array
from hikiwake.gravity.formula import EXAMPLE, INTERCEPT, NAME, Formula, bare

FUNCTIONS = {"ln": np.log, "log1p": np.log1p, "sqrt": np.sqrt, "asinh": np.arcsinh}
"""Functions beside those that formulaic knows."""
WORD = re.compile(r"`([^`]+)`|([^\W\d]\w*)")
BRACKETS = re.compile(r"\([^()]*\)")
CATEGORY = re.compile(r"C\(\s*`?([^`,()]+?)`?\s*(?:,.*)?\)")
MOST_CELLS = 2**28
"""Numbers in the columns that a formula makes: 2 GB, of which an estimate holds some copies."""
NO_CONSTANT = re.compile(r"-\s*1\s*(?=$|[-+])|(?:^|\+)\s*0\s*(?=$|[-+])")


class Terms(NamedTuple):
    """Names and columns of regressors; `made` is how formulaic made them, None where all are plain columns.

    It holds categories, means and the like, so that the same can be made of other rows.
    """

    names: tuple[str, ...]
    columns: Sequence[Array]
    made: Any = None


def dependent(formula: Formula, data: object) -> Array:
    """Return what a formula explains, before its logarithm if `logged`: a column, or what columns give.

    Raises
    ------
    BadInput
        If it cannot be evaluated, or does not give one number for each row.
    """
    name = bare(formula.dependent)
    if NAME.fullmatch(name) or name in names_of(data):
        return numbers(data, name)
    found = _evaluated(formula, f"I({formula.dependent})", data)
    if len(found.columns) != 1:
        raise BadInput(
            where=f"formula {formula.text!r}",
            why=f"{formula.dependent!r} gives {len(found.names)} columns, and what is explained is one",
            remedy=EXAMPLE,
        )
    return found.columns[0]


def regressors(formula: Formula, data: object, made: Any = None) -> Terms:
    """Return the regressors.

    Names of columns are taken as they are. Anything else, such as `log(dist)` or `C(year):border`, is
    evaluated by the package formulaic. Without fixed effects there is a constant, the first column, unless
    `0` or `- 1` says that there is none.

    Parameters
    ----------
    made : how they were made before; they are then made in the same way.
    """
    outside = formula.regressors
    while BRACKETS.search(outside):
        outside = BRACKETS.sub("", outside)
    constant = not formula.effects and not NO_CONSTANT.search(outside)
    known = names_of(data)
    terms = [bare(term.strip()) for term in formula.regressors.split("+")]
    plain = [term for term in terms if term not in {"0", "1", ""}]
    if all(NAME.fullmatch(term) or term in known for term in plain):
        names = tuple(dict.fromkeys(plain))
        found = Terms(names, [numbers(data, name) for name in names])
    else:
        found = _evaluated(formula, formula.regressors, data, made)
    if not constant:
        return found
    rows = len(found.columns[0]) if found.columns else len(dependent(formula, data))
    return Terms((INTERCEPT, *found.names), [np.ones(rows), *found.columns], found.made)


def _check_size(formula: Formula, read: Iterable[object], frame: Mapping[str, NDArray[np.generic]]) -> None:
    """Refuse categories that would make more columns than memory holds."""
    rows, count = max((len(column) for column in frame.values()), default=0), 0
    for term in read:
        made = 1
        for factor in str(term).split(":"):
            found = CATEGORY.fullmatch(factor.strip())
            name = found[1] if found else bare(factor.strip())
            if name in frame and (found or frame[name].dtype.kind not in "iufb"):
                made *= len(coded(frame[name]).labels)
        count += made if str(term) != "1" else 0
    if rows * count > MOST_CELLS:
        raise BadInput(
            where=f"formula {formula.text!r}",
            why=f"its categories make {count:,} columns of {rows:,} rows, {rows * count * 8 / 1e9:.1f} GB",
            remedy="Make them fixed effects, behind `|`: exporter^year.",
        )


def _evaluated(formula: Formula, text: str, data: object, made: Any = None) -> Terms:
    """Evaluate a part of a formula, without a constant."""
    try:
        terms, materials = import_module("formulaic"), import_module("formulaic.materializers")
        unlike = import_module("formulaic.errors").DataMismatchWarning
    except ImportError:
        raise Environment(
            where=f"formula {formula.text!r}",
            why="it holds more than names of columns, and the package formulaic is not installed",
            remedy='Install it with `pip install "hikiwake[formula]"`, or compute the columns beforehand.',
        ) from None
    try:
        read = terms.Formula(text)
        needed = {str(name) for name in read.required_variables} - set(FUNCTIONS)
        # What stands inside a function that keeps a state, such as center(), is not told as required.
        needed |= {one or other for one, other in WORD.findall(text)} & set(names_of(data))
        frame = {name: raw(data, name) for name in sorted(needed)}
        _check_size(formula, read, frame)
        with warnings.catch_warnings():
            warnings.simplefilter("error", unlike)
            matrix = materials.PandasMaterializer(frame, context=FUNCTIONS).get_model_matrix(
                made or f"1 + {text}", na_action="ignore", output="numpy"
            )
        names = list(matrix.model_spec.column_names)
        dense: NDArray[np.float64] = np.asarray(matrix, dtype=np.float64)
    except BadInput:
        raise
    except Exception as fault:  # formulaic and the functions named in a formula raise whatever they like
        if isinstance(fault, unlike):
            raise BadInput(
                where=f"formula {formula.text!r}",
                why="these data hold a category that the estimate did not",
                remedy="Predict for rows of the categories that were estimated.",
            ) from None
        said = next(iter(str(fault).splitlines()), type(fault).__name__)
        raise BadInput(
            where=f"formula {formula.text!r}",
            why=f"{text!r} cannot be evaluated: {said}",
            remedy="Use columns of the data, log(), C(), `:` for products, I(a != b) to compare; a name with "
            "a point, a blank or another sign stands in backticks.",
        ) from None
    kept = [at for at, name in enumerate(names) if name != "Intercept"]
    columns = [np.ascontiguousarray(dense[:, at]) for at in kept]
    return Terms(tuple(names[at] for at in kept), columns, matrix.model_spec)
