"""A world of many sectors linked by inputs, before a shock."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from hikiwake.core.errors import BadInput
from hikiwake.equilibrium import checks
from hikiwake.equilibrium.checks import Array


class Sectors(msgspec.Struct, frozen=True, eq=False):
    """Trade and inputs of n economies and k sectors in one currency, made by `sectors`.

    `flows` (k, n, n) are sales of a sector's goods of row i to column j before duty; `tariffs` (k, n, n)
    rates on them, None where there are none. `inputs` (n, k, k) are what an economy's using sector (second
    axis) spends on goods of a supplying sector (third), as shares of its output; `value_added` (n, k) is the
    rest; together they sum to one. `final` (n, k) are shares of sectors in final spending.
    """

    flows: Array
    tariffs: Array | None
    inputs: Array
    value_added: Array
    final: Array
    economies: tuple[str, ...]
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        """Keep arrays of its own."""
        for name in ("flows", "tariffs", "inputs", "value_added", "final"):
            values = getattr(self, name)
            if values is not None:
                msgspec.structs.force_setattr(self, name, checks.held(values))

    @property
    def output(self) -> Array:
        """What each sector of each economy sells, (k, n)."""
        sold: Array = self.flows.sum(axis=2)
        return sold

    @property
    def bought(self) -> Array:
        """What each economy spends on goods of each sector, duty included, (k, n)."""
        paid = self.flows if self.tariffs is None else self.flows * (1.0 + self.tariffs)
        spent: Array = paid.sum(axis=1)
        return spent

    @property
    def earned(self) -> Array:
        """Value added of each economy, (n,)."""
        earned: Array = (self.value_added * self.output.T).sum(axis=1)
        return earned

    @property
    def deficit(self) -> Array:
        """What each economy buys beyond its sales, before duty, (n,); sums to zero."""
        excess: Array = self.flows.sum(axis=(0, 1)) - self.flows.sum(axis=(0, 2))
        return excess

    @property
    def final_spending(self) -> Array:
        """What each economy spends on final goods, duty included, (n,)."""
        duty = 0.0 if self.tariffs is None else (self.flows * self.tariffs).sum(axis=(0, 1))
        return np.asarray(self.earned + self.deficit + duty)

    @property
    def shares(self) -> Array:
        """Share of each origin in spending on a sector, (k, n, n); all home where nothing is spent."""
        paid = self.flows if self.tariffs is None else self.flows * (1.0 + self.tariffs)
        whole = paid.sum(axis=1)
        unused = whole <= 0.0
        parts: Array = paid / np.where(unused, 1.0, whole)[:, None, :]
        sector, economy = np.nonzero(unused)
        parts[sector, economy, economy] = 1.0
        return parts

    def place(self, economy: str) -> int:
        """Return the place of an economy; NoData names those there are."""
        return checks.place(self.economies, economy)


def sectors(
    flows: ArrayLike,
    inputs: ArrayLike,
    *,
    tariffs: ArrayLike | None = None,
    economies: Sequence[str] = (),
    names: Sequence[str] = (),
) -> Sectors:
    """Check a world of many sectors.

    Parameters
    ----------
    flows : (k, n, n) float, sales of a sector's goods of row i to column j before duty, for all uses, in any
        one currency, with domestic sales on the diagonals.
    inputs : (n, k, k) float, what an economy's using sector (second axis) spends on goods of a supplying
        sector (third) of all origins, duty included, in the same currency. What is bought beyond that
        is final.
    tariffs : (k, n, n) float, rates of duty (0.1: ten per cent), or None.
    economies, names : names of the economies and of the sectors.

    Raises
    ------
    BadInput
        If shapes do not fit, values are negative or missing, an economy sells nothing at home, a sector uses
        more inputs than it sells, or an economy's sectors use more of a good than it buys.

    Examples
    --------
    >>> linked = sectors([[[8.0, 2.0], [2.0, 8.0]]], [[[5.0]], [[5.0]]])
    >>> linked.value_added.ravel(), linked.final_spending
    (array([0.5, 0.5]), array([5., 5.]))
    """
    traded = _traded(flows)
    k, n, _ = traded.shape
    used = checks.amounts("inputs", inputs, (n, k, k))
    rates = None if tariffs is None else np.array(checks.amounts("tariffs", tariffs, traded.shape))
    _one_name_each("economies", economies, n)
    _one_name_each("names", names, k)
    output = traded.sum(axis=2).T
    paid = traded if rates is None else traded * (1.0 + rates)
    left = _left(output, used.sum(axis=2), "inputs", "uses more inputs than it sells")
    final = _left(paid.sum(axis=1).T, used.sum(axis=1), "flows", "is used up by more than is bought")
    busy = output > 0.0
    whole = np.where(busy, output, 1.0)
    spent = final.sum(axis=1, keepdims=True)
    checks.positive("final spending", spent[:, 0])
    return Sectors(
        flows=traded,
        tariffs=rates,
        inputs=np.where(busy, 1.0, 0.0)[:, :, None] * used / whole[:, :, None],
        value_added=np.where(busy, left / whole, 1.0),
        final=final / spent,
        economies=tuple(economies),
        names=tuple(names),
    )


def _traded(flows: ArrayLike) -> Array:
    """Return flows as an array (k, n, n), or refuse them."""
    traded = checks.amounts("flows", flows)
    if traded.ndim != 3 or traded.shape[1] != traded.shape[2] or traded.shape[1] < 2:
        raise BadInput(
            where="flows",
            why=f"their shape is {traded.shape}",
            remedy="Give sectors by exporters by importers, of two economies or more.",
        )
    checks.domestic("flows", np.einsum("kii->i", traded))
    return traded


def _one_name_each(where: str, given: Sequence[str], many: int) -> None:
    if given and len(set(given)) != many:
        raise BadInput(
            where=where,
            why=f"there are {len(set(given))} different names for {many}",
            remedy="Give one name for each, no name twice.",
        )


def _left(whole: Array, part: Array, where: str, what: str) -> Array:
    """Return whole less part, (n, k), nothing below zero but for rounding."""
    left = whole - part
    wrong = left < -1e-9 * np.maximum(whole, 1.0)
    if wrong.any():
        economy, sector = (int(at) for at in np.argwhere(wrong)[0])
        raise BadInput(
            where=f"{where}: economy {economy}, sector {sector}",
            why=f"the sector {what} ({part[economy, sector]:.6g} of {whole[economy, sector]:.6g})",
            remedy="Check that flows and inputs are in the same unit and cover the same uses.",
        )
    return np.maximum(left, 0.0)
