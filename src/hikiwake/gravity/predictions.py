"""What an estimate expects of rows that it may never have seen."""

from __future__ import annotations

import numpy as np

from hikiwake.gravity.columns import Key, combine, key, numbers
from hikiwake.gravity.effects import Array
from hikiwake.gravity.formula import Effect, parse
from hikiwake.gravity.layout import sides
from hikiwake.gravity.results import GravityFit
from hikiwake.gravity.terms import regressors


def predict(found: GravityFit, data: object, *, offset: str | None = None) -> Array:
    """Return the expected flows of the rows of a table; for least squares, their expected logarithms.

    Parameters
    ----------
    data : a table with the columns of the formula; the dependent one is not needed.
    offset : the column of the offset, where the estimate had one.

    Returns
    -------
    (n,) NaN where a regressor is missing or a fixed effect was not estimated: nothing is known of an exporter
    in a year that the estimate did not use.

    Raises
    ------
    BadInput
        If a column is missing, or the data hold a category that the estimate did not.
    """
    formula = parse(found.formula)
    names, columns, _ = regressors(formula, data, found.made)
    by_name = dict(zip(names, columns, strict=True))
    rows = len(columns[0]) if columns else len(key(data, formula.effects[0].columns[0]).codes)
    total = np.zeros(rows) if offset is None else numbers(data, offset).copy()
    for name, slope in zip(found.names, found.coefficients, strict=True):
        total += float(slope) * by_name[name]
    for effect in formula.effects:
        total += _effect(found, effect, data)
    return np.exp(total) if found.estimator == "ppml" else total


def _effect(found: GravityFit, effect: Effect, data: object) -> Array:
    """Return the value of one effect at each row, NaN where its level was not used."""
    held = [found.sandwich.keys[name] for name in effect.columns]
    asked = [_placed(key(data, name), old) for name, old in zip(effect.columns, held, strict=True)]
    known = np.logical_and.reduce([one.codes >= 0 for one in asked])
    both = [
        Key(np.concatenate([old.codes, np.maximum(new.codes, 0)]), old.labels)
        for old, new in zip(held, asked, strict=True)
    ]
    codes, size = combine(both, unordered=effect.unordered)
    rows = found.observations
    values = np.full(size, np.nan)
    values[codes[:rows]] = effect_at_rows(found, effect)
    out: Array = np.where(known, values[codes[rows:]], np.nan)
    return out


def _placed(new: Key, old: Key) -> Key:
    """Return new rows as positions in the labels of the estimate, -1 where they are not among them."""
    place = {str(label): n for n, label in enumerate(np.asarray(old.labels).tolist())}
    of_label = np.array([place.get(str(label), -1) for label in np.asarray(new.labels).tolist()] or [-1])
    return Key(np.where(new.codes >= 0, of_label[np.maximum(new.codes, 0)], -1), old.labels)


def effect_at_rows(found: GravityFit, effect: Effect) -> Array:
    """Return the estimated value of a fixed effect at each row that was used, (n,)."""
    keys, values = found.sandwich.keys, found.effects[str(effect)].values
    if values.ndim == 1:
        codes, _ = combine([keys[name] for name in effect.columns], unordered=effect.unordered)
        return np.asarray(values[codes])
    named = sides(found.sandwich.effects)
    if named is None:
        msg = "only designs of exporters and importers have effects of two axes"
        raise ValueError(msg)
    exporter, importer = keys[named.exporter].codes, keys[named.importer].codes
    rows = np.zeros(found.observations, dtype=np.intp)
    time = combine([keys[name] for name in named.time])[0] if named.time else rows
    which = named.order.index(found.sandwich.effects.index(effect))
    first, second = ((time, exporter), (time, importer), (exporter, importer))[which]
    return np.asarray(values[first, second])
