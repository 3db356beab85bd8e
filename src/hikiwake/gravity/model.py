"""`fit`: a gravity regression from a formula and a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput
from hikiwake.gravity import estimate, sample
from hikiwake.gravity.cells import Ended
from hikiwake.gravity.choice import Chosen, meeting
from hikiwake.gravity.columns import Key, coded, key, names, numbers, raw
from hikiwake.gravity.covariance import ROBUST, Errors, Sandwich, covariance, kind_of
from hikiwake.gravity.effects import Array
from hikiwake.gravity.formula import INTERCEPT, Effect, Formula, bare, effects_of, parse
from hikiwake.gravity.layout import (
    Layout,
    Sides,
    check_single,
    lay_out,
    lay_out_complete,
    repeated,
    sides,
)
from hikiwake.gravity.newton import Solver
from hikiwake.gravity.parallel import cores, each
from hikiwake.gravity.results import GravityFit, Levels
from hikiwake.gravity.terms import dependent, regressors
from hikiwake.gravity.used import Given, Used

Estimator = Literal["ppml", "ols"]
Rows = NDArray[np.intp]
YEAR = "year"
"""The column that tells flows of a pair apart where the fixed effects do not."""
LARGEST, BEYOND = 1e150, 1e15
"""No flow is larger than the first, whose square overflows, or by the second than all others together."""


@dataclass(frozen=True)
class Columns:
    """Columns that play a part outside the formula.

    Parameters
    ----------
    weights : column of weights, not negative.
    offset : column that is added to the linear predictor.
    keys : columns that together name a row; by default those of the fixed effects, if they name exporter
        and importer, and the column `year` where there is one. Rows with the same keys are an error.
    where : conditions that rows must meet, such as "year >= 1990", "exporter != importer" and
        "year in 1986, 1990"; all others are left out and listed.
    """

    weights: str | None = None
    offset: str | None = None
    keys: tuple[str, ...] | None = None
    where: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Take a text where several are possible as the only one."""
        if isinstance(self.keys, str):
            object.__setattr__(self, "keys", tuple(name.strip() for name in self.keys.split(",")))
        if isinstance(self.where, str):
            object.__setattr__(self, "where", (self.where,))


@dataclass(frozen=True)
class _Table:
    """The columns of the rows that are complete.

    `rows` are their positions in the data as given: a range where they are all of them. `made` is how the
    regressors were made, see `terms.Terms`.
    """

    rows: Rows | range
    y: Array
    x: tuple[Array, ...]
    names: tuple[str, ...]
    weights: Array | None
    offset: Array | None
    keys: dict[str, Key]
    drops: dict[str, Rows]
    made: Any


def fit(
    formula: str,
    data: object,
    *,
    estimator: Estimator = "ppml",
    errors: Errors | str | None = None,
    columns: Columns | None = None,
    solver: Solver | None = None,
) -> GravityFit:
    """Estimate a gravity regression.

    ppml: E[y | x] = exp(x'b + fixed effects), by Poisson pseudo-maximum likelihood, zero flows kept.
    ols: E[log y | x, y > 0] = x'b + fixed effects, by least squares; `log(y) ~ ...` asks for it too. The
    dependent variable is a column or an expression of columns: `trade / gdp`, `log(trade + 1)`. Where `1`
    stands between `~` and `|`, the fixed effects alone are estimated.

    Parameters
    ----------
    formula : `trade ~ ln_dist + contig | exporter^year + importer^year + exporter^importer`.
    data : dict of arrays, or a pandas, Polars or PyArrow table; one row for each flow.
    estimator : "ppml" or "ols".
    errors : by default clustered by directed pair where the fixed effects name exporter and importer, else
        robust. A text means Errors(text).
    columns : weights, offset, keys.
    solver : tolerance and largest number of steps.

    Raises
    ------
    BadInput
        If a column is missing, holds what is no number, a flow is negative, a cell occurs twice, or nothing
        is left to estimate.
    NotConverged
        If the optimum was not reached.

    References
    ----------
    Santos Silva & Tenreyro (2006); Correia, Guimaraes & Zylkin (2019, 2020) for existence.

    Examples
    --------
    >>> flows = {
    ...     "trade": [9.0, 3.0, 1.0, 4.0, 8.0, 2.0, 0.0, 5.0, 7.0],
    ...     "ln_dist": [0.0, 1.0, 2.0, 1.0, 0.0, 1.5, 2.0, 1.5, 0.0],
    ...     "exporter": list("AAABBBCCC"),
    ...     "importer": list("ABCABCABC"),
    ... }
    >>> round(float(fit("trade ~ ln_dist | exporter + importer", flows).coefficients[0]), 4)
    -0.8783
    """
    if estimator not in {"ppml", "ols"}:
        why = f"there is no estimator {estimator!r}"
        raise BadInput(where="estimator", why=why, remedy="Use 'ppml' or 'ols'.")
    read = parse(formula)
    if read.logged:
        estimator = "ols"
    found = sides(read.effects)
    asked = kind_of(errors, found, names(data))
    columns = Columns() if columns is None else columns
    if not isinstance(columns, Columns):
        why = f"{columns!r} does not say what the columns are for"
        raise BadInput(where="columns", why=why, remedy="Say Columns(weights=...), offset, keys or where.")
    with cores():
        table, layout = _laid_out((read, estimator, asked), found, data, columns)
        return _estimate(table, layout, (read, estimator, asked), solver or Solver())


def _laid_out(
    asked: tuple[Formula, Estimator, Errors], found: Sides | None, data: object, columns: Columns
) -> tuple[_Table, Layout]:
    """Read the rows that the estimator can use, refuse cells that occur twice, and choose a layout."""
    read, estimator, errors = asked
    ways = () if errors.by == ROBUST else effects_of(errors.by, errors.by)
    table = _read(read, data, columns, [*read.effects, *ways])
    _check(table, read)
    if estimator == "ols":
        table = _keep(table, table.y > 0.0, sample.ZERO_FLOW)
    pairs = found is not None and found.pairs
    named = columns.keys or (found.keys if found is not None and pairs else ())
    # Where other columns than those of the cells name a row, rows have to be looked at.
    whole = found is not None and (not columns.keys or set(found.keys) <= set(columns.keys))
    complete = lay_out_complete(read.effects, table.keys, found) if found is not None and whole else None
    if complete is not None:
        return table, complete
    by_year = pairs and not columns.keys and YEAR not in named and YEAR in names(data)
    if by_year:
        check_single({**table.keys, YEAR: _of_rows(key(data, YEAR), table.rows)}, (*named, YEAR), table.rows)
    elif named:
        check_single(table.keys, named, table.rows)
    # Rows that are told apart by a further column may still share a cell of the tensor.
    told = found is not None and named == found.keys and not by_year
    single = told or (found is not None and not repeated(table.keys, found.keys).size)
    return table, lay_out(read.effects, table.keys, found, len(table.rows), single=single)


def _of_rows(one: Key, rows: Rows | range) -> Key:
    return one if isinstance(rows, range) else Key(one.codes[rows], one.labels)


def _read(formula: Formula, data: object, columns: Columns, groups: Sequence[Effect]) -> _Table:
    """Read the columns of the rows asked for, and leave out rows in which one is missing."""
    chosen, drops = None, dict[str, Rows]()
    if columns.where:
        met = meeting(data, columns.where)
        data, chosen, others = Chosen(data, met), np.flatnonzero(met), np.flatnonzero(~met)
        drops = {sample.NOT_CHOSEN: others} if others.size else {}
    y = dependent(formula, data)
    terms, values, made = regressors(formula, data)
    extra = {name: numbers(data, name) for name in (columns.weights, columns.offset) if name}
    wanted = dict.fromkeys([name for group in groups for name in group.columns] + list(columns.keys or ()))
    held = [raw(data, name) for name in wanted]
    keys = dict(zip(wanted, each(coded, held), strict=True))
    whole = [
        column.dtype.kind in "iub" or not (one.codes < 0).any()
        for column, one in zip(held, keys.values(), strict=True)
    ]
    explained = bare(formula.dependent)
    lengths = {explained: len(y), **{name: len(one.codes) for name, one in keys.items()}}
    lengths |= {name: len(column) for name, column in zip(terms, values, strict=True)}
    lengths |= {name: len(column) for name, column in extra.items()}
    for name, length in lengths.items():
        if length != len(y):
            why = f"it has {length:,} rows, and {explained!r} has {len(y):,}"
            raise BadInput(where=f"column {name!r}", why=why, remedy="Give columns of equal length.")
    rows = range(len(y)) if chosen is None else chosen
    columns_read = (y, *values, *extra.values())
    with np.errstate(over="ignore", invalid="ignore"):
        # A sum is finite only if all that it adds up is.
        sound = each(lambda column: math.isfinite(column.sum()), columns_read)
    wrong = np.zeros(0 if all(sound) and all(whole) else len(y), dtype=bool)
    for name, column, good in zip((explained, *terms, *extra), columns_read, sound, strict=True):
        if good:
            continue
        if np.isinf(column).any():
            row = int(rows[np.flatnonzero(np.isinf(column))[0]])
            remedy = "Take the logarithm of positive numbers only, or leave the row out."
            raise BadInput(where=f"column {name!r}, row {row}", why="it is infinite", remedy=remedy)
        wrong |= np.isnan(column)
    for one, good in zip(keys.values(), whole, strict=True):
        if not good:
            wrong |= one.codes < 0
    weights = extra.get(columns.weights or "")
    table = _Table(
        rows, y, tuple(values), terms, weights, extra.get(columns.offset or ""), keys, drops, made
    )  # fmt: skip
    return _keep(table, ~wrong, sample.MISSING) if len(wrong) else table


def _keep(table: _Table, keep: NDArray[np.bool_], reason: str) -> _Table:
    if keep.all():
        return table
    rows = np.arange(len(table.rows)) if isinstance(table.rows, range) else table.rows
    return _Table(
        rows[keep],
        table.y[keep],
        tuple(column[keep] for column in table.x),
        table.names,
        None if table.weights is None else table.weights[keep],
        None if table.offset is None else table.offset[keep],
        {name: Key(one.codes[keep], one.labels) for name, one in table.keys.items()},
        {**table.drops, reason: rows[~keep]},
        table.made,
    )


def _check(table: _Table, formula: Formula) -> None:
    dependent = bare(formula.dependent)
    if not len(table.rows):
        raise BadInput(where="the data", why="no row is complete", remedy="Look for columns that are empty.")
    if not table.names and not (formula.effects and formula.regressors):
        remedy = "Name a column between `~` and `|`, or write `~ 1 |` for fixed effects alone."
        raise BadInput(where="the formula", why="it has no regressor", remedy=remedy)
    if table.y.min() < 0.0:
        negative = np.flatnonzero(table.y < 0.0)
        raise BadInput(
            where=f"column {dependent!r}, row {table.rows[negative[0]]}",
            why=f"{len(negative):,} flows are negative, the first is {table.y[negative[0]]:g}",
            remedy="Trade cannot be negative; mend the rows or leave them out.",
        )
    largest = float(table.y.max())
    alone = table.y.sum() - largest < largest / BEYOND and np.count_nonzero(table.y) > 1
    if largest > LARGEST or alone:
        raise BadInput(
            where=f"column {dependent!r}, row {table.rows[int(table.y.argmax())]}",
            why=f"a flow is {largest:.3g}, beside which the others are lost in rounding",
            remedy="Look for a fault in that row, and for a wrong unit.",
        )
    if not table.y.any():
        why = "all flows are zero"
        raise BadInput(where=f"column {dependent!r}", why=why, remedy="Give data with trade.")
    if table.offset is None and np.ptp(table.y) == 0.0:
        raise BadInput(
            where=f"column {dependent!r}",
            why=f"it is {table.y[0]:g} in all rows: there is nothing to explain",
            remedy="Give flows that vary, or choose other rows.",
        )
    if table.weights is not None and (table.weights < 0.0).any():
        raise BadInput(where="weights", why="a weight is negative", remedy="Weights are zero or more.")
    for name, column in zip(table.names, table.x, strict=True):
        if name != INTERCEPT and INTERCEPT in table.names and np.ptp(column) == 0.0:
            why = f"it is {column[0]:g} in all rows"
            raise BadInput(where=f"column {name!r}", why=why, remedy="Leave it out of the formula.")


def _estimate(
    table: _Table, layout: Layout, asked: tuple[Formula, Estimator, Errors], solver: Solver
) -> GravityFit:
    """Estimate in cells and bring everything back to rows."""
    formula, estimator, _ = asked
    weights = table.weights
    if weights is not None and not weights.all():
        table = _keep(table, weights > 0.0, sample.NO_WEIGHT)
        known = sides(formula.effects)
        single = not layout.name.startswith("sparse")
        layout = lay_out(formula.effects, table.keys, known, len(table.rows), single=single)
        return _estimate(table, layout, asked, solver)
    value = np.log(table.y) if estimator == "ols" else table.y
    base = weights
    if table.offset is not None and estimator == "ols":
        value = value - table.offset
    elif table.offset is not None:
        base = np.exp(table.offset) if weights is None else weights * np.exp(table.offset)
    target = value if weights is None else value * weights
    regressors = layout.cells(*table.x)
    cells = estimate.Cells(
        layout.cells(target)[0],
        layout.ones() if base is None else layout.cells(base)[0],
        regressors,
        table.names,
        layout.effects,
        INTERCEPT in table.names,
        spare=regressors.flags.owndata,
    )
    found = estimate.poisson(cells, solver) if estimator == "ppml" else estimate.least_squares(cells)
    return _result(table, layout, asked, cells, found)


def _bread(gram: Array) -> Array:
    """Return the inverse, taken in units in which the diagonal is one."""
    scale = 1.0 / np.sqrt(np.diag(gram))
    out: Array = np.linalg.inv(gram * np.outer(scale, scale)) * np.outer(scale, scale)
    return out


def _result(
    table: _Table,
    layout: Layout,
    asked: tuple[Formula, Estimator, Errors],
    cells: estimate.Cells,
    found: estimate.Estimate,
) -> GravityFit:
    formula, estimator, errors = asked
    used = Used(
        found.count,
        estimator == "ppml",
        layout,
        _given(table, layout, plain=estimator == "ppml"),
        Ended(found.base, _own(cells.target, table.y), found.predictor, found.projected),
    )
    live = dict(zip(layout.order, found.live, strict=True))
    parts = Sandwich(_bread(found.gram), used, formula.effects, tuple(live[at] for at in sorted(live)))
    drops = dict(table.drops)
    for reason, where in found.dropped.items():
        left_out = np.flatnonzero(layout.rows(where))
        drops[reason] = left_out if isinstance(table.rows, range) else table.rows[left_out]
    levels = {
        str(formula.effects[number]): Levels(formula.effects[number].columns, values)
        for number, values in zip(layout.order, layout.known(found.levels), strict=True)
    }
    return GravityFit(
        formula=formula.text,
        estimator=estimator,
        names=tuple(table.names[at] for at in found.kept),
        coefficients=found.slopes,
        covariance=covariance(parts, errors),
        sandwich=parts,
        drops=sample.Drops(drops),
        dropped_regressors={table.names[at]: why for at, why in found.gone.items()},
        effects=levels,
        steps=found.steps,
        method=layout.name,
        made=table.made,
    )


def _given(table: _Table, layout: Layout, *, plain: bool) -> Given:
    """Return the rows that were laid out; of flows and codes only what the cells do not tell as well."""
    return Given(
        None if isinstance(table.rows, range) else table.rows,
        None if plain and table.weights is None else table.y.copy(),
        None if table.weights is None else table.weights.copy(),
        None if table.offset is None else table.offset.copy(),
        {
            name: Key(np.empty(0, dtype=np.intp) if name in layout.named else one.codes.copy(), one.labels)
            for name, one in table.keys.items()
        },
    )


def _own(cells: Array, column: Array) -> Array:
    """Return cells that are no view of a column: what becomes of the data is no business of the result."""
    return cells.copy() if np.may_share_memory(cells, column) else cells
