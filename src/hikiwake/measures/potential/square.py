"""One year's flows between all economies, with what lies between them, as square arrays."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from hikiwake.measures.background import BORDERS, DISTANCES
from hikiwake.measures.flows import FLOWS as TRADE
from hikiwake.measures.flows import traded, world_flows
from hikiwake.measures.intermediate.formulas import FLOWS as DELIVERIES
from hikiwake.measures.intermediate.formulas import INDUSTRIES
from hikiwake.measures.places import distinct, positions
from hikiwake.measures.potential import goods
from hikiwake.measures.potential.formulas import LANGUAGES

if TYPE_CHECKING:
    from hikiwake.store.tables import Columns, Tables

Array = NDArray[np.float64]
COVARIATES = ("ln_dist", "border", "language", "ln_harmonic")
MAIN = ("ln_dist", "border", "language")
"""What an expectation rests on beside the two economies themselves."""


class Added(msgspec.Struct, frozen=True):
    """Covariates from a table of pairs that the reader brought in.

    names : in the square. year : of the table, None where it has none. known : part of the value of all flows
    that is between pairs of which all of them are known.
    """

    names: tuple[str, ...]
    year: int | None
    known: float


class Square(msgspec.Struct, frozen=True):
    """Flows between N economies in a year.

    flows : (G, N, N) USD from exporter (row) to importer, by group of products or industries; 0 at home.
    covariates : (C, N, N) by `names`: log of the weighted distance, a land border, an official language in
        common, log of the harmonic mean of distances; a pair without a known distance has NaN and is left
        out.
    main : those that an expectation rests on.
    home : (N,) USD that each economy delivers to itself; empty where the data do not say.
    added : what came from a table of pairs of the reader's own.
    """

    economies: tuple[str, ...]
    groups: tuple[str, ...]
    flows: Array
    covariates: Array
    names: tuple[str, ...] = COVARIATES
    main: tuple[str, ...] = MAIN
    home: tuple[float, ...] = ()
    added: Added | None = None

    @property
    def total(self) -> Array:
        """(N, N): the sum over groups."""
        return np.asarray(self.flows.sum(axis=0))

    def covariate(self, name: str) -> Array:
        """(N, N): one covariate."""
        return np.asarray(self.covariates[self.names.index(name)])


def deliveries(tables: Tables, year: int) -> Square:
    """Return intermediate deliveries by sector group of the selling industry, and those at home."""
    everything = tables.collect(
        tables.frame(DELIVERIES)
        .filter(nw.col("year") == year)
        .join(tables.frame(INDUSTRIES).select("code", "group_code"), left_on="industry", right_on="code")
        .group_by("exporter", "importer", "group_code")
        .agg(nw.col("value").sum())
    )
    at_home = everything["exporter"] == everything["importer"]
    found = _square(tables, {name: column[~at_home] for name, column in everything.items()}, "group_code")
    home = dict.fromkeys(found.economies, 0.0)
    for economy, value in zip(everything["exporter"][at_home], everything["value"][at_home], strict=True):
        if economy in home:
            home[economy] += float(value)
    return msgspec.structs.replace(found, home=tuple(home.values()) if at_home.any() else ())


def trade(tables: Tables, year: int) -> Square:
    """Return the covered trade in goods by chapter of the product, or by section of the Harmonised System."""
    return trades(tables, (year,))[year]


def trades(tables: Tables, years: Collection[int]) -> dict[int, Square]:
    """Return the same of several years, all between the economies that are in any of them."""
    flows = tables.frame(TRADE, years=years).filter(
        nw.col("year").is_in(list(years)) & (nw.col("exporter") != nw.col("importer"))
    )
    everything = world_flows(tables)
    held = set(everything["product"][np.isin(everything["year"], list(years))].tolist())
    groups = goods.groups_of(held)
    rows = tables.collect(
        flows.with_columns(group=goods.place(nw.col("product"), groups))
        .group_by("year", "exporter", "importer", "group")
        .agg(nw.col("value").sum())
    )
    present = np.unique(rows["group"]).tolist()
    squares = _squares(tables, rows, ("group", present), ("year", years))
    named = tuple(groups[place] for place in present)
    return {
        year: msgspec.structs.replace(square, groups=named)
        for year, square in zip(years, squares, strict=True)
    }


def years_before(tables: Tables, square: Square, years: Sequence[int]) -> Array:
    """Return the covered trade (len(years), N, N) of ascending years between the economies of a square."""
    rows = tables.collect(
        traded(tables).filter(nw.col("year").is_in(list(years)) & (nw.col("exporter") != nw.col("importer")))
    )
    known = np.array(square.economies)  # in the order of their codes
    sides = [rows[side].astype(str) for side in ("exporter", "importer")]
    i, j = (np.minimum(np.searchsorted(known, names), len(known) - 1) for names in sides)
    layer = np.searchsorted(np.array(years), rows["year"].astype(np.int64))
    held = (known[i] == sides[0]) & (known[j] == sides[1])
    out = np.zeros((len(years), len(known), len(known)))
    out[layer[held], i[held], j[held]] = rows["value"][held]
    return out


def _square(tables: Tables, rows: Columns, group: str) -> Square:
    groups = (group, distinct(rows[group]))
    return _squares(tables, {**rows, "one": np.zeros(len(rows[group]))}, groups, ("one", (0,)))[0]


def _squares(
    tables: Tables, rows: Columns, group: tuple[str, Sequence[Any]], layer: tuple[str, Collection[int]]
) -> tuple[Square, ...]:
    """Return a square for each layer (year) of long rows, all of the same economies and groups.

    Groups and layers are told by the names of their columns and what these hold.
    """
    economies = distinct(rows["exporter"], rows["importer"])
    (of_group, groups), (of_layer, layers) = group, layer
    out = np.zeros((len(layers), len(groups), len(economies), len(economies)))
    at = (
        positions(rows[of_layer], layers),
        positions(rows[of_group], groups),
        *(positions(rows[side], economies) for side in ("exporter", "importer")),
    )
    np.add.at(out, at, rows["value"].astype(np.float64))
    between = _between(tables, {economy: n for n, economy in enumerate(economies)})
    return tuple(Square(economies, tuple(groups), flows, between) for flows in out)


def _between(tables: Tables, place: dict[str, int]) -> Array:
    size = len(place)
    rows = tables.collect_once("all distances", lambda: tables.frame(DISTANCES))
    distance, harmonic = _logs(rows, ("weighted_km", "harmonic_km"), place)
    border = np.zeros((size, size))
    rows = tables.collect_once("all borders", lambda: tables.frame(BORDERS))
    for one, other, kind in zip(rows["economy"], rows["neighbour"], rows["kind"], strict=True):
        i, j = place.get(str(one)), place.get(str(other))
        if i is not None and j is not None and str(kind) == "land":
            border[i, j] = border[j, i] = 1.0
    spoken: dict[str, set[int]] = {}
    rows = tables.collect_once("all official languages", lambda: tables.frame(LANGUAGES))
    for one, language in zip(rows["economy"], rows["language"], strict=True):
        if str(one) in place:
            spoken.setdefault(str(language), set()).add(place[str(one)])
    common = np.zeros((size, size))
    for members in spoken.values():
        common[np.ix_(sorted(members), sorted(members))] = 1.0
    return np.stack([distance, border, common, harmonic])


def _logs(rows: Columns, columns: Sequence[str], place: dict[str, int]) -> list[Array]:
    """Return logs of kilometres between the economies that have a place, for each column."""
    i, j = (
        np.fromiter((place.get(code, -1) for code in rows[side].tolist()), np.int64, len(rows[side]))
        for side in ("economy", "partner")
    )
    known = (i >= 0) & (j >= 0)
    out = []
    for column in columns:
        km = np.array(rows[column], dtype=np.float64)
        held = known & (km > 0.0)
        logs = np.full((len(place), len(place)), np.nan)
        # Both ways of a row before the next row: of two that disagree the last one counts, both ways.
        at = np.stack([i[held], j[held]], axis=1), np.stack([j[held], i[held]], axis=1)
        logs[at] = np.log(km[held])[:, None]
        out.append(logs)
    return out
