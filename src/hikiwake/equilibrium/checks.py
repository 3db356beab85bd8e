"""What the solvers accept; whatever else is refused with the place, the reason and the remedy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hikiwake.core.errors import BadInput, NoData

Array = NDArray[np.float64]


def numbers(name: str, values: ArrayLike, shape: tuple[int, ...] | None = None) -> Array:
    """Return values as float64 of a given shape (a single number is spread over it), without NaN."""
    array = np.asarray(values, dtype=np.float64)
    if shape is not None:
        try:
            array = np.broadcast_to(array, shape)
        except ValueError:
            raise BadInput(
                where=name,
                why=f"its shape is {array.shape} and must be {shape}",
                remedy="Give one value for each economy (and sector) in the order of the trade flows.",
            ) from None
    if np.isnan(array.min(initial=np.inf)):  # the least is NaN where any is, and no array of marks is made
        raise BadInput(
            where=f"{name}{_first(np.isnan(array))}",
            why="a value is missing (NaN)",
            remedy="Fill the gap, or leave the economy out of the model.",
        )
    return array


def amounts(name: str, values: ArrayLike, shape: tuple[int, ...] | None = None) -> Array:
    """Return finite values that are zero or more."""
    array = numbers(name, values, shape)
    if array.min(initial=0.0) < 0.0 or array.max(initial=0.0) == np.inf:
        wrong = ~np.isfinite(array) | (array < 0.0)
        raise BadInput(
            where=f"{name}{_first(wrong)}",
            why=f"the value is {array[wrong][0]:g}, and it must be finite and not negative",
            remedy="Correct it; changes of stocks that are negative go to final use of the supplier.",
        )
    return array


def positive(name: str, values: ArrayLike, shape: tuple[int, ...] | None = None) -> Array:
    """Return finite values above zero."""
    return _above_zero(
        name,
        values,
        shape,
        why="the value is {:g}, and it must be finite and above zero",
        remedy="Changes are ratios (1: no change); a change to nothing is an embargo.",
    )


def elasticity(values: ArrayLike, shape: tuple[int, ...] = ()) -> Array:
    """Return trade elasticities theta = sigma - 1 > 0.

    With sigma <= 1 varieties are no substitutes: an embargo would leave no finite price.
    """
    return _above_zero(
        "theta",
        values,
        shape,
        why="the trade elasticity is {:g}; the model needs theta > 0, that is sigma > 1",
        remedy="Give theta = sigma - 1 > 0, or set a floor under estimates near zero.",
    )


def _above_zero(
    name: str, values: ArrayLike, shape: tuple[int, ...] | None, *, why: str, remedy: str
) -> Array:
    array = numbers(name, values, shape)
    wrong = ~np.isfinite(array) | (array <= 0.0)
    if wrong.any():
        raise BadInput(where=f"{name}{_first(wrong)}", why=why.format(array[wrong][0]), remedy=remedy)
    return array


def held(values: Array) -> Array:
    """Return a copy that nobody can write to: what is worked out from it is kept, and must stay true."""
    copy = np.array(values, dtype=np.float64)
    copy.setflags(write=False)
    return copy


def flows(name: str, values: ArrayLike) -> Array:
    """Return a square matrix of trade, exporters by importers, whose diagonal holds domestic sales."""
    array = amounts(name, values)
    if array.ndim != 2 or array.shape[0] != array.shape[1] or array.shape[0] < 2:
        raise BadInput(
            where=name,
            why=f"its shape is {array.shape}",
            remedy="Give a square matrix, exporters by importers, of two economies or more.",
        )
    domestic(name, np.diagonal(array))
    return array


def domestic(name: str, sales: Array) -> None:
    """Refuse an economy without sales at home: its share of home goods has no logarithm."""
    missing = sales <= 0.0
    if missing.any():
        place = int(np.flatnonzero(missing)[0])
        raise BadInput(
            where=f"{name}[{place}, {place}]",
            why="domestic sales are missing",
            remedy="Give output less exports on the diagonal, or leave the economy out.",
        )


def shares(name: str, values: ArrayLike, axis: int) -> Array:
    """Return shares that sum to one along an axis."""
    array = amounts(name, values)
    total = array.sum(axis=axis)
    # Shares are quotients of sums of thousands of cells: far above rounding, far below a forgotten cell.
    wrong = np.abs(total - 1.0) > 1e-9
    if wrong.any():
        raise BadInput(
            where=f"{name}{_first(wrong)}",
            why=f"the shares sum to {total[wrong][0]:.9g} and not to 1",
            remedy="Divide by their sum, or add what is missing.",
        )
    return array


def place(economies: Sequence[str], name: str) -> int:
    """Return the place of an economy among those of the data."""
    if name not in economies:
        import difflib

        close = difflib.get_close_matches(name.upper(), economies, n=1)
        hint = f"Did you mean {close[0]}? " if close else ""
        raise NoData(
            where=f"economy {name!r}",
            why=f"the data of the model hold {len(economies)} economies, and this is none of them",
            remedy=f"{hint}Choose one of: {', '.join(economies)}.",
        )
    return list(economies).index(name)


def _first(wrong: NDArray[np.bool_]) -> str:
    at = np.argwhere(wrong)[0]
    return f"[{', '.join(str(int(n)) for n in at)}]" if at.size else ""
