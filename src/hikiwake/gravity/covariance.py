"""Covariance of the slopes: robust, or clustered by one column or several.

    V = f B M B,  B = (X~' W X~)^-1,  M = sum_g s_g s_g',  s_g = sum_{c in cluster g} x~_c (y_c - mu_c)

With several clusterings the matrices of all their intersections are added and subtracted (Cameron, Gelbach &
Miller 2011). Two conventions for the factor f are in use:

========== =================================== ==========================================
convention f                                   who
========== =================================== ==========================================
clusters   G/(G-1)                             Stata's ppml, the Advanced Guide
parameters G/(G-1) (n-1)/(n-K)                 fixest and pyfixest
========== =================================== ==========================================

G is the number of clusters, the least of them where there are several; without clusters every row is one. K
counts the slopes and the levels of the effects that are not nested in a cluster, less one for each such
effect but the first; where all are nested, it counts one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from hikiwake.core.errors import BadInput
from hikiwake.gravity.columns import Codes, Key, combine
from hikiwake.gravity.effects import Array
from hikiwake.gravity.formula import Effect, effects_of
from hikiwake.gravity.habits import refuse_kind
from hikiwake.gravity.layout import Sides
from hikiwake.gravity.parallel import each
from hikiwake.gravity.used import Used

SmallSample = Literal["clusters", "parameters"]
BY_PAIR = "pair"
ROBUST = "robust"
FEW_ROWS = 4_000
PIECE = 400_000


@dataclass(frozen=True)
class Errors:
    """Which standard errors.

    Parameters
    ----------
    by : "robust"; "pair" (directed, the columns that the fixed effects name); or columns as in a formula:
        "exporter^importer", "unordered(exporter, importer)", "exporter + importer + year" for several ways.
    small_sample : the convention, see the module.
    """

    by: str = BY_PAIR
    small_sample: SmallSample = "clusters"


@dataclass(frozen=True)
class Covariance:
    """Covariance of the slopes and how it was made.

    `clusters` is the number of clusters of each way; `repaired` says that the inclusion-exclusion of several
    ways gave negative eigenvalues, which were set to zero.
    """

    matrix: Array
    by: str
    small_sample: SmallSample
    clusters: tuple[int, ...]
    factor: float
    repaired: bool


@dataclass(frozen=True)
class Sandwich:
    """What a covariance is made of, at the rows that were used.

    Parameters
    ----------
    bread : (K, K) inverse of X~' W X~.
    used : the rows. `projected`, `residual` and `keys`, columns that can be named as clusters, are theirs.
    effects : the fixed effects.
    live : of each effect, the number of levels that have a row.
    """

    bread: Array
    used: Used
    effects: tuple[Effect, ...]
    live: tuple[int, ...]

    @property
    def projected(self) -> Array:
        """(K, n) regressors, what the effects explain taken out."""
        return self.used.projected

    @property
    def residual(self) -> Array:
        """(n,) weight times what is left of the dependent value."""
        return self.used.residual

    @property
    def keys(self) -> Mapping[str, Key]:
        """The columns that can be named as clusters."""
        return self.used.keys

    @property
    def scores(self) -> Array:
        """(K, n) projected regressors times residual."""
        return self.projected * self.residual


def kind_of(errors: Errors | str | None, found: Sides | None, columns: Sequence[str]) -> Errors:
    """Return which standard errors are asked for, a pair by its columns; `columns` are those that there are.

    Raises
    ------
    BadInput
        If it is no kind of them, or pairs are asked for where the fixed effects do not name them.
    """
    asked = Errors(errors) if isinstance(errors, str) else errors
    if asked is None:
        asked = Errors(BY_PAIR if found and found.pairs else ROBUST)
    if not isinstance(asked, Errors) or asked.by not in columns:
        refuse_kind(asked.by if isinstance(asked, Errors) else asked)
    if asked.by != BY_PAIR:
        return asked
    if found is None or not found.pairs:
        raise BadInput(
            where="standard errors by pair",
            why="the fixed effects do not name exporter and importer",
            remedy="Name the columns: Errors('exporter^importer').",
        )
    return Errors(str(Effect((found.exporter, found.importer))), asked.small_sample)


def covariance(parts: Sandwich, errors: Errors) -> Covariance:
    """Return the covariance of the slopes.

    Raises
    ------
    BadInput
        If a cluster names a column that was not read, or there are fewer than two clusters.
    """
    ways = () if errors.by == ROBUST else effects_of(errors.by, errors.by)
    rows = parts.used.count
    summed = parts.used.sums(ways[0]) if len(ways) == 1 else None
    if not ways:
        scores = parts.scores
        meat, counts = scores @ scores.T, [rows]
    elif summed is not None:
        meat, counts = summed[0] @ summed[0].T, [summed[1]]
    else:
        coded = each(lambda way: _codes(parts, way), ways)
        counts = each(_occurring, coded)
        meat = _meat(parts, coded)
    least = min(counts)
    if least < 2:
        raise BadInput(
            where=f"standard errors by {errors.by!r}",
            why="there is only one cluster",
            remedy="Cluster by a column that differs between the rows, or use Errors('robust').",
        )
    factor = least / (least - 1)
    if errors.small_sample == "parameters":
        factor *= (rows - 1) / max(rows - parameters(parts, ways), 1)
    matrix = factor * (parts.bread @ meat @ parts.bread)
    matrix, repaired = _repair(0.5 * (matrix + matrix.T)) if len(ways) > 1 else (matrix, False)
    return Covariance(matrix, errors.by, errors.small_sample, tuple(counts), factor, repaired)


def _codes(parts: Sandwich, way: Effect) -> tuple[Codes, int]:
    unknown = [name for name in way.columns if name not in parts.keys]
    if unknown:
        raise BadInput(
            where=f"standard errors by {str(way)!r}",
            why=f"the column {unknown[0]!r} was not read",
            remedy=f"Known are {', '.join(parts.keys)}; name others in the errors given to fit().",
        )
    return combine([parts.keys[name] for name in way.columns], unordered=way.unordered)


def _meat(parts: Sandwich, ways: Sequence[tuple[Codes, int]]) -> Array:
    total = np.zeros_like(parts.bread)
    for count in range(1, len(ways) + 1):
        for chosen in combinations(ways, count):
            codes, size = chosen[0]
            for more, of in chosen[1:]:
                codes, size = _both(codes, more, of, size)
            sums = cluster_sums(parts, codes, size)
            total += (-1.0) ** (count + 1) * (sums @ sums.T)
    return total


def _both(one: Codes, two: Codes, of: int, size: int) -> tuple[Codes, int]:
    joined = one * of + two
    if size * of <= 4 * len(one):
        return joined, size * of
    labels, found = np.unique(joined, return_inverse=True)
    return found.astype(np.intp, copy=False), len(labels)


def _occurring(codes: tuple[Codes, int]) -> int:
    present = np.zeros(codes[1], dtype=bool)
    present[codes[0]] = True
    return int(np.count_nonzero(present))


def cluster_sums(parts: Sandwich, codes: Codes, size: int) -> Array:
    """Return the sums of scores (K, size) by cluster."""
    out = np.zeros((len(parts.projected), size))

    def of_regressor(k: int) -> None:
        """Add up one regressor's scores by cluster, into its row of `out`."""
        # In pieces: fresh memory for all rows at once costs more than the sums.
        for start in range(0, len(codes), PIECE):
            piece = slice(start, start + PIECE)
            scores = parts.projected[k, piece] * parts.residual[piece]
            out[k] += np.bincount(codes[piece], weights=scores, minlength=size)

    each(of_regressor, range(len(out)))
    return out


def parameters(parts: Sandwich, ways: Sequence[Effect]) -> int:
    """Return K of the convention "parameters"."""
    counts = [
        live
        for effect, live in zip(parts.effects, parts.live, strict=True)
        if not any(_nested(parts, effect, way) for way in ways)
    ]
    # One level of each further effect is redundant; where all are nested, one stays: the constant.
    return len(parts.bread) + sum(counts) - (len(counts) - 1 if parts.effects else 0)


def _nested(parts: Sandwich, effect: Effect, way: Effect) -> bool:
    """Return whether each level of the effect lies in one cluster."""
    if set(way.columns) <= set(effect.columns) and not effect.unordered:
        return True
    if set(way.columns) <= set(parts.used.layout.named):
        # Each level has two cells at least, which differ in the axis that the effect has not.
        return False
    # Where levels are not nested, a few rows show it.
    return all(_in_one_cluster(parts, (effect, way), rows) for rows in (slice(0, FEW_ROWS), slice(None)))


def _in_one_cluster(parts: Sandwich, of: tuple[Effect, Effect], rows: slice) -> bool:
    (codes, size), (clusters, _) = (
        combine(
            [Key(parts.keys[name].codes[rows], parts.keys[name].labels) for name in one.columns],
            unordered=one.unordered,
        )
        for one in of
    )
    last = np.zeros(size, dtype=np.intp)
    last[codes] = clusters
    return bool((last[codes] == clusters).all())


def _repair(matrix: Array) -> tuple[Array, bool]:
    values, vectors = np.linalg.eigh(matrix)
    if values.min(initial=0.0) >= 0.0:
        return matrix, False
    return (vectors * np.maximum(values, 0.0)) @ vectors.T, True
