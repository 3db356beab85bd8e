"""Covariates of pairs that the reader brought in, beside the rows of a table of flows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from hikiwake.core.country import known
from hikiwake.core.errors import BadInput

if TYPE_CHECKING:
    from hikiwake.store.tables import Tables

DYADS = "dyads"
LOG = "ln_"
_NAME = re.compile(r"[A-Za-z_]\w*")
KEYS = ("exporter", "importer")


def covariates(
    tables: Tables, rows: Mapping[str, Sequence[Any]], formulas: Sequence[str]
) -> dict[str, NDArray[np.float64]]:
    """Return what formulas name and a table of flows lacks, from the vintage's table of pairs.

    Parameters
    ----------
    rows : columns of flows; `exporter` and `importer` (any names or codes) and, where covariates have years,
        `year` say which pair a row is of.
    formulas : only names in them are looked for; `ln_NAME` is the logarithm of NAME.

    Returns
    -------
    Columns of as many numbers as there are rows; NaN where the pair, the year or the number is missing.
    Empty where the flows lack nothing that the vintage has.

    Raises
    ------
    BadInput : covariates are wanted, and the flows do not say of which pair or year a row is.
    """
    schema = tables.frame(DYADS).collect_schema()
    held = {name for name in schema.names() if schema[name].is_numeric()}
    named = {name for formula in formulas for name in _NAME.findall(formula)} - set(rows)
    wanted = sorted(name for name in named if name in held or name.removeprefix(LOG) in held)
    if not wanted:
        return {}
    keys = (*KEYS, "year") if "year" in schema else KEYS
    lacking = [key for key in keys if key not in rows]
    if lacking:
        raise BadInput(
            where=", ".join(wanted),
            why=f"covariates are of pairs, and the table has no column {' or '.join(lacking)}",
            remedy=f"Call the columns {', '.join(keys)}.",
        )
    columns = sorted({name.removeprefix(LOG) if name not in held else name for name in wanted})
    years = sorted({int(year) for year in rows["year"] if _is_year(year)}) if "year" in schema else []
    frame = tables.frame(DYADS)
    if years:
        frame = frame.filter(nw.col("year").is_in(years))
    found = tables.collect(frame.select(*keys, *columns))
    place = {key: n for n, key in enumerate(zip(*(found[key].tolist() for key in keys), strict=True))}
    at = np.array([place.get(key, -1) for key in _keys(rows, keys)], dtype=np.int64)
    made: dict[str, NDArray[np.float64]] = {}
    for name in wanted:
        column = name if name in held else name.removeprefix(LOG)
        values = np.append(found[column].astype(np.float64), np.nan)[at]
        if name not in held:
            values = np.log(values, out=np.full_like(values, np.nan), where=values > 0.0)
        made[name] = values
    return made


def _keys(rows: Mapping[str, Sequence[Any]], keys: tuple[str, ...]) -> list[tuple[Any, ...]]:
    economies: dict[str, str] = {}

    def economy(text: Any) -> str:
        name = str(text)
        if name not in economies:
            which = known(name)
            economies[name] = which.id if which else ""
        return economies[name]

    sides = [[economy(one) for one in rows[key]] for key in KEYS]
    years = [[int(year) if _is_year(year) else None for year in rows["year"]]] if "year" in keys else []
    return list(zip(*sides, *years, strict=True))


def _is_year(value: Any) -> bool:
    try:
        return float(value) == int(float(value))
    except (TypeError, ValueError, OverflowError):
        return False
