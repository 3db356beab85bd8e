"""How the change of a flow around an event stands among those of the importer's other suppliers, one by one.

A placebo comparison (Abadie, Diamond and Hainmueller 2010, J. Amer. Stat. Assoc. 105:493): had the event
done nothing, the flow would be as likely to stand anywhere among the others. It is no interval of an effect:
suppliers differ in what they sell, and the event may touch them too.
"""

from __future__ import annotations

from typing import NamedTuple

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from hikiwake.core.provenance import Fact
from hikiwake.measures.chronology import formulas
from hikiwake.measures.chronology.windows import Array, Window
from hikiwake.measures.flows import FLOWS, traded
from hikiwake.measures.statement import Statements
from hikiwake.measures.ties.levels import covered

WEIGHTY = 0.001
"""A supplier with a smaller part than this in what all sold before is left out: its changes are noise."""
FEWEST = 8
"""Fewer suppliers than these make no distribution."""


class Suppliers(NamedTuple):
    """What each supplier sold an importer: names, years, and values of shape (suppliers, years) in USD."""

    names: tuple[str, ...]
    years: tuple[int, ...]
    value: Array


def suppliers(say: Statements, importer: str) -> Suppliers:
    """Collect the covered imports of an economy by supplier and year."""
    tables = say.tables
    rows = tables.collect(traded(tables).filter(nw.col("importer") == importer))
    names, at = np.unique(rows["exporter"].astype(str), return_inverse=True)
    years, when = np.unique(rows["year"].astype(np.int64), return_inverse=True)
    value = np.zeros((len(names), len(years)))
    value[at, when] = rows["value"]
    return Suppliers(tuple(map(str, names)), tuple(map(int, years)), value)


def changes(held: Suppliers, but: str, window: Window) -> NDArray[np.float64]:
    """Return the change of each supplier of weight around an event, without one of them; in no order."""
    position = {year: place for place, year in enumerate(held.years)}
    if not set(window.years) <= set(position):
        return np.zeros(0)
    before, after = (
        held.value[:, [position[year] for year in side]].mean(axis=1)
        for side in (window.before, window.after)
    )
    weighty = (before > 0) & (before >= WEIGHTY * before.sum()) & (np.array(held.names) != but)
    found: NDArray[np.float64] = after[weighty] / before[weighty] - 1.0
    return found


def spread(say: Statements, exporter: str, importer: str, window: Window, own: float) -> dict[str, Fact]:
    """State the quartiles of the other suppliers' changes, how many there are, and how many are below `own`.

    Returns facts under `low`, `high`, `members`, `below`; nothing where there are too few, or no own change.
    """
    held = say.once(("suppliers by year", importer), lambda: suppliers(say, importer))
    others = changes(held, exporter, window)
    if len(others) < FEWEST or not np.isfinite(own):
        return {}
    low, high = (float(np.quantile(others, part)) for part in (0.25, 0.75))
    numbers = {
        "low": (formulas.QUARTILE, low, {"quartile": "lower"}),
        "high": (formulas.QUARTILE, high, {"quartile": "upper"}),
        "members": (formulas.COMPARED, float(len(others)), {}),
        "below": (formulas.BELOW, float(np.sum(others < own)), {}),
    }
    where = {"exporter": f"!{exporter}", "importer": importer, "year": ",".join(map(str, window.years))}
    subject = {"exporter": exporter, "importer": importer, **covered(say).subject}
    return {
        name: say.fact(formula, {**subject, **more}, window.span, value, table=FLOWS, where=where)
        for name, (formula, value, more) in numbers.items()
    }
