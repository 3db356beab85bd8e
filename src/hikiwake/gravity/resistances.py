"""Multilateral resistances, read off the fixed effects of a structural gravity estimate."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput
from hikiwake.gravity.columns import combine
from hikiwake.gravity.effects import Array
from hikiwake.gravity.layout import Sides, sides
from hikiwake.gravity.predictions import effect_at_rows
from hikiwake.gravity.results import GravityFit

Labels = NDArray[np.generic]


class Resistances(NamedTuple):
    """One row for each economy and time, (n,) each; NaN where an economy does not sell, or does not buy.

    outward, inward : Pi^(1-sigma) and P^(1-sigma), with P of the reference at one in each time.
    output, expenditure : what the economy sells and buys in the sample.
    """

    economy: Labels
    time: tuple[Labels, ...]
    outward: Array
    inward: Array
    output: Array
    expenditure: Array

    def prices(self, sigma: float) -> tuple[Array, Array]:
        """Return Pi and P themselves, for an elasticity of substitution above one."""
        if sigma <= 1.0:
            why = "the elasticity of substitution must be above one"
            raise BadInput(where=f"sigma {sigma:g}", why=why, remedy="Say 7, or 5.")
        return self.outward ** (1.0 / (1.0 - sigma)), self.inward ** (1.0 / (1.0 - sigma))


def resistances(found: GravityFit, reference: str) -> Resistances:
    """Return the multilateral resistances of a Poisson estimate with exporter-time and importer-time effects.

    Fitted sums equal actual sums by exporter and by importer (Fally 2015), so that the effects are
    exp(alpha_i) = Y_i / Pi_i^(1-sigma) and exp(gamma_j) = E_j / P_j^(1-sigma) up to one factor in each time,
    which the inward resistance of the reference fixes at one:

    Pi_i^(1-sigma) = Y_i E_R / (exp(alpha_i) exp(gamma_R))
    P_j^(1-sigma) = E_j exp(gamma_R) / (E_R exp(gamma_j))

    Parameters
    ----------
    reference : the economy whose inward resistance is one.

    Raises
    ------
    BadInput
        If the estimate is none such, or the reference does not buy in some time.

    References
    ----------
    Anderson & van Wincoop (2003), Am. Econ. Rev. 93:170; Fally (2015), J. Int. Econ. 97:76; Anderson, Larch &
    Yotov (2018), World Economy 41:2750. Without domestic flows output and expenditure are what is sold and
    bought abroad, and the resistances are those of that trade.
    """
    named = sides(found.sandwich.effects)
    if named is None or found.estimator != "ppml":
        raise BadInput(
            where="multilateral resistances",
            why="they are read off a Poisson estimate with exporter-time and importer-time effects",
            remedy="Estimate `trade ~ ... | exporter^year + importer^year`.",
        )
    sales, purchases = (_side(found, named, at) for at in (0, 1))
    held = np.isin(purchases.economy.astype(str), reference)
    base = {tuple(time): n for n, time in zip(np.flatnonzero(held), purchases.times[held], strict=True)}
    rows = sorted(set(sales.place) | set(purchases.place))
    missing = sorted({row[1:] for row in rows} - set(base))
    if missing:
        raise BadInput(
            where=f"reference {reference!r}",
            why=f"it buys nothing in {', '.join(map(str, missing[0])) or 'the sample'}",
            remedy="Choose an economy that is in every time.",
        )
    out = np.full((4, len(rows)), np.nan)
    for n, row in enumerate(rows):
        at = base[row[1:]]
        unit, spent = purchases.effect[at], purchases.total[at]
        if row in sales.place:
            own = sales.place[row]
            out[0, n] = sales.total[own] * spent / np.exp(sales.effect[own] + unit)
            out[2, n] = sales.total[own]
        if row in purchases.place:
            own = purchases.place[row]
            out[1, n] = purchases.total[own] / spent * np.exp(unit - purchases.effect[own])
            out[3, n] = purchases.total[own]
    economy = np.array([row[0] for row in rows], dtype=object)
    time = tuple(np.array([row[1 + n] for row in rows]) for n in range(len(named.time)))
    return Resistances(economy, time, *out)


class _Side(NamedTuple):
    """The levels of one side that are used: who, when (n, times), the effect, and the sum of the flows."""

    economy: Labels
    times: Labels
    effect: Array
    total: Array

    @property
    def place(self) -> dict[tuple[object, ...], int]:
        """Where each (economy, time, ...) stands."""
        return {
            (str(e), *t): n for n, (e, t) in enumerate(zip(self.economy, self.times.tolist(), strict=True))
        }


def _side(found: GravityFit, named: Sides, which: int) -> _Side:
    keys = found.sandwich.keys
    own = (named.exporter, named.importer)[which]
    columns = (own, *named.time)
    codes, size = combine([keys[name] for name in columns])
    total: Array = np.bincount(codes, weights=found.dependent, minlength=size).astype(np.float64)
    levels = np.flatnonzero(np.bincount(codes, minlength=size))
    first = np.full(size, -1, dtype=np.intp)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    rows = first[levels]
    effect = effect_at_rows(found, found.sandwich.effects[named.order[which]])[rows]
    labels = [np.asarray(keys[name].labels)[keys[name].codes[rows]] for name in columns]
    times = np.stack(labels[1:], axis=1) if named.time else np.empty((len(rows), 0))
    return _Side(labels[0], times, effect, total[levels])
